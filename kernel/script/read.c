/* Reading tables that scripts made: strictly, with words that help. */
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "script/internal.h"

int script_complain(const struct script_reader *reader, const char *format, ...) {
    char message[300];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    return luaL_error(reader->L, "%s%s: %s", reader->place, reader->what, message);
}

unsigned script_distance(const char *a, const char *b) {
    unsigned rows[3][33], i, j, best;
    size_t la = strlen(a), lb = strlen(b);
    if (la > 32 || lb > 32) return 3;
    for (j = 0; j <= lb; j++) rows[0][j] = j;
    for (i = 1; i <= la; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (j = 1; j <= lb; j++) {
            best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two_above[j - 2] + 1 < best)
                best = two_above[j - 2] + 1; /* two letters changed places */
            row[j] = best;
        }
    }
    return rows[la % 3][lb];
}

static int is_known(const char *key, const char *const *known) {
    for (; *known; known++) {
        if (strcmp(key, *known) == 0) return 1;
    }
    return 0;
}

const char *script_nearest(const char *word, const char *const *known) {
    const char *near = NULL;
    unsigned best = 3, d;
    for (; *known; known++) {
        d = script_distance(word, *known);
        if (d < best) {
            best = d;
            near = *known;
        }
    }
    return near;
}

/* As the kernel's own texts: no controls, also not those of Unicode that steer lines and the direction of what is shown. */
int script_text_steers(const char *at, const char *end) {
    const unsigned char *c = (const unsigned char *)at;
    if (c[0] < 0x20 || c[0] == 0x7f) return 1;
    if (c[0] == 0xc2) return end - at > 1 && c[1] < 0xa0;
    if (c[0] != 0xe2 || end - at < 3) return 0;
    return (c[1] == 0x80 && c[2] >= 0xa8 && c[2] <= 0xae) || (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
}

int script_text_clean(struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++) {
        if (script_text_steers(text.ptr + i, text.ptr + text.len)) return 0;
    }
    return base_utf8_valid(text);
}

static void refuse_key(const struct script_reader *reader, const char *key, const char *const *known) {
    const char *near = script_nearest(key, known), *file = "";
    int line;
    if (!script_text_clean(mx_str_of(key))) script_complain(reader, "a key holds bytes that are no readable UTF-8 text");
    line = script_key_line(reader->L, key, &file);
    if (line == 0) { /* said with the line where the rule begins */
        if (near != NULL) script_complain(reader, "the key '%s' is not known; did you mean '%s'?", key, near);
        script_complain(reader, "the key '%s' is not known", key);
    }
    lua_pushfstring(reader->L, "%s:%d: %s: the key '%s' is not known", file, line, reader->what, key);
    if (near != NULL) lua_pushfstring(reader->L, "%s; did you mean '%s'?", lua_tostring(reader->L, -1), near);
    lua_error(reader->L);
}

void script_read_known(const struct script_reader *reader, const char *const *known) {
    lua_State *L = reader->L;
    const char *worst = NULL;
    lua_pushnil(L);
    while (lua_next(L, reader->table)) {
        const char *key;
        if (lua_type(L, -2) != LUA_TSTRING) script_complain(reader, "every entry needs a name, like id = \"...\"");
        key = lua_tostring(L, -2);
        if (!is_known(key, known) && (worst == NULL || strcmp(key, worst) < 0)) worst = key; /* always name the same one */
        lua_pop(L, 1);
    }
    if (worst != NULL) refuse_key(reader, worst, known);
}

int script_read_int(const struct script_reader *reader, const char *key, int64_t min, int64_t max, int64_t *out) {
    lua_State *L = reader->L;
    int type;
    int64_t value;
    lua_pushstring(L, key);
    type = lua_rawget(L, reader->table);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return 0;
    }
    if (type != LUA_TNUMBER) script_complain(reader, "%s must be a whole number, not a %s", key, lua_typename(L, type));
    if (!lua_isinteger(L, -1)) {
        script_complain(reader, "%s must be a whole number, but it is the fraction %s; use // or money.muldiv to divide", key,
                        lua_tostring(L, -1));
    }
    value = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (value < min || value > max) {
        script_complain(reader, "%s must be between %lld and %lld, not %lld", key, (long long)min, (long long)max, (long long)value);
    }
    *out = value;
    return 1;
}

