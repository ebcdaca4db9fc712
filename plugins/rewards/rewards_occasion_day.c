/* Day after day: whose day is it, by the sun's calendar and by the moon's. A due time each night starts a job, which also looks at
 * days that passed while the shop was shut. */
#include "internal.h"
#include "occasion.h"

#define CATCH_UP_DAYS     31
#define AFTER_MIDNIGHT_MS INT64_C(300000)
#define PAGE              25 /* members a step: each present writes some eight records */

static int64_t today_of(struct mx_ctx *ctx, int64_t *until_midnight_ms) {
    const struct mx_str shop = {NULL, 0};
    struct mx_civil civil;
    mx_civil_of(ctx, shop, ctx->now_ms, &civil);
    *until_midnight_ms = MX_DAY_MS - ((civil.hour * 60 + civil.minute) * 60 + civil.second) * INT64_C(1000);
    return mx_day_number(civil.year, civil.month, civil.day);
}

static mx_status plan_next(struct mx_ctx *ctx, int64_t until_midnight_ms) {
    return mx_due_at(ctx, ctx->now_ms + until_midnight_ms + AFTER_MIDNIGHT_MS, rewards_occasion_day_op.name, mx_str_of("day"),
                     mx_str_of("{}"));
}

static mx_status start_day(struct mx_ctx *ctx, int64_t day) {
    const struct occasion_day ask = {day};
    struct mx_str body, id;
    mx_status st = ctx->op->encode(ctx, &occasion_day_type, &ask, &body);
    return st == MX_OK ? mx_job_start(ctx, REWARDS_OCCASION_JOB, body, &id) : st;
}

static mx_status run_days(struct mx_ctx *ctx) {
    struct reward_settings settings;
    int64_t until_midnight_ms, today = today_of(ctx, &until_midnight_ms), day;
    mx_status st = rewards_settings_now(ctx, &settings);
    if (st != MX_OK) return st;
    day = settings.days_run + 1;
    if (day < today - CATCH_UP_DAYS) day = settings.days_run ? today - CATCH_UP_DAYS : today;
    for (; st == MX_OK && day <= today; day++) st = start_day(ctx, day);
    if (st == MX_OK && settings.days_run < today) {
        settings.days_run = today;
        settings.rec.has = UINT64_MAX;
        st = mx_put(ctx, &rewards_settings_table, &settings);
    }
    return st == MX_OK ? plan_next(ctx, until_midnight_ms) : st;
}

mx_status rewards_occasions_begin(struct mx_ctx *ctx) {
    struct reward_settings settings;
    mx_status st = rewards_settings_now(ctx, &settings);
    return st == MX_OK && settings.days_run == 0 ? run_days(ctx) : st;
}

static mx_status day_handler(struct mx_ctx *ctx, const void *in, void *out) {
    (void)in;
    (void)out;
    return run_days(ctx);
}

/* ---- the job ---- */

/* Behind which occasion, and where in its list. */
struct place {
    struct mx_str code;
    uint8_t lunar;
    struct mx_str after;
};
static const struct mx_field place_fields[] = {
    MX_F_STR(place, code, 0, 0, 33, "occasion"),
    MX_F_BOOL(place, lunar, 0, "by the moon's calendar"),
    MX_F_STR(place, after, 0, 0, 2000, "where in its list"),
};
MX_TYPE(place, "rewards.occasion.place", "how far a day is done");

/* The occasion of the place, or the next one; MX_DONE. */
static mx_status find_occasion(struct mx_ctx *ctx, struct place *place, struct reward_occasion **occasion) {
    struct reward_occasion probe = {.code = place->code};
    struct mx_scan_opts opts = {.size = sizeof(opts), .from = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_occasions, place->code.len ? &opts : NULL, place->code.len ? &probe : NULL, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, occasion);
    if (st == MX_OK && !mx_str_eq((*occasion)->code, place->code)) *place = (struct place){.code = (*occasion)->code};
    return st;
}

/* Whose day it is that this occasion looks at: 0 when the moon's calendar does not reach so far. */
static int ask_of(const struct reward_occasion *occasion, const struct place *place, int64_t day, struct mx_occasions_ask *ask,
                  int64_t *year) {
    struct rewards_lunar lunar;
    struct mx_civil date;
    mx_day_civil(day + occasion->days_before, &date);
    *ask = (struct mx_occasions_ask){
        .occasion = occasion->day, .year = date.year, .month = date.month, .day = date.day, .after = place->after, .limit = PAGE};
    *year = date.year;
    if (!place->lunar) return 1;
    if (occasion->day != MX_OCCASION_BIRTHDAY || !rewards_lunar_of(day + occasion->days_before, &lunar)) return 0;
    ask->lunar = 1;
    ask->month = lunar.month;
    ask->day = lunar.day;
    ask->last = (uint8_t)lunar.last;
    *year = lunar.year;
    return 1;
}

/* The first text behind this code, which may be no occasion's: the walk goes on at the next one. */
static struct mx_str after_code(struct mx_ctx *ctx, struct mx_str code) {
    char *text = mx_alloc(ctx, (size_t)code.len + 1);
    memcpy(text, code.ptr, code.len);
    text[code.len] = '-'; /* the lowest sign of a code */
    return mx_str_n(text, code.len + 1);
}

/* One page of members; behind the last one the moon's calendar follows, and then the next occasion. */
static mx_status give_page(struct mx_ctx *ctx, const struct reward_occasion *occasion, struct place *place, int64_t day) {
    struct mx_occasions page = {.next = {NULL, 0}};
    struct mx_occasions_ask ask;
    int64_t year = 0;
    uint32_t i;
    mx_status st = MX_OK;
    if (!occasion->off && ask_of(occasion, place, day, &ask, &year)) st = mx_call(ctx, &mx_member_occasions, &ask, &page);
    if (st == MX_DECLINED) return MX_DONE;
    for (i = 0; st == MX_OK && i < page.members.count; i++) st = rewards_occasion_give(ctx, occasion, mx_list_str(&page.members, i), year);
    place->after = page.next;
    if (page.next.len) return st;
    if (place->lunar) place->code = after_code(ctx, place->code);
    place->lunar = !place->lunar;
    return st;
}

static mx_status step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct place place = {.lunar = 0};
    struct occasion_day today = {.day = 0};
    struct reward_occasion *occasion = NULL;
    mx_status st = ctx->op->decode(ctx, &occasion_day_type, body, &today);
    if (st == MX_OK && cursor->len) st = ctx->op->decode(ctx, &place_type, *cursor, &place);
    if (st == MX_OK) st = find_occasion(ctx, &place, &occasion);
    if (st == MX_OK) st = give_page(ctx, occasion, &place, today.day);
    return st == MX_OK ? ctx->op->encode(ctx, &place_type, &place, cursor) : st;
}

const struct mx_job rewards_occasion_job = {(uint32_t)sizeof(struct mx_job), 0, REWARDS_OCCASION_JOB, step};

const struct mx_op rewards_occasion_day_op =
    REWARDS_OP(MX_OP_INTERNAL, "rewards.occasion.day", "A new day: whose is it?", NULL, NULL, NULL, day_handler, NULL);
