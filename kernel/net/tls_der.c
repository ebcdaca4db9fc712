/* Mbed TLS 2.28 adds an empty parameter to the name of ECDSA in the certificates that it writes. RFC 5758 forbids it, and
 * browsers refuse such a certificate. So it is taken out, and the certificate is signed again. */
#include <string.h>

#include "net/tls.h"

#define TAG_SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)
#define TAG_VERSION  (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_CONTEXT_SPECIFIC)

static const uint8_t with_null[] = {0x30, 0x0c, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02, 0x05, 0x00};
static const uint8_t without[] = {0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02};

/* What is signed, around the name of the signature. */
struct parts {
    unsigned char *before, *name, *after;
    size_t before_len, after_len;
};

static int skip(unsigned char **p, const unsigned char *end, int tag) {
    size_t len = 0;
    int rc = mbedtls_asn1_get_tag(p, end, &len, tag);
    *p += rc == 0 ? len : 0;
    return rc;
}

static int take_apart(unsigned char *der, size_t der_len, struct parts *parts) {
    unsigned char *p = der, *end;
    size_t len = 0;
    int rc = mbedtls_asn1_get_tag(&p, der + der_len, &len, TAG_SEQUENCE);
    if (rc == 0) rc = mbedtls_asn1_get_tag(&p, der + der_len, &len, TAG_SEQUENCE);
    if (rc != 0) return rc;
    end = p + len;
    parts->before = p;
    rc = skip(&p, end, TAG_VERSION);
    if (rc == 0) rc = skip(&p, end, MBEDTLS_ASN1_INTEGER);
    parts->name = p;
    parts->before_len = (size_t)(p - parts->before);
    if (rc == 0) rc = skip(&p, end, TAG_SEQUENCE);
    parts->after = p;
    parts->after_len = (size_t)(end - p);
    return rc;
}

static int put(unsigned char **p, unsigned char *start, const void *bytes, size_t len) {
    int rc = mbedtls_asn1_write_raw_buffer(p, start, bytes, len);
    return rc < 0 ? rc : 0;
}

static int put_head(unsigned char **p, unsigned char *start, size_t len) {
    int rc = mbedtls_asn1_write_len(p, start, len);
    if (rc >= 0) rc = mbedtls_asn1_write_tag(p, start, TAG_SEQUENCE);
    return rc < 0 ? rc : 0;
}

static int sign(mbedtls_pk_context *key, const unsigned char *bytes, size_t len, uint8_t sig[256], size_t *sig_len) {
    uint8_t hash[32];
    int rc = net_mbed_sha256(bytes, len, hash);
    return rc == 0 ? net_mbed_sign(key, hash, sig, 256, sig_len, net_tls_random) : rc;
}

/* Written from its end to its beginning, as Mbed TLS does it; what is signed is made first, at the front of the buffer. */
int net_tls_der_mend(mbedtls_pk_context *key, unsigned char *der, size_t len, unsigned char *buffer, size_t room, unsigned char **out,
                     size_t *out_len) {
    unsigned char *middle = buffer + room / 2, *signed_part = middle, *p = buffer + room;
    struct parts parts;
    uint8_t sig[256];
    size_t sig_len = 0;
    int rc = take_apart(der, len, &parts);
    *out = der;
    *out_len = len;
    if (rc != 0 || (size_t)(parts.after - parts.name) != sizeof(with_null) || memcmp(parts.name, with_null, sizeof(with_null)) != 0)
        return rc;
    rc = put(&signed_part, buffer, parts.after, parts.after_len);
    if (rc == 0) rc = put(&signed_part, buffer, without, sizeof(without));
    if (rc == 0) rc = put(&signed_part, buffer, parts.before, parts.before_len);
    if (rc == 0) rc = put_head(&signed_part, buffer, (size_t)(middle - signed_part));
    if (rc == 0) rc = sign(key, signed_part, (size_t)(middle - signed_part), sig, &sig_len);
    if (rc == 0 && mbedtls_asn1_write_bitstring(&p, middle, sig, sig_len * 8) < 0) rc = MBEDTLS_ERR_ASN1_BUF_TOO_SMALL;
    if (rc == 0) rc = put(&p, middle, without, sizeof(without));
    if (rc == 0) rc = put(&p, middle, signed_part, (size_t)(middle - signed_part));
    if (rc == 0) rc = put_head(&p, middle, (size_t)(buffer + room - p));
    *out = p;
    *out_len = (size_t)(buffer + room - p);
    return rc;
}
