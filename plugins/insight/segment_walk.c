/* Walks over all members: how many are in a segment, and who; now, or as of a day that has passed. */
#include "segment.h"

#include <stdio.h>
#include <stdlib.h>

#define SLICE    20000
#define PAGE     100
#define PAGE_MAX 500

struct which {
    struct mx_str code;
    struct insight_rule *where;
    int64_t at;
    struct mx_str after;
    int64_t limit;
};
static const struct mx_field count_ask_fields[] = {
    MX_F_STR(which, code, 0, 1, INSIGHT_CODE_MAX, "segment"),
    MX_F_STRUCT(which, where, 0, insight_rule_type, "or a condition that no segment has yet"),
    MX_F_TIME(which, at, 0, "as of when; absent: now"),
};
static const struct mx_type count_ask_type = {(uint32_t)sizeof(struct mx_type),
                                              (uint32_t)sizeof(struct which),
                                              "insight.segment.count.ask",
                                              "how many are in a segment",
                                              count_ask_fields,
                                              3,
                                              (uint32_t)sizeof(struct mx_field),
                                              MX_NO_OFFSET,
                                              MX_NO_OFFSET,
                                              MX_NO_OFFSET,
                                              0};
static const struct mx_field which_fields[] = {
    MX_F_STR(which, code, 0, 1, INSIGHT_CODE_MAX, "segment"),
    MX_F_STRUCT(which, where, 0, insight_rule_type, "or a condition that no segment has yet"),
    MX_F_TIME(which, at, 0, "as of when; absent: now"),
    MX_F_STR(which, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(which, limit, 0, 1, PAGE_MAX, "members on a page (100)"),
};
MX_TYPE(which, "insight.segment.members.ask", "who is in a segment");

struct walking {
    struct mx_ctx *ctx;
    struct mx_list not_reproducible;
    struct insight_plan plan;
    struct insight_look look;
    struct insight_row then;      /* what `look` looks at, unless it is the row as it is stored */
    struct mx_member_facts facts; /* of a customer with several ids */
    struct insight_curve curves[INSIGHT_CURVES];
    char cursor[600];
    uint32_t cursor_len;
    int64_t looked, total, found, withheld;
    mx_status (*fn)(struct walking *walking, struct mx_str member); /* NULL: only counted */
    void *arg;
};

static mx_status rule_of(struct mx_ctx *ctx, const struct which *ask, const struct insight_rule **rule) {
    struct insight_segment *segment = NULL;
    mx_status st;
    if ((ask->code.len > 0) == (ask->where != NULL)) return mx_fail(ctx, MX_E_BAD_INPUT, "code", "Say code or where.");
    *rule = ask->where;
    if (ask->where) return insight_rule_check(ctx, ask->where, "where");
    st = insight_segment_get(ctx, ask->code, &segment);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "code", "There is no such segment.");
    if (st == MX_OK) *rule = segment->where;
    return st;
}

/* One member. A customer with several ids is looked at under the standing one. */
static mx_status look_at(struct walking *walking, const struct insight_row *row, int *yes) {
    struct insight_look *look = &walking->look;
    struct mx_member_facts *facts = &walking->facts;
    struct insight_row *then = &walking->then;
    mx_status st = MX_OK;
    look->row = row;
    look->facts = NULL;
    look->has_traits = 0;
    *yes = 0;
    if (row->merged) {
        *facts = (struct mx_member_facts){0};
        st = insight_member(walking->ctx, row->member, facts);
        if (st == MX_NONE || (st == MX_OK && !mx_str_eq(mx_list_str(&facts->members, 0), row->member))) return MX_OK;
        if (st == MX_OK) st = insight_row_of(walking->ctx, facts, look->past ? look->at : 0, then);
        look->facts = facts;
        look->row = then;
    } else if (look->past) {
        st = insight_row_at(walking->ctx, row, look->at, then);
        look->row = then;
    }
    if (st == MX_OK && insight_unknown_then(look)) return MX_OK;
    return st == MX_OK ? insight_plan_holds(look, &walking->plan, yes) : st;
}

static mx_status take(struct walking *walking, const struct insight_row *row) {
    const struct mx_str alone = row->member;
    struct mx_member_facts facts = {.id = alone};
    int yes = 0;
    mx_status st = look_at(walking, row, &yes);
    walking->looked++;
    if (st != MX_OK || !yes) return st;
    facts.members = row->merged ? walking->facts.members : (struct mx_list){(void *)(uintptr_t)&alone, 1, sizeof(alone)};
    st = insight_consents(walking->ctx, &facts, &yes);
    if (st != MX_OK) return st;
    walking->found += yes;
    walking->withheld += !yes;
    return yes && walking->fn ? walking->fn(walking, row->member) : MX_OK;
}

