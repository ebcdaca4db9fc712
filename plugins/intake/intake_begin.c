/* The beginning of a run: a file, or a part of one, comes in and is put by. */
#include "internal.h"
#include "ops.h"
#include "views.h"
#include "wire.h"

mx_status intake_put_by(struct mx_ctx *ctx, struct intake_run *run, struct mx_str text) {
    struct intake_piece piece = {.run = run->id, .part = ++run->had, .rec = {.has = UINT64_MAX}};
    const struct intake_ask ask = {run->id};
    struct mx_str body, job;
    mx_status st;
    piece.sealed = mx_seal(ctx, text, run->id);
    st = mx_put(ctx, &intake_pieces, &piece);
    if (st == MX_OK && run->had == run->parts) {
        run->state = INTAKE_RUNNING;
        st = ctx->op->encode(ctx, &intake_ask_type, &ask, &body);
        if (st == MX_OK) st = mx_job_start(ctx, INTAKE_RUN_JOB, body, &job);
    }
    if (st == MX_OK) st = intake_watch(ctx, run);
    return st == MX_OK ? intake_run_put(ctx, run) : st;
}

/* ---- what came ---- */

static mx_status text_of(struct mx_ctx *ctx, const struct intake_run_ask *ask, struct mx_str *text) {
    const char *field = ask->data.len ? "data" : "base64";
    if ((ask->data.len > 0) == (ask->base64.len > 0))
        return mx_fail(ctx, MX_E_BAD_INPUT, "data", "Give the file as data or as base64: one of the two.");
    *text = ask->data;
    if (ask->base64.len) {
        uint8_t *bytes = mx_alloc(ctx, ask->base64.len + 4);
        int32_t len = intake_base64(ask->base64, bytes);
        if (len < 0) return mx_fail(ctx, MX_E_BAD_INPUT, field, "This is no base 64.");
        *text = mx_str_n((const char *)bytes, (size_t)len);
    }
    if (text->len == 0) return mx_fail(ctx, MX_E_OUT_OF_RANGE, field, "The file is empty.");
    if (text->len > INTAKE_DATA_MAX)
        return mx_fail(ctx, MX_E_TOO_LARGE, field, "A part has at most %u bytes: send the file in parts.", INTAKE_DATA_MAX);
    if (!intake_is_utf8(*text))
        return mx_fail(ctx, MX_E_BAD_INPUT, field,
                       "The file is not UTF-8. If it is GBK or another encoding of a spreadsheet, save it as \"CSV UTF-8\".");
    return MX_OK;
}

static int is_title(const struct mx_list *titles, struct mx_str title) {
    uint32_t i;
    for (i = 0; i < titles->count; i++)
        if (mx_str_eq(mx_list_str(titles, i), title)) return 1;
    return 0;
}

/* The titles of a CSV file: all that the mapping wants must be there, and none twice. */
static mx_status read_titles(struct mx_ctx *ctx, const struct intake_mapping *mapping, struct mx_str text, struct intake_run *run) {
    struct intake_csv csv = {(char *)(uintptr_t)mx_dup(ctx, text).ptr, text.len, 0, 1};
    struct mx_str *cells = mx_alloc(ctx, INTAKE_CELLS_MAX * sizeof(*cells));
    uint32_t count = 0, cell = 0, i;
    if (text.len >= 3 && memcmp(text.ptr, "\xef\xbb\xbf", 3) == 0) csv.at = 3;
    if (intake_csv_row(&csv, cells, &count, &cell) != INTAKE_ROW)
        return mx_fail(ctx, MX_E_BAD_INPUT, "data", "The row of titles cannot be read.");
    run->titles = (struct mx_list){cells, 0, sizeof(*cells)};
    for (i = 0; i < count; i++, run->titles.count++) {
        if (cells[i].len > 100) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "data", "A title of a column is longer than 100 bytes.");
        if (cells[i].len && is_title(&run->titles, cells[i]))
            return mx_fail(ctx, MX_E_BAD_INPUT, "data", "Two columns have the title of column %u.", (unsigned)i + 1);
    }
    for (i = 0; i < mapping->columns.count; i++) {
        const struct intake_column *column = mx_list_at(&mapping->columns, i);
        if (column->from.len == 0 || is_title(&run->titles, column->from)) continue;
        return mx_fail(ctx, MX_E_BAD_INPUT, "data", "The file has no column \"%.*s\", from which %.*s is taken.", (int)column->from.len,
                       column->from.ptr, (int)column->target.len, column->target.ptr);
    }
    return MX_OK;
}

mx_status intake_begin(struct mx_ctx *ctx, const struct intake_mapping *mapping, struct mx_str text, int64_t parts, uint8_t dry,
                       struct intake_run *run) {
    mx_status st = mx_new_id(ctx, "run", &run->id);
    run->mapping = mapping->name;
    run->channel = mapping->channel;
    run->kind = mapping->kind;
    run->state = INTAKE_WAITING;
    run->dry = dry;
    run->parts = parts;
    run->by = ctx->identity->principal(ctx);
    run->at = ctx->now_ms;
    if (st == MX_OK && mapping->format == INTAKE_CSV) st = read_titles(ctx, mapping, text, run);
    if (st == MX_OK) st = intake_keep_mapping(ctx, run, mapping);
    return st == MX_OK ? intake_put_by(ctx, run, text) : st;
}

static mx_status go_on(struct mx_ctx *ctx, const struct intake_run_ask *ask, struct mx_str text, struct intake_run **run) {
    mx_status st = intake_run_get(ctx, ask->run, "run", run);
    if (st == MX_OK) st = intake_may(ctx, (*run)->kind, "run"); /* the mapping may take in something else by now */
    if (st != MX_OK) return st;
    if (!mx_str_eq((*run)->mapping, ask->mapping))
        return mx_fail(ctx, MX_E_BAD_INPUT, "mapping", "The run was begun with another mapping.");
    if ((*run)->state != INTAKE_WAITING || ask->part != (*run)->had + 1)
        return mx_refuse(ctx, "part_unexpected", "part", "The run has %lld of %lld parts.", (long long)(*run)->had,
                         (long long)(*run)->parts);
    return intake_put_by(ctx, *run, text);
}

static mx_status run_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct intake_run_ask *ask = in;
    struct intake_run fresh = {.had = 0}, *run = &fresh;
    struct intake_mapping *mapping = NULL;
    struct mx_str text;
    int64_t part = ask->part ? ask->part : 1, parts = ask->parts ? ask->parts : 1;
    mx_status st = intake_mapping_get(ctx, ask->mapping, "mapping", &mapping);
    if (st == MX_OK) st = intake_may(ctx, mapping->kind, "mapping");
    if (st == MX_OK) st = text_of(ctx, ask, &text);
    if (st != MX_OK) return st;
    if (part > 1 && ask->run.len == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "run", "Say to which run this part belongs.");
    if (part == 1 && ask->run.len) return mx_fail(ctx, MX_E_BAD_INPUT, "run", "The first part begins a run of its own.");
    st = part > 1 ? go_on(ctx, ask, text, &run) : intake_begin(ctx, mapping, text, parts, ask->dry_run, run);
    if (st == MX_OK) intake_show_one(ctx, run, out);
    return st;
}

const struct mx_op intake_run_op =
    INTAKE_OP(0, "intake.run", "Take a file in: its rows are read by a job; what was taken in before is passed over.", INTAKE_MAY_RUN,
              &intake_run_ask_type, &intake_one_type, run_handler);
