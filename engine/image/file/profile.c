/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * babl trusts colour profiles: it follows their offsets, allocates what their curves claim, and writes
 * the curves into 64 KB on its stack.  Files are not to be trusted, so this looks first.
 */
#include "image/file/format.h"

#include <math.h>
#include <string.h>

enum {
    TAGS_MAX = 100,
    /* three such curves and the rest of a profile fit into 64 KB */
    CURVE_MAX = 10000,
};

/* One element: `data` has `length` bytes. */
typedef struct {
    const guint8 *data;
    gsize length;
} Element;

static guint32 number_at(const guint8 *data)
{
    return (guint32) data[0] << 24 | (guint32) data[1] << 16 | (guint32) data[2] << 8 | data[3];
}

/* s15Fixed16Number */
static double fixed_at(const guint8 *data)
{
    return (gint32) number_at(data) / 65536.0;
}

static gboolean gamma_is_sound(double gamma)
{
    return gamma >= 0.1 && gamma <= 10;
}

/* ICC.1:2022, 10.6: nothing, a gamma of 8.8 bits, or a table. */
static gboolean table_is_sound(Element curve)
{
    guint32 count = number_at(curve.data + 8);
    if (count > CURVE_MAX || curve.length < 12 + 2 * (gsize) count)
        return FALSE;
    return count != 1 || gamma_is_sound(curve.data[12] + curve.data[13] / 256.0);
}

/* 10.18; of its kinds babl knows 0, a gamma, and 3, the form of sRGB: (ax + b)^g, or cx below d.  It approximates
 * the power between where the line ends, d or cd, and 2, and ends the process if there is nothing between. */
static gboolean formula_is_sound(Element curve)
{
    int kind = curve.data[8] << 8 | curve.data[9];
    gsize numbers = kind == 0 ? 1 : 5;
    if ((kind != 0 && kind != 3) || curve.length < 12 + 4 * numbers ||
        !gamma_is_sound(fixed_at(curve.data + 12)))
        return FALSE;
    if (kind == 0)
        return TRUE;
    double a = fixed_at(curve.data + 16), b = fixed_at(curve.data + 20);
    double c = fixed_at(curve.data + 24), d = fixed_at(curve.data + 28);
    return a > 0.1 && b >= 0 && c > 0 && d >= 0 && d < 1 && c * d < 1;
}

/* Bytes 4 to 7 are reserved and 0; where one of three formulas alike has others there, babl copies what lies far behind
 * its buffer. */
static gboolean curve_is_sound(Element curve)
{
    if (curve.length < 12 || number_at(curve.data + 4) != 0)
        return FALSE;
    return memcmp(curve.data, "para", 4) == 0 ? formula_is_sound(curve) : table_is_sound(curve);
}

/* The primaries must span a space: babl inverts their matrix. */
static gboolean primaries_are_sound(const Element xyz[4])
{
    double m[3][3];
    for (int i = 0; i < 3; i++) {
        if (xyz[i].data == NULL)
            return TRUE; /* babl will refuse it, or is not asked: gray, CMYK */
        for (int j = 0; j < 3; j++)
            m[i][j] = fixed_at(xyz[i].data + 8 + 4 * j);
    }
    double determinant = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                         m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
    return fabs(determinant) > 1e-3;
}

/* What is kept of a profile. */
typedef struct {
    Element points[4]; /* red, green, blue, white */
    Element curves[3];
} Kept;

/* An element of the kinds that babl looks into; some are kept. */
static gboolean element_is_sound(const char *name, Element element, Kept *kept)
{
    static const char *const points[] = {"rXYZ", "gXYZ", "bXYZ", "wtpt"};
    static const char *const curves[] = {"rTRC", "gTRC", "bTRC"};
    for (guint i = 0; i < G_N_ELEMENTS(points); i++) {
        if (memcmp(name, points[i], 4) == 0) {
            kept->points[i] = element;
            return element.length >= 20;
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(curves); i++)
        if (memcmp(name, curves[i], 4) == 0)
            kept->curves[i] = element;
    if (memcmp(name, "chrm", 4) == 0)
        return element.length >= 36;
    if (memcmp(name + 1, "TRC", 3) == 0)
        return curve_is_sound(element);
    return TRUE;
}

static gboolean are_alike(Element left, Element right)
{
    return left.length == right.length && memcmp(left.data, right.data, left.length) == 0;
}

/* At least one: gray and CMYK ones may have others. */
static guint count_curves(const Element curves[3])
{
    if (!curves[0].data || !curves[1].data || !curves[2].data)
        return 1;
    gboolean once = are_alike(curves[0], curves[1]) && are_alike(curves[0], curves[2]);
    return once ? 1 : 3;
}

gboolean pst_icc_is_sound(const guint8 *icc, gsize length, guint *curves)
{
    guint32 tags = length < 132 ? G_MAXUINT32 : number_at(icc + 128);
    if (tags > TAGS_MAX || length < 132 + 12 * (gsize) tags)
        return FALSE;
    Kept kept = {.points = {{NULL, 0}}};
    for (guint32 i = 0; i < tags; i++) {
        const guint8 *tag = icc + 132 + 12 * (gsize) i; /* name, offset, length */
        gsize offset = number_at(tag + 4), size = number_at(tag + 8);
        if (offset > length || length - offset < size)
            return FALSE;
        if (!element_is_sound((const char *) tag, (Element){icc + offset, size}, &kept))
            return FALSE;
    }
    *curves = count_curves(kept.curves);
    return primaries_are_sound(kept.points);
}
