/* Attaching to a store, and the descriptor of this room's operations. */
#include <stdlib.h>

#include "base/clock.h"
#include "identity/customer.h"
#include "merx/retail/member.h"
#include "merx/retail/person.h"

static mx_status add_tables(struct store *store, struct mx_error *err) {
    static const struct mx_table *const tables[] = {&identity_members,
                                                    &identity_api_keys,
                                                    &identity_fresh_keys,
                                                    &identity_persons,
                                                    &identity_identifiers,
                                                    &identity_state,
                                                    &identity_roles,
                                                    &identity_policies,
                                                    &identity_proofs,
                                                    &identity_sessions,
                                                    &identity_settings_table,
                                                    &identity_devices,
                                                    &identity_approvals,
                                                    &identity_merges,
                                                    &identity_codes,
                                                    &identity_customer_proofs,
                                                    &identity_customer_settings_table};
    mx_status st = MX_OK;
    size_t i;
    for (i = 0; st == MX_OK && i < sizeof(tables) / sizeof(tables[0]); i++) st = store_table_add(store, "identity", tables[i], err);
    return st;
}

static int64_t machine_clock(void *arg) {
    (void)arg;
    return base_now_ms();
}

void identity_clock(struct identity *identity, int64_t (*clock)(void *arg), void *arg) {
    identity->clock = clock ? clock : machine_clock;
    identity->clock_arg = arg;
    identity->started_ms = identity->clock(arg);
}

mx_status identity_open(struct store *store, struct crypto_keys *keys, struct identity **out, struct mx_error *err) {
    static const char purpose[] = "identity.fresh_key";
    struct identity *identity;
    mx_status st = add_tables(store, err);
    if (st != MX_OK) return st;
    identity = calloc(1, sizeof(*identity));
    if (!identity) return base_fail(err, MX_E_NOMEM, NULL, "Not enough memory to start.");
    identity->store = store;
    identity->keys = keys;
    pthread_mutex_init(&identity->cache_lock, NULL);
    pthread_mutex_init(&identity->limit_lock, NULL);
    pthread_rwlock_init(&identity->own_lock, NULL);
    identity_clock(identity, NULL, NULL);
    crypto_random(identity->challenge_key, sizeof(identity->challenge_key));
    crypto_random(&identity->run, sizeof(identity->run));
    identity->run &= MX_INT_MAX;
    crypto_keys_derive(keys, CRYPTO_FOR_PIN, identity->pin_pepper);
    crypto_keys_derive(keys, CRYPTO_FOR_TOKEN, identity->token_key);
    crypto_hash(identity->token_key, "identity.qr_key", 15, NULL, 0, NULL, 0, identity->qr_key, sizeof(identity->qr_key));
    atomic_store(&identity->customer_calls, IDENTITY_CUSTOMER_CALLS);
    atomic_store(&identity->customers_calls, IDENTITY_CUSTOMERS_CALLS);
    crypto_hash(identity->token_key, purpose, sizeof(purpose) - 1, NULL, 0, NULL, 0, identity->fresh_key, sizeof(identity->fresh_key));
    st = identity_roles_init(identity, err);
    store_person_keys(store, identity_person_key, identity);
    if (st == MX_OK)
        *out = identity;
    else
        identity_close(identity);
    return st;
}

void identity_close(struct identity *identity) {
    if (!identity) return;
    store_person_keys(identity->store, NULL, NULL);
    pthread_mutex_destroy(&identity->cache_lock);
    pthread_mutex_destroy(&identity->limit_lock);
    pthread_rwlock_destroy(&identity->own_lock);
    identity_own_fini(identity);
    identity_limits_fini(identity);
    identity_tries_fini(identity);
    identity_seen_fini(identity);
    identity_roles_fini(identity);
    crypto_wipe(identity, sizeof(*identity));
    free(identity);
}

static const struct mx_op *const ops[] = {&identity_op_principal_put,
                                          &identity_op_principal_list,
                                          &identity_op_role_list,
                                          &identity_op_key_create,
                                          &identity_op_key_reveal,
                                          &identity_op_key_revoke,
                                          &identity_op_key_list,
                                          &identity_op_key_expire,
                                          &identity_op_staff_put,
                                          &identity_op_staff_list,
                                          &identity_op_staff_password,
                                          &identity_op_session_open,
                                          &identity_op_session_close,
                                          &identity_op_session_list,
                                          &identity_op_session_revoke,
                                          &identity_op_session_expire,
                                          &identity_op_settings_get,
                                          &identity_op_settings_put,
                                          &identity_op_role_put,
                                          &identity_op_role_remove,
                                          &identity_op_policy_put,
                                          &identity_op_policy_remove,
                                          &identity_op_policy_list,
                                          &identity_op_device_enrol,
                                          &identity_op_device_code,
                                          &identity_op_device_claim,
                                          &identity_op_device_list,
                                          &identity_op_device_revoke,
                                          &identity_op_device_expire,
                                          &identity_op_device_challenge,
                                          &identity_op_device_open,
                                          &identity_op_pin_set,
                                          &identity_op_pin_open,
                                          &identity_op_epoch_rotate,
                                          &identity_op_epoch_due,
                                          &identity_op_key_rotate,
                                          &identity_op_person_show,
                                          &identity_op_person_find,
                                          &identity_op_person_link,
                                          &identity_op_person_unlink,
                                          &identity_op_person_merge,
                                          &identity_op_person_unmerge,
                                          &identity_op_approval_give,
                                          &identity_op_approval_pending,
                                          &identity_op_approval_expire,
                                          &identity_op_customer_code,
                                          &identity_op_customer_open,
                                          &identity_op_customer_qr,
                                          &identity_op_customer_scan,
                                          &identity_op_customer_pin,
                                          &identity_op_proof_ask,
                                          &identity_op_code_expire,
                                          &identity_op_customer_settings_get,
                                          &identity_op_customer_settings_put,
                                          NULL};

static const struct mx_point *const points[] = {&mx_point_unmerge, &mx_point_member, &mx_point_member_of, NULL};
static const struct mx_subscription *const subscriptions[] = {&identity_customer_erased, NULL};
static const struct mx_check *const checks[] = {&identity_sets_check, NULL};
static const struct mx_job *const jobs[] = {&identity_epoch_job, NULL};
static const struct mx_event_def *const events[] = {
    &identity_approval_given_event, &identity_approval_used_event, &identity_proof_changed_event,
    &identity_linked_event,         &identity_unlinked_event,      &identity_merged_event,
    &identity_unmerged_event,       &identity_erased_event,        NULL};

const struct mx_plugin *identity_plugin(void) {
    static const struct mx_plugin plugin = {
        .size = (uint32_t)sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "identity",
        .version = "0.4",
        .summary = "who may ask: staff, devices, sessions, roles, API keys; who a customer is: persons and what they are known by",
        .ops = ops,
        .points = points,
        .events = events,
        .subscriptions = subscriptions,
        .jobs = jobs,
        .checks = checks};
    return &plugin;
}
