/* From format 1 to format 2: nothing else changes, and killed anywhere it goes on. And the epoch of a restored store's log. */
#include <sys/wait.h>

#include "backup.h"
#include "base/clock.h"
#include "base/log.h"
#include "support/check.h"

#define ENTRIES 9000 /* more than two commits of the upgrade */
#define HIGHEST INT64_C(1700000009999)

static void put_file(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0) exit(2);
}

static void put_meta(struct shop *shop, const char *key, const char *text) {
    struct shop_command command;
    struct store_view *view = shop_begin(shop, &command);
    mx_status st = text ? store_raw_put(view, STORE_SPACE_META, span_of_text(key), span_of_text(text))
                        : store_raw_del(view, STORE_SPACE_META, span_of_text(key));
    if (st != MX_OK || shop_commit(&command) != MX_OK) shop_stop(shop, "meta");
}

/* An entry that takes more memory than one commit of the upgrade may. */
static void add_large(struct base_buf *value) {
    base_buf_text(value, "{\"data\":[0");
    for (int i = 0; i < 250000; i++) base_buf_text(value, ",0");
    base_buf_text(value, "]}");
}

/* The log as format 1 had it; the highest time stands in the middle, and one entry is nonsense. */
static void fill_log(struct shop *shop, int has_large) {
    for (int64_t seq = 1; seq <= ENTRIES;) {
        struct shop_command command;
        struct store_view *view = shop_begin(shop, &command);
        for (int n = 0; n < 1000 && seq <= ENTRIES; n++, seq++) {
            struct base_buf key, value;
            base_buf_init(&key, shop->arena);
            base_buf_init(&value, shop->arena);
            store_key_int(&key, 1);
            store_key_int(&key, seq);
            base_buf_text(&value, "a hash of thirty-two bytes......");
            if (seq == 77)
                base_buf_text(&value, "nonsense");
            else if (has_large && (seq == 6000 || seq == 6001))
                add_large(&value);
            else
                base_buf_printf(&value, "{\"at\":%lld,\"seq\":%lld}", (long long)(seq == 5000 ? HIGHEST : 1700000000000 + seq),
                                (long long)seq);
            if (store_raw_put(view, STORE_SPACE_LOG, (struct store_span){(const uint8_t *)key.ptr, key.len},
                              (struct store_span){(const uint8_t *)value.ptr, value.len}) != MX_OK)
                shop_stop(shop, "log");
        }
        if (shop_commit(&command) != MX_OK) shop_stop(shop, "commit");
        base_arena_reset(shop->arena);
    }
}

static int add_row(void *arg, struct mx_str line) {
    struct crypto_digest *digest = arg;
    if (memmem(line.ptr, line.len, "\"created_ms\":", 13) || memmem(line.ptr, line.len, "\"high\":", 7)) return 0;
    crypto_digest_add(digest, line.ptr, line.len);
    return 0;
}

/* All records but those that a format writes about itself. */
static void sum(struct store *store, uint8_t hash[CRYPTO_HASH_BYTES]) {
    struct crypto_digest digest;
    crypto_digest_init(&digest, NULL);
    if (store_dump(store, "", add_row, &digest) != MX_OK) exit(2);
    crypto_digest_final(&digest, hash);
}

/* A closed folder of format 1. */
static void format1_new(struct shop *shop, int has_large, uint8_t hash[CRYPTO_HASH_BYTES]) {
    uint8_t name[16];
    char text[128];
    shop_new(shop);
    shop_fill(shop, 0, 200, 100);
    fill_log(shop, has_large);
    sum(shop->store, hash);
    crypto_keys_name(shop->keys, name);
    strcpy(text, "{\"created_ms\":1699999999999,\"format\":1,\"key\":\"");
    for (size_t i = 0; i < sizeof(name); i++) snprintf(text + strlen(text), 3, "%02x", name[i]);
    strcat(text, "\"}");
    put_meta(shop, "shop", text);
    shop_close(shop);
    put_file(folder_path(&shop->folder, "data/format"), "merx-data 1\n");
}

static void must_be_upgraded(struct shop *shop, const uint8_t before[CRYPTO_HASH_BYTES]) {
    uint8_t after[CRYPTO_HASH_BYTES];
    struct store_view *view;
    struct store_span value = {NULL, 0};
    int64_t epoch = 0, high_ms = 0;
    char text[32] = "";
    FILE *file;
    REQUIRE(shop_open_again(shop) == MX_OK);
    sum(shop->store, after);
    CHECK(memcmp(before, after, sizeof(after)) == 0);
    view = shop_read(shop);
    CHECK_INT(store_epoch(view, &epoch), MX_OK);
    CHECK_INT(epoch, 1);
    CHECK_INT(store_high_ms(view, &high_ms), MX_OK);
    CHECK_INT(high_ms, HIGHEST);
    CHECK_INT(store_raw_get(view, STORE_SPACE_META, span_of_text("upgrade"), &value), MX_NONE);
    CHECK_INT(store_raw_get(view, STORE_SPACE_META, span_of_text("shop"), &value), MX_OK);
    CHECK(value.ptr && memmem(value.ptr, value.len, "\"created_ms\":1699999999999,\"format\":2,", 38));
    store_read_end(view);
    file = fopen(folder_path(&shop->folder, "data/format"), "r");
    CHECK(file && fgets(text, sizeof(text), file) && strcmp(text, "merx-data 2\n") == 0);
    if (file) fclose(file);
}

