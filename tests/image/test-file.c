/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Picture files: what is written comes back; kinds of files that we never write are read; files that
 * are cut or scribbled over are errors.
 *
 *     test-file FOLDER        (an empty one, for the pictures)
 */
#include "check.h"
#include "image/file/format.h"

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>
#include <tiffio.h>

static const char *folder;

/* The path of a file in the folder; valid until the next call but three. */
static const char *path_of(const char *name)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static float value_at(int x, int y, int c)
{
    return c == 3 ? 1 - 0.5f * (float) (x % 2) : (float) ((x * (c + 1) + y * 3) % 17) / 16;
}

/* R'G'B' or R'G'B'A float, in `space`. */
static GeglBuffer *picture_new(int width, int height, bool alpha, const Babl *space)
{
    int channels = alpha ? 4 : 3;
    float *pixels = g_new(float, (size_t) width *height *channels), *p = pixels;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < channels; c++)
                *p++ = value_at(x, y, c);
    GeglBuffer *picture =
        gegl_buffer_new(GEGL_RECTANGLE(0, 0, width, height),
                        babl_format_with_space(alpha ? "R'G'B'A float" : "R'G'B' float", space));
    gegl_buffer_set(picture, NULL, 0, NULL, pixels, GEGL_AUTO_ROWSTRIDE);
    g_free(pixels);
    return picture;
}

/* The largest difference from value_at(); 9 where the size is another. */
static double distance(GeglBuffer *picture, int width, int height, bool alpha)
{
    if (!picture || gegl_buffer_get_width(picture) != width ||
        gegl_buffer_get_height(picture) != height)
        return 9;
    const Babl *space = babl_format_get_space(gegl_buffer_get_format(picture));
    float *pixels = g_new(float, (size_t) width *height * 4);
    gegl_buffer_get(picture, NULL, 1, babl_format_with_space("R'G'B'A float", space), pixels,
                    GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    double worst = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < (alpha ? 4 : 3); c++)
                worst =
                    fmax(worst, fabs(pixels[4 * ((size_t) y * width + x) + c] - value_at(x, y, c)));
    g_free(pixels);
    return worst;
}

/* ---- There and back -------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    PstFileInfo info;
    bool alpha;
    double tolerance;
} Kind;

static void there_and_back(void)
{
    static const Kind kinds[] = {
        {"a.png", {.bits = 8}, true, 1.0 / 510},
        {"b.png", {.bits = 16}, true, 1e-5},
        {"c.tif", {.bits = 8}, true, 1.0 / 510},
        {"d.tiff", {.bits = 16}, true, 1e-5},
        {"e.tif", {.bits = 16, .is_float = TRUE}, true, 1e-3},
        {"f.TIF", {.bits = 32, .is_float = TRUE}, true, 0},
        {"g.tif", {.bits = 32}, true, 1e-6},
        {"h.ppm", {.bits = 8}, false, 1.0 / 510},
        {"i.ppm", {.bits = 16}, false, 1e-5},
        {"j.exr", {.bits = 32, .is_float = TRUE}, true, 1e-5},
    };
    static const int sizes[][2] = {{1, 1}, {1, 200}, {300, 1}, {131, 257}};
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        for (size_t s = 0; s < 2 * G_N_ELEMENTS(sizes); s++) {
            int width = sizes[s / 2][0], height = sizes[s / 2][1];
            bool alpha = kinds[k].alpha && s % 2;
            GeglBuffer *picture = picture_new(width, height, alpha, NULL);
            GError *error = NULL;
            PstFileInfo info = {0};
            const char *path = path_of(kinds[k].name);
            CHECK(pst_file_save(path, picture, &kinds[k].info, &error), "%s: %s", path,
                  error ? error->message : "");
            GeglBuffer *back = pst_file_load(path, &info, &error);
            CHECK(back && !error, "%s: %s", path, error ? error->message : "");
            CHECK(distance(back, width, height, alpha) <= kinds[k].tolerance + 1e-7,
                  "%s, %d x %d: %g", path, width, height, distance(back, width, height, alpha));
            CHECK(info.bits == kinds[k].info.bits && info.is_float == kinds[k].info.is_float, "%s",
                  path);
            CHECK(babl_format_has_alpha(gegl_buffer_get_format(back)) == alpha, "%s", path);
            g_clear_error(&error);
            g_clear_object(&back);
            g_object_unref(picture);
        }
    }
}

/* JPEG and WebP lose noise, so flat colour. */
static void lossy(void)
{
    static const char *const names[] = {"a.jpg", "b.webp"};
    const float colour[4] = {0.2f, 0.6f, 0.8f, 1}, close = 0.02f;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GeglBuffer *picture =
            gegl_buffer_new(GEGL_RECTANGLE(0, 0, 33, 150), babl_format("R'G'B' float"));
        gegl_buffer_set_color_from_pixel(picture, NULL, colour, babl_format("R'G'B'A float"));
        float pixel[3] = {0};
        const char *path = path_of(names[i]);
        CHECK(pst_file_save(path, picture, NULL, NULL), "%s", path);
        GeglBuffer *back = pst_file_load(path, NULL, NULL);
        CHECK(back && gegl_buffer_get_width(back) == 33 && gegl_buffer_get_height(back) == 150);
        if (back)
            gegl_buffer_get(back, GEGL_RECTANGLE(20, 140, 1, 1), 1, babl_format("R'G'B' float"),
                            pixel, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        for (int c = 0; c < 3; c++)
            CHECK_NEAR(pixel[c], colour[c], close);
        g_clear_object(&back);
        g_object_unref(picture);
    }
}

