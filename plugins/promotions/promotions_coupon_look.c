/* pricing.coupons: what the codes of a cart are worth. A code is looked up by its keyed hash and never repeated in an answer;
 * words that are no code of ours are handed to the rules. */
#include "internal.h"
#include "records.h"

struct look {
    struct mx_ctx *ctx;
    struct promotions_look by;
    struct mx_coupons_answer *answer;
};

struct mx_str promotions_code_hash(struct mx_ctx *ctx, const char code[PROMOTIONS_CODE_LEN]) {
    return mx_keyed_text(ctx, "coupon code", mx_str_n(code, PROMOTIONS_CODE_LEN), PROMOTIONS_HASH_TEXT / 2);
}

mx_status promotions_coupon_by_code(struct mx_ctx *ctx, const char code[PROMOTIONS_CODE_LEN], struct promotion_coupon **coupon) {
    struct promotion_coupon probe = {.hash = promotions_code_hash(ctx, code)};
    mx_status st = mx_find(ctx, &promotions_coupons, "code", &probe, coupon);
    if (st == MX_NONE) promotions_guess_wrong(ctx, probe.hash);
    return st;
}

static int begins(struct mx_str text, const char *with) {
    size_t len = strlen(with);
    return text.len > len && memcmp(text.ptr, with, len) == 0;
}

/* MX_OK: the coupon is set aside for the held cart that this one goes on with. */
static mx_status is_set_aside(const struct look *look, struct mx_str id) {
    struct promotion_reservation probe = {.coupon = id, .held = look->by.held}, *found;
    return look->by.held.len ? mx_get(look->ctx, &promotions_reservations, &probe, &found) : MX_NONE;
}

/* A group or bargain, under whichever of her ids she joined it. */
static mx_status by_group(const struct look *look, struct mx_str id, struct promotion_coupon **coupon) {
    struct mx_list ids;
    uint32_t i;
    mx_status st = promotions_ids(look->ctx, look->by.member, &ids);
    if (st == MX_OK) st = MX_NONE;
    for (i = 0; st == MX_NONE && i < ids.count; i++) {
        struct promotion_coupon probe = {.group = id, .member = mx_list_str(&ids, i)};
        st = mx_find(look->ctx, &promotions_coupons, "group", &probe, coupon);
    }
    return st;
}

/* Coupon, group or bargain by its id, which is no secret: only for the member whose it is, and for the held cart that it is set
 * aside for: whoever held it had its code. */
static mx_status by_id(const struct look *look, struct mx_str id, struct promotion_coupon **coupon) {
    mx_status st;
    if (!begins(id, "cpn_")) return by_group(look, id, coupon);
    st = promotions_coupon_get(look->ctx, id, coupon);
    return st == MX_OK && (*coupon)->member.len == 0 ? is_set_aside(look, id) : st;
}

static void unknown(struct mx_coupon_said *said, int32_t state, const char *why) {
    said->state = state;
    said->why = mx_str_of(why);
}

static void add_public(struct look *look, struct mx_str word) {
    *(struct mx_str *)mx_list_at(&look->answer->publics, look->answer->publics.count++) = word;
}

static int has_voucher(const struct mx_coupons_answer *answer, struct mx_str id) {
    uint32_t i;
    for (i = 0; i < answer->vouchers.count; i++)
        if (mx_str_eq(((const struct mx_cart_voucher *)mx_list_at(&answer->vouchers, i))->id, id)) return 1;
    return 0;
}

static mx_status judge(struct look *look, const struct promotion_coupon *coupon, struct mx_coupon_said *said) {
    struct mx_coupons_answer *answer = look->answer;
    struct promotions_judged judged;
    struct mx_cart_voucher *voucher;
    mx_status st = promotions_coupon_judge(look->ctx, &look->by, coupon, &judged);
    if (st != MX_OK) return st;
    said->state = judged.state;
    said->why = judged.why;
    said->coupon = coupon->id;
    said->rule = coupon->rule;
    if (judged.state != MX_COUPON_USABLE) return MX_OK;
    if (has_voucher(answer, coupon->id)) {
        unknown(said, MX_COUPON_NO_EFFECT, "This coupon was scanned twice; it counts once.");
        return MX_OK;
    }
    if (!judged.waits) memset(&said->why, 0, sizeof(said->why)); /* the rules have the last word */
    voucher = mx_list_at(&answer->vouchers, answer->vouchers.count++);
    voucher->id = coupon->id;
    voucher->rule = coupon->rule;
    voucher->joined = judged.group ? judged.group->joined : 0;
    voucher->amount = judged.group ? judged.group->amount : 0;
    voucher->left = coupon->uses_max - coupon->uses;
    if (judged.group) voucher->sku = judged.group->sku;
    return MX_OK;
}

static mx_status look_up(struct look *look, struct mx_str typed, struct mx_coupon_said *said) {
    struct promotion_coupon *coupon = NULL;
    char code[PROMOTIONS_CODE_LEN];
    mx_status st;
    if (begins(typed, "cpn_") || begins(typed, "grp_") || begins(typed, "brg_")) {
        st = by_id(look, typed, &coupon);
    } else {
        enum promotions_typed kind = promotions_code_read(typed, code);
        if (kind == PROMOTIONS_TYPED_WORD) {
            unknown(said, MX_COUPON_UNKNOWN, "This is no coupon that the shop issued; a promotion may still answer to the word.");
            add_public(look, typed);
            return MX_OK;
        }
        if (kind == PROMOTIONS_TYPED_WRONG) {
            unknown(said, MX_COUPON_UNKNOWN, "There is a typing error in this code: please compare it with the coupon.");
            return MX_OK;
        }
        if (promotions_guess_locked(look->ctx)) {
            unknown(said, MX_COUPON_LOCKED, "Too many wrong codes came from here: please try again in ten minutes.");
            return MX_OK;
        }
        st = promotions_coupon_by_code(look->ctx, code, &coupon);
    }
    if (st == MX_OK) return judge(look, coupon, said);
    if (st == MX_NONE) unknown(said, MX_COUPON_UNKNOWN, "The shop issued no such coupon.");
    return st == MX_NONE ? MX_OK : st;
}

mx_status promotions_coupons_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_coupons_ask *ask = in;
    struct look look = {ctx, {ask->member, ask->held, ask->at}, out};
    mx_status st = MX_OK;
    uint32_t i;
    look.answer->said = mx_list_new(ctx, ask->codes.count, sizeof(struct mx_coupon_said));
    look.answer->vouchers = mx_list_new(ctx, ask->codes.count, sizeof(struct mx_cart_voucher));
    look.answer->publics = mx_list_new(ctx, ask->codes.count, sizeof(struct mx_str));
    look.answer->vouchers.count = look.answer->publics.count = 0;
    for (i = 0; st == MX_OK && i < ask->codes.count; i++) {
        struct mx_coupon_said *said = mx_list_at(&look.answer->said, i);
        said->place = (int64_t)i + 1;
        st = look_up(&look, mx_list_str(&ask->codes, i), said);
    }
    return st;
}
