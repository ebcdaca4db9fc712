/* promotion{...}: who gets how much off, on what, and when. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "script/internal.h"

#define LANGUAGES_MAX 32
#define NAME_MAX_     200

static const char *const known_keys[] = {"id",     "name",    "lane",      "priority", "from",    "to",       "percent",
                                         "ppm",    "amount",  "buy",       "pay",      "where",   "when",     "lines",
                                         "offers", "min_qty", "min_total", "member",   "channel", "location", NULL};
static const char *const known_where[] = {"category", "tag", "sku", NULL};

static int word_of(const char *const *words, struct mx_str text) {
    int i;
    for (i = 0; words[i]; i++) {
        if (mx_str_is(text, words[i])) return i + 1;
    }
    return 0;
}

static int by_word(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

/* The entry at the top of the stack, a text or a list of texts, as sorted words; pops it. */
static void take_words(struct script_declaration *decl, const char *key, uint32_t max, struct script_words *out) {
    lua_State *L = decl->reader.L;
    lua_Integer i, count = 1;
    int is_list = lua_istable(L, -1);
    if (is_list) {
        script_thaw(L, -1);
        count = (lua_Integer)lua_rawlen(L, -1);
        if (count == 0) script_complain(&decl->reader, "%s is an empty list", key);
        if (count > SCRIPT_LIST_MAX) script_complain(&decl->reader, "%s has more than %d values", key, SCRIPT_LIST_MAX);
    }
    out->items = base_arena_alloc(decl->arena, (size_t)count * sizeof(*out->items));
    for (i = 1; i <= count; i++) {
        size_t len;
        const char *text;
        if (is_list)
            lua_rawgeti(L, -1, i);
        else
            lua_pushvalue(L, -1);
        if (lua_type(L, -1) != LUA_TSTRING) script_complain(&decl->reader, "%s must be a text in quotes or a list of them", key);
        text = lua_tolstring(L, -1, &len);
        if (len == 0 || len > max) script_complain(&decl->reader, "%s: every value has 1 to %u bytes", key, max);
        out->items[i - 1] = base_arena_dup(decl->arena, mx_str_n(text, len));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    out->count = (uint32_t)count;
    qsort(out->items, out->count, sizeof(*out->items), by_word);
}

static int push_key(struct script_declaration *decl, int table, const char *key) {
    lua_State *L = decl->reader.L;
    lua_pushstring(L, key);
    if (lua_rawget(L, table) != LUA_TNIL) return 1;
    lua_pop(L, 1);
    return 0;
}

static void read_words(struct script_declaration *decl, int table, const char *key, uint32_t max, struct script_words *out) {
    if (push_key(decl, table, key)) take_words(decl, key, max, out);
}

static void read_where(struct script_declaration *decl) {
    struct script_reader inner = decl->reader;
    lua_State *L = decl->reader.L;
    if (!push_key(decl, decl->reader.table, "where")) return;
    if (!lua_istable(L, -1)) script_complain(&decl->reader, "where must be a table, like {category = \"tea\"}");
    script_thaw(L, -1);
    inner.table = lua_gettop(L);
    script_read_known(&inner, known_where);
    read_words(decl, inner.table, "category", MX_CODE_MAX, &decl->rule->categories);
    read_words(decl, inner.table, "tag", MX_CODE_MAX, &decl->rule->tags);
    read_words(decl, inner.table, "sku", MX_SKU_MAX, &decl->rule->skus);
    lua_pop(L, 1);
}

static void read_member(struct script_declaration *decl) {
    lua_State *L = decl->reader.L;
    if (!push_key(decl, decl->reader.table, "member")) return;
    if (lua_isboolean(L, -1)) {
        if (!lua_toboolean(L, -1)) script_complain(&decl->reader, "member is true (any member), a tier or a list of tiers");
        decl->rule->any_member = 1;
        lua_pop(L, 1);
        return;
    }
    take_words(decl, "member", 32, &decl->rule->tiers);
}

static int by_pair_key(const void *a, const void *b) {
    return mx_str_cmp(((const struct mx_pair *)a)->key, ((const struct mx_pair *)b)->key);
}

void script_read_name(struct script_declaration *decl) {
    static const char shape[] = "name must be a table of texts by language, like {en = \"Tea\", zh = \"\xe8\x8c\xb6\"}";
    struct script_reader inner = decl->reader;
    struct mx_list *name = &decl->rule->name;
    lua_State *L = decl->reader.L;
    if (!push_key(decl, decl->reader.table, "name")) return;
    if (!lua_istable(L, -1)) script_complain(&decl->reader, "%s", shape);
    script_thaw(L, -1);
    inner.table = lua_gettop(L);
    name->elem_size = sizeof(struct mx_pair);
    name->items = base_arena_alloc(decl->arena, LANGUAGES_MAX * sizeof(struct mx_pair));
    lua_pushnil(L);
    while (lua_next(L, inner.table)) {
        struct mx_pair *pair = (struct mx_pair *)name->items + name->count;
        struct mx_str text = {NULL, 0};
        if (lua_type(L, -2) != LUA_TSTRING) script_complain(&decl->reader, "%s", shape);
        if (!base_code_valid(mx_str_of(lua_tostring(L, -2)), 12)) script_complain(&decl->reader, "%s", shape);
        if (name->count++ == LANGUAGES_MAX) script_complain(&decl->reader, "name has more than %d languages", LANGUAGES_MAX);
        pair->key = base_arena_dup(decl->arena, mx_str_of(lua_tostring(L, -2)));
        script_read_text(&inner, pair->key.ptr, NAME_MAX_, &text);
        pair->value = base_arena_dup(decl->arena, text);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    qsort(name->items, name->count, sizeof(struct mx_pair), by_pair_key);
}

/* The number that `count` digits at `text` make, or -1. */
static int read_digits(const char *text, int count) {
    int i, value = 0;
    for (i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* "2026-11-30" -> 20261130, 0 when there is no such day. */
static int32_t day_of(struct mx_str text) {
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day, leap;
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-') return 0;
    year = read_digits(text.ptr, 4);
    month = read_digits(text.ptr + 5, 2);
    day = read_digits(text.ptr + 8, 2);
    leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year < 2000 || month < 1 || month > 12 || day < 1) return 0;
    if (day > month_days[month - 1] + (month == 2 && leap)) return 0;
    return (year * 100 + month) * 100 + day;
}

static void read_day(struct script_declaration *decl, const char *key, int32_t *out) {
    struct mx_str text;
    if (!script_read_text(&decl->reader, key, 32, &text)) return;
    *out = day_of(text);
    if (*out == 0) script_complain(&decl->reader, "%s must be a day like \"2026-11-30\"", key);
}

static void read_lane(struct script_declaration *decl) {
    struct script_rule *rule = decl->rule;
    struct mx_str lane;
    rule->lane = rule->discount == MX_OFFER_AMOUNT ? MX_LANE_BASKET : MX_LANE_ITEM;
    if (!script_read_text(&decl->reader, "lane", 32, &lane)) return;
    rule->lane = word_of(mx_lane_words, lane);
    if (rule->lane == 0) script_complain(&decl->reader, "lane must be \"flash\", \"item\", \"basket\", \"coupon\" or \"member\"");
}

static void read_limits(struct script_declaration *decl) {
    struct script_rule *rule = decl->rule;
    rule->priority = SCRIPT_PRIORITY;
    script_read_int(&decl->reader, "priority", 0, 1000000, &rule->priority);
    script_read_int(&decl->reader, "min_total", 1, MX_INT_MAX, &rule->min_total);
    if (script_read_int(&decl->reader, "min_qty", 1, MX_INT_MAX, &rule->min_qty) && rule->min_qty < 10) {
        script_complain(&decl->reader, "min_qty counts thousandths: for %lld pieces write min_qty = %lld", (long long)rule->min_qty,
                        (long long)rule->min_qty * 1000);
    }
    read_day(decl, "from", &rule->from_day);
    read_day(decl, "to", &rule->to_day);
    if (rule->from_day && rule->to_day && rule->to_day < rule->from_day) script_complain(&decl->reader, "to is before from");
}

static void check_offers(struct script_declaration *decl) {
    struct script_rule *rule = decl->rule;
    if (rule->discount != 0 && script_rule_has(rule, SCRIPT_FN_OFFERS)) {
        script_complain(&decl->reader, "offers makes its own offers: percent, ppm, amount, buy and pay belong into them");
    }
    if (rule->discount == 0 && !script_rule_has(rule, SCRIPT_FN_OFFERS)) {
        script_complain(&decl->reader, "it does not say what it takes off: percent, ppm, amount, buy and pay, or a function offers");
    }
    if (script_rule_has(rule, SCRIPT_FN_OFFERS) &&
        (script_rule_has(rule, SCRIPT_FN_LINES) || rule->min_qty || rule->categories.count || rule->tags.count || rule->skus.count)) {
        script_complain(&decl->reader, "offers picks its own lines: leave out where, lines and min_qty");
    }
}

void script_promotion_read(struct script_declaration *decl, struct mx_str head) {
    struct script_discount discount;
    struct script_rule *rule = decl->rule;
    (void)head;
    script_read_known(&decl->reader, known_keys);
    script_read_discount(&decl->reader, &discount);
    rule->discount = discount.kind;
    rule->ppm = discount.ppm;
    rule->amount = discount.amount;
    rule->buy = discount.buy;
    rule->pay = discount.pay;
    script_read_name(decl);
    read_lane(decl);
    read_limits(decl);
    read_where(decl);
    read_member(decl);
    read_words(decl, decl->reader.table, "channel", MX_CODE_MAX, &rule->channels);
    read_words(decl, decl->reader.table, "location", MX_CODE_MAX, &rule->locations);
    check_offers(decl);
}
