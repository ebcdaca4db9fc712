#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "net/tls.h"

#define DER_BYTES   32768u
#define DAY_MS      86400000ll
#define CA_DAYS     3650
#define SERVER_DAYS 800 /* some clients refuse more than 825 */

int net_tls_make_key(mbedtls_pk_context *key, struct base_arena *arena, struct mx_str *pem) {
    unsigned char text[2048];
    int rc = mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (rc == 0) rc = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key), net_tls_random, NULL);
    if (rc == 0) rc = mbedtls_pk_write_key_pem(key, text, sizeof(text));
    if (rc == 0) *pem = base_arena_dup(arena, mx_str_of((const char *)text));
    crypto_wipe(text, sizeof(text));
    return rc;
}

/* Half a day back, for tills whose clock is behind. */
static int set_time(mbedtls_x509write_cert *cert, int64_t now_ms, int64_t until_ms) {
    struct base_civil c;
    char from[64], until[64];
    base_civil_from_ms(NULL, now_ms - DAY_MS / 2, &c);
    snprintf(from, sizeof(from), "%04d%02d%02d%02d%02d%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    base_civil_from_ms(NULL, until_ms, &c);
    snprintf(until, sizeof(until), "%04d%02d%02d%02d%02d%02d", c.year, c.month, c.day, c.hour, c.minute, c.second);
    return mbedtls_x509write_crt_set_validity(cert, from, until);
}

static int set_serial(mbedtls_x509write_cert *cert) {
    uint8_t serial[16];
    crypto_random(serial, sizeof(serial));
    serial[0] = (uint8_t)((serial[0] & 0x3f) | 0x40); /* positive, and no zero in front */
    return net_mbed_serial(cert, serial, sizeof(serial));
}

static int set_purpose(mbedtls_x509write_cert *cert, int is_ca) {
    static const unsigned char server_auth[] = {0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};
    unsigned use = is_ca ? MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN : MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
    int rc = mbedtls_x509write_crt_set_basic_constraints(cert, is_ca, is_ca ? 0 : -1);
    if (rc == 0) rc = mbedtls_x509write_crt_set_key_usage(cert, use);
    if (rc != 0) return rc;
    return mbedtls_x509write_crt_set_extension(cert, MBEDTLS_OID_EXTENDED_KEY_USAGE, MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0,
                                               server_auth, sizeof(server_auth));
}

static int write_out(mbedtls_x509write_cert *cert, mbedtls_pk_context *issuer_key, struct base_arena *arena, struct mx_str *pem) {
    unsigned char *der = base_arena_grab(arena, DER_BYTES), *mended = base_arena_grab(arena, 2 * DER_BYTES), *out;
    unsigned char *text = base_arena_grab(arena, 2 * DER_BYTES);
    size_t len = 0;
    int rc = mbedtls_x509write_crt_der(cert, der, DER_BYTES, net_tls_random, NULL);
    if (rc < 0) return rc;
    rc = net_tls_der_mend(issuer_key, der + DER_BYTES - rc, (size_t)rc, mended, 2 * DER_BYTES, &out, &len);
    if (rc == 0)
        rc = mbedtls_pem_write_buffer("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", out, len, text, 2 * DER_BYTES, &len);
    if (rc == 0) *pem = base_arena_dup(arena, mx_str_of((const char *)text));
    return rc;
}

/* A name of its own for each shop's CA: a till that knows two shops can tell them apart. */
int net_tls_make_ca(mbedtls_pk_context *key, int64_t now_ms, struct base_arena *arena, struct mx_str *pem) {
    mbedtls_x509write_cert cert;
    uint8_t mark[4];
    char name[64];
    int rc;
    crypto_random(mark, sizeof(mark));
    snprintf(name, sizeof(name), "CN=Merx store CA %02X%02X%02X%02X,O=Merx", mark[0], mark[1], mark[2], mark[3]);
    mbedtls_x509write_crt_init(&cert);
    mbedtls_x509write_crt_set_version(&cert, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&cert, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&cert, key);
    mbedtls_x509write_crt_set_issuer_key(&cert, key);
    rc = mbedtls_x509write_crt_set_subject_name(&cert, name);
    if (rc == 0) rc = mbedtls_x509write_crt_set_issuer_name(&cert, name);
    if (rc == 0) rc = set_serial(&cert);
    if (rc == 0) rc = set_time(&cert, now_ms, now_ms + CA_DAYS * DAY_MS);
    if (rc == 0) rc = set_purpose(&cert, 1);
    if (rc == 0) rc = mbedtls_x509write_crt_set_subject_key_identifier(&cert);
    if (rc == 0) rc = mbedtls_x509write_crt_set_authority_key_identifier(&cert);
    if (rc == 0) rc = write_out(&cert, key, arena, pem);
    mbedtls_x509write_crt_free(&cert);
    return rc;
}

static int set_names(mbedtls_x509write_cert *cert, const struct net_tls_names *names) {
    static const size_t room = NET_TLS_NAMES_MAX * 260;
    unsigned char der[NET_TLS_NAMES_MAX * 260];
    int len = net_tls_names_encode(names, der, room);
    if (len < 0) return len;
    return mbedtls_x509write_crt_set_extension(cert, MBEDTLS_OID_SUBJECT_ALT_NAME, MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
                                               der + room - len, (size_t)len);
}

/* The names stand in the extension; the subject only says what this is. */
static int set_parties(mbedtls_x509write_cert *cert, const mbedtls_x509_crt *ca) {
    char issuer[256];
    int rc = mbedtls_x509write_crt_set_subject_name(cert, "CN=Merx server,O=Merx");
    if (rc == 0 && mbedtls_x509_dn_gets(issuer, sizeof(issuer), &ca->subject) < 0) rc = MBEDTLS_ERR_X509_BAD_INPUT_DATA;
    return rc == 0 ? mbedtls_x509write_crt_set_issuer_name(cert, issuer) : rc;
}

int net_tls_make_server(const mbedtls_x509_crt *ca, mbedtls_pk_context *ca_key, mbedtls_pk_context *key, const struct net_tls_names *names,
                        int64_t now_ms, struct base_arena *arena, struct mx_str *pem) {
    int64_t until_ms = now_ms + SERVER_DAYS * DAY_MS, ca_until_ms = net_tls_time_ms(&ca->valid_to);
    mbedtls_x509write_cert cert;
    int rc;
    mbedtls_x509write_crt_init(&cert);
    mbedtls_x509write_crt_set_version(&cert, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&cert, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&cert, key);
    mbedtls_x509write_crt_set_issuer_key(&cert, ca_key);
    rc = set_parties(&cert, ca);
    if (rc == 0) rc = set_serial(&cert);
    if (rc == 0) rc = set_time(&cert, now_ms, until_ms < ca_until_ms ? until_ms : ca_until_ms);
    if (rc == 0) rc = set_purpose(&cert, 0);
    if (rc == 0) rc = set_names(&cert, names);
    if (rc == 0) rc = mbedtls_x509write_crt_set_subject_key_identifier(&cert);
    if (rc == 0) rc = mbedtls_x509write_crt_set_authority_key_identifier(&cert);
    if (rc == 0) rc = write_out(&cert, ca_key, arena, pem);
    mbedtls_x509write_crt_free(&cert);
    return rc;
}
