/* fuzz_http SECONDS [SEED]: mutates the messages of the framing corpus and reads them in process.
 *
 * What must hold: nothing crashes; bytes that come in pieces are read as those that come at once; what is accepted is
 * framed by llhttp alone in exactly the same way; and the accepted request, written out anew, is read as itself. */
#include <time.h>

#include "net/internal.h"
#include "unit/net/corpus.h"

#define INPUT_MAX 4096u

static const struct net_limits limits = {2048, 1024};
static struct corpus corpus;
static uint64_t state;
static char input[INPUT_MAX];
static size_t input_len;

static uint32_t below(uint32_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return limit ? (uint32_t)((state * UINT64_C(2685821657736338717)) >> 33) % limit : 0;
}

static void fail(const char *why) {
    size_t i;
    printf("# %s:\n# ", why);
    for (i = 0; i < input_len; i++) {
        char c = input[i];
        if (c >= 0x20 && c < 0x7f && c != '\\')
            putchar(c);
        else
            printf("\\x%02x", (unsigned)(uint8_t)c);
    }
    printf("\n");
    exit(1);
}

/* ---- mutation ---- */

static const char *const words[] = {
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    ",",
    "0",
    "1",
    "+",
    "-",
    "%",
    "%2",
    "\x01",
    "\x7f",
    "\xff",
    "Host: shop\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "Connection: upgrade\r\nUpgrade: h2c\r\n",
    "Expect: 100-continue\r\n",
    "X:\r\n",
    "X: y\r\n",
    "Upgrade: a\r\n",
    " HTTP/1.1\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "close",
    "chunked",
    "Content-Length",
    "Connection:",
};

static void insert(size_t at, const char *bytes, size_t len) {
    if (input_len + len > INPUT_MAX) return;
    memmove(input + at + len, input + at, input_len - at);
    memcpy(input + at, bytes, len);
    input_len += len;
}

static void erase(size_t at, size_t len) {
    if (at + len > input_len) len = input_len - at;
    memmove(input + at, input + at + len, input_len - at - len);
    input_len -= len;
}

static void mutate(void) {
    size_t at = below((uint32_t)input_len + 1);
    const struct corpus_case *other = &corpus.at[below((uint32_t)corpus.count)];
    size_t from, len;
    switch (below(8)) {
    case 0:
        if (at < input_len) input[at] = (char)below(256);
        break;
    case 1:
        if (at < input_len) input[at] = (char)(input[at] ^ (1 << below(8)));
        break;
    case 2:
        erase(at, 1 + below(3));
        break;
    case 3:
        erase(at, below(40));
        break;
    case 4: {
        const char *word = words[below(sizeof(words) / sizeof(words[0]))];
        insert(at, word, strlen(word));
        break;
    }
    case 5: /* a part of another message */
        from = below((uint32_t)(other->len < 400 ? other->len : 400));
        len = below(60);
        if (from + len <= other->len) insert(at, other->bytes + from, len);
        break;
    case 6: { /* a part of this one again */
        char copy[64];
        len = below(sizeof(copy));
        if (at + len > input_len) break;
        memcpy(copy, input + at, len);
        insert(below((uint32_t)input_len + 1), copy, len);
        break;
    }
    default: /* a digit more or less */
        for (from = 0; from < input_len && (input[(at + from) % input_len] < '0' || input[(at + from) % input_len] > '9'); from++) continue;
        if (from < input_len) input[(at + from) % input_len] = (char)('0' + below(10));
        break;
    }
}

static void make_input(void) {
    const struct corpus_case *one;
    uint32_t n;
    do one = &corpus.at[below((uint32_t)corpus.count)];
    while (one->len > 600);
    input_len = one->len;
    memcpy(input, one->bytes, one->len);
    for (n = below(6); n > 0; n--) mutate();
}

/* ---- llhttp alone ---- */

struct alone {
    const char *end; /* behind the first message; NULL when it did not end */
    uint64_t body_len;
    uint32_t fields;
    int chunked;
};

static int alone_field(llhttp_t *parser) {
    ((struct alone *)parser->data)->fields++;
    return 0;
}

static int alone_body(llhttp_t *parser, const char *at, size_t len) {
    (void)at;
    ((struct alone *)parser->data)->body_len += len;
    return 0;
}

static int alone_headers(llhttp_t *parser) {
    struct alone *alone = parser->data;
    alone->chunked = (parser->flags & (F_CHUNKED | F_TRANSFER_ENCODING)) != 0;
    return 0;
}

static int alone_complete(llhttp_t *parser) {
    (void)parser;
    return HPE_PAUSED;
}

static const llhttp_settings_t alone_settings = {
    .on_header_value_complete = alone_field,
    .on_body = alone_body,
    .on_headers_complete = alone_headers,
    .on_message_complete = alone_complete,
};

static void read_alone(const char *bytes, size_t len, struct alone *alone) {
    llhttp_t parser;
    llhttp_errno_t rc;
    memset(alone, 0, sizeof(*alone));
    llhttp_init(&parser, HTTP_REQUEST, &alone_settings);
    parser.data = alone;
    rc = llhttp_execute(&parser, bytes, len);
    if (rc == HPE_PAUSED || rc == HPE_PAUSED_UPGRADE) alone->end = llhttp_get_error_pos(&parser);
}

