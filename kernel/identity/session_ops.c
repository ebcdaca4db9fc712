/* Sessions, as operations. A token is answered once and stored nowhere; an unknown login and a wrong password get the same
 * answer after the same work. */
#include "base/text.h"
#include "identity/internal.h"

/* ---- types ---- */

struct session_open_ask {
    struct mx_str login;
    struct mx_str password;
};
static const struct mx_field session_open_ask_fields[] = {
    MX_F_STR(session_open_ask, login, MX_REQUIRED, 1, 64, "login"),
    MX_F_STR(session_open_ask, password, MX_REQUIRED | MX_SECRET, 1, 1024, "password"),
};
MX_TYPE(session_open_ask, "identity.session.open", "login and password");

struct session_ask {
    struct mx_str id;
};
static const struct mx_field session_ask_fields[] = {MX_F_ID(session_ask, id, MX_REQUIRED, "ses", "the session's id")};
MX_TYPE(session_ask, "identity.session.ask", "a session by its id");

struct session_wire {
    struct mx_str id;
    struct mx_str principal;
    int32_t kind;
    struct mx_str device;
    int64_t created;
    int64_t until;
    int64_t idle_s;
};
static const struct mx_field session_wire_fields[] = {
    MX_F_ID(session_wire, id, 0, "ses", "id"),
    MX_F_ID(session_wire, principal, 0, NULL, "whose it is: a principal, or a customer"),
    MX_F_ENUM(session_wire, kind, 0, identity_session_kinds, "how it was opened"),
    MX_F_ID(session_wire, device, 0, "dev", "device through which it was opened"),
    MX_F_TIME(session_wire, created, 0, "when"),
    MX_F_TIME(session_wire, until, 0, "when it ends"),
    MX_F_INT(session_wire, idle_s, 0, 0, MX_INT_MAX, "it ends after so many seconds without a call; 0 = never"),
};
MX_TYPE(session_wire, "identity.session", "an open session");

struct session_page_ask {
    int64_t limit;
    struct mx_str after;
    struct mx_str principal;
};
static const struct mx_field session_page_ask_fields[] = {
    MX_F_INT(session_page_ask, limit, 0, 0, IDENTITY_PAGE_MAX, "at most so many; 100 when left out"),
    MX_F_STR(session_page_ask, after, 0, 0, 512, "cursor of the page before"),
    MX_F_ID(session_page_ask, principal, 0, NULL, "only this one's: a principal's, or a customer's"),
};
MX_TYPE(session_page_ask, "identity.session.page.ask", "a page of sessions");

struct session_page {
    struct mx_list sessions;
    struct mx_str next;
};
static const struct mx_field session_page_fields[] = {
    MX_F_LIST(session_page, sessions, 0, 0, IDENTITY_PAGE_MAX, session_wire_type, "sessions"),
    MX_F_STR(session_page, next, 0, 0, 512, "cursor of the next page; empty at the end"),
};
MX_TYPE(session_page, "identity.session.page", "open sessions");

/* ---- opening ---- */

mx_status identity_session_answer(struct mx_ctx *ctx, struct identity_session *session, struct mx_str role,
                                  struct identity_opened *opened) {
    struct session_ask expire;
    struct mx_str body;
    mx_status st = identity_sessions_trim(identity_view(ctx), session->principal, IDENTITY_SESSIONS_MAX - 1, NULL);
    if (st == MX_OK) st = mx_new_id(ctx, "ses", &session->id);
    if (st == MX_OK) st = identity_session_new(identity_of(ctx), identity_view(ctx), session, &opened->token, NULL);
    if (st != MX_OK) return st;
    opened->session = expire.id = session->id;
    opened->principal = session->principal;
    opened->role = role;
    opened->until = session->until;
    opened->idle_s = session->idle_s;
    st = ctx->op->encode(ctx, &session_ask_type, &expire, &body);
    if (st != MX_OK) return st;
    return mx_due_at(ctx, session->until, "identity.session.expire", session->id, body);
}

/* What `prepare` found out; good only as long as neither the person nor the password changes. */
struct checked {
    struct mx_str principal;
    int64_t proof_rev;
};

static mx_status wrong(struct mx_ctx *ctx) { return mx_fail(ctx, MX_E_NO_KEY, NULL, "The login or the password is wrong."); }

static mx_status find_login(struct mx_ctx *ctx, struct mx_str login, struct identity_member **member, struct identity_proof *proof) {
    struct identity_member probe = {0};
    mx_status st;
    probe.login = login;
    *member = NULL;
    memset(proof, 0, sizeof(*proof));
    st = mx_find(ctx, &identity_members, "login", &probe, member);
    if (st == MX_OK) st = identity_proof_get(ctx, (*member)->id, proof);
    return st == MX_NONE ? MX_OK : st;
}

