/* Our server and our client against each other, in one process. What others do to them stands in tests/system/test_tls.py and
 * test_tls_client.py. */
#include <pthread.h>

#include "net/tls.h"
#include "support/check.h"
#include "support/folder.h"
#include "unit/net/wire.h"

static struct folder folder;
static struct wire wire;
static struct net_tls *tls;
static struct mx_error err;

static const char *ca_file(void) { return folder_path(&folder, "tls/ca.crt"); }

static int start(const struct net_opts *given, net_handler handler) {
    struct net_opts opts = given ? *given : (struct net_opts){0};
    folder_new(&folder);
    if (net_tls_open(folder_path(&folder, "tls"), NULL, 0, &tls, &err) != MX_OK) return 0;
    if (opts.listen_tls == NULL) opts.listen_tls = "127.0.0.1:0";
    opts.tls = tls;
    return wire_start(&wire, &opts, handler);
}

static void stop(void) {
    wire_stop(&wire);
    net_tls_free(tls);
    tls = NULL;
    folder_free(&folder);
}

static struct net_way *way_here(void) {
    char name[64], address[64];
    const char *allow[] = {name, address, NULL};
    struct net_out_opts opts = {.ca_file = ca_file(), .allow = allow, .answer_bytes = 16u << 20};
    struct net_way *way = NULL;
    sprintf(name, "localhost:%d", net_server_tls_port(wire.server));
    sprintf(address, "127.0.0.1:%d", net_server_tls_port(wire.server));
    if (net_way_new(&opts, &way, &err) != MX_OK) printf("# %s\n", err.message);
    return way;
}

static mx_status fetch(struct net_way *way, struct base_arena *arena, const char *host, const char *path, struct mx_str body,
                       struct net_answer *answer, struct mx_error *why) {
    struct net_fetch fetch = {.method = mx_str_of("POST"), .body = body, .timeout_ms = 20000};
    fetch.url = base_arena_printf(arena, "https://%s:%d%s", host, net_server_tls_port(wire.server), path);
    return net_fetch(way, arena, &fetch, answer, why);
}

static void show_where_from(void *arg, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    (void)arg;
    net_reply(request, 200, "text/plain", NULL,
              base_arena_printf(net_request_arena(request), "%.*s|%d", (int)view->remote.len, view->remote.ptr, view->secure));
}

TEST(a_request_knows_where_it_came_from) {
    char path[300], where[320];
    struct net_opts opts = {.listen = "127.0.0.1:0", .listen_tls = "[::]:0"};
    struct base_arena *arena = base_arena_new(8192);
    struct net_answer answer = {0};
    struct net_way *way;
    folder_new(&folder);
    snprintf(path, sizeof(path), "%.200s.sock", folder.path);
    folder_free(&folder);
    opts.socket_path = path;
    REQUIRE(start(&opts, show_where_from));
    way = way_here();
    CHECK_INT(fetch(way, arena, "127.0.0.1", "/", mx_str_of(""), &answer, &err), MX_OK);
    CHECK_STR(answer.body, "127.0.0.1|1");
    sprintf(where, "http://127.0.0.1:%d", net_server_port(wire.server));
    CHECK_INT(net_call(arena, where, "GET", "/", NULL, mx_str_of(""), 5000, &answer, &err), MX_OK);
    CHECK_STR(answer.body, "127.0.0.1|0");
    sprintf(where, "unix:%s", path);
    CHECK_INT(net_call(arena, where, "GET", "/", NULL, mx_str_of(""), 5000, &answer, &err), MX_OK);
    CHECK_STR(answer.body, "|0");
    net_way_free(way);
    stop();
    base_arena_free(arena);
}

TEST(where_tls_listens) {
    static const char *const bad[] = {"", "8443", "0.0.0.0", "example.com:8443", "0.0.0.0:65536", "1.2.3:80", "::1:80", "[1.2.3.4]:80"};
    struct net_opts opts = {.handler = show_where_from};
    struct net_server *server = NULL;
    size_t i;
    folder_new(&folder);
    REQUIRE(net_tls_open(folder_path(&folder, "tls"), NULL, 0, &tls, &err) == MX_OK);
    opts.listen_tls = "127.0.0.1:0";
    CHECK_INT(net_server_new(&opts, &server, &err), MX_E_BAD_INPUT); /* without a certificate */
    opts.tls = tls;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        opts.listen_tls = bad[i];
        CHECK_INT(net_server_new(&opts, &server, &err), MX_E_BAD_INPUT);
    }
    opts.listen_tls = "192.0.2.77:0"; /* not of this machine */
    CHECK_INT(net_server_new(&opts, &server, &err), MX_E_IO);
    opts.listen_tls = "0.0.0.0:0";
    CHECK_INT(net_server_new(&opts, &server, &err), MX_OK);
    CHECK(server != NULL && net_server_tls_port(server) > 0 && net_server_port(server) == 0);
    net_server_free(server);
    net_tls_free(tls);
    tls = NULL;
    folder_free(&folder);
}

