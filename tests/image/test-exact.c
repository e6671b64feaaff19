/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shipped painter gives the same bytes however a picture is cut up and shared out: bands, stripes,
 * maps kept or computed again, threads.  And where an overlap or the statistics are wrong, it does not:
 * so the comparison sees what it is there to see.
 *
 *     test-exact WEIGHTS_FOLDER
 */
#include "check.h"
#include "nn/run.h"

static PstGraph *paint;
static float *code, *tokens; /* NULL where the painter knows of none */

/* A picture of this size, extended to what the graph takes; as a function, so that all sizes fit. */
typedef struct {
    int width, height, extended_width, extended_height;
    int shift;     /* where column 0 lies in the function */
    float *result; /* [3][height][width] */
} Picture;

static float value_at(int c, int x, int y)
{
    uint32_t noise =
        (uint32_t) (x * 73856093) ^ (uint32_t) (y * 19349663) ^ (uint32_t) (c * 83492791);
    noise = (noise ^ noise >> 13) * 0x5bd1e995u;
    float wave = 0.5f + 0.4f * sinf(0.021f * (float) (x + 40 * c)) * cosf(0.017f * (float) y);
    return 0.9f * wave + 0.1f * (float) (noise >> 8) * 0x1p-24f;
}

static PstStatus read_picture(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                              PstMessage *message)
{
    (void) message;
    const Picture *p = user;
    for (int y = box.y0; y < box.y1; y++) {
        int from_y = pst_pad_index(PST_PAD_REFLECT, y, p->height);
        for (int x = box.x0; x < box.x1; x++) {
            int from_x = pst_pad_index(PST_PAD_REFLECT, x, p->width);
            for (int c = 0; c < 3; c++)
                pst_map_row(picture, c, y)[x - box.x0] = value_at(c, p->shift + from_x, from_y);
            if (weights)
                pst_map_row(weights, 0, y)[x - box.x0] = x < p->width && y < p->height;
        }
    }
    return PST_OK;
}

static PstStatus write_picture(void *user, int node, PstBox box, const PstMap *map, int column,
                               PstMessage *message)
{
    (void) node, (void) message;
    Picture *p = user;
    for (int c = 0; c < 3; c++)
        for (int y = box.y0; y < box.y1 && y < p->height; y++)
            for (int x = box.x0; x < box.x1 && x < p->width; x++)
                p->result[((size_t) c * p->height + y) * p->width + x] =
                    pst_map_row(map, c, y)[x - column];
    return PST_OK;
}

static int extended(int side)
{
    int unit = paint->alignment, whole = (side + unit - 1) / unit * unit;
    return whole < 2 * unit ? 2 * unit : whole;
}

/* Paints columns [shift, shift + width) of the function as a picture of its own. */
static Picture paint_part(int shift, int width, int height, PstPlanOptions options)
{
    Picture p = {width, height, extended(width), extended(height), shift, NULL};
    p.result = calloc((size_t) 3 * width * height, sizeof *p.result);
    float strength = 1;
    PstVectorIo vectors[] = {
        {.node = pst_graph_find(paint, "code"), .in = code},
        {.node = pst_graph_find(paint, "strength"), .in = &strength},
        {.node = pst_graph_find(paint, "tokens"), .in = tokens},
    };
    PstRunIo io = {.user = &p,
                   .read = read_picture,
                   .write = write_picture,
                   .vectors = vectors,
                   .vector_count = tokens ? 3 : 2};
    PstMessage message = {""};
    PstPlan *plan;
    options.width = p.extended_width;
    options.height = p.extended_height;
    PstStatus status = pst_plan_new(&plan, paint, &options, &message);
    if (!status)
        status = pst_run(plan, &io, &message);
    CHECK(status == PST_OK, "%s", message.text);
    pst_plan_free(&plan);
    return p;
}

static Picture paint_whole(int width, int height, PstPlanOptions options)
{
    return paint_part(0, width, height, options);
}

