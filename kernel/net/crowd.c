/* Room for those who are known when a crowd comes. A connection is a stranger until a request on it has shown a valid key;
 * what comes through the Unix socket is known at once. When all places are taken, a newcomer gets that of the stranger who
 * has had one longest: a till shows its key within its first milliseconds and is safe from then on, and a crowd that only
 * holds connections open pushes out itself. Strangers from one address may not be more than so many; one more takes the place
 * of another from there, so that a till is not locked out by who shares its address. */
#include <string.h>

#include "crypto/crypto.h"
#include "net/internal.h"

void net_crowd_link(struct net_conn *conn) {
    struct net_thread *thread = conn->thread;
    if (conn->known) {
        conn->next = thread->conns;
        conn->prev = NULL;
    } else {
        conn->prev = thread->conns_last;
        conn->next = NULL;
    }
    *(conn->next ? &conn->next->prev : &thread->conns_last) = conn;
    *(conn->prev ? &conn->prev->next : &thread->conns) = conn;
    if (!conn->known && thread->strangers == NULL) thread->strangers = conn;
    conn->linked = 1;
}

void net_crowd_unlink(struct net_conn *conn) {
    struct net_thread *thread = conn->thread;
    if (!conn->linked) return;
    if (thread->strangers == conn) thread->strangers = conn->next;
    *(conn->next ? &conn->next->prev : &thread->conns_last) = conn->prev;
    *(conn->prev ? &conn->prev->next : &thread->conns) = conn->next;
    conn->linked = 0;
}

static int gives_room(const struct net_conn *conn, const struct net_conn *newcomer, enum net_room room) {
    if (conn == newcomer || conn->request || conn->stream) return 0;
    if (room == NET_ROOM_OF_SESSION) return conn->tls && net_tls_has_session(conn->tls);
    return room == NET_ROOM || (conn->counted && conn->place == newcomer->place);
}

int net_crowd_make_room(struct net_thread *thread, const struct net_conn *newcomer, enum net_room room) {
    struct net_conn *conn = thread->strangers;
    for (; conn; conn = conn->next) {
        if (!gives_room(conn, newcomer, room)) continue;
        net_count(&thread->server->count.turned_away, 1);
        net_conn_drop(conn);
        return 1;
    }
    return 0;
}

/* ---- strangers of one address ---- */

static int is_this_machine(const char *remote) {
    return remote[0] == '\0' || strncmp(remote, "127.", 4) == 0 || strcmp(remote, "::1") == 0 || strncmp(remote, "::ffff:127.", 11) == 0;
}

int net_crowd_enter(struct net_conn *conn) {
    struct net_server *server = conn->thread->server;
    uint32_t most = server->opts.address_connections;
    if (most == 0 && is_this_machine(conn->remote)) return 1; /* a proxy here speaks for many */
    if (net_is_proxy(conn)) return 1;                         /* and so does the one that was named, wherever it stands */
    if (most == 0) most = NET_ADDRESS_CONNECTIONS;
    conn->place = (uint16_t)(crypto_checksum(server->place_key, conn->remote, strlen(conn->remote), NULL, 0) % NET_PLACES);
    conn->counted = 1;
    return atomic_fetch_add(&server->places[conn->place], 1) < most;
}

void net_crowd_leave(struct net_conn *conn) {
    if (conn->counted) atomic_fetch_sub(&conn->thread->server->places[conn->place], 1);
    conn->counted = 0;
}

void net_request_known(struct net_request *request) {
    struct net_conn *conn = request->conn;
    if (conn == NULL || conn->known) return;
    net_crowd_leave(conn);
    net_crowd_unlink(conn);
    conn->known = 1;
    net_crowd_link(conn);
}
