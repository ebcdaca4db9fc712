/* What the wallet keeps about people. */
#include "merx/retail/privacy.h"

#include "internal.h"
#include "ops.h"

static mx_status kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *kept = out;
    struct mx_kept_kind *kind;
    (void)in;
    kept->kinds = mx_list_new(ctx, 1, sizeof(*kind));
    kind = mx_list_at(&kept->kinds, 0);
    kind->name = mx_str_of("wallet.account");
    kind->about = mx_str_of("gift cards and credit of a member, and what moved on them: money the shop owes, by the member's id");
    kind->purpose = mx_str_of(MX_PURPOSE_SERVICE);
    kind->basis = MX_BASIS_CONTRACT;
    kind->law_days = 3653;
    return MX_OK;
}

const struct mx_answer wallet_kept_answer = {
    .size = sizeof(struct mx_answer), .point = MX_POINT_KEPT, .in = &mx_kept_ask_type, .out = &mx_kept_type, .fn = kept_answer};
