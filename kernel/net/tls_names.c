#include <arpa/inet.h>
#include <ctype.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "net/tls.h"

#define TAG_DNS     (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 2)
#define TAG_ADDRESS (MBEDTLS_ASN1_CONTEXT_SPECIFIC | 7)

int net_tls_names_add(struct net_tls_names *names, const char *text) {
    struct net_host name;
    uint32_t i;
    if (!net_host_parse(mx_str_of(text), &name)) return 0;
    for (i = 0; i < names->count; i++)
        if (net_host_equal(&names->at[i], &name)) return 1;
    if (names->count == NET_TLS_NAMES_MAX) return 0;
    names->at[names->count++] = name;
    return 1;
}

/* Link-local addresses need a zone to be reached, which no certificate can name. */
static void add_address(struct net_tls_names *names, const struct sockaddr *addr) {
    char text[INET6_ADDRSTRLEN] = "";
    if (addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)addr)->sin_addr, text, sizeof(text));
    else if (addr->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr))
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr, text, sizeof(text));
    if (text[0]) net_tls_names_add(names, text);
}

void net_tls_names_of_machine(struct net_tls_names *names) {
    char host[256] = "";
    struct ifaddrs *all = NULL, *one;
    net_tls_names_add(names, "localhost");
    net_tls_names_add(names, "127.0.0.1");
    net_tls_names_add(names, "::1");
    if (gethostname(host, sizeof(host) - 8) == 0 && net_tls_names_add(names, host) && strchr(host, '.') == NULL)
        net_tls_names_add(names, strcat(host, ".local"));
    if (getifaddrs(&all) != 0) return;
    for (one = all; one; one = one->ifa_next)
        if (one->ifa_addr) add_address(names, one->ifa_addr);
    freeifaddrs(all);
}

static int same_text(const unsigned char *bytes, size_t len, const char *text) {
    size_t i;
    if (strlen(text) != len) return 0;
    for (i = 0; i < len; i++)
        if (tolower(bytes[i]) != text[i]) return 0;
    return 1;
}

/* "*.example.com" stands for one label in front of a name that has at least two. */
static int matches(const unsigned char *bytes, size_t len, const char *host) {
    const char *dot = strchr(host, '.');
    if (len < 3 || bytes[0] != '*' || bytes[1] != '.') return same_text(bytes, len, host);
    return dot && strchr(dot + 1, '.') && same_text(bytes + 1, len - 1, dot);
}

int net_tls_cert_is_for(const mbedtls_x509_crt *cert, const struct net_host *name) {
    const mbedtls_x509_sequence *one;
    for (one = &cert->subject_alt_names; one; one = one->next) {
        const mbedtls_x509_buf *value = &one->buf;
        if (value->p == NULL) continue;
        if (name->address_len == 0 && value->tag == TAG_DNS && matches(value->p, value->len, name->text)) return 1;
        if (name->address_len && value->tag == TAG_ADDRESS && value->len == name->address_len &&
            memcmp(value->p, name->address, value->len) == 0)
            return 1;
    }
    return 0;
}

static int encode_one(const struct net_host *name, unsigned char **p, unsigned char *start) {
    const unsigned char *bytes = name->address_len ? name->address : (const unsigned char *)name->text;
    size_t len = name->address_len ? name->address_len : strlen(name->text);
    int rc = mbedtls_asn1_write_raw_buffer(p, start, bytes, len);
    if (rc >= 0) rc = mbedtls_asn1_write_len(p, start, len);
    if (rc >= 0) rc = mbedtls_asn1_write_tag(p, start, name->address_len ? TAG_ADDRESS : TAG_DNS);
    return rc;
}

int net_tls_names_encode(const struct net_tls_names *names, unsigned char *buffer, size_t bytes) {
    unsigned char *end = buffer + bytes, *p = end;
    uint32_t i;
    int rc = 0;
    for (i = names->count; i > 0 && rc >= 0; i--) rc = encode_one(&names->at[i - 1], &p, buffer);
    if (rc >= 0) rc = mbedtls_asn1_write_len(&p, buffer, (size_t)(end - p));
    if (rc >= 0) rc = mbedtls_asn1_write_tag(&p, buffer, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
    return rc < 0 ? rc : (int)(end - p);
}
