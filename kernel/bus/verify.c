/* Following the hash chain of each epoch from end to end. */
#include <inttypes.h>
#include <stdio.h>

#include "bus/internal.h"

#define ENTRIES_A_SLICE 5000
#define BYTES_A_SLICE   (8u << 20)

struct chain {
    struct bus *bus;
    void (*found)(void *arg, const char *what);
    void *arg;
    int64_t epoch;
    int64_t seq;  /* last one looked at */
    int64_t head; /* last one there should be, as seen when the slice began */
    int broken;   /* an entry is missing or damaged, so that the next hash cannot be checked against it */
    uint8_t prev[BUS_HASH_BYTES];
    const struct store_pace *pace;
};

static void say(struct chain *chain, int64_t seq, const char *what) {
    char text[160];
    if (chain->epoch == chain->bus->epoch)
        snprintf(text, sizeof(text), "log entry %" PRId64 ": %s", seq, what);
    else
        snprintf(text, sizeof(text), "log entry %" PRId64 " of epoch %" PRId64 ": %s", seq, chain->epoch, what);
    chain->found(chain->arg, text);
}

static mx_status look(struct chain *chain, struct store_view *view) {
    uint8_t stored[BUS_HASH_BYTES], computed[BUS_HASH_BYTES];
    struct store_span json;
    mx_status st = bus_entry_bytes(view, chain->epoch, ++chain->seq, stored, &json);
    if (st == MX_NONE || st == MX_E_DAMAGED) {
        say(chain, chain->seq, st == MX_NONE ? "it is missing" : "its bytes are damaged");
        chain->broken = 1;
        return MX_OK;
    }
    if (st != MX_OK) return st;
    bus_chain_hash(chain->bus, chain->prev, json, computed);
    if (!chain->broken && !crypto_equal(stored, computed, sizeof(stored)))
        say(chain, chain->seq, "its hash does not follow from the one before");
    memcpy(chain->prev, stored, sizeof(stored));
    chain->broken = 0;
    return MX_OK;
}

/* The first readable key of the space at or behind (epoch, seq); seq -1: of the epoch as a whole. MX_NONE. */
static mx_status first_key(struct store_view *view, uint16_t space, int64_t epoch, int64_t seq, int64_t *found_epoch, int64_t *found_seq) {
    struct store_walk *walk;
    struct store_span key, value;
    struct base_buf from;
    mx_status st;
    base_buf_init(&from, store_view_arena(view));
    store_key_int(&from, epoch);
    if (seq >= 0) store_key_int(&from, seq);
    st = store_walk_open(view, space, bus_span(&from), 0, &walk);
    if (st != MX_OK) return st;
    do {
        st = store_walk_next(walk, &key, &value);
        if (st == MX_OK && !store_key_take_int(&key, found_epoch)) st = MX_E_DAMAGED;
        if (st == MX_OK && found_seq && !store_key_take_int(&key, found_seq)) st = MX_E_DAMAGED;
    } while (st == MX_E_DAMAGED);
    return st == MX_DONE ? MX_NONE : st;
}

/* At the head: it names the last entry, and nothing stands behind it. */
static mx_status look_at_end(struct chain *chain, struct store_view *view, const uint8_t head_hash[BUS_HASH_BYTES]) {
    int64_t epoch, seq;
    mx_status st;
    if (!chain->broken && chain->head > 0 && !crypto_equal(chain->prev, head_hash, BUS_HASH_BYTES))
        say(chain, chain->head, "it is not the one that the head names");
    st = first_key(view, STORE_SPACE_LOG, chain->epoch, chain->head + 1, &epoch, &seq);
    if (st == MX_OK && epoch == chain->epoch) say(chain, seq, "it stands behind the head");
    return st == MX_NONE ? MX_OK : st;
}