TEST(large_entries_are_passed) {
    struct shop shop;
    uint8_t before[CRYPTO_HASH_BYTES];
    format1_new(&shop, 1, before);
    must_be_upgraded(&shop, before);
    shop_free(&shop);
}

TEST(nothing_else_changes) {
    struct shop shop;
    uint8_t before[CRYPTO_HASH_BYTES];
    format1_new(&shop, 0, before);
    must_be_upgraded(&shop, before);
    shop_start(&shop);
    shop_free(&shop);
}

#ifdef MERX_FAULTS
/* Open in a child that dies or fails at the n-th passage of a point: 1 when it did. */
static int open_in_child(struct shop *shop, const char *point, int n, const char *how) {
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        char plan[64];
        mx_status st;
        base_log_level(BASE_LOG_ERROR + 1);
        snprintf(plan, sizeof(plan), "%s:%d%s", point, n, how);
        setenv("MERX_FAULT", plan, 1);
        st = shop_open_again(shop);
        _exit(st == MX_OK ? 0 : st == MX_E_IO ? 1 : 2);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) exit(2);
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) != 2);
    return WIFSIGNALED(status) || WEXITSTATUS(status) == 1;
}

/* One folder, cut short again and again at every point, each time a little later. */
static void cut_short(const char *how) {
    static const char *const points[] = {"store.upgrade", "store.apply", "store.commit", "store.committed"};
    struct shop shop;
    uint8_t before[CRYPTO_HASH_BYTES];
    int cuts = 0;
    for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++) {
        for (int n = 1; n <= 6; n++) {
            int cut;
            format1_new(&shop, 0, before);
            cut = open_in_child(&shop, points[i], n, how);
            cuts += cut;
            if (cut) open_in_child(&shop, points[i], 2, how); /* and once more on the way */
            must_be_upgraded(&shop, before);
            shop_free(&shop);
            if (!cut) break;
        }
    }
    CHECK(cuts >= (how[0] == '!' ? 12 : 9));
}

TEST(killed_anywhere) { cut_short("!"); }
TEST(failed_anywhere) { cut_short("+"); }
#else
TEST(killed_anywhere) {}
TEST(failed_anywhere) {}
#endif

/* ---- the epoch ---- */

static int64_t open_for_work(struct shop *shop, const char *name) {
    struct store *store = NULL;
    int64_t epoch = -1;
    if (shop_open_at(shop, name, &store) != MX_OK || store_epoch_open(store, &epoch, &shop->err) != MX_OK) shop_stop(shop, "open");
    store_close(store);
    return epoch;
}

TEST(restored_log_has_an_epoch_of_its_own) {
    struct shop shop;
    struct tape tape = {0}, second = {0};
    struct store_backup made, again;
    struct store *other = NULL;
    uint8_t hash[CRYPTO_HASH_BYTES];
    const int64_t before = base_now_ms() / 1000;
    int64_t begun;
    shop_new(&shop);
    shop_start(&shop);
    REQUIRE(shop_backup(&shop, &tape, &made) == MX_OK);
    shop_close(&shop);
    CHECK_INT(open_for_work(&shop, "data"), 1);
    CHECK_INT(open_for_work(&shop, "data"), 1);
    REQUIRE(tape_restore(&shop, &tape, "other", &again) == MX_OK);
    REQUIRE(shop_open_at(&shop, "other", &other) == MX_OK);
    CHECK_INT(store_export_hash(other, hash, NULL), MX_OK); /* looking alone changes nothing */
    CHECK(memcmp(hash, made.hash, sizeof(hash)) == 0);
    store_close(other);
    begun = open_for_work(&shop, "other");
    CHECK(begun >= before && begun <= base_now_ms() / 1000);
    CHECK_INT(open_for_work(&shop, "other"), begun);
    REQUIRE(tape_restore(&shop, &tape, "third", &again) == MX_OK);
    CHECK_INT(store_restored_above(folder_path(&shop.folder, "third"), UINT32_MAX / 2, &shop.err), MX_OK);
    CHECK_INT(open_for_work(&shop, "third"), UINT32_MAX / 2 + 1);
    REQUIRE(shop_open_at(&shop, "third", &shop.store) == MX_OK);
    REQUIRE(shop_backup(&shop, &second, &made) == MX_OK);
    REQUIRE(tape_restore(&shop, &second, "fourth", &again) == MX_OK);
    CHECK_INT(open_for_work(&shop, "fourth"), UINT32_MAX / 2 + 2);
    base_buf_fini(&tape.bytes);
    base_buf_fini(&second.bytes);
    shop_free(&shop);
}

RUN_TESTS(CASE(nothing_else_changes), CASE(large_entries_are_passed), CASE(killed_anywhere), CASE(failed_anywhere),
          CASE(restored_log_has_an_epoch_of_its_own))