static void *many_fetches(void *arg) {
    struct base_arena *arena = base_arena_new(8192);
    struct net_answer answer = {0};
    struct mx_error why;
    intptr_t good = 0;
    int i;
    for (i = 0; i < 8; i++) {
        int fine = fetch(arg, arena, i % 2 ? "localhost" : "127.0.0.1", "/x", mx_str_of("abc"), &answer, &why) == MX_OK;
        if (!fine) printf("# %s\n", why.message);
        good += fine && mx_str_is(answer.body, "POST /x 3");
        base_arena_reset(arena);
    }
    base_arena_free(arena);
    return (void *)good;
}

TEST(many_at_once) {
    pthread_t threads[6];
    struct net_way *way;
    void *good;
    int i;
    REQUIRE(start(NULL, wire_echo));
    way = way_here();
    for (i = 0; i < 6; i++) REQUIRE(pthread_create(&threads[i], NULL, many_fetches, way) == 0);
    for (i = 0; i < 6; i++) {
        pthread_join(threads[i], &good);
        CHECK_INT((intptr_t)good, 8);
    }
    CHECK_INT(wire.runs, 48);
    net_way_free(way);
    stop();
}

static void mirror(void *arg, struct net_request *request) {
    (void)arg;
    net_reply(request, 200, "application/octet-stream", NULL, net_request_view(request)->body);
}

TEST(bodies_of_all_sizes_come_back) {
    static const size_t sizes[] = {0, 1, 16000, 16383, 16384, 16385, 65536, 300000, 4000000};
    struct net_opts opts = {.body_bytes = 8u << 20};
    struct base_arena *arena = base_arena_new(65536);
    struct net_way *way;
    char *bytes = malloc(4000000);
    size_t i;
    REQUIRE(bytes != NULL && start(&opts, mirror));
    for (i = 0; i < 4000000; i++) bytes[i] = (char)(i * 7 + i / 251);
    way = way_here();
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct net_answer answer = {0};
        CHECK_INT(fetch(way, arena, "localhost", "/", mx_str_n(bytes, sizes[i]), &answer, &err), MX_OK);
        CHECK_INT(answer.body.len, sizes[i]);
        CHECK(answer.body.len == 0 || memcmp(answer.body.ptr, bytes, answer.body.len) == 0);
    }
    free(bytes);
    net_way_free(way);
    stop();
    base_arena_free(arena);
}

/* Ten pieces; whole when the path says so. */
static void stream(void *arg, struct net_request *request) {
    int whole = mx_str_is(net_request_view(request)->path, "/whole"), i;
    struct net_stream *pieces = net_stream_begin(request, 200, "text/plain", NULL, NULL, NULL);
    (void)arg;
    for (i = 0; i < 10; i++) (void)net_stream_write(pieces, "0123456789", 10);
    net_stream_end(pieces, whole);
}

TEST(streams_are_whole_or_broken_off) {
    struct base_arena *arena = base_arena_new(8192);
    struct net_answer answer = {0};
    struct net_way *way;
    REQUIRE(start(NULL, stream));
    way = way_here();
    CHECK_INT(fetch(way, arena, "localhost", "/whole", mx_str_of(""), &answer, &err), MX_OK);
    CHECK_INT(answer.body.len, 100);
    CHECK_INT(fetch(way, arena, "localhost", "/broken", mx_str_of(""), &answer, &err), MX_E_IO);
    net_way_free(way);
    stop();
    base_arena_free(arena);
}

/* Connections in every state of their handshake when the server goes. */
TEST(the_server_goes_in_the_middle_of_handshakes) {
    static const char hello_head[] = {0x16, 3, 1, 0, 100, 1};
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct net_opts opts = {.tls_connections = 1};
    int fds[40], i;
    REQUIRE(start(&opts, wire_echo));
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    in.sin_port = htons((uint16_t)net_server_tls_port(wire.server));
    for (i = 0; i < 40; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        REQUIRE(fds[i] >= 0 && connect(fds[i], (struct sockaddr *)&in, sizeof(in)) == 0);
        if (i % 4 == 1) wire_send(fds[i], hello_head, sizeof(hello_head));
        if (i % 4 == 2) {
            char whole[105] = {0x16, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3};
            whole[43] = 0; /* no session; one suite, no compression, then bytes that are no extensions */
            whole[45] = 2, whole[46] = (char)0xc0, whole[47] = 0x2b, whole[48] = 1;
            wire_send(fds[i], whole, sizeof(whole));
        }
    }
    wire_nap(20);
    stop();
    for (i = 0; i < 40; i++) close(fds[i]);
}

RUN_TESTS(CASE(a_request_knows_where_it_came_from), CASE(where_tls_listens), CASE(many_at_once), CASE(bodies_of_all_sizes_come_back),
          CASE(streams_are_whole_or_broken_off), CASE(the_server_goes_in_the_middle_of_handshakes))
