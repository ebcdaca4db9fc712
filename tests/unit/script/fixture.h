/* A folder of rules and a cart, without the rest of the house: the room sees base only. */
#ifndef TESTS_SCRIPT_FIXTURE_H
#define TESTS_SCRIPT_FIXTURE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/log.h"
#include "merx/retail/pricing.h"
#include "script/script.h"
#include "support/check.h"
#include "support/folder.h"

#define NOON_CHINA INT64_C(1795752000000) /* 2026-11-27 12:00 in Asia/Shanghai, a Friday */

struct bench {
    struct mx_ctx ctx;
    struct mx_op_api op;
    struct mx_shop shop;
    struct base_arena *arena;
    struct mx_error err;
    struct folder folder;
    struct mx_cart cart;
    struct mx_cart_line lines[2000];
    struct mx_str tags[8];
    struct mx_offers offers;
};

static struct bench bench;

static inline void *bench_alloc(struct mx_ctx *ctx, size_t bytes) {
    (void)ctx;
    return base_arena_alloc(bench.arena, bytes);
}

static inline mx_status bench_fail(struct mx_ctx *ctx, mx_status status, const char *code, const char *field, const char *file,
                                   int32_t line, const char *format, ...) {
    va_list args;
    (void)ctx;
    va_start(args, format);
    base_error_setv(&bench.err, status, code, field, file, line, format, args);
    va_end(args);
    return status;
}

static inline const struct mx_shop *bench_shop(struct mx_ctx *ctx) {
    (void)ctx;
    return &bench.shop;
}

static inline void bench_log(struct mx_ctx *ctx, int32_t level, const char *format, ...) {
    (void)ctx;
    (void)level;
    (void)format;
}

/* An empty folder and a guest's empty cart. */
static inline void bench_begin(void) {
    memset(&bench, 0, sizeof(bench));
    bench.arena = base_arena_new(4096);
    bench.op.size = sizeof(bench.op);
    bench.op.alloc = bench_alloc;
    bench.op.fail = bench_fail;
    bench.op.shop = bench_shop;
    bench.op.log = bench_log;
    bench.ctx.size = sizeof(bench.ctx);
    bench.ctx.op = &bench.op;
    bench.shop.zone = mx_str_of("Asia/Shanghai");
    bench.cart.at = NOON_CHINA;
    bench.cart.currency = mx_str_of("CNY");
    bench.cart.channel = mx_str_of("till");
    bench.cart.location = mx_str_of("store-1");
    bench.cart.lines.items = bench.lines;
    bench.cart.lines.elem_size = sizeof(bench.lines[0]);
    bench.cart.coupons.elem_size = sizeof(struct mx_str);
    folder_new(&bench.folder);
    base_log_level(0);
}

static inline void bench_end(void) {
    script_close();
    folder_free(&bench.folder);
    base_arena_free(bench.arena);
}

static inline struct mx_cart_line *add_line(const char *sku, const char *category, int64_t pieces, int64_t unit_price) {
    struct mx_cart_line *line = &bench.lines[bench.cart.lines.count++];
    line->line = bench.cart.lines.count;
    line->sku = mx_str_of(sku);
    line->category = mx_str_of(category);
    line->qty = pieces * MX_QTY_ONE;
    line->unit_price = unit_price;
    line->amount = pieces * unit_price;
    line->unit = MX_UNIT_PIECE;
    line->tags.elem_size = sizeof(struct mx_str);
    bench.cart.total += line->amount;
    return line;
}

static inline void write_bytes(const char *name, const char *bytes, size_t len) {
    FILE *file = fopen(folder_path(&bench.folder, name), "wb");
    if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0) {
        perror(name);
        exit(2);
    }
}

static inline void write_rules(const char *name, const char *text) { write_bytes(name, text, strlen(text)); }

/* Put the folder's files into force. */
static inline mx_status load(void) {
    memset(&bench.err, 0, sizeof(bench.err));
    return script_open(bench.folder.path, &bench.err);
}

/* One file, rules.lua, into force; says what is wrong with it. */
static inline int rules(const char *text) {
    write_rules("rules.lua", text);
    if (load() == MX_OK) return 1;
    printf("# %s\n", bench.err.message);
    return 0;
}

/* Ask all rules about the cart; how many offers. */
static inline uint32_t ask(void) {
    const struct mx_answer *answer = script_plugin()->answers[0];
    memset(&bench.offers, 0, sizeof(bench.offers));
    if (answer->fn(&bench.ctx, &bench.cart, &bench.offers) < 0) printf("# the answer failed\n");
    return bench.offers.offers.count;
}

static inline struct mx_offer *offer_at(uint32_t i) { return mx_list_at(&bench.offers.offers, i); }
static inline struct mx_offer_line *offer_line(uint32_t i, uint32_t k) { return mx_list_at(&offer_at(i)->lines, k); }

static inline const char *fault_at(uint32_t i) {
    struct mx_rule_fault *fault;
    if (i >= bench.offers.faults.count) return "";
    fault = mx_list_at(&bench.offers.faults, i);
    return base_arena_printf(bench.arena, "%.*s", (int)fault->message.len, fault->message.ptr).ptr;
}

/* Everything that the rules answered, as text. */
static inline struct mx_str answer_text(void) {
    struct base_buf out;
    uint32_t i, k;
    base_buf_init(&out, bench.arena);
    base_buf_str(&out, bench.offers.version);
    for (i = 0; i < bench.offers.offers.count; i++) {
        const struct mx_offer *o = offer_at(i);
        base_buf_printf(&out, "|%.*s lane %d priority %lld kind %d: %lld %lld %lld/%lld from %lld on", (int)o->rule.len, o->rule.ptr,
                        o->lane, (long long)o->priority, o->kind, (long long)o->ppm, (long long)o->amount, (long long)o->buy,
                        (long long)o->pay, (long long)o->min_total);
        for (k = 0; k < o->lines.count; k++) {
            base_buf_printf(&out, " %lld:%lld", (long long)offer_line(i, k)->line, (long long)offer_line(i, k)->qty);
        }
    }
    for (i = 0; i < bench.offers.faults.count; i++) base_buf_printf(&out, "|fault %s", fault_at(i));
    return base_buf_view(&out);
}

static inline double cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

#endif
