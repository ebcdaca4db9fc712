/* The paths that are no operations, and what the answers of operations carry. */
#include "unit/net/wire.h"
#include "unit/op/fixture.h"

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
    api.bus = shop.bus;
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

static int ask(const char *method, const char *target, const char *headers) {
    static char text[2000];
    snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: shop\r\n%sContent-Length: 0\r\n\r\n", method, target, headers);
    answers.to_head = strcmp(method, "HEAD") == 0;
    wire_ask(line, text, 1, &answers);
    answers.to_head = 0;
    return answers.count == 1 ? answers.last : -1;
}

static const char *with(const char *headers) {
    static char text[600];
    snprintf(text, sizeof(text), "%s%s", key_line, headers);
    return text;
}

static int has(const char *text) {
    if (memmem(answers.text, answers.len, text, strlen(text))) return 1;
    printf("# no %s in: %.2000s\n", text, answers.text);
    return 0;
}

static int lacks(const char *text) { return memmem(answers.text, answers.len, text, strlen(text)) == NULL; }

TEST(every_route_is_read_with_get) {
    static const char *const paths[] = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/events", "/v1/backup"};
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
    size_t i, m;
    REQUIRE(begin());
    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        for (m = 0; m < sizeof(methods) / sizeof(methods[0]); m++) {
            CHECK_INT(ask(methods[m], paths[i], key_line), 405);
            CHECK(has("\r\nAllow: GET, HEAD\r\n"));
            CHECK(has("\"code\":\"wrong_method\""));
        }
    CHECK_INT(ask("GET", "/readyz/", ""), 404);
    end();
}

TEST(a_shop_is_ready_or_says_why_not) {
    REQUIRE(begin());
    CHECK_INT(ask("GET", "/readyz", ""), 200);
    CHECK(has("\r\n\r\n{\"status\":\"ready\"}"));
    op_stop(shop.op);
    CHECK_INT(ask("GET", "/readyz", ""), 503);
    CHECK(has("\r\nRetry-After: 1\r\n"));
    CHECK(has("\"code\":\"not_ready\""));
    CHECK(has("\"detail\":\"The shop is not open: it takes no commands.\""));
    CHECK_INT(ask("GET", "/healthz", ""), 200); /* alive all the same */
    end();
}

TEST(metrics_are_for_who_may_read_them) {
    REQUIRE(begin());
    CHECK_INT(ask("GET", "/metrics", ""), 401);
    CHECK_INT(ask("GET", "/metrics", key_line), 200);
    CHECK(has("\r\nContent-Type: text/plain; version=0.0.4"));
    CHECK(has("\n# TYPE merx_http_connections gauge\nmerx_http_connections 1\n"));
    CHECK(has("\nmerx_http_answers_total{class=\"4xx\"} 1\n"));
    CHECK(has("\nmerx_http_answers_total{class=\"2xx\"} 0\n"));
    CHECK_INT(ask("GET", "/metrics", key_line), 200);
    CHECK(has("\nmerx_http_answers_total{class=\"2xx\"} 1\n"));
    CHECK(has("\n# TYPE merx_ready gauge\nmerx_ready 1\n"));
    end();
}

TEST(the_api_describes_itself_to_who_has_a_key) {
    char tag[100], headers[200];
    const char *at;
    REQUIRE(begin());
    CHECK_INT(ask("GET", "/openapi.json", ""), 401);
    CHECK_INT(ask("GET", "/openapi.json", key_line), 200);
    CHECK(has("\r\nContent-Type: application/json\r\n"));
    CHECK(has("\"openapi\":\"3.1"));
    CHECK(has("\r\nCache-Control: private, no-cache\r\n") && lacks("no-store"));
    at = strstr(answers.text, "\r\nETag: W/\"");
    REQUIRE(at != NULL);
    snprintf(tag, sizeof(tag), "%.*s", (int)strcspn(at + 8, "\r"), at + 8);
    snprintf(headers, sizeof(headers), "If-None-Match: \"other\", %s\r\n", tag);
    answers.to_head = 1;
    CHECK_INT(ask("GET", "/openapi.json", with(headers)), 304);
    CHECK(has(tag) && lacks("Content-Length") && lacks("openapi\":"));
    snprintf(headers, sizeof(headers), "If-None-Match: \"other\"\r\n");
    CHECK_INT(ask("GET", "/openapi.json", with(headers)), 200);
    CHECK_INT(ask("GET", "/openapi.json", with("Accept-Encoding: gzip\r\n")), 200);
    CHECK(has("\r\nContent-Encoding: gzip\r\n") && has("\r\nVary: Accept-Encoding\r\n") && lacks("\"openapi\":\"3.1"));
    CHECK(has("\r\n\r\n\x1f\x8b"));
    CHECK_INT(ask("HEAD", "/openapi.json", key_line), 200);
    CHECK(lacks("\"openapi\":\"3.1"));
    end();
}

/* system.log.list answers a lot when there was a lot. */
static int long_answer(const char *headers) { return ask("GET", "/v1/system.log.list?limit=100", with(headers)); }

TEST(long_answers_to_queries_are_packed) {
    int i;
    REQUIRE(begin());
    CHECK_INT(long_answer("Accept-Encoding: gzip\r\n"), 200);
    CHECK(lacks("Content-Encoding") && lacks("Vary")); /* too short */
    for (i = 0; i < 20; i++) CHECK_INT(fixture_call(&shop, "toy.tell", "{\"name\":\"tea\"}").status, MX_OK);
    CHECK_INT(long_answer("Accept-Encoding: deflate, gzip;q=0.5\r\n"), 200);
    CHECK(has("\r\nContent-Encoding: gzip\r\n") && has("\r\nVary: Accept-Encoding\r\n"));
    CHECK(has("\r\n\r\n\x1f\x8b") && lacks("toy.happened"));
    CHECK_INT(long_answer(""), 200);
    CHECK(has("toy.happened") && has("\r\nVary: Accept-Encoding\r\n") && lacks("Content-Encoding"));
    CHECK_INT(long_answer("Accept-Encoding: gzip;q=0\r\n"), 200);
    CHECK(lacks("Content-Encoding"));
    CHECK_INT(long_answer("Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n"), 200);
    CHECK(lacks("Content-Encoding"));
    end();
}

TEST(a_header_that_may_stand_once_stands_once) {
    static const char *const doubled[] = {"Merx-Approval: a\r\nMerx-Approval: a\r\n", "Last-Event-ID: 1-1\r\nlast-event-id: 1-2\r\n",
                                          "If-None-Match: a\r\nIf-None-Match: b\r\n"};
    size_t i;
    REQUIRE(begin());
    for (i = 0; i < sizeof(doubled) / sizeof(doubled[0]); i++) {
        CHECK_INT(ask("GET", "/healthz", doubled[i]), 400);
        close(line);
        line = wire_connect(&wire);
    }
    CHECK_INT(ask("GET", "/healthz", "Merx-Approval: a\r\nLast-Event-ID: b\r\nIf-None-Match: c\r\nAccept-Encoding: d\r\n"), 200);
    end();
}

RUN_TESTS(CASE(every_route_is_read_with_get), CASE(a_shop_is_ready_or_says_why_not), CASE(metrics_are_for_who_may_read_them),
          CASE(the_api_describes_itself_to_who_has_a_key), CASE(long_answers_to_queries_are_packed),
          CASE(a_header_that_may_stand_once_stands_once))
