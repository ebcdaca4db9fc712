#include "base/id.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#define ULID_CHARS 26u
#define HALF       40u /* of the 80 random bits */
#define HALF_BITS  ((UINT64_C(1) << HALF) - 1)
#define HALF_CHARS 8u
#define STEP_BITS  ((UINT64_C(1) << 48) - 1)

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static uint64_t rotate(uint64_t x, unsigned bits) { return (x << bits) | (x >> (64 - bits)); }

uint64_t base_random_next(struct base_random *random) {
    uint64_t *s = random->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

void base_random_seed(struct base_random *random) {
    char *at = (char *)random->s;
    size_t left = sizeof(random->s);
    while (left) {
        ssize_t got = getrandom(at, left, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) abort(); /* no randomness: ids could collide */
        at += got;
        left -= (size_t)got;
    }
    if (!(random->s[0] | random->s[1] | random->s[2] | random->s[3])) random->s[0] = 1;
}

void base_random_seed_from(struct base_random *random, uint64_t seed) {
    unsigned i;
    for (i = 0; i < 4; i++) { /* SplitMix64, as the generator's authors advise */
        uint64_t z = (seed += UINT64_C(0x9e3779b97f4a7c15));
        z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
        random->s[i] = z ^ (z >> 31);
    }
}

/* Big-endian: texts sort as the numbers do. */
static void write_bits(char *at, unsigned chars, uint64_t bits) {
    for (; chars-- > 0; bits >>= 5) at[chars] = crockford[bits & 31];
}

static struct mx_str write_id(struct base_arena *arena, const char *prefix, int64_t ms, uint64_t high, uint64_t low) {
    size_t prefix_len = strlen(prefix);
    char *id = base_arena_grab(arena, prefix_len + ULID_CHARS + 2);
    char *at = id + prefix_len + 1;
    memcpy(id, prefix, prefix_len);
    id[prefix_len] = '_';
    write_bits(at, 10, (uint64_t)ms & UINT64_C(0xffffffffffff));
    write_bits(at + 10, HALF_CHARS, high);
    write_bits(at + 18, HALF_CHARS, low);
    at[ULID_CHARS] = 0;
    return mx_str_n(id, prefix_len + 1 + ULID_CHARS);
}

static int64_t not_before_1970(int64_t ms) { return ms > 0 ? ms : 0; }

struct mx_str base_id_new(struct base_arena *arena, const char *prefix, int64_t now_ms, struct base_random *random) {
    uint64_t high = base_random_next(random) & HALF_BITS;
    uint64_t low = base_random_next(random) & HALF_BITS;
    return write_id(arena, prefix, not_before_1970(now_ms), high, low);
}

static void begin_ms(struct base_ids *ids, int64_t ms, struct base_random *random) {
    ids->ms = ms;
    ids->high = base_random_next(random) & HALF_BITS;
    ids->low = base_random_next(random) & HALF_BITS;
}

/* A step of up to 2^48: nobody guesses the next id from the last one, and a million of them use a thousandth of a millisecond's numbers. */
static void step(struct base_ids *ids, struct base_random *random) {
    uint64_t by = (base_random_next(random) & STEP_BITS) + 1;
    uint64_t low = ids->low + (by & HALF_BITS);
    ids->low = low & HALF_BITS;
    ids->high += (by >> HALF) + (low >> HALF);
    if (ids->high > HALF_BITS) begin_ms(ids, ids->ms + 1, random);
}

struct mx_str base_id_next(struct base_arena *arena, const char *prefix, int64_t now_ms, struct base_random *random, struct base_ids *ids) {
    now_ms = not_before_1970(now_ms);
    if (now_ms > ids->ms || ids->ms - now_ms > BASE_IDS_BACK_MS)
        begin_ms(ids, now_ms, random);
    else
        step(ids, random);
    return write_id(arena, prefix, ids->ms, ids->high, ids->low);
}

static int crockford_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && c != 'I' && c != 'L' && c != 'O' && c != 'U');
}

static int prefix_valid(struct mx_str text) {
    uint32_t i;
    if (text.len < 2 || text.len > 8) return 0;
    for (i = 0; i < text.len; i++) {
        if (text.ptr[i] < 'a' || text.ptr[i] > 'z') return 0;
    }
    return 1;
}

int base_id_valid(struct mx_str text, const char *prefix) {
    struct mx_str head;
    const char *ulid;
    uint32_t i;
    if (text.len <= ULID_CHARS + 1 || text.len > BASE_ID_MAX) return 0;
    head = mx_str_n(text.ptr, text.len - ULID_CHARS - 1);
    ulid = text.ptr + head.len + 1;
    if (text.ptr[head.len] != '_') return 0;
    if (prefix ? !mx_str_is(head, prefix) : !prefix_valid(head)) return 0;
    if (ulid[0] > '7') return 0;
    for (i = 0; i < ULID_CHARS; i++) {
        if (!crockford_char(ulid[i])) return 0;
    }
    return 1;
}
