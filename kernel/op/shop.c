/* The shop's own settings: currency, country, time zone. One record; without it the defaults hold. */
#include "base/clock.h"
#include "op/exceptions.h"

/* What the exception report goes by until the owner says something else: 0 in the record. */
static const struct op_exception_bounds usual_bounds = {.above = 20000, .least = 3, .times = 3, .soon_ms = 15 * 60 * 1000};

struct shop_settings {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str currency;
    int64_t digits;
    struct mx_str country;
    struct mx_str zone;
    uint8_t prices_include_tax;
    uint8_t practice;
    int64_t exceptions_above, exceptions_least, exceptions_times, exceptions_soon_ms;
};

static const struct mx_field shop_settings_fields[] = {
    MX_F_STR(shop_settings, id, 0, 1, 16, "always \"shop\""),
    MX_F_STR(shop_settings, currency, 0, 3, 3, "ISO 4217 code"),
    MX_F_INT(shop_settings, digits, 0, 0, 4, "digits behind the point of the currency"),
    MX_F_STR(shop_settings, country, 0, 2, 2, "ISO 3166-1 alpha-2 code, for phone numbers"),
    MX_F_STR(shop_settings, zone, 0, 1, 64, "IANA time zone"),
    MX_F_BOOL(shop_settings, prices_include_tax, 0, "shelf prices include tax"),
    MX_F_BOOL(shop_settings, practice, 0, "a shop made for practice: its clock may be moved"),
    MX_F_MONEY(shop_settings, exceptions_above, 0, 0, MX_INT_MAX, "exceptions: amounts above this are large"),
    MX_F_INT(shop_settings, exceptions_least, 0, 0, MX_INT_MAX, "exceptions: as often at least stands out"),
    MX_F_INT(shop_settings, exceptions_times, 0, 0, MX_INT_MAX, "exceptions: and so many times what is usual on top"),
    MX_F_INT(shop_settings, exceptions_soon_ms, 0, 0, MX_INT_MAX, "exceptions: what comes back sooner comes back soon"),
};
MX_TYPE_REC(shop_settings, "shop.record", "settings of the shop");

const struct mx_table op_shop_table = {
    (uint32_t)sizeof(struct mx_table), 0, "shop.settings", "settings of the shop", &shop_settings_type, "id", NULL, NULL, 0, 0};

/* On the wire: the same without the key, and the node's code, which is fixed when the program starts. */
struct shop_wire {
    uint64_t has;
    struct mx_str currency;
    int64_t digits;
    struct mx_str country;
    struct mx_str zone;
    uint8_t prices_include_tax;
    struct mx_str node;
    uint8_t practice;
    int64_t exceptions_above, exceptions_least, exceptions_times, exceptions_soon_ms;
};

static const struct mx_field shop_wire_fields[] = {
    MX_F_STR(shop_wire, currency, 0, 3, 3, "ISO 4217 code"),
    MX_F_INT(shop_wire, digits, 0, 0, 4, "digits behind the point of the currency"),
    MX_F_STR(shop_wire, country, 0, 2, 2, "ISO 3166-1 alpha-2 code, for phone numbers"),
    MX_F_STR(shop_wire, zone, 0, 1, 64, "IANA time zone"),
    MX_F_BOOL(shop_wire, prices_include_tax, 0, "shelf prices include tax"),
    MX_F_STR(shop_wire, node, MX_READONLY, 1, 64, "code of this node"),
    MX_F_BOOL(shop_wire, practice, 0, "a shop made for practice: its clock may be moved; fixed once the shop has history"),
    MX_F_MONEY(shop_wire, exceptions_above, 0, 1, MX_INT_MAX, "system.exceptions.list: amounts above this are large"),
    MX_F_INT(shop_wire, exceptions_least, 0, 1, 1000000, "what happened so often at least stands out"),
    MX_F_INT(shop_wire, exceptions_times, 0, 1, 1000, "when it is that often on top of so many times what is usual for the others"),
    MX_F_INT(shop_wire, exceptions_soon_ms, 0, 1, MX_INT_MAX, "what comes back sooner than this after it was sold comes back soon"),
};
MX_TYPE_HAS(shop_wire, "shop.settings", "settings of the shop");

static void set_defaults(struct shop_settings *shop) {
    memset(shop, 0, sizeof(*shop));
    shop->id = mx_str_of("shop");
    shop->currency = mx_str_of("CNY");
    shop->digits = 2;
    shop->country = mx_str_of("CN");
    shop->zone = mx_str_of("Asia/Shanghai");
    shop->prices_include_tax = 1;
}

