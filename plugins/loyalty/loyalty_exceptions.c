/* What of points somebody should look at: points given or taken by hand, and redemptions, of which many small ones stand out. */
#include "internal.h"
#include "merx/retail/exception.h"
#include "merx/retail/order.h"

static mx_status say_kinds(struct mx_ctx *ctx, const void *in, void *out) {
    static const char *const by_hand[] = {"grant", "take"};
    struct mx_exception_kinds *said = out;
    struct mx_exception_kind *kind;
    uint32_t i;
    (void)in;
    said->kinds = mx_list_new(ctx, 3, sizeof(struct mx_exception_kind));
    for (i = 0; i < 3; i++) {
        kind = mx_list_at(&said->kinds, i);
        kind->kind = mx_str_of(i < 2 ? "points_by_hand" : "points_spent");
        kind->event = mx_str_of("loyalty.points.changed");
        kind->test = MX_EXCEPTION_IS;
        kind->member = mx_str_of("kind");
        kind->word = mx_str_of(i < 2 ? by_hand[i] : "spend");
        kind->amount = mx_str_of("points");
        if (i == 2) kind->beside = mx_str_of(MX_EVENT_ORDER_PAID); /* a till that sells more takes more points */
    }
    return MX_OK;
}

const struct mx_answer loyalty_exceptions = {.size = sizeof(struct mx_answer),
                                             .priority = 100,
                                             .point = MX_POINT_EXCEPTIONS,
                                             .in = &mx_exception_ask_type,
                                             .out = &mx_exception_kinds_type,
                                             .fn = say_kinds};