static void profiles(void)
{
    static const char *const names[] = {"p.png", "p.jpg", "p.tif", "p.webp"};
    const Babl *space = babl_space("Rec2020");
    GeglBuffer *picture = picture_new(8, 8, false, space);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *path = path_of(names[i]);
        CHECK(pst_file_save(path, picture, NULL, NULL), "%s", path);
        GeglBuffer *back = pst_file_load(path, NULL, NULL);
        CHECK(back && babl_format_get_space(gegl_buffer_get_format(back)) == space, "%s", path);
        g_clear_object(&back);
    }
    g_object_unref(picture);
}

static gboolean is_sound(const void *profile, int length)
{
    guint curves;
    return pst_icc_is_sound(profile, (gsize) length, &curves);
}

/* babl crashes on profiles like these; here they are read as none. */
static void damaged_profiles(void)
{
    int length;
    const char *good = babl_space_get_icc(babl_space("sRGB"), &length);
    CHECK(is_sound(good, length));
    const Babl *space = NULL;
    CHECK(pst_file_space(good, (gsize) length, &space, NULL) && space == babl_space("sRGB"));
    for (int cut = 0; cut < length; cut++) {
        guint8 *copy = g_memdup2(good, (gsize) MAX(cut, 1));
        CHECK(!is_sound(copy, cut) || cut > length - 4, "%d of %d", cut, length);
        g_free(copy);
    }
    /* Every number of header and table set to what hurts. */
    static const guint32 values[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x00100000};
    for (int at = 128; at < 132 + 12 * 9; at += 4) {
        for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
            char *wrong = g_memdup2(good, (gsize) length);
            guint32 value = GUINT32_TO_BE(values[i]);
            memcpy(wrong + at, &value, 4);
            is_sound(wrong, length);
            g_free(wrong);
        }
    }
    for (int i = 0; i < 200000; i++) {
        char *wrong = g_memdup2(good, (gsize) length);
        for (int k = 0; k < 3; k++)
            wrong[check_between(k ? 128 : 0, k ? 400 : length - 1)] = (char) check_random();
        is_sound(wrong, length);
        g_free(wrong);
    }
    /* Curves of 2^24 entries: more than the profile, and more than babl's stack, holds. */
    for (int at = 132; at < 132 + 12 * 9; at += 12) {
        if (memcmp(good + at + 1, "TRC", 3) != 0)
            continue;
        guint8 *wrong = g_memdup2(good, (gsize) length);
        wrong[(wrong[at + 6] << 8 | wrong[at + 7]) + 8] = 1;
        CHECK(!is_sound(wrong, length));
        CHECK(pst_file_space(wrong, (gsize) length, &space, NULL) && space == NULL);
        g_free(wrong);
    }
}

/* ---- Files that others write ----------------------------------------------------------------- */

static guint8 byte_at(int x, int y, int c)
{
    return (guint8) lrintf(255 * value_at(x, y, c));
}

