/* What moves stock: deliveries, corrections, sales and returns. */
#include "lots.h"

/* A movement with `count` empty lines and their rules. */
static struct inventory_movement begin_movement(struct mx_ctx *ctx, int32_t kind, struct mx_str location, uint32_t count,
                                                struct inventory_rule **rules) {
    struct inventory_movement movement = {.kind = kind, .location = location, .at = ctx->now_ms};
    movement.lines = mx_list_new(ctx, count, sizeof(struct inventory_line));
    *rules = mx_alloc(ctx, (count ? count : 1) * sizeof(struct inventory_rule));
    return movement;
}

static struct inventory_line *fill_line(const struct inventory_movement *movement, uint32_t i, struct mx_str sku, int64_t qty) {
    struct inventory_line *line = mx_list_at(&movement->lines, i);
    line->sku = sku;
    line->qty = qty;
    MX_SET_HAS(inventory_line, line, sku);
    MX_SET_HAS(inventory_line, line, qty);
    return line;
}

static void fill_lot(struct inventory_line *line, struct mx_str lot) {
    if (lot.len == 0) return;
    line->lot = lot;
    MX_SET_HAS(inventory_line, line, lot);
}

/* The article of lines[i], which must be known and counted. */
static mx_status demand_article(struct mx_ctx *ctx, struct mx_str location, struct mx_str sku, uint32_t i, struct mx_article *article) {
    struct mx_article_ask ask = {.sku = sku, .location = location, .at = ctx->now_ms};
    char field[48];
    mx_status st = mx_ask(ctx, &mx_point_article, &ask, article);
    if (st == MX_DECLINED)
        return mx_refuse(ctx, "unknown_sku", inventory_line_field(field, i, "sku"), "There is no article %.*s.", (int)sku.len, sku.ptr);
    if (st != MX_OK) return st;
    if (!article->stocked)
        return mx_refuse(ctx, "not_stocked", inventory_line_field(field, i, "sku"), "Article %.*s is not kept in stock.", (int)sku.len,
                         sku.ptr);
    return MX_OK;
}

static mx_status demand_whole_pieces(struct mx_ctx *ctx, const struct mx_article *article, int64_t qty, uint32_t i, const char *member) {
    char field[48];
    if (article->unit != MX_UNIT_PIECE || qty % MX_QTY_ONE == 0) return MX_OK;
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, inventory_line_field(field, i, member),
                   "Article %.*s comes in whole pieces; one piece is written as 1000.", (int)article->sku.len, article->sku.ptr);
}

mx_status inventory_receive_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_receive *request = in;
    struct mx_stock_moved *answer = out;
    struct inventory_rule *rules;
    struct inventory_movement movement = begin_movement(ctx, INVENTORY_RECEIVE, request->location, request->lines.count, &rules);
    uint32_t i;
    mx_status st = inventory_location_demand(ctx, request->location);
    for (i = 0; st == MX_OK && i < request->lines.count; i++) {
        const struct inventory_receive_line *came = mx_list_at(&request->lines, i);
        struct inventory_line *line = fill_line(&movement, i, came->sku, came->qty);
        struct mx_article article = {0};
        st = demand_article(ctx, request->location, came->sku, i, &article);
        if (st == MX_OK) st = demand_whole_pieces(ctx, &article, came->qty, i, "qty");
        if (st == MX_OK) st = inventory_lot_receive(ctx, came, i);
        fill_lot(line, came->lot);
        rules[i].place = i;
        if (!MX_HAS(inventory_receive_line, came, cost)) continue;
        line->cost = came->cost;
        MX_SET_HAS(inventory_line, line, cost);
    }
    if (st != MX_OK) return st;
    movement.source = request->reference;
    st = inventory_book(ctx, &movement, rules);
    answer->movement = movement.seq;
    return st;
}

