/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON text that nobody vouches for, by jansson.
 */
#pragma once

#include "nn/status.h"

#include <stddef.h>

#include <jansson.h>

/* Parses `size` bytes, which must be one array or object, without duplicate keys.  On success *json is
 * the caller's, to be released with json_decref(); on failure it is NULL and `message` begins with
 * `what`.  PST_E_FORMAT, PST_E_MEMORY. */
PstStatus pst_json_parse(json_t **json, const char *text, size_t size, const char *what,
                         PstMessage *message);
