/* `merx verify`: who is one customer with whom is written beside each person, and must be what the merges say. */
#include "identity/internal.h"

struct checking {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
};

static void say(const struct checking *checking, struct mx_str id, const char *what) {
    struct base_arena *arena = store_view_arena(identity_view(checking->ctx));
    checking->found(checking->arg, base_arena_printf(arena, "%.*s %s", (int)id.len, id.ptr, what).ptr);
}

static int same(const struct mx_list *list, const struct identity_set *set) {
    uint32_t i = 0;
    if (list->count != set->count) return 0;
    while (i < set->count && mx_str_eq(mx_list_str(list, i), set->persons[i])) i++;
    return i == set->count;
}

static mx_status check_person(const struct checking *checking, const struct identity_person *person) {
    struct identity_edges edges;
    struct identity_set set;
    struct mx_error err = {0};
    mx_status st;
    if (person->set.count == 0) return MX_OK;
    st = identity_edges_read(identity_view(checking->ctx), &person->set, &edges, &err);
    if (st != MX_OK) return identity_say(checking->ctx, st, &err);
    identity_set_of(person->id, &edges, NULL, &set);
    if (!same(&person->set, &set)) say(checking, person->id, "is not one customer with those whom the merges say.");
    return MX_OK;
}

static mx_status check_merge(const struct checking *checking, const struct identity_merge *merge) {
    struct mx_list persons;
    struct mx_error err = {0};
    mx_status st;
    if (merge->undone_at) return MX_OK;
    st = identity_person_set(identity_view(checking->ctx), merge->from, &persons, &err);
    if (st == MX_E_NOT_FOUND || (st == MX_OK && !identity_lists(&persons, merge->into))) {
        say(checking, merge->id, "stands, but its persons are not one customer.");
        return MX_OK;
    }
    return st == MX_OK ? st : identity_say(checking->ctx, st, &err);
}

static mx_status check_sets(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct checking checking = {ctx, found, arg};
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct identity_person *person = NULL;
    struct identity_merge *merge = NULL;
    struct mx_scan *scan = NULL;
    int64_t looked = 0;
    mx_status st = mx_scan_open(ctx, &identity_persons, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &person)) == MX_OK) {
        st = check_person(&checking, person);
        if (st == MX_OK) st = mx_progress(ctx, ++looked, 0);
    }
    if (st == MX_DONE) st = mx_scan_open(ctx, &identity_merges, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &merge)) == MX_OK) {
        st = check_merge(&checking, merge);
        if (st == MX_OK) st = mx_progress(ctx, ++looked, 0);
    }
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_check identity_sets_check = {"identity.sets", check_sets};
