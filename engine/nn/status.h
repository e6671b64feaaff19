/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How nn says that something failed: a status as the return value, and a message that the caller owns.
 */
#pragma once

typedef enum {
    PST_OK = 0,
    PST_E_MEMORY,      /* an allocation failed, or a size overflows */
    PST_E_IO,          /* a file cannot be opened or read */
    PST_E_FORMAT,      /* read, but it breaks a rule of its format */
    PST_E_UNSUPPORTED, /* well-formed, but of a version or with an op that this engine lacks */
    PST_E_CANCELLED,   /* a callback asked to stop */
} PstStatus;

/* Filled when a function that takes one does not return PST_OK; otherwise left alone. */
typedef struct {
    char text[256];
} PstMessage;

/* Formats into `message` (which may be NULL) and returns `status`.  What comes out is one line of UTF-8:
 * control characters and broken sequences, of a name in a hostile file or cut at the end, become '?'.
 *     return pst_fail(message, PST_E_FORMAT, "tensor '%s' ends after the file", name); */
PstStatus pst_fail(PstMessage *message, PstStatus status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Says where it was that something failed: puts "WHAT 'NAME': " before the message, where `status` is not PST_OK.
 * Returns `status`. */
PstStatus pst_fail_within(PstMessage *message, PstStatus status, const char *what,
                          const char *name);
