/* What the receipts of a run use up: limits of every scope, budgets and coupons, and when they ran out. */
#include "fixture.h"
#include "script/backtest.h"

#define DAY INT64_C(86400000)

static struct backtest_books books;
static struct mx_offer offer;
static struct mx_offer_limit limits[4];
static struct mx_outcome outcome;

static struct mx_list list_of(void *items, uint32_t count, size_t size) { return (struct mx_list){items, count, (uint32_t)size}; }

static void begin(void) {
    bench_begin();
    backtest_books_init(&books, bench.arena);
    memset(limits, 0, sizeof(limits));
    offer = (struct mx_offer){.rule = mx_str_of("tea")};
    outcome =
        (struct mx_outcome){.rule = mx_str_of("tea"), .offer = 1, .state = MX_OUTCOME_APPLIED, .uses = 1, .units = 2000, .amount = 50};
    bench.cart.zone = mx_str_of("UTC");
    bench.cart.at = 10 * DAY;
}

static void end(void) {
    backtest_books_fini(&books);
    bench_end();
}

static void limit_to(uint32_t count, const struct mx_offer_limit *wanted) {
    memcpy(limits, wanted, count * sizeof(*wanted));
    offer.limits = list_of(limits, count, sizeof(limits[0]));
}

/* One receipt: what was used of limit `which` before it. */
static int64_t receipt(uint32_t which) {
    struct mx_offer asked = offer;
    struct mx_list offers = list_of(&asked, 1, sizeof(asked)), outcomes = list_of(&outcome, 1, sizeof(outcome));
    backtest_limits_fill(&books, &bench.ctx, &bench.cart, &offers);
    backtest_limits_book(&books, &bench.cart, &offers, &outcomes);
    return ((struct mx_offer_limit *)mx_list_at(&asked.limits, which))->used;
}

TEST(each_measure_is_counted) {
    const struct mx_offer_limit all[] = {
        {MX_LIMIT_TOTAL, MX_LIMIT_USES, 99, 0}, {MX_LIMIT_TOTAL, MX_LIMIT_UNITS, 9999, 0}, {MX_LIMIT_TOTAL, MX_LIMIT_MONEY, 9999, 0}};
    begin();
    limit_to(3, all);
    CHECK_INT(receipt(0), 0);
    CHECK_INT(receipt(0), 1);
    CHECK_INT(receipt(1), 4000);
    CHECK_INT(receipt(2), 150);
    CHECK_INT(limits[0].used, 0); /* the rule's own list is left alone */
    end();
}

TEST(a_day_ends_where_the_shop_is) {
    const struct mx_offer_limit of_day = {MX_LIMIT_DAY, MX_LIMIT_USES, 99, 0};
    begin();
    limit_to(1, &of_day);
    bench.cart.zone = mx_str_of("Asia/Shanghai");
    bench.cart.at = 10 * DAY + 15 * 3600 * 1000; /* 23:00 there */
    CHECK_INT(receipt(0), 0);
    CHECK_INT(receipt(0), 1);
    bench.cart.at += 2 * 3600 * 1000;
    CHECK_INT(receipt(0), 0);
    bench.cart.zone = mx_str_of("UTC"); /* the day before goes on elsewhere */
    CHECK_INT(receipt(0), 2);
    end();
}

TEST(members_are_counted_apart_and_guests_find_nothing_left) {
    const struct mx_offer_limit of_member = {MX_LIMIT_MEMBER, MX_LIMIT_USES, 99, 0};
    begin();
    limit_to(1, &of_member);
    CHECK_INT(receipt(0), 99); /* as at the till: leaving the card at home gets round no limit */
    CHECK_INT(receipt(0), 99);
    bench.cart.member = mx_str_of("mem_a");
    CHECK_INT(receipt(0), 0);
    CHECK_INT(receipt(0), 1);
    bench.cart.member = mx_str_of("mem_b");
    CHECK_INT(receipt(0), 0);
    CHECK(books.first->at == 0);
    end();
}

TEST(it_is_noted_when_a_limit_ran_out) {
    const struct mx_offer_limit budget = {MX_LIMIT_TOTAL, MX_LIMIT_MONEY, 100, 0};
    begin();
    limit_to(1, &budget);
    (void)receipt(0);
    CHECK(books.first->at == 0);
    bench.cart.at += DAY;
    (void)receipt(0);
    CHECK_INT(books.first->at, 11 * DAY);
    CHECK_INT(books.first->day, 19700112);
    CHECK_INT(books.first->receipts, 0);
    bench.cart.at += DAY;
    outcome.state = MX_OUTCOME_LIMIT;
    outcome.amount = 0;
    outcome.limit = mx_str_of("total money");
    CHECK_INT(receipt(0), 100);
    CHECK_INT(books.first->at, 11 * DAY);
    CHECK_INT(books.first->receipts, 1);
    CHECK_INT(books.first->days, 2);
    end();
}

TEST(what_was_cut_to_nothing_left_ran_out_too) {
    const struct mx_offer_limit groups = {MX_LIMIT_TOTAL, MX_LIMIT_UNITS, 3000, 0};
    begin();
    limit_to(1, &groups);
    outcome.limit = mx_str_of("total units"); /* one group of two fits, the second would be too much */
    (void)receipt(0);
    CHECK_INT(books.first->at, 10 * DAY);
    CHECK_INT(books.first->receipts, 1);
    end();
}

