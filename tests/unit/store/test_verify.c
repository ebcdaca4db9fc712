/* Damage is found, named and never served. The damage is done behind the store's back, through the driver. */
#include "shop.h"
#include "store/driver.h"
#include "support/check.h"

struct item {
    struct mx_rec rec;
    struct mx_str sku;
    struct mx_str code;
    struct mx_str group;
    int64_t price;
};
static const struct mx_field item_fields[] = {
    MX_F_STR(item, sku, MX_REQUIRED, 1, 64, "article"),
    MX_F_STR(item, code, 0, 0, 64, "barcode"),
    MX_F_STR(item, group, 0, 0, 64, "group"),
    MX_F_MONEY(item, price, MX_REQUIRED, 0, MX_INT_MAX, "price"),
};
MX_TYPE_REC(item, "test.item", "an item");
static const struct mx_index item_indexes[] = {{"code", "code", MX_INDEX_UNIQUE}, {"group", "group", 0}};
static const struct mx_table item_table = {sizeof(struct mx_table), 0, "test.items", "items", &item_type, "sku", NULL, item_indexes, 2,
                                           sizeof(struct mx_index)};

/* Spaces are given in order: the table, then its indexes. */
#define ITEMS  STORE_SPACE_FIRST
#define CODES  (STORE_SPACE_FIRST + 1)
#define GROUPS (STORE_SPACE_FIRST + 2)

static void open_shop(struct shop *shop) {
    struct shop_command command;
    struct store_view *view;
    shop_new(shop);
    if (store_table_add(shop->store, "test", &item_table, &shop->err) != MX_OK) shop_stop(shop, "items");
    shop_start(shop);
    view = shop_begin(shop, &command);
    for (int i = 0; i < 20; i++) {
        struct item item;
        memset(&item, 0, sizeof(item));
        item.sku = base_arena_printf(shop->arena, "S%02d", i);
        item.code = base_arena_printf(shop->arena, "69%02d", i);
        item.group = base_arena_printf(shop->arena, "g%d", i % 3);
        item.price = i;
        if (store_put(view, &item_table, &item, &shop->err) != MX_OK) shop_stop(shop, "put");
    }
    if (shop_commit(&command) != MX_OK) shop_stop(shop, "commit");
}

static void start_again(struct shop *shop) {
    if (shop_open_again(shop) != MX_OK) shop_stop(shop, "open");
    if (store_table_add(shop->store, "test", &item_table, &shop->err) != MX_OK) shop_stop(shop, "items");
    shop_start(shop);
}

/* The stored key of the text in the space (a text key; the index of groups has the record's key behind). */
static struct store_bytes key_of(struct shop *shop, uint16_t space, const char *first, const char *second) {
    struct base_buf key;
    base_buf_init(&key, shop->arena);
    base_buf_char(&key, (char)(space >> 8));
    base_buf_char(&key, (char)space);
    store_key_text(&key, mx_str_of(first));
    if (second) store_key_text(&key, mx_str_of(second));
    return (struct store_bytes){key.ptr, key.len};
}

/* Change what stands under a key, with the store closed. value NULL: delete. flip < 0: write `value` as it is; otherwise
 * flip that bit of what is there. */
static void tamper(struct shop *shop, struct store_bytes key, struct store_bytes value, long flip) {
    struct store_driver_opts opts = {folder_path(&shop->folder, "data"), UINT64_C(1) << 30, 0, 0};
    struct store_reader *group;
    struct store_write write = {key, value};
    struct store_db *db;
    uint8_t copy[4096];
    shop_close(shop);
    if (store_lmdb.open(&opts, &db, &shop->err) != MX_OK) shop_stop(shop, "driver open");
    if (store_lmdb.group_begin(db, &group) != MX_OK) exit(2);
    if (flip >= 0) {
        struct store_bytes there;
        if (store_lmdb.get(group, key, &there) != MX_OK) exit(2);
        memcpy(copy, there.ptr, there.len);
        copy[(size_t)flip / 8 % there.len] ^= (uint8_t)(1 << flip % 8);
        write.value = (struct store_bytes){copy, there.len};
    }
    if (store_lmdb.group_apply(group, &write, 1) != MX_OK || store_lmdb.group_commit(group) != MX_OK) exit(2);
    store_lmdb.close(db);
    start_again(shop);
}

