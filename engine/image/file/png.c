/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PNG with libpng.  As with JPEG, errors come back by longjmp(), and what must then be released lives
 * in a struct of the caller.
 */
#include "image/file/format.h"

#include <math.h>
#include <string.h>

#include <png.h>

typedef struct {
    png_structp png;
    png_infop info;
    GError *error;
    GeglBuffer *picture;
    guint8 *rows;
    int orientation;
} Codec;

static void on_error(png_structp png, png_const_charp message)
{
    Codec *codec = png_get_error_ptr(png);
    pst_file_fail(&codec->error, "%s", message);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png G_GNUC_UNUSED, png_const_charp message G_GNUC_UNUSED)
{
}

static gboolean matches(const guint8 *head, gsize length)
{
    return length >= 8 && memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0;
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* The space that the chunks cHRM and gAMA describe; sRGB without them, or near enough to it. */
static gboolean space_of_gamma(Codec *codec, const Babl **space)
{
    enum { WHITE_X, WHITE_Y, RED_X, RED_Y, GREEN_X, GREEN_Y, BLUE_X, BLUE_Y };
    double gamma, xy[8];
    *space = NULL;
    if (png_get_valid(codec->png, codec->info, PNG_INFO_sRGB) ||
        !png_get_gAMA(codec->png, codec->info, &gamma) || !(gamma >= 0.1 && gamma <= 10) ||
        !png_get_cHRM(codec->png, codec->info, &xy[WHITE_X], &xy[WHITE_Y], &xy[RED_X], &xy[RED_Y],
                      &xy[GREEN_X], &xy[GREEN_Y], &xy[BLUE_X], &xy[BLUE_Y]))
        return TRUE;
    if (fabs(gamma - 1 / 2.2) < 0.01 && fabs(xy[RED_X] - 0.64) < 0.005 &&
        fabs(xy[GREEN_X] - 0.30) < 0.005 && fabs(xy[WHITE_X] - 0.3127) < 0.005)
        return TRUE;
    return pst_file_space_of_gamma(1 / gamma, xy, space, &codec->error);
}

static gboolean read_space(Codec *codec, const Babl **space)
{
    png_charp name;
    png_bytep icc = NULL;
    png_uint_32 length = 0;
    int compression;
    if (png_get_iCCP(codec->png, codec->info, &name, &compression, &icc, &length))
        return pst_file_space(icc, length, space, &codec->error);
    return space_of_gamma(codec, space);
}

/* Has libpng turn everything into gray or RGB, with or without alpha, of 8 or 16 bits.  NULL
 * and an error when it is too large, or there is no space for it. */
static const Babl *read_header(Codec *codec)
{
    /* A profile that libpng finds fault with may still be one that babl understands. */
    png_set_option(codec->png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
    png_set_user_limits(codec->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_read_info(codec->png, codec->info);
    /* before there is room for rows of this width */
    if (!pst_file_check_size(png_get_image_width(codec->png, codec->info),
                             png_get_image_height(codec->png, codec->info), &codec->error))
        return NULL;
    png_set_expand(codec->png);
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
    png_set_swap(codec->png);
#endif
    png_set_interlace_handling(codec->png);
    png_read_update_info(codec->png, codec->info);

    static const char *const models[] = {"Y'", "Y'A", "R'G'B'", "R'G'B'A"};
    int channels = png_get_channels(codec->png, codec->info);
    int bits = png_get_bit_depth(codec->png, codec->info);
    char name[16];
    g_snprintf(name, sizeof name, "%s u%d", models[channels - 1], bits);
    const Babl *space;
    return read_space(codec, &space) ? babl_format_with_space(name, space) : NULL;
}

/* One pass of an interlaced picture, or the only one.  Later passes fill in what earlier ones left. */
static void read_pass(Codec *codec, const Babl *format, gboolean first)
{
    int width = gegl_buffer_get_width(codec->picture);
    int height = gegl_buffer_get_height(codec->picture);
    gsize stride = png_get_rowbytes(codec->png, codec->info);
    for (int y = 0; y < height; y += PST_FILE_ROWS) {
        GeglRectangle area = {0, y, width, MIN(PST_FILE_ROWS, height - y)};
        if (!first)
            gegl_buffer_get(codec->picture, &area, 1, format, codec->rows, GEGL_AUTO_ROWSTRIDE,
                            GEGL_ABYSS_NONE);
        for (int i = 0; i < area.height; i++)
            png_read_row(codec->png, codec->rows + stride * (gsize) i, NULL);
        gegl_buffer_set(codec->picture, &area, 0, format, codec->rows, GEGL_AUTO_ROWSTRIDE);
    }
}

static void read_picture(Codec *codec, FILE *file, PstFileInfo *info)
{
    if (setjmp(png_jmpbuf(codec->png)) != 0)
        return;
    png_init_io(codec->png, file);
    const Babl *format = read_header(codec);
    if (format == NULL)
        return;
    info->bits = png_get_bit_depth(codec->png, codec->info);
    codec->picture =
        pst_file_buffer_new(png_get_image_width(codec->png, codec->info),
                            png_get_image_height(codec->png, codec->info), format, &codec->error);
    if (codec->picture == NULL)
        return;
    codec->rows = pst_file_rows_new(png_get_rowbytes(codec->png, codec->info), &codec->error);
    if (codec->rows == NULL)
        return;
    gboolean interlaced = png_get_interlace_type(codec->png, codec->info) == PNG_INTERLACE_ADAM7;
    for (int pass = 0; pass < (interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); pass++)
        read_pass(codec, format, pass == 0);
    png_read_end(codec->png, codec->info);

    png_uint_32 length = 0;
    png_bytep exif = NULL;
    if (png_get_eXIf_1(codec->png, codec->info, &length, &exif))
        codec->orientation = pst_exif_orientation(exif, length);
}

static GeglBuffer *load(FILE *file, const char *path G_GNUC_UNUSED, PstFileMeta *meta,
                        GError **error)
{
    Codec codec = {.orientation = 1};
    meta->info = (PstFileInfo){.bits = 8};
    codec.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &codec, on_error, on_warning);
    codec.info = codec.png ? png_create_info_struct(codec.png) : NULL;
    if (codec.info == NULL) {
        pst_file_fail(&codec.error, "libpng cannot be started");
    } else {
        read_picture(&codec, file, &meta->info);
    }
    png_destroy_read_struct(&codec.png, &codec.info, NULL);
    g_free(codec.rows);

    meta->orientation = codec.orientation;
    if (codec.error != NULL) {
        g_clear_object(&codec.picture);
        g_propagate_error(error, codec.error);
    }
    return codec.picture;
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* Returns the space to write the pixels in: their own, or sRGB where libpng does not take their profile. */
static const Babl *write_header(Codec *codec, GeglBuffer *picture, int bits, gboolean alpha)
{
    png_set_IHDR(codec->png, codec->info, (png_uint_32) gegl_buffer_get_width(picture),
                 (png_uint_32) gegl_buffer_get_height(picture), bits,
                 alpha ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    /* less than a third of the default's time, 9 % more bytes; one filter, instead of a search for each row's best */
    png_set_compression_level(codec->png, 3);
    png_set_filter(codec->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
    gsize icc_length;
    const guint8 *icc = pst_file_icc(picture, &icc_length);
    png_set_benign_errors(codec->png, TRUE); /* a profile that libpng dislikes is none */
    if (icc != NULL)
        png_set_iCCP(codec->png, codec->info, "ICC profile", PNG_COMPRESSION_TYPE_BASE, icc,
                     (png_uint_32) icc_length);
    png_set_benign_errors(codec->png, FALSE);
    gboolean kept = png_get_valid(codec->png, codec->info, PNG_INFO_iCCP) != 0;
    png_write_info(codec->png, codec->info);
    /* png_set_sRGB() does nothing after a profile that was refused */
    if (!kept)
        png_write_chunk(codec->png, (png_const_bytep) "sRGB", (png_const_bytep) "\0", 1);
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
    if (bits > 8)
        png_set_swap(codec->png);
#endif
    return kept ? babl_format_get_space(gegl_buffer_get_format(picture)) : NULL;
}

static void write_picture(Codec *codec, FILE *file, GeglBuffer *picture, int bits)
{
    if (setjmp(png_jmpbuf(codec->png)) != 0)
        return;
    png_init_io(codec->png, file);
    gboolean alpha = babl_format_has_alpha(gegl_buffer_get_format(picture));
    char name[16];
    g_snprintf(name, sizeof name, "%s u%d", alpha ? "R'G'B'A" : "R'G'B'", bits);
    const Babl *format = babl_format_with_space(name, write_header(codec, picture, bits, alpha));

    const GeglRectangle *extent = gegl_buffer_get_extent(picture);
    gsize stride = (gsize) extent->width * (gsize) babl_format_get_bytes_per_pixel(format);
    codec->rows = pst_file_rows_new(stride, &codec->error);
    if (codec->rows == NULL)
        return;
    for (int y = 0; y < extent->height; y += PST_FILE_ROWS) {
        int count = MIN(PST_FILE_ROWS, extent->height - y);
        GeglRectangle area = {extent->x, extent->y + y, extent->width, count};
        gegl_buffer_get(picture, &area, 1, format, codec->rows, GEGL_AUTO_ROWSTRIDE,
                        GEGL_ABYSS_NONE);
        for (int i = 0; i < count; i++)
            png_write_row(codec->png, codec->rows + stride * (gsize) i);
    }
    png_write_end(codec->png, codec->info);
}

static gboolean save(FILE *file, const char *path G_GNUC_UNUSED, GeglBuffer *picture,
                     const PstFileInfo *info, GError **error)
{
    Codec codec = {0};
    codec.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &codec, on_error, on_warning);
    codec.info = codec.png ? png_create_info_struct(codec.png) : NULL;
    if (codec.info == NULL) {
        pst_file_fail(&codec.error, "libpng cannot be started");
    } else {
        write_picture(&codec, file, picture, info->bits > 8 ? 16 : 8);
    }
    png_destroy_write_struct(&codec.png, &codec.info);
    g_free(codec.rows);
    if (codec.error != NULL)
        g_propagate_error(error, codec.error);
    return codec.error == NULL;
}

const PstFileFormat pst_file_png = {"PNG", {"png"}, matches, load, save};
