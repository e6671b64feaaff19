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
typedef struct _GeglRectangle GeglRectangle;

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

/* Called on the caller's thread, during most of the work every 30 ms or so; but steps that go over a whole picture once
 * have no calls within them, and of a large one may each take seconds.  `done` grows from 0 to 1.
 * Return FALSE to cancel: the running call then fails with PST_ERROR_CANCELLED. */
typedef gboolean (*PstProgress)(double done, gpointer user);

/* May be returned in place of TRUE: go on, but let Refine end here and keep what it has. */
#define PST_ENOUGH 2

/* ---- Settings -------------------------------------------------------------------------------- */

typedef enum {
    PST_MODE_PAINTING, /* strokes and colours of the style */
    PST_MODE_PHOTO,    /* its colours and light only: edges and textures stay the photo's */
} PstMode;

typedef enum {
    PST_KEEP_COLOURS_OFF,       /* the style's colours */
    PST_KEEP_COLOURS_LUMINANCE, /* the content's chroma, the result's luminance */
    PST_KEEP_COLOURS_MATCH,     /* the result's mean colour and covariance moved to the content's */
} PstKeepColours;

typedef enum {
    PST_REFINE_ADAM,
    PST_REFINE_LBFGS,
} PstRefineOptimiser;

typedef enum {
    PST_REFINE_FROM_DRAFT, /* what the painter made */
    PST_REFINE_FROM_PHOTO,
    PST_REFINE_FROM_NOISE, /* always the same noise */
} PstRefineFrom;

/* What of a style's features is matched. */
typedef enum {
    PST_REFINE_BOTH, /* centred Gram matrices, and means and deviations */
    PST_REFINE_GRAM,
    PST_REFINE_MOMENTS,
    PST_REFINE_SLICED, /* the distributions themselves, along random directions: slower */
    /* what is most like it in the style, for each place; Refine then paints the octaves above the draft, too */
    PST_REFINE_NEAREST,
} PstRefineStatistic;

#define PST_REFINE_MOST 1000

/* How style and content meet in the painter. */
typedef enum {
    PST_FUSION_ATTENTION, /* by statistics, and by attention of the content to samples of the style */
    PST_FUSION_SUM,       /* by a weighted sum of statistics alone */
} PstFusion;

/* Refine: the draft itself is optimised, so that what a loss network (the critic) sees in it comes close
 * to the photo's content and the style's statistics.  Only of a painting: PST_MODE_PHOTO has no strokes.  The texts
 * are interned: they live for ever. */
typedef struct {
    int iterations; /* [0, PST_REFINE_MOST]: evaluations of the loss at each scale; 0 = off */
    PstRefineFrom from;
    PstRefineStatistic statistic;
    PstRefineOptimiser optimiser;
    double learning_rate;                      /* [1e-5, 1]; 0 = auto */
    double content_weight, style_weight;       /* [0, 1e6] */
    double tv, tv2;                            /* [0, 1e6]: total variation, L1 and L2 */
    const char *critic;                        /* path of a loss network; "" = the weights' own */
    const char *content_layers, *style_layers; /* "NAME*WEIGHT,NAME"; "" = what its file says */
} PstRefine;

#define PST_FINISH_MOST 100
#define PST_SEED_MOST   2147483647

