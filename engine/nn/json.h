/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON text that nobody vouches for, by jansson.  Where memory ends inside a string, jansson goes on without
 * the byte, read or written, or calls it a syntax error.  So its allocations, the C library's, are watched; the
 * first call here sets that for the whole process, by json_set_alloc_funcs().
 */
#pragma once

#include "nn/status.h"

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/* Parses `size` bytes, which must be one array or object, without duplicate keys.  On success *json is
 * the caller's, to be released with json_decref(); on failure it is NULL and `message` begins with
 * `what`.  PST_E_FORMAT, PST_E_MEMORY. */
PstStatus pst_json_parse(json_t **json, const char *text, size_t size, const char *what,
                         PstMessage *message);

/* Whether an allocation of jansson's has failed on this thread since pst_json_begin(), or since
 * pst_json_parse() was called. */
void pst_json_begin(void);
bool pst_json_ran_out(void);
