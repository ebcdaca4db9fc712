/* What a rule file can declare: one table of kinds, and what all of them have in common. */
#include <stdio.h>

#include "base/text.h"
#include "script/internal.h"

const struct script_kind script_kinds[SCRIPT_KINDS] = {
    {"promotion", "promotion { id = \"...\", ... }", "id", {"when", "lines", "offers", NULL}, script_promotion_read},
    {"tier", "tier { code = \"...\", rank = 1, when = function(member) ... end }", "code", {"when", NULL}, script_tier_read},
    {"reward", "reward { id = \"...\", points = 100 }", "id", {"when", NULL}, script_reward_read},
    {"on", "on(\"name.of.event\", function(event, shop) ... end)", NULL, {"function", NULL}, script_on_read},
    {"every", "every(\"day 03:00\", function(now, shop) ... end)", NULL, {"function", NULL}, script_every_read},
    {"test", "test(\"what it shows\", function(t) ... end)", NULL, {"function", NULL}, script_trial_read},
    {"property", "property(\"what must hold\", function(sale, try) ... end)", NULL, {"function", NULL}, script_property_read},
    {"tag", "tag { code = \"...\", when = function(customer) ... end }", "code", {"when", NULL}, script_tag_read},
};

static void place_rule(struct script_declaration *decl) {
    lua_Debug at;
    memset(&at, 0, sizeof(at));
    if (lua_getstack(decl->reader.L, 1, &at)) lua_getinfo(decl->reader.L, "l", &at);
    decl->rule->line = at.currentline;
    decl->rule->file = decl->state->set->sources[decl->state->source_now].name;
}

static void read_id(struct script_declaration *decl, char *what, size_t what_size) {
    const struct script_kind *kind = decl->rule->kind;
    const struct script_rule *other;
    struct mx_str id;
    if (!script_read_text(&decl->reader, kind->id_key, 64, &id))
        script_complain(&decl->reader, "%s is missing: every %s needs one of its own", kind->id_key,
                        strcmp(kind->word, "promotion") == 0 ? "rule" : kind->word);
    if (!base_code_valid(id, 64))
        script_complain(&decl->reader, "the %s may only have letters a-z, digits, dots, dashes and underscores", kind->id_key);
    other = script_rule_find(decl->state->set, script_kind_index(kind), id);
    if (other != NULL)
        script_complain(&decl->reader, "the %s '%s' is used already in %s, line %d", kind->id_key, id.ptr, other->file.ptr, other->line);
    decl->rule->id = base_arena_dup(decl->arena, id);
    snprintf(what, what_size, "%s '%s'", kind->word, decl->rule->id.ptr);
    decl->reader.what = what;
}

/* Kinds without an id are called by their file and their number in it: "welcome.on.2" stays the same when lines move. */
static void make_id(struct script_declaration *decl) {
    const struct script_set *set = decl->state->set;
    struct mx_str file = decl->rule->file, id;
    uint32_t i = set->rule_count, number = 1;
    while (i > 0 && mx_str_eq(set->rules[i - 1]->file, file)) number += set->rules[--i]->kind == decl->rule->kind;
    for (;; number += SCRIPT_RULES_MAX) { /* long names of two files may begin alike */
        id = base_arena_printf(decl->arena, "%.*s.%s.%u", (int)(file.len - 4 > 40 ? 40 : file.len - 4), file.ptr, decl->rule->kind->word,
                               number);
        if (script_rule_find(set, script_kind_index(decl->rule->kind), id) == NULL) break;
    }
    decl->rule->id = id;
}

/* The function on top of the stack is function `fn` of the declaration that is read; pops it. */
static void keep_function(struct script_declaration *decl, const char *key, int fn) {
    lua_State *L = decl->reader.L;
    lua_Debug at;
    if (lua_type(L, -1) != LUA_TFUNCTION || lua_iscfunction(L, -1))
        script_complain(&decl->reader, "%s must be a function, like %s = function(cart) ... end", key, key);
    lua_pushvalue(L, -1);
    lua_getinfo(L, ">S", &at);
    if (decl->state->parse) decl->rule->fn_places[fn] = base_arena_printf(decl->arena, "%s:%d: ", at.short_src, at.linedefined).ptr;
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_FUNCTIONS);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (lua_Integer)decl->state->declared * SCRIPT_FUNCTIONS + fn);
    lua_pop(L, 1);
    decl->rule->has |= 1u << fn;
}

