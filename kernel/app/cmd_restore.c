/* merx restore: a new data folder out of a backup. Everything is looked at before anything is made. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/clock.h"
#include "base/text.h"
#include "json/json.h"

#define KEY_FILE_MAX    (1u << 20)
#define CHECKPOINTS_MAX (64u << 20)
#define PERSONS_TABLE   "identity.person"

struct restore {
    const char *data, *from, *key_file;
    int accept_older;
    struct crypto_keys *keys;
    struct store_backup about;
    int64_t newest_epoch, newest_seq; /* that a checkpoint beside the folder knows; 0 = none */
};

/* ---- keys ---- */

/* Written beside and renamed: half a key file would stand in the way of the next try. */
static mx_status copy_keys(struct base_arena *arena, const char *from, const char *place, struct mx_error *err) {
    const char *beside = app_path(arena, place, ".new");
    struct mx_str text;
    mx_status st = app_read_all(arena, from, KEY_FILE_MAX, &text, err);
    unlink(beside);
    if (st == MX_OK) st = app_write_file(beside, text.ptr, text.len, err);
    if (st == MX_OK && rename(beside, place) != 0) st = base_fail(err, MX_E_IO, NULL, "%s cannot be made: %s.", place, strerror(errno));
    if (st == MX_OK) return app_sync_dir(app_parent(arena, place), err);
    unlink(beside);
    return st;
}

/* The key file that the shop will be opened with must be the same shop's; it is put there when there is none. */
static mx_status settle_keys(struct base_arena *arena, const struct restore *restore, struct mx_error *err) {
    const char *place = app_path(arena, restore->data, ".key");
    uint8_t ours[16], theirs[16];
    struct crypto_keys *there;
    mx_status st;
    if (strcmp(place, restore->key_file) == 0) return MX_OK;
    st = crypto_keys_open(place, &there, err);
    if (st == MX_E_NOT_FOUND) return copy_keys(arena, restore->key_file, place, err);
    if (st != MX_OK) return st;
    crypto_keys_name(restore->keys, ours);
    crypto_keys_name(there, theirs);
    crypto_keys_free(there);
    if (memcmp(ours, theirs, sizeof(ours)) == 0) return MX_OK;
    return base_fail(err, MX_E_FORBIDDEN, NULL, "%s is the key file of another shop; move it away first.", place);
}

/* ---- checkpoints ---- */

/* The newest one that this shop signed; lines that are not, are passed over. */
static mx_status read_checkpoints(struct base_arena *arena, struct restore *restore, struct mx_error *err) {
    const char *path = app_path(arena, restore->data, ".checkpoint");
    struct bus_checkpoint checkpoint;
    struct mx_str text, line;
    struct bus *bus;
    mx_status st;
    if (access(path, F_OK) != 0) return MX_OK;
    st = app_read_all(arena, path, CHECKPOINTS_MAX, &text, err);
    if (st == MX_OK) st = bus_new(NULL, restore->keys, mx_str_of(APP_NODE), 1, &bus);
    if (st != MX_OK) return st;
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        line = mx_str_n(text.ptr, end ? (size_t)(end - text.ptr) : text.len);
        text = end ? mx_str_n(end + 1, text.len - line.len - 1) : mx_str_n(NULL, 0);
        if (line.len == 0 || bus_checkpoint_read(bus, arena, line, &checkpoint, NULL) != MX_OK) continue;
        if (checkpoint.epoch < restore->newest_epoch) continue;
        if (checkpoint.epoch == restore->newest_epoch && checkpoint.seq <= restore->newest_seq) continue;
        restore->newest_epoch = checkpoint.epoch;
        restore->newest_seq = checkpoint.seq;
    }
    bus_free(bus);
    return MX_OK;
}

static int is_older(const struct restore *restore) {
    const struct store_backup *about = &restore->about;
    return about->epoch < restore->newest_epoch || (about->epoch == restore->newest_epoch && about->seq < restore->newest_seq);
}

static mx_status must_not_be_older(const struct restore *restore, struct mx_error *err) {
    const struct store_backup *about = &restore->about;
    if (restore->accept_older || !is_older(restore)) return MX_OK;
    return base_fail(err, MX_E_CONFLICT, NULL,
                     "The backup ends at number %" PRId64 " of epoch %" PRId64 ", but a checkpoint knows of number %" PRId64
                     " of epoch %" PRId64 ": what came after would be lost. Take a newer backup, or say --accept-older.",
                     about->seq, about->epoch, restore->newest_seq, restore->newest_epoch);
}

/* What they knew of is given up: they would accuse the log for ever. */
static mx_status put_checkpoints_away(struct base_arena *arena, const struct restore *restore, struct mx_error *err) {
    const char *path = app_path(arena, restore->data, ".checkpoint"), *away = app_path(arena, path, ".old");
    if (!is_older(restore)) return MX_OK;
    if (rename(path, away) != 0) return base_fail(err, MX_E_IO, NULL, "%s cannot be moved to %s: %s.", path, away, strerror(errno));
    printf("The checkpoints are newer than the backup; they are now in %s.\n", away);
    return MX_OK;
}

/* ---- persons whose keys are gone ---- */

struct persons {
    const struct crypto_keys *keys;
    struct base_arena *arena;
    uint64_t lost;
};

