/* Forgetting a customer: her keys are destroyed, the books stay and name an id that means nobody. */
#include "duties.h"
#include "merx/retail/payment.h"

struct epoch {
    uint8_t running;
    int64_t at;
};

static const struct mx_field epoch_fields[] = {
    MX_F_BOOL(epoch, running, 0, "the change is under way"),
    MX_F_TIME(epoch, at, 0, "when it begins"),
};
MX_TYPE(epoch, "privacy.epoch", "when the others are wrapped anew");

const struct mx_use privacy_epoch_use = {"identity.epoch.rotate", NULL, &epoch_type};

static mx_status ask_wallet(struct mx_ctx *ctx, struct mx_str member, uint8_t forfeit, int64_t *balance) {
    const struct mx_wallet_forfeit ask = {member, forfeit};
    struct mx_wallet_held held = {0};
    mx_status st = mx_call(ctx, &mx_wallet_forfeit_use, &ask, &held);
    *balance = held.balance;
    return st == MX_DECLINED ? MX_OK : st;
}

mx_status privacy_worth_of(struct mx_ctx *ctx, struct mx_str member, int64_t *balance) { return ask_wallet(ctx, member, 0, balance); }

/* What she gives up is blocked in this commit: somebody may still have the code of a card. */
static mx_status check_worth(struct mx_ctx *ctx, struct mx_str member, uint8_t forfeit) {
    int64_t balance = 0;
    mx_status st = ask_wallet(ctx, member, forfeit, &balance);
    if (st != MX_OK || balance == 0 || forfeit) return st;
    return mx_refuse(ctx, "still_holds", "forfeit",
                     "Her gift cards and credit are worth %lld of the smallest coin: pay it out first, or say that she gives it up.",
                     (long long)balance);
}

mx_status privacy_forget(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str person, struct mx_str reason,
                         struct privacy_erased *out) {
    struct mx_list persons;
    struct epoch epoch = {0};
    mx_status st = ctx->identity->person_set(ctx, person, &persons);
    if (st == MX_OK) st = privacy_unsee(ctx, members);
    if (st == MX_OK) st = ctx->identity->person_erase(ctx, person, reason);
    if (st == MX_OK) st = mx_call(ctx, &privacy_epoch_use, NULL, &epoch);
    if (st < 0) return st;
    out->persons = persons.count;
    out->gone_at = epoch.at;
    return MX_OK;
}

mx_status privacy_meant(struct mx_ctx *ctx, struct mx_str person, const char *act) {
    if (ctx->identity->customer(ctx).len) return ctx->identity->person_prove(ctx, person, (struct mx_str){NULL, 0});
    return mx_approved(ctx, act, 0);
}

static mx_status erase_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_erase *ask = in;
    struct privacy_erased *erased = out;
    struct mx_member_facts facts = {0};
    struct mx_list members;
    mx_status st = privacy_set_of(ctx, ask->member, &members, &facts);
    if (st == MX_OK && facts.id.len == 0) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK && mx_str_is_blank(ask->reason)) return mx_fail(ctx, MX_E_BAD_INPUT, "reason", "A reason has more than spaces.");
    if (st == MX_OK) st = check_worth(ctx, ask->member, ask->forfeit);
    if (st == MX_OK) st = privacy_meant(ctx, facts.person, "privacy.erase");
    erased->member = ask->member;
    return st == MX_OK ? privacy_forget(ctx, &members, facts.person, ask->reason, erased) : st;
}

const struct mx_op privacy_erase_op = {
    .size = sizeof(struct mx_op),
    .name = "privacy.erase",
    .doc = "Forget a customer: nobody can read any more who she is, and the books stay.",
    .permission = "privacy.erase",
    .in = &privacy_erase_type,
    .out = &privacy_erased_type,
    .handler = erase_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};