typedef struct {
    double strength;   /* per cent, [0, 150]; 0 is the photo, 100 the full style */
    double brush_size; /* per cent, [25, 400]; how large strokes are on the picture; 0 = auto */
    /* in place of brush_size, when not 0: a stroke's width in pixels of the result, [1, 10000], as far as
     * the network's range of sizes goes; at 100 per cent it is 2 % of the long side */
    double brush_pixels;
    /* per cent, [0, 200]: how much of the colours and larger shapes comes from a thumbnail that is optimised as by
     * Refine before it is painted over; 0 = none.  There is none, either, without a critic, in a style that the critic
     * does not know, in PST_MODE_PHOTO, and with Refine, which does the same by itself */
    double underpainting;
    /* per cent, [0, 200]: how much is painted over what a coarse draft has, and, beyond 100, how fine; 0 is the
     * draft alone, enlarged */
    double detail;
    /* [0, PST_FINISH_MOST]: steps of optimisation towards the style, as by Refine, that follow the painter, and half as
     * many for each octave above the draft; 0 = none, and these octaves are painted, too.  Where no underpainting can
     * be made there is no finish, either */
    int finish;
    PstMode mode;
    PstKeepColours keep_colours;
    double keep_amount; /* per cent, [0, 100]: how much of what keep_colours does is done */
    /* per cent, [0, 100]: how far speckles of other hues are taken out of what is painted */
    double smooth;
    /* [0, PST_SEED_MOST]: each number gives other strokes, in even parts above all.  0 = the strokes that the photo
     * itself leads to; where it is perfectly even, which leads to none, some are made up */
    guint32 seed;
    /* the result goes on without a seam where it is laid beside and beneath itself */
    gboolean tileable;
    PstFusion fusion; /* weights without attention always paint as by PST_FUSION_SUM */
    int threads;      /* [1, 256]; 0 = one a core */
    /* limit in bytes for the engine's own buffers; 0 = half of what is free */
    guint64 memory;
    PstRefine refine;
    /* of pst_stylize()'s result, a sample: 8 or 16, where that is all that will be kept of it; 0 = float.
     * Not a setting that has a name. */
    int result_bits;
} PstSettings;

/* The defaults: strength 100, brush size auto, underpainting and detail 100, finish 2, a painting, keep colours off
 * (and its amount 100), all cores, automatic limit, no Refine. */
PST_API void pst_settings_init(PstSettings *settings);

/* Sets one field by its name from text in the C locale.  The names are
 *
 *     strength, brush-size, underpainting, detail, finish, mode, keep-colours, keep-amount, smooth, seed,
 *     tileable ("yes" or "no"), fusion, threads, memory (bytes, with an optional suffix K, M or G),
 *
 * and of Refine
 *
 *     refine (its iterations), refine-from, critic, content-layers, style-layers, style-loss, content-weight,
 *     style-weight, tv, tv2, optimiser, learning-rate.
 *
 * Percentages are bare numbers or end in "%"; a brush size may be a number of pixels, which ends in "px".  NaN, an
 * unknown name and a value out of range are PST_ERROR_USAGE, and the message names what is valid; `settings` is then
 * unchanged. */
PST_API gboolean pst_settings_set(PstSettings *settings, const char *name, const char *value,
                                  GError **error);

/* Sets several: "name=value;name=value", values percent-encoded, empty parts ignored.  All or nothing. */
PST_API gboolean pst_settings_set_all(PstSettings *settings, const char *options, GError **error);

/* The reverse: one field as pst_settings_set() reads it (NULL for an unknown name), and, for
 * pst_settings_set_all(), all of them or those alone that decide pixels, which leaves out threads and
 * memory; all but the oldest of them are left out where they are the default.  Numbers are in the C locale; free
 * with g_free(). */
PST_API char *pst_settings_get(const PstSettings *settings, const char *name);
PST_API char *pst_settings_to_text(const PstSettings *settings, gboolean all);

/* Whether the setting of this name is one that decides pixels. */
PST_API gboolean pst_settings_is_look(const char *name);

/* ---- Engine ---------------------------------------------------------------------------------- */

/* Loaded weights, which never change, and parts of the last paintings, which it remembers: calls that take a const
 * engine may change those.  So what is said above of threads holds for these calls, too; threads that paint at the same
 * time need an engine each. */
typedef struct PstEngine PstEngine;

/* Loads painter.safetensors.  `weights` (file system encoding, or NULL) is the only directory looked
 * into; without it that is $PASTICHE_WEIGHTS, and without that the first that exists of: `weights`
 * beside the running executable, the build tree's, the installed data directory.
 * Returns an engine, free with pst_engine_free(). */
PST_API PstEngine *pst_engine_new(const char *weights, GError **error);
PST_API void pst_engine_free(PstEngine *engine); /* NULL is allowed */

/* "1.0.0": of the engine, and of the weights it has loaded (valid while `engine` is). */
PST_API const char *pst_version(void);
PST_API const char *pst_engine_weights_version(const PstEngine *engine);

