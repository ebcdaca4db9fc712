/* Carts out of a number: small ones, at the edges of what rules ask for. */
#include "script/hunt.h"

#define LINES_MOST 6
#define MEMBER     "mem_00000000000000000000000001"

/* splitmix64 */
static uint64_t next(struct hunt_random *random) {
    uint64_t n = random->state += UINT64_C(0x9e3779b97f4a7c15);
    n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
    return n ^ (n >> 31);
}

uint32_t hunt_pick(struct hunt_random *random, uint32_t below) { return below ? (uint32_t)(next(random) % below) : 0; }

static int one_in(struct hunt_random *random, uint32_t n) { return hunt_pick(random, n) == 0; }

static struct mx_str word(struct hunt_random *random, const struct hunt_words *words, const char *otherwise) {
    return words->count ? words->items[hunt_pick(random, words->count)] : mx_str_of(otherwise);
}

/* ---- changing carts ---- */

int hunt_settle(struct mx_cart *cart) {
    uint32_t i;
    cart->total = 0;
    for (i = 0; i < cart->lines.count; i++) {
        struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        line->line = (int64_t)i + 1;
        if (!mx_price_of(line->unit_price, line->qty, &line->amount) || !mx_add(cart->total, line->amount, &cart->total)) return 0;
    }
    return 1;
}

static void own(struct mx_ctx *ctx, struct mx_list *list) {
    struct mx_list copy = mx_list_new(ctx, list->count, list->elem_size);
    if (list->count) memcpy(copy.items, list->items, (size_t)list->count * list->elem_size);
    *list = copy;
}

struct mx_cart *hunt_copy(struct mx_ctx *ctx, const struct mx_cart *cart) {
    struct mx_cart *copy = mx_alloc(ctx, sizeof(*copy));
    *copy = *cart;
    own(ctx, &copy->lines);
    own(ctx, &copy->coupons);
    own(ctx, &copy->segments);
    own(ctx, &copy->counters);
    own(ctx, &copy->tenders);
    own(ctx, &copy->facts);
    own(ctx, &copy->vouchers);
    return copy;
}

int hunt_add(struct mx_ctx *ctx, struct mx_cart *cart, const struct mx_cart_line *article, int64_t qty) {
    struct mx_list grown = mx_list_new(ctx, cart->lines.count + 1, sizeof(struct mx_cart_line));
    struct mx_cart_line *line;
    uint32_t i;
    if (cart->lines.count == MX_LINES_MAX) return 0;
    for (i = 0; i < cart->lines.count; i++)
        *(struct mx_cart_line *)mx_list_at(&grown, i) = *(const struct mx_cart_line *)mx_list_at(&cart->lines, i);
    line = mx_list_at(&grown, i);
    *line = *article;
    line->qty = qty;
    cart->lines = grown;
    return hunt_settle(cart);
}

/* ---- making them ---- */

static int64_t some_qty(struct hunt_random *random, const struct hunt_pool *pool, const struct mx_cart_line *article) {
    if (article->unit == MX_UNIT_KG) return 1 + hunt_pick(random, 3000);
    if (pool->pieces.count && one_in(random, 2)) return pool->pieces.items[hunt_pick(random, pool->pieces.count)];
    return (1 + hunt_pick(random, 4)) * MX_QTY_ONE;
}

static void fill_lines(struct mx_ctx *ctx, const struct hunt_pool *pool, struct hunt_random *random, struct mx_cart *cart) {
    uint32_t lines = 1 + hunt_pick(random, LINES_MOST), i;
    cart->lines = mx_list_new(ctx, lines, sizeof(struct mx_cart_line));
    for (i = 0; i < lines; i++) {
        struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        *line = pool->articles[hunt_pick(random, pool->count)];
        line->qty = some_qty(random, pool, line);
    }
}

/* Bring the total to an edge: one minor unit below, on it, or above. */
static void reach_spend(struct mx_ctx *ctx, const struct hunt_pool *pool, struct hunt_random *random, struct mx_cart *cart) {
    struct mx_cart_line filler = {0};
    int64_t wanted;
    if (pool->spends.count == 0 || one_in(random, 2)) return;
    wanted = pool->spends.items[hunt_pick(random, pool->spends.count)] + (int64_t)hunt_pick(random, 3) - 1;
    if (wanted <= cart->total) return;
    filler.sku = mx_str_of("FILLER");
    filler.unit = MX_UNIT_PIECE;
    filler.unit_price = filler.list_price = wanted - cart->total;
    filler.tags.elem_size = sizeof(struct mx_str);
    (void)hunt_add(ctx, cart, &filler, MX_QTY_ONE);
}

