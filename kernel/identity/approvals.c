/* A second person's word for one call: asked for by the shop, given by somebody else who holds the right, used up once. */
#include "identity/internal.h"

static struct mx_str hash_text(struct store_view *view, const uint8_t *hash) {
    return crypto_base64(store_view_arena(view), hash, IDENTITY_CALL_HASH);
}

static mx_status needs(struct identity_act *act, struct mx_error *err) {
    return base_fail(err, MX_E_APPROVAL, NULL, "This needs a second person: somebody with the right \"%s\" must approve it first.",
                     act->permission);
}

/* May this person still approve, now that it is used? */
static mx_status may_approve(struct identity *identity, struct store_view *view, struct mx_str giver, const char *permission, int *yes) {
    struct identity_principal principal = {0};
    const struct identity_member *member;
    mx_status st = identity_member_get(view, giver, &member);
    *yes = 0;
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    identity_take_text(principal.id, sizeof(principal.id), member->id);
    identity_take_text(principal.role, sizeof(principal.role), member->role);
    *yes = !member->disabled && identity_allowed(identity, &principal, permission);
    return MX_OK;
}

/* Whoever was asked about an amount did not approve a larger one, which the same body may come to when the shop has changed. */
static int fits(struct store_view *view, const struct identity_approval *approval, const struct identity_principal *principal,
                const struct identity_act *act, int64_t now_ms) {
    int asked = approval->permission.len && mx_str_is(approval->act, act->act);
    if (asked && act->amount > approval->amount) return 0;
    return approval->given && now_ms - approval->given <= IDENTITY_APPROVAL_MS && now_ms >= approval->given &&
           (!approval->used || act->used) && mx_str_is(approval->op, act->op) && mx_str_is(approval->asker, principal->id) &&
           !mx_str_is(approval->giver, principal->id) && mx_str_eq(approval->call, hash_text(view, act->body_hash));
}

/* act->used: this command has used the approval before, for another act in the same call. */
static mx_status use(struct identity *identity, struct store_view *view, const struct identity_principal *principal,
                     struct identity_act *act, int64_t now_ms, struct mx_error *err) {
    struct identity_approval probe = {0}, *approval;
    void *record = NULL;
    int yes = 0;
    mx_status st;
    probe.id = act->approval;
    st = store_get(view, &identity_approvals, &probe, &record, err);
    if (st == MX_NONE) return needs(act, err);
    if (st != MX_OK) return st;
    approval = record;
    if (!fits(view, approval, principal, act, now_ms)) return needs(act, err);
    st = may_approve(identity, view, approval->giver, act->permission, &yes);
    if (st != MX_OK) return st;
    if (!yes) return needs(act, err);
    if (act->used) return MX_OK;
    approval->used = now_ms;
    act->used = 1;
    return store_put(view, &identity_approvals, approval, err);
}

mx_status identity_approved(struct identity *identity, struct store_view *view, const struct identity_principal *principal,
                            struct identity_act *act, int64_t now_ms, struct mx_error *err) {
    if (!identity_policy_asks(identity, act->act, act->amount, act->permission)) return MX_OK;
    if (act->approval.len == 0 || !act->body_hash || !base_id_valid(act->approval, "apr")) return needs(act, err);
    return use(identity, view, principal, act, now_ms, err);
}

/* ---- asking ---- */

/* The same call asked for the same act and amount before, and nobody has answered yet. */
static mx_status asked_before(struct store_view *view, const struct identity_approval *asked, int64_t now_ms, struct mx_str *id) {
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    void *record = NULL;
    mx_status st;
    opts.size = sizeof(opts);
    opts.index = "call";
    opts.prefix = 2;
    st = store_scan_open(view, &identity_approvals, &opts, asked, &scan, NULL);
    while (st == MX_OK && (st = store_scan_next(scan, &record, NULL)) == MX_OK) {
        const struct identity_approval *found = record;
        if (found->used || now_ms - found->asked > IDENTITY_APPROVAL_MS / 2 || !mx_str_eq(found->act, asked->act) ||
            found->amount != asked->amount)
            continue;
        *id = found->id;
        return MX_OK;
    }
    return st == MX_DONE ? MX_NONE : st;
}

mx_status identity_approval_ask(struct store_view *view, const struct identity_principal *principal, const struct identity_act *act,
                                struct mx_str id, int64_t now_ms, struct mx_str *asked_id, struct mx_error *err) {
    struct identity_approval approval = {0};
    mx_status st;
    approval.id = id;
    approval.op = mx_str_of(act->op);
    approval.act = mx_str_of(act->act);
    approval.amount = act->amount;
    approval.permission = mx_str_of(act->permission);
    approval.asker = mx_str_of(principal->id);
    approval.device = mx_str_of(principal->device);
    approval.call = hash_text(view, act->body_hash);
    approval.asked = now_ms;
    st = asked_before(view, &approval, now_ms, asked_id);
    if (st != MX_NONE) return st == MX_OK ? MX_DONE : st;
    *asked_id = id;
    return store_put(view, &identity_approvals, &approval, err);
}
