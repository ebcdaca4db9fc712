/* What this room stores. */
#include "identity/internal.h"

#define TABLE(name, doc, type, key, subject, indexes, count)                                                                               \
    { (uint32_t)sizeof(struct mx_table), 0, name, doc, &type, key, subject, indexes, count, (uint32_t)sizeof(struct mx_index) }

static const struct mx_field identity_member_fields[] = {
    MX_F_ID(identity_member, id, 0, "pri", "id"),
    MX_F_STR(identity_member, name, 0, 0, 64, "label, such as \"till 1\"; no personal data"),
    MX_F_STR(identity_member, role, 0, 0, 31, "role"),
    MX_F_BOOL(identity_member, disabled, 0, "may do nothing"),
    MX_F_TIME(identity_member, created, 0, "when"),
    MX_F_STR(identity_member, login, 0, 0, 64, "staff: the name that goes with a password"),
    MX_F_STRS(identity_member, locations, 0, 0, 64, "only for these locations; empty = for all"),
    MX_F_INT(identity_member, calls_per_minute, 0, 0, 1000000, "at most so many calls a minute; 0 = any number"),
};
MX_TYPE_REC(identity_member, "identity.principal.record", "who may ask for operations");
static const struct mx_index member_indexes[] = {{"role", "role", 0}, {"login", "login", MX_INDEX_UNIQUE}};
const struct mx_table identity_members =
    TABLE("identity.principal", "staff, devices and programs that may ask", identity_member_type, "id", NULL, member_indexes, 2);

static const struct mx_field identity_role_fields[] = {
    MX_F_STR(identity_role, code, 0, 0, 31, "role"),
    MX_F_STR(identity_role, name, 0, 0, 64, "what people call it"),
    MX_F_STRS(identity_role, permissions, 0, 0, 200, "what the shop lets it do"),
    MX_F_TIME(identity_role, changed, 0, "when"),
};
MX_TYPE_REC(identity_role, "identity.role.record", "a role of the shop's own");
const struct mx_table identity_roles = TABLE("identity.role", "roles of the shop's own", identity_role_type, "code", NULL, NULL, 0);

static const struct mx_field identity_policy_fields[] = {
    MX_F_STR(identity_policy, act, 0, 0, 64, "an operation, or what a plugin measures"),
    MX_F_INT(identity_policy, above, 0, 0, MX_INT_MAX, "amounts above this need a second person"),
    MX_F_STR(identity_policy, permission, 0, 0, 63, "what that person must hold"),
    MX_F_TIME(identity_policy, changed, 0, "when"),
};
MX_TYPE_REC(identity_policy, "identity.policy.record", "what needs a second person");
const struct mx_table identity_policies =
    TABLE("identity.policy", "what needs a second person", identity_policy_type, "act", NULL, NULL, 0);

static const struct mx_field identity_proof_fields[] = {
    MX_F_ID(identity_proof, principal, 0, "pri", "whose"),
    MX_F_STR(identity_proof, password, MX_SECRET, 0, CRYPTO_PASSWORD_TEXT, "Argon2id of the password"),
    MX_F_STR(identity_proof, pin, MX_SECRET, 0, CRYPTO_PASSWORD_TEXT, "Argon2id of the PIN"),
};
MX_TYPE_REC(identity_proof, "identity.proof.record", "what staff prove themselves with");
const struct mx_table identity_proofs =
    TABLE("identity.proof", "passwords and PINs, hashed", identity_proof_type, "principal", NULL, NULL, 0);

const char *const identity_session_kinds[] = {"password", "pin", "device", "code", NULL};

