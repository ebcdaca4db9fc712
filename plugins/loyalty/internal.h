/* What the files of the loyalty plugin share. */
#ifndef LOYALTY_INTERNAL_H
#define LOYALTY_INTERNAL_H

#include "wire.h"

#define LOYALTY_EXPIRE_OP "loyalty.points.expire"

#define LOYALTY_RENEW_MAX 2000 /* lots of an earlier version that one command brings up to date */

extern const struct mx_event_def loyalty_earned_event;
extern const struct mx_event_def loyalty_reversed_event;
extern const struct mx_event_def loyalty_changed_event;
extern const struct mx_op *const loyalty_ops[];

mx_status loyalty_settings_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_settings_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_earn_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_grant_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_ungrant_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_reverse_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_spend_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_unspend_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_burn_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_restore_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_expire_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_transfer_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_adjust_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_release_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_balance_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_history_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_worth_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_rewards_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_liability_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_earn_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_section_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_told_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_kept_answer(struct mx_ctx *ctx, const void *in, void *out);
extern const struct mx_answer loyalty_exceptions;
mx_status loyalty_unmerge_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_borrowed_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status loyalty_hear_unmerged(struct mx_ctx *ctx, const struct mx_event *event, const void *data);
mx_status loyalty_check_balances(struct mx_ctx *ctx, mx_found_fn found, void *arg);

/* The settings as they are, or the defaults: a point for each major unit of the currency, at once and for ever. */
MX_MUST_CHECK mx_status loyalty_settings_now(struct mx_ctx *ctx, struct loyalty_settings *settings);

/* ---- loyalty_customer.c: who it is, under all her ids ---- */

struct loyalty_customer {
    struct mx_list members; /* of struct mx_str, the standing one first */
    struct mx_str standing;
    struct mx_str person;
    struct mx_str tier;
};

/* MX_E_NOT_FOUND naming `field`; when that is NULL, somebody whom nobody knows any more stands for herself. */
MX_MUST_CHECK mx_status loyalty_customer(struct mx_ctx *ctx, struct mx_str member, const char *field, struct loyalty_customer *customer);

/* The balance under one id, or an empty one. */
MX_MUST_CHECK mx_status loyalty_balance_of(struct mx_ctx *ctx, struct mx_str member, struct loyalty_balance *balance);

/* Balance and debt over all ids. */
MX_MUST_CHECK mx_status loyalty_sum(struct mx_ctx *ctx, const struct loyalty_customer *customer, int64_t *points, int64_t *owed);

/* Refuse unless she herself wants it. */
MX_MUST_CHECK mx_status loyalty_prove(struct mx_ctx *ctx, const struct loyalty_customer *customer, struct mx_str proof);

/* ---- loyalty_books.c: movements, one for each id whose lots are touched ---- */

/* A movement of one id that is being put together. */
struct loyalty_booking {
    struct loyalty_movement movement;
    struct loyalty_balance balance;
    uint32_t room;
    int64_t first_end; /* the earliest end of what is left in the lots that were touched */
};

struct loyalty_books {
    int32_t kind;
    struct mx_str source;
    struct mx_str reason;
    struct mx_str other; /* id for which it is done; a movement under another id says so */
    int64_t at;
    struct mx_list runs; /* of struct loyalty_run: what each run of a sale earned, for the one lot that is moved */
    int64_t points;      /* moved in all */
    struct loyalty_booking *bookings;
    uint32_t count, room;
};

/* What is left in a lot. */
int64_t loyalty_rest(const struct loyalty_lot *lot);
int loyalty_is_expired(const struct mx_ctx *ctx, const struct loyalty_lot *lot);

/* A lot that an earlier version wrote says less: fill in the rest. */
void loyalty_lot_renew(struct loyalty_lot *lot);

MX_MUST_CHECK mx_status loyalty_lot_put(struct mx_ctx *ctx, struct loyalty_lot *lot);

/* Move points of a lot: the column of the lot that the kind of the books means, its balance, and a part of the movement; the lot is
 * written. */
MX_MUST_CHECK mx_status loyalty_move(struct mx_ctx *ctx, struct loyalty_books *books, struct loyalty_lot *lot, int64_t points);

/* A movement without lots: of what is owed or written off. */
MX_MUST_CHECK mx_status loyalty_move_bare(struct mx_ctx *ctx, struct loyalty_books *books, struct mx_str member, int64_t points);

/* Write movements and balances, tell the others, and see to it that what expires is booked in time. */
MX_MUST_CHECK mx_status loyalty_close(struct mx_ctx *ctx, struct loyalty_books *books);

/* What a movement does to the balance, to what is owed, to what is left in a lot: 1, -1, or 0. */
int loyalty_sign(int32_t kind);
int loyalty_owed_sign(int32_t kind);
int loyalty_rest_sign(int32_t kind);

/* ---- loyalty_settle.c ---- */

/* Pay what is owed under any of these ids with up to `points` of a lot, unless it is expired: points that come pay debts first. */
MX_MUST_CHECK mx_status loyalty_settle(struct mx_ctx *ctx, const struct mx_list *members, struct loyalty_lot *lot, int64_t points,
                                       const struct loyalty_books *came, int64_t *paid);

