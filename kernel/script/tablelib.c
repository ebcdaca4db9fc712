/* table.* and pairs(): tables in a fixed order, each walk charged to the budget. */
#include <stdlib.h>

#include "script/internal.h"

#define STEP_BYTES (4u * SCRIPT_BYTES_A_STEP) /* what one element costs, in bytes of a linear function */

/* The list at `index` as C may read it; its length. Charged. */
static lua_Integer arg_list(lua_State *L, int index) {
    lua_Integer count;
    luaL_checktype(L, index, LUA_TTABLE);
    script_thaw(L, index);
    count = (lua_Integer)lua_rawlen(L, index);
    script_charge(L, (size_t)count * STEP_BYTES);
    return count;
}

/* table.insert(list, value) */
static int table_insert(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argcheck(L, lua_gettop(L) == 2 && !lua_isnil(L, 2), 2, "table.insert takes a list and one value, put at its end");
    if (lua_getmetatable(L, 1)) return luaL_error(L, "this table can only be read here");
    lua_rawseti(L, 1, (lua_Integer)lua_rawlen(L, 1) + 1);
    return 0;
}

/* table.has(list, value) */
static int table_has(lua_State *L) {
    lua_Integer i, count = arg_list(L, 1);
    int found = 0;
    luaL_checkany(L, 2);
    for (i = 1; i <= count && !found; i++) {
        lua_rawgeti(L, 1, i);
        found = lua_rawequal(L, -1, 2);
        lua_pop(L, 1);
    }
    lua_pushboolean(L, found);
    return 1;
}

/* table.concat(list [, separator]) */
static int table_concat(lua_State *L) {
    lua_Integer i, count = arg_list(L, 1);
    size_t between_len, len, total = 0;
    const char *between = luaL_optlstring(L, 2, "", &between_len), *part;
    luaL_Buffer buffer;
    for (i = 1; i <= count; i++) {
        int type = lua_rawgeti(L, 1, i);
        if (type != LUA_TSTRING && type != LUA_TNUMBER) return luaL_error(L, "table.concat takes texts and numbers only");
        lua_tolstring(L, -1, &len);
        total += len + between_len;
        if (total > SCRIPT_TEXT_MAX) return luaL_error(L, "table.concat would make a text longer than 16 KB");
        lua_pop(L, 1);
    }
    script_charge(L, total);
    luaL_buffinit(L, &buffer);
    for (i = 1; i <= count; i++) {
        if (i > 1) luaL_addlstring(&buffer, between, between_len);
        lua_rawgeti(L, 1, i);
        part = lua_tolstring(L, -1, &len);
        (void)part;
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    return 1;
}

/* ---- order ---- */

/* A value that has a place in an order: whole numbers, then other numbers, then texts by their bytes, then booleans. */
struct sortable {
    union {
        lua_Integer integer;
        lua_Number number;
        const char *text;
    } as;
    uint32_t len; /* of the text */
    uint32_t at;  /* where it stood: equal ones keep their order */
    int type;     /* 1 integer, 2 float, 3 text, 4 boolean */
};

/* 1 and the value at `index` (lent), or 0 when it has no place in an order. */
static int read_sortable(lua_State *L, int index, struct sortable *out) {
    size_t len;
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        out->type = lua_isinteger(L, index) ? 1 : 2;
        if (out->type == 1)
            out->as.integer = lua_tointeger(L, index);
        else
            out->as.number = lua_tonumber(L, index);
        return 1;
    case LUA_TSTRING:
        out->type = 3;
        out->as.text = lua_tolstring(L, index, &len);
        out->len = (uint32_t)len;
        return 1;
    case LUA_TBOOLEAN:
        out->type = 4;
        out->as.integer = lua_toboolean(L, index);
        return 1;
    default:
        return 0;
    }
}

