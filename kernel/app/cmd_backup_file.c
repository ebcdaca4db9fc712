/* The file of a backup: written beside its name, private, flushed, renamed when it is whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/internal.h"

#define WRITE_OUT_BYTES (8 << 20) /* the disk is to begin while more is coming, so that the flush at the end is short */

struct app_tape {
    int fd;
    off_t len, begun; /* written; of that on its way to the disk */
    int written;      /* ours to remove unless it is kept */
    int why;          /* errno of a failed write */
    const char *path;
};

static int write_all(void *arg, const void *bytes, size_t len) {
    struct app_tape *tape = arg;
    const char *p = bytes;
    while (len) {
        ssize_t n = write(tape->fd, p, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            tape->why = errno;
            return 1;
        }
        p += n;
        len -= (size_t)n;
        tape->len += n;
    }
    if (tape->len - tape->begun >= WRITE_OUT_BYTES) {
        (void)sync_file_range(tape->fd, tape->begun, tape->len - tape->begun, SYNC_FILE_RANGE_WRITE); /* a hint; fsync() decides */
        tape->begun = tape->len;
    }
    return 0;
}

static long read_some(void *arg, void *bytes, size_t len) {
    struct app_tape *tape = arg;
    ssize_t n;
    do n = read(tape->fd, bytes, len);
    while (n < 0 && errno == EINTR);
    return (long)n;
}

static mx_status open_tape(struct base_arena *arena, const char *path, int flags, struct app_tape **out, struct store_backup_io *io,
                           struct mx_error *err) {
    struct app_tape *tape = base_arena_alloc(arena, sizeof(*tape));
    memset(tape, 0, sizeof(*tape));
    tape->written = (flags & O_CREAT) != 0;
    tape->path = path;
    tape->fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (tape->fd < 0)
        return base_fail(err, errno == ENOENT ? MX_E_NOT_FOUND : MX_E_IO, NULL, "%s cannot be opened: %s.", path, strerror(errno));
    *io = (struct store_backup_io){write_all, read_some, tape};
    *out = tape;
    return MX_OK;
}

mx_status app_tape_read(struct base_arena *arena, const char *path, struct app_tape **tape, struct store_backup_io *io,
                        struct mx_error *err) {
    return open_tape(arena, path, O_RDONLY, tape, io, err);
}

mx_status app_tape_write(struct base_arena *arena, const char *path, struct app_tape **tape, struct store_backup_io *io,
                         struct mx_error *err) {
    const char *beside = app_path(arena, path, ".part");
    if (unlink(beside) != 0 && errno != ENOENT)
        return base_fail(err, MX_E_IO, NULL, "%s stands in the way and cannot be removed: %s.", beside, strerror(errno));
    return open_tape(arena, beside, O_WRONLY | O_CREAT | O_EXCL, tape, io, err);
}

mx_status app_tape_flush(struct app_tape *tape, struct mx_error *err) {
    if (!tape->why && fsync(tape->fd) != 0) tape->why = errno;
    return tape->why ? base_fail(err, MX_E_IO, NULL, "%s cannot be written: %s.", tape->path, strerror(tape->why)) : MX_OK;
}

const char *app_tape_path(const struct app_tape *tape) { return tape->path; }

mx_status app_tape_keep(struct app_tape *tape, const char *path, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(1024);
    mx_status st = MX_OK;
    if (rename(tape->path, path) != 0)
        st = base_fail(err, MX_E_IO, NULL, "%s cannot be made: %s.", path, strerror(errno));
    else {
        tape->written = 0;
        st = app_sync_dir(app_parent(arena, path), err);
    }
    base_arena_free(arena);
    return st;
}

void app_tape_close(struct app_tape *tape) {
    close(tape->fd);
    if (tape->written) unlink(tape->path);
}
