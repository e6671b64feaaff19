/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TIFF with libtiff: gray and RGB of 8 to 64 bits directly, everything else (palettes, CMYK, YCbCr,
 * single bits, separate planes) through libtiff's own conversion to RGBA of 8 bits.
 */
#include "image/file/format.h"

#include <string.h>
#include <unistd.h>

#include <tiffio.h>

static gboolean matches(const guint8 *head, gsize length)
{
    static const char *const magics[] = {"II*\0", "MM\0*", "II+\0", "MM\0+"};
    for (guint i = 0; length >= 4 && i < G_N_ELEMENTS(magics); i++)
        if (memcmp(head, magics[i], 4) == 0)
            return TRUE;
    return FALSE;
}

/* ---- Opening --------------------------------------------------------------------------------- */

typedef struct {
    TIFF *tiff;
    char message[256]; /* libtiff's first */
} Codec;

static int on_error(TIFF *tiff G_GNUC_UNUSED, void *user, const char *module G_GNUC_UNUSED,
                    const char *format, va_list arguments)
{
    Codec *codec = user;
    if (codec->message[0] == '\0')
        g_vsnprintf(codec->message, sizeof codec->message, format, arguments);
    return 1;
}

/* libtiff only warns of a tag, the colour profile say, whose data lies behind the file's end. */
static int on_warning(TIFF *tiff, void *user, const char *module, const char *format,
                      va_list arguments)
{
    if (g_str_has_prefix(format, "IO error"))
        return on_error(tiff, user, module, format, arguments);
    return 1;
}

static gboolean codec_fail(Codec *codec, GError **error)
{
    return pst_file_fail(error, "%s", codec->message[0] ? codec->message : "libtiff gave up");
}

/* Works on a copy of the descriptor, which TIFFClose() closes. */
static gboolean codec_open(Codec *codec, FILE *file, const char *mode, GError **error)
{
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, codec);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, codec);
    int descriptor = dup(fileno(file));
    lseek(descriptor, 0, SEEK_SET);
    codec->tiff = TIFFFdOpenExt(descriptor, "", mode, options);
    TIFFOpenOptionsFree(options);
    if (codec->tiff != NULL)
        return TRUE;
    close(descriptor);
    return codec_fail(codec, error);
}

/* ---- Reading --------------------------------------------------------------------------------- */

typedef struct {
    guint32 width, height;
    guint16 bits, samples, kind, photometric, planar, extras, *extra;
    const Babl *space;
} Header;

typedef struct {
    int bits, kind;
    const char *type;
} SampleType;

static const SampleType sample_types[] = {
    {8, SAMPLEFORMAT_UINT, "u8"},       {16, SAMPLEFORMAT_UINT, "u16"},
    {32, SAMPLEFORMAT_UINT, "u32"},     {16, SAMPLEFORMAT_IEEEFP, "half"},
    {32, SAMPLEFORMAT_IEEEFP, "float"}, {64, SAMPLEFORMAT_IEEEFP, "double"},
};

static gboolean read_header(Codec *codec, Header *header, PstFileMeta *meta, GError **error)
{
    TIFF *tiff = codec->tiff;
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &header->width) ||
        !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &header->height))
        return codec_fail(codec, error);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &header->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &header->samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &header->kind);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &header->planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &header->extras, &header->extra);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &header->photometric))
        header->photometric = PHOTOMETRIC_MINISBLACK;

    guint32 icc_length = 0;
    void *icc = NULL;
    TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &icc_length, &icc);
    guint16 orientation = 1;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    meta->orientation = orientation;
    return pst_file_space(icc, icc_length, &header->space, error);
}

/* The babl format of the file's own samples; NULL where libtiff has to convert. */
static const Babl *direct_format(const Header *header, gsize *kept_samples)
{
    static const char *const models[2][3] = {{"Y'", "Y'A", "Y'aA"},
                                             {"R'G'B'", "R'G'B'A", "R'aG'aB'aA"}};
    gboolean rgb = header->photometric == PHOTOMETRIC_RGB;
    int colours = rgb ? 3 : 1;
    if ((!rgb && header->photometric != PHOTOMETRIC_MINISBLACK) || header->samples < colours ||
        (header->planar != PLANARCONFIG_CONTIG && header->samples > 1))
        return NULL;

    int alpha = 0;
    if (header->samples > colours && header->extras > 0)
        alpha = header->extra[0] == EXTRASAMPLE_ASSOCALPHA   ? 2
                : header->extra[0] == EXTRASAMPLE_UNASSALPHA ? 1
                                                             : 0;
    *kept_samples = (gsize) (colours + (alpha > 0));
    for (guint i = 0; i < G_N_ELEMENTS(sample_types); i++) {
        if (header->bits != sample_types[i].bits || header->kind != sample_types[i].kind)
            continue;
        char name[24];
        g_snprintf(name, sizeof name, "%s %s", models[rgb][alpha], sample_types[i].type);
        return babl_format_with_space(name, header->space);
    }
    return NULL;
}

