/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JPEG with libjpeg-turbo.  Errors of the library come back by longjmp() to the function that called
 * setjmp(); what must then be released lives in a struct of that function's caller, which stays intact.
 */
#include "image/file/format.h"

#include <setjmp.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

enum { QUALITY = 92, EXIF = JPEG_APP0 + 1, ICC = JPEG_APP0 + 2 };

typedef struct {
    struct jpeg_error_mgr manager; /* first: libjpeg hands this back */
    jmp_buf trap;
    char message[JMSG_LENGTH_MAX];
} Errors;

static void on_error(j_common_ptr codec)
{
    Errors *errors = (Errors *) codec->err;
    errors->manager.format_message(codec, errors->message);
    longjmp(errors->trap, 1);
}

/* libjpeg goes on after damage and paints gray: for us that is an error.  What leaves the pixels alone
 * (odd markers, bytes between them) is not. */
static void on_message(j_common_ptr codec, int level)
{
    int code = codec->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER ||
                      code == JWRN_HUFF_BAD_CODE || code == JWRN_MUST_RESYNC))
        on_error(codec);
}

static void errors_init(Errors *errors)
{
    jpeg_std_error(&errors->manager);
    errors->manager.error_exit = on_error;
    errors->manager.emit_message = on_message;
    errors->message[0] = '\0';
}

static gboolean matches(const guint8 *head, gsize length)
{
    return length >= 3 && memcmp(head, "\xff\xd8\xff", 3) == 0;
}

/* ---- Reading --------------------------------------------------------------------------------- */

typedef struct {
    struct jpeg_decompress_struct codec;
    Errors errors;
    GError *error;
    GeglBuffer *picture;
    guint8 *rows;
    JOCTET *icc; /* malloc() */
    int orientation;
    guint64 decoder; /* as in PstFileInfo */
} Reader;

/* NULL and an error where libjpeg does not know what the colours are, as when there are two. */
static const Babl *format_of(const struct jpeg_decompress_struct *codec, const Babl *space,
                             GError **error)
{
    /* babl's "cmyk" counts like JPEG, from full ink */
    const char *name = codec->out_color_space == JCS_GRAYSCALE ? "Y' u8"
                       : codec->out_color_space == JCS_RGB     ? "R'G'B' u8"
                       : codec->out_color_space == JCS_CMYK    ? "cmyk u8"
                                                               : NULL;
    const Babl *format = name ? babl_format_with_space(name, space) : NULL;
    if (format && babl_format_get_bytes_per_pixel(format) == codec->output_components)
        return format;
    pst_file_fail(error, "%d colours a pixel: gray, RGB and CMYK can be read",
                  codec->output_components);
    return NULL;
}

static void read_header(Reader *reader)
{
    jpeg_save_markers(&reader->codec, EXIF, 0xffff);
    jpeg_save_markers(&reader->codec, ICC, 0xffff);
    jpeg_read_header(&reader->codec, TRUE);
    for (jpeg_saved_marker_ptr m = reader->codec.marker_list; m != NULL; m = m->next)
        if (m->marker == EXIF && m->data_length > 6 && memcmp(m->data, "Exif\0\0", 6) == 0)
            reader->orientation = pst_exif_orientation(m->data, m->data_length);
}

/* libjpeg keeps the coefficients of a whole picture that comes in several scans, as progressive ones do. */
static guint64 decoder_bytes(struct jpeg_decompress_struct *codec)
{
    guint64 blocks = 0;
    for (int i = 0; jpeg_has_multiple_scans(codec) && i < codec->num_components; i++)
        blocks +=
            (guint64) codec->comp_info[i].width_in_blocks * codec->comp_info[i].height_in_blocks;
    return blocks * sizeof(JBLOCK);
}

static void read_pixels(Reader *reader)
{
    struct jpeg_decompress_struct *codec = &reader->codec;
    unsigned icc_length = 0;
    jpeg_read_icc_profile(codec, &reader->icc, &icc_length);
    const Babl *space;
    if (!pst_file_space(reader->icc, icc_length, &space, &reader->error))
        return;
    reader->decoder = decoder_bytes(codec);
    jpeg_start_decompress(codec);

    const Babl *format = format_of(codec, space, &reader->error);
    if (format == NULL)
        return;
    reader->picture =
        pst_file_buffer_new(codec->output_width, codec->output_height, format, &reader->error);
    if (reader->picture == NULL)
        return;
    gsize stride = (gsize) codec->output_width * (gsize) codec->output_components;
    reader->rows = pst_file_rows_new(stride, &reader->error);
    if (reader->rows == NULL)
        return;

    while (codec->output_scanline < codec->output_height) {
        int y = (int) codec->output_scanline, count = 0;
        while (count < PST_FILE_ROWS && codec->output_scanline < codec->output_height) {
            JSAMPROW row = reader->rows + stride * (gsize) count;
            count += (int) jpeg_read_scanlines(codec, &row, 1);
        }
        GeglRectangle area = {0, y, (int) codec->output_width, count};
        gegl_buffer_set(reader->picture, &area, 0, format, reader->rows, GEGL_AUTO_ROWSTRIDE);
    }
}

