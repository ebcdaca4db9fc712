/* The frozen sample plugins run in the program of today: table, command, query, event and subscription, on a real store. */
#include "small_shop.h"
#include "support/check.h"

static void finished(struct op_call *call) { (void)call; }

static void run(struct small_shop *shop, struct base_arena *arena, const char *op, const char *key, const char *body,
                struct op_call *call) {
    memset(call, 0, sizeof(*call));
    call->arena = arena;
    call->entry = op_find(shop->op, mx_str_of(op));
    if (!call->entry) abort();
    identity_system(&call->principal);
    call->key = mx_str_of(key);
    call->body = mx_str_of(body);
    call->done = finished;
    op_run(shop->op, call);
}

TEST(v0_1_runs) {
    struct small_shop shop;
    struct op_call call;
    struct base_arena *arena = base_arena_new(4096);
    struct mx_error err = {0};
    uint64_t records = 0;
    small_shop_open(&shop);
    MUST(host_load(shop.host, ABI_DIR "/v0_1", "hello", &err));
    MUST(small_shop_start(&shop, &err));
    MUST(op_start(shop.op, &err));
    run(&shop, arena, "hello.greet", "k1", "{\"name\":\"Mei\"}", &call);
    CHECK_INT(call.status, MX_OK);
    CHECK_STR(call.answer, "{\"greeted\":1,\"heard\":0}");
    run(&shop, arena, "hello.greet", "k1", "{\"name\":\"Mei\"}", &call);
    CHECK_INT(call.replayed, 1);
    run(&shop, arena, "hello.greet", "k2", "{\"name\":\"Mei\"}", &call);
    run(&shop, arena, "hello.count", NULL, "{\"name\":\"Mei\"}", &call);
    CHECK_STR(call.answer, "{\"greeted\":2,\"heard\":2}");
    run(&shop, arena, "hello.greet", "k3", "{\"name\":\"nobody\"}", &call);
    CHECK_INT(call.status, MX_E_REFUSED);
    CHECK_INT(call.http_status, 409);
    CHECK_INT(op_verify(shop.op, NULL, NULL, &records), MX_OK);
    CHECK(records > 0);
    op_stop(shop.op);
    small_shop_close(&shop);
    base_arena_free(arena);
}

TEST(v0_2_runs) {
    struct small_shop shop;
    struct op_call call;
    struct base_arena *arena = base_arena_new(4096);
    struct mx_error err = {0};
    small_shop_open(&shop);
    MUST(host_load(shop.host, ABI_DIR "/v0_2", "hello", &err));
    MUST(small_shop_start(&shop, &err));
    MUST(op_start(shop.op, &err));
    run(&shop, arena, "hello.greet", "k1", "{\"name\":\"Mei\"}", &call);
    CHECK_INT(call.status, MX_OK);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"id\":\"out_", 10) != NULL);
    run(&shop, arena, "hello.greet", "k2", "{}", &call);
    CHECK_INT(call.status, MX_E_REFUSED);
    run(&shop, arena, "hello.look", NULL, "{}", &call);
    CHECK_INT(call.status, MX_OK);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"query\":true", 12) != NULL);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"shop\":{", 8) != NULL);
    run(&shop, arena, "hello.count", NULL, "{}", &call);
    CHECK_INT(call.status, MX_OK);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"counted\":1000", 14) != NULL);
    op_stop(shop.op);
    small_shop_close(&shop);
    base_arena_free(arena);
}

TEST(v0_3_runs) {
    struct small_shop shop;
    struct op_call call;
    struct base_arena *arena = base_arena_new(4096);
    struct mx_error err = {0};
    small_shop_open(&shop);
    MUST(host_load(shop.host, ABI_DIR "/v0_3", "hello", &err));
    MUST(small_shop_start(&shop, &err));
    MUST(op_start(shop.op, &err));
    run(&shop, arena, "hello.whisper", "k1", "{\"name\":\"Mei\"}", &call);
    CHECK_INT(call.status, MX_OK);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"said\":\"Mei\"", 12) != NULL);
    run(&shop, arena, "hello.look", NULL, "{}", &call);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"weekday\":4", 11) != NULL);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"kept\":1", 8) != NULL);
    run(&shop, arena, "hello.whisper", "k2", "{}", &call);
    CHECK_INT(call.status, MX_E_REFUSED);
    run(&shop, arena, "hello.look", NULL, "{}", &call);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"kept\":0", 8) != NULL);
    run(&shop, arena, "hello.count", NULL, "{}", &call);
    CHECK_INT(call.status, MX_OK);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"counted\":20", 12) != NULL);
    op_stop(shop.op);
    small_shop_close(&shop);
    base_arena_free(arena);
}

RUN_TESTS(CASE(v0_1_runs), CASE(v0_2_runs), CASE(v0_3_runs))
