/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a picture file, through the loader that all front ends use.  What is accepted is looked at;
 * the rest fails with a message.  Not OpenEXR, whose library is C++ and not ours to mend.
 */
#include "image/file/format.h"
#include "nn/fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void look_at(GeglBuffer *picture, const PstFileInfo *info)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(picture);
    float pixel[4];
    if (extent->width < 1 || extent->height < 1 || extent->width > 262144 ||
        extent->height > 262144 || (info->bits != 8 && info->bits != 16 && info->bits != 32))
        abort();
    gegl_buffer_get(picture, GEGL_RECTANGLE(extent->width - 1, extent->height - 1, 1, 1), 1,
                    babl_format("R'G'B'A float"), pixel, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
}

static void try_file(const char *path)
{
    PstFileInfo info;
    GError *error = NULL;
    GeglBuffer *picture = pst_file_load(path, &info, &error);
    if ((picture != NULL) == (error != NULL) || (error && !error->message[0]))
        abort();
    if (picture)
        look_at(picture, &info);
    g_clear_object(&picture);
    g_clear_error(&error);
}

static int file;

int LLVMFuzzerInitialize(int *argc G_GNUC_UNUSED, char ***argv G_GNUC_UNUSED)
{
    gegl_init(NULL, NULL);
    file = memfd_create("picture", MFD_CLOEXEC);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char path[40];
    if (size >= 4 && memcmp(bytes, "\x76\x2f\x31\x01", 4) == 0)
        return 0;
    if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, bytes, size, 0) != (ssize_t) size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    try_file(path);
    return 0;
}
