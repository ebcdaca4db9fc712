/* Asking one rule: its function runs protected and within a budget; what goes wrong is counted. */
#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "script/internal.h"

void script_push_function(lua_State *L, struct script_asking *asking, int fn) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_FUNCTIONS);
    lua_rawgeti(L, -1, (lua_Integer)asking->rule->index * SCRIPT_FUNCTIONS + fn);
    lua_remove(L, -2);
    asking->place = asking->rule->fn_places[fn];
}

int script_ask_when(lua_State *L, struct script_asking *asking) {
    struct script_reader reader = {L, 0, asking->place, asking->what};
    int yes;
    script_push_function(L, asking, SCRIPT_FN_WHEN);
    lua_insert(L, -2);
    lua_call(L, 1, 1);
    if (!lua_isboolean(L, -1) && !lua_isnil(L, -1))
        script_complain(&reader, "when must answer true or false, not a %s", luaL_typename(L, -1));
    yes = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return yes;
}

static int run_fn(lua_State *L) {
    struct script_asking *asking = lua_touserdata(L, 1);
    lua_settop(L, 0);
    asking->fn(L, asking);
    return 0;
}

int script_ask(struct script_state *state, struct script_rule *rule, void (*fn)(lua_State *L, struct script_asking *asking), void *arg) {
    struct script_asking asking = {state, rule, fn, arg, "", rule->what};
    const char *place_before = state->place, *changed;
    int done;
    state->place = rule->place;
    if (state->depth == 0) {
        atomic_store_explicit(&state->now, rule, memory_order_relaxed);
        atomic_fetch_add_explicit(&state->turn, 1, memory_order_release);
    }
    done = script_protected(state, run_fn, &asking);
    if (state->depth == 0) atomic_fetch_add_explicit(&state->turn, 1, memory_order_release);
    state->place = place_before;
    changed = script_guard_check(state->L, rule->index);
    if (done && changed != NULL) {
        snprintf(state->problem, sizeof(state->problem),
                 "%s: the rule changed '%s', which belongs to the file: rules may not remember one sale in the next", rule->place, changed);
        done = 0;
    }
    if (done && atomic_load_explicit(&rule->faults, memory_order_relaxed)) atomic_store_explicit(&rule->faults, 0, memory_order_relaxed);
    return done;
}

void script_rule_off(struct script_set *set, struct script_rule *rule, const char *why) {
    if (set->aside) return;
    if (atomic_exchange(&rule->off, 1)) return;
    if (!atomic_exchange(&rule->untold, 1)) atomic_fetch_add(&set->untold, 1);
    base_log(BASE_LOG_WARN, "script", "%s %s (%s, line %d) is off until the rules are loaded again or it is restored: %s", rule->kind->word,
             rule->id.ptr, rule->file.ptr, rule->line, why);
}

void script_rule_failed(struct script_set *set, struct script_rule *rule, const char *message) {
    uint32_t faults;
    if (set->aside) return;
    faults = atomic_fetch_add_explicit(&rule->faults, 1, memory_order_relaxed) + 1;
    if (faults == SCRIPT_FAULTS_TO_OFF) script_rule_off(set, rule, message);
}

struct mx_str script_clean(struct mx_ctx *ctx, const char *message) {
    struct mx_str text = mx_str_of(message);
    char *bytes = mx_alloc(ctx, (size_t)text.len + 1);
    uint32_t i;
    if (text.len > SCRIPT_FAULT_TEXT) text.len = SCRIPT_FAULT_TEXT;
    memcpy(bytes, message, text.len);
    for (i = 0; i < text.len; i++) { /* all bytes of a character that steers */
        if (script_text_steers(bytes + i, bytes + text.len))
            memset(bytes + i, ' ', (unsigned char)bytes[i] == 0xe2 ? 3 : (unsigned char)bytes[i] == 0xc2 ? 2 : 1);
    }
    while (text.len && !base_utf8_valid(mx_str_n(bytes, text.len))) { /* usually only the last character was cut */
        uint32_t start = text.len - 1;
        while (start > 0 && ((unsigned char)bytes[start] & 0xc0) == 0x80 && text.len - start < 4) start--;
        if (base_utf8_valid(mx_str_n(bytes, start))) {
            text.len = start;
            break;
        }
        for (i = 0; i < text.len; i++) {
            if ((unsigned char)bytes[i] >= 0x80) bytes[i] = '?';
        }
    }
    return mx_str_n(bytes, text.len);
}
