#include "net/internal.h"

int net_refuse(struct net_refusal *refusal, int status, const char *detail) {
    refusal->status = status;
    refusal->detail = detail;
    return NET_REFUSED;
}

/* HTAB, printable ASCII and bytes from 0x80 may stand in a line. */
static int in_line(char c) {
    uint8_t byte = (uint8_t)c;
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

/* Every line ends in CR LF, and neither stands alone: checked byte by byte as they come, so that a client who means
 * something else hears it at once. */
int net_scan(struct net_message *message, const struct net_limits *limits, const char *bytes, size_t len, uint32_t *head_len,
             struct net_refusal *refusal) {
    uint32_t max = len < limits->header_bytes ? (uint32_t)len : limits->header_bytes;
    uint32_t i;
    for (i = message->scanned; i < max; i++) {
        char c = bytes[i];
        int after_cr = i > 0 && bytes[i - 1] == '\r';
        if (c == '\n' && after_cr) {
            if (i == 1) return net_refuse(refusal, 400, "There is an empty line before the request.");
            if (i >= 3 && bytes[i - 2] == '\n') {
                *head_len = i + 1;
                message->scanned = i + 1;
                return NET_COMPLETE;
            }
        } else if (c == '\n') {
            return net_refuse(refusal, 400, "A line of the request head ends in LF without CR.");
        } else if (after_cr) {
            return net_refuse(refusal, 400, "The request head holds a CR without LF.");
        } else if (c != '\r' && !in_line(c)) {
            return net_refuse(refusal, 400, "The request head holds a control character.");
        }
    }
    message->scanned = max;
    if (max == limits->header_bytes) return net_refuse(refusal, 431, "The request line and header fields are too long together.");
    return NET_MORE;
}
