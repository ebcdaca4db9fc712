/* Looking at coupons: one, many, and the till's question what a code is worth. */
#include "coupon.h"
#include "ops.h"

mx_status promotions_coupon_show(struct mx_ctx *ctx, const struct promotion_coupon *coupon, struct coupon_view *view) {
    const struct promotions_look look = {coupon->member, {NULL, 0}, 0};
    struct promotions_judged judged;
    mx_status st = promotions_coupon_judge(ctx, &look, coupon, &judged);
    if (st != MX_OK) return st;
    view->id = coupon->id;
    view->rule = coupon->rule;
    view->batch = coupon->batch;
    view->group = coupon->group;
    view->member = coupon->member;
    view->label = coupon->label;
    view->state = judged.state;
    view->why = judged.why;
    view->uses_max = coupon->uses_max;
    view->uses = coupon->uses;
    view->from = coupon->from;
    view->until = judged.group ? judged.group->until : coupon->until;
    view->voided = coupon->voided;
    view->created = coupon->created;
    return MX_OK;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct coupon_one *one = out;
    struct promotion_coupon *coupon = NULL;
    mx_status st = promotions_coupon_get(ctx, ((const struct coupon_ask *)in)->id, &coupon);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such coupon.");
    if (st != MX_OK) return st;
    one->coupon = mx_alloc(ctx, sizeof(*one->coupon));
    return promotions_coupon_show(ctx, coupon, one->coupon);
}

mx_status promotions_cursor(struct mx_ctx *ctx, mx_status st) {
    return st == MX_E_BAD_INPUT ? mx_fail(ctx, st, "after", "This is no `next` of an earlier page of this list.") : st;
}

static mx_status list_opts(struct mx_ctx *ctx, const struct coupon_list *ask, struct mx_scan_opts *opts) {
    if ((ask->rule.len > 0) + (ask->member.len > 0) + (ask->batch.len > 0) > 1)
        return mx_fail(ctx, MX_E_BAD_INPUT, "rule", "Give one of rule, member and batch, not several.");
    if (ask->rule.len) opts->index = "rule";
    if (ask->member.len) opts->index = "member";
    if (ask->batch.len) opts->index = "batch";
    opts->prefix = opts->index != NULL;
    return MX_OK;
}

/* Coupons of one walk, behind those that the page has. more: the page is full, and there are others behind `cursor`. */
static mx_status fill_page(struct mx_ctx *ctx, const struct mx_scan_opts *opts, const struct promotion_coupon *probe, uint32_t limit,
                           struct coupon_page *page, struct mx_str *cursor, int *more) {
    struct promotion_coupon *coupon = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = promotions_cursor(ctx, mx_scan_open(ctx, &promotions_coupons, opts, probe, &scan));
    *cursor = opts->after;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &coupon)) == MX_OK) {
        *more = page->coupons.count == limit;
        if (*more) return MX_OK;
        *cursor = mx_scan_cursor(ctx, scan);
        st = promotions_coupon_show(ctx, coupon, mx_list_at(&page->coupons, page->coupons.count++));
    }
    return st == MX_DONE ? MX_OK : st;
}

/* The cursor of a customer with several ids says in which of them it stands: "mem_...:". */
static mx_status read_place(struct mx_ctx *ctx, const struct mx_list *ids, struct mx_str *after, uint32_t *at) {
    *at = 0;
    if (ids->count < 2 || after->len == 0) return MX_OK;
    for (; *at < ids->count; ++*at) {
        struct mx_str id = mx_list_str(ids, *at);
        if (after->len <= id.len || after->ptr[id.len] != ':' || memcmp(after->ptr, id.ptr, id.len) != 0) continue;
        *after = mx_str_n(after->ptr + id.len + 1, after->len - id.len - 1);
        return MX_OK;
    }
    return promotions_cursor(ctx, MX_E_BAD_INPUT);
}

static struct mx_str place(struct mx_ctx *ctx, const struct mx_list *ids, uint32_t at, struct mx_str cursor) {
    struct mx_str id = mx_list_str(ids, at);
    char *text;
    if (ids->count < 2) return cursor;
    text = mx_alloc(ctx, (size_t)id.len + 1 + cursor.len);
    memcpy(text, id.ptr, id.len);
    text[id.len] = ':';
    if (cursor.len) memcpy(text + id.len + 1, cursor.ptr, cursor.len);
    return mx_str_n(text, (size_t)id.len + 1 + cursor.len);
}

