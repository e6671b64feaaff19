/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine's side of tests/bench/refine.py: the loss of Refine made small at one scale, from the photo.
 *
 *     bench-refine WEIGHTS PHOTO WIDTH HEIGHT STYLE WIDTH HEIGHT EVALUATIONS THREADS [OPTION=VALUE...]
 *
 * Pictures are raw floats: three planes, sides that are multiples of the critic's.  Options are those of the
 * command without their dashes, "critic=FILE" for one.  Prints a line for each evaluation: seconds since the
 * optimisation began, and the loss.
 */
#include "image/refine/critic.h"
#include "image/refine/kind.h"
#include "image/refine/planes.h"
#include "nn/optimise/optimise.h"

#include <gegl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    PstLoss *loss;
    double start;
} Run;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void die(const char *what)
{
    fprintf(stderr, "bench-refine: %s\n", what);
    exit(1);
}

static PstPlanes read_planes(const char *path, int width, int height)
{
    PstPlanes planes;
    size_t count = (size_t) 3 * width * height;
    FILE *file = fopen(path, "rb");
    if (!file || !pst_planes_init(&planes, width, height, NULL) ||
        fread(planes.planes, sizeof(float), count, file) != count)
        die(path);
    fclose(file);
    return planes;
}

static PstStatus evaluate(void *user, const float *x, double *value, float *gradient,
                          PstMessage *message)
{
    Run *run = user;
    PstStatus status = pst_loss_evaluate(run->loss, x, value, gradient, NULL, NULL, message);
    printf("%.4f %.9g\n", now() - run->start, *value);
    fflush(stdout);
    return status;
}

static PstLossOptions options_of(const PstCritic *critic, const PstRefine *r,
                                 const PstPlanes *photo, int threads)
{
    PstLossOptions options = {
        .width = photo->width,
        .height = photo->height,
        .threads = threads,
        .layers = critic->layers,
        .layer_count = critic->layer_count,
    };
    pst_refine_terms(pst_refine_kind(PST_OCTAVE_DRAFT, TRUE), r, &options);
    return options;
}

static void set_style(PstLoss *loss, const PstCritic *critic, const PstPlanes *style, int threads)
{
    PstSeen seen[PST_CRITIC_LAYERS_MOST];
    PstMessage message;
    PstSeeOptions options = {style->width, style->height, threads, 0};
    int count = 0;
    for (int i = 0; i < critic->layer_count; i++) {
        size_t c = (size_t) critic->graph->nodes[critic->layers[i].node].channels;
        if (critic->layers[i].style > 0) {
            seen[count++] =
                (PstSeen){critic->layers[i].node, g_new(float, c), g_new(float, c *c), NULL, NULL};
        }
    }
    if (pst_see(critic->graph, &options, style->planes, NULL, seen, count, NULL, NULL, &message))
        die(message.text);
    pst_loss_set_style(loss, seen, count);
    for (int i = 0; i < count; i++) {
        g_free(seen[i].mean);
        g_free(seen[i].cov);
    }
}

static void optimise(const PstCritic *critic, const PstSettings *settings, const PstPlanes *photo,
                     const PstPlanes *style)
{
    Run run;
    PstMessage message;
    PstLossOptions options = options_of(critic, &settings->refine, photo, settings->threads);
    if (pst_loss_new(&run.loss, critic->graph, &options, &message))
        die(message.text);
    set_style(run.loss, critic, style, settings->threads);
    if (pst_loss_set_content(run.loss, photo->planes, NULL, NULL, NULL, &message))
        die(message.text);
    PstOptimise how = {
        .optimiser = settings->refine.optimiser == PST_REFINE_LBFGS ? PST_LBFGS : PST_ADAM,
        .count = (size_t) 3 * photo->width * photo->height,
        .evaluations = settings->refine.iterations,
        .rate = pst_refine_rate(pst_refine_kind(PST_OCTAVE_DRAFT, TRUE), &settings->refine),
        .threads = settings->threads,
    };
    PstObjective objective = {&run, evaluate};
    run.start = now();
    if (pst_optimise(&how, &objective, photo->planes, NULL, &message))
        die(message.text);
    pst_loss_free(&run.loss);
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    if (argc < 10)
        die("usage: bench-refine WEIGHTS PHOTO W H STYLE W H EVALUATIONS THREADS "
            "[OPTION=VALUE...]");
    gegl_init(NULL, NULL);
    PstSettings settings;
    pst_settings_init(&settings);
    settings.refine.statistic = PST_REFINE_BOTH; /* what refine.py has, too */
    settings.refine.iterations = atoi(argv[8]);
    settings.threads = atoi(argv[9]);
    for (int i = 10; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (!value)
            die(argv[i]);
        *value = '\0';
        if (!pst_settings_set(&settings, argv[i], value + 1, &error))
            die(error->message);
    }
    PstEngine *engine = pst_engine_new(argv[1], &error);
    PstCritic *critic =
        engine ? pst_critic_new(engine, &settings, pst_refine_layers(TRUE), &error) : NULL;
    if (!critic)
        die(error->message);
    PstPlanes photo = read_planes(argv[2], atoi(argv[3]), atoi(argv[4]));
    PstPlanes style = read_planes(argv[5], atoi(argv[6]), atoi(argv[7]));
    optimise(critic, &settings, &photo, &style);
    pst_planes_clear(&photo);
    pst_planes_clear(&style);
    pst_critic_free(critic);
    pst_engine_free(engine);
    gegl_exit();
    return 0;
}
