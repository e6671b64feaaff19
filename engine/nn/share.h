/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which thread computes what.  Each cell of a grid over the picture has an owner by its place, the same in
 * every map at every resolution, so that most of what a thread reads it has written itself: from the cache of
 * another core that comes three times slower.  Who is done with his own takes what others have not begun.
 */
#pragma once

#include "nn/kernel/map.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Cells of one map that are computed at once. */
typedef struct {
    int columns, rows;         /* of a cell */
    int width, height;         /* where the last ones end */
    int x0, y0, x1, y1;        /* which of the grid's */
    int across;                /* cells that make up the width */
    int blocks, rows_of_block; /* owners repeat every blocks × rows_of_block rows; both >= 1 */
} PstCells;

typedef struct {
    int threads;
    atomic_int *turns; /* [cell]: the last turn in which somebody took it */
    int turn;
} PstShare;

/* For at most `capacity` cells at once.  Whether there was memory.  Free with pst_share_clear() in any case. */
bool pst_share_init(PstShare *share, int threads, size_t capacity);
void pst_share_clear(PstShare *share);

/* The thread, in [0, threads), that a cell is meant for. */
int pst_share_owner(const PstShare *share, const PstCells *cells, int x, int y);

/* Calls `work` once for each cell, on any of the threads [0, threads), and returns when all is done.  A thread
 * does its own cells from the top, then others' from the bottom. */
typedef void PstCellWork(void *user, PstBox box, int thread);
void pst_share_out(PstShare *share, const PstCells *cells, PstCellWork *work, void *user);
