/* The keyed hashes behind customers' codes and PINs, and the text of their QR codes. */
#include "identity/customer.h"

#define QR_HEAD  "mxq_"
#define QR_PLAIN 38u /* the person's id and eight bytes of the step */
#define ID_BYTES 30u

struct mx_str identity_place(const struct identity *identity, struct base_arena *arena, const char *use, struct mx_str kind,
                             struct mx_str value) {
    uint8_t hash[IDENTITY_PLACE_BYTES];
    crypto_hash(identity->pin_pepper, use, strlen(use), kind.ptr, kind.len, value.ptr, value.len, hash, sizeof(hash));
    return crypto_base64(arena, hash, sizeof(hash));
}

struct mx_str identity_proof_hash(struct identity *identity, struct base_arena *arena, const char *use, struct mx_str whose,
                                  struct mx_str digits) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    atomic_fetch_add_explicit(&identity->proofs_hashed, 1, memory_order_relaxed);
    crypto_hash(identity->pin_pepper, use, strlen(use), whose.ptr, whose.len, digits.ptr, digits.len, hash, sizeof(hash));
    return crypto_base64(arena, hash, sizeof(hash));
}

uint64_t identity_proofs_hashed(const struct identity *identity) {
    return atomic_load_explicit(&identity->proofs_hashed, memory_order_relaxed);
}

int identity_hash_fits(struct mx_str stored, struct mx_str made) {
    return stored.len == made.len && made.len > 0 && crypto_equal(stored.ptr, made.ptr, made.len);
}

int identity_six_digits(struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9') return 0;
    return text.len == IDENTITY_CODE_DIGITS;
}

/* ---- QR codes: sealed, so that nobody learns from two of them that they are one customer's ---- */

struct mx_str identity_qr_make(const struct identity *identity, struct base_arena *arena, struct mx_str person, int64_t step) {
    uint8_t plain[QR_PLAIN] = {0}, sealed[QR_PLAIN + CRYPTO_SEAL_EXTRA];
    struct mx_str text;
    uint32_t i;
    memcpy(plain, person.ptr, person.len < ID_BYTES ? person.len : ID_BYTES);
    for (i = 0; i < 8; i++) plain[ID_BYTES + i] = (uint8_t)((uint64_t)step >> (8 * i));
    crypto_seal(identity->qr_key, plain, sizeof(plain), QR_HEAD, strlen(QR_HEAD), sealed);
    text = crypto_base64(arena, sealed, sizeof(sealed));
    return base_arena_printf(arena, QR_HEAD "%.*s", (int)text.len, text.ptr);
}

int identity_qr_open(const struct identity *identity, struct base_arena *arena, struct mx_str text, struct mx_str *person, int64_t *step) {
    uint8_t *sealed = NULL, plain[QR_PLAIN];
    uint64_t number = 0;
    size_t len = 0;
    uint32_t i;
    if (text.len <= 4 || memcmp(text.ptr, QR_HEAD, 4) != 0) return 0;
    if (!crypto_unbase64(arena, mx_str_n(text.ptr + 4, text.len - 4), &sealed, &len) || len != sizeof(plain) + CRYPTO_SEAL_EXTRA) return 0;
    if (crypto_open(identity->qr_key, sealed, len, QR_HEAD, strlen(QR_HEAD), plain) != MX_OK) return 0;
    for (i = 0; i < 8; i++) number |= (uint64_t)plain[ID_BYTES + i] << (8 * i);
    *person = base_arena_dup(arena, mx_str_n((const char *)plain, ID_BYTES));
    *step = (int64_t)number;
    return base_id_valid(*person, "per");
}
