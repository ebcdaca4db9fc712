/* The data folder: format file, lock, free space. The format is read before anything is touched. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "store/internal.h"

#define FORMAT_FIRST  "merx-data "
#define RESERVE_BYTES (UINT64_C(64) << 20)
#define ROOM_LOOK_MS  100 /* a neighbour who writes fast must not fill the reserve between two looks */
#define PATH_BYTES    4096

static mx_status io_failed(struct mx_error *err, const char *what, const char *path) {
    return base_fail(err, MX_E_IO, NULL, "%s %s failed: %s.", what, path, strerror(errno));
}

static mx_status path_in(char path[PATH_BYTES], const char *dir, const char *name, struct mx_error *err) {
    if ((size_t)snprintf(path, PATH_BYTES, "%s/%s", dir, name) < PATH_BYTES) return MX_OK;
    return base_fail(err, MX_E_TOO_LARGE, NULL, "The path of the data folder is too long.");
}

/* ---- the format file ---- */

/* MX_NONE: there is no format file. */
static mx_status format_read(const char *dir, int64_t *format, struct mx_error *err) {
    char path[PATH_BYTES], text[64];
    const size_t first = strlen(FORMAT_FIRST);
    int64_t number;
    ssize_t n;
    int fd;
    mx_status st = path_in(path, dir, "format", err);
    if (st != MX_OK) return st;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR ? MX_NONE : io_failed(err, "Opening", path);
    n = read(fd, text, sizeof(text));
    close(fd);
    if (n < 0) return io_failed(err, "Reading", path);
    if ((size_t)n <= first || memcmp(text, FORMAT_FIRST, first) != 0 || text[n - 1] != '\n' ||
        !base_parse_int(mx_str_n(text + first, (size_t)n - first - 1), &number) || number < 1)
        return base_fail(err, MX_E_DAMAGED, NULL, "%s is not the format file of a data folder.", path);
    if (number > STORE_FORMAT)
        return base_fail(err, MX_E_FORMAT, NULL,
                         "The data in %s has format %" PRId64 "; this program knows formats up to %d. Nothing was changed.", dir, number,
                         STORE_FORMAT);
    *format = number;
    return MX_OK;
}

int store_sync_folder(const char *dir) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), ok;
    if (fd < 0) return 0;
    ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

/* Write a small file beside its place and rename it. */
static mx_status put_file(const char *dir, const char *name, const char *text, struct mx_error *err) {
    char path[PATH_BYTES], beside[PATH_BYTES], new_name[64];
    const size_t len = strlen(text);
    int fd, ok;
    mx_status st = path_in(path, dir, name, err);
    snprintf(new_name, sizeof(new_name), "%s.new", name);
    if (st == MX_OK) st = path_in(beside, dir, new_name, err);
    if (st != MX_OK) return st;
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return io_failed(err, "Creating", beside);
    ok = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    if (!ok || rename(beside, path) != 0 || !store_sync_folder(dir)) return io_failed(err, "Writing", path);
    return MX_OK;
}

mx_status store_format_write(const char *dir, int64_t format, struct mx_error *err) {
    char text[64];
    snprintf(text, sizeof(text), FORMAT_FIRST "%" PRId64 "\n", format);
    return put_file(dir, "format", text, err);
}

mx_status store_mark_write(const char *dir, const char *name, const char *text, struct mx_error *err) {
    return put_file(dir, name, text, err);
}

/* ---- making and locking ---- */

/* Nothing may stand in a new folder but what an interrupted creation has left. */
static mx_status must_be_empty(const char *dir, struct mx_error *err) {
    static const char *const ours[] = {".", "..", "lock", "lock.mdb", "data.mdb", "format", "format.new"};
    struct dirent *entry;
    DIR *folder = opendir(dir);
    mx_status st = MX_OK;
    if (!folder) return io_failed(err, "Opening", dir);
    while (st == MX_OK && (entry = readdir(folder)) != NULL) {
        size_t i = 0, count = sizeof(ours) / sizeof(ours[0]);
        while (i < count && strcmp(ours[i], entry->d_name) != 0) i++;
        if (i == count)
            st = base_fail(err, MX_E_EXISTS, NULL, "The folder %s is not empty (it holds %.60s); a new shop needs an empty one.", dir,
                           entry->d_name);
    }
    closedir(folder);
    return st;
}

static mx_status lock(struct store *store, struct mx_error *err) {
    char path[PATH_BYTES];
    mx_status st = path_in(path, store->dir, "lock", err);
    if (st != MX_OK) return st;
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0) return io_failed(err, "Opening", path);
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0) return MX_OK;
    if (errno == EWOULDBLOCK) return base_fail(err, MX_E_LOCKED, NULL, "The data folder %s is in use by another program.", store->dir);
    return io_failed(err, "Locking", path);
}

mx_status store_folder_open(struct store *store, const struct store_opts *opts, struct mx_error *err) {
    mx_status st;
    if (base_fault("store.open")) {
        errno = EIO;
        return io_failed(err, "Opening", opts->dir);
    }
    store->format = STORE_FORMAT;
    st = format_read(opts->dir, &store->format, err);
    if (st < 0) return st;
    if (st == MX_NONE && !opts->create) return base_fail(err, MX_E_NOT_FOUND, NULL, "There is no data of a shop in %s.", opts->dir);
    if (opts->create) {
        int none = st == MX_NONE;
        if (mkdir(opts->dir, 0700) != 0 && errno != EEXIST) return io_failed(err, "Creating", opts->dir);
        st = none ? must_be_empty(opts->dir, err) : MX_OK;
        if (st == MX_OK) st = lock(store, err);
        if (st == MX_OK && none) st = store_format_write(opts->dir, STORE_FORMAT, err);
        return st;
    }
    return lock(store, err);
}

void store_folder_close(struct store *store) {
    if (store->lock_fd >= 0) close(store->lock_fd);
    store->lock_fd = -1;
}

/* ---- free space ---- */

static void note_room(struct store *store, uint64_t free_bytes, uint64_t reserve) {
    int now = free_bytes >= reserve, before = atomic_exchange(&store->has_room, now);
    if (before && !now)
        base_log(BASE_LOG_WARN, "store", "only %" PRIu64 " MB of the disk are free: nothing new is taken until there are %" PRIu64,
                 free_bytes >> 20, reserve >> 20);
    if (!before && now) base_log(BASE_LOG_INFO, "store", "there is room on the disk again");
}

int store_has_room(struct store *store) {
    int64_t now = base_steady_ms();
    struct statvfs disk;
    if (now - atomic_load(&store->room_checked_ms) >= ROOM_LOOK_MS) {
        uint64_t reserve = store->reserve_bytes ? store->reserve_bytes : RESERVE_BYTES;
        atomic_store(&store->room_checked_ms, now);
        if (statvfs(store->dir, &disk) == 0) note_room(store, (uint64_t)disk.f_bavail * disk.f_frsize, reserve);
    }
    return atomic_load(&store->has_room);
}
