/* What of stored value somebody should look at: cards blocked or freed, given a new code, balances changed by hand, value
 * paid out, what was used of it behind a merge that was taken back. */
#include "internal.h"
#include "merx/retail/exception.h"
#include "ops.h"

static mx_status say_kinds(struct mx_ctx *ctx, const void *in, void *out) {
    static const char *const all[][2] = {{"gift_card_blocked", "wallet.blocked"},   {"gift_card_unblocked", "wallet.unblocked"},
                                         {"gift_card_adjusted", "wallet.adjusted"}, {"gift_card_reissued", "wallet.reissued"},
                                         {"gift_card_locked", "wallet.locked"},     {"gift_card_unlocked", "wallet.unlocked"},
                                         {"gift_card_paid_out", "wallet.unloaded"}, {"value_borrowed", "wallet.borrowed"}};
    struct mx_exception_kinds *said = out;
    uint32_t i, count = sizeof(all) / sizeof(all[0]);
    (void)in;
    said->kinds = mx_list_new(ctx, count, sizeof(struct mx_exception_kind));
    for (i = 0; i < count; i++) {
        struct mx_exception_kind *kind = mx_list_at(&said->kinds, i);
        kind->kind = mx_str_of(all[i][0]);
        kind->event = mx_str_of(all[i][1]);
        kind->test = MX_EXCEPTION_ALWAYS;
        kind->amount = mx_str_of("amount");
        if (mx_str_is(kind->event, "wallet.borrowed")) kind->least = 1;
    }
    return MX_OK;
}

const struct mx_answer wallet_exceptions = {.size = sizeof(struct mx_answer),
                                            .priority = 100,
                                            .point = MX_POINT_EXCEPTIONS,
                                            .in = &mx_exception_ask_type,
                                            .out = &mx_exception_kinds_type,
                                            .fn = say_kinds};
