/* A version computed beside the one in force: what the receipts since then would have cost. Nothing happens while the shop sells;
 * the receipts are priced again when somebody asks for the report, from the facts that were stored with them. */
#include <stdio.h>

#include "base/id.h"
#include "script/backtest.h"
#include "script/version.h"

#define EXAMPLES_MAX 20
#define CURSOR_MAX   2048

/* ---- rules.shadow ---- */

struct shadow_ask {
    struct mx_str draft;
    int64_t version;
    uint8_t off;
    struct mx_str note;
};
static const struct mx_field shadow_ask_fields[] = {
    MX_F_ID(shadow_ask, draft, 0, "rds", "draft that is computed beside; it becomes a version, and stays a draft"),
    MX_F_INT(shadow_ask, version, 0, 1, MX_INT_MAX, "or version that is computed beside"),
    MX_F_BOOL(shadow_ask, off, 0, "end it"),
    MX_F_STR(shadow_ask, note, MX_MULTILINE | MX_FREE_TEXT, 0, SCRIPT_NOTE_MAX, "why, for those who look back"),
};
MX_TYPE(shadow_ask, "rules.shadow.ask", "what is computed beside");

struct shadow_answer {
    int64_t version;
    struct mx_str text;
    int64_t since;
};
static const struct mx_field shadow_answer_fields[] = {
    MX_F_INT(shadow_answer, version, 0, 0, MX_INT_MAX, "version that is computed beside; 0 = none"),
    MX_F_STR(shadow_answer, text, 0, 0, 64, "the version as orders name it"),
    MX_F_TIME(shadow_answer, since, 0, "since when"),
};
MX_TYPE(shadow_answer, "rules.shadow", "what is computed beside");

static mx_status check(struct mx_ctx *ctx, const struct shadow_ask *ask) {
    if (ask->off && (ask->draft.len || ask->version)) return mx_fail(ctx, MX_E_BAD_INPUT, "off", "With off nothing else may be said.");
    if (!ask->off && !ask->draft.len == !ask->version) return mx_fail(ctx, MX_E_BAD_INPUT, "version", "Name either a draft or a version.");
    return MX_OK;
}

static mx_status prepare_shadow(struct mx_ctx *ctx, const void *in, void *out) {
    const struct shadow_ask *ask = in;
    mx_status st = check(ctx, ask);
    (void)out;
    return st == MX_OK && ask->draft.len ? script_try_prepare(ctx, ask->draft) : st;
}

static mx_status shadow(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct shadow_ask *ask = in;
    struct shadow_answer *out = out_;
    struct script_version *version = NULL;
    struct script_now *now;
    mx_status st = check(ctx, ask);
    if (st == MX_OK && !ask->off) st = script_try_version(ctx, ask->draft, ask->version, ask->note, &version);
    if (st == MX_OK) st = script_now_get(ctx, &now);
    if (st != MX_OK) return st;
    now->shadow = version ? version->n : 0;
    now->shadow_since = version ? ctx->now_ms : 0;
    if (version) {
        out->version = version->n;
        out->text = script_version_text(ctx, version);
        out->since = ctx->now_ms;
    }
    return script_now_put(ctx, now);
}

/* ---- rules.shadow.report ---- */

struct report_ask {
    struct mx_str location;
    int64_t from;
};
static const struct mx_field report_ask_fields[] = {
    MX_F_STR(report_ask, location, 0, 0, MX_CODE_MAX, "receipts of this location alone"),
    MX_F_TIME(report_ask, from, 0, "receipts from this time on alone; absent: since it is computed beside"),
};
MX_TYPE(report_ask, "rules.shadow.report.ask", "which receipts");

struct shadow_example {
    struct mx_str order, number;
    int64_t at, total_live, total_shadow;
};
static const struct mx_field shadow_example_fields[] = {
    MX_F_ID(shadow_example, order, MX_REQUIRED, "ord", "order"),
    MX_F_STR(shadow_example, number, 0, 0, 64, "number on the receipt"),
    MX_F_TIME(shadow_example, at, 0, "when it was sold"),
    MX_F_MONEY(shadow_example, total_live, 0, 0, MX_INT_MAX, "what it cost"),
    MX_F_MONEY(shadow_example, total_shadow, 0, 0, MX_INT_MAX, "what it would have cost"),
};
MX_TYPE(shadow_example, "rules.shadow.example", "a receipt that would have cost something else");

