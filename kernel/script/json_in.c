/* JSON text of the shop as Lua tables that can only be read, with the fields that its type declares.
 *
 * The text comes from the kernel, which wrote it; so this reader is short, but it trusts nothing. */
#include "script/internal.h"

struct reading {
    lua_State *L;
    const char *at, *end;
    const char *noun;
};

static void fail(const struct reading *in) { luaL_error(in->L, "%s cannot be read: its JSON is damaged", in->noun); }

static char next_char(struct reading *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\t' || *in->at == '\r')) in->at++;
    if (in->at == in->end) fail(in);
    return *in->at;
}

static void expect(struct reading *in, char c) {
    if (next_char(in) != c) fail(in);
    in->at++;
}

static unsigned hex4(struct reading *in) {
    unsigned value = 0, i;
    if (in->end - in->at < 4) fail(in);
    for (i = 0; i < 4; i++) {
        char c = *in->at++;
        unsigned digit = c >= '0' && c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20u) - 'a' + 10;
        if (digit > 15) fail(in);
        value = value * 16 + digit;
    }
    return value;
}

static char *put_utf8(char *to, unsigned c) {
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | (c >> 6));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        *to++ = (char)(0xe0 | (c >> 12));
        *to++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    } else {
        *to++ = (char)(0xf0 | (c >> 18));
        *to++ = (char)(0x80 | ((c >> 12) & 0x3f));
        *to++ = (char)(0x80 | ((c >> 6) & 0x3f));
        *to++ = (char)(0x80 | (c & 0x3f));
    }
    return to;
}

static char *put_escape(struct reading *in, char *to) {
    static const char from[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char *found;
    unsigned c;
    if (in->at == in->end) fail(in);
    found = memchr(from, *in->at, sizeof(from) - 1);
    if (found != NULL) {
        in->at++;
        *to++ = meant[found - from];
        return to;
    }
    if (*in->at++ != 'u') fail(in);
    c = hex4(in);
    if (c >= 0xd800 && c < 0xdc00) {
        if (in->end - in->at < 6 || in->at[0] != '\\' || in->at[1] != 'u') fail(in);
        in->at += 2;
        c = 0x10000 + ((c - 0xd800) << 10) + ((hex4(in) - 0xdc00) & 0x3ff);
    }
    if (c == 0) luaL_error(in->L, "%s holds a text with the byte 0", in->noun);
    return put_utf8(to, c);
}

static void push_text(struct reading *in) {
    const char *start;
    char *copy, *to;
    expect(in, '"');
    start = in->at;
    while (in->at < in->end && *in->at != '"' && *in->at != '\\') in->at++;
    if (in->at < in->end && *in->at == '"') {
        lua_pushlstring(in->L, start, (size_t)(in->at++ - start));
        return;
    }
    while (in->at < in->end && *in->at != '"') in->at += *in->at == '\\' ? 2 : 1;
    if (in->at >= in->end) fail(in);
    copy = lua_newuserdatauv(in->L, (size_t)(in->at - start), 0); /* escapes only become shorter */
    for (in->at = start, to = copy; *in->at != '"';) {
        if (*in->at != '\\') {
            *to++ = *in->at++;
            continue;
        }
        in->at++;
        to = put_escape(in, to);
    }
    in->at++;
    lua_pushlstring(in->L, copy, (size_t)(to - copy));
    lua_remove(in->L, -2);
}

static void push_number(struct reading *in) {
    int negative = *in->at == '-';
    int64_t value = 0;
    in->at += negative;
    if (in->at == in->end || *in->at < '0' || *in->at > '9') fail(in);
    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++) {
        if (value > MX_INT_MAX / 10) fail(in);
        value = value * 10 + (*in->at - '0');
    }
    lua_pushinteger(in->L, negative ? -value : value);
}

static void push_word(struct reading *in, const char *word) {
    size_t len = strlen(word);
    if ((size_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0) fail(in);
    in->at += len;
    if (*word == 'n')
        lua_pushnil(in->L);
    else
        lua_pushboolean(in->L, *word == 't');
}

static const struct mx_field *field_named(const struct mx_type *type, const char *name) {
    uint32_t i;
    for (i = 0; type && i < type->field_count; i++) {
        const struct mx_field *field = mx_type_field(type, i);
        if (strcmp(field->name, name) == 0) return field;
    }
    return NULL;
}

/* Freeze the table on top, which knows the fields of its type, or those that it has. */
static void dress(struct reading *in, const struct mx_type *type) {
    lua_State *L = in->L;
    uint32_t i;
    lua_newtable(L);
    for (i = 0; type && i < type->field_count; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, mx_type_field(type, i)->name);
    }
    if (type == NULL) {
        lua_pushnil(L);
        while (lua_next(L, -3)) {
            lua_pop(L, 1);
            lua_pushvalue(L, -1);
            lua_pushboolean(L, 1);
            lua_rawset(L, -4);
        }
    }
    script_fields_meta(L, in->noun, type == NULL);
    lua_setmetatable(L, -2);
    script_freeze(L, -1);
    lua_remove(L, -2);
}

static void push_value(struct reading *in, const struct mx_type *type, int is_map, int depth);

static void push_object(struct reading *in, const struct mx_type *type, int is_map, int depth) {
    lua_State *L = in->L;
    expect(in, '{');
    lua_newtable(L);
    while (next_char(in) != '}') {
        const struct mx_field *field;
        push_text(in);
        field = field_named(type, lua_tostring(L, -1));
        expect(in, ':');
        push_value(in, field ? field->type : NULL, field && field->kind == MX_KIND_MAP, depth + 1);
        if (lua_isnil(L, -1))
            lua_pop(L, 2);
        else
            lua_rawset(L, -3);
        if (next_char(in) == ',') in->at++;
    }
    in->at++;
    if (!is_map) {
        dress(in, type);
        return;
    }
    script_freeze(L, -1);
    lua_remove(L, -2);
}

static void push_array(struct reading *in, const struct mx_type *type, int depth) {
    lua_State *L = in->L;
    lua_Integer n = 0;
    expect(in, '[');
    lua_newtable(L);
    while (next_char(in) != ']') {
        push_value(in, type, 0, depth + 1);
        lua_rawseti(L, -2, ++n);
        if (next_char(in) == ',') in->at++;
    }
    in->at++;
    script_freeze(L, -1);
    lua_remove(L, -2);
}

static void push_value(struct reading *in, const struct mx_type *type, int is_map, int depth) {
    if (depth > SCRIPT_JSON_DEPTH) luaL_error(in->L, "%s is nested too deeply", in->noun);
    luaL_checkstack(in->L, 12, NULL);
    switch (next_char(in)) {
    case '{':
        push_object(in, type, is_map, depth);
        break;
    case '[':
        push_array(in, type, depth);
        break;
    case '"':
        push_text(in);
        break;
    case 't':
        push_word(in, "true");
        break;
    case 'f':
        push_word(in, "false");
        break;
    case 'n':
        push_word(in, "null");
        break;
    default:
        push_number(in);
        break;
    }
}

void script_json_push(lua_State *L, struct mx_str json, const struct mx_type *type, const char *noun) {
    struct reading in = {L, json.ptr, json.ptr + json.len, noun};
    if (json.len > SCRIPT_JSON_IN_MAX) luaL_error(L, "%s is longer than %d KB", noun, (int)(SCRIPT_JSON_IN_MAX / 1024));
    script_charge(L, json.len * 4);
    push_value(&in, type, 0, 0);
    if (in.at != in.end) fail(&in);
}
