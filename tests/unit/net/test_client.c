#include <pthread.h>
#include <sys/stat.h>

#include "support/check.h"
#include "unit/net/wire.h"

static struct wire wire;
static struct base_arena *arena;
static char url[64];

static void show(void *arg, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    struct mx_str text = base_arena_printf(net_request_arena(request), "%.*s|%.*s|%.*s|%.*s|%.*s", (int)view->method.len, view->method.ptr,
                                           (int)view->path.len, view->path.ptr, (int)view->query.len, view->query.ptr,
                                           (int)view->idempotency_key.len, view->idempotency_key.ptr, (int)view->body.len, view->body.ptr);
    (void)arg;
    if (mx_str_is(view->path, "/slow")) wire_nap(900);
    net_reply(request, mx_str_is(view->path, "/missing") ? 404 : 200, "text/plain", NULL, text);
}

static mx_status call_at(const char *where, const char *method, const char *path, const char *body, int timeout_ms,
                         struct net_answer *answer) {
    struct mx_error err = {0};
    mx_status st = net_call(arena, where, method, path, "Idempotency-Key: k\r\n", mx_str_of(body), timeout_ms, answer, &err);
    if (st != MX_OK) CHECK(err.message[0] != '\0');
    return st;
}

static mx_status call(const char *method, const char *path, const char *body, struct net_answer *answer) {
    return call_at(url, method, path, body, 5000, answer);
}

static int begin(void) {
    arena = base_arena_new(4096);
    if (!wire_start(&wire, NULL, show)) return 0;
    sprintf(url, "http://127.0.0.1:%d", net_server_port(wire.server));
    return 1;
}

static void end(void) {
    wire_stop(&wire);
    base_arena_free(arena);
}

TEST(a_call_is_answered) {
    struct net_answer answer;
    REQUIRE(begin());
    REQUIRE(call("POST", "/v1/x", "{\"a\":1}", &answer) == MX_OK);
    CHECK_INT(answer.status, 200);
    CHECK_STR(answer.body, "POST|/v1/x||k|{\"a\":1}");
    REQUIRE(call("GET", "/missing?a=b", "", &answer) == MX_OK);
    CHECK_INT(answer.status, 404);
    CHECK_STR(answer.body, "GET|/missing|a=b|k|");
    REQUIRE(call("HEAD", "/v1/x", "", &answer) == MX_OK);
    CHECK_INT(answer.status, 200);
    CHECK_STR(answer.body, "");
    end();
}

TEST(large_calls_go_through) {
    struct net_answer answer;
    char *body;
    REQUIRE(begin());
    body = malloc(1000001);
    REQUIRE(body != NULL);
    memset(body, 'b', 1000000);
    body[1000000] = '\0';
    REQUIRE(call("POST", "/v1/x", body, &answer) == MX_OK);
    CHECK_INT(answer.status, 200);
    CHECK_INT(answer.body.len, 1000000 + strlen("POST|/v1/x||k|"));
    free(body);
    end();
}

TEST(a_refusal_is_an_answer_too) {
    struct net_answer answer;
    REQUIRE(begin());
    REQUIRE(call("BREW", "/tea", "", &answer) == MX_OK);
    CHECK_INT(answer.status, 501);
    end();
}

TEST(waiting_has_an_end) {
    struct net_answer answer;
    int64_t from;
    REQUIRE(begin());
    from = wire_now_ms();
    CHECK_INT(call_at(url, "GET", "/slow", "", 100, &answer), MX_E_IO);
    CHECK(wire_now_ms() - from < 800);
    end();
}

TEST(wrong_addresses_are_refused) {
    struct net_answer answer;
    arena = base_arena_new(4096);
    CHECK_INT(call_at("https://127.0.0.1:1", "GET", "/", "", 100, &answer), MX_E_BAD_INPUT);
    CHECK_INT(call_at("http://192.0.2.1:80", "GET", "/", "", 100, &answer), MX_E_BAD_INPUT);
    CHECK_INT(call_at("http://127.0.0.1:80/path", "GET", "/", "", 100, &answer), MX_E_BAD_INPUT);
    CHECK_INT(call_at("127.0.0.1:80", "GET", "/", "", 100, &answer), MX_E_BAD_INPUT);
    CHECK_INT(call_at("http://127.0.0.1:1", "GET", "/", "", 1000, &answer), MX_E_IO);
    CHECK_INT(call_at("http://[::1]:1/", "GET", "/", "", 1000, &answer), MX_E_IO);
    CHECK_INT(call_at("unix:/no/such/socket", "GET", "/", "", 1000, &answer), MX_E_IO);
    base_arena_free(arena);
}

