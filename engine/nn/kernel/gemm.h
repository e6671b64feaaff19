/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one door to BLAS.
 */
#pragma once

/* To be called before the first pst_gemm(): each call is to run on its caller's thread alone, since the
 * parallelism is ours (whole cells, see plan.h). */
void pst_gemm_init(void);

/* c[m][n] = a[m][k] · b[k][n], rows without gaps.
 * The bits of a result may depend on m, n and k, and not only on its own row and column: who needs the
 * same bits twice makes the same call twice. */
void pst_gemm(int m, int n, int k, const float *a, const float *b, float *c);
