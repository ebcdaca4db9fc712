/* HMAC-SHA256 (RFC 2104, FIPS 180-4), for webhooks that are signed the Standard Webhooks way. */
#include "internal.h"

static const uint32_t round_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

struct sha256 {
    uint32_t state[8];
    uint8_t block[64];
    uint64_t len;
};

static uint32_t turn(uint32_t x, unsigned by) { return x >> by | x << (32 - by); }

static void mix(struct sha256 *sha) {
    uint32_t w[64], v[8], i;
    for (i = 0; i < 16; i++)
        w[i] = (uint32_t)sha->block[4 * i] << 24 | (uint32_t)sha->block[4 * i + 1] << 16 | (uint32_t)sha->block[4 * i + 2] << 8 |
               sha->block[4 * i + 3];
    for (; i < 64; i++)
        w[i] = w[i - 16] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] +
               (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(v, sha->state, sizeof(v));
    for (i = 0; i < 64; i++) {
        uint32_t a = v[7] + (turn(v[4], 6) ^ turn(v[4], 11) ^ turn(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + round_k[i] + w[i];
        uint32_t b = (turn(v[0], 2) ^ turn(v[0], 13) ^ turn(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof(v[0]));
        v[4] += a;
        v[0] = a + b;
    }
    for (i = 0; i < 8; i++) sha->state[i] += v[i];
}

static void add(struct sha256 *sha, const void *bytes, size_t len) {
    const uint8_t *p = bytes;
    size_t i;
    for (i = 0; i < len; i++) {
        sha->block[sha->len++ % 64] = p[i];
        if (sha->len % 64 == 0) mix(sha);
    }
}

static void begin(struct sha256 *sha) {
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(sha->state, start, sizeof(start));
    sha->len = 0;
}

static void end(struct sha256 *sha, uint8_t hash[32]) {
    const uint8_t one = 0x80, zero = 0;
    uint64_t bits = sha->len * 8;
    uint8_t length[8];
    uint32_t i;
    for (i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - 8 * i));
    add(sha, &one, 1);
    while (sha->len % 64 != 56) add(sha, &zero, 1);
    add(sha, length, sizeof(length));
    for (i = 0; i < 32; i++) hash[i] = (uint8_t)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}

void intake_hmac_sha256(const uint8_t *key, size_t key_len, const void *text, size_t len, uint8_t mac[32]) {
    uint8_t block[64] = {0}, inner[32], pad[64];
    struct sha256 sha;
    uint32_t i;
    begin(&sha);
    if (key_len > sizeof(block)) {
        add(&sha, key, key_len);
        end(&sha, block);
    } else if (key_len) {
        memcpy(block, key, key_len);
    }
    for (i = 0; i < 64; i++) pad[i] = (uint8_t)(block[i] ^ 0x36);
    begin(&sha);
    add(&sha, pad, sizeof(pad));
    add(&sha, text, len);
    end(&sha, inner);
    for (i = 0; i < 64; i++) pad[i] = (uint8_t)(block[i] ^ 0x5c);
    begin(&sha);
    add(&sha, pad, sizeof(pad));
    add(&sha, inner, sizeof(inner));
    end(&sha, mac);
}
