/* What the files of this room share, from the bytes of a message up to the server. */
#ifndef NET_INTERNAL_H
#define NET_INTERNAL_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <llhttp.h>

#include "base/buf.h"
#include "identity/identity.h"
#include "loop/loop.h"
#include "merx/schema.h"
#include "net/net.h"

struct net_conn;
struct net_listener;

/* ---- one message: bytes in, a checked request out; no I/O (scan.c, head.c, fields.c, opinion.c, message.c) ---- */

#define NET_FIELDS_MAX 64u

struct net_span {
    uint32_t at, len; /* in the message's bytes */
};

struct net_field {
    struct net_span name, value;
};

struct net_fields {
    uint32_t count;
    struct net_field at[NET_FIELDS_MAX];
};

struct net_limits {
    uint32_t header_bytes, body_bytes;
};

struct net_message {
    uint32_t scanned;  /* bytes of the head looked at so far */
    uint32_t head_len; /* with its blank line; 0 until it is complete and accepted */
    uint32_t body_len;
    struct net_span method, target, authorization, idempotency_key, content_type, approval, accept_encoding, last_event_id, if_none_match;
    uint8_t minor;            /* HTTP/1.x */
    uint8_t close;            /* the connection ends with this request's answer */
    uint8_t expects_continue; /* the client waits for "100 Continue" */
    uint8_t has_host, has_length, has_encodings;
    llhttp_t parser; /* the second opinion */
};

struct net_refusal {
    int status;
    const char *detail; /* a whole sentence */
};

#define NET_MORE     0
#define NET_COMPLETE 1
#define NET_REFUSED  2

void net_message_init(struct net_message *message);

/* Look at the bytes of a message from its beginning; call again with more of them after NET_MORE (they may have moved).
 * NET_COMPLETE: the message is the first head_len + body_len bytes. NET_REFUSED: *refusal says why. */
int net_message_read(struct net_message *message, const struct net_limits *limits, const char *bytes, size_t len,
                     struct net_refusal *refusal);

/* The steps of net_message_read(): NET_MORE, NET_COMPLETE or NET_REFUSED as well. */
int net_refuse(struct net_refusal *refusal, int status, const char *detail); /* NET_REFUSED */
int net_scan(struct net_message *message, const struct net_limits *limits, const char *bytes, size_t len, uint32_t *head_len,
             struct net_refusal *refusal);
int net_head_parse(struct net_message *message, const char *bytes, uint32_t head_len, struct net_fields *fields,
                   struct net_refusal *refusal);
int net_fields_judge(struct net_message *message, const struct net_limits *limits, const char *bytes, const struct net_fields *fields,
                     struct net_refusal *refusal);

/* llhttp's reading of the same bytes: 1 when it is ours. */
int net_opinion_head(struct net_message *message, const char *bytes, uint32_t head_len, const struct net_fields *fields);
int net_opinion_body(struct net_message *message, const char *body);

/* Sets of bytes. */
struct net_set {
    uint32_t bits[8];
};
extern const struct net_set net_token, net_pchar, net_name, net_digit, net_hex;
static inline int net_in(const struct net_set *set, char c) {
    uint8_t byte = (uint8_t)c;
    return (int)((set->bits[byte >> 5] >> (byte & 31u)) & 1u);
}
int net_all_in(const struct net_set *set, const char *bytes, uint32_t len);
/* 1 when `len` bytes are the lower-case `word` in any case. */
int net_word(const char *bytes, uint32_t len, const char *word);
/* The value of a field without the spaces and tabs around it. */
struct mx_str net_trim(struct mx_str text);

/* ---- the server: threads, connections, requests. All but net_reply() runs on the loop of the connection's thread. ---- */

