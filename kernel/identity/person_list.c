/* Reading what persons are known by, and what was said about them. */
#include "identity/person_wire.h"

static mx_status add_links(struct mx_ctx *ctx, struct mx_str person, int open, struct mx_list *links) {
    struct base_arena *arena = store_view_arena(identity_view(ctx));
    struct identity_identifier probe = {0}, *found = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    probe.person = person;
    opts.size = sizeof(opts);
    opts.index = "person";
    opts.prefix = 1;
    st = mx_scan_open(ctx, &identity_identifiers, &opts, &probe, &scan);
    while (st == MX_OK && links->count < PERSON_LINKS_MAX && (st = mx_scan_next(ctx, scan, &found)) == MX_OK) {
        struct person_link_wire *wire;
        if (found->value.len == 0) continue;
        wire = mx_list_at(links, links->count++);
        wire->id = found->id;
        wire->person = person;
        wire->kind = found->kind;
        if (open) wire->value = found->value;
        wire->masked = identity_mask(arena, base_arena_dup(arena, found->kind).ptr, found->value);
        wire->linked = found->linked;
        wire->source = found->source;
        wire->ref = found->ref;
        wire->by = found->by;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status identity_links_of(struct mx_ctx *ctx, const struct mx_list *persons, int open, struct mx_list *links) {
    mx_status st = MX_OK;
    uint32_t i;
    *links = mx_list_new(ctx, PERSON_LINKS_MAX, sizeof(struct person_link_wire));
    links->count = 0;
    for (i = 0; st == MX_OK && i < persons->count; i++) st = add_links(ctx, mx_list_str(persons, i), open, links);
    return st;
}

mx_status identity_hints_of(struct mx_ctx *ctx, struct mx_str person, struct mx_list *hints) {
    struct mx_list persons = {&person, 1, sizeof(person)}, links;
    mx_status st = identity_links_of(ctx, &persons, 0, &links);
    uint32_t i;
    if (st != MX_OK) return st;
    *hints = mx_list_new(ctx, links.count, sizeof(struct person_hint_wire));
    for (i = 0; i < links.count; i++) {
        const struct person_link_wire *link = mx_list_at(&links, i);
        struct person_hint_wire *hint = mx_list_at(hints, i);
        hint->kind = link->kind;
        hint->masked = link->masked;
    }
    return MX_OK;
}

/* ---- merges ---- */

struct merge_row {
    int64_t number;
    struct person_merge_wire wire;
};

struct merge_rows {
    struct merge_row rows[PERSON_MERGES_MAX];
    uint32_t count;
};

/* In order, each once: it is found from both its ends. */
static void add_merge(struct merge_rows *rows, const struct identity_merge *merge) {
    uint32_t at = rows->count, i;
    if (rows->count == PERSON_MERGES_MAX) return;
    while (at > 0 && rows->rows[at - 1].number > merge->number) at--;
    if (at > 0 && rows->rows[at - 1].number == merge->number) return;
    for (i = rows->count++; i > at; i--) rows->rows[i] = rows->rows[i - 1];
    rows->rows[at].number = merge->number;
    rows->rows[at].wire = (struct person_merge_wire){merge->id, merge->from,   merge->into,      merge->at,
                                                     merge->by, merge->reason, merge->undone_at, merge->undone_by};
}

static mx_status add_merges(struct mx_ctx *ctx, const char *index, struct mx_str person, struct merge_rows *rows) {
    struct identity_merge probe = {0}, *found = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    probe.from = probe.into = person;
    opts.size = sizeof(opts);
    opts.index = index;
    opts.prefix = 1;
    st = mx_scan_open(ctx, &identity_merges, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &found)) == MX_OK) add_merge(rows, found);
    return st == MX_DONE ? MX_OK : st;
}

mx_status identity_merges_of(struct mx_ctx *ctx, const struct mx_list *persons, struct mx_list *merges) {
    struct merge_rows *rows = mx_alloc(ctx, sizeof(*rows));
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < persons->count; i++) {
        st = add_merges(ctx, "from", mx_list_str(persons, i), rows);
        if (st == MX_OK) st = add_merges(ctx, "into", mx_list_str(persons, i), rows);
    }
    if (st != MX_OK) return st;
    *merges = mx_list_new(ctx, rows->count, sizeof(struct person_merge_wire));
    for (i = 0; i < rows->count; i++) memcpy(mx_list_at(merges, i), &rows->rows[i].wire, sizeof(rows->rows[i].wire));
    return MX_OK;
}
