/* What the files of the clients share: hosts and addresses, one connection that waits, and whom we trust. */
#ifndef NET_WAY_H
#define NET_WAY_H

#include "net/internal.h"

/* host.c */
/* A host name in lower case, or an address. */
struct net_host {
    char text[254];
    uint8_t address[16];
    uint8_t address_len; /* 4 or 16; 0 = a name */
};
/* 1, or 0 when it is neither a host name nor an address. */
int net_host_parse(struct mx_str text, struct net_host *host);
int net_host_equal(const struct net_host *a, const struct net_host *b);

/* way_url.c */
struct net_url {
    struct net_host host;
    uint16_t port;
    int secure;              /* https */
    struct mx_str authority; /* as written, for the Host field */
    struct mx_str target;    /* path and query; empty = "/" */
};
/* http or https, nothing that two readers could see differently. MX_E_BAD_INPUT names the fault. */
MX_MUST_CHECK mx_status net_url_parse(struct mx_str text, struct net_url *url, struct mx_error *err);

/* way_address.c */
struct net_allowed {
    struct net_host host;
    uint16_t port;
};
/* "HOST:PORT", "ADDRESS:PORT", "[ADDRESS]:PORT": 1 or 0. */
int net_allowed_parse(const char *text, struct net_allowed *allowed);
/* 1 when the address belongs to the public internet. */
int net_address_is_public(const struct sockaddr_storage *addr);
/* 1 when one of `count` entries names the host or the address, and the port. */
int net_allowed_has(const struct net_allowed *allowed, size_t count, const struct net_host *host, const struct sockaddr_storage *addr,
                    uint16_t port);

/* way_resolve.c: the addresses of a host, at most NET_ADDRESSES_MAX, in the system's order. MX_E_IO, MX_E_TIMEOUT. */
#define NET_ADDRESSES_MAX 8u
struct net_addresses {
    uint32_t count;
    struct {
        struct sockaddr_storage addr;
        socklen_t len;
    } at[NET_ADDRESSES_MAX];
};
MX_MUST_CHECK mx_status net_resolve(const struct net_host *host, uint16_t port, int64_t until_ms,
                                    const atomic_int *ending, /* not 0: give up; may be NULL */
                                    struct net_addresses *addresses, struct mx_error *err);

/* way_answer.c: an answer as it comes in */
struct net_reading {
    struct base_buf body;
    size_t most; /* bytes of the body */
    int no_body; /* it answers HEAD */
    int complete, too_large, unwanted;
    int (*sink)(void *arg, const void *bytes, size_t len); /* takes the body of a 200, however long; not 0: stop. NULL = body */
    void *sink_arg;
    int64_t retry_after_s;
    size_t head_bytes;
    int in_body;
    char field[16], value[64];
    size_t field_len, value_len;
    llhttp_t parser;
};
void net_reading_init(struct net_reading *reading, struct base_arena *arena, size_t most, int no_body);
/* 1 while it can become an answer, or is one (complete). */
int net_reading_feed(struct net_reading *reading, const char *bytes, size_t len);
/* The connection has ended in good order: 1 when that completes the answer. */
int net_reading_end(struct net_reading *reading);

/* way_channel.c: a connection that waits, with one deadline for everything */
struct net_channel {
    const char *to; /* for messages */
    int fd;
    struct net_tls_session *tls; /* NULL = plain */
    int64_t until_ms;
    int64_t silence_ms;       /* each piece of the answer puts until_ms off by so much; 0 = until_ms is for everything */
    const atomic_int *ending; /* once it is not 0, the time is up within moments; may be NULL */
    mx_status late;           /* what to answer when the time is up */
    struct mx_error *err;
};
int net_channel_wait(const struct net_channel *channel, short events); /* 0 when the time is up */
MX_MUST_CHECK mx_status net_channel_fail(const struct net_channel *channel, mx_status status, const char *why);
MX_MUST_CHECK mx_status net_channel_connect(struct net_channel *channel, const struct sockaddr_storage *addr, socklen_t len);
/* Send the request, read the answer. */
MX_MUST_CHECK mx_status net_channel_ask(struct net_channel *channel, struct mx_str head, struct mx_str body, struct net_reading *reading);
void net_channel_close(struct net_channel *channel);

/* tls_client.c: whom we trust, and sessions with those who prove it */
struct net_tls_trust;
/* ca_file NULL: the system's list. MX_E_IO, MX_E_DAMAGED. */
MX_MUST_CHECK mx_status net_tls_trust_new(const char *ca_file, struct net_tls_trust **trust, struct mx_error *err);
void net_tls_trust_free(struct net_tls_trust *trust);
/* Shake hands over the channel's socket; afterwards it speaks TLS with `host`, who has proved to be it. MX_E_UNTRUSTED,
 * MX_E_IO, the channel's `late`. */
MX_MUST_CHECK mx_status net_tls_connect(struct net_tls_trust *trust, struct net_channel *channel, const struct net_host *host);
/* As recv() and send() of a socket that does not block; -1 with ECONNABORTED: ended without a goodbye. */
ssize_t net_tls_session_read(struct net_tls_session *session, void *bytes, size_t room);
ssize_t net_tls_session_write(struct net_tls_session *session, const void *bytes, size_t len);
void net_tls_session_free(struct net_tls_session *session);

#endif
