/* Amounts in the words of messages, whatever the currency's digits. */
#include "merx/say.h"
#include "support/check.h"

static char memory[4096];
static size_t used;
static struct mx_shop shop;

static void *take(struct mx_ctx *ctx, size_t bytes) {
    void *at = memory + used;
    (void)ctx;
    used += (bytes + 15) / 16 * 16;
    return memset(at, 0, bytes);
}

static const struct mx_shop *shop_of(struct mx_ctx *ctx) {
    (void)ctx;
    return &shop;
}

static const struct mx_op_api op = {.size = sizeof(op), .alloc = take, .shop = shop_of};
static struct mx_ctx ctx = {.size = sizeof(ctx), .op = &op};

static void check(uint32_t digits, const char *currency, int64_t minor, const char *text) {
    used = 0;
    shop = (struct mx_shop){.size = sizeof(shop), .digits = digits, .currency = mx_str_of(currency)};
    CHECK_STR(mx_str_of(mx_say_money(&ctx, minor)), text);
}

TEST(money_has_the_digits_of_its_currency) {
    check(2, "CNY", 1250, "12.50 CNY");
    check(2, "CNY", 5, "0.05 CNY");
    check(2, "CNY", 0, "0.00 CNY");
    check(0, "JPY", 1250, "1250 JPY");
    check(3, "KWD", 1002, "1.002 KWD");
}

TEST(what_is_owed_has_a_sign) {
    check(2, "CNY", -5, "-0.05 CNY");
    check(0, "JPY", -1, "-1 JPY");
}

TEST(the_largest_amounts_fit) {
    check(2, "CNY", INT64_MAX, "92233720368547758.07 CNY");
    check(2, "CNY", INT64_MIN, "-92233720368547758.08 CNY");
}

RUN_TESTS(CASE(money_has_the_digits_of_its_currency), CASE(what_is_owed_has_a_sign), CASE(the_largest_amounts_fit))
