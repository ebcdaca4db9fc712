/* Two customers part who never were one: what left the cards and the credit of the one while they counted as one is counted and
 * told. Money is not moved on a guess: whoever parts them sees it, and so does the owner in the exception report. */
#include "internal.h"
#include "merx/retail/person.h"
#include "ops.h"

#define MOVES_MAX    10000 /* movements that are looked at, the newest of each account first */
#define ACCOUNTS_MAX 1000  /* of one customer */

static mx_status member_of(struct mx_ctx *ctx, struct mx_str person, struct mx_str *member) {
    const struct mx_member_of_ask ask = {person};
    struct mx_member_of found = {{NULL, 0}};
    mx_status st = mx_ask(ctx, &mx_point_member_of, &ask, &found);
    if (st == MX_OK) *member = found.member;
    return st;
}

/* ---- what stays with the one who stood ---- */

/* Movements since the merge on an account. */
static mx_status count_moves(struct mx_ctx *ctx, struct mx_str account, int64_t since, int64_t *count) {
    const struct mx_scan_opts newest = {.size = sizeof(newest), .prefix = 1, .reverse = 1, .lend = 1};
    const struct wallet_movement of = {.account = account};
    struct wallet_movement *movement = NULL;
    struct mx_scan *moves = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_movements, &newest, &of, &moves);
    while (st == MX_OK && *count < MOVES_MAX && (st = mx_scan_next(ctx, moves, &movement)) == MX_OK && movement->booked >= since) ++*count;
    return st == MX_DONE ? MX_OK : st;
}

/* And on all of the member that stands. */
static mx_status count_since(struct mx_ctx *ctx, struct mx_str member, int64_t since, int64_t *count) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "member", .prefix = 1};
    const struct wallet_account probe = {.member = member};
    struct wallet_account *account = NULL;
    struct mx_scan *scan = NULL;
    uint32_t seen = 0;
    mx_status st = mx_scan_open(ctx, &wallet_accounts, &opts, &probe, &scan);
    while (st == MX_OK && seen++ < ACCOUNTS_MAX && (st = mx_scan_next(ctx, scan, &account)) == MX_OK)
        st = count_moves(ctx, account->id, since, count);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status unmerge_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    struct mx_unsplit *unsplit = out;
    struct mx_str member;
    mx_status st = member_of(ctx, ask->into, &member);
    if (st != MX_OK) return st;
    unsplit->what = mx_str_of("gift_cards");
    unsplit->note = mx_str_of("movements on gift cards and credit of the member that stands");
    st = count_since(ctx, member, ask->since, &unsplit->count);
    return st == MX_OK && unsplit->count == 0 ? MX_DECLINED : st;
}

/* ---- what she took of the other's ---- */

/* An account of one who parts. */
struct lending {
    struct mx_str member;
    struct mx_str account;
    int64_t amount; /* that left it since the merge and did not come back */
};

/* What is looked through. */
struct look {
    int64_t since;
    struct mx_list *lendings;
    uint32_t moves; /* seen so far */
};

