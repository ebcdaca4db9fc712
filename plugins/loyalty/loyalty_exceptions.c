/* What of points somebody should look at: points given or taken by hand, redemptions, of which many small ones stand out, and what was
 * spent of another's points behind a merge that was taken back. */
#include "internal.h"
#include "merx/retail/exception.h"
#include "merx/retail/order.h"

static mx_status say_kinds(struct mx_ctx *ctx, const void *in, void *out) {
    static const char *const all[][2] = {
        {"points_by_hand", "grant"}, {"points_by_hand", "take"}, {"points_spent", "spend"}, {"points_borrowed", "borrow"}};
    struct mx_exception_kinds *said = out;
    struct mx_exception_kind *kind;
    uint32_t i, count = sizeof(all) / sizeof(all[0]);
    (void)in;
    said->kinds = mx_list_new(ctx, count, sizeof(struct mx_exception_kind));
    for (i = 0; i < count; i++) {
        kind = mx_list_at(&said->kinds, i);
        kind->kind = mx_str_of(all[i][0]);
        kind->event = mx_str_of("loyalty.points.changed");
        kind->test = MX_EXCEPTION_IS;
        kind->member = mx_str_of("kind");
        kind->word = mx_str_of(all[i][1]);
        kind->amount = mx_str_of("points");
        if (mx_str_is(kind->word, "spend")) kind->beside = mx_str_of(MX_EVENT_ORDER_PAID); /* a till that sells more takes more points */
        if (mx_str_is(kind->word, "borrow")) kind->least = 1;
    }
    return MX_OK;
}

const struct mx_answer loyalty_exceptions = {.size = sizeof(struct mx_answer),
                                             .priority = 100,
                                             .point = MX_POINT_EXCEPTIONS,
                                             .in = &mx_exception_ask_type,
                                             .out = &mx_exception_kinds_type,
                                             .fn = say_kinds};