static int count_person(void *arg, struct mx_str line) {
    struct persons *persons = arg;
    struct json_value *row;
    const struct json_value *value, *epoch, *key;
    uint8_t epoch_key[CRYPTO_KEY_BYTES];
    base_arena_reset(persons->arena);
    if (json_parse(persons->arena, line, &row, NULL) != MX_OK) return 0;
    value = json_member(row, "value");
    epoch = value ? json_member(value, "epoch") : NULL;
    key = value ? json_member(value, "key") : NULL;
    if (!epoch || epoch->kind != JSON_INT || !key || key->kind != JSON_STRING || key->text.len == 0) return 0;
    if (crypto_keys_epoch_key(persons->keys, (uint32_t)epoch->number, epoch_key) == MX_E_ERASED) persons->lost++;
    crypto_wipe(epoch_key, sizeof(epoch_key));
    return 0;
}

/* A backup older than an erasure is wrapped under an epoch that the key file no longer has. */
static mx_status count_lost(const struct restore *restore, uint64_t *lost, struct mx_error *err) {
    struct store_opts opts = {.dir = restore->data, .keys = restore->keys};
    struct persons persons = {restore->keys, base_arena_new(4096), 0};
    struct store *store;
    mx_status st = store_open(&opts, &store, err);
    if (st == MX_OK) {
        st = store_dump(store, PERSONS_TABLE, count_person, &persons);
        store_close(store);
    }
    base_arena_free(persons.arena);
    *lost = persons.lost;
    return st;
}

/* ---- the whole ---- */

static mx_status look_at(struct base_arena *arena, struct restore *restore, struct mx_error *err) {
    struct store_backup_io io;
    struct app_tape *tape;
    mx_status st = app_tape_read(arena, restore->from, &tape, &io, err);
    if (st != MX_OK) return st;
    st = store_backup_check(restore->keys, &io, &restore->about, err);
    app_tape_close(tape);
    if (st == MX_OK) st = read_checkpoints(arena, restore, err);
    return st == MX_OK ? must_not_be_older(restore, err) : st;
}

static mx_status bring_back(struct base_arena *arena, struct restore *restore, struct mx_error *err) {
    struct store_backup_io io;
    struct app_tape *tape;
    mx_status st = settle_keys(arena, restore, err);
    if (st == MX_OK) st = app_tape_read(arena, restore->from, &tape, &io, err);
    if (st != MX_OK) return st;
    st = store_backup_restore(restore->data, restore->keys, &io, &restore->about, err);
    app_tape_close(tape);
    if (st == MX_OK && restore->newest_epoch) st = store_restored_above(restore->data, restore->newest_epoch, err);
    if (st == MX_OK) st = put_checkpoints_away(arena, restore, err);
    return st;
}

static int run(struct base_arena *arena, struct restore *restore) {
    struct mx_error err = {0};
    uint64_t lost = 0;
    mx_status st = MX_OK;
    if (!app_is_vacant(restore->data))
        st = base_fail(&err, MX_E_EXISTS, NULL, "The folder %s is not empty; a backup is restored into an empty one.", restore->data);
    if (st == MX_OK) st = crypto_init(&err);
    if (st == MX_OK) st = crypto_keys_open(restore->key_file, &restore->keys, &err);
    if (st != MX_OK) return app_say_error("restore", &err);
    st = look_at(arena, restore, &err);
    if (st == MX_OK) st = bring_back(arena, restore, &err);
    if (st == MX_OK) st = count_lost(restore, &lost, &err);
    crypto_keys_free(restore->keys);
    if (st != MX_OK) return app_say_error("restore", &err);
    printf("The shop is in %s again, as it was %s: %" PRIu64 " records, export hash %s.\n", restore->data,
           base_time_text(arena, restore->about.at_ms).ptr, restore->about.records,
           base_hex(arena, restore->about.hash, sizeof(restore->about.hash)).ptr);
    if (lost)
        printf("The personal data of %" PRIu64 " customers cannot be read: their keys were changed or destroyed after this backup.\n",
               lost);
    return APP_OK;
}

int app_cmd_restore(int argc, char **argv) {
    struct restore restore = {0};
    const struct app_option options[] = {
        {"data", "DIR", "the folder to make", &restore.data, NULL, NULL},
        {"from", "FILE", "the backup", &restore.from, NULL, NULL},
        {"key-file", "FILE", "the shop's key file (DIR.key); it is copied to DIR.key when there is none", &restore.key_file, NULL, NULL},
        {"accept-older", NULL, "though a checkpoint beside the folder is newer than the backup", NULL, NULL, &restore.accept_older},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"restore", NULL, "Make a shop's folder out of a backup.", options};
    struct base_arena *arena;
    int code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    if (!restore.data) return app_say("restore", APP_USAGE, "The option --data DIR is missing.");
    if (!restore.from) return app_say("restore", APP_USAGE, "The option --from FILE is missing.");
    arena = base_arena_new(65536);
    restore.data = app_data_path(arena, restore.data).ptr;
    if (!restore.key_file) restore.key_file = app_path(arena, restore.data, ".key");
    code = run(arena, &restore);
    base_arena_free(arena);
    return code;
}
