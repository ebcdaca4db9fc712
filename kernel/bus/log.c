/* The log: append under the chain, read by number. */
#include <stdlib.h>

#include "bus/internal.h"
#include "json/json.h"

struct log_entry {
    uint64_t has;
    struct mx_str actor;
    int64_t at;
    struct mx_str data;
    int64_t epoch;
    struct mx_str name;
    struct mx_str node;
    struct mx_str op;
    int64_t seq;
};

static const struct mx_field log_entry_fields[] = {
    MX_F_STR(log_entry, actor, 0, 0, 64, "principal"),
    MX_F_TIME(log_entry, at, MX_REQUIRED, "when"),
    MX_F_JSON(log_entry, data, MX_REQUIRED, 1 << 20, "what the event says"),
    MX_F_INT(log_entry, epoch, MX_REQUIRED, 1, MX_INT_MAX, "epoch of the node"),
    MX_F_STR(log_entry, name, MX_REQUIRED, 1, 96, "name of the event"),
    MX_F_STR(log_entry, node, MX_REQUIRED, 1, 64, "node that wrote it"),
    MX_F_STR(log_entry, op, 0, 0, 96, "operation that emitted it"),
    MX_F_INT(log_entry, seq, MX_REQUIRED, 1, MX_INT_MAX, "number"),
};
MX_TYPE_HAS(log_entry, "log.entry", "an entry of the event log");

mx_status bus_new(struct store *store, const struct crypto_keys *keys, struct mx_str node, int64_t epoch, struct bus **out) {
    struct bus *bus = calloc(1, sizeof(*bus));
    mx_status st = bus ? json_prepare(&log_entry_type, NULL) : MX_E_NOMEM;
    if (st != MX_OK) goto out;
    bus->store = store;
    bus->epoch = epoch;
    bus->node = strndup(node.ptr, node.len);
    crypto_keys_derive(keys, CRYPTO_FOR_LOG, bus->chain_key);
    st = bus_checkpoint_init(bus, keys);
    if (!bus->node) st = MX_E_NOMEM;
    if (st == MX_OK) *out = bus;
out:
    if (st != MX_OK) bus_free(bus);
    return st;
}

void bus_free(struct bus *bus) {
    if (!bus) return;
    crypto_wipe(bus->chain_key, sizeof(bus->chain_key));
    crypto_wipe(bus->sign_secret, sizeof(bus->sign_secret));
    free(bus->node);
    free(bus);
}

void bus_chain_hash(const struct bus *bus, const uint8_t prev[BUS_HASH_BYTES], struct store_span json, uint8_t hash[BUS_HASH_BYTES]) {
    crypto_hash(bus->chain_key, prev, BUS_HASH_BYTES, json.ptr, json.len, NULL, 0, hash, BUS_HASH_BYTES);
}

static struct store_span entry_key(struct base_buf *key, int64_t epoch, int64_t seq) {
    store_key_int(key, epoch);
    store_key_int(key, seq);
    return bus_span(key);
}

/* The head is one record for each epoch: its last number and that entry's hash. */
static mx_status put_head(const struct bus *bus, struct store_view *view, int64_t seq, const uint8_t hash[BUS_HASH_BYTES]) {
    struct base_buf key, value;
    base_buf_init(&key, store_view_arena(view));
    base_buf_init(&value, store_view_arena(view));
    store_key_int(&key, bus->epoch);
    store_key_int(&value, seq);
    base_buf_add(&value, hash, BUS_HASH_BYTES);
    return store_raw_put(view, STORE_SPACE_LOG_HEAD, bus_span(&key), bus_span(&value));
}

mx_status bus_epoch_head(struct store_view *view, int64_t epoch, int64_t *seq, uint8_t hash[BUS_HASH_BYTES]) {
    struct base_buf key;
    struct store_span value;
    mx_status st;
    base_buf_init(&key, store_view_arena(view));
    store_key_int(&key, epoch);
    st = store_raw_get(view, STORE_SPACE_LOG_HEAD, bus_span(&key), &value);
    if (st == MX_NONE) {
        *seq = 0;
        memset(hash, 0, BUS_HASH_BYTES);
        return MX_OK;
    }
    if (st != MX_OK) return st;
    if (!store_key_take_int(&value, seq) || value.len != BUS_HASH_BYTES) return MX_E_DAMAGED;
    memcpy(hash, value.ptr, BUS_HASH_BYTES);
    return MX_OK;
}

