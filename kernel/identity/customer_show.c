/* What a customer shows or sets in her own session: her rotating QR code and her PIN; and who reads the code at the counter. */
#include "identity/customer.h"
#include "merx/retail/member.h"
#include "merx/retail/person.h"

struct qr_code {
    struct mx_str text;
    int64_t until;
};
static const struct mx_field qr_code_fields[] = {
    MX_F_STR(qr_code, text, 0, 0, 160, "what the QR code holds"),
    MX_F_TIME(qr_code, until, 0, "fetch the next one by then"),
};
MX_TYPE(qr_code, "identity.customer.qr", "a customer's rotating QR code");

struct qr_scan {
    struct mx_str qr;
};
static const struct mx_field qr_scan_fields[] = {MX_F_STR(qr_scan, qr, MX_REQUIRED | MX_SECRET, 1, 200, "what the scanner read")};
MX_TYPE(qr_scan, "identity.customer.scan", "a customer's QR code");

struct qr_whose {
    struct mx_str person;
    struct mx_str member;
};
static const struct mx_field qr_whose_fields[] = {
    MX_F_ID(qr_whose, person, 0, "per", "the person"),
    MX_F_ID(qr_whose, member, 0, "mem", "the member that she is"),
};
MX_TYPE(qr_whose, "identity.customer.scanned", "whose QR code it is");

struct customer_pin {
    struct mx_str pin;
};
static const struct mx_field customer_pin_fields[] = {
    MX_F_STR(customer_pin, pin, MX_REQUIRED | MX_SECRET, 0, 16, "six digits; empty takes the PIN away"),
};
MX_TYPE(customer_pin, "identity.customer.pin.set", "a customer's new PIN");

/* Only a customer herself, in a session that proves that it is she. */
static mx_status check_caller(struct mx_ctx *ctx, struct mx_str *person) {
    *person = ctx->identity->customer(ctx);
    if (person->len == 0) return mx_fail(ctx, MX_E_FORBIDDEN, NULL, "Only a customer in her own session can do this.");
    if (identity_who(ctx)->proves_from_ms <= ctx->expiry_ms) return MX_OK;
    return mx_refuse(ctx, "proof_new", NULL,
                     "This session was opened through something that was linked so lately that it proves nothing yet.");
}

/* ---- the QR code ---- */

static mx_status show_qr(struct mx_ctx *ctx, const void *in, void *out) {
    struct qr_code *code = out;
    struct mx_str person;
    int64_t step = ctx->expiry_ms / IDENTITY_QR_STEP_MS;
    mx_status st = check_caller(ctx, &person);
    (void)in;
    if (st != MX_OK) return st;
    code->text = identity_qr_make(identity_of(ctx), store_view_arena(identity_view(ctx)), person, step);
    code->until = (step + 1) * IDENTITY_QR_STEP_MS;
    return MX_OK;
}

static mx_status scan_qr(struct mx_ctx *ctx, const void *in, void *out) {
    struct base_arena *arena = store_view_arena(identity_view(ctx));
    struct mx_member_of_ask asked = {{NULL, 0}};
    struct mx_member_of member = {{NULL, 0}};
    struct qr_whose *whose = out;
    const struct identity_person *known;
    int64_t step = 0, now = ctx->expiry_ms / IDENTITY_QR_STEP_MS;
    mx_status st = MX_NONE;
    if (identity_qr_open(identity_of(ctx), arena, ((const struct qr_scan *)in)->qr, &asked.person, &step) && step >= now - 1 &&
        step <= now + 1)
        st = identity_person_read(identity_view(ctx), asked.person, &known);
    if (st == MX_NONE || (st == MX_OK && known->key.len == 0))
        return mx_fail(ctx, MX_E_NOT_FOUND, "qr", "This is no customer's code of this minute.");
    whose->person = asked.person;
    if (st == MX_OK) st = mx_ask(ctx, &mx_point_member_of, &asked, &member);
    whose->member = member.member;
    return st == MX_DECLINED ? MX_OK : st;
}

/* ---- the PIN ---- */

static mx_status check_pin(struct mx_ctx *ctx, struct mx_str pin) {
    const char *weak = pin.len ? identity_pin_weak(pin) : NULL;
    if (pin.len && !identity_six_digits(pin)) return mx_fail(ctx, MX_E_BAD_INPUT, "pin", "A customer's PIN has six digits.");
    return weak ? mx_fail(ctx, MX_E_BAD_INPUT, "pin", "%s", weak) : MX_OK;
}

static mx_status set_pin(struct mx_ctx *ctx, const void *in, void *out) {
    const struct customer_pin *ask = in;
    struct identity_customer_proof proof = {0}, *stored = NULL;
    mx_status st = check_caller(ctx, &proof.person);
    (void)out;
    if (st == MX_OK) st = check_pin(ctx, ask->pin);
    if (st == MX_OK) st = mx_get(ctx, &identity_customer_proofs, &proof, &stored);
    if (st == MX_OK) proof = *stored;
    if (st < 0) return st;
    proof.rec.has = ~UINT64_C(0);
    proof.pin = mx_str_n(NULL, 0);
    proof.pin_changed = ctx->now_ms;
    if (ask->pin.len)
        proof.pin = identity_proof_hash(identity_of(ctx), store_view_arena(identity_view(ctx)), "pin", proof.person, ask->pin);
    st = mx_put(ctx, &identity_customer_proofs, &proof);
    return st == MX_OK ? identity_tell_proof(ctx, proof.person, IDENTITY_NEW_PIN) : st;
}

/* ---- forgotten with her ---- */

static mx_status forget(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct identity_customer_proof probe = {0};
    mx_status st;
    (void)event;
    probe.person = ((const struct mx_person_erased *)data)->person;
    st = mx_delete(ctx, &identity_customer_proofs, &probe);
    return st == MX_NONE ? MX_OK : st;
}

const struct mx_subscription identity_customer_erased = {
    .size = sizeof(struct mx_subscription), .event = MX_EVENT_PERSON_ERASED, .type = &mx_person_erased_type, .priority = 100, .fn = forget};

const struct mx_op identity_op_customer_qr = {.size = sizeof(struct mx_op),
                                              .flags = MX_OP_QUERY,
                                              .name = "identity.customer.qr",
                                              .doc = "A customer's own QR code: it tells the counter who she is, and proves it once.",
                                              .permission = "identity.customer",
                                              .out = &qr_code_type,
                                              .handler = show_qr,
                                              .since = "0.4",
                                              .own = MX_OWN_NOBODY};
const struct mx_op identity_op_customer_scan = {.size = sizeof(struct mx_op),
                                                .flags = MX_OP_QUERY,
                                                .name = "identity.customer.scan",
                                                .doc = "Whose QR code this is; it can still be used as a proof afterwards.",
                                                .permission = "identity.scan",
                                                .in = &qr_scan_type,
                                                .out = &qr_whose_type,
                                                .handler = scan_qr,
                                                .since = "0.4"};
const struct mx_op identity_op_customer_pin = {.size = sizeof(struct mx_op),
                                               .flags = MX_OP_QUERY | MX_OP_BURNS,
                                               .name = "identity.customer.pin.set",
                                               .doc = "A customer gives herself a PIN with which she proves that she agrees.",
                                               .permission = "identity.customer",
                                               .in = &customer_pin_type,
                                               .handler = set_pin,
                                               .since = "0.4",
                                               .own = MX_OWN_NOBODY};
