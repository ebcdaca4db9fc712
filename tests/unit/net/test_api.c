/* Operations over HTTP: a whole kernel with the test plugins of the room `op`, behind a real server. */
#include "unit/net/wire.h"
#include "unit/op/fixture.h"

#define JSON "Content-Type: application/json\r\n"

static struct fixture shop;
static struct net_api api;
static struct wire wire;
static struct wire_answers answers;
static char key_line[200];
static int line;

static int begin(void) {
    if (!fixture_open(&shop)) return 0;
    api.op = shop.op;
    api.identity = shop.identity;
    api.store = shop.store;
    snprintf(key_line, sizeof(key_line), "Authorization: Bearer %.*s\r\n", (int)shop.owner_key.len, shop.owner_key.ptr);
    memset(&wire, 0, sizeof(wire));
    wire.opts.listen = "127.0.0.1:0";
    wire.opts.handler = net_api_handle;
    wire.opts.arg = &api;
    if (net_server_new(&wire.opts, &wire.server, NULL) != MX_OK) return 0;
    line = wire_connect(&wire);
    return line >= 0;
}

static void end(void) {
    close(line);
    wire_stop(&wire);
    fixture_close(&shop);
}

/* One request on the kept connection; headers: further lines. The status of the answer. */
static int ask(const char *method, const char *target, const char *headers, const char *body) {
    static char text[70000];
    snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: shop\r\n%sContent-Length: %u\r\n\r\n%s", method, target, headers,
             (unsigned)strlen(body), body);
    answers.to_head = strcmp(method, "HEAD") == 0;
    wire_ask(line, text, 1, &answers);
    answers.to_head = 0;
    return answers.count == 1 ? answers.last : -1;
}

static int has(const char *text) {
    if (strstr(answers.text, text)) return 1;
    printf("# no %s in: %s\n", text, answers.text);
    return 0;
}

static const char *with(const char *headers) {
    static char text[600];
    snprintf(text, sizeof(text), "%s%s", key_line, headers);
    return text;
}

static int post(const char *op, const char *idempotency_key, const char *body) {
    char target[80], headers[160];
    snprintf(target, sizeof(target), "/v1/%s", op);
    snprintf(headers, sizeof(headers), JSON "Idempotency-Key: %s\r\n", idempotency_key);
    return ask("POST", target, with(headers), body);
}

static int get(const char *target) { return ask("GET", target, key_line, ""); }

TEST(a_command_is_run_and_replayed) {
    REQUIRE(begin());
    CHECK_INT(post("toy.add", "k-1", "{\"name\":\"tea\",\"by\":5}"), 200);
    CHECK(has("Content-Type: application/json\r\n"));
    CHECK(has("\r\n\r\n{\"value\":5}"));
    CHECK(strstr(answers.text, "Idempotency-Replayed") == NULL);
    CHECK_INT(post("toy.add", "k-1", "{ \"by\":5, \"name\":\"tea\" }"), 200);
    CHECK(has("\r\n\r\n{\"value\":5}"));
    CHECK(has("Idempotency-Replayed: true\r\n"));
    CHECK_INT(post("toy.add", "k-1", "{\"name\":\"tea\",\"by\":6}"), 422);
    CHECK(has("Content-Type: application/problem+json\r\n"));
    CHECK(has("\"code\":\"key_reused\""));
    CHECK_INT(ask("POST", "/v1/toy.add", with(JSON), "{\"name\":\"tea\",\"by\":6}"), 400);
    CHECK(has("\"code\":\"missing_key\""));
    CHECK_INT(fixture_counter(&shop, "tea"), 5);
    end();
}

TEST(errors_name_field_and_code_and_the_connection_stays) {
    REQUIRE(begin());
    CHECK_INT(post("toy.add", "k-1", "{\"name\":\"tea\",\"by\":5000}"), 400);
    CHECK(has("\"field\":\"by\""));
    CHECK(has("\"code\":\"out_of_range\""));
    CHECK_INT(post("toy.add", "k-2", "{\"name\":\"tea\",\"by\":1,\"how\":\"refuse\"}"), 409);
    CHECK(has("\"code\":\"no_more\""));
    CHECK(has("\"detail\":\"There is no more of that today.\""));
    CHECK_INT(post("toy.add", "k-3", "not json"), 400);
    CHECK_INT(post("toy.add", "k-4", "{\"name\":\"tea\",\"by\":1,\"how\":\"inside\"}"), 500);
    CHECK_INT(post("toy.add", "k-5", "{\"name\":\"tea\",\"by\":1}"), 200);
    end();
}

