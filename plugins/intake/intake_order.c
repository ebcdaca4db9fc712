/* Orders that were sold elsewhere: lines gathered, checked and handed to whoever keeps orders. */
#include <stdio.h>

#include "internal.h"

static void read_line(struct intake_row *row, struct mx_taken_line *line) {
    struct mx_str name;
    if (!intake_text(row, "line.sku", MX_SKU_MAX, &line->sku) && !row->failed) intake_wrong(row, "line.sku", "The line names no article.");
    if (!intake_number(row, "line.qty", 3, &line->qty) && !row->failed) intake_wrong(row, "line.qty", "The line says no quantity.");
    if (!intake_number(row, "line.amount", mx_shop_of(row->ctx)->digits, &line->amount) && !row->failed)
        intake_wrong(row, "line.amount", "The line says no amount.");
    (void)intake_number(row, "line.tax", 6, &line->tax_ppm);
    if (!row->failed && line->qty <= 0) intake_wrong(row, "line.qty", "A quantity is above 0.");
    if (!row->failed && line->amount < 0) intake_wrong(row, "line.amount", "An amount is not below 0.");
    if (!row->failed && (line->tax_ppm < 0 || line->tax_ppm > MX_PPM_ONE)) intake_wrong(row, "line.tax", "A tax rate is between 0 and 1.");
    if (intake_text(row, "line.name", 200, &name)) {
        struct mx_pair *pair;
        line->name = mx_list_new(row->ctx, 1, sizeof(*pair));
        pair = mx_list_at(&line->name, 0);
        pair->key = mx_str_of("en");
        pair->value = name;
    }
}

static void read_lines(struct intake_row *rows, uint32_t count, struct mx_list *lines) {
    struct mx_str array = {NULL, 0};
    uint32_t i, n = 0;
    int listed = rows->mapping->format == INTAKE_JSON && rows->mapping->lines.len;
    *lines = mx_list_new(rows->ctx, listed ? INTAKE_LINES_MAX : count, sizeof(struct mx_taken_line));
    if (!listed) {
        for (i = 0; i < count; i++) {
            read_line(&rows[i], mx_list_at(lines, i));
            if (rows[i].failed) rows[0].failed = 1;
            if (rows[i].st != MX_OK) rows[0].st = rows[i].st;
        }
        return;
    }
    (void)intake_json_at(rows->object, rows->mapping->lines, &array);
    while (n < INTAKE_LINES_MAX && intake_json_element(array, n, &rows->item)) read_line(rows, mx_list_at(lines, n++));
    if (n == 0) intake_wrong(rows, "line.sku", "The order has no lines.");
    if (n == INTAKE_LINES_MAX && intake_json_element(array, n, &rows->item))
        intake_wrong(rows, "line.sku", "The order has too many lines.");
    lines->count = n;
}

static void add_up(struct intake_row *row, struct mx_order_take_in *order) {
    int64_t sum = 0, total;
    uint32_t i;
    for (i = 0; i < order->lines.count; i++) {
        const struct mx_taken_line *line = mx_list_at(&order->lines, i);
        if (!mx_add(sum, line->amount, &sum)) {
            intake_wrong(row, "total", "The lines are too large to be added up.");
            return;
        }
    }
    order->total = sum;
    if (intake_number(row, "total", mx_shop_of(row->ctx)->digits, &total) && total != sum)
        intake_wrong(row, "total", "The total is not the sum of the lines.");
}

static void check_location(struct intake_row *row, struct mx_order_take_in *order) {
    struct mx_location_ask ask;
    struct mx_location_facts facts = {{NULL, 0}, {NULL, 0}};
    mx_status st;
    if (!intake_text(row, "location", 32, &order->location)) order->location = row->mapping->location;
    if (order->location.len == 0) {
        intake_wrong(row, "location", "Neither the row nor the mapping says to which location this counts.");
        return;
    }
    ask.location = order->location;
    st = mx_ask(row->ctx, &mx_point_location, &ask, &facts);
    if (st == MX_DECLINED) intake_wrong(row, "location", "There is no such location.");
    if (st < 0) row->st = st;
}

