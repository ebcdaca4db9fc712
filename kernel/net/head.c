#include <string.h>

#include "net/internal.h"

static struct net_span span(uint32_t at, uint32_t end) {
    struct net_span s;
    s.at = at;
    s.len = end - at;
    return s;
}

/* Where `c` stands first in [at, end), or end. */
static uint32_t find(const char *bytes, uint32_t at, uint32_t end, char c) {
    const char *hit = end > at ? memchr(bytes + at, c, end - at) : NULL;
    return hit ? (uint32_t)(hit - bytes) : end;
}

static int method_known(const char *bytes, struct net_span method) {
    static const char *const methods[] = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"};
    size_t i;
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (method.len == strlen(methods[i]) && memcmp(bytes + method.at, methods[i], method.len) == 0) return 1;
    return 0;
}

/* Origin form alone: "/" and then what RFC 3986 allows in a path and a query. */
static int target_valid(const char *target, uint32_t len) {
    uint32_t i;
    if (len == 0 || target[0] != '/' || !net_all_in(&net_pchar, target, len)) return 0;
    for (i = 0; i < len; i++)
        if (target[i] == '%' && (len - i < 3 || !net_in(&net_hex, target[i + 1]) || !net_in(&net_hex, target[i + 2]))) return 0;
    return 1;
}

static int request_line(struct net_message *message, const char *bytes, uint32_t end, struct net_refusal *refusal) {
    uint32_t first = find(bytes, 0, end, ' ');
    uint32_t second = first < end ? find(bytes, first + 1, end, ' ') : end;
    if (first == 0 || second == end || !net_all_in(&net_token, bytes, first))
        return net_refuse(refusal, 400, "The request line is not a method, a path and a version with one space between them.");
    message->method = span(0, first);
    message->target = span(first + 1, second);
    if (end - second != 9 || memcmp(bytes + second, " HTTP/1.", 8) != 0 || (bytes[end - 1] != '0' && bytes[end - 1] != '1'))
        return net_refuse(refusal, 400, "The version of the request is neither HTTP/1.1 nor HTTP/1.0.");
    if (!target_valid(bytes + message->target.at, message->target.len))
        return net_refuse(refusal, 400,
                          "The path of the request does not begin with \"/\" or holds a character that must be percent-encoded.");
    if (!method_known(bytes, message->method)) return net_refuse(refusal, 501, "This method is not known here.");
    message->minor = (uint8_t)(bytes[end - 1] - '0');
    message->close = message->minor == 0;
    return NET_COMPLETE;
}

static int is_space(char c) { return c == ' ' || c == '\t'; }

static int field_line(const char *bytes, uint32_t at, uint32_t end, struct net_fields *fields, struct net_refusal *refusal) {
    uint32_t colon, value, last = end;
    struct net_field *field;
    if (is_space(bytes[at])) return net_refuse(refusal, 400, "A header line begins with a space: folded header fields are not accepted.");
    colon = find(bytes, at, end, ':');
    if (colon == end || colon == at || !net_all_in(&net_token, bytes + at, colon - at))
        return net_refuse(refusal, 400, "A header line does not begin with a field name and a colon directly behind it.");
    if (fields->count == NET_FIELDS_MAX) return net_refuse(refusal, 431, "There are too many header fields.");
    for (value = colon + 1; value < end && is_space(bytes[value]); value++) continue;
    while (last > value && is_space(bytes[last - 1])) last--;
    field = &fields->at[fields->count++];
    field->name = span(at, colon);
    field->value = span(value, last);
    return NET_COMPLETE;
}

/* The bytes were scanned: lines end in CR LF and hold no control character but HTAB. */
int net_head_parse(struct net_message *message, const char *bytes, uint32_t head_len, struct net_fields *fields,
                   struct net_refusal *refusal) {
    uint32_t at = 0;
    int first = 1;
    fields->count = 0;
    while (at < head_len - 2) {
        uint32_t end = find(bytes, at, head_len, '\r');
        int rc = first ? request_line(message, bytes, end, refusal) : field_line(bytes, at, end, fields, refusal);
        if (rc != NET_COMPLETE) return rc;
        first = 0;
        at = end + 2;
    }
    return NET_COMPLETE;
}
