/* A backup of a closed folder and its restore into another: whatever fails, there is a whole backup or none, a whole folder or
 * none, and the shop itself is as it was. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/log.h"
#include "faults/script.h"
#include "faults/wrap.h"
#include "support/folder.h"

struct paths {
    char file[700], part[710], restored[700], beside[720], key[700], restored_key[710];
};

static void name_paths(const char *data, struct paths *paths) {
    snprintf(paths->file, sizeof(paths->file), "%s.backup", data);
    snprintf(paths->part, sizeof(paths->part), "%s.part", paths->file);
    snprintf(paths->restored, sizeof(paths->restored), "%s.new", data);
    snprintf(paths->beside, sizeof(paths->beside), "%s.restoring", paths->restored);
    snprintf(paths->key, sizeof(paths->key), "%s.key", data);
    snprintf(paths->restored_key, sizeof(paths->restored_key), "%s.key", paths->restored);
}

static void remove_all(const struct paths *paths) {
    folder_remove_path(paths->file);
    folder_remove_path(paths->part);
    folder_remove_path(paths->restored);
    folder_remove_path(paths->beside);
    folder_remove_path(paths->restored_key);
}

static int backup(const char *data, struct paths *paths) {
    char *argv[] = {"backup", "--data", (char *)(uintptr_t)data, "--out", paths->file, NULL};
    return app_cmd_backup(5, argv);
}

static int verify(struct paths *paths) {
    char *argv[] = {"backup", "--verify", paths->file, "--key-file", paths->key, NULL};
    return app_cmd_backup(5, argv);
}

static int restore(struct paths *paths) {
    char *argv[] = {"restore", "--data", paths->restored, "--from", paths->file, "--key-file", paths->key, NULL};
    return app_cmd_restore(7, argv);
}

static void keep_quiet(void) {
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    base_log_level(BASE_LOG_ERROR + 1);
    fflush(stdout);
    dup2(null, 1);
    close(null);
}

int script_backup_run(const char *data, int orders, struct script_books *books) {
    struct paths paths;
    int code;
    (void)orders;
    wrap_rest(1);
    keep_quiet();
    name_paths(data, &paths);
    remove_all(&paths);
    wrap_rest(0);
    code = backup(data, &paths);
    if (code == APP_OK) {
        atomic_store(&books->acknowledged[0], 1);
        code = restore(&paths);
    }
    if (code == APP_OK) atomic_store(&books->acknowledged[1], 1);
    books->memory_calls = wrap_memory_calls();
    books->file_calls = wrap_file_calls();
    books->live = wrap_live();
    return code;
}

static int fail(const char *what) {
    fprintf(stderr, "# %s\n", what);
    return SCRIPT_FAILED;
}

static int export_hash(const char *data, const char *key_file, uint8_t hash[CRYPTO_HASH_BYTES]) {
    struct store_opts opts = {.dir = data};
    struct crypto_keys *keys = NULL;
    struct store *store = NULL;
    struct mx_error err;
    mx_status st = crypto_init(&err);
    if (st == MX_OK) st = crypto_keys_open(key_file, &keys, &err);
    opts.keys = keys;
    if (st == MX_OK) st = store_open(&opts, &store, &err);
    if (st == MX_OK) st = store_export_hash(store, hash, NULL);
    if (store) store_close(store);
    if (keys) crypto_keys_free(keys);
    return st == MX_OK;
}

static int is_there(const char *path) { return access(path, F_OK) == 0; }

static int check_what_is_there(struct paths *paths, const uint8_t hash[CRYPTO_HASH_BYTES], struct script_books *books) {
    uint8_t there[CRYPTO_HASH_BYTES];
    if (atomic_load(&books->acknowledged[0]) && !is_there(paths->file)) return fail("the backup that was made is not there");
    if (is_there(paths->file) && verify(paths) != APP_OK) return fail("there is a backup that is not whole");
    if (atomic_load(&books->acknowledged[1]) && !is_there(paths->restored)) return fail("what was restored is not there");
    if (!is_there(paths->restored)) return 0;
    if (!export_hash(paths->restored, paths->key, there)) return fail("there is a restored folder that does not open");
    return memcmp(hash, there, sizeof(there)) == 0 ? 0 : fail("what was restored is not what was in the shop");
}

int script_backup_check(const char *data, int orders, struct script_books *books) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct paths paths;
    int code;
    (void)orders;
    keep_quiet();
    name_paths(data, &paths);
    if (!export_hash(data, paths.key, hash)) return fail("the shop does not open again");
    code = check_what_is_there(&paths, hash, books);
    if (code != 0) return code;
    folder_remove_path(paths.restored);
    if (backup(data, &paths) != APP_OK || restore(&paths) != APP_OK) return fail("afterwards there is no way to a backup");
    remove_all(&paths);
    return script_check(data, 0, books);
}
