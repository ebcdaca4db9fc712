#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "loop/loop.h"
#include "support/check.h"
#include "unit/net/wire.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: shop\r\n\r\n"

static struct wire wire;
static struct wire_answers answers;

/* ---- handlers ---- */

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
    CHECK(wire_now_ms() - from < 600);
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
    CHECK(wire_now_ms() - from < 700);
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

TEST(connections_above_the_limit_are_told_so) {
    struct net_opts opts = {0};
    int fds[5], i;
    opts.connections = 4;
    REQUIRE(wire_start(&wire, &opts, wire_echo));
    for (i = 0; i < 4; i++) {
        fds[i] = wire_connect(&wire);
        wire_ask(fds[i], GET("/x"), 1, &answers);
        CHECK_INT(answers.last, 200);
    }
    fds[4] = wire_connect(&wire);
    wire_ask(fds[4], GET("/x"), 1, &answers);
    CHECK_INT(answers.last, 503);
    CHECK(wire_ends(fds[4], 1000));
    close(fds[4]);
    wire_ask(fds[0], GET("/x"), 1, &answers);
    CHECK_INT(answers.last, 200);
    close(fds[0]);
    for (i = 0; i < 200; i++) {
        wire_nap(5);
        fds[0] = wire_connect(&wire);
        wire_ask(fds[0], GET("/x"), 1, &answers);
        if (answers.last == 200) break;
        close(fds[0]);
    }
    CHECK_INT(answers.last, 200);
    for (i = 0; i < 4; i++) close(fds[i]);
    wire_stop(&wire);
}

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

/* ---- clients that leave ---- */

TEST(a_client_may_leave_while_its_request_runs) {
    struct net_request *request;
    int fd, i;
    REQUIRE(wire_start(&wire, NULL, keep));
    for (i = 0; i < 20; i++) {
        struct linger reset = {1, 0};
        fd = wire_connect(&wire);
        if (i % 2) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        wire_send(fd, GET("/1") GET("/2"), strlen(GET("/1") GET("/2")));
        request = wait_kept();
        REQUIRE(request != NULL);
        close(fd);
        wire_nap(i % 4);
        CHECK_STR(net_request_view(request)->path, "/1");
        net_reply(request, 200, NULL, NULL, mx_str_of("nobody hears this"));
        if (i % 2 == 0) { /* an orderly end: what was sent is still answered, into the void */
            request = wait_kept();
            if (request) net_reply(request, 200, NULL, NULL, mx_str_of("nor this"));
        }
    }
    wire_stop(&wire);
}

TEST(a_client_may_stop_sending_and_still_hears_the_answer) {
    struct net_request *request;
    int fd;
    REQUIRE(wire_start(&wire, NULL, keep));
    fd = wire_connect(&wire);
    wire_send(fd, GET("/1"), strlen(GET("/1")));
    shutdown(fd, SHUT_WR);
    request = wait_kept();
    REQUIRE(request != NULL);
    wire_nap(20);
    net_reply(request, 200, NULL, NULL, mx_str_of("still here"));
    wire_receive(fd, 1, 1000, &answers);
    CHECK(starts("still here"));
    CHECK(wire_ends(fd, 1000));
    close(fd);
    wire_stop(&wire);
}

/* ---- the end ---- */

static void *answer_soon(void *arg) {
    wire_nap(100);
    net_reply(arg, 200, NULL, NULL, mx_str_of("in time"));
    return NULL;
}

TEST(closing_waits_for_running_requests) {
    struct net_request *request;
    pthread_t thread;
    int fd, idle;
    REQUIRE(wire_start(&wire, NULL, keep));
    idle = wire_connect(&wire);
    fd = wire_connect(&wire);
    wire_send(fd, GET("/1"), strlen(GET("/1")));
    request = wait_kept();
    REQUIRE(request != NULL);
    REQUIRE(pthread_create(&thread, NULL, answer_soon, request) == 0);
    wire_stop(&wire);
    pthread_join(thread, NULL);
    wire_receive(fd, 1, 1000, &answers);
    CHECK(starts("in time"));
    CHECK(wire_ends(fd, 1000));
    CHECK(wire_ends(idle, 1000));
    close(fd);
    close(idle);
}

TEST(an_answer_after_the_end_does_no_harm) {
    struct net_opts opts = {0};
    struct net_request *request;
    int fd;
    opts.drain_ms = 50;
    REQUIRE(wire_start(&wire, &opts, keep));
    fd = wire_connect(&wire);
    wire_send(fd, GET("/1"), strlen(GET("/1")));
    request = wait_kept();
    REQUIRE(request != NULL);
    wire_stop(&wire);
    CHECK(wire_ends(fd, 1000));
    net_reply(request, 200, NULL, NULL, mx_str_of("too late"));
    close(fd);
}

