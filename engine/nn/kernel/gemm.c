/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/gemm.h"

/* Fortran's interface, which every OpenBLAS has; some, like the one of GIMP's Flatpak, are built without
 * CBLAS. */
void sgemm_(const char *transpose_a, const char *transpose_b, const int *m, const int *n,
            const int *k, const float *alpha, const float *a, const int *lda, const float *b,
            const int *ldb, const float *beta, float *c, const int *ldc);
void openblas_set_num_threads(int count);

void pst_gemm_init(void)
{
    openblas_set_num_threads(1);
}

/* Fortran's matrices lie in columns: what it sees of ours is their transposes, and (ab)ᵀ = bᵀaᵀ. */
void pst_gemm(int m, int n, int k, const float *a, const float *b, float *c)
{
    const float one = 1, zero = 0;
    sgemm_("N", "N", &n, &m, &k, &one, b, &n, a, &k, &zero, c, &n);
}
