/* The reading of messages, in process: however the bytes arrive, the outcome is the same. */
#include "net/internal.h"
#include "support/check.h"
#include "unit/net/corpus.h"

static const struct net_limits limits = {CORPUS_HEAD, CORPUS_BODY};
static struct corpus corpus;

struct outcome {
    int rc, status;
    uint32_t head_len, body_len;
};

static struct outcome outcome_of(const struct net_message *message, int rc, const struct net_refusal *refusal) {
    struct outcome outcome = {rc, rc == NET_REFUSED ? refusal->status : 0, 0, 0};
    if (rc == NET_COMPLETE) {
        outcome.head_len = message->head_len;
        outcome.body_len = message->body_len;
    }
    return outcome;
}

static int same(struct outcome a, struct outcome b) {
    return a.rc == b.rc && a.status == b.status && a.head_len == b.head_len && a.body_len == b.body_len;
}

/* The bytes up to `first`, then steps of `step`; each time in a buffer of exactly that size. */
static struct outcome read_in_pieces(const char *bytes, size_t len, size_t first, size_t step) {
    struct net_message message;
    struct net_refusal refusal = {0, NULL};
    size_t have = first < len ? first : len;
    int rc;
    net_message_init(&message);
    for (;;) {
        char *copy = malloc(have ? have : 1);
        if (copy == NULL) abort();
        memcpy(copy, bytes, have);
        rc = net_message_read(&message, &limits, copy, have, &refusal);
        free(copy);
        if (rc != NET_MORE || have == len) return outcome_of(&message, rc, &refusal);
        have = have + step < len ? have + step : len;
    }
}

TEST(pieces_make_no_difference) {
    size_t i, cut;
    corpus_load(&corpus);
    for (i = 0; i < corpus.count; i++) {
        const struct corpus_case *one = &corpus.at[i];
        size_t len = one->len < 600 ? one->len : 600; /* of long messages, their beginning */
        struct outcome whole = read_in_pieces(one->bytes, len, len, len);
        for (cut = 0; cut < len; cut++) {
            if (same(whole, read_in_pieces(one->bytes, len, cut, len))) continue;
            printf("# %s, cut at %d\n", one->name, (int)cut);
            CHECK(0);
            break;
        }
        if (len > 0 && !same(whole, read_in_pieces(one->bytes, len, 1, 1))) {
            printf("# %s, byte by byte\n", one->name);
            CHECK(0);
        }
    }
    corpus_free(&corpus);
}

static struct net_message message;
static struct net_refusal refusal;

static int read_text(const char *text) {
    net_message_init(&message);
    return net_message_read(&message, &limits, text, strlen(text), &refusal);
}

static struct mx_str part(const char *text, struct net_span span) { return mx_str_n(text + span.at, span.len); }

TEST(the_parts_are_found) {
    const char *text = "POST /v1/a.b?c=d HTTP/1.1\r\nAUTHORIZATION:\tBearer x \r\nhost: h\r\nIdempotency-key:k 1\r\n"
                       "content-type: application/json;charset=utf-8\r\nContent-Length: 2\r\n\r\n{}";
    CHECK_INT(read_text(text), NET_COMPLETE);
    CHECK_STR(part(text, message.method), "POST");
    CHECK_STR(part(text, message.target), "/v1/a.b?c=d");
    CHECK_STR(part(text, message.authorization), "Bearer x");
    CHECK_STR(part(text, message.idempotency_key), "k 1");
    CHECK_STR(part(text, message.content_type), "application/json;charset=utf-8");
    CHECK_INT(message.body_len, 2);
    CHECK_INT(message.head_len, strlen(text) - 2);
    CHECK_INT(message.minor, 1);
    CHECK_INT(message.close, 0);
}

