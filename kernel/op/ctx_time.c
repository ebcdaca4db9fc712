/* Calendar time for plugins. */
#include "base/clock.h"
#include "op/internal.h"

void op_ctx_civil(struct mx_ctx *pub, struct mx_str zone, int64_t at_ms, struct mx_civil *civil) {
    const struct base_zone *known = zone.len ? base_zone_get(zone) : NULL;
    struct base_civil local;
    if (!known) known = base_zone_get(mx_shop_of(pub)->zone);
    base_civil_from_ms(known, at_ms, &local);
    civil->year = local.year;
    civil->month = local.month;
    civil->day = local.day;
    civil->hour = local.hour;
    civil->minute = local.minute;
    civil->second = local.second;
    civil->weekday = local.weekday;
}
