/* May this coupon be used, and if not, why: one sentence for every reason. */
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"
#include "records.h"

mx_status promotions_coupon_get(struct mx_ctx *ctx, struct mx_str id, struct promotion_coupon **coupon) {
    struct promotion_coupon probe = {.id = id};
    return mx_get(ctx, &promotions_coupons, &probe, coupon);
}

struct mx_str promotions_day_text(struct mx_ctx *ctx, int64_t ms) {
    struct mx_civil civil;
    char text[40];
    mx_civil_of(ctx, mx_shop_of(ctx)->zone, ms, &civil);
    snprintf(text, sizeof(text), "%04d-%02d-%02d %02d:%02d", (int)civil.year, (int)civil.month, (int)civil.day, (int)civil.hour,
             (int)civil.minute);
    return mx_dup(ctx, mx_str_of(text));
}

static mx_status say(struct mx_ctx *ctx, struct promotions_judged *judged, int32_t state, const char *format, ...) MX_PRINTF(4, 5);

static mx_status say(struct mx_ctx *ctx, struct promotions_judged *judged, int32_t state, const char *format, ...) {
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    judged->state = state;
    judged->why = mx_dup(ctx, mx_str_of(text));
    return MX_OK;
}

/* A sale that happens now is measured by the time that never goes back; one that is entered late, by its own. */
static int64_t time_of(const struct mx_ctx *ctx, int64_t at) { return at && at < ctx->now_ms ? at : ctx->expiry_ms; }

static mx_status batch_void(struct mx_ctx *ctx, struct mx_str id, int *yes) {
    struct promotion_batch probe = {.id = id}, *batch = NULL;
    mx_status st = id.len ? mx_get(ctx, &promotions_batches, &probe, &batch) : MX_NONE;
    *yes = st == MX_OK && batch->voided;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status read_group(struct mx_ctx *ctx, struct mx_str id, struct promotion_group **group) {
    struct promotion_group probe = {.id = id};
    mx_status st = id.len ? mx_get(ctx, &promotions_groups, &probe, group) : MX_NONE;
    return st == MX_NONE ? MX_OK : st;
}

static const char *when(struct mx_ctx *ctx, int64_t ms) { return promotions_day_text(ctx, ms).ptr; }

static mx_status judge_time(struct mx_ctx *ctx, int64_t at, const struct promotion_coupon *coupon, struct promotions_judged *judged) {
    const struct promotion_group *group = judged->group;
    int64_t until = group ? group->until : coupon->until;
    if (coupon->from > at) return say(ctx, judged, MX_COUPON_NOT_YET, "This coupon may be used from %s on.", when(ctx, coupon->from));
    if (until && until <= at) return say(ctx, judged, MX_COUPON_EXPIRED, "This coupon expired on %s.", when(ctx, until));
    if (group && group->state == PROMOTION_ENDED) return say(ctx, judged, MX_COUPON_EXPIRED, "The group ended before it was complete.");
    return MX_OK;
}

static mx_status judge_uses(struct mx_ctx *ctx, const struct promotions_look *look, int64_t at, const struct promotion_coupon *coupon,
                            struct promotions_judged *judged) {
    int64_t others = 0;
    mx_status st;
    if (coupon->uses >= coupon->uses_max && coupon->uses_max == 1) return say(ctx, judged, MX_COUPON_USED, "This coupon was used already.");
    if (coupon->uses >= coupon->uses_max)
        return say(ctx, judged, MX_COUPON_USED, "This coupon was used %lld times, as often as it may be.", (long long)coupon->uses_max);
    st = promotions_reserved(ctx, coupon->id, look->held, at, &others);
    if (st == MX_OK && coupon->uses + others >= coupon->uses_max)
        return say(ctx, judged, MX_COUPON_RESERVED, "This coupon is set aside for a cart that is held: sell or drop that cart first.");
    return st;
}

static mx_status judge_owner(struct mx_ctx *ctx, const struct promotions_look *look, const struct promotion_coupon *coupon,
                             struct promotions_judged *judged) {
    int hers = 0;
    mx_status st = coupon->member.len ? promotions_is_hers(ctx, coupon->member, look->member, &hers) : MX_OK;
    if (st != MX_OK || coupon->member.len == 0 || hers) return st;
    if (look->member.len == 0)
        return say(ctx, judged, MX_COUPON_NOT_YOURS, "This coupon is for one member: the sale needs that member's card or code.");
    return say(ctx, judged, MX_COUPON_NOT_YOURS, "This coupon is for another member.");
}

static mx_status say_usable(struct mx_ctx *ctx, const struct promotion_coupon *coupon, struct promotions_judged *judged) {
    const struct promotion_group *group = judged->group;
    int64_t missing = group && group->state == PROMOTION_OPEN ? group->size - group->joined : 0;
    int64_t until = group ? group->until : coupon->until;
    judged->waits = group && group->kind == PROMOTION_GROUP && missing > 0;
    if (judged->waits)
        return say(ctx, judged, MX_COUPON_USABLE, "The group is open until %s; %lld more must join before its price counts.",
                   when(ctx, group->until), (long long)missing);
    if (until) return say(ctx, judged, MX_COUPON_USABLE, "It may be used until %s.", when(ctx, until));
    return say(ctx, judged, MX_COUPON_USABLE, "It may be used.");
}

mx_status promotions_coupon_judge(struct mx_ctx *ctx, const struct promotions_look *look, const struct promotion_coupon *coupon,
                                  struct promotions_judged *judged) {
    int64_t at = time_of(ctx, look->at);
    int voided = 0;
    mx_status st = batch_void(ctx, coupon->batch, &voided);
    memset(judged, 0, sizeof(*judged));
    if (st == MX_OK) st = read_group(ctx, coupon->group, &judged->group);
    if (st == MX_OK && (voided || coupon->voided)) return say(ctx, judged, MX_COUPON_VOID, "The shop declared this coupon void.");
    if (st == MX_OK) st = judge_owner(ctx, look, coupon, judged);
    if (st == MX_OK && !judged->state) st = judge_time(ctx, at, coupon, judged);
    if (st == MX_OK && !judged->state) st = judge_uses(ctx, look, at, coupon, judged);
    if (st == MX_OK && !judged->state) st = say_usable(ctx, coupon, judged);
    return st;
}
