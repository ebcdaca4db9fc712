/* Looking: by code at the till, by id and by member for staff, and each customer at what is hers. */
#include "internal.h"
#include "ops.h"
#include "wire.h"

/* What staff wrote down for each other, and who they were, is not for the customer to read: it may be what somebody suspects. */
static int for_staff(struct mx_ctx *ctx) { return ctx->identity->customer(ctx).len == 0; }

static mx_status show(struct mx_ctx *ctx, const struct wallet_account *account, struct wallet_view *view) {
    struct wallet_balance sums;
    struct wallet_settings settings;
    mx_status st = wallet_balance_of(ctx, account->id, &sums);
    if (st == MX_OK && account->pin_wrong) {
        st = wallet_settings_now(ctx, &settings);
        view->locked = st == MX_OK && account->pin_wrong >= settings.pin_wrong_max;
    }
    if (st != MX_OK) return st;
    view->account = account->id;
    view->kind = account->kind;
    view->state = account->state;
    view->label = account->label;
    view->member = account->member;
    view->batch = account->batch;
    view->balance = sums.balance;
    view->expires_at = account->expires_at;
    view->expired = (uint8_t)wallet_is_expired(ctx, account);
    if (account->state == WALLET_BLOCKED && for_staff(ctx)) view->reason = account->reason;
    view->created = account->created;
    return MX_OK;
}

mx_status wallet_show_one(struct mx_ctx *ctx, const struct wallet_account *account, void *out) {
    struct wallet_one *one = out;
    one->account = mx_alloc(ctx, sizeof(*one->account));
    return show(ctx, account, one->account);
}

static mx_status look_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_look_ask *ask = in;
    struct wallet_account *account = NULL;
    mx_status st = wallet_by_code(ctx, ask->code, "code", &account);
    if (st == MX_OK) st = wallet_check_pin(ctx, account, ask->pin, "pin");
    return st == MX_OK ? wallet_show_one(ctx, account, out) : st;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct wallet_account *account = NULL;
    mx_status st = wallet_by_id(ctx, ((const struct wallet_ask *)in)->account, "account", &account);
    if (st == MX_OK) st = mx_own(ctx, account->member);
    return st == MX_OK ? wallet_show_one(ctx, account, out) : st;
}

/* ---- of one customer ---- */

static mx_status list_of(struct mx_ctx *ctx, struct mx_str member, struct wallet_accounts_view *view, uint32_t limit) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .index = "member", .prefix = 1};
    const struct wallet_account probe = {.member = member};
    struct wallet_account *account = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_accounts, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &account)) == MX_OK) {
        struct wallet_view *shown;
        if (view->accounts.count == limit) {
            view->more = 1;
            return MX_OK;
        }
        shown = mx_list_at(&view->accounts, view->accounts.count++);
        st = show(ctx, account, shown);
        if (st == MX_OK && shown->state == WALLET_ACTIVE && !shown->expired && !mx_add(view->balance, shown->balance, &view->balance))
            st = mx_fail(ctx, MX_E_OUT_OF_RANGE, NULL, "The balances are too large to be added up.");
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status list_all(struct mx_ctx *ctx, struct mx_str member, const struct mx_list *members, struct wallet_accounts_view *view,
                          uint32_t limit) {
    mx_status st = MX_OK;
    uint32_t i;
    view->accounts = mx_list_new(ctx, limit, sizeof(struct wallet_view));
    view->accounts.count = 0;
    if (members->count == 0) return list_of(ctx, member, view, limit);
    for (i = 0; st == MX_OK && i < members->count; i++) st = list_of(ctx, mx_list_str(members, i), view, limit);
    return st;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_member_facts facts;
    mx_status st = wallet_member(ctx, ((const struct wallet_list_ask *)in)->member, &facts);
    return st == MX_OK ? list_all(ctx, facts.id, &facts.members, out, WALLET_PAGE_MAX) : st;
}

/* ---- what moved ---- */

static void show_entry(const struct wallet_movement *movement, int staff, struct wallet_entry *entry) {
    entry->seq = movement->seq;
    entry->kind = movement->kind;
    entry->amount = movement->amount;
    entry->balance = movement->balance;
    entry->document = movement->document;
    entry->payment = movement->payment;
    entry->other = movement->other;
    entry->location = movement->location;
    entry->at = movement->at;
    if (!staff) return;
    entry->by = movement->by;
    entry->reason = movement->reason;
}

static mx_status history(struct mx_ctx *ctx, const struct wallet_history_ask *ask, int staff, struct wallet_history *page) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .reverse = 1, .after = ask->after};
    const struct wallet_movement probe = {.account = ask->account};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : WALLET_PAGE, count = 0;
    struct mx_str cursor = {NULL, 0};
    struct wallet_movement *movement = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &wallet_movements, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, st, "after", "This is no `next` of an earlier page of this list.");
    page->movements = mx_list_new(ctx, limit, sizeof(struct wallet_entry));
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &movement)) == MX_OK) {
        if (count == limit) {
            page->next = cursor;
            break;
        }
        cursor = mx_scan_cursor(ctx, scan);
        show_entry(movement, staff, mx_list_at(&page->movements, count++));
    }
    page->movements.count = count;
    return st == MX_DONE ? MX_OK : st;
}

