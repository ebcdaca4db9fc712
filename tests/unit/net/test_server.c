#include <pthread.h>

#include "loop/loop.h"
#include "support/check.h"
#include "unit/net/wire.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: shop\r\n\r\n"

static struct wire wire;
static struct wire_answers answers;

/* Answers from other threads, the sooner the higher the last digit of the path, so that they are ready out of order. */
static struct loop_workers *workers;

static void answer_late(void *arg) {
    struct net_request *request = arg;
    const struct net_request_view *view = net_request_view(request);
    wire_nap(('9' - view->path.ptr[view->path.len - 1]) * 3);
    net_reply(request, 200, "text/plain", NULL, view->path);
}

static void on_workers(void *arg, struct net_request *request) {
    atomic_fetch_add(&((struct wire *)arg)->runs, 1);
    loop_workers_post(workers, answer_late, request);
}

static int starts(const char *name) { return strstr(answers.text, name) != NULL; }

static int wait_runs(int count) {
    int i;
    for (i = 0; i < 2000 && atomic_load(&wire.runs) < count; i++) wire_nap(1);
    return atomic_load(&wire.runs);
}

/* ---- answers ---- */

TEST(an_answer_has_its_fields) {
    int fd;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    fd = wire_connect(&wire);
    wire_ask(fd, GET("/tea"), 1, &answers);
    CHECK(starts("HTTP/1.1 200 OK\r\n"));
    CHECK(starts("\r\nContent-Type: text/plain\r\n"));
    CHECK(starts("\r\nContent-Length: 10\r\n"));
    CHECK(starts("\r\nCache-Control: no-store\r\n"));
    CHECK(starts("\r\nX-Content-Type-Options: nosniff\r\n"));
    CHECK(!starts("Connection:"));
    CHECK(starts("\r\n\r\nGET /tea 0"));
    wire_ask(fd, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 1, &answers);
    CHECK(starts("\r\nConnection: close\r\n"));
    CHECK(wire_ends(fd, 1000));
    close(fd);
    wire_stop(&wire);
}

TEST(head_is_answered_without_a_body) {
    int fd;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    fd = wire_connect(&wire);
    answers.to_head = 1;
    wire_ask(fd, "HEAD /tea HTTP/1.1\r\nHost: h\r\n\r\n", 1, &answers);
    answers.to_head = 0;
    CHECK(starts("\r\nContent-Length: 11\r\n"));
    CHECK(answers.len > 4 && strcmp(answers.text + answers.len - 4, "\r\n\r\n") == 0);
    wire_ask(fd, GET("/next"), 1, &answers);
    CHECK(starts("HTTP/1.1 200 OK\r\n"));
    close(fd);
    wire_stop(&wire);
}

TEST(a_refusal_is_a_problem_and_the_end) {
    int fd;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    fd = wire_connect(&wire);
    wire_ask(fd, "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n" GET("/smuggled"), 1, &answers);
    CHECK_INT(answers.last, 400);
    CHECK(starts("Content-Type: application/problem+json\r\n"));
    CHECK(starts("Connection: close\r\n"));
    CHECK(starts("{\"code\":\"bad_request\",\"detail\":\"A header field that may stand only once is given twice.\",\"status\":400,"));
    CHECK(wire_ends(fd, 1000));
    CHECK_INT(atomic_load(&wire.runs), 0);
    close(fd);
    wire_stop(&wire);
}

/* ---- keep-alive and pipelining ---- */

TEST(one_connection_serves_many_requests) {
    int fd, i;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    fd = wire_connect(&wire);
    for (i = 0; i < 300; i++) {
        wire_ask(fd, GET("/again"), 1, &answers);
        if (answers.last != 200) break;
    }
    CHECK_INT(i, 300);
    close(fd);
    wire_stop(&wire);
}

TEST(pipelined_requests_are_answered_in_order) {
    char text[4000] = "", want[16];
    const char *at;
    int fd, i;
    REQUIRE(loop_workers_new("late", 8, 100, &workers, NULL) == MX_OK);
    REQUIRE(wire_start(&wire, NULL, on_workers));
    fd = wire_connect(&wire);
    for (i = 0; i < 40; i++) sprintf(text + strlen(text), "GET /%02d HTTP/1.1\r\nHost: shop\r\n\r\n", i);
    wire_ask(fd, text, 40, &answers);
    CHECK_INT(answers.count, 40);
    at = answers.text;
    for (i = 0; i < 40 && at; i++) {
        sprintf(want, "/%02d", i);
        at = strstr(at, want);
    }
    CHECK(at != NULL);
    close(fd);
    wire_stop(&wire);
    loop_workers_free(workers);
}

static void *flood(void *arg) {
    char piece[64 * 40] = "";
    int i, fd = *(int *)arg;
    for (i = 0; i < 64; i++) strcat(piece, GET("/f"));
    for (i = 0; i < 400; i++)
        if (!wire_send(fd, piece, strlen(piece))) break;
    return NULL;
}

