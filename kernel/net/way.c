/* The way out: one request to a host that the shop chose, over a connection that can be trusted. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "net/way.h"

#define ALLOWED_MAX  256u
#define ANSWER_BYTES (1u << 20)

struct net_way {
    char *ca_file;
    struct net_allowed *allowed;
    size_t allowed_count, answer_bytes;
    pthread_mutex_t lock; /* of `trust` while it is read */
    struct net_tls_trust *trust;
    atomic_int ending;
};

static mx_status read_allowed(struct net_way *way, const char *const *allow, struct mx_error *err) {
    size_t i, count = 0;
    while (allow && allow[count]) count++;
    if (count > ALLOWED_MAX) return base_fail(err, MX_E_BAD_INPUT, "allow", "More than %u addresses are allowed.", ALLOWED_MAX);
    way->allowed = calloc(count + 1, sizeof(*way->allowed));
    if (way->allowed == NULL) abort();
    for (i = 0; i < count; i++)
        if (!net_allowed_parse(allow[i], &way->allowed[i]))
            return base_fail(err, MX_E_BAD_INPUT, "allow", "\"%.100s\" is not HOST:PORT or ADDRESS:PORT.", allow[i]);
    way->allowed_count = count;
    return MX_OK;
}

/* The system's list takes some milliseconds to read: when it is first wanted. */
static mx_status want_trust(struct net_way *way, struct mx_error *err) {
    mx_status st = MX_OK;
    pthread_mutex_lock(&way->lock);
    if (way->trust == NULL) st = net_tls_trust_new(way->ca_file, &way->trust, err);
    pthread_mutex_unlock(&way->lock);
    return st;
}

mx_status net_way_new(const struct net_out_opts *opts, struct net_way **out, struct mx_error *err) {
    struct net_way *way = calloc(1, sizeof(*way));
    mx_status st;
    if (way == NULL) abort();
    pthread_mutex_init(&way->lock, NULL);
    way->answer_bytes = opts->answer_bytes ? opts->answer_bytes : ANSWER_BYTES;
    if (opts->ca_file && (way->ca_file = strdup(opts->ca_file)) == NULL) abort();
    st = crypto_init(err);
    if (st == MX_OK) st = read_allowed(way, opts->allow, err);
    if (st == MX_OK && way->ca_file) st = want_trust(way, err);
    if (st == MX_OK)
        *out = way;
    else
        net_way_free(way);
    return st;
}

void net_way_free(struct net_way *way) {
    if (way == NULL) return;
    net_tls_trust_free(way->trust);
    pthread_mutex_destroy(&way->lock);
    free(way->allowed);
    free(way->ca_file);
    free(way);
}

/* ---- the request ---- */

static int is_ours(struct mx_str name) {
    static const char *const ours[] = {"host", "connection", "content-length", "transfer-encoding", "expect", "upgrade", "te", "trailer"};
    size_t i;
    for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (net_word(name.ptr, (uint32_t)name.len, ours[i])) return 1;
    return 0;
}

static int is_field(struct mx_str line) {
    const char *colon = line.len ? memchr(line.ptr, ':', line.len) : NULL;
    struct mx_str name = mx_str_n(line.ptr, colon ? (size_t)(colon - line.ptr) : 0);
    size_t i;
    for (i = 0; i < line.len; i++)
        if (((uint8_t)line.ptr[i] < 0x20 && line.ptr[i] != '\t') || line.ptr[i] == 0x7f) return 0;
    return name.len > 0 && net_all_in(&net_token, name.ptr, (uint32_t)name.len) && !is_ours(name);
}

/* Whole lines only, so that nobody's data can add one. */
static int headers_are_good(struct mx_str headers) {
    while (headers.len > 0) {
        const char *end = memmem(headers.ptr, headers.len, "\r\n", 2);
        if (end == NULL || !is_field(mx_str_n(headers.ptr, (size_t)(end - headers.ptr)))) return 0;
        headers = mx_str_n(end + 2, headers.len - (size_t)(end + 2 - headers.ptr));
    }
    return 1;
}

static mx_status check(const struct net_fetch *fetch, struct mx_error *err) {
    if (fetch->method.len == 0 || fetch->method.len > 20 || !net_all_in(&net_token, fetch->method.ptr, (uint32_t)fetch->method.len))
        return base_fail(err, MX_E_BAD_INPUT, "method", "The method is not one of HTTP.");
    if (!headers_are_good(fetch->headers)) return base_fail(err, MX_E_BAD_INPUT, "headers", "The header lines are not well formed.");
    if (fetch->timeout_ms <= 0) return base_fail(err, MX_E_BAD_INPUT, "timeout_ms", "The timeout is not above 0.");
    return MX_OK;
}

