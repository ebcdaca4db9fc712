/* Generated carts: made of what rules ask for, at its edges, and the same for the same number. */
#include "fixture.h"
#include "script/hunt.h"

static struct script_set *set;
static struct script_state *state;
static struct hunt_pool *pool;

static int begin(const char *text) {
    struct base_arena *arena = base_arena_new(4096);
    struct script_source source = {mx_str_of("rules.lua"), mx_str_of(text)};
    bench_begin();
    set = NULL;
    state = NULL;
    pool = base_arena_alloc(bench.arena, sizeof(*pool));
    pool->arena = bench.arena;
    pool->now_ms = NOON_CHINA;
    pool->currency = mx_str_of("CNY");
    pool->prices_include_tax = 1;
    if (script_set_read(&source, 1, arena, 0, 0, &set, &state, &bench.err) != MX_OK) {
        fprintf(stderr, "%s\n", bench.err.message);
        return 0;
    }
    hunt_pool_rules(pool, set);
    return 1;
}

static void end(void) {
    script_state_free(state);
    script_set_drop(set);
    bench_end();
}

static const struct mx_cart_line *first_line(const struct mx_cart *cart) { return mx_list_at(&cart->lines, 0); }

/* How many of the first 500 carts fit. */
static int count_carts(int (*fits)(const struct mx_cart *cart)) {
    int count = 0;
    uint64_t n;
    for (n = 0; n < 500; n++) count += fits(hunt_cart(pool, set, &bench.ctx, n));
    return count;
}

static int has_three(const struct mx_cart *cart) { return first_line(cart)->qty == 3 * MX_QTY_ONE; }
static int has_two(const struct mx_cart *cart) { return first_line(cart)->qty == 2 * MX_QTY_ONE; }
static int is_just_below(const struct mx_cart *cart) { return cart->total == 19999; }
static int is_just_there(const struct mx_cart *cart) { return cart->total == 20000; }
static int is_gold(const struct mx_cart *cart) { return mx_str_is(cart->tier, "gold"); }
static int is_guest(const struct mx_cart *cart) { return cart->member.len == 0; }
static int has_code(const struct mx_cart *cart) { return cart->coupons.count == 1 && mx_str_is(mx_list_str(&cart->coupons, 0), "SPRING"); }
static int has_voucher(const struct mx_cart *cart) { return cart->vouchers.count == 1; }
static int is_before(const struct mx_cart *cart) { return cart->at < INT64_C(1796054400000); } /* 2026-12-01 */
static int is_tea(const struct mx_cart *cart) { return mx_str_is(first_line(cart)->category, "tea"); }
static int rains(const struct mx_cart *cart) { return cart->facts.count == 1; }
static int adds_up(const struct mx_cart *cart) {
    int64_t total = 0;
    uint32_t i;
    for (i = 0; i < cart->lines.count; i++) {
        const struct mx_cart_line *line = mx_list_at(&cart->lines, i);
        if (line->line != (int64_t)i + 1 || line->qty < 1) return 0;
        total += line->amount;
    }
    return total == cart->total && cart->lines.count > 0;
}

TEST(carts_stand_at_the_edges_of_rules) {
    REQUIRE(begin("promotion { id = 'a', where = { category = 'tea' }, buy = 3, pay = 2 }\n"
                  "promotion { id = 'b', spend = 20000, save = 1000, member = 'gold' }\n"
                  "promotion { id = 'c', percent = 5, coupon = 'spring', facts = { weather = 'rain' } }\n"
                  "promotion { id = 'd', percent = 5, coupon = true, from = '2026-12-01' }\n"));
    CHECK(count_carts(has_three) > 10);
    CHECK(count_carts(has_two) > 10);
    CHECK(count_carts(is_just_below) > 5);
    CHECK(count_carts(is_just_there) > 5);
    CHECK(count_carts(is_gold) > 50);
    CHECK(count_carts(is_guest) > 50);
    CHECK(count_carts(has_code) > 50);
    CHECK(count_carts(has_voucher) > 50);
    CHECK(count_carts(rains) > 10);
    CHECK(count_carts(is_tea) > 50);
    CHECK(count_carts(is_before) > 50 && count_carts(is_before) < 450);
    CHECK_INT(count_carts(adds_up), 500);
    end();
}

TEST(the_same_number_makes_the_same_cart) {
    const struct mx_cart *a, *b, *other;
    int differ = 0;
    uint64_t n;
    REQUIRE(begin("promotion { id = 'a', where = { sku = {'A', 'B', 'C'} }, steps = {{pieces = 3, percent = 5}} }\n"));
    for (n = 0; n < 50; n++) {
        a = hunt_cart(pool, set, &bench.ctx, n);
        b = hunt_cart(pool, set, &bench.ctx, n);
        other = hunt_cart(pool, set, &bench.ctx, n + 1);
        CHECK_INT(a->lines.count, b->lines.count);
        CHECK_INT(a->total, b->total);
        CHECK_INT(a->at, b->at);
        differ += a->total != other->total;
    }
    CHECK(differ > 25);
    end();
}

TEST(articles_of_the_shop_go_before_invented_ones) {
    struct mx_cart_line line = {.line = 1, .sku = mx_str_of("OOLONG"), .qty = 1000, .unit_price = 700, .category = mx_str_of("tea")};
    uint32_t before;
    REQUIRE(begin("promotion { id = 'a', percent = 5 }\n"));
    before = pool->count;
    CHECK_INT(before, 1); /* nothing is asked for: any article does */
    pool->count = 0;
    bench.cart.lines.items = &line;
    bench.cart.lines.count = 1;
    hunt_pool_receipt(pool, &bench.cart, 0);
    hunt_pool_receipt(pool, &bench.cart, 0);
    hunt_pool_rules(pool, set);
    CHECK_INT(pool->count, 1);
    CHECK(hunt_article(pool, mx_str_of("OOLONG")) != NULL);
    line.sku = mx_str_of("GREEN");
    line.overridden = 1;
    hunt_pool_receipt(pool, &bench.cart, 0); /* a price by hand says nothing of the article */
    CHECK_INT(pool->count, 1);
    hunt_pool_receipt(pool, &bench.cart, 1);
    CHECK_INT(pool->count, 2);
    CHECK_INT(hunt_article(pool, mx_str_of("GREEN"))->overridden, 0);
    end();
}

TEST(lines_are_added_and_summed_up) {
    struct mx_cart *cart;
    struct mx_cart_line dear = {.sku = mx_str_of("DEAR"), .unit_price = MX_INT_MAX};
    REQUIRE(begin("promotion { id = 'a', where = { sku = 'A' }, percent = 5 }\n"));
    cart = hunt_cart(pool, set, &bench.ctx, 1);
    cart = hunt_copy(&bench.ctx, cart);
    CHECK(hunt_add(&bench.ctx, cart, hunt_article(pool, mx_str_of("A")), 2000));
    CHECK(adds_up(cart));
    CHECK(!hunt_add(&bench.ctx, cart, &dear, 2000));
    end();
}

RUN_TESTS(CASE(carts_stand_at_the_edges_of_rules), CASE(the_same_number_makes_the_same_cart),
          CASE(articles_of_the_shop_go_before_invented_ones), CASE(lines_are_added_and_summed_up))
