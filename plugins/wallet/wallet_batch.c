/* Printed cards: made by a job between the tills' commands, worth nothing until each is loaded.
 *
 * A batch has one random seed. Page after page of codes follows from it, and the seed of the next page from that of the page before
 * through a keyed hash, never the other way round: what waits to be shown is the sealed seed of the next page alone. */
#include "batch.h"
#include "ops.h"

#define CODES_WAIT_MS (7 * INT64_C(86400000))

static void seed_next(struct mx_ctx *ctx, uint8_t seed[WALLET_SEED]) {
    mx_keyed_hash(ctx, "batch page", mx_str_n((const char *)seed, WALLET_SEED), seed);
}

static void code_of(struct mx_ctx *ctx, const uint8_t seed[WALLET_SEED], uint32_t place, char code[WALLET_CODE_LEN]) {
    uint8_t from[WALLET_SEED + 2], random[MX_HASH_BYTES];
    memcpy(from, seed, WALLET_SEED);
    from[WALLET_SEED] = (uint8_t)place;
    from[WALLET_SEED + 1] = (uint8_t)(place >> 8);
    mx_keyed_hash(ctx, "batch card", mx_str_n((const char *)from, sizeof(from)), random);
    wallet_code_make(random, code);
}

static mx_status batch_get(struct mx_ctx *ctx, struct mx_str id, struct wallet_batch **batch) {
    const struct wallet_batch probe = {.id = id};
    mx_status st = mx_get(ctx, &wallet_batches, &probe, batch);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such batch.") : st;
}

static mx_status batch_put(struct mx_ctx *ctx, struct wallet_batch *batch) {
    batch->rec.has = UINT64_MAX;
    return mx_put(ctx, &wallet_batches, batch);
}

static mx_status answer(struct mx_ctx *ctx, const struct wallet_batch *batch, void *out) {
    struct wallet_batch_one *one = out;
    one->batch = mx_alloc(ctx, sizeof(*one->batch));
    *one->batch = (struct wallet_batch_view){.id = batch->id,
                                             .note = batch->note,
                                             .count = batch->count,
                                             .made = batch->made,
                                             .shown = batch->shown,
                                             .voided = batch->voided,
                                             .created = batch->created};
    return MX_OK;
}

/* The seed of a page. MX_NONE: all were shown, or they waited too long. */
static mx_status seed_of(struct mx_ctx *ctx, struct mx_str batch, int64_t wanted, uint8_t seed[WALLET_SEED], int64_t *page) {
    struct wallet_secret *secret = NULL;
    struct mx_str plain;
    int64_t at;
    mx_status st = wallet_secret_get(ctx, batch, &secret, &plain);
    if (st != MX_OK) return st;
    if (plain.len != WALLET_SEED) return mx_fail(ctx, MX_E_DAMAGED, NULL, "The seed of the batch cannot be read.");
    memcpy(seed, plain.ptr, WALLET_SEED);
    *page = secret->page;
    for (at = secret->page; at < wanted; at++) seed_next(ctx, seed);
    return MX_OK;
}

static mx_status make_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_batch_make *ask = in;
    struct wallet_batch batch = {.note = ask->note, .count = ask->count, .created = ctx->now_ms};
    struct wallet_batch_ask body = {{NULL, 0}};
    uint8_t seed[WALLET_SEED];
    struct mx_str json, job;
    mx_status st = mx_new_id(ctx, "bat", &batch.id);
    mx_random(ctx, seed, sizeof(seed));
    if (st == MX_OK) st = batch_put(ctx, &batch);
    if (st == MX_OK) st = wallet_secret_put(ctx, batch.id, mx_str_n((const char *)seed, sizeof(seed)), 0);
    body.id = batch.id;
    if (st == MX_OK) st = ctx->op->encode(ctx, &wallet_batch_ask_type, &body, &json);
    if (st == MX_OK) st = mx_job_start(ctx, WALLET_BATCH_JOB, json, &job);
    return st == MX_OK ? answer(ctx, &batch, out) : st;
}

/* ---- the job: one page of cards a step ---- */

static mx_status make_card(struct mx_ctx *ctx, const struct wallet_batch *batch, const uint8_t seed[WALLET_SEED], uint32_t place) {
    struct wallet_account account = {.kind = WALLET_GIFT_CARD, .state = WALLET_INACTIVE, .batch = batch->id};
    char code[WALLET_CODE_LEN];
    code_of(ctx, seed, place, code);
    account.code = wallet_code_hash(ctx, code);
    account.label = mx_dup(ctx, mx_str_n(code + WALLET_CODE_LEN - WALLET_LABEL_LEN, WALLET_LABEL_LEN));
    return wallet_account_new(ctx, &account);
}

static mx_status is_ready(struct mx_ctx *ctx, const struct wallet_batch *batch) {
    const struct wallet_batch_ask ask = {batch->id};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &wallet_batch_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, ctx->expiry_ms + CODES_WAIT_MS, wallet_batch_forget_op.name, batch->id, body) : st;
}

