/* The operations of coupons, limits and groups, for the descriptor. */
#ifndef PROMOTIONS_OPS_H
#define PROMOTIONS_OPS_H

#include "merx/plugin.h"

extern const struct mx_op promotions_use_op, promotions_give_back_op, promotions_reserve_op;

#endif