/* How often the engine has remembered a part of a painting that it would have had to make anew.  Such a painting takes
 * less time than was planned, which those who compare times want to know. */
PST_API guint pst_engine_remembered(const PstEngine *engine);

/* ---- Styles ---------------------------------------------------------------------------------- */

/* What the painter needs to know of a style picture, its style code and, where the weights have attention,
 * samples of it as half-precision numbers, and what is told of it: the same whether it comes from the picture
 * or from a style file.  Immutable, and bound to the weights of the engine that it was made by. */
typedef struct PstStyle PstStyle;

/* The texts are UTF-8 without control characters, at most 500 bytes, and "" where nothing is known. */
typedef struct {
    const char *name; /* of a built-in, as after "builtin:"; else "" */
    const char *title, *artist, *year, *source, *licence;
    const guint8 *thumbnail; /* rows of R'G'B' (sRGB) without gaps; NULL where there is none */
    int thumbnail_width, thumbnail_height; /* [1, 512]; 0 without thumbnail */
} PstStyleInfo;

/* Encodes the whole extent of `picture`, any babl format, at least 1×1, but for a plain frame around it.  Transparent
 * pixels do not count.  Of the settings, threads and memory matter.  `progress` may be NULL.
 * Free with pst_style_free(), like every PstStyle below. */
PST_API PstStyle *pst_style_new_from_buffer(const PstEngine *engine, GeglBuffer *picture,
                                            const PstSettings *settings, PstProgress progress,
                                            gpointer user, GError **error);

/* One style by its name as the contract has it: "file:PATH" (a picture or a style file, told apart by
 * content) or "builtin:NAME"; a bare word is a built-in, or a file where it has a slash or a dot.  "layer:NAME" is for
 * front ends that have layers: here it is PST_ERROR_USAGE.  An unknown NAME is PST_ERROR_USAGE, and the message lists
 * names that are like it. */
PST_API PstStyle *pst_style_new_from_name(const PstEngine *engine, const char *name,
                                          const PstSettings *settings, PstProgress progress,
                                          gpointer user, GError **error);

/* The same for a text of up to four styles with weights, which are mixed; see "Several styles". */
PST_API PstStyle *pst_style_new_from_text(const PstEngine *engine, const char *text,
                                          const PstSettings *settings, PstProgress progress,
                                          gpointer user, GError **error);

/* A style from the bytes of a style file.  PST_ERROR_FILE when they are none or damaged,
 * PST_ERROR_WEIGHTS when it was made for other weights; the message then names both. */
PST_API PstStyle *pst_style_new_from_bytes(const PstEngine *engine, GBytes *bytes, GError **error);

/* The bytes of a style file: some 4 KB, the thumbnail, some 200 KB where Refine can use it (below), and 64 KB
 * where the weights have attention; NULL when memory ran out.  Free with g_bytes_unref(). */
PST_API GBytes *pst_style_to_bytes(const PstStyle *style);

/* Writes a style file; an existing file is replaced only once the new one is whole. */
PST_API gboolean pst_style_save(const PstStyle *style, const char *path, GError **error);

/* A copy of `style` that Refine can use without the style's picture, and so can a file that it is saved to:
 * the critic that the settings name looks at the picture, and what it has seen is kept.  A style of
 * which there is nothing to look at, or weights without a critic, make a mere copy.  Of the settings, those
 * of the critic and its style layers, threads and memory matter. */
PST_API PstStyle *pst_style_new_refinable(const PstEngine *engine, const PstStyle *style,
                                          const PstSettings *settings, PstProgress progress,
                                          gpointer user, GError **error);

/* A copy of `style` of which `info` is told (texts may be NULL for ""; `name` is not kept).
 * PST_ERROR_USAGE when a text or the thumbnail is not as PstStyleInfo says. */
PST_API PstStyle *pst_style_new_described(const PstStyle *style, const PstStyleInfo *info,
                                          GError **error);

/* Valid while `style` is. */
PST_API const PstStyleInfo *pst_style_info(const PstStyle *style);

PST_API void pst_style_free(PstStyle *style); /* NULL is allowed */

/* ---- Several styles -------------------------------------------------------------------------- */

