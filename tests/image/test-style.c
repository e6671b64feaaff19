/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Styles as things of their own: kept in files, described, mixed, named, listed.
 *
 *     test-style WEIGHTS_FOLDER WORK_FOLDER
 */
#include "check.h"
#include "pastiche.h"

#include <gegl.h>
#include <glib/gstdio.h>
#include <unistd.h>

enum { CODE = 256 };

static const char *weights, *work;
static PstEngine *engine;
static PstStyle *waves, *stripes; /* two that differ */
static PstSettings settings;

/* ---- Helpers --------------------------------------------------------------------------------- */

static GeglBuffer *make_picture(int width, int height, float slant, float red)
{
    GeglBuffer *buffer =
        gegl_buffer_new(GEGL_RECTANGLE(0, 0, width, height), babl_format("R'G'B' u8"));
    float *pixels = g_new(float, (gsize) 3 * width * height);
    for (int i = 0; i < width * height; i++) {
        float wave = sinf(0.35f * (float) (i % width) + slant * (float) (i / width));
        pixels[3 * i] = red;
        pixels[3 * i + 1] = 0.5f + 0.4f * wave;
        pixels[3 * i + 2] = 0.8f - 0.5f * red * wave;
    }
    gegl_buffer_set(buffer, NULL, 0, babl_format("R'G'B' float"), pixels, 0);
    g_free(pixels);
    return buffer;
}

static PstStyle *style_of(float slant, float red)
{
    GeglBuffer *picture = make_picture(140, 100, slant, red);
    PstStyle *style = pst_style_new_from_buffer(engine, picture, &settings, NULL, NULL, NULL);
    g_object_unref(picture);
    return style;
}

static char *in_work(const char *name)
{
    return g_build_filename(work, name, NULL);
}

/* Whether the call failed as it should; clears the error. */
static gboolean failed(GError **error, PstError code, const char *words)
{
    gboolean ok =
        CHECK(*error != NULL, "no error, \"%s\" expected", words) &&
        CHECK(g_error_matches(*error, PST_ERROR, (int) code) && strstr((*error)->message, words),
              "expected \"%s\", got \"%s\"", words, (*error)->message);
    g_clear_error(error);
    return ok;
}

static gboolean same_bytes(const PstStyle *a, const PstStyle *b)
{
    GBytes *p = pst_style_to_bytes(a), *q = pst_style_to_bytes(b);
    gboolean same = g_bytes_equal(p, q);
    g_bytes_unref(p);
    g_bytes_unref(q);
    return same;
}

/* A style file is: 8 bytes of length, header, data, of which the code comes first. */
static gsize header_size(GBytes *bytes)
{
    const guint8 *data = g_bytes_get_data(bytes, NULL);
    return data[0] | (gsize) data[1] << 8 | (gsize) data[2] << 16;
}

/* What the tokens take, where the weights have attention, else 0; and what the header says of their kind. */
static gsize token_bytes(GBytes *bytes, char **kind)
{
    const char *text = (const char *) g_bytes_get_data(bytes, NULL) + 8;
    const char *tokens = g_strstr_len(text, (gssize) header_size(bytes), "\"tokens\":{");
    guint64 from, to;
    if (!tokens ||
        sscanf(tokens, "\"tokens\":{\"data_offsets\":[%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT "]",
               &from, &to) != 2)
        return 0;
    const char *rest = strchr(tokens, ']') + 2;
    if (kind)
        *kind = g_strndup(rest, strchr(rest, '}') - rest);
    return to - from;
}

static void code_of(const PstStyle *style, float code[CODE])
{
    GBytes *bytes = pst_style_to_bytes(style);
    memcpy(code, (const guint8 *) g_bytes_get_data(bytes, NULL) + 8 + header_size(bytes),
           CODE * sizeof *code);
    g_bytes_unref(bytes);
}

static double distance(const float *a, const float *b, int count)
{
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    return sqrt(sum);
}

/* ---- Files and memory ------------------------------------------------------------------------ */

static PstStyle *described(const PstStyle *style)
{
    static guint8 thumbnail[3 * 5 * 4];
    for (guint i = 0; i < sizeof thumbnail; i++)
        thumbnail[i] = (guint8) (7 * i);
    const PstStyleInfo info = {
        .name = "ignored",
        .title = "Größe \"und\" Form",
        .year = "1905",
        .thumbnail = thumbnail,
        .thumbnail_width = 5,
        .thumbnail_height = 4,
    };
    GError *error = NULL;
    PstStyle *copy = pst_style_new_described(style, &info, &error);
    CHECK(copy != NULL, "%s", error ? error->message : "");
    g_clear_error(&error);
    return copy;
}

