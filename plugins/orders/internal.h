/* What the files of the orders plugin share. */
#ifndef ORDERS_INTERNAL_H
#define ORDERS_INTERNAL_H

#include "merx/plugin.h"
#include "records.h"

extern const struct mx_table orders_heads;
extern const struct mx_table orders_lines;
extern const struct mx_table orders_returned;
extern const struct mx_table orders_traces;
extern const struct mx_table orders_returns;
extern const struct mx_table orders_return_lines;
extern const struct mx_table orders_held;

extern const struct mx_event_def orders_paid_event;
extern const struct mx_event_def orders_returned_event;

/* The descriptor's own list: calls with these addresses are resolved at load. */
enum {
    ORDERS_TAKE,
    ORDERS_PUT_BACK,
    ORDERS_PAY,
    ORDERS_REFUND,
    ORDERS_PAYMENTS,
    ORDERS_EARN,
    ORDERS_UNLOCK,
    ORDERS_UNEARN,
    ORDERS_USE_UP,
    ORDERS_GIVE_BACK,
    ORDERS_RESERVE,
    ORDERS_USES
};
extern const struct mx_use *const orders_uses[];
enum {
    ORDERS_ASK_ARTICLE,
    ORDERS_ASK_MEMBER,
    ORDERS_ASK_OFFERS,
    ORDERS_ASK_OFFERS_OF,
    ORDERS_ASK_NEEDS,
    ORDERS_ASK_COUPONS,
    ORDERS_ASK_USED,
    ORDERS_ASK_PRICE,
    ORDERS_ASK_POINTS,
    ORDERS_ASK_LOCATION,
    ORDERS_ASK_GOODS,
    ORDERS_ASK_NEAR,
    ORDERS_ASK_PAST,
    ORDERS_ASK_MEMBER_OF,
    ORDERS_POINTS
};
extern const struct mx_point *const orders_points[];

#define ORDERS_MAY_BACKDATE          "orders.backdate"
#define ORDERS_MAY_OVERRIDE          "orders.price_override"
#define ORDERS_MAY_RETURN_NO_RECEIPT "orders.return_no_receipt"

/* ---- handlers ---- */

mx_status orders_quote_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_place_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_return_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_trace_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_hold_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_held_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_held_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_held_drop_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_held_expire_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_price_look_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_explain_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_take_in_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_take_out_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_section_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_kept_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_unmerge_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status orders_check_totals(struct mx_ctx *ctx, mx_found_fn found, void *arg);

/* ---- orders_cart.c, orders_offers.c: from a request to a price ---- */

struct orders_sale {
    int64_t at;
    struct mx_cart cart;
    struct mx_article *articles; /* one for each line */
    int64_t units;               /* thousandths of all lines */
    struct mx_coupons_answer coupons;
    struct mx_offers offers; /* of all plugins that answered, with what is used of their limits */
    struct mx_priced price;
    struct mx_earn_answer earn;  /* points: with what offers of the lane earn gave */
    int64_t earned;              /* points before those */
    int64_t points_paid;         /* of the price, what points pay, as far as the tenders are known */
    struct mx_list entitlements; /* of struct mx_entitlement: what the member may have */
    struct mx_list members;      /* of struct mx_str: all ids of the member */
    struct mx_str price_list;
};

/* Check a request, ask the shop's plugins for facts and offers, and price it. Writes nothing. */
MX_MUST_CHECK mx_status orders_sale_price(struct mx_ctx *ctx, const struct order_ask *ask, struct orders_sale *sale);

/* The same at any time, for those who only look. */
MX_MUST_CHECK mx_status orders_sale_price_at(struct mx_ctx *ctx, const struct order_ask *ask, int64_t at, struct orders_sale *sale);

/* Ask for the offers of a cart, with what is used of their limits. */
MX_MUST_CHECK mx_status orders_ask_offers(struct mx_ctx *ctx, const struct mx_cart *cart, struct mx_offers *offers);

/* Price a cart. stacking: NULL for the shop's own. */
MX_MUST_CHECK mx_status orders_ask_price(struct mx_ctx *ctx, struct mx_cart *cart, const struct mx_list *offers,
                                         struct mx_stacking *stacking, struct mx_priced *priced);

/* ---- orders_facts.c: what a cart needs besides its articles ---- */

/* The member's tier, segments and counters, and what she may have; a guest has none. */
MX_MUST_CHECK mx_status orders_member_facts(struct mx_ctx *ctx, struct mx_str member, struct orders_sale *sale);

/* May the member buy this hidden article? */
int orders_is_unlocked(const struct mx_list *entitlements, struct mx_str sku);

