/* Who takes gzip, and what becomes of a text. */
#include <stdlib.h>

#include <zlib.h>

#include "net/internal.h"
#include "support/check.h"

static int takes(const char *text) { return net_takes_gzip(mx_str_of(text)); }

TEST(only_who_says_so_is_given_gzip) {
    static const char *const yes[] = {"gzip",
                                      "GZip",
                                      "x-gzip",
                                      "deflate, gzip",
                                      "gzip, deflate, br, zstd",
                                      "gzip;q=1",
                                      "gzip;q=1.000",
                                      "gzip ; q=0.5",
                                      "gzip;Q=0.001",
                                      "*",
                                      "*;q=0.1",
                                      "identity;q=0, *",
                                      " gzip ",
                                      "br;q=0, gzip",
                                      ",,gzip,",
                                      "identity, *;q=0, gzip"};
    static const char *const no[] = {"",
                                     "identity",
                                     "br",
                                     "gzip;q=0",
                                     "gzip;q=0.0",
                                     "gzip;q=0.000",
                                     "gzip; q = 0",
                                     "*;q=0",
                                     "gzip;q=0, *",
                                     "*, gzip;q=0",
                                     "gzippy",
                                     "gzip;q=",
                                     "gzip;q=2",
                                     "gzip;q=1.001",
                                     "gzip;q=0.0001",
                                     "gzip;q=-1",
                                     "gzip;q=.5",
                                     "gzip;level=9",
                                     "gz ip",
                                     "gzip;q=1;q=0",
                                     "gzip;",
                                     "gzip;q=a",
                                     "\"gzip\"",
                                     "gzip=1",
                                     "gzip, br;q=x"};
    size_t i;
    for (i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        if (!takes(yes[i])) CHECK_STR(mx_str_of(yes[i]), "taken");
    for (i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        if (takes(no[i])) CHECK_STR(mx_str_of(no[i]), "not taken");
}

/* 1 when what was packed is the text again. */
static int comes_back(struct mx_str packed, struct mx_str text) {
    char *plain = malloc(text.len + 1);
    z_stream z = {0};
    int ok;
    z.next_in = (Bytef *)(uintptr_t)packed.ptr;
    z.avail_in = packed.len;
    z.next_out = (Bytef *)plain;
    z.avail_out = text.len + 1;
    ok = inflateInit2(&z, 15 + 16) == Z_OK && inflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out == text.len &&
         memcmp(plain, text.ptr, text.len) == 0 && z.avail_in == 0;
    (void)inflateEnd(&z);
    free(plain);
    return ok;
}

TEST(what_is_packed_comes_back) {
    static const size_t sizes[] = {1024, 1025, 5000, 16384, 16385, 40000, 300000};
    struct base_arena *arena = base_arena_new(4096);
    char *bytes = malloc(300000);
    size_t i, k;
    int level;
    for (k = 0; k < 300000; k++) bytes[k] = "{\"sku\":\"TEA-001\",\"price\":12800,\"name\":\"Longjing\"},"[k % 49] ^ (char)(k % 97 == 0);
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (level = 1; level <= 9; level += 4) {
            struct mx_str text = mx_str_n(bytes, sizes[i]), packed = net_gzip(arena, text, level);
            CHECK(packed.len > 0 && packed.len < text.len / 2);
            CHECK(comes_back(packed, text));
        }
    free(bytes);
    base_arena_free(arena);
}

TEST(what_does_not_get_smaller_stays) {
    struct base_arena *arena = base_arena_new(4096);
    char *bytes = malloc(50000);
    uint64_t state = 88172645463325252u;
    size_t k;
    for (k = 0; k < 50000; k++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes[k] = (char)(state >> 24);
    }
    CHECK_INT(net_gzip(arena, mx_str_n(bytes, 50000), 1).len, 0);
    CHECK_INT(net_gzip(arena, mx_str_n(bytes, 2000), 6).len, 0);
    memset(bytes, 'a', 2000);
    CHECK_INT(net_gzip(arena, mx_str_n(bytes, 1023), 6).len, 0);
    CHECK_INT(net_gzip(arena, mx_str_n(NULL, 0), 6).len, 0);
    CHECK(net_gzip(arena, mx_str_n(bytes, 1024), 6).len > 0);
    free(bytes);
    base_arena_free(arena);
}

RUN_TESTS(CASE(only_who_says_so_is_given_gzip), CASE(what_is_packed_comes_back), CASE(what_does_not_get_smaller_stays))
