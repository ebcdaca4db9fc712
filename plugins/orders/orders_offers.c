/* Collecting offers: what every plugin that knows rules proposes becomes one list. */
#include "internal.h"

struct gathering {
    struct mx_ctx *ctx;
    struct mx_offers *offers;
};

/* Append a list to another; elements of a shorter struct (an older plugin) get zeroes at their end. */
static void append(struct mx_ctx *ctx, struct mx_list *to, const struct mx_list *more, uint32_t elem_size) {
    struct mx_list joined;
    uint32_t i, size = more->elem_size < elem_size ? more->elem_size : elem_size;

    if (more->count == 0) return;
    if (to->count == 0 && more->elem_size == elem_size) {
        *to = *more;
        return;
    }
    joined = mx_list_new(ctx, to->count + more->count, elem_size);
    for (i = 0; i < to->count; i++) memcpy(mx_list_at(&joined, i), mx_list_at(to, i), elem_size);
    for (i = 0; i < more->count; i++) memcpy(mx_list_at(&joined, to->count + i), mx_list_at(more, i), size);
    *to = joined;
}

/* Versions of several rule sets stand side by side. */
static struct mx_str join_versions(struct mx_ctx *ctx, struct mx_str a, struct mx_str b) {
    char *text;
    if (a.len == 0) return b;
    if (b.len == 0) return a;
    text = mx_alloc(ctx, (size_t)a.len + b.len + 1);
    memcpy(text, a.ptr, a.len);
    text[a.len] = '+';
    memcpy(text + a.len + 1, b.ptr, b.len);
    return mx_str_n(text, (size_t)a.len + b.len + 1);
}

static mx_status gather(void *arg, const char *plugin, const void *answer) {
    struct gathering *gathering = arg;
    struct mx_offers *offers = gathering->offers;
    const struct mx_offers *more = answer;

    (void)plugin;
    append(gathering->ctx, &offers->offers, &more->offers, sizeof(struct mx_offer));
    append(gathering->ctx, &offers->faults, &more->faults, sizeof(struct mx_rule_fault));
    append(gathering->ctx, &offers->misses, &more->misses, sizeof(struct mx_offer_miss));
    offers->version = join_versions(gathering->ctx, offers->version, more->version);
    return MX_OK;
}

/* Without books of what is used, a limit cannot be kept: such an offer takes nothing. */
static void close_limits(struct mx_list *offers) {
    uint32_t i, j;
    for (i = 0; i < offers->count; i++) {
        const struct mx_list *limits = &((struct mx_offer *)mx_list_at(offers, i))->limits;
        for (j = 0; j < limits->count; j++) {
            struct mx_offer_limit *limit = mx_list_at(limits, j);
            limit->used = limit->max;
        }
    }
}

static mx_status ask_used(struct mx_ctx *ctx, const struct mx_cart *cart, struct mx_offers *offers) {
    struct mx_used_ask ask = {offers->offers, cart->member, cart->zone, cart->at};
    struct mx_used_answer answer;
    uint32_t i = 0;
    mx_status st;

    while (i < offers->offers.count && ((struct mx_offer *)mx_list_at(&offers->offers, i))->limits.count == 0) i++;
    if (i == offers->offers.count) return MX_OK;
    st = mx_ask(ctx, orders_points[ORDERS_ASK_USED], &ask, &answer);
    if (st == MX_OK)
        offers->offers = answer.offers;
    else if (st == MX_DECLINED)
        close_limits(&offers->offers);
    return st == MX_DECLINED ? MX_OK : st;
}

mx_status orders_ask_offers(struct mx_ctx *ctx, const struct mx_cart *cart, struct mx_offers *offers) {
    struct gathering gathering = {ctx, offers};
    mx_status st;

    memset(offers, 0, sizeof(*offers));
    st = mx_ask_all(ctx, orders_points[ORDERS_ASK_OFFERS], cart, gather, &gathering);
    return st == MX_OK ? ask_used(ctx, cart, offers) : st == MX_DECLINED ? MX_OK : st;
}

mx_status orders_ask_price(struct mx_ctx *ctx, struct mx_cart *cart, const struct mx_list *offers, struct mx_stacking *stacking,
                           struct mx_priced *priced) {
    struct mx_price_ask ask = {cart, *offers, stacking};
    mx_status st = mx_ask(ctx, orders_points[ORDERS_ASK_PRICE], &ask, priced);
    return st == MX_DECLINED ? mx_refuse(ctx, "no_prices", NULL, "This shop cannot sell: no plugin prices carts.") : st;
}
