/* The client's side: nothing of a request leaves before the other side has proved who it is. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "net/tls.h"

#define READS_A_CALL 64u /* Mbed TLS passes over warnings as long as more of them come, but there is a deadline */

struct net_tls_trust {
    mbedtls_x509_crt cas;
    mbedtls_ssl_config conf;
    pthread_mutex_t lock; /* of handshakes: Mbed TLS fills tables in the CAs' keys when it first uses them */
};

struct net_tls_session {
    mbedtls_ssl_context ssl;
    const struct net_host *host; /* while shaking hands */
    uint32_t faults;             /* of all certificates of the chain */
    int fd, open;
    uint32_t reads; /* of the socket, in this call of Mbed TLS */
};

static const char *const system_lists[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};

/* The system's list may hold certificates of a kind that Mbed TLS does not know; those are not trusted then. A file that
 * somebody named is taken whole or not at all. */
static mx_status read_cas(struct net_tls_trust *trust, const char *ca_file, struct mx_error *err) {
    size_t i;
    int rc = -1;
    if (ca_file) {
        rc = mbedtls_x509_crt_parse_file(&trust->cas, ca_file);
        if (rc == MBEDTLS_ERR_PK_FILE_IO_ERROR)
            return base_fail(err, MX_E_IO, NULL, "The trusted certificates %.120s cannot be read.", ca_file);
        if (rc != 0) return base_fail(err, MX_E_DAMAGED, NULL, "%.120s is not a file of trusted certificates in PEM form.", ca_file);
        return MX_OK;
    }
    for (i = 0; i < sizeof(system_lists) / sizeof(system_lists[0]) && rc < 0; i++)
        rc = mbedtls_x509_crt_parse_file(&trust->cas, system_lists[i]);
    if (rc < 0) return base_fail(err, MX_E_IO, NULL, "This machine has no list of trusted certificates; install ca-certificates.");
    return MX_OK;
}

