/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a style is, and the way from a picture to its code.
 */
#include "image/paint/palette.h"
#include "image/paint/strokes.h"
#include "image/reduce.h"
#include "image/refine/critic.h"
#include "image/style/file.h"
#include "image/style/frame.h"
#include "image/style/traits.h"
#include "image/tensors.h"

#include <string.h>

/* How far the progress is once a style's picture has been read. */
#define STYLE_READ 0.3

/* ---- Styles ---------------------------------------------------------------------------------- */

static void source_free(gpointer data)
{
    PstStyleSource *source = data;
    g_clear_object(&source->buffer);
    pst_impression_unref(source->impression);
    g_free(source);
}

void pst_style_add_source(PstStyle *style, GeglBuffer *buffer, PstImpression *impression,
                          double weight)
{
    PstStyleSource *source = g_new(PstStyleSource, 1);
    *source = (PstStyleSource){buffer ? g_object_ref(buffer) : NULL, pst_impression_ref(impression),
                               weight};
    g_ptr_array_add(style->sources, source);
}

/* The sources of `from`, whose weights are taken to add up to `weight`. */
static void add_sources(PstStyle *style, const PstStyle *from, double weight)
{
    for (guint i = 0; i < from->sources->len; i++) {
        const PstStyleSource *source = from->sources->pdata[i];
        pst_style_add_source(style, source->buffer, source->impression, source->weight * weight);
    }
}

PstStyle *pst_style_new(const PstEngine *engine, float *code, float *tokens)
{
    PstStyle *style = g_new0(PstStyle, 1);
    style->sources = g_ptr_array_new_with_free_func(source_free);
    style->size = engine->encode->nodes[engine->code].channels;
    style->code = code;
    style->tokens = tokens;
    style->token_count = engine->token_count;
    style->token_size = engine->token_size;
    style->model = g_strdup(engine->hash);
    style->version = g_strdup(engine->version);
    pst_style_info_copy(&style->info, &(PstStyleInfo){0});
    return style;
}

const PstStyleInfo *pst_style_info(const PstStyle *style)
{
    return &style->info;
}

static gsize token_bytes(const PstStyle *style)
{
    return sizeof *style->tokens * style->token_count * style->token_size;
}

/* Without what is told of it. */
static PstStyle *copy_bare(const PstStyle *style)
{
    PstStyle *copy = g_new0(PstStyle, 1);
    copy->size = style->size;
    copy->code = g_memdup2(style->code, sizeof *style->code * style->size);
    copy->token_count = style->token_count;
    copy->token_size = style->token_size;
    copy->tokens = g_memdup2(style->tokens, token_bytes(style));
    copy->model = g_strdup(style->model);
    copy->version = g_strdup(style->version);
    copy->sources = g_ptr_array_new_with_free_func(source_free);
    copy->traits = g_memdup2(style->traits, style->traits ? sizeof(float) * PST_TRAITS : 0);
    copy->palette = g_memdup2(style->palette, style->palette ? sizeof(float) * PST_PALETTE : 0);
    copy->along = g_memdup2(style->along, style->along ? sizeof(float) : 0);
    return copy;
}

PstStyle *pst_style_new_described(const PstStyle *style, const PstStyleInfo *info, GError **error)
{
    const char *wrong = pst_style_info_check(info);
    if (wrong) {
        g_set_error(error, PST_ERROR, PST_ERROR_USAGE, "%s", wrong);
        return NULL;
    }
    PstStyle *copy = copy_bare(style);
    add_sources(copy, style, 1);
    pst_style_info_copy(&copy->info, info);
    return copy;
}

void pst_style_free(PstStyle *style)
{
    if (style) {
        pst_style_info_clear(&style->info);
        g_free(style->model);
        g_free(style->version);
        g_ptr_array_unref(style->sources);
        g_free(style->code);
        g_free(style->tokens);
        g_free(style->traits);
        g_free(style->palette);
        g_free(style->along);
        g_free(style);
    }
}