static struct mx_str node_of(const struct op_ctx *ctx) { return ctx->op->node.len ? ctx->op->node : mx_str_of("n1"); }

static int64_t or_usual(int64_t set, int64_t usual) { return set ? set : usual; }

static void bounds_of(const struct shop_settings *shop, struct op_exception_bounds *bounds) {
    bounds->above = or_usual(shop->exceptions_above, usual_bounds.above);
    bounds->least = or_usual(shop->exceptions_least, usual_bounds.least);
    bounds->times = or_usual(shop->exceptions_times, usual_bounds.times);
    bounds->soon_ms = or_usual(shop->exceptions_soon_ms, usual_bounds.soon_ms);
}

static void set_all_present(struct shop_settings *shop) {
    MX_SET_HAS(shop_settings, shop, exceptions_above);
    MX_SET_HAS(shop_settings, shop, exceptions_least);
    MX_SET_HAS(shop_settings, shop, exceptions_times);
    MX_SET_HAS(shop_settings, shop, exceptions_soon_ms);
    MX_SET_HAS(shop_settings, shop, digits);
    MX_SET_HAS(shop_settings, shop, prices_include_tax);
    MX_SET_HAS(shop_settings, shop, practice);
}

/* The stored settings, or the defaults (rec.rev 0). */
static mx_status read_settings(struct op_ctx *ctx, struct shop_settings *shop) {
    struct shop_settings probe = {0}, *record = NULL;
    mx_status st;
    set_defaults(shop);
    if (!op_owner_find(ctx->op, op_plugin()->name)) return MX_OK;
    probe.id = mx_str_of("shop");
    st = mx_get(&ctx->pub, &op_shop_table, &probe, &record);
    if (st == MX_OK) *shop = *record;
    return st == MX_NONE ? MX_OK : st;
}

/* 1 in a shop made for practice; 0 also when that cannot be read. */
int op_shop_practice(struct op_ctx *ctx) {
    struct shop_settings settings;
    return read_settings(ctx, &settings) == MX_OK && settings.practice;
}

mx_status op_shop_exception_bounds(struct mx_ctx *pub, struct op_exception_bounds *bounds) {
    struct shop_settings settings;
    mx_status st = read_settings(op_ctx_of(pub), &settings);
    if (st == MX_OK) bounds_of(&settings, bounds);
    return st;
}

/* Never NULL; when the settings cannot be read the command is doomed, so that nothing happens in a wrong currency. */
const struct mx_shop *op_ctx_shop(struct mx_ctx *pub) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct shop_settings settings;
    if (ctx->shop) return ctx->shop;
    if (read_settings(ctx, &settings) != MX_OK) op_doom(ctx);
    ctx->shop = base_arena_alloc(ctx->arena, sizeof(*ctx->shop));
    ctx->shop->size = sizeof(*ctx->shop);
    ctx->shop->currency = settings.currency;
    ctx->shop->digits = (uint32_t)settings.digits;
    ctx->shop->country = settings.country;
    ctx->shop->zone = settings.zone;
    ctx->shop->prices_include_tax = settings.prices_include_tax;
    ctx->shop->node = node_of(ctx);
    return ctx->shop;
}

static void bounds_to_wire(const struct shop_settings *settings, struct shop_wire *wire) {
    struct op_exception_bounds bounds;
    bounds_of(settings, &bounds);
    wire->exceptions_above = bounds.above;
    wire->exceptions_least = bounds.least;
    wire->exceptions_times = bounds.times;
    wire->exceptions_soon_ms = bounds.soon_ms;
    MX_SET_HAS(shop_wire, wire, exceptions_above);
    MX_SET_HAS(shop_wire, wire, exceptions_least);
    MX_SET_HAS(shop_wire, wire, exceptions_times);
    MX_SET_HAS(shop_wire, wire, exceptions_soon_ms);
}

static void to_wire(const struct op_ctx *ctx, const struct shop_settings *settings, struct shop_wire *wire) {
    bounds_to_wire(settings, wire);
    wire->currency = settings->currency;
    wire->digits = settings->digits;
    wire->country = settings->country;
    wire->zone = settings->zone;
    wire->prices_include_tax = settings->prices_include_tax;
    wire->node = node_of(ctx);
    wire->practice = settings->practice;
    if (settings->practice) MX_SET_HAS(shop_wire, wire, practice);
    MX_SET_HAS(shop_wire, wire, digits);
    MX_SET_HAS(shop_wire, wire, prices_include_tax);
}

