/* Having a reward for points, giving it back, and handing it over. */
#include <inttypes.h>

#include "internal.h"

/* ---- which reward ---- */

struct choice {
    struct mx_str wanted;
    const struct mx_reward *reward;
    struct mx_str version;
};

static mx_status choose(void *arg, const char *plugin, const void *answer_) {
    struct choice *choice = arg;
    const struct mx_rewards *answer = answer_;
    uint32_t i;
    (void)plugin;
    for (i = 0; i < answer->rewards.count; i++) {
        const struct mx_reward *reward = mx_list_at(&answer->rewards, i);
        if (choice->reward || !mx_str_eq(reward->id, choice->wanted)) continue;
        choice->reward = reward;
        choice->version = answer->version;
    }
    return MX_OK;
}

struct balance_ask {
    struct mx_str member;
};
static const struct mx_field balance_ask_fields[] = {MX_F_ID(balance_ask, member, MX_REQUIRED, "mem", "whose points")};
MX_TYPE(balance_ask, "rewards.balance.ask", "whose points");

struct balance {
    int64_t points;
};
static const struct mx_field balance_fields[] = {MX_F_INT(balance, points, 0, -MX_INT_MAX, MX_INT_MAX, "points")};
MX_TYPE(balance, "rewards.balance", "points of a member");

const struct mx_use rewards_balance_use = {"loyalty.points.balance", &balance_ask_type, &balance_type};

static mx_status find_reward(struct mx_ctx *ctx, const struct reward_redeem *ask, const struct mx_member_facts *facts,
                             struct choice *choice) {
    const struct balance_ask whose = {rewards_standing(facts)};
    struct mx_reward_ask question = {.member = rewards_standing(facts), .tier = facts->tier};
    struct balance balance;
    mx_status st = mx_call(ctx, &rewards_balance_use, &whose, &balance);
    if (st == MX_DECLINED) return mx_refuse(ctx, "no_points", "reward", "This shop keeps no points.");
    if (st != MX_OK) return st;
    question.points = balance.points;
    *choice = (struct choice){.wanted = ask->reward};
    st = mx_ask_all(ctx, &mx_point_rewards, &question, choose, choice);
    if (st != MX_OK && st != MX_DECLINED) return st;
    if (choice->reward) return MX_OK;
    return mx_fail(ctx, MX_E_NOT_FOUND, "reward", "There is no reward %.*s for this member: loyalty.rewards.list shows hers.",
                   (int)ask->reward.len, ask->reward.ptr);
}

/* ---- how often ---- */

