/* What the store remembers about itself: its format, whose keys it is under, which table has which space id. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "store/internal.h"
#include "json/json.h"

static struct store_span span_of(struct mx_str text) { return (struct store_span){(const uint8_t *)text.ptr, text.len}; }

static mx_status io(struct mx_error *err, mx_status st) {
    if (st == MX_E_DAMAGED) return base_fail(err, st, NULL, "The record that describes the store is damaged.");
    return base_fail(err, st, NULL, "The database could not be read or written.");
}

/* ---- the record of the shop ---- */

static mx_status shop_write(struct store *store, struct base_arena *arena, const char *key_name, struct mx_error *err) {
    struct store_group *group;
    struct store_view *view;
    struct mx_str text =
        base_arena_printf(arena, "{\"created_ms\":%" PRId64 ",\"format\":%d,\"key\":\"%s\"}", base_now_ms(), STORE_FORMAT, key_name);
    mx_status st = store_group_begin(store, &group);
    if (st != MX_OK) return io(err, st);
    st = store_write_begin(group, arena, &view);
    if (st == MX_OK) st = store_raw_put(view, STORE_SPACE_META, span_of(mx_str_of(STORE_SHOP_KEY)), span_of(text));
    if (st == MX_OK) st = store_write_apply(view);
    if (st == MX_OK) return store_group_commit(group) == MX_OK ? MX_OK : io(err, MX_E_IO);
    store_group_abort(group);
    return io(err, st);
}

static mx_status shop_check(struct base_arena *arena, struct store_span value, const char *key_name, struct mx_error *err) {
    struct json_value *root;
    const struct json_value *format, *key;
    if (json_parse(arena, mx_str_n((const char *)value.ptr, value.len), &root, NULL) != MX_OK) return io(err, MX_E_DAMAGED);
    format = json_member(root, "format");
    key = json_member(root, "key");
    if (!format || format->kind != JSON_INT || !key || key->kind != JSON_STRING) return io(err, MX_E_DAMAGED);
    if (format->number > STORE_FORMAT)
        return base_fail(err, MX_E_FORMAT, NULL, "The data has format %" PRId64 "; this program knows formats up to %d.", format->number,
                         STORE_FORMAT);
    if (!mx_str_is(key->text, key_name)) return base_fail(err, MX_E_FORBIDDEN, NULL, "The key file belongs to another shop's data.");
    return MX_OK;
}

/* The first record is checked under our key, so a foreign key file shows itself as a wrong checksum: look at the bytes. */
static int is_other_shop(struct store_view *view, const char *key_name) {
    static const uint8_t full[] = {0, STORE_SPACE_META, 's', 'h', 'o', 'p'};
    struct store_bytes stored;
    struct mx_error ignored;
    struct store_span value;
    if (view->store->driver->get(view->reader, (struct store_bytes){full, sizeof(full)}, &stored) != MX_OK) return 0;
    if (stored.len < STORE_CHECKSUM_BYTES) return 0;
    value = (struct store_span){(const uint8_t *)stored.ptr + STORE_CHECKSUM_BYTES, stored.len - STORE_CHECKSUM_BYTES};
    return shop_check(view->arena, value, key_name, &ignored) == MX_E_FORBIDDEN;
}

/* A creation that was interrupted has left nothing; records without their description are damage. */
static mx_status must_hold_nothing(struct store_view *view, struct mx_error *err) {
    struct store_bytes first = {"\0", 1}, key, stored;
    struct store_walk *walk;
    int trusted;
    mx_status st = store_full_walk(view, (struct store_bytes){"", 0}, first, 0, 0, &walk);
    if (st == MX_OK) st = store_full_walk_next(walk, &key, &stored, &trusted);
    if (st == MX_OK)
        return base_fail(err, MX_E_EXISTS, NULL, "There are records in %s, but the one that describes the store is missing.",
                         view->store->dir);
    return st == MX_DONE ? MX_NONE : io(err, st);
}

mx_status store_meta_open(struct store *store, int create, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(4096);
    struct store_view *view;
    struct store_span value = {NULL, 0};
    uint8_t name[16];
    const char *key_name;
    mx_status st = store_read_begin(store, arena, &view);
    if (st != MX_OK) {
        base_arena_free(arena);
        return io(err, st);
    }
    crypto_keys_name(store->keys, name);
    key_name = base_hex(arena, name, sizeof(name)).ptr;
    st = store_raw_get(view, STORE_SPACE_META, span_of(mx_str_of(STORE_SHOP_KEY)), &value);
    if (st == MX_E_DAMAGED && is_other_shop(view, key_name))
        st = base_fail(err, MX_E_FORBIDDEN, NULL, "The key file belongs to another shop's data.");
    else if (st == MX_OK)
        st = create ? base_fail(err, MX_E_EXISTS, NULL, "There is a shop in %s already.", store->dir)
                    : shop_check(arena, value, key_name, err);
    else if (st < 0)
        st = io(err, st);
    else if (create)
        st = must_hold_nothing(view, err);
    store_read_end(view);
    if (st == MX_NONE)
        st = create ? shop_write(store, arena, key_name, err)
                    : base_fail(err, MX_E_NOT_FOUND, NULL, "The data folder %s was never finished; make the shop anew.", store->dir);
    base_arena_free(arena);
    return st;
}