static void write_interlaced_png(const char *path, int width, int height)
{
    FILE *file = fopen(path, "wb");
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_init_io(png, file);
    png_set_IHDR(png, info, (png_uint_32) width, (png_uint_32) height, 8, PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_ADAM7, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    guint8 *pixels = g_malloc((size_t) width * height * 3), *p = pixels;
    png_bytepp rows = g_new(png_bytep, height);
    for (int y = 0; y < height; y++) {
        rows[y] = p;
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 3; c++)
                *p++ = byte_at(x, y, c);
    }
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, NULL);
    png_destroy_write_struct(&png, &info);
    g_free(rows);
    g_free(pixels);
    fclose(file);
}

static void interlaced(void)
{
    static const int sizes[][2] = {{1, 1}, {7, 3}, {200, 300}};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        const char *path = path_of("interlaced.png");
        write_interlaced_png(path, sizes[i][0], sizes[i][1]);
        GeglBuffer *back = pst_file_load(path, NULL, NULL);
        CHECK_NEAR(distance(back, sizes[i][0], sizes[i][1], false), 0, 1.0 / 500);
        g_clear_object(&back);
    }
}

/* What says that it is too large is believed before there is room for one of its rows. */
static void too_wide(void)
{
    static const char png[] =
        "\211PNG\r\n\032\n\0\0\0\rIHDR\013\353\302\0\0\0\0\1\020\6\0\0\0\207L\376\0"
        "\0\0\0\010IDATx\234\3\0\0\0\0\1H\6\211\322\0\0\0\0IEND\256B`\202";
    struct rusage before, after;
    GError *error = NULL;
    g_file_set_contents(path_of("wide.png"), png, sizeof png - 1, NULL);
    getrusage(RUSAGE_SELF, &before);
    CHECK(!pst_file_load(path_of("wide.png"), NULL, &error));
    CHECK(error && strstr(error->message, "200000000 by 1"), "%s", error ? error->message : "");
    getrusage(RUSAGE_SELF, &after);
    CHECK(after.ru_maxrss - before.ru_maxrss < 500000, "%ld KB", after.ru_maxrss);
    g_clear_error(&error);
}

/* `samples` a pixel, those beyond the third of kind `extra`; in tiles; planes apart or not. */
static void write_tiff(const char *path, int width, int height, int samples, guint16 extra,
                       bool tiled, bool planes)
{
    TIFF *tiff = TIFFOpen(path, "w");
    guint16 extras[4] = {extra, EXTRASAMPLE_UNSPECIFIED, EXTRASAMPLE_UNSPECIFIED};
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    if (samples > 3)
        TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, samples - 3, extras);
    int side = tiled ? 64 : 0, step_x = tiled ? side : width, step_y = tiled ? side : 1;
    if (tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, side);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, side);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 10);
    }
    guint8 *pixels = g_malloc((size_t) step_x * step_y * samples);
    for (int plane = 0; plane < (planes ? samples : 1); plane++)
        for (int y = 0; y < height; y += step_y)
            for (int x = 0; x < width; x += step_x) {
                guint8 *p = pixels;
                for (int j = y; j < y + step_y; j++)
                    for (int i = x; i < x + step_x; i++)
                        for (int c = planes ? plane : 0; c < (planes ? plane + 1 : samples); c++)
                            *p++ = c == 4 ? 99 : byte_at(i, j, c);
                if (tiled)
                    TIFFWriteTile(tiff, pixels, (guint32) x, (guint32) y, 0, (guint16) plane);
                else
                    TIFFWriteScanline(tiff, pixels, (guint32) y, (guint16) plane);
            }
    g_free(pixels);
    TIFFClose(tiff);
}

static void tiff_layouts(void)
{
    for (int i = 0; i < 16; i++) {
        bool tiled = i & 1, planes = i & 2, alpha = i & 4, more = i & 8;
        int samples = 3 + alpha + more;
        const char *path = path_of("layout.tif");
        if (more && !alpha)
            continue; /* then the fourth sample is not known to be alpha: below */
        write_tiff(path, 150, 90, samples, EXTRASAMPLE_UNASSALPHA, tiled, planes);
        GError *error = NULL;
        PstFileInfo info = {0};
        GeglBuffer *back = pst_file_load(path, &info, &error);
        CHECK(back != NULL, "%d: %s", i, error ? error->message : "");
        CHECK(info.decoder == (planes ? 4 * 150 * 90 : 0), "%d", i);
        /* libtiff's own conversion goes through premultiplied bytes. */
        CHECK_NEAR(distance(back, 150, 90, alpha), 0, planes && alpha ? 0.02 : 1.0 / 500);
        g_clear_error(&error);
        g_clear_object(&back);
    }
    const char *path = path_of("layout.tif");
    write_tiff(path, 20, 20, 4, EXTRASAMPLE_UNSPECIFIED, false, false);
    GeglBuffer *back = pst_file_load(path, NULL, NULL);
    CHECK_NEAR(distance(back, 20, 20, false), 0, 1.0 / 500);
    CHECK(back && !babl_format_has_alpha(gegl_buffer_get_format(back)));
    g_clear_object(&back);
}