static mx_status count_of(struct mx_ctx *ctx, struct mx_str reward, struct mx_str member, int64_t *count) {
    struct reward_count probe = {.reward = reward, .member = member}, *found = NULL;
    mx_status st = mx_get(ctx, &rewards_counts, &probe, &found);
    *count = st == MX_OK ? found->count : 0;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status count_more(struct mx_ctx *ctx, struct mx_str reward, struct mx_str member) {
    struct reward_count probe = {.reward = reward, .member = member}, *found = NULL;
    mx_status st = mx_get(ctx, &rewards_counts, &probe, &found);
    if (st < 0) return st;
    if (st == MX_OK) probe = *found;
    probe.count++;
    return mx_put(ctx, &rewards_counts, &probe);
}

static mx_status check_limits(struct mx_ctx *ctx, const struct mx_reward *reward, const struct mx_member_facts *facts) {
    int64_t hers = 0, all, one;
    uint32_t i;
    mx_status st = count_of(ctx, reward->id, mx_str_of("all"), &all);
    if (st == MX_OK && reward->total && all >= reward->total)
        return mx_refuse(ctx, "reward_gone", "reward", "This reward was had %" PRId64 " times; there are no more.", all);
    for (i = 0; st == MX_OK && i < facts->members.count; i++) {
        st = count_of(ctx, reward->id, mx_list_str(&facts->members, i), &one);
        if (st == MX_OK) hers += one;
    }
    if (st == MX_OK && reward->each && hers >= reward->each)
        return mx_refuse(ctx, "reward_had", "reward", "A member may have this reward %" PRId64 " times, and this one had it.",
                         reward->each);
    return st;
}

static mx_status count_up(struct mx_ctx *ctx, const struct reward_held *held) {
    mx_status st = count_more(ctx, held->reward, held->member);
    return st == MX_OK ? count_more(ctx, held->reward, mx_str_of("all")) : st;
}

/* ---- what it gives ---- */

static mx_status give_seat(struct mx_ctx *ctx, const struct reward_redeem *ask, const struct mx_reward_gives *gives,
                           const struct mx_member_facts *facts, struct reward_held *held) {
    struct reward_booking booking;
    struct reward_class *class_ = NULL;
    mx_status st;
    if (ask->class_id.len == 0)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "class_id", "Name the class in which the seat is wanted; rewards.class.list shows them.");
    st = rewards_class_get(ctx, ask->class_id, "class_id", &class_);
    if (st != MX_OK) return st;
    if (gives->class_code.len && !mx_str_eq(gives->class_code, class_->code))
        return mx_refuse(ctx, "class_other", "class_id", "This reward is for classes of the kind %.*s.", (int)gives->class_code.len,
                         gives->class_code.ptr);
    if (gives->location.len && !mx_str_eq(gives->location, class_->location))
        return mx_refuse(ctx, "reward_elsewhere", "class_id", "This reward is good at %.*s alone.", (int)gives->location.len,
                         gives->location.ptr);
    st = rewards_seat_take(ctx, ask->class_id, facts, held->id, 0, &booking);
    held->booking = booking.id;
    return st;
}

static mx_status give_coupon(struct mx_ctx *ctx, const struct mx_reward_gives *gives, struct reward_held *held) {
    struct mx_coupon_issue issue = {.rule = gives->rule, .member = held->member, .until = held->until};
    struct mx_coupon_issued issued;
    mx_status st = mx_call(ctx, &mx_coupon_give, &issue, &issued);
    if (st == MX_DECLINED) return mx_refuse(ctx, "no_coupons", "reward", "This shop issues no coupons.");
    if (st == MX_OK && issued.coupon) held->coupon = issued.coupon->id;
    return st;
}

static mx_status give(struct mx_ctx *ctx, const struct reward_redeem *ask, const struct mx_reward_gives *gives,
                      const struct mx_member_facts *facts, struct reward_held *held) {
    if (!gives) return MX_OK;
    held->kind = gives->kind;
    held->sku = gives->sku;
    held->times = gives->times;
    held->location = gives->location.len ? gives->location : ask->location;
    if (gives->days) held->until = held->at + gives->days * MX_DAY_MS;
    if (mx_str_is(gives->kind, MX_REWARD_SEAT)) return give_seat(ctx, ask, gives, facts, held);
    if (mx_str_is(gives->kind, MX_REWARD_COUPON)) return give_coupon(ctx, gives, held);
    return MX_OK;
}

static mx_status spend(struct mx_ctx *ctx, const struct reward_redeem *ask, const struct reward_held *held) {
    struct mx_points_book book = {
        .member = held->member, .source = held->id, .reason = held->reward, .at = held->at, .points = held->points, .proof = ask->proof};
    struct mx_points_moved moved;
    mx_status st = mx_call(ctx, &mx_points_spend, &book, &moved);
    return st == MX_DECLINED ? mx_refuse(ctx, "no_points", "reward", "This shop keeps no points.") : st;
}

