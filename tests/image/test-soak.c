/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many paintings in one process: sizes log-uniform from 1 x 1, every format that GIMP has, random settings and
 * styles.  Memory stays flat, no descriptor is left open, no value is NaN or infinite, and what a process that
 * has done nothing else paints is the same.
 *
 *     test-soak WEIGHTS_FOLDER COUNT WIDTH HEIGHT    sizes up to WIDTH x HEIGHT
 *     test-soak WEIGHTS_FOLDER only N WIDTH HEIGHT   prints the checksum of painting N, as the above asks itself
 *
 * PASTICHE_SEED=N paints others.
 */
#include "check.h"
#include "pastiche.h"

#include <gegl.h>
#include <malloc.h>

enum {
    FRESH_EVERY = 10, /* paintings, one of which is compared with a fresh process's */
    STRIP = 64,       /* rows that are filled or read at once */
    /* what may be there at the end beside what was there after the first quarter: conversions that babl
     * has learnt since, and the allocator's own holes */
    MOST_GROWTH = 48 << 20,
};

static const char *program, *weights;
static int most_width, most_height;
static PstEngine *engine;

/* ---- One painting ---------------------------------------------------------------------------- */

/* GIMP's: its three kinds of image, with and without alpha, of each precision, linear, perceptual or neither.
 * Or, if `exact`, the one that nothing converts: which of several conversions babl takes depends on how fast each
 * was when a process first needed it, and they differ in the last bits. */
static const Babl *random_format(bool exact)
{
    static const char *models[] = {"Y'",  "Y'A",  "R'G'B'", "R'G'B'A", "Y",      "YA",
                                   "RGB", "RGBA", "Y~",     "Y~A",     "R~G~B~", "R~G~B~A"};
    static const char *types[] = {"u8", "u16", "u32", "half", "float", "double"};
    if (exact)
        return babl_format("R'G'B'A float");
    if (check_between(0, 12) == 0) {
        static int made;
        char name[32];
        const Babl *format, *with_alpha;
        g_snprintf(name, sizeof name, "soak-%d", made++ % 4);
        babl_new_palette(name, &format, &with_alpha);
        babl_palette_reset(format);
        return check_between(0, 1) ? format : with_alpha;
    }
    char name[32];
    g_snprintf(name, sizeof name, "%s %s", models[check_between(0, G_N_ELEMENTS(models) - 1)],
               types[check_between(0, G_N_ELEMENTS(types) - 1)]);
    return babl_format(name);
}

/* [1, most], as often between 1 and 10 as between 10 and 100. */
static int random_side(int most)
{
    return (int) fmin(exp(log(most + 1.0) * (0.5 + 0.5 * (double) check_uniform())), most);
}

/* A wave with noise and, in some, holes. */
static GeglBuffer *random_picture(int width, int height, bool exact)
{
    GeglRectangle extent = {check_between(-50, 50), check_between(-50, 50), width, height};
    GeglBuffer *buffer = gegl_buffer_new(&extent, random_format(exact));
    float *strip = g_new(float, (gsize) 4 * width * STRIP);
    float wave = 0.2f + 0.19f * check_uniform(), noise = check_between(0, 1) ? 0.1f : 0;
    bool holes = check_between(0, 3) == 0;
    for (int top = 0; top < height; top += STRIP) {
        int rows = MIN(STRIP, height - top);
        for (int i = 0; i < width * rows; i++) {
            float x = (float) (i % width), y = (float) (top + i / width); /* NOLINT */
            for (int c = 0; c < 3; c++)
                strip[4 * i + c] = 0.5f + 0.4f * sinf(wave * x + (float) c) * cosf(wave * y) +
                                   noise * check_uniform();
            strip[4 * i + 3] = holes && sinf(0.05f * x) + sinf(0.04f * y) > 0.8f ? 0 : 1;
        }
        GeglRectangle part = {extent.x, extent.y + top, width, rows};
        gegl_buffer_set(buffer, &part, 0, babl_format("R'G'B'A float"), strip, GEGL_AUTO_ROWSTRIDE);
    }
    g_free(strip);
    return buffer;
}

static PstSettings random_settings(void)
{
    PstSettings settings;
    pst_settings_init(&settings);
    settings.threads = check_between(1, 16);
    settings.keep_colours = (PstKeepColours) check_between(0, 2);
    settings.smooth = check_between(0, 4) == 0 ? 60 : 0;
    settings.tileable = check_between(0, 4) == 0;
    settings.mode = (PstMode) check_between(0, 1);
    settings.fusion = (PstFusion) check_between(0, 1);
    if (check_between(0, 1))
        settings.strength = check_between(0, 150);
    if (check_between(0, 1))
        settings.brush_size = check_between(25, 400);
    return settings;
}

/* Of the values as they are; sets *finite to whether all are numbers. */
static char *sum_of(GeglBuffer *buffer, bool *finite)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(buffer);
    float *strip = g_new(float, (gsize) 4 * extent->width * STRIP);
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    *finite = true;
    for (int top = 0; top < extent->height; top += STRIP) {
        GeglRectangle part = {extent->x, extent->y + top, extent->width,
                              MIN(STRIP, extent->height - top)};
        gsize count = (gsize) 4 * part.width * part.height;
        gegl_buffer_get(buffer, &part, 1, babl_format("R'G'B'A float"), strip, GEGL_AUTO_ROWSTRIDE,
                        GEGL_ABYSS_NONE);
        for (gsize i = 0; i < count; i++)
            *finite = *finite && isfinite(strip[i]);
        g_checksum_update(sum, (const guchar *) strip, (gssize) (count * sizeof *strip));
    }
    char *text = g_strdup(g_checksum_get_string(sum));
    g_checksum_free(sum);
    g_free(strip);
    return text;
}