/* Closes the gaps that samples beyond colour and alpha leave. */
static void drop_samples(guint8 *pixels, gsize count, gsize from_bytes, gsize to_bytes)
{
    for (gsize i = 1; from_bytes != to_bytes && i < count; i++)
        memmove(pixels + i * to_bytes, pixels + i * from_bytes, to_bytes);
}

/* Reads by rows or tiles, whichever the file has. */
static gboolean read_direct(Codec *codec, const Header *header, gsize kept, GeglBuffer *picture,
                            GError **error)
{
    const Babl *format = gegl_buffer_get_format(picture);
    guint32 step_x = header->width, step_y = 1;
    gboolean tiled = TIFFIsTiled(codec->tiff);
    gsize bytes = (gsize) (tiled ? TIFFTileSize(codec->tiff) : TIFFScanlineSize(codec->tiff));
    if (tiled) {
        TIFFGetField(codec->tiff, TIFFTAG_TILEWIDTH, &step_x);
        TIFFGetField(codec->tiff, TIFFTAG_TILELENGTH, &step_y);
    }
    gsize from_bytes = (gsize) header->bits / 8 * header->samples;
    gsize to_bytes = (gsize) header->bits / 8 * kept;
    gsize count = (gsize) step_x * step_y;
    /* a tile can be far wider than the picture */
    gboolean ok = bytes >= count * from_bytes && step_x * to_bytes <= G_MAXINT && bytes <= G_MAXINT;
    guint8 *pixels = ok ? g_try_malloc(bytes) : NULL;
    if (ok && pixels == NULL)
        return pst_file_no_memory(error);
    for (guint32 y = 0; ok && y < header->height; y += step_y) {
        for (guint32 x = 0; ok && x < header->width; x += step_x) {
            ok = tiled ? TIFFReadTile(codec->tiff, pixels, x, y, 0, 0) >= 0
                       : TIFFReadScanline(codec->tiff, pixels, y, 0) >= 0;
            if (!ok)
                break;
            drop_samples(pixels, count, from_bytes, to_bytes);
            GeglRectangle area = {(int) x, (int) y, (int) MIN(step_x, header->width - x),
                                  (int) MIN(step_y, header->height - y)};
            gegl_buffer_set(picture, &area, 0, format, pixels, (int) (step_x * to_bytes));
        }
    }
    g_free(pixels);
    return ok || codec_fail(codec, error);
}

/* libtiff's raster is one 32-bit number a pixel, red in its lowest byte.  Of an orientation, libtiff heeds the
 * mirroring alone, not the turn: asked for the file's own, it leaves rows as they are stored, for us to turn. */
static gboolean read_converted(Codec *codec, const Header *header, int orientation,
                               GeglBuffer *picture, GError **error)
{
    guint32 *raster = g_try_new(guint32, (gsize) header->width * header->height);
    if (raster == NULL)
        return pst_file_no_memory(error);
    gboolean ok = TIFFReadRGBAImageOriented(codec->tiff, header->width, header->height, raster,
                                            orientation, 1);
    if (ok) {
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
        TIFFSwabArrayOfLong(raster, (tmsize_t) header->width * header->height);
#endif
        gegl_buffer_set(picture, NULL, 0, babl_format_with_space("R'aG'aB'aA u8", header->space),
                        raster, GEGL_AUTO_ROWSTRIDE);
    }
    g_free(raster);
    return ok || codec_fail(codec, error);
}

static GeglBuffer *read_picture(Codec *codec, PstFileMeta *meta, GError **error)
{
    Header header = {0};
    if (!read_header(codec, &header, meta, error))
        return NULL;
    gsize kept = 0;
    const Babl *format = direct_format(&header, &kept);
    gboolean direct = format != NULL;
    if (!direct)
        format =
            babl_format_with_space(header.extras > 0 ? "R'aG'aB'aA u8" : "R'G'B' u8", header.space);
    GeglBuffer *picture = pst_file_buffer_new(header.width, header.height, format, error);
    if (picture == NULL)
        return NULL;

    if (!(direct ? read_direct(codec, &header, kept, picture, error)
                 : read_converted(codec, &header, meta->orientation, picture, error)))
        g_clear_object(&picture);
    if (direct)
        meta->info = (PstFileInfo){.bits = MIN(header.bits, 32),
                                   .is_float = header.kind == SAMPLEFORMAT_IEEEFP};
    else
        meta->info.decoder = 4 * (guint64) header.width * header.height;
    return picture;
}

