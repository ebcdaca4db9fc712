/* orders.quote: what a cart would cost. Asks what a sale asks, writes nothing. */
#include "internal.h"

mx_status orders_quote_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct order_ask *ask = in;
    struct order_quoted *quoted = out;
    struct orders_sale sale;
    struct order_rec head;
    struct line_rec *lines;
    mx_status st = orders_sale_price(ctx, ask, &sale);

    if (st != MX_OK) return st;
    orders_records(ctx, &sale, ask, &head, &lines);
    head.state = 0;
    quoted->order = orders_doc(ctx, &head, lines);
    mx_set_has_at(&order_doc_type, quoted->order, offsetof(struct order_doc, state), 0);
    mx_set_has_at(&order_doc_type, quoted->order, offsetof(struct order_doc, refunded), 0);
    quoted->coupons_said = sale.coupons.said;
    quoted->proofs = sale.price.proofs;
    quoted->hints = orders_hints(ctx, &sale);
    return MX_OK;
}
