/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's side of tests/bench/run: one request a line on standard input, and for each a line with the
 * seconds that it took by the clock and on the processors.
 *
 *     network WIDTH HEIGHT THREADS   the painter alone, on maps in memory; as its peers are measured
 *     style WIDTH HEIGHT THREADS     a style code from a picture of that size
 *     stylize WIDTH HEIGHT THREADS   a picture painted, without files
 *     again WIDTH HEIGHT THREADS     the same a second time, with another strength
 *
 *     bench-engine WEIGHTS [PICTURE CODE RESULT]
 *
 * The first line, before any request, is of the start: gegl_init(), then the weights.  With PICTURE and
 * CODE (raw floats: three planes of the size asked for, and a style code), `network` paints that and writes
 * RESULT.
 */
#include "image/engine.h"

#include <gegl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    double wall, cpu;
} Times;

static double clock_of(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static Times now(void)
{
    return (Times){clock_of(CLOCK_MONOTONIC), clock_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static void print_since(Times start)
{
    Times end = now();
    printf("%.6f %.6f\n", end.wall - start.wall, end.cpu - start.cpu);
    fflush(stdout);
}

static void die(const char *what)
{
    fprintf(stderr, "bench-engine: %s\n", what);
    exit(1);
}

/* ---- The network alone ----------------------------------------------------------------------- */

typedef struct {
    int width, height, threads;
    float *picture, *result; /* three planes */
} Planes;

static PstStatus read_planes(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                             PstMessage *message)
{
    (void) message;
    const Planes *planes = user;
    gsize columns = (gsize) (box.x1 - box.x0);
#pragma omp parallel for num_threads(planes->threads)
    for (int y = box.y0; y < box.y1; y++) {
        for (int c = 0; c < 3; c++) {
            gsize row = (gsize) c * planes->height + y;
            memcpy(pst_map_row(picture, c, y), planes->picture + row * planes->width + box.x0,
                   columns * sizeof(float));
        }
        for (gsize x = 0; weights && x < columns; x++)
            pst_map_row(weights, 0, y)[x] = 1;
    }
    return PST_OK;
}

static PstStatus write_planes(void *user, int node, PstBox box, const PstMap *map, int column,
                              PstMessage *message)
{
    (void) node, (void) message;
    const Planes *planes = user;
#pragma omp parallel for num_threads(planes->threads)
    for (int y = box.y0; y < box.y1; y++) {
        for (int c = 0; c < 3; c++) {
            gsize row = (gsize) c * planes->height + y;
            memcpy(planes->result + row * planes->width + box.x0,
                   pst_map_row(map, c, y) + box.x0 - column,
                   (gsize) (box.x1 - box.x0) * sizeof(float));
        }
    }
    return PST_OK;
}

static void run_network(const PstEngine *engine, const Planes *planes, const float *code)
{
    static const float strength = 1;
    static float tokens[PST_MAX_VECTOR]; /* the peers have the same; 0 would be none */
    for (int i = 0; i < PST_MAX_VECTOR; i++)
        tokens[i] = (float) (i % 13);
    PstPlanOptions options = {
        .width = planes->width, .height = planes->height, .threads = planes->threads};
    PstVectorIo vectors[] = {
        {.node = engine->paint_code, .in = code},
        {.node = engine->paint_strength, .in = &strength},
        {.node = engine->paint_tokens, .in = tokens},
    };
    PstRunIo io = {
        (void *) planes, read_planes, write_planes, NULL, vectors, 2 + (engine->paint_tokens >= 0)};
    PstMessage message;
    PstPlan *plan;
    if (pst_plan_new(&plan, engine->paint, &options, &message) || pst_run(plan, &io, &message))
        die(message.text);
    pst_plan_free(&plan);
}

static void read_floats(const char *path, float *to, gsize count)
{
    FILE *file = fopen(path, "rb");
    if (!file || fread(to, sizeof *to, count, file) != count)
        die(path);
    fclose(file);
}

static void write_floats(const char *path, const float *from, gsize count)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(from, sizeof *from, count, file) != count || fclose(file) != 0)
        die(path);
}

static void do_network(const PstEngine *engine, int width, int height, int threads, char **files)
{
    gsize count = (gsize) 3 * width * height;
    Planes planes = {width, height, threads, g_new(float, count), g_new(float, count)};
    int size = engine->paint->nodes[engine->paint_code].channels;
    float *code = g_new(float, size);
    for (gsize i = 0; i < count; i++)
        planes.picture[i] = (float) (i * 37 % 256) / 255;
    for (int i = 0; i < size; i++)
        code[i] = (float) (i % 7) / 7;
    if (files[0]) {
        read_floats(files[0], planes.picture, count);
        read_floats(files[1], code, (gsize) size);
    }
    memset(planes.result, 0, count * sizeof(float)); /* its pages are not what is measured */
    Times start = now();
    run_network(engine, &planes, code);
    print_since(start);
    if (files[0])
        write_floats(files[2], planes.result, count);
    g_free(planes.picture);
    g_free(planes.result);
    g_free(code);
}

/* ---- Pictures -------------------------------------------------------------------------------- */

static GeglBuffer *picture_new(int width, int height)
{
    const Babl *format = babl_format("R'G'B' u8");
    GeglBuffer *picture = gegl_buffer_new(GEGL_RECTANGLE(0, 0, width, height), format);
    guint8 *row = g_new(guint8, 3 * (gsize) width);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < 3 * width; x++)
            row[x] = (guint8) (x * 255 / width / 3 + (x * 7 + y * 13) % 31);
        gegl_buffer_set(picture, GEGL_RECTANGLE(0, y, width, 1), 0, format, row,
                        GEGL_AUTO_ROWSTRIDE);
    }
    g_free(row);
    return picture;
}

static void do_picture(const PstEngine *engine, const char *what, int width, int height,
                       int threads)
{
    gboolean painted = strcmp(what, "style") != 0, again = strcmp(what, "again") == 0;
    GError *error = NULL;
    PstSettings settings;
    pst_settings_init(&settings);
    settings.threads = threads;
    GeglBuffer *picture = picture_new(width, height), *result = NULL;
    PstStyle *style = NULL;
    Times start = now();
    style = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, &error);
    pst_memo_forget(engine->memo);
    if (again && style) {
        result = pst_stylize(engine, picture, style, &settings, NULL, NULL, &error);
        g_clear_object(&result);
        settings.strength = 90;
    }
    if (painted && style && !error) {
        start = now();
        result = pst_stylize(engine, picture, style, &settings, NULL, NULL, &error);
    }
    if (error)
        die(error->message);
    print_since(start);
    g_clear_object(&result);
    g_object_unref(picture);
    pst_style_free(style);
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    if (argc != 2 && argc != 5)
        die("usage: bench-engine WEIGHTS [PICTURE CODE RESULT]");
    Times start = now();
    gegl_init(NULL, NULL);
    g_object_set(gegl_config(), "use-opencl", FALSE, NULL);
    print_since(start);
    start = now();
    PstEngine *engine = pst_engine_new(argv[1], &error);
    if (!engine)
        die(error->message);
    print_since(start);
    char what[16];
    for (int width, height, threads;
         scanf("%15s %d %d %d", what, &width, &height, &threads) == 4;) {
        if (strcmp(what, "network") == 0)
            do_network(engine, width, height, threads, argv + 2);
        else
            do_picture(engine, what, width, height, threads);
    }
    pst_engine_free(engine);
    gegl_exit();
    return 0;
}
