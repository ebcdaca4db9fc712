/* API keys, as operations. A command's answer is stored for replays, so it may not hold a secret: creating a key answers
 * its id, and the secret waits, sealed, for one identity.key.reveal, which takes it out in the same transaction. */
#include "identity/internal.h"

#define OP(flags, name, doc, in, out, handler)                                                                                             \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, "identity.manage", in, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.1" }

#define PAGE_MAX 500u

/* ---- types ---- */

struct key_create {
    struct mx_str principal;
    int64_t until;
};

static const struct mx_field key_create_fields[] = {
    MX_F_ID(key_create, principal, MX_REQUIRED, "pri", "whose key it will be"),
    MX_F_TIME(key_create, until, 0, "refused from then on; 0 = no end"),
};
MX_TYPE(key_create, "identity.key.create", "a new key");

struct key_ask {
    struct mx_str id;
};

static const struct mx_field key_ask_fields[] = {
    MX_F_ID(key_ask, id, MX_REQUIRED, "key", "the key's id"),
};
MX_TYPE(key_ask, "identity.key.ask", "a key by its id");

struct key_rotate {
    struct mx_str id;
    int64_t overlap_hours;
};

static const struct mx_field key_rotate_fields[] = {
    MX_F_ID(key_rotate, id, MX_REQUIRED, "key", "the key that is to be replaced"),
    MX_F_INT(key_rotate, overlap_hours, 0, 0, 720, "it goes on working for so many hours; 0 = it ends at once"),
};
MX_TYPE(key_rotate, "identity.key.rotate", "a key and how long it lasts beside the new one");

struct key_wire {
    struct mx_str id;
    struct mx_str principal;
    int64_t created;
    int64_t revoked;
    int64_t until;
};

static const struct mx_field key_wire_fields[] = {
    MX_F_ID(key_wire, id, 0, "key", "id"),
    MX_F_ID(key_wire, principal, 0, "pri", "whose it is"),
    MX_F_TIME(key_wire, created, 0, "when"),
    MX_F_TIME(key_wire, revoked, 0, "when it was taken back; 0 = in force"),
    MX_F_TIME(key_wire, until, 0, "refused from then on; 0 = no end"),
};
MX_TYPE(key_wire, "identity.key", "an API key, without its secret");

struct key_answer {
    struct key_wire *key;
};

static const struct mx_field key_answer_fields[] = {
    MX_F_STRUCT(key_answer, key, 0, key_wire_type, "the key"),
};
MX_TYPE(key_answer, "identity.key.answer", "an API key, without its secret");

struct key_shown {
    struct mx_str id;
    struct mx_str text;
};

static const struct mx_field key_shown_fields[] = {
    MX_F_ID(key_shown, id, 0, "key", "id"),
    MX_F_STR(key_shown, text, 0, 0, 128, "the whole key; it is shown this once"),
};
MX_TYPE(key_shown, "identity.key.shown", "a fresh key, shown once");

struct key_page_ask {
    int64_t limit;
    struct mx_str after;
    struct mx_str principal;
};

static const struct mx_field key_page_ask_fields[] = {
    MX_F_INT(key_page_ask, limit, 0, 0, PAGE_MAX, "at most so many; 100 when left out"),
    MX_F_STR(key_page_ask, after, 0, 0, 512, "cursor of the page before"),
    MX_F_ID(key_page_ask, principal, 0, "pri", "only this one's"),
};
MX_TYPE(key_page_ask, "identity.key.page.ask", "a page of keys");

struct key_page {
    struct mx_list keys;
    struct mx_str next;
};

static const struct mx_field key_page_fields[] = {
    MX_F_LIST(key_page, keys, 0, 0, PAGE_MAX, key_wire_type, "keys"),
    MX_F_STR(key_page, next, 0, 0, 512, "cursor of the next page; empty at the end"),
};
MX_TYPE(key_page, "identity.key.page", "keys");