/* A client that sends 25,600 requests at once and reads later: memory stays bounded, nothing is lost. */
TEST(a_flood_of_pipelined_requests_is_answered_whole) {
    pthread_t sender;
    int fd;
    size_t answered = 0;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    fd = wire_connect(&wire);
    REQUIRE(pthread_create(&sender, NULL, flood, &fd) == 0);
    wire_nap(100);
    while (answered < 25600) {
        char *at;
        ssize_t n = recv(fd, answers.text, sizeof(answers.text) - 1, 0);
        if (n <= 0) break;
        for (at = answers.text; (at = memchr(at, '/', (size_t)(answers.text + n - at))) != NULL; at++)
            answered += at[1] == 'f' && at[2] == ' ';
        if (answers.text[n - 1] == '/' || answers.text[n - 2] == '/') answered++; /* cut between two reads */
    }
    pthread_join(sender, NULL);
    CHECK_INT(wait_runs(25600), 25600);
    CHECK(answered >= 25590);
    close(fd);
    wire_stop(&wire);
}

/* ---- bytes as they come ---- */

static const char *const whole[] = {
    "GET /a?b=c HTTP/1.1\r\nHost: shop\r\n\r\n",
    "POST /v1/x HTTP/1.1\r\nHost: shop\r\nContent-Length: 12\r\nContent-Type: application/json\r\n\r\n{\"a\":[1,2]}\n",
    "POST /two HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: shop\r\n\r\n",
};
static const int whole_count[] = {1, 1, 2};

TEST(a_request_may_come_byte_by_byte) {
    size_t i, at;
    int fd;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    for (i = 0; i < 3; i++) {
        fd = wire_connect(&wire);
        for (at = 0; whole[i][at]; at++) {
            wire_send(fd, &whole[i][at], 1);
            if (at % 8 == 0) wire_nap(1);
        }
        wire_receive(fd, whole_count[i], 3000, &answers);
        CHECK_INT(answers.count, whole_count[i]);
        CHECK_INT(answers.last, 200);
        close(fd);
    }
    wire_stop(&wire);
}

TEST(a_request_may_come_in_any_two_parts) {
    size_t i, cut;
    int fd, ok = 1;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    for (i = 0; i < 3; i++) {
        size_t len = strlen(whole[i]);
        fd = wire_connect(&wire);
        for (cut = 1; cut < len && ok; cut++) {
            wire_send(fd, whole[i], cut);
            wire_nap(1);
            wire_send(fd, whole[i] + cut, len - cut);
            wire_receive(fd, whole_count[i], 3000, &answers);
            ok = answers.count == whole_count[i] && answers.last == 200;
            if (!ok) printf("# message %d cut at %d\n", (int)i, (int)cut);
        }
        CHECK(ok);
        close(fd);
    }
    wire_stop(&wire);
}

TEST(large_bodies_come_in_whole) {
    struct net_opts opts = {0};
    char *text = malloc(9u << 20);
    size_t len;
    int fd;
    REQUIRE(text != NULL);
    opts.body_bytes = 8u << 20;
    REQUIRE(wire_start(&wire, &opts, wire_echo));
    fd = wire_connect(&wire);
    len = (size_t)sprintf(text, "POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: %u\r\n\r\n", 8u << 20);
    memset(text + len, 'b', 8u << 20);
    len += 8u << 20;
    len += (size_t)sprintf(text + len, GET("/behind"));
    CHECK(wire_send(fd, text, len));
    wire_receive(fd, 2, 5000, &answers);
    CHECK_INT(answers.count, 2);
    CHECK(starts("POST /large 8388608"));
    CHECK(starts("GET /behind 0"));
    close(fd);
    wire_stop(&wire);
    free(text);
}

/* ---- Expect ---- */

#define EXPECTING "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"

TEST(who_expects_to_continue_is_told_so) {
    int fd;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    fd = wire_connect(&wire);
    wire_ask(fd, GET("/before"), 1, &answers);
    wire_send(fd, EXPECTING, strlen(EXPECTING));
    wire_receive(fd, 1, 100, &answers);
    CHECK_INT(answers.interim, 1);
    CHECK_INT(answers.count, 0);
    CHECK_INT(atomic_load(&wire.runs), 1);
    wire_send(fd, "ab", 2);
    wire_ask(fd, "cd", 1, &answers);
    CHECK(starts("POST /e 4"));
    CHECK_INT(answers.interim, 0);
    wire_ask(fd, EXPECTING "abcd", 1, &answers);
    CHECK_INT(answers.interim, 0); /* the body was there already */
    wire_ask(fd, "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n", 1, &answers);
    CHECK_INT(answers.last, 413); /* and the body is never sent */
    CHECK_INT(answers.interim, 0);
    close(fd);
    wire_stop(&wire);
}

RUN_TESTS(CASE(an_answer_has_its_fields), CASE(head_is_answered_without_a_body), CASE(a_refusal_is_a_problem_and_the_end),
          CASE(one_connection_serves_many_requests), CASE(pipelined_requests_are_answered_in_order),
          CASE(a_flood_of_pipelined_requests_is_answered_whole), CASE(a_request_may_come_byte_by_byte),
          CASE(a_request_may_come_in_any_two_parts), CASE(large_bodies_come_in_whole), CASE(who_expects_to_continue_is_told_so))
