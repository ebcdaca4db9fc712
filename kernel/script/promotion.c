/* promotion{...}: who gets how much off, on what, and when. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "script/sale.h"

#define LANGUAGES_MAX 32
#define NAME_MAX_     200

static const char *const known_keys[] = {
    "id", "name", "lane", "priority", "group", "exclusive", "below_cost", "keeps_uses",
    /* what it takes off */
    "percent", "ppm", "amount", "price", "prices", "buy", "pay", "free", "nth", "steps", "spend", "save", "repeats", "bundle", "mix",
    "gift", "get", "pieces", "points", "points_times", "points_ppm", "expiry", "group_buy", "bargain", "offers", "shipping",
    /* at most */
    "max_unit", "max_line", "max_off", "times", "limit",
    /* on what */
    "where", "except", "lines", "min_qty", "min_total", "min_spend",
    /* who and when */
    "member", "segment", "channel", "location", "tender", "coupon", "facts", "from", "to", "weekday", "hours", "when", NULL};

static int by_pair_key(const void *a, const void *b) {
    return mx_str_cmp(((const struct mx_pair *)a)->key, ((const struct mx_pair *)b)->key);
}

void script_read_words(const struct script_reader *reader, struct base_arena *arena, const char *key, struct mx_list *name) {
    static const char shape[] = "%s must be a table of texts by language, like {en = \"Tea\", zh = \"\xe8\x8c\xb6\"}";
    struct script_reader inner = *reader;
    lua_State *L = reader->L;
    uint32_t count = 0;
    lua_pushstring(L, key);
    if (lua_rawget(L, reader->table) == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    if (!lua_istable(L, -1)) script_complain(reader, shape, key);
    script_thaw(L, -1);
    inner.table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, inner.table); lua_pop(L, 1)) count++;
    if (count > LANGUAGES_MAX) script_complain(reader, "%s has more than %d languages", key, LANGUAGES_MAX);
    name->elem_size = sizeof(struct mx_pair);
    name->items = base_arena_alloc(arena, count * sizeof(struct mx_pair));
    lua_pushnil(L);
    while (lua_next(L, inner.table)) {
        struct mx_pair *pair = (struct mx_pair *)name->items + name->count;
        struct mx_str text = {NULL, 0};
        if (lua_type(L, -2) != LUA_TSTRING) script_complain(reader, shape, key);
        if (!base_code_valid(mx_str_of(lua_tostring(L, -2)), 12)) script_complain(reader, shape, key);
        name->count++;
        pair->key = base_arena_dup(arena, mx_str_of(lua_tostring(L, -2)));
        script_read_text(&inner, pair->key.ptr, NAME_MAX_, &text);
        pair->value = base_arena_dup(arena, text);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    qsort(name->items, name->count, sizeof(struct mx_pair), by_pair_key);
}

void script_read_name(struct script_declaration *decl) { script_read_words(&decl->reader, decl->arena, "name", &decl->rule->name); }

/* What is read of one promotion. */
struct reading {
    struct script_declaration *decl;
    struct script_promotion *promotion;
};

static void *take_memory(void *arg, size_t bytes) { return base_arena_alloc(arg, bytes); }

static void fill_slot(struct script_taking *taking, const struct script_reader *from, uint32_t slot) {
    struct reading *reading = taking->arg;
    struct script_promotion *promotion = reading->promotion;
    if (promotion->slots == NULL)
        promotion->slots = base_arena_alloc(reading->decl->arena, taking->offer->slots.count * sizeof(*promotion->slots));
    if (from == NULL) {
        promotion->slots[slot] = promotion->goods;
        return;
    }
    if (script_read_has(from, "lines")) script_complain(from, "lines belongs to offers that a function makes; here it is where");
    script_goods_read(from, reading->decl->arena, &promotion->slots[slot]);
}

/* ---- who ---- */

static void read_member(const struct script_reader *reader, struct base_arena *arena, struct script_promotion *promotion) {
    lua_State *L = reader->L;
    int type;
    lua_pushliteral(L, "member");
    type = lua_rawget(L, reader->table);
    promotion->any_member = type == LUA_TBOOLEAN;
    if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1)) script_complain(reader, "member is true (any member), a tier or a list of tiers");
    lua_pop(L, 1);
    if (type != LUA_TBOOLEAN) script_words_read(reader, arena, "member", 32, &promotion->tiers);
}

