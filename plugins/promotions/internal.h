/* What the files of the promotions plugin share. engine.h and solve.h are the pure part: they know no command. */
#ifndef PROMOTIONS_INTERNAL_H
#define PROMOTIONS_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/coupon.h"
#include "merx/retail/priced.h"

/* How offers go together in this shop: the stored setting, or the default. */
MX_MUST_CHECK mx_status promotions_stacking(struct mx_ctx *ctx, struct mx_stacking **stacking);

/* Answer to pricing.price. */
MX_MUST_CHECK mx_status promotions_price_answer(struct mx_ctx *ctx, const void *in, void *out);

#endif
