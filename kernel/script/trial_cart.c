/* The carts of tests in rule files: read from a table, and what is offered for them shown as one. */
#include <stdio.h>
#include <stdlib.h>

#include "script/sale.h"

#define LINES_MAX_ 100
#define LINE_STEPS 10 /* what a line of a cart costs a test */

/* "2026-11-27", its first moment, or "2026-11-27 14:00"; raises `shape`. */
static int64_t trial_time(lua_State *L, struct mx_str text, const char *shape) {
    struct base_civil at, again;
    char copy[17];
    int fields;
    int64_t at_ms;
    memset(&at, 0, sizeof(at));
    if (text.len >= sizeof(copy)) return luaL_error(L, "%s", shape);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    fields = sscanf(copy, "%4d-%2d-%2d %2d:%2d", &at.year, &at.month, &at.day, &at.hour, &at.minute);
    if ((fields != 5 && (fields != 3 || text.len != 10)) || at.year < 2000 || at.month < 1 || at.month > 12 || at.day < 1 || at.day > 31 ||
        at.hour < 0 || at.hour > 23 || at.minute < 0 || at.minute > 59)
        luaL_error(L, "%s", shape);
    at_ms = base_civil_to_ms(NULL, &at);
    base_civil_from_ms(NULL, at_ms, &again);
    if (again.day != at.day) luaL_error(L, "%s: there is no such day", copy);
    return at_ms;
}