/* ---- verify ---- */

static char findings[20][240];
static int found_count;
static void on_found(void *arg, const char *what) {
    (void)arg;
    if (found_count < 20) snprintf(findings[found_count], sizeof(findings[0]), "%s", what);
    found_count++;
}
static int verify(struct shop *shop) {
    uint64_t records = 0;
    found_count = 0;
    CHECK_INT(store_verify(shop->store, on_found, NULL, &records), MX_OK);
    return found_count;
}
static int found(const char *what) {
    for (int i = 0; i < found_count; i++)
        if (strcmp(findings[i], what) == 0) return 1;
    for (int i = 0; i < found_count; i++) printf("# found: %s\n", findings[i]);
    return 0;
}

static const struct store_bytes nothing = {NULL, 0};

TEST(clean) {
    struct shop shop;
    uint64_t records = 0;
    open_shop(&shop);
    found_count = 0;
    CHECK_INT(store_verify(shop.store, on_found, NULL, &records), MX_OK);
    CHECK_INT(found_count, 0);
    CHECK_INT(records, 60 + 5); /* items and entries; shop, table, two indexes, next */
    shop_free(&shop);
}

TEST(every_flipped_bit_of_a_record) {
    struct shop shop;
    struct item probe = {.sku = MX_STR_INIT("S07")}, *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    for (long bit = 0; bit < 400; bit += 13) {
        tamper(&shop, key_of(&shop, ITEMS, "S07", NULL), nothing, bit);
        verify(&shop);
        CHECK(found("test.items S07: its checksum is wrong"));
        view = shop_read(&shop);
        CHECK_INT(store_get(view, &item_table, &probe, (void **)&got, &shop.err), MX_E_DAMAGED);
        CHECK(strstr(shop.err.message, "S07") && strstr(shop.err.message, "test.items"));
        store_read_end(view);
        tamper(&shop, key_of(&shop, ITEMS, "S07", NULL), nothing, bit);
        CHECK_INT(verify(&shop), 0);
    }
    shop_free(&shop);
}

TEST(a_record_moved_to_another_key) {
    struct shop shop;
    struct store_driver_opts opts = {NULL, UINT64_C(1) << 30, 0, 0};
    struct store_bytes stored;
    struct store_reader *reader;
    struct store_db *db;
    uint8_t copy[1024];
    open_shop(&shop);
    shop_close(&shop);
    opts.dir = folder_path(&shop.folder, "data");
    REQUIRE(store_lmdb.open(&opts, &db, &shop.err) == MX_OK);
    REQUIRE(store_lmdb.snapshot_begin(db, &reader) == MX_OK);
    REQUIRE(store_lmdb.get(reader, key_of(&shop, ITEMS, "S01", NULL), &stored) == MX_OK);
    memcpy(copy, stored.ptr, stored.len);
    stored.ptr = copy;
    store_lmdb.snapshot_end(reader);
    store_lmdb.close(db);
    start_again(&shop);
    tamper(&shop, key_of(&shop, ITEMS, "S02", NULL), stored, -1);
    verify(&shop);
    CHECK(found("test.items S02: its checksum is wrong"));
    shop_free(&shop);
}

