/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory runs out: each allocation of nn (jansson's through json_set_alloc_funcs() among them), and each of
 * image/ whose size is a picture's, fails in turn, while weights are loaded, a style is encoded, written and
 * read, a picture is planned, painted, refined, saved and loaded.  Each time there is an error that says so,
 * or the result is what it would have been; nothing is leaked and no file is left half-written.
 *
 *     test-failing WEIGHTS_FOLDER EMPTY_FOLDER
 *
 * PASTICHE_RUNS=N tries at most so many allocations of each step and mode, spread over all; 0 = every one.
 */
#include "check.h"
#include "image/engine.h"
#include "nn/fail.h"
#include "pastiche.h"

#include <errno.h>
#include <gegl.h>
#include <glib/gstdio.h>

/* ---- What is failed, and what is counted ----------------------------------------------------- */

gpointer __real_g_try_malloc(gsize size);
gpointer __real_g_try_malloc0(gsize size);
gpointer __real_g_try_malloc_n(gsize count, gsize size);
gpointer __real_g_try_malloc0_n(gsize count, gsize size);
void __real_g_free(gpointer block);
char *__real_realpath(const char *path, char *resolved);
void __real_free(void *block);
gpointer __wrap_g_try_malloc(gsize size);
gpointer __wrap_g_try_malloc0(gsize size);
gpointer __wrap_g_try_malloc_n(gsize count, gsize size);
gpointer __wrap_g_try_malloc0_n(gsize count, gsize size);
void __wrap_g_free(gpointer block);
char *__wrap_realpath(const char *path, char *resolved);

/* Blocks of g_try_malloc() and its kin that were not freed; they are made on the caller's thread. */
static GHashTable *blocks;

static gpointer noted(gpointer block)
{
    if (block)
        g_hash_table_add(blocks, block);
    return block;
}

gpointer __wrap_g_try_malloc(gsize size)
{
    return fail_now() ? NULL : noted(__real_g_try_malloc(size));
}

gpointer __wrap_g_try_malloc0(gsize size)
{
    return fail_now() ? NULL : noted(__real_g_try_malloc0(size));
}

gpointer __wrap_g_try_malloc_n(gsize count, gsize size)
{
    return fail_now() ? NULL : noted(__real_g_try_malloc_n(count, size));
}

gpointer __wrap_g_try_malloc0_n(gsize count, gsize size)
{
    return fail_now() ? NULL : noted(__real_g_try_malloc0_n(count, size));
}

void __wrap_g_free(gpointer block)
{
    if (block)
        g_hash_table_remove(blocks, block);
    __real_g_free(block);
}

/* The C library's own malloc() is not ours to fail or count. */
char *__wrap_realpath(const char *path, char *resolved)
{
    char *found = __real_realpath(path, resolved), *copy = found ? strdup(found) : NULL;
    __real_free(found);
    return copy;
}

static long live(void)
{
    return fail_live() + (long) g_hash_table_size(blocks);
}

/* ---- The steps ------------------------------------------------------------------------------- */

static const char *weights, *folder;
static PstEngine *engine;
static PstStyle *style;
static GeglBuffer *photo, *wide; /* the second is painted in octaves at brush size 400 % */
static GBytes *style_bytes;

/* A step makes something, or sets an error and returns NULL; sum_of() tells what it has made. */
typedef struct {
    const char *name, *options; /* of pst_stylize() */
    gpointer (*make)(const char *options, GError **error);
    char *(*sum)(gpointer made);
    void (*drop)(gpointer made);
    int runs;     /* unless PASTICHE_RUNS says another number */
    bool is_file; /* where it can be the system that has no memory */
} Step;

static char *sum_of_bytes(gconstpointer data, gsize size)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, data, size);
}

static PstSettings settings_of(const char *options)
{
    PstSettings settings;
    pst_settings_init(&settings);
    settings.threads = 1;
    settings.memory = 1 << 30;
    CHECK(pst_settings_set_all(&settings, options, NULL));
    return settings;
}

static gpointer make_engine(const char *options G_GNUC_UNUSED, GError **error)
{
    return pst_engine_new(weights, error);
}

static char *sum_of_engine(gpointer made)
{
    return g_strdup(pst_engine_weights_version(made));
}

static void drop_engine(gpointer made)
{
    pst_engine_free(made);
}

static gpointer make_style(const char *options, GError **error)
{
    PstSettings settings = settings_of(options);
    return pst_style_new_from_buffer(engine, photo, &settings, NULL, NULL, error);
}

static gpointer read_style(const char *options G_GNUC_UNUSED, GError **error)
{
    return pst_style_new_from_bytes(engine, style_bytes, error);
}

static char *sum_of_style(gpointer made)
{
    GBytes *bytes = pst_style_to_bytes(made);
    char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    g_bytes_unref(bytes);
    return sum;
}