/* All that was said of the order, to see whether it says the same the next time. */
static struct mx_str said(const struct intake_row *row, const struct mx_order_take_in *order, const struct intake_who *who) {
    size_t room = 600 + 700 * (size_t)order->lines.count, len;
    char *text = mx_alloc(row->ctx, room);
    uint32_t i;
    len = (size_t)snprintf(text, room, "%lld %lld %.*s %.*s", (long long)order->at, (long long)order->total, (int)order->location.len,
                           order->location.ptr, (int)who->external.len, who->external.len ? who->external.ptr : "");
    for (i = 0; i < order->lines.count && len < room; i++) {
        const struct mx_taken_line *line = mx_list_at(&order->lines, i);
        len += (size_t)snprintf(text + len, room - len, "\n%.*s %lld %lld %lld", (int)line->sku.len, line->sku.ptr, (long long)line->qty,
                                (long long)line->amount, (long long)line->tax_ppm);
    }
    return intake_hash(row->ctx, "order", mx_str_n(text, len < room ? len : room - 1));
}

static mx_status take_in(struct intake_row *row, struct mx_order_take_in *order, struct intake_entry *entry) {
    struct mx_order_taken_in taken = {{NULL, 0}, 0};
    struct intake_made made = {.kind = INTAKE_MADE_ORDER};
    mx_status st = intake_tread(row->ctx, row->run->id, row->part, row->line);
    if (st == MX_OK) st = intake_trod(row->ctx, mx_call(row->ctx, &mx_orders_take_in, order, &taken));
    if (st == MX_DECLINED) return mx_fail(row->ctx, MX_E_INTERNAL, NULL, "Nobody keeps orders in this shop.");
    if (st != MX_OK) return st;
    entry->order = made.id = taken.order;
    *(taken.known ? &row->run->same : &row->run->fresh) += 1;
    return taken.known ? MX_OK : intake_make(row->ctx, row->run, &made);
}

static mx_status take_buyer(struct intake_row *row, const struct intake_who *who, struct mx_order_take_in *order,
                            struct intake_entry *entry) {
    struct mx_str person = {NULL, 0};
    mx_status st = intake_customer(row, who, &person, &order->member);
    entry->person = person;
    return st;
}

mx_status intake_order_rows(struct intake_row *rows, uint32_t count) {
    struct mx_order_take_in order = {.run = rows->run->id, .channel = rows->mapping->channel};
    struct intake_row *row = &rows[0];
    struct intake_entry entry;
    struct intake_who who;
    struct mx_str hash;
    int buyer;
    mx_status st;
    if (row->failed) return row->st;
    if (!intake_text(row, "external", 64, &order.external) && !row->failed)
        intake_wrong(row, "external", "The row does not say which order this is.");
    if (!intake_time(row, "at", &order.at) && !row->failed) intake_wrong(row, "at", "The row does not say when this was sold.");
    buyer = intake_who_of(row, "buyer", &who);
    read_lines(rows, count, &order.lines);
    if (!row->failed) add_up(row, &order);
    if (!row->failed) check_location(row, &order);
    if (row->st != MX_OK || row->failed) return row->st;
    st = intake_entry_of(row, INTAKE_ORDERS, order.external, &entry);
    if (st < 0) return st;
    hash = said(row, &order, &who);
    if (st == MX_OK) {
        if (mx_str_eq(entry.hash, hash))
            row->run->same++;
        else
            intake_wrong(row, "external", "This order was taken in before and said something else: undo that run first.");
        return row->st;
    }
    st = buyer ? take_buyer(row, &who, &order, &entry) : MX_OK;
    if (st != MX_OK || row->failed) return st;
    if (row->run->dry) {
        row->run->fresh++;
        return MX_OK;
    }
    st = take_in(row, &order, &entry);
    entry.hash = hash;
    return st == MX_OK ? intake_entry_put(row, &entry) : st;
}