static mx_status check_password(struct mx_ctx *ctx, const void *in, void *out) {
    const struct session_open_ask *ask = in;
    struct mx_str login = base_lower_ascii(store_view_arena(identity_view(ctx)), ask->login);
    struct checked *checked = mx_alloc(ctx, sizeof(*checked));
    struct identity_member *member;
    struct identity_proof proof;
    mx_status st = identity_guess(ctx, &identity_by_password, login, identity_remote(ctx));
    (void)out;
    if (st == MX_OK) st = find_login(ctx, login, &member, &proof);
    if (st != MX_OK) return st;
    if (!crypto_password_check(NULL, ask->password, proof.password.len ? mx_dup(ctx, proof.password).ptr : NULL) || !member ||
        member->disabled)
        return wrong(ctx);
    identity_guessed(ctx, &identity_by_password, login, identity_remote(ctx));
    checked->principal = member->id;
    checked->proof_rev = proof.rec.rev;
    mx_keep(ctx, checked);
    return MX_OK;
}

static mx_status open_session(struct mx_ctx *ctx, const void *in, void *out) {
    const struct session_open_ask *ask = in;
    struct mx_str login = base_lower_ascii(store_view_arena(identity_view(ctx)), ask->login);
    const struct checked *checked = mx_kept(ctx);
    struct identity_session session = {0};
    struct identity_settings settings;
    struct identity_member *member;
    struct identity_proof proof;
    mx_status st = find_login(ctx, login, &member, &proof);
    if (st == MX_OK) st = identity_settings_read(identity_view(ctx), &settings);
    if (st != MX_OK) return st;
    if (!checked || !member || member->disabled || !mx_str_eq(member->id, checked->principal) || proof.rec.rev != checked->proof_rev)
        return wrong(ctx);
    session.principal = member->id;
    session.kind = IDENTITY_BY_PASSWORD;
    session.until = identity_now(identity_of(ctx)) + settings.password_hours * 3600000;
    session.idle_s = settings.password_idle_minutes * 60;
    return identity_session_answer(ctx, &session, member->role, out);
}

/* ---- closing ---- */

static mx_status close_session(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_str key = mx_str_of(identity_who(ctx)->key);
    mx_status st;
    (void)in;
    (void)out;
    if (!base_id_valid(key, "ses"))
        return mx_refuse(ctx, "no_session", NULL, "This call came with an API key, not with a session's token.");
    st = identity_session_end(identity_view(ctx), key, NULL);
    return st == MX_NONE ? MX_OK : st;
}

static mx_status revoke_session(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_session probe = {0}, *session = NULL;
    struct identity_member *member = NULL;
    mx_status st;
    (void)out;
    probe.id = ((const struct session_ask *)in)->id;
    st = mx_get(ctx, &identity_sessions, &probe, &session);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such session, or it has ended.");
    if (st == MX_OK && !base_id_valid(session->principal, "per")) st = identity_subject(ctx, session->principal, "id", &member);
    return st == MX_OK ? identity_session_end(identity_view(ctx), probe.id, NULL) : st;
}

static mx_status expire_session(struct mx_ctx *ctx, const void *in, void *out) {
    mx_status st = identity_session_end(identity_view(ctx), ((const struct session_ask *)in)->id, NULL);
    (void)out;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status list_sessions(struct mx_ctx *ctx, const void *in, void *out) {
    const struct session_page_ask *ask = in;
    struct session_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : 100;
    struct identity_session probe = {0}, *session = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    probe.principal = ask->principal;
    opts.size = sizeof(opts);
    opts.after = ask->after;
    opts.index = ask->principal.len ? "principal" : NULL;
    opts.prefix = ask->principal.len ? 1 : 0;
    page->sessions = mx_list_new(ctx, limit, sizeof(struct session_wire));
    page->sessions.count = 0;
    st = mx_scan_open(ctx, &identity_sessions, &opts, &probe, &scan);
    while (st == MX_OK && page->sessions.count < limit && (st = mx_scan_next(ctx, scan, &session)) == MX_OK) {
        struct session_wire *wire = mx_list_at(&page->sessions, page->sessions.count++);
        wire->id = session->id;
        wire->principal = session->principal;
        wire->kind = session->kind;
        wire->device = session->device;
        wire->created = session->created;
        wire->until = session->until;
        wire->idle_s = session->idle_s;
    }
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op identity_op_session_open =
    IDENTITY_OP(MX_OP_QUERY | MX_OP_BURNS | MX_OP_PUBLIC, "identity.session.open", "Open a session with login and password.", NULL,
                &session_open_ask_type, &identity_opened_type, open_session, check_password);
const struct mx_op identity_op_session_close = {.size = sizeof(struct mx_op),
                                                .name = "identity.session.close",
                                                .doc = "End the session that this call came with.",
                                                .permission = "identity.self",
                                                .handler = close_session,
                                                .since = "0.2",
                                                .own = MX_OWN_NOBODY};
const struct mx_op identity_op_session_list = IDENTITY_OP(MX_OP_QUERY, "identity.session.list", "Open sessions.", "identity.manage",
                                                          &session_page_ask_type, &session_page_type, list_sessions, NULL);
const struct mx_op identity_op_session_revoke =
    IDENTITY_OP(0, "identity.session.revoke", "End somebody's session.", "identity.manage", &session_ask_type, NULL, revoke_session, NULL);
const struct mx_op identity_op_session_expire = IDENTITY_OP(MX_OP_INTERNAL, "identity.session.expire", "Forget a session whose time is up.",
                                                            NULL, &session_ask_type, NULL, expire_session, NULL);
