/* Messages of others: POST /v1/hooks/<operation>/<name>. The example of the Standard Webhooks specification is one that we take. */
#include "merx/hook.h"
#include "unit/net/wire.h"
#include "unit/op/fixture.h"

#define SIGNED_AT_MS INT64_C(1614265330000)
#define BODY         "{\"test\": 2432232314}"
#define ID           "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\r\n"
#define AT           "webhook-timestamp: 1614265330\r\n"
#define RIGHT        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static const uint8_t secret[] = {0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
                                 0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0};

struct heard {
    struct mx_str text;
};
static const struct mx_field heard_fields[] = {MX_F_STR(heard, text, MX_MULTILINE, 0, 20000, "what came")};
MX_TYPE(heard, "hook.heard", "what came");

static atomic_int handled;

static mx_status hear_prepare(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    if (mx_hook_signed(ctx, in, mx_str_n((const char *)secret, sizeof(secret))) == MX_OK) return MX_OK;
    return mx_fail(ctx, MX_E_NO_KEY, NULL, "The message is not signed.");
}

static mx_status hear(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_hook *hook = in;
    struct heard *heard = out;
    char *text = mx_alloc(ctx, 20000);
    int len = sprintf(text, "%.*s|%.*s", (int)hook->name.len, hook->name.ptr, (int)hook->body.len, hook->body.ptr);
    uint32_t i;
    for (i = 0; i < hook->headers.count; i++) {
        const struct mx_pair *pair = mx_list_at(&hook->headers, i);
        len += sprintf(text + len, "|%.*s=%.*s", (int)pair->key.len, pair->key.ptr, (int)pair->value.len, pair->value.ptr);
    }
    heard->text = mx_str_n(text, (size_t)len);
    atomic_fetch_add(&handled, 1);
    return MX_OK;
}

TOY_OP(hook_op_open, MX_OP_HOOK | MX_OP_PUBLIC, "hook.open", NULL, &mx_hook_type, &heard_type, hear, NULL);
TOY_OP(hook_op_signed, MX_OP_HOOK | MX_OP_PUBLIC, "hook.signed", NULL, &mx_hook_type, &heard_type, hear, hear_prepare);
static const struct mx_op *const hook_ops[] = {&hook_op_open, &hook_op_signed, NULL};
static const struct mx_plugin hook_plugin = {
    .size = (uint32_t)sizeof(struct mx_plugin), .abi_minor = MX_ABI_MINOR, .name = "hook", .version = "1", .summary = "t", .ops = hook_ops};

static struct fixture shop;
static struct net_api api;
static struct wire wire;
static struct wire_answers answers;
static int line;

static int begin(void) {
    memset(&shop, 0, sizeof(shop));
    atomic_store(&fixture_now, SIGNED_AT_MS);
    if (!fixture_open_idle(&shop) || !fixture_make_owner(&shop) || op_plugin_add(shop.op, &hook_plugin, NULL) != MX_OK) return 0;
    if (op_freeze(shop.op, NULL) != MX_OK || op_start(shop.op, NULL) != MX_OK) return 0;
    api = (struct net_api){.op = shop.op, .identity = shop.identity, .store = shop.store, .bus = shop.bus};
    memset(&wire, 0, sizeof(wire));
    wire.opts.listen = "127.0.0.1:0";
    wire.opts.handler = net_api_handle;
    wire.opts.arg = &api;
    if (net_server_new(&wire.opts, &wire.server, NULL) != MX_OK) return 0;
    line = wire_connect(&wire);
    atomic_store(&handled, 0);
    return line >= 0;
}

static void end(void) {
    close(line);
    wire_stop(&wire);
    fixture_close(&shop);
}

static int ask(const char *method, const char *target, const char *headers, const char *body) {
    static char text[12000];
    snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: shop\r\n%sContent-Length: %zu\r\n\r\n%s", method, target, headers, strlen(body),
             body);
    wire_ask(line, text, 1, &answers);
    return answers.count == 1 ? answers.last : -1;
}

static int has(const char *text) {
    if (memmem(answers.text, answers.len, text, strlen(text))) return 1;
    printf("# no %s in: %.2000s\n", text, answers.text);
    return 0;
}

TEST(a_message_comes_in_as_it_was_sent) {
    REQUIRE(begin());
    CHECK_INT(
        ask("POST", "/v1/hooks/hook.open/some-One.1", "X-B: two \r\nx-a:\t one\r\nContent-Type: text/plain\r\n", "a=1&\t{\"b\" :2}\n"),
        200);
    CHECK(has("some-One.1|a=1&\\t{\\\"b\\\" :2}\\n|content-type=text/plain|x-a=one|x-b=two\""));
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x", "X-A: 1\r\nx-b: \r\nX-a: 2\r\nAuthorization: Basic eDp5\r\n", ""), 200);
    CHECK(has("x||authorization=Basic eDp5|x-a=1, 2|x-b=\""));
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x", "", ""), 200);
    CHECK(has("\"x|\""));
    CHECK_INT(atomic_load(&handled), 3);
    end();
}

