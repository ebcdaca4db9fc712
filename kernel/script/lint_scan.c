/* Rule files as tokens. Lua has taken the text already, so it is well formed here. */
#include <ctype.h>

#include "script/lint_scan.h"

static int is_name(char c) { return isalnum((unsigned char)c) || c == '_'; }

/* Level of the long bracket at `at` ("[[", "[==["), or -1. */
static int long_level(const struct script_scan *scan, const char *at) {
    int level = 0;
    if (at >= scan->end || *at++ != '[') return -1;
    while (at < scan->end && *at == '=') at++, level++;
    return at < scan->end && *at == '[' ? level : -1;
}

static void skip_long(struct script_scan *scan, int level) {
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

static void skip_quoted(struct script_scan *scan) {
    char quote = *scan->at++;
    for (; scan->at < scan->end && *scan->at != quote; scan->at++) {
        if (*scan->at == '\n') scan->line++;
        if (*scan->at != '\\' || scan->at + 1 >= scan->end) continue;
        scan->at++;
        if (*scan->at == '\n') scan->line++;
    }
    if (scan->at < scan->end) scan->at++;
}

static void skip_number(struct script_scan *scan) {
    while (scan->at < scan->end &&
           (is_name(*scan->at) || *scan->at == '.' || ((*scan->at == '+' || *scan->at == '-') && strchr("eEpP", scan->at[-1]) != NULL)))
        scan->at++;
}

static void begin(const struct script_scan *scan, struct script_word *word) {
    word->ptr = scan->at;
    word->line = scan->line;
}

static char end(const struct script_scan *scan, struct script_word *word, char kind) {
    word->len = (uint32_t)(scan->at - word->ptr);
    return kind;
}

char script_scan_next(struct script_scan *scan, struct script_word *word) {
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
        if (level < 0) break;
        begin(scan, word);
        skip_long(scan, level);
        return end(scan, word, '"');
    }
    begin(scan, word);
    if (*scan->at == '"' || *scan->at == '\'') {
        skip_quoted(scan);
        return end(scan, word, '"');
    }
    if (isdigit((unsigned char)*scan->at) || (*scan->at == '.' && scan->at + 1 < scan->end && isdigit((unsigned char)scan->at[1]))) {
        skip_number(scan);
        return end(scan, word, '0');
    }
    if (is_name(*scan->at)) {
        while (scan->at < scan->end && is_name(*scan->at)) scan->at++;
        return end(scan, word, 'a');
    }
    scan->at++;
    return end(scan, word, word->ptr[0]);
}

void script_scan_begin(struct script_scan *scan, struct mx_str text) {
    scan->at = text.ptr;
    scan->end = text.ptr + text.len;
    scan->line = 1;
    if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0) scan->at += 3;
    if (scan->at < scan->end && *scan->at == '#') /* Lua passes over a first line that begins so */
        while (scan->at < scan->end && *scan->at != '\n') scan->at++;
}
