/* Giving a member what her day brings: once a year, with her consent, whatever becomes of dates and ids. */
#include <stdio.h>

#include "internal.h"
#include "occasion.h"

#define APART_MS (INT64_C(300) * MX_DAY_MS) /* a changed date, or the moon's year, brings no second present within this */

static mx_status had_it(struct mx_ctx *ctx, const struct mx_member_facts *facts, const struct reward_occasion *occasion, int64_t year,
                        int *had) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .reverse = 1};
    uint32_t i;
    *had = 0;
    for (i = 0; i < facts->members.count && !*had; i++) {
        struct reward_granted probe = {.member = mx_list_str(&facts->members, i), .occasion = occasion->code}, *last = NULL;
        struct mx_scan *scan = NULL;
        mx_status st = mx_scan_open(ctx, &rewards_granted, &opts, &probe, &scan);
        if (st == MX_OK) st = mx_scan_next(ctx, scan, &last);
        if (st == MX_OK) *had = last->year >= year || ctx->now_ms - last->at < APART_MS;
        if (st < 0) return st;
    }
    return MX_OK;
}

static mx_status may(struct mx_ctx *ctx, const struct mx_member_facts *facts, const struct reward_occasion *occasion, int *yes) {
    const struct mx_consent_ask ask = {
        .member = facts->id, .purpose = occasion->purpose, .channel = occasion->channel, .members = facts->members};
    struct mx_consent_answer answer = {.basis = 0};
    mx_status st = mx_ask(ctx, &mx_point_consent, &ask, &answer);
    *yes = st == MX_OK ? answer.basis != MX_BASIS_NONE : mx_str_is(occasion->purpose, MX_PURPOSE_SERVICE);
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status give_points(struct mx_ctx *ctx, const struct reward_granted *granted) {
    struct mx_points_book book = {.member = granted->member, .at = ctx->now_ms, .points = granted->points, .expires_at = granted->until};
    struct mx_points_moved moved;
    char *source = mx_alloc(ctx, 80);
    mx_status st;
    int len = snprintf(source, 80, "occasion:%.*s:%lld", (int)granted->occasion.len, granted->occasion.ptr, (long long)granted->year);
    book.source = mx_str_n(source, (size_t)len);
    book.reason = granted->occasion;
    st = granted->points ? mx_call(ctx, &mx_points_grant, &book, &moved) : MX_OK;
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status give_coupon(struct mx_ctx *ctx, const struct reward_occasion *occasion, struct reward_granted *granted) {
    struct mx_coupon_issue issue = {occasion->rule, granted->member, granted->until};
    struct mx_coupon_issued issued;
    mx_status st = occasion->rule.len ? mx_call(ctx, &mx_coupon_give, &issue, &issued) : MX_DECLINED;
    if (st == MX_OK && issued.coupon) granted->coupon = issued.coupon->id;
    return st == MX_DECLINED ? MX_OK : st;
}

/* ---- the greeting: made elsewhere, from what is not personal ---- */

struct media_ask {
    struct mx_str occasion;
    int64_t year;
    struct mx_str member;
    struct mx_list name;
};
static const struct mx_field media_ask_fields[] = {
    MX_F_STR(media_ask, occasion, MX_REQUIRED, 1, 32, "occasion"),
    MX_F_INT(media_ask, year, MX_REQUIRED, 1900, 2200, "year"),
    MX_F_ID(media_ask, member, MX_REQUIRED, "mem", "for whom: an id that means nothing elsewhere"),
    MX_F_MAP(media_ask, name, 0, 0, 32, "name of the occasion, by language"),
};
MX_TYPE(media_ask, "rewards.media.ask", "a greeting is wanted");

static mx_status want_media(struct mx_ctx *ctx, const struct reward_occasion *occasion, const struct reward_granted *granted) {
    const struct media_ask ask = {granted->occasion, granted->year, granted->member, occasion->name};
    struct mx_send send = {.size = sizeof(send), .url = occasion->media_url, .result_op = rewards_occasion_media_op.name};
    char *ref = mx_alloc(ctx, 128);
    struct mx_str id;
    mx_status st;
    int len;
    if (occasion->media_url.len == 0) return MX_OK;
    len = snprintf(ref, 128, "%.*s/%lld/%.*s", (int)granted->occasion.len, granted->occasion.ptr, (long long)granted->year,
                   (int)granted->member.len, granted->member.ptr);
    send.ref = mx_str_n(ref, (size_t)len);
    st = ctx->op->encode(ctx, &media_ask_type, &ask, &send.body);
    return st == MX_OK ? ctx->op->send(ctx, &send, &id) : st;
}

struct media_made {
    struct mx_str media;
};
static const struct mx_field media_made_fields[] = {MX_F_STR(media_made, media, MX_REQUIRED, 1, 500, "address of the greeting")};
MX_TYPE(media_made, "rewards.media.made", "a greeting was made");

static int read_ref(struct mx_str ref, struct reward_granted *probe) {
    const char *first = ref.len ? memchr(ref.ptr, '/', ref.len) : NULL, *end = ref.ptr + ref.len, *second;
    if (!first || !(second = memchr(first + 1, '/', (size_t)(end - first - 1)))) return 0;
    probe->occasion = mx_str_n(ref.ptr, (size_t)(first - ref.ptr));
    for (first++; first < second && *first >= '0' && *first <= '9'; first++) probe->year = probe->year * 10 + (*first - '0');
    probe->member = mx_str_n(second + 1, (size_t)(end - second - 1));
    return first == second;
}

static mx_status media_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_send_result *result = in;
    struct reward_granted probe = {.year = 0}, *granted = NULL;
    struct media_made made = {.media = {NULL, 0}};
    mx_status st;
    (void)out;
    if (result->outcome != MX_SEND_DELIVERED || !read_ref(result->ref, &probe) || result->answer.len == 0) return MX_OK;
    if (ctx->op->decode(ctx, &media_made_type, result->answer, &made) != MX_OK || made.media.len == 0) return MX_OK;
    st = mx_get(ctx, &rewards_granted, &probe, &granted);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    granted->media = made.media;
    return mx_put(ctx, &rewards_granted, granted);
}

/* ---- all of it ---- */

static mx_status tell(struct mx_ctx *ctx, const struct reward_granted *granted) {
    struct rewards_occasion_told told = {granted->member, granted->occasion, granted->year,
                                         granted->points, granted->coupon,   granted->until};
    return mx_emit(ctx, &rewards_occasion_event, &told);
}

mx_status rewards_occasion_give(struct mx_ctx *ctx, const struct reward_occasion *occasion, struct mx_str member, int64_t year) {
    const struct mx_member_ask ask = {.member = member, .brief = 1};
    struct mx_member_facts facts = {.id = {NULL, 0}};
    struct reward_granted granted = {.occasion = occasion->code, .year = year, .at = ctx->now_ms, .points = occasion->points};
    int had = 1, yes = 0;
    mx_status st = mx_ask(ctx, &mx_point_member, &ask, &facts);
    if (st != MX_OK || facts.erased) return st == MX_DECLINED ? MX_OK : st;
    st = had_it(ctx, &facts, occasion, year, &had);
    if (st == MX_OK && !had) st = may(ctx, &facts, occasion, &yes);
    if (st != MX_OK || !yes) return st;
    granted.member = rewards_standing(&facts);
    granted.until = ctx->now_ms + occasion->valid_days * MX_DAY_MS;
    st = give_points(ctx, &granted);
    if (st == MX_OK) st = give_coupon(ctx, occasion, &granted);
    granted.rec.has = UINT64_MAX;
    if (st == MX_OK) st = mx_put(ctx, &rewards_granted, &granted);
    if (st == MX_OK) st = want_media(ctx, occasion, &granted);
    return st == MX_OK ? tell(ctx, &granted) : st;
}

const struct mx_op rewards_occasion_media_op = REWARDS_OP(MX_OP_INTERNAL, "rewards.occasion.media", "A greeting was made, or not.", NULL,
                                                          &mx_send_result_type, NULL, media_handler, NULL);
