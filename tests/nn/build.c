/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "build.h"

#include <stdlib.h>
#include <string.h>

TestFile test_file(const char *header, const void *data, size_t data_size)
{
    size_t length = strlen(header);
    TestFile file = {.size = 8 + length + data_size};
    file.bytes = calloc(1, file.size);
    if (!file.bytes)
        abort();
    for (int i = 0; i < 8; i++)
        file.bytes[i] = (unsigned char) (length >> 8 * i);
    memcpy(file.bytes + 8, header, length);
    if (data && data_size > 0)
        memcpy(file.bytes + 8 + length, data, data_size);
    return file;
}
