/* A new data folder out of a backup: built beside its place, moved there when everything was read and is on the disk. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "store/internal.h"

#define PATH_BYTES    4096
#define BATCH_BYTES   (16u << 20)
#define BATCH_RECORDS 65536u

struct restore {
    const struct store_driver *driver;
    struct store_db *db;
    char beside[PATH_BYTES];
    int made; /* the folder beside is ours */
    int lock; /* on it, until its data are in their place; -1 = none */
    uint8_t checksum_key[CRYPTO_KEY_BYTES];
    struct base_arena *arena; /* of one batch */
    struct store_write *writes;
    uint32_t count;
    size_t bytes;
};

static mx_status failed(struct mx_error *err, const char *what, const char *path) {
    return base_fail(err, MX_E_IO, NULL, "%s %s failed: %s.", what, path, strerror(errno));
}

/* ---- folders ---- */

/* A folder that is not there or is empty. */
static mx_status must_be_vacant(const char *dir, struct mx_error *err) {
    struct dirent *entry;
    DIR *folder = opendir(dir);
    mx_status st = MX_OK;
    if (!folder) return errno == ENOENT ? MX_OK : failed(err, "Opening", dir);
    while (st == MX_OK && (entry = readdir(folder)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            st = base_fail(err, MX_E_EXISTS, NULL, "The folder %s is not empty (it holds %.60s); a backup is restored into an empty one.",
                           dir, entry->d_name);
    closedir(folder);
    return st;
}

/* What an earlier restore that was cut has left; only the files that a restore makes. */
static void clear(const char *dir) {
    static const char *const ours[] = {"data.mdb", "lock.mdb", "format.new", "restored.new", "restored", "format"};
    char path[PATH_BYTES + 32];
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, ours[i]);
        unlink(path);
    }
}

/* Two restores into one place at once would mix their data. What the one before has left is taken over. */
static mx_status take_folder(struct restore *restore, struct mx_error *err) {
    if (mkdir(restore->beside, 0700) != 0 && errno != EEXIST) return failed(err, "Making the folder", restore->beside);
    restore->lock = open(restore->beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (restore->lock < 0) return failed(err, "Opening", restore->beside);
    if (flock(restore->lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return failed(err, "Locking", restore->beside);
        return base_fail(err, MX_E_LOCKED, NULL, "Another restore is at work in %s; wait for its end.", restore->beside);
    }
    restore->made = 1;
    clear(restore->beside);
    return MX_OK;
}

static mx_status begin(void *arg, const struct store_backup *about, struct mx_error *err) {
    struct restore *restore = arg;
    struct store_driver_opts opts = {restore->beside, 0, 0, 1};
    mx_status st = take_folder(restore, err);
    (void)about;
    return st == MX_OK ? restore->driver->open(&opts, &restore->db, err) : st;
}

/* ---- records ---- */

static mx_status flush(struct restore *restore, struct mx_error *err) {
    struct store_reader *group;
    mx_status st = base_fault("restore.batch") ? MX_E_IO : MX_OK;
    if (restore->count == 0) return MX_OK;
    if (st == MX_OK) st = restore->driver->group_begin(restore->db, &group);
    if (st == MX_OK) {
        st = restore->driver->group_append(group, restore->writes, restore->count);
        if (st == MX_OK)
            st = restore->driver->group_commit(group);
        else
            restore->driver->group_abort(group);
    }
    restore->count = 0;
    restore->bytes = 0;
    base_arena_reset(restore->arena);
    return st == MX_OK ? MX_OK : base_fail(err, MX_E_IO, NULL, "The restored records could not be written.");
}

static mx_status record(void *arg, struct store_bytes key, struct store_bytes value, struct mx_error *err) {
    struct restore *restore = arg;
    uint8_t *copy = base_arena_alloc(restore->arena, key.len + STORE_CHECKSUM_BYTES + value.len);
    struct store_bytes key_copy = {copy, key.len};
    memcpy(copy, key.ptr, key.len);
    if (value.len) memcpy(copy + key.len + STORE_CHECKSUM_BYTES, value.ptr, value.len);
    store_checksum_put(restore->checksum_key, key_copy, copy + key.len, value.len);
    restore->writes[restore->count++] =
        (struct store_write){key_copy, (struct store_bytes){copy + key.len, STORE_CHECKSUM_BYTES + value.len}};
    restore->bytes += key.len + STORE_CHECKSUM_BYTES + value.len;
    return restore->count == BATCH_RECORDS || restore->bytes >= BATCH_BYTES ? flush(restore, err) : MX_OK;
}

/* ---- the whole ---- */

/* The format file comes last: without it nothing opens the folder. */
static mx_status finish(struct restore *restore, const char *dir, const struct store_backup *about, struct mx_error *err) {
    char parent[PATH_BYTES];
    char *slash;
    mx_status st = flush(restore, err);
    restore->driver->close(restore->db);
    restore->db = NULL;
    if (st == MX_OK) st = store_mark_write(restore->beside, STORE_RESTORED, "0\n", err);
    if (st == MX_OK) st = store_format_write(restore->beside, about->format, err);
    if (st != MX_OK) return st;
    if (base_fault("restore.rename") || rename(restore->beside, dir) != 0) return failed(err, "Moving the restored data to", dir);
    restore->made = 0;
    snprintf(parent, sizeof(parent), "%s", dir);
    slash = strrchr(parent, '/');
    if (slash) slash[slash == parent] = 0;
    return store_sync_folder(slash ? parent : ".") ? MX_OK : failed(err, "Flushing the folder around", dir);
}

mx_status store_backup_restore(const char *dir, const struct crypto_keys *keys, const struct store_backup_io *io,
                               struct store_backup *about, struct mx_error *err) {
    struct restore *restore;
    struct backup_sink sink = {begin, record, NULL};
    struct store_backup read = {0};
    mx_status st = must_be_vacant(dir, err);
    if (st != MX_OK) return st;
    restore = calloc(1, sizeof(*restore));
    if (!restore) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory to restore a backup.");
    sink.arg = restore;
    restore->lock = -1;
    restore->driver = &store_lmdb;
    restore->arena = base_arena_new(1 << 20);
    restore->writes = malloc(BATCH_RECORDS * sizeof(*restore->writes));
    crypto_keys_derive(keys, CRYPTO_FOR_CHECKSUM, restore->checksum_key);
    if (!restore->writes)
        st = base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory to restore a backup.");
    else if ((size_t)snprintf(restore->beside, sizeof(restore->beside), "%s.restoring", dir) >= sizeof(restore->beside) - 32)
        st = base_fail(err, MX_E_TOO_LARGE, NULL, "The path of the data folder is too long.");
    if (st == MX_OK) st = backup_read(keys, io, &sink, &read, err);
    if (st == MX_OK) st = finish(restore, dir, &read, err);
    if (restore->db) restore->driver->close(restore->db);
    if (restore->made) {
        clear(restore->beside);
        rmdir(restore->beside);
    }
    if (restore->lock >= 0) close(restore->lock);
    crypto_wipe(restore->checksum_key, sizeof(restore->checksum_key));
    base_arena_free(restore->arena);
    free(restore->writes);
    free(restore);
    if (st == MX_OK) *about = read;
    return st;
}
