/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/json.h"

#include <errno.h>

PstStatus pst_json_parse(json_t **json, const char *text, size_t size, const char *what,
                         PstMessage *message)
{
    json_error_t error;
    errno = 0;
    *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    /* jansson loses the cause where memory ends inside a string or a number: it calls that a syntax
     * error, or goes on without the byte.  errno keeps it. */
    if (errno == ENOMEM) {
        json_decref(*json);
        *json = NULL;
        return pst_fail(message, PST_E_MEMORY, "%s: not enough memory for %zu bytes of JSON", what,
                        size);
    }
    if (!*json)
        return pst_fail(message, PST_E_FORMAT, "%s: not valid JSON: line %d, column %d: %s", what,
                        error.line, error.column, error.text);
    return PST_OK;
}