static mx_status redeem_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct reward_redeem *ask = in;
    struct reward_held held = {.reward = ask->reward, .state = REWARD_HELD, .at = ctx->now_ms};
    struct reward_view told = {.times = 0};
    struct mx_member_facts facts;
    struct choice choice;
    mx_status st = rewards_living(ctx, ask->member, "member", &facts);
    if (st == MX_OK) st = find_reward(ctx, ask, &facts, &choice);
    if (st == MX_OK) st = check_limits(ctx, choice.reward, &facts);
    if (st == MX_OK) st = mx_new_id(ctx, "rwd", &held.id);
    if (st != MX_OK) return st;
    held.member = rewards_standing(&facts);
    held.points = choice.reward->points;
    held.version = choice.version;
    st = spend(ctx, ask, &held);
    if (st == MX_OK) st = give(ctx, ask, choice.reward->gives, &facts, &held);
    if (st == MX_OK) st = count_up(ctx, &held);
    if (st == MX_OK) st = rewards_held_put(ctx, &held);
    if (st != MX_OK) return st;
    rewards_held_view(&held, &told);
    st = mx_emit(ctx, &rewards_redeemed_event, &told);
    return st == MX_OK ? rewards_held_answer(ctx, &held, out) : st;
}

/* ---- back, or over the counter ---- */

static mx_status cancel_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct reward_ask *ask = in;
    struct reward_held *held = NULL;
    struct reward_booking *booking = NULL;
    mx_status st = rewards_held_get(ctx, ask->id, "id", &held);
    if (st == MX_OK) st = mx_own(ctx, held->member);
    if (st == MX_OK && held->state == REWARD_HELD && held->booking.len) {
        st = rewards_booking_get(ctx, held->booking, &booking);
        if (st == MX_OK) st = rewards_seat_give_up(ctx, booking);
    }
    if (st == MX_OK) st = rewards_held_undo(ctx, held);
    return st == MX_OK ? rewards_held_answer(ctx, held, out) : st;
}

static mx_status take_stock(struct mx_ctx *ctx, const struct reward_held *held, struct mx_str location) {
    struct mx_stock_move move = {.location = location, .source = held->id, .at = ctx->now_ms};
    struct mx_stock_moved moved;
    struct mx_stock_line *line;
    mx_status st;
    move.lines = mx_list_new(ctx, 1, sizeof(*line));
    line = mx_list_at(&move.lines, 0);
    line->line = 1;
    line->sku = held->sku;
    line->qty = MX_QTY_ONE;
    st = mx_call(ctx, &mx_stock_take, &move, &moved);
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status hand_over_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct reward_hand *ask = in;
    struct reward_held *held = NULL;
    struct mx_member_facts facts;
    mx_status st = rewards_held_get(ctx, ask->id, "id", &held);
    if (st == MX_OK) st = rewards_check_location(ctx, ask->location);
    if (st != MX_OK) return st;
    if (held->kind.len && !mx_str_is(held->kind, MX_REWARD_GIFT))
        return mx_refuse(ctx, "reward_other", "id",
                         "A reward of the kind %.*s is not handed over: it is used in its queue, its class or at a sale.",
                         (int)held->kind.len, held->kind.ptr);
    if (held->location.len && !mx_str_eq(held->location, ask->location))
        return mx_refuse(ctx, "reward_elsewhere", "location", "This reward is good at %.*s alone.", (int)held->location.len,
                         held->location.ptr);
    st = rewards_facts(ctx, held->member, "id", &facts);
    if (st == MX_OK) st = rewards_prove(ctx, &facts, ask->proof);
    if (st == MX_OK) st = rewards_held_use(ctx, held, ctx->identity->principal(ctx), "id");
    if (st == MX_OK && held->sku.len) st = take_stock(ctx, held, ask->location);
    return st == MX_OK ? rewards_held_answer(ctx, held, out) : st;
}

const struct mx_op rewards_redeem_op = REWARDS_OP(0, "rewards.redeem", "Have a reward for points: both in one, or neither.",
                                                  "rewards.redeem", &reward_redeem_type, &reward_one_type, redeem_handler, "member");
const struct mx_op rewards_cancel_op =
    REWARDS_OP(0, "rewards.cancel", "Give an unused reward back; the points return to the lots they came from.", "rewards.redeem",
               &reward_ask_type, &reward_one_type, cancel_handler, MX_OWN_HANDLER);
const struct mx_op rewards_hand_over_op = REWARDS_OP(0, "rewards.hand_over", "Hand a reward over at the till; a gift leaves the stock.",
                                                     "rewards.hand_over", &reward_hand_type, &reward_one_type, hand_over_handler, NULL);
