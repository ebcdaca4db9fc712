#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "net/way.h"
#include "support/check.h"
#include "unit/net/wire.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static struct base_arena *arena;
static struct mx_error err;

/* ---- addresses as text ---- */

TEST(good_urls) {
    static const struct {
        const char *text, *host;
        uint16_t port;
        int secure;
        const char *target;
    } cases[] = {
        {"https://example.com", "example.com", 443, 1, ""},
        {"HTTPS://Example.COM/", "example.com", 443, 1, "/"},
        {"http://example.com:8080/a/b?c=d&e=%2F", "example.com", 8080, 0, "/a/b?c=d&e=%2F"},
        {"https://example.com?x", "example.com", 443, 1, "?x"},
        {"https://192.0.2.1:1/", "192.0.2.1", 1, 1, "/"},
        {"https://[2001:DB8::1]:65535/", "2001:db8::1", 65535, 1, "/"},
        {"https://[::1]", "::1", 443, 1, ""},
        {"https://my_host-1.local/", "my_host-1.local", 443, 1, "/"},
        {"https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de", 443, 1, "/"},
        {"https://2nd-till/", "2nd-till", 443, 1, "/"},
    };
    size_t i;
    for (i = 0; i < COUNT(cases); i++) {
        struct net_url url;
        CHECK_INT(net_url_parse(mx_str_of(cases[i].text), &url, &err), MX_OK);
        CHECK_STR(mx_str_of(url.host.text), cases[i].host);
        CHECK_INT(url.port, cases[i].port);
        CHECK_INT(url.secure, cases[i].secure);
        CHECK_STR(url.target, cases[i].target);
    }
}

static const char *const ambiguous_urls[] = {
    "",
    "https://",
    "https:///path",
    "example.com",
    "//example.com",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "unix:/run/merx.sock",
    "https:/example.com",
    "https:\\\\example.com",
    "https://example.com\\@evil.example/",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://@example.com/",
    "https://example.com#fragment",
    "https://example.com/#fragment",
    "https://example.com/a b",
    "https://example.com/a\tb",
    "https://example.com/\r\nHost: evil",
    "https://example.com/\x7f",
    "https://example.com/\xc3\xa4",
    "https://ex\xc3\xa4mple.com/",
    "https://example.com/%",
    "https://example.com/%2",
    "https://example.com/%zz",
    "https://example.com/<>",
    "https://example.com:/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:+80/",
    "https://example.com:080/",
    "https://example.com:80:80/",
    "https://example.com:http/",
    "https://example..com/",
    "https://.example.com/",
    "https://example.com./",
    "https://-example.com/",
    "https://example-/",
    "https://exa mple.com/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1.2/",
    "https://256.0.0.1/",
    "https://::1/",
    "https://[::1/",
    "https://[::1]x/",
    "https://[127.0.0.1]/",
    "https://[fe80::1%25eth0]/",
    "https://[example.com]/",
    "https://example%2ecom/",
    " https://example.com/",
};

TEST(urls_that_two_readers_could_see_differently) {
    struct net_url url;
    char longest[4096];
    size_t i;
    for (i = 0; i < COUNT(ambiguous_urls); i++) {
        if (net_url_parse(mx_str_of(ambiguous_urls[i]), &url, &err) == MX_E_BAD_INPUT && strcmp(err.field, "url") == 0) continue;
        printf("# taken: %s\n", ambiguous_urls[i]);
        CHECK(0);
    }
    CHECK_INT(net_url_parse(mx_str_n("https://a\0b/", 12), &url, &err), MX_E_BAD_INPUT);
    memset(longest, 'a', sizeof(longest));
    memcpy(longest, "https://a/", 10);
    CHECK_INT(net_url_parse(mx_str_n(longest, 2048), &url, &err), MX_OK);
    CHECK_INT(net_url_parse(mx_str_n(longest, 2049), &url, &err), MX_E_BAD_INPUT);
    memcpy(longest, "https://aa", 10);
    CHECK_INT(net_url_parse(mx_str_n(longest, 8 + 63), &url, &err), MX_OK);
    CHECK_INT(net_url_parse(mx_str_n(longest, 8 + 64), &url, &err), MX_E_BAD_INPUT);
}

/* ---- addresses as numbers ---- */

