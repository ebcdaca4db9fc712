/* Known answers: BLAKE2b and SipHash computed by another program, XChaCha20-Poly1305 from draft-irtf-cfrg-xchacha-03 A.3.1. */
#include "base/text.h"
#include "crypto/crypto.h"
#include "support/check.h"

static struct base_arena *arena;

static int is_hex(const uint8_t *bytes, size_t len, const char *hex) {
    struct mx_str got = base_hex(arena, bytes, len);
    if (!mx_str_is(got, hex)) printf("# got %.*s\n", (int)got.len, got.ptr);
    return mx_str_is(got, hex);
}

static void count_up(uint8_t *bytes, size_t len, unsigned from) {
    for (size_t i = 0; i < len; i++) bytes[i] = (uint8_t)(from + i);
}

TEST(hash) {
    uint8_t key[32], out[64];
    count_up(key, 32, 0);
    crypto_hash(NULL, "abc", 3, NULL, 0, NULL, 0, out, 32);
    CHECK(is_hex(out, 32, "824b543b61a52897d5793b741522e834d7dab471530e32794848f3f4fc50ccb7"));
    crypto_hash(key, "one", 3, "two", 3, "three", 5, out, 16);
    CHECK(is_hex(out, 16, "fa46fdc6125c868f9dded60db92afca7"));
    crypto_hash(key, "one", 3, "two", 3, "three", 5, out, 64);
    CHECK(is_hex(
        out, 64,
        "2e9c4f77d4b8f9486d623bd5698e0061c03e0cd33018796e623ff602c95c1a4e85d663e42872825cd1713bce8454a6a0663868a47599f285a8fb4bca642393"
        "fd"));
}

/* Where one piece ends is part of what is hashed. */
TEST(pieces_do_not_run_together) {
    uint8_t key[32] = {1}, a[32], b[32];
    crypto_hash(key, "ab", 2, "c", 1, NULL, 0, a, 32);
    crypto_hash(key, "a", 1, "bc", 2, NULL, 0, b, 32);
    CHECK(!crypto_equal(a, b, 32));
    CHECK(crypto_checksum(key, "ab", 2, "c", 1) != crypto_checksum(key, "a", 1, "bc", 2));
}

TEST(checksum) {
    static uint8_t a[100], b[5000];
    uint8_t key[16];
    count_up(key, 16, 0);
    for (size_t i = 0; i < sizeof(a); i++) a[i] = (uint8_t)(i % 251);
    for (size_t i = 0; i < sizeof(b); i++) b[i] = (uint8_t)(i % 253);
    CHECK(crypto_checksum(key, NULL, 0, NULL, 0) == UINT64_C(0x39d3851ca07681a7));
    CHECK(crypto_checksum(key, "key", 3, "value", 5) == UINT64_C(0xdfcabae0c2b7696a));
    CHECK(crypto_checksum(key, NULL, 0, "keyvalue", 8) == UINT64_C(0xf92b6e1e8e417488));
    CHECK(crypto_checksum(key, a, sizeof(a), b, sizeof(b)) == UINT64_C(0x140197e90d9978a6));
}

TEST(open_known_answer) {
    static const char plain[] =
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    static const char sealed_hex[] =
        "01"
        "404142434445464748494a4b4c4d4e4f5051525354555657"
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c670"
        "8c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9"
        "768812f615c68b13b52ec0875924c1c7987947deafd8780acf49";
    uint8_t key[32], bound[12], sealed[sizeof(plain) - 1 + CRYPTO_SEAL_EXTRA], out[sizeof(plain)];
    count_up(key, 32, 0x80);
    CHECK(base_unhex(mx_str_of("50515253c0c1c2c3c4c5c6c7"), bound, sizeof(bound)));
    REQUIRE(base_unhex(mx_str_of(sealed_hex), sealed, sizeof(sealed)));
    CHECK_INT(crypto_open(key, sealed, sizeof(sealed), bound, sizeof(bound), out), MX_OK);
    CHECK(memcmp(out, plain, sizeof(plain) - 1) == 0);
}