TEST(what_is_no_message_is_refused) {
    static const char *const nothing[] = {"/v1/hooks/hook.open",
                                          "/v1/hooks/hook.open/",
                                          "/v1/hooks/hook.open/a/b",
                                          "/v1/hooks/hook.open/%41",
                                          "/v1/hooks/toy.add/x",
                                          "/v1/hooks/no.such/x",
                                          "/v1/hooks/",
                                          "/v1/hooks/hook.open/a@b",
                                          "/v1/hook.open"};
    char long_name[120], long_field[9000];
    char many[3000] = "";
    size_t i;
    REQUIRE(begin());
    for (i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) CHECK_INT(ask("POST", nothing[i], "", "{}"), 404);
    snprintf(long_name, sizeof(long_name), "/v1/hooks/hook.open/%065d", 1);
    CHECK_INT(ask("POST", long_name, "", "{}"), 404);
    CHECK_INT(ask("GET", "/v1/hooks/hook.open/x", "", ""), 405);
    CHECK(has("\r\nAllow: POST\r\n"));
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x?a=1", "", "{}"), 400);
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x", "", "\xff\xfe"), 400);
    CHECK(has("\"field\":\"body\""));
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x", "X-A: \xc4\r\n", "{}"), 400);
    CHECK(has("\"field\":\"headers\""));
    for (i = 0; i < 33; i++) snprintf(many + strlen(many), sizeof(many) - strlen(many), "x-%zu: 1\r\n", i);
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x", many, "{}"), 431);
    snprintf(long_field, sizeof(long_field), "x: %08190d\r\n", 1);
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x", long_field, "{}"), 200);
    snprintf(long_field, sizeof(long_field), "xyz: %08190d\r\n", 1);
    CHECK_INT(ask("POST", "/v1/hooks/hook.open/x", long_field, "{}"), 431);
    CHECK_INT(atomic_load(&handled), 1);
    end();
}

static int send_signed(const char *id, const char *at, const char *signature, const char *body) {
    char headers[600];
    snprintf(headers, sizeof(headers), "%s%s%s%s\r\n", id, at, signature ? "webhook-signature: " : "x: ", signature ? signature : "");
    return ask("POST", "/v1/hooks/hook.signed/x", headers, body);
}

TEST(standard_webhooks_are_looked_at) {
    REQUIRE(begin());
    CHECK_INT(send_signed(ID, AT, RIGHT, BODY), 200);
    CHECK_INT(send_signed(ID, AT, "v1,short v1a," RIGHT " " RIGHT, BODY), 200); /* others before it */
    CHECK_INT(atomic_load(&handled), 2);
    CHECK_INT(send_signed(ID, AT, RIGHT, BODY " "), 401);
    CHECK(has("\r\nWWW-Authenticate: Signature"));
    CHECK(has("\"code\":\"no_key\""));
    CHECK_INT(send_signed(ID, AT, "v1,G0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY), 401);
    CHECK_INT(send_signed(ID, AT, "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", BODY), 401);
    CHECK_INT(send_signed(ID, AT, NULL, BODY), 401);
    CHECK_INT(send_signed("", AT, RIGHT, BODY), 401);
    CHECK_INT(send_signed(ID, "", RIGHT, BODY), 401);
    CHECK_INT(send_signed(ID, "webhook-timestamp: +1614265330\r\n", RIGHT, BODY), 401);
    CHECK_INT(send_signed(ID AT, ID, RIGHT, BODY), 401); /* two ids are none */
    atomic_store(&fixture_now, SIGNED_AT_MS + 300000);
    CHECK_INT(send_signed(ID, AT, RIGHT, BODY), 200);
    atomic_store(&fixture_now, SIGNED_AT_MS + 302000);
    CHECK_INT(send_signed(ID, AT, RIGHT, BODY), 401); /* five minutes are over */
    CHECK_INT(atomic_load(&handled), 3);
    end();
}

/* Strangers are stopped before anything is looked at, and logins are not counted with them. */
TEST(an_address_may_send_so_many) {
    int i, last = 200;
    REQUIRE(begin());
    for (i = 0; i < 6000 && last == 200; i++) last = ask("POST", "/v1/hooks/hook.open/x", "", "{}");
    CHECK_INT(last, 429);
    CHECK(i > 600); /* some are free again meanwhile */
    CHECK(has("\r\nRetry-After: "));
    CHECK_INT(ask("POST", "/v1/toy.public", "", "{\"name\":\"a\"}"), 200);
    CHECK_INT(atomic_load(&handled), i - 1);
    end();
}

/* There is no other way in: not by name, and not without a message. */
TEST(a_hook_is_nothing_else) {
    struct op_call call;
    REQUIRE(begin());
    call = fixture_call(&shop, "hook.open", "{\"name\":\"x\"}");
    CHECK_INT(call.status, MX_E_UNKNOWN_OPERATION);
    CHECK_INT(atomic_load(&handled), 0);
    end();
}

RUN_TESTS(CASE(a_message_comes_in_as_it_was_sent), CASE(what_is_no_message_is_refused), CASE(standard_webhooks_are_looked_at),
          CASE(an_address_may_send_so_many), CASE(a_hook_is_nothing_else))
