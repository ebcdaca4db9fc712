/* What other people's protocols and long streams need: known answers from RFC 8032, RFC 4231, RFC 4648 and BLAKE2's own. */
#include "base/text.h"
#include "crypto/crypto.h"
#include "support/check.h"

static struct base_arena *arena;

static int is_hex(const uint8_t *bytes, size_t len, const char *hex) { return mx_str_is(base_hex(arena, bytes, len), hex); }

TEST(signatures) {
    uint8_t seed[32], public_key[CRYPTO_SIGN_PUBLIC], secret_key[CRYPTO_SIGN_SECRET], signature[CRYPTO_SIGNATURE];
    CHECK(base_unhex(mx_str_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"), seed, 32));
    crypto_signing_pair(seed, public_key, secret_key);
    CHECK(is_hex(public_key, 32, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
    crypto_signature_make(secret_key, "\x72", 1, signature);
    CHECK(is_hex(
        signature, 64,
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c0"
        "0"));
    CHECK(crypto_signature_check(public_key, "\x72", 1, signature));
    CHECK(!crypto_signature_check(public_key, "\x73", 1, signature));
    CHECK(!crypto_signature_check(public_key, "\x72", 0, signature));
    signature[63] ^= 1;
    CHECK(!crypto_signature_check(public_key, "\x72", 1, signature));
}

TEST(hmac_sha256) {
    uint8_t key[131], out[32];
    const struct crypto_piece whole[] = {{"what do ya want for nothing?", 28}};
    const struct crypto_piece pieces[] = {{"what do ya ", 11}, {"", 0}, {"want for nothing?", 17}};
    const struct crypto_piece larger[] = {{"Test Using Larger Than Block-Size Key - Hash Key First", 54}};
    crypto_hmac_sha256("Jefe", 4, whole, 1, out);
    CHECK(is_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    crypto_hmac_sha256("Jefe", 4, pieces, 3, out);
    CHECK(is_hex(out, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
    memset(key, 0xaa, sizeof(key));
    crypto_hmac_sha256(key, sizeof(key), larger, 1, out);
    CHECK(is_hex(out, 32, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
}

static int reads_padded(const char *text, const char *bytes) {
    uint8_t *got;
    size_t len;
    return crypto_unbase64_padded(arena, mx_str_of(text), &got, &len) && len == strlen(bytes) && memcmp(got, bytes, len) == 0;
}

TEST(base64_with_padding) {
    static const char *const pairs[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
    uint8_t *bytes;
    size_t i, len;
    for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        CHECK(mx_str_is(crypto_base64_padded(arena, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]));
        CHECK(reads_padded(pairs[i][1], pairs[i][0]));
    }
    CHECK(!crypto_unbase64_padded(arena, mx_str_of("Zg"), &bytes, &len));
    CHECK(!crypto_unbase64_padded(arena, mx_str_of("Zg==Zg=="), &bytes, &len));
    CHECK(!crypto_unbase64_padded(arena, mx_str_of("Z-=="), &bytes, &len));
    CHECK(!crypto_unbase64(arena, mx_str_of("Zg=="), &bytes, &len));
}

TEST(digest_of_a_stream) {
    struct crypto_digest digest;
    uint8_t out[32], keyed[32], key[32] = {7};
    crypto_digest_init(&digest, NULL);
    crypto_digest_add(&digest, "a", 1);
    crypto_digest_add(&digest, NULL, 0);
    crypto_digest_add(&digest, "bc", 2);
    crypto_digest_final(&digest, out);
    CHECK(is_hex(out, 32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"));
    crypto_digest_init(&digest, key);
    crypto_digest_add(&digest, "abc", 3);
    crypto_digest_final(&digest, keyed);
    CHECK(!crypto_equal(out, keyed, 32));
}

TEST(passwords) {
    char stored[CRYPTO_PASSWORD_TEXT], again[CRYPTO_PASSWORD_TEXT], peppered[CRYPTO_PASSWORD_TEXT];
    uint8_t pepper[32] = {1}, other[32] = {2};
    CHECK_INT(crypto_password_hash(NULL, mx_str_of("correct horse"), stored), MX_OK);
    CHECK_INT(crypto_password_hash(NULL, mx_str_of("correct horse"), again), MX_OK);
    CHECK(strncmp(stored, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
    CHECK(strcmp(stored, again) != 0); /* salted */
    CHECK(crypto_password_check(NULL, mx_str_of("correct horse"), stored));
    CHECK(!crypto_password_check(NULL, mx_str_of("correct horsf"), stored));
    CHECK(!crypto_password_check(NULL, mx_str_of(""), stored));
    CHECK_INT(crypto_password_hash(pepper, mx_str_of("4711"), peppered), MX_OK);
    CHECK(crypto_password_check(pepper, mx_str_of("4711"), peppered));
    CHECK(!crypto_password_check(other, mx_str_of("4711"), peppered));
    CHECK(!crypto_password_check(NULL, mx_str_of("4711"), peppered));
}

/* Whoever asks for a name that is not there must not learn it from the time: the same work is done. */
TEST(nobody_has_no_password) {
    char zero[16] = {0};
    CHECK(!crypto_password_check(NULL, mx_str_of("anything"), NULL));
    CHECK(!crypto_password_check(NULL, mx_str_n(zero, 16), NULL));
}

#define CHUNKS 3
static uint8_t head[CRYPTO_STREAM_HEAD], sealed[CHUNKS][8 + CRYPTO_STREAM_EXTRA], stream_key[32] = {3};

static void seal_three(void) {
    struct crypto_stream stream;
    char plain[9];
    int i;
    crypto_stream_seal(&stream, stream_key, head);
    for (i = 0; i < CHUNKS; i++) {
        snprintf(plain, sizeof(plain), "chunk %d.", i);
        crypto_stream_push(&stream, plain, 8, "shop", 4, i == CHUNKS - 1, sealed[i]);
    }
}

static mx_status pull(struct crypto_stream *stream, int chunk, const char *bound, int *last) {
    uint8_t plain[8];
    return crypto_stream_pull(stream, sealed[chunk], sizeof(sealed[chunk]), bound, 4, plain, last);
}

TEST(sealed_stream) {
    struct crypto_stream stream;
    int i, last = -1;
    seal_three();
    CHECK_INT(crypto_stream_open(&stream, stream_key, head), MX_OK);
    for (i = 0; i < CHUNKS; i++) {
        CHECK_INT(pull(&stream, i, "shop", &last), MX_OK);
        CHECK_INT(last, i == CHUNKS - 1);
    }
    CHECK_INT(crypto_stream_open(&stream, stream_key, head), MX_OK);
    CHECK_INT(pull(&stream, 1, "shop", &last), MX_E_DAMAGED); /* one is missing */
    CHECK_INT(crypto_stream_open(&stream, stream_key, head), MX_OK);
    CHECK_INT(pull(&stream, 0, "pohs", &last), MX_E_DAMAGED); /* bound to something else */
    CHECK_INT(crypto_stream_open(&stream, stream_key, head), MX_OK);
    CHECK_INT(pull(&stream, 0, "shop", &last), MX_OK);
    CHECK_INT(pull(&stream, 0, "shop", &last), MX_E_DAMAGED); /* twice */
    sealed[1][5] ^= 1;
    CHECK_INT(pull(&stream, 1, "shop", &last), MX_E_DAMAGED);
    CHECK_INT(crypto_stream_pull(&stream, sealed[1], CRYPTO_STREAM_EXTRA - 1, NULL, 0, sealed[1], &last), MX_E_DAMAGED);
}

int main(int argc, char **argv) {
    static const struct check_case cases[] = {CASE(signatures),         CASE(hmac_sha256), CASE(base64_with_padding),
                                              CASE(digest_of_a_stream), CASE(passwords),   CASE(nobody_has_no_password),
                                              CASE(sealed_stream)};
    int failed;
    if (crypto_init(NULL) != MX_OK) return 2;
    arena = base_arena_new(4096);
    failed = check_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
    base_arena_free(arena);
    return failed;
}
