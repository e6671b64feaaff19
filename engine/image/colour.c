/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/colour.h"

#include <math.h>
#include <string.h>

/* Least variance: (1/1000)²; one colour alone has none, and cannot be stretched to another's. */
#define LEAST 1e-6

typedef double Matrix[3][3];

void pst_colour_sums_add(PstColourSums *sums, const float rgb[3], double weight)
{
    sums->weight += weight;
    for (int i = 0; i < 3; i++) {
        sums->sum[i] += weight * rgb[i];
        for (int k = 0; k <= i; k++)
            sums->product[i][k] += weight * rgb[i] * rgb[k];
    }
}

static void multiply(Matrix a, Matrix b, Matrix product)
{
    Matrix result;
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            result[i][k] = a[i][0] * b[0][k] + a[i][1] * b[1][k] + a[i][2] * b[2][k];
    }
    memcpy(product, result, sizeof result);
}

/* Rotates rows and columns p and q of the symmetric `a` so that a[p][q] vanishes, and `v` along. */
static void rotate(Matrix a, Matrix v, int p, int q)
{
    if (fabs(a[p][q]) < 1e-300)
        return;
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < 3; k++) {
        double x = a[k][p], y = a[k][q];
        a[k][p] = c * x - s * y;
        a[k][q] = s * x + c * y;
    }
    for (int k = 0; k < 3; k++) {
        double x = a[p][k], y = a[q][k];
        a[p][k] = c * x - s * y;
        a[q][k] = s * x + c * y;
        x = v[k][p], y = v[k][q];
        v[k][p] = c * x - s * y;
        v[k][q] = s * x + c * y;
    }
}

/* power = m^exponent of a symmetric positive matrix, by Jacobi's eigenvalue algorithm. */
static void raise_to(Matrix m, double exponent, Matrix power)
{
    Matrix a, v = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    memcpy(a, m, sizeof a);
    for (int sweep = 0; sweep < 20; sweep++) { /* converges quadratically: 5 or 6 are enough */
        rotate(a, v, 0, 1);
        rotate(a, v, 0, 2);
        rotate(a, v, 1, 2);
    }
    Matrix scaled;
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            scaled[i][k] = v[i][k] * pow(fmax(a[k][k], LEAST * LEAST), exponent);
    }
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            power[i][k] = scaled[i][0] * v[k][0] + scaled[i][1] * v[k][1] + scaled[i][2] * v[k][2];
    }
}

static void moments(const PstColourSums *sums, double mean[3], Matrix covariance)
{
    double weight = sums->weight > 0 ? sums->weight : 1;
    for (int i = 0; i < 3; i++) {
        mean[i] = sums->sum[i] / weight;
        for (int k = 0; k <= i; k++)
            covariance[i][k] = covariance[k][i] = sums->product[i][k] / weight - mean[i] * mean[k];
        covariance[i][i] += LEAST;
    }
}

void pst_colour_match(const PstColourSums *from, const PstColourSums *to, PstColourMap *map)
{
    double mean_from[3], mean_to[3];
    Matrix a, b, root, inverse, middle;
    moments(from, mean_from, a);
    moments(to, mean_to, b);
    raise_to(a, 0.5, root);
    raise_to(a, -0.5, inverse);
    multiply(root, b, middle);
    multiply(middle, root, middle);
    raise_to(middle, 0.5, middle);
    multiply(inverse, middle, middle);
    multiply(middle, inverse, map->matrix);
    for (int i = 0; i < 3; i++) {
        const double *m = map->matrix[i];
        map->offset[i] =
            mean_to[i] - m[0] * mean_from[0] - m[1] * mean_from[1] - m[2] * mean_from[2];
    }
}

void pst_colour_apply(const PstColourMap *map, float rgb[3])
{
    double r = rgb[0], g = rgb[1], b = rgb[2];
    for (int i = 0; i < 3; i++) {
        const double *m = map->matrix[i];
        rgb[i] = (float) (m[0] * r + m[1] * g + m[2] * b + map->offset[i]);
    }
}

void pst_colour_luminance(float painted[3], const float content[3])
{
    float lift = pst_luma(painted) - pst_luma(content);
    for (int c = 0; c < 3; c++)
        painted[c] = content[c] + lift;
}
