/* Bringing a data folder of an older format to ours: in bounded commits with a durable cursor, the format file last, so that
 * it may be killed anywhere and goes on at the next opening.
 *
 * 1 -> 2: the store remembers the epoch of its log and the highest time in it ("log" in the meta space). */
#include <inttypes.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "store/internal.h"
#include "json/json.h"

#define ENTRIES_A_COMMIT 4000u
#define BYTES_A_COMMIT   (8u << 20)
#define CURSOR_KEY       "upgrade"
#define LOG_HASH_BYTES   32u /* of format 1: an entry is its hash and canonical JSON */

struct upgrade {
    struct store *store;
    struct base_arena *arena;
    struct store_view *view;
    struct mx_error *err;
};

static struct store_span meta_key(const char *name) {
    struct store_span key = {(const uint8_t *)name, strlen(name)};
    return key;
}

static mx_status io(struct upgrade *upgrade, mx_status st) {
    return base_fail(upgrade->err, st, NULL, "The data could not be brought to format %d: %s. Nothing is lost; the next start goes on.",
                     STORE_FORMAT, base_status_text(st));
}

/* Run one piece of work as a commit of its own; work() answers MX_DONE when the step is complete. */
static mx_status commit(struct upgrade *upgrade, mx_status (*work)(struct upgrade *upgrade)) {
    struct store_group *group;
    mx_status st = base_fault("store.upgrade") ? MX_E_IO : store_group_begin(upgrade->store, &group), done;
    if (st != MX_OK) return st;
    base_arena_reset(upgrade->arena);
    st = store_write_begin(group, upgrade->arena, &upgrade->view);
    done = st == MX_OK ? work(upgrade) : st;
    if (done >= 0)
        st = store_write_apply(upgrade->view);
    else if (st == MX_OK)
        store_write_drop(upgrade->view);
    if (done < 0 || st != MX_OK) {
        store_group_abort(group);
        return done < 0 ? done : st;
    }
    st = store_group_commit(group);
    return st == MX_OK ? done : st;
}

static mx_status read_json(struct upgrade *upgrade, const char *name, struct json_value **root) {
    struct store_span value;
    mx_status st = store_raw_get(upgrade->view, STORE_SPACE_META, meta_key(name), &value);
    if (st == MX_OK && json_parse(upgrade->arena, mx_str_n((const char *)value.ptr, value.len), root, NULL) != MX_OK) st = MX_E_DAMAGED;
    return st;
}

static int64_t number_in(const struct json_value *root, const char *name) {
    const struct json_value *member = json_member(root, name);
    return member && member->kind == JSON_INT ? member->number : 0;
}

static mx_status write_json(struct upgrade *upgrade, const char *name, struct mx_str text) {
    return store_raw_put(upgrade->view, STORE_SPACE_META, meta_key(name), (struct store_span){(const uint8_t *)text.ptr, text.len});
}

/* ---- 1 -> 2 ---- */

struct cursor {
    struct store_span from; /* key in the log to go on at */
    int64_t high_ms;
};

static mx_status read_cursor(struct upgrade *upgrade, struct cursor *cursor) {
    struct json_value *root;
    const struct json_value *from;
    uint8_t *bytes;
    mx_status st = read_json(upgrade, CURSOR_KEY, &root);
    memset(cursor, 0, sizeof(*cursor));
    if (st == MX_NONE) return MX_OK;
    if (st != MX_OK) return st;
    from = json_member(root, "from");
    if (!from || from->kind != JSON_STRING) return MX_E_DAMAGED;
    bytes = base_arena_alloc(upgrade->arena, from->text.len / 2 + 1);
    if (!base_unhex(from->text, bytes, from->text.len / 2)) return MX_E_DAMAGED;
    *cursor = (struct cursor){{bytes, from->text.len / 2}, number_in(root, "high")};
    return MX_OK;
}

static void look_at_entry(struct upgrade *upgrade, struct store_span value, struct cursor *cursor) {
    struct json_value *root;
    int64_t at_ms;
    if (value.len <= LOG_HASH_BYTES) return;
    if (json_parse(upgrade->arena, mx_str_n((const char *)value.ptr + LOG_HASH_BYTES, value.len - LOG_HASH_BYTES), &root, NULL) != MX_OK)
        return;
    at_ms = number_in(root, "at");
    if (at_ms > cursor->high_ms) cursor->high_ms = at_ms;
}