/* ---- where it listens ---- */

static mx_status listen_on(const char *address, const char *path) {
    struct net_opts opts = {0};
    struct net_server *server;
    struct mx_error err = {0};
    mx_status st;
    opts.listen = address;
    opts.socket_path = path;
    opts.handler = wire_echo;
    opts.arg = &wire;
    st = net_server_new(&opts, &server, &err);
    if (st == MX_OK) net_server_free(server);
    if (st != MX_OK) CHECK(err.message[0] != '\0');
    return st;
}

TEST(only_this_machine_is_listened_on) {
    char taken[32];
    CHECK_INT(listen_on("127.0.0.1:0", NULL), MX_OK);
    CHECK_INT(listen_on("localhost:0", NULL), MX_OK);
    CHECK_INT(listen_on("127.1.2.3:0", NULL), MX_OK);
    CHECK_INT(listen_on("0.0.0.0:0", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on("192.168.1.1:80", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on("[::]:0", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on("shop.example:80", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on("127.0.0.1", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on("127.0.0.1:", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on("127.0.0.1:65536", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on("127.0.0.1:-1", NULL), MX_E_BAD_INPUT);
    CHECK_INT(listen_on(":80", NULL), MX_E_BAD_INPUT);
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    sprintf(taken, "127.0.0.1:%d", net_server_port(wire.server));
    CHECK_INT(listen_on(taken, NULL), MX_E_IO);
    wire_stop(&wire);
}

static int connect_path(const char *path) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strcpy(un.sun_path, path);
    if (connect(fd, (struct sockaddr *)&un, sizeof(un)) == 0) return fd;
    close(fd);
    return -1;
}

TEST(a_socket_file_is_for_its_owner) {
    char folder[] = "/tmp/merx-net-XXXXXX", path[64], file[64];
    struct net_opts opts = {0};
    struct stat info;
    mode_t before = umask(0);
    FILE *other;
    int fd;
    REQUIRE(mkdtemp(folder) != NULL);
    sprintf(path, "%s/merx.sock", folder);
    opts.socket_path = path;
    REQUIRE(wire_start(&wire, &opts, wire_echo));
    umask(before);
    CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
    fd = connect_path(path);
    REQUIRE(fd >= 0);
    wire_ask(fd, GET("/local"), 1, &answers);
    CHECK(starts("GET /local 0"));
    close(fd);
    CHECK_INT(listen_on(NULL, path), MX_E_IO); /* somebody listens there */
    wire_stop(&wire);
    CHECK(stat(path, &info) != 0);
    fd = socket(AF_UNIX, SOCK_STREAM, 0); /* left over by a process that was killed */
    {
        struct sockaddr_un un = {.sun_family = AF_UNIX};
        strcpy(un.sun_path, path);
        CHECK(bind(fd, (struct sockaddr *)&un, sizeof(un)) == 0);
    }
    close(fd);
    CHECK_INT(listen_on(NULL, path), MX_OK);
    sprintf(file, "%s/file", folder);
    other = fopen(file, "w");
    REQUIRE(other != NULL);
    fclose(other);
    CHECK_INT(listen_on(NULL, file), MX_E_IO); /* a file of somebody else is left alone */
    CHECK(stat(file, &info) == 0);
    unlink(file);
    rmdir(folder);
}

RUN_TESTS(CASE(an_answer_has_its_fields), CASE(head_is_answered_without_a_body), CASE(a_refusal_is_a_problem_and_the_end),
          CASE(one_connection_serves_many_requests), CASE(pipelined_requests_are_answered_in_order),
          CASE(a_flood_of_pipelined_requests_is_answered_whole), CASE(a_request_may_come_byte_by_byte),
          CASE(a_request_may_come_in_any_two_parts), CASE(large_bodies_come_in_whole), CASE(who_expects_to_continue_is_told_so),
          CASE(a_dripping_request_ends_in_time), CASE(a_dripping_body_ends_in_time),
          CASE(an_idle_connection_ends_and_a_running_one_does_not), CASE(a_client_that_does_not_read_is_left),
          CASE(a_slow_but_steady_reader_gets_all), CASE(connections_above_the_limit_are_told_so),
          CASE(unfinished_large_requests_are_bounded_together), CASE(many_connections_share_the_threads),
          CASE(a_client_may_leave_while_its_request_runs), CASE(a_client_may_stop_sending_and_still_hears_the_answer),
          CASE(closing_waits_for_running_requests), CASE(an_answer_after_the_end_does_no_harm), CASE(only_this_machine_is_listened_on),
          CASE(a_socket_file_is_for_its_owner))
