/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The operation pastiche:stylize in graphs: what it paints is what the engine paints, once for all tiles,
 * and whatever goes wrong leaves the picture as it is.
 *
 *     test-operation WEIGHTS_FOLDER PATH_OF_MODULES
 */
#include "check.h"
#include "pastiche.h"

#include <gegl.h>

static const char *weights;
static PstEngine *engine;
static int painted, warnings; /* since count_anew() */

/* Nothing that the operation says ends this program, nor does it disappear. */
static GLogWriterOutput listen(GLogLevelFlags level, const GLogField *fields, gsize count,
                               gpointer user)
{
    (void) user;
    const char *message = "", *domain = "";
    for (gsize i = 0; i < count; i++) {
        if (strcmp(fields[i].key, "MESSAGE") == 0)
            message = fields[i].value;
        if (strcmp(fields[i].key, "GLIB_DOMAIN") == 0)
            domain = fields[i].value;
    }
    if (strcmp(domain, "pastiche") != 0)
        return g_log_writer_standard_streams(level, fields, count, user);
    painted += g_str_has_prefix(message, "painting ");
    warnings += (level & G_LOG_LEVEL_WARNING) != 0;
    return G_LOG_WRITER_HANDLED;
}

static void count_anew(void)
{
    painted = warnings = 0;
}

/* Noise over waves, with transparent parts, whose origin is not 0, 0. */
static GeglBuffer *make_picture(GeglRectangle extent)
{
    const Babl *format = babl_format("R'G'B'A float");
    GeglBuffer *picture = gegl_buffer_new(&extent, format);
    g_autofree float *pixels = g_new(float, (gsize) 4 * extent.width * extent.height);
    for (int i = 0; i < extent.width * extent.height; i++) {
        int x = i % extent.width, y = i / extent.width;
        for (int c = 0; c < 3; c++)
            pixels[4 * i + c] =
                0.5f + 0.4f * sinf(0.07f * (float) (x * (c + 1) + y)) + 0.05f * check_uniform();
        pixels[4 * i + 3] = x < 20 ? 0.5f : 1;
    }
    gegl_buffer_set(picture, NULL, 0, format, pixels, GEGL_AUTO_ROWSTRIDE);
    return picture;
}

static float *pixels_of(GeglBuffer *picture, const GeglRectangle *area)
{
    float *pixels = g_new(float, (gsize) 4 * area->width * area->height);
    gegl_buffer_get(picture, area, 1, babl_format("R'G'B'A float"), pixels, GEGL_AUTO_ROWSTRIDE,
                    GEGL_ABYSS_NONE);
    return pixels;
}

static bool same(GeglBuffer *a, GeglBuffer *b, const GeglRectangle *area)
{
    g_autofree float *left = pixels_of(a, area), *right = pixels_of(b, area);
    return memcmp(left, right, (gsize) 16 * area->width * area->height) == 0;
}

typedef struct {
    GeglNode *graph, *source, *operation;
} Graph;

static Graph make_graph(GeglBuffer *picture, const char *style)
{
    Graph g = {.graph = gegl_node_new()};
    g.source =
        gegl_node_new_child(g.graph, "operation", "gegl:buffer-source", "buffer", picture, NULL);
    g.operation =
        gegl_node_new_child(g.graph, "operation", "pastiche:stylize", "style", style, NULL);
    gegl_node_link(g.source, g.operation);
    return g;
}

/* What the node gives, asked for in tiles of this size. */
static GeglBuffer *render(GeglNode *node, const GeglRectangle *area, int tile)
{
    const Babl *format = babl_format("R'G'B'A float");
    GeglBuffer *result = gegl_buffer_new(area, format);
    g_autofree float *pixels = g_new(float, (gsize) 4 * tile * tile);
    for (int y = 0; y < area->height; y += tile) {
        for (int x = 0; x < area->width; x += tile) {
            GeglRectangle part = {area->x + x, area->y + y, MIN(tile, area->width - x),
                                  MIN(tile, area->height - y)};
            gegl_node_blit(node, 1, &part, format, pixels, GEGL_AUTO_ROWSTRIDE, GEGL_BLIT_DEFAULT);
            gegl_buffer_set(result, &part, 0, format, pixels, GEGL_AUTO_ROWSTRIDE);
        }
    }
    return result;
}

/* What the engine makes of it. */
static GeglBuffer *expected(GeglBuffer *picture, const char *style, const PstSettings *settings)
{
    PstStyle *loaded = pst_style_new_from_text(engine, style, settings, NULL, NULL, NULL);
    GeglBuffer *result =
        loaded ? pst_stylize(engine, picture, loaded, settings, NULL, NULL, NULL) : NULL;
    pst_style_free(loaded);
    return result;
}

static void without_weights_nothing_changes(void)
{
    GeglRectangle area = {3, -5, 60, 40};
    GeglBuffer *picture = make_picture(area);
    Graph g = make_graph(picture, "wave");
    g_setenv("PASTICHE_WEIGHTS", "/nonexistent", TRUE);
    count_anew();
    GeglBuffer *result = render(g.operation, &area, 64);
    CHECK(same(result, picture, &area));
    CHECK(warnings == 1 && painted == 0, "%d warnings, painted %d times", warnings, painted);
    g_setenv("PASTICHE_WEIGHTS", weights, TRUE);
    g_object_unref(result);
    g_object_unref(g.graph);
    g_object_unref(picture);
}

