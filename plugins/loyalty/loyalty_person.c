/* What other plugins ask about people: the points in the one view of a customer, what is kept and why, and what cannot be parted. */
#include "internal.h"

#include "merx/retail/person.h"
#include "merx/retail/privacy.h"

#define SECTION_LOTS    20
#define UNMERGE_COUNTED 10000

mx_status loyalty_section_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    struct loyalty_balance_view view = {0};
    struct mx_list members = ask->members;
    mx_status st;
    if (!mx_allowed(ctx, "loyalty.read")) return MX_DECLINED;
    if (members.count == 0) {
        members = mx_list_new(ctx, 1, sizeof(struct mx_str));
        *(struct mx_str *)mx_list_at(&members, 0) = ask->member;
    }
    st = loyalty_show(ctx, &members, ask->whole ? UINT32_MAX : SECTION_LOTS, &view);
    if (st != MX_OK) return st;
    section->name = mx_str_of("points");
    section->more = view.more;
    return ctx->op->encode(ctx, &loyalty_balance_view_type, &view, &section->data);
}

mx_status loyalty_kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *kept = out;
    struct mx_kept_kind *kind;
    (void)in;
    kept->kinds = mx_list_new(ctx, 1, sizeof(*kind));
    kind = mx_list_at(&kept->kinds, 0);
    kind->name = mx_str_of("loyalty.ledger");
    kind->about = mx_str_of("Points earned, spent and expired, by member id, with the sales behind them.");
    kind->purpose = mx_str_of(MX_PURPOSE_SERVICE);
    kind->basis = MX_BASIS_CONTRACT;
    return MX_OK;
}

/* Movements that were written under an id since then. */
static mx_status count_since(struct mx_ctx *ctx, struct mx_str member, int64_t since, int64_t *count) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .reverse = 1, .lend = 1};
    struct loyalty_movement probe = {.member = member}, *movement = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &loyalty_movements, &opts, &probe, &scan);
    while (st == MX_OK && *count < UNMERGE_COUNTED && (st = mx_scan_next(ctx, scan, &movement)) == MX_OK) {
        if ((movement->booked ? movement->booked : movement->at) < since) break; /* `at` may be a time of the past */
        ++*count;
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status loyalty_unmerge_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    struct mx_unsplit *unsplit = out;
    struct mx_member_of_ask who = {.person = ask->into};
    struct mx_member_of member;
    mx_status st;
    memset(&member, 0, sizeof(member));
    st = mx_ask(ctx, &mx_point_member_of, &who, &member);
    if (st == MX_OK) st = count_since(ctx, member.member, ask->since, &unsplit->count);
    if (st != MX_OK) return st;
    if (unsplit->count == 0) return MX_DECLINED;
    unsplit->what = mx_str_of("points");
    unsplit->note = mx_str_of("Points that moved since the merge stay with the member that stands.");
    return MX_OK;
}