/* Whether painting `number` is compared with a fresh process's. */
static bool compared(int number)
{
    return number % FRESH_EVERY == 0;
}

/* Painting number `number` of this seed, whatever was painted before: its checksum, or NULL with a message. */
static char *paint(int number)
{
    GError *error = NULL;
    check.state = check.seed + (uint64_t) number * 1000003u;
    int width = random_side(most_width), height = random_side(most_height);
    bool exact = compared(number);
    GeglBuffer *picture = random_picture(random_side(600), random_side(600), exact);
    GeglBuffer *content = random_picture(width, height, exact);
    PstSettings settings = random_settings();
    PstStyle *style = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, &error);
    GeglBuffer *result =
        style ? pst_stylize(engine, content, style, &settings, NULL, NULL, &error) : NULL;
    char *sum = NULL;
    bool finite = false;
    if (CHECK(result != NULL, "%d: %d x %d: %s", number, width, height,
              error ? error->message : "")) {
        sum = sum_of(result, &finite);
        CHECK(finite, "%d: %d x %d: not a number", number, width, height);
        g_object_unref(result);
    }
    g_clear_error(&error);
    pst_style_free(style);
    g_object_unref(picture);
    g_object_unref(content);
    return sum;
}

/* ---- What a process holds -------------------------------------------------------------------- */

/* Without GEGL's swap file, which it opens once, when a picture is first too large for its cache. */
static long open_files(void)
{
    GDir *folder = g_dir_open("/proc/self/fd", 0, NULL);
    const char *name;
    long count = 0;
    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *link = g_build_filename("/proc/self/fd", name, NULL);
        g_autofree char *target = g_file_read_link(link, NULL);
        count += !(target && strstr(target, "gegl-swap"));
    }
    if (folder)
        g_dir_close(folder);
    return count;
}

/* Bytes that are in memory, once the allocator has given back what it can. */
static gsize resident(void)
{
    char *text = NULL;
    unsigned long pages = 0;
    malloc_trim(0);
    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL))
        sscanf(text, "%*u %lu", &pages);
    g_free(text);
    return pages * 4096;
}

static char *painted_afresh(int number)
{
    char *out = NULL, *err = NULL;
    char text[4][16];
    g_snprintf(text[0], 16, "%d", number);
    g_snprintf(text[1], 16, "%d", most_width);
    g_snprintf(text[2], 16, "%d", most_height);
    const char *arguments[] = {program, weights, "only", text[0], text[1], text[2], NULL};
    GError *error = NULL;
    int status = 0;
    if (CHECK(g_spawn_sync(NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                           &status, &error),
              "%s", error ? error->message : ""))
        CHECK(g_spawn_check_wait_status(status, NULL), "%s", err);
    g_clear_error(&error);
    g_free(err);
    return out ? g_strstrip(out) : NULL;
}

static void soak(int count)
{
    gsize before = 0;
    long files = 0;
    for (int number = 0; number < count; number++) {
        char *sum = paint(number);
        if (sum && compared(number)) {
            char *afresh = painted_afresh(number);
            CHECK(g_strcmp0(sum, afresh) == 0, "%d: not what a fresh process paints", number);
            g_free(afresh);
        }
        g_free(sum);
        if (number == count / 4) {
            before = resident();
            files = open_files();
        }
        if (number % 100 == 99) {
            printf("  %d, %.0f MB\n", number + 1, (double) resident() / 1e6);
            fflush(stdout);
        }
    }
    gsize after = resident();
    CHECK(after < before + MOST_GROWTH, "%zu bytes at the end, %zu before", after, before);
    CHECK(open_files() == files, "%ld files are open, %ld were", open_files(), files);
    printf("  %d paintings, %.0f MB after a quarter, %.0f MB at the end\n", count,
           (double) before / 1e6, (double) after / 1e6);
}

int main(int argc, char **argv)
{
    bool only = argc == 6 && strcmp(argv[2], "only") == 0;
    if (argc != 5 && !only)
        return 2;
    program = argv[0];
    weights = argv[1];
    most_width = atoi(argv[argc - 2]);
    most_height = atoi(argv[argc - 1]);
    const char *seed = g_getenv("PASTICHE_SEED");
    check.seed = seed ? strtoull(seed, NULL, 0) : 1;
    check.program = "soak";
    gegl_init(NULL, NULL);
    /* what GEGL caches is bounded, but grows up to its bound */
    g_object_set(gegl_config(), "tile-cache-size", (guint64) 64 << 20, NULL);
    GError *error = NULL;
    engine = pst_engine_new(weights, &error);
    if (!engine) {
        fprintf(stderr, "%s\n", error->message);
        return EXIT_FAILURE;
    }
    int status = EXIT_SUCCESS;
    if (only) {
        char *sum = paint(atoi(argv[3]));
        printf("%s\n", sum ? sum : "nothing");
        status = sum && check.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        g_free(sum);
    } else {
        soak(atoi(argv[2]));
        status = check_end();
    }
    pst_engine_free(engine);
    gegl_exit();
    return status;
}
