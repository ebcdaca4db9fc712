/* Persons: who a customer is. Each has a key of her own, wrapped under the key file's current epoch: what is sealed under
 * it can be read as long as that key can be unwrapped, and by nobody afterwards. */
#include "identity/internal.h"

mx_status identity_person_read(struct store_view *view, struct mx_str id, const struct identity_person **person) {
    struct identity_person probe = {0};
    void *record = NULL;
    mx_status st;
    probe.id = id;
    st = store_get(view, &identity_persons, &probe, &record, NULL);
    if (st == MX_OK) *person = record;
    return st;
}

mx_status identity_person_unwrap(const struct identity *identity, struct store_view *view, const struct identity_person *person,
                                 uint8_t key[CRYPTO_KEY_BYTES]) {
    uint8_t epoch_key[CRYPTO_KEY_BYTES], *wrapped = NULL;
    size_t len = 0;
    mx_status st;
    if (person->key.len == 0) return MX_E_ERASED;
    st = crypto_keys_epoch_key(identity->keys, (uint32_t)person->epoch, epoch_key);
    if (st != MX_OK) return st;
    if (!crypto_unbase64(store_view_arena(view), person->key, &wrapped, &len) || len != CRYPTO_KEY_BYTES + CRYPTO_SEAL_EXTRA)
        st = MX_E_DAMAGED;
    else
        st = crypto_open(epoch_key, wrapped, len, person->id.ptr, person->id.len, key);
    crypto_wipe(epoch_key, sizeof(epoch_key));
    return st;
}

/* The store asks here whenever it seals or opens personal fields. */
mx_status identity_person_key(void *arg, struct store_view *view, struct mx_str id, uint8_t key[CRYPTO_KEY_BYTES]) {
    const struct identity_person *person;
    mx_status st = identity_person_read(view, id, &person);
    return st == MX_OK ? identity_person_unwrap(arg, view, person, key) : st;
}

mx_status identity_person_new(struct identity *identity, struct store_view *view, struct mx_str id, int64_t now_ms, struct mx_error *err) {
    struct identity_person person = {0};
    person.id = id;
    person.created = now_ms;
    return identity_wrap_new(identity, view, &person, err);
}

/* The identifier with this normalised value; MX_NONE when nobody has it. */
static mx_status find_identifier(struct store_view *view, const char *kind, struct mx_str value, const struct identity_identifier **found,
                                 struct mx_error *err) {
    struct identity_identifier probe = {0};
    void *record = NULL;
    mx_status st;
    probe.kind = mx_str_of(kind);
    probe.value = value;
    st = store_find(view, &identity_identifiers, "value", &probe, &record, err);
    if (st != MX_OK) return st;
    *found = record;
    if ((*found)->value.len == 0) return base_fail(err, MX_E_ERASED, NULL, "The person behind this %s was erased.", kind);
    return MX_OK;
}

mx_status identity_person_find(struct identity *identity, struct store_view *view, const char *kind, struct mx_str value,
                               struct mx_str country, struct mx_str *person, struct mx_error *err) {
    const struct identity_identifier *found = NULL;
    struct mx_str plain;
    mx_status st = identity_normalise(store_view_arena(view), kind, value, country, &plain, err);
    (void)identity;
    if (st == MX_OK) st = find_identifier(view, kind, plain, &found, err);
    if (st == MX_OK) *person = found->person;
    return st;
}

/* Written under a key that nobody has any more: it means nobody, and the value is free. */
static mx_status forget_identifier(struct store_view *view, const char *kind, struct mx_str value, struct mx_error *err) {
    struct identity_identifier probe = {0};
    void *record = NULL;
    mx_status st;
    probe.kind = mx_str_of(kind);
    probe.value = value;
    st = store_find(view, &identity_identifiers, "value", &probe, &record, err);
    return st == MX_OK ? store_del(view, &identity_identifiers, record, err) : st;
}

static mx_status new_identifier(struct store_view *view, const struct identity_link *link, struct mx_str value, struct mx_error *err) {
    struct identity_identifier record = {0};
    struct base_random random;
    base_random_seed(&random);
    record.id = base_id_new(store_view_arena(view), "idt", link->now_ms, &random);
    record.person = link->person;
    record.kind = mx_str_of(link->kind);
    record.value = value;
    record.linked = link->now_ms;
    record.source = link->source;
    record.ref = link->ref;
    record.by = link->by;
    return store_put(view, &identity_identifiers, &record, err);
}

