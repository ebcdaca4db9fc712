#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "net/internal.h"

static void set_v4(struct net_address *address, struct in_addr ip, uint16_t port) {
    struct sockaddr_in *in = (struct sockaddr_in *)(void *)&address->addr;
    in->sin_family = AF_INET;
    in->sin_addr = ip;
    in->sin_port = htons(port);
    address->len = sizeof(*in);
}

static void set_v6(struct net_address *address, struct in6_addr ip, uint16_t port) {
    struct sockaddr_in6 *in = (struct sockaddr_in6 *)(void *)&address->addr;
    in->sin6_family = AF_INET6;
    in->sin6_addr = ip;
    in->sin6_port = htons(port);
    address->len = sizeof(*in);
}

/* "127.0.0.1", "[::1]" or "localhost"; 0 = none of these, or not of this machine alone. */
static int set_host(struct net_address *address, const char *host, size_t len, uint16_t port) {
    struct in_addr v4;
    struct in6_addr v6;
    char text[64];
    int bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
    if (bracketed) host++, len -= 2;
    if (len == 0 || len >= sizeof(text)) return 0;
    memcpy(text, host, len);
    text[len] = '\0';
    if (bracketed) {
        if (inet_pton(AF_INET6, text, &v6) != 1 || !IN6_IS_ADDR_LOOPBACK(&v6)) return 0;
        set_v6(address, v6, port);
        return 1;
    }
    if (strcmp(text, "localhost") == 0) memcpy(text, "127.0.0.1", 10);
    if (inet_pton(AF_INET, text, &v4) != 1 || (ntohl(v4.s_addr) >> 24) != 127) return 0;
    set_v4(address, v4, port);
    return 1;
}

mx_status net_address_tcp(const char *text, struct net_address *address, struct mx_error *err) {
    const char *colon = strrchr(text, ':');
    int64_t port = 0;
    memset(address, 0, sizeof(*address));
    address->folder_fd = -1;
    if (colon == NULL || !base_parse_int(mx_str_of(colon + 1), &port) || port < 0 || port > 65535)
        return base_fail(err, MX_E_BAD_INPUT, NULL, "\"%.80s\" is not HOST:PORT.", text);
    if (!set_host(address, text, (size_t)(colon - text), (uint16_t)port))
        return base_fail(
            err, MX_E_BAD_INPUT, NULL,
            "\"%.80s\" is not an address of this machine alone (127.0.0.1, [::1] or localhost); without TLS nothing else is used.", text);
    return MX_OK;
}

/* "ADDRESS", "[ADDRESS]" or "localhost". */
static int set_any(struct net_address *address, const char *host, size_t len, uint16_t port) {
    struct in_addr v4;
    struct in6_addr v6;
    char text[64];
    int bracketed = len >= 2 && host[0] == '[' && host[len - 1] == ']';
    if (set_host(address, host, len, port)) return 1;
    if (bracketed) host++, len -= 2;
    if (len == 0 || len >= sizeof(text)) return 0;
    memcpy(text, host, len);
    text[len] = '\0';
    if (bracketed && inet_pton(AF_INET6, text, &v6) == 1)
        set_v6(address, v6, port);
    else if (!bracketed && inet_pton(AF_INET, text, &v4) == 1)
        set_v4(address, v4, port);
    else
        return 0;
    return 1;
}

mx_status net_address_any(const char *text, struct net_address *address, struct mx_error *err) {
    const char *colon = strrchr(text, ':');
    int64_t port = 0;
    memset(address, 0, sizeof(*address));
    address->folder_fd = -1;
    if (colon == NULL || !base_parse_int(mx_str_of(colon + 1), &port) || port < 0 || port > 65535 ||
        !set_any(address, text, (size_t)(colon - text), (uint16_t)port))
        return base_fail(err, MX_E_BAD_INPUT, NULL, "\"%.80s\" is not ADDRESS:PORT, such as 0.0.0.0:8443 or [::]:8443.", text);
    return MX_OK;
}

/* An IPv4 client of an IPv6 socket is shown as what it is. */
void net_address_text(const struct sockaddr_storage *addr, char text[INET6_ADDRSTRLEN]) {
    const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr;
    text[0] = '\0';
    if (addr->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)addr)->sin_addr, text, INET6_ADDRSTRLEN);
    else if (addr->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(v6))
        inet_ntop(AF_INET, v6->s6_addr + 12, text, INET6_ADDRSTRLEN);
    else if (addr->ss_family == AF_INET6)
        inet_ntop(AF_INET6, v6, text, INET6_ADDRSTRLEN);
}

int net_address_plain(struct mx_str text, char shown[NET_ADDRESS_TEXT]) {
    struct net_address address = {.folder_fd = -1};
    char copy[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    if (text.len == 0 || text.len >= sizeof(copy)) return 0;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (inet_pton(AF_INET, copy, &v4) == 1)
        set_v4(&address, v4, 0);
    else if (inet_pton(AF_INET6, copy, &v6) == 1)
        set_v6(&address, v6, 0);
    else
        return 0;
    net_address_text(&address.addr, shown);
    return 1;
}

/* sun_path holds 107 bytes; a longer path is reached through its folder's descriptor. */
static mx_status by_folder(const char *path, struct net_address *address, struct sockaddr_un *un, struct mx_error *err) {
    const char *slash = strrchr(path, '/');
    char *folder = strndup(path, slash ? (size_t)(slash - path) : 0);
    int len;
    if (folder == NULL) abort();
    address->folder_fd = slash ? open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    free(folder);
    if (address->folder_fd < 0) return base_fail(err, MX_E_IO, NULL, "The folder of %.150s cannot be opened.", path);
    len = snprintf(un->sun_path, sizeof(un->sun_path), "/proc/self/fd/%d/%s", address->folder_fd, slash + 1);
    if (len < 0 || (size_t)len >= sizeof(un->sun_path)) {
        net_address_fini(address);
        return base_fail(err, MX_E_IO, NULL, "The name of the socket %.150s is too long.", path);
    }
    return MX_OK;
}

mx_status net_address_unix(const char *path, struct net_address *address, struct mx_error *err) {
    struct sockaddr_un *un = (struct sockaddr_un *)(void *)&address->addr;
    size_t len = strlen(path);
    memset(address, 0, sizeof(*address));
    address->folder_fd = -1;
    un->sun_family = AF_UNIX;
    address->len = sizeof(*un);
    if (len == 0) return base_fail(err, MX_E_IO, NULL, "The path of the socket is empty.");
    if (len >= sizeof(un->sun_path)) return by_folder(path, address, un, err);
    memcpy(un->sun_path, path, len + 1);
    return MX_OK;
}

void net_address_fini(struct net_address *address) {
    if (address->folder_fd >= 0) close(address->folder_fd);
    address->folder_fd = -1;
}
