/* Deadlines and limits. */
#include "support/check.h"
#include "unit/net/wire.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: shop\r\n\r\n"

static struct wire wire;
static struct wire_answers answers;

/* Keeps the request until the test answers it. */
static struct net_request *_Atomic kept;

static void keep(void *arg, struct net_request *request) {
    atomic_fetch_add(&((struct wire *)arg)->runs, 1);
    atomic_store(&kept, request);
}

static struct net_request *wait_kept(void) {
    struct net_request *request;
    int i;
    for (i = 0; i < 2000 && atomic_load(&kept) == NULL; i++) wire_nap(1);
    request = atomic_load(&kept);
    atomic_store(&kept, NULL);
    return request;
}

#define LARGE (16u << 20)

static void large(void *arg, struct net_request *request) {
    char *body = base_arena_alloc(net_request_arena(request), LARGE);
    atomic_fetch_add(&((struct wire *)arg)->runs, 1);
    memset(body, 'x', LARGE);
    net_reply(request, 200, "text/plain", NULL, mx_str_n(body, LARGE));
}

static int starts(const char *name) { return strstr(answers.text, name) != NULL; }

static int wait_runs(int count) {
    int i;
    for (i = 0; i < 2000 && atomic_load(&wire.runs) < count; i++) wire_nap(1);
    return atomic_load(&wire.runs);
}

/* ---- limits of memory ---- */

static void keep_first(void *arg, struct net_request *request) {
    if (atomic_load(&((struct wire *)arg)->runs) == 0)
        keep(arg, request);
    else
        wire_echo(arg, request);
}

/* When no buffer may grow, what a client pipelines waits in its socket: no refusal overtakes the answer it waits for. */
TEST(no_refusal_overtakes_a_running_request) {
    static const char one[] = GET("/next");
    static char many[80000];
    struct net_opts opts = {0};
    struct net_request *first;
    size_t len = 0;
    int fd;
    opts.buffer_bytes = 1;
    REQUIRE(wire_start(&wire, &opts, keep_first));
    fd = wire_connect(&wire);
    for (; len + sizeof(one) < sizeof(many); len += sizeof(one) - 1) memcpy(many + len, one, sizeof(one) - 1);
    wire_send(fd, GET("/first"), strlen(GET("/first")));
    first = wait_kept();
    REQUIRE(first != NULL);
    wire_send(fd, many, 64000); /* just below what is kept of a pipeline */
    wire_nap(100);
    wire_send(fd, many + 64000, len - 64000);
    wire_receive(fd, 1, 300, &answers);
    CHECK_INT(answers.count, 0);
    net_reply(first, 200, "text/plain", NULL, mx_str_of("first"));
    wire_receive(fd, 2, 5000, &answers);
    CHECK(starts("HTTP/1.1 200") && starts("first"));
    CHECK_INT(answers.last, 200);
    close(fd);
    wire_stop(&wire);
}

/* ---- deadlines ---- */

TEST(a_dripping_request_ends_in_time) {
    struct net_opts opts = {0};
    int64_t from;
    int fd, i;
    opts.request_ms = 200;
    REQUIRE(wire_start(&wire, &opts, wire_echo));
    fd = wire_connect(&wire);
    from = wire_now_ms();
    wire_send(fd, "GET / HTTP/1.1\r\nX: ", 19);
    for (i = 0; i < 100 && wire_now_ms() - from < 2000; i++) {
        wire_nap(20);
        if (!wire_send(fd, "x", 1)) break;
        wire_receive(fd, 1, 1, &answers);
        if (answers.count || answers.ended) break;
    }
    CHECK_INT(answers.last, 408);
    CHECK(wire_now_ms() - from < 1500);
    CHECK_INT(atomic_load(&wire.runs), 0);
    close(fd);
    wire_stop(&wire);
}

TEST(a_dripping_body_ends_in_time) {
    struct net_opts opts = {0};
    int64_t from;
    int fd, i;
    opts.request_ms = 200;
    REQUIRE(wire_start(&wire, &opts, wire_echo));
    fd = wire_connect(&wire);
    from = wire_now_ms();
    wire_ask(fd, GET("/first") "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n", 1, &answers);
    CHECK_INT(answers.last, 200);
    for (i = 0; i < 100; i++) {
        wire_nap(20);
        if (!wire_send(fd, "x", 1)) break;
        wire_receive(fd, 1, 1, &answers);
        if (answers.count || answers.ended) break;
    }
    CHECK_INT(answers.last, 408);
    CHECK(wire_now_ms() - from < 1500);
    CHECK_INT(atomic_load(&wire.runs), 1);
    close(fd);
    wire_stop(&wire);
}

TEST(an_idle_connection_ends_and_a_running_one_does_not) {
    struct net_opts opts = {0};
    struct net_request *request;
    int idle, used, running;
    opts.idle_ms = 150;
    opts.request_ms = 150;
    REQUIRE(wire_start(&wire, &opts, keep));
    idle = wire_connect(&wire);
    running = wire_connect(&wire);
    wire_send(running, GET("/slow"), strlen(GET("/slow")));
    request = wait_kept();
    REQUIRE(request != NULL);
    used = wire_connect(&wire);
    wire_send(used, GET("/used"), strlen(GET("/used")));
    {
        struct net_request *second = wait_kept();
        REQUIRE(second != NULL);
        net_reply(second, 200, NULL, NULL, mx_str_of("x"));
    }
    CHECK(wire_ends(idle, 1000));
    CHECK(wire_ends(used, 1000));
    wire_nap(300);
    net_reply(request, 200, NULL, NULL, mx_str_of("late"));
    wire_receive(running, 1, 1000, &answers);
    CHECK_INT(answers.last, 200);
    CHECK(wire_ends(running, 1000));
    close(idle);
    close(used);
    close(running);
    wire_stop(&wire);
}

