/* Something long from a shop: from this machine, or over TLS from another one that has proved who it is. */
#include <string.h>

#include "base/clock.h"
#include "net/way.h"

#define PROBLEM_MAX (64u << 10)

/* The first address that answers. */
static mx_status connect_any(struct net_channel *channel, const struct net_url *url) {
    struct net_addresses found;
    mx_status st = net_resolve(&url->host, url->port, channel->until_ms, NULL, &found, channel->err);
    for (uint32_t i = 0; st == MX_OK && i < found.count; i++) {
        st = net_channel_connect(channel, &found.at[i].addr, found.at[i].len);
        if (st == MX_OK || i + 1 == found.count) break;
        net_channel_close(channel);
        st = MX_OK;
    }
    return st;
}

static mx_status open_secure(const struct net_pull *pull, struct net_channel *channel, struct net_tls_trust **trust, struct net_url *url) {
    mx_status st = net_url_parse(mx_str_of(pull->url), url, channel->err);
    if (st == MX_OK && url->target.len > 1)
        return base_fail(channel->err, MX_E_BAD_INPUT, "url", "The address of a shop is https://HOST:PORT without a path.");
    if (st == MX_OK) st = net_tls_trust_new(pull->ca_file, trust, channel->err);
    if (st == MX_OK) st = connect_any(channel, url);
    return st == MX_OK ? net_tls_connect(*trust, channel, &url->host) : st;
}

static mx_status open_local(const struct net_pull *pull, struct net_channel *channel) {
    struct net_address address;
    mx_status st = net_client_address(pull->url, &address, channel->err);
    if (st != MX_OK) return st;
    st = net_channel_connect(channel, &address.addr, address.len);
    net_address_fini(&address);
    return st;
}

mx_status net_pull(struct base_arena *arena, const struct net_pull *pull, struct net_answer *answer, struct mx_error *err) {
    struct net_channel channel = {.to = pull->url, .fd = -1, .until_ms = base_steady_ms() + pull->silence_ms, .late = MX_E_TIMEOUT};
    struct net_url url = {.authority = mx_str_of("localhost")};
    struct net_tls_trust *trust = NULL;
    struct net_reading reading;
    struct mx_str head;
    mx_status st;
    channel.err = err;
    channel.silence_ms = pull->silence_ms;
    net_reading_init(&reading, arena, PROBLEM_MAX, 0);
    reading.sink = pull->sink;
    reading.sink_arg = pull->arg;
    st = strncmp(pull->url, "https://", 8) == 0 ? open_secure(pull, &channel, &trust, &url) : open_local(pull, &channel);
    head = base_arena_printf(arena, "GET %s HTTP/1.1\r\nHost: %.*s\r\nConnection: close\r\n%s\r\n", pull->path, (int)url.authority.len,
                             url.authority.ptr, pull->headers ? pull->headers : "");
    if (st == MX_OK) st = net_channel_ask(&channel, head, mx_str_of(""), &reading);
    net_channel_close(&channel);
    net_tls_trust_free(trust);
    if (st != MX_OK) return st;
    answer->status = reading.parser.status_code;
    answer->body = base_buf_view(&reading.body);
    answer->retry_after_s = reading.retry_after_s;
    return MX_OK;
}
