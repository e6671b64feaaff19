/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * WebP with libwebp, whose pictures lie in memory as a whole (they have at most 16383 pixels a side).
 * Profile and EXIF are chunks of their own around the coded picture.
 */
#include "image/file/format.h"

#include <errno.h>
#include <string.h>

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

enum { QUALITY = 92 };

static gboolean matches(const guint8 *head, gsize length)
{
    return length >= 12 && memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0;
}

/* ---- Reading --------------------------------------------------------------------------------- */

/* The whole file; free with g_byte_array_unref(). */
static GByteArray *read_all(FILE *file, GError **error)
{
    GByteArray *bytes = g_byte_array_new();
    guint8 block[65536];
    gsize count;
    while ((count = fread(block, 1, sizeof block, file)) > 0) {
        if (bytes->len > G_MAXINT - sizeof block) {
            g_byte_array_unref(bytes);
            pst_file_fail(error, "larger than a WebP picture can be");
            return NULL;
        }
        g_byte_array_append(bytes, block, (guint) count);
    }
    if (ferror(file)) {
        pst_file_fail(error, "%s", g_strerror(errno));
        g_clear_pointer(&bytes, g_byte_array_unref);
    }
    return bytes;
}

/* What stands around the picture: its space, its orientation. */
static gboolean read_chunks(const WebPData *data, const Babl **space, int *orientation,
                            GError **error)
{
    WebPDemuxer *demuxer = WebPDemux(data);
    WebPChunkIterator chunk;
    gboolean ok = TRUE;
    *space = NULL;
    if (demuxer == NULL)
        return TRUE;
    if (WebPDemuxGetChunk(demuxer, "ICCP", 1, &chunk)) {
        ok = pst_file_space(chunk.chunk.bytes, chunk.chunk.size, space, error);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk)) {
        *orientation = pst_exif_orientation(chunk.chunk.bytes, chunk.chunk.size);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
    WebPDemuxDelete(demuxer);
    return ok;
}

static GeglBuffer *decode(const WebPData *data, PstFileMeta *meta, GError **error)
{
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(data->bytes, data->size, &features) != VP8_STATUS_OK) {
        pst_file_fail(error, "damaged WebP header");
        return NULL;
    }
    if (features.has_animation) {
        pst_file_fail(error, "animated WebP pictures cannot be read");
        return NULL;
    }
    const Babl *space;
    if (!read_chunks(data, &space, &meta->orientation, error))
        return NULL;
    int width, height;
    guint8 *pixels = features.has_alpha ? WebPDecodeRGBA(data->bytes, data->size, &width, &height)
                                        : WebPDecodeRGB(data->bytes, data->size, &width, &height);
    if (pixels == NULL) {
        pst_file_fail(error, "damaged or truncated WebP picture");
        return NULL;
    }
    meta->info.decoder =
        data->size + (features.has_alpha ? 4 : 3) * (guint64) width * (guint64) height;
    const Babl *format =
        babl_format_with_space(features.has_alpha ? "R'G'B'A u8" : "R'G'B' u8", space);
    GeglBuffer *picture = pst_file_buffer_new((guint64) width, (guint64) height, format, error);
    if (picture != NULL)
        gegl_buffer_set(picture, NULL, 0, format, pixels, GEGL_AUTO_ROWSTRIDE);
    WebPFree(pixels);
    return picture;
}

static GeglBuffer *load(FILE *file, const char *path G_GNUC_UNUSED, PstFileMeta *meta,
                        GError **error)
{
    *meta = (PstFileMeta){.info.bits = 8, .orientation = 1};
    GByteArray *bytes = read_all(file, error);
    if (bytes == NULL)
        return NULL;
    WebPData data = {bytes->data, bytes->len};
    GeglBuffer *picture = decode(&data, meta, error);
    g_byte_array_unref(bytes);
    return picture;
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* When libwebp has failed. */
static gboolean encode_fail(gboolean is_memory, GError **error)
{
    return is_memory ? pst_file_no_memory(error)
                     : pst_file_fail(error, "libwebp cannot encode the picture");
}

static gboolean encode(GeglBuffer *picture, WebPMemoryWriter *writer, GError **error)
{
    WebPConfig config;
    WebPPicture webp;
    if (!WebPConfigPreset(&config, WEBP_PRESET_DEFAULT, QUALITY) || !WebPPictureInit(&webp))
        return encode_fail(FALSE, error);
    const Babl *own = gegl_buffer_get_format(picture);
    const Babl *format = babl_format_with_space("R'G'B'A u8", babl_format_get_space(own));
    webp.width = gegl_buffer_get_width(picture);
    webp.height = gegl_buffer_get_height(picture);
    webp.writer = WebPMemoryWrite;
    webp.custom_ptr = writer;

    guint8 *pixels = g_try_malloc_n((gsize) webp.width * (gsize) webp.height, 4);
    if (pixels == NULL)
        return pst_file_no_memory(error);
    gegl_buffer_get(picture, NULL, 1, format, pixels, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    gboolean ok = WebPPictureImportRGBA(&webp, pixels, 4 * webp.width);
    g_free(pixels);
    ok = ok && WebPEncode(&config, &webp);
    gboolean is_memory = webp.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ||
                         webp.error_code == VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY;
    WebPPictureFree(&webp);
    return ok || encode_fail(is_memory, error);
}

/* Puts the coded picture and the profile into one file. */
static gboolean assemble(WebPMemoryWriter *writer, GeglBuffer *picture, WebPData *whole,
                         GError **error)
{
    WebPData coded = {writer->mem, writer->size}, icc;
    icc.bytes = pst_file_icc(picture, &icc.size);
    WebPMux *mux = WebPMuxNew();
    WebPMuxError status = mux ? WebPMuxSetImage(mux, &coded, 0) : WEBP_MUX_MEMORY_ERROR;
    if (status == WEBP_MUX_OK && icc.bytes != NULL)
        status = WebPMuxSetChunk(mux, "ICCP", &icc, 0);
    if (status == WEBP_MUX_OK)
        status = WebPMuxAssemble(mux, whole);
    WebPMuxDelete(mux);
    return status == WEBP_MUX_OK || encode_fail(status == WEBP_MUX_MEMORY_ERROR, error);
}

static gboolean save(FILE *file, const char *path G_GNUC_UNUSED, GeglBuffer *picture,
                     const PstFileInfo *info G_GNUC_UNUSED, GError **error)
{
    if (!pst_file_check_writable(picture, WEBP_MAX_DIMENSION, "WebP", error))
        return FALSE;
    WebPMemoryWriter writer;
    WebPData whole;
    WebPMemoryWriterInit(&writer);
    WebPDataInit(&whole);
    gboolean ok = encode(picture, &writer, error) && assemble(&writer, picture, &whole, error);
    if (ok && fwrite(whole.bytes, 1, whole.size, file) != whole.size)
        ok = pst_file_fail(error, "%s", g_strerror(errno));
    WebPDataClear(&whole);
    WebPMemoryWriterClear(&writer);
    return ok;
}

const PstFileFormat pst_file_webp = {"WebP", {"webp"}, matches, load, save};
