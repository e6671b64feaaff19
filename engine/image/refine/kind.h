/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Refine, finish and underpainting are like, each in its octaves: numbers that were found by trying.
 */
#pragma once

#include "image/paint/schedule.h"
#include "nn/optimise/loss.h"

/* Which of the critic's layers count: those whose maps are so many times as small as the picture. */
typedef struct {
    int least, most;
} PstRefineSight;

/* Factors and parts of the loss's terms, beside the weights that the settings say. */
typedef struct {
    double content, style;
    double nearest, coverage, gram, moments; /* parts of style */
} PstRefineWeights;

/* How the critic goes about an octave. */
typedef struct {
    const char *name; /* for errors */
    const PstRefineWeights *weights;
    double rate;       /* L-BFGS's largest change of a first step */
    int margin;        /* pixels around the picture, at the finest scale … */
    int coarse_margin; /* … and at coarser ones */
    PstRefineSight sight;
    int tile;    /* the side of what the loss looks at together; 0: all of it */
    int patches; /* of the style's that count; 0: all */
    int filed_scale; /* of a style file, that it aims at; −1: at what is seen at each scale of its own */
    gboolean is_painted; /* it begins with what is there, whatever the settings say */
    gboolean is_finish;  /* which settings can leave out */

    /* scales: the picture's, and half of each, while the short side is so long */
    int scales; /* at most */
    int least_side;

    /* evaluations; 0: as the settings say */
    int coarse_steps;     /* at each coarser scale */
    int fine_steps;       /* at the finest */
    double fine_share;    /* of what they say, at the finest alone */
    double settled_share; /* likewise, after coarser scales */
    gboolean by_detail;   /* a detail of 200 % doubles them */
} PstRefineKind;

/* Of such an octave, where the settings ask for Refine or not.  Never NULL. */
const PstRefineKind *pst_refine_kind(PstOctaveKind octave, gboolean refines);

/* The style layers that suit it, as settings say them, where neither those nor the critic's file do. */
const char *pst_refine_layers(gboolean refines);

/* The loss's weights and parts, at full strength; and the optimiser's rate. */
void pst_refine_terms(const PstRefineKind *kind, const PstRefine *refine, PstLossOptions *options);
double pst_refine_rate(const PstRefineKind *kind, const PstRefine *refine);
