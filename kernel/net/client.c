#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "net/way.h"

#define ANSWER_MAX (256u << 20)

/* "http://127.0.0.1:8080" or "unix:PATH" */
mx_status net_client_address(const char *url, struct net_address *address, struct mx_error *err) {
    char host_port[128];
    size_t len;
    if (strncmp(url, "unix:", 5) == 0) return net_address_unix(url + 5, address, err);
    if (strncmp(url, "http://", 7) != 0)
        return base_fail(err, MX_E_BAD_INPUT, "url", "\"%.120s\" is neither http://HOST:PORT nor unix:PATH.", url);
    len = strlen(url + 7);
    if (len > 0 && url[7 + len - 1] == '/') len--;
    if (len + 4 > sizeof(host_port)) return base_fail(err, MX_E_BAD_INPUT, "url", "The address \"%.80s...\" is too long.", url);
    memcpy(host_port, url + 7, len);
    host_port[len] = '\0';
    if (strrchr(host_port, ':') == NULL || host_port[len - 1] == ']') memcpy(host_port + len, ":80", 4);
    return net_address_tcp(host_port, address, err);
}

static struct mx_str head_of(struct base_arena *arena, const char *method, const char *path, const char *headers, struct mx_str body) {
    return base_arena_printf(arena, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %zu\r\n%s\r\n", method, path,
                             (size_t)body.len, headers ? headers : "");
}

mx_status net_call(struct base_arena *arena, const char *url, const char *method, const char *path, const char *headers, struct mx_str body,
                   int64_t timeout_ms, struct net_answer *answer, struct mx_error *err) {
    struct net_channel channel = {.to = url, .fd = -1, .until_ms = base_steady_ms() + timeout_ms, .late = MX_E_IO, .err = err};
    struct net_reading reading;
    struct net_address address;
    mx_status st = net_client_address(url, &address, err);
    if (st != MX_OK) return st;
    net_reading_init(&reading, arena, ANSWER_MAX, strcmp(method, "HEAD") == 0);
    st = net_channel_connect(&channel, &address.addr, address.len);
    net_address_fini(&address);
    if (st == MX_OK) st = net_channel_ask(&channel, head_of(arena, method, path, headers, body), body, &reading);
    net_channel_close(&channel);
    if (st != MX_OK) return st;
    answer->status = reading.parser.status_code;
    answer->body = base_buf_view(&reading.body);
    answer->retry_after_s = reading.retry_after_s;
    return MX_OK;
}