TEST(a_query_answers_post_and_get) {
    REQUIRE(begin());
    CHECK_INT(post("toy.add", "k-1", "{\"name\":\"green tea\",\"by\":7}"), 200);
    CHECK_INT(ask("POST", "/v1/toy.get", with(JSON), "{\"name\":\"green tea\"}"), 200);
    CHECK(has("{\"value\":7}"));
    CHECK_INT(get("/v1/toy.get?name=green+tea"), 200);
    CHECK(has("{\"value\":7}"));
    CHECK_INT(get("/v1/toy.get?name=%67reen%20tea&by=3"), 200);
    CHECK(has("{\"value\":7}"));
    CHECK_INT(get("/v1/toy.heavy?name=green+tea"), 200);
    CHECK(has("{\"value\":7}"));
    CHECK_INT(ask("HEAD", "/v1/toy.get?name=green+tea", key_line, ""), 200);
    CHECK(has("Content-Length: 11\r\n"));
    CHECK(strstr(answers.text, "value") == NULL);
    CHECK_INT(get("/v1/toy.get?name=green+tea"), 200);
    end();
}

TEST(wrong_parameters_are_named) {
    REQUIRE(begin());
    CHECK_INT(get("/v1/toy.get?name=a&colour=red"), 400);
    CHECK(has("\"code\":\"unknown_field\""));
    CHECK(has("\"field\":\"colour\""));
    CHECK_INT(get("/v1/toy.get?name=a&name=b"), 400);
    CHECK(has("\"code\":\"doubled_field\""));
    CHECK_INT(get("/v1/toy.get?name=a&by=x"), 400);
    CHECK(has("\"code\":\"wrong_type\""));
    CHECK_INT(get("/v1/toy.get"), 400);
    CHECK(has("\"code\":\"missing_field\""));
    CHECK(has("\"field\":\"name\""));
    CHECK_INT(ask("GET", "/v1/toy.get?name=a", key_line, "{}"), 400);
    CHECK_INT(ask("POST", "/v1/toy.get?name=a", with(JSON), "{\"name\":\"a\"}"), 400);
    CHECK_INT(ask("POST", "/v1/toy.get?name=a", key_line, ""), 400);
    end();
}

TEST(what_is_not_there_is_not_found) {
    REQUIRE(begin());
    CHECK_INT(post("toy.fly", "k-1", "{}"), 404);
    CHECK(has("\"code\":\"unknown_operation\""));
    CHECK_INT(post("toy.fire", "k-1", "{\"name\":\"tea\"}"), 404); /* INTERNAL */
    CHECK(has("\"code\":\"unknown_operation\""));
    CHECK_INT(get("/v1/helper.read?name=tea"), 404);
    CHECK_INT(get("/v1/toy%2Eget?name=tea"), 404);
    CHECK_INT(get("/v1/"), 404);
    CHECK_INT(get("/"), 404);
    CHECK(has("\"code\":\"not_found\""));
    CHECK_INT(get("/V1/toy.get?name=tea"), 404);
    CHECK_INT(get("//v1/toy.get?name=tea"), 404);
    CHECK_INT(ask("POST", "/v1/toy.fly", JSON, "{}"), 404); /* also without a key */
    end();
}

TEST(methods_fit_the_operation) {
    REQUIRE(begin());
    CHECK_INT(get("/v1/toy.add?name=tea&by=1"), 405);
    CHECK(has("\r\nAllow: POST\r\n"));
    CHECK(has("\"code\":\"wrong_method\""));
    CHECK_INT(ask("DELETE", "/v1/toy.get", key_line, ""), 405);
    CHECK(has("\r\nAllow: GET, HEAD, POST\r\n"));
    CHECK_INT(ask("PUT", "/v1/toy.add", with(JSON), "{}"), 405);
    CHECK_INT(get("/v1/toy.by_phone?phone=1234"), 405); /* personal data has no place in an address */
    CHECK(has("\r\nAllow: POST\r\n"));
    CHECK_INT(get("/v1/toy.burn?name=tea"), 405);
    CHECK_INT(fixture_counter(&shop, "tea"), 0);
    end();
}

TEST(a_key_is_needed) {
    static const char *const wrong[] = {
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: Bearer mxk_nonsense\r\n",
        "Authorization: Basic dXNlcjpwYXNz\r\n",
        "Authorization: Bearer mxk_00000000000000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
    };
    char headers[300];
    size_t i;
    REQUIRE(begin());
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(headers, sizeof(headers), JSON "Idempotency-Key: k\r\n%s", wrong[i]);
        CHECK_INT(ask("POST", "/v1/toy.add", headers, "{\"name\":\"tea\",\"by\":1}"), 401);
        CHECK(has("\r\nWWW-Authenticate: Bearer"));
        CHECK(has("\"code\":\"no_key\""));
    }
    snprintf(headers, sizeof(headers), JSON "Idempotency-Key: k\r\nAUTHORIZATION: bearer %.*s\r\n", (int)shop.owner_key.len,
             shop.owner_key.ptr);
    CHECK_INT(ask("POST", "/v1/toy.add", headers, "{\"name\":\"tea\",\"by\":1}"), 200);
    CHECK_INT(ask("GET", "/v1/toy.public?name=tea", "", ""), 200);
    CHECK(has("{\"value\":1}"));
    CHECK_INT(fixture_counter(&shop, "tea"), 1);
    end();
}

