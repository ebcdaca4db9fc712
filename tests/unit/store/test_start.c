/* Tables over the years: indexes come, change and go; packed records grow; a key never changes. */
#include "shop.h"
#include "store/driver.h"
#include "support/check.h"

struct item {
    struct mx_rec rec;
    struct mx_str sku;
    struct mx_str group;
    int64_t price;
};
static const struct mx_field item_fields[] = {
    MX_F_STR(item, sku, MX_REQUIRED, 1, 64, "article"),
    MX_F_STR(item, group, 0, 0, 64, "group"),
    MX_F_MONEY(item, price, MX_REQUIRED, 0, MX_INT_MAX, "price"),
};
MX_TYPE_REC(item, "test.item", "an item");
static const struct mx_index by_group[] = {{"group", "group", 0}};
static const struct mx_index by_both[] = {{"group", "group", 0}, {"price", "price", 0}};
static const struct mx_index by_group_price[] = {{"group", "group price", 0}};
static const struct mx_index unique_group[] = {{"group", "group", MX_INDEX_UNIQUE}};

static struct mx_table item_table(const struct mx_index *indexes, uint32_t count) {
    struct mx_table table = {sizeof(struct mx_table), 0, "test.items", "items", &item_type, "sku", NULL, indexes, count,
                             sizeof(struct mx_index)};
    return table;
}

/* Close, open, register and start again. */
static mx_status again(struct shop *shop, const struct mx_table *table) {
    mx_status st;
    if (shop->store) {
        shop_close(shop);
        if (shop_open_again(shop) != MX_OK) shop_stop(shop, "open");
    } else
        shop_new(shop);
    st = store_table_add(shop->store, "test", table, &shop->err);
    return st == MX_OK ? store_start(shop->store, &shop->err) : st;
}

static void put_items(struct shop *shop, const struct mx_table *table, int from, int to) {
    for (int i = from; i < to;) {
        struct shop_command command;
        struct store_view *view = shop_begin(shop, &command);
        for (int n = 0; n < 2000 && i < to; n++, i++) {
            struct item item;
            char sku[16], group[16];
            memset(&item, 0, sizeof(item));
            snprintf(sku, sizeof(sku), "S%05d", i);
            snprintf(group, sizeof(group), "g%d", i % 100);
            item.sku = mx_str_of(sku);
            item.group = mx_str_of(group);
            item.price = i;
            if (store_put(view, table, &item, &shop->err) != MX_OK) shop_stop(shop, "put");
        }
        if (shop_commit(&command) != MX_OK) shop_stop(shop, "commit");
        base_arena_reset(shop->arena);
    }
}

static int count_of(struct shop *shop, const struct mx_table *table, const char *index) {
    struct store_view *view = shop_read(shop);
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = index};
    struct mx_scan *scan;
    void *record;
    int n = 0;
    CHECK_INT(store_scan_open(view, table, &opts, NULL, &scan, &shop->err), MX_OK);
    while (store_scan_next(scan, &record, &shop->err) == MX_OK) n++;
    store_read_end(view);
    base_arena_reset(shop->arena);
    return n;
}

static int found_count;
static void on_found(void *arg, const char *what) {
    (void)arg;
    if (found_count++ < 5) printf("# verify: %s\n", what);
}
static int verify_finds(struct shop *shop, uint64_t want_records) {
    uint64_t records = 0;
    found_count = 0;
    CHECK_INT(store_verify(shop->store, on_found, NULL, &records), MX_OK);
    if (want_records) CHECK_INT(records, want_records);
    return found_count;
}