TEST(seal_and_open) {
    uint8_t key[32] = {7}, other[32] = {8}, sealed[3 + CRYPTO_SEAL_EXTRA], again[3 + CRYPTO_SEAL_EXTRA], out[3];
    crypto_seal(key, "abc", 3, "here", 4, sealed);
    crypto_seal(key, "abc", 3, "here", 4, again);
    CHECK(memcmp(sealed, again, sizeof(sealed)) != 0); /* a fresh nonce each time */
    CHECK_INT(crypto_open(key, sealed, sizeof(sealed), "here", 4, out), MX_OK);
    CHECK(memcmp(out, "abc", 3) == 0);
    CHECK_INT(crypto_open(key, sealed, sizeof(sealed), "there", 5, out), MX_E_DAMAGED);
    CHECK_INT(crypto_open(other, sealed, sizeof(sealed), "here", 4, out), MX_E_DAMAGED);
    for (size_t i = 0; i < sizeof(sealed) * 8; i++) { /* any flipped bit */
        memcpy(again, sealed, sizeof(sealed));
        again[i / 8] ^= (uint8_t)(1 << i % 8);
        CHECK_INT(crypto_open(key, again, sizeof(again), "here", 4, out), MX_E_DAMAGED);
    }
    for (size_t len = 0; len < sizeof(sealed); len++) CHECK_INT(crypto_open(key, sealed, len, "here", 4, out), MX_E_DAMAGED);
    crypto_seal(key, NULL, 0, NULL, 0, sealed);
    CHECK_INT(crypto_open(key, sealed, CRYPTO_SEAL_EXTRA, NULL, 0, out), MX_OK);
}

TEST(base64) {
    static const char *const texts[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    uint8_t *bytes, all[256];
    size_t len;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        CHECK_STR(crypto_base64(arena, "foobar", i), texts[i]);
        CHECK(crypto_unbase64(arena, mx_str_of(texts[i]), &bytes, &len));
        CHECK(len == i && memcmp(bytes, "foobar", i) == 0);
    }
    count_up(all, 256, 0);
    CHECK(crypto_unbase64(arena, crypto_base64(arena, all, 256), &bytes, &len) && len == 256 && memcmp(bytes, all, 256) == 0);
    CHECK_STR(crypto_base64(arena, "\xFB\xFF", 2), "-_8");
    CHECK(!crypto_unbase64(arena, mx_str_of("Zg=="), &bytes, &len));
    CHECK(!crypto_unbase64(arena, mx_str_of("Z"), &bytes, &len));
    CHECK(!crypto_unbase64(arena, mx_str_of("Zh"), &bytes, &len)); /* bits behind the last byte */
    CHECK(!crypto_unbase64(arena, mx_str_of("+/8"), &bytes, &len));
    CHECK(!crypto_unbase64(arena, mx_str_of("Zm 9v"), &bytes, &len));
}

TEST(random_and_compare) {
    uint8_t a[32] = {0}, b[32] = {0};
    CHECK(crypto_equal(a, b, 32));
    crypto_random(a, sizeof(a));
    crypto_random(b, sizeof(b));
    CHECK(!crypto_equal(a, b, 32));
    crypto_wipe(a, sizeof(a));
    crypto_wipe(b, sizeof(b));
    CHECK(crypto_equal(a, b, 32) && a[5] == 0);
}

int main(int argc, char **argv) {
    static const struct check_case cases[] = {
        CASE(hash),   CASE(pieces_do_not_run_together), CASE(checksum), CASE(open_known_answer), CASE(seal_and_open),
        CASE(base64), CASE(random_and_compare)};
    int failed;
    if (crypto_init(NULL) != MX_OK) return 2;
    arena = base_arena_new(4096);
    failed = check_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
    base_arena_free(arena);
    return failed;
}