static void kept_in_memory(void)
{
    PstStyle *style = described(waves);
    GBytes *bytes = pst_style_to_bytes(style);
    GError *error = NULL;
    PstStyle *again = pst_style_new_from_bytes(engine, bytes, &error);
    if (CHECK(again != NULL, "%s", error ? error->message : "")) {
        const PstStyleInfo *info = pst_style_info(again);
        CHECK_STRING(info->name, "");
        CHECK_STRING(info->title, "Größe \"und\" Form");
        CHECK_STRING(info->artist, "");
        CHECK_STRING(info->year, "1905");
        CHECK(info->thumbnail_width == 5 && info->thumbnail_height == 4);
        CHECK(info->thumbnail[59] == (guint8) (7 * 59));
        CHECK(same_bytes(style, again));
    }
    CHECK(g_bytes_get_size(bytes) < 4000 + token_bytes(bytes, NULL), "%zu bytes",
          g_bytes_get_size(bytes));
    g_clear_error(&error);
    pst_style_free(again);
    pst_style_free(style);
    g_bytes_unref(bytes);
}

static void kept_in_files(void)
{
    g_autofree char *path = in_work("kept.style"), *name = g_strconcat("file:", path, NULL);
    g_autofree char *nowhere = in_work("nowhere/x.style"), *picture = in_work("picture.ppm");
    GError *error = NULL;
    CHECK(pst_style_save(waves, path, &error), "%s", error ? error->message : "");
    CHECK(pst_style_save(waves, path, &error), "over another one: %s", error ? error->message : "");
    PstStyle *style = pst_style_new_from_name(engine, name, &settings, NULL, NULL, &error);
    if (CHECK(style != NULL, "%s", error ? error->message : ""))
        CHECK(same_bytes(style, waves));
    pst_style_free(style);
    CHECK(!pst_style_save(waves, nowhere, &error));
    failed(&error, PST_ERROR_FILE, "nowhere/x.style");
    CHECK(!pst_style_save(waves, "/dev/null", &error));
    failed(&error, PST_ERROR_FILE, "/dev/null");

    /* A picture whose name says that it is a style is still a picture, and the reverse. */
    g_autofree char *lying = in_work("lying.style"), *other = g_strconcat("file:", lying, NULL);
    GeglBuffer *pixels = make_picture(140, 100, 0.1f, 0.2f);
    CHECK(pst_file_save(picture, pixels, NULL, &error) && g_rename(picture, lying) == 0);
    style = pst_style_new_from_name(engine, other, &settings, NULL, NULL, &error);
    if (CHECK(style != NULL, "%s", error ? error->message : ""))
        CHECK(same_bytes(style, waves));
    pst_style_free(style);
    g_object_unref(pixels);
    g_clear_error(&error);
}

static void descriptions(void)
{
    char *longer = g_strnfill(501, 'x');
    const PstStyleInfo wrong[] = {
        {.title = longer},
        {.artist = "a\nb"},
        {.source = "\xff"},
        {.thumbnail = (const guint8 *) longer, .thumbnail_width = 513, .thumbnail_height = 1},
        {.thumbnail = (const guint8 *) longer},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        GError *error = NULL;
        CHECK(!pst_style_new_described(waves, &wrong[i], &error), "%u", i);
        failed(&error, PST_ERROR_USAGE, "must be");
    }
    g_free(longer);
}

/* ---- Hostile files --------------------------------------------------------------------------- */

/* A file of `header`, in which "SUM" stands for the data's SHA-256 and MODEL for the painter's; with tokens
 * behind `data` where the painter wants some. */
static GBytes *make_file(const char *header, const void *data, gsize size)
{
    g_autofree char *kind = NULL;
    GBytes *good = pst_style_to_bytes(waves);
    const char *text = (const char *) g_bytes_get_data(good, NULL) + 8;
    const char *model = g_strstr_len(text, (gssize) header_size(good), "\"model_sha256\":\"");
    g_autofree char *hash = g_strndup(model + strlen("\"model_sha256\":\""), 64);
    gsize tokens = token_bytes(good, &kind), all = size + tokens;
    g_autofree guint8 *bytes = g_malloc0(all + 1);
    if (size > 0)
        memcpy(bytes, data, size);
    g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, all);
    GString *whole = g_string_new(header);
    if (tokens > 0) {
        g_autofree char *entry = g_strdup_printf("\"tokens\":{\"data_offsets\":[%" G_GSIZE_FORMAT
                                                 ",%" G_GSIZE_FORMAT "],%s},",
                                                 size, all, kind);
        g_string_insert(whole, 1, entry);
    }
    g_string_replace(whole, "SUM", sum, 0);
    g_string_replace(whole, "MODEL", hash, 0);
    guint8 length[8] = {whole->len & 255, (guint8) (whole->len >> 8)};
    g_string_prepend_len(whole, (const char *) length, 8);
    g_string_append_len(whole, (const char *) bytes, (gssize) all);
    g_bytes_unref(good);
    return g_string_free_to_bytes(whole);
}

