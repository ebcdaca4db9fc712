/* The pricing engine behind its extension point. */
#include "engine.h"
#include "internal.h"

static void *memory_alloc(void *arg, size_t bytes) { return mx_alloc(arg, bytes); }

mx_status promotions_price_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct price_memory memory = {memory_alloc, ctx};
    struct mx_price_ask ask = *(const struct mx_price_ask *)in;
    mx_status st = ask.stacking ? MX_OK : promotions_stacking(ctx, &ask.stacking);
    if (st != MX_OK) return st;
    if (price_cart(&ask, &memory, out)) return MX_OK;
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, "lines", "The order becomes too large to be counted.");
}
