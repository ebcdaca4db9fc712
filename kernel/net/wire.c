/* The bytes between a connection and its socket. The only place that reads and writes one. */
#include <errno.h>

#include "net/internal.h"

ssize_t net_wire_read(struct net_conn *conn, void *bytes, size_t room) {
    ssize_t n;
    do n = recv(conn->fd, bytes, room, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n;
}

ssize_t net_wire_send(struct net_conn *conn, const struct iovec *pieces, size_t count) {
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)pieces, .msg_iovlen = count};
    ssize_t n;
    do n = sendmsg(conn->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n;
}
