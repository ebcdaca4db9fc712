/* promotions.use: what a sale used up, booked in the sale's own command: counters, coupons and one entry of the ledger for each
 * rule and coupon. What has neither a limit nor a coupon is not counted. */
#include "internal.h"
#include "use.h"

/* ---- lines of one rule and coupon taken together ---- */

static int same_of(struct mx_str a_rule, struct mx_str a_coupon, const struct promotions_part *b) {
    return mx_str_eq(a_rule, b->rule) && mx_str_eq(a_coupon, b->coupon);
}

static void add_capped(int64_t *to, int64_t more) {
    if (!mx_add(*to, more, to)) *to = MX_INT_MAX;
}

uint32_t promotions_parts(struct mx_ctx *ctx, const struct mx_promotion_use *use, int all, struct promotions_part **out) {
    struct promotions_part *parts = mx_alloc(ctx, ((size_t)use->lines.count + 1) * sizeof(*parts));
    uint32_t count = 0, i, k;
    for (i = 0; i < use->lines.count; i++) {
        const struct mx_use_line *line = mx_list_at(&use->lines, i);
        if (!all && line->voucher.len == 0 && line->limits.count == 0) continue;
        for (k = 0; k < count && !same_of(line->rule, line->voucher, &parts[k]);) k++;
        if (k == count) count++;
        parts[k].rule = line->rule;
        parts[k].coupon = line->voucher;
        add_capped(&parts[k].uses, line->uses);
        add_capped(&parts[k].units, line->units);
        add_capped(&parts[k].amount, line->amount);
        if (line->limits.count) parts[k].limits = line->limits;
    }
    *out = parts;
    return count;
}

int promotions_scope_in(const struct mx_list *limits, int32_t scope) {
    uint32_t i;
    for (i = 0; i < limits->count; i++)
        if (((const struct mx_offer_limit *)mx_list_at(limits, i))->scope == scope) return 1;
    return 0;
}

/* ---- the second lock on the door ---- */

static int64_t part_of(const struct promotions_part *part, int32_t of) {
    if (of == MX_LIMIT_USES) return part->uses;
    return of == MX_LIMIT_UNITS ? part->units : part->amount;
}

static mx_status check_limit(struct mx_ctx *ctx, const struct promotions_booking *booking, const struct promotions_part *part,
                             const struct mx_offer_limit *limit) {
    int64_t more = part_of(part, limit->of), used = 0, sum = 0;
    mx_status st = promotions_used_by(ctx, part->rule, limit, &booking->ids, booking->day, &used);
    if (st < 0 || more == 0) return st < 0 ? st : MX_OK;
    if (st == MX_OK && mx_add(used, more, &sum) && sum <= limit->max) return MX_OK;
    return mx_refuse(ctx, "limit_reached", "lines", "The promotion \"%.*s\" has reached its limit (%s %s).", (int)part->rule.len,
                     part->rule.ptr, mx_limit_scope_words[limit->scope - 1], mx_limit_of_words[limit->of - 1]);
}

static mx_status use_coupon(struct mx_ctx *ctx, const struct mx_promotion_use *use, struct mx_str id) {
    const struct promotions_look look = {use->member, use->held, use->at};
    struct promotions_judged judged;
    struct promotion_coupon *coupon = NULL;
    mx_status st = promotions_coupon_get(ctx, id, &coupon);
    if (st == MX_NONE) return mx_refuse(ctx, "coupon_not_usable", "lines", "There is no such coupon.");
    if (st == MX_OK) st = promotions_coupon_judge(ctx, &look, coupon, &judged);
    if (st != MX_OK) return st;
    if (judged.state != MX_COUPON_USABLE)
        return mx_refuse(ctx, judged.state == MX_COUPON_USED ? "coupon_used" : "coupon_not_usable", "lines", "%.*s", (int)judged.why.len,
                         judged.why.ptr);
    coupon->uses++;
    return mx_put(ctx, &promotions_coupons, coupon);
}

/* ---- counting ---- */

/* A damaged counter may say less than is given back: below nothing it would let more be used than its limit. */
static int move(int64_t *counter, int64_t by) {
    if (!mx_add(*counter, by, counter)) return 0;
    if (*counter < 0) *counter = 0;
    return 1;
}

mx_status promotions_count(struct mx_ctx *ctx, const struct promotions_booking *booking, const struct promotions_part *part, int32_t scope,
                           int sign) {
    struct promotion_counter counter;
    mx_status st = promotions_counter_of(ctx, part->rule, scope, booking->member, booking->day, &counter);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (!move(&counter.uses, sign * part->uses) || !move(&counter.units, sign * part->units) || !move(&counter.amount, sign * part->amount))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "lines", "The counter of the promotion \"%.*s\" is full.", (int)part->rule.len,
                       part->rule.ptr);
    return mx_put(ctx, &promotions_counters, &counter);
}

static mx_status count_scopes(struct mx_ctx *ctx, const struct promotions_booking *booking, const struct promotions_part *part,
                              struct mx_list *scopes) {
    int32_t scope;
    mx_status st = MX_OK;
    *scopes = mx_list_new(ctx, MX_LIMIT_MEMBER_DAY, sizeof(struct mx_str));
    scopes->count = 0;
    for (scope = MX_LIMIT_TOTAL; st == MX_OK && scope <= MX_LIMIT_MEMBER_DAY; scope++) {
        if (!promotions_scope_in(&part->limits, scope)) continue;
        *(struct mx_str *)mx_list_at(scopes, scopes->count++) = mx_str_of(mx_limit_scope_words[scope - 1]);
        st = promotions_count(ctx, booking, part, scope, 1);
    }
    return st;
}

static mx_status use_part(struct mx_ctx *ctx, const struct mx_promotion_use *use, const struct promotions_booking *booking,
                          const struct promotions_part *part) {
    struct promotion_use_rec entry = {.order = use->order, .source = use->source, .rule = part->rule, .coupon = part->coupon};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < part->limits.count; i++) st = check_limit(ctx, booking, part, mx_list_at(&part->limits, i));
    if (st == MX_OK && part->coupon.len) st = use_coupon(ctx, use, part->coupon);
    if (st == MX_OK) st = count_scopes(ctx, booking, part, &entry.scopes);
    if (st != MX_OK) return st;
    entry.kind = PROMOTION_USE;
    entry.member = use->member;
    entry.day = booking->day;
    entry.at = ctx->now_ms;
    entry.uses = part->uses;
    entry.units = part->units;
    entry.amount = part->amount;
    entry.coupons = part->coupon.len > 0;
    return mx_put(ctx, &promotions_uses, &entry);
}

mx_status promotions_use_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_promotion_use *use = in;
    struct mx_promotion_used *used = out;
    struct promotions_booking booking = {use->member, promotions_day(ctx, use->zone, use->at ? use->at : ctx->now_ms), {NULL, 0, 0}};
    struct promotions_part *parts;
    uint32_t count = promotions_parts(ctx, use, 0, &parts), i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < count && booking.ids.count == 0; i++)
        if (promotions_ask_ids(&parts[i].limits)) st = promotions_ids(ctx, use->member, &booking.ids);
    for (i = 0; st == MX_OK && i < count; i++) st = use_part(ctx, use, &booking, &parts[i]);
    if (st == MX_OK && use->held.len) st = promotions_let_go(ctx, use->held);
    used->rules = count;
    return st;
}