/* Stock, cost and expiry of the lines, when a rule wants to know. */
MX_MUST_CHECK mx_status orders_goods_facts(struct mx_ctx *ctx, struct mx_cart *cart);

/* Look the coupons of a request up: vouchers and public codes go into the cart. */
MX_MUST_CHECK mx_status orders_coupon_facts(struct mx_ctx *ctx, const struct order_ask *ask, struct orders_sale *sale);

/* What became of the coupons once the price is known. */
void orders_coupons_settle(struct mx_ctx *ctx, const struct order_ask *ask, struct orders_sale *sale);

/* Refuse a sale with an issued coupon that cannot be used: "coupon_not_usable". */
MX_MUST_CHECK mx_status orders_coupons_check(struct mx_ctx *ctx, const struct orders_sale *sale);

/* Kinds of the tenders, sorted, each once. */
struct mx_list orders_tender_kinds(struct mx_ctx *ctx, const struct mx_list *tenders);

/* What they say that points pay. */
int64_t orders_points_paid(const struct mx_list *tenders);

/* An article whose price is what it costs to bring the goods. */
int orders_is_shipping(const struct mx_article *article);

/* ---- orders_use.c: limits, budgets and coupons are used up and given back ---- */

/* Use up what the sale's offers took; head->counted says how many rules. */
MX_MUST_CHECK mx_status orders_use_up(struct mx_ctx *ctx, const struct orders_sale *sale, struct mx_str held, struct order_rec *head);

/* The article, or "unknown_sku" naming lines[at].sku. */
MX_MUST_CHECK mx_status orders_ask_article(struct mx_ctx *ctx, const struct mx_article_ask *ask, uint32_t at, struct mx_article *article);

/* The member's facts, or "unknown_member". */
MX_MUST_CHECK mx_status orders_ask_member(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts);

/* The facts of a location; "unknown_location" for one that nobody knows. */
MX_MUST_CHECK mx_status orders_ask_location(struct mx_ctx *ctx, struct mx_str location, struct mx_location_facts *facts);

/* The time of a document: now, or `at` for those who may say so. */
MX_MUST_CHECK mx_status orders_time(struct mx_ctx *ctx, int given, int64_t at, int64_t *time_ms);

/* Refuse parts of a piece. */
MX_MUST_CHECK mx_status orders_check_pieces(struct mx_ctx *ctx, int32_t unit, struct mx_str sku, int64_t qty, uint32_t at);

/* ---- orders_return_units.c: which units come back and what they carry ---- */

/* A line of an order that a return touches, read once. */
struct orders_back_line {
    struct line_rec *rec; /* NULL: not read yet */
    int64_t before;       /* had come back before this return */
    int64_t returned;
    int touched;
};

struct orders_back_order {
    struct order_rec *head;
    struct orders_back_line *lines; /* as many as the order has */
    int64_t refund;
    int64_t qty;
};

/* Units of one line of an order, or goods without receipt. */
struct orders_back_piece {
    struct return_line_rec rec;
    struct orders_back_order *order; /* NULL: without receipt */
    uint32_t asked;                  /* place of the request's line, from 0 */
    int64_t carried;                 /* what the customer paid for them */
    uint8_t stocked;
};

struct orders_back {
    const struct return_ask *ask;
    int64_t at;
    struct orders_back_order *orders;
    uint32_t order_count;
    struct orders_back_piece *pieces;
    uint32_t piece_count;
    uint32_t piece_room;
    int64_t refund;
    int64_t no_receipt; /* part of the refund */
    int64_t tax;
};

/* A line of an order with what came back of it, read once. number: from 1, within the order. */
MX_MUST_CHECK mx_status orders_back_load(struct mx_ctx *ctx, struct orders_back_order *order, int64_t number,
                                         struct orders_back_line **found);

/* Give back what the units of the return had used up of limits, budgets and coupons. */
MX_MUST_CHECK mx_status orders_give_uses_back(struct mx_ctx *ctx, struct orders_back *back, struct mx_str return_id);

/* ---- orders_tell.c ---- */

/* Tell that an order was paid, and for a member what it was. */
MX_MUST_CHECK mx_status orders_tell_paid(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head,
                                         const struct line_rec *lines);

/* Tell what came back. */
MX_MUST_CHECK mx_status orders_tell_returned(struct mx_ctx *ctx, const struct orders_back *back, const struct return_rec *head);

/* What the lines of an order are, by category and brand: of struct mx_order_goods. amounts: what was paid for each. */
struct mx_list orders_goods(struct mx_ctx *ctx, const struct mx_cart *cart, const struct line_rec *lines);

/* ---- orders_exceptions.c ---- */