static int by_word(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

/* Public codes are kept in capitals, because nobody types them alike. */
static void read_coupon(const struct script_reader *reader, struct base_arena *arena, struct script_promotion *promotion) {
    lua_State *L = reader->L;
    uint32_t i, k;
    int type;
    lua_pushliteral(L, "coupon");
    type = lua_rawget(L, reader->table);
    promotion->issued = type == LUA_TBOOLEAN;
    if (type == LUA_TBOOLEAN && !lua_toboolean(L, -1))
        script_complain(reader, "coupon is true (one that was issued for this promotion), a code or a list of codes");
    lua_pop(L, 1);
    if (type == LUA_TBOOLEAN || !script_words_read(reader, arena, "coupon", 64, &promotion->codes)) return;
    for (i = 0; i < promotion->codes.count; i++) {
        char *code = (char *)(uintptr_t)promotion->codes.items[i].ptr;
        for (k = 0; k < promotion->codes.items[i].len; k++) {
            if (code[k] >= 'a' && code[k] <= 'z') code[k] = (char)(code[k] - 'a' + 'A');
        }
    }
    qsort(promotion->codes.items, promotion->codes.count, sizeof(*promotion->codes.items), by_word);
}

static int by_fact(const void *a, const void *b) {
    return mx_str_cmp(((const struct script_fact_wanted *)a)->name, ((const struct script_fact_wanted *)b)->name);
}

/* facts = {weather = "rain"} */
static void read_facts(const struct script_reader *reader, struct base_arena *arena, struct script_promotion *promotion) {
    static const char shape[] = "{weather = \"rain\"}";
    struct script_inner inner;
    lua_State *L = reader->L;
    uint32_t count = 0;
    if (!script_enter(reader, "facts", shape, &inner)) return;
    for (lua_pushnil(L); lua_next(L, inner.reader.table); lua_pop(L, 1)) count++;
    if (count == 0 || count > 32) script_complain(&inner.reader, "there must be 1 to 32 facts, like %s", shape);
    promotion->facts = base_arena_alloc(arena, count * sizeof(*promotion->facts));
    for (lua_pushnil(L); lua_next(L, inner.reader.table); lua_pop(L, 1)) {
        struct script_fact_wanted *fact = &promotion->facts[promotion->fact_count++];
        size_t len = 0;
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tolstring(L, -2, &len) : NULL;
        if (len == 0 || len > 64) script_complain(&inner.reader, "every fact has a name of 1 to 64 bytes and a value, like %s", shape);
        if (!script_text_clean(mx_str_n(name, len))) script_complain(&inner.reader, "a name holds bytes that are no readable UTF-8 text");
        fact->name = base_arena_dup(arena, mx_str_n(name, len));
        script_words_read(&inner.reader, arena, fact->name.ptr, 200, &fact->values);
    }
    lua_pop(L, 1);
    qsort(promotion->facts, promotion->fact_count, sizeof(*promotion->facts), by_fact);
}

static void read_who(struct script_declaration *decl, struct script_promotion *promotion) {
    const struct script_reader *reader = &decl->reader;
    read_member(reader, decl->arena, promotion);
    read_coupon(reader, decl->arena, promotion);
    read_facts(reader, decl->arena, promotion);
    script_words_read(reader, decl->arena, "segment", 64, &promotion->segments);
    script_words_read(reader, decl->arena, "channel", MX_CODE_MAX, &promotion->channels);
    script_words_read(reader, decl->arena, "location", MX_CODE_MAX, &promotion->locations);
    script_words_read(reader, decl->arena, "tender", MX_CODE_MAX, &promotion->tenders);
}

/* ---- how much at most ---- */

static const struct limit_key {
    const char *key;
    int32_t scope, of;
} limit_keys[] = {{"total", MX_LIMIT_TOTAL, MX_LIMIT_USES},           {"day", MX_LIMIT_DAY, MX_LIMIT_USES},
                  {"member", MX_LIMIT_MEMBER, MX_LIMIT_USES},         {"member_day", MX_LIMIT_MEMBER_DAY, MX_LIMIT_USES},
                  {"units", MX_LIMIT_TOTAL, MX_LIMIT_UNITS},          {"units_day", MX_LIMIT_DAY, MX_LIMIT_UNITS},
                  {"units_member", MX_LIMIT_MEMBER, MX_LIMIT_UNITS},  {"units_member_day", MX_LIMIT_MEMBER_DAY, MX_LIMIT_UNITS},
                  {"budget", MX_LIMIT_TOTAL, MX_LIMIT_MONEY},         {"budget_day", MX_LIMIT_DAY, MX_LIMIT_MONEY},
                  {"budget_member", MX_LIMIT_MEMBER, MX_LIMIT_MONEY}, {"budget_member_day", MX_LIMIT_MEMBER_DAY, MX_LIMIT_MONEY}};
#define LIMIT_KEYS (sizeof(limit_keys) / sizeof(limit_keys[0]))

static void read_limit(struct script_declaration *decl, struct mx_offer *offer) {
    const char *known[LIMIT_KEYS + 1] = {NULL};
    struct mx_list *limits = &offer->limits;
    struct script_inner inner;
    size_t i;
    limits->elem_size = sizeof(struct mx_offer_limit);
    if (!script_enter(&decl->reader, "limit", "{member = 1, total = 1000}", &inner)) return;
    for (i = 0; i < LIMIT_KEYS; i++) known[i] = limit_keys[i].key;
    script_read_known(&inner.reader, known);
    limits->items = base_arena_alloc(decl->arena, LIMIT_KEYS * sizeof(struct mx_offer_limit));
    for (i = 0; i < LIMIT_KEYS; i++) {
        struct mx_offer_limit *limit = (struct mx_offer_limit *)limits->items + limits->count;
        int64_t most = limit_keys[i].of == MX_LIMIT_UNITS ? MX_INT_MAX / MX_QTY_ONE : MX_INT_MAX;
        if (!script_read_int(&inner.reader, limit_keys[i].key, 1, most, &limit->max)) continue;
        if (limit_keys[i].of == MX_LIMIT_UNITS) limit->max *= MX_QTY_ONE;
        limit->scope = limit_keys[i].scope;
        limit->of = limit_keys[i].of;
        limits->count++;
    }
    if (limits->count == 0) script_complain(&inner.reader, "it names no limit; it looks like limit = {member = 1, total = 1000}");
    lua_pop(decl->reader.L, 1);
}

static int has_limit_of(const struct mx_offer *offer, int32_t of) {
    uint32_t i;
    for (i = 0; i < offer->limits.count; i++) {
        if (((const struct mx_offer_limit *)mx_list_at(&offer->limits, i))->of == of) return 1;
    }
    return 0;
}

/* ---- in which lane ---- */

/* Where the shop's own order of lanes expects such a promotion. */
static int32_t usual_lane(const struct script_promotion *promotion) {
    const struct mx_offer *offer = &promotion->offer;
    const struct mx_offer_step *first = offer->steps.count ? mx_list_at(&offer->steps, 0) : NULL;
    int priced = offer->kind == MX_OFFER_PRICE, members_only = promotion->any_member || promotion->tiers.count;
    if (offer->kind == MX_OFFER_POINTS || offer->kind == MX_OFFER_POINTS_TIMES) return MX_LANE_EARN;
    if (promotion->issued || promotion->codes.count) return MX_LANE_COUPON;
    if (priced && has_limit_of(offer, MX_LIMIT_UNITS)) return MX_LANE_FLASH;
    if (promotion->segments.count && (priced || offer->kind == MX_OFFER_PERCENT)) return MX_LANE_MEMBER;
    if (priced && members_only && !script_promotion_issued(promotion)) return MX_LANE_MEMBER;
    if (offer->kind == MX_OFFER_AMOUNT) return MX_LANE_BASKET;
    if ((offer->kind == MX_OFFER_SPEND_SAVE || (first != NULL && first->spend)) && script_goods_all(&promotion->goods))
        return MX_LANE_BASKET;
    return MX_LANE_ITEM;
}

static int32_t lane_of(struct mx_str word) {
    int32_t i;
    for (i = 0; mx_lane_words[i]; i++) {
        if (mx_str_is(word, mx_lane_words[i])) return i + 1;
    }
    return 0;
}

static void read_lane(const struct script_reader *reader, struct script_promotion *promotion) {
    struct mx_offer *offer = &promotion->offer;
    struct mx_str lane;
    int shipping = script_read_true(reader, "shipping");
    int points = offer->kind == MX_OFFER_POINTS || offer->kind == MX_OFFER_POINTS_TIMES;
    offer->lane = shipping ? MX_LANE_SHIPPING : usual_lane(promotion);
    if (script_read_text(reader, "lane", 32, &lane)) {
        offer->lane = lane_of(lane);
        if (offer->lane == 0)
            script_complain(reader, "lane must be \"flash\", \"item\", \"basket\", \"coupon\", \"member\", \"points\", \"shipping\" or "
                                    "\"earn\"");
        if (shipping && offer->lane != MX_LANE_SHIPPING) script_complain(reader, "shipping = true is always in the lane \"shipping\"");
    }
    if (points && offer->lane != MX_LANE_EARN) script_complain(reader, "points are given in the lane \"earn\" and in no other");
    if (!points && offer->kind != 0 && offer->lane == MX_LANE_EARN)
        script_complain(reader, "in the lane \"earn\" there are only points, points_times and points_ppm");
    if (offer->lane == MX_LANE_SHIPPING && offer->kind != 0 && offer->kind != MX_OFFER_PERCENT && offer->kind != MX_OFFER_AMOUNT &&
        offer->kind != MX_OFFER_PRICE)
        script_complain(reader, "what bringing the goods costs can have percent, ppm, amount or price");
}

/* ---- all of it ---- */

/* min_spend: one step, reached with what is spent on the goods. */
static void read_min_spend(struct script_declaration *decl, struct script_promotion *promotion) {
    struct mx_offer *offer = &promotion->offer;
    struct mx_offer_step *step;
    int64_t spend;
    if (!script_read_int(&decl->reader, "min_spend", 1, MX_INT_MAX, &spend)) return;
    if (promotion->takes.shape != SCRIPT_SHAPE_LINES ||
        (offer->kind != MX_OFFER_PERCENT && offer->kind != MX_OFFER_AMOUNT && offer->kind != MX_OFFER_PRICE))
        script_complain(&decl->reader, "min_spend goes with percent, ppm, amount or price");
    step = base_arena_alloc(decl->arena, sizeof(*step));
    step->spend = spend;
    step->ppm = offer->ppm;
    if (offer->kind == MX_OFFER_AMOUNT) step->amount = offer->amount;
    if (offer->kind == MX_OFFER_PRICE) step->price = offer->amount;
    offer->kind = MX_OFFER_STEPS;
    offer->ppm = offer->amount = 0;
    offer->steps.items = step;
    offer->steps.count = 1;
    offer->steps.elem_size = sizeof(*step);
}

static void read_min_qty(const struct script_reader *reader, struct script_promotion *promotion) {
    if (!script_read_int(reader, "min_qty", 1, MX_INT_MAX, &promotion->min_qty)) return;
    if (promotion->min_qty < 10)
        script_complain(reader, "min_qty counts thousandths: for %lld pieces write min_qty = %lld", (long long)promotion->min_qty,
                        (long long)promotion->min_qty * 1000);
    if (promotion->takes.shape == SCRIPT_SHAPE_SLOTS || promotion->takes.shape == SCRIPT_SHAPE_GIFT)
        script_complain(reader, "pieces says how many are needed: leave out min_qty");
}

static void check_functions(struct script_declaration *decl, const struct script_promotion *promotion) {
    const struct script_reader *reader = &decl->reader;
    int offers = script_rule_has(decl->rule, SCRIPT_FN_OFFERS), lines = script_rule_has(decl->rule, SCRIPT_FN_LINES);
    int shape = promotion->takes.shape;
    if (offers && shape != SCRIPT_SHAPE_FUNCTION)
        script_complain(reader, "offers makes its own offers: percent, ppm, amount, buy and pay belong into them");
    if (!offers && shape == SCRIPT_SHAPE_FUNCTION)
        script_complain(reader, "it does not say what it takes off, like percent = 10, or a function offers");
    if (offers && (lines || promotion->min_qty || script_read_has(reader, "where") || script_read_has(reader, "except")))
        script_complain(reader, "offers picks its own lines: leave out where, except, lines and min_qty");
    if (lines && (shape == SCRIPT_SHAPE_SLOTS || shape == SCRIPT_SHAPE_GIFT))
        script_complain(reader, "a bundle, mix or gift says where its goods are: leave out lines");
    if (shape == SCRIPT_SHAPE_SLOTS && script_read_has(reader, "bundle") &&
        (script_read_has(reader, "where") || script_read_has(reader, "except")))
        script_complain(reader, "each entry of a bundle says where its goods are: leave out where and except beside it");
}

void script_promotion_read(struct script_declaration *decl, struct mx_str head) {
    struct script_promotion *promotion = base_arena_alloc(decl->arena, sizeof(*promotion));
    struct script_rule *rule = decl->rule;
    struct mx_offer *offer = &promotion->offer;
    struct reading reading = {decl, promotion};
    struct script_taking taking = {decl->reader, offer, &promotion->takes, take_memory, decl->arena, fill_slot, &reading};
    (void)head;
    script_read_known(&decl->reader, known_keys);
    script_read_name(decl);
    script_goods_read(&decl->reader, decl->arena, &promotion->goods);
    script_takes_read(&taking);
    read_min_spend(decl, promotion);
    offer->rule = rule->id;
    offer->name = rule->name;
    offer->priority = SCRIPT_PRIORITY;
    script_takes_options(&taking);
    if (script_read_true(&decl->reader, "keeps_uses")) offer->keeps_uses = 1;
    read_limit(decl, offer);
    read_min_qty(&decl->reader, promotion);
    script_window_read(&decl->reader, decl->arena, &promotion->window);
    read_who(decl, promotion);
    if ((promotion->issued || promotion->codes.count) && promotion->takes.size + promotion->takes.floor)
        script_complain(&decl->reader, "group_buy and bargain have codes of their own: leave out coupon");
    read_lane(&decl->reader, promotion);
    rule->lane = offer->lane;
    rule->own = promotion;
    check_functions(decl, promotion);
}