#define META(more)                                                                                 \
    "\"__metadata__\":{\"format\":\"pastiche-style-1\",\"data_sha256\":\"SUM\","                   \
    "\"model_sha256\":\"MODEL\"" more "}"
#define F32_256 "\"code\":{\"dtype\":\"F32\",\"shape\":[256],\"data_offsets\":[0,1024]}"

static void unsound_files(void)
{
    static guint8 data[2048];
    static const struct {
        const char *header;
        gsize size;
        PstError code;
        const char *words;
    } cases[] = {
        {"{" META("") "," F32_256 "}", 1024, 0, NULL}, /* the plain one is sound */
        {"{" META(",\"later\":\"x\"") "," F32_256 ",\"t\":{\"dtype\":\"F32\",\"shape\":[4],"
                                      "\"data_offsets\":[1024,1040]}}",
         1040, 0, NULL}, /* what a later version adds does not disturb */
        {"{" F32_256 "}", 1024, PST_ERROR_FILE, "(not said)"},
        {"{\"__metadata__\":{\"format\":\"pastiche-1\"}," F32_256 "}", 1024, PST_ERROR_FILE,
         "pastiche-1"},
        {"{\"__metadata__\":{\"format\":\"pastiche-style-1\"}," F32_256 "}", 1024, PST_ERROR_FILE,
         "damaged"},
        {"{\"__metadata__\":{\"format\":\"pastiche-style-1\",\"data_sha256\":\"SUM\"}," F32_256 "}",
         1024, PST_ERROR_WEIGHTS, "no hash"},
        {"{\"__metadata__\":{\"format\":\"pastiche-style-1\",\"data_sha256\":\"SUM\","
         "\"model_sha256\":\"0123456789abcdef\",\"model_version\":\"9.9\"}," F32_256 "}",
         1024, PST_ERROR_WEIGHTS, "9.9 (0123456789ab)"},
        {"{" META("") "}", 0, PST_ERROR_FILE, "'code'"},
        {"{" META("") ",\"code\":{\"dtype\":\"F32\",\"shape\":[255],\"data_offsets\":[0,1020]}}",
         1020, PST_ERROR_FILE, "256 float32"},
        {"{" META("") ",\"code\":{\"dtype\":\"F16\",\"shape\":[256],\"data_offsets\":[0,512]}}",
         512, PST_ERROR_FILE, "256 float32"},
        {"{" META("") ",\"code\":{\"dtype\":\"F32\",\"shape\":[16,16],\"data_offsets\":[0,1024]}}",
         1024, PST_ERROR_FILE, "256 float32"},
        {"{" META("") "," F32_256 ",\"thumbnail\":{\"dtype\":\"U8\",\"shape\":[2,3,4],"
                      "\"data_offsets\":[1024,1048]}}",
         1048, PST_ERROR_FILE, "thumbnail"},
        {"{" META("") "," F32_256 ",\"thumbnail\":{\"dtype\":\"F32\",\"shape\":[1,2,3],"
                      "\"data_offsets\":[1024,1048]}}",
         1048, PST_ERROR_FILE, "thumbnail"},
        {"{" META("") "," F32_256 ",\"thumbnail\":{\"dtype\":\"U8\",\"shape\":[1,513,1],"
                      "\"data_offsets\":[1024,1537]}}",
         1537, PST_ERROR_FILE, "thumbnail"},
        {"{" META(",\"title\":\"a\\tb\"") "," F32_256 "}", 1024, PST_ERROR_FILE, "control"},
        {"{" META(",\"title\":7") "," F32_256 "}", 1024, PST_ERROR_FILE, "'title'"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        GBytes *bytes = make_file(cases[i].header, data, cases[i].size);
        PstStyle *style = pst_style_new_from_bytes(engine, bytes, &error);
        CHECK((style != NULL) == (cases[i].words == NULL), "case %u: %s", i,
              error ? error->message : "accepted");
        if (cases[i].words)
            failed(&error, cases[i].code, cases[i].words);
        g_clear_error(&error);
        pst_style_free(style);
        g_bytes_unref(bytes);
    }
}

static void codes_out_of_range(void)
{
    static const guint32 values[] = {0x7fc00000, 0x7f800000, 0xff800000, 0x7f7fffff};
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        guint32 data[CODE] = {0};
        data[200] = GUINT32_TO_LE(values[i]);
        GError *error = NULL;
        GBytes *bytes = make_file("{" META("") "," F32_256 "}", data, sizeof data);
        CHECK(!pst_style_new_from_bytes(engine, bytes, &error));
        failed(&error, PST_ERROR_FILE, i < 3 ? "not finite" : "out of range");
        g_bytes_unref(bytes);
    }
}

