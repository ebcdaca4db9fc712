/* What a key or a session says of itself: whose it is, how long it holds. */
#include "identity/internal.h"

static mx_status of_session(struct store_view *view, struct mx_str id, struct identity_evidence *evidence) {
    struct identity_session probe = {0};
    const struct identity_session *session;
    void *record = NULL;
    mx_status st;
    probe.id = id;
    st = store_get(view, &identity_sessions, &probe, &record, NULL);
    if (st != MX_OK) return st;
    session = record;
    evidence->hash = session->hash;
    evidence->principal = session->principal;
    evidence->device = session->device;
    evidence->until_ms = session->until;
    evidence->idle_s = (uint32_t)session->idle_s;
    evidence->proves_from_ms = session->proves_from;
    return MX_OK;
}

static mx_status of_key(struct store_view *view, struct mx_str id, struct identity_evidence *evidence) {
    struct identity_api_key probe = {0};
    const struct identity_api_key *key;
    void *record = NULL;
    mx_status st;
    probe.id = id;
    st = store_get(view, &identity_api_keys, &probe, &record, NULL);
    if (st != MX_OK) return st;
    key = record;
    evidence->hash = key->hash;
    evidence->principal = key->principal;
    evidence->until_ms = key->until;
    evidence->ended = key->revoked != 0;
    return MX_OK;
}

/* MX_E_NO_KEY: there is none. */
mx_status identity_evidence_get(struct store_view *view, struct mx_str id, struct identity_evidence *evidence) {
    mx_status st = base_id_valid(id, "ses") ? of_session(view, id, evidence) : of_key(view, id, evidence);
    return st == MX_NONE ? MX_E_NO_KEY : st;
}
