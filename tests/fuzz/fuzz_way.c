/* fuzz_way SECONDS [SEED]: mutates what strangers send before or without a request: the hello of TLS, addresses of the
 * way out, answers of other servers.
 *
 * What must hold: nothing is read beyond its end; a hello that is taken was not taken before its last byte; an address
 * that is taken, put together again from its parts, is read as itself; an answer in pieces is read as one that comes at
 * once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "net/tls.h"

#define INPUT_MAX 2048u

static uint64_t state;
static char *input; /* of exactly its length, so that a sanitizer sees its end */
static size_t input_len;
static struct base_arena *arena;

static uint32_t below(uint32_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit ? (uint32_t)((state * UINT64_C(2685821657736338717)) >> 33) % limit : 0;
}

static void fail(const char *why) {
    size_t i;
    printf("# %s:\n# ", why);
    for (i = 0; i < input_len; i++) printf("\\x%02x", (unsigned)(uint8_t)input[i]);
    printf("\n0 passed, 1 failed\n");
    exit(1);
}

static void set_input(const char *bytes, size_t len) {
    char *copy = malloc(len ? len : 1);
    if (copy == NULL) abort();
    memcpy(copy, bytes, len);
    free(input);
    input = copy;
    input_len = len;
}

static void mutate(const char *const *words, size_t count) {
    char out[INPUT_MAX];
    size_t at = below((uint32_t)input_len + 1), len = input_len, cut;
    const char *word = words[below((uint32_t)count)];
    memcpy(out, input, len);
    switch (below(5)) {
    case 0:
        if (at < len) out[at] = (char)below(256);
        break;
    case 1:
        if (at < len) out[at] = (char)(out[at] ^ (1 << below(8)));
        break;
    case 2:
        cut = below(9);
        if (at + cut > len) cut = len - at;
        memmove(out + at, out + at + cut, len - at - cut);
        len -= cut;
        break;
    case 3:
        if (len + strlen(word) > sizeof(out)) break;
        memmove(out + at + strlen(word), out + at, len - at);
        memcpy(out + at, word, strlen(word));
        len += strlen(word);
        break;
    default:
        len = at;
    }
    set_input(out, len);
}

/* ---- hellos ---- */

static void seed_hello(void) {
    static const uint8_t head[] = {22, 3, 1, 0, 61, 1, 0, 0, 57, 3, 3};
    static const uint8_t rest[] = {0, 0, 4, 0xc0, 0x2b, 0xcc, 0xa9, 1, 0, 0, 12, 0, 10, 0, 4, 0, 2, 0, 29, 0, 11, 0, 0};
    char bytes[11 + 32 + sizeof(rest)];
    memcpy(bytes, head, sizeof(head));
    memset(bytes + 11, 7, 32);
    memcpy(bytes + 43, rest, sizeof(rest));
    set_input(bytes, sizeof(bytes));
}

static int taken;

static void check_hello(void) {
    struct mx_str answer = mx_str_of("");
    size_t need = 0, at;
    int rc = net_tls_hello((const uint8_t *)input, input_len, &need, &answer);
    if (rc == NET_MORE && need <= input_len) fail("more is wanted, and it is there");
    if (rc == NET_REFUSED && answer.len == 0) fail("refused without a word");
    if (rc != NET_COMPLETE) return;
    taken++;
    if (need > input_len) fail("taken before it was there");
    for (at = 0; at < need; at++) {
        char *part = malloc(at + 1);
        size_t more;
        if (part == NULL) abort();
        memcpy(part, input, at);
        if (net_tls_hello((const uint8_t *)part, at, &more, &answer) != NET_MORE) fail("taken or refused too early");
        free(part);
    }
}

/* ---- addresses ---- */

static void seed_url(void) {
    static const char *const seeds[] = {"https://example.com/a/b?c=d", "http://[2001:db8::1]:8080/", "https://192.0.2.1:1?x=%20",
                                        "https://a.b-c.d:65535"};
    const char *seed = seeds[below(4)];
    set_input(seed, strlen(seed));
}

