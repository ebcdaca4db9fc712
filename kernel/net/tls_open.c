#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "crypto/crypto.h"
#include "net/tls.h"

#define RENEW_MS         (30 * 86400000ll)
#define TICKET_S         43200
#define CLOCK_CERTAIN_MS 1735689600000ll /* 2025: a machine that says less does not know the time */

/* The folder while it is opened. */
struct files {
    const char *dir;
    struct net_tls *tls;
    struct net_tls_names names;
    struct base_arena *arena;
    struct mx_error *err;
    mbedtls_pk_context ca_key;
    int has_ca, has_ca_key, has_server, has_key;
};

static const char *path_of(const struct files *files, const char *name) {
    return base_arena_printf(files->arena, "%s/%s", files->dir, name).ptr;
}

static mx_status damaged(const struct files *files, const char *name, const char *what) {
    return base_fail(files->err, MX_E_DAMAGED, NULL, "%.120s/%s %s.", files->dir, name, what);
}

static mx_status failed(const struct files *files, const char *what, int rc) {
    char why[128];
    return base_fail(files->err, MX_E_INTERNAL, NULL, "%s could not be made: %s.", what, net_tls_why(rc, why));
}

static mx_status read_cert(const struct files *files, const char *name, mbedtls_x509_crt *cert, int *there) {
    struct mx_str text = mx_str_of("");
    mx_status st = net_tls_file_read(files->arena, path_of(files, name), 0, there, &text, files->err);
    mbedtls_x509_crt_free(cert);
    if (st != MX_OK || !*there) return st;
    if (mbedtls_x509_crt_parse(cert, (const unsigned char *)text.ptr, text.len + 1) != 0)
        return damaged(files, name, "is not a certificate in PEM form");
    return MX_OK;
}

static mx_status read_key(const struct files *files, const char *name, mbedtls_pk_context *key, int *there) {
    struct mx_str text = mx_str_of("");
    mx_status st = net_tls_file_read(files->arena, path_of(files, name), 1, there, &text, files->err);
    int rc;
    mbedtls_pk_free(key);
    if (st != MX_OK || !*there) return st;
    rc = net_mbed_parse_key(key, text.ptr, text.len + 1, net_tls_random);
    crypto_wipe((void *)(uintptr_t)text.ptr, text.len);
    return rc == 0 ? MX_OK : damaged(files, name, "is not a private key in PEM form without a password");
}

static mx_status read_files(struct files *files) {
    mx_status st = read_cert(files, "ca.crt", &files->tls->ca, &files->has_ca);
    if (st == MX_OK) st = read_key(files, "ca.key", &files->ca_key, &files->has_ca_key);
    if (st == MX_OK) st = read_cert(files, "server.crt", &files->tls->server, &files->has_server);
    if (st == MX_OK) st = read_key(files, "server.key", &files->tls->key, &files->has_key);
    return st;
}

/* Signs once, which also leaves the tables of the key's curve behind: Mbed TLS fills them on first use, and that must not
 * happen on two threads at once. */
static int fits(mbedtls_pk_context *key, mbedtls_x509_crt *cert) {
    uint8_t hash[32], sig[1024];
    size_t len = 0;
    crypto_random(hash, sizeof(hash));
    return net_mbed_sign(key, hash, sig, sizeof(sig), &len, net_tls_random) == 0 &&
           mbedtls_pk_verify(&cert->pk, MBEDTLS_MD_SHA256, hash, sizeof(hash), sig, len) == 0;
}

static int signed_by_ca(struct net_tls *tls) {
    uint32_t flags = 0;
    mbedtls_x509_crt_verify_with_profile(&tls->server, &tls->ca, NULL, &net_tls_profile, NULL, &flags, NULL, NULL);
    return (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) == 0;
}

static mx_status check_clock(const struct files *files) {
    if (base_now_ms() >= CLOCK_CERTAIN_MS) return MX_OK;
    return base_fail(files->err, MX_E_IO, NULL, "The clock of this machine is wrong, so no certificate can be made; set it first.");
}

