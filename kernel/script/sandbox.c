/* What a rule file finds: a short list of functions, none of which works long, remembers or reaches out.
 *
 * An instruction counter alone is no sandbox: one call of string.rep, table.move or a pattern search runs for seconds
 * inside C. So the standard libraries are not opened at all; what stands here is written for it, walks through at most
 * 16 KB of text or one table, and charges what it walks. There is no way to catch an error, to make a coroutine or a
 * metatable, to load code, or to see an address. */
#include "script/internal.h"

static int base_assert(lua_State *L) {
    luaL_checkany(L, 1);
    if (lua_toboolean(L, 1)) return lua_gettop(L);
    return luaL_error(L, "%s", luaL_optstring(L, 2, "an assertion does not hold"));
}

static int base_error(lua_State *L) { return luaL_error(L, "%s", luaL_checkstring(L, 1)); }

static int next_item(lua_State *L) {
    lua_Integer i = (lua_Integer)((lua_Unsigned)luaL_checkinteger(L, 2) + 1);
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_pushcfunction(L, next_item);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

static int base_select(lua_State *L) {
    int count = lua_gettop(L);
    lua_Integer n;
    if (lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == '#') {
        lua_pushinteger(L, count - 1);
        return 1;
    }
    n = luaL_checkinteger(L, 1);
    if (n < 0)
        n = count + n;
    else if (n > count)
        n = count;
    luaL_argcheck(L, n >= 1, 1, "there are not so many values");
    script_charge(L, (size_t)(count - (int)n) * SCRIPT_BYTES_A_STEP / 4);
    return count - (int)n;
}

static int base_tonumber(lua_State *L) {
    size_t len;
    const char *text;
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER) {
        lua_settop(L, 1);
        return 1;
    }
    if (lua_type(L, 1) == LUA_TSTRING) {
        text = lua_tolstring(L, 1, &len);
        script_charge(L, len);
        if (len <= 40 && lua_stringtonumber(L, text) == len + 1) return 1;
    }
    lua_pushnil(L);
    return 1;
}

/* Never an address: that would differ from run to run. */
static int base_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    switch (lua_type(L, 1)) {
    case LUA_TSTRING:
        lua_settop(L, 1);
        break;
    case LUA_TNUMBER:
        lua_pushvalue(L, 1);
        lua_tolstring(L, -1, NULL);
        break;
    case LUA_TBOOLEAN:
        lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false");
        break;
    default:
        lua_pushstring(L, luaL_typename(L, 1));
        break;
    }
    return 1;
}

static int base_type(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

static int no_such_global(lua_State *L) {
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "that name";
    return luaL_error(L, "there is no '%s' in rule files (a name of your own needs a 'local' line above)", name);
}

static int no_new_global(lua_State *L) {
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    return luaL_error(L, "'%s' is not declared: write 'local %s = ...'", name, name);
}

static void add_library(lua_State *L, const char *name, void (*push)(lua_State *L)) {
    push(L);
    script_freeze(L, -1);
    lua_setfield(L, -3, name);
    lua_pop(L, 1);
}

/* Texts answer to methods (name:upper()) with the same functions as text.*, and their metatable cannot be reached. */
static void protect_texts(lua_State *L) {
    lua_pushstring(L, "");
    lua_createtable(L, 0, 2);
    script_text_push(L);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

static const luaL_Reg functions[] = {{"assert", base_assert},     {"error", base_error},   {"ipairs", base_ipairs},
                                     {"pairs", script_pairs},     {"select", base_select}, {"tonumber", base_tonumber},
                                     {"tostring", base_tostring}, {"type", base_type},     {NULL, NULL}};
static const struct {
    const char *name;
    void (*push)(lua_State *L);
} libraries[] = {{"text", script_text_push},
                 {"money", script_money_push},
                 {"math", script_math_push},
                 {"table", script_table_push},
                 {"hunt", script_hunt_push}};
#define FUNCTIONS (uint32_t)(sizeof(functions) / sizeof(functions[0]) - 1)
#define LIBRARIES (uint32_t)(sizeof(libraries) / sizeof(libraries[0]))

const char *script_global(uint32_t i) {
    if (i < FUNCTIONS) return functions[i].name;
    i -= FUNCTIONS;
    if (i < LIBRARIES) return libraries[i].name;
    i -= LIBRARIES;
    return i < SCRIPT_KINDS ? script_kinds[i].word : NULL;
}

void script_sandbox_open(lua_State *L) {
    uint32_t i;
    luaL_newlib(L, functions);
    script_kinds_push(L);
    for (i = 0; i < LIBRARIES; i++) add_library(L, libraries[i].name, libraries[i].push);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, no_such_global);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);

    /* the face of it, through which nothing can be set; its metatable is like those of script_freeze() */
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, no_new_global);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pop(L, 1);
    protect_texts(L);
}