/* Every length, and any byte changed: never accepted as another style than it was. */
static void broken_files(void)
{
    PstStyle *style = described(waves);
    GBytes *good = pst_style_to_bytes(style);
    gsize size;
    const guint8 *bytes = g_bytes_get_data(good, &size);
    float code[CODE], other[CODE];
    code_of(style, code);
    for (gsize cut = 0; cut < size; cut += cut < 700 ? 1 : 97) {
        GBytes *part = g_bytes_new(bytes, cut);
        CHECK(!pst_style_new_from_bytes(engine, part, NULL), "%zu of %zu bytes", cut, size);
        g_bytes_unref(part);
    }
    for (int i = 0; i < 3000; i++) {
        guint8 *copy = g_memdup2(bytes, size);
        gsize at = check_random() % size;
        copy[at] ^= (guint8) check_between(1, 255);
        GBytes *broken = g_bytes_new_take(copy, size);
        GError *error = NULL;
        PstStyle *read = pst_style_new_from_bytes(engine, broken, &error);
        CHECK((read == NULL) == (error != NULL));
        if (read) {
            code_of(read, other);
            CHECK(memcmp(code, other, sizeof code) == 0, "byte %zu", at);
        }
        g_clear_error(&error);
        pst_style_free(read);
        g_bytes_unref(broken);
    }
    g_bytes_unref(good);
    pst_style_free(style);
}

static void other_files(void)
{
    static const char *const none[] = {"/dev/zero", "/nonexistent.style", "/"};
    GError *error = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(none); i++) {
        g_autofree char *name = g_strconcat("file:", none[i], NULL);
        CHECK(!pst_style_new_from_name(engine, name, &settings, NULL, NULL, &error));
        failed(&error, PST_ERROR_FILE, none[i]);
    }
    /* The painter itself looks like one. */
    g_autofree char *painter = g_strconcat("file:", weights, "/painter.safetensors", NULL);
    CHECK(!pst_style_new_from_name(engine, painter, &settings, NULL, NULL, &error));
    failed(&error, PST_ERROR_FILE, "painter.safetensors");
}

/* ---- Several styles -------------------------------------------------------------------------- */