static int in_order(const void *a, const void *b) {
    const struct sortable *x = a, *y = b;
    int c = x->type - y->type;
    if (c != 0) return c;
    if (x->type == 2)
        c = (x->as.number > y->as.number) - (x->as.number < y->as.number);
    else if (x->type == 3)
        c = mx_str_cmp(mx_str_n(x->as.text, x->len), mx_str_n(y->as.text, y->len));
    else
        c = (x->as.integer > y->as.integer) - (x->as.integer < y->as.integer);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static struct sortable *scratch(lua_State *L, size_t count) {
    script_charge(L, count * 2 * STEP_BYTES);
    return lua_newuserdatauv(L, (count ? count : 1) * sizeof(struct sortable), 0);
}

/* table.sort(list [, field]): smallest first; with a field, a list of tables by that field of theirs. */
static int table_sort(lua_State *L) {
    lua_Integer i, count = arg_list(L, 1);
    int by_field = !lua_isnoneornil(L, 2);
    struct sortable *order;
    if (by_field) luaL_checktype(L, 2, LUA_TSTRING);
    lua_settop(L, 2);
    order = scratch(L, (size_t)count);
    lua_createtable(L, (int)count, 0);
    for (i = 1; i <= count; i++) {
        lua_rawgeti(L, 1, i);
        if (by_field) {
            if (!lua_istable(L, -1)) return luaL_error(L, "table.sort with a field takes a list of tables");
            lua_pushvalue(L, 2);
            lua_gettable(L, -2);
        }
        if (!read_sortable(L, -1, &order[i - 1])) return luaL_error(L, "table.sort can only order numbers and texts");
        order[i - 1].at = (uint32_t)i;
        lua_settop(L, 4);
    }
    qsort(order, (size_t)count, sizeof(*order), in_order);
    for (i = 1; i <= count; i++) {
        lua_rawgeti(L, 1, order[i - 1].at);
        lua_rawseti(L, 4, i);
    }
    return 1;
}

/* ---- pairs ---- */

/* The loop's state is {keys in order, table}; the place is found from the key that the loop hands back, so that no
 * function carries a place from one loop to another. */
#define LOOP_KEYS  3 /* places on the stack of next_pair() */
#define LOOP_TABLE 4

static int unusual(lua_State *L) { return luaL_error(L, "pairs() was called in an unusual way"); }

/* Place of the first key behind the one at stack place 2. */
static lua_Integer place_behind(lua_State *L) {
    lua_Integer low = 1, high = (lua_Integer)lua_rawlen(L, LOOP_KEYS), middle;
    struct sortable want, here;
    if (lua_isnil(L, 2)) return 1;
    if (!read_sortable(L, 2, &want)) unusual(L);
    want.at = 1;
    here.at = 0;
    while (low <= high) {
        middle = low + (high - low) / 2;
        lua_rawgeti(L, LOOP_KEYS, middle);
        if (!read_sortable(L, -1, &here)) unusual(L);
        if (in_order(&here, &want) < 0)
            low = middle + 1;
        else
            high = middle - 1;
        lua_pop(L, 1);
    }
    return low;
}

static int next_pair(lua_State *L) {
    lua_Integer at;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    script_thaw(L, 1);
    lua_rawgeti(L, 1, 1);
    lua_rawgeti(L, 1, 2);
    if (!lua_istable(L, LOOP_KEYS) || !lua_istable(L, LOOP_TABLE)) return unusual(L);
    script_thaw(L, LOOP_KEYS);
    script_thaw(L, LOOP_TABLE);
    for (at = place_behind(L); lua_rawgeti(L, LOOP_KEYS, at) != LUA_TNIL; at++) { /* removed entries are passed over */
        lua_pushvalue(L, -1);
        if (lua_rawget(L, LOOP_TABLE) != LUA_TNIL) return 2;
        lua_pop(L, 2);
        script_charge(L, STEP_BYTES);
    }
    return 1;
}

static size_t count_keys(lua_State *L, int index) {
    size_t count = 0;
    lua_pushnil(L);
    while (lua_next(L, index)) {
        count++;
        lua_pop(L, 1);
    }
    script_charge(L, count * STEP_BYTES);
    return count;
}

/* Push the value behind the i-th key, in order. */
static void push_sortable(lua_State *L, const struct sortable *value) {
    switch (value->type) {
    case 1:
        lua_pushinteger(L, value->as.integer);
        break;
    case 2:
        lua_pushnumber(L, value->as.number);
        break;
    case 3:
        lua_pushlstring(L, value->as.text, value->len);
        break;
    default:
        lua_pushboolean(L, (int)value->as.integer);
        break;
    }
}

/* The member's fields are looked up one by one: there is no list of them. */
static void refuse_customer(lua_State *L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_CUSTOMER);
    if (lua_rawequal(L, 1, -1)) luaL_error(L, "pairs() cannot walk through the member: name what you want of it, like member.tier");
    lua_pop(L, 1);
}

int script_pairs(lua_State *L) {
    struct sortable *order;
    size_t count, i = 0;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    refuse_customer(L);
    lua_pushvalue(L, 1); /* the loop keeps the table as it was given: a read-only face stays one */
    script_thaw(L, 2);
    count = count_keys(L, 2);
    order = scratch(L, count);
    lua_createtable(L, (int)count, 0);
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        if (!read_sortable(L, -2, &order[i])) {
            return luaL_error(L, "pairs() needs keys that are texts, numbers or booleans: others have no order");
        }
        order[i++].at = 0;
        lua_pop(L, 1);
    }
    qsort(order, count, sizeof(*order), in_order);
    for (i = 0; i < count; i++) {
        push_sortable(L, &order[i]);
        lua_rawseti(L, 4, (lua_Integer)i + 1);
    }
    lua_pushcfunction(L, next_pair);
    lua_createtable(L, 2, 0);
    lua_pushvalue(L, 4);
    lua_rawseti(L, -2, 1);
    lua_pushvalue(L, 1);
    lua_rawseti(L, -2, 2);
    lua_pushnil(L);
    return 3;
}

void script_table_push(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"insert", table_insert}, {"has", table_has}, {"concat", table_concat}, {"sort", table_sort}, {NULL, NULL}};
    luaL_newlib(L, functions);
}