/* ---- making and showing ---- */

static void to_wire(const struct identity_api_key *key, struct key_wire *wire) {
    wire->id = key->id;
    wire->principal = key->principal;
    wire->created = key->created;
    wire->revoked = key->revoked;
    wire->until = key->until;
}

static mx_status answer_key(struct mx_ctx *ctx, const struct identity_api_key *key, void *out) {
    struct key_answer *answer = out;
    answer->key = mx_alloc(ctx, sizeof(*answer->key));
    to_wire(key, answer->key);
    return MX_OK;
}

static mx_status check_principal(struct mx_ctx *ctx, struct mx_str id) {
    struct identity_member *member = NULL;
    mx_status st = identity_subject(ctx, id, "principal", &member);
    if (st == MX_OK && member->disabled) return mx_refuse(ctx, "principal_disabled", "principal", "This principal is switched off.");
    return st;
}

static mx_status plan_expiry(struct mx_ctx *ctx, struct mx_str id) {
    struct key_ask ask = {id};
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &key_ask_type, &ask, &body);
    return st == MX_OK ? mx_due_at(ctx, ctx->expiry_ms + IDENTITY_FRESH_MS, "identity.key.expire", id, body) : st;
}

static mx_status make_key(struct mx_ctx *ctx, struct mx_str principal, struct identity_api_key *key) {
    struct mx_str text = {NULL, 0};
    mx_status st = mx_new_id(ctx, "key", &key->id);
    if (st == MX_OK) st = identity_new_key(identity_of(ctx), identity_view(ctx), key->id, principal, ctx->now_ms, &text, NULL);
    if (st == MX_OK) st = identity_fresh_put(ctx, key->id, text);
    crypto_wipe((void *)(uintptr_t)text.ptr, text.len);
    if (st == MX_OK) st = plan_expiry(ctx, key->id);
    if (st == MX_OK) st = identity_tell_proof(ctx, principal, IDENTITY_NEW_KEY);
    key->principal = principal;
    key->created = ctx->now_ms;
    return st;
}

static mx_status end_key(struct mx_ctx *ctx, struct mx_str id, int64_t until) {
    struct identity_api_key probe = {0}, *key = NULL;
    mx_status st;
    probe.id = id;
    st = mx_get(ctx, &identity_api_keys, &probe, &key);
    if (st != MX_OK) return st;
    key->until = until;
    return mx_put(ctx, &identity_api_keys, key);
}

static mx_status create_key(struct mx_ctx *ctx, const void *in, void *out) {
    const struct key_create *ask = in;
    struct identity_api_key key = {0};
    mx_status st = check_principal(ctx, ask->principal);
    if (st == MX_OK && ask->until && ask->until <= identity_now(identity_of(ctx)))
        st = mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "A key that has ended already is of no use.");
    if (st == MX_OK) st = make_key(ctx, ask->principal, &key);
    if (st == MX_OK && ask->until) st = end_key(ctx, key.id, key.until = ask->until);
    return st == MX_OK ? answer_key(ctx, &key, out) : st;
}

/* The new key is answered; the old one ends when the overlap is over. */
static mx_status rotate_key(struct mx_ctx *ctx, const void *in, void *out) {
    const struct key_rotate *ask = in;
    struct identity_api_key probe = {0}, *old = NULL, key = {0};
    int64_t now_ms = identity_now(identity_of(ctx));
    mx_status st;
    probe.id = ask->id;
    st = mx_get(ctx, &identity_api_keys, &probe, &old);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such key.");
    if (st != MX_OK) return st;
    if (old->revoked || (old->until && old->until <= now_ms)) return mx_refuse(ctx, "key_over", "id", "This key does not work any more.");
    st = check_principal(ctx, old->principal);
    if (st == MX_OK && ask->overlap_hours == 0 && mx_str_is(old->id, identity_who(ctx)->key))
        st = mx_refuse(ctx, "own_key", "overlap_hours",
                       "This call came with that very key: without an overlap you could not fetch the new one.");
    if (st == MX_OK) st = make_key(ctx, old->principal, &key);
    if (st != MX_OK) return st;
    if (ask->overlap_hours == 0)
        old->revoked = ctx->now_ms;
    else if (!old->until || old->until > now_ms + ask->overlap_hours * 3600000)
        old->until = now_ms + ask->overlap_hours * 3600000;
    st = mx_put(ctx, &identity_api_keys, old);
    if (st == MX_OK) st = identity_changed(identity_view(ctx), NULL);
    return st == MX_OK ? answer_key(ctx, &key, out) : st;
}

