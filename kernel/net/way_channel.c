#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/way.h"

#define READ_BYTES 16384u
#define LOOK_MS    100 /* so often a wait asks whether all of it ends */

int net_channel_wait(const struct net_channel *channel, short events) {
    struct pollfd p = {channel->fd, events, 0};
    int64_t left;
    while ((left = channel->until_ms - base_steady_ms()) > 0 && !(channel->ending && atomic_load(channel->ending))) {
        int64_t most = channel->ending ? LOOK_MS : INT32_MAX;
        int rc = poll(&p, 1, (int)(left > most ? most : left));
        if (rc > 0) return 1;
        if (rc < 0 && errno != EINTR) return 0;
    }
    return 0;
}

mx_status net_channel_fail(const struct net_channel *channel, mx_status status, const char *why) {
    return base_fail(channel->err, status, NULL, "No answer from %.120s: %s.", channel->to, why);
}

mx_status net_channel_connect(struct net_channel *channel, const struct sockaddr_storage *addr, socklen_t len) {
    int cause = 0;
    socklen_t cause_len = sizeof(cause);
    channel->fd = socket(addr->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (channel->fd < 0) return net_channel_fail(channel, MX_E_IO, strerror(errno));
    if (connect(channel->fd, (const struct sockaddr *)addr, len) == 0) return MX_OK;
    if (errno != EINPROGRESS) return net_channel_fail(channel, MX_E_IO, strerror(errno));
    if (!net_channel_wait(channel, POLLOUT)) return net_channel_fail(channel, channel->late, "it took too long to connect");
    if (getsockopt(channel->fd, SOL_SOCKET, SO_ERROR, &cause, &cause_len) != 0) cause = errno;
    return cause == 0 ? MX_OK : net_channel_fail(channel, MX_E_IO, strerror(cause));
}

static ssize_t write_some(const struct net_channel *channel, struct mx_str bytes) {
    if (channel->tls) return net_tls_session_write(channel->tls, bytes.ptr, bytes.len);
    return send(channel->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
}

static ssize_t read_some(const struct net_channel *channel, void *bytes, size_t room) {
    if (channel->tls) return net_tls_session_read(channel->tls, bytes, room);
    return recv(channel->fd, bytes, room, 0);
}

static int only_later(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }

/* A server that refuses early stops reading: what it answers counts, so a failed send is no error yet. */
static mx_status send_all(const struct net_channel *channel, struct mx_str bytes) {
    while (bytes.len > 0) {
        ssize_t n = write_some(channel, bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && only_later()) {
            if (!net_channel_wait(channel, POLLOUT))
                return net_channel_fail(channel, channel->late, "it took too long to send the request");
            continue;
        }
        if (n < 0) return MX_OK;
        bytes = mx_str_n(bytes.ptr + n, bytes.len - (size_t)n);
    }
    return MX_OK;
}

static const char cut_off[] = "the connection ended before the answer was complete";

/* Without TLS nobody knows whether an answer that ends with the connection is whole. */
static mx_status at_end(const struct net_channel *channel, struct net_reading *reading) {
    if (channel->tls && net_reading_end(reading)) return MX_OK;
    return net_channel_fail(channel, MX_E_IO, cut_off);
}

static mx_status receive(struct net_channel *channel, struct net_reading *reading) {
    char bytes[READ_BYTES];
    while (!reading->complete) {
        ssize_t n = read_some(channel, bytes, sizeof(bytes));
        if (n == 0) return at_end(channel, reading);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && only_later()) {
            if (!net_channel_wait(channel, POLLIN)) return net_channel_fail(channel, channel->late, "it took too long");
            continue;
        }
        if (n < 0 && errno == ECONNABORTED) return net_channel_fail(channel, MX_E_IO, cut_off);
        if (n < 0) return net_channel_fail(channel, MX_E_IO, strerror(errno));
        if (!net_reading_feed(reading, bytes, (size_t)n)) {
            if (reading->unwanted) return net_channel_fail(channel, MX_E_CANCELLED, "it was not taken to its end");
            if (reading->too_large) return net_channel_fail(channel, MX_E_TOO_LARGE, "the answer is too large");
            return net_channel_fail(channel, MX_E_IO, "the answer is not HTTP");
        }
        if (channel->silence_ms) channel->until_ms = base_steady_ms() + channel->silence_ms;
        if (base_steady_ms() >= channel->until_ms && !reading->complete)
            return net_channel_fail(channel, channel->late, "it took too long");
    }
    return MX_OK;
}

mx_status net_channel_ask(struct net_channel *channel, struct mx_str head, struct mx_str body, struct net_reading *reading) {
    mx_status st = send_all(channel, head);
    if (st == MX_OK) st = send_all(channel, body);
    return st == MX_OK ? receive(channel, reading) : st;
}

void net_channel_close(struct net_channel *channel) {
    net_tls_session_free(channel->tls);
    channel->tls = NULL;
    if (channel->fd >= 0) close(channel->fd);
    channel->fd = -1;
}