struct shadow_report {
    int64_t version;
    struct mx_str text;
    int64_t since, receipts, changed, dearer, total_live, total_shadow, discount_live, discount_shadow, faults, refused;
    struct mx_str fault;
    struct mx_list examples;
};
static const struct mx_field shadow_report_fields[] = {
    MX_F_INT(shadow_report, version, 0, 0, MX_INT_MAX, "version that is computed beside; 0 = none"),
    MX_F_STR(shadow_report, text, 0, 0, 64, "the version as orders name it"),
    MX_F_TIME(shadow_report, since, 0, "since when"),
    MX_F_INT(shadow_report, receipts, 0, 0, MX_INT_MAX, "receipts since then"),
    MX_F_INT(shadow_report, changed, 0, 0, MX_INT_MAX, "that would have cost something else"),
    MX_F_INT(shadow_report, dearer, 0, 0, MX_INT_MAX, "that would have cost more"),
    MX_F_MONEY(shadow_report, total_live, 0, 0, MX_INT_MAX, "what they cost"),
    MX_F_MONEY(shadow_report, total_shadow, 0, 0, MX_INT_MAX, "what they would have cost"),
    MX_F_MONEY(shadow_report, discount_live, 0, 0, MX_INT_MAX, "discounts that were given"),
    MX_F_MONEY(shadow_report, discount_shadow, 0, 0, MX_INT_MAX, "discounts that would have been given"),
    MX_F_INT(shadow_report, faults, 0, 0, MX_INT_MAX, "times that one of its rules failed"),
    MX_F_STR(shadow_report, fault, 0, 0, SCRIPT_FAULT_TEXT, "what went wrong the first time"),
    MX_F_INT(shadow_report, refused, 0, 0, MX_INT_MAX, "receipts that could not be priced with it"),
    MX_F_LIST(shadow_report, examples, 0, 0, EXAMPLES_MAX, shadow_example_type, "the largest differences, the largest first"),
};
MX_TYPE(shadow_report, "rules.shadow.report", "what receipts would have cost with the version beside");

/* An example while the report is made: nothing is left behind of those that larger ones drive out. */
struct kept {
    struct shadow_example example;
    char order[BASE_ID_MAX + 1], number[65];
};

struct look {
    struct mx_ctx *ctx;
    struct base_arena *arena; /* what outlives a page */
    struct backtest_side side;
    struct mx_past_ask ask;
    struct shadow_report *report;
    struct kept examples[EXAMPLES_MAX]; /* the largest difference first */
    uint32_t example_count;
    char cursor[CURSOR_MAX];
};

static int64_t difference(const struct shadow_example *example) {
    int64_t by = example->total_shadow - example->total_live;
    return by < 0 ? -by : by;
}

static void keep_example(struct look *look, const struct mx_past *past, int64_t total) {
    struct shadow_example example = {{NULL, 0}, {NULL, 0}, past->cart->at, past->total, total};
    uint32_t at = look->example_count;
    while (at > 0 && difference(&look->examples[at - 1].example) < difference(&example)) at--;
    if (at == EXAMPLES_MAX) return;
    if (look->example_count < EXAMPLES_MAX) look->example_count++;
    memmove(&look->examples[at + 1], &look->examples[at], (look->example_count - 1 - at) * sizeof(look->examples[0]));
    look->examples[at].example = example;
    snprintf(look->examples[at].order, sizeof(look->examples[at].order), "%.*s", (int)past->order.len, past->order.ptr);
    snprintf(look->examples[at].number, sizeof(look->examples[at].number), "%.*s", (int)past->number.len,
             past->number.len ? past->number.ptr : "");
}

static void add_faults(struct look *look, const struct mx_list *faults) {
    const struct mx_rule_fault *first = faults->count ? mx_list_at(faults, 0) : NULL;
    look->report->faults += faults->count;
    if (first != NULL && look->report->fault.len == 0) look->report->fault = base_arena_dup(look->arena, first->message);
}

static mx_status add_receipt(struct look *look, const struct mx_past *past) {
    struct backtest_priced priced = {0};
    struct shadow_report *report = look->report;
    mx_status st = backtest_price(&look->side, look->ctx, past->cart, &priced);
    report->receipts++;
    add_faults(look, &priced.offers.faults);
    if (st == MX_E_OUT_OF_RANGE || st == MX_E_BAD_INPUT) {
        report->refused++;
        return MX_OK;
    }
    if (st != MX_OK) return st;
    if (!mx_add(report->total_live, past->total, &report->total_live) ||
        !mx_add(report->total_shadow, priced.priced.total, &report->total_shadow) ||
        !mx_add(report->discount_live, past->discount, &report->discount_live) ||
        !mx_add(report->discount_shadow, priced.priced.discount, &report->discount_shadow))
        return mx_fail(look->ctx, MX_E_OUT_OF_RANGE, NULL, "The receipts become too large to be counted together.");
    if (priced.priced.total == past->total && priced.priced.discount == past->discount) return MX_OK;
    report->changed++;
    report->dearer += priced.priced.total > past->total;
    keep_example(look, past, priced.priced.total);
    return MX_OK;
}

