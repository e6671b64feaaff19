/* SPDX-FileCopyrightText: 2026 The Pastiche developers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "image/file/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ".NAME.part" beside the target; a name that leaves no room for that is cut. */
static char *part_of(const char *target)
{
    enum { NAME_MOST = 255 - 6 };
    g_autofree char *folder = g_path_get_dirname(target);
    g_autofree char *name = g_path_get_basename(target);
    g_autofree char *part = g_strdup_printf(".%.*s.part", NAME_MOST, name);
    return g_build_filename(folder, part, NULL);
}

/* Whether `path` still leads to the open file, and this is a file of our own that has no other name: what
 * is written into it changes nothing else. */
static gboolean is_ours(int descriptor, const char *path, gboolean *moved)
{
    struct stat open_one, named;
    if (fstat(descriptor, &open_one) != 0)
        return FALSE;
    *moved = lstat(path, &named) != 0 || named.st_dev != open_one.st_dev ||
             named.st_ino != open_one.st_ino;
    return !*moved && S_ISREG(open_one.st_mode) && open_one.st_nlink == 1 &&
           open_one.st_uid == geteuid();
}

/* The part, locked and empty; −1 and errno.  It may be there from a run that was killed, and a run that is
 * just ending may take it away between open() and flock(): then it is opened once more. */
static int open_part(const char *part)
{
    enum { TRIES = 100 };
    for (int i = 0; i < TRIES; i++) {
        int descriptor = open(part, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
        gboolean moved = FALSE;
        if (descriptor < 0)
            return -1;
        /* A file system without locks is no reason not to write to it. */
        if (flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            close(descriptor);
            break;
        }
        if (is_ours(descriptor, part, &moved) && ftruncate(descriptor, 0) == 0)
            return descriptor;
        close(descriptor);
        if (!moved) {
            errno = EEXIST;
            return -1;
        }
    }
    errno = EBUSY;
    return -1;
}

gboolean pst_output_open(PstOutput *output, const char *path)
{
    *output = (PstOutput){.lock = -1};
    /* a link stays, what it leads to changes; one that leads nowhere is an error */
    output->target = realpath(path, NULL);
    struct stat status;
    if (output->target == NULL) {
        gboolean is_new = errno == ENOENT && !g_file_test(path, G_FILE_TEST_IS_SYMLINK);
        output->target = is_new ? strdup(path) : NULL;
        if (output->target == NULL)
            return FALSE;
    } else if (stat(output->target, &status) != 0 || access(output->target, W_OK) != 0) {
        return FALSE;
    } else if (!S_ISREG(status.st_mode)) {
        output->path = output->target;
        output->file = g_fopen(output->target, "wbe");
        return output->file != NULL;
    } else {
        output->mode = status.st_mode & 07777;
    }

    char *part = part_of(output->target);
    int descriptor = open_part(part);
    if (descriptor < 0) {
        int why = errno;
        g_free(part);
        errno = why;
        return FALSE;
    }
    output->path = output->part = part;
    output->lock = fcntl(descriptor, F_DUPFD_CLOEXEC, 0); /* until after the renaming */
    output->file = fdopen(descriptor, "w+b");
    if (output->file == NULL)
        close(descriptor);
    return output->file != NULL && output->lock >= 0;
}

gboolean pst_output_close(PstOutput *output)
{
    FILE *file = g_steal_pointer(&output->file);
    gboolean ok = fflush(file) == 0 && !ferror(file);
    if (ok && output->mode != 0)
        ok = fchmod(fileno(file), output->mode) == 0;
    if (ok && output->part != NULL)
        ok = fsync(fileno(file)) == 0;
    ok = fclose(file) == 0 && ok;
    if (!ok || output->part == NULL)
        return ok;
    if (g_rename(output->part, output->target) != 0)
        return FALSE;
    g_clear_pointer(&output->part, g_free);
    return TRUE;
}

void pst_output_release(PstOutput *output)
{
    int why = errno;
    if (output->part != NULL)
        g_unlink(output->part); /* while the lock is still ours */
    if (output->file != NULL)
        fclose(output->file);
    if (output->lock >= 0)
        close(output->lock);
    free(output->target);
    g_free(output->part);
    errno = why;
}

const char *pst_output_why(int error)
{
    return error == EBUSY ? "another run is writing it" : g_strerror(error);
}