/* Of a customer: under all her ids, one after the other. */
static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct coupon_list *ask = in;
    struct coupon_page *page = out;
    struct promotion_coupon probe = {.rule = ask->rule, .batch = ask->batch};
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : PROMOTIONS_LIST, at = 0;
    struct mx_str cursor = {NULL, 0};
    struct mx_list ids;
    int more = 0;
    mx_status st = list_opts(ctx, ask, &opts);
    if (st == MX_OK) st = promotions_ids(ctx, ask->member, &ids);
    if (st == MX_OK) st = read_place(ctx, &ids, &opts.after, &at);
    page->coupons = mx_list_new(ctx, limit, sizeof(struct coupon_view));
    page->coupons.count = 0;
    if (st == MX_OK && ids.count == 0) {
        st = fill_page(ctx, &opts, &probe, limit, page, &cursor, &more);
        if (more) page->next = cursor;
    }
    for (; st == MX_OK && !more && at < ids.count; at++) {
        probe.member = mx_list_str(&ids, at);
        st = fill_page(ctx, &opts, &probe, limit, page, &cursor, &more);
        if (more) page->next = place(ctx, &ids, at, cursor);
        opts.after = (struct mx_str){NULL, 0};
    }
    return st;
}

/* ---- what the till asks ---- */

static mx_status fill_checked(struct mx_ctx *ctx, const struct promotions_look *look, struct coupon_checked *checked) {
    struct promotion_coupon *coupon = NULL;
    struct promotions_judged judged;
    mx_status st;
    if (checked->coupon.len == 0) return MX_OK;
    st = promotions_coupon_get(ctx, checked->coupon, &coupon);
    if (st == MX_OK) st = promotions_coupon_judge(ctx, look, coupon, &judged);
    if (st != MX_OK) return st;
    if (checked->state == MX_COUPON_USABLE) checked->why = judged.why;
    checked->personal = coupon->member.len > 0;
    checked->from = coupon->from;
    checked->until = judged.group ? judged.group->until : coupon->until;
    checked->left = coupon->uses_max - coupon->uses;
    if (checked->state == MX_COUPON_USABLE && judged.group) {
        checked->joined = judged.group->joined;
        checked->amount = judged.group->amount;
    }
    return coupon->group.len ? promotions_group_missing(ctx, coupon->group, &checked->missing) : MX_OK;
}

static mx_status check_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct coupon_check *check = in;
    const struct mx_coupons_ask ask = {check->codes, check->member, check->held, 0};
    const struct promotions_look look = {check->member, check->held, 0};
    struct mx_coupons_answer answer;
    struct coupon_checks *checks = out;
    mx_status st;
    uint32_t i;
    memset(&answer, 0, sizeof(answer));
    st = promotions_coupons_answer(ctx, &ask, &answer);
    checks->said = mx_list_new(ctx, answer.said.count, sizeof(struct coupon_checked));
    for (i = 0; st == MX_OK && i < answer.said.count; i++) {
        const struct mx_coupon_said *said = mx_list_at(&answer.said, i);
        struct coupon_checked *checked = mx_list_at(&checks->said, i);
        checked->place = said->place;
        checked->state = said->state;
        checked->why = said->why;
        checked->coupon = said->coupon;
        checked->rule = said->rule;
        st = fill_checked(ctx, &look, checked);
    }
    return st;
}

const struct mx_op promotions_coupon_get_op = PROMOTIONS_OP(MX_OP_QUERY, "promotions.coupon.get", "Show a coupon, without its code.",
                                                            "promotions.read", &coupon_ask_type, &coupon_one_type, get_handler);
const struct mx_op promotions_coupon_list_op =
    PROMOTIONS_OWN_OP(MX_OP_QUERY, "promotions.coupon.list", "Show the coupons of a promotion, a member or a batch.", "promotions.read",
                      &coupon_list_type, &coupon_page_type, list_handler, "member");
const struct mx_op promotions_coupon_check_op =
    PROMOTIONS_OWN_OP(MX_OP_QUERY, "promotions.coupon.check", "Say what codes are worth at the till, or why they are worth nothing.",
                      "promotions.check", &coupon_check_type, &coupon_checks_type, check_handler, "member");