/* The key first: a crash between the two leaves a key that has signed nothing, and the next start begins anew. */
static mx_status make_ca(struct files *files) {
    struct mx_str key, cert;
    mx_status st = check_clock(files);
    int rc;
    if (st != MX_OK) return st;
    mbedtls_pk_free(&files->ca_key);
    rc = net_tls_make_key(&files->ca_key, files->arena, &key);
    if (rc == 0) rc = net_tls_make_ca(&files->ca_key, base_now_ms(), files->arena, &cert);
    if (rc != 0) return failed(files, "The shop's CA", rc);
    st = net_tls_file_write(files->dir, "ca.key", 1, key, files->err);
    crypto_wipe((void *)(uintptr_t)key.ptr, key.len);
    if (st == MX_OK) st = net_tls_file_write(files->dir, "ca.crt", 0, cert, files->err);
    if (st == MX_OK) st = read_cert(files, "ca.crt", &files->tls->ca, &files->has_ca);
    files->has_ca_key = 1;
    return st;
}

/* The certificate first: a crash between the two leaves one of ours without its key, which is made anew. */
static mx_status make_server(struct files *files) {
    struct mx_str key, cert;
    mx_status st = check_clock(files);
    int rc;
    if (st != MX_OK) return st;
    mbedtls_pk_free(&files->tls->key);
    rc = net_tls_make_key(&files->tls->key, files->arena, &key);
    if (rc == 0)
        rc = net_tls_make_server(&files->tls->ca, &files->ca_key, &files->tls->key, &files->names, base_now_ms(), files->arena, &cert);
    if (rc != 0) return failed(files, "The server's certificate", rc);
    st = net_tls_file_write(files->dir, "server.crt", 0, cert, files->err);
    if (st == MX_OK) st = net_tls_file_write(files->dir, "server.key", 1, key, files->err);
    crypto_wipe((void *)(uintptr_t)key.ptr, key.len);
    if (st == MX_OK) st = read_cert(files, "server.crt", &files->tls->server, &files->has_server);
    if (st == MX_OK && !fits(&files->tls->key, &files->tls->server)) st = damaged(files, "server.key", "does not fit server.crt");
    return st;
}

static int is_stale(const struct files *files) {
    uint32_t i;
    if (net_tls_until_ms(files->tls) < base_now_ms() + RENEW_MS) return 1;
    for (i = 0; i < files->names.count; i++)
        if (!net_tls_cert_is_for(&files->tls->server, &files->names.at[i])) return 1;
    return 0;
}

/* Not ours to renew. */
static mx_status take_as_it_is(const struct files *files) {
    int64_t until_ms = net_tls_until_ms(files->tls);
    if (!files->has_key) return damaged(files, "server.key", "is missing");
    if (!fits(&files->tls->key, &files->tls->server)) return damaged(files, "server.key", "does not fit server.crt");
    if (until_ms < base_now_ms() + RENEW_MS)
        base_log(BASE_LOG_WARN, "net", "the TLS certificate %s %s; put a new one in its place", files->dir,
                 until_ms < base_now_ms() ? "has ended" : "ends within 30 days");
    return MX_OK;
}

static mx_status make_what_is_missing(struct files *files) {
    struct net_tls *tls = files->tls;
    mx_status st = MX_OK;
    if (!files->has_ca && !files->has_server) {
        if (files->has_key) return damaged(files, "server.key", "is there without its server.crt");
        st = make_ca(files);
    } else if (!files->has_ca && files->has_ca_key) {
        return damaged(files, "ca.crt", "is missing, though its key is there");
    }
    if (st != MX_OK) return st;
    if (files->has_ca_key && !fits(&files->ca_key, &tls->ca)) return damaged(files, "ca.key", "does not fit ca.crt");
    if (!files->has_server) {
        if (files->has_key) return damaged(files, "server.key", "is there without its server.crt");
        if (!files->has_ca_key) return damaged(files, "server.crt", "is missing and cannot be made without ca.key");
        tls->is_ours = 1;
        return make_server(files);
    }
    tls->is_ours = files->has_ca && signed_by_ca(tls);
    if (!tls->is_ours || !files->has_ca_key) return take_as_it_is(files);
    if (!files->has_key || !fits(&tls->key, &tls->server) || is_stale(files)) return make_server(files);
    return MX_OK;
}

