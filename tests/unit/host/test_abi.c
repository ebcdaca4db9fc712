/* The frozen sample plugins run in the program of today: table, command, query, event and subscription, on a real store. */
#include "base/clock.h"
#include "merx/hook.h"
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

/* "name":"..." of the last answer. */
static const char *said(const struct op_call *call, const char *name, char out[64]) {
    char begin[40];
    const char *at;
    size_t i, len = (size_t)snprintf(begin, sizeof(begin), "\"%s\":\"", name);
    at = memmem(call->answer.ptr, call->answer.len, begin, len);
    if (!at) abort();
    for (i = 0, at += len; i < 63 && *at != '"'; i++) out[i] = *at++;
    out[i] = 0;
    return out;
}

static int has(const struct op_call *call, const char *text) {
    return memmem(call->answer.ptr, call->answer.len, text, strlen(text)) != NULL;
}

/* It rings, signed with this secret: -> status */
static mx_status ring(struct small_shop *shop, struct base_arena *arena, const uint8_t secret[24]) {
    char at[24], text[80];
    uint8_t mac[32];
    struct mx_pair *pair;
    struct op_call call = {.arena = arena, .entry = op_find(shop->op, mx_str_of("hello.ring")), .done = finished};
    struct mx_hook *hook = base_arena_alloc(arena, sizeof(*hook));
    const int len = snprintf(text, sizeof(text), "msg_1.%lld.{}", (long long)(base_now_ms() / 1000));
    const struct crypto_piece piece = {text, (size_t)len};
    snprintf(at, sizeof(at), "%.*s", len - 9, text + 6);
    crypto_hmac_sha256(secret, 24, &piece, 1, mac);
    hook->name = mx_str_of("x");
    hook->body = mx_str_of("{}");
    pair = base_arena_alloc(arena, 3 * sizeof(*pair));
    hook->headers = (struct mx_list){.items = pair, .count = 3, .elem_size = sizeof(*pair)};
    pair[0] = (struct mx_pair){mx_str_of("webhook-id"), mx_str_of("msg_1")};
    pair[1] = (struct mx_pair){mx_str_of("webhook-signature"),
                               base_arena_printf(arena, "v1,%s", crypto_base64_padded(arena, mac, sizeof(mac)).ptr)};
    pair[2] = (struct mx_pair){mx_str_of("webhook-timestamp"), mx_str_of(at)};
    call.hook = hook;
    op_run(shop->op, &call);
    return call.status;
}

TEST(v0_4_runs) {
    static const uint8_t right[24] = {0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
                                      0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0};
    static const uint8_t other[24] = {1};
    struct small_shop shop;
    struct op_call call;
    struct base_arena *arena = base_arena_new(4096);
    struct mx_error err = {0};
    char mei[64], lin[64], body[200];
    small_shop_open(&shop);
    MUST(host_load(shop.host, ABI_DIR "/v0_4", "hello", &err));
    MUST(small_shop_start(&shop, &err));
    MUST(op_start(shop.op, &err));
    run(&shop, arena, "hello.meet", "k1", "{\"phone\":\"+8613800000001\",\"said\":\"my card is 4111 1111 1111 1111\"}", &call);
    CHECK_INT(call.http_status, 400);
    CHECK(has(&call, "looks_like_card_number"));
    run(&shop, arena, "hello.meet", "k2", "{\"phone\":\"+8613800000001\",\"said\":\"hello\"}", &call);
    CHECK_INT(call.status, MX_OK);
    said(&call, "person", mei);
    run(&shop, arena, "hello.meet", "k3", "{\"phone\":\"+8613800000001\",\"said\":\"again\"}", &call);
    CHECK(has(&call, mei));
    run(&shop, arena, "hello.meet", "k4", "{\"phone\":\"+8613800000002\",\"said\":\"hello\"}", &call);
    said(&call, "person", lin);
    CHECK(strcmp(mei, lin) != 0);
    snprintf(body, sizeof(body), "{\"person\":\"%s\",\"other\":\"%s\"}", lin, mei);
    run(&shop, arena, "hello.marry", "k5", body, &call);
    CHECK(has(&call, "\"merge\":\"mrg_") && has(&call, "\"persons\":2"));
    run(&shop, arena, "hello.marry", "k6", body, &call);
    CHECK(call.status == MX_E_REFUSED && has(&call, "merged_already"));
    snprintf(body, sizeof(body), "{\"person\":\"%s\",\"said\":\"123456\"}", mei);
    run(&shop, arena, "hello.guess", "k7", body, &call);
    CHECK(call.status == MX_E_REFUSED && has(&call, "proof_wrong"));
    snprintf(body, sizeof(body), "{\"person\":\"%s\"}", mei);
    run(&shop, arena, "hello.look", NULL, body, &call);
    CHECK(has(&call, "\"wrong\":1"));
    said(&call, "hash", lin);
    CHECK_INT(strlen(lin), 16);
    run(&shop, arena, "hello.forget", "k8", body, &call);
    CHECK_INT(call.status, MX_OK);
    run(&shop, arena, "hello.look", NULL, body, &call);
    CHECK(has(&call, "\"forgotten\":1"));
    CHECK(has(&call, "\"midnight\":1835366400000")); /* 2028-02-29 in Shanghai */
    CHECK_INT(ring(&shop, arena, right), MX_OK);
    CHECK_INT(ring(&shop, arena, other), MX_E_NO_KEY);
    op_stop(shop.op);
    small_shop_close(&shop);
    base_arena_free(arena);
}

RUN_TESTS(CASE(v0_1_runs), CASE(v0_2_runs), CASE(v0_3_runs), CASE(v0_4_runs))
