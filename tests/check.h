/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a test program needs, in one header: checks that count and go on, and random numbers from a
 * seed.  PASTICHE_SEED=N repeats a run or tries another one.  A program is
 *
 *     int main(void)
 *     {
 *         check_begin("name");
 *         CHECK_RUN(one_group_of_checks);
 *         return check_end();
 *     }
 */
#pragma once

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *program, *group;
    uint64_t seed, state;
    atomic_long done, failed; /* checks may be made by several threads */
} check;

/* True when `condition` is; else prints where, and the message that follows, printf style. */
#define CHECK(condition, ...)                                                                      \
    check_that((condition), __FILE__, __LINE__, #condition, " " __VA_ARGS__)

/* |a - b| <= tolerance; a NaN fails. */
#define CHECK_NEAR(a, b, tolerance)                                                                \
    check_near((a), (b), (tolerance), __FILE__, __LINE__, #a " ~ " #b)

/* Strings; NULL is a string of its own. */
#define CHECK_STRING(a, b) check_string((a), (b), __FILE__, __LINE__, #a " = " #b)

#define CHECK_RUN(group) check_run(group, #group)

/* SplitMix64 (Steele, Lea, Flood 2014): every seed is good. */
static inline uint64_t check_random(void)
{
    uint64_t z = check.state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* An integer of [low, high]. */
static inline int check_between(int low, int high)
{
    return low + (int) (check_random() % ((uint64_t) (high - low) + 1));
}

/* [-1, 1) */
static inline float check_uniform(void)
{
    return (float) (check_random() >> 40) * 0x1p-23f - 1.0f;
}

static inline void check_fill(float *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = check_uniform();
}

__attribute__((format(printf, 5, 6))) static inline bool
check_that(bool good, const char *file, int line, const char *what, const char *format, ...)
{
    check.done++;
    if (good)
        return true;
    check.failed++;
    if (check.failed > 50)
        return false; /* the first ones tell */
    printf("%s:%d: %s: failed: %s", file, line, check.group ? check.group : "main", what);
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
    return false;
}

static inline bool check_near(double a, double b, double tolerance, const char *file, int line,
                              const char *what)
{
    return check_that(fabs(a - b) <= tolerance, file, line, what, " %.9g and %.9g, %.3g apart", a,
                      b, fabs(a - b));
}

static inline bool check_string(const char *a, const char *b, const char *file, int line,
                                const char *what)
{
    return check_that(a && b ? strcmp(a, b) == 0 : a == b, file, line, what, " \"%s\" and \"%s\"",
                      a ? a : "(null)", b ? b : "(null)");
}

/* Each group starts from the seed, so that it can be run, moved or left out without changing others. */
static inline void check_run(void (*group)(void), const char *name)
{
    check.group = name;
    check.state = check.seed;
    long done = check.done, failed = check.failed;
    group();
    printf("  %-32s %8ld checks, %ld failed\n", name, check.done - done, check.failed - failed);
    fflush(stdout);
    check.group = NULL;
}

static inline void check_begin(const char *program)
{
    const char *seed = getenv("PASTICHE_SEED");
    check.program = program;
    check.seed = check.state = seed ? strtoull(seed, NULL, 0) : 1;
    printf("%s: seed %" PRIu64 "\n", program, check.seed);
}

/* The exit status of the program. */
static inline int check_end(void)
{
    printf("%s: %ld checks, %ld failed (PASTICHE_SEED=%" PRIu64 ")\n", check.program, check.done,
           check.failed, check.seed);
    return check.failed > 0 || check.done == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
