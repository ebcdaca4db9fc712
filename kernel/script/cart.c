/* The cart as Lua tables: one set of tables in each state, filled again for each sale and handed to all rules.
 *
 * Rules see read-only faces (freeze.c); what stands behind them is out of their reach, so nothing that a rule does can
 * change what the next one sees, and nothing needs to be built twice or compared. */
#include "script/sale.h"

#define LINES_KEPT 64 /* tables for more lines than this are dropped after the sale */

/* Names of all fields, kept as upvalues of the function that shows a cart: no look-up of texts for each field. */
static const char *const names[] = {
    /* of a line */
    "line", "sku", "qty", "unit_price", "amount", "unit", "category", "tags", "overridden", "brand", "lot", "cost", "stock", "expires",
    "days_left", "list_price", "shipping",
    /* of the cart */
    "at", "currency", "channel", "location", "member", "tier", "coupons", "total", "date", "lines", "segments", "counters", "tenders",
    "facts", "vouchers", "tags",
    /* of a time */
    "year", "month", "day", "hour", "minute", "weekday",
    /* others */
    "piece", "kg", "rule", "joined"};
enum {
    LINE = 1,
    SKU,
    QTY,
    UNIT_PRICE,
    AMOUNT,
    UNIT,
    CATEGORY,
    TAGS,
    OVERRIDDEN,
    BRAND,
    LOT,
    COST,
    STOCK,
    EXPIRES,
    DAYS_LEFT,
    LIST_PRICE,
    SHIPPING,
    AT,
    CURRENCY,
    CHANNEL,
    LOCATION,
    MEMBER,
    TIER,
    COUPONS,
    TOTAL,
    DATE,
    LINES,
    SEGMENTS,
    COUNTERS,
    TENDERS,
    FACTS,
    VOUCHERS,
    CART_TAGS,
    YEAR,
    MONTH,
    DAY,
    HOUR,
    MINUTE,
    WEEKDAY,
    PIECE,
    KG,
    RULE,
    JOINED
};
#define LINE_FIELDS (SHIPPING - LINE + 1)
#define DAY_MS      (24 * 3600 * INT64_C(1000))

static void set_int(lua_State *L, int table, int name, int64_t value) {
    lua_pushvalue(L, lua_upvalueindex(name));
    lua_pushinteger(L, value);
    lua_rawset(L, table);
}

static void set_nil(lua_State *L, int table, int name) {
    lua_pushvalue(L, lua_upvalueindex(name));
    lua_pushnil(L);
    lua_rawset(L, table);
}

static void set_flag(lua_State *L, int table, int name, int yes) {
    lua_pushvalue(L, lua_upvalueindex(name));
    lua_pushboolean(L, yes);
    lua_rawset(L, table);
}

/* An empty text is nil in Lua, so that `if cart.member then` says what it means. */
static void set_text(lua_State *L, int table, int name, struct mx_str text) {
    lua_pushvalue(L, lua_upvalueindex(name));
    if (text.len)
        lua_pushlstring(L, text.ptr, text.len);
    else
        lua_pushnil(L);
    lua_rawset(L, table);
}

static void set_list(lua_State *L, int table, int name, const struct mx_list *texts) {
    uint32_t i;
    lua_pushvalue(L, lua_upvalueindex(name));
    if (texts->count == 0) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_EMPTY);
    } else {
        lua_createtable(L, (int)texts->count, 0);
        for (i = 0; i < texts->count; i++) {
            struct mx_str text = mx_list_str(texts, i);
            lua_pushlstring(L, text.ptr ? text.ptr : "", text.len);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        script_freeze(L, -1);
        lua_remove(L, -2);
    }
    lua_rawset(L, table);
}

static void fill_date(lua_State *L, int table, int64_t at_ms, const struct base_civil *local) {
    set_int(L, table, AT, at_ms);
    set_int(L, table, YEAR, local->year);
    set_int(L, table, MONTH, local->month);
    set_int(L, table, DAY, local->day);
    set_int(L, table, HOUR, local->hour);
    set_int(L, table, MINUTE, local->minute);
    set_int(L, table, WEEKDAY, local->weekday);
}

