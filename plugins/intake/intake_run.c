/* A run: the file waits sealed, part by part, and a job reads it row by row between the tills' commands. */
#include <stdio.h>

#include "internal.h"
#include "ops.h"
#include "wire.h"

/* How far the job is: behind which byte of which part. */
struct cursor {
    int64_t part, at, line;
};

static const struct mx_field cursor_fields[] = {
    MX_F_INT(cursor, part, 0, 0, INTAKE_PARTS_MAX, "part"),
    MX_F_INT(cursor, at, 0, 0, MX_INT_MAX, "byte"),
    MX_F_INT(cursor, line, 0, 0, MX_INT_MAX, "line"),
};
MX_TYPE(cursor, "intake.cursor", "how far a run is");

struct step {
    struct mx_ctx *ctx;
    struct intake_run *run;
    struct intake_mapping *mapping;
    struct cursor cursor;
    struct mx_str text;
    int ended; /* of this part */
    int stop;  /* commit what there is before going on */
};

static void begin_row(const struct step *step, struct intake_row *row, int64_t line) {
    *row = (struct intake_row){.ctx = step->ctx, .mapping = step->mapping, .run = step->run, .part = step->cursor.part, .line = line};
}

/* Rows that belong together: one customer, or the lines of one order. */
static mx_status take_rows(struct step *step, struct intake_row *rows, uint32_t count) {
    struct mx_str refused = intake_stumbled(step->ctx, step->run->id, rows->part, rows->line);
    if (count == 0) return MX_OK;
    if (refused.len == 0 && step->mapping->kind == INTAKE_ORDERS) return intake_order_rows(rows, count);
    if (refused.len == 0) return step->mapping->kind == INTAKE_PRODUCTS ? intake_product_row(rows) : intake_customer_row(rows);
    intake_wrong(rows, NULL, refused.ptr);
    step->stop = 1;
    return rows->st;
}

/* Bytes of the mark that some programs write before UTF-8. */
static uint32_t mark_of(struct mx_str text) { return text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; }

/* ---- CSV ---- */

static mx_status bad_row(struct step *step, int64_t line, uint32_t cell, const char *why) {
    struct intake_error error = {.part = step->cursor.part, .line = line, .reason = mx_str_of(why)};
    if (cell < step->run->titles.count) error.column = mx_list_str(&step->run->titles, cell);
    return intake_error_note(step->ctx, step->run, &error);
}

/* One row that can be taken, which begins at the byte *from; 0 in *got: there is none. What is wrong before it is noted. */
static mx_status next_csv(struct step *step, struct intake_csv *csv, struct intake_row *row, struct mx_str *cells, uint32_t *from,
                          int *got) {
    mx_status st = MX_OK;
    *got = 0;
    while (st == MX_OK && !*got) {
        int64_t line = csv->line;
        uint32_t count = 0, cell = 0;
        int what;
        *from = csv->at;
        what = intake_csv_row(csv, cells, &count, &cell);
        if (what == INTAKE_END) return MX_OK;
        if (count == 1 && cells[0].len == 0 && what == INTAKE_ROW) continue; /* an empty line */
        step->run->rows++;
        if (what == INTAKE_BROKEN) {
            csv->at = csv->len;
            return bad_row(step, line, cell, "A quotation mark is opened here and never closed: nothing behind it was read.");
        }
        if (what == INTAKE_TOO_BIG)
            st = bad_row(step, line, step->run->titles.count, "The row has too many cells.");
        else if (what == INTAKE_BAD)
            st = bad_row(step, line, cell, "The cell is not written as CSV wants it: a quotation mark or a lone carriage return in it.");
        else if (count != step->run->titles.count)
            st = bad_row(step, line, count, "The row has more or fewer cells than the row of titles.");
        else
            *got = 1;
        begin_row(step, row, line);
        row->cells = cells;
        row->cell_count = count;
    }
    return st;
}

