/* What of stock somebody should look at: what is written off by hand hides what was carried out. */
#include "merx/retail/exception.h"

#include "internal.h"

static mx_status say_kinds(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_exception_kinds *said = out;
    struct mx_exception_kind *kind;
    (void)in;
    said->kinds = mx_list_new(ctx, 1, sizeof(*kind));
    kind = mx_list_at(&said->kinds, 0);
    kind->kind = mx_str_of("stock_by_hand");
    kind->event = mx_str_of(inventory_moved_event.name);
    kind->test = MX_EXCEPTION_IS;
    kind->member = mx_str_of("kind");
    kind->word = mx_str_of(inventory_kind_words[INVENTORY_ADJUST - 1]);
    return MX_OK;
}

const struct mx_answer inventory_exceptions = {.size = sizeof(struct mx_answer),
                                               .priority = 100,
                                               .point = MX_POINT_EXCEPTIONS,
                                               .in = &mx_exception_ask_type,
                                               .out = &mx_exception_kinds_type,
                                               .fn = say_kinds};
