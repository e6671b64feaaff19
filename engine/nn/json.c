/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/json.h"

#include <stdlib.h>
#include <threads.h>

static _Thread_local bool ran_out;

static void *watched_malloc(size_t size)
{
    void *block = malloc(size);
    if (!block)
        ran_out = true;
    return block;
}

static void watch(void)
{
    json_set_alloc_funcs(watched_malloc, free);
}

void pst_json_begin(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, watch);
    ran_out = false;
}

bool pst_json_ran_out(void)
{
    return ran_out;
}

PstStatus pst_json_parse(json_t **json, const char *text, size_t size, const char *what,
                         PstMessage *message)
{
    json_error_t error;
    pst_json_begin();
    *json = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (ran_out) {
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
