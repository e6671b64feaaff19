/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/kernel/processor.h"

extern const PstProcessor pst_processor_plain;
#ifdef PST_X86
extern const PstProcessor pst_processor_avx2, pst_processor_avx512;
#endif

const PstProcessor *pst_processor(int i)
{
    const PstProcessor *found[4] = {NULL};
    int count = 0;
#ifdef PST_X86
    if (__builtin_cpu_supports("avx512f"))
        found[count++] = &pst_processor_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        found[count++] = &pst_processor_avx2;
#endif
    found[count] = &pst_processor_plain;
    return found[i];
}
