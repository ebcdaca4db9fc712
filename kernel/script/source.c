/* From the text of a file to running code. Source text only. */
#include <stdlib.h>

#include "base/text.h"
#include "script/internal.h"

static int is_digit(char c) { return c >= '0' && c <= '9'; }

/* 1 when the escape that starts at text[i] (the backslash) means a NUL byte. */
static int escape_is_nul(struct mx_str text, uint32_t i) {
    uint32_t at = i + 1, digits = 0;
    int value = 0;
    if (at >= text.len) return 0;
    if (text.ptr[at] == 'x') return at + 2 < text.len && text.ptr[at + 1] == '0' && text.ptr[at + 2] == '0';
    if (text.ptr[at] == 'u') {
        if (++at >= text.len || text.ptr[at] != '{') return 0;
        for (at++; at < text.len && text.ptr[at] == '0'; at++) digits++;
        return digits > 0 && at < text.len && text.ptr[at] == '}';
    }
    for (; digits < 3 && at < text.len && is_digit(text.ptr[at]); at++, digits++) value = value * 10 + (text.ptr[at] - '0');
    return digits > 0 && value == 0;
}

/* NUL bytes are kept out because Lua compares texts piece by piece between them: a thousand times slower than it counts.
 * Backslashes are read in pairs from the start of each run of them, as Lua does within quotes. */
int script_source_has_nul(struct mx_str text, int *line) {
    uint32_t i;
    *line = 1;
    for (i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n') ++*line;
        if (text.ptr[i] == '\0') return 1;
        if (text.ptr[i] != '\\') continue;
        if (escape_is_nul(text, i)) return 1;
        if (i + 1 < text.len && text.ptr[i + 1] == '\\') i++;
    }
    return 0;
}

static const char *give_text(lua_State *L, void *arg, size_t *len) {
    struct mx_str *rest = arg;
    const char *text = rest->ptr;
    (void)L;
    *len = rest->len;
    rest->len = 0;
    return *len ? text : NULL;
}

void script_run_source(lua_State *L, const struct script_source *source) {
    struct script_state *state = script_state_of(L);
    struct mx_str rest = source->text;
    int line;
    if (rest.len >= 3 && memcmp(rest.ptr, "\xef\xbb\xbf", 3) == 0) rest = mx_str_n(rest.ptr + 3, rest.len - 3);
    if (rest.len && rest.ptr[0] == '\x1b') luaL_error(L, "%s: this is not text: rule files are read as Lua source only", source->name.ptr);
    if (!base_utf8_valid(rest)) luaL_error(L, "%s: this is not UTF-8 text", source->name.ptr);
    if (script_source_has_nul(rest, &line)) luaL_error(L, "%s:%d: a text may not hold the byte 0", source->name.ptr, line);
    if (lua_load(L, give_text, &rest, lua_pushfstring(L, "@%s", source->name.ptr), "t") != LUA_OK) lua_error(L);
    script_names_check(L, source->text, source->name.ptr);
    script_budget_begin(state);
    lua_call(L, 0, 0);
    script_budget_end(state);
    lua_pop(L, 1);
}
