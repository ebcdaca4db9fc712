/* Customers of tests of tags: t.tag(code, customer) -> does she hold it, and why.
 *
 * As for t.tier(), and besides: traits = { skin = "dry" }, scores = { churn_ppm = 900000 },
 * did = { { "page", "sunscreen", minutes_ago = 10, dwell_ms = 200000, session = "a" } } */
#include <stdlib.h>

#include "script/sale.h"
#include "script/tag.h"
#include "script/tier.h"

#define DID_MAX 500

static const char *const own_keys[] = {"traits", "scores", "did", NULL};

/* A copy of the table at `index` without what only tags know, for those who read the rest. */
static void push_rest(lua_State *L, int index) {
    int i;
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    for (i = 0; own_keys[i]; i++) {
        lua_pushnil(L);
        lua_setfield(L, -2, own_keys[i]);
    }
}

static struct mx_list read_traits(const struct script_reader *reader, struct mx_ctx *ctx) {
    struct mx_list traits = mx_list_new(ctx, 64, sizeof(struct mx_pair));
    struct script_inner inner;
    lua_State *L = reader->L;
    traits.count = 0;
    if (!script_enter(reader, "traits", "{skin = \"dry\"}", &inner)) return traits;
    lua_pushnil(L);
    while (lua_next(L, inner.reader.table)) {
        struct mx_pair *pair = (struct mx_pair *)traits.items + traits.count;
        if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING || traits.count++ == 64)
            script_complain(&inner.reader, "traits are at most 64 texts, like {skin = \"dry\"}");
        pair->key = mx_dup(ctx, mx_str_of(lua_tostring(L, -2)));
        pair->value = mx_dup(ctx, mx_str_of(lua_tostring(L, -1)));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return traits;
}

static struct mx_list read_scores(const struct script_reader *reader, struct mx_ctx *ctx) {
    struct mx_list scores = mx_list_new(ctx, 64, sizeof(struct script_number));
    struct script_inner inner;
    lua_State *L = reader->L;
    scores.count = 0;
    if (!script_enter(reader, "scores", "{churn_ppm = 900000}", &inner)) return scores;
    lua_pushnil(L);
    while (lua_next(L, inner.reader.table)) {
        struct script_number *number = (struct script_number *)scores.items + scores.count;
        if (lua_type(L, -2) != LUA_TSTRING || !lua_isinteger(L, -1) || scores.count++ == 64)
            script_complain(&inner.reader, "scores are at most 64 whole numbers, like {churn_ppm = 900000}");
        number->name = mx_dup(ctx, mx_str_of(lua_tostring(L, -2)));
        number->value = lua_tointeger(L, -1);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return scores;
}

static struct mx_str text_item(const struct script_reader *reader, struct mx_ctx *ctx, int place) {
    struct mx_str text = {NULL, 0};
    int type = lua_rawgeti(reader->L, reader->table, place);
    if (type == LUA_TSTRING) text = mx_dup(ctx, mx_str_of(lua_tostring(reader->L, -1)));
    if (type != LUA_TSTRING && (place == 1 || type != LUA_TNIL))
        script_complain(reader, "what she did is written like {\"page\", \"sunscreen\", minutes_ago = 10}");
    lua_pop(reader->L, 1);
    return text;
}

static void read_deed(const struct script_reader *reader, struct mx_ctx *ctx, int64_t now, struct mx_behaviour *did) {
    static const char *const known[] = {"minutes_ago", "days_ago", "dwell_ms", "session", NULL};
    int64_t minutes = 0, days = 0;
    (void)script_list_count(reader, known, 1, 2);
    did->kind = text_item(reader, ctx, 1);
    did->subject = text_item(reader, ctx, 2);
    (void)script_read_int(reader, "minutes_ago", 0, INT64_C(1440) * SCRIPT_DAYS_MAX, &minutes);
    (void)script_read_int(reader, "days_ago", 0, SCRIPT_DAYS_MAX, &days);
    (void)script_read_int(reader, "dwell_ms", 0, SCRIPT_DAY_MS, &did->dwell_ms);
    did->session = script_trial_text(reader, ctx, "session", "visit");
    did->at = now - minutes * 60000 - days * SCRIPT_DAY_MS;
}

static int by_time(const void *a, const void *b) {
    const struct mx_behaviour *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void read_deeds(const struct script_reader *reader, struct mx_ctx *ctx, int64_t now, struct mx_behaviours *did) {
    struct script_inner list, item;
    uint32_t i, count;
    did->behaviours = mx_list_new(ctx, DID_MAX, sizeof(struct mx_behaviour));
    did->behaviours.count = 0;
    if (!script_enter(reader, "did", "{{\"page\", \"sunscreen\", minutes_ago = 10}}", &list)) return;
    count = script_list_count(&list.reader, NULL, 0, DID_MAX);
    for (i = 1; i <= count; i++) {
        script_enter_item(&list.reader, i, "{\"page\", \"sunscreen\", minutes_ago = 10}", &item);
        read_deed(&item.reader, ctx, now, (struct mx_behaviour *)did->behaviours.items + did->behaviours.count++);
        lua_pop(reader->L, 1);
    }
    lua_pop(reader->L, 1);
    if (count > 1) qsort(did->behaviours.items, count, sizeof(struct mx_behaviour), by_time);
}

int script_trial_tag(lua_State *L) {
    struct script_rule *rule = script_trial_rule(L, SCRIPT_TAG, 1);
    struct mx_ctx *ctx = script_trial_ctx(L);
    struct script_reader reader = {L, 2, "", "the test's customer"};
    struct mx_tier_ask member;
    struct mx_list entries, traits, scores;
    struct mx_behaviours did;
    struct script_deeds deeds = {.traits = &traits, .did = &did, .scores = &scores};
    struct script_customer *customer = mx_alloc(ctx, sizeof(*customer));
    struct script_tag_said said;
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    script_thaw(L, 2);
    push_rest(L, 2);
    script_trial_member(L, 3, &member, &entries);
    traits = read_traits(&reader, ctx);
    scores = read_scores(&reader, ctx);
    read_deeds(&reader, ctx, member.at, &did);
    script_tier_customer(ctx, &member, customer);
    customer->entries = &entries;
    customer->extra = script_tag_fields;
    customer->arg = &deeds;
    script_trial_done(L, rule, script_tag_ask(script_state_of(L), rule, customer, &said));
    lua_pushboolean(L, said.yes);
    lua_pushlstring(L, said.reason.ptr ? said.reason.ptr : "", said.yes ? said.reason.len : 0);
    return 2;
}