TEST(a_client_that_does_not_read_is_left) {
    struct net_opts opts = {0};
    int fd, i, small = 4096;
    size_t got = 0;
    opts.write_ms = 200;
    opts.threads = 1;
    REQUIRE(wire_start(&wire, &opts, large));
    fd = wire_connect(&wire);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    for (i = 0; i < 10; i++) wire_send(fd, GET("/large"), strlen(GET("/large")));
    CHECK_INT(wait_runs(1), 1);
    wire_nap(600);
    CHECK(atomic_load(&wire.runs) <= 3); /* the others wait until something was taken */
    while (got < 10 * (size_t)LARGE) {
        ssize_t n = recv(fd, answers.text, sizeof(answers.text), 0);
        if (n <= 0) break;
        got += (size_t)n;
    }
    CHECK(got < 10 * (size_t)LARGE);
    close(fd);
    wire_stop(&wire);
}

/* Each small answer that waits holds the memory of its request, so few of them may wait. */
TEST(few_answers_wait_for_a_client_that_does_not_read) {
    enum { COUNT = 6000 };
    static char many[COUNT * 40];
    size_t len = 0, at = 0;
    int fd, i, small = 4096;
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    fd = wire_connect(&wire);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    for (i = 0; i < COUNT; i++) len += (size_t)sprintf(many + len, GET("/many"));
    for (i = 0; i < 100 && at < len; i++) {
        ssize_t n = send(fd, many + at, len - at, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
            at += (size_t)n;
        else
            wire_nap(2);
    }
    wire_nap(100);
    CHECK(atomic_load(&wire.runs) < 1500); /* what the system keeps of their answers, and a few more */
    close(fd);
    wire_stop(&wire);
}

TEST(a_slow_but_steady_reader_gets_all) {
    struct net_opts opts = {0};
    size_t got = 0;
    int fd;
    opts.write_ms = 300;
    REQUIRE(wire_start(&wire, &opts, large));
    fd = wire_connect(&wire);
    wire_send(fd, GET("/large"), strlen(GET("/large")));
    while (got < LARGE) {
        ssize_t n = recv(fd, answers.text, sizeof(answers.text), 0);
        if (n <= 0) break;
        got += (size_t)n;
        wire_nap(20);
    }
    CHECK(got >= LARGE);
    close(fd);
    wire_stop(&wire);
}

/* ---- limits ---- */

/* Announced bodies cost nothing; bodies that come and come in all connections at once are bounded together. */
TEST(unfinished_large_requests_are_bounded_together) {
    struct net_opts opts = {0};
    enum { COUNT = 12, BODY = 512 << 10 };
    int fds[COUNT], i, refused = 0, answered = 0;
    char head[100], *body = calloc(1, BODY);
    REQUIRE(body != NULL);
    opts.buffer_bytes = 4 * BODY;
    REQUIRE(wire_start(&wire, &opts, wire_echo));
    sprintf(head, "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n", BODY);
    for (i = 0; i < COUNT; i++) {
        fds[i] = wire_connect(&wire);
        wire_send(fds[i], head, strlen(head));
    }
    for (i = 0; i < COUNT; i++) wire_send(fds[i], body, BODY - 1);
    for (i = 0; i < COUNT; i++) {
        wire_send(fds[i], body, 1);
        wire_receive(fds[i], 1, 2000, &answers);
        answered += answers.last == 200;
        refused += answers.last == 503 && starts("\r\nRetry-After: 1\r\n");
        close(fds[i]);
    }
    CHECK(refused > 0);
    CHECK(answered >= 3);
    CHECK_INT(answered + refused, COUNT);
    fds[0] = wire_connect(&wire);
    wire_send(fds[0], head, strlen(head));
    wire_send(fds[0], body, BODY);
    wire_receive(fds[0], 1, 2000, &answers);
    CHECK_INT(answers.last, 200); /* what was counted is given back */
    close(fds[0]);
    wire_stop(&wire);
    free(body);
}

TEST(many_connections_share_the_threads) {
    struct net_opts opts = {0};
    enum { COUNT = 300 };
    int fds[COUNT], i, ok = 0;
    opts.threads = 3;
    REQUIRE(wire_start(&wire, &opts, wire_echo));
    for (i = 0; i < COUNT; i++) fds[i] = wire_connect(&wire);
    for (i = 0; i < COUNT; i++) wire_send(fds[i], GET("/m"), strlen(GET("/m")));
    for (i = 0; i < COUNT; i++) {
        wire_receive(fds[i], 1, 2000, &answers);
        ok += answers.last == 200;
        close(fds[i]);
    }
    CHECK_INT(ok, COUNT);
    wire_stop(&wire);
}

RUN_TESTS(CASE(no_refusal_overtakes_a_running_request), CASE(a_dripping_request_ends_in_time), CASE(a_dripping_body_ends_in_time),
          CASE(an_idle_connection_ends_and_a_running_one_does_not), CASE(a_client_that_does_not_read_is_left),
          CASE(few_answers_wait_for_a_client_that_does_not_read), CASE(a_slow_but_steady_reader_gets_all),
          CASE(unfinished_large_requests_are_bounded_together), CASE(many_connections_share_the_threads))