/* Several styles are written as one text: "STYLE*WEIGHT|STYLE*WEIGHT".  Weights are decimal numbers from
 * 0.000001 to 1000, of which only the proportion counts; without one it is 1.  A "*" not followed by a
 * number up to the end of the style belongs to the name.  After a file or a layer, whose names may hold
 * any character, a "|" separates only where "builtin:", "file:" or "layer:" follows it. */
#define PST_STYLES_MOST 4

typedef struct {
    char *name; /* "builtin:NAME", "file:PATH" or "layer:NAME"; NULL ends an array */
    double weight;
} PstStyleTerm;

/* Takes `text` apart; names become full ones (below).
 * Returns 1 to PST_STYLES_MOST terms and one of name NULL behind them, free with pst_style_terms_free().
 * PST_ERROR_USAGE when a name is empty, a weight out of range, or there are too many. */
PST_API PstStyleTerm *pst_style_terms_new(const char *text, GError **error);
PST_API void pst_style_terms_free(PstStyleTerm *terms); /* NULL is allowed */

/* The reverse: a text that pst_style_terms_new() reads as these terms.  Free with g_free(). */
PST_API char *pst_style_terms_to_text(const PstStyleTerm *terms);

/* The name with its kind before it: a bare word, which has none, is a file where it has a slash or a dot, as no
 * built-in style's name has, else a built-in style.  Free with g_free(). */
PST_API char *pst_style_full_name(const char *name);

/* The text of one style of weight 1, whatever characters its name has.  Free with g_free(). */
PST_API char *pst_style_text(const char *name);

/* The weighted mean of `count` styles of one engine; weights as above.  What attention looks at is taken
 * from each in proportion.  One alone stays what it is. */
PST_API PstStyle *pst_style_new_mixed(const PstStyle *const *styles, const double *weights,
                                      int count);

/* ---- Built-in styles ------------------------------------------------------------------------- */

/* What is known of the style files in `styles/` of the weights' directory.  Immutable.  It needs no
 * engine, and reads the whole of each file: some 300 KB. */
typedef struct PstCatalogue PstCatalogue;

/* `weights` as for pst_engine_new().  Files that cannot be read are left out and become problems, so
 * this does not fail; without a directory, the catalogue is empty.  Free with pst_catalogue_free(). */
PST_API PstCatalogue *pst_catalogue_new(const char *weights);
PST_API void pst_catalogue_free(PstCatalogue *catalogue); /* NULL is allowed */

/* In the order of their names.  What they return lives as long as `catalogue`. */
PST_API guint pst_catalogue_count(const PstCatalogue *catalogue);
PST_API const PstStyleInfo *pst_catalogue_at(const PstCatalogue *catalogue, guint index);
PST_API const PstStyleInfo *pst_catalogue_find(const PstCatalogue *catalogue,
                                               const char *name); /* or NULL */

/* One sentence for each file that was left out; NULL ends them. */
PST_API const char *const *pst_catalogue_problems(const PstCatalogue *catalogue);

/* ---- How well a style suits a photo ---------------------------------------------------------- */

/* What is measured of a photo.  Immutable. */
typedef struct PstSubject PstSubject;

#define PST_SUIT_FEATURES 24

typedef struct {
    double
        score; /* [0, 100]: the share of pairs of a photo and a style that go less well together */
    double strength;    /* suggested, as in PstSettings */
    double brush_size;  /* likewise */
    const char *advice; /* one English sentence; static */
    int feature_count;  /* what the score is computed from, for those who fit it */
    double features[PST_SUIT_FEATURES];
} PstSuit;

/* Measures `content`, in a few milliseconds a megapixel.  Free with pst_subject_free(). */
PST_API PstSubject *pst_subject_new(GeglBuffer *content, GError **error);
PST_API void pst_subject_free(PstSubject *subject); /* NULL is allowed */

/* Fills `suit`; nothing is painted.  PST_ERROR_FILE for a style from a file that does not say what its
 * picture is like. */
PST_API gboolean pst_subject_suits(const PstSubject *subject, const PstStyle *style, PstSuit *suit,
                                   GError **error);

/* ---- Stylizing ------------------------------------------------------------------------------- */

