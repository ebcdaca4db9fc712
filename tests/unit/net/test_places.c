/* Who gets a place when there are more connections than places. */
#include "net/internal.h"
#include "support/check.h"
#include "unit/net/wire.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: shop\r\n\r\n"

static struct wire wire;
static struct wire_answers answers;
static struct net_request *_Atomic kept;

/* "/known" shows a key, "/keep" is answered by the test. */
static void door(void *arg, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    if (mx_str_is(view->path, "/known")) net_request_known(request);
    if (mx_str_is(view->path, "/keep"))
        atomic_store(&kept, request);
    else
        wire_echo(arg, request);
}

static struct net_request *wait_kept(void) {
    struct net_request *request;
    int i;
    for (i = 0; i < 2000 && atomic_load(&kept) == NULL; i++) wire_nap(1);
    request = atomic_load(&kept);
    atomic_store(&kept, NULL);
    return request;
}

static int start_behind(const char *proxy, uint32_t connections, uint32_t of_one_address) {
    struct net_opts opts = {.connections = connections, .address_connections = of_one_address, .threads = 1, .proxy = proxy};
    return wire_start(&wire, &opts, door);
}

static int start(uint32_t connections, uint32_t of_one_address) { return start_behind(NULL, connections, of_one_address); }

static int asks(int fd, const char *request) {
    wire_ask(fd, request, 1, &answers);
    return answers.count == 1 ? answers.last : -1;
}

static int ended(int fd) { return wire_ends(fd, 1000); }

static void close_all(const int *fds, int count) {
    while (count-- > 0) close(fds[count]);
}

TEST(a_newcomer_takes_the_place_of_the_oldest_stranger) {
    int fds[6], i;
    REQUIRE(start(4, 0));
    for (i = 0; i < 4; i++) {
        fds[i] = wire_connect(&wire);
        CHECK_INT(asks(fds[i], GET("/x")), 200);
    }
    fds[4] = wire_connect(&wire);
    CHECK_INT(asks(fds[4], GET("/x")), 200);
    CHECK(ended(fds[0]));
    CHECK_INT(asks(fds[1], GET("/known")), 200);
    fds[5] = wire_connect(&wire);
    CHECK_INT(asks(fds[5], GET("/x")), 200);
    CHECK(ended(fds[2])); /* the next oldest: who is known stays */
    CHECK_INT(asks(fds[1], GET("/x")), 200);
    CHECK_INT(asks(fds[3], GET("/x")), 200);
    close_all(fds, 6);
    wire_stop(&wire);
}

TEST(when_all_are_known_a_newcomer_is_told) {
    int fds[4], fd, i;
    REQUIRE(start(4, 0));
    for (i = 0; i < 4; i++) {
        fds[i] = wire_connect(&wire);
        CHECK_INT(asks(fds[i], GET("/known")), 200);
    }
    fd = wire_connect(&wire);
    wire_receive(fd, 1, 5000, &answers);
    CHECK_INT(answers.last, 503);
    CHECK(strstr(answers.text, "\r\nRetry-After: 1\r\n") != NULL);
    CHECK(ended(fd));
    close(fd);
    for (i = 0; i < 4; i++) CHECK_INT(asks(fds[i], GET("/x")), 200);
    close(fds[0]);
    for (i = 0, answers.last = 0; i < 200 && answers.last != 200; i++) {
        wire_nap(5);
        fd = wire_connect(&wire);
        (void)asks(fd, GET("/x"));
        close(fd);
    }
    CHECK_INT(answers.last, 200); /* a place that is left can be taken */
    close_all(fds + 1, 3);
    wire_stop(&wire);
}

TEST(a_request_that_runs_is_finished) {
    struct net_request *request;
    int first, second, third;
    REQUIRE(start(2, 0));
    first = wire_connect(&wire);
    wire_send(first, GET("/keep"), strlen(GET("/keep")));
    request = wait_kept();
    REQUIRE(request != NULL);
    second = wire_connect(&wire);
    CHECK_INT(asks(second, GET("/x")), 200);
    third = wire_connect(&wire);
    CHECK_INT(asks(third, GET("/x")), 200);
    CHECK(ended(second));
    net_reply(request, 200, NULL, NULL, mx_str_of("done"));
    wire_receive(first, 1, 5000, &answers);
    CHECK_INT(answers.last, 200);
    close(first);
    close(second);
    close(third);
    wire_stop(&wire);
}

static int connect_from(const char *address) {
    struct sockaddr_in in = {.sin_family = AF_INET}, from = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    in.sin_port = htons((uint16_t)net_server_port(wire.server));
    inet_pton(AF_INET, address, &from.sin_addr);
    if (bind(fd, (struct sockaddr *)&from, sizeof(from)) != 0 || connect(fd, (struct sockaddr *)&in, sizeof(in)) != 0) return -1;
    return fd;
}

