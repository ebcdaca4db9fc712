/* Signatures of the shop over other things than checkpoints. */
#include "bus/internal.h"

#define HEAD "merx.signed/1:" /* a checkpoint begins with a brace */
#define HASH 64

struct signed_text {
    char head[sizeof(HEAD) - 1];
    uint8_t hash[HASH];
};

static void make_text(struct mx_str domain, struct mx_str bytes, struct signed_text *text) {
    memcpy(text->head, HEAD, sizeof(text->head));
    crypto_hash(NULL, HEAD, sizeof(HEAD) - 1, domain.ptr, domain.len, bytes.ptr, bytes.len, text->hash, HASH);
}

void bus_sign(const struct bus *bus, struct mx_str domain, struct mx_str bytes, uint8_t signature[CRYPTO_SIGNATURE]) {
    struct signed_text text;
    make_text(domain, bytes, &text);
    crypto_signature_make(bus->sign_secret, &text, sizeof(text), signature);
}

int bus_sign_check(const struct bus *bus, struct mx_str domain, struct mx_str bytes, const uint8_t signature[CRYPTO_SIGNATURE]) {
    struct signed_text text;
    make_text(domain, bytes, &text);
    return crypto_signature_check(bus->sign_public, &text, sizeof(text), signature);
}
