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

static void open_shop(struct shop *shop) {
    shop_new(shop);
    if (store_table_add(shop->store, "test", &price_table, &shop->err) != MX_OK) shop_stop(shop, "prices");
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

TEST(revisions) {
    struct shop shop;
    struct shop_command command;
    struct thing thing = thing_of("A-1", "tea", 1990), again = thing_of("A-1", "tea", 1), *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    again.rec.rev = 3;
    CHECK_INT(store_put(view, &thing_table, &again, &shop.err), MX_E_CONFLICT);
    CHECK_INT(again.rec.rev, 3);
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    again.rec.rev = 0;
    CHECK_INT(store_put(view, &thing_table, &again, &shop.err), MX_E_EXISTS);
    CHECK(strcmp(shop.err.field, "sku") == 0);
    CHECK_INT(again.rec.rev, 0);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_get(view, &thing_table, &thing, (void **)&got, &shop.err), MX_OK);
    got->price = 2;
    CHECK_INT(store_put(view, &thing_table, got, &shop.err), MX_OK);
    CHECK_INT(got->rec.rev, 2);
    CHECK_INT(store_put(view, &thing_table, got, &shop.err), MX_OK);
    CHECK_INT(got->rec.rev, 3);
    thing.rec.rev = 2;
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_CONFLICT);
    CHECK(strcmp(shop.err.field, "rev") == 0);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