static mx_status get_settings(struct mx_ctx *pub, const void *in, void *out) {
    struct shop_settings settings;
    struct op_ctx *ctx = op_ctx_of(pub);
    mx_status st = read_settings(ctx, &settings);
    (void)in;
    if (st == MX_OK) to_wire(ctx, &settings, out);
    return st;
}

static int all_upper(struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++)
        if (text.ptr[i] < 'A' || text.ptr[i] > 'Z') return 0;
    return 1;
}

static mx_status check_input(struct mx_ctx *pub, const struct shop_wire *in) {
    if (!all_upper(in->currency)) return mx_fail(pub, MX_E_BAD_INPUT, "currency", "The currency is three capital letters, such as CNY.");
    if (!all_upper(in->country)) return mx_fail(pub, MX_E_BAD_INPUT, "country", "The country is two capital letters, such as CN.");
    if (in->zone.len && !base_zone_get(in->zone))
        return mx_fail(pub, MX_E_BAD_INPUT, "zone", "This machine knows no time zone of that name; write it like Asia/Shanghai.");
    return MX_OK;
}

static void merge(struct shop_settings *settings, const struct shop_wire *in) {
    if (in->currency.len) settings->currency = in->currency;
    if (MX_HAS(shop_wire, in, digits)) settings->digits = in->digits;
    if (in->country.len) settings->country = in->country;
    if (in->zone.len) settings->zone = in->zone;
    if (MX_HAS(shop_wire, in, prices_include_tax)) settings->prices_include_tax = in->prices_include_tax;
    if (MX_HAS(shop_wire, in, practice)) settings->practice = in->practice;
    if (in->exceptions_above) settings->exceptions_above = in->exceptions_above;
    if (in->exceptions_least) settings->exceptions_least = in->exceptions_least;
    if (in->exceptions_times) settings->exceptions_times = in->exceptions_times;
    if (in->exceptions_soon_ms) settings->exceptions_soon_ms = in->exceptions_soon_ms;
}

/* What every amount and every number in the log was written under stands still once the log has an entry. */
static mx_status check_history(struct op_ctx *ctx, const struct shop_settings *before, const struct shop_settings *after) {
    const char *field = NULL;
    uint8_t hash[CRYPTO_HASH_BYTES];
    int64_t seq = 0;
    mx_status st;
    if (!mx_str_eq(before->currency, after->currency))
        field = "currency";
    else if (before->digits != after->digits)
        field = "digits";
    else if (before->practice != after->practice)
        field = "practice";
    if (!field) return MX_OK;
    st = bus_head(ctx->op->opts.bus, ctx->view, &seq, hash);
    if (st != MX_OK || seq == 0) return op_ctx_error(ctx, st);
    return mx_refuse(&ctx->pub, "shop_has_history", field, "Currency, digits and practice cannot change any more: the shop has history.");
}

static mx_status put_settings(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct shop_settings before, after;
    mx_status st = check_input(pub, in);
    if (st == MX_OK) st = read_settings(ctx, &before);
    if (st != MX_OK) return st;
    after = before;
    merge(&after, in);
    set_all_present(&after);
    st = check_history(ctx, &before, &after);
    if (st == MX_OK) st = mx_put(pub, &op_shop_table, &after);
    if (st == MX_OK) to_wire(ctx, &after, out);
    return st;
}

const struct mx_op op_shop_get = {(uint32_t)sizeof(struct mx_op),
                                  MX_OP_QUERY,
                                  "shop.settings.get",
                                  "The shop's currency, country, time zone and tax rule.",
                                  "shop.read",
                                  NULL,
                                  &shop_wire_type,
                                  get_settings,
                                  NULL,
                                  MX_HOME_HERE,
                                  MX_OFFLINE_REFUSE,
                                  "0.1"};
const struct mx_op op_shop_put = {
    (uint32_t)sizeof(struct mx_op),
    0,
    "shop.settings.put",
    "Change the shop's settings; what is left out stays. Currency, digits and practice stand still once the shop has history.",
    "shop.manage",
    &shop_wire_type,
    &shop_wire_type,
    put_settings,
    NULL,
    MX_HOME_HERE,
    MX_OFFLINE_REFUSE,
    "0.1"};
