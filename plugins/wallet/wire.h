/* What the wallet's operations take and answer. */
#ifndef WALLET_WIRE_H
#define WALLET_WIRE_H

#include "internal.h"

#define WALLET_PAGE     100
#define WALLET_PAGE_MAX 500

/* ---- loading ---- */

struct wallet_load_ask {
    struct mx_str account;
    struct mx_str code;
    int32_t kind;
    struct mx_str member;
    struct mx_str pin;
    int64_t amount;
    struct mx_str location;
    struct mx_str till;
    struct mx_list tenders;
};

static const struct mx_field wallet_load_ask_fields[] = {
    MX_F_ID(wallet_load_ask, account, 0, "gft", "gift card or account that exists; absent: a new one of `kind`"),
    MX_F_STR(wallet_load_ask, code, MX_SECRET, 0, 64, "code of a gift card that exists, instead of its id"),
    MX_F_ENUM(wallet_load_ask, kind, 0, wallet_kind_words, "new: gift_card, or the member's credit"),
    MX_F_ID(wallet_load_ask, member, 0, "mem", "whose it will be; a gift card may belong to whoever has its code"),
    MX_F_STR(wallet_load_ask, pin, MX_SECRET, 0, 8, "PIN that a new gift card asks for when it pays: 4 to 8 digits"),
    MX_F_MONEY(wallet_load_ask, amount, MX_REQUIRED, 1, MX_INT_MAX, "how much"),
    MX_F_STR(wallet_load_ask, location, MX_REQUIRED, 1, 32, "where"),
    MX_F_STR(wallet_load_ask, till, 0, 0, 32, "till"),
    MX_F_LIST(wallet_load_ask, tenders, MX_REQUIRED, 1, MX_TENDERS_MAX, mx_tender_type, "what is handed over: cash and cards"),
};
MX_TYPE(wallet_load_ask, "wallet.load", "buy stored value");

struct wallet_loaded {
    struct mx_str load;
    struct mx_str number;
    struct mx_str account;
    struct mx_str label;
    int64_t amount;
    int64_t balance;
    int64_t change;
    int64_t expires_at;
    uint8_t fresh;
};

static const struct mx_field wallet_loaded_fields[] = {
    MX_F_ID(wallet_loaded, load, MX_REQUIRED, "lod", "document of the load"),
    MX_F_STR(wallet_loaded, number, MX_REQUIRED, 1, 64, "its number"),
    MX_F_ID(wallet_loaded, account, MX_REQUIRED, "gft", "gift card or account"),
    MX_F_STR(wallet_loaded, label, 0, 0, WALLET_LABEL_LEN, "last characters of its code"),
    MX_F_MONEY(wallet_loaded, amount, 0, 0, MX_INT_MAX, "what was loaded"),
    MX_F_MONEY(wallet_loaded, balance, 0, 0, MX_INT_MAX, "balance afterwards"),
    MX_F_MONEY(wallet_loaded, change, 0, 0, MX_INT_MAX, "change in cash"),
    MX_F_TIME(wallet_loaded, expires_at, 0, "usable before; 0 = no end"),
    MX_F_BOOL(wallet_loaded, fresh, 0, "a new card: fetch its code with wallet.card.reveal"),
};
MX_TYPE(wallet_loaded, "wallet.loaded", "stored value was bought");

/* ---- accounts ---- */

struct wallet_ask {
    struct mx_str account;
};

static const struct mx_field wallet_ask_fields[] = {
    MX_F_ID(wallet_ask, account, MX_REQUIRED, "gft", "gift card or account"),
};
MX_TYPE(wallet_ask, "wallet.ask", "an account by its id");

struct wallet_revealed {
    struct mx_str account;
    struct mx_str code;
};

static const struct mx_field wallet_revealed_fields[] = {
    MX_F_ID(wallet_revealed, account, MX_REQUIRED, "gft", "gift card"),
    MX_F_STR(wallet_revealed, code, MX_REQUIRED, 1, WALLET_CODE_TEXT, "its code; it is shown this once"),
};
MX_TYPE(wallet_revealed, "wallet.revealed", "the code of a new gift card");

struct wallet_look_ask {
    struct mx_str code;
    struct mx_str pin;
};

static const struct mx_field wallet_look_ask_fields[] = {
    MX_F_STR(wallet_look_ask, code, MX_REQUIRED | MX_SECRET, 1, 64, "code of the gift card"),
    MX_F_STR(wallet_look_ask, pin, MX_SECRET, 0, 8, "its PIN, when it has one"),
};
MX_TYPE(wallet_look_ask, "wallet.look", "what is this gift card worth");

