/* A property's function: the sale as it is, and `try`, which asks what another cart would cost. */
#include <stdio.h>

#include "script/hunt.h"

#define CART_BYTES_MAX SCRIPT_JSON_IN_MAX

struct asked {
    struct hunt *hunt;
    const struct mx_cart *cart;
    const struct mx_priced *priced;
    int holds;
};

/* ---- a sale as a table ---- */

static void set_text(lua_State *L, const char *name, struct mx_str text) {
    if (text.len == 0) return;
    lua_pushlstring(L, text.ptr, text.len);
    lua_setfield(L, -2, name);
}

static void set_int(lua_State *L, const char *name, int64_t value) {
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static void push_line(lua_State *L, const struct mx_cart_line *line, const struct mx_priced_line *priced) {
    int64_t cost;
    lua_createtable(L, 0, 9);
    set_int(L, "line", line->line);
    set_text(L, "sku", line->sku);
    set_text(L, "category", line->category);
    set_int(L, "qty", line->qty);
    set_int(L, "unit_price", line->unit_price);
    set_int(L, "base", line->amount);
    set_int(L, "total", priced->total);
    set_int(L, "tax", priced->tax);
    set_int(L, "discount", priced->discount);
    if (!hunt_cost(line, &cost)) return;
    set_int(L, "cost", cost);
}

static void push_cart(lua_State *L, struct hunt *hunt, const struct mx_cart *cart) {
    struct mx_str json = {NULL, 0};
    if (hunt->ctx->op->encode(hunt->ctx, &mx_cart_type, cart, &json) != MX_OK || json.len > CART_BYTES_MAX)
        luaL_error(L, "the cart is too large to be shown");
    script_json_push(L, json, &mx_cart_type, "the cart");
}

static void push_sale(lua_State *L, struct hunt *hunt, const struct mx_cart *cart, const struct mx_priced *priced) {
    uint32_t i;
    luaL_checkstack(L, 8, NULL);
    lua_createtable(L, 0, 6);
    push_cart(L, hunt, cart);
    lua_setfield(L, -2, "cart");
    set_int(L, "base", cart->total);
    set_int(L, "total", priced->total);
    set_int(L, "tax", priced->tax);
    set_int(L, "discount", priced->discount);
    lua_createtable(L, (int)cart->lines.count, 0);
    for (i = 0; i < cart->lines.count && i < priced->lines.count; i++) {
        push_line(L, mx_list_at(&cart->lines, i), mx_list_at(&priced->lines, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "lines");
}

/* ---- try ---- */

static struct asked *asked_of(lua_State *L) { return lua_touserdata(L, lua_upvalueindex(1)); }

/* Price the changed cart and push its sale. */
static int push_changed(lua_State *L, struct hunt *hunt, struct mx_cart *cart) {
    struct mx_priced priced = {0};
    if (++hunt->tries > HUNT_TRIES) return luaL_error(L, "a property may try at most %d other carts", HUNT_TRIES);
    if (!hunt_settle(cart)) return luaL_error(L, "that cart would cost too much");
    if (hunt_price(hunt, cart, &priced) != MX_OK) return luaL_error(L, "that cart cannot be priced");
    push_sale(L, hunt, cart, &priced);
    return 1;
}

static struct mx_cart_line *line_at(lua_State *L, struct mx_cart *cart, lua_Integer number) {
    if (number < 1 || number > (lua_Integer)cart->lines.count) luaL_error(L, "there is no line %I in this cart", (LUAI_UACINT)number);
    return mx_list_at(&cart->lines, (uint32_t)number - 1);
}

/* try.with(2): one more piece of line 2; try.with{sku = "A", qty = 1000}: so much more of this article, in a line of its own */
static int try_with(lua_State *L) {
    struct asked *asked = asked_of(L);
    struct mx_cart *cart = hunt_copy(asked->hunt->ctx, asked->cart);
    struct script_reader reader = {L, 1, "", "what is added"};
    static const char *const known[] = {"sku", "qty", "line", "category", "unit_price", "base", "total", "tax", "discount", "cost", NULL};
    const struct mx_cart_line *article = NULL;
    struct mx_str sku;
    int64_t qty = MX_QTY_ONE;
    uint32_t i;
    lua_settop(L, 1);
    if (lua_isinteger(L, 1)) {
        struct mx_cart_line *line = line_at(L, cart, lua_tointeger(L, 1));
        if (!mx_add(line->qty, MX_QTY_ONE, &line->qty)) return luaL_error(L, "that is too much");
        return push_changed(L, asked->hunt, cart);
    }
    if (!lua_istable(L, 1)) return luaL_error(L, "try.with takes the number of a line, or a table like {sku = \"A\", qty = 1000}");
    script_thaw(L, 1);
    script_read_known(&reader, known);
    if (!script_read_text(&reader, "sku", MX_SKU_MAX, &sku)) script_complain(&reader, "sku is missing");
    (void)script_read_int(&reader, "qty", 1, MX_INT_MAX, &qty);
    for (i = 0; i < cart->lines.count && article == NULL; i++)
        if (mx_str_eq(((const struct mx_cart_line *)mx_list_at(&cart->lines, i))->sku, sku)) article = mx_list_at(&cart->lines, i);
    if (article == NULL) article = hunt_article(asked->hunt->pool, sku);
    if (article == NULL) script_complain(&reader, "no article '%s' is known here", sku.ptr);
    if (!hunt_add(asked->hunt->ctx, cart, article, qty)) return luaL_error(L, "that cart would cost too much");
    return push_changed(L, asked->hunt, cart);
}

/* try.without(2): the cart without line 2; nil when it has no other */
static int try_without(lua_State *L) {
    struct asked *asked = asked_of(L);
    struct mx_cart *cart = hunt_copy(asked->hunt->ctx, asked->cart);
    lua_Integer number = luaL_checkinteger(L, 1);
    uint32_t i;
    (void)line_at(L, cart, number);
    if (cart->lines.count == 1) return 0;
    for (i = (uint32_t)number; i < cart->lines.count; i++)
        *(struct mx_cart_line *)mx_list_at(&cart->lines, i - 1) = *(struct mx_cart_line *)mx_list_at(&cart->lines, i);
    cart->lines.count--;
    return push_changed(L, asked->hunt, cart);
}

static void push_try(lua_State *L, struct asked *asked) {
    lua_createtable(L, 0, 2);
    lua_pushlightuserdata(L, asked);
    lua_pushcclosure(L, try_with, 1);
    lua_setfield(L, -2, "with");
    lua_pushlightuserdata(L, asked);
    lua_pushcclosure(L, try_without, 1);
    lua_setfield(L, -2, "without");
}

/* ---- asking ---- */

static void ask_property(lua_State *L, struct script_asking *asking) {
    struct asked *asked = asking->arg;
    struct script_reader reader = {L, 0, asking->place, asking->what};
    script_push_function(L, asking, SCRIPT_FN_BODY);
    push_sale(L, asked->hunt, asked->cart, asked->priced);
    push_try(L, asked);
    script_budget_begin(asking->state);
    lua_call(L, 2, 2);
    if (!lua_isboolean(L, -2)) script_complain(&reader, "a property answers true or false, not a %s", luaL_typename(L, -2));
    asked->holds = lua_toboolean(L, -2);
    if (!asked->holds && lua_type(L, -1) == LUA_TSTRING)
        snprintf(asked->hunt->message, sizeof(asked->hunt->message), "%s", lua_tostring(L, -1));
    lua_pop(L, 2);
}

int hunt_ask(struct hunt *hunt, struct script_rule *rule, const struct mx_cart *cart, const struct mx_priced *priced) {
    struct asked asked = {hunt, cart, priced, 1};
    struct script_state *state = hunt->trying.state;
    int64_t extra_before = state->extra;
    int done;
    hunt->tries = 0;
    state->extra = HUNT_STEPS;
    done = script_ask(state, rule, ask_property, &asked);
    state->extra = extra_before;
    if (!done) {
        snprintf(hunt->message, sizeof(hunt->message), "%s", state->problem);
        return HUNT_FAULT;
    }
    if (asked.holds) return HUNT_HOLDS;
    if (hunt->message[0] == '\0') snprintf(hunt->message, sizeof(hunt->message), "The property does not hold.");
    return HUNT_BROKEN;
}
