/* Exact counts of tries, in memory: five for a code, ten wrong PINs a day. The table is bounded: when a set is full, the name that was
 * tried least gives way, and how many names can be tried in a minute is limited before. */
#include <stdlib.h>

#include "identity/customer.h"

#define SETS 1024u
#define WAYS 8u

struct identity_tried {
    uint64_t name; /* keyed hash of what and whom; 0 = free */
    int64_t until_ms;
    uint32_t count;
};

static uint64_t name_of(const struct identity *identity, const char *what, struct mx_str name) {
    return crypto_checksum(identity->token_key, what, strlen(what), name.ptr, name.len) | 1;
}

/* With the lock held: its place, or one that is made its own (until_ms not 0); NULL: it has none. */
static struct identity_tried *place_of(struct identity *identity, uint64_t name, int64_t now_ms, int64_t until_ms) {
    struct identity_tried *set = identity->tried + name / 2 % SETS * WAYS, *spare = set;
    uint32_t i;
    for (i = 0; i < WAYS; i++) {
        if (set[i].until_ms <= now_ms) memset(&set[i], 0, sizeof(set[i]));
        if (set[i].name == name) return &set[i];
        if (set[i].count < spare->count) spare = &set[i];
    }
    if (until_ms == 0) return NULL;
    spare->name = name;
    spare->until_ms = until_ms;
    spare->count = 0;
    return spare;
}

int identity_try(struct identity *identity, const char *what, struct mx_str name, uint32_t tries, int64_t now_ms, int64_t until_ms) {
    struct identity_tried *place = NULL;
    int left;
    pthread_mutex_lock(&identity->limit_lock);
    if (!identity->tried) identity->tried = calloc(SETS * WAYS, sizeof(*identity->tried));
    if (identity->tried) place = place_of(identity, name_of(identity, what, name), now_ms, until_ms);
    left = place && place->count < tries;
    if (left) place->count++;
    pthread_mutex_unlock(&identity->limit_lock);
    return left;
}

void identity_tries_over(struct identity *identity, const char *what, struct mx_str name) {
    struct identity_tried *place = NULL;
    pthread_mutex_lock(&identity->limit_lock);
    if (identity->tried) place = place_of(identity, name_of(identity, what, name), INT64_MIN, 0);
    if (place) memset(place, 0, sizeof(*place));
    pthread_mutex_unlock(&identity->limit_lock);
}

void identity_tries_fini(struct identity *identity) {
    free(identity->tried);
    identity->tried = NULL;
}