static struct sockaddr_storage address(const char *text) {
    struct sockaddr_storage addr;
    memset(&addr, 0, sizeof(addr));
    if (strchr(text, ':')) {
        addr.ss_family = AF_INET6;
        CHECK_INT(inet_pton(AF_INET6, text, &((struct sockaddr_in6 *)(void *)&addr)->sin6_addr), 1);
    } else {
        addr.ss_family = AF_INET;
        CHECK_INT(inet_pton(AF_INET, text, &((struct sockaddr_in *)(void *)&addr)->sin_addr), 1);
    }
    return addr;
}

static const char *const open_addresses[] = {
    "1.1.1.1",         "8.8.8.8",    "9.255.255.255", "11.0.0.0",    "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1",
    "169.253.0.1",     "172.15.0.1", "172.32.0.1",    "192.167.1.1", "192.169.0.1",    "198.17.0.1",  "198.20.0.1",      "223.1.1.1",
    "2606:4700::1111", "2a00::1",    "2001:200::1",   "2003::1",     "2400:cb00::1",   "3000::1"};

static const char *const closed_addresses[] = {"0.0.0.0",
                                               "0.1.2.3",
                                               "10.0.0.1",
                                               "10.255.255.255",
                                               "100.64.0.1",
                                               "100.127.255.255",
                                               "127.0.0.1",
                                               "127.255.255.255",
                                               "169.254.169.254",
                                               "172.16.0.1",
                                               "172.31.255.255",
                                               "192.0.0.1",
                                               "192.0.2.1",
                                               "192.88.99.1",
                                               "192.168.0.1",
                                               "192.168.255.255",
                                               "198.18.0.1",
                                               "198.19.255.255",
                                               "198.51.100.1",
                                               "203.0.113.1",
                                               "224.0.0.1",
                                               "239.1.1.1",
                                               "240.0.0.1",
                                               "255.255.255.255",
                                               "::",
                                               "::1",
                                               "::ffff:1.1.1.1",
                                               "::ffff:127.0.0.1",
                                               "::127.0.0.1",
                                               "64:ff9b::1.1.1.1",
                                               "64:ff9b:1::1",
                                               "100::1",
                                               "2001::1",
                                               "2001:1ff::1",
                                               "2001:db8::1",
                                               "2002:7f00:1::",
                                               "3fff::1",
                                               "4000::1",
                                               "5f00::1",
                                               "fc00::1",
                                               "fdff::1",
                                               "fe80::1",
                                               "febf::1",
                                               "fec0::1",
                                               "ff02::1"};

TEST(only_the_public_internet_is_public) {
    struct sockaddr_storage addr;
    size_t i;
    for (i = 0; i < COUNT(open_addresses); i++) {
        addr = address(open_addresses[i]);
        if (!net_address_is_public(&addr)) printf("# not public: %s\n", open_addresses[i]);
        CHECK(net_address_is_public(&addr));
    }
    for (i = 0; i < COUNT(closed_addresses); i++) {
        addr = address(closed_addresses[i]);
        if (net_address_is_public(&addr)) printf("# public: %s\n", closed_addresses[i]);
        CHECK(!net_address_is_public(&addr));
    }
    memset(&addr, 0, sizeof(addr));
    CHECK(!net_address_is_public(&addr));
}

TEST(what_is_allowed_is_host_and_port) {
    static const char *const bad[] = {"",           "a", "a:", "a:0", "a:65536", ":80", "a b:80", "::1:80", "[a]:80", "[127.0.0.1]:80",
                                      "http://a:80"};
    static const char *const good[] = {"printer.local:9100", "192.168.1.5:443", "[fd00::5]:8443"};
    struct net_allowed list[3], one;
    struct net_host host;
    struct sockaddr_storage addr = address("192.168.1.5"), other = address("192.168.1.6"), v6 = address("fd00:0::5");
    size_t i;
    for (i = 0; i < COUNT(bad); i++) CHECK(!net_allowed_parse(bad[i], &one));
    for (i = 0; i < COUNT(good); i++) CHECK(net_allowed_parse(good[i], &list[i]));
    CHECK(net_host_parse(mx_str_of("shop.example"), &host));
    CHECK(net_allowed_has(list, 3, &host, &addr, 443));
    CHECK(!net_allowed_has(list, 3, &host, &addr, 444));
    CHECK(!net_allowed_has(list, 3, &host, &other, 443));
    CHECK(net_allowed_has(list, 3, &host, &v6, 8443));
    CHECK(net_host_parse(mx_str_of("PRINTER.local"), &host));
    CHECK(net_allowed_has(list, 3, &host, &other, 9100));
    CHECK(!net_allowed_has(list, 3, &host, &other, 443));
}