/* When the lot ends, as a time on the clock of the place, and how many days are begun until then; 0 = it is over. */
static void set_expiry(lua_State *L, int table, struct script_sale *sale, const struct mx_cart_line *line) {
    int64_t left = line->expires_at - sale->cart->at;
    struct base_civil local;
    if (line->expires_at == 0) {
        set_nil(L, table, EXPIRES);
        set_nil(L, table, DAYS_LEFT);
        return;
    }
    set_int(L, table, DAYS_LEFT, left <= 0 ? 0 : (left + DAY_MS - 1) / DAY_MS);
    base_civil_from_ms(script_sale_now(sale)->zone, line->expires_at, &local);
    lua_pushvalue(L, lua_upvalueindex(EXPIRES));
    lua_createtable(L, 0, 7);
    fill_date(L, lua_gettop(L), line->expires_at, &local);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_DATE_FIELDS);
    lua_setmetatable(L, -2);
    script_freeze(L, -1);
    lua_remove(L, -2);
    lua_rawset(L, table);
}

static void fill_goods(lua_State *L, int table, struct script_sale *sale, const struct mx_cart_line *line) {
    set_text(L, table, BRAND, line->brand);
    set_text(L, table, LOT, line->lot);
    if (line->cost_known)
        set_int(L, table, COST, line->cost);
    else
        set_nil(L, table, COST);
    if (line->stock_known)
        set_int(L, table, STOCK, line->stock);
    else
        set_nil(L, table, STOCK);
    set_int(L, table, LIST_PRICE, line->list_price ? line->list_price : line->unit_price);
    set_flag(L, table, SHIPPING, line->shipping);
    set_expiry(L, table, sale, line);
}

static void fill_line(lua_State *L, int table, struct script_sale *sale, const struct mx_cart_line *line) {
    set_int(L, table, LINE, line->line);
    set_text(L, table, SKU, line->sku);
    set_int(L, table, QTY, line->qty);
    set_int(L, table, UNIT_PRICE, line->unit_price);
    set_int(L, table, AMOUNT, line->amount);
    lua_pushvalue(L, lua_upvalueindex(UNIT));
    lua_pushvalue(L, lua_upvalueindex(line->unit == MX_UNIT_KG ? KG : PIECE));
    lua_rawset(L, table);
    set_text(L, table, CATEGORY, line->category);
    set_list(L, table, TAGS, &line->tags);
    set_flag(L, table, OVERRIDDEN, line->overridden);
    fill_goods(L, table, sale, line);
}

/* A table of names and values of which not all are declared; `push` pushes value i and answers its name. */
static void set_map(lua_State *L, int table, int name, const struct mx_list *list,
                    struct mx_str (*push)(lua_State *L, const struct mx_list *list, uint32_t i)) {
    int values, known;
    uint32_t i;
    lua_pushvalue(L, lua_upvalueindex(name));
    if (list->count == 0) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_EMPTY);
        lua_rawset(L, table);
        return;
    }
    lua_newtable(L);
    lua_newtable(L);
    values = lua_gettop(L) - 1;
    known = values + 1;
    for (i = 0; i < list->count; i++) {
        struct mx_str key = push(L, list, i);
        lua_pushlstring(L, key.ptr, key.len);
        lua_pushvalue(L, -1);
        lua_pushboolean(L, 1);
        lua_rawset(L, known);
        lua_insert(L, -2);
        lua_rawset(L, values);
    }
    if (name == COUNTERS) { /* facts are whatever the sale was told: it may not depend on the others whether asking for one is a fault */
        script_fields_meta(L, "cart.counters", 1);
        lua_setmetatable(L, -2);
    } else {
        lua_pop(L, 1);
    }
    script_freeze(L, -1);
    lua_remove(L, -2);
    lua_rawset(L, table);
}