#define NET_PIPELINE_BYTES      (64u << 10)  /* input kept while a request of the same connection is running */
#define NET_OUT_BYTES           (256u << 10) /* unsent answers beyond which no further request is started */
#define NET_OUT_ANSWERS         16u          /* the same, of answers: a small one holds a whole request's memory */
#define NET_COPY_BYTES          (32u << 10)  /* larger messages are handed over with their buffer */
#define NET_LINGER_MS           1000
#define NET_LINGER_BYTES        (16u << 20)
#define NET_REJECTS_MAX         64u /* connections above the limit that are told so */
#define NET_ADDRESS_CONNECTIONS 256u
#define NET_PLACES              1024u /* addresses are counted by their hash */
#define NET_SPARES_MAX          32u

struct net_thread {
    struct net_server *server;
    struct loop *loop;
    struct loop_timer *sweep;
    struct net_conn *conns, *conns_last; /* those who are known, then strangers, who came longest ago first */
    struct net_conn *strangers;          /* the first of them */
    struct net_request *spares;
    uint32_t spare_count;
    struct net_tls_link *shakes, *shakes_last; /* handshakes that wait for their step */
    struct event *shake;
    int draining;
    _Atomic(uint32_t) load; /* connections, also those on their way here */
    _Atomic(uint32_t) refs; /* the server's and one for each request and stream; the last one frees */
    _Atomic(uint32_t) busy; /* requests and streams that are not over */
    pthread_mutex_t lock;   /* of posting against closing */
    _Atomic(int) closed;
};

/* For /metrics. */
struct net_counts {
    _Atomic(uint64_t) accepted, turned_away, late; /* connections: all, at the limit, whose time was up */
    _Atomic(uint64_t) answers[5];                  /* by the first digit of their status */
    _Atomic(uint64_t) streams, bytes_in, bytes_out;
};
static inline void net_count(_Atomic(uint64_t) *counter, uint64_t by) { atomic_fetch_add_explicit(counter, by, memory_order_relaxed); }

struct net_server {
    struct net_opts opts;
    struct net_limits limits;
    struct net_thread **threads;
    struct net_listener *listeners[3];
    int port, tls_port;
    _Atomic(uint32_t) connections;
    _Atomic(uint32_t) tls_sessions; /* held */
    _Atomic(uint64_t) tls_handshakes, tls_failures;
    _Atomic(uint32_t) places[NET_PLACES]; /* strangers by the hash of their address */
    uint8_t place_key[16];
    char proxy[NET_ADDRESS_TEXT]; /* whose word about its client is believed; empty = nobody's */
    pthread_mutex_t openapi_lock;
    struct net_openapi *openapi; /* made when somebody asks */
    struct net_counts count;
    _Atomic(uint64_t) buffered; /* bytes of input buffers larger than NET_PIPELINE_BYTES, also of running requests */
};

/* A piece of output in a connection's queue. */
struct net_out {
    const char *bytes;
    size_t len;
    void (*sent)(void *owner); /* when it has left, or never will */
    void *owner;
    struct net_out *next;
};

struct net_request {
    struct net_thread *thread;
    struct net_conn *conn; /* NULL when the client is gone */
    struct base_arena *arena;
    struct net_request_view view;
    char *text; /* the message, when it was too large for a copy into the arena */
    size_t text_bytes;
    int head_only; /* HEAD: the answer's body is left out */
    int close;     /* the connection ends with this answer */
    int chunks;    /* the client understands an answer in chunks */
    int answered;
    int status;
    struct net_stream *stream; /* the answer comes in pieces */
    void (*gone)(void *arg);   /* to be told when the client is gone before the answer */
    void *gone_arg;
    struct net_out out;
    struct net_request *next_spare;
};

/* thread.c */
MX_MUST_CHECK mx_status net_thread_new(struct net_server *server, uint32_t number, struct net_thread **thread, struct mx_error *err);
void net_thread_unref(struct net_thread *thread);
void net_run_on(struct loop *loop, loop_fn fn, void *arg);             /* and wait until it has run */
int net_thread_post(struct net_thread *thread, loop_fn fn, void *arg); /* 0 when its loop is gone */

