/* Buying stored value: the money is taken in the same command, or nothing is loaded. */
#include <stdio.h>

#include "internal.h"
#include "ops.h"
#include "wire.h"

mx_status wallet_check_location(struct mx_ctx *ctx, struct mx_str location) {
    const struct mx_location_ask ask = {location};
    struct mx_location_facts facts = {{NULL, 0}, {NULL, 0}};
    mx_status st = mx_ask(ctx, &mx_point_location, &ask, &facts);
    if (st != MX_DECLINED) return st;
    return mx_refuse(ctx, "unknown_location", "location", "There is no location %.*s.", (int)location.len, location.ptr);
}

static mx_status check_pin(struct mx_ctx *ctx, const struct wallet_load_ask *ask) {
    uint32_t i;
    if (ask->pin.len == 0) return MX_OK;
    if (ask->account.len || ask->code.len || ask->kind != WALLET_GIFT_CARD)
        return mx_fail(ctx, MX_E_BAD_INPUT, "pin", "Only a new gift card can be given a PIN.");
    for (i = 0; i < ask->pin.len; i++)
        if (ask->pin.ptr[i] < '0' || ask->pin.ptr[i] > '9') return mx_fail(ctx, MX_E_BAD_INPUT, "pin", "A PIN is made of digits.");
    return ask->pin.len < 4 ? mx_fail(ctx, MX_E_OUT_OF_RANGE, "pin", "A PIN has 4 to 8 digits.") : MX_OK;
}

static mx_status check_ask(struct mx_ctx *ctx, const struct wallet_load_ask *ask) {
    int named = (ask->account.len > 0) + (ask->code.len > 0) + (ask->kind > 0);
    if (named == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "kind", "Say what is loaded: an account, a code, or a new one of some kind.");
    if (named > 1) return mx_fail(ctx, MX_E_BAD_INPUT, "kind", "Give one of account, code and kind, not several.");
    if (ask->member.len && ask->kind == 0)
        return mx_fail(ctx, MX_E_BAD_INPUT, "member", "An account that exists belongs to whom it belongs: leave the member out.");
    if (ask->kind == WALLET_CREDIT && ask->member.len == 0)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "member", "Credit belongs to a member: say to which one.");
    return check_pin(ctx, ask);
}

/* ---- which account ---- */

/* The customer's one credit account: the standing id's, or whichever there is. */
mx_status wallet_credit_for(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct wallet_account **account) {
    struct wallet_account *fresh;
    mx_status st = MX_NONE;
    uint32_t i;
    for (i = 0; st == MX_NONE && i < facts->members.count; i++) st = wallet_credit_of(ctx, mx_list_str(&facts->members, i), account);
    if (st == MX_NONE && facts->members.count == 0) st = wallet_credit_of(ctx, facts->id, account);
    if (st != MX_NONE) return st;
    fresh = mx_alloc(ctx, sizeof(*fresh));
    fresh->kind = WALLET_CREDIT;
    fresh->member = facts->members.count ? mx_list_str(&facts->members, 0) : facts->id;
    *account = fresh;
    return wallet_account_new(ctx, fresh);
}

static mx_status new_card(struct mx_ctx *ctx, const struct wallet_load_ask *ask, const struct mx_member_facts *facts,
                          struct wallet_account **account) {
    struct wallet_account *fresh = mx_alloc(ctx, sizeof(*fresh));
    mx_status st = mx_new_id(ctx, "gft", &fresh->id);
    fresh->kind = WALLET_GIFT_CARD;
    fresh->member = ask->member.len ? facts->id : ask->member;
    if (st == MX_OK && ask->pin.len) fresh->pin = wallet_pin_hash(ctx, fresh->id, ask->pin);
    if (st == MX_OK) st = wallet_code_give(ctx, fresh);
    *account = fresh;
    return st == MX_OK ? wallet_account_new(ctx, fresh) : st;
}

static mx_status choose(struct mx_ctx *ctx, const struct wallet_load_ask *ask, struct wallet_account **account) {
    struct mx_member_facts facts = {.id = {NULL, 0}};
    mx_status st = ask->member.len ? wallet_member(ctx, ask->member, &facts) : MX_OK;
    if (st != MX_OK) return st;
    if (ask->code.len) return wallet_by_code_also_new(ctx, ask->code, "code", account);
    if (ask->account.len) {
        int is_void = 0;
        st = wallet_by_id(ctx, ask->account, "account", account);
        if (st == MX_OK && (*account)->state == WALLET_INACTIVE) st = wallet_batch_is_void(ctx, (*account)->batch, &is_void);
        return is_void ? mx_refuse(ctx, "batch_void", "account", "The batch of this card was declared void.") : st;
    }
    return ask->kind == WALLET_CREDIT ? wallet_credit_for(ctx, &facts, account) : new_card(ctx, ask, &facts, account);
}

/* ---- loading it ---- */

/* A printed card wakes up, and a gift card's time begins, with the first load; what was sold without an end keeps none. Loading more
 * gives it the time of a new one, never less than it had: the settings may have changed since. */