struct wallet_view {
    struct mx_str account;
    int32_t kind;
    int32_t state;
    struct mx_str label;
    struct mx_str member;
    struct mx_str batch;
    int64_t balance;
    int64_t expires_at;
    uint8_t expired;
    struct mx_str reason;
    int64_t created;
    uint8_t locked;
};

static const struct mx_field wallet_view_fields[] = {
    MX_F_ID(wallet_view, account, MX_REQUIRED, "gft", "gift card or account"),
    MX_F_ENUM(wallet_view, kind, MX_REQUIRED, wallet_kind_words, "kind"),
    MX_F_ENUM(wallet_view, state, MX_REQUIRED, wallet_state_words, "state"),
    MX_F_STR(wallet_view, label, 0, 0, WALLET_LABEL_LEN, "last characters of its code"),
    MX_F_ID(wallet_view, member, 0, "mem", "whose it is; absent: whoever has the code"),
    MX_F_ID(wallet_view, batch, 0, "bat", "batch that it was printed in"),
    MX_F_MONEY(wallet_view, balance, 0, 0, MX_INT_MAX, "balance"),
    MX_F_TIME(wallet_view, expires_at, 0, "usable before; 0 = no end"),
    MX_F_BOOL(wallet_view, expired, 0, "its time is over"),
    MX_F_STR(wallet_view, reason, 0, 0, 200, "why it is blocked"),
    MX_F_TIME(wallet_view, created, 0, "when it was made"),
    MX_F_BOOL(wallet_view, locked, 0, "too many wrong PINs; wallet.pin.unlock frees it"),
};
MX_TYPE(wallet_view, "wallet.account", "a gift card or a member's credit, without its code");

struct wallet_one {
    struct wallet_view *account;
};

static const struct mx_field wallet_one_fields[] = {
    MX_F_STRUCT(wallet_one, account, 0, wallet_view_type, "the account"),
};
MX_TYPE(wallet_one, "wallet.one", "one account");

struct wallet_list_ask {
    struct mx_str member;
};

static const struct mx_field wallet_list_ask_fields[] = {
    MX_F_ID(wallet_list_ask, member, MX_REQUIRED, "mem", "whose accounts"),
};
MX_TYPE(wallet_list_ask, "wallet.list", "whose accounts");

struct wallet_accounts_view {
    struct mx_list accounts;
    int64_t balance;
    uint8_t more;
};

static const struct mx_field wallet_accounts_view_fields[] = {
    MX_F_LIST(wallet_accounts_view, accounts, 0, 0, WALLET_PAGE_MAX, wallet_view_type, "accounts of the customer"),
    MX_F_MONEY(wallet_accounts_view, balance, 0, 0, MX_INT_MAX, "what she can pay with them"),
    MX_F_BOOL(wallet_accounts_view, more, 0, "there are more"),
};
MX_TYPE(wallet_accounts_view, "wallet.accounts", "gift cards and credit of a customer");