/* Whoever sees a key can be its principal, so it is shown to nobody who could not have made it. */
static mx_status reveal_key(struct mx_ctx *ctx, const void *in, void *out) {
    struct key_shown *shown = out;
    struct identity_api_key probe = {0}, *key = NULL;
    struct identity_member *member = NULL;
    mx_status st;
    shown->id = probe.id = ((const struct key_ask *)in)->id;
    st = mx_get(ctx, &identity_api_keys, &probe, &key);
    if (st == MX_OK) st = identity_subject(ctx, key->principal, "id", &member);
    if (st != MX_OK && st != MX_NONE) return st;
    return identity_fresh_take(
        ctx, shown->id, "There is no fresh key of that id: it was shown already, or it waited too long. Make a new one.", &shown->text);
}

/* Nobody knows a key that was never fetched, so it is taken back. */
static mx_status expire_key(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_fresh fresh = {0};
    struct identity_api_key probe = {0}, *key = NULL;
    mx_status st;
    (void)out;
    fresh.id = probe.id = ((const struct key_ask *)in)->id;
    st = mx_delete(ctx, &identity_fresh_keys, &fresh);
    if (st == MX_OK) st = mx_get(ctx, &identity_api_keys, &probe, &key);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (!key->revoked) key->revoked = ctx->now_ms;
    st = mx_put(ctx, &identity_api_keys, key);
    return st == MX_OK ? identity_changed(identity_view(ctx), NULL) : st;
}

/* ---- taking back, listing ---- */

/* 1 and MX_OK when the principal is an owner in force. */
static mx_status is_owner(struct mx_ctx *ctx, struct mx_str id, int *yes) {
    struct identity_member probe = {0}, *member = NULL;
    mx_status st;
    probe.id = id;
    *yes = 0;
    st = mx_get(ctx, &identity_members, &probe, &member);
    if (st == MX_OK) *yes = mx_str_is(member->role, "owner") && !member->disabled;
    return st == MX_NONE ? MX_OK : st;
}

/* 1 and MX_OK when somebody may know the key: it does not wait to be fetched. */
static mx_status is_fetched(struct mx_ctx *ctx, struct mx_str id, int *yes) {
    struct identity_fresh probe = {0}, *fresh = NULL;
    mx_status st;
    probe.id = id;
    st = mx_get(ctx, &identity_fresh_keys, &probe, &fresh);
    *yes = st == MX_NONE;
    return st == MX_NONE ? MX_OK : st;
}

/* A shop whose owners have no key left could never be managed again. */
static mx_status check_last_key(struct mx_ctx *ctx, const struct identity_api_key *key) {
    struct identity_api_key *other = NULL;
    struct mx_scan *scan = NULL;
    int owner = 0, fetched = 0;
    mx_status st = is_owner(ctx, key->principal, &owner);
    if (st != MX_OK || !owner) return st;
    st = mx_scan_open(ctx, &identity_api_keys, NULL, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &other)) == MX_OK) {
        if (other->revoked || other->until || mx_str_eq(other->id, key->id)) continue;
        st = is_owner(ctx, other->principal, &owner);
        if (st == MX_OK && owner) st = is_fetched(ctx, other->id, &fetched);
        if (st == MX_OK && owner && fetched) return MX_OK;
    }
    if (st != MX_DONE) return st;
    return mx_refuse(ctx, "last_owner_key", "id", "This is the last key of an owner: make another one first.");
}

