/* Compiled sets beside the one in force, for whoever looks back or tries something out. A state serves one caller at a time;
 * those that are free wait for the next one. The last few versions that were asked for are remembered. */
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "script/version.h"

#define REMEMBERED 8
#define FREE_MAX   4           /* states that wait at a stand ... */
#define FREE_BYTES (64u << 20) /* ... and what those of all stands may hold */

struct seat {
    struct seat *next;
    struct script_state *state;
};

struct script_stand {
    struct script_set *set;
    struct seat *free, *busy;
    uint32_t waiting; /* in `free` */
    uint32_t users;
    uint64_t used; /* when it was asked for last */
    struct script_stand *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct script_stand *all; /* everyone that is alive */
static struct script_stand *remembered[REMEMBERED];
static uint64_t uses;
static size_t free_bytes; /* of all states that wait */

struct script_set *script_stand_set(struct script_stand *stand) {
    return stand->set;
}

struct script_stand *script_stand_new(struct script_set *set) {
    struct script_stand *stand = calloc(1, sizeof(*stand));
    if (stand == NULL) {
        script_set_drop(set);
        return NULL;
    }
    stand->set = set;
    stand->users = 1;
    pthread_mutex_lock(&lock);
    stand->next = all;
    all = stand;
    pthread_mutex_unlock(&lock);
    if (set->function_rules > 0) script_watch_start();
    return stand;
}

struct script_stand *script_stand_hold(struct script_stand *stand) {
    pthread_mutex_lock(&lock);
    stand->users++;
    pthread_mutex_unlock(&lock);
    return stand;
}

static void seats_free(struct seat *seat) {
    while (seat != NULL) {
        struct seat *next = seat->next;
        script_state_free(seat->state);
        free(seat);
        seat = next;
    }
}

static void stand_free(struct script_stand *stand) {
    seats_free(stand->free);
    script_set_drop(stand->set);
    free(stand);
}

void script_stand_let(struct script_stand *stand) {
    struct script_stand **at;
    struct seat *seat;
    int last;
    if (stand == NULL) return;
    pthread_mutex_lock(&lock);
    last = --stand->users == 0;
    for (at = &all; last && *at != stand; at = &(*at)->next) {
    }
    if (last) *at = stand->next;
    for (seat = last ? stand->free : NULL; seat != NULL; seat = seat->next) free_bytes -= seat->state->memory.used;
    pthread_mutex_unlock(&lock);
    if (last) stand_free(stand);
}

/* ---- states ---- */

static struct seat *seat_new(struct script_stand *stand) {
    char problem[SCRIPT_FAULT_TEXT];
    struct seat *seat = calloc(1, sizeof(*seat));
    if (seat == NULL) return NULL;
    seat->state = script_state_load(stand->set, 0, 0, 0, problem);
    if (seat->state != NULL) return seat;
    base_log(BASE_LOG_ERROR, "script", "version %s of the rules runs without its functions: %s", stand->set->version, problem);
    free(seat);
    return NULL;
}

static struct seat *seat_take(struct script_stand *stand) {
    struct seat *seat;
    if (stand->set->function_rules == 0) return NULL;
    pthread_mutex_lock(&lock);
    seat = stand->free;
    if (seat != NULL) {
        stand->free = seat->next;
        stand->waiting--;
        free_bytes -= seat->state->memory.used;
    }
    pthread_mutex_unlock(&lock);
    if (seat == NULL) seat = seat_new(stand);
    if (seat == NULL) return NULL;
    seat->state->has_clock = pthread_getcpuclockid(pthread_self(), &seat->state->clock) == 0;
    pthread_mutex_lock(&lock);
    seat->next = stand->busy;
    stand->busy = seat;
    pthread_mutex_unlock(&lock);
    return seat;
}

/* Under the lock: the free states of others, those asked longest ago first, until there is room for this one. */
static struct seat *make_room(const struct script_stand *stand, size_t bytes) {
    struct seat *out = NULL, *seat;
    while (free_bytes + bytes > FREE_BYTES) {
        struct script_stand *at, *oldest = NULL;
        for (at = all; at != NULL; at = at->next)
            if (at != stand && at->free != NULL && (oldest == NULL || at->used < oldest->used)) oldest = at;
        if (oldest == NULL) break;
        seat = oldest->free;
        oldest->free = seat->next;
        oldest->waiting--;
        free_bytes -= seat->state->memory.used;
        seat->next = out;
        out = seat;
    }
    return out;
}

static void seat_give(struct script_stand *stand, struct seat *seat) {
    struct seat **at, *out;
    size_t bytes;
    int keep;
    if (seat == NULL) return;
    pthread_mutex_lock(&lock);
    for (at = &stand->busy; *at != seat; at = &(*at)->next) {
    }
    *at = seat->next;
    bytes = seat->state->memory.used;
    stand->used = ++uses;
    out = make_room(stand, bytes);
    keep = stand->waiting == 0 || (stand->waiting < FREE_MAX && free_bytes + bytes <= FREE_BYTES);
    seat->next = keep ? stand->free : out;
    if (keep) {
        stand->free = seat;
        stand->waiting++;
        free_bytes += bytes;
    } else
        out = seat;
    pthread_mutex_unlock(&lock);
    seats_free(out);
}

struct seat *script_stand_sit(struct script_stand *stand, struct script_state **state) {
    struct seat *seat = seat_take(stand);
    *state = seat ? seat->state : NULL;
    return seat;
}

void script_stand_rise(struct script_stand *stand, struct seat *seat) { seat_give(stand, seat); }

void script_stand_answer(struct mx_ctx *ctx, struct script_stand *stand, const struct mx_cart *cart, struct mx_offers *out) {
    struct seat *seat = seat_take(stand);
    script_answer(ctx, stand->set, seat ? seat->state : NULL, cart, out);
    seat_give(stand, seat);
}

void script_stands_each(void (*fn)(void *arg, struct script_state *state), void *arg) {
    struct script_stand *stand;
    struct seat *seat;
    pthread_mutex_lock(&lock);
    for (stand = all; stand != NULL; stand = stand->next) {
        for (seat = stand->busy; seat != NULL; seat = seat->next) fn(arg, seat->state);
    }
    pthread_mutex_unlock(&lock);
}

/* ---- remembering ---- */

static struct script_stand *recall(struct mx_str version) {
    uint32_t i;
    for (i = 0; i < REMEMBERED; i++) {
        if (remembered[i] == NULL || !mx_str_is(version, remembered[i]->set->version)) continue;
        remembered[i]->users++;
        remembered[i]->used = ++uses;
        return remembered[i];
    }
    return NULL;
}

struct script_stand *script_stand_recall(struct mx_str version) {
    struct script_stand *stand;
    pthread_mutex_lock(&lock);
    stand = recall(version);
    pthread_mutex_unlock(&lock);
    return stand;
}

/* In the place of the one that was asked for longest ago; somebody else may have brought the same meanwhile. */
void script_stand_remember(struct script_stand *stand) {
    struct script_stand *before;
    uint32_t i, at = 0;
    pthread_mutex_lock(&lock);
    for (i = 0; i < REMEMBERED; i++) {
        if (remembered[i] == NULL || strcmp(remembered[i]->set->version, stand->set->version) == 0) {
            at = i;
            break;
        }
        if (remembered[i]->used < remembered[at]->used) at = i;
    }
    before = remembered[at];
    remembered[at] = stand;
    stand->users++;
    stand->used = ++uses;
    pthread_mutex_unlock(&lock);
    script_stand_let(before);
}

/* The number in "12-0123456789abcdef", 0 when it is none. */
static int64_t number_of(struct mx_str version) {
    int64_t n = 0;
    uint32_t i;
    for (i = 0; i < version.len && version.ptr[i] != '-'; i++) {
    }
    if (i == version.len || !base_parse_int(mx_str_n(version.ptr, i), &n) || n < 1) return 0;
    return n;
}

static mx_status make(struct mx_ctx *ctx, const struct script_version *version, struct script_stand **stand) {
    struct script_files files;
    struct script_state *state;
    struct script_set *set;
    mx_status st = script_version_files(ctx, version, &files);
    if (st == MX_OK) st = script_compile(ctx, &files, &set, &state);
    if (st != MX_OK) return st;
    script_state_free(state);
    memcpy(set->version, script_version_text(ctx, version).ptr, sizeof(set->version));
    *stand = script_stand_new(set);
    if (*stand == NULL) return mx_fail(ctx, MX_E_NOMEM, NULL, "There is no memory for version %lld of the rules.", (long long)version->n);
    script_stand_remember(*stand);
    return MX_OK;
}

mx_status script_stand_get(struct mx_ctx *ctx, struct mx_str version, struct script_stand **stand) {
    struct script_version probe = {.n = number_of(version)}, *kept = NULL;
    mx_status st;
    *stand = script_stand_recall(version);
    if (*stand != NULL || probe.n == 0) return MX_OK;
    st = mx_get(ctx, &script_versions_table, &probe, &kept);
    if (st == MX_NONE || (st == MX_OK && !mx_str_eq(version, script_version_text(ctx, kept)))) return MX_OK;
    if (st == MX_OK) st = script_version_get(ctx, probe.n, NULL, &kept);
    return st == MX_OK ? make(ctx, kept, stand) : st;
}

void script_stands_close(void) {
    struct script_stand *held[REMEMBERED];
    uint32_t i;
    pthread_mutex_lock(&lock);
    memcpy(held, remembered, sizeof(held));
    memset(remembered, 0, sizeof(remembered));
    pthread_mutex_unlock(&lock);
    for (i = 0; i < REMEMBERED; i++) script_stand_let(held[i]);
}

mx_status script_offers_of(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_offers_ask *ask = in;
    struct script_stand *stand;
    mx_status st = script_stand_get(ctx, ask->version, &stand);
    if (st == MX_E_DAMAGED || st == MX_E_BAD_INPUT) {
        mx_log(ctx, MX_LOG_ERROR, "the rules of version %.*s cannot be asked again: %s", (int)ask->version.len, ask->version.ptr,
               mx_dup(ctx, mx_problem(ctx)).ptr);
        return MX_DECLINED;
    }
    if (st != MX_OK) return st;
    if (stand == NULL) return MX_DECLINED;
    script_stand_answer(ctx, stand, ask->cart, out);
    script_stand_let(stand);
    return MX_OK;
}
