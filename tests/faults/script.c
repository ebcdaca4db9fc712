#include "faults/script.h"

#include <stdio.h>
#include <string.h>

#include "app/internal.h"
#include "base/log.h"
#include "faults/wrap.h"
#include "json/json.h"

#define STOCK 1000000000

static struct mx_str order_body(struct base_arena *arena, int order) {
    return base_arena_printf(arena,
                             "{\"channel\":\"till\",\"lines\":[{\"qty\":%d,\"sku\":\"TEA\"}],\"location\":\"store-1\",\"tenders\":"
                             "[{\"amount\":100000,\"kind\":\"cash\"}]}",
                             1000 * (order % 3 + 1));
}

static mx_status place(struct app_shop *shop, struct base_arena *arena, int order, struct op_call *call, struct mx_error *err) {
    char key[32];
    snprintf(key, sizeof(key), "fault-%d", order);
    return app_run(shop, arena, "orders.place", key, order_body(arena, order), call, err);
}

static int fail(const char *what, const struct mx_error *err) {
    printf("# %s: %s\n", what, err->message);
    return SCRIPT_FAILED;
}

static mx_status open_shop(const char *data, struct app_shop *shop, struct mx_error *err) {
    struct app_shop_opts opts = {0};
    mx_status st;
    opts.data = data;
    base_log_level(BASE_LOG_ERROR + 1);
    st = app_shop_open(&opts, shop, err);
    if (st != MX_OK) return st;
    st = app_shop_start(shop, err);
    if (st != MX_OK) app_shop_close(shop);
    return st;
}

int script_make(const char *data) {
    static const struct {
        const char *op, *body;
    } steps[] = {
        {"inventory.location.put", "{\"id\":\"store-1\",\"name\":{\"en\":\"Store 1\"},\"zone\":\"Asia/Shanghai\"}"},
        {"catalog.product.put", "{\"name\":{\"en\":\"tea\"},\"price\":1990,\"sku\":\"TEA\",\"tax_ppm\":130000,\"unit\":\"piece\"}"},
        {"inventory.receive", "{\"lines\":[{\"qty\":1000000000,\"sku\":\"TEA\"}],\"location\":\"store-1\"}"},
    };
    struct base_arena *arena = base_arena_new(65536);
    struct app_settings settings;
    struct mx_error err = {0};
    struct app_shop shop;
    struct op_call call;
    struct mx_str key;
    mx_status st;
    app_settings_default(&settings);
    st = app_make_shop(arena, data, &settings, &key, &err);
    if (st == MX_OK) st = open_shop(data, &shop, &err);
    if (st != MX_OK) return fail("the shop cannot be made", &err);
    for (size_t i = 0; st == MX_OK && i < sizeof(steps) / sizeof(steps[0]); i++)
        st = app_run(&shop, arena, steps[i].op, steps[i].op, mx_str_of(steps[i].body), &call, &err);
    app_shop_close(&shop);
    base_arena_free(arena);
    return st == MX_OK ? 0 : fail("the shop cannot be filled", &err);
}

static void hash_answer(const struct op_call *call, uint8_t hash[32]) {
    crypto_hash(NULL, call->answer.ptr, call->answer.len, NULL, 0, NULL, 0, hash, 32);
}

int script_run(const char *data, int orders, struct script_books *books) {
    struct base_arena *arena = base_arena_new(65536);
    struct mx_error err = {0};
    struct app_shop shop;
    mx_status st = open_shop(data, &shop, &err);
    for (int i = 0; st == MX_OK && i < orders; i++) {
        struct op_call call;
        base_arena_reset(arena);
        if (place(&shop, arena, i, &call, &err) != MX_OK) continue;
        hash_answer(&call, books->answers[i]);
        atomic_store(&books->acknowledged[i], 1);
    }
    if (st == MX_OK) app_shop_close(&shop);
    base_arena_free(arena);
    books->memory_calls = wrap_memory_calls();
    books->file_calls = wrap_file_calls();
    books->live = wrap_live();
    return st == MX_OK ? APP_OK : st == MX_E_IO ? APP_STORAGE : APP_FAILED;
}

/* ---- afterwards ---- */

static void note(void *arg, const char *what) {
    int *findings = arg;
    printf("# %s\n", what);
    (*findings)++;
}

/* Every order with its key again: an acknowledged one must give the stored answer. */
static int place_again(struct app_shop *shop, struct base_arena *arena, int order, struct script_books *books) {
    struct mx_error err = {0};
    struct op_call call;
    uint8_t hash[32];
    if (place(shop, arena, order, &call, &err) != MX_OK) return fail("an order cannot be placed afterwards", &err);
    if (!atomic_load(&books->acknowledged[order])) return 0;
    hash_answer(&call, hash);
    if (call.replayed && memcmp(hash, books->answers[order], sizeof(hash)) == 0) return 0;
    printf("# order %d was acknowledged and is not there\n", order);
    return SCRIPT_FAILED;
}

static int check_stock(struct app_shop *shop, struct base_arena *arena, int orders) {
    struct mx_error err = {0};
    struct op_call call;
    struct json_value *root;
    const struct json_value *on_hand = NULL;
    int64_t want = STOCK;
    for (int i = 0; i < orders; i++) want -= 1000 * (i % 3 + 1);
    if (app_run(shop, arena, "inventory.stock", "", mx_str_of("{\"location\":\"store-1\",\"sku\":\"TEA\"}"), &call, &err) != MX_OK)
        return fail("the stock cannot be read", &err);
    if (json_parse(arena, call.answer, &root, NULL) == MX_OK) on_hand = json_member(root, "on_hand");
    if (on_hand && on_hand->number == want) return 0;
    printf("# the stock is %lld, not %lld\n", on_hand ? (long long)on_hand->number : -1, (long long)want);
    return SCRIPT_FAILED;
}

int script_check(const char *data, int orders, struct script_books *books) {
    struct base_arena *arena = base_arena_new(65536);
    struct mx_error err = {0};
    struct app_shop shop;
    uint64_t records = 0;
    int findings = 0, code = 0;
    if (open_shop(data, &shop, &err) != MX_OK) return fail("the shop does not open again", &err);
    if (op_verify(shop.op, note, &findings, &records) != MX_OK || findings) code = SCRIPT_FAILED;
    for (int i = 0; code == 0 && i < orders; i++) {
        base_arena_reset(arena);
        code = place_again(&shop, arena, i, books);
    }
    if (code == 0) code = check_stock(&shop, arena, orders);
    app_shop_close(&shop);
    base_arena_free(arena);
    return code;
}