/* `next` outlives the page. */
static mx_status add_page(struct look *look, int *more) {
    struct mx_past_page page = {0};
    uint32_t i;
    mx_status st = mx_slice(look->ctx);
    if (st == MX_OK) st = mx_ask(look->ctx, &mx_point_past, &look->ask, &page);
    if (st == MX_DECLINED) return mx_fail(look->ctx, MX_E_NOT_FOUND, NULL, "Nobody here keeps past receipts.");
    for (i = 0; st == MX_OK && i < page.receipts.count; i++) {
        st = mx_progress(look->ctx, look->report->receipts, 0);
        if (st == MX_OK) st = add_receipt(look, mx_list_at(&page.receipts, i));
    }
    if (st == MX_OK && page.next.len >= CURSOR_MAX) st = mx_fail(look->ctx, MX_E_INTERNAL, NULL, "The place in the receipts is too long.");
    if (st != MX_OK) return st;
    *more = page.next.len > 0;
    if (*more) memcpy(look->cursor, page.next.ptr, page.next.len);
    look->ask.after = mx_str_n(look->cursor, page.next.len);
    return MX_OK;
}

/* Into the command's memory, which answers live in. */
static void hand_over(struct look *look) {
    struct mx_list *examples = &look->report->examples;
    uint32_t i;
    *examples = mx_list_new(look->ctx, look->example_count, sizeof(struct shadow_example));
    for (i = 0; i < examples->count; i++) {
        struct shadow_example *example = mx_list_at(examples, i);
        *example = look->examples[i].example;
        example->order = mx_dup(look->ctx, mx_str_of(look->examples[i].order));
        example->number = mx_dup(look->ctx, mx_str_of(look->examples[i].number));
    }
    look->report->fault = mx_dup(look->ctx, look->report->fault);
}

static mx_status look_back(struct look *look, const struct script_version *version) {
    struct script_files files;
    int more = 1;
    mx_status st = script_version_files(look->ctx, version, &files);
    if (st == MX_OK) st = script_compile(look->ctx, &files, &look->side.trying.set, &look->side.trying.state);
    if (st != MX_OK) return st;
    look->arena = base_arena_new(64 * 1024);
    backtest_books_init(&look->side.books, look->arena);
    while (st == MX_OK && more) st = add_page(look, &more);
    mx_slices_end(look->ctx);
    hand_over(look);
    backtest_books_fini(&look->side.books);
    base_arena_free(look->arena);
    script_trying_end(&look->side.trying);
    return st;
}

static mx_status report(struct mx_ctx *ctx, const void *in, void *out_) {
    const struct report_ask *ask = in;
    struct shadow_report *out = out_;
    struct look *look = mx_alloc(ctx, sizeof(*look));
    struct script_version *version;
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    if (st != MX_OK || now->shadow == 0) return st;
    st = script_version_get(ctx, now->shadow, NULL, &version);
    if (st != MX_OK) return st;
    out->version = version->n;
    out->text = script_version_text(ctx, version);
    out->since = now->shadow_since;
    look->ctx = ctx;
    look->report = out;
    look->ask.from = ask->from > now->shadow_since ? ask->from : now->shadow_since;
    look->ask.location = ask->location;
    return look_back(look, version);
}

const struct mx_op script_op_shadow = {
    sizeof(struct mx_op), 0,
    "rules.shadow",       "Compute a draft or version beside the rules in force, charging nothing, or end that",
    "rules.publish",      &shadow_ask_type,
    &shadow_answer_type,  shadow,
    prepare_shadow,       MX_HOME_HERE,
    MX_OFFLINE_REFUSE,    "0.3"};
const struct mx_op script_op_shadow_report = {sizeof(struct mx_op),
                                              MX_OP_QUERY | MX_OP_HEAVY,
                                              "rules.shadow.report",
                                              "What the receipts since then would have cost with the version that is computed beside",
                                              "rules.read",
                                              &report_ask_type,
                                              &shadow_report_type,
                                              report,
                                              NULL,
                                              MX_HOME_HERE,
                                              MX_OFFLINE_REFUSE,
                                              "0.3"};