static GeglBuffer *load(FILE *file, const char *path G_GNUC_UNUSED, PstFileMeta *meta,
                        GError **error)
{
    *meta = (PstFileMeta){.info.bits = 8, .orientation = 1};
    Codec codec = {0};
    if (!codec_open(&codec, file, "r", error))
        return NULL;
    GeglBuffer *picture = read_picture(&codec, meta, error);
    TIFFClose(codec.tiff);
    if (picture != NULL && codec.message[0] != '\0') {
        g_clear_object(&picture);
        codec_fail(&codec, error);
    }
    return picture;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static const SampleType *sample_type(const PstFileInfo *info)
{
    int kind = info->is_float ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT;
    for (guint i = 0; i < G_N_ELEMENTS(sample_types); i++)
        if (sample_types[i].bits == info->bits && sample_types[i].kind == kind)
            return &sample_types[i];
    return &sample_types[0];
}

static void write_header(TIFF *tiff, GeglBuffer *picture, const SampleType *type, gboolean alpha)
{
    guint16 unassociated = EXTRASAMPLE_UNASSALPHA;
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (guint32) gegl_buffer_get_width(picture));
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (guint32) gegl_buffer_get_height(picture));
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, type->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, type->kind);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, alpha ? 4 : 3);
    if (alpha)
        TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &unassociated);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
    if (type->kind == SAMPLEFORMAT_UINT)
        TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, TIFFDefaultStripSize(tiff, 0));
    gsize icc_length;
    const guint8 *icc = pst_file_icc(picture, &icc_length);
    if (icc != NULL)
        TIFFSetField(tiff, TIFFTAG_ICCPROFILE, (guint32) icc_length, icc);
}

static gboolean write_pixels(Codec *codec, GeglBuffer *picture, const Babl *format, GError **error)
{
    const GeglRectangle *extent = gegl_buffer_get_extent(picture);
    gsize stride = (gsize) extent->width * (gsize) babl_format_get_bytes_per_pixel(format);
    guint8 *rows = pst_file_rows_new(stride, error);
    gboolean ok = TRUE;
    if (rows == NULL)
        return FALSE;
    for (int y = 0; ok && y < extent->height; y += PST_FILE_ROWS) {
        int count = MIN(PST_FILE_ROWS, extent->height - y);
        GeglRectangle area = {extent->x, extent->y + y, extent->width, count};
        gegl_buffer_get(picture, &area, 1, format, rows, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
        for (int i = 0; ok && i < count; i++)
            ok = TIFFWriteScanline(codec->tiff, rows + stride * (gsize) i, (guint32) (y + i), 0) >=
                 0;
    }
    g_free(rows);
    return (ok && TIFFFlush(codec->tiff)) || codec_fail(codec, error);
}

static gboolean save(FILE *file, const char *path G_GNUC_UNUSED, GeglBuffer *picture,
                     const PstFileInfo *info, GError **error)
{
    const SampleType *type = sample_type(info);
    const Babl *own = gegl_buffer_get_format(picture);
    gboolean alpha = babl_format_has_alpha(own);
    char name[24];
    g_snprintf(name, sizeof name, "%s %s", alpha ? "R'G'B'A" : "R'G'B'", type->type);
    const Babl *format = babl_format_with_space(name, babl_format_get_space(own));

    /* Plain TIFF counts bytes in 32 bits; LZW can make pictures larger, by at most a half. */
    guint64 bytes = (guint64) gegl_buffer_get_pixel_count(picture) *
                    (guint64) babl_format_get_bytes_per_pixel(format);
    Codec codec = {0};
    if (!codec_open(&codec, file, bytes > G_MAXUINT32 / 3 * 2 ? "w8" : "w", error))
        return FALSE;
    write_header(codec.tiff, picture, type, alpha);
    gboolean ok = write_pixels(&codec, picture, format, error);
    TIFFClose(codec.tiff);
    return ok && (codec.message[0] == '\0' || codec_fail(&codec, error));
}

const PstFileFormat pst_file_tiff = {"TIFF", {"tif", "tiff"}, matches, load, save};