static mx_status history_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_history_ask *ask = in;
    struct wallet_account *account = NULL;
    mx_status st = wallet_by_id(ctx, ask->account, "account", &account);
    if (st == MX_OK) st = mx_own(ctx, account->member);
    return st == MX_OK ? history(ctx, ask, for_staff(ctx), out) : st;
}

/* ---- the one view of a customer ---- */

/* For an export: as she may read it, whoever fetches it for her. */
static mx_status keep_all(struct mx_ctx *ctx, const struct wallet_accounts_view *view, struct wallet_kept_all *all, uint8_t *more) {
    mx_status st = MX_OK;
    uint32_t i;
    all->accounts = mx_list_new(ctx, view->accounts.count, sizeof(struct wallet_kept));
    all->more = view->more;
    for (i = 0; st == MX_OK && i < view->accounts.count; i++) {
        struct wallet_kept *kept = mx_list_at(&all->accounts, i);
        struct wallet_history_ask ask = {.limit = WALLET_PAGE_MAX};
        struct wallet_history page = {.next = {NULL, 0}};
        kept->account = mx_list_at(&view->accounts, i);
        kept->account->reason = mx_str_n(NULL, 0);
        ask.account = kept->account->account;
        st = history(ctx, &ask, 0, &page);
        kept->movements = page.movements;
        kept->more = page.next.len > 0;
        *more |= kept->more;
    }
    return st;
}

mx_status wallet_section_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    struct wallet_accounts_view view = {.balance = 0};
    struct wallet_kept_all all = {.more = 0};
    mx_status st;
    if (!mx_allowed(ctx, WALLET_MAY_READ)) return MX_DECLINED;
    st = list_all(ctx, ask->member, &ask->members, &view, ask->whole ? WALLET_PAGE_MAX : 20);
    if (st == MX_OK && ask->whole) st = keep_all(ctx, &view, &all, &section->more);
    if (st != MX_OK) return st;
    section->name = mx_str_of("gift_cards");
    section->more |= view.more;
    if (ask->whole) return ctx->op->encode(ctx, &wallet_kept_all_type, &all, &section->data);
    return ctx->op->encode(ctx, &wallet_accounts_view_type, &view, &section->data);
}

/* It burns a try: wrong PINs are counted for good, and only the writer can. */
const struct mx_op wallet_look_op = WALLET_OP(MX_OP_QUERY | MX_OP_BURNS, "wallet.look", "Say what the gift card with this code is worth.",
                                              WALLET_MAY_LOOK, &wallet_look_ask_type, &wallet_one_type, look_handler, MX_OWN_NOBODY);
const struct mx_op wallet_get_op = WALLET_OP(MX_OP_QUERY, "wallet.get", "Show a gift card or account, without its code.", WALLET_MAY_READ,
                                             &wallet_ask_type, &wallet_one_type, get_handler, MX_OWN_HANDLER);
const struct mx_op wallet_list_op = WALLET_OP(MX_OP_QUERY, "wallet.list", "Show the gift cards and the credit of a customer.",
                                              WALLET_MAY_READ, &wallet_list_ask_type, &wallet_accounts_view_type, list_handler, "member");
const struct mx_op wallet_history_op =
    WALLET_OP(MX_OP_QUERY, "wallet.history", "Show what moved on an account, the newest first.", WALLET_MAY_READ, &wallet_history_ask_type,
              &wallet_history_type, history_handler, MX_OWN_HANDLER);
