/* The wallet's records and the functions that its files share. */
#ifndef WALLET_INTERNAL_H
#define WALLET_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/payment.h"
#include "merx/retail/stock.h"
#include "merx/say.h"

/* ---- codes: wallet_code.c, pure ---- */

#define WALLET_CODE_LEN    20 /* characters: 19 random ones and a check character */
#define WALLET_CODE_TEXT   25 /* as printed, in groups of four, with the final NUL */
#define WALLET_CODE_RANDOM 12 /* random bytes that a code is made from: 95 bits of them count */
#define WALLET_LABEL_LEN   4  /* last characters of a code, which staff may see */

void wallet_code_make(const uint8_t random[WALLET_CODE_RANDOM], char code[WALLET_CODE_LEN]);
void wallet_code_print(const char code[WALLET_CODE_LEN], char text[WALLET_CODE_TEXT]);
/* 1 when what was typed (small letters, blanks and dashes anywhere, O for 0, I and L for 1) is a code. */
int wallet_code_read(struct mx_str typed, char code[WALLET_CODE_LEN]);

/* ---- records ---- */

static const char *const wallet_kind_words[] = {"gift_card", "credit", NULL};
#define WALLET_GIFT_CARD 1
#define WALLET_CREDIT    2

static const char *const wallet_state_words[] = {"inactive", "active", "blocked", NULL};
#define WALLET_INACTIVE 1 /* printed, but nothing was ever loaded: its code opens nothing */
#define WALLET_ACTIVE   2
#define WALLET_BLOCKED  3

/* A gift card, or what a member has stored. */
struct wallet_account {
    struct mx_rec rec;
    struct mx_str id;
    int32_t kind;
    int32_t state;
    struct mx_str code;   /* keyed hash; empty: credit has none */
    struct mx_str label;  /* last characters of the code */
    struct mx_str pin;    /* keyed hash; empty: none is asked for */
    struct mx_str member; /* whose it is; empty: whoever has the code */
    struct mx_str batch;
    int64_t expires_at; /* 0 = never */
    struct mx_str reason;
    int64_t created;
    int64_t pin_wrong; /* wrong PINs since it was made or unlocked */
};

static const struct mx_field wallet_account_fields[] = {
    MX_F_ID(wallet_account, id, MX_REQUIRED, "gft", "id"),
    MX_F_ENUM(wallet_account, kind, 0, wallet_kind_words, "kind"),
    MX_F_ENUM(wallet_account, state, 0, wallet_state_words, "state"),
    MX_F_STR(wallet_account, code, 0, 0, 64, "keyed hash of the code"),
    MX_F_STR(wallet_account, label, 0, 0, WALLET_LABEL_LEN, "last characters of the code"),
    MX_F_STR(wallet_account, pin, 0, 0, 64, "keyed hash of the PIN"),
    MX_F_ID(wallet_account, member, 0, "mem", "whose it is"),
    MX_F_ID(wallet_account, batch, 0, "bat", "batch that it was printed in"),
    MX_F_TIME(wallet_account, expires_at, 0, "usable before; 0 = no end"),
    MX_F_STR(wallet_account, reason, 0, 0, 200, "why it is blocked"),
    MX_F_TIME(wallet_account, created, 0, "when it was made"),
    MX_F_INT(wallet_account, pin_wrong, 0, 0, MX_INT_MAX, "wrong PINs since it was made or unlocked"),
};
MX_TYPE_REC(wallet_account, "wallet.account.record", "a gift card or a member's credit");

/* Sums over the movements of an account: balance = loaded - taken - spent + returned. */
struct wallet_balance {
    struct mx_rec rec;
    struct mx_str account;
    int64_t seq; /* of the last movement */
    int64_t balance;
    int64_t loaded;   /* bought, moved in, corrected upwards */
    int64_t taken;    /* paid out, moved out, expired, corrected downwards */
    int64_t spent;    /* by payments */
    int64_t returned; /* by refunds of those */
};

static const struct mx_field wallet_balance_fields[] = {
    MX_F_ID(wallet_balance, account, MX_REQUIRED, "gft", "account"),
    MX_F_INT(wallet_balance, seq, 0, 0, MX_INT_MAX, "last movement"),
    MX_F_MONEY(wallet_balance, balance, 0, 0, MX_INT_MAX, "balance"),
    MX_F_MONEY(wallet_balance, loaded, 0, 0, MX_INT_MAX, "ever put in"),
    MX_F_MONEY(wallet_balance, taken, 0, 0, MX_INT_MAX, "ever taken out"),
    MX_F_MONEY(wallet_balance, spent, 0, 0, MX_INT_MAX, "ever paid with it"),
    MX_F_MONEY(wallet_balance, returned, 0, 0, MX_INT_MAX, "of that given back"),
};
MX_TYPE_REC(wallet_balance, "wallet.balance.record", "what stands on an account");

