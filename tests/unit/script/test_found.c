/* The index may leave out only rules that would have made no offer: it is held against asking every rule, with rules and carts
 * that are drawn at random (always the same ones). */
#include "fixture.h"
#include "script/sale.h"

#define RULES  60
#define ROUNDS 60
#define CARTS  25

static uint64_t dice_state = 20261123;

static uint32_t dice(uint32_t sides) {
    dice_state = dice_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice_state >> 33) % sides;
}

/* One or two words that begin like this: "'A1'" or "{'A1', 'A4'}". */
static const char *words(const char *head) {
    if (dice(3)) return base_arena_printf(bench.arena, "'%s%u'", head, dice(8)).ptr;
    return base_arena_printf(bench.arena, "{'%s%u', '%s%u'}", head, dice(8), head, dice(8)).ptr;
}

static const char *goods(void) {
    static const char *const keys[] = {"sku", "brand", "tag", "category"};
    struct base_buf text;
    uint32_t i;
    base_buf_init(&text, bench.arena);
    base_buf_text(&text, "{");
    for (i = 0; i < 4; i++) {
        if (dice(3) == 0) base_buf_printf(&text, "%s = %s, ", keys[i], words(keys[i]));
    }
    if (dice(6) == 0) base_buf_printf(&text, "unit = '%s', ", dice(2) ? "kg" : "piece");
    base_buf_text(&text, "}");
    base_buf_char(&text, '\0');
    return text.ptr;
}

static const char *takes(void) {
    switch (dice(12)) {
    case 0:
        return base_arena_printf(bench.arena, "prices = {sku%u = 5, sku%u = 6}", dice(4), 4 + dice(4)).ptr;
    case 1:
        return base_arena_printf(bench.arena, "bundle = {price = 5, {where = %s}, {where = %s, except = {sku = 'sku1'}}}", goods(), goods())
            .ptr;
    case 2:
        return base_arena_printf(bench.arena, "pieces = 1, get = {where = %s, percent = 50}", goods()).ptr;
    case 3:
        return base_arena_printf(bench.arena, "spend = 150, gift = {where = %s}", goods()).ptr;
    case 4:
        return "mix = {pieces = 2, price = 50}";
    case 5:
        return "expiry = {{days = 3, percent = 20}}";
    case 6:
        return "bargain = {floor = 10}";
    case 7:
        return "group_buy = {size = 2, price = 10}";
    case 8:
        return "points = 3";
    case 9:
        return "percent = 5, shipping = true";
    case 10:
        return "percent = 5, lines = function(line) return line.qty > 1000 end";
    default:
        return "percent = 10";
    }
}

static void write_promotion(struct base_buf *out, uint32_t n) {
    const char *what = takes();
    int own_codes = strstr(what, "group_buy") || strstr(what, "bargain");
    base_buf_printf(out, "promotion { id = 'r-%u', %s", n, what);
    if (!strstr(what, "bundle") && dice(4)) base_buf_printf(out, ", where = %s", goods());
    if (!strstr(what, "bundle") && dice(8) == 0) base_buf_text(out, ", except = {sku = 'sku2'}");
    if (!own_codes && dice(5) == 0) base_buf_printf(out, ", coupon = %s", dice(2) ? "true" : words("Code"));
    if (dice(5) == 0) base_buf_printf(out, ", location = %s", words("store-"));
    if (dice(5) == 0) base_buf_printf(out, ", channel = %s", words("way"));
    if (dice(6) == 0) base_buf_printf(out, ", member = %s", words("tier"));
    if (dice(4) == 0) base_buf_printf(out, ", from = '2026-11-%02u'", 1 + dice(28));
    if (dice(4) == 0) base_buf_printf(out, ", to = '2026-11-%02u %02u:30'", 28 + dice(2), dice(24));
    base_buf_text(out, " }\n");
}

static struct mx_str text_of(const char *head, uint32_t n) { return base_arena_printf(bench.arena, "%s%u", head, n); }

static void draw_cart(uint32_t rule_count) {
    static struct mx_str tags[8][2], codes[2];
    static struct mx_cart_voucher vouchers[2];
    uint32_t i, count = 1 + dice(5);
    bench.cart.lines.count = 0;
    for (i = 0; i < count; i++) {
        struct mx_cart_line *line = &bench.lines[i];
        memset(line, 0, sizeof(*line));
        add_line(text_of("sku", dice(8)).ptr, dice(4) ? text_of("category", dice(8)).ptr : "", 1 + dice(3), 100);
        if (dice(2)) line->brand = text_of("brand", dice(8));
        tags[i][0] = text_of("tag", dice(8));
        tags[i][1] = text_of("tag", dice(8));
        line->tags.items = tags[i];
        line->tags.count = dice(3);
        if (dice(5) == 0) line->unit = MX_UNIT_KG;
        line->shipping = dice(6) == 0;
        line->overridden = dice(10) == 0;
        bench.cart.at = NOON_CHINA + ((int64_t)dice(60) - 40) * 12 * 3600 * 1000;
        if (dice(2)) line->expires_at = bench.cart.at + dice(5) * 86400000;
    }
    bench.cart.location = text_of("store-", dice(8));
    bench.cart.channel = text_of("way", dice(8));
    bench.cart.tier = text_of("tier", dice(8));
    for (i = 0; i < 2; i++) {
        codes[i] = text_of(dice(2) ? "cOde" : "CODE", dice(8));
        vouchers[i].id = text_of("cpn_0000000000000000000000000", i);
        vouchers[i].rule = text_of("r-", dice(rule_count));
        vouchers[i].joined = dice(4);
        vouchers[i].amount = 20;
    }
    bench.cart.coupons = (struct mx_list){codes, dice(3), sizeof(codes[0])};
    bench.cart.vouchers = (struct mx_list){vouchers, dice(3), sizeof(vouchers[0])};
}

TEST(no_rule_is_missed) {
    uint32_t round, cart, i, offers = 0;
    for (round = 0; round < ROUNDS; round++) {
        struct script_state *state;
        struct script_set *set;
        struct base_buf text;
        uint64_t every[RULES / 64 + 1];
        bench_begin();
        memset(every, 0xff, sizeof(every));
        every[RULES / 64] = (UINT64_C(1) << (RULES % 64)) - 1;
        base_buf_init(&text, bench.arena);
        for (i = 0; i < RULES; i++) write_promotion(&text, i);
        base_buf_char(&text, '\0');
        REQUIRE(rules(text.ptr));
        set = script_thread_set(&state);
        REQUIRE(set != NULL && set->of[SCRIPT_PROMOTION].count == RULES);
        for (cart = 0; cart < CARTS; cart++) {
            struct mx_str found;
            draw_cart(RULES);
            offers += ask();
            found = answer_text();
            script_answer_of(&bench.ctx, set, state, &bench.cart, every, &bench.offers);
            if (mx_str_eq(found, answer_text())) continue;
            printf("# round %u, cart %u: %.*s\n#   instead of %.*s\n", round, cart, (int)found.len, found.ptr, (int)answer_text().len,
                   answer_text().ptr);
            check_failures++;
        }
        bench_end();
        if (check_failures) break;
    }
    printf("# %u offers of %u carts\n", offers, ROUNDS * CARTS);
    CHECK(offers > ROUNDS * CARTS);
}

RUN_TESTS(CASE(no_rule_is_missed))
