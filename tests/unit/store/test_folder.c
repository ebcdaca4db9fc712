/* The data folder: format, lock, keys, free space; and what happens when a write fails. */
#include <fcntl.h>

#include "shop.h"
#include "store/driver.h"
#include "support/check.h"

static void put_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) exit(2);
}

static uint64_t folder_sum(const char *path) {
    DIR *dir = opendir(path);
    struct dirent *entry;
    uint64_t sum = 0;
    while (dir && (entry = readdir(dir)) != NULL) {
        char name[2048];
        FILE *file;
        int c;
        uint64_t one = 1469598103934665603u;
        if (entry->d_name[0] == '.') continue;
        snprintf(name, sizeof(name), "%.1000s/%.1000s", path, entry->d_name);
        file = fopen(name, "rb");
        while (file && (c = getc(file)) != EOF) one = (one ^ (uint64_t)c) * UINT64_C(1099511628211);
        if (file) fclose(file);
        for (const char *p = entry->d_name; *p; p++) one = (one ^ (uint64_t)(unsigned char)*p) * UINT64_C(1099511628211);
        sum += one;
    }
    if (dir) closedir(dir);
    return sum;
}

TEST(newer_format) {
    struct shop shop;
    uint64_t before;
    shop_new(&shop);
    shop_start(&shop);
    shop_close(&shop);
    put_file(folder_path(&shop.folder, "data/format"), "merx-data 3\n");
    before = folder_sum(folder_path(&shop.folder, "data"));
    CHECK_INT(shop_open_again(&shop), MX_E_FORMAT);
    CHECK(folder_sum(folder_path(&shop.folder, "data")) == before);
    put_file(folder_path(&shop.folder, "data/format"), "something else\n");
    CHECK_INT(shop_open_again(&shop), MX_E_DAMAGED);
    put_file(folder_path(&shop.folder, "data/format"), "merx-data 2\n");
    CHECK_INT(shop_open_again(&shop), MX_OK);
    shop_free(&shop);
}

/* Not one byte of a folder of a newer format is touched, not even a lock file made. */
TEST(newer_format_bare) {
    struct shop shop;
    struct stat info;
    shop_new(&shop);
    shop_close(&shop);
    CHECK(mkdir(folder_path(&shop.folder, "other"), 0700) == 0);
    put_file(folder_path(&shop.folder, "other/format"), "merx-data 99\n");
    {
        struct store_opts opts = {.dir = folder_path(&shop.folder, "other"), .keys = shop.keys, .create = 1};
        CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_FORMAT);
        opts.create = 0;
        CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_FORMAT);
    }
    CHECK(stat(folder_path(&shop.folder, "other/lock"), &info) != 0);
    CHECK(stat(folder_path(&shop.folder, "other/data.mdb"), &info) != 0);
    shop.store = NULL;
    shop_free(&shop);
}

TEST(locked) {
    struct shop shop;
    struct store *first;
    shop_new(&shop);
    first = shop.store;
    CHECK_INT(shop_open_again(&shop), MX_E_LOCKED);
    shop.store = first;
    shop_close(&shop);
    CHECK_INT(shop_open_again(&shop), MX_OK);
    shop_free(&shop);
}

/* Put a stray record into a store and take the one away that describes it. */
static void forget_description(const struct store_opts *opts) {
    struct store_driver_opts driver_opts = {opts->dir, opts->map_bytes, 0, 0};
    struct store_write writes[] = {{{"\0\1shop", 6}, {NULL, 0}}, {{"\1\0x", 3}, {"stray", 5}}};
    struct store_reader *group;
    struct store_db *db;
    if (store_lmdb.open(&driver_opts, &db, NULL) != MX_OK || store_lmdb.group_begin(db, &group) != MX_OK) exit(2);
    if (store_lmdb.group_apply(group, writes, 2) != MX_OK || store_lmdb.group_commit(group) != MX_OK) exit(2);
    store_lmdb.close(db);
}

TEST(creation) {
    struct shop shop;
    struct store_opts opts = {0};
    shop_new(&shop);
    shop_close(&shop);
    opts.keys = shop.keys;
    opts.create = 1;
    opts.map_bytes = UINT64_C(1) << 30;
    opts.dir = folder_path(&shop.folder, "data");
    CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_EXISTS);
    CHECK(mkdir(folder_path(&shop.folder, "full"), 0700) == 0);
    put_file(folder_path(&shop.folder, "full/letter.txt"), "mine");
    opts.dir = folder_path(&shop.folder, "full");
    CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_EXISTS);
    opts.dir = folder_path(&shop.folder, "none");
    opts.create = 0;
    CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_NOT_FOUND);
    /* An interrupted creation: the format is there, the rest is not. It cannot be opened, but made again. */
    CHECK(mkdir(folder_path(&shop.folder, "half"), 0700) == 0);
    put_file(folder_path(&shop.folder, "half/format"), "merx-data 1\n");
    opts.dir = folder_path(&shop.folder, "half");
    CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_NOT_FOUND);
    opts.create = 1;
    CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_OK);
    shop_close(&shop);
    forget_description(&opts);
    CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_EXISTS); /* records, but nothing that says of whom */
    shop.store = NULL;
    shop_free(&shop);
}

