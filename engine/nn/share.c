/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/share.h"

#include "nn/memory.h"

#include <omp.h>
#include <stdlib.h>

bool pst_share_init(PstShare *share, int threads, size_t capacity)
{
    *share = (PstShare){threads, pst_alloc(capacity, sizeof *share->turns), 0};
    return share->turns != NULL;
}

void pst_share_clear(PstShare *share)
{
    free(share->turns);
    share->turns = NULL;
}

int pst_share_owner(const PstShare *share, const PstCells *cells, int x, int y)
{
    int block = y * cells->rows / cells->rows_of_block % cells->blocks * cells->across + x;
    return block * share->threads / (cells->blocks * cells->across);
}

/* Whether the calling thread is the first to ask for a cell. */
static bool claim(PstShare *share, const PstCells *cells, int x, int y)
{
    atomic_int *turn = &share->turns[(size_t) (y - cells->y0) * cells->across + x];
    int was = atomic_load_explicit(turn, memory_order_relaxed);
    return was != share->turn && atomic_compare_exchange_strong(turn, &was, share->turn);
}

static PstBox box_of(const PstCells *cells, int x, int y)
{
    PstBox box = {x * cells->columns, y * cells->rows, (x + 1) * cells->columns,
                  (y + 1) * cells->rows};
    box.x1 = box.x1 < cells->width ? box.x1 : cells->width;
    box.y1 = box.y1 < cells->height ? box.y1 : cells->height;
    return box;
}

void pst_share_out(PstShare *share, const PstCells *cells, PstCellWork *work, void *user)
{
    share->turn++;
#pragma omp parallel num_threads(share->threads)
    {
        int thread = omp_get_thread_num();
        for (int y = cells->y0; y < cells->y1; y++) {
            for (int x = cells->x0; x < cells->x1; x++) {
                if (pst_share_owner(share, cells, x, y) == thread && claim(share, cells, x, y))
                    work(user, box_of(cells, x, y), thread);
            }
        }
        for (int y = cells->y1 - 1; y >= cells->y0; y--) {
            for (int x = cells->x1 - 1; x >= cells->x0; x--) {
                if (claim(share, cells, x, y))
                    work(user, box_of(cells, x, y), thread);
            }
        }
    }
}
