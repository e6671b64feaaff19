/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pastiche's engine: neural style transfer on GEGL buffers.  This is all that front ends (the
 * `pastiche` command, the GIMP plug-ins) may see of it.
 *
 *   PstSettings settings;
 *   pst_settings_init(&settings);
 *   PstEngine *engine = pst_engine_new(NULL, &error);
 *   PstStyle  *style  = pst_style_new_from_buffer(engine, painting, &settings, NULL, NULL, &error);
 *   GeglBuffer *result = pst_stylize(engine, photo, style, &settings, progress, user, &error);
 *
 * gegl_init() must have been called before any function here that takes or returns a GeglBuffer.
 * Functions that can fail return NULL or FALSE and set `error` (domain PST_ERROR, below); on failure
 * nothing is returned that would have to be freed.  Nothing here prints or exits.  All functions of
 * one engine are called from one thread at a time; worker threads are the engine's own business, and
 * callbacks run on the caller's thread.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _GeglBuffer GeglBuffer;

#define PST_API __attribute__((visibility("default")))

/* ---- Errors ---------------------------------------------------------------------------------- */

#define PST_ERROR (pst_error_quark())
PST_API GQuark pst_error_quark(void);

/* The values are the command's exit statuses (cancelled: 130). */
typedef enum {
    PST_ERROR_FILE = 1,      /* a picture cannot be read or written, or its size is out of range */
    PST_ERROR_USAGE = 2,     /* an unknown option or style name, a value out of range */
    PST_ERROR_WEIGHTS = 3,   /* weights are missing, damaged, or of another version */
    PST_ERROR_MEMORY = 4,    /* it does not fit into the memory limit, or memory ran out */
    PST_ERROR_CANCELLED = 5, /* progress returned FALSE */
} PstError;

/* Called at least every 100 ms of work, on the caller's thread.  `done` grows from 0 to 1.
 * Return FALSE to cancel: the running call then fails with PST_ERROR_CANCELLED. */
typedef gboolean (*PstProgress)(double done, gpointer user);

/* ---- Settings -------------------------------------------------------------------------------- */

typedef enum {
    PST_KEEP_COLOURS_OFF,       /* the style's colours */
    PST_KEEP_COLOURS_LUMINANCE, /* the content's chroma, the result's luminance */
    PST_KEEP_COLOURS_MATCH,     /* the result's mean colour and covariance moved to the content's */
} PstKeepColours;

typedef struct {
    double strength;   /* per cent, [0, 150]; 0 is the photo, 100 the full style */
    double brush_size; /* per cent, [25, 400]; how large strokes are on the picture; 0 = auto */
    PstKeepColours keep_colours;
    int threads; /* [1, 256]; 0 = one a core */
    /* limit in bytes for the engine's own buffers; 0 = half of what is free */
    guint64 memory;
} PstSettings;

/* The defaults: strength 100, brush size auto, keep colours off, all cores, automatic limit. */
PST_API void pst_settings_init(PstSettings *settings);

/* Sets one field by its name, "strength", "brush-size", "keep-colours", "threads" or "memory"
 * (bytes, with an optional suffix K, M or G), from text in the C locale.  Percentages are bare numbers
 * or end in "%".  NaN, an unknown name and a value out of range are PST_ERROR_USAGE, and the message
 * names what is valid; `settings` is then unchanged. */
PST_API gboolean pst_settings_set(PstSettings *settings, const char *name, const char *value,
                                  GError **error);

/* Sets several: "name=value;name=value", values percent-encoded, empty parts ignored.  All or nothing. */
PST_API gboolean pst_settings_set_all(PstSettings *settings, const char *options, GError **error);

/* ---- Engine ---------------------------------------------------------------------------------- */

/* Loaded weights.  Immutable. */
typedef struct PstEngine PstEngine;

/* Loads painter.safetensors.  `weights` (file system encoding, or NULL) is the only directory looked
 * into; without it that is $PASTICHE_WEIGHTS, and without that the first that exists of: `weights`
 * beside the running executable, the build tree's, the installed data directory.
 * Returns an engine, free with pst_engine_free(). */