/* ---- answers ---- */

/* Feed the bytes, `step` at a time: 1 when they make an answer. */
static int reads(struct net_reading *reading, const char *text, size_t step, int no_body) {
    size_t at, len = strlen(text);
    net_reading_init(reading, arena, 100, no_body);
    for (at = 0; at < len && !reading->complete; at += step)
        if (!net_reading_feed(reading, text + at, at + step > len ? len - at : step)) return 0;
    return reading->complete || net_reading_end(reading);
}

TEST(answers_are_read_in_any_pieces) {
    static const struct {
        const char *text;
        int status;
        const char *body;
        int64_t retry_after_s;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", 0},
        {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", 0},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: t\r\n\r\n", 200, "hello", 0},
        {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end", 0},
        {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", 0},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, "", 0},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nRetry-After: 9\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok",
         201, "ok", 0},
        {"HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\nContent-Length: 0\r\n\r\n", 302, "", 0},
        {"HTTP/1.1 503 Busy\r\nretry-after:  120 \r\nContent-Length: 0\r\n\r\n", 503, "", 120},
        {"HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\nContent-Length: 0\r\n\r\n", 503, "", 365 * 86400},
        {"HTTP/1.1 503 Busy\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n", 503, "", 0},
        {"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", 503, "", 0},
        {"HTTP/1.1 503 Busy\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n", 503, "", 0},
        {"HTTP/1.1 503 Busy\r\nRetry-After: Sun, 99 Bla 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n", 503, "", 0},
    };
    struct net_reading reading;
    size_t i, step;
    arena = base_arena_new(16384);
    for (i = 0; i < COUNT(cases); i++)
        for (step = 1; step <= 300; step += step < 3 ? 1 : 99) {
            CHECK(reads(&reading, cases[i].text, step, 0));
            CHECK_INT(reading.parser.status_code, cases[i].status);
            CHECK_STR(base_buf_view(&reading.body), cases[i].body);
            CHECK_INT(reading.retry_after_s, cases[i].retry_after_s);
        }
    CHECK(reads(&reading, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 7, 1)); /* to HEAD */
    base_arena_free(arena);
}

TEST(a_date_to_come_again) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct net_reading reading;
    struct base_civil c;
    char text[256];
    arena = base_arena_new(16384);
    base_civil_from_ms(NULL, base_now_ms() + 3600000, &c);
    sprintf(text, "HTTP/1.1 429 Slow\r\nRetry-After: %s, %02d %s %04d %02d:%02d:%02d GMT\r\nContent-Length: 0\r\n\r\n", days[c.weekday % 7],
            c.day, months[c.month - 1], c.year, c.hour, c.minute, c.second);
    CHECK(reads(&reading, text, 50, 0));
    CHECK(reading.retry_after_s > 3500 && reading.retry_after_s <= 3600);
    base_arena_free(arena);
}

TEST(what_is_no_answer) {
    static const char *const bad[] = {
        "",
        "HTTP/1.1",
        "220 mail.example ready\r\n",
        "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 99 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
    };
    struct net_reading reading;
    size_t i;
    arena = base_arena_new(16384);
    for (i = 0; i < COUNT(bad); i++) {
        if (reads(&reading, bad[i], 1000, 0)) printf("# taken: %s\n", bad[i]);
        CHECK(!reads(&reading, bad[i], 1000, 0));
        CHECK(!reads(&reading, bad[i], 1, 0));
    }
    base_arena_free(arena);
}

