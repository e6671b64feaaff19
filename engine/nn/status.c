/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "nn/status.h"

#include <stdarg.h>
#include <stdio.h>

/* Bytes of the UTF-8 character at `c`, or 0 where there is none that may be shown: control characters
 * (C0, DEL, C1) and broken sequences. */
static int shown_length(const unsigned char *c)
{
    if (c[0] < 0x80)
        return c[0] >= 0x20 && c[0] < 0x7f;
    /* what comes second after some: no C1, no longer form than needed, no surrogate, nothing past U+10FFFF */
    unsigned char least = c[0] == 0xc2 || c[0] == 0xe0 ? 0xa0 : c[0] == 0xf0 ? 0x90 : 0x80;
    unsigned char most = c[0] == 0xed ? 0x9f : c[0] == 0xf4 ? 0x8f : 0xbf;
    if (c[0] < 0xc2 || c[0] > 0xf4 || c[1] < least || c[1] > most)
        return 0;
    int length = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    for (int i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

PstStatus pst_fail(PstMessage *message, PstStatus status, const char *format, ...)
{
    if (message) {
        va_list args;
        va_start(args, format);
        vsnprintf(message->text, sizeof message->text, format, args);
        va_end(args);
        /* Names out of files go to terminals and into dialogs. */
        for (char *c = message->text; *c;) {
            int length = shown_length((const unsigned char *) c);
            if (length == 0)
                *c = '?';
            c += length > 0 ? length : 1;
        }
    }
    return status;
}

PstStatus pst_fail_within(PstMessage *message, PstStatus status, const char *what, const char *name)
{
    if (status && message) {
        PstMessage inner = *message;
        pst_fail(message, status, "%s '%s': %.180s", what, name, inner.text);
    }
    return status;
}