typedef struct {
    /* the engine's own buffers at their peak; GEGL's and the program's are apart */
    guint64 bytes;
    /* floating-point work of everything that pst_stylize() would do, in 10^9 operations */
    double gflop;
    /* 1 = the picture in one piece; more = column stripes with overlap */
    int stripes;
    /* most memory of a program that holds picture and result in GEGL buffers, within 15 %: its own code
     * and libraries, the engine's buffers, and what GEGL caches of the pixels (its tile-cache-size as it
     * is now; the rest goes into its swap file) */
    guint64 peak;
    /* by the clock, from a measurement of a few milliseconds: what the machine does beside that changes
     * it, so half or double is possible */
    double seconds;
} PstPlanSummary;

/* What pst_stylize() would need for a picture of this size: PST_ERROR_MEMORY when it cannot fit into
 * the limit, PST_ERROR_FILE when a side is not in [1, 262144]. */
PST_API gboolean pst_stylize_plan(const PstEngine *engine, int width, int height,
                                  const PstSettings *settings, PstPlanSummary *summary,
                                  GError **error);

/* Paints `content` (its whole extent, any babl format) in `style`.  `content` is only read.
 *
 * Returns a new buffer (free with g_object_unref()) of the same extent and babl space, R'G'B'A float or,
 * where `content` has no alpha, R'G'B' float (or of settings->result_bits); alpha is the content's.
 * Colour is read non-linear in the content's own space; values outside [0, 1] are clamped for the network.
 *
 * Strokes keep their size on the picture, whatever its resolution: one whose long side is more than 800
 * pixels (at brush size 100 %; half of that at 200 %) is painted at 640 first.  That is enlarged along the
 * picture's own edges in one or more steps, up to a megapixel (four at a detail of 200 %) and a long side of at most
 * 3072 pixels, and after each of them finished once more; without a finish, painted over lightly.  A picture that is
 * much larger still has its grain painted over that, at 2.5 megapixels.  The last step is to enlarge it to full size.
 *
 * Mean and covariance of its colours are moved towards those of the style's picture, half of the way at full
 * strength, where the style knows them: one from a file of an older version does not.
 *
 * The result is the same, byte for byte, for any number of threads and any memory limit. */
PST_API GeglBuffer *pst_stylize(const PstEngine *engine, GeglBuffer *content, const PstStyle *style,
                                const PstSettings *settings, PstProgress progress, gpointer user,
                                GError **error);

/* ---- Where it is painted --------------------------------------------------------------------- */

/* Values beside a picture: the BT.601 luma of a buffer of any format, as non-linear R'G'B' in its own space,
 * clamped to [0, 1], by its alpha; beyond its extent 0. */
typedef struct {
    GeglBuffer *buffer; /* borrowed; NULL: there is no mask */
    int x, y;           /* where the picture's point 0, 0 lies in it */
} PstMask;

#define PST_REGIONS_MOST 4

/* A part of a picture that has a style of its own. */
typedef struct {
    const PstStyle *style;
    PstMask mask; /* which has a buffer */
} PstRegion;

/* What is not wanted is 0. */
typedef struct {
    /* How much of the painted picture is seen.  Where it is 0, the photo's own pixels are; in between, both
     * are mixed; where it is 1 they are those that there would be without a mask. */
    PstMask mask;
    /* At most PST_REGIONS_MOST; where their masks leave something, the picture's own style is.  Each is painted
     * with the statistics of its own pixels.  Where masks are gray, results are mixed in proportion. */
    const PstRegion *regions;
    int region_count;
} PstPlaces;

/* What pst_stylize_places() would need, as pst_stylize_plan(); of `places`, which may be NULL, only the
 * number of regions matters.  The masks' own buffers are apart. */
PST_API gboolean pst_stylize_plan_places(const PstEngine *engine, int width, int height,
                                         const PstPlaces *places, const PstSettings *settings,
                                         PstPlanSummary *summary, GError **error);

/* pst_stylize(), but in the places given; NULL: everywhere.  With keep-colours "match", only what is seen
 * counts. */
PST_API GeglBuffer *pst_stylize_places(const PstEngine *engine, GeglBuffer *content,
                                       const PstStyle *style, const PstPlaces *places,
                                       const PstSettings *settings, PstProgress progress,
                                       gpointer user, GError **error);