TEST(answers_have_limits) {
    struct net_reading reading;
    char text[512];
    int i, fed = 1;
    arena = base_arena_new(16384);
    memset(text, 'x', sizeof(text));
    CHECK(!reads(&reading, "HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", 1000, 0) && reading.too_large);
    sprintf(text, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n%0101d", 7);
    CHECK(!reads(&reading, text, 1000, 0) && reading.too_large);
    sprintf(text, "HTTP/1.1 200 OK\r\n\r\n%0101d", 7);
    CHECK(!reads(&reading, text, 1000, 0) && reading.too_large);
    net_reading_init(&reading, arena, 100, 0);
    CHECK(net_reading_feed(&reading, "HTTP/1.1 200 OK\r\n", 17));
    for (i = 0; i < 100000 && fed; i++) fed = net_reading_feed(&reading, "A: b\r\n", 6);
    CHECK(!fed && i < 11000);
    net_reading_init(&reading, arena, 100, 0);
    for (i = 0, fed = 1; i < 100000 && fed; i++) fed = net_reading_feed(&reading, "HTTP/1.1 100 Go on\r\n\r\n", 22);
    CHECK(!fed && i < 3000);
    base_arena_free(arena);
}

/* ---- fetching, without TLS from where that is allowed ---- */

static struct wire wire;

static mx_status fetch(struct net_way *way, const char *method, const char *url, const char *headers, const char *body, int64_t timeout_ms,
                       struct net_answer *answer) {
    struct net_fetch fetch = {mx_str_of(method), mx_str_of(url), mx_str_of(headers), mx_str_of(body), timeout_ms};
    return net_fetch(way, arena, &fetch, answer, &err);
}

static struct net_way *way_to(const char *allow) {
    const char *list[] = {allow, NULL};
    struct net_out_opts opts = {.allow = list};
    struct net_way *way = NULL;
    CHECK_INT(net_way_new(&opts, &way, &err), MX_OK);
    return way;
}

TEST(what_is_allowed_is_fetched) {
    struct net_answer answer = {0};
    struct net_way *way;
    char here[64], url[128];
    arena = base_arena_new(16384);
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    sprintf(here, "127.0.0.1:%d", net_server_port(wire.server));
    way = way_to(here);
    sprintf(url, "http://%s/hook?a=b", here);
    CHECK_INT(fetch(way, "POST", url, "X-A: b\r\n", "body", 5000, &answer), MX_OK);
    CHECK_INT(answer.status, 200);
    CHECK_STR(answer.body, "POST /hook 4");
    sprintf(url, "http://%s?x", here);
    CHECK_INT(fetch(way, "GET", url, "", "", 5000, &answer), MX_OK);
    CHECK_STR(answer.body, "GET / 0");
    sprintf(url, "http://localhost:%d/", net_server_port(wire.server)); /* the address counts, whatever its name */
    CHECK_INT(fetch(way, "GET", url, "", "", 5000, &answer), MX_OK);
    net_way_free(way);
    sprintf(here, "localhost:%d", net_server_port(wire.server));
    way = way_to(here);
    CHECK_INT(fetch(way, "GET", url, "", "", 5000, &answer), MX_OK);
    sprintf(url, "http://127.0.0.1:%d/", net_server_port(wire.server));
    CHECK_INT(fetch(way, "GET", url, "", "", 5000, &answer), MX_E_FORBIDDEN);
    net_way_free(way);
    CHECK_INT(wire.runs, 4);
    wire_stop(&wire);
    base_arena_free(arena);
}

TEST(what_is_not_allowed_is_never_connected_to) {
    static const char *const closed[] = {"https://127.0.0.1:%d/",          "https://localhost:%d/", "https://[::1]:%d/",
                                         "https://[::ffff:127.0.0.1]:%d/", "https://0.0.0.0:%d/",   "https://10.1.2.3:%d/",
                                         "https://169.254.169.254:%d/",    "https://[fd00::1]:%d/", "https://[64:ff9b::7f00:1]:%d/",
                                         "http://127.0.0.1:%d/",           "http://192.0.2.1:%d/",  "http://1.1.1.1:%d/"};
    struct net_answer answer = {0};
    struct net_way *way = way_to("127.0.0.1:1");
    char url[128];
    size_t i;
    arena = base_arena_new(16384);
    REQUIRE(wire_start(&wire, NULL, wire_echo));
    for (i = 0; i < COUNT(closed); i++) {
        sprintf(url, closed[i], net_server_port(wire.server));
        CHECK_INT(fetch(way, "GET", url, "", "", 1000, &answer), MX_E_FORBIDDEN);
        CHECK(err.message[0] != '\0');
    }
    CHECK_INT(wire.runs, 0);
    net_way_free(way);
    wire_stop(&wire);
    base_arena_free(arena);
}

TEST(requests_that_carry_more_than_they_say) {
    static const char *const bad[] = {"X-A: b",
                                      "X-A: b\n",
                                      "X-A: b\r\nX-B",
                                      "X-A b\r\n",
                                      ": b\r\n",
                                      "X A: b\r\n",
                                      "X-A: b\rc\r\n",
                                      "X-A: b\r\n\r\n",
                                      "X-A: \x01\r\n",
                                      " X-A: b\r\n",
                                      "Host: evil\r\n",
                                      "connection: x\r\n",
                                      "Content-Length: 0\r\n",
                                      "TRANSFER-ENCODING: chunked\r\n",
                                      "Expect: 100-continue\r\n"};
    static const char *const methods[] = {"", "GET /", "GET\r\n", "G\x01", "AAAAAAAAAAAAAAAAAAAAA"};
    struct net_answer answer = {0};
    struct net_way *way = way_to("127.0.0.1:1");
    size_t i;
    arena = base_arena_new(16384);
    for (i = 0; i < COUNT(bad); i++) {
        CHECK_INT(fetch(way, "GET", "http://127.0.0.1:1/", bad[i], "", 1000, &answer), MX_E_BAD_INPUT);
        CHECK(strcmp(err.field, "headers") == 0);
    }
    for (i = 0; i < COUNT(methods); i++) CHECK_INT(fetch(way, methods[i], "http://127.0.0.1:1/", "", "", 1000, &answer), MX_E_BAD_INPUT);
    CHECK_INT(fetch(way, "GET", "http://127.0.0.1:1/", "", "", 0, &answer), MX_E_BAD_INPUT);
    net_way_free(way);
    base_arena_free(arena);
}

/* Takes connections and never says a word. */
TEST(a_deadline_covers_everything) {
    struct sockaddr_in in = {.sin_family = AF_INET};
    socklen_t len = sizeof(in);
    struct net_answer answer = {0};
    struct net_way *way;
    char here[64], url[96];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int64_t from;
    arena = base_arena_new(16384);
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0 && listen(fd, 8) == 0 && getsockname(fd, (struct sockaddr *)&in, &len) == 0);
    sprintf(here, "127.0.0.1:%d", ntohs(in.sin_port));
    way = way_to(here);
    sprintf(url, "http://%s/", here);
    from = wire_now_ms();
    CHECK_INT(fetch(way, "GET", url, "", "", 100, &answer), MX_E_TIMEOUT);
    sprintf(url, "https://%s/", here);
    CHECK_INT(fetch(way, "GET", url, "", "", 100, &answer), MX_E_TIMEOUT);
    CHECK(wire_now_ms() - from < 5000);
    close(fd);
    CHECK_INT(fetch(way, "GET", url, "", "", 1000, &answer), MX_E_IO);
    net_way_free(way);
    base_arena_free(arena);
}

