/* on("orders.paid", function(event, shop) ... end): something happened. */
#include "script/internal.h"

/* "orders.paid", "orders.*" or "*". */
static int is_pattern(struct mx_str text) {
    uint32_t i;
    if (mx_str_is(text, "*")) return 1;
    for (i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '*' && i + 1 == text.len && text.ptr[i - 1] == '.') return 1;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || (c == '.' && i > 0 && text.ptr[i - 1] != '.'))) return 0;
    }
    return text.ptr[text.len - 1] != '.';
}

void script_on_read(struct script_declaration *decl, struct mx_str head) {
    struct mx_str *pattern = base_arena_alloc(decl->arena, sizeof(*pattern));
    if (head.len > 64 || !is_pattern(head))
        script_complain(&decl->reader, "'%s' is not the name of an event; write it as the log does, or \"area.*\" for all of an area",
                        head.ptr);
    *pattern = head;
    decl->rule->own = pattern;
}

int script_on_hears(const struct script_rule *rule, struct mx_str name) {
    const struct mx_str *pattern = rule->own;
    if (mx_str_is(*pattern, "*")) return 1;
    if (pattern->ptr[pattern->len - 1] != '*') return mx_str_eq(*pattern, name);
    return name.len >= pattern->len && memcmp(name.ptr, pattern->ptr, pattern->len - 1) == 0;
}

static void push_event(lua_State *L, const struct script_fact *fact) {
    static const char *const fields[] = {"name", "at", "seq", "data"};
    int i;
    lua_newtable(L);
    lua_pushlstring(L, fact->name.ptr, fact->name.len);
    lua_setfield(L, -2, "name");
    script_time_push(L, fact->run->ctx, fact->at_ms);
    lua_setfield(L, -2, "at");
    lua_pushinteger(L, fact->seq);
    lua_setfield(L, -2, "seq");
    script_json_push(L, fact->data, fact->type, "the event's data");
    lua_setfield(L, -2, "data");
    lua_newtable(L);
    for (i = 0; i < 4; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, fields[i]);
    }
    script_fields_meta(L, "the event", 0);
    lua_setmetatable(L, -2);
    script_freeze(L, -1);
    lua_remove(L, -2);
}

static void tell_rule(lua_State *L, struct script_asking *asking) {
    struct script_fact *fact = asking->arg;
    push_event(L, fact);
    script_push_function(L, asking, SCRIPT_FN_BODY);
    lua_insert(L, -2);
    script_shop_push(L);
    script_budget_begin(asking->state);
    lua_call(L, 2, 0);
}

int script_on_run(struct script_state *state, struct script_rule *rule, struct script_fact *fact) {
    struct script_run *outer = state->run;
    int done;
    state->run = fact->run;
    done = script_ask(state, rule, tell_rule, fact);
    state->run = outer;
    return done;
}
