/* Following the hash chain from end to end. */
#include <inttypes.h>
#include <stdio.h>

#include "bus/internal.h"

#define ENTRIES_A_SLICE 5000

struct chain {
    struct bus *bus;
    void (*found)(void *arg, const char *what);
    void *arg;
    int64_t seq;  /* last one looked at */
    int64_t head; /* last one there should be, as seen when the slice began */
    int broken;   /* an entry is missing or damaged, so that the next hash cannot be checked against it */
    uint8_t prev[BUS_HASH_BYTES];
};

static void say(struct chain *chain, int64_t seq, const char *what) {
    char text[160];
    snprintf(text, sizeof(text), "log entry %" PRId64 ": %s", seq, what);
    chain->found(chain->arg, text);
}

static mx_status look(struct chain *chain, struct store_view *view) {
    uint8_t stored[BUS_HASH_BYTES], computed[BUS_HASH_BYTES];
    struct store_span json;
    mx_status st = bus_entry_bytes(chain->bus, view, ++chain->seq, stored, &json);
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

/* One slice with a snapshot of its own. MX_DONE at the head. */
static mx_status slice(struct chain *chain, struct base_arena *arena) {
    uint8_t head_hash[BUS_HASH_BYTES];
    struct store_view *view;
    int n;
    mx_status st = store_read_begin(chain->bus->store, arena, &view);
    if (st != MX_OK) return st;
    st = bus_head(chain->bus, view, &chain->head, head_hash);
    for (n = 0; st == MX_OK && n < ENTRIES_A_SLICE && chain->seq < chain->head; n++) st = look(chain, view);
    if (st == MX_OK && chain->seq == chain->head) {
        struct bus_entry beyond;
        if (!chain->broken && chain->head > 0 && !crypto_equal(chain->prev, head_hash, sizeof(head_hash)))
            say(chain, chain->head, "it is not the one that the head names");
        if (bus_read(chain->bus, view, chain->head + 1, &beyond) != MX_NONE) say(chain, chain->head + 1, "it stands behind the head");
        st = MX_DONE;
    }
    store_read_end(view);
    return st;
}

mx_status bus_verify(struct bus *bus, int64_t from, void (*found)(void *arg, const char *what), void *arg) {
    struct chain chain = {.bus = bus, .found = found, .arg = arg, .seq = from > 1 ? from - 1 : 0, .broken = from > 1};
    struct base_arena *arena = base_arena_new(64 << 10);
    mx_status st;
    do {
        base_arena_reset(arena);
        st = slice(&chain, arena);
    } while (st == MX_OK);
    base_arena_free(arena);
    if (st == MX_E_DAMAGED) {
        found(arg, "log head: its bytes are damaged");
        return MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}
