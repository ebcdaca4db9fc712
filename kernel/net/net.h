/* HTTP/1.1: a strict server on libevent's core and llhttp, a small blocking client, and the way from a request to an
 * operation.
 *
 * Limits: request line + headers 16 KB and 64 fields, body 1 MB (16 MB for owners of large imports: see opts), a whole
 * request within 15 s of its first byte, idle keep-alive 60 s, connections capped. A message that two parsers could read
 * differently is answered 400 and the connection closed; nothing of it runs. A body comes with its Content-Length:
 * Transfer-Encoding on a request is refused, whatever its value. HTTP/1.0 is understood, one request a connection. An
 * offered Upgrade is ignored. */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/arena.h"
#include "base/error.h"

struct net_server;
struct net_request;
struct op_kernel;
struct identity;
struct store;

typedef void (*net_handler)(void *arg, struct net_request *request);

struct net_opts {
    const char *listen;      /* "127.0.0.1:8080", "[::1]:0", ...; loopback only (no TLS yet); NULL = none */
    const char *socket_path; /* Unix socket, mode 0600; NULL = none */
    uint32_t threads;        /* event loops; 0 = 2 */
    uint32_t connections;    /* at most; 0 = 1024 */
    uint32_t header_bytes;   /* 0 = 16384 */
    uint32_t body_bytes;     /* 0 = 1 MB */
    uint32_t request_ms;     /* 0 = 15000: from the first byte to the last */
    uint32_t idle_ms;        /* 0 = 60000 */
    net_handler handler;     /* on the connection's loop thread; must lead to one net_reply() */
    void *arg;
    uint32_t write_ms;     /* 0 = 15000: a client must take 64 KB of its answers, or all of them, in this time */
    uint32_t drain_ms;     /* 0 = 5000: how long net_server_free() waits for running requests */
    uint32_t buffer_bytes; /* 0 = 128 MB: large requests (above 64 KB) of all connections together, coming in or running */
};

/* Listen and serve until net_server_free(). MX_E_BAD_INPUT: not a loopback address; MX_E_IO: cannot bind (message says
 * why). */
MX_MUST_CHECK mx_status net_server_new(const struct net_opts *opts, struct net_server **server, struct mx_error *err);
/* Stop listening, let running requests finish (at most drain_ms), close. */
void net_server_free(struct net_server *server);
/* The port that was bound (for ":0"). */
int net_server_port(const struct net_server *server);

/* ---- a request, as handlers see it; everything lent until net_reply() ---- */
struct net_request_view {
    struct mx_str method;
    struct mx_str path;  /* percent-decoding not applied; begins with "/" */
    struct mx_str query; /* behind "?", may be empty */
    struct mx_str authorization;
    struct mx_str idempotency_key;
    struct mx_str content_type;
    struct mx_str body;
};
const struct net_request_view *net_request_view(const struct net_request *request);
struct base_arena *net_request_arena(struct net_request *request);

/* Answer, once, from any thread; body is copied unless it is in the request's arena. headers: further header lines, each
 * ending in CRLF, or NULL. Answers leave in the order of the requests. */
void net_reply(struct net_request *request, int status, const char *content_type, const char *headers, struct mx_str body);

/* ---- operations over HTTP: POST /v1/<operation>, GET for queries without personal input, /healthz ---- */
struct net_api {
    struct op_kernel *op;
    struct identity *identity;
    struct store *store;
};
/* A net_handler whose arg is a struct net_api *. */
void net_api_handle(void *api, struct net_request *request);

/* ---- client: one request, waits for the answer; for the command line ---- */
struct net_answer {
    int status;
    struct mx_str body; /* in the arena */
};
/* url: "http://127.0.0.1:8080" or "unix:PATH"; headers: lines ending in CRLF. MX_E_IO: cannot connect or broken answer. */
MX_MUST_CHECK mx_status net_call(struct base_arena *arena, const char *url, const char *method, const char *path, const char *headers,
                                 struct mx_str body, int64_t timeout_ms, struct net_answer *answer, struct mx_error *err);

#endif