static void drop_style(gpointer made)
{
    pst_style_free(made);
}

static gpointer make_plan(const char *options, GError **error)
{
    PstSettings settings = settings_of(options);
    PstPlanSummary *summary = g_new(PstPlanSummary, 1);
    if (pst_stylize_plan(engine, 300, 200, &settings, summary, error))
        return summary;
    g_free(summary);
    return NULL;
}

static char *sum_of_plan(gpointer made)
{
    return sum_of_bytes(&((PstPlanSummary *) made)->bytes, sizeof(guint64));
}

static void drop_plan(gpointer made)
{
    g_free(made);
}

static GeglBuffer *paint(GeglBuffer *content, const char *options, GError **error)
{
    PstSettings settings = settings_of(options);
    GeglBuffer *picture = pst_stylize(engine, content, style, &settings, NULL, NULL, error);
    /* or an underpainting would count as leaked, and not be made again */
    pst_memo_forget(engine->memo);
    return picture;
}

static gpointer make_picture(const char *options, GError **error)
{
    return paint(photo, options, error);
}

static gpointer make_wide_picture(const char *options, GError **error)
{
    return paint(wide, options, error);
}

static char *sum_of_picture(gpointer made)
{
    GeglBuffer *picture = made;
    gsize size = (gsize) 4 * gegl_buffer_get_width(picture) * gegl_buffer_get_height(picture);
    guint8 *pixels = g_malloc(size);
    gegl_buffer_get(picture, NULL, 1, babl_format("R'G'B'A u8"), pixels, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    char *sum = sum_of_bytes(pixels, size);
    g_free(pixels);
    return sum;
}

static void drop_picture(gpointer made)
{
    g_object_unref(made);
}

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* "OUT" as a whole, where an older one was. */
static gpointer write_file(const char *name, GError **error)
{
    char *path = path_of(name), *contents = NULL;
    gsize size;
    g_assert(g_file_set_contents(path, "older", -1, NULL));
    gboolean ok = g_str_has_suffix(name, ".style") ? pst_style_save(style, path, error)
                                                   : pst_file_save(path, photo, NULL, error);
    g_assert(g_file_get_contents(path, &contents, &size, NULL));
    CHECK(ok || strcmp(contents, "older") == 0, "%s is half-written", path);
    g_free(path);
    if (ok)
        return g_bytes_new_take(contents, size);
    g_free(contents);
    return NULL;
}

static char *sum_of_file(gpointer made)
{
    return g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, made);
}

static void drop_file(gpointer made)
{
    g_bytes_unref(made);
}

static gpointer read_file(const char *name, GError **error)
{
    char *path = path_of(name);
    GeglBuffer *picture = pst_file_load(path, NULL, error);
    g_free(path);
    return picture;
}

static const Step steps[] = {
    {"load", NULL, make_engine, sum_of_engine, drop_engine, 40, false},
    {"style", "", make_style, sum_of_style, drop_style, 40, false},
    {"style file read", NULL, read_style, sum_of_style, drop_style, 100, false},
    {"plan", "", make_plan, sum_of_plan, drop_plan, 60, false},
    {"plan to refine", "refine=1", make_plan, sum_of_plan, drop_plan, 25, false},
    {"stylize", "", make_picture, sum_of_picture, drop_picture, 40, false},
    {"stylize, match", "keep-colours=match", make_picture, sum_of_picture, drop_picture, 25, false},
    {"stylize, photo", "mode=photo", make_picture, sum_of_picture, drop_picture, 25, false},
    {"stylize, smooth", "smooth=50", make_picture, sum_of_picture, drop_picture, 25, false},
    {"stylize, tileable", "tileable=yes", make_picture, sum_of_picture, drop_picture, 25, false},
    {"stylize, octaves", "brush-size=400", make_wide_picture, sum_of_picture, drop_picture, 25,
     false},
    {"refine", "refine=1;style-loss=sliced", make_picture, sum_of_picture, drop_picture, 40, false},
    {"refine, adam", "refine=1;optimiser=adam", make_picture, sum_of_picture, drop_picture, 25,
     false},
    {"style file", "o.style", write_file, sum_of_file, drop_file, 100, true},
    {"PNG", "o.png", write_file, sum_of_file, drop_file, 0, true},
    {"JPEG", "o.jpg", write_file, sum_of_file, drop_file, 0, true},
    {"TIFF", "o.tif", write_file, sum_of_file, drop_file, 0, true},
    {"WebP", "o.webp", write_file, sum_of_file, drop_file, 0, true},
    {"PPM", "o.ppm", write_file, sum_of_file, drop_file, 0, true},
    {"PNG read", "i.png", read_file, sum_of_picture, drop_picture, 0, true},
    {"JPEG read", "i.jpg", read_file, sum_of_picture, drop_picture, 0, true},
    {"TIFF read", "i.tif", read_file, sum_of_picture, drop_picture, 0, true},
    {"WebP read", "i.webp", read_file, sum_of_picture, drop_picture, 0, true},
    {"PPM read", "i.ppm", read_file, sum_of_picture, drop_picture, 0, true},
};

