/* What the files of occasions share. */
#ifndef REWARDS_OCCASION_H
#define REWARDS_OCCASION_H

#include "internal.h"

#define REWARDS_OCCASION_JOB "rewards.occasions"

/* One day's work: number of the day since 1970. */
struct occasion_day {
    int64_t day;
};

static const struct mx_field occasion_day_fields[] = {
    MX_F_INT(occasion_day, day, MX_REQUIRED, 0, 1000000, "day"),
};
MX_TYPE(occasion_day, "rewards.occasion.day", "which day");

/* Give a member what the occasion gives, unless she had it or does not want it. */
MX_MUST_CHECK mx_status rewards_occasion_give(struct mx_ctx *ctx, const struct reward_occasion *occasion, struct mx_str member,
                                              int64_t year);
/* See to it that the days are looked after from now on. */
MX_MUST_CHECK mx_status rewards_occasions_begin(struct mx_ctx *ctx);

#endif