/* ---- the checks ---- */

static int read_whole(const char *bytes, size_t len, struct net_message *message, struct net_refusal *refusal) {
    char *copy = malloc(len ? len : 1);
    int rc;
    if (copy == NULL) abort();
    memcpy(copy, bytes, len);
    net_message_init(message);
    rc = net_message_read(message, &limits, copy, len, refusal);
    free(copy);
    return rc;
}

static int read_in_two(const char *bytes, size_t len, size_t cut, struct net_message *message, struct net_refusal *refusal) {
    char *copy = malloc(cut ? cut : 1);
    int rc;
    if (copy == NULL) abort();
    memcpy(copy, bytes, cut);
    net_message_init(message);
    rc = net_message_read(message, &limits, copy, cut, refusal);
    free(copy);
    return rc == NET_MORE ? net_message_read(message, &limits, bytes, len, refusal) : rc;
}

static int span_same(const char *a, struct net_span a_span, const char *b, struct net_span b_span) {
    return a_span.len == b_span.len && memcmp(a + a_span.at, b + b_span.at, a_span.len) == 0;
}

/* Our own words for the accepted request: the same fields and nothing that we did not understand. */
static void check_again(const struct net_message *message) {
    static char text[INPUT_MAX * 2];
    struct net_message again;
    struct net_refusal refusal;
    int len = sprintf(text, "%.*s %.*s HTTP/1.%d\r\nHost: h\r\nContent-Length: %u\r\n%s", (int)message->method.len,
                      input + message->method.at, (int)message->target.len, input + message->target.at, message->minor,
                      (unsigned)message->body_len, message->close ? "Connection: close\r\n" : "");
    if (message->authorization.len)
        len += sprintf(text + len, "Authorization: %.*s\r\n", (int)message->authorization.len, input + message->authorization.at);
    if (message->idempotency_key.len)
        len += sprintf(text + len, "Idempotency-Key: %.*s\r\n", (int)message->idempotency_key.len, input + message->idempotency_key.at);
    if (message->content_type.len)
        len += sprintf(text + len, "Content-Type: %.*s\r\n", (int)message->content_type.len, input + message->content_type.at);
    len += sprintf(text + len, "\r\n");
    memcpy(text + len, input + message->head_len, message->body_len);
    len += (int)message->body_len;
    if (len > (int)limits.header_bytes) return;
    if (read_whole(text, (size_t)len, &again, &refusal) != NET_COMPLETE) fail("an accepted request, written anew, is not accepted");
    if (!span_same(input, message->method, text, again.method) || !span_same(input, message->target, text, again.target) ||
        !span_same(input, message->authorization, text, again.authorization) ||
        !span_same(input, message->idempotency_key, text, again.idempotency_key) ||
        !span_same(input, message->content_type, text, again.content_type) || again.body_len != message->body_len ||
        again.minor != message->minor || again.close != message->close || again.head_len + again.body_len != (uint32_t)len)
        fail("an accepted request, written anew, is another");
}

static void check_alone(const struct net_message *message) {
    struct alone alone;
    read_alone(input, input_len, &alone);
    if (alone.end != input + message->head_len + message->body_len) fail("llhttp ends the message elsewhere");
    if (alone.body_len != message->body_len || alone.chunked) fail("llhttp sees another body");
}

static int check(void) {
    struct net_message message, split;
    struct net_refusal refusal = {0, NULL}, split_refusal = {0, NULL};
    int rc = read_whole(input, input_len, &message, &refusal);
    int split_rc = read_in_two(input, input_len, below((uint32_t)input_len + 1), &split, &split_refusal);
    if (rc != split_rc || (rc == NET_REFUSED && refusal.status != split_refusal.status)) fail("in two pieces it is read otherwise");
    if (rc == NET_REFUSED && (refusal.status < 400 || refusal.status > 599 || refusal.detail == NULL)) fail("refused without saying why");
    if (rc != NET_COMPLETE) return rc;
    if (split.head_len != message.head_len || split.body_len != message.body_len) fail("in two pieces it is framed otherwise");
    check_alone(&message);
    check_again(&message);
    return rc;
}

int main(int argc, char **argv) {
    time_t end = time(NULL) + (argc > 1 ? atol(argv[1]) : 10);
    unsigned long long count[3] = {0, 0, 0};
    state = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
    state = state * UINT64_C(0x9e3779b97f4a7c15) + 1;
    corpus_load(&corpus);
    do {
        int i;
        for (i = 0; i < 1000; i++) {
            make_input();
            count[check()]++;
        }
    } while (time(NULL) < end);
    printf("%llu messages: %llu accepted, %llu refused, %llu not complete\n", count[0] + count[1] + count[2], count[NET_COMPLETE],
           count[NET_REFUSED], count[NET_MORE]);
    corpus_free(&corpus);
    printf("1 passed, 0 failed\n"); /* a finding ends the program where it stands */
    return 0;
}
