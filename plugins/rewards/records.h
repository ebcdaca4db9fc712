/* What the rewards plugin keeps. */
#ifndef REWARDS_RECORDS_H
#define REWARDS_RECORDS_H

#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/points.h"
#include "merx/retail/product.h"

#define REWARDS_REWARD_MAX 64 /* bytes of a reward's id */

/* ---- rewards that members hold ---- */

static const char *const reward_state_words[] = {"held", "used", "cancelled", "expired", NULL};
#define REWARD_HELD      1
#define REWARD_USED      2
#define REWARD_CANCELLED 3
#define REWARD_EXPIRED   4

/* A reward that a member had for points. */
struct reward_held {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str member;
    struct mx_str reward;
    struct mx_str kind; /* MX_REWARD_*; empty: something that the staff hands over */
    int32_t state;
    int64_t points;
    int64_t at;
    int64_t until; /* 0 = no end */
    int64_t used_at;
    struct mx_str used_by; /* principal, ticket, booking or order that used it */
    struct mx_str location;
    struct mx_str sku;
    int64_t times; /* unlock: how many pieces it is still good for; 0 = as many as she likes */
    struct mx_str coupon;
    struct mx_str booking;
    struct mx_str version; /* of the rules that offered it */
};

static const struct mx_field reward_held_fields[] = {
    MX_F_ID(reward_held, id, MX_REQUIRED, "rwd", "id"),
    MX_F_ID(reward_held, member, MX_REQUIRED, "mem", "whose it is"),
    MX_F_STR(reward_held, reward, MX_REQUIRED, 1, REWARDS_REWARD_MAX, "reward of the rules"),
    MX_F_STR(reward_held, kind, 0, 0, 32, "kind; absent: the staff hands it over"),
    MX_F_ENUM(reward_held, state, MX_REQUIRED, reward_state_words, "state"),
    MX_F_INT(reward_held, points, 0, 0, MX_INT_MAX, "points that it cost"),
    MX_F_TIME(reward_held, at, 0, "when it was redeemed"),
    MX_F_TIME(reward_held, until, 0, "good until; absent: no end"),
    MX_F_TIME(reward_held, used_at, 0, "when it was used"),
    MX_F_STR(reward_held, used_by, 0, 0, 64, "what used it"),
    MX_F_STR(reward_held, location, 0, 0, MX_CODE_MAX, "where it is good; absent: everywhere"),
    MX_F_STR(reward_held, sku, 0, 0, MX_SKU_MAX, "article"),
    MX_F_INT(reward_held, times, 0, 0, MX_INT_MAX, "pieces that it is still good for"),
    MX_F_ID(reward_held, coupon, 0, "cpn", "coupon that was issued"),
    MX_F_ID(reward_held, booking, 0, "bkg", "seat that was booked"),
    MX_F_STR(reward_held, version, 0, 0, 64, "version of the rules"),
};
MX_TYPE_REC(reward_held, "rewards.reward.record", "a reward that a member had for points");

/* How often a reward was had, by customer and (member empty: "all") by everybody; cancelled ones taken off. */
struct reward_count {
    struct mx_rec rec;
    struct mx_str reward;
    struct mx_str member;
    int64_t count;
};

static const struct mx_field reward_count_fields[] = {
    MX_F_STR(reward_count, reward, MX_REQUIRED, 1, REWARDS_REWARD_MAX, "reward"),
    MX_F_STR(reward_count, member, MX_REQUIRED, 1, 64, "member, or \"all\""),
    MX_F_INT(reward_count, count, 0, 0, MX_INT_MAX, "how often"),
};
MX_TYPE_REC(reward_count, "rewards.count.record", "how often a reward was had");

/* ---- queues ---- */

static const char *const ticket_state_words[] = {"waiting", "called", "left", NULL};
#define TICKET_WAITING 1
#define TICKET_CALLED  2
#define TICKET_LEFT    3

