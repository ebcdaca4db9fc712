/* The tables, events and what is kept about people, as data. */
#include "internal.h"

static const struct mx_index held_indexes[] = {{"member", "member at", 0}};
const struct mx_table rewards_held = {
    .size = sizeof(struct mx_table),
    .name = "rewards.reward",
    .doc = "rewards that members had for points",
    .type = &reward_held_type,
    .key = "id",
    .indexes = held_indexes,
    .index_count = 1,
    .index_size = sizeof(held_indexes[0]),
};

const struct mx_table rewards_counts = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "rewards.count",
    .doc = "how often rewards were had",
    .type = &reward_count_type,
    .key = "reward member",
};

static const struct mx_index ticket_indexes[] = {{"line", "location state place", 0}, {"hers", "member at", 0}};
const struct mx_table rewards_tickets = {
    .size = sizeof(struct mx_table),
    .name = "rewards.ticket",
    .doc = "who waits, and who was called",
    .type = &reward_ticket_type,
    .key = "id",
    .indexes = ticket_indexes,
    .index_count = 2,
    .index_size = sizeof(ticket_indexes[0]),
};

static const struct mx_index class_indexes[] = {{"at", "location at", 0}};
const struct mx_table rewards_classes = {
    .size = sizeof(struct mx_table),
    .name = "rewards.class",
    .doc = "classes and workshops",
    .type = &reward_class_type,
    .key = "id",
    .indexes = class_indexes,
    .index_count = 1,
    .index_size = sizeof(class_indexes[0]),
};

static const struct mx_index booking_indexes[] = {
    {"member", "class_id member", 0}, {"state", "class_id state at", 0}, {"hers", "member at", 0}};
const struct mx_table rewards_bookings = {
    .size = sizeof(struct mx_table),
    .name = "rewards.booking",
    .doc = "seats in classes",
    .type = &reward_booking_type,
    .key = "id",
    .indexes = booking_indexes,
    .index_count = 3,
    .index_size = sizeof(booking_indexes[0]),
};

static const struct mx_index referrer_indexes[] = {{"code", "code", MX_INDEX_UNIQUE}};
const struct mx_table rewards_referrers = {
    .size = sizeof(struct mx_table),
    .name = "rewards.referrer",
    .doc = "members who bring friends, and their codes",
    .type = &reward_referrer_type,
    .key = "member",
    .indexes = referrer_indexes,
    .index_count = 1,
    .index_size = sizeof(referrer_indexes[0]),
};

static const struct mx_index referral_indexes[] = {
    {"referrer", "referrer joined_at", 0}, {"order", "order", 0}, {"state", "state due_at", 0}};
const struct mx_table rewards_referrals = {
    .size = sizeof(struct mx_table),
    .name = "rewards.referral",
    .doc = "friends and who brought them",
    .type = &reward_referral_type,
    .key = "friend_id",
    .indexes = referral_indexes,
    .index_count = 3,
    .index_size = sizeof(referral_indexes[0]),
};

static const struct mx_index device_indexes[] = {{"at", "at", 0}};
const struct mx_table rewards_devices = {
    .size = sizeof(struct mx_table),
    .name = "rewards.device",
    .doc = "devices of members, to see whether friends share one",
    .type = &reward_device_type,
    .key = "member device",
    .indexes = device_indexes,
    .index_count = 1,
    .index_size = sizeof(device_indexes[0]),
};

const struct mx_table rewards_occasions = {
    .size = sizeof(struct mx_table),
    .name = "rewards.occasion",
    .doc = "days on which members get something",
    .type = &reward_occasion_type,
    .key = "code",
};

const struct mx_table rewards_granted = {
    .size = sizeof(struct mx_table),
    .name = "rewards.granted",
    .doc = "what members got on their days",
    .type = &reward_granted_type,
    .key = "member occasion year",
};

const struct mx_table rewards_settings_table = {
    .size = sizeof(struct mx_table),
    .name = "rewards.settings",
    .doc = "how referrals are rewarded",
    .type = &reward_settings_type,
    .key = "scheme",
};

/* ---- events ---- */

#define EVENT(event_name, event_doc, event_type)                                                                                           \
    { .size = sizeof(struct mx_event_def), .name = event_name, .doc = event_doc, .type = event_type }

const struct mx_event_def rewards_redeemed_event = EVENT("rewards.redeemed", "a member had a reward for points", &reward_view_type);
const struct mx_event_def rewards_used_event = EVENT("rewards.used", "a reward was used", &reward_view_type);
const struct mx_event_def rewards_cancelled_event = EVENT("rewards.cancelled", "a reward was given back for its points", &reward_view_type);
const struct mx_event_def rewards_called_event = EVENT("rewards.queue.called", "the next one was called", &ticket_view_type);
const struct mx_event_def rewards_decided_event =
    EVENT("rewards.referral.decided", "somebody decided about a referral that was held", &referral_decided_type);
const struct mx_event_def rewards_referred_event = EVENT("rewards.referral.changed", "a referral came further", &referral_friend_type);

static const struct mx_field rewards_occasion_told_fields[] = {
    MX_F_ID(rewards_occasion_told, member, MX_REQUIRED, "mem", "who got it"),
    MX_F_STR(rewards_occasion_told, occasion, MX_REQUIRED, 1, 32, "occasion"),
    MX_F_INT(rewards_occasion_told, year, 0, 0, 2200, "for which year"),
    MX_F_INT(rewards_occasion_told, points, 0, 0, MX_INT_MAX, "points"),
    MX_F_ID(rewards_occasion_told, coupon, 0, "cpn", "coupon"),
    MX_F_TIME(rewards_occasion_told, until, 0, "good until"),
};
MX_TYPE(rewards_occasion_told, "rewards.occasion.granted", "a member got something on her day");
const struct mx_event_def rewards_occasion_event =
    EVENT("rewards.occasion.granted", "a member got something on her day", &rewards_occasion_told_type);
