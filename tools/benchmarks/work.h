/* The work of the bench: the same number makes the same request, for whoever sends it. */
#ifndef BENCHMARKS_WORK_H
#define BENCHMARKS_WORK_H

#include <stdint.h>
#include <stdio.h>

#define SKUS       20000
#define MEMBERS    100000
#define CART_LINES 5

/* A number that looks random but belongs to `n` (splitmix64). */
static inline uint64_t scatter(uint64_t n) {
    n += UINT64_C(0x9e3779b97f4a7c15);
    n = (n ^ (n >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    n = (n ^ (n >> 27)) * UINT64_C(0x94d049bb133111eb);
    return n ^ (n >> 31);
}

static inline int price_of(int64_t sku) { return 500 + (int)(scatter((uint64_t)sku) % 9500); }

/* Every fourth article is a shirt. */
static inline const char *category_of(int64_t sku) { return sku % 4 == 0 ? "shirt" : "other"; }

static inline int product_body(char *out, size_t cap, int64_t n) {
    return snprintf(
        out, cap,
        "{\"sku\":\"SKU%05d\",\"name\":{\"en\":\"Article %d\"},\"price\":%d,\"unit\":\"piece\",\"category\":\"%s\",\"tax_ppm\":130000}",
        (int)n, (int)n, price_of(n), category_of(n));
}

/* 100 articles in one delivery. */
static inline int stock_body(char *out, size_t cap, int64_t n) {
    int len = snprintf(out, cap, "{\"location\":\"store-1\",\"lines\":[");
    for (int i = 0; i < 100; i++)
        len += snprintf(out + len, cap - (size_t)len, "%s{\"sku\":\"SKU%05d\",\"qty\":100000000}", i ? "," : "", (int)(n * 100 + i));
    return len + snprintf(out + len, cap - (size_t)len, "]}");
}

static inline int member_body(char *out, size_t cap, int64_t n) {
    return snprintf(out, cap, "{\"id\":\"mem_00000000000000000000%06d\",\"phone\":\"+86139%08d\",\"name\":\"Member %d\"}", (int)n, (int)n,
                    (int)n);
}

/* Something that a member did, of one of three kinds. */
static inline int class_body(char *out, size_t cap, int64_t n) {
    return snprintf(out, cap, "{\"member\":\"mem_00000000000000000000%06d\",\"name\":\"class:%d\",\"delta\":1,\"source\":\"booking-%d\"}",
                    (int)n, (int)(n % 3), (int)n);
}

static inline int consent_body(char *out, size_t cap, int64_t n) {
    return snprintf(out, cap,
                    "{\"member\":\"mem_00000000000000000000%06d\",\"purpose\":\"personalisation\",\"language\":\"en\",\"version\":1,"
                    "\"source\":\"till\"}",
                    (int)n);
}

static inline int gold_body(char *out, size_t cap, int64_t n) {
    return snprintf(out, cap, "{\"member\":\"mem_00000000000000000000%06d\",\"tier\":\"gold\",\"reason\":\"bench\"}", (int)(n * 2));
}

static inline int order_body(char *out, size_t cap, int64_t n) {
    uint64_t r = scatter((uint64_t)n * 7919);
    int len = snprintf(
        out, cap,
        "{\"channel\":\"till\",\"location\":\"store-1\",\"till\":\"till-%d\",\"member\":\"mem_00000000000000000000%06d\",\"lines\":[",
        (int)(r % 8), (int)(scatter(r) % MEMBERS));
    for (int i = 0; i < CART_LINES; i++) {
        int sku = (int)(scatter(r + (uint64_t)i) % SKUS);
        len += snprintf(out + len, cap - (size_t)len, "%s{\"sku\":\"SKU%05d\",\"qty\":%d}", i ? "," : "", sku, 1000 * (1 + (sku + i) % 3));
    }
    return len + snprintf(out + len, cap - (size_t)len, "],\"tenders\":[{\"kind\":\"cash\",\"amount\":10000000}]}");
}

#endif