/* Gray or CMYK, which become RGB; progressive. */
static void write_jpeg(const char *path, J_COLOR_SPACE colours, int channels, int sample)
{
    struct jpeg_compress_struct codec;
    struct jpeg_error_mgr errors;
    FILE *file = fopen(path, "wb");
    codec.err = jpeg_std_error(&errors);
    jpeg_create_compress(&codec);
    jpeg_stdio_dest(&codec, file);
    codec.image_width = 40;
    codec.image_height = 30;
    codec.input_components = channels;
    codec.in_color_space = colours;
    jpeg_set_defaults(&codec);
    jpeg_simple_progression(&codec);
    jpeg_start_compress(&codec, TRUE);
    guint8 row[160];
    memset(row, sample, sizeof row);
    for (int y = 0; y < 30; y++) {
        JSAMPROW rows[1] = {row};
        jpeg_write_scanlines(&codec, rows, 1);
    }
    jpeg_finish_compress(&codec);
    jpeg_destroy_compress(&codec);
    fclose(file);
}

static void jpeg_colours(void)
{
    static const struct {
        J_COLOR_SPACE colours;
        int channels, sample, low, high;
    } kinds[] = {
        {JCS_GRAYSCALE, 1, 90, 88, 92},
        {JCS_RGB, 3, 90, 88, 92},
        {JCS_CMYK, 4, 255, 250, 255}, /* no ink: JPEG counts from full ink */
        {JCS_CMYK, 4, 0, 0, 60},
    };
    GError *error = NULL;
    write_jpeg(path_of("two.jpg"), JCS_UNKNOWN, 2, 90); /* of no space that anybody knows */
    CHECK(!pst_file_load(path_of("two.jpg"), NULL, &error));
    CHECK(error && strstr(error->message, "2 colours"), "%s", error ? error->message : "");
    g_clear_error(&error);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const char *path = path_of("colours.jpg");
        write_jpeg(path, kinds[i].colours, kinds[i].channels, kinds[i].sample);
        guint8 pixel[3] = {0};
        GeglBuffer *back = pst_file_load(path, NULL, NULL);
        CHECK(back && gegl_buffer_get_width(back) == 40);
        if (back)
            gegl_buffer_get(back, GEGL_RECTANGLE(20, 20, 1, 1), 1, babl_format("R'G'B' u8"), pixel,
                            GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        for (int c = 0; c < 3; c++)
            CHECK(pixel[c] >= kinds[i].low && pixel[c] <= kinds[i].high, "kind %zu: %d", i,
                  pixel[c]);
        g_clear_object(&back);
    }
}

