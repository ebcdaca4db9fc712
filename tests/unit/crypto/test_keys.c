/* The key file: making, reading, epochs, and everything that can be wrong with it. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "base/text.h"
#include "crypto/crypto.h"
#include "support/check.h"
#include "support/folder.h"

/* Check line computed by another program. */
static const char known_file[] = "merx-key 1\n"
                                 "master 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"
                                 "epoch 1 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\n"
                                 "epoch 4 404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f\n"
                                 "check a892383b86c93fb66d8eeb9b379692e7\n";

static void write_file(const char *path, const char *text, size_t len, mode_t mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, text, len) != (ssize_t)len || fchmod(fd, mode) != 0) exit(2);
    close(fd);
}

static int is_hex(const uint8_t *bytes, size_t len, const char *hex) {
    struct base_arena *arena = base_arena_new(256);
    int same = mx_str_is(base_hex(arena, bytes, len), hex);
    base_arena_free(arena);
    return same;
}

TEST(known_file_reads) {
    struct folder folder;
    struct crypto_keys *keys = NULL;
    uint8_t key[32];
    const char *path;
    folder_new(&folder);
    path = folder_path(&folder, "shop.key");
    write_file(path, known_file, sizeof(known_file) - 1, 0600);
    REQUIRE(crypto_keys_open(path, &keys, NULL) == MX_OK);
    CHECK_INT(crypto_keys_epoch(keys), 4);
    CHECK_INT(crypto_keys_epoch_key(keys, 1, key), MX_OK);
    CHECK(key[0] == 0x20 && key[31] == 0x3f);
    CHECK_INT(crypto_keys_epoch_key(keys, 2, key), MX_E_ERASED);
    crypto_keys_derive(keys, CRYPTO_FOR_CHECKSUM, key);
    CHECK(is_hex(key, 32, "15437c9efe0a17dc4efe0fa4876aa93d5d64584505fddac2abdbfc5aa7a288f2"));
    crypto_keys_derive(keys, CRYPTO_FOR_INDEX, key);
    CHECK(is_hex(key, 32, "78be49455a5cb276097637e5cbd07ebb4cbd30f78ade76a558d4ff9f1a76c1af"));
    crypto_keys_name(keys, key);
    CHECK(is_hex(key, 16, "1b70b88f81aecce725f31836032e6592"));
    crypto_keys_free(keys);
    folder_free(&folder);
}

TEST(create) {
    struct folder folder;
    struct stat info;
    struct crypto_keys *a = NULL, *b = NULL;
    uint8_t name_a[16], name_b[16];
    const char *path;
    folder_new(&folder);
    path = folder_path(&folder, "a.key");
    CHECK_INT(crypto_keys_open(path, &a, NULL), MX_E_NOT_FOUND);
    CHECK_INT(crypto_keys_create(path, NULL), MX_OK);
    CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
    CHECK(stat(folder_path(&folder, "a.key.new"), &info) != 0);
    CHECK_INT(crypto_keys_create(path, NULL), MX_E_EXISTS);
    CHECK_INT(crypto_keys_create(folder_path(&folder, "none/b.key"), NULL), MX_E_IO);
    CHECK_INT(crypto_keys_create(folder_path(&folder, "b.key"), NULL), MX_OK);
    REQUIRE(crypto_keys_open(path, &a, NULL) == MX_OK);
    REQUIRE(crypto_keys_open(folder_path(&folder, "b.key"), &b, NULL) == MX_OK);
    CHECK_INT(crypto_keys_epoch(a), 1);
    crypto_keys_name(a, name_a);
    crypto_keys_name(b, name_b);
    CHECK(!crypto_equal(name_a, name_b, 16));
    crypto_keys_free(a);
    crypto_keys_free(b);
    folder_free(&folder);
}

static int file_holds(const char *path, const uint8_t *key) {
    static char text[16384];
    struct base_arena *arena = base_arena_new(1024);
    struct mx_str hex = base_hex(arena, key, 32);
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(text, 1, sizeof(text), file) : 0;
    int found = n && memmem(text, n, hex.ptr, hex.len) != NULL;
    if (file) fclose(file);
    base_arena_free(arena);
    return found;
}