static const struct mx_field identity_session_fields[] = {
    MX_F_ID(identity_session, id, 0, "ses", "id"),
    MX_F_ID(identity_session, principal, 0, NULL, "whose it is: a principal, or a customer"),
    MX_F_STR(identity_session, hash, MX_SECRET, 0, 64, "keyed hash of the secret"),
    MX_F_ENUM(identity_session, kind, 0, identity_session_kinds, "how it was opened"),
    MX_F_ID(identity_session, device, 0, "dev", "device through which it was opened"),
    MX_F_ID(identity_session, parent, 0, "ses", "the device's session that it stands on"),
    MX_F_TIME(identity_session, created, 0, "when"),
    MX_F_TIME(identity_session, until, 0, "when it ends"),
    MX_F_INT(identity_session, idle_s, 0, 0, MX_INT_MAX, "it ends after so many seconds without a call; 0 = never"),
    MX_F_TIME(identity_session, proves_from, 0, "what a customer does in it proves nothing before then"),
};
MX_TYPE_REC(identity_session, "identity.session.record", "a session without its secret");
static const struct mx_index session_indexes[] = {{"principal", "principal", 0}, {"device", "device", 0}, {"parent", "parent", 0}};
const struct mx_table identity_sessions =
    TABLE("identity.session", "open sessions, without their secrets", identity_session_type, "id", NULL, session_indexes, 3);

static const struct mx_field identity_device_fields[] = {
    MX_F_ID(identity_device, id, 0, "dev", "id"),
    MX_F_ID(identity_device, principal, 0, "pri", "as whom it calls"),
    MX_F_STR(identity_device, till, 0, 0, 31, "code of the till"),
    MX_F_STR(identity_device, location, 0, 0, 64, "where it stands"),
    MX_F_STR(identity_device, public_key, 0, 0, 64, "Ed25519"),
    MX_F_STR(identity_device, code, MX_SECRET, 0, 64, "keyed hash of the enrolment code"),
    MX_F_TIME(identity_device, code_until, 0, "the code holds until then"),
    MX_F_TIME(identity_device, created, 0, "when"),
    MX_F_TIME(identity_device, claimed, 0, "when it brought its key"),
    MX_F_TIME(identity_device, revoked, 0, "when it was taken back"),
    MX_F_INT(identity_device, opened, 0, 0, MX_INT_MAX, "steady time of the last challenge that it answered"),
    MX_F_INT(identity_device, run, 0, 0, MX_INT_MAX, "run of the program in which that was"),
};
MX_TYPE_REC(identity_device, "identity.device.record", "a till or other machine with a key of its own");
static const struct mx_index device_indexes[] = {{"code", "code", 0}};
const struct mx_table identity_devices =
    TABLE("identity.device", "tills and other machines with keys of their own", identity_device_type, "id", NULL, device_indexes, 1);

static const struct mx_field identity_approval_fields[] = {
    MX_F_ID(identity_approval, id, 0, "apr", "id"),
    MX_F_STR(identity_approval, op, 0, 0, 64, "operation"),
    MX_F_STR(identity_approval, act, 0, 0, 64, "what of it needs a second person"),
    MX_F_INT(identity_approval, amount, 0, 0, MX_INT_MAX, "for which amount"),
    MX_F_STR(identity_approval, permission, 0, 0, 63, "what the giver must hold"),
    MX_F_ID(identity_approval, asker, 0, NULL, "who asked"),
    MX_F_ID(identity_approval, device, 0, "dev", "at which device"),
    MX_F_STR(identity_approval, call, 0, 0, 32, "hash of operation and body"),
    MX_F_TIME(identity_approval, asked, 0, "when"),
    MX_F_ID(identity_approval, giver, 0, "pri", "who approved"),
    MX_F_TIME(identity_approval, given, 0, "when"),
    MX_F_TIME(identity_approval, used, 0, "when it was used up"),
};
MX_TYPE_REC(identity_approval, "identity.approval.record", "a second person's word for one call");
static const struct mx_index approval_indexes[] = {{"call", "call asker", 0}};
const struct mx_table identity_approvals =
    TABLE("identity.approval", "second persons' words for single calls", identity_approval_type, "id", NULL, approval_indexes, 1);