static const char *const wallet_move_words[] = {"load",   "spend",  "refund", "transfer_in", "transfer_out",
                                                "unload", "expire", "adjust", NULL};
#define WALLET_LOAD         1
#define WALLET_SPEND        2
#define WALLET_REFUND       3
#define WALLET_TRANSFER_IN  4
#define WALLET_TRANSFER_OUT 5
#define WALLET_UNLOAD       6
#define WALLET_EXPIRE       7
#define WALLET_ADJUST       8

/* One entry of the ledger. */
struct wallet_movement {
    struct mx_rec rec;
    struct mx_str account;
    int64_t seq; /* of the account, gapless from 1 */
    int32_t kind;
    int64_t amount;         /* what it added; below 0: what it took */
    int64_t balance;        /* afterwards */
    struct mx_str document; /* load, order, return, transfer ... */
    struct mx_str payment;
    struct mx_str other; /* account at the other end of a transfer */
    struct mx_str location;
    struct mx_str by;
    struct mx_str reason;
    int64_t at;     /* when it happened */
    int64_t booked; /* when it was written */
};

static const struct mx_field wallet_movement_fields[] = {
    MX_F_ID(wallet_movement, account, MX_REQUIRED, "gft", "account"),
    MX_F_INT(wallet_movement, seq, 0, 0, MX_INT_MAX, "number of the movement"),
    MX_F_ENUM(wallet_movement, kind, 0, wallet_move_words, "kind"),
    MX_F_MONEY(wallet_movement, amount, 0, -MX_INT_MAX, MX_INT_MAX, "what it added; below 0: what it took"),
    MX_F_MONEY(wallet_movement, balance, 0, 0, MX_INT_MAX, "balance afterwards"),
    MX_F_STR(wallet_movement, document, 0, 0, 64, "document behind it"),
    MX_F_ID(wallet_movement, payment, 0, "pay", "payment"),
    MX_F_ID(wallet_movement, other, 0, "gft", "account at the other end of a transfer"),
    MX_F_STR(wallet_movement, location, 0, 0, 32, "where"),
    MX_F_STR(wallet_movement, by, 0, 0, 64, "who did it"),
    MX_F_STR(wallet_movement, reason, 0, 0, 200, "why"),
    MX_F_TIME(wallet_movement, at, 0, "when"),
    MX_F_TIME(wallet_movement, booked, 0, "when it was written"),
};
MX_TYPE_REC(wallet_movement, "wallet.movement.record", "something that moved stored value");

/* What a payment took from an account: a payment by credit may take from several of one customer. */
struct wallet_paid {
    struct mx_rec rec;
    struct mx_str payment;
    struct mx_str account;
    int64_t amount;
    int64_t returned;
};

static const struct mx_field wallet_paid_fields[] = {
    MX_F_ID(wallet_paid, payment, MX_REQUIRED, "pay", "payment"),
    MX_F_ID(wallet_paid, account, MX_REQUIRED, "gft", "account"),
    MX_F_MONEY(wallet_paid, amount, 0, 0, MX_INT_MAX, "what it paid"),
    MX_F_MONEY(wallet_paid, returned, 0, 0, MX_INT_MAX, "of that given back"),
};
MX_TYPE_REC(wallet_paid, "wallet.paid.record", "what a payment took");

/* A load: what was bought, and the payments that paid for it. */
struct wallet_load {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str number;
    struct mx_str account;
    int64_t amount;
    struct mx_str location;
    struct mx_str till;
    struct mx_str by;
    int64_t at;
};

static const struct mx_field wallet_load_fields[] = {
    MX_F_ID(wallet_load, id, MX_REQUIRED, "lod", "id"),           MX_F_STR(wallet_load, number, MX_REQUIRED, 1, 64, "number"),
    MX_F_ID(wallet_load, account, MX_REQUIRED, "gft", "account"), MX_F_MONEY(wallet_load, amount, 0, 0, MX_INT_MAX, "amount"),
    MX_F_STR(wallet_load, location, 0, 0, 32, "where"),           MX_F_STR(wallet_load, till, 0, 0, 32, "till"),
    MX_F_STR(wallet_load, by, 0, 0, 64, "who sold it"),           MX_F_TIME(wallet_load, at, 0, "when"),
};
MX_TYPE_REC(wallet_load, "wallet.load.record", "stored value that was bought");