/* ---- Several in one -------------------------------------------------------------------------- */

typedef struct {
    const PstStyle *const *styles;
    const double *weights;
    int count;
    double total; /* of the weights */
} Mix;

static double share_of(const Mix *mix, int style)
{
    return mix->weights[style] / mix->total;
}

/* "A + B" of those that have a title. */
static char *mixed_title(const Mix *mix)
{
    GString *title = g_string_new(NULL);
    for (int i = 0; i < mix->count; i++) {
        const char *part = mix->styles[i]->info.title;
        if (title->len + strlen(part) + 3 <= PST_STYLE_TEXT_MOST && *part)
            g_string_append_printf(title, "%s%s", title->len > 0 ? " + " : "", part);
    }
    return g_string_free(title, FALSE);
}

/* The weighted mean of `floats` floats that are measured of each style's picture, where `offset` in a style leads to;
 * NULL where one style lacks them. */
static float *mixed_floats(const Mix *mix, gsize offset, int floats)
{
    float *mixed = g_new0(float, floats);
    for (int i = 0; i < mix->count; i++) {
        const float *values = G_STRUCT_MEMBER(float *, mix->styles[i], offset);
        if (!values) {
            g_free(mixed);
            return NULL;
        }
        for (int k = 0; k < floats; k++)
            mixed[k] += (float) share_of(mix, i) * values[k];
    }
    return mixed;
}

/* How many of `all` tokens each style gives: its share, rounded so that they add up.  The largest remainders, and of
 * equal ones the first, are rounded up. */
static void share_tokens(const Mix *mix, int all, int *shares)
{
    double rest[PST_STYLES_MOST];
    int left = all;
    for (int i = 0; i < mix->count; i++) {
        double exact = all * share_of(mix, i);
        shares[i] = (int) exact;
        rest[i] = exact - shares[i];
        left -= shares[i];
    }
    for (; left > 0; left--) {
        int most = 0;
        for (int i = 1; i < mix->count; i++)
            most = rest[i] > rest[most] ? i : most;
        shares[most]++;
        rest[most] -= 1;
    }
}

/* Tokens of all, those of each evenly from its own, one style after the other. */
static void mix_tokens(const Mix *mix, PstStyle *mixed)
{
    int shares[PST_STYLES_MOST], all = mixed->token_count;
    gsize size = mixed->token_size;
    float *to = mixed->tokens;
    share_tokens(mix, all, shares);
    for (int i = 0; i < mix->count; i++) {
        for (int k = 0; k < shares[i]; k++, to += size) {
            int from = (int) ((2 * (gint64) k + 1) * all / (2 * shares[i]));
            memcpy(to, mix->styles[i]->tokens + size * from, sizeof *to * size);
        }
    }
}

static void mix_code(const Mix *mix, PstStyle *mixed)
{
    for (int k = 0; k < mixed->size; k++) {
        double sum = 0;
        for (int i = 0; i < mix->count; i++)
            sum += mix->weights[i] * mix->styles[i]->code[k];
        mixed->code[k] = (float) (sum / mix->total);
    }
}

PstStyle *pst_style_new_mixed(const PstStyle *const *styles, const double *weights, int count)
{
    Mix mix = {styles, weights, count, 0};
    PstStyle *mixed = copy_bare(styles[0]);
    if (count == 1) {
        add_sources(mixed, styles[0], 1);
        pst_style_info_copy(&mixed->info, &styles[0]->info);
        return mixed;
    }
    for (int i = 0; i < count; i++)
        mix.total += weights[i];
    mix_code(&mix, mixed);
    if (mixed->tokens)
        mix_tokens(&mix, mixed);
    for (int i = 0; i < count; i++)
        add_sources(mixed, styles[i], share_of(&mix, i));
    g_free(mixed->traits);
    g_free(mixed->palette);
    g_free(mixed->along);
    mixed->traits = mixed_floats(&mix, G_STRUCT_OFFSET(PstStyle, traits), PST_TRAITS);
    mixed->palette = mixed_floats(&mix, G_STRUCT_OFFSET(PstStyle, palette), PST_PALETTE);
    mixed->along = mixed_floats(&mix, G_STRUCT_OFFSET(PstStyle, along), 1);
    g_autofree char *title = mixed_title(&mix);
    pst_style_info_copy(&mixed->info, &(PstStyleInfo){.title = title});
    return mixed;
}

