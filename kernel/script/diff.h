/* Which lines of two texts differ. Inside this room only. */
#ifndef SCRIPT_DIFF_H
#define SCRIPT_DIFF_H

#include "script/version.h"

#define SCRIPT_LINE_SAME    1
#define SCRIPT_LINE_ADDED   2
#define SCRIPT_LINE_REMOVED 3

struct script_diff_line {
    int32_t change; /* SCRIPT_LINE_* */
    int64_t a, b;   /* number of the line before and after; 0 = it is not there */
    struct mx_str text;
};

struct script_diff {
    struct script_diff_line *lines;
    uint32_t count;
    uint32_t added, removed;
};

/* All lines of both texts, in order. */
void script_diff_lines(struct mx_ctx *ctx, struct mx_str from, struct mx_str to, struct script_diff *diff);
/* Only the changed ones, and `around` others on each side of them. */
void script_diff_shorten(struct script_diff *diff, uint32_t around);

#endif