static void add_rule(struct script_set *set, struct script_rule *rule) {
    struct script_rule **grown;
    if (set->rule_count == set->rule_cap) {
        set->rule_cap = set->rule_cap ? set->rule_cap * 2 : 16;
        grown = base_arena_alloc(set->arena, set->rule_cap * sizeof(struct script_rule *));
        if (set->rule_count) memcpy(grown, set->rules, set->rule_count * sizeof(struct script_rule *));
        set->rules = grown;
    }
    rule->what = base_arena_printf(set->arena, "%s '%s'", rule->kind->word, rule->id.ptr).ptr;
    rule->place = base_arena_printf(set->arena, "%.200s:%d", rule->file.ptr, rule->line).ptr;
    rule->index = set->rule_count;
    script_rule_note(set, rule);
    set->rules[set->rule_count++] = rule;
    set->function_rules += rule->has != 0;
}

/* kind { key = ... } */
static void read_table(struct script_declaration *decl) {
    const struct script_kind *kind = decl->rule->kind;
    lua_State *L = decl->reader.L;
    struct mx_str none = {NULL, 0};
    char what[96];
    int fn;
    if (lua_gettop(L) != 1 || !lua_istable(L, 1)) luaL_error(L, "%s takes a table: %s", kind->word, kind->shape);
    script_thaw(L, 1);
    if (decl->state->parse) read_id(decl, what, sizeof(what));
    for (fn = 1; kind->functions[fn - 1]; fn++) {
        lua_pushstring(L, kind->functions[fn - 1]);
        if (lua_rawget(L, 1) == LUA_TNIL)
            lua_pop(L, 1);
        else
            keep_function(decl, kind->functions[fn - 1], fn);
    }
    if (decl->state->parse) kind->read(decl, none);
}

/* kind("head", function() ... end) */
static void read_pair(struct script_declaration *decl) {
    const struct script_kind *kind = decl->rule->kind;
    lua_State *L = decl->reader.L;
    size_t len;
    const char *head;
    int alone = script_kind_index(kind) == SCRIPT_PROPERTY && lua_gettop(L) == 1; /* one of those that need no function */
    if (lua_gettop(L) != 2 - alone || lua_type(L, 1) != LUA_TSTRING || (!alone && lua_type(L, 2) != LUA_TFUNCTION))
        luaL_error(L, "%s takes a text and a function: %s", kind->word, kind->shape);
    head = lua_tolstring(L, 1, &len);
    if (len == 0 || len > 100) luaL_error(L, "%s: the text has 1 to 100 bytes", kind->word);
    if (!alone) keep_function(decl, "function", SCRIPT_FN_BODY);
    if (!decl->state->parse) return;
    make_id(decl);
    kind->read(decl, base_arena_dup(decl->arena, mx_str_n(head, len)));
}

static int declare(lua_State *L) {
    const struct script_kind *kind = &script_kinds[lua_tointeger(L, lua_upvalueindex(1))];
    struct script_state *state = script_state_of(L);
    struct script_rule unused;
    struct script_declaration decl = {{L, 1, "", kind->word}, state, state->set->arena, &unused};
    memset(&unused, 0, sizeof(unused));
    if (!state->loading) return luaL_error(L, "%s can only stand in the file itself, not inside a rule's function", kind->word);
    if (state->declared == SCRIPT_RULES_MAX) script_complain(&decl.reader, "there are more than %d rules", SCRIPT_RULES_MAX);
    if (state->parse) {
        decl.rule = base_arena_alloc(decl.arena, sizeof(*decl.rule));
        place_rule(&decl);
    }
    decl.rule->kind = kind;
    if (kind->id_key != NULL)
        read_table(&decl);
    else
        read_pair(&decl);
    if (state->parse) add_rule(state->set, decl.rule);
    decl.reader.what = kind->word;
    if (state->parse && base_arena_size(decl.arena) > SCRIPT_DECLARED_MAX)
        script_complain(&decl.reader, "all rules together name more than there is room for: %u MB", SCRIPT_DECLARED_MAX >> 20);
    state->declared++;
    return 0;
}

void script_kinds_push(lua_State *L) {
    int i;
    for (i = 0; i < SCRIPT_KINDS; i++) {
        lua_pushinteger(L, i);
        lua_pushcclosure(L, declare, 1);
        lua_setfield(L, -2, script_kinds[i].word);
    }
}
