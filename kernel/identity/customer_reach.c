/* How a customer is reached, and from when on what came that way proves that it is she. */
#include "identity/customer.h"

mx_status identity_reach_value(struct store_view *view, const char *kind, struct mx_str value, const struct identity_identifier **found,
                               struct mx_error *err) {
    struct identity_identifier probe = {0};
    void *record = NULL;
    mx_status st;
    *found = NULL;
    probe.kind = mx_str_of(kind);
    probe.value = value;
    st = store_find(view, &identity_identifiers, "value", &probe, &record, err);
    if (st == MX_OK && ((const struct identity_identifier *)record)->value.len) *found = record;
    return st == MX_NONE || st == MX_E_ERASED ? MX_OK : st;
}

/* Of this person the one of this kind that was linked first, when that was before *found. */
static mx_status first_of(struct store_view *view, struct mx_str person, const char *kind, const struct identity_identifier **found,
                          struct mx_error *err) {
    struct identity_identifier probe = {0};
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st;
    probe.person = person;
    probe.kind = mx_str_of(kind);
    opts.size = sizeof(opts);
    opts.index = "person";
    opts.prefix = 2;
    st = store_scan_open(view, &identity_identifiers, &opts, &probe, &scan, err);
    while (st == MX_OK && (st = store_scan_next(scan, &record, err)) == MX_OK) {
        const struct identity_identifier *each = record;
        if (each->value.len && (!*found || each->linked < (*found)->linked)) *found = each;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status identity_reach_person(struct store_view *view, struct mx_str person, const struct identity_identifier **found,
                                struct mx_error *err) {
    static const char *const kinds[] = {"phone", "email"};
    struct mx_list persons = {0};
    uint32_t i, k;
    mx_status st = identity_person_set(view, person, &persons, err);
    *found = NULL;
    for (k = 0; st == MX_OK && !*found && k < 2; k++)
        for (i = 0; st == MX_OK && i < persons.count; i++) st = first_of(view, mx_list_str(&persons, i), kinds[k], found, err);
    return st;
}

mx_status identity_proves_from(struct store_view *view, const struct identity_identifier *identifier, int64_t now_ms, int64_t *from_ms) {
    struct identity_customer_settings settings;
    const struct identity_person *person;
    mx_status st = identity_customer_settings_read(view, &settings);
    *from_ms = 0;
    if (st == MX_OK) st = identity_person_read(view, identifier->person, &person);
    if (st != MX_OK) return st;
    if (identifier->linked <= person->created) return MX_OK; /* she came with it */
    if (identifier->linked + settings.rebind_wait_minutes * 60000 > now_ms)
        *from_ms = identifier->linked + settings.rebind_wait_minutes * 60000;
    return MX_OK;
}