static mx_status begin(struct mx_ctx *ctx, const struct wallet_settings *settings, struct wallet_account *account) {
    struct wallet_balance sums;
    int64_t end = 0;
    mx_status st = wallet_balance_of(ctx, account->id, &sums);
    if (st != MX_OK) return st;
    if (account->state == WALLET_INACTIVE) account->state = WALLET_ACTIVE;
    if (account->kind == WALLET_GIFT_CARD && settings->expires_after_ms > 0 && (account->expires_at > 0 || sums.seq == 0) &&
        !mx_add(ctx->expiry_ms, settings->expires_after_ms, &end))
        return mx_fail(ctx, MX_E_OUT_OF_RANGE, "expires_after_ms", "The cards' time is too long to be counted.");
    if (end > account->expires_at) account->expires_at = end;
    st = wallet_account_put(ctx, account);
    return st == MX_OK ? wallet_plan_end(ctx, account) : st;
}

mx_status wallet_check_room(struct mx_ctx *ctx, struct mx_str account, int64_t amount) {
    struct wallet_settings settings;
    struct wallet_balance sums;
    mx_status st = wallet_settings_now(ctx, &settings);
    if (st == MX_OK) st = wallet_balance_of(ctx, account, &sums);
    if (st != MX_OK || settings.balance_max == 0) return st;
    if (amount <= settings.balance_max && sums.balance <= settings.balance_max - amount) return MX_OK;
    return mx_refuse(ctx, "balance_too_large", "amount", "No account may hold more than %s, and there is %s on this one: load less.",
                     mx_say_money(ctx, settings.balance_max), mx_say_money(ctx, sums.balance));
}

static mx_status take_money(struct mx_ctx *ctx, const struct wallet_load_ask *ask, const struct wallet_load *load, int64_t *change) {
    const struct mx_payment_take take = {.order = load->id,
                                         .location = ask->location,
                                         .till = ask->till,
                                         .at = load->at,
                                         .due = ask->amount,
                                         .tenders = ask->tenders,
                                         .loads = 1};
    struct mx_payment_taken taken;
    mx_status st = mx_call(ctx, &mx_payment_record, &take, &taken);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_INTERNAL, NULL, "Nobody takes payments in this shop.");
    if (st == MX_OK) *change = taken.change;
    return st;
}

static mx_status write_load(struct mx_ctx *ctx, const struct wallet_load_ask *ask, struct mx_str account, struct wallet_load *load) {
    struct mx_str scope = ask->till.len ? ask->till : ask->location;
    size_t room = (size_t)scope.len + 32;
    char *text = mx_alloc(ctx, room);
    int64_t number;
    mx_status st = mx_next_number(ctx, "wallet.load", scope, &number);
    if (st == MX_OK) st = mx_new_id(ctx, "lod", &load->id);
    if (st != MX_OK) return st;
    load->number = mx_str_n(text, (size_t)snprintf(text, room, "%.*s-L%06lld", (int)scope.len, scope.ptr, (long long)number));
    load->account = account;
    load->amount = ask->amount;
    load->location = ask->location;
    load->till = ask->till;
    load->by = ctx->identity->principal(ctx);
    load->at = ctx->now_ms;
    load->rec.has = UINT64_MAX;
    return mx_put(ctx, &wallet_loads, load);
}

static mx_status load_it(struct mx_ctx *ctx, const struct wallet_load_ask *ask, struct wallet_account *account,
                         struct wallet_loaded *loaded) {
    struct wallet_move move = {.kind = WALLET_LOAD, .amount = ask->amount, .location = ask->location};
    struct wallet_told told = {.account = account->id, .amount = ask->amount, .location = ask->location, .member = account->member};
    struct wallet_load load = {.amount = 0};
    mx_status st = wallet_check_room(ctx, account->id, ask->amount);
    if (st == MX_OK) st = write_load(ctx, ask, account->id, &load);
    if (st == MX_OK) st = take_money(ctx, ask, &load, &loaded->change);
    move.document = told.document = load.id;
    if (st == MX_OK) st = wallet_book(ctx, account->id, &move, &loaded->balance);
    if (st != MX_OK) return st;
    loaded->load = load.id;
    loaded->number = load.number;
    loaded->account = account->id;
    loaded->label = account->label;
    loaded->amount = ask->amount;
    loaded->expires_at = account->expires_at;
    return wallet_tell(ctx, &wallet_loaded_event, &told);
}

static mx_status load_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct wallet_load_ask *ask = in;
    struct wallet_loaded *loaded = out;
    struct wallet_account *account = NULL;
    struct wallet_settings settings;
    mx_status st = check_ask(ctx, ask);
    if (st == MX_OK) st = wallet_check_location(ctx, ask->location);
    if (st == MX_OK) st = choose(ctx, ask, &account);
    if (st == MX_OK && account->state != WALLET_INACTIVE) st = wallet_usable(ctx, account, ask->code.len ? "code" : "account");
    if (st == MX_OK) st = wallet_settings_now(ctx, &settings);
    if (st == MX_OK) st = begin(ctx, &settings, account);
    if (st == MX_OK) st = load_it(ctx, ask, account, loaded);
    loaded->fresh = ask->kind == WALLET_GIFT_CARD;
    return st;
}

const struct mx_op wallet_load_op = WALLET_OP(
    0, "wallet.load", "Buy stored value: a new gift card, more on one that exists, or a member's credit. The money is taken at once.",
    WALLET_MAY_LOAD, &wallet_load_ask_type, &wallet_loaded_type, load_handler, NULL);
