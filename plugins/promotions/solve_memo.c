/* Memory of the walk: two ways to the same state need to be followed once, from where most was gained. It holds what was followed to
 * the end only, so it stays true whatever prices and however many turns come later. States are told apart by 128 bits: two of the
 * at most hundred thousand states of a search that differ and share them are not to be met with. */
#include "solve_search.h"

#define MEMO_FIRST 128
#define MEMO_LAST  65536

struct solve_memo {
    struct solve_key key; /* both 0: empty */
    int64_t gain;
};

/* Both halves are one to one in each value, and mixed differently. */
static struct solve_key mix(struct solve_key key, int64_t value) {
    key.high = (key.high ^ (uint64_t)value) * UINT64_C(0x9e3779b97f4a7c15);
    key.high ^= key.high >> 32;
    key.low = (key.low + (uint64_t)value) * UINT64_C(0xbf58476d1ce4e5b9);
    key.low ^= key.low >> 29;
    return key;
}

/* What of a unit decides what it can still gain; the gain that does not is added to *gain. */
static struct solve_key mix_groups(const struct solve_unit *unit, struct solve_key key, int64_t *gain, int capped) {
    int64_t groups = unit->count ? unit->times : 0, sum = unit->gain;
    uint32_t p;
    if (unit->parts[0].kind == SOLVE_PART_CHUNK) {
        key = mix(key, unit->counted || unit->size == 0 ? unit->count : unit->count % unit->size);
    } else {
        for (p = 0; unit->count > 0 && p < unit->part_count; p++)
            if (unit->parts[p].need > 0 && unit->has[p] / unit->parts[p].need < groups) groups = unit->has[p] / unit->parts[p].need;
        for (p = 0; p < unit->part_count; p++) key = mix(key, unit->has[p] - (unit->counted ? 0 : groups * unit->parts[p].need));
        sum += groups * unit->fixed;
    }
    if (unit->single && unit->count == unit->size) {
        if (sum > unit->room) sum = unit->room;
    } else if (unit->single) {
        key = mix(mix(key, sum), unit->room);
    }
    if (capped) key = mix(key, sum);
    *gain += sum;
    return key;
}

static struct solve_key mix_set(const struct solve_unit *unit, struct solve_key key, int64_t *gain, int capped, int repeats) {
    uint32_t p;
    if (unit->part_count == 0) return key;
    for (p = 0; p < unit->part_count; p++) {
        const struct solve_part *part = &unit->parts[p];
        key = mix(key, unit->spend < part->spend ? part->spend - unit->spend : 0);
        key = mix(key, unit->count < part->need ? part->need - unit->count : 0);
        key = mix(key, unit->lin[p] - unit->lin[0]);
        if (part->guess) key = mix(mix(key, unit->spend), unit->room);
    }
    key = mix(key, unit->count > 0);
    if (unit->quota >= 0) key = mix(key, unit->count);
    if (capped || repeats) key = mix(key, unit->lin[0]);
    /* Only a set that has more room than any of its amounts may forget how much. */
    for (p = 0; p < unit->part_count; p++)
        if (unit->room < unit->parts[p].amount + unit->lin[p]) break;
    key = mix(key, p < unit->part_count ? unit->room : -1);
    *gain += unit->lin[0];
    return key;
}

static struct solve_key key_of(const struct solve_search *search, uint32_t pos, uint32_t from, int64_t *gain) {
    struct solve_key key = {UINT64_C(0x243f6a8885a308d3), UINT64_C(0x13198a2e03707344)};
    uint32_t u, b;
    key = mix(key, pos);
    key = mix(key, pos > 0 && pos < search->piece_count && search->piece_class[pos] == search->piece_class[pos - 1] ? from : 0);
    for (u = 0; u < search->unit_count; u++) {
        const struct solve_unit *unit = &search->units[u];
        const struct solve_offer *offer = &search->question->offers[unit->offer];
        int capped = offer->most >= 0;
        if (unit->form == SOLVE_SET) {
            key = mix_set(unit, key, gain, capped, offer->repeats);
        } else if (unit->form == SOLVE_EACH) {
            key = mix(key, unit->quota >= 0 ? unit->count : 0);
            if (capped) key = mix(key, unit->gain);
            *gain += unit->gain;
        } else {
            key = mix_groups(unit, key, gain, capped);
        }
    }
    for (b = 0; b < search->block_count; b++)
        if (search->blocks[b].offers > 1) key = mix(key, search->blocks[b].active);
    if (!key.high && !key.low) key.low = 1;
    return key;
}

static struct solve_memo *slot_of(const struct solve_search *search, struct solve_key key) {
    return &search->memo[(key.high >> 7) & (search->memo_room - 1)];
}

static int same(struct solve_key a, struct solve_key b) { return a.high == b.high && a.low == b.low; }

int solve_memo_seen(struct solve_search *search, uint32_t pos, uint32_t from, struct solve_key *key) {
    struct solve_memo *slot;
    int64_t gain = 0;
    if (search->memo_room == 0 || (search->memo_room < MEMO_LAST && search->steps > search->memo_room * search->node_steps)) {
        search->memo_room = search->memo_room ? 8 * search->memo_room : MEMO_FIRST;
        search->memo = solve_new(search->memory, search->memo_room, sizeof(*search->memo));
    }
    *key = key_of(search, pos, from, &gain);
    slot = slot_of(search, *key);
    if (same(slot->key, *key) && slot->gain >= gain) return 1;
    slot->key = *key;
    slot->gain = gain;
    return 0;
}

void solve_memo_forget(struct solve_search *search, struct solve_key key) {
    struct solve_memo *slot = slot_of(search, key);
    if (same(slot->key, key)) memset(&slot->key, 0, sizeof(slot->key));
}
