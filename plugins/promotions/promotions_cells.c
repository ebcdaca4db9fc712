/* Which units are alike for the offers that compete. */
#include "compete.h"

#include <stdlib.h>

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static const struct price_try *trier_of(const struct contest *contest, uint32_t column) { return contest->tries[contest->trier[column]]; }

/* ---- who wants what ---- */

static void name_columns(struct contest *contest) {
    uint32_t i, j, columns = 0;
    contest->first = price_new(contest->work, contest->count + 1, sizeof(*contest->first));
    for (i = 0; i < contest->count; i++) {
        contest->first[i] = columns;
        columns += contest->tries[i]->offer->kind == MX_OFFER_BUNDLE ? contest->tries[i]->offer->slots.count : 1;
    }
    contest->first[i] = contest->columns = columns;
    contest->trier = price_new(contest->work, columns, sizeof(*contest->trier));
    for (i = 0; i < contest->count; i++)
        for (j = contest->first[i]; j < contest->first[i + 1]; j++) contest->trier[j] = i;
}

static const struct mx_list *lines_of(const struct contest *contest, uint32_t column) {
    const struct mx_offer *offer = trier_of(contest, column)->offer;
    if (offer->kind != MX_OFFER_BUNDLE) return &offer->lines;
    return &((const struct mx_offer_slot *)mx_list_at(&offer->slots, column - contest->first[contest->trier[column]]))->lines;
}

