/* Typed tables: put, get, revisions, indexes of every kind, scans and cursors. */
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

static void open_shop(struct shop *shop) {
    shop_new(shop);
    if (store_table_add(shop->store, "test", &thing_table, &shop->err) != MX_OK) shop_stop(shop, "things");
    if (store_table_add(shop->store, "test", &count_table, &shop->err) != MX_OK) shop_stop(shop, "counts");
    if (store_table_add(shop->store, "test", &entry_table, &shop->err) != MX_OK) shop_stop(shop, "entries");
    shop_start(shop);
}

static struct thing thing_of(const char *sku, const char *group, int64_t price) {
    struct thing thing;
    memset(&thing, 0, sizeof(thing));
    thing.sku = mx_str_of(sku);
    thing.group = mx_str_of(group);
    thing.price = price;
    return thing;
}

static struct mx_list codes_of(struct mx_str *codes, uint32_t count) {
    struct mx_list list = {codes, count, sizeof(struct mx_str)};
    return list;
}

static int found_count;
static void on_found(void *arg, const char *what) {
    (void)arg;
    printf("# verify: %s\n", what);
    found_count++;
}
static int verify_finds(struct shop *shop) {
    uint64_t records = 0;
    found_count = 0;
    CHECK_INT(store_verify(shop->store, on_found, NULL, &records), MX_OK);
    return found_count;
}

TEST(put_and_get) {
    struct shop shop;
    struct shop_command command;
    struct thing thing = thing_of("A-1", "tea", 1990), *got = NULL;
    struct mx_str codes[] = {MX_STR_INIT("690000000001"), MX_STR_INIT("690000000002")};
    struct store_view *view;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    thing.codes = codes_of(codes, 2);
    thing.state = 2;
    thing.active = 1;
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    CHECK_INT(thing.rec.rev, 1);
    CHECK_INT(store_get(view, &thing_table, &thing, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(got->price, 1990);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_read(&shop);
    got = NULL;
    CHECK_INT(store_get(view, &thing_table, &thing, (void **)&got, &shop.err), MX_OK);
    REQUIRE(got);
    CHECK_STR(got->sku, "A-1");
    CHECK_INT(got->price, 1990);
    CHECK_INT(got->state, 2);
    CHECK_INT(got->active, 1);
    CHECK_INT(got->codes.count, 2);
    CHECK_INT(got->rec.rev, 1);
    CHECK_STR(mx_list_str(&got->codes, 1), "690000000002");
    thing.sku = mx_str_of("A-2");
    CHECK_INT(store_get(view, &thing_table, &thing, (void **)&got, &shop.err), MX_NONE);
    thing.sku = mx_str_of("A-1");
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_READ_ONLY);
    store_read_end(view);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

RUN_TESTS(CASE(put_and_get))
