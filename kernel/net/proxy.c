/* Who is behind the shop's own proxy. Only what that proxy itself wrote is believed, which is the end of the list: what stands
 * before it came from the client, who may write what he likes. */
#include <string.h>

#include "net/internal.h"

/* The value of the last X-Forwarded-For: a proxy adds to the field that came, or a field of its own behind it. */
static struct mx_str last_forwarded(struct mx_str fields) {
    struct mx_str last = {NULL, 0};
    while (fields.len) {
        const char *end = memmem(fields.ptr, fields.len, "\r\n", 2);
        size_t len = end ? (size_t)(end - fields.ptr) : fields.len, step = end ? len + 2 : len;
        const char *colon = memchr(fields.ptr, ':', len);
        if (colon && net_word(fields.ptr, (uint32_t)(colon - fields.ptr), "x-forwarded-for"))
            last = mx_str_n(colon + 1, len - (size_t)(colon + 1 - fields.ptr));
        fields = mx_str_n(fields.ptr + step, fields.len - step);
    }
    return last;
}

static struct mx_str last_of_list(struct mx_str list) {
    const char *comma = list.len ? memrchr(list.ptr, ',', list.len) : NULL;
    return net_trim(comma ? mx_str_n(comma + 1, list.len - (size_t)(comma + 1 - list.ptr)) : list);
}

int net_is_proxy(const struct net_conn *conn) {
    const char *proxy = conn->thread->server->proxy;
    return proxy[0] != '\0' && strcmp(conn->remote, proxy) == 0;
}

struct mx_str net_proxy_client(const struct net_conn *conn, struct mx_str fields, struct base_arena *arena) {
    char shown[NET_ADDRESS_TEXT];
    if (net_is_proxy(conn) && net_address_plain(last_of_list(last_forwarded(fields)), shown))
        return base_arena_dup(arena, mx_str_of(shown));
    return base_arena_dup(arena, mx_str_of(conn->remote));
}
