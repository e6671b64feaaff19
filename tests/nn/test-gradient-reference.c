/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network that weights/train/import.py has made, here and in PyTorch: the taps must agree within 1e-3 of the
 * largest value, and the gradient of their sum, each times fixed seeds, within 1e-3 of its length.
 *
 * Of the millions of ReLUs and maxima in a large network, some are so near to their kink that rounding decides
 * which way they go, and the gradient changes around there.  So with --large half of its values must be within
 * 1e-3 of their root mean square, and all together within 5 % of its length.
 *
 *     test-gradient-reference [--large] FILE…
 */
#include "nn/optimise/gradient.h"

#include "check.h"

#define TOLERANCE 1e-3
#define KINKS     5e-2
#define TAPS_MOST 16

static const PstTensorInfo *find(const PstSafetensors *file, const char *kind, const char *name)
{
    char full[200];
    snprintf(full, sizeof full, "%s%s", kind, name);
    const PstTensorInfo *info = pst_safetensors_find(file, full);
    CHECK(info, "%s", full);
    return info;
}

static float *values_of(const PstTensorInfo *info)
{
    float *values = malloc(sizeof *values * info->count);
    CHECK(values && pst_tensor_read(info, values, NULL) == PST_OK);
    return values;
}

/* Between dense [c][h][w] values and a map. */
static void copy_in(PstMap *map, const float *values)
{
    for (int i = 0; i < map->channels * map->height; i++)
        memcpy(pst_map_row(map, i / map->height, i % map->height), values + (size_t) i * map->width,
               sizeof(float) * map->width);
}

static bool is_large;

static int by_size(const void *a, const void *b)
{
    const double *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

/* Whether a gradient of `count` values is good that is so far apart. */
static bool gradient_agrees(double *apart, size_t count, double apart2, double length2)
{
    if (!is_large)
        return apart2 <= TOLERANCE * TOLERANCE * length2;
    qsort(apart, count, sizeof *apart, by_size);
    double median = apart[count / 2];
    printf("    %-24s %.1e\n", "half of the gradient", median / sqrt(length2 / (double) count));
    return median * median * (double) count <= TOLERANCE * TOLERANCE * length2 &&
           apart2 <= KINKS * KINKS * length2;
}

static void compare(const char *what, const PstMap *map, const PstTensorInfo *info,
                    bool is_gradient)
{
    float *values = values_of(info);
    double *aparts = malloc(sizeof *aparts * info->count);
    double worst = 0, largest = 0, apart2 = 0, length2 = 0;
    bool same = info->rank == 3 && info->shape[0] == (size_t) map->channels &&
                info->shape[1] == (size_t) map->height && info->shape[2] == (size_t) map->width;
    CHECK(same, "%s: %zu × %zu × %zu, not %d × %d × %d", what, info->shape[0], info->shape[1],
          info->shape[2], map->channels, map->height, map->width);
    for (size_t i = 0; same && i < info->count; i++) {
        size_t row = i / map->width;
        float v =
            pst_map_row(map, (int) (row / map->height), (int) (row % map->height))[i % map->width];
        double apart = aparts[i] = fabs((double) v - values[i]);
        worst = apart <= worst ? worst : apart;
        largest = fmax(largest, fabs(values[i]));
        apart2 += apart * apart;
        length2 += (double) values[i] * values[i];
    }
    CHECK(is_gradient ? same && gradient_agrees(aparts, info->count, apart2, length2)
                      : worst <= TOLERANCE * largest,
          "%s: at most %.3g apart of %.3g", what, worst, largest);
    printf("    %-24s %.1e, in length %.1e\n", what, worst / largest, sqrt(apart2 / length2));
    free(aparts);
    free(values);
}

static void run(const PstSafetensors *file, const PstGraph *graph, const char *const *names,
                int count)
{
    int taps[TAPS_MOST];
    const PstTensorInfo *picture = find(file, "picture", "");
    PstGradientOptions options = {.threads = 2, .taps = taps, .tap_count = count};
    options.width = (int) picture->shape[2];
    options.height = (int) picture->shape[1];
    for (int i = 0; i < count; i++)
        taps[i] = pst_graph_find(graph, names[i]);
    PstGradient *g;
    PstMessage message = {""};
    if (!CHECK(pst_gradient_new(&g, graph, &options, &message) == PST_OK, "%s", message.text))
        return;
    float *values = values_of(picture);
    copy_in(pst_gradient_picture(g), values);
    free(values);
    uint8_t *trace = malloc(pst_gradient_trace_bytes(g) + 1);
    CHECK(pst_gradient_forward(g, trace, NULL, NULL, NULL) == PST_OK);
    for (int i = 0; i < count; i++) {
        compare(names[i], pst_gradient_tap(g, i), find(file, "tap.", names[i]), false);
        values = values_of(find(file, "seed.", names[i]));
        copy_in(pst_gradient_seed(g, i), values);
        free(values);
    }
    CHECK(pst_gradient_back(g, trace, NULL, NULL, NULL) == PST_OK);
    compare("gradient", pst_gradient_result(g), find(file, "gradient", ""), true);
    printf("    %zu MB, and a trace of %zu MB\n", pst_gradient_bytes(g) / 1000000,
           pst_gradient_trace_bytes(g) / 1000000);
    free(trace);
    pst_gradient_free(&g);
}

static void check_file(const char *path)
{
    PstSafetensors *file;
    PstGraph *graph = NULL;
    PstMessage message = {""};
    const char *names[TAPS_MOST];
    int count = 0;
    printf("  %s\n", path);
    if (!CHECK(pst_safetensors_open(&file, path, &message) == PST_OK, "%s", message.text))
        return;
    char *text = strdup(pst_safetensors_metadata(file, "taps"));
    for (char *name = strtok(text, ","); name && count < TAPS_MOST; name = strtok(NULL, ","))
        names[count++] = name;
    CHECK(count > 0);
    if (CHECK(pst_graph_new(&graph, file, "features", &message) == PST_OK, "%s", message.text)) {
        run(file, graph, names, count);
    }
    pst_graph_free(&graph);
    pst_safetensors_free(&file);
    free(text);
}

int main(int argc, char **argv)
{
    check_begin("gradient-reference");
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--large") == 0)
            is_large = true;
        else
            check_file(argv[i]);
    }
    return check_end();
}