/* request.c */
struct net_request *net_request_new(struct net_thread *thread, struct net_conn *conn);
void net_request_free(struct net_request *request);
/* Lay the message, which stands at bytes, into the request. */
void net_request_fill(struct net_request *request, const struct net_message *message, const char *bytes);
/* Hand it the buffer in which its message stands, counted in server->buffered. */
void net_request_own(struct net_request *request, char *buffer, size_t bytes);
/* Bytes of an input buffer that count against the limit. */
static inline size_t net_counted(size_t bytes) { return bytes > NET_PIPELINE_BYTES ? bytes : 0; }
static inline int net_is_read(const struct net_request_view *view) {
    return mx_str_is(view->method, "GET") || mx_str_is(view->method, "HEAD");
}
void net_request_gone(struct net_request *request); /* the client will not wait for the answer */
/* Lay out the answer and send it. body NULL: it comes in pieces. */
void net_request_answer(struct net_request *request, int status, const char *content_type, const char *headers, const struct mx_str *body);
void net_reply_error(struct net_request *request, const struct net_refusal *refusal);

enum net_phase { NET_IDLE, NET_READING, NET_RUNNING };

/* One connection. Requests are read, run and answered one after the other; what a client pipelines waits in `in`, what
 * it has not yet taken waits in the queue of `out`. */
struct net_conn {
    struct net_thread *thread;
    struct net_conn *prev, *next;
    int fd;
    struct event *readable, *writable;
    struct net_tls_link *tls; /* NULL = plain, or the session is over */
    char remote[INET6_ADDRSTRLEN];
    char *in;
    size_t in_at, in_len, in_cap; /* bytes of the next message: in[in_at, in_len) */
    struct net_message message;
    struct net_request *request; /* the one that is running */
    struct net_stream *stream;   /* the answer that is under way in pieces */
    struct net_out *out_first, *out_last;
    size_t out_bytes, out_sent; /* waiting; sent since out_deadline_ms was set */
    uint32_t out_count;         /* pieces that wait */
    struct net_out go_on;       /* "100 Continue" */
    int64_t deadline_ms, out_deadline_ms;
    enum net_phase phase;
    size_t thrown_away;
    uint8_t in_handler, reads, writes, told_to_go_on, go_on_queued;
    uint8_t at_end;    /* the client will send no more */
    uint8_t closing;   /* after what is in the queue */
    uint8_t lingering; /* closed for writing: input is thrown away until the client has read our answer */
    uint8_t rejected;  /* above the limit of connections, of its address or of all */
    uint8_t known;     /* has shown a key, or came through the Unix socket */
    uint8_t linked, counted;
    uint16_t place; /* where its address is counted */
    uint8_t secure; /* came over TLS */
};

/* crowd.c: who gets a place; on the connection's loop but for enter */
void net_crowd_link(struct net_conn *conn);
void net_crowd_unlink(struct net_conn *conn);
int net_crowd_enter(struct net_conn *conn); /* count its address: 0 when there are too many from it */
void net_crowd_leave(struct net_conn *conn);
/* End the connection of the stranger who came longest ago: of all, of those that hold a TLS session, or of those from the
 * newcomer's address. 1 when there was one. */
enum net_room { NET_ROOM, NET_ROOM_OF_SESSION, NET_ROOM_OF_ADDRESS };
int net_crowd_make_room(struct net_thread *thread, const struct net_conn *newcomer, enum net_room room);
/* A valid key came with this request; on the loop, from its handler. */
void net_request_known(struct net_request *request);

/* proxy.c: did the shop's own proxy make this connection? */
int net_is_proxy(const struct net_conn *conn);
/* The address that a request came from, in the arena: the connection's, or what the shop's own proxy says of its client. */
struct mx_str net_proxy_client(const struct net_conn *conn, struct mx_str fields, struct base_arena *arena);

