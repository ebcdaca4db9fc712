/* Handing out the codes of a batch, page by page, each page once: with it goes the seed that it was made from. */
#include "coupon.h"
#include "ops.h"

static uint32_t codes_on(const struct promotion_batch *batch, int64_t page) {
    int64_t left = batch->count - page * PROMOTIONS_PAGE;
    return left > PROMOTIONS_PAGE ? PROMOTIONS_PAGE : left > 0 ? (uint32_t)left : 0;
}

static void write_codes(struct mx_ctx *ctx, const uint8_t seed[PROMOTIONS_SEED], uint32_t count, struct mx_list *codes) {
    uint32_t i;
    *codes = mx_list_new(ctx, count, sizeof(struct mx_str));
    for (i = 0; i < count; i++) {
        char code[PROMOTIONS_CODE_LEN], *text = mx_alloc(ctx, PROMOTIONS_CODE_TEXT);
        promotions_batch_code(ctx, seed, i, code);
        promotions_code_print(code, text);
        *(struct mx_str *)mx_list_at(codes, i) = mx_str_of(text);
    }
}

static mx_status burn_page(struct mx_ctx *ctx, struct promotion_batch *batch, uint8_t seed[PROMOTIONS_SEED], int64_t page, uint32_t count) {
    mx_status st;
    batch->shown += count;
    st = mx_put(ctx, &promotions_batches, batch);
    if (st != MX_OK) return st;
    if (codes_on(batch, page + 1) == 0) return promotions_secret_burn(ctx, batch->id);
    promotions_batch_next(ctx, seed);
    return promotions_secret_put(ctx, batch->id, mx_str_n((const char *)seed, PROMOTIONS_SEED), page + 1);
}

static mx_status codes_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct batch_ask *ask = in;
    struct batch_codes *answer = out;
    struct promotion_batch *batch = NULL;
    uint8_t seed[PROMOTIONS_SEED];
    struct mx_str plain;
    uint32_t count;
    int64_t page;
    mx_status st = promotions_batch_get(ctx, ask->id, &batch);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such batch.");
    if (st != MX_OK) return st;
    if (!batch->voided && batch->made < batch->count)
        return mx_refuse(ctx, "batch_not_ready", "id", "The batch is still being made: %lld of %lld coupons so far.",
                         (long long)batch->made, (long long)batch->count);
    st = promotions_secret_get(ctx, batch->id, &plain, &page);
    if (st == MX_NONE)
        return mx_refuse(ctx, "codes_shown", "id", "All codes of this batch were shown, or they waited too long, or the batch is void.");
    if (st == MX_OK && plain.len != PROMOTIONS_SEED) st = mx_fail(ctx, MX_E_DAMAGED, NULL, "The seed of the batch cannot be read.");
    if (st != MX_OK) return st;
    memcpy(seed, plain.ptr, sizeof(seed));
    count = codes_on(batch, page);
    write_codes(ctx, seed, count, &answer->codes);
    answer->id = batch->id;
    answer->page = page + 1;
    answer->left = batch->count - page * PROMOTIONS_PAGE - count;
    return burn_page(ctx, batch, seed, page, count);
}

static mx_status forget_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct batch_ask *ask = in;
    struct promotion_secret probe = {.id = ask->id};
    struct promotion_batch *batch = NULL;
    mx_status st = mx_delete(ctx, &promotions_secrets, &probe);
    (void)out;
    if (st == MX_OK) st = promotions_batch_get(ctx, ask->id, &batch);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    batch->forgotten = ctx->now_ms;
    return mx_put(ctx, &promotions_batches, batch);
}

const struct mx_op promotions_batch_codes_op =
    PROMOTIONS_OP(MX_OP_QUERY | MX_OP_BURNS, "promotions.batch.codes",
                  "Show the next 200 codes of a batch, once; ask again until none is left, within seven days.", "promotions.manage",
                  &batch_ask_type, &batch_codes_type, codes_handler);
const struct mx_op promotions_batch_forget_op =
    PROMOTIONS_OP(MX_OP_INTERNAL, "promotions.batch.forget", "Destroy the codes of a batch that nobody fetched.", NULL, &batch_ask_type,
                  NULL, forget_handler);
