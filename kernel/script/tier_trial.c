/* Members of tests: t.tier(code, member), t.missing(code, member), t.tier_of(member).
 *
 * { tier = "silver", since = "2026-01-01", at = "2026-03-01", spent_minor = 1000,
 *   entries = { { "visits", days_ago = 3 }, { "class:coffee", days_ago = { 1, 8, 15 }, delta = 2 } } } */
#include "script/sale.h"
#include "script/tier.h"

#define COUNTERS_MAX 64
#define ENTRIES_MAX  1000

static const char usual_time[] = "2026-01-05 12:00";

struct member {
    struct mx_ctx *ctx;
    struct mx_tier_ask ask;
    struct mx_list entries; /* of struct script_entry */
};

static void add_counter(struct member *member, lua_State *L, struct mx_str name, int64_t value) {
    struct mx_counter *counter = mx_list_at(&member->ask.counters, member->ask.counters.count);
    if (member->ask.counters.count == COUNTERS_MAX) luaL_error(L, "this member has too many numbers");
    member->ask.counters.count++;
    counter->name = mx_dup(member->ctx, name);
    counter->value = value;
}

/* Keys of the table on top that are not `known` are counters. */
static void read_counters(const struct script_reader *reader, struct member *member, const char *const *known) {
    lua_State *L = reader->L;
    lua_pushnil(L);
    while (lua_next(L, reader->table)) {
        const char *name;
        uint32_t i;
        if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "what is counted of a member has names, like {spent_minor = 100000}");
        name = lua_tostring(L, -2);
        for (i = 0; known[i] && strcmp(known[i], name) != 0; i++) {
        }
        if (!known[i]) {
            if (!lua_isinteger(L, -1)) luaL_error(L, "%s must be a whole number", name);
            add_counter(member, L, mx_str_of(name), lua_tointeger(L, -1));
        }
        lua_pop(L, 1);
    }
}

static void add_entry(const struct script_reader *reader, struct member *member, struct mx_str name, int64_t days_ago, int64_t delta) {
    struct script_entry *entry = mx_list_at(&member->entries, member->entries.count);
    if (days_ago < 0 || days_ago > SCRIPT_DAYS_MAX) script_complain(reader, "days_ago are 0 to %d", SCRIPT_DAYS_MAX);
    if (member->entries.count == ENTRIES_MAX) script_complain(reader, "a member of a test has at most %d entries", ENTRIES_MAX);
    member->entries.count++;
    entry->name = name;
    entry->at = member->ask.at - days_ago * SCRIPT_DAY_MS;
    entry->delta = delta;
}

/* { "visits", days_ago = 3 } or days_ago = {1, 8, 15}; without delta each is one. */
static void read_entry(const struct script_reader *reader, struct member *member) {
    static const char *const known[] = {"days_ago", "delta", NULL};
    static const char shape[] = "an entry is written like {\"visits\", days_ago = 3}";
    lua_State *L = reader->L;
    struct mx_str name;
    int64_t delta = 1;
    lua_Integer i, count;
    const char *wrong;
    (void)script_list_count(reader, known, 1, 1);
    if (lua_rawgeti(L, reader->table, 1) != LUA_TSTRING) script_complain(reader, "%s", shape);
    name = mx_dup(member->ctx, mx_str_of(lua_tostring(L, -1)));
    wrong = script_counter_wrong(name, 0);
    if (wrong) script_complain(reader, "%s", wrong);
    (void)script_read_int(reader, "delta", -MX_INT_MAX, MX_INT_MAX, &delta);
    lua_pushliteral(L, "days_ago");
    lua_rawget(L, reader->table);
    script_thaw(L, -1);
    if (lua_isinteger(L, -1)) {
        add_entry(reader, member, name, lua_tointeger(L, -1), delta);
    } else if (lua_istable(L, -1)) {
        count = (lua_Integer)lua_rawlen(L, -1);
        for (i = 1; i <= count; i++) {
            lua_rawgeti(L, -1, i);
            if (!lua_isinteger(L, -1)) script_complain(reader, "days_ago is a whole number, or a list of them");
            add_entry(reader, member, name, lua_tointeger(L, -1), delta);
            lua_pop(L, 1);
        }
    } else {
        script_complain(reader, "%s", shape);
    }
    lua_pop(L, 2);
}

static void read_entries(const struct script_reader *reader, struct member *member) {
    struct script_inner list, item;
    uint32_t i, count;
    member->entries = mx_list_new(member->ctx, ENTRIES_MAX, sizeof(struct script_entry));
    member->entries.count = 0;
    if (!script_enter(reader, "entries", "{{\"visits\", days_ago = 3}}", &list)) return;
    count = script_list_count(&list.reader, NULL, 0, ENTRIES_MAX);
    for (i = 1; i <= count; i++) {
        script_enter_item(&list.reader, i, "{\"visits\", days_ago = 3}", &item);
        read_entry(&item.reader, member);
        lua_pop(reader->L, 1);
    }
    lua_pop(reader->L, 1);
}