/* connection.c: life and deadlines */
MX_MUST_CHECK struct net_conn *net_conn_new(struct net_thread *thread, int fd); /* then net_conn_start() is posted */
void net_conn_start(void *conn);
void net_conn_drop(struct net_conn *conn);
void net_conn_reset(struct net_conn *conn); /* so that the client knows that the answer is not whole */
/* Its last answer has left: say so and wait a moment until the client has read it. */
void net_conn_linger(struct net_conn *conn);
/* After any work: end it when it is done, else set what it waits for and how long. */
void net_conn_settle(struct net_conn *conn);
void net_conn_sweep(void *thread); /* end connections whose deadline has passed */
void net_conn_drain(void *thread); /* end idle connections, the others after their answer */
void net_conn_drop_all(void *thread);

/* input.c: from bytes to running requests */
void net_input_ready(int fd, short what, void *conn);
/* Run what is complete, send what is answered. The connection may be gone afterwards. */
void net_conn_work(struct net_conn *conn);
void net_conn_answered(struct net_conn *conn, struct net_request *request);
void net_input_refuse(struct net_conn *conn, int status, const char *detail);
void net_input_discard(struct net_conn *conn);
void net_input_watch(struct net_conn *conn); /* read, or not for now */

/* wire.c: as recv() and sendmsg() of a socket that does not block: bytes, 0 at the end of the input, or -1 and errno. */
ssize_t net_wire_read(struct net_conn *conn, void *bytes, size_t room);
ssize_t net_wire_send(struct net_conn *conn, const struct iovec *pieces, size_t count);
int net_wire_pending(const struct net_conn *conn); /* bytes have come that the socket will not announce again */
void net_wire_shut(struct net_conn *conn);         /* we send no more */

/* tls_*.c: the same through a session of TLS, and the way to it */
struct net_tls_link *net_tls_link_new(struct net_conn *conn);
void net_tls_link_free(struct net_tls_link *link, int say_goodbye);
int net_tls_is_open(const struct net_tls_link *link);
int net_tls_has_session(const struct net_tls_link *link); /* or is still at the door */
ssize_t net_tls_read(struct net_tls_link *link, void *bytes, size_t room);
ssize_t net_tls_send(struct net_tls_link *link, const struct iovec *pieces, size_t count);
int net_tls_pending(const struct net_tls_link *link);
void net_tls_readable(struct net_conn *conn); /* while it is not open */
void net_tls_writable(struct net_conn *conn);
void net_tls_retry(struct net_conn *conn); /* sessions may be free again */
void net_tls_thread_end(struct net_thread *thread);

/* output.c: the queue */
static inline int net_output_full(const struct net_conn *conn) {
    return conn->out_bytes > NET_OUT_BYTES || conn->out_count >= NET_OUT_ANSWERS;
}
void net_output_add(struct net_conn *conn, struct net_out *out);
/* Send what the socket takes. 0, or -1 when the connection is broken. */
int net_output_send(struct net_conn *conn);
void net_output_clear(struct net_conn *conn);
void net_output_ready(int fd, short what, void *conn);

/* stream.c, on the loop's thread */
void net_stream_attach(struct net_stream *stream, struct net_conn *conn);
int net_stream_pull(struct net_conn *conn);           /* move what is queued to the output: 1 when there was something */
void net_stream_check(struct net_conn *conn);         /* is it over? */
void net_stream_over(struct net_stream *stream);      /* nothing more can be sent */
void net_stream_close_endless(struct net_conn *conn); /* the server closes: end a stream that would go on for ever */
/* From any thread: it goes on until somebody ends it, so nobody waits for its end. */
void net_stream_endless(struct net_stream *stream);

/* listen.c */
MX_MUST_CHECK mx_status net_listener_tcp(struct net_server *server, const char *listen, struct net_listener **listener, int *port,
                                         struct mx_error *err);
MX_MUST_CHECK mx_status net_listener_tls(struct net_server *server, const char *listen, struct net_listener **listener, int *port,
                                         struct mx_error *err);
