/* Issuing coupons one by one, and handing out a single code once.
 *
 * A command's answer is stored for replays, so it holds no code: the code waits sealed for one promotions.coupon.reveal, which
 * takes it out in the same transaction. */
#include "coupon.h"
#include "ops.h"

mx_status promotions_check_window(struct mx_ctx *ctx, int64_t from, int64_t until) {
    if (until && until <= ctx->expiry_ms) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "It would have expired already.");
    if (until && until <= from) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "It would expire before it may be used.");
    return MX_OK;
}

mx_status promotions_check_member(struct mx_ctx *ctx, struct mx_str member) {
    const struct mx_member_ask ask = {.member = member, .brief = 1};
    struct mx_member_facts facts = {0};
    mx_status st = mx_ask(ctx, &mx_point_member, &ask, &facts);
    return st == MX_DECLINED ? mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.") : st;
}

mx_status promotions_due(struct mx_ctx *ctx, int64_t at_ms, const char *op, const struct mx_type *type, const void *ask, struct mx_str id) {
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, type, ask, &body);
    return st == MX_OK ? mx_due_at(ctx, at_ms, op, id, body) : st;
}

/* ---- codes that wait ---- */

mx_status promotions_secret_put(struct mx_ctx *ctx, struct mx_str id, struct mx_str plain, int64_t page) {
    struct promotion_secret probe = {.id = id}, *secret = NULL;
    mx_status st = mx_get(ctx, &promotions_secrets, &probe, &secret);
    if (st < 0) return st;
    if (st == MX_OK) probe = *secret;
    probe.sealed = mx_seal(ctx, plain, id);
    probe.page = page;
    return mx_put(ctx, &promotions_secrets, &probe);
}

mx_status promotions_secret_get(struct mx_ctx *ctx, struct mx_str id, struct mx_str *plain, int64_t *page) {
    struct promotion_secret probe = {.id = id}, *secret = NULL;
    mx_status st = mx_get(ctx, &promotions_secrets, &probe, &secret);
    if (st != MX_OK) return st;
    *page = secret->page;
    return mx_unseal(ctx, secret->sealed, id, plain);
}

mx_status promotions_secret_burn(struct mx_ctx *ctx, struct mx_str id) {
    struct promotion_secret probe = {.id = id};
    mx_status st = mx_delete(ctx, &promotions_secrets, &probe);
    return st == MX_NONE ? MX_OK : st;
}

/* ---- issuing ---- */

mx_status promotions_coupon_new(struct mx_ctx *ctx, struct promotion_coupon *coupon) {
    struct coupon_told told;
    mx_status st = mx_new_id(ctx, "cpn", &coupon->id);
    coupon->created = ctx->now_ms;
    coupon->rec.has = UINT64_MAX;
    if (st == MX_OK) st = mx_put(ctx, &promotions_coupons, coupon);
    told = (struct coupon_told){coupon->id, coupon->rule, coupon->member};
    return st == MX_OK ? mx_emit(ctx, &promotions_coupon_issued, &told) : st;
}

static mx_status keep_code(struct mx_ctx *ctx, const struct promotion_coupon *coupon, const char code[PROMOTIONS_CODE_LEN]) {
    const struct coupon_ask ask = {coupon->id};
    mx_status st = promotions_secret_put(ctx, coupon->id, mx_str_n(code, PROMOTIONS_CODE_LEN), 0);
    if (st != MX_OK) return st;
    return promotions_due(ctx, ctx->expiry_ms + PROMOTIONS_CODE_MS, promotions_coupon_forget_op.name, &coupon_ask_type, &ask, coupon->id);
}

static mx_status issue(struct mx_ctx *ctx, const struct coupon_issue *ask, struct promotion_coupon *coupon) {
    uint8_t random[PROMOTIONS_CODE_RANDOM];
    char code[PROMOTIONS_CODE_LEN];
    int coded = ask->code || ask->member.len == 0;
    mx_status st;
    coupon->rule = ask->rule;
    coupon->member = ask->member;
    coupon->uses_max = ask->uses ? ask->uses : 1;
    coupon->from = ask->from;
    coupon->until = ask->until;
    if (coded) {
        mx_random(ctx, random, sizeof(random));
        promotions_code_make(random, code);
        coupon->hash = promotions_code_hash(ctx, code);
        coupon->label = mx_dup(ctx, mx_str_n(code + PROMOTIONS_CODE_LEN - 4, 4));
    }
    st = promotions_coupon_new(ctx, coupon);
    if (st == MX_OK && coded) st = keep_code(ctx, coupon, code);
    return st;
}