mx_status wallet_batch_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct wallet_batch_ask ask = {{NULL, 0}};
    struct wallet_batch *batch = NULL;
    uint8_t seed[WALLET_SEED];
    uint32_t place = 0;
    int64_t page;
    mx_status st = ctx->op->decode(ctx, &wallet_batch_ask_type, body, &ask);
    (void)cursor;
    if (st == MX_OK) st = batch_get(ctx, ask.id, &batch);
    if (st != MX_OK) return st;
    if (batch->voided || batch->made == batch->count) return MX_DONE;
    st = seed_of(ctx, batch->id, batch->made / WALLET_BATCH_PAGE, seed, &page);
    if (st == MX_NONE) return MX_DONE;
    for (; st == MX_OK && place < WALLET_BATCH_PAGE && batch->made < batch->count; place++, batch->made++)
        st = make_card(ctx, batch, seed, place);
    if (st == MX_OK) st = batch_put(ctx, batch);
    if (st == MX_OK) st = mx_progress(ctx, batch->made, batch->count);
    if (st != MX_OK || batch->made < batch->count) return st;
    st = is_ready(ctx, batch);
    return st == MX_OK ? MX_DONE : st;
}

/* ---- their codes, page by page, each once ---- */

static mx_status burn_page(struct mx_ctx *ctx, struct wallet_batch *batch, uint8_t seed[WALLET_SEED], int64_t page, uint32_t count) {
    mx_status st;
    batch->shown += count;
    st = batch_put(ctx, batch);
    if (st != MX_OK) return st;
    if (batch->shown >= batch->count) return wallet_secret_burn(ctx, batch->id);
    seed_next(ctx, seed);
    return wallet_secret_put(ctx, batch->id, mx_str_n((const char *)seed, WALLET_SEED), page + 1);
}

static mx_status codes_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct wallet_batch_codes *codes = out;
    struct wallet_batch *batch = NULL;
    uint8_t seed[WALLET_SEED];
    uint32_t count, i;
    int64_t page = 0;
    mx_status st = batch_get(ctx, ((const struct wallet_batch_ask *)in)->id, &batch);
    if (st != MX_OK) return st;
    if (!batch->voided && batch->made < batch->count)
        return mx_refuse(ctx, "batch_not_ready", "id", "The batch is still being made: %lld of %lld cards so far.", (long long)batch->made,
                         (long long)batch->count);
    st = seed_of(ctx, batch->id, 0, seed, &page);
    if (st == MX_NONE)
        return mx_refuse(ctx, "codes_shown", "id", "All codes of this batch were shown, or they waited too long, or it is void.");
    if (st != MX_OK) return st;
    count = batch->count - batch->shown > WALLET_BATCH_PAGE ? WALLET_BATCH_PAGE : (uint32_t)(batch->count - batch->shown);
    codes->codes = mx_list_new(ctx, count, sizeof(struct mx_str));
    for (i = 0; i < count; i++) {
        char code[WALLET_CODE_LEN], *text = mx_alloc(ctx, WALLET_CODE_TEXT);
        code_of(ctx, seed, i, code);
        wallet_code_print(code, text);
        *(struct mx_str *)mx_list_at(&codes->codes, i) = mx_str_of(text);
    }
    codes->id = batch->id;
    codes->left = batch->count - batch->shown - count;
    return burn_page(ctx, batch, seed, page, count);
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct wallet_batch *batch = NULL;
    mx_status st = batch_get(ctx, ((const struct wallet_batch_ask *)in)->id, &batch);
    return st == MX_OK ? answer(ctx, batch, out) : st;
}

/* Cards of it that were never loaded open nothing any more; what was sold stays good. */
static mx_status void_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct wallet_batch *batch = NULL;
    mx_status st = batch_get(ctx, ((const struct wallet_batch_ask *)in)->id, &batch);
    if (st == MX_OK && batch->voided == 0) {
        batch->voided = ctx->now_ms;
        st = batch_put(ctx, batch);
        if (st == MX_OK) st = wallet_secret_burn(ctx, batch->id);
    }
    return st == MX_OK ? answer(ctx, batch, out) : st;
}

mx_status wallet_batch_is_void(struct mx_ctx *ctx, struct mx_str id, int *is_void) {
    const struct wallet_batch probe = {.id = id};
    struct wallet_batch *batch = NULL;
    mx_status st;
    *is_void = 0;
    if (id.len == 0) return MX_OK;
    st = mx_get(ctx, &wallet_batches, &probe, &batch);
    if (st == MX_OK) *is_void = batch->voided != 0;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status forget_handler(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    return wallet_secret_burn(ctx, ((const struct wallet_batch_ask *)in)->id);
}

const struct mx_op wallet_batch_make_op =
    WALLET_OP(0, "wallet.batch.make", "Make many gift cards to be printed; each is worth nothing until it is loaded.", WALLET_MAY_MANAGE,
              &wallet_batch_make_type, &wallet_batch_one_type, make_handler, NULL);
const struct mx_op wallet_batch_get_op = WALLET_OP(MX_OP_QUERY, "wallet.batch.get", "Show a batch of printed cards.", WALLET_MAY_READ,
                                                   &wallet_batch_ask_type, &wallet_batch_one_type, get_handler, NULL);
const struct mx_op wallet_batch_codes_op =
    WALLET_OP(MX_OP_QUERY | MX_OP_BURNS, "wallet.batch.codes", "Show the next 200 codes of a batch, once; within seven days.",
              WALLET_MAY_MANAGE, &wallet_batch_ask_type, &wallet_batch_codes_type, codes_handler, NULL);
const struct mx_op wallet_batch_void_op = WALLET_OP(0, "wallet.batch.void", "Declare the cards of a batch void that were never loaded.",
                                                    WALLET_MAY_MANAGE, &wallet_batch_ask_type, &wallet_batch_one_type, void_handler, NULL);
const struct mx_op wallet_batch_forget_op = WALLET_OP(MX_OP_INTERNAL, "wallet.batch.forget", "Destroy codes that nobody fetched.", NULL,
                                                      &wallet_batch_ask_type, NULL, forget_handler, NULL);
