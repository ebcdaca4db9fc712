/* Names that nobody declared, found when a file is loaded and not when a sale comes by.
 *
 * Lua has taken the text already, so it is well formed here. A name that is declared anywhere in the file counts as known: what
 * this finds is certainly wrong, what it misses is found when it runs. */
#include <ctype.h>

#include "script/internal.h"

#define NAMES_MAX 2000
#define SLOTS     4096 /* of the table of names; a power of two above NAMES_MAX */

struct word {
    const char *ptr;
    uint32_t len;
    int line;
};

struct scan {
    lua_State *L;
    const char *at, *end;
    int line;
    struct word *declared; /* SLOTS of them, found by hash; ptr NULL = free */
    uint32_t declared_count;
};

static int is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Level of the long bracket at `at` ("[[", "[==["), or -1. */
static int long_level(const struct scan *scan, const char *at) {
    int level = 0;
    if (at >= scan->end || *at++ != '[') return -1;
    while (at < scan->end && *at == '=') at++, level++;
    return at < scan->end && *at == '[' ? level : -1;
}

static void skip_long(struct scan *scan, int level) {
    scan->at += level + 2;
    for (; scan->at < scan->end; scan->at++) {
        int k;
        if (*scan->at == '\n') scan->line++;
        if (*scan->at != ']') continue;
        for (k = 0; scan->at + 1 + k < scan->end && k < level && scan->at[1 + k] == '='; k++) {
        }
        if (k == level && scan->at + 1 + k < scan->end && scan->at[1 + k] == ']') {
            scan->at += level + 2;
            return;
        }
    }
}

static void skip_quoted(struct scan *scan) {
    char quote = *scan->at++;
    for (; scan->at < scan->end && *scan->at != quote; scan->at++) {
        if (*scan->at == '\n') scan->line++;
        if (*scan->at != '\\' || scan->at + 1 >= scan->end) continue;
        scan->at++;
        if (*scan->at == '\n') scan->line++;
    }
    if (scan->at < scan->end) scan->at++;
}

static void skip_number(struct scan *scan) {
    while (scan->at < scan->end &&
           (is_name(*scan->at) || *scan->at == '.' || ((*scan->at == '+' || *scan->at == '-') && strchr("eEpP", scan->at[-1]) != NULL)))
        scan->at++;
}

/* The next token: its first character, 'a' for names and keywords (*word), '0' for numbers and texts, 0 at the end. */
static char next_token(struct scan *scan, struct word *word) {
    for (;;) {
        int level;
        if (scan->at >= scan->end) return 0;
        if (isspace((unsigned char)*scan->at)) {
            if (*scan->at++ == '\n') scan->line++;
            continue;
        }
        if (scan->at + 1 < scan->end && scan->at[0] == '-' && scan->at[1] == '-') {
            scan->at += 2;
            level = long_level(scan, scan->at);
            if (level >= 0)
                skip_long(scan, level);
            else
                while (scan->at < scan->end && *scan->at != '\n') scan->at++;
            continue;
        }
        level = long_level(scan, scan->at);
        if (level >= 0) {
            skip_long(scan, level);
            return '0';
        }
        break;
    }
    if (*scan->at == '"' || *scan->at == '\'') {
        skip_quoted(scan);
        return '0';
    }
    if (isdigit((unsigned char)*scan->at) || (*scan->at == '.' && scan->at + 1 < scan->end && isdigit((unsigned char)scan->at[1]))) {
        skip_number(scan);
        return '0';
    }
    if (is_name(*scan->at)) {
        word->ptr = scan->at;
        word->line = scan->line;
        while (scan->at < scan->end && is_name(*scan->at)) scan->at++;
        word->len = (uint32_t)(scan->at - word->ptr);
        return 'a';
    }
    return *scan->at++;
}

static int is_word(const struct word *word, const char *text) { return mx_str_is(mx_str_n(word->ptr, word->len), text); }