static mx_status answer_one(struct mx_ctx *ctx, const struct promotion_coupon *coupon, void *out) {
    struct coupon_one *one = out;
    one->coupon = mx_alloc(ctx, sizeof(*one->coupon));
    return promotions_coupon_show(ctx, coupon, one->coupon);
}

static mx_status issue_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct coupon_issue *ask = in;
    struct promotion_coupon coupon = {.uses = 0};
    mx_status st = promotions_check_window(ctx, ask->from, ask->until);
    if (st == MX_OK && ask->member.len) st = promotions_check_member(ctx, ask->member);
    if (st == MX_OK) st = issue(ctx, ask, &coupon);
    return st == MX_OK ? answer_one(ctx, &coupon, out) : st;
}

/* ---- showing the code once, or forgetting it ---- */

static mx_status reveal_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct coupon_ask *ask = in;
    struct coupon_shown *shown = out;
    struct mx_str plain;
    char *text = mx_alloc(ctx, PROMOTIONS_CODE_TEXT);
    int64_t page;
    mx_status st = promotions_secret_get(ctx, ask->id, &plain, &page);
    if (st == MX_NONE)
        return mx_fail(ctx, MX_E_NOT_FOUND, "id",
                       "No code of that coupon waits to be shown: it was shown already, or it waited too long. Issue a new coupon.");
    if (st == MX_OK && plain.len != PROMOTIONS_CODE_LEN) st = mx_fail(ctx, MX_E_DAMAGED, NULL, "The code that waits cannot be read.");
    if (st == MX_OK) st = promotions_secret_burn(ctx, ask->id);
    if (st != MX_OK) return st;
    promotions_code_print(plain.ptr, text);
    shown->id = ask->id;
    shown->code = mx_str_of(text);
    return MX_OK;
}

static mx_status void_coupon(struct mx_ctx *ctx, struct promotion_coupon *coupon) {
    const struct coupon_told told = {coupon->id, coupon->rule, coupon->member};
    mx_status st;
    if (coupon->voided) return MX_OK;
    coupon->voided = ctx->now_ms;
    st = mx_put(ctx, &promotions_coupons, coupon);
    if (st == MX_OK) st = promotions_secret_burn(ctx, coupon->id);
    return st == MX_OK ? mx_emit(ctx, &promotions_coupon_voided, &told) : st;
}

/* Nobody knows a code that was never fetched; a member's coupon still has its id. */
static mx_status forget_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct coupon_ask *ask = in;
    struct promotion_secret probe = {.id = ask->id};
    struct promotion_coupon *coupon = NULL;
    mx_status st = mx_delete(ctx, &promotions_secrets, &probe);
    (void)out;
    if (st == MX_OK) st = promotions_coupon_get(ctx, ask->id, &coupon);
    if (st != MX_OK || coupon->member.len) return st == MX_NONE ? MX_OK : st;
    return void_coupon(ctx, coupon);
}

static mx_status void_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct promotion_coupon *coupon = NULL;
    mx_status st = promotions_coupon_get(ctx, ((const struct coupon_ask *)in)->id, &coupon);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such coupon.");
    if (st == MX_OK) st = void_coupon(ctx, coupon);
    return st == MX_OK ? answer_one(ctx, coupon, out) : st;
}

const struct mx_op promotions_coupon_issue_op =
    PROMOTIONS_OP(0, "promotions.coupon.issue",
                  "Issue a coupon to a member, or to whoever will have its code: fetch that with promotions.coupon.reveal within a day.",
                  "promotions.issue", &coupon_issue_type, &coupon_one_type, issue_handler);
const struct mx_op promotions_coupon_reveal_op =
    PROMOTIONS_OP(MX_OP_QUERY | MX_OP_BURNS, "promotions.coupon.reveal", "Show the code of a fresh coupon, once.", "promotions.issue",
                  &coupon_ask_type, &coupon_shown_type, reveal_handler);
const struct mx_op promotions_coupon_void_op =
    PROMOTIONS_OP(0, "promotions.coupon.void", "Declare a coupon void; it is refused from then on.", "promotions.manage", &coupon_ask_type,
                  &coupon_one_type, void_handler);
const struct mx_op promotions_coupon_forget_op = PROMOTIONS_OP(
    MX_OP_INTERNAL, "promotions.coupon.forget", "Destroy a code that nobody fetched.", NULL, &coupon_ask_type, NULL, forget_handler);