/* Everything but the format file in one commit. */
static mx_status finish_2(struct upgrade *upgrade, const struct cursor *cursor) {
    struct json_value *shop;
    const struct json_value *key;
    mx_status st = read_json(upgrade, STORE_SHOP_KEY, &shop);
    if (st != MX_OK) return st == MX_NONE ? MX_E_DAMAGED : st;
    key = json_member(shop, "key");
    if (!key || key->kind != JSON_STRING) return MX_E_DAMAGED;
    st = write_json(upgrade, STORE_LOG_KEY, base_arena_printf(upgrade->arena, "{\"epoch\":1,\"high\":%" PRId64 "}", cursor->high_ms));
    if (st == MX_OK)
        st = write_json(upgrade, STORE_SHOP_KEY,
                        base_arena_printf(upgrade->arena, "{\"created_ms\":%" PRId64 ",\"format\":2,\"key\":\"%.*s\"}",
                                          number_in(shop, "created_ms"), (int)key->text.len, key->text.ptr));
    if (st == MX_OK) st = store_raw_del(upgrade->view, STORE_SPACE_META, meta_key(CURSOR_KEY));
    return st == MX_OK ? MX_DONE : st;
}

static mx_status to_2(struct upgrade *upgrade) {
    struct store_span key, value;
    struct store_walk *walk;
    struct cursor cursor;
    struct base_buf text;
    mx_status st = read_cursor(upgrade, &cursor);
    if (st == MX_OK) st = store_walk_open(upgrade->view, STORE_SPACE_LOG, cursor.from, 0, &walk);
    /* At least one entry behind the cursor's own, however large, and past all damaged ones: or this would never end. */
    for (uint32_t n = 0; st == MX_OK && n < ENTRIES_A_COMMIT && (n < 2 || base_arena_size(upgrade->arena) < BYTES_A_COMMIT);) {
        st = store_walk_next(walk, &key, &value);
        if (st == MX_E_DAMAGED)
            st = MX_OK; /* verify names it */
        else if (st == MX_OK) {
            look_at_entry(upgrade, value, &cursor);
            cursor.from = key;
            n++;
        }
    }
    if (st == MX_DONE) return finish_2(upgrade, &cursor);
    if (st != MX_OK) return st;
    base_buf_init(&text, upgrade->arena);
    base_buf_printf(&text, "{\"from\":\"%s\",\"high\":%" PRId64 "}", base_hex(upgrade->arena, cursor.from.ptr, cursor.from.len).ptr,
                    cursor.high_ms);
    return write_json(upgrade, CURSOR_KEY, base_buf_view(&text));
}

/* ---- the whole ---- */

static mx_status (*const steps[])(struct upgrade *upgrade) = {to_2};
_Static_assert(sizeof(steps) / sizeof(steps[0]) == STORE_FORMAT - 1, "a step to each format");

static mx_status format_in_database(struct upgrade *upgrade, int64_t *format) {
    struct json_value *shop;
    mx_status st;
    base_arena_reset(upgrade->arena);
    st = store_read_begin(upgrade->store, upgrade->arena, &upgrade->view);
    if (st != MX_OK) return st;
    st = read_json(upgrade, STORE_SHOP_KEY, &shop);
    if (st == MX_OK) *format = number_in(shop, "format");
    store_read_end(upgrade->view);
    if (st == MX_OK && (*format < 1 || *format > STORE_FORMAT)) st = MX_E_DAMAGED;
    return st == MX_NONE ? MX_E_DAMAGED : st;
}

mx_status store_upgrade(struct store *store, struct mx_error *err) {
    struct upgrade upgrade = {store, base_arena_new(64 << 10), NULL, err};
    int64_t format = 0;
    mx_status st = format_in_database(&upgrade, &format);
    while (st == MX_OK && format < STORE_FORMAT) {
        st = commit(&upgrade, steps[format - 1]);
        if (st != MX_DONE) continue;
        format++;
        st = MX_OK;
    }
    base_arena_free(upgrade.arena);
    if (st == MX_OK && base_fault("store.upgrade")) st = MX_E_IO;
    if (st != MX_OK) return io(&upgrade, st);
    st = store_format_write(store->dir, STORE_FORMAT, err);
    if (st != MX_OK) return st;
    store->format = STORE_FORMAT;
    base_log(BASE_LOG_INFO, "store", "the data are now in format %d", STORE_FORMAT);
    return st;
}