/* ---- Parts of a result ----------------------------------------------------------------------- */

/* A picture that is painted, but not at full size yet.  What takes long is done; any part of the result is
 * then a matter of its rows, and its pixels are those of pst_stylize(), because the statistics are the
 * whole picture's. */
typedef struct PstPainting PstPainting;

/* `engine` outlives the painting, `style` need not; `content` is kept.  Free with pst_painting_free(). */
PST_API PstPainting *pst_painting_new(const PstEngine *engine, GeglBuffer *content,
                                      const PstStyle *style, const PstSettings *settings,
                                      PstProgress progress, gpointer user, GError **error);
/* In places, as pst_stylize_places(); their buffers are kept, too. */
PST_API PstPainting *pst_painting_new_places(const PstEngine *engine, GeglBuffer *content,
                                             const PstStyle *style, const PstPlaces *places,
                                             const PstSettings *settings, PstProgress progress,
                                             gpointer user, GError **error);
PST_API void pst_painting_free(PstPainting *painting); /* NULL is allowed */

/* A new buffer of the extent `part`, which lies within the content's; else like pst_stylize()'s.  With
 * keep-colours "match", which depends on all of the result, the first call takes as long as that. */
PST_API GeglBuffer *pst_painting_read(PstPainting *painting, const GeglRectangle *part,
                                      PstProgress progress, gpointer user, GError **error);

/* ---- Previews -------------------------------------------------------------------------------- */

/* A preview is pst_stylize() of a smaller copy.  Where the copy's long side is at least this, its broad
 * strokes are those of the whole picture of width × height; the finer grain that a larger picture is painted
 * over with is coarser in it, or missing.  Of a smaller copy it is quicker, and all strokes are too large. */
PST_API int pst_preview_side(const PstSettings *settings, int width, int height);

/* A copy of `picture`, in its space, reduced as pst_stylize() reduces: by area, and colours by their
 * alpha.  Its long side is at most `long_side` (>= 1), its origin 0, 0.  Free with g_object_unref(). */
PST_API GeglBuffer *pst_preview_picture(GeglBuffer *picture, int long_side, GError **error);

/* ---- Memory ---------------------------------------------------------------------------------- */

/* To be called before anything else, by programs of which all of the process is theirs: large blocks go back to the
 * system as soon as they are freed.  Left to itself, glibc keeps blocks of up to 32 MB once it has seen one freed,
 * which at 24 megapixels is a tenth of the peak. */
PST_API void pst_heap_return_early(void);

/* ---- GEGL's swap ----------------------------------------------------------------------------- */

/* When GEGL cannot write or read its swap file, a full disk above all, it tells so in GLib's log alone, and
 * what it has lost becomes black.  Once this was called, after gegl_init(), such lines are kept from the
 * log, and from the first of them on what paints or saves fails with what pst_swap_check() says. */
PST_API void pst_swap_watch(void);

/* For handlers of GLib's log that are set later, for the domain "GEGL", and so hear these lines in its place: whether
 * `message` is one of them, of which pixels have then been lost. */
PST_API gboolean pst_swap_heard(const char *message);

/* FALSE and PST_ERROR_FILE where pixels have been lost, of whichever buffer: to be asked before what was
 * read from one is shown or kept.  It does not recover. */
PST_API gboolean pst_swap_check(GError **error);

/* ---- Picture files --------------------------------------------------------------------------- */

/* How a file's name is shown to a user, whatever its bytes: UTF-8 without control characters, which a terminal would
 * obey.  Free with g_free(). */
PST_API char *pst_display_name(const char *path);

/* What a file was like, so that a result can be written like it. */
typedef struct {
    int bits; /* a sample: 8, 16 or 32 */
    gboolean is_float;
    /* bytes that its library kept of all of it while it was read; 0 where it went by rows */
    guint64 decoder;
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

/* Whether the extension of `path` is one that pst_file_save() knows; and whether it then writes float whatever the
 * depth of `info`. */
PST_API gboolean pst_file_is_known(const char *path);
PST_API gboolean pst_file_is_float(const char *path);

G_END_DECLS