static mx_status demand_once(struct mx_ctx *ctx, const struct inventory_adjust *request, uint32_t i) {
    const struct inventory_adjust_line *line = mx_list_at(&request->lines, i);
    char field[48];
    uint32_t j;
    for (j = 0; j < i; j++) {
        const struct inventory_adjust_line *earlier = mx_list_at(&request->lines, j);
        if (!mx_str_eq(earlier->sku, line->sku) || inventory_is_good(earlier->condition) != inventory_is_good(line->condition)) continue;
        if (earlier->lot.len && line->lot.len && !mx_str_eq(earlier->lot, line->lot)) continue;
        return mx_fail(ctx, MX_E_BAD_INPUT, inventory_line_field(field, i, "sku"), "Article %.*s is corrected twice.", (int)line->sku.len,
                       line->sku.ptr);
    }
    return MX_OK;
}

/* A lot that is corrected is known, and its goods are fit for sale. */
static mx_status demand_lot(struct mx_ctx *ctx, const struct inventory_adjust_line *line, uint32_t i) {
    struct inventory_lot *lot = NULL;
    char field[48];
    mx_status st;
    if (line->lot.len == 0) return MX_OK;
    if (!inventory_is_good(line->condition))
        return mx_fail(ctx, MX_E_BAD_INPUT, inventory_line_field(field, i, "lot"), "Of a lot only what is fit for sale is counted.");
    st = inventory_lot_of(ctx, line->sku, line->lot, &lot);
    if (st != MX_NONE) return st;
    return mx_refuse(ctx, "unknown_lot", inventory_line_field(field, i, "lot"), "Of article %.*s there is no lot %.*s.", (int)line->sku.len,
                     line->sku.ptr, (int)line->lot.len, line->lot.ptr);
}

/* What the books say of the goods that a line of a correction counts. */
static mx_status booked(struct mx_ctx *ctx, struct mx_str location, const struct inventory_adjust_line *line, int64_t *qty) {
    struct inventory_lot_level lot;
    struct inventory_level level;
    mx_status st;
    if (line->lot.len) {
        st = inventory_lot_level_of(ctx, line->sku, line->lot, location, &lot);
        *qty = lot.on_hand;
        return st;
    }
    st = inventory_level_of(ctx, location, line->sku, &level);
    *qty = inventory_is_good(line->condition) ? level.on_hand : level.damaged;
    return st;
}

/* The signed difference that a line of a correction stands for. */
static mx_status difference(struct mx_ctx *ctx, const struct inventory_adjust *request, uint32_t i, int64_t *qty) {
    const struct inventory_adjust_line *line = mx_list_at(&request->lines, i);
    int counted = MX_HAS(inventory_adjust_line, line, count);
    int64_t before = 0;
    char field[48];
    mx_status st;
    if (counted && MX_HAS(inventory_adjust_line, line, qty))
        return mx_fail(ctx, MX_E_BAD_INPUT, inventory_line_field(field, i, "count"), "A line has either a difference (qty) or a count.");
    if (!counted && !MX_HAS(inventory_adjust_line, line, qty))
        return mx_fail(ctx, MX_E_MISSING_FIELD, inventory_line_field(field, i, "qty"), "A line needs a difference (qty) or a count.");
    if (!counted && line->qty == 0)
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, inventory_line_field(field, i, "qty"), "A difference is not zero.");
    *qty = line->qty;
    if (!counted) return MX_OK;
    if ((st = booked(ctx, request->location, line, &before)) != MX_OK) return st;
    if (mx_sub(line->count, before, qty)) return MX_OK;
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, inventory_line_field(field, i, "count"), "No stock is that large.");
}

