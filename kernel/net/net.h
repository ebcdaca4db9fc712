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
    const char *listen;      /* plain HTTP: "127.0.0.1:8080", "[::1]:0", ...; loopback only; NULL = none */
    const char *socket_path; /* Unix socket, mode 0600; NULL = none */
    uint32_t threads;        /* event loops; 0 = 2 */
    uint32_t connections;    /* at most; 0 = 4096 */
    uint32_t header_bytes;   /* 0 = 16384 */
    uint32_t body_bytes;     /* 0 = 1 MB */
    uint32_t request_ms;     /* 0 = 15000: from the first byte to the last */
    uint32_t idle_ms;        /* 0 = 60000 */
    net_handler handler;     /* on the connection's loop thread; must lead to one net_reply() */
    void *arg;
    uint32_t write_ms;            /* 0 = 15000: a client must take 64 KB of its answers, or all of them, in this time */
    uint32_t drain_ms;            /* 0 = 5000: how long net_server_free() waits for running requests */
    uint32_t buffer_bytes;        /* 0 = 128 MB: large requests (above 64 KB) of all connections together, coming in or running */
    const char *listen_tls;       /* HTTPS on any address: "0.0.0.0:8443", "[::]:0" ...; needs tls; NULL = none */
    struct net_tls *tls;          /* kept by the caller until net_server_free() */
    uint32_t tls_connections;     /* that may hold a TLS session at once (36 KB each); 0 = 512 */
    uint32_t hello_ms;            /* 0 = 5000: from the connection to the end of the TLS handshake */
    uint32_t address_connections; /* from one address that have shown no key, one more ends the oldest; 0 = 256, but from this machine any
                                     number; from the proxy any number in either case */
    const char *proxy;            /* address of the shop's own proxy: of requests from exactly there, the last address of X-Forwarded-For is
                                     the client's, by which calls without a key are counted; NULL = no such field is ever believed */
};

/* An IPv4 or IPv6 address as it is shown everywhere; 0 = the text is none. */
#define NET_ADDRESS_TEXT 46
int net_address_plain(struct mx_str text, char shown[NET_ADDRESS_TEXT]);

/* Listen and serve until net_server_free(). MX_E_BAD_INPUT: not a loopback address; MX_E_IO: cannot bind (message says
 * why). */
MX_MUST_CHECK mx_status net_server_new(const struct net_opts *opts, struct net_server **server, struct mx_error *err);
/* Whether both addresses can be listened on at once, as net_server_new() would; listen_tls may be NULL. Nothing is served. */
MX_MUST_CHECK mx_status net_listen_try(const char *listen_on, const char *listen_tls, struct mx_error *err);
/* Stop listening, let running requests finish (at most drain_ms), close. */
void net_server_free(struct net_server *server);
/* The port that was bound (for ":0"); of listen_tls. 0 = none. */
int net_server_port(const struct net_server *server);
int net_server_tls_port(const struct net_server *server);
/* Connections, requests, refusals and bytes as Prometheus text, appended. Any thread. */
struct base_buf;
void net_server_metrics(const struct net_server *server, struct base_buf *out);

/* ---- TLS: a certificate and what its sessions share. TLS 1.2, ECDHE with AEAD only (Mbed TLS 2.28) ---- */

/* Open the TLS folder: ca.crt, ca.key, server.crt, server.key (PEM; keys mode 0600). What is missing is made: a store CA
 * (P-256, 10 years, name-constrained to nothing but certificates of servers) and a certificate signed by it for this
 * machine's names and addresses and for `names` (host names or addresses, count of them). A server certificate that ends
 * within 30 days, or lacks one of `names`, is made anew while we have the CA's key; one that somebody put there
 * without our CA's key is used as it is. MX_E_IO, MX_E_DAMAGED (not a certificate, key does not fit),
 * MX_E_FORBIDDEN (a key readable by others). */
MX_MUST_CHECK mx_status net_tls_open(const char *dir, const char *const *names, uint32_t count, struct net_tls **tls, struct mx_error *err);
void net_tls_free(struct net_tls *tls);
/* SHA-256 of the CA certificate as "AB:CD:...", for comparing on a till; when the server certificate ends. */
struct mx_str net_tls_fingerprint(const struct net_tls *tls, struct base_arena *arena);
int64_t net_tls_until_ms(const struct net_tls *tls);
/* The same of a folder, which is only looked at. MX_E_NOT_FOUND, MX_E_DAMAGED, MX_E_IO. */
MX_MUST_CHECK mx_status net_tls_look(const char *dir, int64_t *until_ms, struct mx_error *err);

/* ---- a request, as handlers see it; everything lent until net_reply() ---- */
struct net_request_view {
    struct mx_str method;
    struct mx_str path;  /* percent-decoding not applied; begins with "/" */
    struct mx_str query; /* behind "?", may be empty */
    struct mx_str authorization;
    struct mx_str idempotency_key;
    struct mx_str content_type;
    struct mx_str body;
    struct mx_str approval; /* Merx-Approval */
    struct mx_str accept_encoding;
    struct mx_str last_event_id;
    struct mx_str if_none_match;
    struct mx_str fields; /* all header fields as they came: lines that end in CRLF */
    struct mx_str remote; /* address of the client without its port, see net_opts.proxy; empty on the Unix socket */
    int secure;           /* came over TLS */
};
const struct net_request_view *net_request_view(const struct net_request *request);
struct base_arena *net_request_arena(struct net_request *request);

/* Answer, once, from any thread; body is copied unless it is in the request's arena. headers: further header lines, each
 * ending in CRLF, or NULL. Answers leave in the order of the requests. */
