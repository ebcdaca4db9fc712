/* PINs, as operations. A PIN is too short to stand alone: it counts only at a till that is enrolled, a few wrong ones a
 * minute end it, and what is stored cannot be tried without the key file. */
#include "base/text.h"
#include "identity/internal.h"

/* ---- types ---- */

struct pin_set {
    struct mx_str staff;
    struct mx_str pin;
};
static const struct mx_field pin_set_fields[] = {
    MX_F_ID(pin_set, staff, MX_REQUIRED, "pri", "whose PIN"),
    MX_F_STR(pin_set, pin, MX_REQUIRED | MX_SECRET, 0, 64, "4 to 8 digits; empty takes the PIN away"),
};
MX_TYPE(pin_set, "identity.pin.set", "a new PIN");

struct pin_open {
    struct mx_str staff;
    struct mx_str pin;
};
static const struct mx_field pin_open_fields[] = {
    MX_F_STR(pin_open, staff, MX_REQUIRED, 1, 64, "id or login"),
    MX_F_STR(pin_open, pin, MX_REQUIRED | MX_SECRET, 1, 64, "the PIN"),
};
MX_TYPE(pin_open, "identity.pin.open", "somebody steps to the till");

/* ---- setting ---- */

static mx_status hash_pin(struct mx_ctx *ctx, const void *in, void *out) {
    const struct pin_set *ask = in;
    struct identity_member *member = NULL;
    const char *weak = ask->pin.len ? identity_pin_weak(ask->pin) : NULL;
    char *hash = mx_alloc(ctx, CRYPTO_PASSWORD_TEXT);
    mx_status st = identity_subject(ctx, ask->staff, "staff", &member);
    (void)out;
    if (st == MX_OK && weak) st = mx_fail(ctx, MX_E_BAD_INPUT, "pin", "%s", weak);
    if (st == MX_OK && !member->login.len) st = mx_refuse(ctx, "no_login", "staff", "Only staff with a login have a PIN.");
    if (st == MX_OK && ask->pin.len) st = crypto_password_hash(identity_of(ctx)->pin_pepper, ask->pin, hash);
    mx_keep(ctx, hash);
    return st;
}

static mx_status set_pin(struct mx_ctx *ctx, const void *in, void *out) {
    const struct pin_set *ask = in;
    struct identity_member *member = NULL;
    struct identity_proof proof;
    const char *hash = mx_kept(ctx);
    mx_status st = identity_subject(ctx, ask->staff, "staff", &member);
    (void)out;
    if (st == MX_OK) st = identity_proof_get(ctx, ask->staff, &proof);
    if (st != MX_OK) return st;
    if (!hash) return mx_refuse(ctx, "own_call", NULL, "A PIN is set by a call of its own.");
    proof.pin = mx_str_of(hash);
    st = mx_put(ctx, &identity_proofs, &proof);
    if (st == MX_OK) st = identity_sessions_end(identity_view(ctx), "principal", ask->staff, mx_str_of(identity_who(ctx)->key), NULL);
    if (st == MX_OK) st = identity_changed(identity_view(ctx), NULL);
    return st == MX_OK ? identity_tell_proof(ctx, ask->staff, IDENTITY_NEW_PIN) : st;
}

/* ---- opening ---- */

struct checked {
    struct mx_str principal;
    int64_t proof_rev;
};

static mx_status wrong(struct mx_ctx *ctx) {
    return mx_refuse(ctx, "wrong_pin", "pin", "The PIN is wrong, or nobody here goes by that name.");
}

/* The device's own session that this call came with. */
static mx_status own_device(struct mx_ctx *ctx, struct identity_session **session) {
    struct identity_session probe = {0};
    mx_status st = MX_NONE;
    probe.id = mx_str_of(identity_who(ctx)->key);
    if (identity_who(ctx)->device[0] && base_id_valid(probe.id, "ses")) st = mx_get(ctx, &identity_sessions, &probe, session);
    if (st == MX_NONE || (st == MX_OK && (*session)->kind != IDENTITY_BY_DEVICE))
        return mx_fail(ctx, MX_E_FORBIDDEN, NULL, "A PIN counts only at a till that is enrolled: call with the device's own session.");
    return st;
}

