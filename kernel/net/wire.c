/* The bytes between a connection and its socket. The only place that reads and writes one. */
#include <errno.h>

#include "net/internal.h"

ssize_t net_wire_read(struct net_conn *conn, void *bytes, size_t room) {
    ssize_t n;
    if (conn->tls) return net_tls_read(conn->tls, bytes, room);
    do n = recv(conn->fd, bytes, room, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n;
}

ssize_t net_wire_send(struct net_conn *conn, const struct iovec *pieces, size_t count) {
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)pieces, .msg_iovlen = count};
    ssize_t n;
    if (conn->tls) return net_tls_send(conn->tls, pieces, count);
    do n = sendmsg(conn->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n;
}

int net_wire_pending(const struct net_conn *conn) { return conn->tls && net_tls_pending(conn->tls); }

/* With the session goes its memory; what the client still sends is thrown away undeciphered. */
void net_wire_shut(struct net_conn *conn) {
    net_tls_link_free(conn->tls, 1);
    conn->tls = NULL;
    shutdown(conn->fd, SHUT_WR);
}