TEST(zero_numbers_and_masks) {
    struct shop shop;
    struct shop_command command;
    struct thing thing = thing_of("A-1", "tea", 0), probe = thing_of("A-1", "", 0), *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    thing.due = 77; /* no bit set by the owner: the value must not be lost */
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_get(view, &thing_table, &probe, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(got->due, 77);
    CHECK(MX_HAS(thing, got, price));
    CHECK(!MX_HAS(thing, got, active));
    got->due = 0;
    CHECK_INT(store_put(view, &thing_table, got, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

/* A required number is there even when it is 0, and so is its index entry; an optional one must be said to be there. */
TEST(zero_in_an_index) {
    struct shop shop;
    struct shop_command command;
    struct price price = {.sku = MX_STR_INIT("A")}, *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_put(view, &price_table, &price, &shop.err), MX_OK);
    CHECK_INT(store_find(view, &price_table, "by_price", &price, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(store_find(view, &price_table, "by_floor", &price, (void **)&got, &shop.err), MX_NONE);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    view = shop_begin(&shop, &command);
    MX_SET_HAS(price, &price, floor);
    CHECK_INT(store_put(view, &price_table, &price, &shop.err), MX_OK);
    CHECK_INT(store_find(view, &price_table, "by_floor", &price, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(store_del(view, &price_table, &price, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

/* Members that a newer version has written stay when an older one writes a record that it did not read itself. */
TEST(unknown_members_stay) {
    struct shop shop;
    struct shop_command command;
    struct price price = {.sku = MX_STR_INIT("A"), .price = 5}, again = {.rec = {.rev = 1}, .sku = MX_STR_INIT("A"), .price = 6},
                 *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    price.rec.extra = mx_str_of("{\"colour\":\"teal\"}");
    CHECK_INT(store_put(view, &price_table, &price, &shop.err), MX_OK);
    CHECK_INT(store_put(view, &price_table, &again, &shop.err), MX_OK);
    CHECK_INT(store_get(view, &price_table, &price, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(got->price, 6);
    CHECK_STR(got->rec.extra, "{\"colour\":\"teal\"}");
    CHECK_INT(shop_commit(&command), MX_OK);
    shop_free(&shop);
}

TEST(unique_index) {
    struct shop shop;
    struct shop_command command;
    struct thing a = thing_of("A", "tea", 1), b = thing_of("B", "tea", 2), *got = NULL;
    struct mx_str codes_a[] = {MX_STR_INIT("111"), MX_STR_INIT("222"), MX_STR_INIT("111")};
    struct mx_str codes_b[] = {MX_STR_INIT("333"), MX_STR_INIT("222")};
    struct store_view *view;
    uint32_t records;
    size_t bytes, before;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    a.codes = codes_of(codes_a, 3);
    b.codes = codes_of(codes_b, 2);
    CHECK_INT(store_put(view, &thing_table, &a, &shop.err), MX_OK);
    store_write_size(view, &records, &before);
    CHECK_INT(store_put(view, &thing_table, &b, &shop.err), MX_E_EXISTS);
    CHECK(strcmp(shop.err.field, "codes[1]") == 0);
    store_write_size(view, &records, &bytes);
    CHECK_INT(bytes, before); /* a refused put has written nothing */
    b.codes.count = 1;
    CHECK_INT(store_put(view, &thing_table, &b, &shop.err), MX_OK);
    CHECK_INT(store_find(view, &thing_table, "by_code", &b, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->sku, "B");
    CHECK_INT(shop_commit(&command), MX_OK);
    /* A code that one article gives up can go to another in the same command. */
    view = shop_begin(&shop, &command);
    a.codes.count = 1;
    CHECK_INT(store_put(view, &thing_table, &a, &shop.err), MX_OK);
    b.codes.count = 2;
    CHECK_INT(store_put(view, &thing_table, &b, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_read(&shop);
    a.codes = codes_of(codes_b + 1, 1);
    CHECK_INT(store_find(view, &thing_table, "by_code", &a, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->sku, "B");
    a.codes.count = 0;
    CHECK_INT(store_find(view, &thing_table, "by_code", &a, (void **)&got, &shop.err), MX_NONE);
    store_read_end(view);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

static int index_size(struct shop *shop, const char *index) {
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

TEST(index_upkeep) {
    struct shop shop;
    struct shop_command command;
    struct thing thing = thing_of("A", "tea", 5);
    struct mx_str codes[] = {MX_STR_INIT("1"), MX_STR_INIT("2"), MX_STR_INIT("3")};
    struct store_view *view;
    uint32_t records;
    size_t bytes;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    thing.codes = codes_of(codes, 3);
    thing.place = mx_str_of("shelf");
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(index_size(&shop, "by_group"), 1);
    CHECK_INT(index_size(&shop, "by_code"), 3);
    CHECK_INT(index_size(&shop, "by_place_code"), 3);
    CHECK_INT(index_size(&shop, "by_due"), 0);   /* absent: not entered */
    CHECK_INT(index_size(&shop, "by_state"), 0); /* absent: not entered */
    view = shop_begin(&shop, &command);
    thing.note = mx_str_of("only the note changes");
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    store_write_size(view, &records, &bytes);
    CHECK_INT(records, 1); /* no index entry is touched */
    thing.due = 9;
    thing.state = 1;
    thing.codes.count = 2;
    thing.price = 6;
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(index_size(&shop, "by_group"), 1);
    CHECK_INT(index_size(&shop, "by_code"), 2);
    CHECK_INT(index_size(&shop, "by_place_code"), 2);
    CHECK_INT(index_size(&shop, "by_due"), 1);
    CHECK_INT(index_size(&shop, "by_state"), 1);
    CHECK_INT(verify_finds(&shop), 0);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_del(view, &thing_table, &thing, &shop.err), MX_OK);
    CHECK_INT(store_del(view, &thing_table, &thing, &shop.err), MX_NONE);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(index_size(&shop, "by_group") + index_size(&shop, "by_code") + index_size(&shop, "by_place_code") +
                  index_size(&shop, "by_due") + index_size(&shop, "by_state"),
              0);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

TEST(append_tables) {
    struct shop shop;
    struct shop_command command;
    struct entry entry = {.account = MX_STR_INIT("till-1"), .seq = 1, .amount = -5}, *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_put(view, &entry_table, &entry, &shop.err), MX_OK);
    CHECK_INT(store_put(view, &entry_table, &entry, &shop.err), MX_E_EXISTS);
    entry.rec.rev = 0;
    CHECK_INT(store_put(view, &entry_table, &entry, &shop.err), MX_E_EXISTS);
    CHECK_INT(store_del(view, &entry_table, &entry, &shop.err), MX_E_INTERNAL);
    CHECK_INT(store_get(view, &entry_table, &entry, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(got->amount, -5);
    CHECK_INT(shop_commit(&command), MX_OK);
    shop_free(&shop);
}

TEST(packed_tables) {
    struct shop shop;
    struct shop_command command;
    struct count count = {.sku = MX_STR_INIT("A\x1f"), .lot = -3, .on_hand = -1234567890123, .reserved = 7, .state = 2, .flag = 1};
    struct count probe = {.sku = MX_STR_INIT("A\x1f"), .lot = -3}, *got = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "by_lot", .prefix = 1};
    struct store_view *view;
    struct mx_scan *scan;
    uint32_t records;
    size_t bytes;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_put(view, &count_table, &count, &shop.err), MX_OK);
    count.lot = 0;
    count.on_hand = 0;
    CHECK_INT(store_put(view, &count_table, &count, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_get(view, &count_table, &probe, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->sku, "A\x1f");
    CHECK_INT(got->lot, -3);
    CHECK_INT(got->on_hand, -1234567890123);
    CHECK_INT(got->reserved, 7);
    CHECK_INT(got->state, 2);
    CHECK_INT(got->flag, 1);
    CHECK_INT(store_put(view, &count_table, got, &shop.err), MX_OK);
    store_write_size(view, &records, &bytes);
    CHECK_INT(records, 0); /* nothing changed, nothing is written */
    got->on_hand = 5;
    CHECK_INT(store_put(view, &count_table, got, &shop.err), MX_OK);
    store_write_size(view, &records, &bytes);
    CHECK_INT(records, 3); /* the record, the entry that goes, the entry that comes */
    CHECK_INT(store_scan_open(view, &count_table, &opts, &probe, &scan, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(got->on_hand, 5);
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_DONE);
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_DONE);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

/* ---- scans ---- */

static void fill_groups(struct shop *shop, int records) {
    struct shop_command command;
    struct store_view *view = shop_begin(shop, &command);
    char sku[16], group[16];
    for (int i = 0; i < records; i++) {
        struct thing thing;
        snprintf(sku, sizeof(sku), "S%04d", i);
        snprintf(group, sizeof(group), "g%d", i % 3);
        thing = thing_of(sku, group, (i * 7) % 50 - 25);
        CHECK_INT(store_put(view, &thing_table, &thing, &shop->err), MX_OK);
    }
    CHECK_INT(shop_commit(&command), MX_OK);
}

/* Walk by (group, price) and check order, count and bounds. */
static int walk_group(struct shop *shop, struct store_view *view, const struct mx_scan_opts *opts, const struct thing *probe) {
    struct thing *got, before = {0};
    struct mx_scan *scan;
    int n = 0;
    CHECK_INT(store_scan_open(view, &thing_table, opts, probe, &scan, &shop->err), MX_OK);
    while (store_scan_next(scan, (void **)&got, &shop->err) == MX_OK) {
        if (opts->prefix) CHECK(mx_str_eq(got->group, probe->group));
        if (opts->prefix > 1) CHECK(got->price == probe->price);
        if (n && mx_str_eq(before.group, got->group)) {
            int64_t step = got->price - before.price;
            if (opts->reverse) step = -step;
            CHECK(step > 0 || (step == 0 && (mx_str_cmp(got->sku, before.sku) > 0) != opts->reverse));
        }
        before = *got;
        n++;
    }
    return n;
}

TEST(scans) {
    struct shop shop;
    struct store_view *view;
    struct thing probe = thing_of("", "g1", 3);
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "by_group"};
    int all = 0, below = 0, above = 0, equal = 0;
    open_shop(&shop);
    fill_groups(&shop, 300);
    for (int i = 0; i < 300; i++) {
        int64_t price = (i * 7) % 50 - 25;
        if (i % 3 != 1) continue;
        all++;
        below += price <= 3;
        above += price >= 3;
        equal += price == 3;
    }
    view = shop_read(&shop);
    for (int reverse = 0; reverse < 2; reverse++) {
        opts.reverse = (uint8_t)reverse;
        opts.from = 0;
        opts.prefix = 0;
        CHECK_INT(walk_group(&shop, view, &opts, NULL), 300);
        opts.prefix = 1;
        CHECK_INT(walk_group(&shop, view, &opts, &probe), all);
        opts.from = 1;
        CHECK_INT(walk_group(&shop, view, &opts, &probe), reverse ? below : above);
        opts.from = 0;
        opts.prefix = 2;
        CHECK_INT(walk_group(&shop, view, &opts, &probe), equal);
    }
    opts.prefix = 3;
    {
        struct mx_scan *scan;
        CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop.err), MX_E_INTERNAL);
        opts.index = "nonsense";
        CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop.err), MX_E_INTERNAL);
    }
    store_read_end(view);
    shop_free(&shop);
}

static void page_through(struct shop *shop, struct store_view *view, struct mx_scan_opts opts, int want) {
    struct thing probe = thing_of("", "g2", 0), *got;
    char seen[300] = {0};
    int n = 0;
    opts.after = (struct mx_str){NULL, 0};
    for (;;) {
        struct mx_scan *scan;
        int page = 0;
        CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop->err), MX_OK);
        CHECK_STR(store_scan_cursor(scan), "");
        while (page < 7 && store_scan_next(scan, (void **)&got, &shop->err) == MX_OK) {
            int number = atoi(got->sku.ptr + 1);
            CHECK(!seen[number]);
            seen[number] = 1;
            page++;
            n++;
        }
        if (page < 7) break;
        opts.after = store_scan_cursor(scan);
        for (uint32_t i = 0; i < opts.after.len; i++) CHECK(opts.after.ptr[i] > ' ' && opts.after.ptr[i] < 127);
    }
    CHECK_INT(n, want);
}

TEST(cursors) {
    struct shop shop;
    struct store_view *view;
    struct mx_scan_opts opts = {.size = sizeof(opts)};
    struct thing probe = thing_of("", "g1", 0), *got;
    struct mx_scan *scan;
    struct mx_str cursor;
    open_shop(&shop);
    fill_groups(&shop, 300);
    view = shop_read(&shop);
    for (int reverse = 0; reverse < 2; reverse++) {
        opts.reverse = (uint8_t)reverse;
        opts.index = NULL;
        opts.prefix = 0;
        page_through(&shop, view, opts, 300);
        opts.index = "by_group";
        page_through(&shop, view, opts, 300);
        opts.prefix = 1;
        page_through(&shop, view, opts, 100);
    }
    CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_OK);
    cursor = store_scan_cursor(scan);
    probe.group = mx_str_of("g2"); /* of another list */
    opts.after = cursor;
    CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop.err), MX_E_BAD_INPUT);
    CHECK(strcmp(shop.err.field, "after") == 0);
    opts.index = "by_due";
    opts.prefix = 0;
    CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop.err), MX_E_BAD_INPUT);
    opts.index = "by_group";
    for (uint32_t len = 0; len < cursor.len; len++) { /* cut anywhere */
        opts.after = mx_str_n(cursor.ptr, len);
        if (len) CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop.err), MX_E_BAD_INPUT);
    }
    opts.after = mx_str_of("not a cursor!");
    CHECK_INT(store_scan_open(view, &thing_table, &opts, &probe, &scan, &shop.err), MX_E_BAD_INPUT);
    store_read_end(view);
    shop_free(&shop);
}

TEST(scan_sees_own_writes) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct thing extra = thing_of("S0005x", "g1", 0), gone = thing_of("S0004", "", 0), *got;
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "by_group", .prefix = 1};
    struct mx_scan *scan;
    int n = 0, saw_extra = 0, saw_gone = 0;
    open_shop(&shop);
    fill_groups(&shop, 30);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_put(view, &thing_table, &extra, &shop.err), MX_OK);
    CHECK_INT(store_del(view, &thing_table, &gone, &shop.err), MX_OK);
    CHECK_INT(store_scan_open(view, &thing_table, &opts, &extra, &scan, &shop.err), MX_OK);
    while (store_scan_next(scan, (void **)&got, &shop.err) == MX_OK) {
        n++;
        saw_extra |= mx_str_is(got->sku, "S0005x");
        saw_gone |= mx_str_is(got->sku, "S0004");
        /* Writing while walking: each record moves within the same index. */
        got->price = 1000;
        if (n < 40) CHECK_INT(store_put(view, &thing_table, got, &shop.err), MX_OK);
        if (n > 100) break;
    }
    CHECK(saw_extra && !saw_gone);
    CHECK(n >= 10 && n <= 20);
    shop_drop(&command);
    CHECK_INT(index_size(&shop, "by_group"), 30);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

/* A command reads a record once; what a lending walk has read is not kept for it. */
TEST(reading_again) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "by_group", .lend = 1};
    struct thing *got, *first = NULL;
    struct mx_scan *scan;
    int n = 0;
    open_shop(&shop);
    fill_groups(&shop, 900);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_scan_open(view, &thing_table, &opts, NULL, &scan, &shop.err), MX_OK);
    while (store_scan_next(scan, (void **)&got, &shop.err) == MX_OK) n++;
    CHECK_INT(n, 900);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 901; i++) {
            char sku[16];
            struct thing probe;
            snprintf(sku, sizeof(sku), "S%04d", i);
            probe = thing_of(sku, "", 0);
            CHECK_INT(store_get(view, &thing_table, &probe, (void **)&got, &shop.err), i < 900 && (i != 5 || round < 2) ? MX_OK : MX_NONE);
            if (i >= 900 || (i == 5 && round == 2)) continue;
            CHECK(mx_str_is(got->sku, sku));
            CHECK_INT(got->price, i == 0 && round ? 4711 : (i * 7) % 50 - 25);
            if (i == 0 && !first) first = got;
        }
        if (round == 0) {
            first->price = 4711;
            CHECK_INT(store_put(view, &thing_table, first, &shop.err), MX_OK);
        } else if (round == 1) {
            struct thing gone = thing_of("S0005", "", 0);
            CHECK_INT(store_del(view, &thing_table, &gone, &shop.err), MX_OK);
        }
    }
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