static void terms(void)
{
    static const struct {
        const char *text, *names[PST_STYLES_MOST];
        double weights[PST_STYLES_MOST];
        const char *again;
    } cases[] = {
        {"wave", {"builtin:wave"}, {1}, "builtin:wave"},
        {"./wave", {"file:./wave"}, {1}, "file:./wave"},
        {"wave.jpg*2", {"file:wave.jpg"}, {2}, "file:wave.jpg*2.000000"},
        {"/a/b.jpg*2|wave",
         {"file:/a/b.jpg", "builtin:wave"},
         {2, 1},
         "file:/a/b.jpg*2.000000|builtin:wave"},
        {"wave*60|builtin:night*.5",
         {"builtin:wave", "builtin:night"},
         {60, 0.5},
         "builtin:wave*60.000000|builtin:night*0.500000"},
        {"file:/a|b*2.jpg", {"file:/a|b*2.jpg"}, {1}, "file:/a|b*2.jpg"},
        {"file:/a*3|layer:b|c|builtin:d",
         {"file:/a", "layer:b|c", "builtin:d"},
         {3, 1, 1},
         "file:/a*3.000000|layer:b|c|builtin:d"},
        {"layer:Star*2*1", {"layer:Star*2"}, {1}, "layer:Star*2*1.000000"},
        {"layer:*", {"layer:*"}, {1}, "layer:*"},
        {"a|b|c|d",
         {"builtin:a", "builtin:b", "builtin:c", "builtin:d"},
         {1, 1, 1, 1},
         "builtin:a|builtin:b|builtin:c|builtin:d"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        PstStyleTerm *read = pst_style_terms_new(cases[i].text, &error);
        if (!CHECK(read != NULL, "%s", error ? error->message : "")) {
            g_clear_error(&error);
            continue;
        }
        int k = 0;
        for (; k < PST_STYLES_MOST && cases[i].names[k]; k++) {
            CHECK_STRING(read[k].name, cases[i].names[k]);
            CHECK(read[k].weight == cases[i].weights[k]);
        }
        CHECK(read[k].name == NULL);
        g_autofree char *text = pst_style_terms_to_text(read);
        CHECK_STRING(text, cases[i].again);
        pst_style_terms_free(read);
    }
    g_autofree char *quoted = pst_style_text("layer:Star*2"), *plain = pst_style_text("layer:a");
    CHECK_STRING(quoted, "layer:Star*2*1.000000");
    CHECK_STRING(plain, "layer:a");
}

static void wrong_terms(void)
{
    static const char *const wrong[] = {"",       "a|",      "|a",      "file:",     "a*0",
                                        "a*1001", "a*1.2.3", "a|b*0.0", "a|b|c|d|e", "layer:*3"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        GError *error = NULL;
        PstStyleTerm *read = pst_style_terms_new(wrong[i], &error);
        if (CHECK(read == NULL, "\"%s\"", wrong[i]))
            failed(&error, PST_ERROR_USAGE, "style");
        pst_style_terms_free(read);
    }
}

/* The mean absolute difference. */
static double apart(GeglBuffer *a, GeglBuffer *b)
{
    gsize count = (gsize) 3 * gegl_buffer_get_width(a) * gegl_buffer_get_height(a);
    float *p = g_new(float, count), *q = g_new(float, count);
    const Babl *format = babl_format("R'G'B' float");
    gegl_buffer_get(a, NULL, 1, format, p, 0, GEGL_ABYSS_NONE);
    gegl_buffer_get(b, NULL, 1, format, q, 0, GEGL_ABYSS_NONE);
    double sum = 0;
    for (gsize i = 0; i < count; i++)
        sum += fabs((double) p[i] - q[i]);
    g_free(p);
    g_free(q);
    return sum / (double) count;
}

static void mixing(void)
{
    const PstStyle *both[] = {waves, stripes}, *same[] = {waves, waves};
    float a[CODE], b[CODE], m[CODE];
    PstStyle *half = pst_style_new_mixed(both, (double[]){1, 1}, 2);
    PstStyle *most = pst_style_new_mixed(both, (double[]){9, 3}, 2);
    PstStyle *one = pst_style_new_mixed(same, (double[]){0.2, 0.7}, 2);
    PstStyle *alone = pst_style_new_mixed(both, (double[]){0.3}, 1);
    CHECK(same_bytes(alone, waves));
    pst_style_free(alone);
    code_of(waves, a);
    code_of(stripes, b);
    double whole = distance(a, b, CODE);
    CHECK(whole > 0.1, "the two styles are %g apart", whole);
    code_of(half, m);
    CHECK_NEAR(distance(a, m, CODE), whole / 2, 1e-5 * whole);
    CHECK_NEAR(distance(b, m, CODE), whole / 2, 1e-5 * whole);
    code_of(most, m);
    CHECK_NEAR(distance(a, m, CODE), whole / 4, 1e-5 * whole);
    code_of(one, m);
    CHECK(distance(a, m, CODE) < 1e-5 * whole);

    GeglBuffer *photo = make_picture(160, 128, 0.02f, 0.6f);
    const PstStyle *styles[] = {waves, half, stripes};
    GeglBuffer *painted[3];
    for (int i = 0; i < 3; i++)
        painted[i] = pst_stylize(engine, photo, styles[i], &settings, NULL, NULL, NULL);
    double across = apart(painted[0], painted[2]), left = apart(painted[0], painted[1]),
           right = apart(painted[1], painted[2]);
    CHECK(left < across && right < across && left > 0.1 * across && right > 0.1 * across,
          "%.4f and %.4f from the half, %.4f across", left, right, across);
    for (int i = 0; i < 3; i++)
        g_object_unref(painted[i]);
    g_object_unref(photo);
    pst_style_free(half);
    pst_style_free(most);
    pst_style_free(one);
}

/* Up to 150 per cent goes on in the same direction, and stays a picture. */
static void beyond_full_strength(void)
{
    static const double strengths[] = {50, 100, 125, 150};
    GeglBuffer *photo = make_picture(160, 128, 0.02f, 0.6f);
    double before = 0;
    for (guint i = 0; i < G_N_ELEMENTS(strengths); i++) {
        PstSettings strong = settings;
        strong.strength = strengths[i];
        GeglBuffer *painted = pst_stylize(engine, photo, stripes, &strong, NULL, NULL, NULL);
        double far = apart(photo, painted);
        CHECK(isfinite(far) && far > 0 && far < 1 && (i < 2 || far > 0.5 * before),
              "at %g %%: %.4f from the photo, %.4f before", strengths[i], far, before);
        before = far;
        g_object_unref(painted);
    }
    g_object_unref(photo);
}

/* ---- How well they suit ---------------------------------------------------------------------- */

static PstSuit suit_of(GeglBuffer *photo, const PstStyle *style)
{
    GError *error = NULL;
    PstSuit suit = {0};
    PstSubject *subject = pst_subject_new(photo, &error);
    CHECK(subject && pst_subject_suits(subject, style, &suit, &error), "%s",
          error ? error->message : "");
    CHECK(suit.score >= 0 && suit.score <= 100, "%g", suit.score);
    CHECK(suit.strength >= 60 && suit.strength <= 100 && suit.brush_size >= 50 &&
          suit.brush_size <= 200);
    CHECK(suit.advice && suit.advice[strlen(suit.advice) - 1] == '.');
    CHECK(suit.feature_count > 0 && suit.feature_count <= PST_SUIT_FEATURES);
    for (int i = 0; i < suit.feature_count; i++)
        CHECK(isfinite(suit.features[i]), "feature %d", i);
    g_clear_error(&error);
    pst_subject_free(subject);
    return suit;
}

static GeglBuffer *plain(int width, int height)
{
    GeglBuffer *buffer =
        gegl_buffer_new(GEGL_RECTANGLE(3, 4, width, height), babl_format("R'G'B'A u8"));
    return buffer; /* transparent black */
}

static void suits(void)
{
    GeglBuffer *photo = make_picture(300, 200, 0.02f, 0.6f),
               *same = make_picture(140, 100, 0.1f, 0.2f);
    PstSuit one = suit_of(photo, waves), other = suit_of(photo, stripes),
            own = suit_of(same, waves);
    CHECK(one.score != other.score);
    /* A style's own picture is like itself in everything that is compared: colours and scale. */
    CHECK_NEAR(own.features[0], 0, 1e-6);
    CHECK_NEAR(own.features[2], 0, 1e-6);
    CHECK_NEAR(own.features[3], 0, 1e-6);
    CHECK(one.features[0] > 0.01);

    /* It comes along into files, memory, mixes and descriptions. */
    PstStyle *copy = described(waves);
    GBytes *bytes = pst_style_to_bytes(copy);
    PstStyle *read = pst_style_new_from_bytes(engine, bytes, NULL);
    PstStyle *mixed =
        pst_style_new_mixed((const PstStyle *[]){waves, stripes}, (double[]){1, 1}, 2);
    CHECK(suit_of(photo, read).score == one.score);
    double middle = suit_of(photo, mixed).features[0];
    CHECK(middle > 0 && middle < MAX(one.features[0], other.features[0]));
    pst_style_free(mixed);
    pst_style_free(read);
    pst_style_free(copy);
    g_bytes_unref(bytes);

    /* Pictures with nothing in them, and the smallest one. */
    static const int sizes[][2] = {{300, 200}, {1, 1}, {1, 700}, {2, 3}};
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        GeglBuffer *nothing = plain(sizes[i][0], sizes[i][1]);
        suit_of(nothing, waves);
        g_object_unref(nothing);
    }
    g_object_unref(photo);
    g_object_unref(same);
}

