/* Did the customer herself let this happen? Asked inside the command that it is for: what is used up is used up with it, and a
 * command that fails for another reason uses nothing up. Everything is counted before anything is hashed. */
#include "identity/customer.h"

#define TRIED      "identity.proof"
#define TRIED_EACH 5u
#define TRIED_SHOP 30u /* wrong ones: good ones are given back */
#define PIN_NAME   "identity.pin"
#define CODE_A_DAY "identity.proof.day"

struct proving {
    struct mx_ctx *ctx;
    struct identity *identity;
    struct store_view *view;
    struct base_arena *arena;
    struct mx_list persons; /* who are one customer */
    struct mx_str proof;
    int fits;
    int too_new;
};

static int among(const struct mx_list *persons, struct mx_str person) { return identity_lists(persons, person); }

static mx_status read_proof(const struct proving *it, struct mx_str person, struct identity_customer_proof *proof) {
    void *record = NULL;
    mx_status st;
    memset(proof, 0, sizeof(*proof));
    proof->person = person;
    proof->rec.has = ~UINT64_C(0);
    st = store_get(it->view, &identity_customer_proofs, proof, &record, NULL);
    if (st == MX_OK) *proof = *(const struct identity_customer_proof *)record;
    return st == MX_NONE ? MX_OK : st;
}

/* A step proves once: what somebody photographed proves nothing after it was used. */
static mx_status try_qr(struct proving *it) {
    int64_t now = it->ctx->expiry_ms / IDENTITY_QR_STEP_MS, step = 0;
    struct identity_customer_proof proof;
    struct mx_str person;
    mx_status st;
    if (!identity_qr_open(it->identity, it->arena, it->proof, &person, &step) || !among(&it->persons, person)) return MX_OK;
    if (step < now - 1 || step > now + 1) return MX_OK;
    st = read_proof(it, person, &proof);
    if (st != MX_OK || step <= proof.qr_step) return st;
    proof.qr_step = step;
    it->fits = 1;
    return store_put(it->view, &identity_customer_proofs, &proof, NULL);
}

static mx_status try_code(struct proving *it) {
    struct mx_str standing = mx_list_str(&it->persons, 0);
    struct mx_str place = identity_place(it->identity, it->arena, "proof", mx_str_of("person"), standing);
    const struct identity_identifier *by = NULL;
    const struct identity_code *code = NULL;
    int64_t from_ms = 0, now_ms = it->ctx->expiry_ms;
    mx_status st = identity_code_get(it->identity, it->view, place, now_ms, &code, NULL);
    if (st != MX_OK || !code) return st;
    if (!identity_try(it->identity, CODE_A_DAY, standing, IDENTITY_CODE_DAY, now_ms, now_ms + IDENTITY_PIN_DAY_MS)) return MX_OK;
    if (!identity_code_fits(it->identity, it->arena, place, code, it->proof, now_ms)) return MX_OK;
    identity_tries_over(it->identity, CODE_A_DAY, standing);
    st = identity_code_identifier(it->view, code, &by, NULL);
    if (st != MX_OK || !by) return st;
    st = identity_proves_from(it->view, by, it->ctx->expiry_ms, &from_ms);
    it->fits = 1;
    it->too_new = from_ms > 0;
    identity_code_used(it->ctx, IDENTITY_FOR_PROOF, by);
    return st == MX_OK ? store_del(it->view, &identity_codes, code, NULL) : st;
}

static mx_status try_pin(struct proving *it, struct mx_str person) {
    int64_t now_ms = it->ctx->expiry_ms;
    struct identity_customer_proof proof;
    mx_status st = read_proof(it, person, &proof);
    if (st != MX_OK || proof.pin.len == 0) return st;
    if (!identity_try(it->identity, PIN_NAME, person, IDENTITY_PIN_TRIES, now_ms, now_ms + IDENTITY_PIN_DAY_MS)) return MX_OK;
    if (!identity_hash_fits(proof.pin, identity_proof_hash(it->identity, it->arena, "pin", person, it->proof))) return MX_OK;
    identity_tries_over(it->identity, PIN_NAME, person);
    it->fits = 1;
    return MX_OK;
}

static mx_status try_all(struct proving *it) {
    uint32_t i;
    mx_status st;
    if (!identity_six_digits(it->proof)) return try_qr(it);
    st = try_code(it);
    for (i = 0; st == MX_OK && !it->fits && i < it->persons.count; i++) st = try_pin(it, mx_list_str(&it->persons, i));
    return st;
}

static mx_status too_new(struct mx_ctx *ctx) {
    return mx_refuse(ctx, "proof_new", "proof",
                     "This came through something that was linked so lately that it proves nothing yet: another proof is needed.");
}

mx_status identity_prove(struct mx_ctx *ctx, struct mx_str person, struct mx_str proof) {
    struct proving it = {.ctx = ctx, .identity = identity_of(ctx), .view = identity_view(ctx), .proof = proof};
    const struct identity_principal *who = identity_who(ctx);
    struct mx_str standing;
    mx_status st = ctx->identity->person_set(ctx, person, &it.persons);
    if (st != MX_OK) return st;
    it.arena = store_view_arena(it.view);
    if (who->person[0] && among(&it.persons, mx_str_of(who->person))) return who->proves_from_ms > ctx->expiry_ms ? too_new(ctx) : MX_OK;
    if (proof.len == 0)
        return mx_refuse(ctx, "proof_needed", "proof",
                         "The customer must prove herself: by a code that is sent to her, her QR code or her PIN.");
    standing = mx_list_str(&it.persons, 0);
    st = ctx->identity->guess(ctx, TRIED, standing, TRIED_EACH, TRIED_SHOP);
    if (st == MX_OK) st = try_all(&it);
    if (st != MX_OK) return st;
    if (!it.fits)
        return mx_refuse(ctx, "proof_wrong", "proof", "This proves nothing: it is wrong, too old, used already, or somebody else's.");
    ctx->identity->guessed(ctx, TRIED, standing, TRIED_EACH, TRIED_SHOP);
    return it.too_new ? too_new(ctx) : MX_OK;
}
