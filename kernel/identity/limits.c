/* Limits of tries a minute, in memory: for each name a bucket that fills up again steadily, and one for the whole shop, so
 * that whoever tries many names gets no further. The table is bounded: the bucket that has been quiet longest gives way. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "identity/internal.h"

#define SETS      512u
#define WAYS      8u
#define SHOPS     64u /* kinds of limits with a bucket of the whole shop */
#define WINDOW_US INT64_C(60000000)

struct identity_bucket {
    uint64_t name;   /* keyed hash of what and whom; 0 = free */
    int64_t full_us; /* when the bucket will be full again */
};

struct limit {
    struct identity_bucket *bucket;
    int64_t step_us; /* that one try takes to come back */
};

static uint64_t name_of(const struct identity *identity, const char *what, struct mx_str name) {
    uint64_t hash = crypto_checksum(identity->token_key, what, strlen(what), name.ptr, name.len);
    return hash ? hash : 1;
}

/* The name's bucket, or the one of its set that has been quiet longest, emptied for it. */
static struct identity_bucket *bucket_of(struct identity_bucket *set, uint32_t ways, uint64_t name) {
    struct identity_bucket *quiet = set;
    uint32_t i;
    for (i = 0; i < ways; i++) {
        if (set[i].name == name) return &set[i];
        if (set[i].full_us < quiet->full_us) quiet = &set[i];
    }
    quiet->name = name;
    quiet->full_us = 0;
    return quiet;
}

static uint32_t find(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute,
                     struct limit limits[2]) {
    uint64_t one = name_of(identity, what, name), all = name_of(identity, what, mx_str_n(NULL, 0));
    uint32_t count = 0;
    if (!identity->buckets) return 0;
    if (per_minute) {
        limits[count].bucket = bucket_of(identity->buckets + one % SETS * WAYS, WAYS, one);
        limits[count++].step_us = WINDOW_US / per_minute;
    }
    if (shop_per_minute) {
        limits[count].bucket = bucket_of(identity->buckets + SETS * WAYS, SHOPS, all);
        limits[count++].step_us = WINDOW_US / shop_per_minute;
    }
    return count;
}

mx_status identity_limit_at(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute,
                            int64_t now_ms, uint32_t *wait_s) {
    int64_t now_us = now_ms * 1000, wait_us = 0;
    struct limit limits[2];
    uint32_t i, count;
    pthread_mutex_lock(&identity->limit_lock);
    if (!identity->buckets) identity->buckets = calloc(SETS * WAYS + SHOPS, sizeof(*identity->buckets));
    count = find(identity, what, name, per_minute, shop_per_minute, limits);
    for (i = 0; i < count; i++) {
        int64_t over_us;
        if (limits[i].bucket->full_us < now_us) limits[i].bucket->full_us = now_us;
        if (limits[i].bucket->full_us > now_us + WINDOW_US) limits[i].bucket->full_us = now_us + WINDOW_US; /* the clock was set back */
        over_us = limits[i].bucket->full_us + limits[i].step_us - now_us - WINDOW_US;
        if (over_us > wait_us) wait_us = over_us;
    }
    for (i = 0; wait_us == 0 && i < count; i++) limits[i].bucket->full_us += limits[i].step_us;
    count = identity->buckets != NULL;
    pthread_mutex_unlock(&identity->limit_lock);
    if (count && wait_us == 0) return MX_OK;
    if (wait_s) *wait_s = (uint32_t)((wait_us + 999999) / 1000000);
    return count ? MX_E_TOO_MANY : MX_E_NOMEM;
}

mx_status identity_limit(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute,
                         uint32_t *wait_s) {
    return identity_limit_at(identity, what, name, per_minute, shop_per_minute, base_steady_ms(), wait_s);
}

void identity_limit_back(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute) {
    struct limit limits[2];
    uint32_t i, count;
    pthread_mutex_lock(&identity->limit_lock);
    count = find(identity, what, name, per_minute, shop_per_minute, limits);
    for (i = 0; i < count; i++) limits[i].bucket->full_us -= limits[i].step_us;
    pthread_mutex_unlock(&identity->limit_lock);
}

/* Names of the two clocks are kept apart: a bucket knows only one. */
static const char *by_shop(char text[64], const char *what) {
    snprintf(text, 64, "shop:%.50s", what);
    return text;
}

mx_status identity_limit_by(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute,
                            int64_t now_ms, uint32_t *wait_s) {
    char text[64];
    return identity_limit_at(identity, by_shop(text, what), name, per_minute, shop_per_minute, now_ms, wait_s);
}

void identity_limit_return(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute) {
    char text[64];
    identity_limit_back(identity, by_shop(text, what), name, per_minute, shop_per_minute);
}

/* ---- places that proofs came from ---- */

static uint32_t place_of(const struct identity *identity, uint64_t place) {
    uint32_t i = 0;
    while (i < IDENTITY_WELCOME && identity->welcome[i] != place) i++;
    return i;
}

int identity_welcome(struct identity *identity, struct mx_str place) {
    uint64_t name = name_of(identity, "welcome", place);
    int known;
    pthread_mutex_lock(&identity->limit_lock);
    known = place_of(identity, name) < IDENTITY_WELCOME;
    pthread_mutex_unlock(&identity->limit_lock);
    return known;
}

void identity_welcome_back(struct identity *identity, struct mx_str place) {
    uint64_t name = name_of(identity, "welcome", place);
    uint32_t i;
    pthread_mutex_lock(&identity->limit_lock);
    i = place_of(identity, name);
    if (i == IDENTITY_WELCOME) i--;
    for (; i > 0; i--) identity->welcome[i] = identity->welcome[i - 1];
    identity->welcome[0] = name;
    pthread_mutex_unlock(&identity->limit_lock);
}

void identity_limits_fini(struct identity *identity) {
    free(identity->buckets);
    identity->buckets = NULL;
}
