/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as EXIF data and as a colour profile.  What we call sound is given to babl, which trusts it.
 */
#include "image/file/format.h"
#include "nn/fuzz.h"

int LLVMFuzzerInitialize(int *argc G_GNUC_UNUSED, char ***argv G_GNUC_UNUSED)
{
    gegl_init(NULL, NULL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const Babl *space = NULL;
    int orientation = pst_exif_orientation(bytes, size);
    if (orientation < 1 || orientation > 8)
        abort();
    if (pst_file_space(bytes, size, &space, NULL) && space) {
        float pixel[3] = {0.25f, 0.5f, 0.75f}, out[3];
        if (babl_space_is_gray(space) || babl_space_is_cmyk(space))
            return 0;
        babl_process(
            babl_fish(babl_format_with_space("R'G'B' float", space), babl_format("R'G'B' float")),
            pixel, out, 1);
    }
    return 0;
}
