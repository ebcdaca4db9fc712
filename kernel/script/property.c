/* property("what must always hold", function(sale, try) ... end): what rules.hunt tries to break.
 *
 * property(hunt.monotone) and the others of `hunt` are checked in C. */
#include <stdio.h>
#include <stdlib.h>

#include "script/internal.h"

static const char below_cost[] = "hunt.never_below_cost", monotone[] = "hunt.monotone", max_share[] = "hunt.max_share(";

/* hunt.max_share(60) -> the name of this property */
static int push_max_share(lua_State *L) {
    lua_Integer percent = luaL_checkinteger(L, 1);
    luaL_argcheck(L, percent >= 0 && percent <= 100, 1, "a whole number of percent from 0 to 100");
    lua_pushfstring(L, "%s%I)", max_share, (LUAI_UACINT)percent);
    return 1;
}

void script_hunt_push(lua_State *L) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, below_cost);
    lua_setfield(L, -2, "never_below_cost");
    lua_pushstring(L, monotone);
    lua_setfield(L, -2, "monotone");
    lua_pushcfunction(L, push_max_share);
    lua_setfield(L, -2, "max_share");
}

int script_property_known(struct mx_str name, struct script_property *property) {
    int64_t share = 0;
    uint32_t i = (uint32_t)sizeof(max_share) - 1;
    property->name = name;
    property->kind = SCRIPT_HOLDS_FUNCTION;
    if (mx_str_is(name, below_cost)) property->kind = SCRIPT_HOLDS_COST;
    if (mx_str_is(name, monotone)) property->kind = SCRIPT_HOLDS_MONOTONE;
    if (name.len > i + 1 && memcmp(name.ptr, max_share, i) == 0 && name.ptr[name.len - 1] == ')') {
        for (; i + 1 < name.len && name.ptr[i] >= '0' && name.ptr[i] <= '9' && share <= 100; i++) share = share * 10 + name.ptr[i] - '0';
        if (i + 1 == name.len && share <= 100) property->kind = SCRIPT_HOLDS_SHARE;
        property->percent = share;
    }
    return property->kind != SCRIPT_HOLDS_FUNCTION;
}

void script_property_read(struct script_declaration *decl, struct mx_str head) {
    struct script_property *property = base_arena_alloc(decl->arena, sizeof(*property));
    int known = script_property_known(head, property);
    decl->rule->own = property;
    if (decl->rule->has && known) script_complain(&decl->reader, "%s needs no function: it is checked already", head.ptr);
    if (!decl->rule->has && !known)
        script_complain(&decl->reader, "a property takes a text and a function, or one of hunt.never_below_cost, hunt.monotone, "
                                       "hunt.max_share(60)");
}