static int want_order(const void *a, const void *b) {
    const struct want *x = a, *y = b;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static void name_wants(struct contest *contest) {
    struct price_work *work = contest->work;
    uint32_t column, i, room = 0;
    for (column = 0; column < contest->columns; column++) room += lines_of(contest, column)->count;
    contest->wants = price_new(work, room, sizeof(*contest->wants));
    for (column = 0; column < contest->columns; column++) {
        price_name(work, trier_of(contest, column)->offer, lines_of(contest, column));
        for (i = 0; i < work->named_count; i++) {
            struct want *want = &contest->wants[contest->want_count++];
            want->column = column;
            want->line = work->named[i].line;
            want->qty = work->named[i].qty;
            want->price = work->named[i].price;
        }
    }
    qsort(contest->wants, contest->want_count, sizeof(*contest->wants), want_order);
}

/* Offers that name only so much of a line get stretches beside each other while the line is long enough, so that they do not fight for
 * the same pieces. */
static void place_wants(const struct contest *contest, struct want *wants, uint32_t count) {
    const struct mx_cart_line *line = price_cart_line(contest->work, wants->line);
    int64_t next = 0;
    uint32_t i;
    if (!price_in_pieces(line)) return;
    for (i = 0; i < count; i++) {
        if (wants[i].qty >= line->qty) continue;
        if (next + wants[i].qty > line->qty) next = 0;
        wants[i].start = next;
        next += wants[i].qty;
    }
}

/* ---- cutting a line into cells ---- */

struct stretch {
    int64_t from;
    int64_t to;
};

/* The part of a run that a want covers; `passed`: thousandths of the line that were free for it before this run. */
static struct stretch covered(const struct contest *contest, const struct want *want, const struct price_run *run, int64_t *passed) {
    const struct price_try *try = trier_of(contest, want->column);
    struct stretch stretch = {0, 0};
    int64_t length = run->to - run->from, from, to;
    if (!price_free(run, try->offer->lane, try->hold)) return stretch;
    from = want->start > *passed ? want->start - *passed : 0;
    to = smaller(want->start + want->qty - *passed, length);
    *passed += length;
    if (to <= from) return stretch;
    stretch.from = run->from + from;
    stretch.to = run->from + to;
    return stretch;
}

static int position_order(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static struct cell *add_cell(struct contest *contest) {
    if (contest->cell_count == contest->cell_room) {
        struct cell *old = contest->cells;
        contest->cell_room *= 2;
        contest->cells = price_new(contest->work, contest->cell_room, sizeof(*contest->cells));
        memcpy(contest->cells, old, contest->cell_count * sizeof(*old));
    }
    return &contest->cells[contest->cell_count++];
}

/* What a piece gives to an offer that takes something off each; for the others whether they want it at all. */
static int64_t gives(const struct contest *contest, const struct want *want, const struct cell *cell, int64_t part_qty) {
    const struct mx_offer *offer = trier_of(contest, want->column)->offer;
    const struct mx_cart_line *line = price_cart_line(contest->work, want->line);
    struct price_units one = cell->units;
    int64_t off = 0, cost = 0;

    if (offer->kind != MX_OFFER_PERCENT && offer->kind != MX_OFFER_PRICE) return 1;
    one.left = cell->value;
    one.qty = cell->units.qty / cell->pieces;
    if (!price_in_pieces(line) && part_qty < one.qty) {
        one.qty = part_qty;
        one.left = price_run_left(contest->work, want->line, cell->units.run, cell->units.from + part_qty);
    }
    if (offer->kind == MX_OFFER_PERCENT) {
        (void)mx_muldiv_half_up(one.left, offer->ppm, MX_PPM_ONE, &off);
    } else {
        if (!mx_price_of(want->price, one.qty, &cost)) cost = one.left;
        off = cost < one.left ? one.left - cost : 0;
    }
    return smaller(off, price_room(contest->work, offer, &one));
}

static int64_t room_for(const struct contest *contest, const struct want *want, const struct cell *cell) {
    struct mx_offer offer = {.below_cost = trier_of(contest, want->column)->offer->below_cost};
    struct price_units one = cell->units;
    one.left = cell->value;
    one.qty = cell->units.qty / cell->pieces;
    return price_room(contest->work, &offer, &one);
}

/* One stretch of a run between two marks: a cell, unless nobody wants it. */
static void make_cell(struct contest *contest, const struct want *wants, const struct stretch *stretches, uint32_t count,
                      struct price_run *run, int64_t from, int64_t to) {
    struct price_work *work = contest->work;
    uint32_t line = wants->line, i, wanted = 0;
    struct cell cell = {.units = {.run = run, .line = line, .from = from, .qty = to - from}, .columns = contest->columns};

    cell.units.left = price_run_left(work, line, run, to) - (from > run->from ? price_run_left(work, line, run, from) : 0);
    cell.pieces = price_pieces(price_cart_line(work, line), to - from);
    cell.value = cell.units.left / cell.pieces;
    for (i = 0; i < count; i++) {
        int64_t room;
        if (stretches[i].from > from || stretches[i].to <= from) continue;
        if (!cell.gives) cell.gives = price_new(work, contest->columns, sizeof(*cell.gives));
        cell.gives[wants[i].column] = gives(contest, &wants[i], &cell, stretches[i].to - stretches[i].from);
        wanted |= cell.gives[wants[i].column] > 0;
        room = room_for(contest, &wants[i], &cell);
        if (room > cell.room) cell.room = room;
    }
    if (wanted) *add_cell(contest) = cell;
}

/* A run, cut where its pieces change their price and where a want begins or ends; goods by weight stay whole. */
static void cut_run(struct contest *contest, const struct want *wants, uint32_t count, struct price_run *run, int64_t *passed) {
    struct price_work *work = contest->work;
    int in_pieces = price_in_pieces(price_cart_line(work, wants->line));
    struct stretch *stretches = price_new(work, count, sizeof(*stretches));
    int64_t *marks = price_new(work, 2 * count + 3, sizeof(*marks));
    uint32_t i, mark = 0;

    for (i = 0; i < count; i++) stretches[i] = covered(contest, &wants[i], run, &passed[i]);
    marks[mark++] = run->from;
    marks[mark++] = run->to;
    if (in_pieces) {
        marks[mark++] = run->from + run->left % ((run->to - run->from) / MX_QTY_ONE) * MX_QTY_ONE;
        for (i = 0; i < count; i++) {
            if (stretches[i].to == 0) continue;
            marks[mark++] = stretches[i].from;
            marks[mark++] = stretches[i].to;
        }
    }
    qsort(marks, mark, sizeof(*marks), position_order);
    for (i = 1; i < mark; i++)
        if (marks[i] > marks[i - 1]) make_cell(contest, wants, stretches, count, run, marks[i - 1], marks[i]);
}

static void cut_line(struct contest *contest, struct want *wants, uint32_t count) {
    int64_t *passed = price_new(contest->work, count, sizeof(*passed));
    struct price_run *run;
    place_wants(contest, wants, count);
    for (run = contest->work->runs[wants->line]; run; run = run->next) cut_run(contest, wants, count, run, passed);
}

/* ---- classes ---- */

/* The dearest first; alike when nothing tells them apart. */
static int alike_order(const struct cell *x, const struct cell *y) {
    uint32_t i;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    if (x->room != y->room) return x->room > y->room ? -1 : 1;
    for (i = 0; i < x->columns; i++)
        if (x->gives[i] != y->gives[i]) return x->gives[i] > y->gives[i] ? -1 : 1;
    return 0;
}

static int cell_order(const void *a, const void *b) {
    const struct cell *x = a, *y = b;
    int order = alike_order(x, y);
    return order ? order : price_units_order(&x->units, &y->units);
}

static void make_classes(struct contest *contest) {
    struct price_work *work = contest->work;
    struct solve_class *classes = price_new(work, contest->cell_count, sizeof(*classes));
    uint32_t i, count = 0;

    contest->starts = price_new(work, contest->cell_count + 1, sizeof(*contest->starts));
    for (i = 0; i < contest->cell_count; i++) {
        const struct cell *cell = &contest->cells[i];
        if (i == 0 || alike_order(cell, cell - 1) != 0) {
            contest->starts[count] = i;
            classes[count].value = cell->value;
            classes[count].room = cell->room;
            count++;
        }
        classes[count - 1].pieces += cell->pieces;
    }
    contest->starts[count] = i;
    contest->question.classes = classes;
    contest->question.class_count = count;
    contest->cursors = price_new(work, count, sizeof(*contest->cursors));
    contest->given = price_new(work, count, sizeof(*contest->given));
    for (i = 0; i < count; i++) contest->cursors[i] = contest->starts[i];
}

/* Keep the dearest cells of each column; they stand in order of value. */
static void drop_cells(struct contest *contest, uint32_t most_of_column) {
    uint32_t *kept = price_new(contest->work, contest->columns, sizeof(*kept)), i, j, count = 0;
    for (i = 0; i < contest->cell_count; i++) {
        const struct cell *cell = &contest->cells[i];
        int wanted = 0;
        for (j = 0; j < contest->columns; j++) wanted |= cell->gives[j] > 0 && kept[j] < most_of_column;
        if (!wanted) {
            contest->left_out += cell->room * cell->pieces;
            continue;
        }
        for (j = 0; j < contest->columns; j++) kept[j] += cell->gives[j] > 0;
        contest->cells[count++] = *cell;
    }
    contest->cell_count = count;
}

void contest_cells(struct contest *contest, uint32_t most_of_column) {
    uint32_t from, to;
    contest->cell_room = 64;
    contest->cells = price_new(contest->work, contest->cell_room, sizeof(*contest->cells));
    name_columns(contest);
    name_wants(contest);
    for (from = 0; from < contest->want_count; from = to) {
        for (to = from + 1; to < contest->want_count && contest->wants[to].line == contest->wants[from].line;) to++;
        cut_line(contest, contest->wants + from, to - from);
    }
    qsort(contest->cells, contest->cell_count, sizeof(*contest->cells), cell_order);
    if (most_of_column < UINT32_MAX) drop_cells(contest, most_of_column);
    make_classes(contest);
}