static mx_status linkable(struct store_view *view, const struct identity_link *link, const struct identity_person **person,
                          struct mx_error *err) {
    mx_status st = identity_person_read(view, link->person, person);
    if (st == MX_NONE) return base_fail(err, MX_E_NOT_FOUND, "person", "There is no such person.");
    if (st != MX_OK) return base_fail(err, st, NULL, "%s.", base_status_text(st));
    return (*person)->key.len ? MX_OK : base_fail(err, MX_E_ERASED, "person", "This person was erased.");
}

static int is_in(const struct identity_person *person, struct mx_str id) {
    return mx_str_eq(person->id, id) || identity_lists(&person->set, id);
}

mx_status identity_person_link_from(struct store_view *view, const struct identity_link *link, struct mx_str country, struct mx_str *other,
                                    struct mx_error *err) {
    const struct identity_identifier *found = NULL;
    const struct identity_person *person = NULL;
    struct mx_str plain;
    mx_status st = identity_normalise(store_view_arena(view), link->kind, link->value, country, &plain, err);
    if (st == MX_OK) st = linkable(view, link, &person, err);
    if (st != MX_OK) return st;
    st = find_identifier(view, link->kind, plain, &found, err);
    if (st == MX_E_ERASED) {
        st = forget_identifier(view, link->kind, plain, err);
        if (st == MX_OK) st = MX_NONE;
    }
    if (st == MX_NONE) return new_identifier(view, link, plain, err);
    if (st != MX_OK) return st;
    if (is_in(person, found->person)) return MX_DONE;
    if (other) *other = found->person;
    return base_error_set(err, MX_E_EXISTS, IDENTITY_TAKEN, link->kind, __FILE__, __LINE__, "This %s belongs to another person already.",
                          link->kind);
}

/* A session may have been opened through it, by whoever holds that phone. */
static mx_status end_sessions(struct store_view *view, struct mx_str person, const char *kind, struct mx_error *err) {
    if (strcmp(kind, "phone") != 0 && strcmp(kind, "email") != 0) return MX_OK;
    return identity_sessions_end(view, "principal", person, mx_str_n(NULL, 0), err);
}

mx_status identity_person_unlink(struct store_view *view, struct mx_str person, const char *kind, struct mx_str value,
                                 struct mx_str country, struct mx_error *err) {
    const struct identity_identifier *found = NULL;
    struct mx_str plain;
    mx_status st = identity_normalise(store_view_arena(view), kind, value, country, &plain, err);
    if (st == MX_OK) st = find_identifier(view, kind, plain, &found, err);
    if (st == MX_E_ERASED || (st == MX_OK && !mx_str_eq(found->person, person))) return MX_NONE;
    if (st == MX_OK) st = store_del(view, &identity_identifiers, found, err);
    return st == MX_OK ? end_sessions(view, person, kind, err) : st;
}

#define VALUES_MAX 32u

mx_status identity_person_identifiers(struct identity *identity, struct store_view *view, struct mx_str person, const char *kind,
                                      int masked, struct mx_list *values, struct mx_error *err) {
    struct base_arena *arena = store_view_arena(view);
    struct mx_str *texts = base_arena_alloc(arena, VALUES_MAX * sizeof(*texts));
    struct identity_identifier probe = {0};
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    uint32_t count = 0;
    mx_status st;
    (void)identity;
    probe.person = person;
    probe.kind = mx_str_of(kind);
    opts.size = sizeof(opts);
    opts.index = "person";
    opts.prefix = 2;
    st = store_scan_open(view, &identity_identifiers, &opts, &probe, &scan, err);
    while (st == MX_OK && count < VALUES_MAX && (st = store_scan_next(scan, &record, err)) == MX_OK) {
        const struct identity_identifier *found = record;
        if (found->value.len) texts[count++] = masked ? identity_mask(arena, kind, found->value) : found->value;
    }
    if (st != MX_OK && st != MX_DONE) return st;
    values->items = texts;
    values->count = count;
    values->elem_size = sizeof(*texts);
    return MX_OK;
}