/* ---- limits ---- */

static struct mx_str long_text(struct base_arena *arena, char c, uint32_t len) {
    char *text = base_arena_alloc(arena, len);
    memset(text, c, len);
    return mx_str_n(text, len);
}

TEST(long_index_parts) {
    struct shop shop;
    struct shop_command command;
    struct thing a = thing_of("A", "", 1), b = thing_of("B", "", 1), *got = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "by_group", .prefix = 1};
    struct mx_scan *scan;
    struct store_view *view;
    char *other;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    a.group = long_text(shop.arena, 'g', 300);
    b.group = long_text(shop.arena, 'g', 300);
    other = (char *)(uintptr_t)b.group.ptr;
    other[299] = 'h'; /* they differ only behind the cut */
    CHECK_INT(store_put(view, &thing_table, &a, &shop.err), MX_OK);
    CHECK_INT(store_put(view, &thing_table, &b, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_read(&shop);
    CHECK_INT(store_scan_open(view, &thing_table, &opts, &b, &scan, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->sku, "B");
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_DONE);
    store_read_end(view);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

TEST(too_large) {
    struct shop shop;
    struct shop_command command;
    struct thing thing = thing_of("", "g", 1);
    struct store_view *view;
    uint32_t records;
    size_t bytes;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    thing.sku = long_text(shop.arena, 's', 510);
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_TOO_LARGE);
    CHECK(strcmp(shop.err.field, "sku") == 0);
    thing.sku = long_text(shop.arena, 's', 500); /* the record's key fits, its index entry does not */
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_TOO_LARGE);
    thing.group = mx_str_of("");
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    thing.note = long_text(shop.arena, 'n', 5u << 20);
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_TOO_LARGE);
    store_write_size(view, &records, &bytes);
    CHECK_INT(records, 1);
    shop_drop(&command);
    shop_free(&shop);
}

