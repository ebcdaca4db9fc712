/* What of selling and taking back somebody should look at: prices set by hand, coupons, refunds, carts that were dropped, one customer's
 * card again and again. All of it is compared by how much somebody sells. */
#include "internal.h"
#include "merx/retail/exception.h"
#include "wire_held.h"

struct orders_overridden {
    struct mx_str order;
    struct mx_str location;
    struct mx_str till;
    int64_t lines;
    int64_t off;
};
static const struct mx_field orders_overridden_fields[] = {
    MX_F_ID(orders_overridden, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(orders_overridden, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(orders_overridden, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_INT(orders_overridden, lines, 0, 0, MX_INT_MAX, "lines whose price was set by hand"),
    MX_F_MONEY(orders_overridden, off, 0, 0, MX_INT_MAX, "what that took off the regular prices"),
};
MX_TYPE(orders_overridden, "orders.overridden", "prices of an order were set by hand");

const struct mx_event_def orders_overridden_event = {(uint32_t)sizeof(struct mx_event_def), 0, "orders.overridden",
                                                     "prices of an order were set by hand", &orders_overridden_type};

mx_status orders_tell_overrides(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head) {
    struct orders_overridden told = {head->id, head->location, head->till, 0, 0};
    uint32_t i;
    for (i = 0; i < sale->cart.lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&sale->cart.lines, i);
        int64_t regular;
        if (!line->overridden) continue;
        told.lines++;
        if (mx_price_of(sale->articles[i].price, line->qty, &regular) && regular > line->amount &&
            !mx_add(told.off, regular - line->amount, &told.off))
            told.off = MX_INT_MAX;
    }
    return told.lines ? mx_emit(ctx, &orders_overridden_event, &told) : MX_OK;
}

struct orders_no_receipt {
    struct mx_str return_id;
    struct mx_str location;
    struct mx_str till;
    int64_t amount;
};
static const struct mx_field orders_no_receipt_fields[] = {
    MX_F_ID(orders_no_receipt, return_id, MX_REQUIRED, "ret", "return"),
    MX_F_STR(orders_no_receipt, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(orders_no_receipt, till, 0, 0, MX_CODE_MAX, "till"),
    MX_F_MONEY(orders_no_receipt, amount, 0, 0, MX_INT_MAX, "given back for goods without receipt"),
};
MX_TYPE(orders_no_receipt, "orders.returned_without_receipt", "goods came back without receipt");

const struct mx_event_def orders_no_receipt_event = {(uint32_t)sizeof(struct mx_event_def), 0, "orders.returned_without_receipt",
                                                     "goods came back without receipt", &orders_no_receipt_type};

/* Also when other goods of the same return had one. */
mx_status orders_tell_no_receipt(struct mx_ctx *ctx, const struct return_rec *head, int64_t amount) {
    struct orders_no_receipt told = {head->id, head->location, head->till, amount};
    return amount > 0 ? mx_emit(ctx, &orders_no_receipt_event, &told) : MX_OK;
}

struct orders_held_dropped {
    struct mx_str held;
    struct mx_str location;
    struct mx_str till;
    int64_t amount;
};
static const struct mx_field orders_held_dropped_fields[] = {
    MX_F_ID(orders_held_dropped, held, MX_REQUIRED, "crt", "cart"),
    MX_F_STR(orders_held_dropped, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_STR(orders_held_dropped, till, 0, 0, MX_CODE_MAX, "till that held it"),
    MX_F_MONEY(orders_held_dropped, amount, 0, 0, MX_INT_MAX, "what it would have cost"),
};
MX_TYPE(orders_held_dropped, "orders.held.dropped", "a held cart was given up");

const struct mx_event_def orders_held_dropped_event = {(uint32_t)sizeof(struct mx_event_def), 0, "orders.held.dropped",
                                                       "a held cart was given up", &orders_held_dropped_type};

mx_status orders_tell_dropped(struct mx_ctx *ctx, const struct held_rec *held) {
    const struct orders_held_dropped told = {held->id, held->location, held->till, held->total};
    return mx_emit(ctx, &orders_held_dropped_event, &told);
}

static mx_status say_kinds(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_exception_ask *ask = in;
    const struct mx_exception_kind kinds[] = {
        {.kind = mx_str_of("price_override"),
         .event = mx_str_of("orders.overridden"),
         .test = MX_EXCEPTION_ALWAYS,
         .amount = mx_str_of("off")},
        {.kind = mx_str_of("large_override"),
         .event = mx_str_of("orders.overridden"),
         .test = MX_EXCEPTION_ABOVE,
         .member = mx_str_of("off"),
         .than = ask->above,
         .amount = mx_str_of("off"),
         .least = 1},
        {.kind = mx_str_of("refund_without_receipt"),
         .event = mx_str_of("orders.returned_without_receipt"),
         .test = MX_EXCEPTION_ALWAYS,
         .amount = mx_str_of("amount")},
        {.kind = mx_str_of("large_refund"),
         .event = mx_str_of(MX_EVENT_ORDER_RETURNED),
         .test = MX_EXCEPTION_ABOVE,
         .member = mx_str_of("refund"),
         .than = ask->above,
         .amount = mx_str_of("refund")},
        {.kind = mx_str_of("refund"),
         .event = mx_str_of(MX_EVENT_ORDER_RETURNED),
         .test = MX_EXCEPTION_ALWAYS,
         .amount = mx_str_of("refund")},
        {.kind = mx_str_of("refund_soon"),
         .event = mx_str_of(MX_EVENT_ORDER_RETURNED),
         .test = MX_EXCEPTION_BELOW,
         .member = mx_str_of("after_ms"),
         .than = ask->soon_ms,
         .amount = mx_str_of("refund")},
        {.kind = mx_str_of("coupon_used"),
         .event = mx_str_of(MX_EVENT_ORDER_PAID),
         .test = MX_EXCEPTION_GIVEN,
         .member = mx_str_of("coupons"),
         .amount = mx_str_of("discount")},
        {.kind = mx_str_of("cart_dropped"),
         .event = mx_str_of("orders.held.dropped"),
         .test = MX_EXCEPTION_ALWAYS,
         .amount = mx_str_of("amount")},
        {.kind = mx_str_of("one_member_often"),
         .event = mx_str_of(MX_EVENT_ORDER_PAID),
         .test = MX_EXCEPTION_GIVEN,
         .member = mx_str_of("till"),
         .amount = mx_str_of("total"),
         .same = mx_str_of("member")},
    };
    struct mx_exception_kinds *said = out;
    uint32_t i;
    said->kinds = mx_list_new(ctx, sizeof(kinds) / sizeof(kinds[0]), sizeof(kinds[0]));
    memcpy(said->kinds.items, kinds, sizeof(kinds));
    for (i = 0; i < said->kinds.count; i++) {
        struct mx_exception_kind *kind = mx_list_at(&said->kinds, i);
        if (kind->same.len == 0) kind->beside = mx_str_of(MX_EVENT_ORDER_PAID);
    }
    return MX_OK;
}

const struct mx_answer orders_exceptions = {.size = sizeof(struct mx_answer),
                                            .priority = 100,
                                            .point = MX_POINT_EXCEPTIONS,
                                            .in = &mx_exception_ask_type,
                                            .out = &mx_exception_kinds_type,
                                            .fn = say_kinds};
