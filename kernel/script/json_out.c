/* A Lua value as canonical JSON text: whole numbers, clean texts, lists and tables by name; nothing else. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "script/internal.h"

#define PATH_MAX_ 120

struct writing {
    lua_State *L;
    const char *noun;
    char *to; /* SCRIPT_JSON_MAX bytes */
    size_t len;
    char path[PATH_MAX_];
};

static void refuse(struct writing *out, const char *why) {
    luaL_error(out->L, "%s: %s%s%s", out->noun, out->path[0] ? out->path : "it", " ", why);
}

static void add(struct writing *out, const char *bytes, size_t len) {
    if (len > SCRIPT_JSON_MAX - out->len) luaL_error(out->L, "%s: it is longer than %d KB", out->noun, (int)(SCRIPT_JSON_MAX / 1024));
    memcpy(out->to + out->len, bytes, len);
    out->len += len;
}

static void add_text(struct writing *out, struct mx_str text) {
    uint32_t i;
    char escape[8];
    if (!base_utf8_valid(text)) refuse(out, "holds bytes that are no UTF-8 text");
    add(out, "\"", 1);
    for (i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\') add(out, "\\", 1);
        if (c < 0x20)
            add(out, escape, (size_t)snprintf(escape, sizeof(escape), "\\u%04x", c));
        else
            add(out, text.ptr + i, 1);
    }
    add(out, "\"", 1);
}

static void add_value(struct writing *out, int depth);

/* Go one step down the path for messages; where to come back to. */
static size_t path_down(struct writing *out, const char *format, const char *name, int number) {
    size_t len = strlen(out->path);
    if (name != NULL)
        snprintf(out->path + len, PATH_MAX_ - len, format, name);
    else
        snprintf(out->path + len, PATH_MAX_ - len, "[%d]", number);
    return len;
}

static void add_list(struct writing *out, lua_Integer count, int depth) {
    lua_Integer i;
    add(out, "[", 1);
    for (i = 1; i <= count; i++) {
        size_t back = path_down(out, NULL, NULL, (int)i);
        if (i > 1) add(out, ",", 1);
        lua_rawgeti(out->L, -1, i);
        add_value(out, depth + 1);
        lua_pop(out->L, 1);
        out->path[back] = '\0';
    }
    add(out, "]", 1);
}

static int by_text(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

/* Names of the table on top, sorted, in memory of Lua that is pushed onto the stack. */
static struct mx_str *names_of(struct writing *out, size_t count) {
    lua_State *L = out->L;
    struct mx_str *names = lua_newuserdatauv(L, (count ? count : 1) * sizeof(*names), 0);
    size_t i = 0, len;
    lua_pushnil(L);
    while (lua_next(L, -3)) {
        lua_pop(L, 1);
        names[i].ptr = lua_tolstring(L, -1, &len); /* lives as long as the table has it */
        names[i++].len = (uint32_t)len;
    }
    qsort(names, count, sizeof(*names), by_text);
    return names;
}

static void add_members(struct writing *out, size_t count, int depth) {
    lua_State *L = out->L;
    struct mx_str *names = names_of(out, count);
    size_t i;
    add(out, "{", 1);
    for (i = 0; i < count; i++) {
        size_t back = path_down(out, out->path[0] ? ".%s" : "%s", names[i].ptr, 0);
        if (i > 0) add(out, ",", 1);
        add_text(out, names[i]);
        add(out, ":", 1);
        lua_pushlstring(L, names[i].ptr, names[i].len);
        lua_rawget(L, -3);
        add_value(out, depth + 1);
        lua_pop(L, 1);
        out->path[back] = '\0';
    }
    add(out, "}", 1);
    lua_pop(L, 1);
}

static void add_table(struct writing *out, int depth) {
    lua_State *L = out->L;
    lua_Integer length;
    size_t texts = 0, others = 0;
    if (depth >= SCRIPT_JSON_DEPTH) refuse(out, "is nested too deeply, or holds itself");
    luaL_checkstack(L, 12, NULL);
    script_thaw(L, -1);
    length = (lua_Integer)lua_rawlen(L, -1);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TSTRING)
            texts++;
        else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 1 && lua_tointeger(L, -1) <= length)
            others++;
        else
            refuse(out, "has keys that are neither texts nor the places of a list without holes");
    }
    script_charge(L, (texts + others) * 8 * SCRIPT_BYTES_A_STEP);
    if (texts && others) refuse(out, "is half a list and half a table of names");
    if ((lua_Integer)others != length) refuse(out, "is a list with holes");
    if (others)
        add_list(out, length, depth);
    else
        add_members(out, texts, depth);
}

static void add_number(struct writing *out) {
    char digits[32];
    int64_t n;
    if (!lua_isinteger(out->L, -1)) refuse(out, "is a fraction: write whole numbers, use // or money.muldiv to divide");
    n = lua_tointeger(out->L, -1);
    if (n > MX_INT_MAX || n < -MX_INT_MAX) refuse(out, "is too large a number");
    add(out, digits, (size_t)snprintf(digits, sizeof(digits), "%lld", (long long)n));
}

static void add_value(struct writing *out, int depth) {
    size_t len;
    const char *text;
    switch (lua_type(out->L, -1)) {
    case LUA_TBOOLEAN:
        text = lua_toboolean(out->L, -1) ? "true" : "false";
        add(out, text, strlen(text));
        break;
    case LUA_TNUMBER:
        add_number(out);
        break;
    case LUA_TSTRING:
        text = lua_tolstring(out->L, -1, &len);
        script_charge(out->L, len);
        add_text(out, mx_str_n(text, len));
        break;
    case LUA_TTABLE:
        add_table(out, depth);
        break;
    case LUA_TNIL:
        add(out, "null", 4);
        break;
    default:
        refuse(out, "is a function, which is no data");
    }
}

struct mx_str script_json_write(lua_State *L, int index, const char *noun) {
    struct writing out = {L, noun, NULL, 0, ""};
    size_t len;
    const char *text;
    index = lua_absindex(L, index);
    out.to = lua_newuserdatauv(L, SCRIPT_JSON_MAX, 0);
    lua_pushvalue(L, index);
    add_value(&out, 0);
    lua_pop(L, 1);
    text = lua_pushlstring(L, out.to, out.len);
    lua_remove(L, -2);
    len = out.len;
    return mx_str_n(text, len);
}
