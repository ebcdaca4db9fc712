/* Sessions: made after a proof, ended by time, by silence, or by hand. Their time is the one against which all things of the
 * shop expire: a wrong clock neither revives nor ends them. When a session was last used is known in memory alone: after a
 * restart the silence of all begins anew. */
#include <stdlib.h>

#include "identity/internal.h"

#define SEEN_SETS   512u
#define SEEN_WAYS   8u
#define ID_TEXT_LEN 26

struct identity_seen {
    uint64_t session; /* hash of its id; 0 = free */
    int64_t at_ms;
};

int64_t identity_now(struct identity *identity) {
    int64_t now_ms = identity->clock(identity->clock_arg);
    long long latest = atomic_load(&identity->latest_ms);
    while (now_ms > latest && !atomic_compare_exchange_weak(&identity->latest_ms, &latest, now_ms)) continue;
    return now_ms > latest ? now_ms : latest;
}

/* ---- when they were last used ---- */

static struct identity_seen *seen_of(struct identity *identity, uint64_t session) {
    struct identity_seen *set = identity->seen + session % SEEN_SETS * SEEN_WAYS, *oldest = set;
    uint32_t i;
    for (i = 0; i < SEEN_WAYS; i++) {
        if (set[i].session == session) return &set[i];
        if (set[i].at_ms < oldest->at_ms) oldest = &set[i];
    }
    oldest->session = session;
    oldest->at_ms = identity->started_ms;
    return oldest;
}

/* 1 when it was used within its idle time; fresh: it begins now. */
static int used_lately(struct identity *identity, struct mx_str id, uint32_t idle_s, int touch, int fresh) {
    int64_t now_ms = identity_now(identity);
    uint64_t session = crypto_checksum(identity->token_key, "session", 7, id.ptr, id.len) | 1;
    struct identity_seen *seen;
    int lately = 0;
    pthread_mutex_lock(&identity->limit_lock);
    if (!identity->seen) identity->seen = calloc(SEEN_SETS * SEEN_WAYS, sizeof(*identity->seen));
    if (identity->seen) {
        seen = seen_of(identity, session);
        lately = fresh || now_ms - seen->at_ms <= (int64_t)idle_s * 1000;
        if (lately && (touch || fresh)) seen->at_ms = now_ms;
    }
    pthread_mutex_unlock(&identity->limit_lock);
    return lately;
}

void identity_seen_fini(struct identity *identity) {
    free(identity->seen);
    identity->seen = NULL;
}

int identity_in_time(struct identity *identity, const struct identity_principal *principal, int touch) {
    if (principal->until_ms && identity_now(identity) >= principal->until_ms) return 0;
    return principal->idle_s == 0 || used_lately(identity, mx_str_of(principal->key), principal->idle_s, touch, 0);
}

/* ---- beginning and end ---- */

mx_status identity_session_new(struct identity *identity, struct store_view *view, struct identity_session *session, struct mx_str *token,
                               struct mx_error *err) {
    struct base_arena *arena = store_view_arena(view);
    uint8_t secret[IDENTITY_SECRET_BYTES], hash[CRYPTO_HASH_BYTES];
    struct mx_str text;
    mx_status st;
    crypto_random(secret, sizeof(secret));
    identity_hash_secret(identity, session->id, secret, hash);
    text = crypto_base64(arena, secret, sizeof(secret));
    crypto_wipe(secret, sizeof(secret));
    session->hash = crypto_base64(arena, hash, sizeof(hash));
    session->created = identity_now(identity);
    st = store_put(view, &identity_sessions, session, err);
    if (st != MX_OK) return st;
    if (session->idle_s) (void)used_lately(identity, session->id, (uint32_t)session->idle_s, 1, 1);
    *token = base_arena_printf(arena, "mxs_%.*s_%.*s", ID_TEXT_LEN, session->id.ptr + 4, (int)text.len, text.ptr);
    crypto_wipe((void *)(uintptr_t)text.ptr, text.len);
    return MX_OK;
}

mx_status identity_sessions_end(struct store_view *view, const char *index, struct mx_str value, struct mx_str except,
                                struct mx_error *err) {
    struct identity_session probe = {0};
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st;
    probe.principal = probe.device = probe.parent = value;
    opts.size = sizeof(opts);
    opts.index = index;
    opts.prefix = 1;
    st = store_scan_open(view, &identity_sessions, &opts, &probe, &scan, err);
    while (st == MX_OK && (st = store_scan_next(scan, &record, err)) == MX_OK) {
        struct mx_str id = ((const struct identity_session *)record)->id;
        if (mx_str_eq(id, except)) continue;
        st = identity_session_end(view, id, err);
        if (st == MX_NONE) st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status identity_sessions_trim(struct store_view *view, struct mx_str principal, uint32_t keep, struct mx_error *err) {
    struct identity_session probe = {0};
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    uint32_t count = 0;
    mx_status st;
    probe.principal = principal;
    opts.size = sizeof(opts);
    opts.index = "principal";
    opts.prefix = 1;
    opts.reverse = 1;
    st = store_scan_open(view, &identity_sessions, &opts, &probe, &scan, err);
    while (st == MX_OK && (st = store_scan_next(scan, &record, err)) == MX_OK) {
        if (count++ < keep) continue;
        st = identity_session_end(view, ((const struct identity_session *)record)->id, err);
        if (st == MX_NONE) st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status identity_session_end(struct store_view *view, struct mx_str id, struct mx_error *err) {
    struct identity_session probe = {0};
    mx_status st;
    probe.id = id;
    st = store_del(view, &identity_sessions, &probe, err);
    if (st == MX_OK) st = identity_sessions_end(view, "parent", id, mx_str_n(NULL, 0), err);
    return st == MX_OK ? identity_changed(view, err) : st;
}

/* ---- how long they last ---- */

mx_status identity_settings_read(struct store_view *view, struct identity_settings *settings) {
    struct identity_settings probe = {0};
    void *record = NULL;
    mx_status st;
    probe.id = mx_str_of("sessions");
    st = store_get(view, &identity_settings_table, &probe, &record, NULL);
    if (st == MX_OK) *settings = *(const struct identity_settings *)record;
    if (st != MX_NONE) return st;
    memset(settings, 0, sizeof(*settings));
    settings->id = mx_str_of("sessions");
    settings->password_hours = 12;
    settings->password_idle_minutes = 240;
    settings->pin_hours = 12;
    settings->pin_idle_minutes = 60;
    settings->device_hours = 24;
    return MX_OK;
}
