/* Counting exceptions: an entry of the log counts under every kind whose test its data passes. */
#include <stdlib.h>

#include "op/exceptions.h"
#include "json/json.h"

/* ---- what this room itself calls one ---- */

static mx_status own_kinds(struct mx_ctx *pub, const void *in, void *out) {
    static const char *const own[][4] = {{"approval_used", "identity.approval.used", "", ""},
                                         {"proof_given", "identity.proof.changed", "", ""},
                                         {"personal_data_shown", "system.pii.shown", "count", ""},
                                         {"identifier_added", "identity.person.linked", "", "identity.person.link"},
                                         {"identifier_taken_away", "identity.person.unlinked", "", ""},
                                         {"persons_merged", "identity.persons.merged", "", ""},
                                         {"persons_parted", "identity.persons.unmerged", "", ""}};
    struct mx_exception_kinds *kinds = out;
    uint32_t i, count = sizeof(own) / sizeof(own[0]);
    (void)in;
    kinds->kinds = mx_list_new(pub, count, sizeof(struct mx_exception_kind));
    for (i = 0; i < count; i++) {
        struct mx_exception_kind *kind = mx_list_at(&kinds->kinds, i);
        kind->kind = mx_str_of(own[i][0]);
        kind->event = mx_str_of(own[i][1]);
        kind->amount = mx_str_of(own[i][2]);
        kind->op = mx_str_of(own[i][3]);
        kind->test = MX_EXCEPTION_ALWAYS;
    }
    return MX_OK;
}

const struct mx_answer op_exceptions_own = {.size = sizeof(struct mx_answer),
                                            .priority = 100,
                                            .point = MX_POINT_EXCEPTIONS,
                                            .in = &mx_exception_ask_type,
                                            .out = &mx_exception_kinds_type,
                                            .fn = own_kinds};

static mx_status take_kinds(void *arg, const char *plugin, const void *answer) {
    const struct mx_exception_kinds *kinds = answer;
    struct op_exceptions *report = arg;
    uint32_t i;
    (void)plugin;
    for (i = 0; i < kinds->kinds.count && report->kind_count < OP_EXCEPTION_KINDS; i++)
        report->kinds[report->kind_count++] = *(const struct mx_exception_kind *)mx_list_at(&kinds->kinds, i);
    return MX_OK;
}

mx_status op_exceptions_begin(struct op_exceptions *report, const struct op_exception_bounds *bounds) {
    struct mx_exception_ask ask = {bounds->above, bounds->soon_ms};
    mx_status st = mx_ask_all(&report->ctx->pub, &mx_point_exceptions, &ask, take_kinds, report);
    return st == MX_DECLINED ? MX_OK : st;
}

/* ---- one entry ---- */

static int is_number(struct mx_str value) { return value.len && (value.ptr[0] == '-' || (value.ptr[0] >= '0' && value.ptr[0] <= '9')); }

/* Lent text is not ended by a NUL. */
static int64_t number_of(struct mx_str value) {
    char text[32] = {0};
    if (!is_number(value) || value.len >= sizeof(text)) return 0;
    memcpy(text, value.ptr, value.len);
    return strtoll(text, NULL, 10);
}

static int is_nothing(struct mx_str value) {
    static const char *const nothing[] = {"0", "false", "null", "\"\"", "[]", "{}"};
    uint32_t i;
    for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
        if (mx_str_is(value, nothing[i])) return 1;
    return value.len == 0;
}

static struct mx_str member_of(struct mx_str data, struct mx_str name) {
    char text[65] = {0};
    struct mx_str value = {NULL, 0};
    if (name.len == 0 || name.len >= sizeof(text)) return value;
    memcpy(text, name.ptr, name.len);
    if (!json_text_get(data, text, &value)) return mx_str_n(NULL, 0);
    return value;
}

/* The text between the quotes; names and ids need no escapes. */
static struct mx_str text_of(struct mx_str value) {
    if (value.len < 2 || value.ptr[0] != '"') return mx_str_n(NULL, 0);
    return mx_str_n(value.ptr + 1, value.len - 2);
}

static int counts(const struct mx_exception_kind *kind, const struct bus_entry *entry) {
    struct mx_str value;
    int64_t number;
    if (!mx_str_eq(kind->event, entry->name) || (kind->op.len && !mx_str_eq(kind->op, entry->op))) return 0;
    value = member_of(entry->data, kind->member);
    number = number_of(value);
    switch (kind->test) {
    case MX_EXCEPTION_ALWAYS:
        return 1;
    case MX_EXCEPTION_GIVEN:
        return !is_nothing(value);
    case MX_EXCEPTION_MISSING:
        return is_nothing(value);
    case MX_EXCEPTION_ABOVE:
        return is_number(value) && number > kind->than;
    case MX_EXCEPTION_BELOW:
        return is_number(value) && number > 0 && number < kind->than;
    case MX_EXCEPTION_IS:
        return mx_str_eq(text_of(value), kind->word);
    default:
        return 0;
    }
}

