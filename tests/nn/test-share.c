/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells shared out among threads: each once, whoever takes it, and owners by place.
 */
#include "check.h"
#include "nn/share.h"

#include <stdlib.h>
#include <string.h>

#define MOST 64 /* pixels a side */

typedef struct {
    const PstShare *share;
    const PstCells *cells;
    atomic_int done[MOST][MOST]; /* [y][x] */
    atomic_int wrong;
} Board;

static void count(void *user, PstBox box, int thread)
{
    Board *board = user;
    if (thread < 0 || thread >= board->share->threads || box.x1 > board->cells->width ||
        box.y1 > board->cells->height || box.x0 >= box.x1 || box.y0 >= box.y1)
        board->wrong++;
    for (int y = box.y0; y < box.y1; y++)
        for (int x = box.x0; x < box.x1; x++)
            board->done[y][x]++;
}

static PstCells random_cells(void)
{
    PstCells cells = {
        .columns = check_between(1, 9),
        .rows = check_between(1, 9),
        .width = check_between(1, MOST),
        .height = check_between(1, MOST),
        .blocks = check_between(1, 5),
        .rows_of_block = check_between(1, 20),
    };
    cells.across = (cells.width - 1) / cells.columns + 1;
    int down = (cells.height - 1) / cells.rows + 1;
    cells.x0 = check_between(0, cells.across - 1);
    cells.x1 = check_between(cells.x0 + 1, cells.across);
    cells.y0 = check_between(0, down - 1);
    cells.y1 = check_between(cells.y0 + 1, down);
    return cells;
}

static void each_once(void)
{
    PstShare share;
    for (int threads = 1; threads <= 5; threads++) {
        if (!CHECK(pst_share_init(&share, threads, MOST * MOST)))
            return;
        for (int trial = 0; trial < 40; trial++) {
            PstCells cells = random_cells();
            Board board = {.share = &share, .cells = &cells};
            pst_share_out(&share, &cells, count, &board);
            int wrong = board.wrong;
            for (int y = 0; y < cells.height; y++) {
                for (int x = 0; x < cells.width; x++) {
                    int cx = x / cells.columns, cy = y / cells.rows;
                    bool asked = cx >= cells.x0 && cx < cells.x1 && cy >= cells.y0 && cy < cells.y1;
                    wrong += board.done[y][x] != asked;
                }
            }
            CHECK(wrong == 0);
        }
        pst_share_clear(&share);
    }
}

/* A place has one owner in maps of every resolution, and each thread owns something of a band. */
static void owners_stay(void)
{
    const int unit = 64, across = 3, bands = 5;
    for (int threads = 1; threads <= 6; threads++) {
        PstShare share = {.threads = threads};
        for (int x = 0; x < across; x++) {
            for (int y = 0; y < bands * unit; y++) {
                int first = -1;
                for (int reduction = 1; reduction <= 16; reduction *= 2) {
                    PstCells cells = {.rows = 4,
                                      .across = across,
                                      .blocks = 2,
                                      .rows_of_block = unit / reduction};
                    int owner = pst_share_owner(&share, &cells, x, y / reduction / cells.rows);
                    CHECK(owner >= 0 && owner < threads);
                    first = first < 0 ? owner : first;
                    CHECK(owner == first);
                }
            }
        }
        int owned[6] = {0};
        PstCells cells = {.rows = unit, .across = across, .blocks = 2, .rows_of_block = unit};
        for (int x = 0; x < across; x++)
            for (int y = 0; y < 2; y++)
                owned[pst_share_owner(&share, &cells, x, y)]++;
        for (int i = 0; i < threads; i++)
            CHECK(owned[i] >= across * 2 / threads && owned[i] <= across * 2 / threads + 1);
    }
}

int main(void)
{
    check_begin("share");
    CHECK_RUN(each_once);
    CHECK_RUN(owners_stay);
    return check_end();
}
