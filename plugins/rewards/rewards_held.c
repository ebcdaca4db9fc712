/* Rewards that members have: looking at them, using them up, taking them back, and their end. */
#include "internal.h"

mx_status rewards_held_get(struct mx_ctx *ctx, struct mx_str id, const char *field, struct reward_held **held) {
    struct reward_held probe = {.id = id};
    mx_status st = mx_get(ctx, &rewards_held, &probe, held);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such reward.");
    if (st == MX_OK && (*held)->state == REWARD_HELD && (*held)->until && (*held)->until <= ctx->expiry_ms) (*held)->state = REWARD_EXPIRED;
    return st;
}

mx_status rewards_held_put(struct mx_ctx *ctx, struct reward_held *held) {
    held->rec.has = UINT64_MAX;
    return mx_put(ctx, &rewards_held, held);
}

static mx_status check_held(struct mx_ctx *ctx, const struct reward_held *held, const char *field) {
    if (held->state == REWARD_USED)
        return mx_refuse(ctx, "reward_used", field, "This reward was used already; rewards.mine shows which ones she still has.");
    if (held->state == REWARD_CANCELLED)
        return mx_refuse(ctx, "reward_cancelled", field,
                         "This reward was given back for its points: have it once more with rewards.redeem.");
    if (held->state == REWARD_EXPIRED)
        return mx_refuse(ctx, "reward_expired", field, "The time of this reward is over, and its points with it.");
    return MX_OK;
}

static mx_status tell(struct mx_ctx *ctx, const struct mx_event_def *event, const struct reward_held *held) {
    struct reward_view view;
    memset(&view, 0, sizeof(view));
    rewards_held_view(held, &view);
    return mx_emit(ctx, event, &view);
}

mx_status rewards_held_use(struct mx_ctx *ctx, struct reward_held *held, struct mx_str by, const char *field) {
    mx_status st = check_held(ctx, held, field);
    if (st != MX_OK) return st;
    held->state = REWARD_USED;
    held->used_at = ctx->now_ms;
    held->used_by = by;
    st = rewards_held_put(ctx, held);
    return st == MX_OK ? tell(ctx, &rewards_used_event, held) : st;
}

/* ---- back again ---- */

struct coupon_uses {
    struct mx_str id;
    int64_t uses;
};
static const struct mx_field coupon_uses_fields[] = {
    MX_F_ID(coupon_uses, id, MX_REQUIRED, "cpn", "coupon"),
    MX_F_INT(coupon_uses, uses, 0, 0, MX_INT_MAX, "how often it was used"),
};
MX_TYPE(coupon_uses, "rewards.coupon.uses", "how often a coupon was used");

struct coupon_seen {
    struct coupon_uses *coupon;
};
static const struct mx_field coupon_seen_fields[] = {MX_F_STRUCT(coupon_seen, coupon, 0, coupon_uses_type, "the coupon")};
MX_TYPE(coupon_seen, "rewards.coupon.seen", "a coupon");

const struct mx_use rewards_coupon_use = {"promotions.coupon.get", &mx_coupon_id_type, &coupon_seen_type};

/* Set aside for a cart that is held, it may take something off in a moment. */
static mx_status check_reserved(struct mx_ctx *ctx, const struct reward_held *held) {
    struct mx_coupons_ask ask = {.member = held->member, .at = ctx->now_ms};
    struct mx_coupons_answer answer;
    mx_status st;
    memset(&answer, 0, sizeof(answer));
    ask.codes = mx_list_new(ctx, 1, sizeof(struct mx_str));
    *(struct mx_str *)mx_list_at(&ask.codes, 0) = held->coupon;
    st = mx_ask(ctx, &mx_point_coupons, &ask, &answer);
    if (st != MX_OK || answer.said.count == 0) return st == MX_DECLINED ? MX_OK : st;
    if (((const struct mx_coupon_said *)mx_list_at(&answer.said, 0))->state != MX_COUPON_RESERVED) return MX_OK;
    return mx_refuse(ctx, "reward_used", "id", "The coupon of this reward is set aside for a cart that is held: drop that cart first.");
}

/* What took part in something already is not given back: the coupon of a sale, even when the shop declared it void afterwards, and an
 * article that was opened and bought. */
static mx_status check_untouched(struct mx_ctx *ctx, const struct reward_held *held) {
    const struct mx_coupon_id ask = {held->coupon};
    struct coupon_seen seen = {NULL};
    mx_status st;
    if (held->used_at) return mx_refuse(ctx, "reward_used", "id", "This reward was used already, if only in part.");
    if (held->coupon.len == 0) return MX_OK;
    st = mx_call(ctx, &rewards_coupon_use, &ask, &seen);
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    if (seen.coupon && seen.coupon->uses > 0) return mx_refuse(ctx, "reward_used", "id", "The coupon of this reward was used already.");
    return check_reserved(ctx, held);
}

