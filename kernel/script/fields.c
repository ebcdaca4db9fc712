/* Tables whose fields are declared: a misspelt one is named at once instead of being nil for ever. */
#include "script/internal.h"

struct near {
    const char *name;
    unsigned distance;
};

/* The known name (keys of the table at `known`) that was most likely meant. */
static struct near nearest(lua_State *L, int known, const char *name) {
    struct near best = {NULL, 3};
    unsigned far = strlen(name) < 5 ? 2 : 3, d;
    lua_pushnil(L);
    while (lua_next(L, known)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) != LUA_TSTRING) continue;
        d = script_distance(name, lua_tostring(L, -1));
        if (d >= far || d > best.distance) continue;
        if (d == best.distance && best.name != NULL && strcmp(lua_tostring(L, -1), best.name) > 0) continue; /* always the same one */
        best.name = lua_tostring(L, -1);
        best.distance = d;
    }
    return best;
}

/* A field that holds nothing was read: nil when the field exists. */
static int no_such_field(lua_State *L) {
    const char *noun = lua_tostring(L, lua_upvalueindex(2)), *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : NULL;
    struct near near = {NULL, 0};
    int guess = lua_toboolean(L, lua_upvalueindex(3));
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) {
        if (name != NULL) near = nearest(L, lua_upvalueindex(1), name);
        if (near.name != NULL) return luaL_error(L, "%s has no '%s'; did you mean '%s'?", noun, name, near.name);
        if (!guess) return luaL_error(L, "%s has no '%s'", noun, name ? name : "?");
    }
    lua_pushnil(L);
    return 1;
}

void script_fields_meta(lua_State *L, const char *noun, int guess) {
    lua_createtable(L, 0, 1);
    lua_insert(L, -2);
    lua_pushstring(L, noun);
    lua_pushboolean(L, guess);
    lua_pushcclosure(L, no_such_field, 3);
    lua_setfield(L, -2, "__index");
}
