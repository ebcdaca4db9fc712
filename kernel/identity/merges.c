/* Merges: somebody says that two persons are one human being, and may take it back. Nothing is ever moved from one to the other. */
#include "identity/internal.h"

mx_status identity_merge_get(struct store_view *view, struct mx_str id, const struct identity_merge **merge) {
    struct identity_merge probe = {0};
    void *record = NULL;
    mx_status st;
    probe.id = id;
    st = store_get(view, &identity_merges, &probe, &record, NULL);
    if (st == MX_OK) *merge = record;
    return st;
}

static mx_status person_or_word(struct store_view *view, struct mx_str id, const char *field, const struct identity_person **person,
                                struct mx_error *err) {
    mx_status st = identity_person_read(view, id, person);
    if (st == MX_NONE) return base_fail(err, MX_E_NOT_FOUND, field, "There is no such person.");
    return st == MX_OK ? st : base_fail(err, st, NULL, "%s.", base_status_text(st));
}

static mx_status living(struct store_view *view, struct mx_str id, const char *field, const struct identity_person **person,
                        struct mx_error *err) {
    mx_status st = person_or_word(view, id, field, person, err);
    if (st != MX_OK || (*person)->key.len) return st;
    return base_fail(err, MX_E_ERASED, field, "This person was erased.");
}

/* ---- sets ---- */

static void set_list(struct base_arena *arena, const struct identity_person *person, struct mx_list *list) {
    *list = person->set;
    if (list->count) return;
    list->items = base_arena_alloc(arena, sizeof(struct mx_str));
    memcpy(list->items, &person->id, sizeof(person->id));
    list->count = 1;
    list->elem_size = sizeof(struct mx_str);
}

mx_status identity_person_set(struct store_view *view, struct mx_str person, struct mx_list *persons, struct mx_error *err) {
    const struct identity_person *known;
    mx_status st = person_or_word(view, person, NULL, &known, err);
    if (st == MX_OK) set_list(store_view_arena(view), known, persons);
    return st;
}

