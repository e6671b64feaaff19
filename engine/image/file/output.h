/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file on its way to its name: written beside it as ".NAME.part", and renamed once it is whole.  The name
 * of that file is always the same, so that what a killed run has left is found, and written over, by the
 * next one; a lock says whether another run is still alive.
 */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <sys/types.h>

typedef struct {
    FILE *file;       /* to write to; it can be read, too, unless it is a device or a pipe */
    const char *path; /* that leads to it, for libraries that open files themselves */
    /* The rest is output.c's own. */
    char *target;
    char
        *part; /* or NULL: a device or a pipe, which must not be replaced, is written to directly */
    int lock;  /* a descriptor; −1 = none */
    mode_t mode; /* of the file that is replaced; 0 = there is none */
} PstOutput;

/* FALSE and errno; EBUSY when another run is writing the same file.  End with pst_output_release() in any
 * case. */
gboolean pst_output_open(PstOutput *output, const char *path);

/* Gives the file its name, once all of it is on the disk or at least accepted by it.  FALSE and errno. */
gboolean pst_output_close(PstOutput *output);

/* Takes away whatever has not got its name. */
void pst_output_release(PstOutput *output);

/* What `error`, an errno of the above, means to a user. */
const char *pst_output_why(int error);