TEST(epochs) {
    struct folder folder;
    struct crypto_keys *keys = NULL, *again = NULL;
    uint8_t first[32], second[32], key[32];
    uint32_t epoch = 0;
    const char *path, *other;
    folder_new(&folder);
    path = folder_path(&folder, "a.key");
    other = folder_path(&folder, "hard-link.key");
    CHECK_INT(crypto_keys_create(path, NULL), MX_OK);
    REQUIRE(crypto_keys_open(path, &keys, NULL) == MX_OK);
    CHECK_INT(crypto_keys_epoch_key(keys, 1, first), MX_OK);
    CHECK_INT(crypto_keys_epoch_drop(keys, 1, NULL), MX_E_REFUSED);
    CHECK_INT(crypto_keys_epoch_drop(keys, 9, NULL), MX_E_NOT_FOUND);
    CHECK_INT(crypto_keys_epoch_add(keys, &epoch, NULL), MX_OK);
    CHECK_INT(epoch, 2);
    CHECK_INT(crypto_keys_epoch(keys), 2);
    CHECK_INT(crypto_keys_epoch_key(keys, 2, second), MX_OK);
    CHECK(!crypto_equal(first, second, 32));
    CHECK(file_holds(path, first) && file_holds(path, second));
    CHECK(link(path, other) == 0); /* the bytes of the file that goes */
    CHECK_INT(crypto_keys_epoch_drop(keys, 1, NULL), MX_OK);
    CHECK_INT(crypto_keys_epoch_key(keys, 1, key), MX_E_ERASED);
    CHECK_INT(crypto_keys_epoch_key(keys, 2, key), MX_OK);
    CHECK(!file_holds(path, first) && file_holds(path, second));
    CHECK(!file_holds(other, first));
    CHECK_INT(crypto_keys_epoch_add(keys, &epoch, NULL), MX_OK);
    CHECK_INT(epoch, 3); /* a number is never used again */
    REQUIRE(crypto_keys_open(path, &again, NULL) == MX_OK);
    CHECK_INT(crypto_keys_epoch(again), 3);
    CHECK_INT(crypto_keys_epoch_key(again, 1, key), MX_E_ERASED);
    CHECK_INT(crypto_keys_epoch_key(again, 2, key), MX_OK);
    CHECK(crypto_equal(key, second, 32));
    crypto_keys_free(again);
    crypto_keys_free(keys);
    folder_free(&folder);
}

static atomic_int rotating;

static void *read_on(void *arg) {
    const struct crypto_keys *keys = arg;
    uint8_t name[16], before[16], key[32];
    crypto_keys_name(keys, before);
    while (atomic_load(&rotating)) {
        crypto_keys_name(keys, name);
        crypto_keys_derive(keys, CRYPTO_FOR_TOKEN, key);
        CHECK(crypto_equal(name, before, sizeof(name)));
    }
    return NULL;
}

TEST(keys_are_read_while_epochs_change) {
    struct folder folder;
    struct crypto_keys *keys = NULL;
    pthread_t reader;
    uint32_t epoch = 0, i;
    folder_new(&folder);
    CHECK_INT(crypto_keys_create(folder_path(&folder, "a.key"), NULL), MX_OK);
    REQUIRE(crypto_keys_open(folder_path(&folder, "a.key"), &keys, NULL) == MX_OK);
    atomic_store(&rotating, 1);
    REQUIRE(pthread_create(&reader, NULL, read_on, keys) == 0);
    for (i = 1; i < 60; i++) {
        CHECK_INT(crypto_keys_epoch_add(keys, &epoch, NULL), MX_OK);
        CHECK_INT(crypto_keys_epoch_drop(keys, i, NULL), MX_OK);
    }
    atomic_store(&rotating, 0);
    pthread_join(reader, NULL);
    crypto_keys_free(keys);
    folder_free(&folder);
}

TEST(epochs_are_bounded) {
    struct folder folder;
    struct crypto_keys *keys = NULL;
    uint32_t epoch = 0, n = 1;
    mx_status st;
    folder_new(&folder);
    CHECK_INT(crypto_keys_create(folder_path(&folder, "a.key"), NULL), MX_OK);
    REQUIRE(crypto_keys_open(folder_path(&folder, "a.key"), &keys, NULL) == MX_OK);
    while ((st = crypto_keys_epoch_add(keys, &epoch, NULL)) == MX_OK && n < 100) n++;
    CHECK_INT(st, MX_E_TOO_LARGE);
    CHECK_INT(n, 64);
    crypto_keys_free(keys);
    REQUIRE(crypto_keys_open(folder_path(&folder, "a.key"), &keys, NULL) == MX_OK);
    CHECK_INT(crypto_keys_epoch(keys), 64);
    crypto_keys_free(keys);
    folder_free(&folder);
}

