#include "net/internal.h"

/* What the header fields mean for the framing of the message and for the request. */
struct judge {
    struct net_message *message;
    const struct net_limits *limits;
    const char *bytes;
    struct net_refusal *refusal;
};

typedef int (*judge_fn)(struct judge *judge, struct net_span value);

static int address_valid(const char *host, uint32_t len) {
    uint32_t i;
    for (i = 0; i < len; i++)
        if (!net_in(&net_hex, host[i]) && host[i] != ':' && host[i] != '.') return 0;
    return len > 0;
}

/* name, name:port, [address], [address]:port */
static int host_valid(const char *host, uint32_t len) {
    uint32_t end = 0;
    if (len > 0 && host[0] == '[') {
        while (end < len && host[end] != ']') end++;
        if (end == len || !address_valid(host + 1, end - 1)) return 0;
        end++;
    } else {
        while (end < len && host[end] != ':') end++;
        if (end == 0 || !net_all_in(&net_name, host, end)) return 0;
    }
    if (end == len) return 1;
    return host[end] == ':' && len - end >= 2 && len - end <= 6 && net_all_in(&net_digit, host + end + 1, len - end - 1);
}

static int on_host(struct judge *judge, struct net_span value) {
    judge->message->has_host = 1;
    if (!host_valid(judge->bytes + value.at, value.len)) return net_refuse(judge->refusal, 400, "The Host field is not a name or address.");
    return NET_COMPLETE;
}

/* Digits only; a leading zero is refused because some read it as octal. */
static int on_content_length(struct judge *judge, struct net_span value) {
    const char *digits = judge->bytes + value.at;
    uint64_t length = 0;
    uint32_t i;
    if (value.len == 0 || !net_all_in(&net_digit, digits, value.len) || (digits[0] == '0' && value.len > 1))
        return net_refuse(judge->refusal, 400, "Content-Length is not a plain number.");
    for (i = 0; i < value.len && length <= UINT32_MAX; i++) length = length * 10 + (uint64_t)(digits[i] - '0');
    if (length > judge->limits->body_bytes) return net_refuse(judge->refusal, 413, "The body of the request is too large.");
    judge->message->has_length = 1;
    judge->message->body_len = (uint32_t)length;
    return NET_COMPLETE;
}

/* A request's body always comes with its length: with one framing there is nothing to be read in two ways. */
static int on_transfer_encoding(struct judge *judge, struct net_span value) {
    (void)value;
    return net_refuse(judge->refusal, 400, "Transfer-Encoding is not accepted: send the body with its Content-Length.");
}

static int on_expect(struct judge *judge, struct net_span value) {
    if (!net_word(judge->bytes + value.at, value.len, "100-continue"))
        return net_refuse(judge->refusal, 417, "The only expectation that can be met is 100-continue.");
    judge->message->expects_continue = judge->message->minor == 1;
    return NET_COMPLETE;
}

static int on_connection(struct judge *judge, struct net_span value) {
    uint32_t at = value.at, end = value.at + value.len;
    while (at < end) {
        uint32_t from = at, to;
        while (at < end && judge->bytes[at] != ',') at++;
        for (to = at; to > from && (judge->bytes[to - 1] == ' ' || judge->bytes[to - 1] == '\t'); to--) continue;
        while (from < to && (judge->bytes[from] == ' ' || judge->bytes[from] == '\t')) from++;
        if (!net_all_in(&net_token, judge->bytes + from, to - from))
            return net_refuse(judge->refusal, 400, "The Connection field is not a list of words.");
        if (net_word(judge->bytes + from, to - from, "close")) judge->message->close = 1;
        at++;
    }
    return NET_COMPLETE;
}

static int on_authorization(struct judge *judge, struct net_span value) {
    judge->message->authorization = value;
    return NET_COMPLETE;
}

static int on_idempotency_key(struct judge *judge, struct net_span value) {
    judge->message->idempotency_key = value;
    return NET_COMPLETE;
}

static int on_content_type(struct judge *judge, struct net_span value) {
    judge->message->content_type = value;
    return NET_COMPLETE;
}

static int on_approval(struct judge *judge, struct net_span value) {
    judge->message->approval = value;
    return NET_COMPLETE;
}

/* A list that comes in parts is allowed; then nothing is packed, which everybody understands. */
static int on_accept_encoding(struct judge *judge, struct net_span value) {
    if (judge->message->has_encodings) value.len = 0;
    judge->message->has_encodings = 1;
    judge->message->accept_encoding = value;
    return NET_COMPLETE;
}

static int on_if_none_match(struct judge *judge, struct net_span value) {
    judge->message->if_none_match = value;
    return NET_COMPLETE;
}

static int on_last_event_id(struct judge *judge, struct net_span value) {
    judge->message->last_event_id = value;
    return NET_COMPLETE;
}

static const struct {
    const char *name;
    judge_fn judge;
    int once;
} known[] = {
    {"host", on_host, 1},
    {"content-length", on_content_length, 1},
    {"transfer-encoding", on_transfer_encoding, 1},
    {"expect", on_expect, 1},
    {"connection", on_connection, 0},
    {"authorization", on_authorization, 1},
    {"idempotency-key", on_idempotency_key, 1},
    {"content-type", on_content_type, 1},
    {"merx-approval", on_approval, 1},
    {"accept-encoding", on_accept_encoding, 0},
    {"last-event-id", on_last_event_id, 1},
    {"if-none-match", on_if_none_match, 1},
};

static int judge_field(struct judge *judge, const struct net_field *field, uint32_t *seen) {
    uint32_t k;
    for (k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
        if (!net_word(judge->bytes + field->name.at, field->name.len, known[k].name)) continue;
        if (known[k].once && (*seen & (1u << k)))
            return net_refuse(judge->refusal, 400, "A header field that may stand only once is given twice.");
        *seen |= 1u << k;
        return known[k].judge(judge, field->value);
    }
    return NET_COMPLETE;
}

int net_fields_judge(struct net_message *message, const struct net_limits *limits, const char *bytes, const struct net_fields *fields,
                     struct net_refusal *refusal) {
    struct judge judge;
    uint32_t i, seen = 0;
    judge.message = message;
    judge.limits = limits;
    judge.bytes = bytes;
    judge.refusal = refusal;
    for (i = 0; i < fields->count; i++) {
        int rc = judge_field(&judge, &fields->at[i], &seen);
        if (rc != NET_COMPLETE) return rc;
    }
    if (message->minor == 1 && !message->has_host) return net_refuse(refusal, 400, "The Host field is missing.");
    return NET_COMPLETE;
}