TEST(budget) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    char sku[16];
    mx_status st = MX_OK;
    uint32_t records, n = 0;
    size_t bytes;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    while (st == MX_OK && n < 30000) {
        struct thing thing;
        snprintf(sku, sizeof(sku), "S%06u", n);
        thing = thing_of(sku, "g", (int64_t)n);
        st = store_put(view, &thing_table, &thing, &shop.err);
        n++;
    }
    CHECK_INT(st, MX_E_BUDGET);
    store_write_size(view, &records, &bytes);
    CHECK_INT(records, STORE_WRITES_MAX);
    shop_drop(&command);
    view = shop_begin(&shop, &command);
    for (st = MX_OK, n = 0; st == MX_OK && n < 30; n++) {
        struct thing thing;
        snprintf(sku, sizeof(sku), "S%06u", n);
        thing = thing_of(sku, "g", (int64_t)n);
        thing.note = long_text(shop.arena, 'n', 1u << 20);
        st = store_put(view, &thing_table, &thing, &shop.err);
    }
    CHECK_INT(st, MX_E_BUDGET);
    CHECK_INT(n, 8);
    shop_drop(&command);
    shop_free(&shop);
}

TEST(unsound_values) {
    struct shop shop;
    struct shop_command command;
    struct thing thing = thing_of("A", "g", MX_INT_MAX);
    struct mx_str codes[] = {MX_STR_INIT("ok"), MX_STR_INIT("\xc3")};
    struct store_view *view;
    uint32_t records;
    size_t bytes;
    open_shop(&shop);
    view = shop_begin(&shop, &command);
    thing.price++;
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_OUT_OF_RANGE);
    CHECK(strcmp(shop.err.field, "price") == 0);
    thing.price = 1;
    thing.state = 3;
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_OUT_OF_RANGE);
    thing.state = 0;
    thing.note = mx_str_n("a\0b", 3);
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_BAD_INPUT);
    thing.note = mx_str_of("");
    thing.codes = codes_of(codes, 2);
    CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_E_BAD_INPUT);
    CHECK(strcmp(shop.err.field, "codes") == 0);
    store_write_size(view, &records, &bytes);
    CHECK_INT(records, 0);
    shop_drop(&command);
    shop_free(&shop);
}

RUN_TESTS(CASE(put_and_get), CASE(revisions), CASE(zero_numbers_and_masks), CASE(zero_in_an_index), CASE(unknown_members_stay),
          CASE(unique_index), CASE(index_upkeep), CASE(append_tables), CASE(packed_tables), CASE(scans), CASE(cursors),
          CASE(scan_sees_own_writes), CASE(reading_again), CASE(long_index_parts), CASE(too_large), CASE(budget), CASE(unsound_values))
