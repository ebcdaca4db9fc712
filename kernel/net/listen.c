#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "net/internal.h"

#define ACCEPTS_A_TURN 64
#define PAUSE_MS       100
#define UNSENT_BYTES   (128 << 10) /* what the system keeps for a slow client; more would also hide that it takes any */

/* Accepts on the first loop and hands each connection to the loop that has the fewest. */
struct net_listener {
    struct net_server *server;
    int fd;
    char *path; /* of a Unix socket, removed at the end */
    int is_tcp, is_tls;
    struct event *event, *resume;
};

static struct net_thread *least_loaded(struct net_server *server) {
    struct net_thread *best = server->threads[0];
    uint32_t i;
    for (i = 1; i < server->opts.threads; i++)
        if (atomic_load(&server->threads[i]->load) < atomic_load(&best->load)) best = server->threads[i];
    return best;
}

static void hand_over(struct net_listener *listener, int fd, const struct sockaddr_storage *from) {
    struct net_server *server = listener->server;
    uint32_t connections = atomic_load(&server->connections);
    struct net_thread *thread = least_loaded(server);
    struct net_conn *conn;
    int one = 1, unsent = UNSENT_BYTES;
    if (connections >= server->opts.connections + NET_REJECTS_MAX) {
        net_count(&server->count.turned_away, 1);
        close(fd);
        return;
    }
    if (listener->is_tcp) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent));
    }
    net_count(&server->count.accepted, 1);
    conn = net_conn_new(thread, fd);
    conn->known = (uint8_t)!listener->is_tcp;
    if (listener->is_tcp) {
        net_address_text(from, conn->remote);
        conn->rejected = (uint8_t)!net_crowd_enter(conn);
    }
    conn->secure = (uint8_t)listener->is_tls;
    if (listener->is_tls) conn->tls = net_tls_link_new(conn);
    loop_post(thread->loop, net_conn_start, conn);
}

/* Out of descriptors or memory: what waits would wake us without end, so look away for a moment. */
static void pause_accepting(struct net_listener *listener) {
    struct timeval pause = {0, PAUSE_MS * 1000};
    base_log(BASE_LOG_WARN, "net", "cannot accept a connection: %s", strerror(errno));
    event_del(listener->event);
    event_add(listener->resume, &pause);
}

static void on_connection(evutil_socket_t fd, short what, void *arg) {
    struct net_listener *listener = arg;
    int i;
    (void)what;
    for (i = 0; i < ACCEPTS_A_TURN; i++) {
        struct sockaddr_storage from;
        socklen_t len = sizeof(from);
        int accepted = accept4(fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0)
            hand_over(listener, accepted, &from);
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            pause_accepting(listener);
            return;
        }
    }
}

static void on_resume(evutil_socket_t fd, short what, void *arg) {
    (void)fd;
    (void)what;
    event_add(((struct net_listener *)arg)->event, NULL);
}

static void start(void *arg) {
    struct net_listener *listener = arg;
    struct event_base *base = loop_base(listener->server->threads[0]->loop);
    listener->event = event_new(base, listener->fd, EV_READ | EV_PERSIST, on_connection, listener);
    listener->resume = event_new(base, -1, 0, on_resume, listener);
    if (listener->event == NULL || listener->resume == NULL) abort();
    event_add(listener->event, NULL);
}

static void stop(void *arg) {
    struct net_listener *listener = arg;
    event_free(listener->event);
    event_free(listener->resume);
}

static struct net_listener *listener_new(struct net_server *server, int fd, const char *path, int is_tls) {
    struct net_listener *listener = calloc(1, sizeof(*listener));
    if (listener == NULL) abort();
    listener->server = server;
    listener->fd = fd;
    listener->is_tcp = path == NULL;
    listener->is_tls = is_tls;
    if (path && (listener->path = strdup(path)) == NULL) abort();
    net_run_on(server->threads[0]->loop, start, listener);
    return listener;
}

void net_listener_free(struct net_listener *listener) {
    if (listener == NULL) return;
    net_run_on(listener->server->threads[0]->loop, stop, listener);
    close(listener->fd);
    if (listener->path) unlink(listener->path);
    free(listener->path);
    free(listener);
}