static const struct mx_field identity_settings_fields[] = {
    MX_F_STR(identity_settings, id, 0, 0, 16, "always \"sessions\""),
    MX_F_INT(identity_settings, password_hours, 0, 0, 8760, "after a password"),
    MX_F_INT(identity_settings, password_idle_minutes, 0, 0, 525600, "without a call"),
    MX_F_INT(identity_settings, pin_hours, 0, 0, 8760, "after a PIN"),
    MX_F_INT(identity_settings, pin_idle_minutes, 0, 0, 525600, "without a call"),
    MX_F_INT(identity_settings, device_hours, 0, 0, 8760, "of a device"),
};
MX_TYPE_REC(identity_settings, "identity.settings.record", "how long sessions last");
const struct mx_table identity_settings_table =
    TABLE("identity.settings", "how long sessions last", identity_settings_type, "id", NULL, NULL, 0);

static const struct mx_field identity_api_key_fields[] = {
    MX_F_ID(identity_api_key, id, 0, "key", "id"),
    MX_F_ID(identity_api_key, principal, 0, "pri", "whose key it is"),
    MX_F_STR(identity_api_key, hash, MX_SECRET, 0, 64, "keyed hash of the secret"),
    MX_F_TIME(identity_api_key, created, 0, "when"),
    MX_F_TIME(identity_api_key, revoked, 0, "when it was taken back; 0 = in force"),
    MX_F_TIME(identity_api_key, until, 0, "refused from then on; 0 = no end"),
};
MX_TYPE_REC(identity_api_key, "identity.api_key.record", "an API key without its secret");
static const struct mx_index api_key_indexes[] = {{"principal", "principal", 0}};
const struct mx_table identity_api_keys =
    TABLE("identity.api_key", "API keys, without their secrets", identity_api_key_type, "id", NULL, api_key_indexes, 1);

static const struct mx_field identity_fresh_fields[] = {
    MX_F_ID(identity_fresh, id, 0, NULL, "key or device"),
    MX_F_STR(identity_fresh, sealed, MX_SECRET, 0, 256, "the key's text, sealed"),
};
MX_TYPE_REC(identity_fresh, "identity.fresh_key.record", "a key that nobody has fetched yet");
const struct mx_table identity_fresh_keys =
    TABLE("identity.fresh_key", "keys that nobody has fetched yet", identity_fresh_type, "id", NULL, NULL, 0);

static const struct mx_field identity_person_fields[] = {
    MX_F_ID(identity_person, id, 0, "per", "id"),
    MX_F_INT(identity_person, epoch, 0, 0, MX_INT_MAX, "epoch whose key wraps the person's"),
    MX_F_STR(identity_person, key, MX_SECRET, 0, 128, "the person's key, wrapped; empty = erased"),
    MX_F_TIME(identity_person, created, 0, "when"),
    MX_F_STRS(identity_person, set, 0, 0, 64, "all who are one customer with her, the one that stands first; empty: she is alone"),
};
MX_TYPE_REC(identity_person, "identity.person.record", "a person known to the shop");
const struct mx_table identity_persons =
    TABLE("identity.person", "persons and their wrapped keys", identity_person_type, "id", NULL, NULL, 0);

static const struct mx_field identity_identifier_fields[] = {
    MX_F_ID(identity_identifier, id, 0, "idt", "id"),
    MX_F_ID(identity_identifier, person, 0, "per", "whose it is"),
    MX_F_STR(identity_identifier, kind, 0, 0, 16, "phone, email, card, openid, device, account"),
    MX_F_STR(identity_identifier, value, MX_PII, 0, IDENTITY_VALUE_MAX, "normalised value"),
    MX_F_TIME(identity_identifier, linked, 0, "when"),
    MX_F_STR(identity_identifier, source, 0, 0, 32, "where it was learnt"),
    MX_F_STR(identity_identifier, ref, 0, 0, 80, "document behind it"),
    MX_F_ID(identity_identifier, by, 0, NULL, "on whose behalf"),
};
MX_TYPE_REC(identity_identifier, "identity.identifier.record", "what a person is known by");
static const struct mx_index identifier_indexes[] = {{"value", "kind value", MX_INDEX_UNIQUE}, {"person", "person kind", 0}};
const struct mx_table identity_identifiers =
    TABLE("identity.identifier", "what persons are known by", identity_identifier_type, "id", "person", identifier_indexes, 2);

