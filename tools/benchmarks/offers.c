/* What a quote costs when many rules are live: the rules asked, the price found, the trace written, in this process.
 *
 *   bench_offers [QUOTES]
 *   bench_offers rules FOLDER     writes the 10,000 rules there, for a shop to serve
 *
 * Prints one line of JSON: for 10,000 rules and carts of 50 lines, and for 20 rules and carts of 5 lines, the microseconds of
 * a quote's parts: `rules` (script room), `engine` (pricing), `trace` (facts, offers, misses, outcomes and lines as JSON). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "merx/retail/priced.h"
#include "promotions/engine.h"
#include "script/script.h"
#include "json/json.h"

#define SKUS       5000
#define CATEGORIES 500
#define TAGS       200
#define FILE_RULES 250
#define LINES_MAX  50
#define MANY       10000
#define QUOTES_MAX 100000

static struct {
    struct mx_ctx ctx;
    struct mx_op_api op;
    struct mx_shop shop;
    struct base_arena *arena;
    struct mx_cart cart;
    struct mx_cart_line lines[LINES_MAX];
    struct mx_str tags[LINES_MAX];
    char words[LINES_MAX][3][16];
    uint64_t random;
} bench;

struct parts {
    double rules, engine, trace, all;
};

static void *alloc(struct mx_ctx *ctx, size_t bytes) {
    (void)ctx;
    return base_arena_alloc(bench.arena, bytes);
}
static void *engine_alloc(void *arg, size_t bytes) { return base_arena_alloc(arg, bytes); }
static const struct mx_shop *shop_of(struct mx_ctx *ctx) {
    (void)ctx;
    return &bench.shop;
}

/* splitmix64 */
static uint32_t pick(uint32_t below) {
    uint64_t n = bench.random += UINT64_C(0x9e3779b97f4a7c15);
    n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((n ^ (n >> 31)) % below);
}

/* ---- rules ---- */

/* Of each ten rules: five for an article, two for a category, and one each for a tag, a tier and a code; some of them over. */
static void write_rule(FILE *file, int n, int many) {
    int sku = many ? n % SKUS : n % 8, category = many ? n % CATEGORIES : n % 4;
    fprintf(file, "promotion { id = 'r%d', name = { en = 'Rule %d', zh = '促销 %d' }, ", n, n, n);
    if (n % 10 < 3)
        fprintf(file, "where = { sku = 'S%d' }, percent = %d", sku, 5 + n % 20);
    else if (n % 10 == 3)
        fprintf(file, "where = { sku = 'S%d' }, buy = 3, pay = 2", sku);
    else if (n % 10 == 4)
        fprintf(file, "where = { sku = 'S%d' }, price = %d, to = '2026-01-31'", sku, 100 + n % 1000);
    else if (n % 10 == 5)
        fprintf(file, "where = { category = 'c%d' }, steps = { { pieces = 3, percent = 5 }, { pieces = 6, percent = 10 } }", category);
    else if (n % 10 == 6)
        fprintf(file, "where = { category = 'c%d' }, percent = 5, weekday = { 'sat', 'sun' }", category);
    else if (n % 10 == 7)
        fprintf(file, "where = { tag = 't%d' }, spend = 5000, save = 300", many ? n % TAGS : n % 4);
    else if (n % 10 == 8)
        fprintf(file, "where = { sku = 'S%d' }, member = 'gold', percent = 3", sku);
    else
        fprintf(file, "coupon = 'CODE%d', amount = 500", n);
    fprintf(file, " }\n");
}

static void write_rules(const char *dir, int count) {
    char path[300];
    FILE *file = NULL;
    int n;
    for (n = 0; n < count; n++) {
        if (n % FILE_RULES == 0) {
            snprintf(path, sizeof(path), "%s/r%03d.lua", dir, n / FILE_RULES);
            if (file) fclose(file);
            file = fopen(path, "w");
        }
        if (!file) exit(2);
        write_rule(file, n, count > 100);
    }
    if (file) fclose(file);
}

static void load_rules(const char *dir, int count) {
    struct mx_error err = {0};
    char path[300];
    int n;
    write_rules(dir, count);
    if (script_open(dir, &err) != MX_OK) {
        fprintf(stderr, "bench_offers: %s\n", err.message);
        exit(1);
    }
    for (n = 0; n < count; n += FILE_RULES) {
        snprintf(path, sizeof(path), "%s/r%03d.lua", dir, n / FILE_RULES);
        unlink(path);
    }
}

/* ---- carts ---- */

