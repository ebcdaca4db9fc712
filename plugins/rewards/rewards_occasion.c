/* Which days are occasions and what they give. */
#include "internal.h"
#include "occasion.h"

#define VALID_DAYS 30

static void show(const struct reward_occasion *occasion, struct occasion_view *view) {
    view->code = occasion->code;
    view->day = occasion->day;
    view->name = occasion->name;
    view->points = occasion->points;
    view->rule = occasion->rule;
    view->days_before = occasion->days_before;
    view->valid_days = occasion->valid_days;
    view->purpose = occasion->purpose;
    view->channel = occasion->channel;
    view->media_url = occasion->media_url;
    view->off = occasion->off;
    view->rev = occasion->rec.rev;
}

static void take(const struct occasion_put *put, struct reward_occasion *occasion) {
    if (MX_HAS(occasion_put, put, day)) occasion->day = put->day;
    if (MX_HAS(occasion_put, put, name)) occasion->name = put->name;
    if (MX_HAS(occasion_put, put, points)) occasion->points = put->points;
    if (MX_HAS(occasion_put, put, rule)) occasion->rule = put->rule;
    if (MX_HAS(occasion_put, put, days_before)) occasion->days_before = put->days_before;
    if (MX_HAS(occasion_put, put, valid_days)) occasion->valid_days = put->valid_days;
    if (MX_HAS(occasion_put, put, purpose)) occasion->purpose = put->purpose;
    if (MX_HAS(occasion_put, put, channel)) occasion->channel = put->channel;
    if (MX_HAS(occasion_put, put, media_url)) occasion->media_url = put->media_url;
    if (MX_HAS(occasion_put, put, off)) occasion->off = put->off;
}

static mx_status check_room(struct mx_ctx *ctx) {
    struct reward_occasion *occasion = NULL;
    struct mx_scan *scan = NULL;
    uint32_t count = 0;
    mx_status st = mx_scan_open(ctx, &rewards_occasions, NULL, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &occasion)) == MX_OK) count++;
    if (st == MX_DONE && count >= REWARDS_OCCASIONS_MAX)
        return mx_refuse(ctx, "too_many_occasions", "code", "A shop has at most %d occasions.", REWARDS_OCCASIONS_MAX);
    return st == MX_DONE ? MX_OK : st;
}

/* As the outbox would: a night's work is no place to find out that an address is none. */
static int is_address(struct mx_str url) {
    uint32_t i, begin = 0;
    if (url.len > 8 && memcmp(url.ptr, "https://", 8) == 0) begin = 8;
    if (url.len > 7 && memcmp(url.ptr, "http://", 7) == 0) begin = 7;
    if (!begin || url.ptr[begin] == '/') return 0;
    for (i = 0; i < url.len; i++)
        if ((uint8_t)url.ptr[i] <= 0x20 || (uint8_t)url.ptr[i] >= 0x7f || url.ptr[i] == '@' || url.ptr[i] == '\\') return 0;
    return 1;
}

static mx_status check(struct mx_ctx *ctx, const struct reward_occasion *occasion) {
    if (!rewards_is_code(occasion->code))
        return mx_fail(ctx, MX_E_BAD_INPUT, "code", "The code of an occasion has letters a-z, digits, underscores and dashes.");
    if (!occasion->day) return mx_fail(ctx, MX_E_MISSING_FIELD, "day", "Say whose day it is: birthday or joined.");
    if (!occasion->points && !occasion->rule.len)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "points", "An occasion gives points, or a coupon of a rule, or both.");
    if (occasion->media_url.len && !is_address(occasion->media_url))
        return mx_fail(ctx, MX_E_BAD_INPUT, "media_url",
                       "An address begins with https://, names a host, and holds no spaces or passwords.");
    return MX_OK;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct occasion_put *put = in;
    struct occasion_one *one = out;
    struct reward_occasion fresh = {.code = put->code, .valid_days = VALID_DAYS}, *occasion = NULL;
    mx_status st = mx_get(ctx, &rewards_occasions, &fresh, &occasion);
    if (st == MX_NONE) {
        fresh.purpose = mx_str_of(MX_PURPOSE_PERSONALISATION);
        occasion = &fresh;
        st = check_room(ctx);
    }
    if (st != MX_OK) return st;
    take(put, occasion);
    if ((st = check(ctx, occasion)) != MX_OK) return st;
    occasion->rec.has = UINT64_MAX;
    st = mx_put(ctx, &rewards_occasions, occasion);
    if (st == MX_OK) st = rewards_occasions_begin(ctx);
    if (st != MX_OK) return st;
    one->occasion = mx_alloc(ctx, sizeof(*one->occasion));
    show(occasion, one->occasion);
    return MX_OK;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct occasion_list *list = out;
    struct reward_occasion *occasion = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_occasions, NULL, NULL, &scan);
    (void)in;
    list->occasions = mx_list_new(ctx, REWARDS_OCCASIONS_MAX, sizeof(struct occasion_view));
    list->occasions.count = 0;
    while (st == MX_OK && list->occasions.count < REWARDS_OCCASIONS_MAX && (st = mx_scan_next(ctx, scan, &occasion)) == MX_OK)
        show(occasion, mx_list_at(&list->occasions, list->occasions.count++));
    return st == MX_DONE ? MX_OK : st;
}

static mx_status grants_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct grant_list *list = out;
    struct mx_member_facts facts;
    uint32_t i;
    mx_status st = rewards_facts(ctx, ask->member, "member", &facts);
    list->grants = mx_list_new(ctx, 500, sizeof(struct grant_view));
    list->grants.count = 0;
    for (i = 0; st == MX_OK && i < facts.members.count; i++) {
        struct reward_granted probe = {.member = mx_list_str(&facts.members, i)}, *granted = NULL;
        struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
        struct mx_scan *scan = NULL;
        st = mx_scan_open(ctx, &rewards_granted, &opts, &probe, &scan);
        while (st == MX_OK && list->grants.count < 500 && (st = mx_scan_next(ctx, scan, &granted)) == MX_OK) {
            struct grant_view *view = mx_list_at(&list->grants, list->grants.count++);
            *view = (struct grant_view){granted->occasion, granted->year,  granted->at,   granted->points,
                                        granted->coupon,   granted->until, granted->media};
        }
        if (st == MX_DONE) st = MX_OK;
    }
    return st;
}

const struct mx_op rewards_occasion_put_op =
    REWARDS_OP(0, "rewards.occasion.put", "Give members something on their birthday, or on the day they joined.", "rewards.manage",
               &occasion_put_type, &occasion_one_type, put_handler, NULL);
const struct mx_op rewards_occasion_list_op = REWARDS_OP(MX_OP_QUERY, "rewards.occasion.list", "Days on which members get something.",
                                                         "rewards.read", NULL, &occasion_list_type, list_handler, NULL);
const struct mx_op rewards_grants_op = REWARDS_OP(MX_OP_QUERY, "rewards.grants", "What a member got on her days.", "rewards.read",
                                                  &mx_member_ask_type, &grant_list_type, grants_handler, "member");