void net_reply(struct net_request *request, int status, const char *content_type, const char *headers, struct mx_str body);

/* Call fn(arg) on the connection's loop thread when the client is gone (or sends no more, which is how it looks when it
 * closes) before it was answered. Instead of nothing: the request still wants its net_reply(). At most one; before the
 * handler returns. */
void net_request_on_gone(struct net_request *request, void (*fn)(void *arg), void *arg);

/* ---- an answer in pieces: event streams, backups. Chunked; the connection closes behind it ---- */

struct net_stream;

/* Begin it instead of net_reply(): nothing of the request may be used behind it. closed(arg) runs once on the loop thread
 * when the stream is over, whoever ended it, perhaps before this returns. The caller holds one reference. HTTP/1.0 clients
 * get the pieces as they are until the connection closes; an answer to HEAD is over with its head. */
struct net_stream *net_stream_begin(struct net_request *request, int status, const char *content_type, const char *headers,
                                    void (*closed)(void *arg), void *arg);
/* Queue a piece (copied): 1, or 0 when the client is gone. From any thread; never blocks. */
int net_stream_write(struct net_stream *stream, const void *bytes, size_t len);
/* Bytes that the client has not taken yet. */
size_t net_stream_pending(const struct net_stream *stream);
/* Wait until less than `bytes` are pending: 1, or 0 when the client is gone or took nothing for write_ms. Not on a loop. */
int net_stream_wait(struct net_stream *stream, size_t bytes);
/* The answer is complete (complete 0: break the connection off, so that the client notices). Drops the reference. */
void net_stream_end(struct net_stream *stream, int complete);

/* ---- operations over HTTP: POST /v1/<operation>, GET for queries without personal input; POST /v1/hooks/<operation>/<name>;
 * /healthz, /readyz, /metrics, /openapi.json; /v1/events (server-sent events); GET /v1/backup ---- */
struct net_api {
    struct op_kernel *op;
    struct identity *identity;
    struct store *store;
    struct bus *bus;
    struct net_events *events;    /* the listeners of /v1/events; NULL = none */
    struct loop_workers *workers; /* for backups; NULL = none */
};
/* A net_handler whose arg is a struct net_api *. */
void net_api_handle(void *api, struct net_request *request);

/* Listeners of /v1/events. Reads the log in slices on a thread of its own and hands each entry to the streams that asked
 * for it; a client that falls behind is closed and comes back with Last-Event-ID. max: streams at once, 0 = 2,000. */
MX_MUST_CHECK mx_status net_events_new(struct op_kernel *op, struct bus *bus, struct store *store, uint32_t max, struct net_events **events,
                                       struct mx_error *err);
/* Behind net_server_free(), which ends the streams: nobody asks for one any more. */
void net_events_free(struct net_events *events);

/* ---- client: one request, waits for the answer ---- */
struct net_answer {
    int status;
    struct mx_str body;    /* in the arena */
    int64_t retry_after_s; /* 0 = did not say */
};

/* The way out into the world, for outbox, webhooks and gateways: https with chain and host name verified, a deadline for the
 * whole request, answers capped, redirects not followed (a 3xx is the answer), nothing sent before the peer has proved who
 * it is. Private, loopback and link-local addresses are refused unless `allow` names them, after the name was resolved and
 * for the very address that is connected to. Any thread. */
struct net_out_opts {
    const char *ca_file;      /* trusted CAs, PEM; NULL = the system's */
    const char *const *allow; /* ends with NULL: "HOST:PORT" or "ADDRESS:PORT" that may be private and plain http */
    size_t answer_bytes;      /* 0 = 1 MB; more of an answer is an error */
};
struct net_way;
MX_MUST_CHECK mx_status net_way_new(const struct net_out_opts *opts, struct net_way **way, struct mx_error *err);
void net_way_free(struct net_way *way);
/* From now on whoever fetches on this way hears MX_E_CANCELLED within moments. Any thread. */
void net_way_end(struct net_way *way);
struct net_fetch {
    struct mx_str method, url, headers, body; /* headers: lines that end in CRLF */
    int64_t timeout_ms;
};
/* MX_E_BAD_INPUT (url), MX_E_FORBIDDEN (private address, http), MX_E_IO (no connection, broken answer), MX_E_TIMEOUT,
 * MX_E_UNTRUSTED (certificate; err says what is wrong with it), MX_E_TOO_LARGE. */
MX_MUST_CHECK mx_status net_fetch(struct net_way *way, struct base_arena *arena, const struct net_fetch *fetch, struct net_answer *answer,
                                  struct mx_error *err);

/* One's own shop on this machine, for the command line. url: "http://127.0.0.1:8080" or "unix:PATH"; headers: lines ending in
 * CRLF. MX_E_IO: cannot connect or broken answer. */
MX_MUST_CHECK mx_status net_call(struct base_arena *arena, const char *url, const char *method, const char *path, const char *headers,
                                 struct mx_str body, int64_t timeout_ms, struct net_answer *answer, struct mx_error *err);

/* GET something long from one's own shop, here or on another machine (https://HOST:PORT, ca_file: as for net_way_new()): the
 * body of a 200 goes to sink() piece by piece (not 0: stop, MX_E_CANCELLED), that of any other answer into answer->body. */
struct net_pull {
    const char *url, *ca_file, *path, *headers;
    int64_t silence_ms; /* how long nothing may come */
    int (*sink)(void *arg, const void *bytes, size_t len);
    void *arg;
};
MX_MUST_CHECK mx_status net_pull(struct base_arena *arena, const struct net_pull *pull, struct net_answer *answer, struct mx_error *err);

#endif