TEST(an_offer_that_was_not_applied_uses_nothing) {
    const struct mx_offer_limit uses = {MX_LIMIT_TOTAL, MX_LIMIT_USES, 9, 0};
    begin();
    limit_to(1, &uses);
    outcome.state = MX_OUTCOME_LOST;
    CHECK_INT(receipt(0), 0);
    CHECK_INT(receipt(0), 0);
    end();
}

TEST(a_coupon_is_used_up_by_the_first_receipt) {
    struct mx_cart_voucher vouchers[2] = {{.id = mx_str_of("cpn_a"), .rule = mx_str_of("tea")},
                                          {.id = mx_str_of("cpn_b"), .rule = mx_str_of("tea"), .left = 2}};
    struct mx_cart *cart;
    begin();
    bench.cart.vouchers = list_of(vouchers, 2, sizeof(vouchers[0]));
    cart = backtest_cart(&books, &bench.ctx, &bench.cart);
    CHECK_INT(cart->vouchers.count, 2);
    offer.voucher = vouchers[0].id;
    (void)backtest_cart(&books, &bench.ctx, &bench.cart);
    {
        struct mx_list offers = list_of(&offer, 1, sizeof(offer)), outcomes = list_of(&outcome, 1, sizeof(outcome));
        backtest_limits_book(&books, &bench.cart, &offers, &outcomes);
        offer.voucher = vouchers[1].id;
        backtest_limits_book(&books, &bench.cart, &offers, &outcomes);
    }
    cart = backtest_cart(&books, &bench.ctx, &bench.cart);
    REQUIRE(cart->vouchers.count == 1);
    CHECK_STR(((struct mx_cart_voucher *)mx_list_at(&cart->vouchers, 0))->id, "cpn_b");
    end();
}

TEST(several_offers_of_a_rule_are_one_receipt_and_one_use_of_its_coupon) {
    const struct mx_offer_limit budget = {MX_LIMIT_TOTAL, MX_LIMIT_MONEY, 60, 0};
    struct mx_cart_voucher voucher = {.id = mx_str_of("cpn_a"), .rule = mx_str_of("tea"), .left = 2};
    struct mx_offer two[2];
    struct mx_outcome both[2];
    struct mx_list offers, outcomes;
    begin();
    bench.cart.vouchers = list_of(&voucher, 1, sizeof(voucher));
    limit_to(1, &budget);
    offer.voucher = voucher.id;
    outcome.limit = mx_str_of("total money");
    two[0] = two[1] = offer;
    both[0] = both[1] = outcome;
    both[1].offer = 2;
    offers = list_of(two, 2, sizeof(two[0]));
    outcomes = list_of(both, 2, sizeof(both[0]));
    (void)backtest_cart(&books, &bench.ctx, &bench.cart);
    backtest_limits_book(&books, &bench.cart, &offers, &outcomes);
    CHECK_INT(books.first->receipts, 1);
    CHECK_INT(backtest_cart(&books, &bench.ctx, &bench.cart)->vouchers.count, 1);
    backtest_limits_book(&books, &bench.cart, &offers, &outcomes);
    CHECK_INT(books.first->receipts, 2);
    CHECK_INT(backtest_cart(&books, &bench.ctx, &bench.cart)->vouchers.count, 0);
    end();
}

TEST(days_that_are_over_are_forgotten_and_counted_once) {
    const struct mx_offer_limit of_day = {MX_LIMIT_DAY, MX_LIMIT_USES, 2, 0};
    uint32_t i;
    begin();
    limit_to(1, &of_day);
    for (i = 0; i < 40; i++) {
        CHECK_INT(receipt(0), 0);
        bench.cart.zone = mx_str_of(i % 2 ? "Asia/Shanghai" : "UTC");
        CHECK_INT(receipt(0), 1);
        bench.cart.at += DAY;
    }
    CHECK_INT(books.first->days, 40);
    for (i = 0; i < BACKTEST_DAYS; i++) CHECK_INT(books.days[i].map.count, 1);
    CHECK_INT(books.ever.map.count, 0);
    bench.cart.at = 60 * DAY + 17 * 3600 * 1000; /* tomorrow in Shanghai, then today elsewhere, then tomorrow again */
    for (i = 0; i < 6; i++) {
        bench.cart.zone = mx_str_of(i % 2 ? "UTC" : "Asia/Shanghai");
        (void)receipt(0);
    }
    CHECK_INT(books.first->days, 41);
    end();
}

RUN_TESTS(CASE(each_measure_is_counted), CASE(a_day_ends_where_the_shop_is), CASE(members_are_counted_apart_and_guests_find_nothing_left),
          CASE(it_is_noted_when_a_limit_ran_out), CASE(what_was_cut_to_nothing_left_ran_out_too),
          CASE(an_offer_that_was_not_applied_uses_nothing), CASE(a_coupon_is_used_up_by_the_first_receipt),
          CASE(several_offers_of_a_rule_are_one_receipt_and_one_use_of_its_coupon), CASE(days_that_are_over_are_forgotten_and_counted_once))
