/* Guessing codes: twenty different wrong ones in ten minutes from one principal at one device, and its next ones are not looked
 * at. Kept in memory, for a quote cannot write; whoever guesses locks out himself alone, not the other tills of the shop. The
 * same wrong code counts once, so that a till which prices its cart again and again is not taken for a guesser. */
#include <sched.h>
#include <stdatomic.h>

#include "internal.h"

#define WRONG_MAX 20u
#define WINDOW_MS INT64_C(600000)
#define PLACES    1024u

struct wrong {
    uint64_t code;
    int64_t at;
};

struct place {
    uint64_t name; /* 0 = free */
    int64_t last;
    uint32_t next; /* slot that the next wrong code takes */
    struct wrong wrong[WRONG_MAX];
};

static struct place places[PLACES];
static atomic_flag taken = ATOMIC_FLAG_INIT;

static void take(void) {
    while (atomic_flag_test_and_set_explicit(&taken, memory_order_acquire)) sched_yield();
}

static void leave(void) { atomic_flag_clear_explicit(&taken, memory_order_release); }

/* FNV-1a, 64 bits. */
static uint64_t fold(uint64_t hash, struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++) hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t name_of(struct mx_ctx *ctx) {
    uint64_t hash = fold(UINT64_C(14695981039346656037), ctx->identity->principal(ctx));
    hash = fold(hash ^ 0xff, ctx->identity->device(ctx));
    return hash ? hash : 1;
}

/* The principal's place; when there is none and `make`, the one of its eight that was quiet longest. */
static struct place *place_of(uint64_t name, int make) {
    struct place *set = &places[name % (PLACES / 8) * 8], *quiet = set;
    uint32_t i;
    for (i = 0; i < 8; i++) {
        if (set[i].name == name) return &set[i];
        if (set[i].last < quiet->last) quiet = &set[i];
    }
    if (!make) return NULL;
    memset(quiet, 0, sizeof(*quiet));
    quiet->name = name;
    return quiet;
}

static int is_fresh(const struct wrong *wrong, int64_t now) { return wrong->at > now - WINDOW_MS && wrong->at <= now && wrong->code; }

int promotions_guess_locked(struct mx_ctx *ctx) {
    const struct place *place;
    uint32_t i, fresh = 0;
    take();
    place = place_of(name_of(ctx), 0);
    for (i = 0; place && i < WRONG_MAX; i++) fresh += (uint32_t)is_fresh(&place->wrong[i], ctx->expiry_ms);
    leave();
    return fresh == WRONG_MAX;
}

void promotions_guess_wrong(struct mx_ctx *ctx, struct mx_str hash) {
    uint64_t code = fold(UINT64_C(14695981039346656037), hash) | 1;
    struct place *place;
    uint32_t i = 0;
    take();
    place = place_of(name_of(ctx), 1);
    while (i < WRONG_MAX && !(place->wrong[i].code == code && is_fresh(&place->wrong[i], ctx->expiry_ms))) i++;
    if (i == WRONG_MAX) {
        place->wrong[place->next] = (struct wrong){code, ctx->expiry_ms};
        place->next = (place->next + 1) % WRONG_MAX;
    }
    place->last = ctx->expiry_ms;
    leave();
}