TEST(strangers_of_one_address_push_out_each_other) {
    int other, fds[5], i;
    REQUIRE(start(100, 3));
    other = connect_from("127.0.0.2"); /* has been there longest, but is somebody else */
    CHECK_INT(asks(other, GET("/x")), 200);
    for (i = 0; i < 3; i++) {
        fds[i] = connect_from("127.0.0.1");
        CHECK_INT(asks(fds[i], GET("/x")), 200);
    }
    CHECK_INT(asks(fds[0], GET("/known")), 200); /* no stranger any more */
    fds[3] = connect_from("127.0.0.1");
    CHECK_INT(asks(fds[3], GET("/x")), 200);
    CHECK_INT(asks(fds[1], GET("/x")), 200); /* there was room for three */
    fds[4] = connect_from("127.0.0.1");
    CHECK_INT(asks(fds[4], GET("/x")), 200);
    CHECK(ended(fds[1]));
    CHECK_INT(asks(fds[0], GET("/x")), 200);
    CHECK_INT(asks(fds[2], GET("/x")), 200);
    CHECK_INT(asks(other, GET("/x")), 200);
    close_all(fds, 5);
    close(other);
    wire_stop(&wire);
}

TEST(strangers_of_one_address_are_counted) {
    struct net_request *request;
    int first, second, i;
    REQUIRE(start(100, 1));
    first = connect_from("127.0.0.1");
    wire_send(first, GET("/keep"), strlen(GET("/keep")));
    request = wait_kept();
    REQUIRE(request != NULL);
    second = connect_from("127.0.0.1");
    wire_receive(second, 1, 5000, &answers);
    CHECK_INT(answers.last, 503);
    CHECK(strstr(answers.text, "from your address") != NULL);
    CHECK(ended(second));
    close(second);
    net_reply(request, 200, NULL, NULL, mx_str_of("done"));
    wire_receive(first, 1, 5000, &answers);
    CHECK_INT(answers.last, 200);
    close(first);
    for (i = 0, answers.last = 0; i < 300 && answers.last != 200; i++) {
        second = connect_from("127.0.0.1");
        (void)asks(second, GET("/x"));
        close(second);
        if (answers.last != 200) wire_nap(10);
    }
    CHECK_INT(answers.last, 200);
    wire_stop(&wire);
}

/* The shop's own proxy speaks for many strangers, wherever it stands. */
TEST(any_number_may_come_from_the_named_proxy) {
    int fds[6], i;
    REQUIRE(start_behind("127.0.0.2", 100, 2));
    for (i = 0; i < 6; i++) {
        fds[i] = connect_from(i < 3 ? "127.0.0.2" : "127.0.0.1");
        CHECK_INT(asks(fds[i], GET("/x")), 200);
    }
    for (i = 0; i < 3; i++) CHECK_INT(asks(fds[i], GET("/x")), 200);
    CHECK(ended(fds[3]));
    close_all(fds, 6);
    wire_stop(&wire);
}

TEST(any_number_may_come_from_this_machine) {
    int fds[300], i, ok = 0;
    REQUIRE(start(400, 0));
    for (i = 0; i < 300; i++) fds[i] = wire_connect(&wire);
    for (i = 0; i < 300; i++) ok += asks(fds[i], GET("/x")) == 200;
    CHECK_INT(ok, 300);
    close_all(fds, 300);
    wire_stop(&wire);
}

/* How many are still connected; waits a little until they are at most so many. */
static int wait_alive(const int *fds, int count, int most) {
    int i, tries, alive = count;
    for (tries = 0; tries < 2000 && alive > most; tries++) {
        wire_nap(tries ? 1 : 0);
        for (i = alive = 0; i < count; i++) {
            struct pollfd p = {fds[i], POLLIN, 0};
            alive += poll(&p, 1, 0) == 0;
        }
    }
    return alive;
}

/* Ten times as many strangers as there are places, and a till among them that is served all the time; so is one that comes
 * in the middle of it. */
TEST(a_crowd_pushes_out_itself) {
    enum { CROWD = 300 };
    int fds[CROWD], till, late = -1, i, ok = 0;
    REQUIRE(start(30, 0));
    till = wire_connect(&wire);
    CHECK_INT(asks(till, GET("/known")), 200);
    for (i = 0; i < CROWD; i++) {
        fds[i] = wire_connect(&wire);
        wire_send(fds[i], "GET / HT", 8); /* and never the rest */
        if (i == CROWD / 2) {
            late = wire_connect(&wire);
            CHECK_INT(asks(late, GET("/known")), 200);
        }
        if (i % 10 == 0) ok += asks(till, GET("/x")) == 200;
    }
    CHECK_INT(ok, CROWD / 10);
    CHECK_INT(asks(late, GET("/x")), 200);
    CHECK(wait_alive(fds, CROWD, 30) <= 30);
    close_all(fds, CROWD);
    close(late);
    close(till);
    wire_stop(&wire);
}

RUN_TESTS(CASE(a_newcomer_takes_the_place_of_the_oldest_stranger), CASE(when_all_are_known_a_newcomer_is_told),
          CASE(a_request_that_runs_is_finished), CASE(strangers_of_one_address_push_out_each_other),
          CASE(strangers_of_one_address_are_counted), CASE(any_number_may_come_from_the_named_proxy),
          CASE(any_number_may_come_from_this_machine), CASE(a_crowd_pushes_out_itself))
