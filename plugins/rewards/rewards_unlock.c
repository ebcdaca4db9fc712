/* Hidden articles that a reward lets a member buy: said as entitlements, counted by the sale. */
#include <inttypes.h>

#include "internal.h"

#define SOURCE      "reward:" /* of an entitlement, and the reward's id */
#define UNLOCKS_MAX 64
#define LOOK_MAX    500 /* rewards of one id that are looked through, the newest first */

static int opens(struct mx_ctx *ctx, const struct reward_held *held) {
    return held->state == REWARD_HELD && mx_str_is(held->kind, MX_REWARD_UNLOCK) && (!held->until || held->until > ctx->expiry_ms);
}

/* Rewards of one id that open something: gives each to `see` until that says stop. */
typedef int (*see_fn)(void *arg, struct reward_held *held);

static mx_status look(struct mx_ctx *ctx, struct mx_str member, see_fn see, void *arg) {
    struct reward_held probe = {.member = member}, *held = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .reverse = 1};
    struct mx_scan *scan = NULL;
    uint32_t seen;
    mx_status st = mx_scan_open(ctx, &rewards_held, &opts, &probe, &scan);
    for (seen = 0; st == MX_OK && seen < LOOK_MAX; seen++) {
        st = mx_scan_next(ctx, scan, &held);
        if (st == MX_OK && opens(ctx, held) && see(arg, held)) return MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

struct listing {
    struct mx_ctx *ctx;
    struct mx_list *list;
};

static int list_one(void *arg, struct reward_held *held) {
    const struct listing *listing = arg;
    struct mx_entitlement *entitlement = mx_list_at(listing->list, listing->list->count++);
    char *source = mx_alloc(listing->ctx, sizeof(SOURCE) + held->id.len);
    memcpy(source, SOURCE, sizeof(SOURCE) - 1);
    memcpy(source + sizeof(SOURCE) - 1, held->id.ptr, held->id.len);
    entitlement->kind = mx_str_of(MX_ENTITLES_UNLOCK);
    entitlement->value = held->sku;
    entitlement->source = mx_str_n(source, sizeof(SOURCE) - 1 + held->id.len);
    entitlement->until = held->until;
    return listing->list->count == UNLOCKS_MAX;
}

/* Asked once for each id of a customer. */
static mx_status entitlements(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct mx_entitlements *answer = out;
    struct listing listing = {ctx, &answer->entitlements};
    mx_status st;
    answer->entitlements = mx_list_new(ctx, UNLOCKS_MAX, sizeof(struct mx_entitlement));
    answer->entitlements.count = 0;
    st = look(ctx, ask->member, list_one, &listing);
    return st == MX_OK && answer->entitlements.count == 0 ? MX_DECLINED : st;
}

const struct mx_answer rewards_entitlements_answer = {sizeof(struct mx_answer), 100,         MX_POINT_ENTITLEMENTS, &mx_member_ask_type,
                                                      &mx_entitlements_type,    entitlements};

/* ---- counted by a sale ---- */

struct counting {
    struct mx_ctx *ctx;
    const struct mx_unlock_use *use;
    int64_t pieces; /* still to be counted */
    int64_t left;
    mx_status st;
};

/* It stays held, and is not given back for its points any more. */
static mx_status note_use(struct counting *counting, struct reward_held *held) {
    if (held->used_at && held->times == 0) return MX_OK;
    held->used_at = counting->ctx->now_ms;
    held->used_by = counting->use->order;
    return rewards_held_put(counting->ctx, held);
}

/* A reward without a limit settles it; of the others pieces are taken until all are. */
static int count_one(void *arg, struct reward_held *held) {
    struct counting *counting = arg;
    int64_t take = held->times < counting->pieces ? held->times : counting->pieces;
    if (!mx_str_eq(held->sku, counting->use->sku)) return 0;
    if (held->times == 0) {
        counting->pieces = 0;
        counting->st = note_use(counting, held);
        return 1;
    }
    held->times -= take;
    counting->pieces -= take;
    counting->left += held->times;
    counting->st = held->times ? note_use(counting, held) : rewards_held_use(counting->ctx, held, counting->use->order, "sku");
    return counting->st != MX_OK || counting->pieces == 0;
}

/* A tier perhaps: what that opens is not counted. */
static mx_status is_opened_otherwise(struct mx_ctx *ctx, const struct mx_unlock_use *use, int *is) {
    static const char ours[] = SOURCE;
    const struct mx_member_ask ask = {.member = use->member};
    struct mx_member_facts facts = {0};
    uint32_t i;
    mx_status st = mx_ask(ctx, &mx_point_member, &ask, &facts);
    *is = 0;
    for (i = 0; st == MX_OK && i < facts.entitlements.count; i++) {
        const struct mx_entitlement *one = mx_list_at(&facts.entitlements, i);
        int of_reward = one->source.len >= sizeof(ours) - 1 && memcmp(one->source.ptr, ours, sizeof(ours) - 1) == 0;
        if (!of_reward && mx_str_is(one->kind, MX_ENTITLES_UNLOCK) && mx_str_eq(one->value, use->sku)) *is = 1;
    }
    return st;
}

static mx_status use_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unlock_use *use = in;
    struct mx_unlock_used *used = out;
    struct counting counting = {.ctx = ctx, .use = use, .pieces = (use->qty + MX_QTY_ONE - 1) / MX_QTY_ONE, .st = MX_OK};
    struct mx_member_facts facts;
    int64_t wanted = counting.pieces;
    uint32_t i;
    int otherwise = 0;
    mx_status st = rewards_facts(ctx, use->member, "member", &facts);
    if (st == MX_OK) st = is_opened_otherwise(ctx, use, &otherwise);
    if (st == MX_OK && otherwise) return MX_OK;
    for (i = 0; st == MX_OK && i < facts.members.count && counting.pieces; i++) {
        st = look(ctx, mx_list_str(&facts.members, i), count_one, &counting);
        if (st == MX_OK) st = counting.st;
    }
    if (st != MX_OK) return st;
    if (counting.pieces)
        return mx_refuse(ctx, "unlock_used", "sku", "The member may buy %" PRId64 " of %.*s, not %" PRId64 ".", wanted - counting.pieces,
                         (int)use->sku.len, use->sku.ptr, wanted);
    used->left = counting.left;
    return MX_OK;
}

const struct mx_op rewards_unlock_use_op = REWARDS_OP(MX_OP_INTERNAL, "rewards.unlock.use", "Count hidden articles that a member buys.",
                                                      NULL, &mx_unlock_use_type, &mx_unlock_used_type, use_handler, NULL);