TEST(indexes_come_and_go) {
    struct shop shop = {.store = NULL};
    struct mx_table none = item_table(NULL, 0), one = item_table(by_group, 1), two = item_table(by_both, 2),
                    changed = item_table(by_group_price, 1), unique = item_table(unique_group, 1);
    struct store_stat before, after;
    CHECK_INT(again(&shop, &none), MX_OK);
    put_items(&shop, &none, 0, 9001); /* more than one write set holds */
    CHECK_INT(again(&shop, &one), MX_OK);
    CHECK_INT(count_of(&shop, &one, "group"), 9001);
    CHECK_INT(verify_finds(&shop, 18002 + 4), 0); /* records, entries; shop, table, index, next */
    CHECK_INT(again(&shop, &two), MX_OK);
    CHECK_INT(count_of(&shop, &two, "price"), 9001);
    put_items(&shop, &two, 9001, 9010);
    CHECK_INT(again(&shop, &changed), MX_OK); /* "price" goes, "group" means something else */
    CHECK_INT(count_of(&shop, &changed, "group"), 9010);
    CHECK_INT(verify_finds(&shop, 18020 + 4), 0);
    put_items(&shop, &changed, 9010, 9020);
    CHECK_INT(again(&shop, &two), MX_OK); /* "price" comes back and knows the new ones */
    CHECK_INT(count_of(&shop, &two, "price"), 9020);
    CHECK_INT(count_of(&shop, &two, "group"), 9020);
    CHECK_INT(verify_finds(&shop, 0), 0);
    CHECK_INT(again(&shop, &unique), MX_E_BAD_PLUGIN); /* they are not unique: nothing is changed */
    CHECK(strstr(shop.err.message, "unique") != NULL);
    shop_close(&shop);
    CHECK_INT(shop_open_again(&shop), MX_OK);
    CHECK_INT(store_table_add(shop.store, "test", &two, &shop.err), MX_OK);
    store_stat(shop.store, &before);
    CHECK_INT(store_start(shop.store, &shop.err), MX_OK);
    store_stat(shop.store, &after);
    CHECK_INT(after.commits - before.commits, 0); /* an unchanged start writes nothing */
    CHECK_INT(count_of(&shop, &two, "group"), 9020);
    CHECK_INT(verify_finds(&shop, 0), 0);
    shop_free(&shop);
}

TEST(a_key_never_changes) {
    struct shop shop = {.store = NULL};
    struct mx_table table = item_table(NULL, 0);
    CHECK_INT(again(&shop, &table), MX_OK);
    put_items(&shop, &table, 0, 3);
    table.key = "sku group";
    CHECK_INT(again(&shop, &table), MX_E_BAD_PLUGIN);
    CHECK(strstr(shop.err.message, "test.items") != NULL);
    shop_free(&shop);
}

/* ---- packed records grow at the end ---- */

struct old_count {
    struct mx_rec rec;
    struct mx_str sku;
    int64_t on_hand;
};
static const struct mx_field old_count_fields[] = {
    MX_F_STR(old_count, sku, MX_REQUIRED, 1, 64, "article"),
    MX_F_QTY(old_count, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "on hand"),
};
MX_TYPE_REC(old_count, "test.count", "a count");
struct new_count {
    struct mx_rec rec;
    struct mx_str sku;
    int64_t on_hand;
    int64_t reserved;
};
static const struct mx_field new_count_fields[] = {
    MX_F_STR(new_count, sku, MX_REQUIRED, 1, 64, "article"),
    MX_F_QTY(new_count, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "on hand"),
    MX_F_QTY(new_count, reserved, 0, -MX_INT_MAX, MX_INT_MAX, "reserved"),
};
MX_TYPE_REC(new_count, "test.count", "a count");
struct other_count {
    struct mx_rec rec;
    struct mx_str sku;
    int64_t reserved;
    int64_t on_hand;
};
static const struct mx_field other_count_fields[] = {
    MX_F_STR(other_count, sku, MX_REQUIRED, 1, 64, "article"),
    MX_F_QTY(other_count, reserved, 0, -MX_INT_MAX, MX_INT_MAX, "reserved"),
    MX_F_QTY(other_count, on_hand, 0, -MX_INT_MAX, MX_INT_MAX, "on hand"),
};
MX_TYPE_REC(other_count, "test.count", "a count");

static struct mx_table count_table(const struct mx_type *type, uint32_t flags) {
    struct mx_table table = {sizeof(struct mx_table), flags, "test.counts", "counts", type, "sku", NULL, NULL, 0, sizeof(struct mx_index)};
    return table;
}