static mx_status void_coupon(struct mx_ctx *ctx, struct mx_str coupon) {
    struct mx_coupon_id ask = {coupon};
    struct mx_coupon_issued gone;
    mx_status st = coupon.len ? mx_call(ctx, &mx_coupon_void, &ask, &gone) : MX_OK;
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status points_back(struct mx_ctx *ctx, const struct reward_held *held) {
    struct mx_points_book book = {.member = held->member, .source = held->id, .reason = held->reward, .at = ctx->now_ms};
    struct mx_points_moved moved;
    mx_status st = held->points ? mx_call(ctx, &mx_points_unspend, &book, &moved) : MX_OK;
    return st == MX_DECLINED ? mx_refuse(ctx, "no_points", "id", "Points cannot be given back: nobody keeps them here.") : st;
}

static mx_status count_less(struct mx_ctx *ctx, struct mx_str reward, struct mx_str member) {
    struct reward_count probe = {.reward = reward, .member = member}, *count = NULL;
    mx_status st = mx_get(ctx, &rewards_counts, &probe, &count);
    if (st != MX_OK || count->count == 0) return st == MX_NONE ? MX_OK : st;
    count->count--;
    return mx_put(ctx, &rewards_counts, count);
}

mx_status rewards_held_undo(struct mx_ctx *ctx, struct reward_held *held) {
    mx_status st = check_held(ctx, held, "id");
    if (st == MX_OK) st = check_untouched(ctx, held);
    if (st == MX_OK) st = void_coupon(ctx, held->coupon);
    if (st == MX_OK) st = points_back(ctx, held);
    if (st == MX_OK) st = count_less(ctx, held->reward, held->member);
    if (st == MX_OK) st = count_less(ctx, held->reward, mx_str_of("all"));
    if (st != MX_OK) return st;
    held->state = REWARD_CANCELLED;
    st = rewards_held_put(ctx, held);
    return st == MX_OK ? tell(ctx, &rewards_cancelled_event, held) : st;
}

/* ---- as answered ---- */

void rewards_held_view(const struct reward_held *held, struct reward_view *view) {
    view->id = held->id;
    view->member = held->member;
    view->reward = held->reward;
    view->kind = held->kind;
    view->state = held->state;
    view->points = held->points;
    view->at = held->at;
    view->until = held->until;
    view->used_at = held->used_at;
    view->location = held->location;
    view->sku = held->sku;
    view->times = held->times;
    view->coupon = held->coupon;
    view->booking = held->booking;
}

mx_status rewards_held_answer(struct mx_ctx *ctx, const struct reward_held *held, void *out) {
    struct reward_one *one = out;
    one->reward = mx_alloc(ctx, sizeof(*one->reward));
    rewards_held_view(held, one->reward);
    return MX_OK;
}

/* ---- rewards of a member: over all her ids, one after the other, the newest of each first ---- */

static void gather(struct mx_ctx *ctx, struct reward_held *held, struct mx_list *rewards) {
    if (held->state == REWARD_HELD && held->until && held->until <= ctx->expiry_ms) held->state = REWARD_EXPIRED;
    rewards_held_view(held, mx_list_at(rewards, rewards->count++));
}

/* Where to go on: "<place of the id>:<cursor of its walk>". */
static int read_after(struct mx_str after, uint32_t ids, uint32_t *id, struct mx_str *cursor) {
    uint32_t i = 0;
    *id = 0;
    *cursor = (struct mx_str){NULL, 0};
    if (after.len == 0) return 1;
    while (i < after.len && i < 3 && after.ptr[i] >= '0' && after.ptr[i] <= '9') *id = *id * 10 + (uint32_t)(after.ptr[i++] - '0');
    if (i == 0 || i == after.len || after.ptr[i] != ':' || *id >= ids) return 0;
    *cursor = mx_str_n(after.ptr + i + 1, after.len - i - 1);
    return 1;
}

static struct mx_str write_after(struct mx_ctx *ctx, uint32_t id, struct mx_str cursor) {
    char *text = mx_alloc(ctx, 8 + (size_t)cursor.len);
    uint32_t at = 0;
    if (id >= 10) text[at++] = (char)('0' + id / 10);
    text[at++] = (char)('0' + id % 10);
    text[at++] = ':';
    if (cursor.len) memcpy(text + at, cursor.ptr, cursor.len);
    return mx_str_n(text, at + cursor.len);
}

static mx_status walk(struct mx_ctx *ctx, struct mx_str member, struct mx_str after, uint32_t limit, struct mx_list *rewards,
                      struct mx_str *cursor) {
    struct reward_held probe = {.member = member}, *held = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .reverse = 1, .after = after};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_held, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, st, "after", "This is not the `next` of a page of the same list.");
    while (st == MX_OK && rewards->count < limit) {
        st = mx_scan_next(ctx, scan, &held);
        if (st == MX_OK) gather(ctx, held, rewards);
    }
    if (st == MX_OK) *cursor = mx_scan_cursor(ctx, scan);
    return st;
}

static mx_status mine_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct reward_mine *ask = in;
    struct reward_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : REWARDS_PAGE, id;
    struct mx_member_facts facts;
    struct mx_str cursor;
    mx_status st = rewards_facts(ctx, ask->member, "member", &facts);
    if (st != MX_OK) return st;
    if (!read_after(ask->after, facts.members.count, &id, &cursor))
        return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of a page of the same list.");
    page->rewards = mx_list_new(ctx, limit, sizeof(struct reward_view));
    page->rewards.count = 0;
    for (st = MX_DONE; st == MX_DONE && id < facts.members.count; id++, cursor.len = 0)
        if ((st = walk(ctx, mx_list_str(&facts.members, id), cursor, limit, &page->rewards, &cursor)) == MX_OK)
            page->next = write_after(ctx, id, cursor);
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op rewards_mine_op = REWARDS_OP(MX_OP_QUERY, "rewards.mine", "Rewards that a member had, the newest first.", "rewards.read",
                                                &reward_mine_type, &reward_page_type, mine_handler, "member");
