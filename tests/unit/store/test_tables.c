/* Typed tables: put, get, revisions, indexes of every kind, limits. */
#include "things.h"

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
          CASE(unique_index), CASE(index_upkeep), CASE(append_tables), CASE(packed_tables), CASE(long_index_parts), CASE(too_large),
          CASE(budget), CASE(unsound_values))