/* ---- Encoding -------------------------------------------------------------------------------- */

/* What nn's callbacks get. */
typedef struct {
    PstReader *reader; /* of what is encoded */
    PstTicker *ticker;
} Encoding;

static PstStatus read_style(void *user, PstBox box, const PstMap *picture, const PstMap *weights,
                            PstMessage *message)
{
    (void) message;
    pst_reader_fill(((Encoding *) user)->reader, box, picture, weights);
    return PST_OK;
}

static PstStatus tick(void *user, double done, PstMessage *message)
{
    return pst_ticker_tick(((Encoding *) user)->ticker, done, message);
}

/* Runs `encode` on a picture that already has its size. */
static PstStyle *encode(const PstEngine *engine, PstReader *reader, const PstSettings *settings,
                        PstTicker *ticker, GError **error)
{
    PstPlanOptions options = {
        .width = pst_reader_extended(engine->encode, reader->extent.width),
        .height = pst_reader_extended(engine->encode, reader->extent.height),
        .inside_width = reader->extent.width,
        .inside_height = reader->extent.height,
        .threads = pst_settings_threads(settings),
        .memory = pst_settings_memory(settings),
    };
    int size = engine->encode->nodes[engine->code].channels;
    int tokens_size = engine->token_count * engine->token_size;
    g_autofree float *code = g_new0(float, size), *tokens = g_new0(float, tokens_size);
    const PstVectorIo out[] = {{.node = engine->code, .out = code},
                               {.node = engine->tokens, .out = tokens}};
    Encoding encoding = {reader, ticker};
    PstRunIo io = {.user = &encoding,
                   .read = read_style,
                   .progress = tick,
                   .vectors = out,
                   .vector_count = tokens ? 2 : 1};
    PstMessage message;
    PstPlan *plan;
    PstStatus status = pst_plan_new(&plan, engine->encode, &options, &message);
    if (!status) {
        status = pst_run(plan, &io, &message);
        pst_plan_free(&plan);
    }
    if (status) {
        pst_error_from_status(error, status, &message);
        return NULL;
    }
    for (int i = 0; i < tokens_size; i++) /* so that a style file paints as the picture does */
        tokens[i] = pst_tensors_through_half(tokens[i]);
    return pst_style_new(engine, g_steal_pointer(&code), g_steal_pointer(&tokens));
}

static GeglBuffer *reduce(GeglBuffer *picture, const PstSettings *settings, PstTicker *ticker,
                          GError **error)
{
    const int side = PST_STYLE_SIDE;
    GeglBuffer *reduced = NULL;
    PstReader whole;
    if (!pst_reader_open(&whole, picture, error))
        return NULL;
    pst_reduce_all(&whole, &side, 1, pst_settings_threads(settings), ticker, &reduced, error);
    pst_reader_close(&whole);
    return reduced;
}

/* What of `picture` lies inside the frame, if any, that can be seen in a copy of it; NULL and an error on failure. */
static GeglBuffer *without_frame(GeglBuffer *picture, GeglBuffer *copy, GError **error)
{
    PstReader reader;
    GeglRectangle inside;
    if (!pst_reader_open(&reader, copy, error))
        return NULL;
    gboolean looked = pst_frame_find(&reader, gegl_buffer_get_extent(picture), &inside, error);
    pst_reader_close(&reader);
    return looked ? gegl_buffer_create_sub_buffer(picture, &inside) : NULL;
}