TEST(bodies_are_json) {
    const char *body = "{\"name\":\"tea\",\"by\":1}";
    REQUIRE(begin());
    CHECK_INT(ask("POST", "/v1/toy.add", with("Idempotency-Key: a\r\nContent-Type: text/plain\r\n"), body), 415);
    CHECK(has("\"code\":\"unsupported_media_type\""));
    CHECK_INT(ask("POST", "/v1/toy.add", with("Idempotency-Key: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"), body), 415);
    CHECK_INT(ask("POST", "/v1/toy.add", with("Idempotency-Key: a\r\nContent-Type: application/jsonp\r\n"), body), 415);
    CHECK_INT(ask("POST", "/v1/toy.add", with("Idempotency-Key: a\r\nContent-Type: Application/JSON; charset=utf-8\r\n"), body), 200);
    CHECK_INT(ask("POST", "/v1/toy.add", with("Idempotency-Key: b\r\n"), body), 200);
    CHECK_INT(ask("POST", "/v1/toy.contact", with("Content-Type: text/plain\r\n"), ""), 200); /* no body, no matter */
    CHECK_INT(fixture_counter(&shop, "tea"), 2);
    end();
}

TEST(health_needs_no_key) {
    REQUIRE(begin());
    CHECK_INT(ask("GET", "/healthz", "", ""), 200);
    CHECK(has("\r\n\r\n{\"status\":\"ok\"}"));
    CHECK_INT(ask("HEAD", "/healthz", "", ""), 200);
    CHECK_INT(ask("POST", "/healthz", "", ""), 405);
    CHECK(has("\r\nAllow: GET, HEAD\r\n"));
    end();
}

TEST(a_closing_shop_says_when_to_come_again) {
    REQUIRE(begin());
    op_stop(shop.op);
    CHECK_INT(post("toy.add", "k-1", "{\"name\":\"tea\",\"by\":1}"), 503);
    CHECK(has("\r\nRetry-After: 1\r\n"));
    CHECK(has("\"code\":\"shutting_down\""));
    CHECK_INT(get("/healthz"), 200);
    end();
}

/* Commands of one connection run one after the other, also when all were sent at once. */
TEST(pipelined_commands_are_answered_in_order) {
    char text[30000] = "", want[40];
    const char *at;
    int i;
    REQUIRE(begin());
    for (i = 1; i <= 40; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "POST /v1/toy.add HTTP/1.1\r\nHost: shop\r\n%s" JSON
                 "Idempotency-Key: p-%d\r\nContent-Length: 21\r\n\r\n{\"name\":\"tea\",\"by\":1}",
                 key_line, i);
    wire_ask(line, text, 40, &answers);
    CHECK_INT(answers.count, 40);
    at = answers.text;
    for (i = 1; i <= 40 && at; i++) {
        snprintf(want, sizeof(want), "\r\n\r\n{\"value\":%d}", i);
        at = strstr(at, want);
    }
    CHECK(at != NULL);
    end();
}

/* Clients that send a command and go away: every command runs or does not, and nothing breaks. */
TEST(clients_may_leave_while_their_commands_run) {
    char text[600];
    int i, fd;
    REQUIRE(begin());
    for (i = 0; i < 30; i++) {
        struct linger reset = {1, 0};
        fd = wire_connect(&wire);
        if (i % 2) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        snprintf(text, sizeof(text),
                 "POST /v1/toy.slow HTTP/1.1\r\nHost: shop\r\n%s" JSON
                 "Idempotency-Key: l-%d\r\nContent-Length: 21\r\n\r\n{\"name\":\"tea\",\"by\":1}",
                 key_line, i);
        wire_send(fd, text, strlen(text));
        if (i % 3) wire_nap(2);
        close(fd);
    }
    CHECK_INT(post("toy.add", "last", "{\"name\":\"milk\",\"by\":1}"), 200);
    CHECK(fixture_counter(&shop, "tea") <= 30);
    end();
}

RUN_TESTS(CASE(a_command_is_run_and_replayed), CASE(errors_name_field_and_code_and_the_connection_stays),
          CASE(a_query_answers_post_and_get), CASE(wrong_parameters_are_named), CASE(what_is_not_there_is_not_found),
          CASE(methods_fit_the_operation), CASE(a_key_is_needed), CASE(bodies_are_json), CASE(health_needs_no_key),
          CASE(a_closing_shop_says_when_to_come_again), CASE(pipelined_commands_are_answered_in_order),
          CASE(clients_may_leave_while_their_commands_run))
