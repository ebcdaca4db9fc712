/* Clients that leave, the end of the server, where it listens. */
#include <pthread.h>
#include <sys/stat.h>
#include <sys/un.h>

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

static int starts(const char *name) { return strstr(answers.text, name) != NULL; }

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

RUN_TESTS(CASE(a_client_may_leave_while_its_request_runs), CASE(a_client_may_stop_sending_and_still_hears_the_answer),
          CASE(closing_waits_for_running_requests), CASE(an_answer_after_the_end_does_no_harm), CASE(only_this_machine_is_listened_on),
          CASE(a_socket_file_is_for_its_owner))
