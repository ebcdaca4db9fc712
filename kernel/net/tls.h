/* What the files of TLS share; they alone know Mbed TLS. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "net/tls_compat.h"
#include "net/way.h"

/* ---- tls_conf.c: what both ends agree to ---- */

/* Random bytes as Mbed TLS asks for them. Any thread, no lock. */
int net_tls_random(void *unused, unsigned char *bytes, size_t len);
/* TLS 1.2, ECDHE over X25519 or P-256, AEAD only; certificates of the profile. endpoint: MBEDTLS_SSL_IS_... 0, or Mbed TLS's
 * error. */
int net_tls_conf_init(mbedtls_ssl_config *conf, int endpoint);
/* Signatures with SHA-256 or better, RSA from 2048 bits, P-256 and better. */
extern const mbedtls_x509_crt_profile net_tls_profile;
/* What Mbed TLS says about its error, in the arena. */
const char *net_tls_why(int rc, char text[128]);
int64_t net_tls_time_ms(const mbedtls_x509_time *time);

/* ---- tls_names.c: whom a certificate is for ---- */

#define NET_TLS_NAMES_MAX 64u

struct net_tls_names {
    uint32_t count;
    struct net_host at[NET_TLS_NAMES_MAX];
};

/* Add it unless it is there. 0 = not a name, or too many. */
int net_tls_names_add(struct net_tls_names *names, const char *text);
void net_tls_names_of_machine(struct net_tls_names *names);
/* 1 when one of the certificate's alternative names is the name; its common name does not count. */
int net_tls_cert_is_for(const mbedtls_x509_crt *cert, const struct net_host *name);
/* The extension's value, at the end of the buffer: its length, or Mbed TLS's error. */
int net_tls_names_encode(const struct net_tls_names *names, unsigned char *buffer, size_t bytes);

/* ---- tls_make.c: keys and certificates as PEM, in the arena; 0, or Mbed TLS's error ---- */

int net_tls_make_key(mbedtls_pk_context *key, struct base_arena *arena, struct mx_str *pem);
int net_tls_make_ca(mbedtls_pk_context *key, int64_t now_ms, struct base_arena *arena, struct mx_str *pem);
/* Signed by the CA; ends within the CA's time. */
int net_tls_make_server(const mbedtls_x509_crt *ca, mbedtls_pk_context *ca_key, mbedtls_pk_context *key, const struct net_tls_names *names,
                        int64_t now_ms, struct base_arena *arena, struct mx_str *pem);

/* ---- tls_der.c ---- */

/* Write the name of the certificate's signature as it must be, and sign again. *out: in `buffer`, or `der` when all was well. */
int net_tls_der_mend(mbedtls_pk_context *key, unsigned char *der, size_t len, unsigned char *buffer, size_t room, unsigned char **out,
                     size_t *out_len);

/* ---- tls_folder.c: files ---- */

MX_MUST_CHECK mx_status net_tls_folder(const char *dir, struct mx_error *err);
/* The whole file with a NUL behind it, in the arena; *there 0 when there is none. MX_E_FORBIDDEN: a secret file that others
 * may read. */
MX_MUST_CHECK mx_status net_tls_file_read(struct base_arena *arena, const char *path, int secret, int *there, struct mx_str *text,
                                          struct mx_error *err);
/* Written beside it, synced, renamed, folder synced. */
MX_MUST_CHECK mx_status net_tls_file_write(const char *dir, const char *name, int secret, struct mx_str text, struct mx_error *err);

/* ---- tls_open.c ---- */

struct net_tls {
    mbedtls_x509_crt ca;     /* ours; empty when the server's certificate is somebody else's */
    mbedtls_x509_crt server; /* with what is sent along */
    mbedtls_pk_context key;
    mbedtls_ssl_config conf;
    mbedtls_ssl_ticket_context tickets;
    int is_ours; /* signed by ca */
};

/* ---- tls_link.c: a connection's way through TLS ---- */

enum net_tls_phase { NET_TLS_HELLO, NET_TLS_SHAKING, NET_TLS_OPEN };

struct net_tls_link {
    struct net_conn *conn;
    enum net_tls_phase phase;
    mbedtls_ssl_context *ssl; /* from the whole hello on */
    uint8_t *in;              /* ciphertext that Mbed TLS has not taken yet: in[in_at, in_len) */
    size_t in_at, in_len, in_cap;
    uint8_t *out; /* ... that the socket has not taken yet */
    size_t out_at, out_len;
    size_t taken;    /* bytes of answers in `out` */
    uint32_t reads;  /* of the socket, in this call of Mbed TLS */
    uint8_t in_lent; /* `in` is the thread's */
    uint8_t done;    /* the handshake is, but its last bytes may wait in `out` */
    uint8_t waits;   /* for a session */
    uint8_t queued;  /* for its step */
    struct net_tls_link *previous, *next;
};

/* Read from the socket: as recv(). */
ssize_t net_tls_receive(const struct net_tls_link *link, void *bytes, size_t room);
/* Behind each call of Mbed TLS. */
void net_tls_keep(struct net_tls_link *link);
/* Send what waits in `out`: 0, or -1 and errno. */
int net_tls_flush(struct net_tls_link *link);
int net_tls_begin(struct net_tls_link *link); /* 0 = no session is free */
void net_tls_end(struct net_tls_link *link);

/* ---- tls_hello.c ---- */

#define NET_HELLO_BYTES 8192u /* a first record may have: some hellos carry large keys */

/* Look at the first bytes of a connection: NET_COMPLETE when they are a record with a client's hello; NET_MORE until *need
 * bytes are there; NET_REFUSED with what to answer. */
int net_tls_hello(const uint8_t *bytes, size_t len, size_t *need, struct mx_str *answer);

/* ---- tls_shake.c ---- */

void net_tls_leave_queue(struct net_tls_link *link);

#endif