/* The id as it stands in the file: rows of one order have the same one. */
static struct mx_str order_id(const struct intake_row *row) {
    uint32_t i, k;
    for (i = 0; i < row->mapping->columns.count; i++) {
        const struct intake_column *column = mx_list_at(&row->mapping->columns, i);
        if (!mx_str_is(column->target, "external")) continue;
        for (k = 0; k < row->run->titles.count && k < row->cell_count; k++)
            if (mx_str_eq(mx_list_str(&row->run->titles, k), column->from)) return row->cells[k];
    }
    return mx_str_n(NULL, 0);
}

/* A line of the order at hand; one that has too many of them is wrong as a whole. */
static void hold(struct intake_row *rows, uint32_t *count, const struct intake_row *row) {
    struct mx_str *cells;
    if (*count == INTAKE_LINES_MAX) {
        if (!rows[0].failed) intake_wrong(&rows[0], "line.sku", "The order has too many lines.");
        return;
    }
    cells = mx_alloc(row->ctx, row->cell_count * sizeof(*cells));
    memcpy(cells, row->cells, row->cell_count * sizeof(*cells));
    rows[*count] = *row;
    rows[(*count)++].cells = cells;
}

static mx_status read_csv(struct step *step) {
    struct intake_csv csv = {(char *)(uintptr_t)mx_dup(step->ctx, step->text).ptr, step->text.len, (uint32_t)step->cursor.at,
                             step->cursor.line};
    uint32_t limit = step->mapping->kind == INTAKE_ORDERS ? INTAKE_LINES_MAX : 1, count = 0, taken = 0;
    struct intake_row *rows = mx_alloc(step->ctx, (INTAKE_LINES_MAX + 1) * sizeof(*rows));
    struct mx_str *cells = mx_alloc(step->ctx, INTAKE_CELLS_MAX * sizeof(*cells));
    mx_status st = MX_OK;
    while (st == MX_OK && !step->ended && taken < INTAKE_STEP_ROWS && !step->stop) {
        struct intake_row row = {.ctx = step->ctx};
        uint32_t from = csv.at;
        int got;
        st = next_csv(step, &csv, &row, cells, &from, &got);
        if (st != MX_OK) break;
        if (got && limit == 1) {
            st = take_rows(step, &row, 1);
            taken++;
        } else if (count && (!got || !mx_str_eq(order_id(&rows[0]), order_id(&row)))) {
            st = take_rows(step, rows, count);
            taken += count;
            count = 0;
            if (got && (taken >= INTAKE_STEP_ROWS || step->stop)) { /* this one begins the next step */
                step->run->rows--;
                csv.at = from;
                csv.line = row.line;
                break;
            }
        }
        if (got && limit > 1) hold(rows, &count, &row);
        step->ended = !got;
        step->cursor.at = csv.at;
        step->cursor.line = csv.line;
    }
    step->cursor.at = csv.at;
    step->cursor.line = csv.line;
    return st;
}

/* ---- JSON ---- */

static mx_status read_json(struct step *step) {
    uint32_t mark = mark_of(step->text), taken = 0;
    int first = step->cursor.at <= mark;
    struct intake_json json = {step->text, (uint32_t)step->cursor.at, step->cursor.line, first ? -1 : 0};
    mx_status st = MX_OK;
    if (!first) {
        uint32_t i = mark;
        while (i < step->text.len &&
               (step->text.ptr[i] == ' ' || step->text.ptr[i] == '\n' || step->text.ptr[i] == '\r' || step->text.ptr[i] == '\t'))
            i++;
        json.in_array = i < step->text.len && step->text.ptr[i] == '[';
    }
    while (st == MX_OK && taken++ < INTAKE_STEP_ROWS && !step->ended && !step->stop) {
        struct intake_row row;
        struct mx_str value;
        int what = intake_json_next(&json, &value);
        if (what == INTAKE_END) step->ended = 1;
        if (what == INTAKE_END) break;
        step->run->rows++;
        if (what == INTAKE_BROKEN) {
            step->ended = 1;
            return bad_row(step, json.line, UINT32_MAX, "This is no JSON: nothing from here on was read.");
        }
        begin_row(step, &row, json.line);
        row.object = value;
        if (*value.ptr != '{') {
            st = bad_row(step, json.line, UINT32_MAX, "This is no JSON object.");
        } else {
            st = take_rows(step, &row, 1);
        }
        for (; value.len; value.ptr++, value.len--) json.line += *value.ptr == '\n';
    }
    step->cursor.at = json.at;
    step->cursor.line = json.line;
    return st;
}

