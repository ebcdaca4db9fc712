/* Which lines of two texts differ: the shortest way from one to the other (E. Myers, An O(ND) Difference Algorithm, 1986), up to
 * a bound; beyond it the whole middle counts as changed. */
#include <stdlib.h>

#include "script/diff.h"

#define STEPS_MAX 400 /* lines that are added or removed, before the middle counts as one change */

struct lines {
    struct mx_str *items;
    uint32_t count;
};

static struct lines split(struct mx_ctx *ctx, struct mx_str text) {
    struct lines lines = {NULL, 0};
    uint32_t i, from = 0, count = 1;
    for (i = 0; i < text.len; i++) count += text.ptr[i] == '\n';
    lines.items = mx_alloc(ctx, count * sizeof(*lines.items));
    for (i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n') continue;
        if (i > from || i < text.len) lines.items[lines.count++] = mx_str_n(text.ptr + from, i - from);
        from = i + 1;
    }
    return lines;
}

struct walk {
    struct script_diff *diff;
    struct lines a, b;
    int32_t head; /* lines that both begin with */
    int32_t n, m; /* lines behind that, without those that both end with */
};

static int same(const struct walk *walk, int32_t x, int32_t y) {
    return mx_str_eq(walk->a.items[walk->head + x], walk->b.items[walk->head + y]);
}

static void add(struct script_diff *diff, int32_t change, uint32_t a, uint32_t b, struct mx_str text) {
    struct script_diff_line *line = &diff->lines[diff->count++];
    line->change = change;
    line->a = change == SCRIPT_LINE_ADDED ? 0 : a + 1;
    line->b = change == SCRIPT_LINE_REMOVED ? 0 : b + 1;
    line->text = text;
    diff->added += change == SCRIPT_LINE_ADDED;
    diff->removed += change == SCRIPT_LINE_REMOVED;
}

/* How far each diagonal k = x - y got in d steps, for every d: a row of its own, with -1 where nothing can stand. */
#define ROW (2 * STEPS_MAX + 3)
static int32_t *row_of(int32_t *reached, int32_t d) { return reached + (size_t)d * ROW + STEPS_MAX + 1; }

/* Where diagonal k is entered by the last of d steps, -1 when it cannot be; *down: by a line that was added. */
static int32_t enter(const struct walk *walk, const int32_t *before, int32_t k, int *down) {
    int32_t right = before[k - 1] >= 0 && before[k - 1] < walk->n ? before[k - 1] + 1 : -1;
    int32_t below = before[k + 1] >= 0 && before[k + 1] - k <= walk->m ? before[k + 1] : -1;
    *down = below >= right;
    return *down ? below : right;
}

/* The number of steps from one text to the other, -1 = too many. */
static int32_t find_way(const struct walk *walk, int32_t *reached) {
    int32_t d, k, x;
    int down;
    for (d = 0; d <= STEPS_MAX; d++) {
        int32_t *row = row_of(reached, d);
        for (k = -d; k <= d; k += 2) {
            x = d == 0 ? 0 : enter(walk, row_of(reached, d - 1), k, &down);
            if (x < 0) continue;
            while (x < walk->n && x - k < walk->m && same(walk, x, x - k)) x++;
            row[k] = x;
            if (x == walk->n && x - k == walk->m) return d;
        }
    }
    return -1;
}

struct step {
    int32_t change, x, y;
};

/* The way back from the end, into `steps` from its end; returns where it begins. */
static uint32_t walk_back(const struct walk *walk, int32_t *reached, int32_t d, struct step *steps) {
    uint32_t at = (uint32_t)(walk->n + walk->m);
    int32_t x = walk->n, y = walk->m;
    int down = 0;
    for (; d >= 0; d--) {
        int32_t from = d == 0 ? 0 : enter(walk, row_of(reached, d - 1), x - y, &down);
        while (x > from) steps[--at] = (struct step){SCRIPT_LINE_SAME, --x, --y};
        if (d > 0 && down)
            steps[--at] = (struct step){SCRIPT_LINE_ADDED, x, --y};
        else if (d > 0)
            steps[--at] = (struct step){SCRIPT_LINE_REMOVED, --x, y};
    }
    return at;
}

static void add_middle(struct mx_ctx *ctx, const struct walk *walk) {
    size_t bytes = (size_t)(STEPS_MAX + 1) * ROW * sizeof(int32_t);
    int32_t *reached = malloc(bytes);
    int32_t d, i;
    uint32_t at, end = (uint32_t)(walk->n + walk->m), head = (uint32_t)walk->head;
    struct step *steps = mx_alloc(ctx, ((size_t)end + 1) * sizeof(*steps));
    if (reached != NULL) memset(reached, 0xff, bytes);
    d = reached != NULL ? find_way(walk, reached) : -1;
    if (d < 0) {
        for (i = 0; i < walk->n; i++) add(walk->diff, SCRIPT_LINE_REMOVED, head + (uint32_t)i, 0, walk->a.items[walk->head + i]);
        for (i = 0; i < walk->m; i++) add(walk->diff, SCRIPT_LINE_ADDED, 0, head + (uint32_t)i, walk->b.items[walk->head + i]);
        free(reached);
        return;
    }
    for (at = walk_back(walk, reached, d, steps); at < end; at++) {
        const struct step *step = &steps[at];
        struct mx_str text = step->change == SCRIPT_LINE_ADDED ? walk->b.items[walk->head + step->y] : walk->a.items[walk->head + step->x];
        add(walk->diff, step->change, head + (uint32_t)step->x, head + (uint32_t)step->y, text);
    }
    free(reached);
}

void script_diff_lines(struct mx_ctx *ctx, struct mx_str from, struct mx_str to, struct script_diff *diff) {
    struct walk walk = {diff, split(ctx, from), split(ctx, to), 0, 0, 0};
    uint32_t head = 0, tail = 0, i;
    memset(diff, 0, sizeof(*diff));
    diff->lines = mx_alloc(ctx, ((size_t)walk.a.count + walk.b.count + 1) * sizeof(*diff->lines));
    while (head < walk.a.count && head < walk.b.count && mx_str_eq(walk.a.items[head], walk.b.items[head])) head++;
    while (tail < walk.a.count - head && tail < walk.b.count - head &&
           mx_str_eq(walk.a.items[walk.a.count - 1 - tail], walk.b.items[walk.b.count - 1 - tail]))
        tail++;
    walk.head = (int32_t)head;
    walk.n = (int32_t)(walk.a.count - head - tail);
    walk.m = (int32_t)(walk.b.count - head - tail);
    for (i = 0; i < head; i++) add(diff, SCRIPT_LINE_SAME, i, i, walk.a.items[i]);
    add_middle(ctx, &walk);
    for (i = tail; i > 0; i--) add(diff, SCRIPT_LINE_SAME, walk.a.count - i, walk.b.count - i, walk.a.items[walk.a.count - i]);
}

/* Keep the changed lines and `around` lines on each side of them. */
void script_diff_shorten(struct script_diff *diff, uint32_t around) {
    uint32_t i, k, kept = 0, until = 0;
    for (i = 0; i < diff->count; i++) {
        int near = i < until;
        if (diff->lines[i].change != SCRIPT_LINE_SAME) {
            until = i + around + 1;
            near = 1;
        }
        for (k = i + 1; !near && k <= i + around && k < diff->count; k++) near = diff->lines[k].change != SCRIPT_LINE_SAME;
        if (near) diff->lines[kept++] = diff->lines[i];
    }
    diff->count = kept;
}