TEST(scans_name_the_damage) {
    struct shop shop;
    struct item *got;
    struct mx_scan *scan;
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "group"};
    struct store_view *view;
    mx_status st;
    int n = 0;
    open_shop(&shop);
    tamper(&shop, key_of(&shop, ITEMS, "S03", NULL), nothing, 100);
    view = shop_read(&shop);
    CHECK_INT(store_scan_open(view, &item_table, NULL, NULL, &scan, &shop.err), MX_OK);
    while ((st = store_scan_next(scan, (void **)&got, &shop.err)) == MX_OK) n++;
    CHECK_INT(st, MX_E_DAMAGED);
    CHECK_INT(n, 3);
    CHECK(strstr(shop.err.message, "S03") != NULL);
    CHECK_INT(store_scan_open(view, &item_table, &opts, NULL, &scan, &shop.err), MX_OK);
    while ((st = store_scan_next(scan, (void **)&got, &shop.err)) == MX_OK) continue;
    CHECK_INT(st, MX_E_DAMAGED);
    store_read_end(view);
    shop_free(&shop);
}

/* Taking out, damaging and inventing index entries. */
TEST(index_entries) {
    struct shop shop;
    struct item probe = {.sku = MX_STR_INIT("S04"), .code = MX_STR_INIT("6904")}, *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    tamper(&shop, key_of(&shop, CODES, "6904", NULL), nothing, -1);
    tamper(&shop, key_of(&shop, GROUPS, "g2", "S05"), nothing, -1);
    tamper(&shop, key_of(&shop, GROUPS, "g0", "S06"), nothing, 5);
    CHECK_INT(verify(&shop), 4);
    CHECK(found("test.items S04: its entry is missing in the index code"));
    CHECK(found("test.items S05: its entry is missing in the index group"));
    CHECK(found("test.items S06: its entry is damaged in the index group"));
    CHECK(found("test.items.group g0/533036"
                "0000: its checksum is wrong"));
    view = shop_read(&shop);
    CHECK_INT(store_find(view, &item_table, "code", &probe, (void **)&got, &shop.err), MX_NONE);
    store_read_end(view);
    tamper(&shop, key_of(&shop, CODES, "6905", NULL), nothing, 3);
    view = shop_read(&shop);
    probe.code = mx_str_of("6905");
    CHECK_INT(store_find(view, &item_table, "code", &probe, (void **)&got, &shop.err), MX_E_DAMAGED);
    store_read_end(view);
    shop_free(&shop);
}

/* Entries that were written well but should not be there: through the store's own raw face, so that checksums are right. */
TEST(strange_entries) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct base_buf key;
    struct item probe = {.code = MX_STR_INIT("nobody")}, *got = NULL;
    struct store_bytes target;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    base_buf_init(&key, shop.arena);
    store_key_text(&key, mx_str_of("nobody"));
    target = key_of(&shop, ITEMS, "S99", NULL);
    CHECK_INT(store_raw_put(view, CODES, (struct store_span){(const uint8_t *)key.ptr, key.len},
                            (struct store_span){(const uint8_t *)target.ptr + 2, target.len - 2}),
              MX_OK);
    base_buf_init(&key, shop.arena);
    store_key_text(&key, mx_str_of("wrong"));
    store_key_text(&key, mx_str_of("S01"));
    CHECK_INT(store_raw_put(view, GROUPS, (struct store_span){(const uint8_t *)key.ptr, key.len}, (struct store_span){NULL, 0}), MX_OK);
    base_buf_init(&key, shop.arena);
    store_key_text(&key, mx_str_of("S50"));
    CHECK_INT(store_raw_put(view, ITEMS, (struct store_span){(const uint8_t *)key.ptr, key.len},
                            (struct store_span){(const uint8_t *)"{\"price\":", 9}),
              MX_OK);
    base_buf_init(&key, shop.arena);
    store_key_text(&key, mx_str_of("S51"));
    CHECK_INT(store_raw_put(view, ITEMS, (struct store_span){(const uint8_t *)key.ptr, key.len},
                            (struct store_span){(const uint8_t *)"{\"rev\":1,\"sku\":\"S52\"}", 21}),
              MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify(&shop), 4);
    CHECK(found("test.items.code nobody: the entry points to no record"));
    CHECK(found("test.items.group wrong/5330310000: the entry points to a record with another value"));
    CHECK(found("test.items S50: The record S50 of test.items is damaged: its text cannot be read."));
    CHECK(found("test.items S51: its fields say another key"));
    view = shop_read(&shop);
    CHECK_INT(store_find(view, &item_table, "code", &probe, (void **)&got, &shop.err), MX_E_DAMAGED);
    store_read_end(view);
    shop_free(&shop);
}