static struct mx_str who_of(struct op_exceptions *report, const struct bus_entry *entry) {
    struct mx_civil day;
    if (report->by == OP_BY_STAFF) return entry->actor;
    if (report->by == OP_BY_TILL) {
        struct mx_str till = text_of(member_of(entry->data, mx_str_of("till")));
        return till.len ? till : text_of(member_of(entry->data, mx_str_of("device")));
    }
    mx_civil_of(&report->ctx->pub, mx_str_n(NULL, 0), entry->at_ms, &day);
    return base_arena_printf(report->ctx->arena, "%04d-%02d-%02d", (int)day.year, (int)day.month, (int)day.day);
}

static struct mx_str name_of(const struct op_exceptions *report, struct mx_str who, struct mx_str what, struct mx_str of) {
    return base_arena_printf(report->ctx->arena, "%.*s\n%.*s\n%.*s", (int)who.len, who.len ? who.ptr : "", (int)what.len,
                             what.len ? what.ptr : "", (int)of.len, of.len ? of.ptr : "");
}

int64_t op_exceptions_work(const struct op_exceptions *report, struct mx_str who, struct mx_str event) {
    const struct op_exception_tally *work = base_map_get(&report->tallies, name_of(report, who, event, mx_str_n(NULL, 0)));
    return work ? work->count : 0;
}

static void add_amount(int64_t *sum, int64_t amount) {
    if (!mx_add(*sum, amount, sum)) *sum = MX_INT_MAX;
}

/* NULL when there are more than fit. */
static struct op_exception_tally *tally(struct op_exceptions *report, struct mx_str who, struct mx_str what, struct mx_str of,
                                        int64_t amount) {
    struct mx_str name = name_of(report, who, what, of);
    struct op_exception_tally *found = base_map_get(&report->tallies, name);
    if (!found) {
        if (report->tallies.count == OP_EXCEPTION_TALLIES) {
            report->more = 1;
            return NULL;
        }
        found = base_arena_alloc(report->arena, sizeof(*found));
        base_map_set(&report->tallies, base_arena_dup(report->arena, name), found);
    }
    found->count++;
    add_amount(&found->amount, amount);
    return found;
}

static struct op_exception_row *row_of(struct op_exceptions *report, struct mx_str who, const struct mx_exception_kind *kind) {
    const struct mx_str nothing = {NULL, 0};
    struct base_arena *arena = report->arena;
    struct mx_str name = name_of(report, who, kind->kind, nothing);
    struct op_exception_row *row = base_map_get(&report->rows, name);
    if (row) return row;
    if (report->row_count == OP_EXCEPTION_ROWS) {
        report->more = 1;
        return NULL;
    }
    row = base_arena_alloc(arena, sizeof(*row));
    row->who = base_arena_dup(arena, who);
    row->kind = kind;
    base_map_set(&report->rows, base_arena_dup(arena, name), row);
    report->list[report->row_count++] = row;
    return row;
}

/* Somebody's work and everybody's: an event that kinds are compared beside is counted once, however many kinds name it. */
static void add_work(struct op_exceptions *report, const struct bus_entry *entry) {
    const struct mx_str nothing = {NULL, 0};
    uint32_t i;
    for (i = 0; i < report->kind_count; i++) {
        if (!mx_str_eq(report->kinds[i].beside, entry->name)) continue;
        tally(report, who_of(report, entry), entry->name, nothing, 0);
        tally(report, mx_str_of(OP_EXCEPTION_ALL), entry->name, nothing, 0);
        return;
    }
}

static void count_same(struct op_exceptions *report, struct op_exception_row *row, struct mx_str value, int64_t amount) {
    const struct op_exception_tally *of = tally(report, row->who, row->kind->kind, value, amount);
    if (!of || of->count <= row->count) return;
    row->count = of->count;
    row->amount = of->amount;
    if (!mx_str_eq(row->about, value)) row->about = base_arena_dup(report->arena, value);
}

static void add_to(struct op_exceptions *report, const struct mx_exception_kind *kind, const struct bus_entry *entry) {
    int64_t amount = number_of(member_of(entry->data, kind->amount));
    struct mx_str value = text_of(member_of(entry->data, kind->same));
    struct op_exception_row *row;
    if (kind->same.len && value.len == 0) return;
    row = row_of(report, who_of(report, entry), kind);
    if (!row) return;
    if (kind->same.len) {
        count_same(report, row, value, amount);
    } else {
        row->count++;
        add_amount(&row->amount, amount);
    }
    if (entry->at_ms > row->last_at) row->last_at = entry->at_ms;
}

/* What customers do in their own sessions is no exception, however many of them do it. */
void op_exceptions_add(struct op_exceptions *report, const struct bus_entry *entry) {
    uint32_t i;
    if (entry->at_ms < report->from || entry->at_ms >= report->until || base_id_valid(entry->actor, "per")) return;
    add_work(report, entry);
    for (i = 0; i < report->kind_count; i++) {
        const struct mx_exception_kind *kind = &report->kinds[i];
        if (counts(kind, entry)) add_to(report, kind, entry);
    }
}