static mx_status configure(struct net_tls *tls, struct mx_error *err) {
    char why[128];
    int rc = net_tls_conf_init(&tls->conf, MBEDTLS_SSL_IS_SERVER);
    if (rc == 0) rc = mbedtls_ssl_conf_own_cert(&tls->conf, &tls->server, &tls->key);
    if (rc == 0) rc = mbedtls_ssl_ticket_setup(&tls->tickets, net_tls_random, NULL, MBEDTLS_CIPHER_AES_256_GCM, TICKET_S);
    if (rc != 0) return base_fail(err, MX_E_INTERNAL, NULL, "TLS cannot be set up: %s.", net_tls_why(rc, why));
    mbedtls_ssl_conf_session_tickets_cb(&tls->conf, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &tls->tickets);
    return MX_OK;
}

static mx_status take_names(struct net_tls_names *names, const char *const *given, uint32_t count, struct mx_error *err) {
    uint32_t i;
    for (i = 0; i < count; i++)
        if (!net_tls_names_add(names, given[i]))
            return base_fail(err, MX_E_BAD_INPUT, "names", "\"%.100s\" is not a host name or an address, or there are more than %u.",
                             given[i], NET_TLS_NAMES_MAX);
    net_tls_names_of_machine(names);
    return MX_OK;
}

mx_status net_tls_open(const char *dir, const char *const *names, uint32_t count, struct net_tls **out, struct mx_error *err) {
    struct files *files = calloc(1, sizeof(*files));
    struct net_tls *tls = calloc(1, sizeof(*tls));
    mx_status st;
    if (files == NULL || tls == NULL) abort();
    mbedtls_x509_crt_init(&tls->ca);
    mbedtls_x509_crt_init(&tls->server);
    mbedtls_pk_init(&tls->key);
    mbedtls_ssl_config_init(&tls->conf);
    mbedtls_ssl_ticket_init(&tls->tickets);
    mbedtls_pk_init(&files->ca_key);
    files->dir = dir;
    files->tls = tls;
    files->err = err;
    files->arena = base_arena_new(16384);
    st = crypto_init(err);
    if (st == MX_OK) st = take_names(&files->names, names, count, err);
    if (st == MX_OK) st = net_tls_folder(dir, err);
    if (st == MX_OK) st = read_files(files);
    if (st == MX_OK) st = make_what_is_missing(files);
    if (st == MX_OK) st = configure(tls, err);
    mbedtls_pk_free(&files->ca_key);
    base_arena_free(files->arena);
    free(files);
    if (st == MX_OK)
        *out = tls;
    else
        net_tls_free(tls);
    return st;
}

void net_tls_free(struct net_tls *tls) {
    if (tls == NULL) return;
    mbedtls_ssl_ticket_free(&tls->tickets);
    mbedtls_ssl_config_free(&tls->conf);
    mbedtls_pk_free(&tls->key);
    mbedtls_x509_crt_free(&tls->server);
    mbedtls_x509_crt_free(&tls->ca);
    free(tls);
}

struct mx_str net_tls_fingerprint(const struct net_tls *tls, struct base_arena *arena) {
    const mbedtls_x509_crt *top = tls->is_ours ? &tls->ca : &tls->server;
    char *text = base_arena_alloc(arena, 32 * 3 + 1);
    uint8_t hash[32];
    uint32_t i;
    while (!tls->is_ours && top->next) top = top->next;
    if (net_mbed_sha256(top->raw.p, top->raw.len, hash) != 0) memset(hash, 0, sizeof(hash));
    for (i = 0; i < 32; i++) {
        text[3 * i] = "0123456789ABCDEF"[hash[i] >> 4];
        text[3 * i + 1] = "0123456789ABCDEF"[hash[i] & 15];
        text[3 * i + 2] = ':';
    }
    text[32 * 3 - 1] = '\0';
    return mx_str_n(text, 32 * 3 - 1);
}

int64_t net_tls_until_ms(const struct net_tls *tls) { return net_tls_time_ms(&tls->server.valid_to); }
