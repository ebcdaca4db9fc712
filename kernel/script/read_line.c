/* On which line of a file a key stands, so that a mistake is shown where it was made and not where its rule begins. */
#include "script/lint_scan.h"

static int is_kind(const struct script_word *word) {
    int i;
    for (i = 0; i < SCRIPT_KINDS; i++) {
        if (mx_str_is(mx_str_n(word->ptr, word->len), script_kinds[i].word)) return 1;
    }
    return 0;
}

/* The line of `key =` among the lines from `first` on, up to the next declaration; 0 when it is not there, or more than once. */
static int line_in(struct mx_str text, int first, const char *key) {
    struct script_word word = {NULL, 0, 0}, follows = {NULL, 0, 0};
    struct script_scan scan;
    int found = 0, declarations = 0;
    char token;
    script_scan_begin(&scan, text);
    while ((token = script_scan_next(&scan, &word)) != 0) {
        struct script_scan behind = scan;
        if (token != 'a' || word.line < first) continue;
        token = script_scan_next(&behind, &follows);
        if (is_kind(&word) && (token == '{' || token == '(' || token == '"') && declarations++) break;
        if (token != '=' || !mx_str_is(mx_str_n(word.ptr, word.len), key)) continue;
        if (found) return 0;
        found = word.line;
    }
    return found;
}

int script_key_line(lua_State *L, const char *key, const char **file) {
    const struct script_state *state = script_state_of(L);
    const struct script_source *source;
    lua_Debug at;
    memset(&at, 0, sizeof(at));
    if (!state->loading || !lua_getstack(L, 1, &at) || !lua_getinfo(L, "l", &at) || at.currentline <= 0) return 0;
    source = &state->set->sources[state->source_now];
    *file = source->name.ptr;
    return line_in(source->text, at.currentline, key);
}
