/* Reading what scripts declare and answer: strictly, with words that help. */
#ifndef SCRIPT_READ_H
#define SCRIPT_READ_H

#include <lua.h>

#include "merx/types.h"

/* A table on the stack that is being read. Every function raises with place and what, in plain words. */
struct script_reader {
    lua_State *L;
    int table;
    const char *place; /* "file:line: " when Lua cannot say it itself, otherwise "" */
    const char *what;  /* e.g. "promotion 'tea-3-for-2'" */
};

/* Raise "<place><what>: <message>". */
int script_complain(const struct script_reader *reader, const char *format, ...) MX_PRINTF(2, 3);

/* Refuse keys that are not in `known` (ends with NULL). */
void script_read_known(const struct script_reader *reader, const char *const *known);

/* A whole number within min..max: 1, or 0 when it is absent. */
int script_read_int(const struct script_reader *reader, const char *key, int64_t min, int64_t max, int64_t *out);

/* A text of 1..max bytes of clean UTF-8, lent from the table: 1, or 0 when it is absent. */
int script_read_text(const struct script_reader *reader, const char *key, uint32_t max, struct mx_str *out);

/* 1 when the entry is true, 0 when it is absent; nothing else is allowed. */
int script_read_true(const struct script_reader *reader, const char *key);

/* 1 when there is such an entry. */
int script_read_has(const struct script_reader *reader, const char *key);

/* A table within the one that is read: pushed, and named in messages by its key. */
struct script_inner {
    struct script_reader reader;
    char what[200];
};
/* Push the table under `key`: 1, or 0 when it is absent. shape: how it looks, for messages. */
int script_enter(const struct script_reader *outer, const char *key, const char *shape, struct script_inner *inner);
/* Push the table at place i of a list. */
void script_enter_item(const struct script_reader *outer, uint32_t i, const char *shape, struct script_inner *inner);
/* How many entries the list has that is read; raises unless they are the only ones (`keys` may stand beside them, NULL = none)
 * and min..max of them. */
uint32_t script_list_count(const struct script_reader *reader, const char *const *keys, uint32_t min, uint32_t max);

/* The line of the file that is loaded on which this key of the declaration stands, and the file's name; 0 when that is not clear. */
int script_key_line(lua_State *L, const char *key, const char **file);

/* The known word that was most likely meant, NULL when none is near. */
const char *script_nearest(const char *word, const char *const *known);
/* Changes of one letter, or of two neighbours' places, that turn a into b; 3 or more = many. */
unsigned script_distance(const char *a, const char *b);
/* 1 when the character at `at` is a control, or steers how text is shown. */
int script_text_steers(const char *at, const char *end);
/* 1 when the text is UTF-8 and steers nothing that shows it. */
int script_text_clean(struct mx_str text);

#endif