static void pixmaps(void)
{
    static const struct {
        const char *text;
        int width, height; /* 0: an error */
        int red;           /* of the last pixel, of 255 */
    } files[] = {
        {"P3\n# a comment\n2 1 # another\n255\n1 2 3 4 5 6\n", 2, 1, 4},
        {"P3 1 1 9 9 0 0", 1, 1, 255},
        {"P2\n2 1\n100\n0 50\n", 2, 1, 128},
        {"P2 1 2#c\n1 0 1", 1, 2, 255},
        {"P5 2 1 255\nab", 2, 1, 'b'},
        {"P5 1 1 255\n#", 1, 1, '#'},
        {"P6 1 1 255 abc", 1, 1, 'a'},
        {"P6 1 1 255\nab", 0, 0, 0},
        {"P3 1 1 9 10 0 0", 0, 0, 0},
        {"P3 1 1 9 1 0", 0, 0, 0},
        {"P3 1 1 0 0 0 0", 0, 0, 0},
        {"P3 1 1 65536 0 0 0", 0, 0, 0},
        {"P3 0 1 255 ", 0, 0, 0},
        {"P3 -1 1 255 ", 0, 0, 0},
        {"P3 99999999999999 1 255 ", 0, 0, 0},
        {"P3 1 1", 0, 0, 0},
        {"P3x 1 1 255 0 0 0", 0, 0, 0},
        {"P7\nWIDTH 1\n", 0, 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        const char *path = path_of("pixmap.ppm");
        g_file_set_contents(path, files[i].text, -1, NULL);
        GError *error = NULL;
        GeglBuffer *back = pst_file_load(path, NULL, &error);
        CHECK(!back == !files[i].width, "%s: %s", files[i].text, error ? error->message : "");
        CHECK(!back == !!error, "%s", files[i].text);
        if (back) {
            int width = gegl_buffer_get_width(back), height = gegl_buffer_get_height(back);
            guint8 pixel[3];
            CHECK(width == files[i].width && height == files[i].height, "%s", files[i].text);
            gegl_buffer_get(back, GEGL_RECTANGLE(width - 1, height - 1, 1, 1), 1,
                            babl_format("R'G'B' u8"), pixel, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
            CHECK(pixel[0] == files[i].red, "%s: %d", files[i].text, pixel[0]);
        }
        g_clear_error(&error);
        g_clear_object(&back);
    }
}

/* ---- Orientation ----------------------------------------------------------------------------- */

/* Where an upright pixel is stored, written out case by case (EXIF 2.3, section 4.6.4). */
static void stored_at(int orientation, int x, int y, int width, int height, int *sx, int *sy)
{
    const int right = width - 1 - x, bottom = height - 1 - y;
    const int places[9][2] = {{0, 0}, {x, y},     {right, y},      {right, bottom}, {x, bottom},
                              {y, x}, {y, right}, {bottom, right}, {bottom, x}};
    *sx = places[orientation][0];
    *sy = places[orientation][1];
}

static void orientation(void)
{
    static const int sizes[][2] = {{1, 1}, {5, 3}, {300, 520}};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        for (int o = 1; o <= 8; o++) {
            int width = sizes[i][0], height = sizes[i][1];
            int stored_width = o > 4 ? height : width, stored_height = o > 4 ? width : height;
            float *pixels = g_new0(float, (size_t) width *height * 3);
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++) {
                    int sx, sy;
                    stored_at(o, x, y, width, height, &sx, &sy);
                    for (int c = 0; c < 3; c++)
                        pixels[3 * ((size_t) sy * stored_width + sx) + c] = value_at(x, y, c);
                }
            GeglBuffer *stored = gegl_buffer_new(GEGL_RECTANGLE(0, 0, stored_width, stored_height),
                                                 babl_format("R'G'B' float"));
            gegl_buffer_set(stored, NULL, 0, NULL, pixels, GEGL_AUTO_ROWSTRIDE);
            GeglBuffer *upright = pst_file_upright(stored, o);
            CHECK(distance(upright, width, height, false) == 0, "orientation %d", o);
            g_object_unref(upright);
            g_object_unref(stored);
            g_free(pixels);
        }
    }
}

static void exif(void)
{
    guint8 big[] = "MM\0*\0\0\0\10\0\1\1\22\0\3\0\0\0\1\0\6\0\0";
    guint8 little[] =
        "Exif\0\0II*\0\10\0\0\0\2\0\0\1\3\0\1\0\0\0\7\0\0\0\22\1\3\0\1\0\0\0\10\0\0\0";
    CHECK(pst_exif_orientation(big, sizeof big - 1) == 6);
    CHECK(pst_exif_orientation(little, sizeof little - 1) == 8);
    for (size_t length = 0; length < 20; length++) {
        guint8 *copy = g_memdup2(big, MAX(length, 1)); /* so that sanitizers see reads behind it */
        CHECK(pst_exif_orientation(copy, length) == 1, "%zu", length);
        g_free(copy);
    }
    for (int i = 0; i < 100000; i++) {
        guint8 noise[64];
        size_t length = (size_t) check_between(0, 64);
        for (size_t j = 0; j < length; j++)
            noise[j] = (guint8) check_random();
        memcpy(noise, little + 6 * (i % 2), MIN(length, 10));
        int found = pst_exif_orientation(noise, length);
        CHECK(found >= 1 && found <= 8);
    }
}

/* ---- Damage ---------------------------------------------------------------------------------- */