static void read_picture(Reader *reader, FILE *file)
{
    if (setjmp(reader->errors.trap) == 0) {
        jpeg_create_decompress(&reader->codec);
        jpeg_stdio_src(&reader->codec, file);
        read_header(reader);
        read_pixels(reader);
    } else {
        g_clear_object(&reader->picture);
        pst_file_fail(&reader->error, "%s", reader->errors.message);
    }
}

static GeglBuffer *load(FILE *file, const char *path G_GNUC_UNUSED, PstFileMeta *meta,
                        GError **error)
{
    Reader reader = {.orientation = 1};
    errors_init(&reader.errors);
    reader.codec.err = &reader.errors.manager;
    read_picture(&reader, file);
    jpeg_destroy_decompress(&reader.codec);
    g_free(reader.rows);
    free(reader.icc);

    meta->info = (PstFileInfo){.bits = 8, .decoder = reader.decoder};
    meta->orientation = reader.orientation;
    if (reader.error != NULL) {
        g_clear_object(&reader.picture);
        g_propagate_error(error, reader.error);
    }
    return reader.picture;
}

/* ---- Writing --------------------------------------------------------------------------------- */

typedef struct {
    struct jpeg_compress_struct codec;
    Errors errors;
    guint8 *rows; /* PST_FILE_ROWS of them */
} Writer;

static void write_header(Writer *writer, GeglBuffer *picture)
{
    struct jpeg_compress_struct *codec = &writer->codec;
    codec->image_width = (JDIMENSION) gegl_buffer_get_width(picture);
    codec->image_height = (JDIMENSION) gegl_buffer_get_height(picture);
    codec->input_components = 3;
    codec->in_color_space = JCS_RGB;
    jpeg_set_defaults(codec);
    jpeg_set_quality(codec, QUALITY, TRUE);
    /* Strokes have hard edges between colours: no chroma subsampling. */
    codec->comp_info[0].h_samp_factor = codec->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(codec, TRUE);

    gsize icc_length;
    const guint8 *icc = pst_file_icc(picture, &icc_length);
    if (icc != NULL)
        jpeg_write_icc_profile(codec, icc, (unsigned) icc_length);
}

static void write_pixels(Writer *writer, GeglBuffer *picture)
{
    struct jpeg_compress_struct *codec = &writer->codec;
    gsize stride = 3 * (gsize) codec->image_width;
    while (codec->next_scanline < codec->image_height) {
        int y = (int) codec->next_scanline;
        int count = MIN(PST_FILE_ROWS, (int) codec->image_height - y);
        pst_file_get_opaque(picture, y, count, 8, FALSE, writer->rows);
        for (int i = 0; i < count; i++) {
            JSAMPROW row = writer->rows + stride * (gsize) i;
            jpeg_write_scanlines(codec, &row, 1);
        }
    }
    jpeg_finish_compress(codec);
}

static gboolean write_picture(Writer *writer, FILE *file, GeglBuffer *picture)
{
    if (setjmp(writer->errors.trap) != 0)
        return FALSE;
    jpeg_create_compress(&writer->codec);
    jpeg_stdio_dest(&writer->codec, file);
    write_header(writer, picture);
    write_pixels(writer, picture);
    return TRUE;
}

static gboolean save(FILE *file, const char *path G_GNUC_UNUSED, GeglBuffer *picture,
                     const PstFileInfo *info G_GNUC_UNUSED, GError **error)
{
    if (!pst_file_check_writable(picture, JPEG_MAX_DIMENSION, "JPEG", error))
        return FALSE;
    Writer writer = {0};
    writer.rows = pst_file_rows_new(3 * (gsize) gegl_buffer_get_width(picture), error);
    if (writer.rows == NULL)
        return FALSE;
    errors_init(&writer.errors);
    writer.codec.err = &writer.errors.manager;
    gboolean ok = write_picture(&writer, file, picture);
    jpeg_destroy_compress(&writer.codec);
    g_free(writer.rows);
    return ok || pst_file_fail(error, "%s", writer.errors.message);
}

const PstFileFormat pst_file_jpeg = {"JPEG", {"jpg", "jpeg", "jpe"}, matches, load, save};