/* ---- Trying ---------------------------------------------------------------------------------- */

/* Whether something in the folder is neither an input nor an output. */
static gboolean has_leftovers(void)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;
    gboolean any = FALSE;
    while (dir && (name = g_dir_read_name(dir)))
        any = any || name[0] == '.';
    g_clear_pointer(&dir, g_dir_close);
    return any;
}

static bool try_one(const Step *step, size_t n, FailMode mode, const char *expected)
{
    GError *error = NULL;
    long before = live();
    fail_begin(n, mode);
    gpointer made = step->make(step->options, &error);
    bool failed = fail_end();
    CHECK(failed, "%s: there is no allocation %zu", step->name, n);
    CHECK((made == NULL) == (error != NULL), "%s, allocation %zu", step->name, n);
    if (error)
        CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_MEMORY) ||
                  (step->is_file && g_error_matches(error, PST_ERROR, PST_ERROR_FILE) &&
                   strstr(error->message, g_strerror(ENOMEM))),
              "%s, allocation %zu: %s", step->name, n, error->message);
    g_clear_error(&error);
    if (made) {
        char *sum = step->sum(made);
        CHECK(strcmp(sum, expected) == 0, "%s, allocation %zu", step->name, n);
        g_free(sum);
        step->drop(made);
    }
    /* fewer: what another library has made, and we free */
    CHECK(live() <= before, "%s, allocation %zu: %ld blocks leaked", step->name, n,
          live() - before);
    CHECK(!has_leftovers(), "%s, allocation %zu", step->name, n);
    return made != NULL;
}

static void try_step(const Step *step)
{
    const char *said = getenv("PASTICHE_RUNS");
    size_t runs = (size_t) (said ? atoi(said) : step->runs);
    GError *error = NULL;
    fail_begin(SIZE_MAX, FAIL_ONE);
    gpointer made = step->make(step->options, &error);
    size_t calls = fail_calls();
    fail_end();
    if (!CHECK(made && (calls > 0 || step->is_file), "%s: %s", step->name,
               error ? error->message : ""))
        return;
    char *expected = step->sum(made);
    step->drop(made);
    size_t stride = runs > 0 && calls > runs ? (calls + runs - 1) / runs : 1, tried = 0, lived = 0;
    for (int mode = FAIL_ONE; mode <= FAIL_REST; mode++) {
        size_t first = stride > 1 ? (size_t) check_between(1, (int) stride) : 1;
        for (size_t n = first; n <= calls; n += stride, tried++)
            lived += try_one(step, n, (FailMode) mode, expected);
    }
    printf("    %-20s %6zu allocations, %5zu failed, %zu survived\n", step->name, calls, tried,
           lived);
    g_free(expected);
}

static void each_in_turn(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        try_step(&steps[i]);
}

static GeglBuffer *make_photo(int width, int height)
{
    GeglBuffer *picture =
        gegl_buffer_new(GEGL_RECTANGLE(0, 0, width, height), babl_format("R'G'B'A u8"));
    guint8 *pixels = g_malloc((gsize) 4 * width * height);
    for (int i = 0; i < 4 * width * height; i++)
        pixels[i] = (guint8) (i % 4 == 3 ? 255 : (i * 7 + i / width * 3) % 251);
    gegl_buffer_set(picture, NULL, 0, NULL, pixels, GEGL_AUTO_ROWSTRIDE);
    g_free(pixels);
    return picture;
}

/* i.*, and a style. */
static bool prepare(void)
{
    static const char *const names[] = {"i.png", "i.jpg", "i.tif", "i.webp", "i.ppm"};
    bool good = g_mkdir_with_parents(folder, 0777) == 0;
    engine = pst_engine_new(weights, NULL);
    photo = make_photo(70, 52);
    wide = make_photo(400, 24);
    style = engine ? make_style("", NULL) : NULL;
    style_bytes = style ? pst_style_to_bytes(style) : NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *path = path_of(names[i]);
        good = good && pst_file_save(path, photo, NULL, NULL);
        g_free(path);
    }
    return good && style;
}

int main(int argc, char **argv)
{
    check_begin("failing");
    if (argc != 3)
        return 2;
    weights = argv[1];
    folder = argv[2];
    blocks = g_hash_table_new(NULL, NULL);
    gegl_init(NULL, NULL);
    if (CHECK(prepare()))
        CHECK_RUN(each_in_turn);
    g_bytes_unref(style_bytes);
    pst_style_free(style);
    g_clear_object(&photo);
    g_clear_object(&wide);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
