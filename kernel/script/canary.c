/* A version tried on a share of carts: the same cart always gets the same rules, quote and sale alike, and the order names them. */
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "script/version.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct script_stand *tried;
static int64_t tried_ppm;
static _Atomic int trying; /* looked at first, because usually nothing is tried */

/* Swap: takes the stand over, NULL = nothing is tried. */
static void put(struct script_stand *stand, int64_t share_ppm) {
    struct script_stand *before;
    pthread_mutex_lock(&lock);
    before = tried;
    tried = stand;
    tried_ppm = share_ppm;
    atomic_store(&trying, stand != NULL);
    pthread_mutex_unlock(&lock);
    script_stand_let(before);
}

void script_canary_close(void) { put(NULL, 0); }

/* A number below a million that depends on version and cart alone: FNV-1a, mixed so that similar keys lie far apart. */
static int64_t draw(const char *version, struct mx_str key) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint32_t i;
    for (; *version; version++) hash = (hash ^ (unsigned char)*version) * UINT64_C(0x100000001b3);
    for (i = 0; i < key.len; i++) hash = (hash ^ (unsigned char)key.ptr[i]) * UINT64_C(0x100000001b3);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 33;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    hash ^= hash >> 33;
    return (int64_t)(hash % MX_PPM_ONE);
}

struct script_stand *script_canary_of(const struct mx_cart *cart) {
    struct script_stand *stand = NULL;
    if (!atomic_load_explicit(&trying, memory_order_relaxed) || cart->key.len == 0) return NULL;
    pthread_mutex_lock(&lock);
    if (tried != NULL && draw(script_stand_set(tried)->version, cart->key) < tried_ppm) stand = script_stand_hold(tried);
    pthread_mutex_unlock(&lock);
    return stand;
}

struct script_set *script_canary_set(void) {
    struct script_set *set = NULL;
    if (!atomic_load_explicit(&trying, memory_order_relaxed)) return NULL;
    pthread_mutex_lock(&lock);
    if (tried != NULL) {
        set = script_stand_set(tried);
        atomic_fetch_add(&set->users, 1);
    }
    pthread_mutex_unlock(&lock);
    return set;
}

/* A stand of the version that counts its own faults. */
static mx_status open_stand(struct mx_ctx *ctx, const struct script_version *version, struct script_stand **stand) {
    struct mx_str text = script_version_text(ctx, version);
    struct script_files files;
    struct script_set *set;
    mx_status st = script_version_files(ctx, version, &files);
    if (st == MX_OK) st = script_set_of(ctx, &files, SCRIPT_UNTESTED, &set);
    if (st != MX_OK) return st;
    memcpy(set->version, text.ptr, text.len + 1);
    *stand = script_stand_new(set);
    return *stand ? MX_OK : mx_fail(ctx, MX_E_NOMEM, NULL, "There is no memory for these rules.");
}

struct coming {
    struct script_stand *stand;
    int64_t share_ppm;
};

static void put_or_drop(void *arg, int32_t kept) {
    struct coming *coming = arg;
    if (kept)
        put(coming->stand, coming->share_ppm);
    else
        script_stand_let(coming->stand);
    free(coming);
}

/* Swap at the end of the command; takes the stand over. */
static mx_status put_at_end(struct mx_ctx *ctx, struct script_stand *stand, int64_t share_ppm) {
    struct coming *coming = malloc(sizeof(*coming));
    mx_status st = coming ? MX_OK : mx_fail(ctx, MX_E_NOMEM, NULL, "There is no memory for these rules.");
    if (coming) *coming = (struct coming){stand, share_ppm};
    if (st == MX_OK) st = mx_settled(ctx, put_or_drop, coming);
    if (st == MX_OK) return MX_OK;
    script_stand_let(stand);
    free(coming);
    return st;
}

mx_status script_canary_begin(struct mx_ctx *ctx) {
    struct script_stand *stand = NULL;
    struct script_version *version;
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st == MX_OK && now->canary) {
        st = script_version_get(ctx, now->canary, NULL, &version);
        if (st == MX_OK) st = open_stand(ctx, version, &stand);
    }
    return st == MX_OK ? put_at_end(ctx, stand, now->canary_ppm) : st;
}

/* ---- rules.canary ---- */