int script_read_text(const struct script_reader *reader, const char *key, uint32_t max, struct mx_str *out) {
    lua_State *L = reader->L;
    size_t len;
    int type;
    lua_pushstring(L, key);
    type = lua_rawget(L, reader->table);
    if (type == LUA_TNIL) {
        lua_pop(L, 1);
        return 0;
    }
    if (type != LUA_TSTRING) script_complain(reader, "%s must be a text in quotes, not a %s", key, lua_typename(L, type));
    out->ptr = lua_tolstring(L, -1, &len);
    out->len = (uint32_t)len;
    lua_pop(L, 1);
    if (len == 0) script_complain(reader, "%s may not be empty", key);
    if (len > max) script_complain(reader, "%s is longer than %u bytes", key, max);
    if (!script_text_clean(*out)) script_complain(reader, "%s holds bytes that are no readable UTF-8 text", key);
    return 1;
}

int script_read_has(const struct script_reader *reader, const char *key) {
    int type;
    lua_pushstring(reader->L, key);
    type = lua_rawget(reader->L, reader->table);
    lua_pop(reader->L, 1);
    return type != LUA_TNIL;
}

int script_read_true(const struct script_reader *reader, const char *key) {
    lua_State *L = reader->L;
    int there, yes;
    lua_pushstring(L, key);
    there = lua_rawget(L, reader->table) != LUA_TNIL;
    yes = lua_isboolean(L, -1) && lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (there && !yes) script_complain(reader, "%s is true, or left out", key);
    return there;
}

static void inner_begin(const struct script_reader *outer, const char *name, struct script_inner *inner) {
    inner->reader = *outer;
    snprintf(inner->what, sizeof(inner->what), "%s: %s", outer->what, name);
    inner->reader.what = inner->what;
    script_thaw(outer->L, -1);
    inner->reader.table = lua_gettop(outer->L);
}

int script_enter(const struct script_reader *outer, const char *key, const char *shape, struct script_inner *inner) {
    lua_State *L = outer->L;
    luaL_checkstack(L, 8, NULL);
    lua_pushstring(L, key);
    if (lua_rawget(L, outer->table) == LUA_TNIL) {
        lua_pop(L, 1);
        return 0;
    }
    if (!lua_istable(L, -1)) script_complain(outer, "%s must be a table, like %s", key, shape);
    inner_begin(outer, key, inner);
    return 1;
}

void script_enter_item(const struct script_reader *outer, uint32_t i, const char *shape, struct script_inner *inner) {
    char name[16];
    luaL_checkstack(outer->L, 8, NULL);
    lua_rawgeti(outer->L, outer->table, (lua_Integer)i);
    if (!lua_istable(outer->L, -1)) script_complain(outer, "entry %u must be a table, like %s", i, shape);
    snprintf(name, sizeof(name), "entry %u", i);
    inner_begin(outer, name, inner);
}

uint32_t script_list_count(const struct script_reader *reader, const char *const *keys, uint32_t min, uint32_t max) {
    lua_State *L = reader->L;
    static const char *const no_keys[] = {NULL};
    uint32_t count = 0;
    const char *worst = NULL;
    lua_pushnil(L);
    while (lua_next(L, reader->table)) {
        lua_pop(L, 1);
        if (lua_isinteger(L, -1)) {
            count++;
        } else if (lua_type(L, -1) != LUA_TSTRING) {
            script_complain(reader, "this is a list: its entries have no names of their own");
        } else if (keys == NULL || !is_known(lua_tostring(L, -1), keys)) {
            if (worst == NULL || strcmp(lua_tostring(L, -1), worst) < 0) worst = lua_tostring(L, -1);
        }
        if (count > max) script_complain(reader, "there are more than %u entries", max);
    }
    if (worst != NULL && (keys != NULL || !script_text_clean(mx_str_of(worst)))) refuse_key(reader, worst, keys ? keys : no_keys);
    if (worst != NULL) script_complain(reader, "this is a list of tables, so '%s' needs braces around it", worst);
    if (count < min) script_complain(reader, "there must be at least %u entr%s", min, min == 1 ? "y" : "ies");
    if (count != (uint32_t)lua_rawlen(L, reader->table)) script_complain(reader, "the list has holes: an entry is nil");
    return count;
}
