#include <stdio.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "net/tls.h"

const mbedtls_x509_crt_profile net_tls_profile = {
    MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA256) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA384) | MBEDTLS_X509_ID_FLAG(MBEDTLS_MD_SHA512),
    0xFFFFFFF, /* any kind of key ... */
    MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP256R1) | MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP384R1) |
        MBEDTLS_X509_ID_FLAG(MBEDTLS_ECP_DP_SECP521R1),
    2048, /* ... RSA from so many bits on */
};

int net_tls_random(void *unused, unsigned char *bytes, size_t len) {
    (void)unused;
    crypto_random(bytes, len);
    return 0;
}

/* ChaCha20 first: in this library it is the faster one, and a till may have no AES in its processor. */
static const int suites[] = {
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    0,
};

int net_tls_conf_init(mbedtls_ssl_config *conf, int endpoint) {
    static const char *protocols[] = {"http/1.1", NULL};
    int rc;
    mbedtls_ssl_config_init(conf);
    rc = mbedtls_ssl_config_defaults(conf, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (rc != 0) return rc;
    net_mbed_versions(conf);
    net_mbed_groups(conf);
    mbedtls_ssl_conf_ciphersuites(conf, suites);
    mbedtls_ssl_conf_cert_profile(conf, &net_tls_profile);
    mbedtls_ssl_conf_rng(conf, net_tls_random, NULL);
#if defined(MBEDTLS_SSL_RENEGOTIATION)
    mbedtls_ssl_conf_renegotiation(conf, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
#endif
    mbedtls_ssl_conf_legacy_renegotiation(conf, MBEDTLS_SSL_LEGACY_NO_RENEGOTIATION);
    return mbedtls_ssl_conf_alpn_protocols(conf, protocols);
}

const char *net_tls_why(int rc, char text[128]) {
    mbedtls_strerror(rc, text, 128);
    return text;
}

int64_t net_tls_time_ms(const mbedtls_x509_time *time) {
    struct base_civil civil = {.year = time->year, .month = time->mon, .day = time->day};
    civil.hour = time->hour;
    civil.minute = time->min;
    civil.second = time->sec;
    return base_civil_to_ms(NULL, &civil);
}