/* What every shop counts is there also when the test does not say it: the sum of the entries. */
static void sum_entries(struct member *member, lua_State *L, const char *name) {
    struct script_customer customer;
    int64_t value = 0;
    uint32_t i;
    for (i = 0; i < member->ask.counters.count; i++) {
        if (mx_str_is(((struct mx_counter *)mx_list_at(&member->ask.counters, i))->name, name)) return;
    }
    script_tier_customer(member->ctx, &member->ask, &customer);
    customer.entries = &member->entries;
    if (script_customer_count(&customer, mx_str_of(name), 0, 0, &value, NULL) == MX_OK) add_counter(member, L, mx_str_of(name), value);
}

static int64_t read_time(const struct script_reader *reader, struct mx_ctx *ctx, const char *key, const char *otherwise) {
    struct mx_str text = script_trial_text(reader, ctx, key, otherwise);
    if (text.len == 10) text = mx_dup(ctx, mx_str_of(lua_pushfstring(reader->L, "%s 00:00", text.ptr)));
    return text.len ? script_trial_time(reader->L, text) : 0;
}

static void read_member(lua_State *L, int index, struct member *member) {
    static const char *const known[] = {"tier", "at", "since", "lost", "joined", "counters", "entries", NULL};
    static const char *const none[] = {NULL}, *const always[] = {MX_COUNTER_SPENT, MX_COUNTER_ORDERS, MX_COUNTER_VISITS, NULL};
    uint32_t i;
    struct script_reader reader = {L, index, "", "the test's member"};
    struct script_inner inner;
    memset(member, 0, sizeof(*member));
    luaL_checktype(L, index, LUA_TTABLE);
    script_thaw(L, index);
    member->ctx = script_trial_ctx(L);
    member->ask.member = mx_str_of("mem_00000000000000000000000000");
    member->ask.tier = script_trial_text(&reader, member->ctx, "tier", "basic");
    member->ask.at = read_time(&reader, member->ctx, "at", usual_time);
    member->ask.since = read_time(&reader, member->ctx, "since", "");
    member->ask.lost_at = read_time(&reader, member->ctx, "lost", "");
    member->ask.joined_at = read_time(&reader, member->ctx, "joined", "");
    member->ask.counters = mx_list_new(member->ctx, COUNTERS_MAX, sizeof(struct mx_counter));
    member->ask.counters.count = 0;
    read_counters(&reader, member, known);
    if (script_enter(&reader, "counters", "{orders = 3}", &inner)) {
        read_counters(&inner.reader, member, none);
        lua_pop(L, 1);
    }
    read_entries(&reader, member);
    for (i = 0; always[i]; i++) sum_entries(member, L, always[i]);
}

void script_trial_member(lua_State *L, int index, struct mx_tier_ask *ask, struct mx_list *entries) {
    struct member member;
    read_member(L, index, &member);
    *ask = member.ask;
    *entries = member.entries;
}

static void ask_one(lua_State *L, struct script_tier_said *said) {
    struct script_rule *rule = script_trial_rule(L, SCRIPT_TIER, 1);
    struct script_customer customer;
    struct member member;
    lua_settop(L, 2);
    read_member(L, 2, &member);
    script_tier_customer(member.ctx, &member.ask, &customer);
    customer.entries = &member.entries;
    script_trial_done(L, rule, script_tier_ask(script_state_of(L), rule, &customer, said));
}

int script_trial_tier(lua_State *L) {
    struct script_tier_said said;
    said.brief = 1;
    ask_one(L, &said);
    lua_pushboolean(L, said.yes);
    return 1;
}

int script_trial_missing(lua_State *L) {
    struct script_tier_said said;
    uint32_t i;
    said.brief = 0;
    ask_one(L, &said);
    lua_newtable(L);
    for (i = 0; i < said.count && !said.yes; i++) {
        const struct mx_tier_missing *missing = &said.missing[i];
        lua_newtable(L);
        lua_pushlstring(L, missing->counter.ptr, missing->counter.len);
        lua_setfield(L, -2, "counter");
        lua_pushinteger(L, missing->needed);
        lua_setfield(L, -2, "needed");
        lua_pushinteger(L, missing->have);
        lua_setfield(L, -2, "have");
        lua_pushinteger(L, missing->missing);
        lua_setfield(L, -2, "missing");
        if (missing->days) {
            lua_pushinteger(L, missing->days);
            lua_setfield(L, -2, "days");
        }
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* A rule that fails takes a tier from nobody; in a test it is a mistake to be seen. */
static void raise_faults(lua_State *L, struct script_state *state) {
    const struct script_rules *tiers = &state->set->of[SCRIPT_TIER];
    uint32_t i;
    for (i = 0; i < tiers->count; i++) {
        if (atomic_load(&tiers->items[i]->faults)) script_trial_done(L, tiers->items[i], 0);
    }
}

int script_trial_tier_of(lua_State *L) {
    struct script_state *state = script_state_of(L);
    struct script_tier_rules rules = {state->set, state, NULL, NULL};
    struct mx_tier_answer answer;
    struct member member;
    lua_settop(L, 1);
    read_member(L, 1, &member);
    member.ask.brief = 1;
    memset(&answer, 0, sizeof(answer));
    if (script_tier_decide(member.ctx, &member.ask, &rules, &member.entries, &answer) != MX_OK)
        return luaL_error(L, "the tier could not be found");
    raise_faults(L, state);
    if (answer.keep_until) answer.tier = member.ask.tier;
    lua_pushlstring(L, answer.tier.len ? answer.tier.ptr : "basic", answer.tier.len ? answer.tier.len : 5);
    return 1;
}
