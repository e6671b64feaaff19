/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gives each file of a folder to the fuzz target that this is linked with: replay-NAME FOLDER.
 */
#include "fuzz.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#pragma weak LLVMFuzzerInitialize

static bool replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    size_t size = 0, capacity = 1 << 20;
    uint8_t *bytes = malloc(capacity);
    if (bytes)
        size = fread(bytes, 1, capacity, file);
    bool good = bytes && size < capacity;
    fclose(file);
    if (good) {
        /* Exactly as long as the input, so that a read past its end is seen. */
        uint8_t *exact = realloc(bytes, size > 0 ? size : 1);
        bytes = exact ? exact : bytes;
        LLVMFuzzerTestOneInput(bytes, size);
    }
    free(bytes);
    return good;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (!folder) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int replayed = 0, failed = 0;
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        printf("%s\n", path); /* before it is tried: the last line names what broke */
        fflush(stdout);
        replayed++;
        failed += !replay(path);
    }
    closedir(folder);
    printf("%d replayed, %d not readable\n", replayed, failed);
    return replayed == 0 || failed > 0;
}
