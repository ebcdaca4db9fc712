/* Records from a priced sale, answers from records. */
#include <stdio.h>

#include "internal.h"

uint64_t orders_number_bits(const struct mx_type *type) {
    uint64_t bits = 0;
    uint32_t i;
    for (i = 0; i < type->field_count; i++) {
        uint16_t kind = mx_type_field(type, i)->kind;
        if (kind <= MX_KIND_TIME || kind == MX_KIND_ENUM) bits |= UINT64_C(1) << i;
    }
    return bits;
}

const char *orders_line_field(char *text, uint32_t at, const char *member) {
    snprintf(text, 48, "lines[%u].%s", (unsigned)at, member);
    return text;
}

mx_status orders_number(struct mx_ctx *ctx, const char *sequence, struct mx_str scope, const char *mark, struct mx_str *number) {
    int64_t next;
    size_t room = (size_t)scope.len + 32;
    char *text = mx_alloc(ctx, room);
    mx_status st = mx_next_number(ctx, sequence, scope, &next);
    if (st != MX_OK) return st;
    *number = mx_str_n(text, (size_t)snprintf(text, room, "%.*s-%s%06lld", (int)scope.len, scope.ptr, mark, (long long)next));
    return MX_OK;
}

static void line_record(const struct orders_sale *sale, const struct order_ask *ask, uint32_t at, struct line_rec *line) {
    const struct mx_cart_line *cart_line = mx_list_at(&sale->cart.lines, at);
    const struct order_line_ask *line_ask = mx_list_at(&ask->lines, at);
    const struct mx_article *article = &sale->articles[at];
    const struct mx_priced_line *price = mx_list_at(&sale->price.lines, at);

    line->line = cart_line->line;
    line->sku = cart_line->sku;
    line->name = article->name;
    line->qty = cart_line->qty;
    line->unit = cart_line->unit;
    line->unit_price = cart_line->unit_price;
    line->reason = line_ask->reason;
    line->tax_ppm = cart_line->tax_ppm;
    line->tax = price->tax;
    line->discount = price->discount;
    line->total = price->total;
    line->points = price->points;
    line->stocked = article->stocked;
    line->article_rev = article->rev;
    line->runs = price->runs;
    line->lot = cart_line->lot;
}

/* A sale of another time whose prices are all given is a receipt that was brought in. */
static int was_brought_in(const struct orders_sale *sale, const struct order_ask *ask) {
    uint32_t i;
    if (!MX_HAS(order_ask, ask, at)) return 0;
    for (i = 0; i < sale->cart.lines.count; i++)
        if (!((const struct mx_cart_line *)mx_list_at(&sale->cart.lines, i))->overridden) return 0;
    return 1;
}

void orders_records(struct mx_ctx *ctx, const struct orders_sale *sale, const struct order_ask *ask, struct order_rec *head,
                    struct line_rec **lines) {
    uint32_t count = sale->cart.lines.count, i;

    memset(head, 0, sizeof(*head));
    head->state = ORDER_PAID;
    head->currency = sale->cart.currency;
    head->total = sale->price.total;
    head->tax = sale->price.tax;
    head->discount = sale->price.discount;
    head->at = sale->at;
    head->channel = ask->channel;
    head->location = ask->location;
    head->till = ask->till;
    head->till_seq = ask->till_seq;
    head->member = sale->cart.member;
    head->coupons = sale->cart.coupons;
    head->discounts = sale->price.rules;
    head->points_earned = sale->earn.points;
    head->rules_version = sale->offers.version;
    head->faults = sale->offers.faults;
    head->line_count = count;
    head->units_left = sale->units;
    head->imported = (uint8_t)was_brought_in(sale, ask);
    *lines = mx_alloc(ctx, count * sizeof(**lines));
    for (i = 0; i < count; i++) line_record(sale, ask, i, &(*lines)[i]);
}

/* Discounts of a line, summed by rule over its runs. */
static struct mx_list line_discounts(struct mx_ctx *ctx, const struct line_rec *line) {
    struct mx_list sums = {NULL, 0, sizeof(struct mx_discount)};
    struct mx_discount *discounts;
    uint32_t room = 0, i, j, k;