TEST(damaged_shop_record) {
    struct shop shop;
    struct store_driver_opts opts = {NULL, UINT64_C(1) << 30, 0, 0};
    struct store_reader *group;
    struct store_db *db;
    struct store_bytes there;
    struct store_write write;
    uint8_t copy[256];
    open_shop(&shop);
    shop_close(&shop);
    opts.dir = folder_path(&shop.folder, "data");
    REQUIRE(store_lmdb.open(&opts, &db, &shop.err) == MX_OK);
    REQUIRE(store_lmdb.group_begin(db, &group) == MX_OK);
    write.key = (struct store_bytes){"\0\1shop", 6};
    REQUIRE(store_lmdb.get(group, write.key, &there) == MX_OK);
    memcpy(copy, there.ptr, there.len);
    copy[2] ^= 4;
    write.value = (struct store_bytes){copy, there.len};
    CHECK_INT(store_lmdb.group_apply(group, &write, 1), MX_OK);
    CHECK_INT(store_lmdb.group_commit(group), MX_OK);
    store_lmdb.close(db);
    CHECK_INT(shop_open_again(&shop), MX_E_DAMAGED);
    shop.store = NULL;
    shop_free(&shop);
}

/* ---- dump ---- */

struct lines {
    struct base_arena *arena;
    struct mx_str line[100];
    int count, stop_at;
};

static int on_row(void *arg, struct mx_str line) {
    struct lines *lines = arg;
    if (lines->count < 100) lines->line[lines->count] = base_arena_dup(lines->arena, line);
    lines->count++;
    return lines->count == lines->stop_at;
}

TEST(dump) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct lines lines = {.count = 0};
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_raw_put(view, STORE_SPACE_CURSORS, (struct store_span){(const uint8_t *)"ab", 2},
                            (struct store_span){(const uint8_t *)"\xFF", 1}),
              MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    lines.arena = shop.arena;
    CHECK_INT(store_dump(shop.store, "test.items", on_row, &lines), MX_OK);
    CHECK_INT(lines.count, 20);
    CHECK_STR(lines.line[3],
              "{\"key\":\"S03\",\"table\":\"test.items\",\"value\":{\"code\":\"6903\",\"group\":\"g0\",\"price\":3,\"rev\":1,"
              "\"sku\":\"S03\"}}");
    lines.count = 0;
    lines.stop_at = 5;
    CHECK_INT(store_dump(shop.store, "test.", on_row, &lines), MX_OK);
    CHECK_INT(lines.count, 5);
    lines.count = 0;
    lines.stop_at = 0;
    CHECK_INT(store_dump(shop.store, "kernel.cursors", on_row, &lines), MX_OK);
    CHECK_INT(lines.count, 1);
    CHECK_STR(lines.line[0], "{\"key\":\"6162\",\"table\":\"kernel.cursors\",\"value\":\"_w\"}");
    /* The same tables without their plugin: the records are still there to be read. */
    shop_close(&shop);
    REQUIRE(shop_open_again(&shop) == MX_OK);
    shop_start(&shop);
    lines.count = 0;
    CHECK_INT(store_dump(shop.store, "test.items", on_row, &lines), MX_OK);
    CHECK_INT(lines.count, 20);
    CHECK(strstr(lines.line[3].ptr, "\"sku\":\"S03\"") != NULL);
    shop_free(&shop);
}

RUN_TESTS(CASE(clean), CASE(every_flipped_bit_of_a_record), CASE(a_record_moved_to_another_key), CASE(scans_name_the_damage),
          CASE(index_entries), CASE(strange_entries), CASE(damaged_shop_record), CASE(dump))
