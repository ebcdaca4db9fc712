/* merx backup: the whole shop in one sealed file, from a closed folder, a served one, or another machine; or the check of one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/internal.h"
#include "base/clock.h"
#include "base/text.h"

#define LONGEST_MS (INT64_C(6) * 3600 * 1000)

struct backup {
    const char *data, *url, *ca, *out, *verify, *key_file;
};

static mx_status describe(void *arg, struct store_view *view, struct store_backup *about) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    mx_status st = bus_head(arg, view, &about->seq, hash);
    about->at_ms = base_now_ms();
    return st == MX_OK ? store_epoch(view, &about->epoch) : st;
}

static void print_facts(struct base_arena *arena, const char *path, const struct store_backup *about) {
    printf("%s: whole, of this shop\n"
           "made %s, data format %" PRId64 ", log at epoch %" PRId64 " number %" PRId64 "\n"
           "%" PRIu64 " records, %" PRIu64 " bytes, export hash %s\n",
           path, base_time_text(arena, about->at_ms).ptr, about->format, about->epoch, about->seq, about->records, about->bytes,
           base_hex(arena, about->hash, sizeof(about->hash)).ptr);
}

static mx_status check_file(struct base_arena *arena, const char *path, const char *key_file, struct store_backup *about,
                            struct mx_error *err) {
    struct crypto_keys *keys;
    struct store_backup_io io;
    struct app_tape *tape;
    mx_status st = crypto_init(err);
    if (st == MX_OK) st = crypto_keys_open(key_file, &keys, err);
    if (st != MX_OK) return st;
    st = app_tape_read(arena, path, &tape, &io, err);
    if (st == MX_OK) {
        st = store_backup_check(keys, &io, about, err);
        app_tape_close(tape);
    }
    crypto_keys_free(keys);
    return st;
}

static int verify(struct base_arena *arena, const struct backup *backup) {
    struct store_backup about;
    struct mx_error err = {0};
    if (check_file(arena, backup->verify, backup->key_file, &about, &err) != MX_OK) return app_say_error("backup", &err);
    print_facts(arena, backup->verify, &about);
    return APP_OK;
}

/* A folder that nobody serves: as it is, so that a backup can be made before an older format is brought to ours. */
static mx_status write_closed(struct base_arena *arena, const struct backup *backup, const struct store_backup_io *io,
                              struct mx_error *err) {
    const char *key_file = backup->key_file ? backup->key_file : app_path(arena, backup->data, ".key");
    struct store_opts opts = {.dir = backup->data, .look = 1};
    struct store_backup about;
    struct crypto_keys *keys = NULL;
    struct store *store = NULL;
    struct bus *bus = NULL;
    struct store_view *view;
    int64_t epoch = 1;
    mx_status st = crypto_init(err);
    if (st == MX_OK) st = crypto_keys_open(key_file, &keys, err);
    opts.keys = keys;
    if (st == MX_OK) st = store_open(&opts, &store, err);
    if (st != MX_OK) goto out;
    st = store_read_begin(store, arena, &view);
    if (st == MX_OK) {
        st = store_epoch(view, &epoch);
        store_read_end(view);
    }
    if (st == MX_OK) st = bus_new(store, keys, mx_str_of(APP_NODE), epoch, &bus);
    if (st != MX_OK)
        st = base_fail(err, st, NULL, "The log could not be read: %s.", base_status_text(st));
    else
        st = store_backup_write(store, io, base_steady_ms() + LONGEST_MS, describe, bus, &about, err);
    if (st == MX_OK) st = store_backup_note(backup->data, &about, err);
out:
    if (bus) bus_free(bus);
    if (store) store_close(store);
    if (keys) crypto_keys_free(keys);
    return st;
}

static mx_status fill(struct base_arena *arena, const struct backup *backup, const struct store_backup_io *io, struct mx_error *err) {
    if (backup->url) return app_backup_pull(arena, backup->url, backup->ca, io, err);
    if (app_is_served(arena, backup->data))
        return app_backup_pull(arena, base_arena_printf(arena, "unix:%s/merx.sock", backup->data).ptr, NULL, io, err);
    return write_closed(arena, backup, io, err);
}

/* What was written is read again before it gets its name; only then it is a backup. From another machine without the key file
 * that is left to --verify. */
static int make(struct base_arena *arena, const struct backup *backup) {
    const char *key_file = backup->key_file ? backup->key_file : backup->data ? app_path(arena, backup->data, ".key") : NULL;
    struct mx_error err = {0};
    struct store_backup_io io;
    struct store_backup about;
    struct app_tape *tape;
    mx_status st = app_tape_write(arena, backup->out, &tape, &io, &err);
    if (st != MX_OK) return app_say_error("backup", &err);
    st = fill(arena, backup, &io, &err);
    if (st == MX_OK || st == MX_E_CANCELLED) st = app_tape_flush(tape, &err); /* which knows why it was not taken */
    if (st == MX_OK && key_file) st = check_file(arena, app_tape_path(tape), key_file, &about, &err);
    if (st == MX_OK) st = app_tape_keep(tape, backup->out, &err);
    app_tape_close(tape);
    if (st != MX_OK) return app_say_error("backup", &err);
    if (key_file)
        print_facts(arena, backup->out, &about);
    else
        printf("%s: received whole; look into it with merx backup --verify\n", backup->out);
    return APP_OK;
}

static int check_words(const struct backup *backup) {
    if (backup->verify) {
        if (backup->data || backup->url || backup->out)
            return app_say("backup", APP_USAGE, "The option --verify stands alone with --key-file.");
        return backup->key_file ? APP_GO_ON : app_say("backup", APP_USAGE, "The option --key-file KEY is missing.");
    }
    if (!backup->data == !backup->url) return app_say("backup", APP_USAGE, "Say where the shop is: --data DIR or --url URL.");
    if (backup->ca && !backup->url) return app_say("backup", APP_USAGE, "The option --ca belongs to --url.");
    return backup->out ? APP_GO_ON : app_say("backup", APP_USAGE, "The option --out FILE is missing.");
}

int app_cmd_backup(int argc, char **argv) {
    struct backup backup = {0};
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder; a served one is asked through its socket", &backup.data, NULL, NULL},
        {"url", "URL", "a shop on another machine, https://HOST:PORT; the API key is in MERX_KEY", &backup.url, NULL, NULL},
        {"ca", "FILE", "the certificate that signed that shop's", &backup.ca, NULL, NULL},
        {"out", "FILE", "the backup to make", &backup.out, NULL, NULL},
        {"verify", "FILE", "read this backup to its end instead", &backup.verify, NULL, NULL},
        {"key-file", "FILE", "the shop's key file (DIR.key)", &backup.key_file, NULL, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"backup", NULL, "Write the whole shop to one sealed file while it sells, or check such a file.",
                                    options};
    struct base_arena *arena;
    int code = app_parse(&usage, argc, argv, NULL);
    if (code == APP_GO_ON) code = check_words(&backup);
    if (code != APP_GO_ON) return code;
    arena = base_arena_new(65536);
    if (backup.data) backup.data = app_data_path(arena, backup.data).ptr;
    code = backup.verify ? verify(arena, &backup) : make(arena, &backup);
    base_arena_free(arena);
    return code;
}