mx_status net_tls_trust_new(const char *ca_file, struct net_tls_trust **out, struct mx_error *err) {
    struct net_tls_trust *trust = calloc(1, sizeof(*trust));
    char why[128];
    mx_status st;
    int rc;
    if (trust == NULL) abort();
    mbedtls_x509_crt_init(&trust->cas);
    pthread_mutex_init(&trust->lock, NULL);
    rc = net_tls_conf_init(&trust->conf, MBEDTLS_SSL_IS_CLIENT);
    st = rc == 0 ? read_cas(trust, ca_file, err) : base_fail(err, MX_E_INTERNAL, NULL, "TLS cannot be set up: %s.", net_tls_why(rc, why));
    mbedtls_ssl_conf_ca_chain(&trust->conf, &trust->cas, NULL);
    mbedtls_ssl_conf_authmode(&trust->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_session_tickets(&trust->conf, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
    if (st == MX_OK)
        *out = trust;
    else
        net_tls_trust_free(trust);
    return st;
}

void net_tls_trust_free(struct net_tls_trust *trust) {
    if (trust == NULL) return;
    mbedtls_ssl_config_free(&trust->conf);
    mbedtls_x509_crt_free(&trust->cas);
    pthread_mutex_destroy(&trust->lock);
    free(trust);
}

/* ---- what Mbed TLS does not look at ---- */

/* Limits of names that a CA carries are not understood by 2.28: those marked critical it refuses, of others it says
 * nothing. */
static int has_name_limits(const mbedtls_x509_crt *cert) {
    static const uint8_t oid[] = {0x06, 0x03, 0x55, 0x1d, 0x1e};
    return cert->v3_ext.len > 0 && memmem(cert->v3_ext.p, cert->v3_ext.len, oid, sizeof(oid)) != NULL;
}

static int on_certificate(void *arg, mbedtls_x509_crt *cert, int depth, uint32_t *flags) {
    struct net_tls_session *session = arg;
    if (depth == 0 && !net_tls_cert_is_for(cert, session->host)) *flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
    if (mbedtls_x509_crt_check_extended_key_usage(cert, MBEDTLS_OID_SERVER_AUTH, MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) != 0)
        *flags |= MBEDTLS_X509_BADCERT_EXT_KEY_USAGE;
    if (depth > 0 && has_name_limits(cert)) *flags |= MBEDTLS_X509_BADCERT_OTHER;
    session->faults |= *flags;
    return 0;
}

static const struct {
    uint32_t flags;
    const char *text;
} faults[] = {
    {MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY,
     "is made or signed in a way that is too weak"},
    {MBEDTLS_X509_BADCERT_NOT_TRUSTED, "is not signed by anybody we trust"},
    {MBEDTLS_X509_BADCERT_EXPIRED, "has ended"},
    {MBEDTLS_X509_BADCERT_FUTURE, "is not valid yet (or the clock of this machine is wrong)"},
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, "is for another name"},
    {MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_NS_CERT_TYPE, "is not meant for a server"},
    {MBEDTLS_X509_BADCERT_OTHER, "comes from a CA with limits that cannot be judged here"},
};

static mx_status untrusted(const struct net_channel *channel, const char *text) {
    return base_fail(channel->err, MX_E_UNTRUSTED, NULL, "The certificate of %.120s %s.", channel->to, text);
}

/* Mbed TLS could not make sense of it: its errors of X.509, with others added below them. */
static int is_unreadable(int rc) {
    int high = -rc & 0xff80;
    return high >= 0x2080 && high <= 0x3000 && high != -MBEDTLS_ERR_X509_CERT_VERIFY_FAILED;
}

static mx_status say_why(const struct net_channel *channel, uint32_t found, int rc) {
    char why[128];
    size_t i;
    for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        if (found & faults[i].flags) return untrusted(channel, faults[i].text);
    if (found) return untrusted(channel, "is not valid");
    if (rc == MBEDTLS_ERR_X509_FATAL_ERROR) return untrusted(channel, "comes with too long a chain of others");
    if (is_unreadable(rc)) return untrusted(channel, "has something in it that cannot be judged here");
    switch (rc) {
    case MBEDTLS_ERR_SSL_CONN_EOF:
    case MBEDTLS_ERR_SSL_INTERNAL_ERROR: /* our own reading and writing */
        return net_channel_fail(channel, MX_E_IO, "the connection ended during the TLS handshake");
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
    case MBEDTLS_ERR_SSL_BAD_INPUT_DATA: /* a record larger than there are */
        return net_channel_fail(channel, MX_E_IO, "it does not speak TLS");
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
        return base_fail(channel->err, MX_E_UNTRUSTED, NULL, "%.120s has no kind of TLS in common with us that is safe, and broke off.",
                         channel->to);
    default:
        return base_fail(channel->err, MX_E_UNTRUSTED, NULL, "The TLS handshake with %.100s failed: %s.", channel->to,
                         net_tls_why(rc, why));
    }
}

/* ---- one session ---- */

static int on_send(void *arg, const unsigned char *bytes, size_t len) {
    const struct net_tls_session *session = arg;
    ssize_t n = send(session->fd, bytes, len, MSG_NOSIGNAL);
    if (n >= 0) return (int)n;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int on_receive(void *arg, unsigned char *bytes, size_t room) {
    struct net_tls_session *session = arg;
    ssize_t n;
    if (session->reads++ >= READS_A_CALL) return MBEDTLS_ERR_SSL_WANT_READ;
    n = recv(session->fd, bytes, room, 0);
    if (n >= 0) return (int)n;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_SSL_INTERNAL_ERROR;
}

static int prepare(struct net_tls_session *session, const struct net_tls_trust *trust, const struct net_host *host) {
    int rc = mbedtls_ssl_setup(&session->ssl, &trust->conf);
    /* An address is no name for the server to choose its certificate by; ours is the check of both. */
    if (rc == 0) rc = mbedtls_ssl_set_hostname(&session->ssl, host->address_len ? NULL : host->text);
    mbedtls_ssl_set_verify(&session->ssl, on_certificate, session);
    mbedtls_ssl_set_bio(&session->ssl, session, on_send, on_receive, NULL);
    return rc;
}

static mx_status shake(struct net_tls_session *session, struct net_tls_trust *trust, const struct net_channel *channel) {
    for (;;) {
        short events;
        int rc;
        session->reads = 0;
        pthread_mutex_lock(&trust->lock);
        rc = mbedtls_ssl_handshake(&session->ssl);
        pthread_mutex_unlock(&trust->lock);
        events = rc == MBEDTLS_ERR_SSL_WANT_READ ? POLLIN : POLLOUT;
        if (rc == 0 && session->faults == 0 && mbedtls_ssl_get_verify_result(&session->ssl) == 0) return MX_OK;
        if (rc != MBEDTLS_ERR_SSL_WANT_READ && rc != MBEDTLS_ERR_SSL_WANT_WRITE) return say_why(channel, session->faults, rc);
        if (!net_channel_wait(channel, events)) return net_channel_fail(channel, channel->late, "the TLS handshake took too long");
    }
}

mx_status net_tls_connect(struct net_tls_trust *trust, struct net_channel *channel, const struct net_host *host) {
    struct net_tls_session *session = calloc(1, sizeof(*session));
    char why[128];
    mx_status st;
    int rc;
    if (session == NULL) abort();
    session->host = host;
    session->fd = channel->fd;
    mbedtls_ssl_init(&session->ssl);
    rc = prepare(session, trust, host);
    st = rc == 0 ? shake(session, trust, channel)
                 : base_fail(channel->err, MX_E_INTERNAL, NULL, "TLS cannot be set up: %s.", net_tls_why(rc, why));
    session->open = st == MX_OK;
    if (st == MX_OK)
        channel->tls = session;
    else
        net_tls_session_free(session);
    return st;
}

static ssize_t give(int rc) {
    if (rc > 0) return rc;
    if (rc == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) return 0;
    if (rc == MBEDTLS_ERR_SSL_WANT_READ || rc == MBEDTLS_ERR_SSL_WANT_WRITE)
        errno = EAGAIN;
    else
        errno = rc == 0 || rc == MBEDTLS_ERR_SSL_CONN_EOF ? ECONNABORTED : EPROTO;
    return -1;
}

ssize_t net_tls_session_read(struct net_tls_session *session, void *bytes, size_t room) {
    session->reads = 0;
    return give(mbedtls_ssl_read(&session->ssl, bytes, room));
}

ssize_t net_tls_session_write(struct net_tls_session *session, const void *bytes, size_t len) {
    return give(mbedtls_ssl_write(&session->ssl, bytes, len));
}

void net_tls_session_free(struct net_tls_session *session) {
    if (session == NULL) return;
    if (session->open) mbedtls_ssl_close_notify(&session->ssl);
    mbedtls_ssl_free(&session->ssl);
    free(session);
}