/* Cut anywhere, a file is an error; scribbled over, an error or a picture, and the program lives. */
static void damage(void)
{
    static const char *const names[] = {"x.jpg", "x.png", "x.tif", "x.webp", "x.exr", "x.ppm"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GeglBuffer *picture = picture_new(60, 50, false, NULL);
        CHECK(pst_file_save(path_of(names[i]), picture, NULL, NULL), "%s", names[i]);
        g_object_unref(picture);
        char *whole;
        gsize length;
        g_file_get_contents(path_of(names[i]), &whole, &length, NULL);
        for (int j = 0; j < 60; j++) {
            /* The last bytes of a file can be missed: a marker that says that the picture is over. */
            gsize cut = (gsize) check_between(0, (int) length - 13);
            const char *path = path_of("damaged");
            g_file_set_contents(path, whole, (gssize) cut, NULL);
            GError *error = NULL;
            GeglBuffer *back = pst_file_load(path, NULL, &error);
            CHECK(!back && error, "%s, %zu of %zu bytes", names[i], cut, length);
            g_clear_error(&error);
            g_clear_object(&back);

            char *wrong = g_memdup2(whole, length);
            for (int k = 0; k < 3; k++)
                wrong[check_between(0, j % 2 ? 99 : (int) length - 1)] = (char) check_random();
            g_file_set_contents(path, wrong, (gssize) length, NULL);
            back = pst_file_load(path, NULL, &error);
            CHECK(!back == !!error, "%s", names[i]);
            g_free(wrong);
            g_clear_error(&error);
            g_clear_object(&back);
        }
        g_free(whole);
    }
}

/* The start of a WebP picture, and then the disk fails. */
static ssize_t read_some(void *cookie, char *to, size_t size)
{
    static const char start[] = "RIFF\0\1\0\0WEBPVP8 ";
    size_t *at = cookie, count = MIN(size, sizeof start - 1 - *at);
    if (count == 0) {
        errno = EIO;
        return -1;
    }
    memcpy(to, start + *at, count);
    *at += count;
    return (ssize_t) count;
}

static void reading_fails(void)
{
    size_t at = 0;
    GError *error = NULL;
    PstFileMeta meta;
    FILE *file = fopencookie(&at, "rb", (cookie_io_functions_t){.read = read_some});
    CHECK(!pst_file_webp.load(file, "", &meta, &error));
    CHECK(error && strcmp(error->message, g_strerror(EIO)) == 0, "%s", error ? error->message : "");
    g_clear_error(&error);
    fclose(file);
}

static void saving_fails(void)
{
    GeglBuffer *picture = picture_new(3, 2, false, NULL);
    static const char *const names[] = {"a.gif", "noextension", "no/folder.png", "dot.png/file"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GError *error = NULL;
        const char *path = path_of(names[i]);
        CHECK(!pst_file_check_save(path, &error), "%s", names[i]);
        CHECK(g_error_matches(error, PST_ERROR, PST_ERROR_FILE), "%s", names[i]);
        g_clear_error(&error);
        CHECK(!pst_file_save(path, picture, NULL, &error), "%s", names[i]);
        CHECK(error && strstr(error->message, names[i]), "%s", error ? error->message : names[i]);
        g_clear_error(&error);
        CHECK(access(path, F_OK) != 0, "%s", names[i]);
    }
    CHECK(pst_file_check_save(path_of("new.png"), NULL));
    g_object_unref(picture);

    /* What a format cannot hold. */
    GeglBuffer *wide = gegl_buffer_new(GEGL_RECTANGLE(0, 0, 70000, 1), babl_format("R'G'B' u8"));
    CHECK(!pst_file_save(path_of("wide.jpg"), wide, NULL, NULL));
    CHECK(!pst_file_save(path_of("wide.webp"), wide, NULL, NULL));
    CHECK(pst_file_save(path_of("wide.png"), wide, NULL, NULL));
    CHECK(access(path_of("wide.jpg"), F_OK) != 0);
    g_object_unref(wide);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return EXIT_FAILURE;
    folder = argv[1];
    g_mkdir_with_parents(folder, 0777);
    gegl_init(NULL, NULL);
    check_begin("file");
    CHECK_RUN(there_and_back);
    CHECK_RUN(lossy);
    CHECK_RUN(profiles);
    CHECK_RUN(damaged_profiles);
    CHECK_RUN(interlaced);
    CHECK_RUN(too_wide);
    CHECK_RUN(tiff_layouts);
    CHECK_RUN(jpeg_colours);
    CHECK_RUN(pixmaps);
    CHECK_RUN(orientation);
    CHECK_RUN(exif);
    CHECK_RUN(damage);
    CHECK_RUN(reading_fails);
    CHECK_RUN(saving_fails);
    int status = check_end();
    gegl_exit();
    return status;
}
