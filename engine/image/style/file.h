/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Style files: safetensors.
 *
 *     code       F32 [PstStyle's size]
 *     tokens     F16 [token_count, token_size]  where the painter has attention
 *
 * and, where they are known,
 *
 *     traits     F32 [PST_TRAITS]   of the picture (image/style/traits.h)
 *     palette    F32 [PST_PALETTE]  of the picture (image/paint/palette.h)
 *     along      F32 [1]            of the picture (image/paint/strokes.h)
 *     thumbnail  U8 [height, width, 3]
 *
 * and what Refine aims at (image/refine/impression-file.h).  Metadata: `format` ("pastiche-style-1"), `model_sha256` and
 * `model_version` of the painter, `data_sha256` of the data section, and the texts of PstStyleInfo.  Other tensors and
 * metadata are ignored.
 */
#pragma once

#include "image/style/style.h"

#define PST_STYLE_TEXT_MOST      500     /* bytes */
#define PST_STYLE_THUMBNAIL_MOST 512     /* pixels a side */
#define PST_STYLE_FILE_MOST      4000000 /* bytes; the largest thumbnail is 786432 */
#define PST_STYLE_SUFFIX         ".style"

/* What breaks a rule of PstStyleInfo in a sentence, NULL when nothing does. */
const char *pst_style_info_check(const PstStyleInfo *info);

/* Copies what is told, all but the name; texts that are NULL become "". */
void pst_style_info_copy(PstStyleInfo *to, const PstStyleInfo *from);
void pst_style_info_clear(PstStyleInfo *info);

/* Whether the first bytes, as many as there are up to 16, are those of safetensors. */
gboolean pst_style_file_matches(const guint8 *head, gsize length);

/* The bytes of a file that is no larger than a style file may be.  PST_ERROR_FILE names the path. */
GBytes *pst_style_file_read(const char *path, GError **error);

/* What is told in a style file, whatever painter it is for; the `info` is the caller's to clear.
 * PST_ERROR_FILE. */
gboolean pst_style_file_info(GBytes *bytes, PstStyleInfo *info, GError **error);