/* One slice with a snapshot of its own. MX_DONE at the head. */
static mx_status slice(struct chain *chain, struct base_arena *arena) {
    uint8_t head_hash[BUS_HASH_BYTES];
    struct store_view *view;
    int n;
    mx_status st = store_read_begin(chain->bus->store, arena, &view);
    if (st != MX_OK) return st;
    st = bus_epoch_head(view, chain->epoch, &chain->head, head_hash);
    if (st == MX_E_DAMAGED) {
        say(chain, 0, "the head of the log is damaged");
        st = MX_DONE;
    }
    for (n = 0; st == MX_OK && n < ENTRIES_A_SLICE && base_arena_size(arena) < BYTES_A_SLICE && chain->seq < chain->head; n++)
        st = look(chain, view);
    if (st == MX_OK && chain->seq >= chain->head) {
        st = look_at_end(chain, view, head_hash);
        if (st == MX_OK) st = MX_DONE;
    }
    store_read_end(view);
    return st;
}

/* Stand at the entry before `from`, whose hash the next one must follow. */
static mx_status stand_before(struct chain *chain, struct base_arena *arena, int64_t from) {
    struct store_view *view;
    struct store_span json;
    int64_t head;
    mx_status st;
    if (from <= 1) return MX_OK;
    st = store_read_begin(chain->bus->store, arena, &view);
    if (st != MX_OK) return st;
    st = bus_epoch_head(view, chain->epoch, &head, chain->prev);
    chain->seq = st == MX_OK && head < from - 1 ? head : from - 1;
    if (st == MX_OK && chain->seq > 0) st = bus_entry_bytes(view, chain->epoch, chain->seq, chain->prev, &json);
    chain->broken = st != MX_OK;
    store_read_end(view);
    return st == MX_NONE || st == MX_E_DAMAGED ? MX_OK : st;
}

/* The first epoch at or behind `epoch` that has a head or entries. */
static mx_status next_epoch(struct bus *bus, struct base_arena *arena, int64_t epoch, int64_t *next) {
    struct store_view *view;
    int64_t of_head = 0, of_entry = 0, seq;
    mx_status heads, entries, st = store_read_begin(bus->store, arena, &view);
    if (st != MX_OK) return st;
    heads = first_key(view, STORE_SPACE_LOG_HEAD, epoch, -1, &of_head, NULL);
    entries = first_key(view, STORE_SPACE_LOG, epoch, -1, &of_entry, &seq);
    store_read_end(view);
    if (heads < 0 || entries < 0) return heads < 0 ? heads : entries;
    if (heads == MX_NONE && entries == MX_NONE) return MX_NONE;
    *next = heads == MX_NONE || (entries == MX_OK && of_entry < of_head) ? of_entry : of_head;
    return MX_OK;
}

static mx_status follow(struct chain *chain, struct base_arena *arena, int64_t from) {
    mx_status st = stand_before(chain, arena, from);
    while (st == MX_OK) {
        base_arena_reset(arena);
        st = slice(chain, arena);
        if (st >= 0 && chain->pace && !chain->pace->on(chain->pace->arg, chain->seq, chain->head)) st = MX_E_CANCELLED;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status bus_verify(struct bus *bus, int64_t from, void (*found)(void *arg, const char *what), void *arg) {
    return bus_verify_paced(bus, from, found, arg, NULL);
}

mx_status bus_verify_paced(struct bus *bus, int64_t from, void (*found)(void *arg, const char *what), void *arg,
                           const struct store_pace *pace) {
    struct base_arena *arena = base_arena_new(64 << 10);
    int64_t epoch = bus->epoch;
    mx_status st = from > 1 ? MX_OK : next_epoch(bus, arena, 0, &epoch);
    while (st == MX_OK) {
        struct chain chain = {.bus = bus, .found = found, .arg = arg, .epoch = epoch, .pace = pace};
        st = follow(&chain, arena, from);
        if (st != MX_OK || from > 1) break;
        st = next_epoch(bus, arena, epoch + 1, &epoch);
    }
    base_arena_free(arena);
    return st == MX_NONE ? MX_OK : st;
}