TEST(wrong_options_are_named) {
    static const char *const allow[] = {"127.0.0.1:80", "nonsense", NULL};
    struct net_out_opts opts = {.allow = allow};
    struct net_way *way = NULL;
    CHECK_INT(net_way_new(&opts, &way, &err), MX_E_BAD_INPUT);
    CHECK(strcmp(err.field, "allow") == 0 && strstr(err.message, "nonsense"));
    opts.allow = NULL;
    opts.ca_file = "/no/such/file";
    CHECK_INT(net_way_new(&opts, &way, &err), MX_E_IO);
    opts.ca_file = "/dev/null";
    CHECK_INT(net_way_new(&opts, &way, &err), MX_E_DAMAGED);
    opts.ca_file = __FILE__;
    CHECK_INT(net_way_new(&opts, &way, &err), MX_E_DAMAGED);
    CHECK(way == NULL);
}

RUN_TESTS(CASE(good_urls), CASE(urls_that_two_readers_could_see_differently), CASE(only_the_public_internet_is_public),
          CASE(what_is_allowed_is_host_and_port), CASE(answers_are_read_in_any_pieces), CASE(a_date_to_come_again), CASE(what_is_no_answer),
          CASE(answers_have_limits), CASE(what_is_allowed_is_fetched), CASE(what_is_not_allowed_is_never_connected_to),
          CASE(requests_that_carry_more_than_they_say), CASE(a_deadline_covers_everything), CASE(wrong_options_are_named))
