/* Names and addresses of hosts. */
#include <arpa/inet.h>
#include <string.h>

#include "net/way.h"

static int is_letter(char c) { return c >= 'a' && c <= 'z'; }

/* A last label that is a number, or looks like one, makes an address to some readers. */
static int is_number(const char *text) {
    uint32_t len = (uint32_t)strlen(text);
    if (len > 1 && text[0] == '0' && text[1] == 'x') return net_all_in(&net_hex, text + 2, len - 2);
    return net_all_in(&net_digit, text, len);
}

/* Letters, digits, hyphens and low lines in labels of 1 to 63. */
static int is_name(const char *text) {
    size_t i, label = 0, len = strlen(text);
    for (i = 0; i < len; i++) {
        char c = text[i];
        if (c == '.') {
            if (i == label || text[i - 1] == '-') return 0;
            label = i + 1;
        } else if (!(is_letter(c) || net_in(&net_digit, c) || c == '_' || (c == '-' && i > label)) || i - label >= 63)
            return 0;
    }
    return label < len && text[len - 1] != '-' && !is_number(text + label);
}

int net_host_parse(struct mx_str text, struct net_host *host) {
    size_t i;
    memset(host, 0, sizeof(*host));
    if (text.len >= sizeof(host->text) || memchr(text.ptr, '\0', text.len)) return 0;
    for (i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        host->text[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    if (inet_pton(AF_INET, host->text, host->address) == 1)
        host->address_len = 4;
    else if (inet_pton(AF_INET6, host->text, host->address) == 1)
        host->address_len = 16;
    return host->address_len || is_name(host->text);
}

int net_host_equal(const struct net_host *a, const struct net_host *b) {
    if (a->address_len != b->address_len) return 0;
    return a->address_len ? memcmp(a->address, b->address, a->address_len) == 0 : strcmp(a->text, b->text) == 0;
}
