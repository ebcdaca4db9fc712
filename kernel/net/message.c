#include <string.h>

#include "net/internal.h"

void net_message_init(struct net_message *message) { memset(message, 0, sizeof(*message)); }

static int read_head(struct net_message *message, const struct net_limits *limits, const char *bytes, size_t len,
                     struct net_refusal *refusal) {
    struct net_fields fields;
    uint32_t head_len = 0;
    int rc = net_scan(message, limits, bytes, len, &head_len, refusal);
    if (rc == NET_COMPLETE) rc = net_head_parse(message, bytes, head_len, &fields, refusal);
    if (rc == NET_COMPLETE) rc = net_fields_judge(message, limits, bytes, &fields, refusal);
    if (rc != NET_COMPLETE) return rc;
    if (!net_opinion_head(message, bytes, head_len, &fields))
        return net_refuse(refusal, 400, "The request head can be read in more than one way.");
    message->head_len = head_len;
    return NET_COMPLETE;
}

int net_message_read(struct net_message *message, const struct net_limits *limits, const char *bytes, size_t len,
                     struct net_refusal *refusal) {
    if (message->head_len == 0) {
        int rc = read_head(message, limits, bytes, len, refusal);
        if (rc != NET_COMPLETE) return rc;
    }
    if (len - message->head_len < message->body_len) return NET_MORE;
    if (message->body_len > 0 && !net_opinion_body(message, bytes + message->head_len))
        return net_refuse(refusal, 400, "The request body can be read in more than one way.");
    return NET_COMPLETE;
}
