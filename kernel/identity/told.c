/* Whoever can set a colleague's password or PIN, or fetch a key, could pass for him: the log remembers who did. */
#include "identity/internal.h"

static const char *const proofs[] = {"password", "pin", "key", NULL};

struct proof_changed {
    struct mx_str principal;
    int32_t proof;
    struct mx_str by;
    struct mx_str device;
};
static const struct mx_field proof_changed_fields[] = {
    MX_F_ID(proof_changed, principal, 0, NULL, "who proves himself with it: a principal, or a customer"),
    MX_F_ENUM(proof_changed, proof, 0, proofs, "what is new"),
    MX_F_ID(proof_changed, by, 0, NULL, "who set it"),
    MX_F_ID(proof_changed, device, 0, "dev", "at which device"),
};
MX_TYPE(proof_changed, "identity.proof.changed", "who gave whom a new proof");

const struct mx_event_def identity_proof_changed_event = {(uint32_t)sizeof(struct mx_event_def), 0, "identity.proof.changed",
                                                          "somebody has a new password, PIN or key", &proof_changed_type};

mx_status identity_tell_proof(struct mx_ctx *ctx, struct mx_str principal, int proof) {
    struct proof_changed changed = {principal, proof, mx_str_of(identity_who(ctx)->id), mx_str_of(identity_who(ctx)->device)};
    return mx_emit(ctx, &identity_proof_changed_event, &changed);
}