static const struct mx_field identity_merge_fields[] = {
    MX_F_ID(identity_merge, id, 0, "mrg", "id"),
    MX_F_INT(identity_merge, number, 0, 0, MX_INT_MAX, "in the order in which they were made"),
    MX_F_ID(identity_merge, from, 0, "per", "person that goes by the other's name"),
    MX_F_ID(identity_merge, into, 0, "per", "the other"),
    MX_F_TIME(identity_merge, at, 0, "when"),
    MX_F_ID(identity_merge, by, 0, NULL, "who said so"),
    MX_F_STR(identity_merge, reason, 0, 0, 200, "why"),
    MX_F_TIME(identity_merge, undone_at, 0, "when it was taken back; 0 = it stands"),
    MX_F_ID(identity_merge, undone_by, 0, NULL, "by whom"),
};
MX_TYPE_REC(identity_merge, "identity.merge.record", "two persons are one human being");
static const struct mx_index merge_indexes[] = {{"from", "from number", 0}, {"into", "into number", 0}};
const struct mx_table identity_merges =
    TABLE("identity.merge", "which persons are one human being", identity_merge_type, "id", NULL, merge_indexes, 2);

struct identity_counter {
    struct mx_rec rec;
    struct mx_str name;
    int64_t gen;
};

static const struct mx_field identity_counter_fields[] = {
    MX_F_STR(identity_counter, name, 0, 0, 16, "what is counted"),
    MX_F_INT(identity_counter, gen, 0, 0, MX_INT_MAX, "changes so far"),
};
MX_TYPE_REC(identity_counter, "identity.state.record", "how often roles and keys have changed");
const struct mx_table identity_state = {(uint32_t)sizeof(struct mx_table),
                                        MX_TABLE_PACKED,
                                        "identity.state",
                                        "how often roles and keys have changed",
                                        &identity_counter_type,
                                        "name",
                                        NULL,
                                        NULL,
                                        0,
                                        0};

mx_status identity_count_get(struct store_view *view, const char *name, int64_t *count) {
    struct identity_counter probe = {0};
    void *record = NULL;
    mx_status st;
    probe.name = mx_str_of(name);
    st = store_get(view, &identity_state, &probe, &record, NULL);
    if (st == MX_OK) *count = ((const struct identity_counter *)record)->gen;
    if (st != MX_NONE) return st;
    *count = 0;
    return MX_OK;
}

mx_status identity_count_set(struct store_view *view, const char *name, int64_t count, struct mx_error *err) {
    struct identity_counter counter = {0};
    counter.name = mx_str_of(name);
    counter.gen = count;
    return store_put(view, &identity_state, &counter, err);
}

static mx_status count_up(struct store_view *view, const char *name, struct mx_error *err) {
    int64_t count = 0;
    mx_status st = identity_count_get(view, name, &count);
    if (st != MX_OK) return base_fail(err, st, NULL, "%s.", base_status_text(st));
    return identity_count_set(view, name, count + 1, err);
}

/* Every change of a principal, key or session passes here: what was checked before it must be checked again. */
mx_status identity_changed(struct store_view *view, struct mx_error *err) { return count_up(view, IDENTITY_COUNT_KEYS, err); }

mx_status identity_roles_changed(struct store_view *view, struct mx_error *err) {
    mx_status st = count_up(view, IDENTITY_COUNT_ROLES, err);
    return st == MX_OK ? identity_changed(view, err) : st;
}