/* Each slice looks at the shop as it is then; the tills go on meanwhile. */
static mx_status walk_slice(struct walking *walking, mx_status (*row_fn)(struct walking *, const struct insight_row *)) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1, .after = {walking->cursor, walking->cursor_len}};
    struct mx_scan *scan = NULL;
    struct insight_row *row;
    struct mx_str cursor;
    uint32_t i;
    mx_status st = mx_slice(walking->ctx), said = MX_OK;
    if (st == MX_OK) st = mx_scan_open(walking->ctx, &insight_rows, &opts, NULL, &scan);
    for (i = 0; st == MX_OK && said == MX_OK && i < SLICE; i++)
        if ((st = mx_scan_next(walking->ctx, scan, &row)) == MX_OK) said = row_fn(walking, row);
    if (st < 0 || said < 0) return st < 0 ? st : said;
    if (st == MX_OK) {
        cursor = mx_scan_cursor(walking->ctx, scan);
        if (cursor.len > sizeof(walking->cursor)) return MX_E_INTERNAL;
        memcpy(walking->cursor, cursor.ptr, cursor.len);
        walking->cursor_len = cursor.len;
        if (said == MX_OK) st = mx_progress(walking->ctx, walking->looked, walking->total);
    }
    return said == MX_DONE ? MX_DONE : st;
}

struct values {
    int64_t *items[INSIGHT_CURVES];
    uint32_t count, room;
};

static mx_status value_add(struct walking *walking, const struct insight_row *row) {
    struct values *values = walking->arg;
    struct insight_row then;
    int i;
    mx_status st = insight_row_at(walking->ctx, row, walking->look.at, &then);
    if (st != MX_OK || then.orders <= 0) return st;
    if (values->count == values->room) {
        values->room = values->room ? values->room * 2 : 4096;
        for (i = 0; i < INSIGHT_CURVES; i++) {
            int64_t *more = realloc(values->items[i], values->room * sizeof(*more));
            if (!more) return mx_fail(walking->ctx, MX_E_NOMEM, NULL, "There is no memory to look at so many members.");
            values->items[i] = more;
        }
    }
    for (i = 0; i < INSIGHT_CURVES; i++) values->items[i][values->count] = insight_bucket(&then, i);
    values->count++;
    return MX_OK;
}

/* Where members stood at that time follows from the sales of all of them until then. */
static mx_status curves_then(struct walking *walking) {
    struct values values = {{NULL}, 0, 0};
    void *arg = walking->arg;
    int i;
    mx_status st;
    walking->arg = &values;
    while ((st = walk_slice(walking, value_add)) == MX_OK) {
    }
    walking->arg = arg;
    walking->cursor_len = 0;
    mx_slices_end(walking->ctx);
    if (st == MX_DONE) st = MX_OK;
    for (i = 0; i < INSIGHT_CURVES; i++) {
        if (st == MX_OK) insight_curve_make(walking->ctx, values.items[i], values.count, &walking->curves[i]);
        free(values.items[i]);
    }
    return st;
}

static mx_status walk_begin(struct mx_ctx *ctx, const struct which *ask, struct walking *walking) {
    const struct insight_rule *rule = NULL;
    mx_status st;
    walking->ctx = ctx;
    if (ask->at > ctx->now_ms) return mx_fail(ctx, MX_E_BAD_INPUT, "at", "That day has not come yet.");
    walking->look = (struct insight_look){.ctx = ctx, .at = ask->at ? ask->at : ctx->now_ms, .past = ask->at != 0};
    st = rule_of(ctx, ask, &rule);
    if (st == MX_OK) walking->not_reproducible = insight_rule_now_alone(ctx, rule, walking->look.past);
    if (st == MX_OK) st = insight_plan_make(ctx, rule, &walking->plan);
    if (st != MX_OK || !insight_plan_needs_curves(&walking->plan)) return st;
    walking->look.curves = walking->curves;
    return walking->look.past ? curves_then(walking) : insight_curves_read(ctx, walking->curves);
}