static int is_keyword(const struct word *word) {
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
static struct word *slot_of(const struct scan *scan, const struct word *word) {
    uint32_t hash = 2166136261u, i;
    for (i = 0; i < word->len; i++) hash = (hash ^ (unsigned char)word->ptr[i]) * 16777619u;
    for (i = hash;; i++) {
        struct word *slot = &scan->declared[i & (SLOTS - 1)];
        if (slot->ptr == NULL || (slot->len == word->len && memcmp(slot->ptr, word->ptr, word->len) == 0)) return slot;
    }
}

static int is_declared(const struct scan *scan, const struct word *word) { return slot_of(scan, word)->ptr != NULL; }

static void add(struct scan *scan, const struct word *word) {
    struct word *slot = slot_of(scan, word);
    if (slot->ptr != NULL) return;
    if (scan->declared_count++ == NAMES_MAX) luaL_error(scan->L, "this file declares more than %d names: split it into several", NAMES_MAX);
    *slot = *word;
}

/* What follows `local`, `for` and `function`: names up to the first token that is neither a name nor a comma. */
static void collect(struct scan *scan) {
    struct word word = {NULL, 0, 0};
    char token;
    while ((token = next_token(scan, &word)) != 0) {
        int is_function;
        if (token != 'a' || !(is_word(&word, "local") || is_word(&word, "for") || is_word(&word, "function"))) continue;
        is_function = is_word(&word, "function");
        for (;;) {
            const char *before = scan->at;
            int line = scan->line;
            token = next_token(scan, &word);
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
                next_token(scan, &word);
                next_token(scan, &word);
                continue;
            }
            scan->at = before;
            scan->line = line;
            break;
        }
    }
}

static int is_given(const struct word *word) {
    const char *given;
    uint32_t i;
    for (i = 0; (given = script_global(i)) != NULL; i++) {
        if (is_word(word, given)) return 1;
    }
    return 0;
}

static void refuse(struct scan *scan, const struct word *word, const char *file) {
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
    struct word word = {NULL, 0, 0}, follows = {NULL, 0, 0};
    char token, before = 0;
    int label = 0;
    while ((token = next_token(scan, &word)) != 0) {
        const char *at = scan->at;
        int line = scan->line;
        char next;
        if (token != 'a') {
            if (token == ':' && at < scan->end && *at == ':') label = 1;
            before = token == '.' && at < scan->end && *at == '.' ? 0 : token; /* ".." joins, it names no field */
            if (token == '.' && before == 0)
                while (scan->at < scan->end && *scan->at == '.') scan->at++;
            continue;
        }
        if (is_keyword(&word)) {
            label = is_word(&word, "goto");
            before = 0;
            continue;
        }
        next = next_token(scan, &follows);
        if (next == '=' && scan->at < scan->end && *scan->at == '=') next = 'x';
        scan->at = at;
        scan->line = line;
        if (before != '.' && before != ':' && !label && next != '=' && !(before == '<' && next == '>') && !is_declared(scan, &word)) {
            if (!is_given(&word)) refuse(scan, &word, file);
        }
        label = 0;
        before = 0;
    }
}

/* A file that makes globals of its own is left to find out for itself. */
static int own_env(const struct scan *scan) { return memmem(scan->at, (size_t)(scan->end - scan->at), "_ENV", 4) != NULL; }

void script_names_check(lua_State *L, struct mx_str text, const char *file) {
    struct scan scan = {L, text.ptr, text.ptr + text.len, 1, NULL, 0};
    int top = lua_gettop(L);
    if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0) scan.at += 3;
    if (scan.at < scan.end && *scan.at == '#') /* Lua passes over a first line that begins so */
        while (scan.at < scan.end && *scan.at != '\n') scan.at++;
    scan.declared = lua_newuserdatauv(L, SLOTS * sizeof(*scan.declared), 0);
    memset(scan.declared, 0, SLOTS * sizeof(*scan.declared));
    collect(&scan);
    scan.at = text.ptr + (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    if (scan.at < scan.end && *scan.at == '#')
        while (scan.at < scan.end && *scan.at != '\n') scan.at++;
    scan.line = 1;
    if (!own_env(&scan)) check(&scan, file);
    lua_settop(L, top);
}
