/* Where a request came from, when the shop's own proxy stands in front: its word is believed, nobody else's. */
#include "net/internal.h"
#include "support/check.h"
#include "unit/net/wire.h"

static struct wire wire;
static struct wire_answers answers;

static void tell_remote(void *arg, struct net_request *request) {
    (void)arg;
    net_reply(request, 200, "text/plain", NULL, net_request_view(request)->remote);
}

/* One request with these header lines from that address of this machine; the address that the shop takes it to come from. */
static const char *seen(const char *from, const char *lines) {
    struct sockaddr_in here = {.sin_family = AF_INET}, there = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char text[600];
    const char *body;
    answers.text[0] = '\0';
    there.sin_port = htons((uint16_t)net_server_port(wire.server));
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (inet_pton(AF_INET, from, &here.sin_addr) == 1 && bind(fd, (struct sockaddr *)&here, sizeof(here)) == 0 &&
        connect(fd, (struct sockaddr *)&there, sizeof(there)) == 0) {
        snprintf(text, sizeof(text), "GET /x HTTP/1.1\r\nHost: shop\r\n%sAccept: */*\r\n\r\n", lines);
        wire_ask(fd, text, 1, &answers);
    }
    close(fd);
    body = strstr(answers.text, "\r\n\r\n");
    return body ? body + 4 : "nothing";
}

static int start(const char *proxy) {
    struct net_opts opts = {.threads = 1, .proxy = proxy};
    return wire_start(&wire, &opts, tell_remote);
}

#define CHECK_SEEN(from, lines, address) CHECK_STR(mx_str_of(seen(from, lines)), address)

TEST(the_last_address_that_the_proxy_wrote_is_the_client) {
    REQUIRE(start("127.0.0.1"));
    CHECK_SEEN("127.0.0.1", "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1");
    CHECK_SEEN("127.0.0.1", "x-forwarded-for:192.0.2.1 \r\n", "192.0.2.1");
    CHECK_SEEN("127.0.0.1", "X-Forwarded-For: 198.51.100.7, 203.0.113.9,\t192.0.2.1\r\n", "192.0.2.1");
    CHECK_SEEN("127.0.0.1", "X-Forwarded-For: 198.51.100.7\r\nX-Other: a\r\nX-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1");
    CHECK_SEEN("127.0.0.1", "X-Forwarded-For: 2001:DB8:0::1\r\n", "2001:db8::1");
    CHECK_SEEN("127.0.0.1", "X-Forwarded-For: ::ffff:192.0.2.1\r\n", "192.0.2.1");
    wire_stop(&wire);
}

TEST(the_proxy_may_be_named_as_an_ipv6_socket_sees_it) {
    REQUIRE(start("::ffff:127.0.0.1"));
    CHECK_SEEN("127.0.0.1", "X-Forwarded-For: 192.0.2.1\r\n", "192.0.2.1");
    CHECK_SEEN("127.0.0.2", "X-Forwarded-For: 192.0.2.1\r\n", "127.0.0.2");
    wire_stop(&wire);
}

TEST(what_is_no_address_leaves_the_proxy_itself) {
    static const char *const lines[] = {
        "",
        "X-Forwarded-For: \r\n",
        "X-Forwarded-For: unknown\r\n",
        "X-Forwarded-For: 192.0.2.1,\r\n",
        "X-Forwarded-For: 192.0.2.1:4711\r\n",
        "X-Forwarded-For: [2001:db8::1]\r\n",
        "X-Forwarded-For: 192.0.2\r\n",
        "X-Forwarded-For: 192.0.2.1 192.0.2.2\r\n",
        "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: nonsense\r\n",
        "X-Forwarded-For: 1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc\r\n",
        "X-Forwarded-Fo: 192.0.2.1\r\nForwarded: for=192.0.2.1\r\nX-Real-IP: 192.0.2.1\r\n",
    };
    uint32_t i;
    REQUIRE(start("127.0.0.1"));
    for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) CHECK_SEEN("127.0.0.1", lines[i], "127.0.0.1");
    wire_stop(&wire);
}

TEST(nobody_else_is_believed) {
    REQUIRE(start("127.0.0.1"));
    CHECK_SEEN("127.0.0.2", "X-Forwarded-For: 192.0.2.1\r\n", "127.0.0.2");
    CHECK_SEEN("127.0.0.11", "X-Forwarded-For: 192.0.2.1\r\n", "127.0.0.11");
    wire_stop(&wire);
    REQUIRE(start(NULL));
    CHECK_SEEN("127.0.0.1", "X-Forwarded-For: 192.0.2.1\r\n", "127.0.0.1");
    wire_stop(&wire);
}

TEST(a_proxy_that_is_no_address_is_refused) {
    struct net_opts opts = {.listen = "127.0.0.1:0", .handler = tell_remote, .proxy = "127.0.0.1:80"};
    struct net_server *server = NULL;
    struct mx_error err = {0};
    CHECK_INT(net_server_new(&opts, &server, &err), MX_E_BAD_INPUT);
    CHECK(strstr(err.message, "127.0.0.1:80") != NULL);
    opts.proxy = "";
    CHECK_INT(net_server_new(&opts, &server, &err), MX_E_BAD_INPUT);
}

RUN_TESTS(CASE(the_last_address_that_the_proxy_wrote_is_the_client), CASE(the_proxy_may_be_named_as_an_ipv6_socket_sees_it),
          CASE(what_is_no_address_leaves_the_proxy_itself), CASE(nobody_else_is_believed), CASE(a_proxy_that_is_no_address_is_refused))
