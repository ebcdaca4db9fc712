/* What the shop owes to whoever holds its cards: the sum of all balances, now or as they stood at some time. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

#define MONTHS_MAX 600

struct counting {
    struct mx_ctx *ctx;
    int64_t at; /* 0 = now */
    struct wallet_liability *sums;
    struct wallet_liability_month *months;
    uint32_t month_count;
};

static mx_status too_much(struct mx_ctx *ctx) {
    return mx_fail(ctx, MX_E_OUT_OF_RANGE, NULL, "The balances are too large to be added up.");
}

/* What stood on it at that time: the last movement before it says so. */
static mx_status balance_at(const struct counting *counting, struct mx_str account, int64_t *balance) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .reverse = 1};
    const struct wallet_movement probe = {.account = account};
    struct wallet_movement *movement = NULL;
    struct wallet_balance sums;
    struct mx_scan *scan = NULL;
    mx_status st;
    *balance = 0;
    if (counting->at == 0) {
        st = wallet_balance_of(counting->ctx, account, &sums);
        if (st == MX_OK) *balance = sums.balance;
        return st;
    }
    st = mx_scan_open(counting->ctx, &wallet_movements, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(counting->ctx, scan, &movement)) == MX_OK) {
        if (movement->booked > counting->at) continue;
        *balance = movement->balance;
        break;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status add_month(struct counting *counting, int64_t expires_at, int64_t amount) {
    struct mx_civil civil;
    uint32_t i;
    mx_civil_of(counting->ctx, mx_str_n(NULL, 0), expires_at, &civil);
    for (i = 0; i < counting->month_count; i++)
        if (counting->months[i].year == civil.year && counting->months[i].month == civil.month) break;
    if (i == MONTHS_MAX) i--; /* fifty years ahead: the last one takes what is later */
    if (i == counting->month_count) counting->months[counting->month_count++] = (struct wallet_liability_month){civil.year, civil.month, 0};
    return mx_add(counting->months[i].amount, amount, &counting->months[i].amount) ? MX_OK : too_much(counting->ctx);
}

static mx_status count_account(struct counting *counting, const struct wallet_account *account) {
    struct wallet_liability *sums = counting->sums;
    int64_t balance, *kind = account->kind == WALLET_CREDIT ? &sums->credit : &sums->gift_cards;
    mx_status st = balance_at(counting, account->id, &balance);
    if (st != MX_OK || balance == 0) return st;
    sums->accounts++;
    if (!mx_add(*kind, balance, kind) || !mx_add(sums->total, balance, &sums->total)) return too_much(counting->ctx);
    if (account->state == WALLET_BLOCKED && !mx_add(sums->blocked, balance, &sums->blocked)) return too_much(counting->ctx);
    return account->expires_at ? add_month(counting, account->expires_at, balance) : MX_OK;
}

static void sort_months(struct wallet_liability_month *months, uint32_t count) {
    uint32_t i, k;
    for (i = 1; i < count; i++) {
        struct wallet_liability_month month = months[i];
        for (k = i; k > 0 && (months[k - 1].year > month.year || (months[k - 1].year == month.year && months[k - 1].month > month.month));
             k--)
            months[k] = months[k - 1];
        months[k] = month;
    }
}

static mx_status liability_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct counting counting = {.ctx = ctx, .at = ((const struct wallet_liability_ask *)in)->at, .sums = out};
    struct wallet_account *account = NULL;
    struct mx_scan *scan = NULL;
    int64_t seen = 0;
    mx_status st = mx_scan_open(ctx, &wallet_accounts, &opts, NULL, &scan);
    counting.sums->at = counting.at ? counting.at : ctx->now_ms;
    counting.sums->expiring = mx_list_new(ctx, MONTHS_MAX, sizeof(struct wallet_liability_month));
    counting.months = counting.sums->expiring.items;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &account)) == MX_OK) {
        st = count_account(&counting, account);
        if (st == MX_OK && ++seen % 256 == 0) st = mx_progress(ctx, seen, 0);
    }
    sort_months(counting.months, counting.month_count);
    counting.sums->expiring.count = counting.month_count;
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op wallet_liability_op =
    WALLET_OP(MX_OP_QUERY | MX_OP_HEAVY, "wallet.liability", "Say what the shop owes on gift cards and credit, now or at some time.",
              WALLET_MAY_COUNT, &wallet_liability_ask_type, &wallet_liability_type, liability_handler, NULL);
