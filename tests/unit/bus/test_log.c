/* The log: numbers, content, the hash chain, cursors. */
#include "unit/bus/fixture.h"

TEST(entries_are_numbered_from_one) {
    static const uint8_t zeroes[CRYPTO_HASH_BYTES];
    uint8_t hash[CRYPTO_HASH_BYTES], later[CRYPTO_HASH_BYTES];
    struct bus_entry entry;
    struct store_view *view;
    struct fixture f;
    int64_t seq = -1;
    int i;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(bus_head(f.bus, view, &seq, hash), MX_OK);
    CHECK(seq == 0 && memcmp(hash, zeroes, sizeof(hash)) == 0);
    for (i = 1; i <= 3; i++) {
        CHECK_INT(append(&f, view, 1000 + i, "{\"n\":1}", &entry), MX_OK);
        CHECK(entry.seq == i && entry.epoch == 1);
        CHECK_STR(entry.node, "store-1");
    }
    CHECK_INT(bus_head(f.bus, view, &seq, hash), MX_OK);
    CHECK(seq == 3 && memcmp(hash, zeroes, sizeof(hash)) != 0);
    commit(&f);
    view = begin(&f);
    CHECK_INT(append(&f, view, 2000, "{}", &entry), MX_OK);
    CHECK_INT(entry.seq, 4);
    commit(&f);
    view = shop_read(&f.shop);
    CHECK_INT(bus_head(f.bus, view, &seq, later), MX_OK);
    CHECK(seq == 4 && memcmp(hash, later, sizeof(hash)) != 0);
    store_read_end(view);
    fixture_close(&f);
}

TEST(a_dropped_command_leaves_no_gap) {
    struct bus_entry entry;
    struct store_view *view;
    struct fixture f;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(append(&f, view, 1, "{\"a\":1}", &entry), MX_OK);
    commit(&f);
    view = begin(&f);
    CHECK_INT(append(&f, view, 2, "{\"a\":2}", &entry), MX_OK);
    CHECK_INT(entry.seq, 2);
    shop_drop(&f.command);
    view = begin(&f);
    CHECK_INT(append(&f, view, 3, "{\"a\":3}", &entry), MX_OK);
    CHECK_INT(entry.seq, 2);
    commit(&f);
    view = shop_read(&f.shop);
    CHECK_INT(bus_read(f.bus, view, 2, &entry), MX_OK);
    CHECK_STR(entry.data, "{\"a\":3}");
    store_read_end(view);
    fixture_close(&f);
}

TEST(what_was_written_is_read) {
    struct bus_entry entry, back;
    struct store_view *view;
    struct fixture f;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(append(&f, view, INT64_C(1700000000123), "{\"order\":\"ord_1\",\"text\":\"\xE8\x8C\xB6\"}", &entry), MX_OK);
    commit(&f);
    view = begin(&f);
    memset(&entry, 0, sizeof(entry));
    entry.name = STR("shop.opened"); /* no actor, no operation: the shop itself */
    entry.data = STR("{}");
    CHECK_INT(bus_append(f.bus, view, &entry), MX_OK);
    CHECK_INT(bus_read(f.bus, view, 2, &back), MX_OK); /* the command sees its own */
    commit(&f);
    view = shop_read(&f.shop);
    CHECK_INT(bus_read(f.bus, view, 1, &back), MX_OK);
    CHECK(back.epoch == 1 && back.seq == 1 && back.at_ms == INT64_C(1700000000123));
    CHECK_STR(back.node, "store-1");
    CHECK_STR(back.name, "orders.paid");
    CHECK_STR(back.actor, "key_1");
    CHECK_STR(back.op, "orders.place");
    CHECK_STR(back.data, "{\"order\":\"ord_1\",\"text\":\"\xE8\x8C\xB6\"}");
    CHECK_INT(bus_read(f.bus, view, 2, &back), MX_OK);
    CHECK_STR(back.name, "shop.opened");
    CHECK(back.actor.len == 0 && back.op.len == 0 && back.at_ms == 0);
    CHECK_INT(bus_read(f.bus, view, 3, &back), MX_NONE);
    CHECK_INT(bus_read(f.bus, view, 0, &back), MX_NONE);
    store_read_end(view);
    fixture_close(&f);
}