static mx_status adjust_line(struct mx_ctx *ctx, const struct inventory_adjust *request, uint32_t i, struct inventory_movement *movement,
                             struct inventory_rule *rule) {
    const struct inventory_adjust_line *request_line = mx_list_at(&request->lines, i);
    int counted = MX_HAS(inventory_adjust_line, request_line, count);
    struct mx_article article = {0};
    struct inventory_line *line;
    int64_t qty = 0;
    mx_status st = demand_article(ctx, request->location, request_line->sku, i, &article);
    if (st == MX_OK) st = demand_lot(ctx, request_line, i);
    if (st == MX_OK) st = demand_once(ctx, request, i);
    if (st == MX_OK) st = difference(ctx, request, i, &qty);
    if (st == MX_OK) st = demand_whole_pieces(ctx, &article, counted ? request_line->count : qty, i, counted ? "count" : "qty");
    if (st != MX_OK) return st;

    line = fill_line(movement, i, request_line->sku, qty);
    line->condition = request_line->condition;
    fill_lot(line, request_line->lot);
    if (counted) {
        line->count = request_line->count;
        MX_SET_HAS(inventory_line, line, count);
    }
    rule->place = i;
    rule->below_zero = article.below_zero;
    return MX_OK;
}

mx_status inventory_adjust_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct inventory_adjust *request = in;
    struct mx_stock_moved *answer = out;
    struct inventory_rule *rules;
    struct inventory_movement movement = begin_movement(ctx, INVENTORY_ADJUST, request->location, request->lines.count, &rules);
    uint32_t i;
    mx_status st = inventory_location_demand(ctx, request->location);
    if (st == MX_OK && mx_str_is_blank(request->reason)) st = mx_fail(ctx, MX_E_BAD_INPUT, "reason", "A reason has more than spaces.");
    for (i = 0; st == MX_OK && i < request->lines.count; i++) st = adjust_line(ctx, request, i, &movement, &rules[i]);
    if (st != MX_OK) return st;
    movement.reason = request->reason;
    st = inventory_book(ctx, &movement, rules);
    answer->movement = movement.seq;
    return st;
}

/* A lot that nobody told of leaves no count: what a till misreads is no lot. */
static mx_status move_known_lot(struct mx_ctx *ctx, const struct mx_stock_line *goods, struct inventory_line *line) {
    struct inventory_lot *lot = NULL;
    mx_status st;
    if (goods->lot.len == 0) return MX_OK;
    st = inventory_lot_of(ctx, goods->sku, goods->lot, &lot);
    if (st == MX_OK) fill_lot(line, goods->lot);
    return st == MX_NONE ? MX_OK : st;
}

/* A sale (sign -1) or a return (sign 1). */
static mx_status move_goods(struct mx_ctx *ctx, const struct mx_stock_move *move, int32_t kind, int64_t sign,
                            struct mx_stock_moved *answer) {
    struct inventory_rule *rules;
    struct inventory_movement movement = begin_movement(ctx, kind, move->location, move->lines.count, &rules);
    uint32_t i;
    mx_status st = inventory_location_demand(ctx, move->location);
    if (st != MX_OK || move->lines.count == 0) return st;
    for (i = 0; i < move->lines.count; i++) {
        const struct mx_stock_line *goods = mx_list_at(&move->lines, i);
        struct inventory_line *line = fill_line(&movement, i, goods->sku, sign * goods->qty);
        if (kind == INVENTORY_RETURN) line->condition = goods->condition;
        if ((st = move_known_lot(ctx, goods, line)) != MX_OK) return st;
        rules[i].below_zero = goods->below_zero;
        rules[i].place = goods->line > 0 ? goods->line - 1 : i;
    }
    movement.source = move->source;
    if (move->at > 0) movement.at = move->at;
    st = inventory_book(ctx, &movement, rules);
    answer->movement = movement.seq;
    return st;
}

mx_status inventory_take_handler(struct mx_ctx *ctx, const void *in, void *out) { return move_goods(ctx, in, INVENTORY_SALE, -1, out); }

mx_status inventory_put_back_handler(struct mx_ctx *ctx, const void *in, void *out) {
    return move_goods(ctx, in, INVENTORY_RETURN, 1, out);
}