static mx_status fail(int fd, const char *what, struct mx_error *err) {
    int cause = errno;
    if (fd >= 0) close(fd);
    return base_fail(err, MX_E_IO, NULL, "Cannot listen on %.150s: %s.", what, strerror(cause));
}

static int port_of(int fd) {
    struct sockaddr_storage addr;
    socklen_t len = sizeof(addr);
    if (getsockname(fd, (struct sockaddr *)&addr, &len) != 0) return 0;
    if (addr.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)(void *)&addr)->sin6_port);
    return ntohs(((struct sockaddr_in *)(void *)&addr)->sin_port);
}

static mx_status bind_at(const struct net_address *address, const char *listen_on, int *out, struct mx_error *err) {
    int one = 1, fd = socket(address->addr.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(fd, listen_on, err);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, (const struct sockaddr *)&address->addr, address->len) != 0 || listen(fd, SOMAXCONN) != 0) return fail(fd, listen_on, err);
    *out = fd;
    return MX_OK;
}

mx_status net_listen_try(const char *listen_on, const char *listen_tls, struct mx_error *err) {
    struct net_address address;
    int fd = -1, fd_tls = -1;
    mx_status st = net_address_tcp(listen_on, &address, err);
    if (st == MX_OK) st = bind_at(&address, listen_on, &fd, err);
    if (st == MX_OK && listen_tls) st = net_address_any(listen_tls, &address, err);
    if (st == MX_OK && listen_tls) st = bind_at(&address, listen_tls, &fd_tls, err);
    if (fd >= 0) close(fd);
    if (fd_tls >= 0) close(fd_tls);
    return st;
}

static mx_status listen_at(struct net_server *server, const struct net_address *address, const char *listen_on, int is_tls,
                           struct net_listener **out, int *port, struct mx_error *err) {
    int fd = -1;
    mx_status st = bind_at(address, listen_on, &fd, err);
    if (st != MX_OK) return st;
    *port = port_of(fd);
    *out = listener_new(server, fd, NULL, is_tls);
    return MX_OK;
}

mx_status net_listener_tcp(struct net_server *server, const char *listen_on, struct net_listener **out, int *port, struct mx_error *err) {
    struct net_address address;
    mx_status st = net_address_tcp(listen_on, &address, err);
    return st == MX_OK ? listen_at(server, &address, listen_on, 0, out, port, err) : st;
}

mx_status net_listener_tls(struct net_server *server, const char *listen_on, struct net_listener **out, int *port, struct mx_error *err) {
    struct net_address address;
    mx_status st = net_address_any(listen_on, &address, err);
    if (st == MX_OK && server->opts.tls == NULL)
        st = base_fail(err, MX_E_BAD_INPUT, NULL, "To listen on %.80s takes a certificate.", listen_on);
    return st == MX_OK ? listen_at(server, &address, listen_on, 1, out, port, err) : st;
}

/* A socket file that nobody listens on is left over from a process that was killed. */
static mx_status remove_stale(const char *path, const struct net_address *address, struct mx_error *err) {
    struct stat info;
    int fd, answered;
    if (lstat(path, &info) != 0) return MX_OK;
    if (!S_ISSOCK(info.st_mode)) return base_fail(err, MX_E_IO, NULL, "%.150s is there and is not a socket.", path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(fd, path, err);
    answered = connect(fd, (const struct sockaddr *)&address->addr, address->len) == 0 || errno != ECONNREFUSED;
    close(fd);
    if (answered) return base_fail(err, MX_E_IO, NULL, "Another process listens on %.150s.", path);
    unlink(path);
    return MX_OK;
}

mx_status net_listener_unix(struct net_server *server, const char *path, struct net_listener **out, struct mx_error *err) {
    struct net_address address;
    mx_status st = net_address_unix(path, &address, err);
    int fd = -1;
    if (st != MX_OK) return st;
    st = remove_stale(path, &address, err);
    if (st != MX_OK) goto out;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* The mode of the descriptor becomes the file's: it is never open to others, not even for an instant. */
    if (fd < 0 || fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&address.addr, address.len) != 0 || listen(fd, SOMAXCONN) != 0) {
        st = fail(fd, path, err);
        goto out;
    }
    *out = listener_new(server, fd, path, 0);
out:
    net_address_fini(&address);
    return st;
}
