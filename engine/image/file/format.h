/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a picture format is to file.c: a row of functions.
 *
 * GEGL has operations that load and save, but they are made for trusted files: in GEGL 0.4.42 the JPEG
 * one ends the process on a bad header and reads past its buffer on a truncated file, and none of them
 * tells its caller that it failed.  So formats are read with their own libraries, where every failure
 * comes back; only OpenEXR, which has no plain C interface, goes through GEGL.
 */
#pragma once

#include "pastiche.h"

#include <gegl.h>
#include <stdio.h>

/* Rows are moved to and from GEGL this many at a time: the height of GEGL's own tiles. */
#define PST_FILE_ROWS 128

/* What load() finds out beside the pixels. */
typedef struct {
    PstFileInfo info;
    int orientation; /* as EXIF counts: 1 (upright) to 8 */
} PstFileMeta;

/* load() returns a buffer in the file's own depth and space, not yet turned upright; save() writes the
 * whole of `picture`.  `file` stands at its start.  `path` leads to the same file, for libraries that
 * open files themselves.  Messages do not name the file: the caller does. */
typedef struct {
    const char *name;
    const char *extensions[4]; /* lower case; the rest NULL */
    gboolean (*matches)(const guint8 *head, gsize length);
    GeglBuffer *(*load)(FILE *file, const char *path, PstFileMeta *meta, GError **error);
    gboolean (*save)(FILE *file, const char *path, GeglBuffer *picture, const PstFileInfo *info,
                     GError **error);
} PstFileFormat;

extern const PstFileFormat pst_file_jpeg, pst_file_png, pst_file_tiff, pst_file_webp, pst_file_exr,
    pst_file_ppm;

/* ---- For the formats (common.c) -------------------------------------------------------------- */

/* Sets PST_ERROR_FILE; returns FALSE. */
gboolean pst_file_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets PST_ERROR_MEMORY; returns FALSE. */
gboolean pst_file_no_memory(GError **error);

/* Room for PST_FILE_ROWS rows of `stride` bytes, set to 0; NULL and PST_ERROR_MEMORY.  Free with g_free(). */
gpointer pst_file_rows_new(gsize stride, GError **error);

/* FALSE and PST_ERROR_FILE when a side is not in [1, 262144], of a file or of any other picture. */
gboolean pst_file_check_size(guint64 width, guint64 height, GError **error);

/* An empty buffer of this size at (0, 0); NULL and an error as above. */
GeglBuffer *pst_file_buffer_new(guint64 width, guint64 height, const Babl *format, GError **error);

/* FALSE and an error when a side is above `limit`, the most that the format `name` can hold. */
gboolean pst_file_check_writable(GeglBuffer *picture, int limit, const char *name, GError **error);

/* The babl space of an ICC profile; NULL, which means sRGB, where there is none or babl cannot use it
 * (profiles made of tables, and damaged ones).  FALSE and an error after very many profiles. */
gboolean pst_file_space(gconstpointer icc, gsize length, const Babl **space, GError **error);

/* Likewise of the chunks gAMA and cHRM of PNG: the exponent of what a value means in light, in [0.1, 10], then x and
 * y of white, red, green and blue. */
gboolean pst_file_space_of_gamma(double gamma, const double xy[8], const Babl **space,
                                 GError **error);

/* Whether babl can be given this profile, and then the number of different curves in it (profile.c). */
gboolean pst_icc_is_sound(const guint8 *icc, gsize length, guint *curves);

/* The ICC profile of the picture's space, babl's; NULL when it has none. */
const guint8 *pst_file_icc(GeglBuffer *picture, gsize *length);

/* `count` rows from `y` on as R'G'B' of 8 or 16 bits, mixed with white where they are transparent: for
 * formats without alpha.  In the picture's own space, or in sRGB. */
void pst_file_get_opaque(GeglBuffer *picture, int y, int count, int bits, gboolean srgb,
                         gpointer rows);

/* ---- Orientation (orientation.c) ------------------------------------------------------------- */

/* EXIF orientation of a block of EXIF data, with or without "Exif\0\0" before it; 1 where there is
 * none or the block is damaged. */
int pst_exif_orientation(const guint8 *data, gsize length);

/* The picture turned upright: a new buffer, or another reference to the same one. */
GeglBuffer *pst_file_upright(GeglBuffer *picture, int orientation);
