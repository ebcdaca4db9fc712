/* What the wallet keeps about people, and what stays together when two customers part. */
#include "merx/retail/person.h"
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

/* Movements since the merge on the accounts of the member that stands. */
static mx_status count_since(struct mx_ctx *ctx, struct mx_str member, int64_t since, int64_t *count) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "member", .prefix = 1};
    const struct wallet_account probe = {.member = member};
    struct wallet_account *account = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_accounts, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &account)) == MX_OK) {
        const struct mx_scan_opts newest = {.size = sizeof(newest), .prefix = 1, .reverse = 1};
        const struct wallet_movement of = {.account = account->id};
        struct wallet_movement *movement = NULL;
        struct mx_scan *moves = NULL;
        st = mx_scan_open(ctx, &wallet_movements, &newest, &of, &moves);
        while (st == MX_OK && (st = mx_scan_next(ctx, moves, &movement)) == MX_OK && movement->booked >= since) ++*count;
        if (st == MX_DONE) st = MX_OK;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status unmerge_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    const struct mx_member_of_ask who = {ask->into};
    struct mx_member_of member = {{NULL, 0}};
    struct mx_unsplit *unsplit = out;
    mx_status st = mx_ask(ctx, &mx_point_member_of, &who, &member);
    if (st != MX_OK) return st;
    unsplit->what = mx_str_of("gift_cards");
    unsplit->note = mx_str_of("movements on gift cards and credit of the member that stands");
    st = count_since(ctx, member.member, ask->since, &unsplit->count);
    return st == MX_OK && unsplit->count == 0 ? MX_DECLINED : st;
}

const struct mx_answer wallet_kept_answer = {
    .size = sizeof(struct mx_answer), .point = MX_POINT_KEPT, .in = &mx_kept_ask_type, .out = &mx_kept_type, .fn = kept_answer};
const struct mx_answer wallet_unmerge_answer = {
    .size = sizeof(struct mx_answer), .point = MX_POINT_UNMERGE, .in = &mx_unmerge_ask_type, .out = &mx_unsplit_type, .fn = unmerge_answer};