MX_MUST_CHECK mx_status net_listener_unix(struct net_server *server, const char *path, struct net_listener **listener,
                                          struct mx_error *err);
void net_listener_free(struct net_listener *listener);

/* address.c */
struct net_address {
    struct sockaddr_storage addr;
    socklen_t len;
    int folder_fd; /* of a Unix path that is too long for an address; -1 = none */
};
/* "ADDRESS:PORT", any of this machine or of all. */
MX_MUST_CHECK mx_status net_address_any(const char *text, struct net_address *address, struct mx_error *err);
void net_address_text(const struct sockaddr_storage *addr, char text[INET6_ADDRSTRLEN]); /* without the port */
/* "HOST:PORT"; loopback addresses only. */
MX_MUST_CHECK mx_status net_address_tcp(const char *text, struct net_address *address, struct mx_error *err);
MX_MUST_CHECK mx_status net_address_unix(const char *path, struct net_address *address, struct mx_error *err);
void net_address_fini(struct net_address *address);
/* client.c: "http://127.0.0.1:8080" or "unix:PATH" */
MX_MUST_CHECK mx_status net_client_address(const char *url, struct net_address *address, struct mx_error *err);

/* api.c: for the routes that are no operations: who asks, and may it? 1 and *principal, or 0 when it was answered.
 * permission NULL: any key will do. */
int net_api_permit(const struct net_api *api, struct net_request *request, const char *permission, struct identity_principal *principal);

/* Answer with a problem instead; err was filled by base_fail(). headers: further lines, or NULL. */
void net_api_refuse(struct net_request *request, const char *headers, const struct mx_error *err);

/* Call an operation for the request; entry, principal, key and body or hook are filled. Leads to the answer. */
struct op_call;
void net_api_submit(const struct net_api *api, struct net_request *request, const struct op_call *filled);

/* hooks.c: POST /v1/hooks/<operation>/<name>, messages of others as they were sent */
#define NET_HOOKS "/v1/hooks/"
void net_hook(const struct net_api *api, struct net_request *request);

/* routes.c: the paths that are no operations: 1 when the request was for one of them, and is answered. */
int net_route(const struct net_api *api, struct net_request *request);

/* routes_openapi.c: GET /openapi.json */
struct net_openapi;
void net_openapi(const struct net_api *api, struct net_request *request);
void net_openapi_free(struct net_openapi *page);

/* events_ask.c: GET /v1/events */
void net_api_events(const struct net_api *api, struct net_request *request);

/* backup.c: GET /v1/backup */
void net_api_backup(const struct net_api *api, struct net_request *request);

/* gzip.c */
#define NET_GZIP_HEADER "Content-Encoding: gzip\r\n"
#define NET_GZIP_VARY   "Vary: Accept-Encoding\r\n"
#define NET_GZIP_LEAST  1024u /* bytes; below them it is not worth the while */
#define NET_GZIP_LEVEL  3     /* as quick as 1 and a tenth smaller; 6 takes two to four times as long for another fifth */
#define NET_GZIP_BEST   9     /* for what is packed once */
int net_takes_gzip(struct mx_str accept_encoding);
/* Packed, in the arena; empty when that would not make it smaller. */
struct mx_str net_gzip(struct base_arena *arena, struct mx_str text, int level);

/* problem.c */
/* The text of an RFC 9457 problem; code NULL = the usual one of the status. */
struct mx_str net_problem(struct base_arena *arena, int status, const char *code, const char *detail);
const char *net_reason(int status);

/* query.c: the JSON body that a query string stands for. MX_E_UNKNOWN_FIELD, MX_E_DOUBLED_FIELD, MX_E_WRONG_TYPE,
 * MX_E_BAD_INPUT, each naming the parameter. type may be NULL: no parameters. */
MX_MUST_CHECK mx_status net_query_body(struct base_arena *arena, const struct mx_type *type, struct mx_str query, struct mx_str *body,
                                       struct mx_error *err);

#endif
