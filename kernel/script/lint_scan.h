/* Rule files as tokens. Inside this room only. */
#ifndef SCRIPT_LINT_SCAN_H
#define SCRIPT_LINT_SCAN_H

#include "script/internal.h"

struct script_word { /* lent from the text */
    const char *ptr;
    uint32_t len;
    int line;
};

struct script_scan {
    const char *at, *end;
    int line;
};

/* At the first token of a file's text. */
void script_scan_begin(struct script_scan *scan, struct mx_str text);
/* The next token: 'a' for names and keywords, '0' for numbers, '"' for texts, else its only character; 0 at the end. */
char script_scan_next(struct script_scan *scan, struct script_word *word);

#endif