struct counted {
    int64_t count;
    int64_t withheld;
    int64_t looked_at;
    int64_t at;
    struct mx_list not_reproducible;
};
static const struct mx_field counted_fields[] = {
    MX_F_INT(counted, count, 0, 0, MX_INT_MAX, "members in it who have agreed to personalisation"),
    MX_F_INT(counted, withheld, 0, 0, MX_INT_MAX, "members who would be in it but have not agreed: they are never listed"),
    MX_F_INT(counted, looked_at, 0, 0, MX_INT_MAX, "members looked at"),
    MX_F_TIME(counted, at, 0, "as of when"),
    MX_F_STRS(counted, not_reproducible, 0, 0, INSIGHT_CONDITIONS_MAX, INSIGHT_NOT_REPRODUCIBLE),
};
MX_TYPE(counted, "insight.segment.counted", "how many are in a segment");

static mx_status count_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct counted *counted = out;
    struct walking *walking = mx_alloc(ctx, sizeof(*walking));
    mx_status st = walk_begin(ctx, in, walking);
    if (st != MX_OK) return st;
    walking->looked = 0;
    while ((st = walk_slice(walking, take)) == MX_OK) {
    }
    mx_slices_end(ctx);
    *counted = (struct counted){walking->found, walking->withheld, walking->looked, walking->look.at, walking->not_reproducible};
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op insight_op_segment_count = {.size = sizeof(struct mx_op),
                                               .flags = MX_OP_QUERY | MX_OP_HEAVY,
                                               .name = "insight.segment.count",
                                               .doc = "Count the members of a segment, now or as of a day that has passed.",
                                               .permission = "insight.lists",
                                               .in = &count_ask_type,
                                               .out = &counted_type,
                                               .handler = count_handler,
                                               .since = "0.4"};

struct members {
    struct mx_list members;
    struct mx_str next;
    struct mx_list not_reproducible;
};
static const struct mx_field members_fields[] = {
    MX_F_STRS(members, members, 0, 0, PAGE_MAX, "members, by id"),
    MX_F_STR(members, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
    MX_F_STRS(members, not_reproducible, 0, 0, INSIGHT_CONDITIONS_MAX, INSIGHT_NOT_REPRODUCIBLE),
};
MX_TYPE(members, "insight.segment.members", "who is in a segment");

struct paging {
    uint32_t limit, count;
    char (*ids)[64];
    uint32_t *lens;
};

static mx_status page_add(struct walking *walking, struct mx_str member) {
    struct paging *paging = walking->arg;
    if (member.len > 64) return MX_E_INTERNAL;
    memcpy(paging->ids[paging->count], member.ptr, member.len);
    paging->lens[paging->count++] = member.len;
    return paging->count == paging->limit ? MX_DONE : MX_OK;
}

static mx_status members_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct which *ask = in;
    struct members *page = out;
    struct walking *walking = mx_alloc(ctx, sizeof(*walking));
    struct paging paging = {ask->limit ? (uint32_t)ask->limit : PAGE, 0, NULL, NULL};
    uint32_t i;
    mx_status st = walk_begin(ctx, ask, walking);
    if (st != MX_OK) return st;
    if (ask->after.len > sizeof(walking->cursor)) return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of a page.");
    paging.ids = mx_alloc(ctx, (size_t)paging.limit * sizeof(*paging.ids));
    paging.lens = mx_alloc(ctx, paging.limit * sizeof(*paging.lens));
    memcpy(walking->cursor, ask->after.ptr ? ask->after.ptr : "", ask->after.len);
    walking->cursor_len = ask->after.len;
    walking->arg = &paging;
    walking->fn = page_add;
    while ((st = walk_slice(walking, take)) == MX_OK) {
    }
    mx_slices_end(ctx);
    if (st != MX_DONE) return st;
    page->not_reproducible = walking->not_reproducible;
    page->members = mx_list_new(ctx, paging.count, sizeof(struct mx_str));
    for (i = 0; i < paging.count; i++)
        *(struct mx_str *)mx_list_at(&page->members, i) = mx_dup(ctx, mx_str_n(paging.ids[i], paging.lens[i]));
    if (paging.count == paging.limit) page->next = mx_dup(ctx, mx_str_n(walking->cursor, walking->cursor_len));
    return MX_OK;
}

const struct mx_op insight_op_segment_members = {.size = sizeof(struct mx_op),
                                                 .flags = MX_OP_QUERY | MX_OP_HEAVY,
                                                 .name = "insight.segment.members",
                                                 .doc = "List the members of a segment, now or as of a day that has passed.",
                                                 .permission = "insight.lists",
                                                 .in = &which_type,
                                                 .out = &members_type,
                                                 .handler = members_handler,
                                                 .since = "0.4"};