/* Nobody takes a key from those who may do more; a switched-off one's may go. */
static mx_status check_principal_mine(struct mx_ctx *ctx, struct mx_str id) {
    struct identity_member *member = NULL;
    return identity_subject(ctx, id, "id", &member);
}

static mx_status revoke_key(struct mx_ctx *ctx, const void *in, void *out) {
    const struct key_ask *ask = in;
    struct identity_api_key probe = {0}, *key = NULL;
    struct identity_fresh fresh = {0};
    mx_status st;
    probe.id = fresh.id = ask->id;
    st = mx_get(ctx, &identity_api_keys, &probe, &key);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such key.");
    if (st != MX_OK) return st;
    if (key->revoked) return answer_key(ctx, key, out);
    st = check_principal_mine(ctx, key->principal);
    if (st == MX_OK) st = check_last_key(ctx, key);
    if (st != MX_OK) return st;
    key->revoked = ctx->now_ms;
    st = mx_put(ctx, &identity_api_keys, key);
    if (st == MX_OK) st = mx_delete(ctx, &identity_fresh_keys, &fresh);
    if (st == MX_OK || st == MX_NONE) st = identity_changed(identity_view(ctx), NULL);
    return st == MX_OK ? answer_key(ctx, key, out) : st;
}

static mx_status list_keys(struct mx_ctx *ctx, const void *in, void *out) {
    const struct key_page_ask *ask = in;
    struct key_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : 100;
    struct identity_api_key probe = {0}, *key = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    probe.principal = ask->principal;
    opts.size = sizeof(opts);
    opts.after = ask->after;
    opts.index = ask->principal.len ? "principal" : NULL;
    opts.prefix = ask->principal.len ? 1 : 0;
    page->keys = mx_list_new(ctx, limit, sizeof(struct key_wire));
    page->keys.count = 0;
    st = mx_scan_open(ctx, &identity_api_keys, &opts, &probe, &scan);
    while (st == MX_OK && page->keys.count < limit && (st = mx_scan_next(ctx, scan, &key)) == MX_OK)
        to_wire(key, mx_list_at(&page->keys, page->keys.count++));
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op identity_op_key_create =
    OP(0, "identity.key.create", "Make an API key; fetch it with identity.key.reveal within an hour.", &key_create_type, &key_answer_type,
       create_key);
const struct mx_op identity_op_key_rotate = IDENTITY_OP(
    0, "identity.key.rotate", "Make a new key for the same principal and let the old one end; fetch the new one within an hour.",
    "identity.manage", &key_rotate_type, &key_answer_type, rotate_key, NULL);
const struct mx_op identity_op_key_reveal =
    OP(MX_OP_QUERY | MX_OP_BURNS, "identity.key.reveal", "Show a fresh key, once.", &key_ask_type, &key_shown_type, reveal_key);
const struct mx_op identity_op_key_revoke =
    OP(0, "identity.key.revoke", "Take a key back; it is refused from then on.", &key_ask_type, &key_answer_type, revoke_key);
const struct mx_op identity_op_key_list =
    OP(MX_OP_QUERY, "identity.key.list", "API keys, without their secrets.", &key_page_ask_type, &key_page_type, list_keys);
const struct mx_op identity_op_key_expire = {(uint32_t)sizeof(struct mx_op),
                                             MX_OP_INTERNAL,
                                             "identity.key.expire",
                                             "Forget a fresh key that nobody fetched.",
                                             NULL,
                                             &key_ask_type,
                                             NULL,
                                             expire_key,
                                             NULL,
                                             MX_HOME_HERE,
                                             MX_OFFLINE_REFUSE,
                                             "0.1"};
