/* The epoch of the log. What was sold after a backup is gone when it is restored, and its numbers were perhaps given out
 * already: so the log of a restored store goes on in an epoch of its own. A file in the folder says that it was restored,
 * so that its records are still those of the backup until somebody opens it for work. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "store/internal.h"
#include "json/json.h"

#define PATH_BYTES 4096

struct log_note {
    int64_t epoch, high_ms;
};

static struct store_span log_key(void) {
    struct store_span key = {(const uint8_t *)STORE_LOG_KEY, sizeof(STORE_LOG_KEY) - 1};
    return key;
}

static mx_status note_read(struct store_view *view, struct log_note *note) {
    struct json_value *root;
    const struct json_value *epoch, *high;
    struct store_span value;
    mx_status st = store_raw_get(view, STORE_SPACE_META, log_key(), &value);
    *note = (struct log_note){1, 0};
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (json_parse(view->arena, mx_str_n((const char *)value.ptr, value.len), &root, NULL) != MX_OK) return MX_E_DAMAGED;
    epoch = json_member(root, "epoch");
    high = json_member(root, "high");
    if (!epoch || epoch->kind != JSON_INT || epoch->number < 1 || !high || high->kind != JSON_INT) return MX_E_DAMAGED;
    *note = (struct log_note){epoch->number, high->number};
    return MX_OK;
}

mx_status store_epoch(struct store_view *view, int64_t *epoch) {
    struct log_note note;
    mx_status st = note_read(view, &note);
    if (st == MX_OK) *epoch = note.epoch;
    return st;
}

mx_status store_high_ms(struct store_view *view, int64_t *high_ms) {
    struct log_note note;
    mx_status st = note_read(view, &note);
    if (st == MX_OK) *high_ms = note.high_ms;
    return st;
}

/* ---- after a restore ---- */

static mx_status path_in(const char *dir, char path[PATH_BYTES], struct mx_error *err) {
    if ((size_t)snprintf(path, PATH_BYTES, "%s/%s", dir, STORE_RESTORED) < PATH_BYTES) return MX_OK;
    return base_fail(err, MX_E_TOO_LARGE, NULL, "The path of the data folder is too long.");
}

/* MX_NONE: the store was not restored, or was opened since. *above: the new epoch must be higher. */
static mx_status mark_read(const char *path, int64_t *above, struct mx_error *err) {
    char text[32];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return MX_NONE;
    n = fd < 0 ? -1 : read(fd, text, sizeof(text));
    if (fd >= 0) close(fd);
    if (n < 0) return base_fail(err, MX_E_IO, NULL, "Reading %s failed: %s.", path, strerror(errno));
    if (n < 2 || text[n - 1] != '\n' || !base_parse_int(mx_str_n(text, (size_t)n - 1), above)) *above = 0;
    return MX_OK;
}

/* Which epochs were used after a backup nobody knows who has the backup alone: it may be restored a second time. So the
 * next one is the time in seconds, which is new each time; in 32 bits, as struct mx_event carries it. */
static int64_t next_epoch(int64_t last) {
    const int64_t now_s = base_now_ms() / 1000;
    return last < now_s && now_s <= UINT32_MAX ? now_s : last + 1;
}

static mx_status note_write(struct store *store, struct base_arena *arena, int64_t above, int64_t *epoch) {
    struct store_group *group;
    struct store_view *view;
    struct log_note note;
    struct mx_str text;
    mx_status st = store_group_begin(store, &group);
    if (st != MX_OK) return st;
    st = store_write_begin(group, arena, &view);
    if (st == MX_OK) st = note_read(view, &note);
    if (st == MX_OK) {
        *epoch = next_epoch(note.epoch > above ? note.epoch : above);
        text = base_arena_printf(arena, "{\"epoch\":%" PRId64 ",\"high\":%" PRId64 "}", *epoch, note.high_ms);
        st = store_raw_put(view, STORE_SPACE_META, log_key(), (struct store_span){(const uint8_t *)text.ptr, text.len});
    }
    if (st == MX_OK) st = store_write_apply(view);
    if (st == MX_OK) return store_group_commit(group);
    store_group_abort(group);
    return st;
}

/* The mark goes after the new epoch is durable: cut in between, the epoch rises once more and no number is used again. */
static mx_status raise_epoch(struct store *store, struct base_arena *arena, const char *path, int64_t above, int64_t *epoch,
                             struct mx_error *err) {
    mx_status st = note_write(store, arena, above, epoch);
    if (st != MX_OK) return base_fail(err, st, NULL, "The restored store could not be written: %s.", base_status_text(st));
    if (store->look) return MX_OK;
    if (base_fault("store.epoch") || unlink(path) != 0 || !store_sync_folder(store->dir))
        return base_fail(err, MX_E_IO, NULL, "Removing %s failed: %s.", path, strerror(errno));
    base_log(BASE_LOG_INFO, "store", "these data come from a backup: the log goes on in epoch %" PRId64, *epoch);
    return MX_OK;
}

mx_status store_epoch_open(struct store *store, int64_t *epoch, struct mx_error *err) {
    char path[PATH_BYTES];
    struct base_arena *arena;
    struct store_view *view;
    int64_t above = 0;
    mx_status st = path_in(store->dir, path, err);
    if (st == MX_OK) st = mark_read(path, &above, err);
    if (st < 0) return st;
    arena = base_arena_new(4096);
    if (st == MX_OK)
        st = raise_epoch(store, arena, path, above, epoch, err);
    else {
        st = store_read_begin(store, arena, &view);
        if (st == MX_OK) {
            st = store_epoch(view, epoch);
            store_read_end(view);
        }
        if (st != MX_OK) st = base_fail(err, st, NULL, "The epoch of the log could not be read: %s.", base_status_text(st));
    }
    base_arena_free(arena);
    return st;
}

mx_status store_restored_above(const char *dir, int64_t epoch, struct mx_error *err) {
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64 "\n", epoch);
    return store_mark_write(dir, STORE_RESTORED, text, err);
}