struct canary_ask {
    struct mx_str draft;
    int64_t version;
    int64_t share_ppm;
    uint8_t off;
    struct mx_str note;
};
static const struct mx_field canary_ask_fields[] = {
    MX_F_ID(canary_ask, draft, 0, "rds", "draft that is tried; it becomes a version, and stays a draft"),
    MX_F_INT(canary_ask, version, 0, 1, MX_INT_MAX, "or version that is tried"),
    MX_F_PPM(canary_ask, share_ppm, 0, 1, MX_PPM_ONE, "share of the carts, in parts per million"),
    MX_F_BOOL(canary_ask, off, 0, "end it: every cart gets the rules in force"),
    MX_F_STR(canary_ask, note, MX_MULTILINE | MX_FREE_TEXT, 0, SCRIPT_NOTE_MAX, "why, for those who look back"),
};
MX_TYPE(canary_ask, "rules.canary.ask", "what is tried on a share of carts");

struct canary_answer {
    int64_t version;
    struct mx_str text;
    int64_t share_ppm;
};
static const struct mx_field canary_answer_fields[] = {
    MX_F_INT(canary_answer, version, 0, 0, MX_INT_MAX, "version that is tried; 0 = none"),
    MX_F_STR(canary_answer, text, 0, 0, 64, "the version as orders name it"),
    MX_F_PPM(canary_answer, share_ppm, 0, 0, MX_PPM_ONE, "share of the carts"),
};
MX_TYPE(canary_answer, "rules.canary", "what is tried on a share of carts");

static mx_status check(struct mx_ctx *ctx, const struct canary_ask *ask) {
    if (ask->off && (ask->draft.len || ask->version || ask->share_ppm))
        return mx_fail(ctx, MX_E_BAD_INPUT, "off", "With off nothing else may be said.");
    if (ask->off) return MX_OK;
    if (!ask->draft.len == !ask->version) return mx_fail(ctx, MX_E_BAD_INPUT, "version", "Name either a draft or a version.");
    if (!ask->share_ppm) return mx_fail(ctx, MX_E_MISSING_FIELD, "share_ppm", "Say which share of the carts gets these rules.");
    return MX_OK;
}

static mx_status prepare_canary(struct mx_ctx *ctx, const void *in, void *out) {
    const struct canary_ask *ask = in;
    struct script_version *version;
    struct script_files files;
    mx_status st = check(ctx, ask);
    (void)out;
    if (st != MX_OK || ask->off) return st;
    if (ask->draft.len) return script_try_prepare(ctx, ask->draft);
    st = script_version_get(ctx, ask->version, "version", &version);
    if (st == MX_OK) st = script_version_files(ctx, version, &files);
    return st == MX_OK ? script_prepare(ctx, &files, SCRIPT_UNTESTED) : st;
}

static mx_status remember(struct mx_ctx *ctx, int64_t n, int64_t share_ppm) {
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    now->canary = n;
    now->canary_ppm = share_ppm;
    return script_now_put(ctx, now);
}

static mx_status canary(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct canary_ask *ask = in;
    struct canary_answer *out = out_;
    struct script_stand *stand = NULL;
    struct script_version *version = NULL;
    mx_status st = check(ctx, ask);
    if (st == MX_OK && !ask->off) st = mx_approved(ctx, "rules.publish", 0);
    if (st == MX_OK && !ask->off) st = script_try_version(ctx, ask->draft, ask->version, ask->note, &version);
    if (st == MX_OK && !ask->off) st = open_stand(ctx, version, &stand);
    if (st == MX_OK) st = remember(ctx, version ? version->n : 0, ask->share_ppm);
    if (st != MX_OK) {
        script_stand_let(stand);
        return st;
    }
    if (version != NULL) {
        out->version = version->n;
        out->text = script_version_text(ctx, version);
        out->share_ppm = ask->share_ppm;
    }
    return put_at_end(ctx, stand, ask->share_ppm);
}

const struct mx_op script_op_canary = {sizeof(struct mx_op), 0,
                                       "rules.canary",       "Give a share of the carts the rules of a draft or version, or end that",
                                       "rules.publish",      &canary_ask_type,
                                       &canary_answer_type,  canary,
                                       prepare_canary,       MX_HOME_HERE,
                                       MX_OFFLINE_REFUSE,    "0.3"};