/* A file with traits that no picture has is like one without: what follows from them would be no number. */
static void hostile_traits(void)
{
    static const char *const header = "{" META("") "," F32_256 ",\"traits\":{\"dtype\":\"F32\","
                                                   "\"shape\":[33],\"data_offsets\":[1024,1156]}}";
    static const float values[] = {1e30f, -1e30f, 65, 13};
    GeglBuffer *photo = make_picture(30, 20, 0.02f, 0.6f);
    PstSubject *subject = pst_subject_new(photo, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        float data[CODE + 33] = {0};
        GError *error = NULL;
        PstSuit suit;
        data[CODE + 25] = values[i];
        GBytes *bytes = make_file(header, data, sizeof data);
        PstStyle *style = pst_style_new_from_bytes(engine, bytes, NULL);
        if (i < 3) {
            CHECK(style && !pst_subject_suits(subject, style, &suit, &error), "%g", values[i]);
            failed(&error, PST_ERROR_FILE, "anew");
        } else {
            suit_of(photo, style);
        }
        pst_style_free(style);
        g_bytes_unref(bytes);
    }
    g_object_unref(photo);
    pst_subject_free(subject);
}

static void unknown_pictures_suit_nothing(void)
{
    static guint8 data[1024];
    GBytes *bytes = make_file("{" META("") "," F32_256 "}", data, sizeof data);
    PstStyle *style = pst_style_new_from_bytes(engine, bytes, NULL);
    GeglBuffer *photo = make_picture(30, 20, 0.02f, 0.6f);
    PstSubject *subject = pst_subject_new(photo, NULL);
    PstSuit suit;
    GError *error = NULL;
    CHECK(!pst_subject_suits(subject, style, &suit, &error));
    failed(&error, PST_ERROR_FILE, "anew");
    GeglBuffer *empty = gegl_buffer_new(GEGL_RECTANGLE(0, 0, 0, 0), babl_format("R'G'B' u8"));
    CHECK(!pst_subject_new(empty, &error));
    failed(&error, PST_ERROR_FILE, "0");
    g_object_unref(empty);
    g_object_unref(photo);
    pst_subject_free(subject);
    pst_style_free(style);
    g_bytes_unref(bytes);
}