/* A copy of the picture to be encoded: reduced, without its frame. */
static GeglBuffer *prepare(GeglBuffer *picture, const PstSettings *settings, PstTicker *ticker,
                           GError **error)
{
    GeglBuffer *copy = reduce(picture, settings, ticker, error);
    GeglBuffer *part = copy ? without_frame(picture, copy, error) : NULL;
    if (!part)
        g_clear_object(&copy);
    else if (!gegl_rectangle_equal(gegl_buffer_get_extent(part), gegl_buffer_get_extent(picture))) {
        PstTicker still = *ticker;
        still.from = still.to;
        g_object_unref(copy);
        copy = reduce(part, settings, &still, error);
    }
    g_clear_object(&part);
    return copy;
}

/* What is known of the style's picture beside its code. */
static gboolean measure(PstStyle *style, PstReader *picture, int threads, GError **error)
{
    style->palette = g_new(float, PST_PALETTE);
    pst_palette_measure(picture, style->palette);
    style->along = g_new(float, 1);
    *style->along = pst_strokes_measure(picture, threads);
    if (*style->along < 0)
        return pst_error_no_memory(error, "to look at the style");
    style->traits = g_new0(float, PST_TRAITS);
    return pst_traits_measure(picture, style->traits, error);
}

PstStyle *pst_style_new_from_buffer(const PstEngine *engine, GeglBuffer *picture,
                                    const PstSettings *settings, PstProgress progress,
                                    gpointer user, GError **error)
{
    PstTicker ticker = {.callback = progress, .user = user, .from = 0, .to = STYLE_READ};
    PstReader small;
    PstStyle *style = NULL;
    GeglBuffer *reduced = prepare(picture, settings, &ticker, error);
    if (!reduced)
        return NULL;
    ticker.from = STYLE_READ;
    ticker.to = 1;
    if (pst_reader_open(&small, reduced, error)) {
        style = encode(engine, &small, settings, &ticker, error);
        if (style && !measure(style, &small, pst_settings_threads(settings), error))
            g_clear_pointer(&style, pst_style_free);
        pst_reader_close(&small);
    }
    if (style)
        pst_style_add_source(style, reduced, NULL, 1);
    g_object_unref(reduced);
    return style;
}

/* ---- Impressions ----------------------------------------------------------------------------- */

static PstImpression *see(const PstCritic *critic, const PstStyle *style,
                          const PstSettings *settings, PstTicker *ticker, GError **error)
{
    Encoding encoding = {NULL, ticker};
    gboolean patches = pst_critic_can_see(critic, style, TRUE);
    PstSeeing seeing = {
        .quantiles = TRUE,
        .patches = patches,
        .coarse = patches,
        .threads = pst_settings_threads(settings),
        .memory = pst_settings_memory(settings),
        .pulse = tick,
        .user = &encoding,
    };
    return pst_critic_see(critic, style, &seeing, error);
}

PstStyle *pst_style_new_refinable(const PstEngine *engine, const PstStyle *style,
                                  const PstSettings *settings, PstProgress progress, gpointer user,
                                  GError **error)
{
    PstTicker ticker = {.callback = progress, .user = user, .from = 0, .to = 1};
    PstImpression *impression = NULL;
    if (pst_critic_exists(engine, settings)) {
        PstCritic *critic = pst_critic_new(engine, settings, NULL, error);
        if (!critic)
            return NULL;
        gboolean look = pst_critic_can_see(critic, style, FALSE);
        if (look)
            impression = see(critic, style, settings, &ticker, error);
        pst_critic_free(critic);
        if (look && !impression)
            return NULL;
    }
    PstStyle *copy = copy_bare(style);
    pst_style_info_copy(&copy->info, &style->info);
    if (impression) {
        const PstStyleSource *first = style->sources->pdata[0];
        pst_style_add_source(copy, style->sources->len == 1 ? first->buffer : NULL, impression, 1);
        pst_impression_unref(impression);
    } else {
        add_sources(copy, style, 1);
    }
    return copy;
}
