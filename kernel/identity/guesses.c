/* How often passwords, PINs, codes and signatures may be tried. Counted for each name *at each place* (an address, a till), so
 * that nobody locks others out by guessing from elsewhere; for each place, whatever the name; and for all places together
 * that never succeeded, so that many places do not help. This machine's own command line has no place. */
#include "identity/internal.h"

const struct identity_guessing identity_by_password = {"password", 5, 30, 60};
const struct identity_guessing identity_by_pin = {"pin", 5, 30, 60};
const struct identity_guessing identity_by_signature = {"device", 30, 120, 600};
const struct identity_guessing identity_by_code = {"enrol", 0, 10, 30};

static struct mx_str at(struct mx_ctx *ctx, struct mx_str name, struct mx_str place) {
    return base_arena_printf(store_view_arena(identity_view(ctx)), "%.*s@%.*s", (int)name.len, name.len ? name.ptr : "", (int)place.len,
                             place.len ? place.ptr : "");
}

static mx_status count(struct mx_ctx *ctx, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute) {
    uint32_t wait_s = 0;
    mx_status st = identity_limit(identity_of(ctx), what, name, per_minute, shop_per_minute, &wait_s);
    if (st != MX_E_TOO_MANY) return st;
    ((const struct identity_calls *)(const void *)ctx->identity)->wait(ctx, wait_s);
    return mx_fail(ctx, st, NULL, "Too many tries: wait %u seconds.", (unsigned)wait_s);
}

mx_status identity_guess(struct mx_ctx *ctx, const struct identity_guessing *by, struct mx_str name, struct mx_str place) {
    struct mx_str nobody = {NULL, 0};
    uint32_t shop = identity_welcome(identity_of(ctx), place) ? 0 : by->shop;
    mx_status st = by->each ? count(ctx, by->what, at(ctx, name, place), by->each, 0) : MX_OK;
    if (st != MX_OK || place.len == 0) return st;
    return count(ctx, by->what, at(ctx, nobody, place), by->place, shop);
}

void identity_guessed(struct mx_ctx *ctx, const struct identity_guessing *by, struct mx_str name, struct mx_str place) {
    struct identity *identity = identity_of(ctx);
    struct mx_str nobody = {NULL, 0};
    uint32_t shop = identity_welcome(identity, place) ? 0 : by->shop;
    identity_limit_back(identity, by->what, at(ctx, name, place), by->each, 0);
    if (place.len == 0) return;
    identity_limit_back(identity, by->what, at(ctx, nobody, place), by->place, shop);
    identity_welcome_back(identity, place);
}
