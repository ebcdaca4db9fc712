/* The half of rules that needs Lua: asking their functions and reading what they answer. */
#include "script/sale.h"

static struct script_sale *sale_of(const struct script_asking *asking) { return asking->arg; }

static void push_cart(lua_State *L) { lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_CART); }

/* The answer of lines() on top of the stack: how much of the line is wanted (0 = all of it), or -1 for none; pops it. */
static int64_t take_wanted(lua_State *L, struct script_asking *asking, const struct mx_cart_line *line) {
    struct script_reader reader = {L, 0, asking->place, asking->what};
    int64_t wanted = lua_isboolean(L, -1) && lua_toboolean(L, -1) ? 0 : -1;
    if (lua_isinteger(L, -1)) {
        wanted = lua_tointeger(L, -1);
        if (wanted < 0 || wanted > line->qty) {
            script_complain(&reader, "lines answered %lld for line %lld, which has %lld thousandths", (long long)wanted,
                            (long long)line->line, (long long)line->qty);
        }
        if (wanted == 0) wanted = -1;
    } else if (!lua_isboolean(L, -1) && !lua_isnil(L, -1)) {
        script_complain(&reader, "lines must answer true, false or a whole number of thousandths, not a %s",
                        lua_type(L, -1) == LUA_TNUMBER ? "fraction" : luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return wanted;
}

/* The declared offer over the lines that lines() picks among those that match. */
static void ask_lines(lua_State *L, struct script_asking *asking) {
    struct script_sale *sale = asking->arg;
    const struct mx_list *all = &sale->cart->lines;
    struct mx_list picked = script_lines_begin(sale);
    uint32_t i;
    script_push_function(L, asking, SCRIPT_FN_LINES);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINE_FACE);
    push_cart(L);
    for (i = 0; i < all->count; i++) {
        const struct mx_cart_line *line = mx_list_at(all, i);
        struct mx_offer_line *next;
        int64_t wanted;
        if (!script_line_matches(asking->rule, line)) continue;
        lua_pushvalue(L, -3);
        lua_rawgeti(L, -3, (lua_Integer)i + 1);
        lua_pushvalue(L, -3);
        lua_call(L, 2, 1);
        wanted = take_wanted(L, asking, line);
        if (wanted < 0) continue;
        next = (struct mx_offer_line *)picked.items + picked.count++;
        next->line = line->line;
        next->qty = wanted;
        next->price = 0;
    }
    lua_pop(L, 3);
    script_lines_keep(sale, &picked);
    if (picked.count == 0) script_miss(sale, asking->rule, MX_MISS_WHEN, 0);
    script_offer_declared(sale, asking->rule, picked);
}

/* ---- offers(cart) ---- */

struct making { /* an offer that a function made, while it is read */
    struct script_sale *sale;
    struct script_asking *asking;
    struct mx_offer offer;
    struct script_takes takes;
    struct mx_list lines; /* that the offer is on */
};

static void *take_memory(void *arg, size_t bytes) { return mx_alloc(arg, bytes); }

/* One entry of an offer's lines: {line = 1, qty = 2000}. Adds it unless it may not be offered. */
static void read_line(const struct script_reader *reader, const struct making *making, struct mx_list *lines) {
    static const char *const known[] = {"line", "qty", NULL};
    const struct mx_cart_line *line;
    struct mx_offer_line *next = (struct mx_offer_line *)lines->items + lines->count;
    int64_t number = 0, qty = 0;
    uint32_t i;
    script_read_known(reader, known);
    if (!script_read_int(reader, "line", 1, MX_INT_MAX, &number)) script_complain(reader, "an entry of lines has no line");
    line = script_cart_line(making->sale->cart, number);
    if (line == NULL) script_complain(reader, "lines names line %lld, which is not in the cart", (long long)number);
    script_read_int(reader, "qty", 1, line->qty, &qty);
    for (i = 0; i < lines->count; i++) {
        if (((struct mx_offer_line *)lines->items)[i].line == number) {
            script_complain(reader, "lines names line %lld twice", (long long)number);
        }
    }
    if (!script_line_free(making->offer.lane, making->offer.kind, line)) return;
    next->line = number;
    next->qty = qty;
    lines->count++;
}

#define LINE_STEPS 8 /* what a line that an offer names counts for: each is priced, and kept with the receipt */

/* The `lines` of the table that is read; without them, all lines. */
static struct mx_list read_lines(const struct script_reader *reader, const struct making *making) {
    static const char shape[] = "{{line = 1, qty = 2000}}";
    lua_State *L = reader->L;
    const struct mx_list *all = &making->sale->cart->lines;
    struct script_inner list, inner;
    struct mx_list lines;
    uint32_t i, count;
    lua_pushstring(L, "lines");
    if (lua_rawget(L, reader->table) == LUA_TNIL) {
        script_charge(L, (size_t)all->count * LINE_STEPS * SCRIPT_BYTES_A_STEP);
        lines = script_lines_begin(making->sale);
        for (i = 0; i < all->count; i++) {
            const struct mx_cart_line *line = mx_list_at(all, i);
            struct mx_offer_line free_line = {line->line, 0, 0};
            if (script_line_free(making->offer.lane, making->offer.kind, line))
                ((struct mx_offer_line *)lines.items)[lines.count++] = free_line;
        }
        script_lines_keep(making->sale, &lines);
        lua_pop(L, 1);
        return lines;
    }
    if (!lua_istable(L, -1)) script_complain(reader, "lines must be a list, like %s", shape);
    lua_pop(L, 1);
    script_enter(reader, "lines", shape, &list);
    count = (uint32_t)lua_rawlen(L, -1);
    if (count == 0) script_complain(reader, "lines must be a list with at least one entry, like %s", shape);
    if (count > all->count) script_complain(reader, "lines has more entries than the cart has lines");
    script_charge(L, ((size_t)count * count + (size_t)count * LINE_STEPS * SCRIPT_BYTES_A_STEP));
    lines = mx_list_new(making->sale->ctx, count, sizeof(struct mx_offer_line));
    lines.count = 0;
    for (i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        if (!lua_istable(L, -1)) script_complain(reader, "every entry of lines must be a table, like {line = 1, qty = 2000}");
        lua_pop(L, 1);
        script_enter_item(&list.reader, i, "{line = 1, qty = 2000}", &inner);
        inner.reader.what = reader->what;
        read_line(&inner.reader, making, &lines);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return lines;
}

static void fill_slot(struct script_taking *taking, const struct script_reader *from, uint32_t slot) {
    struct making *making = taking->arg;
    if (from != NULL && (script_read_has(from, "where") || script_read_has(from, "except")))
        script_complain(from, "an offer that a function makes names its lines: lines = {{line = 1}}");
    ((struct mx_offer_slot *)mx_list_at(&taking->offer->slots, slot))->lines = read_lines(from ? from : &taking->reader, making);
}

static int32_t kind_of(struct mx_str word) {
    int32_t i;
    for (i = 0; mx_offer_kind_words[i]; i++) {
        if (mx_str_is(word, mx_offer_kind_words[i])) return i + 1;
    }
    return -1;
}

/* The kind must go with what it takes off and with the lane of the rule. */
static void check_kind(const struct script_reader *reader, const struct making *making) {
    int32_t kind = making->offer.kind, lane = making->offer.lane;
    int points = kind == MX_OFFER_POINTS || kind == MX_OFFER_POINTS_TIMES;
    struct mx_str word;
    if (making->takes.shape == SCRIPT_SHAPE_FUNCTION) script_complain(reader, "an offer needs to say what it takes off, like percent = 10");
    if (script_read_text(reader, "kind", 32, &word) && kind_of(word) != kind)
        script_complain(reader, "an offer's kind '%s' does not go with what it takes off", word.ptr);
    if (points && lane != MX_LANE_EARN) script_complain(reader, "points need a promotion with lane = \"earn\"");
    if (!points && lane == MX_LANE_EARN) script_complain(reader, "a promotion in the lane \"earn\" gives points and nothing else");
    if (lane == MX_LANE_SHIPPING && kind != MX_OFFER_PERCENT && kind != MX_OFFER_AMOUNT && kind != MX_OFFER_PRICE)
        script_complain(reader, "what bringing the goods costs can have percent, ppm, amount or price");
}

/* The lines of a gift are free from so much spent on; 0 when that is not reached. */
static int take_gift(struct making *making) {
    struct mx_list *slots = &making->offer.slots;
    struct mx_list spent = ((struct mx_offer_slot *)mx_list_at(slots, 0))->lines,
                   gift = ((struct mx_offer_slot *)mx_list_at(slots, 1))->lines;
    if (script_gift_missing(making->sale, &making->takes, &spent, &gift) > 0) return 0;
    script_lines_cap(making->sale, &gift, making->takes.pieces);
    making->lines = gift;
    memset(slots, 0, sizeof(*slots));
    return 1;
}

/* The offer in the table on top of the stack. */
static void read_offer(lua_State *L, struct script_asking *asking) {
    static const char *const known[] = {"kind",         "lines",      "percent",   "ppm",      "amount",    "price",      "prices",
                                        "buy",          "pay",        "free",      "nth",      "steps",     "spend",      "save",
                                        "repeats",      "bundle",     "mix",       "gift",     "get",       "pieces",     "points",
                                        "points_times", "points_ppm", "group",     "times",    "exclusive", "below_cost", "max_unit",
                                        "max_line",     "max_off",    "min_total", "priority", NULL};
    struct script_reader reader = {L, lua_gettop(L), asking->place, asking->what};
    struct script_sale *sale = sale_of(asking);
    struct making *making = mx_alloc(sale->ctx, sizeof(*making));
    struct script_taking taking = {reader, &making->offer, &making->takes, take_memory, sale->ctx, fill_slot, making};
    making->sale = sale;
    making->asking = asking;
    making->offer = script_promotion_of(asking->rule)->offer;
    script_read_known(&reader, known);
    script_takes_read(&taking);
    check_kind(&reader, making);
    script_takes_options(&taking);
    if (making->takes.shape == SCRIPT_SHAPE_GIFT) {
        if (!take_gift(making)) return;
    } else if (making->takes.shape != SCRIPT_SHAPE_SLOTS) {
        making->lines = read_lines(&reader, making);
        if (making->takes.shape == SCRIPT_SHAPE_PRICES) script_lines_price(sale, &making->takes, &making->lines);
    }
    if (making->takes.shape != SCRIPT_SHAPE_SLOTS && making->lines.count == 0) return;
    script_offer_add(sale, asking->rule, &making->offer)->lines = making->lines;
}

/* 1 when the table on top has no entry at all. */
static int is_empty(lua_State *L) {
    lua_pushnil(L);
    if (!lua_next(L, -2)) return 1;
    lua_pop(L, 2);
    return 0;
}

static void ask_offers(lua_State *L, struct script_asking *asking) {
    struct script_reader reader = {L, 0, asking->place, asking->what};
    lua_Integer i, count;
    script_push_function(L, asking, SCRIPT_FN_OFFERS);
    push_cart(L);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        return;
    }
    if (!lua_istable(L, -1)) script_complain(&reader, "offers must answer a list of offers, not a %s", luaL_typename(L, -1));
    script_thaw(L, -1);
    count = (lua_Integer)lua_rawlen(L, -1);
    if (count == 0 && !is_empty(L)) script_complain(&reader, "offers must answer a list of offers, like {{kind = \"percent\", ...}}");
    if (count > SCRIPT_OFFERS_MAX) script_complain(&reader, "offers answered more than %d offers", SCRIPT_OFFERS_MAX);
    for (i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        if (!lua_istable(L, -1)) script_complain(&reader, "every offer must be a table, like {kind = \"percent\", percent = 10}");
        script_thaw(L, -1);
        read_offer(L, asking);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

/* ---- one rule ---- */

static void ask_rule(lua_State *L, struct script_asking *asking) {
    struct script_sale *sale = asking->arg;
    const struct script_rule *rule = asking->rule;
    if (!sale->cart_built) script_cart_show(L, sale);
    script_budget_begin(asking->state);
    sale->asked_withheld.len = 0;
    if (script_rule_has(rule, SCRIPT_FN_WHEN)) {
        push_cart(L);
        if (!script_ask_when(L, asking)) {
            script_miss(sale, rule, MX_MISS_WHEN, 0);
            return;
        }
    }
    if (script_rule_has(rule, SCRIPT_FN_OFFERS)) {
        uint32_t before = sale->offer_count;
        ask_offers(L, asking);
        if (sale->offer_count == before && sale->asked_withheld.len) script_miss(sale, rule, MX_MISS_CONSENT, 0);
    } else if (script_rule_has(rule, SCRIPT_FN_LINES))
        ask_lines(L, asking);
    else
        script_rule_declared(sale, rule);
}

int64_t script_sale_extra(const struct script_sale *sale) {
    uint32_t lines = sale->cart->lines.count;
    return lines > SCRIPT_BUDGET_LINES ? (int64_t)(lines - SCRIPT_BUDGET_LINES) * SCRIPT_BUDGET_LINE : 0;
}

void script_rule_run(struct script_sale *sale, struct script_state *state, struct script_rule *rule) {
    uint32_t offers_before = sale->offer_count;
    int64_t extra_before = state->extra, spent_before = state->spent;
    int done;
    state->extra = script_sale_extra(sale);
    done = script_ask(state, rule, ask_rule, sale);
    state->extra = extra_before;
    sale->steps += state->spent - spent_before;
    if (done) return;
    sale->offer_count = offers_before;
    script_rule_fault(sale, rule, state->problem);
}

void script_sale_ask(struct script_sale *sale, struct script_state *state, struct script_rule *rule) {
    int64_t value;
    int32_t reason;
    if (atomic_load_explicit(&rule->off, memory_order_relaxed)) {
        script_miss(sale, rule, MX_MISS_OFF, 0);
        return;
    }
    reason = script_rule_refuses(sale, rule, &value);
    if (reason)
        script_miss(sale, rule, reason, value);
    else if (!rule->has)
        script_rule_declared(sale, rule);
    else if (state != NULL)
        script_rule_run(sale, state, rule);
    else
        script_rule_fault(sale, rule, "there is no memory to run this rule");
}

void script_fault_note(struct script_sale *sale, const struct script_rule *rule, const char *message) {
    struct mx_rule_fault *fault;
    if (sale->fault_count == SCRIPT_SALE_FAULTS) return;
    if (sale->fault_count == sale->fault_cap) {
        uint32_t cap = sale->fault_cap ? sale->fault_cap * 2 : 4;
        struct mx_rule_fault *grown = mx_alloc(sale->ctx, cap * sizeof(*grown));
        if (sale->fault_count) memcpy(grown, sale->faults, sale->fault_count * sizeof(*grown));
        sale->faults = grown;
        sale->fault_cap = cap;
    }
    fault = &sale->faults[sale->fault_count++];
    fault->rule = rule->id;
    fault->message = script_clean(sale->ctx, message);
}

void script_rule_fault(struct script_sale *sale, struct script_rule *rule, const char *message) {
    script_fault_note(sale, rule, message);
    script_rule_failed(sale->set, rule, message);
}
