/* Tables of every kind for the tests of the store, and a store that has them. */
#ifndef TESTS_UNIT_STORE_THINGS_H
#define TESTS_UNIT_STORE_THINGS_H

#include "shop.h"
#include "support/check.h"

#define MAX MX_INT_MAX

static const char *const state_words[] = {"open", "closed", NULL};

struct thing {
    struct mx_rec rec;
    struct mx_str sku;
    struct mx_str place;
    struct mx_str group;
    int64_t price;
    int64_t due;
    int32_t state;
    uint8_t active;
    struct mx_list codes;
    struct mx_str note;
};

static const struct mx_field thing_fields[] = {
    MX_F_STR(thing, sku, MX_REQUIRED, 1, 400, "article"),
    MX_F_STR(thing, place, 0, 0, 400, "where"),
    MX_F_STR(thing, group, 0, 0, 400, "group"),
    MX_F_MONEY(thing, price, MX_REQUIRED, -MAX, MAX, "price"),
    MX_F_TIME(thing, due, 0, "due"),
    MX_F_ENUM(thing, state, 0, state_words, "state"),
    MX_F_BOOL(thing, active, 0, "active"),
    MX_F_STRS(thing, codes, 0, 0, 100, "barcodes"),
    MX_F_STR(thing, note, 0, 0, 1000, "note"),
};
MX_TYPE_REC(thing, "test.thing", "a thing");

static const struct mx_index thing_indexes[] = {
    {"by_group", "group price", 0},  {"by_code", "codes", MX_INDEX_UNIQUE}, {"by_due", "due", 0},
    {"by_state", "state active", 0}, {"by_place_code", "place codes", 0},
};
static const struct mx_table thing_table = {sizeof(struct mx_table), 0, "test.things",          "things", &thing_type, "sku", NULL,
                                            thing_indexes,           5, sizeof(struct mx_index)};

struct count {
    struct mx_rec rec;
    struct mx_str sku;
    int64_t lot;
    int64_t on_hand;
    int64_t reserved;
    int32_t state;
    uint8_t flag;
};
static const struct mx_field count_fields[] = {
    MX_F_STR(count, sku, MX_REQUIRED, 1, 64, "article"), MX_F_INT(count, lot, 0, -MAX, MAX, "lot"),
    MX_F_QTY(count, on_hand, 0, -MAX, MAX, "on hand"),   MX_F_QTY(count, reserved, 0, -MAX, MAX, "reserved"),
    MX_F_ENUM(count, state, 0, state_words, "state"),    MX_F_BOOL(count, flag, 0, "flag"),
};
MX_TYPE_REC(count, "test.count", "a count");
static const struct mx_index count_indexes[] = {{"by_lot", "lot sku", 0}, {"by_hand", "on_hand", 0}};
static const struct mx_table count_table = {
    sizeof(struct mx_table), MX_TABLE_PACKED, "test.counts", "counts", &count_type, "sku lot", NULL, count_indexes, 2,
    sizeof(struct mx_index)};

struct entry {
    struct mx_rec rec;
    struct mx_str account;
    int64_t seq;
    int64_t amount;
};
static const struct mx_field entry_fields[] = {
    MX_F_STR(entry, account, MX_REQUIRED, 1, 64, "account"),
    MX_F_INT(entry, seq, MX_REQUIRED, 1, MAX, "number"),
    MX_F_MONEY(entry, amount, 0, -MAX, MAX, "amount"),
};
MX_TYPE_REC(entry, "test.entry", "a ledger entry");
static const struct mx_table entry_table = {
    sizeof(struct mx_table), MX_TABLE_APPEND, "test.entries", "ledger", &entry_type, "account seq", NULL, NULL, 0, sizeof(struct mx_index)};

struct price {
    struct mx_rec rec;
    struct mx_str sku;
    int64_t price;
    int64_t floor;
};
static const struct mx_field price_fields[] = {
    MX_F_STR(price, sku, MX_REQUIRED, 1, 64, "article"),
    MX_F_MONEY(price, price, MX_REQUIRED, -MAX, MAX, "price"),
    MX_F_MONEY(price, floor, 0, -MAX, MAX, "never below"),
};
MX_TYPE_REC(price, "test.price", "a price");
static const struct mx_index price_indexes[] = {{"by_price", "price", 0}, {"by_floor", "floor", 0}};
static const struct mx_table price_table = {sizeof(struct mx_table), 0, "test.prices",          "prices", &price_type, "sku", NULL,
                                            price_indexes,           2, sizeof(struct mx_index)};

static inline void open_shop(struct shop *shop) {
    shop_new(shop);
    if (store_table_add(shop->store, "test", &price_table, &shop->err) != MX_OK) shop_stop(shop, "prices");
    if (store_table_add(shop->store, "test", &thing_table, &shop->err) != MX_OK) shop_stop(shop, "things");
    if (store_table_add(shop->store, "test", &count_table, &shop->err) != MX_OK) shop_stop(shop, "counts");
    if (store_table_add(shop->store, "test", &entry_table, &shop->err) != MX_OK) shop_stop(shop, "entries");
    shop_start(shop);
}

static inline struct thing thing_of(const char *sku, const char *group, int64_t price) {
    struct thing thing;
    memset(&thing, 0, sizeof(thing));
    thing.sku = mx_str_of(sku);
    thing.group = mx_str_of(group);
    thing.price = price;
    return thing;
}

static inline struct mx_list codes_of(struct mx_str *codes, uint32_t count) {
    struct mx_list list = {codes, count, sizeof(struct mx_str)};
    return list;
}

static int found_count;
static inline void on_found(void *arg, const char *what) {
    (void)arg;
    printf("# verify: %s\n", what);
    found_count++;
}
static inline int verify_finds(struct shop *shop) {
    uint64_t records = 0;
    found_count = 0;
    CHECK_INT(store_verify(shop->store, on_found, NULL, &records), MX_OK);
    return found_count;
}

static inline int index_size(struct shop *shop, const char *index) {
    struct store_view *view = shop_read(shop);
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = index};
    struct mx_scan *scan;
    void *record;
    int n = 0;
    CHECK_INT(store_scan_open(view, &thing_table, &opts, NULL, &scan, &shop->err), MX_OK);
    while (store_scan_next(scan, &record, &shop->err) == MX_OK) n++;
    store_read_end(view);
    return n;
}

#endif
