/* The carts of tests in rule files: read from a table, and what is offered for them shown as one. */
#include <stdio.h>

#include "script/sale.h"

#define LINES_MAX_ 100
#define LINE_STEPS 10 /* what a line of a cart costs a test */

int64_t script_trial_time(lua_State *L, struct mx_str text) {
    struct base_civil at;
    char copy[17];
    memset(&at, 0, sizeof(at));
    if (text.len >= sizeof(copy)) luaL_error(L, "a time looks like \"2026-11-27 14:00\"");
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (sscanf(copy, "%4d-%2d-%2d %2d:%2d", &at.year, &at.month, &at.day, &at.hour, &at.minute) != 5 || at.year < 2000 || at.month < 1 ||
        at.month > 12 || at.day < 1 || at.day > 31 || at.hour < 0 || at.hour > 23 || at.minute < 0 || at.minute > 59)
        luaL_error(L, "a time looks like \"2026-11-27 14:00\"");
    return base_civil_to_ms(NULL, &at);
}

/* The texts under `key`, copied. */
static struct mx_list read_texts(const struct script_reader *reader, struct mx_ctx *ctx, const char *key) {
    struct mx_list list = {NULL, 0, sizeof(struct mx_str)};
    lua_State *L = reader->L;
    lua_Integer i, count;
    lua_pushstring(L, key);
    if (lua_rawget(L, reader->table) != LUA_TNIL) {
        if (!lua_istable(L, -1)) script_complain(reader, "%s is a list of texts", key);
        script_thaw(L, -1);
        count = (lua_Integer)lua_rawlen(L, -1);
        if (count > 32) script_complain(reader, "%s has more than 32 entries", key);
        list = mx_list_new(ctx, (uint32_t)count, sizeof(struct mx_str));
        for (i = 1; i <= count; i++) {
            if (lua_rawgeti(L, -1, i) != LUA_TSTRING) script_complain(reader, "%s is a list of texts", key);
            *(struct mx_str *)mx_list_at(&list, (uint32_t)i - 1) = mx_dup(ctx, mx_str_of(lua_tostring(L, -1)));
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 1);
    return list;
}

struct mx_str script_trial_text(const struct script_reader *reader, struct mx_ctx *ctx, const char *key, const char *otherwise) {
    struct mx_str text = mx_str_of(otherwise);
    (void)script_read_text(reader, key, 200, &text);
    return mx_dup(ctx, text);
}

static void read_cart_line(const struct script_reader *reader, struct mx_ctx *ctx, struct mx_cart_line *line) {
    static const char *const known[] = {"sku", "qty", "unit_price", "unit", "category", "tags", "overridden", NULL};
    struct mx_str unit = mx_str_of("piece");
    script_read_known(reader, known);
    line->sku = script_trial_text(reader, ctx, "sku", "");
    if (line->sku.len == 0) script_complain(reader, "sku is missing");
    line->qty = MX_QTY_ONE;
    (void)script_read_int(reader, "qty", 1, MX_INT_MAX, &line->qty);
    if (!script_read_int(reader, "unit_price", 0, MX_INT_MAX, &line->unit_price)) script_complain(reader, "unit_price is missing");
    if (!mx_price_of(line->unit_price, line->qty, &line->amount)) script_complain(reader, "qty times unit_price is too large");
    (void)script_read_text(reader, "unit", 8, &unit);
    if (!mx_str_is(unit, "piece") && !mx_str_is(unit, "kg")) script_complain(reader, "unit is \"piece\" or \"kg\"");
    line->unit = mx_str_is(unit, "kg") ? MX_UNIT_KG : MX_UNIT_PIECE;
    line->category = script_trial_text(reader, ctx, "category", "");
    line->tags = read_texts(reader, ctx, "tags");
    lua_pushliteral(reader->L, "overridden");
    lua_rawget(reader->L, reader->table);
    line->overridden = (uint8_t)lua_toboolean(reader->L, -1);
    lua_pop(reader->L, 1);
}

static void read_cart_lines(const struct script_reader *reader, struct mx_ctx *ctx, struct mx_cart *cart) {
    struct script_reader inner = *reader;
    lua_State *L = reader->L;
    lua_Integer i, count;
    inner.what = "a line of the test's cart";
    lua_pushliteral(L, "lines");
    if (lua_rawget(L, reader->table) != LUA_TTABLE)
        script_complain(reader, "lines is missing: a list like {{sku = \"A\", unit_price = 100}}");
    script_thaw(L, -1);
    count = (lua_Integer)lua_rawlen(L, -1);
    if (count < 1 || count > LINES_MAX_) script_complain(reader, "lines has 1 to %d entries", LINES_MAX_);
    script_charge(L, (size_t)count * LINE_STEPS * SCRIPT_BYTES_A_STEP);
    cart->lines = mx_list_new(ctx, (uint32_t)count, sizeof(struct mx_cart_line));
    for (i = 1; i <= count; i++) {
        struct mx_cart_line *line = mx_list_at(&cart->lines, (uint32_t)i - 1);
        if (lua_rawgeti(L, -1, i) != LUA_TTABLE) script_complain(reader, "every line is a table, like {sku = \"A\", unit_price = 100}");
        script_thaw(L, -1);
        inner.table = lua_gettop(L);
        read_cart_line(&inner, ctx, line);
        line->line = i;
        if (!mx_add(cart->total, line->amount, &cart->total)) script_complain(reader, "the cart costs too much");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

struct mx_cart *script_trial_cart(lua_State *L, struct mx_ctx *ctx, int index) {
    static const char *const known[] = {"at", "channel", "location", "member", "tier", "coupons", "lines", NULL};
    struct script_reader reader = {L, index, "", "the test's cart"};
    struct mx_cart *cart = mx_alloc(ctx, sizeof(*cart));
    luaL_checktype(L, index, LUA_TTABLE);
    script_thaw(L, index);
    script_read_known(&reader, known);
    cart->at = script_trial_time(L, script_trial_text(&reader, ctx, "at", "2026-01-05 12:00"));
    cart->currency = mx_str_of("CNY");
    cart->channel = script_trial_text(&reader, ctx, "channel", "till");
    cart->location = script_trial_text(&reader, ctx, "location", "store-1");
    cart->member = script_trial_text(&reader, ctx, "member", "");
    cart->tier = script_trial_text(&reader, ctx, "tier", "");
    cart->coupons = read_texts(&reader, ctx, "coupons");
    read_cart_lines(&reader, ctx, cart);
    return cart;
}

static void set_int(lua_State *L, const char *name, int64_t value) {
    if (value == 0) return;
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

void script_trial_push_offer(lua_State *L, const struct mx_offer *offer) {
    uint32_t i;
    lua_newtable(L);
    lua_pushstring(L, mx_offer_kind_words[offer->kind - 1]);
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, mx_lane_words[offer->lane - 1]);
    lua_setfield(L, -2, "lane");
    set_int(L, "ppm", offer->ppm);
    set_int(L, "amount", offer->amount);
    set_int(L, "buy", offer->buy);
    set_int(L, "pay", offer->pay);
    set_int(L, "min_total", offer->min_total);
    lua_newtable(L);
    for (i = 0; i < offer->lines.count; i++) {
        const struct mx_offer_line *line = mx_list_at(&offer->lines, i);
        lua_newtable(L);
        set_int(L, "line", line->line);
        set_int(L, "qty", line->qty);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "lines");
}
