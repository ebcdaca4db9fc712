/* Typed, sortable ids: prefix "_" 26 Crockford base32 characters of a ULID (48 bits of milliseconds, 80 random). */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/arena.h"

#define BASE_ID_MAX 64

/* Random numbers of one command: seeded once, so that a command is a function of its inputs (xoshiro256**; not for
 * secrets). */
struct base_random {
    uint64_t s[4];
};

/* Seed from the system. */
void base_random_seed(struct base_random *random);
/* Seed from a number (tests, replays). */
void base_random_seed_from(struct base_random *random, uint64_t seed);
uint64_t base_random_next(struct base_random *random);

/* A fresh id. Of two made in one millisecond either may be the greater. */
struct mx_str base_id_new(struct base_arena *arena, const char *prefix, int64_t now_ms, struct base_random *random);

/* The last number that one maker of ids gave; zeroed: none yet. One thread's own. */
struct base_ids {
    int64_t ms;
    uint64_t high, low; /* 40 random bits each */
};

#define BASE_IDS_BACK_MS INT64_C(3600000)

/* A fresh id behind all that this maker gave before, whatever their prefixes: within a millisecond, and while the clock stands up to
 * BASE_IDS_BACK_MS behind the last one, each is a random step greater. A clock further back than that begins anew: it was set. */
struct mx_str base_id_next(struct base_arena *arena, const char *prefix, int64_t now_ms, struct base_random *random, struct base_ids *ids);

/* 1 when text is `prefix` "_" 26 Crockford characters (upper case, first one 0-7); prefix NULL = any of 2-8 letters. */
int base_id_valid(struct mx_str text, const char *prefix);

#endif
