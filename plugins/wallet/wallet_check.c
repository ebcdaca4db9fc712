/* The wallet's books, for `merx verify`: every balance is the fold of its movements, nothing is below nothing or above what was put
 * in, each load was paid, and each transfer took here what it gave there.
 *
 * Balances and movements both stand in the order of account ids, so one walk over each, side by side, sees everything once. */
#include <stdio.h>

#include "internal.h"
#include "ops.h"

static const struct mx_scan_opts whole_table = {.size = sizeof(struct mx_scan_opts), .lend = 1};

struct check {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
    struct mx_scan *movements;
    struct wallet_movement *next; /* NULL: at the end */
};

static void say(const struct check *check, struct mx_str id, const char *what) {
    char text[200];
    snprintf(text, sizeof(text), "%.*s: %s", (int)id.len, id.ptr, what);
    check->found(check->arg, text);
}

static mx_status advance(struct check *check) {
    mx_status st = mx_scan_next(check->ctx, check->movements, &check->next);
    if (st == MX_DONE) check->next = NULL;
    return st == MX_DONE ? MX_OK : st;
}

/* ---- balances ---- */

static void fold(const struct check *check, const struct wallet_movement *movement, struct wallet_balance *sums) {
    int64_t amount = movement->amount < 0 ? -movement->amount : movement->amount, *sum = &sums->loaded;
    if (movement->kind == WALLET_SPEND)
        sum = &sums->spent;
    else if (movement->kind == WALLET_REFUND)
        sum = &sums->returned;
    else if (movement->amount < 0)
        sum = &sums->taken;
    if (movement->seq != sums->seq + 1) say(check, movement->account, "a movement is missing");
    sums->seq = movement->seq;
    if (!mx_add(*sum, amount, sum) || !mx_add(sums->balance, movement->amount, &sums->balance))
        say(check, movement->account, "its movements are too large to be added up");
    if (sums->balance != movement->balance) say(check, movement->account, "a movement says another balance than its forerunners");
    if (sums->balance < 0) say(check, movement->account, "more was taken from it than there was");
}

static mx_status pass_strays(struct check *check, const struct mx_str *account) {
    mx_status st = MX_OK;
    while (st == MX_OK && check->next && (!account || mx_str_cmp(check->next->account, *account) < 0)) {
        say(check, check->next->account, "there are movements but no balance");
        st = advance(check);
    }
    return st;
}

static mx_status check_account(struct check *check, const struct wallet_balance *balance) {
    struct wallet_balance sums = {.seq = 0};
    mx_status st = pass_strays(check, &balance->account);
    while (st == MX_OK && check->next && mx_str_eq(check->next->account, balance->account)) {
        fold(check, check->next, &sums);
        st = advance(check);
    }
    if (sums.balance != balance->balance || sums.seq != balance->seq || sums.loaded != balance->loaded || sums.taken != balance->taken ||
        sums.spent != balance->spent || sums.returned != balance->returned)
        say(check, balance->account, "its balance is not what its movements say");
    if (balance->balance < 0 || balance->balance > balance->loaded || balance->returned > balance->spent)
        say(check, balance->account, "there is less than nothing on it, or more than was ever put in");
    return st;
}

static mx_status check_balances(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct check check = {.ctx = ctx, .found = found, .arg = arg};
    struct wallet_balance *balance = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_balances, &whole_table, NULL, &scan);
    if (st == MX_OK) st = mx_scan_open(ctx, &wallet_movements, &whole_table, NULL, &check.movements);
    if (st == MX_OK) st = advance(&check);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &balance)) == MX_OK) st = check_account(&check, balance);
    return st == MX_DONE ? pass_strays(&check, NULL) : st;
}

/* ---- loads, transfers, payments ---- */

static mx_status check_load(const struct check *check, const struct wallet_load *load) {
    const struct mx_payment_list_ask ask = {load->id};
    struct mx_payment_listed listed;
    int64_t paid = 0;
    uint32_t i;
    mx_status st = mx_call(check->ctx, &mx_payment_list, &ask, &listed);
    if (st < 0) return st;
    for (i = 0; st == MX_OK && i < listed.payments.count; i++) {
        const struct mx_payment_entry *payment = mx_list_at(&listed.payments, i);
        int counts = payment->return_id.len == 0 && payment->state == MX_PAYMENT_CAPTURED &&
                     (payment->kind == MX_TENDER_CASH || payment->kind == MX_TENDER_CARD);
        if (counts && !mx_add(paid, payment->amount, &paid)) paid = -1;
    }
    if (paid != load->amount) say(check, load->id, "what was paid for this load is not what was loaded");
    return MX_OK;
}

static mx_status check_loads(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    const struct check check = {.ctx = ctx, .found = found, .arg = arg};
    struct wallet_load *load = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_loads, &whole_table, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &load)) == MX_OK) st = check_load(&check, load);
    return st == MX_DONE ? MX_OK : st;
}

/* Every load and transfer is a pair: the ledger has no entry without its document or its other end. Sums suffice for transfers,
 * because each movement already fits its account. */
static mx_status check_sums(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    const struct check check = {.ctx = ctx, .found = found, .arg = arg};
    struct wallet_movement *movement = NULL;
    struct mx_scan *scan = NULL;
    int64_t moved = 0;
    mx_status st = mx_scan_open(ctx, &wallet_movements, &whole_table, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &movement)) == MX_OK) {
        const struct wallet_load probe = {.id = movement->document};
        struct wallet_load *load = NULL;
        if ((movement->kind == WALLET_TRANSFER_IN || movement->kind == WALLET_TRANSFER_OUT) && !mx_add(moved, movement->amount, &moved))
            say(&check, movement->account, "transfers are too large to be added up");
        if (movement->kind != WALLET_LOAD) continue;
        st = mx_get(ctx, &wallet_loads, &probe, &load);
        if (st == MX_NONE || (st == MX_OK && (load->amount != movement->amount || !mx_str_eq(load->account, movement->account))))
            say(&check, movement->account, "something was loaded that nobody bought");
        if (st == MX_NONE) st = MX_OK;
    }
    if (moved != 0) found(arg, "transfers do not take here what they give there");
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_check wallet_balances_check = {"wallet.balances", check_balances};
const struct mx_check wallet_loads_check = {"wallet.loads", check_loads};
const struct mx_check wallet_sums_check = {"wallet.sums", check_sums};