    for (i = 0; i < line->runs.count; i++) room += ((const struct mx_run *)mx_list_at(&line->runs, i))->discounts.count;
    if (room == 0) return sums;
    sums.items = discounts = mx_alloc(ctx, room * sizeof(*discounts));
    for (i = 0; i < line->runs.count; i++) {
        const struct mx_run *run = mx_list_at(&line->runs, i);
        for (j = 0; j < run->discounts.count; j++) {
            const struct mx_discount *discount = mx_list_at(&run->discounts, j);
            for (k = 0; k < sums.count && !mx_str_eq(discounts[k].rule, discount->rule); k++) continue;
            discounts[k].rule = discount->rule;
            discounts[k].amount += discount->amount;
            if (k == sums.count) sums.count++;
        }
    }
    return sums;
}

static void line_doc(struct mx_ctx *ctx, const struct line_rec *line, uint64_t bits, struct order_line_doc *doc) {
    doc->has = bits;
    doc->line = line->line;
    doc->sku = line->sku;
    doc->name = line->name;
    doc->qty = line->qty;
    doc->unit_price = line->unit_price;
    doc->reason = line->reason;
    doc->tax = line->tax;
    doc->discounts = line_discounts(ctx, line);
    doc->total = line->total;
    doc->points = line->points;
}

void orders_doc_head(const struct order_rec *head, struct order_doc *doc) {
    doc->has = orders_number_bits(&order_doc_type);
    if (!head->till_seq) mx_set_has_at(&order_doc_type, doc, offsetof(struct order_doc, till_seq), 0);
    doc->id = head->id;
    doc->number = head->number;
    doc->state = head->state;
    doc->currency = head->currency;
    doc->total = head->total;
    doc->tax = head->tax;
    doc->discount = head->discount;
    doc->refunded = head->refunded;
    doc->at = head->at;
    doc->channel = head->channel;
    doc->location = head->location;
    doc->till = head->till;
    doc->till_seq = head->till_seq;
    doc->member = head->member;
    doc->coupons = head->coupons;
    doc->discounts = head->discounts;
    doc->points_earned = head->points_earned;
    doc->rules_version = head->rules_version;
    doc->faults = head->faults;
}

struct order_doc *orders_doc(struct mx_ctx *ctx, const struct order_rec *head, const struct line_rec *lines) {
    struct order_doc *doc = mx_alloc(ctx, sizeof(*doc));
    uint64_t bits = orders_number_bits(&order_line_doc_type) |
                    UINT64_C(1) << mx_type_index(&order_line_doc_type, offsetof(struct order_line_doc, discounts));
    uint32_t i;

    orders_doc_head(head, doc);
    MX_SET_HAS(order_doc, doc, lines);
    MX_SET_HAS(order_doc, doc, discounts);
    doc->lines = mx_list_new(ctx, (uint32_t)head->line_count, sizeof(struct order_line_doc));
    for (i = 0; i < doc->lines.count; i++) line_doc(ctx, &lines[i], bits, mx_list_at(&doc->lines, i));
    return doc;
}

void orders_return_doc(const struct return_rec *head, struct return_doc *doc) {
    doc->has = orders_number_bits(&return_doc_type);
    doc->id = head->id;
    doc->number = head->number;
    doc->at = head->at;
    doc->location = head->location;
    doc->till = head->till;
    doc->reason = head->reason;
    doc->member = head->member;
    doc->refund = head->refund;
    doc->tax = head->tax;
    doc->points_reversed = head->points_reversed;
    doc->points_written_off = head->points_written_off;
    if (!head->points_written_off) mx_set_has_at(&return_doc_type, doc, offsetof(struct return_doc, points_written_off), 0);
}

void orders_return_line_doc(const struct return_line_rec *line, struct return_line_doc *doc) {
    doc->has = orders_number_bits(&return_line_doc_type);
    if (!line->line) mx_set_has_at(&return_line_doc_type, doc, offsetof(struct return_line_doc, line), 0);
    if (!line->kept) mx_set_has_at(&return_line_doc_type, doc, offsetof(struct return_line_doc, kept), 0);
    doc->order = line->order;
    doc->line = line->line;
    doc->sku = line->sku;
    doc->qty = line->qty;
    doc->refund = line->refund;
    doc->kept = line->kept;
    doc->tax = line->tax;
    doc->points = line->points;
    doc->condition = line->condition;
}