/* ---- What ships ------------------------------------------------------------------------------ */

/* The built-in styles belong to the painter that they lie beside.  If this fails after a change of the
 * weights: weights/train/styles.py. */
static void shipped_styles(void)
{
    PstCatalogue *list = pst_catalogue_new(weights);
    guint64 bytes = 0;
    CHECK(pst_catalogue_count(list) == 24, "%u styles", pst_catalogue_count(list));
    for (const char *const *problem = pst_catalogue_problems(list); *problem; problem++)
        CHECK(FALSE, "%s", *problem);
    for (guint i = 0; i < pst_catalogue_count(list); i++) {
        const PstStyleInfo *info = pst_catalogue_at(list, i);
        GError *error = NULL;
        GStatBuf status;
        g_autofree char *path = g_strdup_printf("%s/styles/%s.style", weights, info->name);
        PstStyle *style =
            pst_style_new_from_name(engine, info->name, &settings, NULL, NULL, &error);
        CHECK(style != NULL, "%s", error ? error->message : "");
        CHECK(*info->title && *info->artist && *info->source && info->thumbnail, "%s", info->name);
        CHECK(strstr(info->licence, "public domain") != NULL, "%s: %s", info->name, info->licence);
        bytes += g_stat(path, &status) == 0 ? (guint64) status.st_size : 0;
        g_clear_error(&error);
        pst_style_free(style);
    }
    CHECK(bytes > 0 && bytes < 8000000, "%" G_GUINT64_FORMAT " bytes", bytes);
    pst_catalogue_free(list);
}

/* ---- The catalogue --------------------------------------------------------------------------- */

/* Weights whose built-in styles are ours to damage. */
static char *make_weights(void)
{
    char *folder = in_work("weights");
    g_autofree char *styles = g_build_filename(folder, "styles", NULL);
    g_autofree char *from = g_canonicalize_filename(weights, NULL);
    g_autofree char *painter = g_build_filename(from, "painter.safetensors", NULL);
    g_autofree char *link = g_build_filename(folder, "painter.safetensors", NULL);
    CHECK(g_mkdir_with_parents(styles, 0777) == 0);
    g_unlink(link);
    CHECK(symlink(painter, link) == 0);
    g_autofree char *wave = g_build_filename(styles, "great-wave.style", NULL);
    g_autofree char *comb = g_build_filename(styles, "comb.style", NULL);
    g_autofree char *torn = g_build_filename(styles, "torn.style", NULL);
    g_autofree char *other = g_build_filename(styles, "README", NULL);
    PstStyle *titled = described(waves);
    CHECK(pst_style_save(titled, wave, NULL) && pst_style_save(stripes, comb, NULL));
    CHECK(g_file_set_contents(torn, "torn", -1, NULL) && g_file_set_contents(other, "", 0, NULL));
    pst_style_free(titled);
    return folder;
}