PST_API PstEngine *pst_engine_new(const char *weights, GError **error);
PST_API void pst_engine_free(PstEngine *engine); /* NULL is allowed */

/* "0.1.0": of the engine, and of the weights it has loaded (valid while `engine` is). */
PST_API const char *pst_version(void);
PST_API const char *pst_engine_weights_version(const PstEngine *engine);

/* ---- Styles ---------------------------------------------------------------------------------- */

/* What the painter needs to know of a style picture: its style code.  Immutable. */
typedef struct PstStyle PstStyle;

/* Encodes the whole extent of `picture`, any babl format, at least 1×1.  Transparent pixels do not
 * count.  Of the settings, threads and memory matter.  `progress` may be NULL.
 * Free with pst_style_free(). */
PST_API PstStyle *pst_style_new_from_buffer(const PstEngine *engine, GeglBuffer *picture,
                                            const PstSettings *settings, PstProgress progress,
                                            gpointer user, GError **error);

/* By the names of the contract: "file:PATH" (a picture file) or "builtin:NAME"; a bare word is a
 * built-in.  "layer:NAME" is for front ends that have layers: here it is PST_ERROR_USAGE. */
PST_API PstStyle *pst_style_new_from_name(const PstEngine *engine, const char *name,
                                          const PstSettings *settings, PstProgress progress,
                                          gpointer user, GError **error);
PST_API void pst_style_free(PstStyle *style); /* NULL is allowed */

/* ---- Stylizing ------------------------------------------------------------------------------- */

typedef struct {
    /* the engine's own buffers at their peak; GEGL's and the program's are apart */
    guint64 bytes;
    /* floating-point work of everything that pst_stylize() would do, in 10^9 operations */
    double gflop;
    /* 1 = the picture in one piece; more = column stripes with overlap */
    int stripes;
} PstPlanSummary;

/* What pst_stylize() would need for a picture of this size: PST_ERROR_MEMORY when it cannot fit into
 * the limit, PST_ERROR_FILE when a side is not in [1, 262144]. */
PST_API gboolean pst_stylize_plan(const PstEngine *engine, int width, int height,
                                  const PstSettings *settings, PstPlanSummary *summary,
                                  GError **error);

/* Paints `content` (its whole extent, any babl format) in `style`.  `content` is only read.
 *
 * Returns a new buffer (free with g_object_unref()) of the same extent and babl space, R'G'B'A float or,
 * where `content` has no alpha, R'G'B' float; alpha is the content's.  Colour is read non-linear in the
 * content's own space; values outside [0, 1] are clamped for the network.
 *
 * A picture whose long side is more than 1024 pixels (at brush size 100 %; half of that at 200 %) is painted
 * as a draft of that size, which is enlarged along the picture's own edges: so strokes keep their size on
 * the picture, whatever its resolution.
 *
 * The result is the same, byte for byte, for any number of threads and any memory limit. */
PST_API GeglBuffer *pst_stylize(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                                const PstSettings *settings, PstProgress progress, gpointer user,
                                GError **error);

/* ---- Picture files --------------------------------------------------------------------------- */

/* What a file was like, so that a result can be written like it. */
typedef struct {
    int bits; /* a sample: 8, 16 or 32 */
    gboolean is_float;
} PstFileInfo;

/* Reads a local file of JPEG, PNG, TIFF, WebP, EXR or PPM, recognised by content.  EXIF orientation is
 * applied; the embedded colour profile becomes the buffer's babl space.  `info` may be NULL.
 * Free with g_object_unref(). */
PST_API GeglBuffer *pst_file_load(const char *path, PstFileInfo *info, GError **error);

/* Writes by the extension of `path`, at the depth of `info` where the format has it (NULL: 8 bits), with
 * the buffer's profile; an existing file is replaced only once the new one is whole. */
PST_API gboolean pst_file_save(const char *path, GeglBuffer *picture, const PstFileInfo *info,
                               GError **error);

/* Whether pst_file_save() is likely to succeed: the extension is known and the place can be written to.
 * For asking before the work is done, not after it. */
PST_API gboolean pst_file_check_save(const char *path, GError **error);

G_END_DECLS
