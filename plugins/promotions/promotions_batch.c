/* Batches: up to 100,000 coupons, made by a job between the tills' commands.
 *
 * A batch has one random seed. Page after page of codes follows from it, and the seed of the next page follows from that of the
 * page before through a keyed hash, never the other way round. The job makes the coupons from the first seed on; what waits to
 * be shown is only the sealed seed of the next page, so a page that was shown can never be made again. */
#include "coupon.h"
#include "ops.h"

mx_status promotions_batch_get(struct mx_ctx *ctx, struct mx_str id, struct promotion_batch **batch) {
    struct promotion_batch probe = {.id = id};
    return mx_get(ctx, &promotions_batches, &probe, batch);
}

void promotions_batch_next(struct mx_ctx *ctx, uint8_t seed[PROMOTIONS_SEED]) {
    mx_keyed_hash(ctx, "batch page", mx_str_n((const char *)seed, PROMOTIONS_SEED), seed);
}

void promotions_batch_code(struct mx_ctx *ctx, const uint8_t seed[PROMOTIONS_SEED], uint32_t place, char code[PROMOTIONS_CODE_LEN]) {
    uint8_t from[PROMOTIONS_SEED + 4], random[MX_HASH_BYTES];
    uint32_t i;
    memcpy(from, seed, PROMOTIONS_SEED);
    for (i = 0; i < 4; i++) from[PROMOTIONS_SEED + i] = (uint8_t)(place >> (8 * i));
    mx_keyed_hash(ctx, "batch code", mx_str_n((const char *)from, sizeof(from)), random);
    promotions_code_make(random, code);
}

static void show(const struct promotion_batch *batch, struct batch_view *view) {
    view->id = batch->id;
    view->rule = batch->rule;
    view->note = batch->note;
    view->state = batch->voided ? 3 : batch->made == batch->count ? 2 : 1;
    view->count = batch->count;
    view->made = batch->made;
    view->shown = batch->shown;
    view->uses_max = batch->uses_max;
    view->from = batch->from;
    view->until = batch->until;
    view->voided = batch->voided;
    view->created = batch->created;
    view->forgotten = batch->forgotten;
}

static mx_status answer_one(struct mx_ctx *ctx, const struct promotion_batch *batch, void *out) {
    struct batch_one *one = out;
    one->batch = mx_alloc(ctx, sizeof(*one->batch));
    show(batch, one->batch);
    return MX_OK;
}

static mx_status start_job(struct mx_ctx *ctx, struct mx_str batch) {
    const struct batch_ask ask = {batch};
    struct mx_str body, id;
    mx_status st = ctx->op->encode(ctx, &batch_ask_type, &ask, &body);
    return st == MX_OK ? mx_job_start(ctx, PROMOTIONS_BATCH_JOB, body, &id) : st;
}

static mx_status make_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct batch_make *ask = in;
    struct promotion_batch batch = {.rule = ask->rule, .note = ask->note, .count = ask->count};
    uint8_t seed[PROMOTIONS_SEED];
    mx_status st = promotions_check_window(ctx, ask->from, ask->until);
    if (st == MX_OK) st = mx_new_id(ctx, "bat", &batch.id);
    if (st != MX_OK) return st;
    batch.uses_max = ask->uses ? ask->uses : 1;
    batch.from = ask->from;
    batch.until = ask->until;
    batch.created = ctx->now_ms;
    batch.rec.has = UINT64_MAX;
    mx_random(ctx, seed, sizeof(seed));
    st = mx_put(ctx, &promotions_batches, &batch);
    if (st == MX_OK) st = promotions_secret_put(ctx, batch.id, mx_str_n((const char *)seed, sizeof(seed)), 0);
    if (st == MX_OK) st = start_job(ctx, batch.id);
    return st == MX_OK ? answer_one(ctx, &batch, out) : st;
}

/* ---- the job: one page of coupons a step ---- */

/* Seed of the page that is made next. */
static mx_status seed_of(struct mx_ctx *ctx, const struct promotion_batch *batch, uint8_t seed[PROMOTIONS_SEED]) {
    struct mx_str plain;
    int64_t page, at;
    mx_status st = promotions_secret_get(ctx, batch->id, &plain, &page);
    if (st != MX_OK) return st;
    if (plain.len != PROMOTIONS_SEED) return mx_fail(ctx, MX_E_DAMAGED, NULL, "The seed of the batch cannot be read.");
    memcpy(seed, plain.ptr, PROMOTIONS_SEED);
    for (at = page; at < batch->made / PROMOTIONS_PAGE; at++) promotions_batch_next(ctx, seed);
    return MX_OK;
}