struct wallet_history_ask {
    struct mx_str account;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field wallet_history_ask_fields[] = {
    MX_F_ID(wallet_history_ask, account, MX_REQUIRED, "gft", "gift card or account"),
    MX_F_STR(wallet_history_ask, after, 0, 0, 2000, "`next` of the page before"),
    MX_F_INT(wallet_history_ask, limit, 0, 0, WALLET_PAGE_MAX, "movements on a page (100)"),
};
MX_TYPE(wallet_history_ask, "wallet.history.ask", "what moved on an account");

struct wallet_entry {
    int64_t seq;
    int32_t kind;
    int64_t amount;
    int64_t balance;
    struct mx_str document;
    struct mx_str payment;
    struct mx_str other;
    struct mx_str location;
    struct mx_str by;
    struct mx_str reason;
    int64_t at;
};

static const struct mx_field wallet_entry_fields[] = {
    MX_F_INT(wallet_entry, seq, MX_REQUIRED, 1, MX_INT_MAX, "number of the movement"),
    MX_F_ENUM(wallet_entry, kind, MX_REQUIRED, wallet_move_words, "kind"),
    MX_F_MONEY(wallet_entry, amount, 0, -MX_INT_MAX, MX_INT_MAX, "what it added; below 0: what it took"),
    MX_F_MONEY(wallet_entry, balance, 0, 0, MX_INT_MAX, "balance afterwards"),
    MX_F_STR(wallet_entry, document, 0, 0, 64, "document behind it"),
    MX_F_ID(wallet_entry, payment, 0, "pay", "payment"),
    MX_F_ID(wallet_entry, other, 0, "gft", "account at the other end"),
    MX_F_STR(wallet_entry, location, 0, 0, 32, "where"),
    MX_F_STR(wallet_entry, by, 0, 0, 64, "who did it"),
    MX_F_STR(wallet_entry, reason, 0, 0, 200, "why"),
    MX_F_TIME(wallet_entry, at, 0, "when"),
};
MX_TYPE(wallet_entry, "wallet.movement", "something that moved stored value");

struct wallet_history {
    struct mx_list movements;
    struct mx_str next;
};

static const struct mx_field wallet_history_fields[] = {
    MX_F_LIST(wallet_history, movements, 0, 0, WALLET_PAGE_MAX, wallet_entry_type, "movements, the newest first"),
    MX_F_STR(wallet_history, next, 0, 0, 2000, "go on behind this page"),
};
MX_TYPE(wallet_history, "wallet.history", "what moved on an account");

/* In an export: each account with what moved on it. */
struct wallet_kept {
    struct wallet_view *account;
    struct mx_list movements;
    uint8_t more;
};

static const struct mx_field wallet_kept_fields[] = {
    MX_F_STRUCT(wallet_kept, account, MX_REQUIRED, wallet_view_type, "the account"),
    MX_F_LIST(wallet_kept, movements, 0, 0, WALLET_PAGE_MAX, wallet_entry_type, "what moved on it, the newest first"),
    MX_F_BOOL(wallet_kept, more, 0, "there are older movements"),
};
MX_TYPE(wallet_kept, "wallet.kept", "an account and what moved on it");

struct wallet_kept_all {
    struct mx_list accounts;
    uint8_t more;
};

static const struct mx_field wallet_kept_all_fields[] = {
    MX_F_LIST(wallet_kept_all, accounts, 0, 0, WALLET_PAGE_MAX, wallet_kept_type, "accounts of the customer"),
    MX_F_BOOL(wallet_kept_all, more, 0, "there are more"),
};
MX_TYPE(wallet_kept_all, "wallet.kept.all", "gift cards and credit of a customer, with all that moved");

/* ---- moving value ---- */

struct wallet_claim_ask {
    struct mx_str code;
    struct mx_str pin;
    struct mx_str member;
};

static const struct mx_field wallet_claim_ask_fields[] = {
    MX_F_STR(wallet_claim_ask, code, MX_REQUIRED | MX_SECRET, 1, 64, "code of the gift card"),
    MX_F_STR(wallet_claim_ask, pin, MX_SECRET, 0, 8, "its PIN, when it has one"),
    MX_F_ID(wallet_claim_ask, member, MX_REQUIRED, "mem", "whose it will be"),
};
MX_TYPE(wallet_claim_ask, "wallet.claim", "put a gift card into a member's wallet");

struct wallet_transfer_ask {
    struct mx_str code;
    struct mx_str from;
    struct mx_str pin;
    struct mx_str proof;
    struct mx_str to;
    struct mx_str to_member;
    int64_t amount;
};

static const struct mx_field wallet_transfer_ask_fields[] = {
    MX_F_STR(wallet_transfer_ask, code, MX_SECRET, 0, 64, "code of the gift card that gives"),
    MX_F_ID(wallet_transfer_ask, from, 0, "gft", "account that gives, instead of a code: its member must prove herself"),
    MX_F_STR(wallet_transfer_ask, pin, MX_SECRET, 0, 8, "PIN of the card, when it has one"),
    MX_F_STR(wallet_transfer_ask, proof, MX_SECRET, 0, 512, "the member's one-time code, QR text or PIN"),
    MX_F_ID(wallet_transfer_ask, to, 0, "gft", "account that gets it"),
    MX_F_ID(wallet_transfer_ask, to_member, 0, "mem", "member whose credit gets it, instead of an account"),
    MX_F_MONEY(wallet_transfer_ask, amount, 0, 1, MX_INT_MAX, "how much; absent: all there is"),
};
MX_TYPE(wallet_transfer_ask, "wallet.transfer", "move stored value");

struct wallet_transferred {
    struct mx_str transfer;
    struct mx_str from;
    struct mx_str to;
    int64_t amount;
    int64_t balance;
};

static const struct mx_field wallet_transferred_fields[] = {
    MX_F_ID(wallet_transferred, transfer, MX_REQUIRED, "trf", "document of the transfer"),
    MX_F_ID(wallet_transferred, from, MX_REQUIRED, "gft", "account that gave"),
    MX_F_ID(wallet_transferred, to, MX_REQUIRED, "gft", "account that got it"),
    MX_F_MONEY(wallet_transferred, amount, 0, 0, MX_INT_MAX, "how much"),
    MX_F_MONEY(wallet_transferred, balance, 0, 0, MX_INT_MAX, "what is left on the one that gave"),
};
MX_TYPE(wallet_transferred, "wallet.transferred", "stored value was moved");

struct wallet_unload_ask {
    struct mx_str account;
    struct mx_str code;
    struct mx_str pin;
    struct mx_str proof;
    int64_t amount;
    struct mx_str location;
    struct mx_str till;
    struct mx_str reason;
};

static const struct mx_field wallet_unload_ask_fields[] = {
    MX_F_ID(wallet_unload_ask, account, 0, "gft", "gift card or account"),
    MX_F_STR(wallet_unload_ask, code, MX_SECRET, 0, 64, "code of the gift card, instead of its id"),
    MX_F_STR(wallet_unload_ask, pin, MX_SECRET, 0, 8, "PIN of the card, when it has one"),
    MX_F_STR(wallet_unload_ask, proof, MX_SECRET, 0, 512, "the member's one-time code, QR text or PIN"),
    MX_F_MONEY(wallet_unload_ask, amount, 0, 1, MX_INT_MAX, "how much; absent: all there is"),
    MX_F_STR(wallet_unload_ask, location, MX_REQUIRED, 1, 32, "where"),
    MX_F_STR(wallet_unload_ask, till, 0, 0, 32, "till"),
    MX_F_STR(wallet_unload_ask, reason, MX_REQUIRED | MX_FREE_TEXT, 1, 200, "why"),
};
MX_TYPE(wallet_unload_ask, "wallet.unload", "pay stored value out in cash");

struct wallet_unloaded {
    struct mx_str document;
    struct mx_str account;
    int64_t amount;
    int64_t balance;
};

static const struct mx_field wallet_unloaded_fields[] = {
    MX_F_ID(wallet_unloaded, document, MX_REQUIRED, "ret", "document under which the cash was paid out"),
    MX_F_ID(wallet_unloaded, account, MX_REQUIRED, "gft", "gift card or account"),
    MX_F_MONEY(wallet_unloaded, amount, 0, 0, MX_INT_MAX, "what was paid out"),
    MX_F_MONEY(wallet_unloaded, balance, 0, 0, MX_INT_MAX, "what is left"),
};
MX_TYPE(wallet_unloaded, "wallet.unloaded", "stored value was paid out");

struct wallet_adjust_ask {
    struct mx_str account;
    int64_t amount;
    struct mx_str reason;
};

static const struct mx_field wallet_adjust_ask_fields[] = {
    MX_F_ID(wallet_adjust_ask, account, MX_REQUIRED, "gft", "gift card or account"),
    MX_F_MONEY(wallet_adjust_ask, amount, MX_REQUIRED, -MX_INT_MAX, MX_INT_MAX, "what is added; below 0: taken away"),
    MX_F_STR(wallet_adjust_ask, reason, MX_REQUIRED | MX_FREE_TEXT, 1, 200, "why"),
};
MX_TYPE(wallet_adjust_ask, "wallet.adjust", "correct a balance by hand");

struct wallet_block_ask {
    struct mx_str account;
    struct mx_str reason;
};

static const struct mx_field wallet_block_ask_fields[] = {
    MX_F_ID(wallet_block_ask, account, MX_REQUIRED, "gft", "gift card or account"),
    MX_F_STR(wallet_block_ask, reason, MX_REQUIRED | MX_FREE_TEXT, 1, 200, "why"),
};
MX_TYPE(wallet_block_ask, "wallet.block", "block or free an account");

/* ---- settings ---- */

struct wallet_settings_put {
    uint64_t has;
    int64_t expires_after_ms;
    int64_t law_floor_ms;
    int64_t refund_grace_ms;
    int64_t cash_out_max;
    int64_t balance_max;
    int64_t tries_per_minute;
    int64_t shop_tries_per_minute;
    int64_t pin_wrong_max;
    int64_t if_rev;
};

#define WALLET_SETTING_FIELDS(st)                                                                                                          \
    MX_F_INT(st, expires_after_ms, 0, 0, MX_INT_MAX, "a gift card lives so long after its first load; 0 = for ever"),                      \
        MX_F_INT(st, law_floor_ms, 0, 0, MX_INT_MAX, "the law wants it to live at least so long; 0 = no law"),                             \
        MX_F_INT(st, refund_grace_ms, 0, 0, MX_INT_MAX, "what a refund brings back to an expired card can be used so long"),               \
        MX_F_MONEY(st, cash_out_max, 0, 0, MX_INT_MAX, "what is left, up to this, is paid out in cash; more needs an approval"),           \
        MX_F_MONEY(st, balance_max, 0, 0, MX_INT_MAX, "no account may hold more; 0 = no limit"),                                           \
        MX_F_INT(st, tries_per_minute, 0, 1, 1000, "wrong codes a minute from one caller"),                                                \
        MX_F_INT(st, shop_tries_per_minute, 0, 1, 100000, "wrong codes a minute in the whole shop"),                                       \
        MX_F_INT(st, pin_wrong_max, 0, 1, 100, "wrong PINs of a card, in all, after which it is locked")

static const struct mx_field wallet_settings_put_fields[] = {
    WALLET_SETTING_FIELDS(wallet_settings_put),
    MX_F_INT(wallet_settings_put, if_rev, 0, 0, MX_INT_MAX, "only when the settings are at this revision"),
};
MX_TYPE_HAS(wallet_settings_put, "wallet.settings.put", "settings to change; what is left out stays");

struct wallet_settings_view {
    int64_t expires_after_ms;
    int64_t law_floor_ms;
    int64_t refund_grace_ms;
    int64_t cash_out_max;
    int64_t balance_max;
    int64_t tries_per_minute;
    int64_t shop_tries_per_minute;
    int64_t pin_wrong_max;
    int64_t rev;
};

static const struct mx_field wallet_settings_view_fields[] = {
    WALLET_SETTING_FIELDS(wallet_settings_view),
    MX_F_INT(wallet_settings_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(wallet_settings_view, "wallet.settings", "how the shop handles stored value");

struct wallet_settings_one {
    struct wallet_settings_view *settings;
};

static const struct mx_field wallet_settings_one_fields[] = {
    MX_F_STRUCT(wallet_settings_one, settings, 0, wallet_settings_view_type, "settings"),
};
MX_TYPE(wallet_settings_one, "wallet.settings.one", "the settings");

/* ---- what the shop owes ---- */

struct wallet_liability_ask {
    int64_t at;
};

static const struct mx_field wallet_liability_ask_fields[] = {
    MX_F_TIME(wallet_liability_ask, at, 0, "as of when; absent: now"),
};
MX_TYPE(wallet_liability_ask, "wallet.liability.ask", "what does the shop owe");

struct wallet_liability_month {
    int64_t year;
    int64_t month;
    int64_t amount;
};

static const struct mx_field wallet_liability_month_fields[] = {
    MX_F_INT(wallet_liability_month, year, 0, 0, 9999, "year"),
    MX_F_INT(wallet_liability_month, month, 0, 1, 12, "month"),
    MX_F_MONEY(wallet_liability_month, amount, 0, 0, MX_INT_MAX, "what expires in it"),
};
MX_TYPE(wallet_liability_month, "wallet.liability.month", "what expires in a month");

struct wallet_liability {
    int64_t at;
    int64_t accounts;
    int64_t gift_cards;
    int64_t credit;
    int64_t blocked;
    int64_t total;
    struct mx_list expiring;
};

static const struct mx_field wallet_liability_fields[] = {
    MX_F_TIME(wallet_liability, at, 0, "as of when"),
    MX_F_INT(wallet_liability, accounts, 0, 0, MX_INT_MAX, "accounts with something on them"),
    MX_F_MONEY(wallet_liability, gift_cards, 0, 0, MX_INT_MAX, "on gift cards"),
    MX_F_MONEY(wallet_liability, credit, 0, 0, MX_INT_MAX, "members' credit"),
    MX_F_MONEY(wallet_liability, blocked, 0, 0, MX_INT_MAX, "of both: on accounts that are blocked now"),
    MX_F_MONEY(wallet_liability, total, 0, 0, MX_INT_MAX, "all of it"),
    MX_F_LIST(wallet_liability, expiring, 0, 0, 600, wallet_liability_month_type, "what has an end, by month"),
};
MX_TYPE(wallet_liability, "wallet.liability", "what the shop owes");

#endif