static void catalogue(void)
{
    g_autofree char *folder = make_weights();
    PstCatalogue *list = pst_catalogue_new(folder);
    CHECK(pst_catalogue_count(list) == 2);
    CHECK_STRING(pst_catalogue_at(list, 0)->name, "comb");
    CHECK_STRING(pst_catalogue_at(list, 1)->name, "great-wave");
    const PstStyleInfo *wave = pst_catalogue_find(list, "great-wave");
    CHECK_STRING(wave->title, "Größe \"und\" Form");
    CHECK(wave->thumbnail_width == 5 && wave->thumbnail[1] == 7);
    CHECK(pst_catalogue_find(list, "torn") == NULL);
    const char *const *problems = pst_catalogue_problems(list);
    CHECK(problems[0] && strstr(problems[0], "torn.style") && !problems[1]);
    pst_catalogue_free(list);

    g_autofree char *nowhere = in_work("nowhere");
    list = pst_catalogue_new(nowhere);
    CHECK(pst_catalogue_count(list) == 0 && !pst_catalogue_problems(list)[0]);
    pst_catalogue_free(list);
}

static void builtin_names(void)
{
    static const struct {
        const char *name;
        PstError code;
        const char *words;
    } cases[] = {
        {"grate-wave", PST_ERROR_USAGE, "but great-wave;"},
        {"builtin:Wave", PST_ERROR_USAGE, "but great-wave;"},
        {"zebra", PST_ERROR_USAGE, "comb, great-wave, torn"},
        {"builtin:../painter", PST_ERROR_USAGE, "no built-in style"},
        {"../painter", PST_ERROR_FILE, "../painter"},
        {"builtin:", PST_ERROR_USAGE, "no built-in style"},
        {"layer:x", PST_ERROR_USAGE, "layer"},
        {"builtin:torn", PST_ERROR_FILE, "torn.style"},
    };
    g_autofree char *folder = make_weights();
    GError *error = NULL;
    PstEngine *other = pst_engine_new(folder, &error);
    if (!CHECK(other != NULL, "%s", error ? error->message : ""))
        return;
    PstStyle *style = pst_style_new_from_name(other, "great-wave", &settings, NULL, NULL, &error);
    if (CHECK(style != NULL, "%s", error ? error->message : ""))
        CHECK_STRING(pst_style_info(style)->name, "great-wave");
    pst_style_free(style);
    style = pst_style_new_from_text(other, "great-wave*3|comb", &settings, NULL, NULL, &error);
    const PstStyle *both[] = {waves, stripes};
    PstStyle *mixed = pst_style_new_mixed(both, (double[]){3, 1}, 2);
    float a[CODE], b[CODE];
    if (CHECK(style != NULL, "%s", error ? error->message : "")) {
        code_of(style, a);
        code_of(mixed, b);
        CHECK(memcmp(a, b, sizeof a) == 0);
    }
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        CHECK(!pst_style_new_from_name(other, cases[i].name, &settings, NULL, NULL, &error));
        failed(&error, cases[i].code, cases[i].words);
    }
    CHECK(!pst_style_new_from_text(other, "comb|zebra", &settings, NULL, NULL, &error));
    failed(&error, PST_ERROR_USAGE, "zebra");
    pst_style_free(style);
    pst_style_free(mixed);
    pst_engine_free(other);
}

int main(int argc, char **argv)
{
    check_begin("style");
    gegl_init(NULL, NULL);
    GError *error = NULL;
    pst_settings_init(&settings);
    settings.threads = 2;
    weights = argc > 2 ? argv[1] : "weights";
    work = argc > 2 ? argv[2] : ".";
    g_mkdir_with_parents(work, 0777);
    engine = pst_engine_new(weights, &error);
    if (!CHECK(engine != NULL, "%s", error ? error->message : ""))
        return check_end();
    waves = style_of(0.1f, 0.2f);
    stripes = style_of(0.9f, 0.8f);
    if (CHECK(waves && stripes)) {
        CHECK_RUN(kept_in_memory);
        CHECK_RUN(kept_in_files);
        CHECK_RUN(descriptions);
        CHECK_RUN(unsound_files);
        CHECK_RUN(codes_out_of_range);
        CHECK_RUN(broken_files);
        CHECK_RUN(other_files);
        CHECK_RUN(terms);
        CHECK_RUN(wrong_terms);
        CHECK_RUN(mixing);
        CHECK_RUN(beyond_full_strength);
        CHECK_RUN(suits);
        CHECK_RUN(hostile_traits);
        CHECK_RUN(unknown_pictures_suit_nothing);
        CHECK_RUN(shipped_styles);
        CHECK_RUN(catalogue);
        CHECK_RUN(builtin_names);
    }
    pst_style_free(waves);
    pst_style_free(stripes);
    pst_engine_free(engine);
    gegl_exit();
    return check_end();
}