/* ---- the job ---- */

static mx_status end_run(struct step *step) {
    struct intake_run *run = step->run;
    const struct intake_told told = {.run = run->id,
                                     .mapping = run->mapping,
                                     .channel = run->channel,
                                     .dry_run = run->dry,
                                     .fresh = run->fresh,
                                     .changed = run->changed,
                                     .same = run->same,
                                     .failed = run->failed};
    mx_status st;
    run->state = INTAKE_DONE;
    run->ended = step->ctx->now_ms;
    st = step->ctx->event->due_cancel(step->ctx, intake_forget_op.name, run->id);
    if (st >= 0) st = intake_drop_pieces(step->ctx, run);
    if (st == MX_OK) st = intake_age(step->ctx, run);
    if (st == MX_OK) st = intake_run_put(step->ctx, run);
    return st == MX_OK ? mx_emit(step->ctx, &intake_ended_event, &told) : st;
}

static mx_status end_part(struct step *step) {
    const struct intake_piece probe = {.run = step->run->id, .part = step->cursor.part};
    mx_status st = mx_delete(step->ctx, &intake_pieces, &probe);
    step->cursor = (struct cursor){.part = step->cursor.part + 1, .line = 1};
    return st == MX_NONE ? MX_OK : st;
}

mx_status intake_run_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct step step = {.ctx = ctx, .cursor = {.part = 1, .line = 1}};
    struct intake_ask ask = {{NULL, 0}};
    mx_status st = ctx->op->decode(ctx, &intake_ask_type, body, &ask);
    if (st == MX_OK && cursor->len) st = ctx->op->decode(ctx, &cursor_type, *cursor, &step.cursor);
    if (st == MX_OK) st = intake_run_get(ctx, ask.run, "run", &step.run);
    if (st == MX_OK && step.run->state != INTAKE_RUNNING) return MX_DONE;
    if (st == MX_OK) st = intake_kept_mapping(ctx, step.run, &step.mapping);
    if (st == MX_OK) st = intake_piece_text(ctx, ask.run, step.cursor.part, &step.text);
    if (st == MX_OK && step.cursor.at == 0) step.cursor.at = mark_of(step.text);
    if (st == MX_OK && step.cursor.part == 1 && step.cursor.at <= 3 && step.mapping->format == INTAKE_CSV) {
        struct intake_csv csv = {(char *)(uintptr_t)mx_dup(ctx, step.text).ptr, step.text.len, (uint32_t)step.cursor.at, 1};
        struct mx_str *cells = mx_alloc(ctx, INTAKE_CELLS_MAX * sizeof(*cells));
        uint32_t count, cell;
        (void)intake_csv_row(&csv, cells, &count, &cell); /* the titles, read when the part came */
        step.cursor.at = csv.at;
        step.cursor.line = csv.line;
    }
    if (st == MX_OK) st = step.mapping->format == INTAKE_CSV ? read_csv(&step) : read_json(&step);
    if (st == MX_OK && step.ended) st = end_part(&step);
    if (st != MX_OK) return st;
    if (step.cursor.part > step.run->parts) return (st = end_run(&step)) == MX_OK ? MX_DONE : st;
    st = intake_run_put(ctx, step.run);
    if (st == MX_OK) st = mx_progress(ctx, step.run->rows, 0);
    return st == MX_OK ? ctx->op->encode(ctx, &cursor_type, &step.cursor, cursor) : st;
}