static bool same(const Picture *a, const Picture *b)
{
    return memcmp(a->result, b->result, sizeof(float) * 3 * a->width * a->height) == 0;
}

/* ---- Equal ----------------------------------------------------------------------------------- */

static void compare(int width, int height, const PstPlanOptions *ways, int count)
{
    Picture whole = paint_whole(width, height, (PstPlanOptions){.threads = 1, .band = 1 << 20});
    for (int i = 0; i < count; i++) {
        Picture cut = paint_whole(width, height, ways[i]);
        CHECK(same(&whole, &cut), "%d x %d, way %d", width, height, i);
        free(cut.result);
    }
    free(whole.result);
}

static void small_sizes(void)
{
    static const int sizes[][2] = {{1, 1},   {2, 3},   {16, 33},  {31, 1},    {37, 51},
                                   {64, 64}, {65, 63}, {255, 97}, {257, 129}, {513, 77}};
    static const PstPlanOptions ways[] = {
        {.threads = 2, .band = 64},
        {.threads = 3, .band = 128, .stripe = 256},
        {.threads = 2, .recompute = true},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        compare(sizes[i][0], sizes[i][1], ways, 3);
}

static void middle_size(void)
{
    static const PstPlanOptions ways[] = {
        {.threads = 2, .band = 64, .stripe = 512},
        {.threads = 16, .band = 192},
    };
    compare(1201, 803, ways, 2);
}

static void large_size(void)
{
    static const PstPlanOptions ways[] = {{.threads = 2, .stripe = 1536}};
    compare(3000, 2000, ways, 1);
}

/* ---- Different ------------------------------------------------------------------------------- */

static void no_overlap_shows(void)
{
    PstPlanOptions stripes = {.threads = 2, .stripe = 256};
    Picture good = paint_whole(600, 200, stripes);
    stripes.overlap = -1;
    Picture bad = paint_whole(600, 200, stripes);
    CHECK(!same(&good, &bad));
    free(good.result);
    free(bad.result);
}

/* A part with statistics of its own is not the same part of the whole. */
static void own_statistics_show(void)
{
    PstPlanOptions options = {.threads = 2};
    Picture whole = paint_whole(768, 192, options), part = paint_part(256, 512, 192, options);
    int far = 300; /* columns from the part's edge: beyond what the edge itself can change */
    bool differs = false;
    for (int y = 0; y < 192; y++)
        for (int x = far; x < 512; x++)
            differs |= whole.result[y * 768 + 256 + x] != part.result[y * 512 + x];
    CHECK(differs);
    free(whole.result);
    free(part.result);
}

/* Values for the painter's input of this name; NULL where it has none. */
static float *random_vector(const char *name)
{
    int node = pst_graph_find(paint, name), size = node < 0 ? 0 : paint->nodes[node].channels;
    float *values = size > 0 ? malloc(sizeof *values * (size_t) size) : NULL;
    for (int i = 0; i < size; i++)
        values[i] = fabsf(check_uniform());
    return values;
}

int main(int argc, char **argv)
{
    check_begin("exact");
    char path[4096];
    PstMessage message = {""};
    PstSafetensors *file;
    snprintf(path, sizeof path, "%s/painter.safetensors", argc > 1 ? argv[1] : "weights");
    PstStatus status = pst_safetensors_open(&file, path, &message);
    if (!status)
        status = pst_graph_new(&paint, file, "paint", &message);
    if (!CHECK(status == PST_OK, "%s", message.text))
        return check_end();
    code = random_vector("code");
    tokens = random_vector("tokens");
    CHECK_RUN(small_sizes);
    CHECK_RUN(middle_size);
    CHECK_RUN(large_size);
    CHECK_RUN(no_overlap_shows);
    CHECK_RUN(own_statistics_show);
    free(code);
    free(tokens);
    pst_graph_free(&paint);
    pst_safetensors_free(&file);
    return check_end();
}
