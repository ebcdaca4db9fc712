/* text.*: what merchants need to do with texts. Bytes are compared and cut; upper and lower change ASCII letters only. */
#include <ctype.h>

#include "script/internal.h"

#define SPLIT_MAX 1000

static struct mx_str arg_text(lua_State *L, int index) {
    size_t len;
    const char *text;
    luaL_checktype(L, index, LUA_TSTRING);
    text = lua_tolstring(L, index, &len);
    script_charge(L, len);
    return mx_str_n(text, len);
}

static int text_contains(lua_State *L) {
    struct mx_str all = arg_text(L, 1), part = arg_text(L, 2);
    lua_pushboolean(L, part.len == 0 || memmem(all.ptr, all.len, part.ptr, part.len) != NULL);
    return 1;
}

static int text_starts(lua_State *L) {
    struct mx_str all = arg_text(L, 1), part = arg_text(L, 2);
    lua_pushboolean(L, part.len <= all.len && memcmp(all.ptr, part.ptr, part.len) == 0);
    return 1;
}

static int text_ends(lua_State *L) {
    struct mx_str all = arg_text(L, 1), part = arg_text(L, 2);
    lua_pushboolean(L, part.len <= all.len && memcmp(all.ptr + (all.len - part.len), part.ptr, part.len) == 0);
    return 1;
}

/* text.split("a,b", ",") -> {"a", "b"} */
static int text_split(lua_State *L) {
    struct mx_str all = arg_text(L, 1), by = arg_text(L, 2);
    const char *at = all.ptr, *end = all.ptr + all.len, *next;
    lua_Integer n = 0;
    luaL_argcheck(L, by.len > 0, 2, "the separator may not be empty");
    lua_newtable(L);
    do {
        next = memmem(at, (size_t)(end - at), by.ptr, by.len);
        if (++n > SPLIT_MAX) return luaL_error(L, "text.split makes at most %d parts", SPLIT_MAX);
        lua_pushlstring(L, at, (size_t)((next ? next : end) - at));
        lua_rawseti(L, -2, n);
        if (next != NULL) at = next + by.len;
    } while (next != NULL);
    return 1;
}

static int text_trim(lua_State *L) {
    struct mx_str all = arg_text(L, 1);
    while (all.len && isspace((unsigned char)all.ptr[0])) all = mx_str_n(all.ptr + 1, all.len - 1);
    while (all.len && isspace((unsigned char)all.ptr[all.len - 1])) all.len--;
    lua_pushlstring(L, all.ptr, all.len);
    return 1;
}

static int change_case(lua_State *L, char from, char to) {
    struct mx_str all = arg_text(L, 1);
    luaL_Buffer buffer;
    char *out = luaL_buffinitsize(L, &buffer, all.len);
    uint32_t i;
    for (i = 0; i < all.len; i++) {
        char c = all.ptr[i];
        out[i] = c >= from && c <= from + 25 ? (char)(c - from + to) : c;
    }
    luaL_pushresultsize(&buffer, all.len);
    return 1;
}

static int text_upper(lua_State *L) { return change_case(L, 'a', 'A'); }
static int text_lower(lua_State *L) { return change_case(L, 'A', 'a'); }

static int text_len(lua_State *L) {
    lua_pushinteger(L, arg_text(L, 1).len);
    return 1;
}

/* Place `at` of a text of `len` bytes, counted from 1, or from the end when negative. */
static lua_Integer place(lua_Integer at, lua_Integer len) { return at >= 0 ? at : at < -len ? 0 : len + at + 1; }

static int text_sub(lua_State *L) {
    struct mx_str all = arg_text(L, 1);
    lua_Integer from = place(luaL_checkinteger(L, 2), all.len), to = place(luaL_optinteger(L, 3, -1), all.len);
    if (from < 1) from = 1;
    if (to > (lua_Integer)all.len) to = all.len;
    if (from > to)
        lua_pushliteral(L, "");
    else
        lua_pushlstring(L, all.ptr + from - 1, (size_t)(to - from + 1));
    return 1;
}

void script_text_push(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"contains", text_contains}, {"starts", text_starts}, {"ends", text_ends}, {"split", text_split}, {"trim", text_trim},
        {"upper", text_upper},       {"lower", text_lower},   {"len", text_len},   {"sub", text_sub},     {NULL, NULL}};
    luaL_newlib(L, functions);
}
