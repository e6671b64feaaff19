/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * More colour spaces than babl has room for.  A program of its own: afterwards it can read no further one.
 */
#include "check.h"
#include "image/file/format.h"

static void put32(char *to, guint32 value)
{
    value = GUINT32_TO_BE(value);
    memcpy(to, &value, 4);
}

enum { PROFILE_LENGTH = 132 + 7 * 12 + 4 * 20 + 3 * 16 };

/* A profile of sRGB's primaries with three different gammas, other ones for each `number`. */
static char *profile_of_gammas(int number)
{
    static const char names[7][5] = {"rXYZ", "gXYZ", "bXYZ", "wtpt", "rTRC", "gTRC", "bTRC"};
    static const guint32 xyz[4][3] = {{0x6fa4, 0x38f6, 0x38f},
                                      {0x6296, 0xb787, 0x18dc},
                                      {0x24a2, 0xf83, 0xb6cf},
                                      {0xf6d6, 0x10000, 0xd32d}};
    char *profile = g_malloc0(PROFILE_LENGTH), *tag = profile + 132, *data = tag + 7 * 12;
    put32(profile, PROFILE_LENGTH);
    memcpy(profile + 8, "\4\x20\0\0mntrRGB XYZ ", 16);
    memcpy(profile + 36, "acsp", 4);
    put32(profile + 128, 7);
    for (int i = 0; i < 7; i++, tag += 12) {
        guint32 length = i < 4 ? 20 : 16;
        memcpy(tag, names[i], 4);
        put32(tag + 4, (guint32) (data - profile));
        put32(tag + 8, length);
        memcpy(data, i < 4 ? "XYZ " : "curv", 4);
        for (int k = 0; i < 4 && k < 3; k++)
            put32(data + 8 + 4 * k, xyz[i][k]);
        if (i >= 4) {
            put32(data + 8, 1);
            put32(data + 12, (guint32) (256 + 3 * number + i)
                                 << 16); /* 8.8 bits, of which babl reads two bytes */
        }
        data += length;
    }
    return profile;
}

/* babl crashes when it has no room for one more space or curve. */
static void many_spaces(void)
{
    int length, known[3] = {0, 0, 0};
    const char *good = babl_space_get_icc(babl_space("Adobish"), &length);
    char *profile = g_memdup2(good, (gsize) length);
    int red = 132; /* the entry of rXYZ, then where its numbers lie */
    while (memcmp(good + red, "rXYZ", 4) != 0)
        red += 12;
    red = ((guint8) good[red + 6] << 8 | (guint8) good[red + 7]) + 8;
    for (int i = 0; i < 300; i++) {
        const Babl *space;
        GError *error = NULL;
        gboolean ok;
        int kind = MAX(i % 10 - 7, 0); /* more of what has three curves */
        if (kind == 1) {
            profile[red + 2] = (char) (i * 3);
            profile[red + 3] = (char) i;
            ok = pst_file_space(profile, (gsize) length, &space, &error);
        } else if (kind == 0) {
            g_autofree char *curves = profile_of_gammas(i);
            ok = pst_file_space(curves, PROFILE_LENGTH, &space, &error);
        } else {
            const double xy[8] = {0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06};
            ok = pst_file_space_of_gamma(1 + i / 1000.0, xy, &space, &error);
        }
        CHECK(ok == !error);
        known[kind] += ok;
        g_clear_error(&error);
    }
    for (int i = 0; i < 3; i++)
        CHECK(known[i] > 0 && known[i] < 100, "%d: %d", i, known[i]);
    g_free(profile);
}

int main(void)
{
    gegl_init(NULL, NULL);
    check_begin("spaces");
    CHECK_RUN(many_spaces);
    int status = check_end();
    gegl_exit();
    return status;
}