static void fill_cart(uint32_t lines, int many) {
    uint32_t i;
    bench.cart = (struct mx_cart){.at = INT64_C(1795752000000),
                                  .currency = mx_str_of("CNY"),
                                  .channel = mx_str_of("till"),
                                  .location = mx_str_of("store-1"),
                                  .zone = mx_str_of("Asia/Shanghai"),
                                  .key = mx_str_of("bench"),
                                  .member = mx_str_of("mem_00000000000000000000000001"),
                                  .tier = mx_str_of("gold"),
                                  .prices_include_tax = 1,
                                  .digits = 2,
                                  .lines = {bench.lines, lines, sizeof(bench.lines[0])}};
    for (i = 0; i < lines; i++) {
        uint32_t sku = pick(many ? SKUS : 8);
        snprintf(bench.words[i][0], 16, "S%u", sku);
        snprintf(bench.words[i][1], 16, "c%u", sku % (many ? CATEGORIES : 4));
        snprintf(bench.words[i][2], 16, "t%u", sku % (many ? TAGS : 4));
        bench.tags[i] = mx_str_of(bench.words[i][2]);
        bench.lines[i] = (struct mx_cart_line){.line = (int64_t)i + 1,
                                               .sku = mx_str_of(bench.words[i][0]),
                                               .category = mx_str_of(bench.words[i][1]),
                                               .tags = {&bench.tags[i], 1, sizeof(struct mx_str)},
                                               .qty = MX_QTY_ONE * (1 + pick(4)),
                                               .unit_price = 500 + pick(3000),
                                               .unit = MX_UNIT_PIECE,
                                               .tax_ppm = 130000};
        if (!mx_price_of(bench.lines[i].unit_price, bench.lines[i].qty, &bench.lines[i].amount)) exit(1);
        bench.cart.total += bench.lines[i].amount;
    }
}

/* ---- one quote ---- */

static double now_us(void) {
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static void quote(struct parts *parts) {
    const struct mx_answer *answer = script_plugin()->answers[0];
    const struct price_memory memory = {engine_alloc, bench.arena};
    struct mx_stacking stacking = {.lanes = {NULL, 0, sizeof(struct mx_lane)}};
    struct mx_priced priced = {0};
    struct mx_offers offers = {0};
    struct mx_price_ask ask = {&bench.cart, {0}, &stacking};
    struct base_buf text;
    double from = now_us(), asked, priced_at;
    if (answer->fn(&bench.ctx, &bench.cart, &offers) != MX_OK || offers.faults.count) exit(1);
    asked = now_us();
    ask.offers = offers.offers;
    if (!price_cart(&ask, &memory, &priced)) exit(1);
    priced_at = now_us();
    base_buf_init(&text, bench.arena);
    json_encode(&text, &mx_cart_type, &bench.cart, 0);
    json_encode(&text, &mx_offers_type, &offers, 0);
    json_encode(&text, &mx_priced_type, &priced, 0);
    parts->all = now_us() - from;
    parts->rules = asked - from;
    parts->engine = priced_at - asked;
    parts->trace = parts->all - parts->rules - parts->engine;
    base_arena_reset(bench.arena);
}

static int rising(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_part(const char *name, double *values, int count) {
    qsort(values, (size_t)count, sizeof(*values), rising);
    printf("\"%s_us\":{\"p50\":%.1f,\"p99\":%.1f}", name, values[count / 2], values[count * 99 / 100]);
}

static void measure(const char *label, const char *dir, int rules, uint32_t lines, int quotes) {
    double *values = malloc((size_t)quotes * 4 * sizeof(*values));
    struct parts parts;
    int i;
    if (!values) exit(2);
    load_rules(dir, rules);
    bench.random = 1;
    for (i = -quotes / 10; i < quotes; i++) { /* the first ones warm up */
        fill_cart(lines, rules > 100);
        quote(&parts);
        if (i < 0) continue;
        values[i] = parts.rules;
        values[quotes + i] = parts.engine;
        values[2 * quotes + i] = parts.trace;
        values[3 * quotes + i] = parts.all;
    }
    printf("\"%s\":{\"rules\":%d,\"lines\":%u,", label, rules, lines);
    print_part("rules", values, quotes);
    putchar(',');
    print_part("engine", values + quotes, quotes);
    putchar(',');
    print_part("trace", values + 2 * quotes, quotes);
    putchar(',');
    print_part("all", values + 3 * quotes, quotes);
    putchar('}');
    free(values);
}

int main(int argc, char **argv) {
    char dir[] = "/tmp/merx-bench-offers-XXXXXX";
    int quotes = argc > 1 ? atoi(argv[1]) : 5000;
    if (argc == 3 && strcmp(argv[1], "rules") == 0) {
        write_rules(argv[2], MANY);
        return 0;
    }
    if (quotes < 100 || quotes > QUOTES_MAX || mkdtemp(dir) == NULL) return 2;
    base_log_level(0);
    bench.arena = base_arena_new(4u << 20);
    bench.op.size = sizeof(bench.op);
    bench.op.alloc = alloc;
    bench.op.shop = shop_of;
    bench.ctx.size = sizeof(bench.ctx);
    bench.ctx.op = &bench.op;
    bench.shop.zone = mx_str_of("Asia/Shanghai");
    putchar('{');
    measure("many", dir, MANY, 50, quotes);
    putchar(',');
    measure("few", dir, 20, 5, quotes);
    printf("}\n");
    rmdir(dir);
    script_close();
    json_fini();
    base_arena_free(bench.arena);
    return 0;
}
