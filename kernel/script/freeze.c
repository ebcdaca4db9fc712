/* Tables that nobody can change, and outer variables that a rule cannot use as memory.
 *
 * A read-only table is an empty one whose metatable shows the real one: scripts cannot reach metatables, so they can
 * neither write to it nor get behind it. What a rule's functions can reach from outside themselves (variables of the
 * file) is frozen when the file has run; the variables themselves are compared after each sale and put back, so that no
 * rule can carry something from one sale to the next or from one thread's state to another. */
#include "script/internal.h"

static int refuse_change(lua_State *L) { return luaL_error(L, "this table can only be read here"); }

static int shown_length(lua_State *L) {
    script_thaw(L, 1);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
    return 1;
}

void script_freeze(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 4);
    lua_pushvalue(L, index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, shown_length);
    lua_setfield(L, -2, "__len");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
}

void script_thaw(lua_State *L, int index) {
    index = lua_absindex(L, index);
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index)) return;
    lua_pushstring(L, "__index");
    lua_rawget(L, -2);
    if (lua_type(L, -1) == LUA_TTABLE)
        lua_replace(L, index);
    else
        lua_pop(L, 1);
    lua_pop(L, 1);
}

/* ---- walking what a rule can reach ---- */

/* Places on the stack of walk(). */
#define RULE   1
#define GUARDS 2
#define SEEN   3
#define QUEUE  4
#define FROZEN 5

static const char nil_mark; /* stands for nil in a list of guards */

/* Put the value on top into the queue unless it was there before; pops it. */
static void enqueue(lua_State *L) {
    lua_pushvalue(L, -1);
    if (lua_rawget(L, SEEN) == LUA_TNIL) {
        lua_pushvalue(L, -2);
        lua_pushboolean(L, 1);
        lua_rawset(L, SEEN);
        lua_pushvalue(L, -2);
        lua_rawseti(L, QUEUE, (lua_Integer)lua_rawlen(L, QUEUE) + 1);
    }
    lua_pop(L, 2);
}

/* Exchange the table on top for its read-only face, always the same one. */
static void face_of(lua_State *L) {
    lua_pushvalue(L, -1);
    if (lua_rawget(L, FROZEN) == LUA_TNIL) {
        lua_pop(L, 1);
        script_freeze(L, -1);
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, FROZEN);
    }
    lua_remove(L, -2);
}

/* Exchange the value on top for what outer code may hold, and queue what is to be walked. */
static void outer_value(lua_State *L) {
    int type = lua_type(L, -1);
    if (type != LUA_TFUNCTION && type != LUA_TTABLE) return;
    lua_pushvalue(L, -1);
    script_thaw(L, -1);
    enqueue(L);
    if (type == LUA_TFUNCTION) return;
    if (lua_getmetatable(L, -1))
        lua_pop(L, 1);
    else
        face_of(L);
}

/* The table on top: freeze the tables in it. */
static void walk_table(lua_State *L) {
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        int key = lua_type(L, -2);
        if (key != LUA_TSTRING && key != LUA_TNUMBER && key != LUA_TBOOLEAN) {
            luaL_error(L, "a table that a rule uses may only have texts and numbers as keys");
        }
        outer_value(L);
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
}

/* The function on top: freeze the tables among its outer variables and guard each variable. */
static void walk_function(lua_State *L) {
    int i;
    if (lua_iscfunction(L, -1)) return;
    for (i = 1; lua_getupvalue(L, -1, i) != NULL; i++) {
        lua_Integer n = (lua_Integer)lua_rawlen(L, GUARDS);
        outer_value(L);
        lua_pushvalue(L, -1);
        lua_setupvalue(L, -3, i);
        lua_pushvalue(L, -2);
        lua_rawseti(L, GUARDS, n + 1);
        lua_pushinteger(L, i);
        lua_rawseti(L, GUARDS, n + 2);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushlightuserdata(L, (void *)(uintptr_t)&nil_mark);
        }
        lua_rawseti(L, GUARDS, n + 3);
    }
}

static int walk(lua_State *L) {
    lua_Integer i, first = lua_tointeger(L, RULE) * SCRIPT_FUNCTIONS;
    int fn;
    lua_newtable(L);
    lua_newtable(L);
    lua_newtable(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_FROZEN);
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    script_thaw(L, -1);
    lua_pushboolean(L, 1); /* the globals are frozen already */
    lua_rawset(L, SEEN);
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_FUNCTIONS);
    for (fn = SCRIPT_FN_WHEN; fn <= SCRIPT_FUNCTIONS; fn++) {
        if (lua_rawgeti(L, -1, first + fn) == LUA_TFUNCTION)
            enqueue(L);
        else
            lua_pop(L, 1);
    }
    for (i = 1; lua_rawgeti(L, QUEUE, i) != LUA_TNIL; i++) {
        if (lua_istable(L, -1))
            walk_table(L);
        else
            walk_function(L);
        lua_pop(L, 1);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_GUARDS);
    lua_pushvalue(L, GUARDS);
    lua_rawseti(L, -2, lua_tointeger(L, RULE));
    return 0;
}

void script_guard_rule(lua_State *L, uint32_t rule) {
    lua_pushcfunction(L, walk);
    lua_pushinteger(L, rule);
    lua_call(L, 1, 0);
}

/* The list of guards is on top; is the variable of guard `n` as it was? Puts it back otherwise. */
static const char *guard_one(lua_State *L, lua_Integer n) {
    const char *name, *changed = NULL;
    int i;
    lua_rawgeti(L, -1, n + 1);
    lua_rawgeti(L, -2, n + 2);
    i = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    name = lua_getupvalue(L, -1, i);
    lua_rawgeti(L, -3, n + 3);
    if (lua_islightuserdata(L, -1)) {
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    if (!lua_rawequal(L, -1, -2)) {
        changed = name;
        lua_setupvalue(L, -3, i);
        lua_pop(L, 2);
    } else {
        lua_pop(L, 3);
    }
    return changed;
}

const char *script_guard_check(lua_State *L, uint32_t rule) {
    const char *changed = NULL, *name;
    lua_Integer n, count;
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_GUARDS);
    lua_rawgeti(L, -1, rule);
    count = (lua_Integer)lua_rawlen(L, -1);
    for (n = 0; n + 3 <= count; n += 3) {
        name = guard_one(L, n);
        if (name != NULL) changed = name;
    }
    lua_pop(L, 2);
    return changed;
}