static struct mx_str head_of(const struct net_fetch *fetch, const struct net_url *url, struct base_arena *arena) {
    struct base_buf head;
    base_buf_init(&head, arena);
    base_buf_str(&head, fetch->method);
    base_buf_text(&head, url->target.len == 0 || url->target.ptr[0] != '/' ? " /" : " ");
    base_buf_str(&head, url->target);
    base_buf_text(&head, " HTTP/1.1\r\nHost: ");
    base_buf_str(&head, url->authority);
    base_buf_text(&head, "\r\nUser-Agent: merx\r\nConnection: close\r\n");
    if (fetch->body.len > 0 || !(mx_str_is(fetch->method, "GET") || mx_str_is(fetch->method, "HEAD")))
        base_buf_printf(&head, "Content-Length: %zu\r\n", (size_t)fetch->body.len);
    base_buf_str(&head, fetch->headers);
    base_buf_text(&head, "\r\n");
    return base_buf_view(&head);
}

/* ---- the connection ---- */

static mx_status forbidden(const struct net_url *url, struct mx_error *err, const char *why) {
    return base_fail(err, MX_E_FORBIDDEN, NULL, "%.100s:%u %s.", url->host.text, (unsigned)url->port, why);
}

/* Each address gets its share of the time; the last one all that is left. Only what was checked is connected to. */
static mx_status connect_to(const struct net_way *way, const struct net_url *url, struct net_channel *channel) {
    struct net_addresses found;
    int64_t until_ms = channel->until_ms;
    mx_status st = net_resolve(&url->host, url->port, until_ms, channel->ending, &found, channel->err);
    uint32_t i, tried = 0;
    if (st != MX_OK) return st;
    for (i = 0; i < found.count; i++) {
        const struct sockaddr_storage *addr = &found.at[i].addr;
        int allowed = net_allowed_has(way->allowed, way->allowed_count, &url->host, addr, url->port);
        if (!allowed && (!url->secure || !net_address_is_public(addr))) continue;
        tried++;
        channel->until_ms = base_steady_ms() + (until_ms - base_steady_ms()) / (found.count - i);
        st = net_channel_connect(channel, addr, found.at[i].len);
        channel->until_ms = until_ms;
        if (st == MX_OK) return st;
        net_channel_close(channel);
    }
    if (tried > 0) return st;
    if (!url->secure) return forbidden(url, channel->err, "is plain http, which is used only where the configuration allows it");
    return forbidden(url, channel->err, "is not an address of the public internet, and the configuration does not allow it");
}

void net_way_end(struct net_way *way) { atomic_store(&way->ending, 1); }

mx_status net_fetch(struct net_way *way, struct base_arena *arena, const struct net_fetch *fetch, struct net_answer *answer,
                    struct mx_error *err) {
    struct net_channel channel = {
        .fd = -1, .until_ms = base_steady_ms() + fetch->timeout_ms, .late = MX_E_TIMEOUT, .ending = &way->ending, .err = err};
    struct net_reading reading;
    struct net_url url;
    mx_status st = check(fetch, err);
    if (st == MX_OK) st = net_url_parse(fetch->url, &url, err);
    if (st != MX_OK) return st;
    channel.to = url.host.text;
    net_reading_init(&reading, arena, way->answer_bytes, mx_str_is(fetch->method, "HEAD"));
    if (url.secure) st = want_trust(way, err);
    if (st == MX_OK) st = connect_to(way, &url, &channel);
    if (st == MX_OK && url.secure) st = net_tls_connect(way->trust, &channel, &url.host);
    if (st == MX_OK) st = net_channel_ask(&channel, head_of(fetch, &url, arena), fetch->body, &reading);
    net_channel_close(&channel);
    if (st != MX_OK && atomic_load(&way->ending)) return base_fail(err, MX_E_CANCELLED, NULL, "The shop is closing down.");
    if (st != MX_OK) return st;
    answer->status = reading.parser.status_code;
    answer->body = base_buf_view(&reading.body);
    answer->retry_after_s = reading.retry_after_s;
    return MX_OK;
}
