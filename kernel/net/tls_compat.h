/* Mbed TLS 2.28 as Debian 12 has it, and what 3.6 calls otherwise: the rest of TLS is written once for both. */
#ifndef NET_TLS_COMPAT_H
#define NET_TLS_COMPAT_H

#include <mbedtls/asn1write.h>
#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/sha256.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_ticket.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

#if MBEDTLS_VERSION_MAJOR >= 3

static inline void net_mbed_versions(mbedtls_ssl_config *conf) {
    mbedtls_ssl_conf_min_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
}

static inline void net_mbed_groups(mbedtls_ssl_config *conf) {
    static const uint16_t groups[] = {MBEDTLS_SSL_IANA_TLS_GROUP_X25519, MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
                                      MBEDTLS_SSL_IANA_TLS_GROUP_NONE};
    static const uint16_t signatures[] = {MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
                                          MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,       MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
                                          MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,       MBEDTLS_TLS1_3_SIG_NONE};
    mbedtls_ssl_conf_groups(conf, groups);
    mbedtls_ssl_conf_sig_algs(conf, signatures);
}

static inline int net_mbed_parse_key(mbedtls_pk_context *key, const char *pem, size_t len_with_nul,
                                     int (*random)(void *, unsigned char *, size_t)) {
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, len_with_nul, NULL, 0, random, NULL);
}

static inline int net_mbed_sign(mbedtls_pk_context *key, const uint8_t hash[32], uint8_t *sig, size_t room, size_t *len,
                                int (*random)(void *, unsigned char *, size_t)) {
    return mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, hash, 32, sig, room, len, random, NULL);
}

static inline int net_mbed_serial(mbedtls_x509write_cert *cert, uint8_t *serial, size_t len) {
    return mbedtls_x509write_crt_set_serial_raw(cert, serial, len);
}

static inline int net_mbed_sha256(const uint8_t *bytes, size_t len, uint8_t out[32]) { return mbedtls_sha256(bytes, len, out, 0); }

#else

static inline void net_mbed_versions(mbedtls_ssl_config *conf) {
    mbedtls_ssl_conf_min_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

static inline void net_mbed_groups(mbedtls_ssl_config *conf) {
    static const mbedtls_ecp_group_id groups[] = {MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_NONE};
    static const int hashes[] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA512, MBEDTLS_MD_NONE};
    mbedtls_ssl_conf_curves(conf, groups);
    mbedtls_ssl_conf_sig_hashes(conf, hashes);
}

static inline int net_mbed_parse_key(mbedtls_pk_context *key, const char *pem, size_t len_with_nul,
                                     int (*random)(void *, unsigned char *, size_t)) {
    (void)random;
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, len_with_nul, NULL, 0);
}

static inline int net_mbed_sign(mbedtls_pk_context *key, const uint8_t hash[32], uint8_t *sig, size_t room, size_t *len,
                                int (*random)(void *, unsigned char *, size_t)) {
    (void)room;
    return mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, hash, 32, sig, len, random, NULL);
}

static inline int net_mbed_serial(mbedtls_x509write_cert *cert, uint8_t *serial, size_t len) {
    mbedtls_mpi number;
    int rc;
    mbedtls_mpi_init(&number);
    rc = mbedtls_mpi_read_binary(&number, serial, len);
    if (rc == 0) rc = mbedtls_x509write_crt_set_serial(cert, &number);
    mbedtls_mpi_free(&number);
    return rc;
}

static inline int net_mbed_sha256(const uint8_t *bytes, size_t len, uint8_t out[32]) { return mbedtls_sha256_ret(bytes, len, out, 0); }

#endif
#endif