TEST(an_epoch_counts_for_itself) {
    struct bus_entry entry;
    struct store_view *view;
    struct fixture f;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(append(&f, view, 1, "{\"a\":1}", &entry), MX_OK);
    commit(&f);
    bus_free(f.bus);
    REQUIRE(bus_new(f.shop.store, f.shop.keys, STR("store-1"), 2, &f.bus) == MX_OK);
    view = begin(&f);
    CHECK_INT(append(&f, view, 2, "{\"a\":2}", &entry), MX_OK);
    CHECK(entry.seq == 1 && entry.epoch == 2);
    commit(&f);
    view = shop_read(&f.shop);
    CHECK_INT(bus_read(f.bus, view, 1, &entry), MX_OK);
    CHECK_STR(entry.data, "{\"a\":2}");
    CHECK_INT(entry.epoch, 2);
    store_read_end(view);
    fixture_close(&f);
}

TEST(cursors_last) {
    struct store_view *view;
    struct fixture f;
    int64_t seq = -1;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(bus_cursor_get(view, STR("hooks"), &seq), MX_OK);
    CHECK_INT(seq, 0);
    CHECK_INT(bus_cursor_put(view, STR("hooks"), 7), MX_OK);
    CHECK_INT(bus_cursor_put(view, STR("hook"), 8), MX_OK);
    commit(&f);
    view = begin(&f);
    CHECK_INT(bus_cursor_put(view, STR("hooks"), 9), MX_OK);
    shop_drop(&f.command);
    shop_close(&f.shop);
    CHECK_INT(shop_open_again(&f.shop), MX_OK);
    shop_start(&f.shop);
    view = shop_read(&f.shop);
    CHECK_INT(bus_cursor_get(view, STR("hooks"), &seq), MX_OK);
    CHECK_INT(seq, 7);
    CHECK_INT(bus_cursor_get(view, STR("hook"), &seq), MX_OK);
    CHECK_INT(seq, 8);
    CHECK_INT(bus_cursor_get(view, STR("hookss"), &seq), MX_OK);
    CHECK_INT(seq, 0);
    store_read_end(view);
    fixture_close(&f);
}

/* Whoever reads on must not take a lost entry for the end of the log. */
TEST(a_lost_entry_is_damage_and_not_the_end) {
    struct bus_entry entry;
    struct store_view *view;
    struct base_buf key;
    struct store_span at;
    struct fixture f;
    int i;
    fixture_open(&f);
    view = begin(&f);
    for (i = 0; i < 3; i++) CHECK_INT(append(&f, view, 1, "{}", &entry), MX_OK);
    commit(&f);
    view = begin(&f);
    base_buf_init(&key, f.shop.arena);
    store_key_int(&key, 1);
    store_key_int(&key, 2);
    at.ptr = (const uint8_t *)key.ptr;
    at.len = key.len;
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, at), MX_OK);
    commit(&f);
    view = shop_read(&f.shop);
    CHECK_INT(bus_read(f.bus, view, 1, &entry), MX_OK);
    CHECK_INT(bus_read(f.bus, view, 2, &entry), MX_E_DAMAGED);
    CHECK_INT(bus_read(f.bus, view, 3, &entry), MX_OK);
    CHECK_INT(bus_read(f.bus, view, 4, &entry), MX_NONE);
    store_read_end(view);
    fixture_close(&f);
}

RUN_TESTS(CASE(entries_are_numbered_from_one), CASE(a_dropped_command_leaves_no_gap), CASE(what_was_written_is_read),
          CASE(a_lost_entry_is_damage_and_not_the_end), CASE(an_epoch_counts_for_itself), CASE(cursors_last))