static void check_url(void) {
    struct net_url url, again;
    struct mx_error err;
    char text[INPUT_MAX + 600];
    int len;
    if (net_url_parse(mx_str_n(input, input_len), &url, &err) != MX_OK) return;
    taken++;
    len = snprintf(text, sizeof(text), "%s://%s%s%s:%u%.*s", url.secure ? "https" : "http", url.host.address_len == 16 ? "[" : "",
                   url.host.text, url.host.address_len == 16 ? "]" : "", (unsigned)url.port, (int)url.target.len, url.target.ptr);
    if (net_url_parse(mx_str_n(text, (size_t)len), &again, &err) != MX_OK) fail("an address is not read as it is written");
    if (!net_host_equal(&url.host, &again.host) || url.port != again.port || url.secure != again.secure ||
        !mx_str_eq(url.target, again.target))
        fail("an address is read as another");
}

/* ---- answers ---- */

static void seed_answer(void) {
    static const char *const seeds[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 12\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.0 429 Slow\r\nRetry-After: Sun, 06 Nov 2094 08:49:37 GMT\r\n\r\nuntil the end",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    };
    const char *seed = seeds[below(4)];
    set_input(seed, strlen(seed));
}

static int reads(struct net_reading *reading, int in_pieces) {
    size_t at = 0, step;
    net_reading_init(reading, arena, 64, 0);
    while (at < input_len && !reading->complete) {
        step = in_pieces ? 1 + below(9) : input_len;
        if (at + step > input_len) step = input_len - at;
        if (!net_reading_feed(reading, input + at, step)) return 0;
        at += step;
    }
    return reading->complete || net_reading_end(reading);
}

static void check_answer(void) {
    struct net_reading whole, pieces;
    int read = reads(&whole, 0);
    if (read != reads(&pieces, 1)) fail("an answer in pieces is read otherwise");
    if (read) {
        taken++;
        if (whole.parser.status_code != pieces.parser.status_code || !mx_str_eq(base_buf_view(&whole.body), base_buf_view(&pieces.body)))
            fail("an answer in pieces says something else");
        if (whole.body.len > 64) fail("an answer is larger than it may be");
    }
    base_arena_reset(arena);
}

static const char *const words[] = {"\r\n",
                                    ":",
                                    "/",
                                    "@",
                                    "#",
                                    "?",
                                    "[",
                                    "]",
                                    "%41",
                                    "%",
                                    "\\",
                                    "0",
                                    "9",
                                    ".",
                                    "-",
                                    "xn--",
                                    "\x16\x03",
                                    "\x03\x03",
                                    "\xff\xff",
                                    "Content-Length: 3\r\n",
                                    "Transfer-Encoding: chunked\r\n",
                                    "Retry-After: 1\r\n",
                                    "0\r\n\r\n",
                                    "\r\n\r\n",
                                    "HTTP/1.1 100 A\r\n\r\n"};

int main(int argc, char **argv) {
    static void (*const seeds[])(void) = {seed_hello, seed_url, seed_answer};
    static void (*const checks[])(void) = {check_hello, check_url, check_answer};
    time_t until = time(NULL) + (argc > 1 ? atoi(argv[1]) : 10);
    uint64_t runs = 0;
    state = argc > 2 ? strtoull(argv[2], NULL, 10) * 2654435761u + 1 : 88172645463325252u;
    arena = base_arena_new(65536);
    while ((runs & 255) != 0 || time(NULL) < until) {
        uint32_t kind = below(3), rounds = below(6);
        seeds[kind]();
        while (rounds-- > 0) mutate(words, sizeof(words) / sizeof(words[0]));
        checks[kind]();
        runs++;
    }
    printf("# %llu inputs, %d of them taken\n1 passed, 0 failed\n", (unsigned long long)runs, taken);
    free(input);
    base_arena_free(arena);
    return 0;
}