static struct mx_list one_text(struct mx_ctx *ctx, struct mx_str text) {
    struct mx_list list = mx_list_new(ctx, 1, sizeof(struct mx_str));
    *(struct mx_str *)mx_list_at(&list, 0) = text;
    return list;
}

static void fill_facts(struct mx_ctx *ctx, const struct script_set *set, struct hunt_random *random, struct mx_cart *cart) {
    const struct script_rules *promotions = &set->of[SCRIPT_PROMOTION];
    const struct script_promotion *promotion;
    struct mx_pair *pair;
    uint32_t i;
    if (promotions->count == 0) return;
    promotion = script_promotion_of(promotions->items[hunt_pick(random, promotions->count)]);
    if (promotion->fact_count == 0) return;
    cart->facts = mx_list_new(ctx, promotion->fact_count, sizeof(struct mx_pair));
    for (i = 0; i < promotion->fact_count; i++) {
        pair = mx_list_at(&cart->facts, i);
        pair->key = promotion->facts[i].name;
        pair->value = promotion->facts[i].values.count ? promotion->facts[i].values.items[0] : mx_str_of("yes");
    }
}

/* Coupons that were issued for promotions that want one. */
static void fill_vouchers(struct mx_ctx *ctx, const struct script_set *set, struct hunt_random *random, struct mx_cart *cart) {
    static const char *const coupons[] = {"cpn_00000000000000000000000001", "cpn_00000000000000000000000002",
                                          "cpn_00000000000000000000000003", "cpn_00000000000000000000000004"};
    const struct script_rules *promotions = &set->of[SCRIPT_PROMOTION];
    uint32_t i;
    cart->vouchers = mx_list_new(ctx, 4, sizeof(struct mx_cart_voucher));
    cart->vouchers.count = 0;
    for (i = 0; i < promotions->count && cart->vouchers.count < 4; i++) {
        const struct script_promotion *promotion = script_promotion_of(promotions->items[i]);
        struct mx_cart_voucher *voucher;
        if (!script_promotion_issued(promotion) || one_in(random, 2)) continue;
        voucher = mx_list_at(&cart->vouchers, cart->vouchers.count++);
        voucher->id = mx_str_of(coupons[cart->vouchers.count - 1]);
        voucher->rule = promotions->items[i]->id;
        voucher->joined = promotion->takes.size;
        voucher->amount = hunt_pick(random, 1000);
    }
}

static void fill_member(struct mx_ctx *ctx, const struct hunt_pool *pool, struct hunt_random *random, struct mx_cart *cart) {
    if (one_in(random, 2)) return;
    cart->member = mx_str_of(MEMBER);
    cart->tier = word(random, &pool->tiers, "basic");
    if (pool->segments.count && one_in(random, 2)) cart->segments = one_text(ctx, word(random, &pool->segments, ""));
}

static int64_t some_time(struct hunt_random *random, const struct hunt_pool *pool) {
    int64_t at = pool->now_ms;
    if (pool->times.count && !one_in(random, 4)) at = pool->times.items[hunt_pick(random, pool->times.count)];
    at += (int64_t)hunt_pick(random, 7) * 24 * 3600 * 1000 * one_in(random, 2);
    return at - at % 3600000 + (int64_t)hunt_pick(random, 24) * 3600 * 1000;
}

struct mx_cart *hunt_cart(const struct hunt_pool *pool, const struct script_set *set, struct mx_ctx *ctx, uint64_t number) {
    struct hunt_random random = {number * UINT64_C(0xd1342543de82ef95) + 1};
    struct mx_cart *cart = mx_alloc(ctx, sizeof(*cart));
    (void)next(&random);
    cart->currency = pool->currency;
    cart->zone = pool->zone;
    cart->digits = pool->digits;
    cart->prices_include_tax = pool->prices_include_tax;
    cart->key = mx_str_of("hunt");
    cart->at = some_time(&random, pool);
    cart->channel = word(&random, &pool->channels, "till");
    cart->location = word(&random, &pool->locations, "store-1");
    fill_member(ctx, pool, &random, cart);
    fill_lines(ctx, pool, &random, cart);
    if (!hunt_settle(cart)) cart->lines.count = 0;
    reach_spend(ctx, pool, &random, cart);
    if (pool->codes.count && one_in(&random, 2)) cart->coupons = one_text(ctx, word(&random, &pool->codes, ""));
    if (pool->tenders.count && one_in(&random, 2)) cart->tenders = one_text(ctx, word(&random, &pool->tenders, ""));
    if (one_in(&random, 2)) fill_facts(ctx, set, &random, cart);
    fill_vouchers(ctx, set, &random, cart);
    return cart;
}