/* Tell of prices that were set by hand, and of goods that came back without receipt: once the document is made. */
MX_MUST_CHECK mx_status orders_tell_overrides(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head);
MX_MUST_CHECK mx_status orders_tell_no_receipt(struct mx_ctx *ctx, const struct return_rec *head, int64_t amount);
extern const struct mx_event_def orders_overridden_event, orders_no_receipt_event, orders_held_dropped_event;

struct held_rec; /* wire_held.h */

/* A cart that somebody was told the price of is not sold. */
MX_MUST_CHECK mx_status orders_tell_dropped(struct mx_ctx *ctx, const struct held_rec *held);
extern const struct mx_answer orders_exceptions;

/* ---- orders_place.c ---- */

/* Write a sale: its head, lines and trace. */
MX_MUST_CHECK mx_status orders_put_sale(struct mx_ctx *ctx, struct orders_sale *sale, struct order_rec *head, struct line_rec *lines);

/* Book the points that it earned. */
MX_MUST_CHECK mx_status orders_book_points(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_rec *head,
                                           const struct line_rec *lines);

/* Points for a member, before the sale is written. */
MX_MUST_CHECK mx_status orders_earn_points(struct mx_ctx *ctx, struct orders_sale *sale);

/* Find the units of every line of the request and what is given back for them. Writes nothing. */
MX_MUST_CHECK mx_status orders_back_find(struct mx_ctx *ctx, const struct return_ask *ask, struct orders_back *back);

/* ---- orders_held.c ---- */

#define ORDERS_HELD_EXPIRE "orders.held.expire"

/* Refuse a held cart that is not there (any more): "unknown_held". An empty id is none. */
MX_MUST_CHECK mx_status orders_held_check(struct mx_ctx *ctx, struct mx_str id);

/* A held cart was sold: it waits no longer. What was set aside for it ended with the sale's own use. */
MX_MUST_CHECK mx_status orders_held_sold(struct mx_ctx *ctx, struct mx_str id);

/* ---- orders_member.c ---- */

/* Orders of a member under all her ids, merged in order of time. */
MX_MUST_CHECK mx_status orders_list_member(struct mx_ctx *ctx, const struct order_list_ask *ask, const struct mx_list *members,
                                           struct order_page *page);

/* ---- orders_read.c ---- */

/* All lines of an order. */
MX_MUST_CHECK mx_status orders_read_lines(struct mx_ctx *ctx, const struct order_rec *head, struct line_rec **out);

/* The order with its lines, payments and returns. */
MX_MUST_CHECK mx_status orders_read_whole(struct mx_ctx *ctx, const struct order_rec *head, struct order_got *got);

/* What the customer herself is not told: what staff wrote down for each other, which rules failed, and what others brought back with her
 * goods. */
void orders_veil(struct order_got *got);

/* ---- orders_hint.c ---- */

/* Near misses of a quote: of struct order_hint. */
struct mx_list orders_hints(struct mx_ctx *ctx, const struct orders_sale *sale);

/* ---- orders_past.c ---- */

/* The trace of an order, with the facts that an earlier version kept elsewhere. MX_NONE: there is no such order. */
MX_MUST_CHECK mx_status orders_trace_read(struct mx_ctx *ctx, struct mx_str order, struct trace_rec **trace);

/* Answer to pricing.past. */
MX_MUST_CHECK mx_status orders_past_answer(struct mx_ctx *ctx, const void *in, void *out);

/* ---- orders_doc.c: records and answers ---- */

/* The records of a priced sale, without id, number and order; lines: as many as the cart has. */
void orders_records(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_ask *ask, struct order_rec *head,
                    struct line_rec **lines);

/* An order as answered, and its head alone. */
struct order_doc *orders_doc(struct mx_ctx *ctx, const struct order_rec *head, const struct line_rec *lines);
void orders_doc_head(const struct order_rec *head, struct order_doc *doc);
void orders_return_doc(const struct return_rec *head, struct return_doc *doc);
void orders_return_line_doc(const struct return_line_rec *line, struct return_line_doc *doc);

/* Bits of all numbers of a type: what is stored and answered even when it is 0. */
uint64_t orders_number_bits(const struct mx_type *type);

/* "till-1-000042", or "till-1-r000042" for a return: whatever a till is called, the two never meet. */
MX_MUST_CHECK mx_status orders_number(struct mx_ctx *ctx, const char *sequence, struct mx_str scope, const char *mark,
                                      struct mx_str *number);

/* "lines[3].qty", from 0. text: 48 bytes. */
const char *orders_line_field(char *text, uint32_t at, const char *member);

#endif