TEST(damage) {
    struct folder folder;
    struct crypto_keys *keys = NULL;
    char copy[sizeof(known_file)];
    const char *path;
    folder_new(&folder);
    path = folder_path(&folder, "a.key");
    for (size_t i = 0; i < sizeof(known_file) - 1; i++) {
        mx_status st;
        memcpy(copy, known_file, sizeof(copy));
        copy[i] ^= 1;
        write_file(path, copy, sizeof(copy) - 1, 0600);
        st = crypto_keys_open(path, &keys, NULL);
        CHECK(st == MX_E_DAMAGED || st == MX_E_FORMAT);
        write_file(path, known_file, i, 0600); /* cut short */
        CHECK_INT(crypto_keys_open(path, &keys, NULL), MX_E_DAMAGED);
    }
    write_file(path, "merx-key 2\nsomething new\n", 25, 0600);
    CHECK_INT(crypto_keys_open(path, &keys, NULL), MX_E_FORMAT);
    folder_free(&folder);
}

TEST(permissions) {
    struct folder folder;
    struct crypto_keys *keys = NULL;
    const char *path;
    folder_new(&folder);
    path = folder_path(&folder, "a.key");
    write_file(path, known_file, sizeof(known_file) - 1, 0640);
    CHECK_INT(crypto_keys_open(path, &keys, NULL), MX_E_FORBIDDEN);
    write_file(path, known_file, sizeof(known_file) - 1, 0604);
    CHECK_INT(crypto_keys_open(path, &keys, NULL), MX_E_FORBIDDEN);
    CHECK(chmod(path, 0400) == 0);
    CHECK_INT(crypto_keys_open(path, &keys, NULL), MX_OK);
    crypto_keys_free(keys);
    CHECK_INT(crypto_keys_open(folder.path, &keys, NULL), MX_E_DAMAGED); /* a folder */
    folder_free(&folder);
}

#ifdef MERX_FAULTS
/* A write that fails leaves the old file and the old keys in use. */
TEST(failed_write) {
    struct folder folder;
    struct crypto_keys *keys = NULL;
    struct stat info;
    uint32_t epoch = 77;
    folder_new(&folder);
    CHECK_INT(crypto_keys_create(folder_path(&folder, "a.key"), NULL), MX_OK);
    REQUIRE(crypto_keys_open(folder_path(&folder, "a.key"), &keys, NULL) == MX_OK);
    setenv("MERX_FAULT", "keys.write:1+", 1);
    CHECK_INT(crypto_keys_epoch_add(keys, &epoch, NULL), MX_E_IO);
    CHECK_INT(epoch, 77);
    CHECK_INT(crypto_keys_epoch(keys), 1);
    CHECK_INT(crypto_keys_create(folder_path(&folder, "b.key"), NULL), MX_E_IO);
    CHECK(stat(folder_path(&folder, "b.key"), &info) != 0 && stat(folder_path(&folder, "b.key.new"), &info) != 0);
    unsetenv("MERX_FAULT");
    crypto_keys_free(keys);
    REQUIRE(crypto_keys_open(folder_path(&folder, "a.key"), &keys, NULL) == MX_OK);
    CHECK_INT(crypto_keys_epoch(keys), 1);
    crypto_keys_free(keys);
    folder_free(&folder);
}
#else
TEST(failed_write) {}
#endif

int main(int argc, char **argv) {
    static const struct check_case cases[] = {
        CASE(known_file_reads),   CASE(create), CASE(epochs),      CASE(keys_are_read_while_epochs_change),
        CASE(epochs_are_bounded), CASE(damage), CASE(permissions), CASE(failed_write)};
    if (crypto_init(NULL) != MX_OK) return 2;
    return check_main(cases, sizeof(cases) / sizeof(cases[0]), argc, argv);
}