TEST(other_shops_key) {
    struct shop shop;
    struct crypto_keys *other = NULL;
    struct store_opts opts = {0};
    shop_new(&shop);
    shop_close(&shop);
    CHECK_INT(crypto_keys_create(folder_path(&shop.folder, "other.key"), NULL), MX_OK);
    REQUIRE(crypto_keys_open(folder_path(&shop.folder, "other.key"), &other, NULL) == MX_OK);
    opts.dir = folder_path(&shop.folder, "data");
    opts.keys = other;
    opts.map_bytes = UINT64_C(1) << 30;
    CHECK_INT(store_open(&opts, &shop.store, &shop.err), MX_E_FORBIDDEN);
    crypto_keys_free(other);
    CHECK_INT(shop_open_again(&shop), MX_OK);
    shop_free(&shop);
}

TEST(room) {
    struct shop shop;
    struct store_opts opts = {0};
    shop_new(&shop);
    CHECK(store_has_room(shop.store));
    shop_close(&shop);
    opts.dir = folder_path(&shop.folder, "data");
    opts.keys = shop.keys;
    opts.map_bytes = UINT64_C(1) << 30;
    opts.reserve_bytes = UINT64_MAX / 2;
    REQUIRE(store_open(&opts, &shop.store, &shop.err) == MX_OK);
    CHECK(!store_has_room(shop.store));
    shop_free(&shop);
}

TEST(map_full_is_io) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct store_opts opts = {0};
    char *large = calloc(1, 1 << 20);
    mx_status st = MX_OK;
    uint32_t n = 0;
    shop_new(&shop);
    shop_close(&shop);
    opts.dir = folder_path(&shop.folder, "data");
    opts.keys = shop.keys;
    opts.map_bytes = 8 << 20;
    REQUIRE(store_open(&opts, &shop.store, &shop.err) == MX_OK);
    shop_start(&shop);
    for (; st == MX_OK && n < 20; n++) {
        view = shop_begin(&shop, &command);
        CHECK_INT(store_raw_put(view, STORE_SPACE_JOBS, (struct store_span){(const uint8_t *)&n, 4},
                                (struct store_span){(const uint8_t *)large, 1 << 20}),
                  MX_OK);
        st = shop_commit(&command);
    }
    CHECK_INT(st, MX_E_IO);
    CHECK_INT(store_group_begin(shop.store, &command.group), MX_E_IO); /* nothing is written any more */
    free(large);
    shop_free(&shop);
}

#ifdef MERX_FAULTS
static void fault_in(const char *fault, mx_status want_apply) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct store_span key = {(const uint8_t *)"k", 1}, value = {(const uint8_t *)"v", 1};
    shop_new(&shop);
    shop_start(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_raw_put(view, STORE_SPACE_JOBS, key, value), MX_OK);
    setenv("MERX_FAULT", fault, 1);
    CHECK_INT(store_write_apply(view), want_apply);
    if (want_apply == MX_OK)
        CHECK_INT(store_group_commit(command.group), MX_E_IO);
    else
        store_group_abort(command.group);
    unsetenv("MERX_FAULT");
    CHECK_INT(store_group_begin(shop.store, &command.group), MX_E_IO);
    view = shop_read(&shop);
    CHECK_INT(store_raw_get(view, STORE_SPACE_JOBS, key, &value), MX_NONE);
    store_read_end(view);
    shop_close(&shop);
    CHECK_INT(shop_open_again(&shop), MX_OK); /* a restart writes again */
    shop_start(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_raw_put(view, STORE_SPACE_JOBS, key, value), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    shop_free(&shop);
}

TEST(fault_in_apply) { fault_in("store.apply:1+", MX_E_IO); }
TEST(fault_in_commit) { fault_in("store.commit:1+", MX_OK); }

TEST(fault_in_open) {
    struct shop shop;
    shop_new(&shop);
    shop_close(&shop);
    setenv("MERX_FAULT", "store.open:1+", 1);
    CHECK_INT(shop_open_again(&shop), MX_E_IO);
    unsetenv("MERX_FAULT");
    CHECK_INT(shop_open_again(&shop), MX_OK);
    shop_free(&shop);
}
#else
TEST(fault_in_apply) {}
TEST(fault_in_commit) {}
TEST(fault_in_open) {}
#endif

TEST(counts) {
    struct shop shop;
    struct shop_command command;
    struct store_stat stat;
    shop_new(&shop);
    shop_start(&shop);
    store_tidy(shop.store);
    store_stat(shop.store, &stat);
    CHECK_INT(stat.commits, 1); /* the creation */
    shop_begin(&shop, &command);
    CHECK_INT(shop_commit(&command), MX_OK);
    store_stat(shop.store, &stat);
    CHECK_INT(stat.commits, 2);
    CHECK(stat.used_bytes > 0 && stat.file_bytes >= stat.used_bytes);
    shop_free(&shop);
}

RUN_TESTS(CASE(newer_format), CASE(newer_format_bare), CASE(locked), CASE(creation), CASE(other_shops_key), CASE(room),
          CASE(map_full_is_io), CASE(fault_in_apply), CASE(fault_in_commit), CASE(fault_in_open), CASE(counts))
