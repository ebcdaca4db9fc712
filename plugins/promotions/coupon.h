/* What the files about coupons, batches and groups share. */
#ifndef PROMOTIONS_COUPON_H
#define PROMOTIONS_COUPON_H

#include "internal.h"
#include "wire.h"

#define PROMOTIONS_DAY_MS   INT64_C(86400000)
#define PROMOTIONS_CODE_MS  PROMOTIONS_DAY_MS       /* a single code waits so long to be fetched */
#define PROMOTIONS_CODES_MS (7 * PROMOTIONS_DAY_MS) /* those of a batch, from when it was ready */

/* Make the coupon: id and time are filled, the rest is the caller's. Tells others that it was issued. */
MX_MUST_CHECK mx_status promotions_coupon_new(struct mx_ctx *ctx, struct promotion_coupon *coupon);
/* The coupon as answered, with its state for whoever it belongs to. */
MX_MUST_CHECK mx_status promotions_coupon_show(struct mx_ctx *ctx, const struct promotion_coupon *coupon, struct coupon_view *view);
/* from before until, until in the time to come. */
MX_MUST_CHECK mx_status promotions_check_window(struct mx_ctx *ctx, int64_t from, int64_t until);
/* MX_E_NOT_FOUND when nobody knows the member. */
MX_MUST_CHECK mx_status promotions_check_member(struct mx_ctx *ctx, struct mx_str member);
/* A due time with the id as its body. */
MX_MUST_CHECK mx_status promotions_due(struct mx_ctx *ctx, int64_t at_ms, const char *op, const struct mx_type *type, const void *ask,
                                       struct mx_str id);
/* A page of a walk: MX_E_BAD_INPUT names `after` when it is no cursor of it. */
MX_MUST_CHECK mx_status promotions_cursor(struct mx_ctx *ctx, mx_status st);

/* What codes come from until they are shown. MX_NONE: nothing waits. plain lives as long as the command. */
MX_MUST_CHECK mx_status promotions_secret_put(struct mx_ctx *ctx, struct mx_str id, struct mx_str plain, int64_t page);
MX_MUST_CHECK mx_status promotions_secret_get(struct mx_ctx *ctx, struct mx_str id, struct mx_str *plain, int64_t *page);
MX_MUST_CHECK mx_status promotions_secret_burn(struct mx_ctx *ctx, struct mx_str id);

#define PROMOTIONS_SEED MX_HASH_BYTES
/* Codes of a batch: the next page's seed follows from a page's and not the other way round. */
void promotions_batch_next(struct mx_ctx *ctx, uint8_t seed[PROMOTIONS_SEED]);
void promotions_batch_code(struct mx_ctx *ctx, const uint8_t seed[PROMOTIONS_SEED], uint32_t place, char code[PROMOTIONS_CODE_LEN]);
MX_MUST_CHECK mx_status promotions_batch_get(struct mx_ctx *ctx, struct mx_str id, struct promotion_batch **batch);
mx_status promotions_batch_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor);

#endif