static struct mx_str push_counter(lua_State *L, const struct mx_list *list, uint32_t i) {
    const struct mx_counter *counter = mx_list_at(list, i);
    lua_pushinteger(L, counter->value);
    return counter->name;
}

static struct mx_str push_fact(lua_State *L, const struct mx_list *list, uint32_t i) {
    const struct mx_pair *fact = mx_list_at(list, i);
    lua_pushlstring(L, fact->value.ptr ? fact->value.ptr : "", fact->value.len);
    return fact->key;
}

/* {{rule = "birthday", joined = 0}}; the coupon itself is not told. */
static void set_vouchers(lua_State *L, int table, const struct mx_list *vouchers) {
    uint32_t i;
    lua_pushvalue(L, lua_upvalueindex(VOUCHERS));
    lua_createtable(L, (int)vouchers->count, 0);
    for (i = 0; i < vouchers->count; i++) {
        const struct mx_cart_voucher *voucher = mx_list_at(vouchers, i);
        lua_createtable(L, 0, 3);
        set_text(L, lua_gettop(L), RULE, voucher->rule);
        set_int(L, lua_gettop(L), JOINED, voucher->joined);
        set_int(L, lua_gettop(L), AMOUNT, voucher->amount);
        script_freeze(L, -1);
        lua_remove(L, -2);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    script_freeze(L, -1);
    lua_remove(L, -2);
    lua_rawset(L, table);
}

static void fill_cart(lua_State *L, int table, struct script_sale *sale) {
    const struct mx_cart *cart = sale->cart;
    set_int(L, table, AT, cart->at);
    set_text(L, table, CURRENCY, cart->currency);
    set_text(L, table, CHANNEL, cart->channel);
    set_text(L, table, LOCATION, cart->location);
    set_text(L, table, MEMBER, cart->member);
    set_text(L, table, TIER, cart->tier);
    set_list(L, table, COUPONS, &cart->coupons);
    set_int(L, table, TOTAL, cart->total);
    set_list(L, table, SEGMENTS, &cart->segments);
    set_list(L, table, TENDERS, &cart->tenders);
    set_map(L, table, COUNTERS, &cart->counters, push_counter);
    set_map(L, table, FACTS, &cart->facts, push_fact);
    set_vouchers(L, table, &cart->vouchers);
    if (script_words_withheld(cart, names[CART_TAGS - 1]))
        set_nil(L, table, CART_TAGS);
    else
        set_list(L, table, CART_TAGS, &cart->tags);
    if (cart->withheld.count)
        lua_pushlightuserdata(L, sale);
    else
        lua_pushnil(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_WITHHELD);
}

/* Take the tables of lines behind `count` out of the list, and forget those beyond the ones kept. */
static void drop_lines(lua_State *L, int list, int data, int face, uint32_t count) {
    struct script_state *state = script_state_of(L);
    uint32_t i;
    for (i = state->lines_built; i > count; i--) {
        lua_pushnil(L);
        lua_rawseti(L, list, i);
        if (i <= LINES_KEPT) continue;
        lua_pushnil(L);
        lua_rawseti(L, data, i);
        lua_pushnil(L);
        lua_rawseti(L, face, i);
    }
}

static void fill_lines(lua_State *L, struct script_sale *sale) {
    const struct mx_list *lines = &sale->cart->lines;
    struct script_state *state = script_state_of(L);
    int list, data, face;
    uint32_t i;
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINES_DATA);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINE_DATA);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINE_FACE);
    list = lua_absindex(L, -3);
    data = list + 1;
    face = list + 2;
    drop_lines(L, list, data, face, lines->count);
    if (state->lines_built < lines->count) state->lines_built = lines->count;
    for (i = 1; i <= lines->count; i++) {
        if (lua_rawgeti(L, data, i) == LUA_TNIL) {
            lua_pop(L, 1);
            lua_createtable(L, 0, LINE_FIELDS);
            lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINE_FIELDS);
            lua_setmetatable(L, -2);
            script_freeze(L, -1);
            lua_rawseti(L, face, i);
            lua_pushvalue(L, -1);
            lua_rawseti(L, data, i);
        }
        fill_line(L, face + 1, sale, mx_list_at(lines, i - 1));
        lua_pop(L, 1);
        lua_rawgeti(L, face, i);
        lua_rawseti(L, list, i);
    }
    state->lines_built = lines->count;
    lua_settop(L, list - 1);
}