static mx_status find_till(struct mx_ctx *ctx, struct mx_str id, struct identity_device **till) {
    struct identity_device probe = {0};
    probe.id = id;
    return mx_get(ctx, &identity_devices, &probe, till);
}

/* Who is meant; *member NULL: nobody who may stand at this till. */
static mx_status find_staff(struct mx_ctx *ctx, struct mx_str staff, const struct identity_session *device, struct identity_member **member,
                            struct identity_proof *proof) {
    struct identity_member probe = {0};
    struct identity_device *till = NULL;
    mx_status st;
    probe.id = staff;
    probe.login = base_lower_ascii(store_view_arena(identity_view(ctx)), staff);
    memset(proof, 0, sizeof(*proof));
    *member = NULL;
    st = base_id_valid(staff, "pri") ? mx_get(ctx, &identity_members, &probe, member)
                                     : mx_find(ctx, &identity_members, "login", &probe, member);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    st = identity_proof_get(ctx, (*member)->id, proof);
    if (st == MX_OK) st = find_till(ctx, device->device, &till);
    if (st != MX_OK) return st;
    if ((*member)->disabled || !proof->pin.len || ((*member)->locations.count && !identity_lists(&(*member)->locations, till->location)))
        *member = NULL;
    return MX_OK;
}

static mx_status check_pin(struct mx_ctx *ctx, const void *in, void *out) {
    const struct pin_open *ask = in;
    struct checked *checked = mx_alloc(ctx, sizeof(*checked));
    struct identity *identity = identity_of(ctx);
    struct identity_session *device = NULL;
    struct identity_member *member = NULL;
    struct identity_proof proof;
    struct mx_str name = ask->staff;
    mx_status st = own_device(ctx, &device);
    (void)out;
    if (st == MX_OK) st = find_staff(ctx, ask->staff, device, &member, &proof);
    if (st == MX_OK && member) name = member->id; /* id and login share one limit */
    if (st == MX_OK) st = identity_guess(ctx, &identity_by_pin, name, device->device);
    if (st != MX_OK) return st;
    if (!crypto_password_check(identity->pin_pepper, ask->pin, member ? mx_dup(ctx, proof.pin).ptr : NULL)) return wrong(ctx);
    identity_guessed(ctx, &identity_by_pin, name, device->device);
    checked->principal = member->id;
    checked->proof_rev = proof.rec.rev;
    mx_keep(ctx, checked);
    return MX_OK;
}

static mx_status open_pin(struct mx_ctx *ctx, const void *in, void *out) {
    const struct pin_open *ask = in;
    const struct checked *checked = mx_kept(ctx);
    struct identity_session session = {0}, *device = NULL;
    struct identity_settings settings;
    struct identity_member *member = NULL;
    struct identity_proof proof;
    mx_status st = own_device(ctx, &device);
    if (st == MX_OK) st = find_staff(ctx, ask->staff, device, &member, &proof);
    if (st == MX_OK) st = identity_settings_read(identity_view(ctx), &settings);
    if (st != MX_OK) return st;
    if (!checked || !member || !mx_str_eq(member->id, checked->principal) || proof.rec.rev != checked->proof_rev) return wrong(ctx);
    session.principal = member->id;
    session.kind = IDENTITY_BY_PIN;
    session.device = device->device;
    session.parent = device->id;
    session.until = identity_now(identity_of(ctx)) + settings.pin_hours * 3600000;
    if (session.until > device->until) session.until = device->until;
    session.idle_s = settings.pin_idle_minutes * 60;
    return identity_session_answer(ctx, &session, member->role, out);
}

const struct mx_op identity_op_pin_set = IDENTITY_OP(MX_OP_QUERY | MX_OP_BURNS, "identity.pin.set", "Give a member of the staff a PIN.",
                                                     "identity.pins", &pin_set_type, NULL, set_pin, hash_pin);
const struct mx_op identity_op_pin_open =
    IDENTITY_OP(MX_OP_QUERY | MX_OP_BURNS, "identity.pin.open", "Open a session for whoever steps to an enrolled till.", "identity.pin",
                &pin_open_type, &identity_opened_type, open_pin, check_pin);