mx_status bus_head(struct bus *bus, struct store_view *view, int64_t *seq, uint8_t hash[CRYPTO_HASH_BYTES]) {
    return bus_epoch_head(view, bus->epoch, seq, hash);
}

static void encode(const struct bus_entry *entry, struct base_buf *out) {
    struct log_entry log = {~UINT64_C(0), entry->actor, entry->at_ms, entry->data, entry->epoch,
                            entry->name,  entry->node,  entry->op,    entry->seq};
    json_encode(out, &log_entry_type, &log, 0);
}

mx_status bus_append(struct bus *bus, struct store_view *view, struct bus_entry *entry) {
    uint8_t prev[BUS_HASH_BYTES], hash[BUS_HASH_BYTES];
    struct bus_entry numbered = *entry;
    struct base_buf key, json, value;
    int64_t seq;
    mx_status st = bus_head(bus, view, &seq, prev);
    if (st != MX_OK) return st;
    numbered.epoch = bus->epoch;
    numbered.seq = seq + 1;
    numbered.node = mx_str_of(bus->node);
    base_buf_init(&key, store_view_arena(view));
    base_buf_init(&json, store_view_arena(view));
    base_buf_init(&value, store_view_arena(view));
    encode(&numbered, &json);
    bus_chain_hash(bus, prev, bus_span(&json), hash);
    base_buf_add(&value, hash, BUS_HASH_BYTES);
    base_buf_str(&value, base_buf_view(&json));
    st = store_raw_put(view, STORE_SPACE_LOG, entry_key(&key, numbered.epoch, numbered.seq), bus_span(&value));
    if (st == MX_OK) st = put_head(bus, view, numbered.seq, hash);
    if (st == MX_OK) *entry = numbered;
    return st;
}

mx_status bus_entry_bytes(struct store_view *view, int64_t epoch, int64_t seq, uint8_t hash[BUS_HASH_BYTES], struct store_span *json) {
    struct base_buf key;
    struct store_span value;
    mx_status st;
    base_buf_init(&key, store_view_arena(view));
    st = store_raw_get(view, STORE_SPACE_LOG, entry_key(&key, epoch, seq), &value);
    if (st != MX_OK) return st;
    if (value.len < BUS_HASH_BYTES) return MX_E_DAMAGED;
    memcpy(hash, value.ptr, BUS_HASH_BYTES);
    json->ptr = value.ptr + BUS_HASH_BYTES;
    json->len = value.len - BUS_HASH_BYTES;
    return MX_OK;
}

/* There is no entry of this number: behind the head that is the end, before it one was lost. */
static mx_status end_or_gap(struct store_view *view, int64_t epoch, int64_t seq) {
    uint8_t hash[BUS_HASH_BYTES];
    int64_t head;
    mx_status st = bus_epoch_head(view, epoch, &head, hash);
    if (st != MX_OK) return st;
    return seq >= 1 && seq <= head ? MX_E_DAMAGED : MX_NONE;
}

mx_status bus_read(struct bus *bus, struct store_view *view, int64_t seq, struct bus_entry *entry) {
    return bus_epoch_read(view, bus->epoch, seq, entry);
}

mx_status bus_epoch_read(struct store_view *view, int64_t epoch, int64_t seq, struct bus_entry *entry) {
    uint8_t hash[BUS_HASH_BYTES];
    struct store_span json;
    struct log_entry log;
    mx_status st = bus_entry_bytes(view, epoch, seq, hash, &json);
    if (st == MX_NONE) st = end_or_gap(view, epoch, seq);
    if (st != MX_OK) return st;
    st = json_decode(store_view_arena(view), &log_entry_type, mx_str_n((const char *)json.ptr, json.len), JSON_STORE, &log, NULL);
    if (st != MX_OK) return MX_E_DAMAGED;
    entry->epoch = log.epoch;
    entry->seq = log.seq;
    entry->at_ms = log.at;
    entry->node = log.node;
    entry->name = log.name;
    entry->actor = log.actor;
    entry->op = log.op;
    entry->data = log.data;
    return MX_OK;
}
