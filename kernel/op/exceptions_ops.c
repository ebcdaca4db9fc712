/* system.exceptions.list: what happened that somebody should look at, by staff member, till or day. */
#include "op/exceptions.h"

#define WEEK_MS (INT64_C(7) * 24 * 3600 * 1000)
#define STEP    2000

static const char *const by_words[] = {"staff", "till", "day", NULL};

struct exceptions_ask {
    uint64_t has;
    int64_t from, until;
    int32_t by;
    int64_t above;
};
static const struct mx_field exceptions_ask_fields[] = {
    MX_F_TIME(exceptions_ask, from, 0, "from when; a week ago when left out"),
    MX_F_TIME(exceptions_ask, until, 0, "before when; now when left out"),
    MX_F_ENUM(exceptions_ask, by, 0, by_words, "counted by staff member, till or day; by staff member when left out"),
    MX_F_MONEY(exceptions_ask, above, 0, 0, MX_INT_MAX, "amounts above this are large; what the shop's settings say when left out"),
};
MX_TYPE_HAS(exceptions_ask, "system.exceptions.ask", "which exceptions");

struct exception_wire {
    struct mx_str who, kind;
    struct mx_str about;
    int64_t count, amount, last_at;
    int64_t others, others_count;
    int64_t usual_milli;
    uint8_t striking;
};
static const struct mx_field exception_wire_fields[] = {
    MX_F_STR(exception_wire, who, 0, 0, 64, "principal, till or day; absent: the event says none"),
    MX_F_STR(exception_wire, kind, MX_REQUIRED, 1, 32, "what"),
    MX_F_STR(exception_wire, about, 0, 0, 64, "whom or what again and again, when that is what counts"),
    MX_F_INT(exception_wire, count, 0, 0, MX_INT_MAX, "how often"),
    MX_F_MONEY(exception_wire, amount, 0, -MX_INT_MAX, MX_INT_MAX, "of how much together"),
    MX_F_TIME(exception_wire, last_at, 0, "the last time"),
    MX_F_INT(exception_wire, others, 0, 0, MX_INT_MAX, "how many others did the same"),
    MX_F_INT(exception_wire, others_count, 0, 0, MX_INT_MAX, "how often all of them together"),
    MX_F_INT(exception_wire, usual_milli, 0, 0, MX_INT_MAX, "how often would be usual, by what the others did, times a thousand"),
    MX_F_BOOL(exception_wire, striking, 0, "so far above what is usual as the shop's settings say (exceptions_least, exceptions_times)"),
};
MX_TYPE(exception_wire, "system.exception", "how often somebody did something that is worth a look");

struct exceptions_page {
    struct mx_list exceptions;
    int64_t entries;
    uint8_t more;
};
static const struct mx_field exceptions_page_fields[] = {
    MX_F_LIST(exceptions_page, exceptions, 0, 0, OP_EXCEPTION_ROWS, exception_wire_type, "what stands out first"),
    MX_F_INT(exceptions_page, entries, 0, 0, MX_INT_MAX, "entries of the log that were looked at"),
    MX_F_BOOL(exceptions_page, more, 0, "there is more than fits"),
};
MX_TYPE(exceptions_page, "system.exceptions", "what is worth a look");

/* Often enough to be no chance: a few times on top of so many times what is usual. What happened at no till accuses none. */
static int is_striking(const struct op_exception_row *row, const struct op_exception_bounds *bounds) {
    int64_t usual, least = row->kind->least ? row->kind->least : bounds->least;
    return row->who.len > 0 && mx_muldiv_floor(row->usual_milli, bounds->times, 1000, &usual) && row->count - least >= usual;
}

static void fill(struct mx_ctx *pub, const struct op_exception_row *row, const struct op_exception_bounds *bounds,
                 struct exception_wire *wire) {
    wire->who = mx_dup(pub, row->who);
    wire->kind = row->kind->kind;
    wire->about = mx_dup(pub, row->about);
    wire->count = row->count;
    wire->amount = row->amount;
    wire->last_at = row->last_at;
    wire->others = row->all_who - 1;
    wire->others_count = row->all_count - row->count;
    wire->usual_milli = row->usual_milli;
    wire->striking = (uint8_t)is_striking(row, bounds);
}

