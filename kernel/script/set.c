/* A rule set: all files of a folder, compiled and checked; and the states that run it. */
#include <stdio.h>
#include <stdlib.h>

#include "script/sale.h"

/* FNV-1a in 64 bits over names and texts. It tells versions apart; it does not defend against anybody. */
static void name_version(struct script_set *set) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    uint32_t i, k;
    for (i = 0; i < set->source_count; i++) {
        const struct mx_str parts[] = {set->sources[i].name, set->sources[i].text};
        for (k = 0; k < 2; k++) {
            const char *at = parts[k].ptr, *end = at + parts[k].len;
            for (; at < end; at++) hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
            hash = (hash ^ 0xff) * UINT64_C(0x100000001b3); /* never part of UTF-8: ends a name or a text */
        }
    }
    snprintf(set->version, sizeof(set->version), "%016llx", (unsigned long long)hash);
}

/* All rules of each kind together, in the order of their declaration. */
static void sort_kinds(struct script_set *set) {
    uint32_t i, kind;
    for (i = 0; i < set->rule_count; i++) set->of[script_kind_index(set->rules[i]->kind)].count++;
    for (kind = 0; kind < SCRIPT_KINDS; kind++) {
        struct script_rules *of = &set->of[kind];
        of->items = base_arena_alloc(set->arena, (of->count + 1) * sizeof(struct script_rule *));
        of->count = 0;
    }
    for (i = 0; i < set->rule_count; i++) {
        struct script_rules *of = &set->of[script_kind_index(set->rules[i]->kind)];
        of->items[of->count++] = set->rules[i];
    }
}

/* Run one file. A state that only answers need not run files in which nothing answers. */
static void run_source(lua_State *L, struct script_state *state, uint32_t i) {
    struct script_set *set = state->set;
    struct script_span *span = &set->spans[i];
    uint32_t k;
    if (!state->parse && !span->answers) {
        state->declared += span->count;
        return;
    }
    state->source_now = i;
    state->place = set->sources[i].name.ptr;
    if (state->parse) span->first = set->rule_count;
    script_run_source(L, &set->sources[i]);
    if (!state->parse) return;
    span->count = set->rule_count - span->first;
    for (k = 0; k < span->count; k++) {
        const struct script_rule *rule = set->rules[span->first + k];
        if (rule->has && script_kind_index(rule->kind) != SCRIPT_TEST) span->answers = 1;
    }
}

static void guard_rules(lua_State *L, struct script_state *state, const struct script_span *span) {
    uint32_t i;
    if (!state->parse && !span->answers) return;
    for (i = span->first; i < span->first + span->count; i++) {
        const struct script_rule *rule = state->set->rules[i];
        if (!rule->has) continue;
        state->place = rule->file.ptr;
        script_guard_rule(L, i);
    }
}

static int run_all(lua_State *L) {
    struct script_state *state = lua_touserdata(L, 1);
    struct script_set *set = state->set;
    uint32_t i;
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_FUNCTIONS);
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_GUARDS);
    lua_newtable(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_FROZEN);
    for (i = 0; i < set->source_count; i++) run_source(L, state, i);
    for (i = 0; i < set->source_count; i++) guard_rules(L, state, &set->spans[i]);
    lua_pushnil(L);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_FROZEN);
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}

struct script_state *script_state_load(struct script_set *set, int parse, int64_t fail_in, int fail_on, char *problem) {
    struct script_state *state = script_state_new(set, fail_in, fail_on);
    int done;
    if (state == NULL) {
        snprintf(problem, SCRIPT_FAULT_TEXT, "the system has no memory left for rules");
        return NULL;
    }
    state->parse = parse;
    state->loading = 1;
    done = script_protected(state, run_all, state);
    state->loading = 0;
    state->place = NULL;
    state->memory.block_max = SCRIPT_BLOCK_MAX;
    state->memory.max = state->memory.used + SCRIPT_MEMORY_MAX;
    if (done && state->declared == set->rule_count) return state;
    snprintf(problem, SCRIPT_FAULT_TEXT, "%s", done ? "the rules declared something else the second time they ran" : state->problem);
    script_state_free(state);
    return NULL;
}

mx_status script_set_read(const struct script_source *sources, uint32_t count, struct base_arena *arena, int64_t fail_in, int fail_on,
                          struct script_set **out, struct script_state **out_state, struct mx_error *err) {
    struct script_set *set = base_arena_alloc(arena, sizeof(*set));
    struct script_state *state;
    char problem[SCRIPT_FAULT_TEXT];
    atomic_init(&set->users, 1);
    set->arena = arena;
    set->source_count = count;
    set->sources = base_arena_alloc(arena, (count + 1) * sizeof(*sources));
    if (count) memcpy(set->sources, sources, count * sizeof(*sources));
    set->spans = base_arena_alloc(arena, (count + 1) * sizeof(*set->spans));
    name_version(set);
    state = script_state_load(set, 1, fail_in, fail_on, problem);
    if (state == NULL) {
        base_arena_free(arena);
        return base_fail(err, MX_E_BAD_INPUT, NULL, "%s", problem);
    }
    sort_kinds(set);
    set->index = script_index_new(set);
    set->needs_goods = script_needs_goods(set);
    *out = set;
    *out_state = state;
    return MX_OK;
}

/* The first test that failed; without a shop, those that need one say nothing about the rules. */
static void note_failed(void *arg, const struct script_trial *trial) {
    struct script_trial *first = arg;
    if (!trial->passed && !trial->needs_shop && first->rule == NULL) *first = *trial;
}

mx_status script_set_load(const struct script_source *sources, uint32_t count, struct base_arena *arena, int64_t fail_in, int fail_on,
                          struct script_set **out, struct mx_error *err) {
    struct script_state *state;
    struct script_set *set;
    struct script_trial first = {NULL, 0, 0, ""};
    mx_status st = script_set_read(sources, count, arena, fail_in, fail_on, &set, &state, err);
    if (st != MX_OK) return st;
    (void)script_trials_run(state, NULL, note_failed, &first, NULL);
    script_state_free(state);
    if (first.rule != NULL) {
        script_set_drop(set);
        return base_fail(err, MX_E_BAD_INPUT, NULL, "%s", first.problem);
    }
    *out = set;
    return MX_OK;
}

uint32_t script_set_rules(const struct script_set *set) {
    return set->rule_count - set->of[SCRIPT_TEST].count - set->of[SCRIPT_PROPERTY].count;
}

void script_set_drop(struct script_set *set) {
    if (set != NULL && atomic_fetch_sub(&set->users, 1) == 1) base_arena_free(set->arena);
}