TEST(packed_records_grow) {
    struct shop shop = {.store = NULL};
    struct shop_command command;
    struct mx_table was = count_table(&old_count_type, MX_TABLE_PACKED), is = count_table(&new_count_type, MX_TABLE_PACKED),
                    other = count_table(&other_count_type, MX_TABLE_PACKED), open = count_table(&new_count_type, 0);
    struct old_count old = {.sku = MX_STR_INIT("A"), .on_hand = 41};
    struct new_count probe = {.sku = MX_STR_INIT("A")}, *got = NULL;
    struct store_view *view;
    CHECK_INT(again(&shop, &was), MX_OK);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_put(view, &was, &old, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(again(&shop, &is), MX_OK);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_get(view, &is, &probe, (void **)&got, &shop.err), MX_OK);
    REQUIRE(got);
    CHECK_INT(got->on_hand, 41);
    CHECK_INT(got->reserved, 0);
    got->reserved = 5;
    CHECK_INT(store_put(view, &is, got, &shop.err), MX_OK);
    CHECK_INT(store_get(view, &is, &probe, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(got->reserved, 5);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop, 0), 0);
    CHECK_INT(again(&shop, &other), MX_E_BAD_PLUGIN); /* another order would swap the numbers */
    CHECK_INT(again(&shop, &open), MX_E_BAD_PLUGIN);
    CHECK_INT(again(&shop, &was), MX_E_BAD_PLUGIN); /* an older program would cut them off */
    shop_free(&shop);
}

/* ---- the same definition in two objects ---- */

TEST(a_copy_of_the_definition) {
    struct shop shop = {.store = NULL};
    struct shop_command command;
    struct mx_table table = item_table(by_group, 1), copy = table, stranger = table;
    struct item item = {.sku = MX_STR_INIT("A"), .price = 5}, *got = NULL;
    struct store_view *view;
    stranger.name = "test.strangers";
    CHECK_INT(again(&shop, &table), MX_OK);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_put(view, &copy, &item, &shop.err), MX_OK);
    CHECK_INT(store_get(view, &table, &item, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(store_get(view, &stranger, &item, (void **)&got, &shop.err), MX_E_INTERNAL);
    CHECK(strstr(shop.err.message, "test.strangers") != NULL);
    shop_drop(&command);
    shop_free(&shop);
}

/* Flip one bit in the key of the first line of the list of tables whose key begins so, with the store closed. */
static void bend_key(struct shop *shop, const char *begin) {
    struct store_driver_opts opts = {folder_path(&shop->folder, "data"), UINT64_C(1) << 30, 0, 0};
    struct store_reader *group;
    struct store_cursor *cursor;
    struct store_db *db;
    struct store_bytes k, v, from;
    struct store_write writes[2];
    uint8_t key[256], value[256];
    size_t len = strlen(begin) + 2;
    memcpy(key, "\0\1", 2);
    memcpy(key + 2, begin, len - 2);
    from = (struct store_bytes){key, len};
    if (store_lmdb.open(&opts, &db, &shop->err) != MX_OK || store_lmdb.group_begin(db, &group) != MX_OK) exit(2);
    if (store_lmdb.cursor_open(group, &cursor) != MX_OK || store_lmdb.cursor_seek(cursor, from, 0, &k, &v) != MX_OK) exit(2);
    memcpy(key, k.ptr, k.len);
    memcpy(value, v.ptr, v.len);
    writes[0].key = (struct store_bytes){key, k.len};
    writes[0].value = (struct store_bytes){NULL, 0};
    writes[1].value = (struct store_bytes){value, v.len};
    store_lmdb.cursor_close(cursor);
    if (store_lmdb.group_apply(group, writes, 1) != MX_OK) exit(2);
    key[5] ^= 1;
    writes[1].key = writes[0].key;
    if (store_lmdb.group_apply(group, writes + 1, 1) != MX_OK || store_lmdb.group_commit(group) != MX_OK) exit(2);
    store_lmdb.close(db);
}

TEST(a_damaged_list_of_tables_stops_the_start) {
    static const char *const lines[] = {"table", "index", "next"};
    struct mx_table table = item_table(by_group, 1);
    for (int i = 0; i < 3; i++) {
        struct shop shop = {.store = NULL};
        CHECK_INT(again(&shop, &table), MX_OK);
        put_items(&shop, &table, 0, 3);
        shop_close(&shop);
        bend_key(&shop, lines[i]);
        if (shop_open_again(&shop) != MX_OK) shop_stop(&shop, "open");
        CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_OK);
        CHECK_INT(store_start(shop.store, &shop.err), MX_E_DAMAGED);
        CHECK(strstr(shop.err.message, "list of tables") != NULL);
        shop_free(&shop);
    }
}

RUN_TESTS(CASE(indexes_come_and_go), CASE(a_damaged_list_of_tables_stops_the_start), CASE(a_key_never_changes), CASE(packed_records_grow),
          CASE(a_copy_of_the_definition))