int64_t script_trial_time(lua_State *L, struct mx_str text) {
    static const char shape[] = "a time looks like \"2026-11-27 14:00\"";
    if (text.len == 10) luaL_error(L, "%s", shape);
    return trial_time(L, text, shape);
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

static int by_text(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

static struct mx_list read_sorted(const struct script_reader *reader, struct mx_ctx *ctx, const char *key) {
    struct mx_list list = read_texts(reader, ctx, key);
    if (list.count) qsort(list.items, list.count, sizeof(struct mx_str), by_text);
    return list;
}

struct mx_str script_trial_text(const struct script_reader *reader, struct mx_ctx *ctx, const char *key, const char *otherwise) {
    struct mx_str text = mx_str_of(otherwise);
    (void)script_read_text(reader, key, 200, &text);
    return mx_dup(ctx, text);
}

/* What the shop knows of the goods. */
static void read_goods(const struct script_reader *reader, struct mx_ctx *ctx, struct mx_cart_line *line) {
    struct mx_str expires = script_trial_text(reader, ctx, "expires", "");
    line->brand = script_trial_text(reader, ctx, "brand", "");
    line->lot = script_trial_text(reader, ctx, "lot", "");
    line->cost_known = (uint8_t)script_read_int(reader, "cost", 0, MX_INT_MAX, &line->cost);
    line->stock_known = (uint8_t)script_read_int(reader, "stock", -MX_INT_MAX, MX_INT_MAX, &line->stock);
    line->list_price = line->unit_price;
    (void)script_read_int(reader, "list_price", 0, MX_INT_MAX, &line->list_price);
    (void)script_read_int(reader, "tax", 0, MX_PPM_ONE, &line->tax_ppm);
    line->shipping = (uint8_t)script_read_true(reader, "shipping");
    if (expires.len) line->expires_at = trial_time(reader->L, expires, "expires looks like \"2026-01-07\" or \"2026-01-07 18:00\"");
}

static void read_cart_line(const struct script_reader *reader, struct mx_ctx *ctx, struct mx_cart_line *line) {
    static const char *const known[] = {"sku",  "qty",   "unit_price", "unit",    "category", "tags", "overridden", "brand",
                                        "cost", "stock", "lot",        "expires", "shipping", "tax",  "list_price", NULL};
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
    read_goods(reader, ctx, line);
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

/* ---- what else is known of the sale ---- */

/* The table under `key`, pushed with all its texts as keys: how many; 0 when it is absent or empty, and nothing is pushed. */
static uint32_t enter_map(const struct script_reader *reader, const char *key, const char *shape, uint32_t max,
                          struct script_inner *inner) {
    lua_State *L = reader->L;
    uint32_t count = 0;
    if (!script_enter(reader, key, shape, inner)) return 0;
    for (lua_pushnil(L); lua_next(L, inner->reader.table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) script_complain(&inner->reader, "every entry has a name, like %s", shape);
        count++;
    }
    if (count > max) script_complain(&inner->reader, "there are more than %u entries", max);
    if (count == 0) lua_pop(L, 1);
    return count;
}

static int by_key(const void *a, const void *b) { return mx_str_cmp(((const struct mx_pair *)a)->key, ((const struct mx_pair *)b)->key); }
static int by_name(const void *a, const void *b) {
    return mx_str_cmp(((const struct mx_counter *)a)->name, ((const struct mx_counter *)b)->name);
}

static struct mx_list read_facts(const struct script_reader *reader, struct mx_ctx *ctx) {
    struct script_inner inner;
    lua_State *L = reader->L;
    uint32_t i = 0, count = enter_map(reader, "facts", "{weather = \"rain\"}", 32, &inner);
    struct mx_list facts = mx_list_new(ctx, count, sizeof(struct mx_pair));
    if (count == 0) return facts;
    for (lua_pushnil(L); lua_next(L, inner.reader.table); lua_pop(L, 1)) {
        struct mx_pair *fact = mx_list_at(&facts, i++);
        fact->key = mx_dup(ctx, mx_str_of(lua_tostring(L, -2)));
        fact->value = script_trial_text(&inner.reader, ctx, fact->key.ptr, "");
    }
    lua_pop(L, 1);
    qsort(facts.items, facts.count, sizeof(struct mx_pair), by_key);
    return facts;
}

static struct mx_list read_counters(const struct script_reader *reader, struct mx_ctx *ctx) {
    struct script_inner inner;
    lua_State *L = reader->L;
    uint32_t i = 0, count = enter_map(reader, "counters", "{orders = 3}", 64, &inner);
    struct mx_list counters = mx_list_new(ctx, count, sizeof(struct mx_counter));
    if (count == 0) return counters;
    for (lua_pushnil(L); lua_next(L, inner.reader.table); lua_pop(L, 1)) {
        struct mx_counter *counter = mx_list_at(&counters, i++);
        counter->name = mx_dup(ctx, mx_str_of(lua_tostring(L, -2)));
        script_read_int(&inner.reader, counter->name.ptr, -MX_INT_MAX, MX_INT_MAX, &counter->value);
    }
    lua_pop(L, 1);
    qsort(counters.items, counters.count, sizeof(struct mx_counter), by_name);
    return counters;
}

/* {"birthday", {rule = "three-together", joined = 3}} */
static struct mx_list read_vouchers(const struct script_reader *reader, struct mx_ctx *ctx) {
    static const char *const known[] = {"rule", "joined", "amount", NULL};
    static const char shape[] = "{\"birthday\", {rule = \"three-together\", joined = 3}}";
    struct mx_list vouchers = {NULL, 0, sizeof(struct mx_cart_voucher)};
    struct script_inner list, inner;
    lua_State *L = reader->L;
    uint32_t i, count;
    if (!script_enter(reader, "vouchers", shape, &list)) return vouchers;
    count = (uint32_t)lua_rawlen(L, -1);
    if (count > 32) script_complain(&list.reader, "there are more than 32 entries");
    vouchers = mx_list_new(ctx, count, sizeof(struct mx_cart_voucher));
    for (i = 0; i < count; i++) {
        struct mx_cart_voucher *voucher = mx_list_at(&vouchers, i);
        char id[40];
        snprintf(id, sizeof(id), "cpn_%026u", i + 1);
        voucher->id = mx_dup(ctx, mx_str_of(id));
        if (lua_rawgeti(L, list.reader.table, (lua_Integer)i + 1) == LUA_TSTRING) {
            voucher->rule = mx_dup(ctx, mx_str_of(lua_tostring(L, -1)));
            lua_pop(L, 1);
            continue;
        }
        lua_pop(L, 1);
        script_enter_item(&list.reader, i + 1, "{rule = \"three-together\", joined = 3}", &inner);
        script_read_known(&inner.reader, known);
        voucher->rule = script_trial_text(&inner.reader, ctx, "rule", "");
        script_read_int(&inner.reader, "joined", 0, MX_INT_MAX, &voucher->joined);
        script_read_int(&inner.reader, "amount", 0, MX_INT_MAX, &voucher->amount);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return vouchers;
}

struct mx_cart *script_trial_cart(lua_State *L, struct mx_ctx *ctx, int index) {
    static const char *const known[] = {"at",       "channel", "location", "member",   "tier",     "coupons", "lines", "segments", "tags",
                                        "withheld", "tenders", "facts",    "vouchers", "counters", "used",    "only",  NULL};
    struct script_reader reader = {L, index, "", "the test's cart"};
    struct mx_cart *cart = mx_alloc(ctx, sizeof(*cart));
    luaL_checktype(L, index, LUA_TTABLE);
    script_thaw(L, index);
    script_read_known(&reader, known);
    cart->at = script_trial_time(L, script_trial_text(&reader, ctx, "at", "2026-01-05 12:00"));
    cart->currency = mx_str_of("CNY");
    cart->digits = 2;
    cart->prices_include_tax = 1;
    cart->channel = script_trial_text(&reader, ctx, "channel", "till");
    cart->location = script_trial_text(&reader, ctx, "location", "store-1");
    cart->member = script_trial_text(&reader, ctx, "member", "");
    cart->tier = script_trial_text(&reader, ctx, "tier", "");
    cart->coupons = read_texts(&reader, ctx, "coupons");
    cart->segments = read_sorted(&reader, ctx, "segments");
    cart->tags = read_sorted(&reader, ctx, "tags");
    cart->withheld = read_sorted(&reader, ctx, "withheld");
    cart->tenders = read_sorted(&reader, ctx, "tenders");
    cart->facts = read_facts(&reader, ctx);
    cart->counters = read_counters(&reader, ctx);
    cart->vouchers = read_vouchers(&reader, ctx);
    read_cart_lines(&reader, ctx, cart);
    return cart;
}

/* ---- offers, shown ---- */

static void set_int(lua_State *L, const char *name, int64_t value) {
    if (value == 0) return;
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static void set_text(lua_State *L, const char *name, struct mx_str text) {
    if (text.len == 0) return;
    lua_pushlstring(L, text.ptr, text.len);
    lua_setfield(L, -2, name);
}

static void set_true(lua_State *L, const char *name, int yes) {
    if (!yes) return;
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, name);
}

static void set_lines(lua_State *L, const struct mx_list *lines) {
    uint32_t i;
    lua_newtable(L);
    for (i = 0; i < lines->count; i++) {
        const struct mx_offer_line *line = mx_list_at(lines, i);
        lua_newtable(L);
        set_int(L, "line", line->line);
        set_int(L, "qty", line->qty);
        set_int(L, "price", line->price);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "lines");
}

static void set_steps(lua_State *L, const struct mx_list *steps) {
    uint32_t i;
    if (steps->count == 0) return;
    lua_newtable(L);
    for (i = 0; i < steps->count; i++) {
        const struct mx_offer_step *step = mx_list_at(steps, i);
        lua_newtable(L);
        set_int(L, "qty", step->qty);
        set_int(L, "spend", step->spend);
        set_int(L, "ppm", step->ppm);
        set_int(L, "amount", step->amount);
        set_int(L, "price", step->price);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "steps");
}

static void set_slots(lua_State *L, const struct mx_list *slots) {
    uint32_t i;
    if (slots->count == 0) return;
    lua_newtable(L);
    for (i = 0; i < slots->count; i++) {
        const struct mx_offer_slot *slot = mx_list_at(slots, i);
        lua_newtable(L);
        set_int(L, "pieces", slot->pieces);
        set_int(L, "ppm", slot->ppm);
        set_int(L, "price", slot->price);
        set_lines(L, &slot->lines);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "slots");
}

void script_trial_push_offer(lua_State *L, const struct mx_offer *offer) {
    luaL_checkstack(L, 12, NULL);
    lua_newtable(L);
    lua_pushstring(L, mx_offer_kind_words[offer->kind - 1]);
    lua_setfield(L, -2, "kind");
    lua_pushstring(L, mx_lane_words[offer->lane - 1]);
    lua_setfield(L, -2, "lane");
    set_int(L, "ppm", offer->ppm);
    set_int(L, "amount", offer->amount);
    set_int(L, "buy", offer->buy);
    set_int(L, "pay", offer->pay);
    set_int(L, "spend", offer->spend);
    set_int(L, "min_total", offer->min_total);
    set_int(L, "times", offer->times);
    set_int(L, "max_unit", offer->max_unit);
    set_int(L, "max_line", offer->max_line);
    set_int(L, "max_off", offer->max_off);
    set_true(L, "repeats", offer->repeats);
    set_true(L, "dearest", offer->dearest);
    set_true(L, "exclusive", offer->exclusive);
    set_true(L, "below_cost", offer->below_cost);
    set_true(L, "has_price", offer->has_price);
    set_text(L, "group", offer->group);
    set_text(L, "coupon", offer->coupon);
    set_text(L, "voucher", offer->voucher);
    set_steps(L, &offer->steps);
    set_slots(L, &offer->slots);
    set_lines(L, &offer->lines);
}
