/* What the rewards plugin is asked and answers: structs with their field tables. */
#ifndef REWARDS_WIRE_H
#define REWARDS_WIRE_H

#include "records.h"

#define REWARDS_PAGE     100
#define REWARDS_PAGE_MAX 500

/* ---- rewards ---- */

struct reward_redeem {
    struct mx_str member;
    struct mx_str reward;
    struct mx_str location;
    struct mx_str class_id;
    struct mx_str proof;
};

static const struct mx_field reward_redeem_fields[] = {
    MX_F_ID(reward_redeem, member, MX_REQUIRED, "mem", "for whom"),
    MX_F_STR(reward_redeem, reward, MX_REQUIRED, 1, REWARDS_REWARD_MAX, "id of the reward, as loyalty.rewards.list shows it"),
    MX_F_STR(reward_redeem, location, 0, 1, MX_CODE_MAX, "where it is to be good, of a place in a queue"),
    MX_F_ID(reward_redeem, class_id, 0, "cls", "class, of a seat"),
    MX_F_STR(reward_redeem, proof, MX_SECRET, 0, 512, "the member's one-time code, QR text or PIN"),
};
MX_TYPE(reward_redeem, "rewards.redeem", "have a reward for points");

struct reward_view {
    struct mx_str id;
    struct mx_str member;
    struct mx_str reward;
    struct mx_str kind;
    int32_t state;
    int64_t points;
    int64_t at;
    int64_t until;
    int64_t used_at;
    struct mx_str location;
    struct mx_str sku;
    int64_t times;
    struct mx_str coupon;
    struct mx_str booking;
};

static const struct mx_field reward_view_fields[] = {
    MX_F_ID(reward_view, id, MX_REQUIRED, "rwd", "id"),
    MX_F_ID(reward_view, member, 0, "mem", "whose it is"),
    MX_F_STR(reward_view, reward, 0, 0, REWARDS_REWARD_MAX, "reward of the rules"),
    MX_F_STR(reward_view, kind, 0, 0, 32, "kind; absent: the staff hands it over"),
    MX_F_ENUM(reward_view, state, 0, reward_state_words, "state"),
    MX_F_INT(reward_view, points, 0, 0, MX_INT_MAX, "points that it cost"),
    MX_F_TIME(reward_view, at, 0, "when it was redeemed"),
    MX_F_TIME(reward_view, until, 0, "good until; 0 = no end"),
    MX_F_TIME(reward_view, used_at, 0, "when it was used"),
    MX_F_STR(reward_view, location, 0, 0, MX_CODE_MAX, "where it is good; absent: everywhere"),
    MX_F_STR(reward_view, sku, 0, 0, MX_SKU_MAX, "article"),
    MX_F_INT(reward_view, times, 0, 0, MX_INT_MAX, "pieces that it is still good for; 0 = no limit"),
    MX_F_ID(reward_view, coupon, 0, "cpn", "coupon"),
    MX_F_ID(reward_view, booking, 0, "bkg", "seat"),
};
MX_TYPE(reward_view, "rewards.reward", "a reward that a member has");

struct reward_one {
    struct reward_view *reward;
};

static const struct mx_field reward_one_fields[] = {
    MX_F_STRUCT(reward_one, reward, MX_REQUIRED, reward_view_type, "the reward"),
};
MX_TYPE(reward_one, "rewards.reward.one", "one reward");

struct reward_ask {
    struct mx_str id;
};

static const struct mx_field reward_ask_fields[] = {
    MX_F_ID(reward_ask, id, MX_REQUIRED, "rwd", "which reward"),
};
MX_TYPE(reward_ask, "rewards.reward.ask", "which reward");

struct reward_hand {
    struct mx_str id;
    struct mx_str location;
    struct mx_str proof;
};

static const struct mx_field reward_hand_fields[] = {
    MX_F_ID(reward_hand, id, MX_REQUIRED, "rwd", "which reward"),
    MX_F_STR(reward_hand, location, MX_REQUIRED, 1, MX_CODE_MAX, "where it is handed over"),
    MX_F_STR(reward_hand, proof, MX_SECRET, 0, 512, "the member's one-time code, QR text or PIN"),
};
MX_TYPE(reward_hand, "rewards.hand_over", "hand a reward over");