/* ---- loyalty_purse.c: lots with points left, in the order in which they are spent ---- */

struct loyalty_purse {
    struct loyalty_lot **lots; /* the first that is needed, in order */
    uint32_t count, room;
    int64_t available; /* in them */
};

/* Lots that were written by an earlier version take their place in the order. */
MX_MUST_CHECK mx_status loyalty_renew(struct mx_ctx *ctx, const struct loyalty_customer *customer);

/* Available lots of the customer, first expiring first, until they hold `wanted` points, or all. */
MX_MUST_CHECK mx_status loyalty_gather(struct mx_ctx *ctx, const struct loyalty_customer *customer, int64_t wanted,
                                       struct loyalty_purse *purse);

/* All lots with points left, expired ones too; for looking only. */
MX_MUST_CHECK mx_status loyalty_gather_all(struct mx_ctx *ctx, const struct mx_list *members, struct loyalty_purse *purse);

/* Lots from the last expiring one backwards, unexpired; pending: those that may not be used yet, or those that may. */
MX_MUST_CHECK mx_status loyalty_gather_back(struct mx_ctx *ctx, const struct loyalty_customer *customer, int pending, int64_t wanted,
                                            struct loyalty_purse *purse);

/* Take points out of the gathered lots, in order, into books. Each lot: how much of it stands in `took` (room for all; may be NULL). */
MX_MUST_CHECK mx_status loyalty_take(struct mx_ctx *ctx, struct loyalty_books *books, const struct loyalty_purse *purse, int64_t points,
                                     int64_t *took);

/* Gather `points` that may be spent, beyond what is owed, or refuse "points_short" naming `field`. */
MX_MUST_CHECK mx_status loyalty_find(struct mx_ctx *ctx, const struct loyalty_customer *customer, int64_t points, const char *field,
                                     struct loyalty_purse *purse);

/* ---- loyalty_past.c ---- */

/* What stood in the lots at a time of the past. They are asked for in the order of their members; looked: counts what was read. */
struct loyalty_past;
MX_MUST_CHECK mx_status loyalty_past_open(struct mx_ctx *ctx, int64_t at, int64_t *looked, struct loyalty_past **past);
MX_MUST_CHECK mx_status loyalty_past_rest(struct loyalty_past *past, const struct loyalty_lot *lot, int64_t *rest);

/* What was owed then, of what is owed now; once all lots were asked for. */
MX_MUST_CHECK mx_status loyalty_past_owed(struct loyalty_past *past, int64_t *owed);

/* When a lot was to expire, as it was said then. */
int64_t loyalty_past_end(const struct loyalty_lot *lot, int64_t at);

/* ---- loyalty_worth.c ---- */

/* What points could pay of `due`, of which `paid` is paid by points already: the most, and the points for an amount. */
int64_t loyalty_payable(const struct loyalty_settings *settings, int64_t due, int64_t paid);
/* 0: nobody has so many. */
int loyalty_price(const struct loyalty_settings *settings, int64_t amount, int64_t *points);

/* ---- loyalty_spend.c ---- */

MX_MUST_CHECK mx_status loyalty_spending_of(struct mx_ctx *ctx, struct mx_str document, struct loyalty_spending **spending);

/* Take gathered points for a document, and keep what was taken from where. */
MX_MUST_CHECK mx_status loyalty_spend(struct mx_ctx *ctx, struct loyalty_spending *spending, const struct loyalty_purse *purse,
                                      struct mx_str reason);

/* ---- loyalty_back.c: what was spent comes back ---- */

/* Lots that got points back, and how many of them each still keeps. */
struct loyalty_came_back {
    struct loyalty_lot **lots;
    int64_t *points;
    uint32_t count;
};

/* loyalty_forgiven.c: take from them what returns had to write off. lives_on: what is past its end will get another. */
MX_MUST_CHECK mx_status loyalty_take_forgiven(struct mx_ctx *ctx, const struct mx_list *members, const struct loyalty_came_back *back,
                                              int lives_on, const struct loyalty_books *why);

/* Give `points` of what was taken back to the lots they came from, the last part first. parts: of struct loyalty_spent_part, `back` is
 * moved on. why: kind (UNSPEND or UNSEND), source and time of the movement. */
MX_MUST_CHECK mx_status loyalty_give_parts(struct mx_ctx *ctx, const struct loyalty_customer *customer, const struct mx_list *parts,
                                           int64_t points, const struct loyalty_books *why);
MX_MUST_CHECK mx_status loyalty_give_back(struct mx_ctx *ctx, const struct loyalty_customer *customer, struct loyalty_spending *spending,
                                          int64_t points, struct mx_str source, int64_t at);

/* ---- loyalty_query.c ---- */

MX_MUST_CHECK mx_status loyalty_show(struct mx_ctx *ctx, const struct mx_list *members, uint32_t most, struct loyalty_balance_view *view);

#endif
