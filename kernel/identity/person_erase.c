/* Forgetting a customer: the keys of all her persons are destroyed. What was sealed under them is read by nobody from this commit on;
 * what she was known by is free for whoever comes. */
#include "identity/internal.h"

static mx_status forget_identifiers(struct store_view *view, struct mx_str person, struct mx_error *err) {
    struct identity_identifier probe = {0};
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st;
    probe.person = person;
    opts.size = sizeof(opts);
    opts.index = "person";
    opts.prefix = 1;
    st = store_scan_open(view, &identity_identifiers, &opts, &probe, &scan, err);
    while (st == MX_OK && (st = store_scan_next(scan, &record, err)) == MX_OK) st = store_del(view, &identity_identifiers, record, err);
    return st == MX_DONE ? MX_OK : st;
}

/* Somebody wrote them by hand: they may say more than they should. Of merges that were taken back as well. */
static mx_status forget_reasons(struct store_view *view, const char *index, struct mx_str person, struct mx_error *err) {
    struct identity_merge probe = {0};
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st;
    probe.from = probe.into = person;
    opts.size = sizeof(opts);
    opts.index = index;
    opts.prefix = 1;
    st = store_scan_open(view, &identity_merges, &opts, &probe, &scan, err);
    while (st == MX_OK && (st = store_scan_next(scan, &record, err)) == MX_OK) {
        struct identity_merge merge = *(const struct identity_merge *)record;
        if (merge.reason.len == 0) continue;
        merge.reason = mx_str_n(NULL, 0);
        st = store_put(view, &identity_merges, &merge, err);
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status erase_one(struct store_view *view, struct mx_str person, struct mx_error *err) {
    struct mx_str nobody = {NULL, 0};
    mx_status st = forget_identifiers(view, person, err);
    if (st == MX_OK) st = forget_reasons(view, "from", person, err);
    if (st == MX_OK) st = forget_reasons(view, "into", person, err);
    if (st == MX_OK) st = identity_sessions_end(view, "principal", person, nobody, err);
    return st == MX_OK ? identity_person_erase(view, person, err) : st;
}

mx_status identity_customer_erase(struct store_view *view, struct mx_str person, struct mx_list *persons, struct mx_error *err) {
    const struct identity_person *known;
    mx_status st = identity_person_set(view, person, persons, err);
    if (st == MX_OK) st = identity_person_read(view, person, &known);
    if (st != MX_OK) return st;
    if (known->key.len == 0) return base_fail(err, MX_E_ERASED, "person", "This person was erased already.");
    for (uint32_t i = 0; st == MX_OK && i < persons->count; i++) st = erase_one(view, mx_list_str(persons, i), err);
    return st == MX_OK ? identity_changed(view, err) : st;
}
