/* Names that nobody declared, found when a file is loaded and not when a sale comes by.
 *
 * Lua has taken the text already, so it is well formed here. A name that is declared anywhere in the file counts as known: what
 * this finds is certainly wrong, what it misses is found when it runs. */
#include "script/lint_scan.h"

#define NAMES_MAX 2000
#define SLOTS     4096 /* of the table of names; a power of two above NAMES_MAX */

struct scan {
    lua_State *L;
    struct script_scan text;
    struct script_word *declared; /* SLOTS of them, found by hash; ptr NULL = free */
    uint32_t declared_count;
};

static int is_word(const struct script_word *word, const char *text) { return mx_str_is(mx_str_n(word->ptr, word->len), text); }

static int is_keyword(const struct script_word *word) {
    static const char *const keywords[] = {"and",      "break",  "do",   "else", "elseif", "end",   "false", "for",
                                           "function", "goto",   "if",   "in",   "local",  "nil",   "not",   "or",
                                           "repeat",   "return", "then", "true", "until",  "while", NULL};
    int i;
    for (i = 0; keywords[i]; i++) {
        if (is_word(word, keywords[i])) return 1;
    }
    return 0;
}

/* The slot of the name, or the free one where it belongs. */
static struct script_word *slot_of(const struct scan *scan, const struct script_word *word) {
    uint32_t hash = 2166136261u, i;
    for (i = 0; i < word->len; i++) hash = (hash ^ (unsigned char)word->ptr[i]) * 16777619u;
    for (i = hash;; i++) {
        struct script_word *slot = &scan->declared[i & (SLOTS - 1)];
        if (slot->ptr == NULL || (slot->len == word->len && memcmp(slot->ptr, word->ptr, word->len) == 0)) return slot;
    }
}

static int is_declared(const struct scan *scan, const struct script_word *word) { return slot_of(scan, word)->ptr != NULL; }

static void add(struct scan *scan, const struct script_word *word) {
    struct script_word *slot = slot_of(scan, word);
    if (slot->ptr != NULL) return;
    if (scan->declared_count++ == NAMES_MAX) luaL_error(scan->L, "this file declares more than %d names: split it into several", NAMES_MAX);
    *slot = *word;
}

/* What follows `local`, `for` and `function`: names up to the first token that is neither a name nor a comma. */
static void collect(struct scan *scan) {
    struct script_word word = {NULL, 0, 0};
    char token;
    while ((token = script_scan_next(&scan->text, &word)) != 0) {
        int is_function;
        if (token != 'a' || !(is_word(&word, "local") || is_word(&word, "for") || is_word(&word, "function"))) continue;
        is_function = is_word(&word, "function");
        for (;;) {
            const char *before = scan->text.at;
            int line = scan->text.line;
            token = script_scan_next(&scan->text, &word);
            if (token == 'a' && is_word(&word, "function")) {
                is_function = 1; /* local function f(...) */
                continue;
            }
            if (token == 'a' && !is_keyword(&word)) {
                add(scan, &word);
                continue;
            }
            if (token == ',' || (is_function && (token == '(' || token == '.' || token == ':'))) continue;
            if (token == '<') { /* local x <const> */
                script_scan_next(&scan->text, &word);
                script_scan_next(&scan->text, &word);
                continue;
            }
            scan->text.at = before;
            scan->text.line = line;
            break;
        }
    }
}

static int is_given(const struct script_word *word) {
    const char *given;
    uint32_t i;
    for (i = 0; (given = script_global(i)) != NULL; i++) {
        if (is_word(word, given)) return 1;
    }
    return 0;
}

static void refuse(struct scan *scan, const struct script_word *word, const char *file) {
    const char *name = lua_pushlstring(scan->L, word->ptr, word->len), *near = NULL, *given;
    unsigned best = strlen(name) < 5 ? 2 : 3;
    uint32_t i;
    for (i = 0; (given = script_global(i)) != NULL; i++) {
        if (script_distance(name, given) >= best) continue;
        best = script_distance(name, given);
        near = given;
    }
    for (i = 0; near == NULL && strlen(name) > 2 && i < SLOTS; i++) {
        if (scan->declared[i].ptr == NULL || scan->declared[i].len < 3) continue;
        near = lua_pushlstring(scan->L, scan->declared[i].ptr, scan->declared[i].len);
        if (script_distance(name, near) < best) continue;
        near = NULL;
        lua_pop(scan->L, 1);
    }
    if (near != NULL) luaL_error(scan->L, "%s:%d: there is no '%s' in rule files; did you mean '%s'?", file, word->line, name, near);
    luaL_error(scan->L, "%s:%d: there is no '%s' in rule files (a name of your own needs a 'local' line above)", file, word->line, name);
}

/* A name counts when it is neither a field (.name, :name), nor a key or the target of an assignment (name =), nor a label. */
static void check(struct scan *scan, const char *file) {
    struct script_word word = {NULL, 0, 0}, follows = {NULL, 0, 0};
    char token, before = 0;
    int label = 0;
    while ((token = script_scan_next(&scan->text, &word)) != 0) {
        const char *at = scan->text.at;
        int line = scan->text.line;
        char next;
        if (token != 'a') {
            if (token == ':' && at < scan->text.end && *at == ':') label = 1;
            before = token == '.' && at < scan->text.end && *at == '.' ? 0 : token; /* ".." joins, it names no field */
            if (token == '.' && before == 0)
                while (scan->text.at < scan->text.end && *scan->text.at == '.') scan->text.at++;
            continue;
        }
        if (is_keyword(&word)) {
            label = is_word(&word, "goto");
            before = 0;
            continue;
        }
        next = script_scan_next(&scan->text, &follows);
        if (next == '=' && scan->text.at < scan->text.end && *scan->text.at == '=') next = 'x';
        scan->text.at = at;
        scan->text.line = line;
        if (before != '.' && before != ':' && !label && next != '=' && !(before == '<' && next == '>') && !is_declared(scan, &word)) {
            if (!is_given(&word)) refuse(scan, &word, file);
        }
        label = 0;
        before = 0;
    }
}

/* A file that makes globals of its own is left to find out for itself. */
static int own_env(const struct scan *scan) { return memmem(scan->text.at, (size_t)(scan->text.end - scan->text.at), "_ENV", 4) != NULL; }

void script_names_check(lua_State *L, struct mx_str text, const char *file) {
    struct scan scan = {L, {NULL, NULL, 1}, NULL, 0};
    int top = lua_gettop(L);
    scan.declared = lua_newuserdatauv(L, SLOTS * sizeof(*scan.declared), 0);
    memset(scan.declared, 0, SLOTS * sizeof(*scan.declared));
    script_scan_begin(&scan.text, text);
    collect(&scan);
    script_scan_begin(&scan.text, text);
    if (!own_env(&scan)) check(&scan, file);
    lua_settop(L, top);
}
