/* The half of rules that needs Lua: asking their functions and reading what they answer. */
#include "script/internal.h"

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
    struct mx_list picked = mx_list_new(sale->ctx, all->count, sizeof(struct mx_offer_line));
    uint32_t i;
    picked.count = 0;
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
    }
    lua_pop(L, 3);
    script_offer_declared(sale, asking->rule, picked);
}

/* ---- offers(cart) ---- */

static const struct mx_cart_line *find_line(const struct mx_cart *cart, int64_t number) {
    uint32_t i;
    if (number >= 1 && number <= cart->lines.count) { /* usually line n stands at place n */
        const struct mx_cart_line *line = mx_list_at(&cart->lines, (uint32_t)number - 1);
        if (line->line == number) return line;
    }
    for (i = 0; i < cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        if (line->line == number) return line;
    }
    return NULL;
}

/* One entry of an offer's lines, a table on top of the stack: {line = 1, qty = 2000}. Adds it unless it may not be offered. */
static void read_line(const struct script_reader *reader, struct script_asking *asking, int32_t kind, struct mx_list *lines) {
    static const char *const known[] = {"line", "qty", NULL};
    const struct mx_cart_line *line;
    struct mx_offer_line *next = (struct mx_offer_line *)lines->items + lines->count;
    int64_t number = 0, qty = 0;
    uint32_t i;
    script_read_known(reader, known);
    if (!script_read_int(reader, "line", 1, MX_INT_MAX, &number)) script_complain(reader, "an entry of lines has no line");
    line = find_line(sale_of(asking)->cart, number);
    if (line == NULL) script_complain(reader, "lines names line %lld, which is not in the cart", (long long)number);
    script_read_int(reader, "qty", 1, line->qty, &qty);
    for (i = 0; i < lines->count; i++) {
        if (((struct mx_offer_line *)lines->items)[i].line == number) {
            script_complain(reader, "lines names line %lld twice", (long long)number);
        }
    }
    if (line->overridden || (kind == MX_OFFER_BUY_PAY && line->unit != MX_UNIT_PIECE)) return;
    next->line = number;
    next->qty = qty;
    lines->count++;
}

/* The `lines` of the offer that is read; without them, all lines. */
static struct mx_list read_lines(const struct script_reader *reader, struct script_asking *asking, int32_t kind) {
    lua_State *L = reader->L;
    const struct mx_list *all = &sale_of(asking)->cart->lines;
    struct mx_list lines = mx_list_new(sale_of(asking)->ctx, all->count, sizeof(struct mx_offer_line));
    struct script_reader inner = *reader;
    uint32_t i, count;
    lines.count = 0;
    lua_pushstring(L, "lines");
    if (lua_rawget(L, reader->table) == LUA_TNIL) {
        for (i = 0; i < all->count; i++) {
            const struct mx_cart_line *line = mx_list_at(all, i);
            if (line->overridden || (kind == MX_OFFER_BUY_PAY && line->unit != MX_UNIT_PIECE)) continue;
            ((struct mx_offer_line *)lines.items)[lines.count++].line = line->line;
        }
        lua_pop(L, 1);
        return lines;
    }
    if (!lua_istable(L, -1)) script_complain(reader, "lines must be a list, like {{line = 1, qty = 2000}}");
    script_thaw(L, -1);
    count = (uint32_t)lua_rawlen(L, -1);
    if (count == 0) script_complain(reader, "lines must be a list with at least one entry, like {{line = 1, qty = 2000}}");
    if (count > all->count) script_complain(reader, "lines has more entries than the cart has lines");
    script_charge(L, (size_t)count * count);
    for (i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        if (!lua_istable(L, -1)) script_complain(reader, "every entry of lines must be a table, like {line = 1, qty = 2000}");
        script_thaw(L, -1);
        inner.table = lua_gettop(L);
        read_line(&inner, asking, kind, &lines);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return lines;
}

static int32_t kind_of(struct mx_str word) {
    int32_t i;
    for (i = 0; mx_offer_kind_words[i]; i++) {
        if (mx_str_is(word, mx_offer_kind_words[i])) return i + 1;
    }
    return -1;
}

/* The offer in the table on top of the stack. */
static void read_offer(lua_State *L, struct script_asking *asking) {
    static const char *const known[] = {"kind", "percent", "ppm", "amount", "buy", "pay", "lines", "min_total", "priority", NULL};
    struct script_reader reader = {L, lua_gettop(L), asking->place, asking->what};
    struct script_discount discount;
    struct mx_offer *offer;
    struct mx_list lines;
    struct mx_str word;
    script_read_known(&reader, known);
    script_read_discount(&reader, &discount);
    if (discount.kind == 0) script_complain(&reader, "an offer needs percent, ppm, amount, or buy and pay");
    if (script_read_text(&reader, "kind", 32, &word) && kind_of(word) != discount.kind) {
        script_complain(&reader, "an offer's kind '%s' does not go with what it takes off", word.ptr);
    }
    lines = read_lines(&reader, asking, discount.kind);
    if (lines.count == 0) return;
    offer = script_offer_add(sale_of(asking), asking->rule, lines);
    offer->kind = discount.kind;
    offer->ppm = discount.ppm;
    offer->amount = discount.amount;
    offer->buy = discount.buy;
    offer->pay = discount.pay;
    script_read_int(&reader, "min_total", 1, MX_INT_MAX, &offer->min_total);
    script_read_int(&reader, "priority", 0, 1000000, &offer->priority);
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
    if (script_rule_has(rule, SCRIPT_FN_WHEN)) {
        push_cart(L);
        if (!script_ask_when(L, asking)) return;
    }
    if (script_rule_has(rule, SCRIPT_FN_OFFERS))
        ask_offers(L, asking);
    else if (script_rule_has(rule, SCRIPT_FN_LINES))
        ask_lines(L, asking);
    else
        script_rule_declared(sale, rule);
}

void script_rule_run(struct script_sale *sale, struct script_state *state, struct script_rule *rule) {
    uint32_t offers_before = sale->offer_count;
    if (script_ask(state, rule, ask_rule, sale)) return;
    sale->offer_count = offers_before;
    script_rule_fault(sale, rule, state->problem);
}

void script_sale_ask(struct script_sale *sale, struct script_state *state, struct script_rule *rule) {
    if (atomic_load_explicit(&rule->off, memory_order_relaxed) || !script_rule_applies(sale, rule)) return;
    if (!rule->has)
        script_rule_declared(sale, rule);
    else if (state != NULL)
        script_rule_run(sale, state, rule);
    else
        script_rule_fault(sale, rule, "there is no memory to run this rule");
}

void script_rule_fault(struct script_sale *sale, struct script_rule *rule, const char *message) {
    struct mx_rule_fault *fault;
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
    script_rule_failed(sale->set, rule, message);
}