/* Function with the names as upvalues; argument: the sale. */
static int show(lua_State *L) {
    struct script_sale *sale = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_CART_DATA);
    fill_cart(L, 2, sale);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_DATE_DATA);
    fill_date(L, 3, sale->cart->at, &script_sale_now(sale)->local);
    fill_lines(L, sale);
    return 0;
}

/* Push a metatable for `noun` that knows the fields first..last of `names`, and `also`. */
static void push_fields(lua_State *L, const char *noun, int first, int last, const char *also) {
    int i;
    lua_createtable(L, 0, last - first + 2);
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, also);
    for (i = first; i <= last; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, names[i - 1]);
    }
    script_fields_meta(L, noun, 0);
}

int script_words_withheld(const struct mx_cart *cart, const char *name) {
    uint32_t i;
    for (i = 0; i < cart->withheld.count; i++)
        if (mx_str_is(mx_list_str(&cart->withheld, i), name)) return 1;
    return 0;
}

/* A field of the cart that holds nothing was read. What may not be said is nil too, and the sale remembers that it was asked for. */
static int no_cart_field(lua_State *L) {
    struct script_sale *sale;
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_WITHHELD);
    sale = lua_touserdata(L, -1);
    lua_pop(L, 1);
    if (sale != NULL && lua_type(L, 2) == LUA_TSTRING && script_words_withheld(sale->cart, lua_tostring(L, 2)))
        sale->asked_withheld = mx_dup(sale->ctx, mx_str_of(lua_tostring(L, 2)));
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 2, 1);
    return 1;
}

/* A table with a face: the table goes into the registry at `key`, the face stays on the stack. */
static void open_table(lua_State *L, int key) {
    lua_newtable(L);
    script_freeze(L, -1);
    lua_insert(L, -2);
    lua_rawseti(L, LUA_REGISTRYINDEX, key);
}

void script_cart_open(lua_State *L) {
    int i, count = (int)(sizeof(names) / sizeof(names[0]));
    luaL_checkstack(L, count + 5, NULL);
    for (i = 0; i < count; i++) lua_pushstring(L, names[i]);
    lua_pushcclosure(L, show, count);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_SHOW);
    open_table(L, SCRIPT_KEY_CART_DATA);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_CART);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_CART_DATA);
    push_fields(L, "the cart", AT, CART_TAGS, "at");
    lua_getfield(L, -1, "__index");
    lua_pushcclosure(L, no_cart_field, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    open_table(L, SCRIPT_KEY_DATE_DATA);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_DATE_DATA);
    push_fields(L, "the date", YEAR, WEEKDAY, "at");
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_DATE_FIELDS);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_setfield(L, -2, names[DATE - 1]);
    open_table(L, SCRIPT_KEY_LINES_DATA);
    lua_setfield(L, -2, names[LINES - 1]);
    lua_pop(L, 1);
    lua_newtable(L);
    script_freeze(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_EMPTY);
    lua_pop(L, 1);
    push_fields(L, "a line of the cart", LINE, SHIPPING, "line");
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINE_FIELDS);
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINE_DATA);
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_LINE_FACE);
}

void script_cart_show(lua_State *L, struct script_sale *sale) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_SHOW);
    lua_pushlightuserdata(L, sale);
    lua_call(L, 1, 0);
    sale->cart_built = 1;
}