/* A code, or the seed of a batch's codes, until it is shown. */
struct wallet_secret {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str sealed;
    struct mx_str by; /* who may fetch it */
    int64_t page;     /* of a batch: the next one to show */
};

static const struct mx_field wallet_secret_fields[] = {
    MX_F_STR(wallet_secret, id, MX_REQUIRED, 1, 64, "account or batch"),
    MX_F_STR(wallet_secret, sealed, 0, 0, 400, "sealed"),
    MX_F_STR(wallet_secret, by, 0, 0, 64, "who may fetch it"),
    MX_F_INT(wallet_secret, page, 0, 0, MX_INT_MAX, "next page"),
};
MX_TYPE_REC(wallet_secret, "wallet.secret.record", "a code until it is shown");

/* How the shop handles stored value. */
struct wallet_settings {
    struct mx_rec rec;
    struct mx_str scheme; /* "wallet": there is one */
    int64_t expires_after_ms;
    int64_t law_floor_ms;
    int64_t refund_grace_ms;
    int64_t cash_out_max;
    int64_t balance_max;
    int64_t tries_per_minute;
    int64_t shop_tries_per_minute;
    int64_t pin_wrong_max; /* 0: written before there was such a thing */
};

static const struct mx_field wallet_settings_fields[] = {
    MX_F_STR(wallet_settings, scheme, MX_REQUIRED, 1, 16, "always wallet"),
    MX_F_INT(wallet_settings, expires_after_ms, 0, 0, MX_INT_MAX, "see wallet.settings"),
    MX_F_INT(wallet_settings, law_floor_ms, 0, 0, MX_INT_MAX, "see wallet.settings"),
    MX_F_INT(wallet_settings, refund_grace_ms, 0, 0, MX_INT_MAX, "see wallet.settings"),
    MX_F_MONEY(wallet_settings, cash_out_max, 0, 0, MX_INT_MAX, "see wallet.settings"),
    MX_F_MONEY(wallet_settings, balance_max, 0, 0, MX_INT_MAX, "see wallet.settings"),
    MX_F_INT(wallet_settings, tries_per_minute, 0, 0, 1000, "see wallet.settings"),
    MX_F_INT(wallet_settings, shop_tries_per_minute, 0, 0, 100000, "see wallet.settings"),
    MX_F_INT(wallet_settings, pin_wrong_max, 0, 0, 100, "see wallet.settings"),
};
MX_TYPE_REC(wallet_settings, "wallet.settings.record", "how the shop handles stored value");

extern const struct mx_table wallet_accounts, wallet_balances, wallet_movements, wallet_payments, wallet_settings_table, wallet_loads,
    wallet_secrets;

/* ---- wallet_account.c ---- */

MX_MUST_CHECK mx_status wallet_settings_now(struct mx_ctx *ctx, struct wallet_settings *settings);

/* MX_NONE: there is none. */
MX_MUST_CHECK mx_status wallet_account_get(struct mx_ctx *ctx, struct mx_str id, struct wallet_account **account);
/* A new account; id, time and state "active" unless they are given. */
MX_MUST_CHECK mx_status wallet_account_new(struct mx_ctx *ctx, struct wallet_account *account);
MX_MUST_CHECK mx_status wallet_account_put(struct mx_ctx *ctx, struct wallet_account *account);
/* The member's own credit account; MX_NONE: she has none yet. */
MX_MUST_CHECK mx_status wallet_credit_of(struct mx_ctx *ctx, struct mx_str member, struct wallet_account **account);
/* All zero when nothing ever moved. */
MX_MUST_CHECK mx_status wallet_balance_of(struct mx_ctx *ctx, struct mx_str account, struct wallet_balance *balance);
int wallet_is_expired(struct mx_ctx *ctx, const struct wallet_account *account);

/* What is behind a movement. `amount` is always above 0 except for WALLET_ADJUST, where it has a sign. */
struct wallet_move {
    int32_t kind;
    int64_t amount;
    int64_t at; /* 0 = now */
    struct mx_str document, payment, other, location, reason;
};

/* Book it. balance: afterwards; may be NULL. Refuses what would take more than there is ("card_short"). */
MX_MUST_CHECK mx_status wallet_book(struct mx_ctx *ctx, struct mx_str account, const struct wallet_move *move, int64_t *balance);

/* ---- wallet_find.c ---- */

/* Count a try, before anything is looked at. */
MX_MUST_CHECK mx_status wallet_try(struct mx_ctx *ctx);
/* It was a good one. */
void wallet_tried(struct mx_ctx *ctx);

