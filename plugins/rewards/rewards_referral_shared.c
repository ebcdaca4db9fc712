/* What a friend and whoever brought her have in common beyond a household: the card that paid, the phone in the hand. It proves nothing,
 * sisters share both; so a person decides. Nothing is gathered for it but hashes, and looked at once, when a first order is kept. */
#include "internal.h"
#include "merx/retail/payment.h"
#include "referral.h"

#define FRIENDS_ORDERS   20
#define REFERRERS_ORDERS 50
#define PAYERS           64
#define DEVICES          20
#define HASH_SHOWN       16

/* ---- cards and wallets ---- */

struct orders_ask {
    uint64_t has;
    struct mx_str member;
    uint8_t newest_first;
    int64_t limit;
};
static const struct mx_field orders_ask_fields[] = {
    MX_F_ID(orders_ask, member, MX_REQUIRED, "mem", "whose orders"),
    MX_F_BOOL(orders_ask, newest_first, 0, "the newest first"),
    MX_F_INT(orders_ask, limit, 0, 1, REFERRERS_ORDERS, "how many"),
};
MX_TYPE_HAS(orders_ask, "rewards.orders.ask", "whose orders");

struct order_id {
    struct mx_str id;
};
static const struct mx_field order_id_fields[] = {MX_F_ID(order_id, id, MX_REQUIRED, "ord", "order")};
MX_TYPE(order_id, "rewards.order.id", "an order");

struct orders {
    struct mx_list orders;
};
static const struct mx_field orders_fields[] = {MX_F_LIST(orders, orders, 0, 0, REFERRERS_ORDERS, order_id_type, "orders")};
MX_TYPE(orders, "rewards.orders", "orders of a member");

const struct mx_use rewards_orders_use = {"orders.list", &orders_ask_type, &orders_type};

static int among(const struct mx_list *texts, struct mx_str text) {
    uint32_t i;
    for (i = 0; i < texts->count; i++)
        if (mx_str_eq(mx_list_str(texts, i), text)) return 1;
    return 0;
}

static int overlap(const struct mx_list *a, const struct mx_list *b) {
    uint32_t i;
    for (i = 0; i < a->count; i++)
        if (among(b, mx_list_str(a, i))) return 1;
    return 0;
}

/* The card or wallet; or the very gift card, which passed from hand to hand. */
static struct mx_str payer_of(const struct mx_payment_entry *payment) {
    return payment->payer.len || payment->kind != MX_TENDER_GIFT_CARD ? payment->payer : payment->reference;
}

static mx_status payers_of_order(struct mx_ctx *ctx, struct mx_str order, struct mx_list *payers) {
    const struct mx_payment_list_ask ask = {order};
    struct mx_payment_listed listed;
    uint32_t i;
    mx_status st = mx_call(ctx, &mx_payment_list, &ask, &listed);
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    for (i = 0; i < listed.payments.count && payers->count < PAYERS; i++) {
        struct mx_str payer = payer_of(mx_list_at(&listed.payments, i));
        if (payer.len && !among(payers, payer)) *(struct mx_str *)mx_list_at(payers, payers->count++) = payer;
    }
    return MX_OK;
}

/* Of her newest orders. */
static mx_status payers_of(struct mx_ctx *ctx, struct mx_str member, int64_t limit, struct mx_list *payers) {
    struct orders_ask ask = {.member = member, .newest_first = 1, .limit = limit};
    struct orders page = {{NULL, 0, 0}};
    uint32_t i;
    mx_status st;
    MX_SET_HAS(orders_ask, &ask, newest_first);
    MX_SET_HAS(orders_ask, &ask, limit);
    st = mx_call(ctx, &rewards_orders_use, &ask, &page);
    *payers = mx_list_new(ctx, PAYERS, sizeof(struct mx_str));
    payers->count = 0;
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    for (i = 0; st == MX_OK && i < page.orders.count; i++)
        st = payers_of_order(ctx, ((const struct order_id *)mx_list_at(&page.orders, i))->id, payers);
    return st;
}

