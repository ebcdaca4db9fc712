/* The pump between a connection's socket and its session of TLS: ciphertext in and out, nothing that blocks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "crypto/crypto.h"
#include "net/tls.h"

#define RECORD_BYTES 16384u
#define UNSENT_MAX   65536u /* of ciphertext: one record and some alerts */
#define READS_A_CALL 4u     /* Mbed TLS passes over warnings as long as more of them come: others want their turn, too */

/* One for each loop's thread: what a read brings, what a record is made of. Nothing stays in them between two calls. */
static _Thread_local uint8_t scratch[RECORD_BYTES + 1024];
static _Thread_local uint8_t plain[RECORD_BYTES];

struct net_tls_link *net_tls_link_new(struct net_conn *conn) {
    struct net_tls_link *link = calloc(1, sizeof(*link));
    if (link == NULL) abort();
    link->conn = conn;
    return link;
}

/* ---- ciphertext ---- */

ssize_t net_tls_receive(const struct net_tls_link *link, void *bytes, size_t room) {
    ssize_t n;
    do n = recv(link->conn->fd, bytes, room, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n;
}

/* What Mbed TLS has not taken stays in a buffer of its own; usually that is nothing. */
void net_tls_keep(struct net_tls_link *link) {
    size_t left = link->in_len - link->in_at;
    uint8_t *kept = NULL;
    if (!link->in_lent && left > 0) return;
    if (left > 0) {
        kept = malloc(left);
        if (kept == NULL) abort();
        memcpy(kept, link->in + link->in_at, left);
    }
    if (!link->in_lent) free(link->in);
    link->in = kept;
    link->in_cap = left;
    link->in_at = 0;
    link->in_len = left;
    link->in_lent = 0;
}

static int on_receive(void *arg, unsigned char *bytes, size_t room) {
    struct net_tls_link *link = arg;
    size_t left = link->in_len - link->in_at;
    if (left == 0) {
        ssize_t n;
        if (link->reads++ >= READS_A_CALL) return MBEDTLS_ERR_SSL_WANT_READ;
        net_tls_keep(link);
        n = net_tls_receive(link, scratch, sizeof(scratch));
        if (n == 0) return 0;
        if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
        link->in = scratch;
        link->in_lent = 1;
        link->in_len = left = (size_t)n;
    }
    if (room > left) room = left;
    memcpy(bytes, link->in + link->in_at, room);
    link->in_at += room;
    return (int)room;
}

static ssize_t push(const struct net_tls_link *link, const void *bytes, size_t len) {
    ssize_t n;
    do n = send(link->conn->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Mbed TLS may think that all has left: what the socket does not take waits here. */
static int on_send(void *arg, const unsigned char *bytes, size_t len) {
    struct net_tls_link *link = arg;
    ssize_t n = link->out_len > 0 ? 0 : push(link, bytes, len);
    size_t rest;
    if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    if (n < 0) n = 0;
    rest = len - (size_t)n;
    if (rest == 0) return (int)len;
    if (link->out_len + rest > UNSENT_MAX) return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
    link->out = realloc(link->out, link->out_len + rest);
    if (link->out == NULL) abort();
    memcpy(link->out + link->out_len, bytes + n, rest);
    link->out_len += rest;
    return (int)len;
}

int net_tls_flush(struct net_tls_link *link) {
    while (link->out_at < link->out_len) {
        ssize_t n = push(link, link->out + link->out_at, link->out_len - link->out_at);
        if (n < 0) return -1;
        link->out_at += (size_t)n;
    }
    free(link->out);
    link->out = NULL;
    link->out_at = link->out_len = 0;
    return 0;
}

/* ---- the session ---- */

int net_tls_begin(struct net_tls_link *link) {
    struct net_server *server = link->conn->thread->server;
    if (atomic_fetch_add(&server->tls_sessions, 1) >= server->opts.tls_connections) {
        atomic_fetch_sub(&server->tls_sessions, 1);
        return 0;
    }
    link->ssl = malloc(sizeof(*link->ssl));
    if (link->ssl == NULL) abort();
    mbedtls_ssl_init(link->ssl);
    if (mbedtls_ssl_setup(link->ssl, &server->opts.tls->conf) != 0) {
        net_tls_end(link);
        return 0;
    }
    mbedtls_ssl_set_bio(link->ssl, link, on_send, on_receive, NULL);
    return 1;
}

void net_tls_end(struct net_tls_link *link) {
    if (link->ssl == NULL) return;
    mbedtls_ssl_free(link->ssl);
    free(link->ssl);
    link->ssl = NULL;
    atomic_fetch_sub(&link->conn->thread->server->tls_sessions, 1);
}

void net_tls_link_free(struct net_tls_link *link, int say_goodbye) {
    if (link == NULL) return;
    if (say_goodbye && link->phase == NET_TLS_OPEN) mbedtls_ssl_close_notify(link->ssl);
    net_tls_leave_queue(link);
    net_tls_end(link);
    if (!link->in_lent) free(link->in);
    free(link->out);
    free(link);
}

ssize_t net_tls_read(struct net_tls_link *link, void *bytes, size_t room) {
    int n;
    link->reads = 0;
    n = mbedtls_ssl_read(link->ssl, bytes, room);
    net_tls_keep(link);
    if (n > 0) return n;
    if (n == 0 || n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY || n == MBEDTLS_ERR_SSL_CONN_EOF) return 0;
    errno = n == MBEDTLS_ERR_SSL_WANT_READ || n == MBEDTLS_ERR_SSL_WANT_WRITE ? EAGAIN : EPROTO;
    return -1;
}

int net_tls_is_open(const struct net_tls_link *link) { return link->phase == NET_TLS_OPEN; }

int net_tls_has_session(const struct net_tls_link *link) { return link->ssl != NULL; }

int net_tls_pending(const struct net_tls_link *link) {
    return link->phase == NET_TLS_OPEN && (link->in_len > link->in_at || mbedtls_ssl_get_bytes_avail(link->ssl) > 0);
}

/* Small pieces share a record, so that head and body of an answer leave as one; of a large one nothing is copied. */
static const uint8_t *gather(const struct iovec *pieces, size_t count, size_t *len) {
    size_t i;
    *len = 0;
    if (pieces[0].iov_len >= RECORD_BYTES) {
        *len = RECORD_BYTES;
        return pieces[0].iov_base;
    }
    for (i = 0; i < count && *len < RECORD_BYTES; i++) {
        size_t part = pieces[i].iov_len < RECORD_BYTES - *len ? pieces[i].iov_len : RECORD_BYTES - *len;
        memcpy(plain + *len, pieces[i].iov_base, part);
        *len += part;
    }
    return plain;
}

/* Bytes count as sent when the socket has taken the whole record that holds them: until then the caller keeps them, and
 * so nobody closes the connection on them. */
ssize_t net_tls_send(struct net_tls_link *link, const struct iovec *pieces, size_t count) {
    const uint8_t *bytes;
    size_t len;
    int n;
    if (net_tls_flush(link) != 0) return -1;
    if (link->taken == 0) {
        bytes = gather(pieces, count, &len);
        n = mbedtls_ssl_write(link->ssl, bytes, len);
        if (bytes == plain) crypto_wipe(plain, len);
        if (n <= 0) {
            errno = EPROTO;
            return -1;
        }
        link->taken = (size_t)n;
        if (net_tls_flush(link) != 0) return -1;
    }
    n = (int)link->taken;
    link->taken = 0;
    return n;
}
