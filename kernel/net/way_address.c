/* Which addresses the way out may lead to. */
#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"
#include "net/way.h"

struct range {
    uint8_t bytes[16];
    uint8_t bits;
};

/* Not of the public internet: RFC 6890 and its registry. */
static const struct range closed_v4[] = {
    {{0}, 8},          {{10}, 8},           {{100, 64}, 10},  {{127}, 8},      {{169, 254}, 16},     {{172, 16}, 12},     {{192, 0, 0}, 24},
    {{192, 0, 2}, 24}, {{192, 88, 99}, 24}, {{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24}, {{224}, 3},
};

/* Within the part of IPv6 that is given out: protocols, documentation and what carries an IPv4 address inside. */
static const struct range open_v6 = {{0x20}, 3};
static const struct range closed_v6[] = {{{0x20, 0x01}, 23}, {{0x20, 0x01, 0x0d, 0xb8}, 32}, {{0x20, 0x02}, 16}, {{0x3f, 0xff}, 20}};

static int within(const struct range *range, const uint8_t *address) {
    uint8_t whole = range->bits / 8, mask = (uint8_t)(0xff00u >> (range->bits % 8));
    return memcmp(range->bytes, address, whole) == 0 && ((range->bytes[whole] ^ address[whole]) & mask) == 0;
}

int net_address_is_public(const struct sockaddr_storage *addr) {
    size_t i;
    if (addr->ss_family == AF_INET) {
        const uint8_t *v4 = (const uint8_t *)&((const struct sockaddr_in *)(const void *)addr)->sin_addr;
        for (i = 0; i < sizeof(closed_v4) / sizeof(closed_v4[0]); i++)
            if (within(&closed_v4[i], v4)) return 0;
        return 1;
    }
    if (addr->ss_family == AF_INET6) {
        const uint8_t *v6 = ((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr.s6_addr;
        for (i = 0; i < sizeof(closed_v6) / sizeof(closed_v6[0]); i++)
            if (within(&closed_v6[i], v6)) return 0;
        return within(&open_v6, v6);
    }
    return 0;
}

int net_allowed_parse(const char *text, struct net_allowed *allowed) {
    const char *colon = strrchr(text, ':');
    struct mx_str host;
    int64_t port = 0;
    int bracketed;
    if (colon == NULL || !base_parse_int(mx_str_of(colon + 1), &port) || port < 1 || port > 65535) return 0;
    host = mx_str_n(text, (size_t)(colon - text));
    bracketed = host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (bracketed) host = mx_str_n(host.ptr + 1, host.len - 2);
    allowed->port = (uint16_t)port;
    return net_host_parse(host, &allowed->host) && bracketed == (allowed->host.address_len == 16);
}

static void host_of(const struct sockaddr_storage *addr, struct net_host *host) {
    memset(host, 0, sizeof(*host));
    if (addr->ss_family == AF_INET) {
        host->address_len = 4;
        memcpy(host->address, &((const struct sockaddr_in *)(const void *)addr)->sin_addr, 4);
    } else if (addr->ss_family == AF_INET6) {
        host->address_len = 16;
        memcpy(host->address, &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr, 16);
    }
}

int net_allowed_has(const struct net_allowed *allowed, size_t count, const struct net_host *host, const struct sockaddr_storage *addr,
                    uint16_t port) {
    struct net_host found;
    size_t i;
    host_of(addr, &found);
    for (i = 0; i < count; i++)
        if (allowed[i].port == port && (net_host_equal(&allowed[i].host, host) || net_host_equal(&allowed[i].host, &found))) return 1;
    return 0;
}