static mx_status share_a_payer(struct mx_ctx *ctx, struct mx_str friend_id, struct mx_str referrer, int *yes) {
    struct mx_list hers, others;
    mx_status st = payers_of(ctx, friend_id, FRIENDS_ORDERS, &hers);
    *yes = 0;
    if (st != MX_OK || hers.count == 0) return st;
    st = payers_of(ctx, referrer, REFERRERS_ORDERS, &others);
    if (st == MX_OK) *yes = overlap(&hers, &others);
    return st;
}

/* ---- devices ---- */

static mx_status devices_of(struct mx_ctx *ctx, struct mx_str member, struct mx_list *devices) {
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    const struct reward_device probe = {.member = member};
    struct reward_device *device = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &rewards_devices, &opts, &probe, &scan);
    *devices = mx_list_new(ctx, DEVICES, sizeof(struct mx_str));
    devices->count = 0;
    while (st == MX_OK && devices->count < DEVICES && (st = mx_scan_next(ctx, scan, &device)) == MX_OK)
        *(struct mx_str *)mx_list_at(devices, devices->count++) = device->device;
    return st == MX_DONE ? MX_OK : st;
}

/* Under any of their ids. */
static mx_status share_a_device(struct mx_ctx *ctx, const struct mx_member_facts *friend_, const struct mx_member_facts *referrer,
                                int *yes) {
    struct mx_list hers, others;
    mx_status st = MX_OK;
    uint32_t i, k;
    *yes = 0;
    for (i = 0; st == MX_OK && i < friend_->members.count; i++) {
        st = devices_of(ctx, mx_list_str(&friend_->members, i), &hers);
        for (k = 0; st == MX_OK && hers.count && k < referrer->members.count; k++) {
            st = devices_of(ctx, mx_list_str(&referrer->members, k), &others);
            *yes |= st == MX_OK && overlap(&hers, &others);
        }
    }
    return st;
}

mx_status rewards_devices_count(struct mx_ctx *ctx, struct mx_str member, int64_t *count) {
    struct mx_list devices;
    mx_status st = devices_of(ctx, member, &devices);
    if (st == MX_OK) *count += devices.count;
    return st;
}

mx_status rewards_devices_forget(struct mx_ctx *ctx, struct mx_str member) {
    struct mx_list devices;
    uint32_t i;
    mx_status st = devices_of(ctx, member, &devices);
    for (i = 0; st == MX_OK && i < devices.count; i++) {
        const struct reward_device probe = {.member = member, .device = mx_list_str(&devices, i)};
        st = mx_delete(ctx, &rewards_devices, &probe);
    }
    return st;
}

static struct mx_str hash_of(struct mx_ctx *ctx, struct mx_str device) { return mx_keyed_text(ctx, "device", device, HASH_SHOWN); }

/* Whoever has used more than a few is not caught by one more. */
static mx_status device_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct referral_device *ask = in;
    struct reward_device device = {.at = ctx->now_ms}, *known = NULL;
    struct mx_member_facts facts;
    struct mx_list devices;
    mx_status st = rewards_living(ctx, ask->member, "member", &facts);
    (void)out;
    if (st != MX_OK) return st;
    device.member = rewards_standing(&facts);
    device.device = hash_of(ctx, ask->device);
    device.rec.has = UINT64_MAX;
    st = mx_get(ctx, &rewards_devices, &device, &known);
    if (st != MX_NONE) return st;
    st = devices_of(ctx, device.member, &devices);
    return st == MX_OK && devices.count < DEVICES ? mx_put(ctx, &rewards_devices, &device) : st;
}

mx_status rewards_referral_shared(struct mx_ctx *ctx, const struct mx_member_facts *friend_, const struct mx_member_facts *referrer,
                                  const char **what) {
    int payer = 0, device = 0;
    mx_status st = share_a_payer(ctx, rewards_standing(friend_), rewards_standing(referrer), &payer);
    if (st == MX_OK && !payer) st = share_a_device(ctx, friend_, referrer, &device);
    *what = payer ? REFERRAL_BY_PAYMENT : device ? REFERRAL_BY_DEVICE : NULL;
    return st;
}

const struct mx_op rewards_referral_device_op =
    REWARDS_OP(0, "rewards.referral.device", "Note that a member uses this device: kept as a keyed hash, to see whether friends share one.",
               "rewards.refer", &referral_device_type, NULL, device_handler, "member");
