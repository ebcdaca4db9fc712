/* Durable cursors of followers. */
#include "bus/internal.h"

static struct store_span cursor_key(struct store_view *view, struct mx_str name, struct base_buf *key) {
    base_buf_init(key, store_view_arena(view));
    store_key_text(key, name);
    return bus_span(key);
}

/* A place of a log that never was restored is a number alone; it stands in the first epoch. */
mx_status bus_place_get(struct store_view *view, struct mx_str name, struct bus_place *place) {
    struct base_buf key;
    struct store_span value;
    mx_status st = store_raw_get(view, STORE_SPACE_CURSORS, cursor_key(view, name, &key), &value);
    if (st != MX_OK) return st;
    place->epoch = 1;
    if (value.len == 16 && !store_key_take_int(&value, &place->epoch)) return MX_E_DAMAGED;
    return store_key_take_int(&value, &place->seq) && value.len == 0 ? MX_OK : MX_E_DAMAGED;
}

mx_status bus_place_put(struct store_view *view, struct mx_str name, const struct bus_place *place) {
    struct base_buf key, value;
    base_buf_init(&value, store_view_arena(view));
    if (place->epoch != 1) store_key_int(&value, place->epoch);
    store_key_int(&value, place->seq);
    return store_raw_put(view, STORE_SPACE_CURSORS, cursor_key(view, name, &key), bus_span(&value));
}

mx_status bus_place_head(struct bus *bus, struct store_view *view, struct bus_place *place) {
    uint8_t hash[BUS_HASH_BYTES];
    place->epoch = bus->epoch;
    return bus_head(bus, view, &place->seq, hash);
}

/* The first epoch behind this one that has entries. */
static mx_status next_epoch(struct store_view *view, int64_t epoch, int64_t *next) {
    struct store_span key, value;
    struct store_walk *walk;
    struct base_buf from;
    mx_status st;
    base_buf_init(&from, store_view_arena(view));
    store_key_int(&from, epoch + 1);
    st = store_walk_open(view, STORE_SPACE_LOG_HEAD, bus_span(&from), 0, &walk);
    if (st == MX_OK) st = store_walk_next(walk, &key, &value);
    if (st == MX_OK && !store_key_take_int(&key, next)) st = MX_E_DAMAGED;
    return st == MX_DONE ? MX_NONE : st;
}

mx_status bus_next(struct store_view *view, struct bus_place *place, struct bus_entry *entry) {
    struct bus_place at = *place;
    mx_status st = bus_epoch_read(view, at.epoch, at.seq + 1, entry);
    while (st == MX_NONE) {
        st = next_epoch(view, at.epoch, &at.epoch);
        if (st != MX_OK) return st;
        at.seq = 0;
        st = bus_epoch_read(view, at.epoch, 1, entry);
    }
    if (st != MX_OK) return st;
    at.seq++;
    *place = at;
    return MX_OK;
}

mx_status bus_behind(struct store_view *view, const struct bus_place *place, int64_t *count) {
    uint8_t hash[BUS_HASH_BYTES];
    int64_t epoch = place->epoch, head, behind;
    mx_status st = bus_epoch_head(view, epoch, &head, hash);
    behind = st == MX_OK && head > place->seq ? head - place->seq : 0;
    while (st == MX_OK && (st = next_epoch(view, epoch, &epoch)) == MX_OK) {
        st = bus_epoch_head(view, epoch, &head, hash);
        if (st == MX_OK) behind += head;
    }
    if (st != MX_NONE) return st;
    *count = behind;
    return MX_OK;
}

mx_status bus_cursor_get(struct store_view *view, struct mx_str name, int64_t *seq) {
    struct bus_place place = {1, 0};
    mx_status st = bus_place_get(view, name, &place);
    if (st == MX_OK || st == MX_NONE) *seq = st == MX_OK ? place.seq : 0;
    return st == MX_NONE ? MX_OK : st;
}

mx_status bus_cursor_put(struct store_view *view, struct mx_str name, int64_t seq) {
    struct bus_place place = {1, seq};
    return bus_place_put(view, name, &place);
}