/* The first entry at or after a time: entries of one epoch stand in the order of their numbers, and of their times as well unless the
 * clock was set back; so a day is given on top. */
static mx_status first_at(struct op_ctx *ctx, int64_t at_ms, int64_t head, int64_t *seq) {
    int64_t low = 1, high = head + 1;
    struct bus_entry entry;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        mx_status st = bus_read(ctx->op->opts.bus, ctx->view, middle, &entry);
        if (st != MX_OK && st != MX_NONE) return st;
        if (st == MX_OK && entry.at_ms < at_ms)
            low = middle + 1;
        else
            high = middle;
    }
    *seq = low;
    return MX_OK;
}

static mx_status next_slice(struct op_ctx *ctx, int64_t looked) {
    mx_status st = mx_progress(&ctx->pub, looked, 0);
    return st == MX_OK ? mx_slice(&ctx->pub) : st;
}

static mx_status walk(struct op_exceptions *report, int64_t *looked) {
    struct op_ctx *ctx = report->ctx;
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct bus_entry entry;
    int64_t seq = 1, head = 0;
    mx_status st = bus_head(ctx->op->opts.bus, ctx->view, &head, hash);
    if (st == MX_OK) st = first_at(ctx, report->from - WEEK_MS / 7, head, &seq);
    for (; st == MX_OK && seq <= head; seq++) {
        st = bus_read(ctx->op->opts.bus, ctx->view, seq, &entry);
        if (st == MX_NONE) return MX_OK;
        if (st == MX_OK) op_exceptions_add(report, &entry);
        if (++*looked % STEP == 0 && st == MX_OK) st = next_slice(ctx, *looked);
    }
    return st;
}

static void answer(struct op_exceptions *report, const struct op_exception_bounds *bounds, struct exceptions_page *page) {
    struct mx_ctx *pub = &report->ctx->pub;
    uint32_t i;
    op_exceptions_end(report);
    page->more = report->more;
    page->exceptions = mx_list_new(pub, report->row_count, sizeof(struct exception_wire));
    for (i = 0; i < report->row_count; i++) fill(pub, report->list[i], bounds, mx_list_at(&page->exceptions, i));
}

static mx_status list_exceptions(struct mx_ctx *pub, const void *in, void *out) {
    const struct exceptions_ask *ask = in;
    struct exceptions_page *page = out;
    struct op_exceptions *report = mx_alloc(pub, sizeof(*report));
    struct op_exception_bounds bounds;
    int64_t looked = 0;
    mx_status st;
    report->ctx = op_ctx_of(pub);
    report->by = ask->by ? ask->by : OP_BY_STAFF;
    report->until = ask->until ? ask->until : pub->now_ms + 1;
    report->from = ask->from ? ask->from : report->until - WEEK_MS;
    if (report->from > report->until) return mx_fail(pub, MX_E_BAD_INPUT, "from", "The stretch of time ends before it begins.");
    st = op_shop_exception_bounds(pub, &bounds);
    if (st != MX_OK) return st;
    if (MX_HAS(exceptions_ask, ask, above)) bounds.above = ask->above;
    base_map_init(&report->rows);
    base_map_init(&report->tallies);
    report->arena = base_arena_new(65536);
    st = op_exceptions_begin(report, &bounds);
    if (st == MX_OK) st = walk(report, &looked);
    mx_slices_end(pub);
    if (st == MX_OK) answer(report, &bounds, page);
    page->entries = looked;
    base_map_fini(&report->rows);
    base_map_fini(&report->tallies);
    base_arena_free(report->arena);
    return op_ctx_error(report->ctx, st);
}

const struct mx_op op_exceptions_list = {.size = sizeof(struct mx_op),
                                         .flags = MX_OP_QUERY | MX_OP_HEAVY,
                                         .name = "system.exceptions.list",
                                         .doc =
                                             "What happened that somebody should look at: prices set by hand, refunds without receipt, "
                                             "approvals and the like, by staff member, till or day, beside what is usual for the others.",
                                         .permission = "system.exceptions",
                                         .in = &exceptions_ask_type,
                                         .out = &exceptions_page_type,
                                         .handler = list_exceptions,
                                         .since = "0.4"};