static mx_status make_coupon(struct mx_ctx *ctx, const struct promotion_batch *batch, const uint8_t seed[PROMOTIONS_SEED], uint32_t place) {
    struct promotion_coupon coupon = {.rule = batch->rule, .batch = batch->id, .uses_max = batch->uses_max};
    char code[PROMOTIONS_CODE_LEN];
    mx_status st = mx_new_id(ctx, "cpn", &coupon.id);
    promotions_batch_code(ctx, seed, place, code);
    coupon.hash = promotions_code_hash(ctx, code);
    coupon.label = mx_dup(ctx, mx_str_n(code + PROMOTIONS_CODE_LEN - 4, 4));
    coupon.from = batch->from;
    coupon.until = batch->until;
    coupon.created = ctx->now_ms;
    coupon.rec.has = UINT64_MAX;
    return st == MX_OK ? mx_put(ctx, &promotions_coupons, &coupon) : st;
}

static mx_status is_ready(struct mx_ctx *ctx, const struct promotion_batch *batch) {
    const struct batch_told told = {batch->id, batch->rule, batch->count};
    const struct batch_ask ask = {batch->id};
    mx_status st = mx_emit(ctx, &promotions_batch_made, &told);
    if (st != MX_OK) return st;
    return promotions_due(ctx, ctx->expiry_ms + PROMOTIONS_CODES_MS, promotions_batch_forget_op.name, &batch_ask_type, &ask, batch->id);
}

static mx_status make_page(struct mx_ctx *ctx, struct promotion_batch *batch) {
    uint8_t seed[PROMOTIONS_SEED];
    uint32_t place = 0;
    mx_status st = seed_of(ctx, batch, seed);
    if (st == MX_NONE) return MX_DONE;
    for (; st == MX_OK && place < PROMOTIONS_PAGE && batch->made < batch->count; place++, batch->made++)
        st = make_coupon(ctx, batch, seed, place);
    if (st == MX_OK) st = mx_put(ctx, &promotions_batches, batch);
    if (st == MX_OK) st = mx_progress(ctx, batch->made, batch->count);
    if (st == MX_OK && batch->made == batch->count) st = is_ready(ctx, batch);
    return st;
}

mx_status promotions_batch_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct batch_ask ask = {{NULL, 0}};
    struct promotion_batch *batch = NULL;
    mx_status st = ctx->op->decode(ctx, &batch_ask_type, body, &ask);
    (void)cursor;
    if (st == MX_OK) st = promotions_batch_get(ctx, ask.id, &batch);
    if (st != MX_OK) return st == MX_NONE ? MX_DONE : st;
    if (batch->voided) return MX_DONE;
    st = make_page(ctx, batch);
    return st == MX_OK && batch->made == batch->count ? MX_DONE : st;
}

/* ---- looking at them, declaring them void ---- */

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct promotion_batch *batch = NULL;
    mx_status st = promotions_batch_get(ctx, ((const struct batch_ask *)in)->id, &batch);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such batch.");
    return st == MX_OK ? answer_one(ctx, batch, out) : st;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct batch_list *ask = in;
    struct batch_page *page = out;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after, .reverse = 1};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : PROMOTIONS_LIST, count = 0;
    struct promotion_batch *batch = NULL;
    struct mx_scan *scan = NULL;
    struct mx_str cursor = {NULL, 0};
    mx_status st = promotions_cursor(ctx, mx_scan_open(ctx, &promotions_batches, &opts, NULL, &scan));
    page->batches = mx_list_new(ctx, limit, sizeof(struct batch_view));
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &batch)) == MX_OK) {
        if (count == limit) {
            page->next = cursor;
            break;
        }
        cursor = mx_scan_cursor(ctx, scan);
        show(batch, mx_list_at(&page->batches, count++));
    }
    page->batches.count = count;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status void_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct promotion_batch *batch = NULL;
    struct batch_told told;
    mx_status st = promotions_batch_get(ctx, ((const struct batch_ask *)in)->id, &batch);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such batch.");
    if (st != MX_OK || batch->voided) return st == MX_OK ? answer_one(ctx, batch, out) : st;
    batch->voided = ctx->now_ms;
    told = (struct batch_told){batch->id, batch->rule, batch->count};
    st = mx_put(ctx, &promotions_batches, batch);
    if (st == MX_OK) st = promotions_secret_burn(ctx, batch->id);
    if (st == MX_OK) st = mx_emit(ctx, &promotions_batch_voided, &told);
    return st == MX_OK ? answer_one(ctx, batch, out) : st;
}

const struct mx_op promotions_batch_make_op =
    PROMOTIONS_OP(0, "promotions.batch.make", "Make many coupons; when the batch is ready, fetch their codes with promotions.batch.codes.",
                  "promotions.manage", &batch_make_type, &batch_one_type, make_handler);
const struct mx_op promotions_batch_get_op = PROMOTIONS_OP(MX_OP_QUERY, "promotions.batch.get", "Show a batch of coupons.",
                                                           "promotions.read", &batch_ask_type, &batch_one_type, get_handler);
const struct mx_op promotions_batch_list_op = PROMOTIONS_OP(MX_OP_QUERY, "promotions.batch.list", "Show batches, the newest first.",
                                                            "promotions.read", &batch_list_type, &batch_page_type, list_handler);
const struct mx_op promotions_batch_void_op = PROMOTIONS_OP(0, "promotions.batch.void", "Declare all coupons of a batch void.",
                                                            "promotions.manage", &batch_ask_type, &batch_one_type, void_handler);