TEST(when_the_connection_ends) {
    CHECK_INT(read_text("GET / HTTP/1.0\r\n\r\n"), NET_COMPLETE);
    CHECK_INT(message.close, 1);
    CHECK_INT(read_text("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), NET_COMPLETE);
    CHECK_INT(message.close, 1);
    CHECK_INT(read_text("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close ,y\r\n\r\n"), NET_COMPLETE);
    CHECK_INT(message.close, 1);
    CHECK_INT(read_text("GET / HTTP/1.1\r\nHost: h\r\nConnection: closed\r\n\r\n"), NET_COMPLETE);
    CHECK_INT(message.close, 0);
}

TEST(who_waits_for_100_continue) {
    CHECK_INT(read_text("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"), NET_MORE);
    CHECK_INT(message.expects_continue, 1);
    CHECK_INT(read_text("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"), NET_MORE);
    CHECK_INT(message.expects_continue, 0);
}

TEST(a_refusal_says_what_was_wrong) {
    CHECK_INT(read_text("GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n"), NET_REFUSED);
    CHECK_INT(refusal.status, 400);
    CHECK(strstr(refusal.detail, "field name") != NULL);
    CHECK_INT(read_text("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"), NET_REFUSED);
    CHECK(strstr(refusal.detail, "Transfer-Encoding") != NULL);
    CHECK_INT(read_text("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n"), NET_REFUSED);
    CHECK_INT(refusal.status, 413);
}

/* Bad bytes are refused when they come, not when the head is complete. */
TEST(nothing_is_waited_for_in_vain) {
    CHECK_INT(read_text("GET / HTTP/1.1\n"), NET_REFUSED);
    CHECK_INT(read_text("\x16\x03\x01"), NET_REFUSED);
    CHECK_INT(read_text("GET / HTTP/1.1\r\nHost: h\rX"), NET_REFUSED);
    CHECK_INT(read_text("\r\n"), NET_REFUSED);
    CHECK_INT(read_text(""), NET_MORE);
}

/* llhttp reads `text` as our own steps do, unless somebody changes what they found. */
static const char *const agreed = "POST /a?b HTTP/1.1\r\nHost: h\r\nEmpty:\r\nX: y z \r\nContent-Length: 3\r\n\r\nabc";
static struct net_fields fields;

static int opinion_after(void (*change)(void)) {
    uint32_t head_len = (uint32_t)strlen(agreed) - 3;
    net_message_init(&message);
    if (net_head_parse(&message, agreed, head_len, &fields, &refusal) != NET_COMPLETE) return -1;
    if (net_fields_judge(&message, &limits, agreed, &fields, &refusal) != NET_COMPLETE) return -1;
    if (change) change();
    return net_opinion_head(&message, agreed, head_len, &fields);
}

static void other_method(void) { message.method.len--; }
static void other_target(void) { message.target.at++, message.target.len--; }
static void other_length(void) { message.body_len = 4; }
static void no_length(void) { message.body_len = 0; }
static void other_version(void) { message.minor = 0; }
static void field_less(void) { fields.count--; }
static void field_more(void) { fields.at[fields.count++] = fields.at[1]; }
static void other_name(void) { fields.at[1].name = fields.at[0].name; }
static void other_value(void) { fields.at[2].value.len = 1; }
static void value_for_none(void) { fields.at[1].value.len = 1; }

TEST(two_readings_are_one_too_many) {
    static void (*const changes[])(void) = {other_method, other_target, other_length, no_length,   other_version,
                                            field_less,   field_more,   other_name,   other_value, value_for_none};
    size_t i;
    CHECK_INT(opinion_after(NULL), 1);
    CHECK_INT(net_opinion_body(&message, agreed + strlen(agreed) - 3), 1);
    for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        if (opinion_after(changes[i]) != 0) printf("# change %d was not noticed\n", (int)i);
        CHECK_INT(opinion_after(changes[i]), 0);
    }
    CHECK_INT(opinion_after(NULL), 1);
    message.body_len = 2;
    CHECK_INT(net_opinion_body(&message, agreed + strlen(agreed) - 3), 0);
}

TEST(sets_of_bytes) {
    int c;
    for (c = 0; c < 256; c++) {
        int letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        char byte = (char)c;
        CHECK_INT(net_in(&net_token, byte), letter || digit || (c && strchr("!#$%&'*+-.^_`|~", c)));
        CHECK_INT(net_in(&net_pchar, byte), letter || digit || (c && strchr("-._~!$&'()*+,;=:@/?%", c)));
        CHECK_INT(net_in(&net_name, byte), letter || digit || (c && strchr(".-_", c)));
        CHECK_INT(net_in(&net_digit, byte), digit);
        CHECK_INT(net_in(&net_hex, byte), digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    }
    CHECK(net_word("Bearer ", 7, "bearer "));
    CHECK(!net_word("Bearer", 6, "bearer "));
}

RUN_TESTS(CASE(pieces_make_no_difference), CASE(the_parts_are_found), CASE(when_the_connection_ends), CASE(who_waits_for_100_continue),
          CASE(a_refusal_says_what_was_wrong), CASE(nothing_is_waited_for_in_vain), CASE(two_readings_are_one_too_many),
          CASE(sets_of_bytes))