/* Paths that do not fit into a socket address are common: data folders lie deep. */
TEST(a_socket_may_lie_deep) {
    char folder[300] = "/tmp/merx-net-XXXXXX", path[400], where[420];
    struct net_opts opts = {0};
    struct net_answer answer;
    size_t root;
    REQUIRE(mkdtemp(folder) != NULL);
    root = strlen(folder);
    sprintf(folder + root, "/%0150d", 7);
    REQUIRE(mkdir(folder, 0700) == 0);
    sprintf(path, "%s/merx.sock", folder);
    opts.socket_path = path;
    arena = base_arena_new(4096);
    REQUIRE(wire_start(&wire, &opts, show));
    sprintf(where, "unix:%s", path);
    REQUIRE(call_at(where, "POST", "/deep", "{}", 1000, &answer) == MX_OK);
    CHECK_STR(answer.body, "POST|/deep||k|{}");
    wire_stop(&wire);
    CHECK(access(path, F_OK) != 0);
    base_arena_free(arena);
    rmdir(folder);
    folder[root] = '\0';
    rmdir(folder);
}

/* ---- servers that answer badly ---- */

struct bad_server {
    int fd;
    const char *answer;
};

static void *answer_badly(void *arg) {
    struct bad_server *server = arg;
    char request[4096];
    int fd = accept(server->fd, NULL, NULL);
    if (fd >= 0 && recv(fd, request, sizeof(request), 0) > 0) wire_send(fd, server->answer, strlen(server->answer));
    if (fd >= 0) close(fd);
    return NULL;
}

static mx_status call_bad(const char *text, struct net_answer *answer) {
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct bad_server server = {socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), text};
    socklen_t len = sizeof(in);
    pthread_t thread;
    mx_status st = MX_E_INTERNAL;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(server.fd, (struct sockaddr *)&in, sizeof(in)) == 0 && listen(server.fd, 1) == 0 &&
        getsockname(server.fd, (struct sockaddr *)&in, &len) == 0 && pthread_create(&thread, NULL, answer_badly, &server) == 0) {
        sprintf(url, "http://127.0.0.1:%d", ntohs(in.sin_port));
        st = call_at(url, "GET", "/", "", 2000, answer);
        pthread_join(thread, NULL);
    }
    close(server.fd);
    return st;
}

TEST(broken_answers_are_no_answers) {
    struct net_answer answer = {0};
    arena = base_arena_new(4096);
    CHECK_INT(call_bad("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", &answer), MX_OK);
    CHECK_STR(answer.body, "hello");
    CHECK_INT(call_bad("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok", &answer), MX_OK);
    CHECK_INT(answer.status, 201);
    CHECK_STR(answer.body, "ok");
    CHECK_INT(call_bad("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", &answer), MX_E_IO);
    CHECK_INT(call_bad("HTTP/1.1 200 OK\r\n\r\nwithout a length nobody knows whether it is whole", &answer), MX_E_IO);
    CHECK_INT(call_bad("HTTP/1.1 200 OK\r\nContent-Len", &answer), MX_E_IO);
    CHECK_INT(call_bad("220 mail.example ready\r\n", &answer), MX_E_IO);
    CHECK_INT(call_bad("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello", &answer), MX_E_IO);
    CHECK_INT(call_bad("", &answer), MX_E_IO);
    base_arena_free(arena);
}

RUN_TESTS(CASE(a_call_is_answered), CASE(large_calls_go_through), CASE(a_refusal_is_an_answer_too), CASE(waiting_has_an_end),
          CASE(wrong_addresses_are_refused), CASE(a_socket_may_lie_deep), CASE(broken_answers_are_no_answers))