static mx_status add_edges(struct store_view *view, struct mx_str from, struct identity_edges *edges, struct mx_error *err) {
    struct identity_merge probe = {0};
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st;
    probe.from = from;
    opts.size = sizeof(opts);
    opts.index = "from";
    opts.prefix = 1;
    st = store_scan_open(view, &identity_merges, &opts, &probe, &scan, err);
    while (st == MX_OK && (st = store_scan_next(scan, &record, err)) == MX_OK) {
        const struct identity_merge *merge = record;
        uint32_t at = edges->count;
        if (merge->undone_at || at == IDENTITY_SET_MAX) continue;
        for (; at > 0 && edges->merges[at - 1]->number > merge->number; at--) edges->merges[at] = edges->merges[at - 1];
        edges->merges[at] = merge;
        edges->count++;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status identity_edges_read(struct store_view *view, const struct mx_list *persons, struct identity_edges *edges, struct mx_error *err) {
    mx_status st = MX_OK;
    uint32_t i;
    edges->count = 0;
    for (i = 0; st == MX_OK && i < persons->count; i++) st = add_edges(view, mx_list_str(persons, i), edges, err);
    return st;
}

static mx_status write_set(struct store_view *view, const struct identity_set *set, struct mx_error *err) {
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < set->count; i++) {
        const struct identity_person *known;
        struct identity_person person;
        st = person_or_word(view, set->persons[i], NULL, &known, err);
        if (st != MX_OK) break;
        person = *known;
        person.set.items = (void *)(uintptr_t)set->persons;
        person.set.count = set->count > 1 ? set->count : 0;
        person.set.elem_size = sizeof(set->persons[0]);
        st = store_put(view, &identity_persons, &person, err);
    }
    return st;
}

/* ---- one more ---- */

static mx_status may_merge(const struct mx_list *from, const struct mx_list *into, struct mx_error *err) {
    uint32_t i;
    for (i = 0; i < from->count; i++)
        if (mx_str_eq(mx_list_str(from, i), mx_list_str(into, 0)))
            return base_error_set(err, MX_E_REFUSED, "merged_already", "into", __FILE__, __LINE__,
                                  "These persons are one customer already.");
    if (from->count + into->count <= IDENTITY_SET_MAX) return MX_OK;
    return base_error_set(err, MX_E_REFUSED, "too_many_persons", "into", __FILE__, __LINE__,
                          "No more than %u persons can be one customer: look whether they really are.", IDENTITY_SET_MAX);
}

static mx_status join(struct store_view *view, const struct mx_list *from, const struct mx_list *into, struct mx_error *err) {
    struct identity_set set;
    uint32_t i;
    set.count = 0;
    for (i = 0; i < into->count; i++) set.persons[set.count++] = mx_list_str(into, i);
    for (i = 0; i < from->count; i++) set.persons[set.count++] = mx_list_str(from, i);
    return write_set(view, &set, err);
}

mx_status identity_merge(struct store_view *view, struct identity_merge *merge, struct mx_error *err) {
    const struct identity_person *from, *into;
    struct mx_list mine, hers;
    mx_status st;
    if (mx_str_eq(merge->from, merge->into))
        return base_error_set(err, MX_E_REFUSED, "same_person", "into", __FILE__, __LINE__, "This is the same person twice.");
    st = living(view, merge->from, "from", &from, err);
    if (st == MX_OK) st = living(view, merge->into, "into", &into, err);
    if (st != MX_OK) return st;
    set_list(store_view_arena(view), from, &mine);
    set_list(store_view_arena(view), into, &hers);
    st = may_merge(&mine, &hers, err);
    if (st == MX_OK) st = identity_count_get(view, IDENTITY_COUNT_MERGES, &merge->number);
    if (st != MX_OK) return st;
    merge->number++;
    st = identity_count_set(view, IDENTITY_COUNT_MERGES, merge->number, err);
    if (st == MX_OK) st = store_put(view, &identity_merges, merge, err);
    return st == MX_OK ? join(view, &mine, &hers, err) : st;
}

/* ---- and back ---- */

mx_status identity_unmerge_look(struct store_view *view, struct mx_str id, struct identity_parting *parting, struct mx_error *err) {
    const struct identity_person *from, *into;
    struct identity_edges edges;
    struct mx_list all;
    mx_status st = identity_merge_get(view, id, &parting->merge);
    if (st == MX_NONE) return base_fail(err, MX_E_NOT_FOUND, "merge", "There is no such merge.");
    if (st != MX_OK) return base_fail(err, st, NULL, "%s.", base_status_text(st));
    if (parting->merge->undone_at)
        return base_error_set(err, MX_E_REFUSED, "unmerged_already", "merge", __FILE__, __LINE__, "This merge was taken back already.");
    st = living(view, parting->merge->from, "merge", &from, err);
    if (st == MX_OK) st = living(view, parting->merge->into, "merge", &into, err);
    if (st != MX_OK) return st;
    set_list(store_view_arena(view), into, &all);
    st = identity_edges_read(view, &all, &edges, err);
    if (st != MX_OK) return st;
    for (uint32_t i = 0; i < edges.count; i++) /* the record as it was read with the others */
        if (mx_str_eq(edges.merges[i]->id, id)) parting->merge = edges.merges[i];
    identity_set_of(parting->merge->from, &edges, parting->merge, &parting->parts);
    identity_set_of(parting->merge->into, &edges, parting->merge, &parting->stays);
    for (uint32_t i = 0; i < parting->parts.count; i++) {
        struct identity_set swap = parting->parts;
        if (!mx_str_eq(parting->parts.persons[i], mx_list_str(&all, 0))) continue;
        parting->parts = parting->stays;
        parting->stays = swap;
        break;
    }
    return MX_OK;
}

mx_status identity_unmerge(struct store_view *view, const struct identity_parting *parting, struct mx_str by, int64_t now_ms,
                           struct mx_error *err) {
    struct identity_merge merge = *parting->merge;
    mx_status st;
    merge.undone_at = now_ms;
    merge.undone_by = by;
    st = store_put(view, &identity_merges, &merge, err);
    if (st == MX_OK) st = write_set(view, &parting->parts, err);
    return st == MX_OK ? write_set(view, &parting->stays, err) : st;
}