struct reward_mine {
    struct mx_str member;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field reward_mine_fields[] = {
    MX_F_ID(reward_mine, member, MX_REQUIRED, "mem", "whose rewards"),
    MX_F_STR(reward_mine, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(reward_mine, limit, 0, 1, REWARDS_PAGE_MAX, "rewards on a page (100)"),
};
MX_TYPE(reward_mine, "rewards.mine", "rewards of a member");

struct reward_page {
    struct mx_list rewards;
    struct mx_str next;
};

static const struct mx_field reward_page_fields[] = {
    MX_F_LIST(reward_page, rewards, MX_REQUIRED, 0, REWARDS_PAGE_MAX, reward_view_type, "rewards, the newest first"),
    MX_F_STR(reward_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(reward_page, "rewards.page", "rewards of a member");

/* ---- queues ---- */

struct queue_enter {
    struct mx_str location;
    struct mx_str member;
};

static const struct mx_field queue_enter_fields[] = {
    MX_F_STR(queue_enter, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_ID(queue_enter, member, 0, "mem", "member; absent: somebody"),
};
MX_TYPE(queue_enter, "rewards.queue.enter", "somebody begins to wait");

struct queue_jump {
    struct mx_str ticket;
    struct mx_str reward;
    struct mx_str proof;
};

static const struct mx_field queue_jump_fields[] = {
    MX_F_ID(queue_jump, ticket, MX_REQUIRED, "que", "ticket that moves to the front"),
    MX_F_ID(queue_jump, reward, MX_REQUIRED, "rwd", "reward that allows it; it is used up"),
    MX_F_STR(queue_jump, proof, MX_SECRET, 0, 512, "the member's one-time code, QR text or PIN"),
};
MX_TYPE(queue_jump, "rewards.queue.jump", "move to the front of a queue");

struct queue_ticket {
    struct mx_str ticket;
};

static const struct mx_field queue_ticket_fields[] = {
    MX_F_ID(queue_ticket, ticket, MX_REQUIRED, "que", "which ticket"),
};
MX_TYPE(queue_ticket, "rewards.queue.ticket", "which ticket");

struct queue_at {
    struct mx_str location;
};

static const struct mx_field queue_at_fields[] = {
    MX_F_STR(queue_at, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
};
MX_TYPE(queue_at, "rewards.queue.at", "queue of which location");

struct ticket_view {
    struct mx_str id;
    struct mx_str location;
    int64_t number;
    int32_t state;
    int64_t ahead;
    uint8_t jumped;
    struct mx_str member;
    int64_t at;
};

static const struct mx_field ticket_view_fields[] = {
    MX_F_ID(ticket_view, id, MX_REQUIRED, "que", "id"),
    MX_F_STR(ticket_view, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_INT(ticket_view, number, 0, 0, MX_INT_MAX, "number on the ticket"),
    MX_F_ENUM(ticket_view, state, 0, ticket_state_words, "state"),
    MX_F_INT(ticket_view, ahead, 0, 0, MX_INT_MAX, "how many are called before"),
    MX_F_BOOL(ticket_view, jumped, 0, "moved to the front by a reward"),
    MX_F_ID(ticket_view, member, 0, "mem", "member"),
    MX_F_TIME(ticket_view, at, 0, "since when"),
};
MX_TYPE(ticket_view, "rewards.ticket", "somebody who waits");

struct ticket_one {
    struct ticket_view *ticket;
};

static const struct mx_field ticket_one_fields[] = {
    MX_F_STRUCT(ticket_one, ticket, 0, ticket_view_type, "the ticket; absent: nobody waits"),
};
MX_TYPE(ticket_one, "rewards.ticket.one", "one ticket");

struct ticket_list {
    struct mx_list tickets;
    uint8_t more;
};

static const struct mx_field ticket_list_fields[] = {
    MX_F_LIST(ticket_list, tickets, MX_REQUIRED, 0, REWARDS_PAGE_MAX, ticket_view_type, "who waits, in the order of being called"),
    MX_F_BOOL(ticket_list, more, 0, "more wait than are shown"),
};
MX_TYPE(ticket_list, "rewards.ticket.list", "who waits");

/* ---- classes ---- */

struct class_put {
    uint64_t has;
    struct mx_str id;
    struct mx_str code;
    struct mx_list name;
    struct mx_str location;
    int64_t at;
    int64_t seats;
    uint8_t called_off;
    int64_t if_rev;
};

static const struct mx_field class_put_fields[] = {
    MX_F_ID(class_put, id, 0, "cls", "class to change; absent: a new one"),
    MX_F_STR(class_put, code, 0, 1, 32, "kind of class: a-z, digits, _ and -; needed for a new one"),
    MX_F_MAP(class_put, name, 0, 0, 32, "name by language"),
    MX_F_STR(class_put, location, 0, 1, MX_CODE_MAX, "where; needed for a new one"),
    MX_F_TIME(class_put, at, 0, "when; needed for a new one"),
    MX_F_INT(class_put, seats, 0, 1, 100000, "seats; needed for a new one"),
    MX_F_BOOL(class_put, called_off, 0, "it does not take place: rewards and points go back"),
    MX_F_INT(class_put, if_rev, 0, 1, MX_INT_MAX, "change only this revision"),
};
MX_TYPE_HAS(class_put, "rewards.class.put", "plan a class or change it");

struct class_view {
    struct mx_str id;
    struct mx_str code;
    struct mx_list name;
    struct mx_str location;
    int64_t at;
    int64_t seats;
    int64_t free;
    int64_t waiting;
    uint8_t called_off;
    int64_t rev;
};

static const struct mx_field class_view_fields[] = {
    MX_F_ID(class_view, id, MX_REQUIRED, "cls", "id"),
    MX_F_STR(class_view, code, 0, 0, 32, "kind of class"),
    MX_F_MAP(class_view, name, 0, 0, 32, "name by language"),
    MX_F_STR(class_view, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_TIME(class_view, at, 0, "when"),
    MX_F_INT(class_view, seats, 0, 0, 100000, "seats"),
    MX_F_INT(class_view, free, 0, 0, 100000, "of them free"),
    MX_F_INT(class_view, waiting, 0, 0, MX_INT_MAX, "members who wait for one"),
    MX_F_BOOL(class_view, called_off, 0, "it does not take place"),
    MX_F_INT(class_view, rev, 0, 0, MX_INT_MAX, "revision"),
};
MX_TYPE(class_view, "rewards.class", "a class or workshop");

struct class_one {
    struct class_view *class_;
};

static const struct mx_field class_one_fields[] = {
    {"class", "the class", (uint32_t)offsetof(struct class_one, class_), MX_KIND_STRUCT, MX_REQUIRED, 0, 0, &class_view_type, NULL, NULL},
};
MX_TYPE(class_one, "rewards.class.one", "one class");

struct class_list_ask {
    struct mx_str location;
    int64_t from;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field class_list_ask_fields[] = {
    MX_F_STR(class_list_ask, location, MX_REQUIRED, 1, MX_CODE_MAX, "where"),
    MX_F_TIME(class_list_ask, from, 0, "from when; absent: now"),
    MX_F_STR(class_list_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(class_list_ask, limit, 0, 1, REWARDS_PAGE_MAX, "classes on a page (100)"),
};
MX_TYPE(class_list_ask, "rewards.class.list.ask", "classes of a location");

struct class_page {
    struct mx_list classes;
    struct mx_str next;
};

static const struct mx_field class_page_fields[] = {
    MX_F_LIST(class_page, classes, MX_REQUIRED, 0, REWARDS_PAGE_MAX, class_view_type, "classes, the earliest first"),
    MX_F_STR(class_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(class_page, "rewards.class.page", "classes of a location");

struct class_book {
    struct mx_str class_id;
    struct mx_str member;
    uint8_t wait;
};

static const struct mx_field class_book_fields[] = {
    MX_F_ID(class_book, class_id, MX_REQUIRED, "cls", "class"),
    MX_F_ID(class_book, member, MX_REQUIRED, "mem", "for whom"),
    MX_F_BOOL(class_book, wait, 0, "wait for a seat when none is free"),
};
MX_TYPE(class_book, "rewards.class.book", "book a seat");

struct booking_ask {
    struct mx_str id;
};

static const struct mx_field booking_ask_fields[] = {
    MX_F_ID(booking_ask, id, MX_REQUIRED, "bkg", "which booking"),
};
MX_TYPE(booking_ask, "rewards.booking.ask", "which booking");

struct booking_view {
    struct mx_str id;
    struct mx_str class_id;
    struct mx_str member;
    int32_t state;
    struct mx_str reward;
    int64_t at;
};

static const struct mx_field booking_view_fields[] = {
    MX_F_ID(booking_view, id, MX_REQUIRED, "bkg", "id"),
    MX_F_ID(booking_view, class_id, 0, "cls", "class"),
    MX_F_ID(booking_view, member, 0, "mem", "member"),
    MX_F_ENUM(booking_view, state, 0, booking_state_words, "state"),
    MX_F_ID(booking_view, reward, 0, "rwd", "reward that paid for it"),
    MX_F_TIME(booking_view, at, 0, "since when"),
};
MX_TYPE(booking_view, "rewards.booking", "a seat in a class");

struct booking_one {
    struct booking_view *booking;
};

static const struct mx_field booking_one_fields[] = {
    MX_F_STRUCT(booking_one, booking, MX_REQUIRED, booking_view_type, "the booking"),
};
MX_TYPE(booking_one, "rewards.booking.one", "one booking");

struct class_ask {
    struct mx_str class_id;
    struct mx_str after;
    int64_t limit;
};

static const struct mx_field class_ask_fields[] = {
    MX_F_ID(class_ask, class_id, MX_REQUIRED, "cls", "class"),
    MX_F_STR(class_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(class_ask, limit, 0, 1, REWARDS_PAGE_MAX, "bookings on a page (100)"),
};
MX_TYPE(class_ask, "rewards.class.ask", "bookings of a class");

struct booking_page {
    struct mx_list bookings;
    struct mx_str next;
};

static const struct mx_field booking_page_fields[] = {
    MX_F_LIST(booking_page, bookings, MX_REQUIRED, 0, REWARDS_PAGE_MAX, booking_view_type, "bookings, the oldest first"),
    MX_F_STR(booking_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(booking_page, "rewards.booking.page", "bookings of a class");

#endif
