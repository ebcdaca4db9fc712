/* The first record of a connection, before anything of TLS is allocated for it. */
#include <string.h>

#include "net/tls.h"

#define RECORD_HEAD     5u
#define IS_HANDSHAKE    22
#define IS_CLIENT_HELLO 1
#define HELLO_LEAST     41u /* version, 32 random bytes, and one of each list */

static const char alert_version[] = {21, 3, 3, 0, 2, 2, 70};
static const char alert_decode[] = {21, 3, 3, 0, 2, 2, 50};
static const char alert_unexpected[] = {21, 3, 3, 0, 2, 2, 10};

static const char http_text[] = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 70\r\n"
                                "Connection: close\r\n\r\n"
                                "This port speaks HTTPS only. Write https:// in front of the address.\r\n";

static int refuse(struct mx_str *answer, const char *bytes, size_t len) {
    *answer = mx_str_n(bytes, len);
    return NET_REFUSED;
}

/* Behind the session's id: suites, then ways to compress, of which "not at all" must be one. */
static int is_whole(const uint8_t *at, const uint8_t *end) {
    size_t len = *at++;
    if (len > 32 || (size_t)(end - at) < len + 2) return 0;
    at += len;
    len = (size_t)at[0] << 8 | at[1];
    at += 2;
    if (len < 2 || len % 2 != 0 || (size_t)(end - at) < len + 1) return 0;
    at += len;
    len = *at++;
    return (size_t)(end - at) >= len && memchr(at, 0, len) != NULL;
}

/* A whole hello in one record, for TLS 1.2 or later, that fits its record. */
static int judge(const uint8_t *bytes, size_t record, struct mx_str *answer) {
    size_t hello = (size_t)bytes[6] << 16 | (size_t)bytes[7] << 8 | bytes[8];
    if (bytes[5] != IS_CLIENT_HELLO || hello + 4 > record || hello < HELLO_LEAST)
        return refuse(answer, alert_unexpected, sizeof(alert_unexpected));
    if (bytes[9] != 3 || bytes[10] < 3) return refuse(answer, alert_version, sizeof(alert_version));
    if (!is_whole(bytes + 9 + 34, bytes + 9 + hello)) return refuse(answer, alert_decode, sizeof(alert_decode));
    return NET_COMPLETE;
}

int net_tls_hello(const uint8_t *bytes, size_t len, size_t *need, struct mx_str *answer) {
    size_t record;
    *need = RECORD_HEAD;
    if (len > 0 && bytes[0] != IS_HANDSHAKE) {
        if (bytes[0] >= 'A' && bytes[0] <= 'Z') return refuse(answer, http_text, sizeof(http_text) - 1);
        return refuse(answer, alert_unexpected, sizeof(alert_unexpected));
    }
    if (len > 1 && bytes[1] != 3) return refuse(answer, alert_version, sizeof(alert_version));
    if (len < RECORD_HEAD) return NET_MORE;
    record = (size_t)bytes[3] << 8 | bytes[4];
    if (record < 4 + HELLO_LEAST || record + RECORD_HEAD > NET_HELLO_BYTES)
        return refuse(answer, alert_unexpected, sizeof(alert_unexpected));
    *need = RECORD_HEAD + record;
    return len < *need ? NET_MORE : judge(bytes, record, answer);
}
