/* What a rule costs a sale: a cart of five lines asked, over and over, of one rule file at a time, in this process.
 *
 *   bench_rules [ROUNDS]
 *
 * Prints one line of JSON: for each shape of a rule the microseconds of one sale, the best of several rounds; `cart` is the
 * part of it that showing the cart takes, which all rules of a sale share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "merx/retail/pricing.h"
#include "script/script.h"

#define SALES 20000

static const struct {
    const char *name, *file;
} shapes[] = {
    {"declared", "promotion { id = 'r', where = { category = 'tea' }, percent = 10 }\n"},
    {"cart", "promotion { id = 'r', percent = 10, when = function() return true end }\n"},
    {"when", "promotion { id = 'r', percent = 10, when = function(cart) return cart.date.hour >= 9 and cart.total > 5000 end }\n"},
    {"lines",
     "promotion { id = 'r', percent = 10, lines = function(line) return line.category == 'tea' and line.unit_price < 10000 end }\n"},
    {"offers", "promotion { id = 'r', offers = function(cart)\n"
               "  local lines = {}\n"
               "  for _, line in ipairs(cart.lines) do\n"
               "    if line.category == 'tea' and not line.overridden then table.insert(lines, { line = line.line, qty = line.qty }) end\n"
               "  end\n"
               "  if #lines > 1 then return { { percent = 10, lines = lines } } end\n"
               "end }\n"},
};

static struct {
    struct mx_ctx ctx;
    struct mx_op_api op;
    struct mx_shop shop;
    struct base_arena *arena;
    struct mx_cart cart;
    struct mx_cart_line lines[5];
} bench;

static void *alloc(struct mx_ctx *ctx, size_t bytes) {
    (void)ctx;
    return base_arena_alloc(bench.arena, bytes);
}

static const struct mx_shop *shop_of(struct mx_ctx *ctx) {
    (void)ctx;
    return &bench.shop;
}

static void fill_cart(void) {
    static const char *const skus[] = {"SKU-1", "SKU-2", "SKU-3", "SKU-4", "SKU-5"};
    int i;
    bench.arena = base_arena_new(65536);
    bench.op.size = sizeof(bench.op);
    bench.op.alloc = alloc;
    bench.op.shop = shop_of;
    bench.ctx.size = sizeof(bench.ctx);
    bench.ctx.op = &bench.op;
    bench.shop.zone = mx_str_of("Asia/Shanghai");
    bench.cart = (struct mx_cart){.at = INT64_C(1795752000000),
                                  .currency = mx_str_of("CNY"),
                                  .channel = mx_str_of("till"),
                                  .location = mx_str_of("store-1"),
                                  .member = mx_str_of("mem_00000000000000000000000001"),
                                  .tier = mx_str_of("gold"),
                                  .lines = {bench.lines, 5, sizeof(bench.lines[0])}};
    for (i = 0; i < 5; i++) {
        bench.lines[i] = (struct mx_cart_line){.line = i + 1,
                                               .sku = mx_str_of(skus[i]),
                                               .qty = 1000,
                                               .unit_price = 1990,
                                               .amount = 1990,
                                               .unit = MX_UNIT_PIECE,
                                               .category = mx_str_of(i < 3 ? "tea" : "teaware"),
                                               .tags = {NULL, 0, sizeof(struct mx_str)}};
        bench.cart.total += 1990;
    }
}

/* Microseconds of this thread for one sale; stops when a rule fails. */
static double round_of_sales(void) {
    const struct mx_answer *answer = script_plugin()->answers[0];
    struct timespec from, to;
    struct mx_offers offers;
    int i;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    for (i = 0; i < SALES; i++) {
        base_arena_reset(bench.arena);
        if (answer->fn(&bench.ctx, &bench.cart, &offers) != MX_OK || offers.offers.count != 1 || offers.faults.count != 0) {
            fprintf(stderr, "bench_rules: the rule offers something else\n");
            exit(1);
        }
    }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    return ((double)(to.tv_sec - from.tv_sec) * 1e6 + (double)(to.tv_nsec - from.tv_nsec) / 1e3) / SALES;
}

static double best_of(const char *dir, const char *text, int rounds) {
    char path[300];
    struct mx_error err = {0};
    double best = 0, took;
    FILE *file;
    int i;
    snprintf(path, sizeof(path), "%s/rule.lua", dir);
    file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0 || script_open(dir, &err) != MX_OK) {
        fprintf(stderr, "bench_rules: %s %s\n", path, err.message);
        exit(1);
    }
    for (i = 0; i < rounds; i++) {
        took = round_of_sales();
        if (i == 0 || took < best) best = took;
    }
    unlink(path);
    return best;
}

int main(int argc, char **argv) {
    char dir[] = "/tmp/merx-bench-rules-XXXXXX";
    int rounds = argc > 1 ? atoi(argv[1]) : 15;
    size_t i;
    if (rounds < 1 || mkdtemp(dir) == NULL) return 2;
    base_log_level(0);
    fill_cart();
    printf("{");
    for (i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        printf("%s\"%s_us\":%.2f", i ? "," : "", shapes[i].name, best_of(dir, shapes[i].file, rounds));
        fflush(stdout);
    }
    printf("}\n");
    rmdir(dir);
    script_close();
    base_arena_free(bench.arena);
    return 0;
}