/* Somebody who waits at a location. */
struct reward_ticket {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str location;
    int32_t state;
    int64_t place; /* those with a lower one are called first: the number, or below zero after a jump */
    int64_t number;
    struct mx_str member;
    struct mx_str reward; /* that let her jump */
    int64_t at;
    int64_t called_at;
};

static const struct mx_field reward_ticket_fields[] = {
    MX_F_ID(reward_ticket, id, MX_REQUIRED, "que", "id"),
    MX_F_STR(reward_ticket, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_ENUM(reward_ticket, state, MX_REQUIRED, ticket_state_words, "state"),
    MX_F_INT(reward_ticket, place, 0, -MX_INT_MAX, MX_INT_MAX, "place in the line"),
    MX_F_INT(reward_ticket, number, 0, 0, MX_INT_MAX, "number on the ticket"),
    MX_F_ID(reward_ticket, member, 0, "mem", "member; absent: somebody"),
    MX_F_ID(reward_ticket, reward, 0, "rwd", "reward that let her jump the line"),
    MX_F_TIME(reward_ticket, at, 0, "since when"),
    MX_F_TIME(reward_ticket, called_at, 0, "when the ticket was called"),
};
MX_TYPE_REC(reward_ticket, "rewards.ticket.record", "somebody who waits");

/* ---- classes and workshops ---- */

struct reward_class {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str code; /* kind of class, counted as "class:<code>" when somebody was there */
    struct mx_list name;
    struct mx_str location;
    int64_t at;
    int64_t seats;
    int64_t taken;
    int64_t waiting;
    uint8_t called_off;
};

static const struct mx_field reward_class_fields[] = {
    MX_F_ID(reward_class, id, MX_REQUIRED, "cls", "id"),
    MX_F_STR(reward_class, code, MX_REQUIRED, 1, 32, "kind of class"),
    MX_F_MAP(reward_class, name, 0, 0, 32, "name by language"),
    MX_F_STR(reward_class, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_TIME(reward_class, at, MX_REQUIRED, "when"),
    MX_F_INT(reward_class, seats, MX_REQUIRED, 1, 100000, "seats"),
    MX_F_INT(reward_class, taken, 0, 0, 100000, "of them taken"),
    MX_F_INT(reward_class, waiting, 0, 0, MX_INT_MAX, "members who wait for one"),
    MX_F_BOOL(reward_class, called_off, 0, "it does not take place"),
};
MX_TYPE_REC(reward_class, "rewards.class.record", "a class or workshop");

static const char *const booking_state_words[] = {"booked", "waiting", "cancelled", "attended", NULL};
#define BOOKING_BOOKED    1
#define BOOKING_WAITING   2
#define BOOKING_CANCELLED 3
#define BOOKING_ATTENDED  4

struct reward_booking {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str class_id;
    struct mx_str member;
    int32_t state;
    struct mx_str reward; /* that paid for the seat */
    int64_t at;
};

static const struct mx_field reward_booking_fields[] = {
    MX_F_ID(reward_booking, id, MX_REQUIRED, "bkg", "id"),
    MX_F_ID(reward_booking, class_id, MX_REQUIRED, "cls", "class"),
    MX_F_ID(reward_booking, member, MX_REQUIRED, "mem", "member"),
    MX_F_ENUM(reward_booking, state, MX_REQUIRED, booking_state_words, "state"),
    MX_F_ID(reward_booking, reward, 0, "rwd", "reward that paid for it"),
    MX_F_TIME(reward_booking, at, 0, "since when"),
};
MX_TYPE_REC(reward_booking, "rewards.booking.record", "a seat in a class");

/* ---- referrals ---- */

struct reward_referrer {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str code;
    int64_t rewarded; /* friends for whom she was rewarded */
    int64_t at;
};

static const struct mx_field reward_referrer_fields[] = {
    MX_F_ID(reward_referrer, member, MX_REQUIRED, "mem", "who brings friends"),
    MX_F_STR(reward_referrer, code, MX_REQUIRED, 1, 16, "code that she hands on"),
    MX_F_INT(reward_referrer, rewarded, 0, 0, MX_INT_MAX, "friends for whom she was rewarded"),
    MX_F_TIME(reward_referrer, at, 0, "since when"),
};
MX_TYPE_REC(reward_referrer, "rewards.referrer.record", "a member who brings friends");

static const char *const referral_state_words[] = {"joined", "bought", "rewarded", "refused", "held", NULL};
#define REFERRAL_JOINED   1
#define REFERRAL_BOUGHT   2 /* the first order may still come back */
#define REFERRAL_REWARDED 3
#define REFERRAL_REFUSED  4
#define REFERRAL_HELD     5 /* a person decides */

/* Why it is held, and was refused by who decided. */
#define REFERRAL_BY_PAYMENT "payment"
#define REFERRAL_BY_DEVICE  "device"

struct reward_referral {
    struct mx_rec rec;
    struct mx_str friend_id;
    struct mx_str referrer;
    int32_t state;
    struct mx_str reason; /* of a refusal: self, household, ring, many, fast, gone, returned; or what it is held for */
    int64_t joined_at;
    struct mx_str order; /* the first one that counts */
    int64_t due_at;      /* it is kept from then on */
    int64_t referrer_points;
    int64_t friend_points;
};

static const struct mx_field reward_referral_fields[] = {
    MX_F_ID(reward_referral, friend_id, MX_REQUIRED, "mem", "who was brought"),
    MX_F_ID(reward_referral, referrer, MX_REQUIRED, "mem", "by whom"),
    MX_F_ENUM(reward_referral, state, MX_REQUIRED, referral_state_words, "state"),
    MX_F_STR(reward_referral, reason, 0, 0, 32, "why it is not rewarded"),
    MX_F_TIME(reward_referral, joined_at, 0, "when the friend joined"),
    MX_F_ID(reward_referral, order, 0, "ord", "first order that counts"),
    MX_F_TIME(reward_referral, due_at, 0, "when that order is kept"),
    MX_F_INT(reward_referral, referrer_points, 0, 0, MX_INT_MAX, "points for the referrer"),
    MX_F_INT(reward_referral, friend_points, 0, 0, MX_INT_MAX, "points for the friend"),
};
MX_TYPE_REC(reward_referral, "rewards.referral.record", "a friend and who brought her");

/* A device that a member uses, as a keyed hash: only to see whether friends share one. */
struct reward_device {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str device;
    int64_t at;
};

static const struct mx_field reward_device_fields[] = {
    MX_F_ID(reward_device, member, MX_REQUIRED, "mem", "who uses it"),
    MX_F_STR(reward_device, device, MX_REQUIRED, 1, 32, "keyed hash of it"),
    MX_F_TIME(reward_device, at, 0, "first seen"),
};
MX_TYPE_REC(reward_device, "rewards.device.record", "a device that a member uses");

/* ---- occasions ---- */

struct reward_occasion {
    struct mx_rec rec;
    struct mx_str code;
    int32_t day; /* MX_OCCASION_* */
    struct mx_list name;
    int64_t points;
    struct mx_str rule; /* of which a coupon is issued */
    int64_t days_before;
    int64_t valid_days;
    struct mx_str purpose; /* for which consent is asked */
    struct mx_str channel;
    struct mx_str media_url; /* whoever makes a greeting; empty: nobody */
    uint8_t off;
};

static const struct mx_field reward_occasion_fields[] = {
    MX_F_STR(reward_occasion, code, MX_REQUIRED, 1, 32, "code"),
    MX_F_ENUM(reward_occasion, day, MX_REQUIRED, mx_occasion_words, "whose day"),
    MX_F_MAP(reward_occasion, name, 0, 0, 32, "name by language"),
    MX_F_INT(reward_occasion, points, 0, 0, MX_INT_MAX, "points as a present"),
    MX_F_STR(reward_occasion, rule, 0, 0, 64, "promotion of which a coupon is given"),
    MX_F_INT(reward_occasion, days_before, 0, 0, 60, "days before the day"),
    MX_F_INT(reward_occasion, valid_days, 0, 1, 366, "days that it is good for, from the day it is given"),
    MX_F_STR(reward_occasion, purpose, 0, 0, 32, "purpose for which consent is asked"),
    MX_F_STR(reward_occasion, channel, 0, 0, 32, "channel of the greeting"),
    MX_F_STR(reward_occasion, media_url, 0, 0, 500, "maker of the greeting"),
    MX_F_BOOL(reward_occasion, off, 0, "it is not given at present"),
};
MX_TYPE_REC(reward_occasion, "rewards.occasion.record", "a day on which members get something");

/* What a customer got; one for each year, whatever becomes of dates and ids. */
struct reward_granted {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str occasion;
    int64_t year;
    int64_t at;
    int64_t points;
    struct mx_str coupon;
    int64_t until;
    struct mx_str media; /* address of the greeting, once it was made */
};

static const struct mx_field reward_granted_fields[] = {
    MX_F_ID(reward_granted, member, MX_REQUIRED, "mem", "who got it"),
    MX_F_STR(reward_granted, occasion, MX_REQUIRED, 1, 32, "occasion"),
    MX_F_INT(reward_granted, year, MX_REQUIRED, 1900, 2200, "for which year"),
    MX_F_TIME(reward_granted, at, 0, "when"),
    MX_F_INT(reward_granted, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_ID(reward_granted, coupon, 0, "cpn", "coupon"),
    MX_F_TIME(reward_granted, until, 0, "good until"),
    MX_F_STR(reward_granted, media, 0, 0, 500, "the greeting"),
};
MX_TYPE_REC(reward_granted, "rewards.granted.record", "what a member got on her day");

/* ---- settings: one record ---- */

struct reward_settings {
    struct mx_rec rec;
    struct mx_str scheme;
    int64_t referrer_points;
    int64_t friend_points;
    int64_t window_days;     /* after which an order is kept */
    int64_t min_total;       /* of an order that counts, minor units */
    int64_t referrals_max;   /* rewarded friends of one referrer; 0 = no limit */
    int64_t referrals_a_day; /* friends of one referrer who join in a day; 0 = no limit */
    int64_t days_run;        /* number of the day until which occasions were granted */
};

static const struct mx_field reward_settings_fields[] = {
    MX_F_STR(reward_settings, scheme, MX_REQUIRED, 1, 32, "which settings"),
    MX_F_INT(reward_settings, referrer_points, 0, 0, MX_INT_MAX, "points for who brings a friend"),
    MX_F_INT(reward_settings, friend_points, 0, 0, MX_INT_MAX, "points for the friend"),
    MX_F_INT(reward_settings, window_days, 0, 0, 3650, "days after which an order is kept"),
    MX_F_MONEY(reward_settings, min_total, 0, 0, MX_INT_MAX, "what the order must cost"),
    MX_F_INT(reward_settings, referrals_max, 0, 0, MX_INT_MAX, "friends of one member that are rewarded"),
    MX_F_INT(reward_settings, referrals_a_day, 0, 0, MX_INT_MAX, "friends of one member who may join in a day"),
    MX_F_INT(reward_settings, days_run, 0, 0, MX_INT_MAX, "day until which occasions were granted"),
};
MX_TYPE_REC(reward_settings, "rewards.settings.record", "how rewards and referrals work");

extern const struct mx_table rewards_held, rewards_counts, rewards_tickets, rewards_classes, rewards_bookings, rewards_referrers,
    rewards_referrals, rewards_devices, rewards_occasions, rewards_granted, rewards_settings_table;

#endif