/* Of a movement, what was taken with it. */
static mx_status taken_by(struct mx_ctx *ctx, const struct wallet_movement *movement, int64_t *amount) {
    const struct wallet_paid probe = {.payment = movement->payment, .account = movement->account};
    struct wallet_paid *paid = NULL;
    mx_status st;
    *amount = 0;
    if (movement->kind == WALLET_TRANSFER_OUT || movement->kind == WALLET_UNLOAD) *amount = -movement->amount;
    if (movement->kind != WALLET_SPEND) return MX_OK;
    st = mx_get(ctx, &wallet_payments, &probe, &paid);
    if (st == MX_OK) *amount = paid->amount - paid->returned;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status look_through(struct mx_ctx *ctx, struct look *look, struct lending *lending) {
    const struct mx_scan_opts newest = {.size = sizeof(newest), .prefix = 1, .reverse = 1, .lend = 1};
    struct wallet_movement probe = {.account = lending->account}, *movement = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_movements, &newest, &probe, &scan);
    while (st == MX_OK && look->moves < MOVES_MAX && (st = mx_scan_next(ctx, scan, &movement)) == MX_OK &&
           movement->booked >= look->since) {
        int64_t amount;
        st = taken_by(ctx, movement, &amount);
        if (st == MX_OK && !mx_add(lending->amount, amount, &lending->amount)) lending->amount = MX_INT_MAX;
        look->moves++;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Her credit and the cards that are hers, under one id. */
static mx_status lend_of(struct mx_ctx *ctx, struct look *look, struct mx_str member) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "member", .prefix = 1};
    const struct wallet_account probe = {.member = member};
    struct wallet_account *account = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_accounts, &opts, &probe, &scan);
    while (st == MX_OK && look->lendings->count < ACCOUNTS_MAX && (st = mx_scan_next(ctx, scan, &account)) == MX_OK) {
        struct lending *lending = mx_list_at(look->lendings, look->lendings->count++);
        *lending = (struct lending){.member = member, .account = account->id};
        st = look_through(ctx, look, lending);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Under all ids of the customer whose value may have been taken. */
static mx_status lend(struct mx_ctx *ctx, struct mx_str person, int64_t since, struct mx_list *lendings) {
    struct look look = {.since = since, .lendings = lendings};
    struct mx_member_facts facts;
    struct mx_str member;
    uint32_t i;
    mx_status st = member_of(ctx, person, &member);
    if (st == MX_OK) st = wallet_member(ctx, member, &facts);
    if (st != MX_OK) return st;
    *lendings = mx_list_new(ctx, ACCOUNTS_MAX, sizeof(struct lending));
    lendings->count = 0;
    if (facts.members.count == 0) return lend_of(ctx, &look, member);
    for (i = 0; st == MX_OK && i < facts.members.count; i++) st = lend_of(ctx, &look, mx_list_str(&facts.members, i));
    return st;
}

static mx_status borrowed_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    struct mx_unsplit *unsplit = out;
    struct mx_list lendings;
    uint32_t i;
    mx_status st = lend(ctx, ask->from, ask->since, &lendings);
    for (i = 0; st == MX_OK && i < lendings.count; i++)
        if (!mx_add(unsplit->count, ((const struct lending *)mx_list_at(&lendings, i))->amount, &unsplit->count))
            unsplit->count = MX_INT_MAX;
    unsplit->what = mx_str_of("value_borrowed");
    unsplit->note =
        mx_str_of("So much stored value of hers, in minor units, was used while both counted as one: see whether she gets it back.");
    return st == MX_OK && unsplit->count == 0 ? MX_DECLINED : st;
}

static mx_status hear_unmerged(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_persons_merged *parted = data;
    struct mx_list persons, lendings;
    struct mx_str lender = parted->from;
    uint32_t i;
    mx_status st = ctx->identity->person_set(ctx, parted->stood, &persons);
    (void)event;
    for (i = 0; st == MX_OK && i < persons.count; i++)
        if (mx_str_eq(mx_list_str(&persons, i), parted->from)) lender = parted->into;
    if (st == MX_OK) st = lend(ctx, lender, parted->since, &lendings);
    for (i = 0; st == MX_OK && i < lendings.count; i++) {
        const struct lending *lending = mx_list_at(&lendings, i);
        const struct wallet_told told = {
            .account = lending->account, .amount = lending->amount, .document = parted->merge, .member = lending->member};
        if (lending->amount) st = wallet_tell(ctx, &wallet_borrowed_event, &told);
    }
    return st == MX_DECLINED ? MX_OK : st;
}

const struct mx_answer wallet_unmerge_answer = {
    .size = sizeof(struct mx_answer), .point = MX_POINT_UNMERGE, .in = &mx_unmerge_ask_type, .out = &mx_unsplit_type, .fn = unmerge_answer};
const struct mx_answer wallet_borrowed_answer = {.size = sizeof(struct mx_answer),
                                                 .point = MX_POINT_UNMERGE,
                                                 .in = &mx_unmerge_ask_type,
                                                 .out = &mx_unsplit_type,
                                                 .fn = borrowed_answer};
const struct mx_subscription wallet_hear_unmerged = {.size = sizeof(struct mx_subscription),
                                                     .event = MX_EVENT_PERSONS_UNMERGED,
                                                     .type = &mx_persons_merged_type,
                                                     .priority = 100,
                                                     .fn = hear_unmerged};