static void tiles_are_the_engine_s_whole(void)
{
    GeglRectangle area = {-17, 11, 230, 141};
    GeglBuffer *picture = make_picture(area);
    PstSettings settings;
    pst_settings_init(&settings);
    settings.strength = 80;
    settings.brush_size = 100;
    settings.keep_colours = PST_KEEP_COLOURS_LUMINANCE;
    GeglBuffer *wanted = expected(picture, "wave", &settings);
    Graph g = make_graph(picture, "wave");
    gegl_node_set(g.operation, "strength", 80.0, "keep-colours", PST_KEEP_COLOURS_LUMINANCE, NULL);
    count_anew();
    GeglBuffer *result = render(g.operation, &area, 50);
    CHECK(wanted && same(result, wanted, &area));
    CHECK(!same(result, picture, &area));
    CHECK(painted == 1 && warnings == 0, "painted %d times, %d warnings", painted, warnings);
    g_clear_object(&wanted);
    g_object_unref(result);
    g_object_unref(g.graph);
    g_object_unref(picture);
}

/* A change of a property, or of one pixel, has all of it painted again, and once. */
static void changes_paint_anew(void)
{
    GeglRectangle area = {0, 0, 96, 64}, dot = {90, 60, 1, 1};
    const float red[] = {1, 0, 0, 1};
    GeglBuffer *picture = make_picture(area);
    Graph g = make_graph(picture, "wave");
    count_anew();
    GeglBuffer *first = render(g.operation, &area, 32);
    gegl_node_set(g.operation, "style", "irises", NULL);
    GeglBuffer *second = render(g.operation, &area, 32);
    CHECK(painted == 2, "painted %d times", painted);
    CHECK(!same(first, second, &area));
    gegl_buffer_set(picture, &dot, 0, babl_format("R'G'B'A float"), red, GEGL_AUTO_ROWSTRIDE);
    GeglBuffer *third = render(g.operation, &area, 32);
    CHECK(painted == 3, "painted %d times", painted);
    GeglRectangle corner = {0, 0, 16, 16}; /* far from the dot, and it feels it */
    CHECK(!same(second, third, &corner));
    g_object_unref(first);
    g_object_unref(second);
    g_object_unref(third);
    g_object_unref(g.graph);
    g_object_unref(picture);
}

static void errors_pass_the_picture_on(void)
{
    static const char *const styles[] = {"nosuch", "/nonexistent/picture.png", "file:", "wave*60|",
                                         "*",      "layer:Background"};
    GeglRectangle area = {0, 0, 50, 30};
    GeglBuffer *picture = make_picture(area);
    for (guint i = 0; i < G_N_ELEMENTS(styles); i++) {
        Graph g = make_graph(picture, styles[i]);
        count_anew();
        GeglBuffer *result = render(g.operation, &area, 50);
        CHECK(same(result, picture, &area), "%s", styles[i]);
        CHECK(warnings == 1 && painted == 0, "%s: %d warnings", styles[i], warnings);
        gegl_node_set(g.operation, "strength", 50.0, NULL);
        g_object_unref(render(g.operation, &area, 50));
        CHECK(warnings == 1, "%s: said again", styles[i]);
        gegl_node_set(g.operation, "style", "wave", NULL);
        g_object_unref(result);
        result = render(g.operation, &area, 50);
        CHECK(painted == 1 && !same(result, picture, &area), "%s: then a good one", styles[i]);
        g_object_unref(result);
        g_object_unref(g.graph);
    }
    g_object_unref(picture);
}

static void no_style_says_nothing(void)
{
    GeglRectangle area = {0, 0, 50, 30};
    GeglBuffer *picture = make_picture(area);
    Graph g = make_graph(picture, "");
    count_anew();
    GeglBuffer *result = render(g.operation, &area, 50);
    CHECK(same(result, picture, &area));
    CHECK(warnings == 0 && painted == 0);
    g_object_unref(result);
    g_object_unref(g.graph);
    g_object_unref(picture);
}

static void planes_without_bounds_go_through(void)
{
    GeglRectangle area = {0, 0, 40, 40};
    GeglNode *graph = gegl_node_new();
    GeglColor *colour = gegl_color_new("rgb(0.2, 0.4, 0.6)");
    GeglNode *plane = gegl_node_new_child(graph, "operation", "gegl:color", "value", colour, NULL);
    GeglNode *operation = gegl_node_new_child(graph, "operation", "pastiche:stylize", NULL);
    gegl_node_link(plane, operation);
    count_anew();
    GeglBuffer *result = render(operation, &area, 40), *wanted = render(plane, &area, 40);
    CHECK(same(result, wanted, &area));
    CHECK(painted == 0 && warnings == 0);
    g_object_unref(result);
    g_object_unref(wanted);
    g_object_unref(colour);
    g_object_unref(graph);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    weights = argv[1];
    g_setenv("GEGL_PATH", argv[2], TRUE);
    g_log_set_writer_func(listen, NULL, NULL);
    gegl_init(NULL, NULL);
    g_object_set(gegl_config(), "use-opencl", FALSE, NULL);
    check_begin("operation");
    if (CHECK(gegl_has_operation("pastiche:stylize"))) {
        CHECK_RUN(without_weights_nothing_changes);
        engine = pst_engine_new(NULL, NULL);
        CHECK_RUN(tiles_are_the_engine_s_whole);
        CHECK_RUN(changes_paint_anew);
        CHECK_RUN(errors_pass_the_picture_on);
        CHECK_RUN(no_style_says_nothing);
        CHECK_RUN(planes_without_bounds_go_through);
        pst_engine_free(engine);
    }
    gegl_exit();
    return check_end();
}