/* A keyed hash, printable: of a code, or of something else for a purpose of its own. */
struct mx_str wallet_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str bytes);
struct mx_str wallet_code_hash(struct mx_ctx *ctx, const char code[WALLET_CODE_LEN]);

/* The card with this code, counted as a try. Unknown, wrong and never loaded ones are all "card_unknown". */
MX_MUST_CHECK mx_status wallet_by_code(struct mx_ctx *ctx, struct mx_str typed, const char *field, struct wallet_account **account);
/* The same, and also cards that were printed and never loaded. */
MX_MUST_CHECK mx_status wallet_by_code_also_new(struct mx_ctx *ctx, struct mx_str typed, const char *field,
                                                struct wallet_account **account);
/* The account with this id, for staff. MX_E_NOT_FOUND names the field. */
MX_MUST_CHECK mx_status wallet_by_id(struct mx_ctx *ctx, struct mx_str id, const char *field, struct wallet_account **account);
/* MX_OK when value may leave it: neither blocked ("card_blocked") nor expired ("card_expired"). */
MX_MUST_CHECK mx_status wallet_usable(struct mx_ctx *ctx, const struct wallet_account *account, const char *field);
/* Facts of a member; MX_E_NOT_FOUND names `member`. */
MX_MUST_CHECK mx_status wallet_member(struct mx_ctx *ctx, struct mx_str member, struct mx_member_facts *facts);
/* The customer behind these facts wants it: see person_prove() of identity.h. */
MX_MUST_CHECK mx_status wallet_prove(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct mx_str proof);

/* ---- wallet_pin.c ---- */

/* The PIN of a card that has one, which stands in `field`. A wrong one is counted for good, whatever becomes of the call: proof_needed,
 * proof_wrong, card_locked. */
MX_MUST_CHECK mx_status wallet_check_pin(struct mx_ctx *ctx, const struct wallet_account *account, struct mx_str pin, const char *field);
struct mx_str wallet_pin_hash(struct mx_ctx *ctx, struct mx_str account, struct mx_str pin);

/* ---- wallet_load.c ---- */

MX_MUST_CHECK mx_status wallet_check_location(struct mx_ctx *ctx, struct mx_str location);
/* The one credit account of the customer, made when she has none. */
MX_MUST_CHECK mx_status wallet_credit_for(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct wallet_account **account);
/* May so much more stand on the account? */
MX_MUST_CHECK mx_status wallet_check_room(struct mx_ctx *ctx, struct mx_str account, int64_t amount);

/* ---- wallet_move.c ---- */

/* What opens an account: the code of a card, or its id and a proof of the member whose it is. */
struct wallet_key {
    struct mx_str code, id, pin, proof;
    const char *field; /* in which the id stands */
};
MX_MUST_CHECK mx_status wallet_open(struct mx_ctx *ctx, const struct wallet_key *key, struct wallet_account **account);

/* ---- wallet_look.c ---- */

/* Answer with one account. out: struct wallet_one. */
MX_MUST_CHECK mx_status wallet_show_one(struct mx_ctx *ctx, const struct wallet_account *account, void *out);
mx_status wallet_section_answer(struct mx_ctx *ctx, const void *in, void *out);

/* ---- wallet_secret.c ---- */

/* What a code comes from waits here until it is shown. MX_NONE: nothing waits. */
MX_MUST_CHECK mx_status wallet_secret_put(struct mx_ctx *ctx, struct mx_str id, struct mx_str plain, int64_t page);
MX_MUST_CHECK mx_status wallet_secret_get(struct mx_ctx *ctx, struct mx_str id, struct wallet_secret **secret, struct mx_str *plain);
MX_MUST_CHECK mx_status wallet_secret_burn(struct mx_ctx *ctx, struct mx_str id);
/* Give a new card its code, which then waits to be shown. */
MX_MUST_CHECK mx_status wallet_code_give(struct mx_ctx *ctx, struct wallet_account *account);

/* ---- wallet_batch.c ---- */

/* Was the batch declared void? An empty id is no batch. */
MX_MUST_CHECK mx_status wallet_batch_is_void(struct mx_ctx *ctx, struct mx_str id, int *is_void);

/* ---- wallet_expire.c ---- */

/* See to it that what stands on the account expires when its time comes. */
MX_MUST_CHECK mx_status wallet_plan_end(struct mx_ctx *ctx, const struct wallet_account *account);
/* Book what is left on an expired account as expired. */
MX_MUST_CHECK mx_status wallet_expire_now(struct mx_ctx *ctx, const struct wallet_account *account);

#endif
