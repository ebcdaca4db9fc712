/* Places in the log over epochs: after a restore the log goes on from 1, and who follows it goes on there. */
#include "unit/bus/fixture.h"

static void fill(struct fixture *f, int count) {
    struct store_view *view = begin(f);
    struct bus_entry entry;
    int i;
    for (i = 0; i < count; i++) CHECK_INT(append(f, view, 1700000000000 + i, "{}", &entry), MX_OK);
    commit(f);
}

static void next_epoch(struct fixture *f, int64_t epoch) {
    bus_free(f->bus);
    CHECK_INT(bus_new(f->shop.store, f->shop.keys, STR("store-1"), epoch, &f->bus), MX_OK);
}

TEST(a_follower_goes_on_in_the_next_epoch) {
    struct bus_place place = {1, 0};
    struct bus_entry entry;
    struct store_view *view;
    struct fixture f;
    int i;
    fixture_open(&f);
    fill(&f, 3);
    next_epoch(&f, 5);
    view = shop_read(&f.shop);
    for (i = 1; i <= 3; i++) {
        CHECK_INT(bus_next(view, &place, &entry), MX_OK);
        CHECK(entry.epoch == 1 && entry.seq == i && place.epoch == 1 && place.seq == i);
    }
    CHECK_INT(bus_next(view, &place, &entry), MX_NONE);
    CHECK(place.epoch == 1 && place.seq == 3);
    store_read_end(view);
    fill(&f, 2);
    view = shop_read(&f.shop);
    for (i = 1; i <= 2; i++) {
        CHECK_INT(bus_next(view, &place, &entry), MX_OK);
        CHECK(entry.epoch == 5 && entry.seq == i && place.epoch == 5 && place.seq == i);
    }
    CHECK_INT(bus_next(view, &place, &entry), MX_NONE);
    store_read_end(view);
    fixture_close(&f);
}

TEST(entries_behind_a_place_are_counted_over_epochs) {
    struct bus_place place = {1, 1};
    struct store_view *view;
    struct fixture f;
    int64_t count = -1;
    fixture_open(&f);
    view = shop_read(&f.shop);
    CHECK_INT(bus_behind(view, &place, &count), MX_OK);
    CHECK_INT(count, 0);
    store_read_end(view);
    fill(&f, 3);
    next_epoch(&f, 5);
    fill(&f, 2);
    next_epoch(&f, 6);
    fill(&f, 1);
    view = shop_read(&f.shop);
    CHECK_INT(bus_behind(view, &place, &count), MX_OK);
    CHECK_INT(count, 2 + 2 + 1);
    place = (struct bus_place){5, 2};
    CHECK_INT(bus_behind(view, &place, &count), MX_OK);
    CHECK_INT(count, 1);
    place = (struct bus_place){6, 1};
    CHECK_INT(bus_behind(view, &place, &count), MX_OK);
    CHECK_INT(count, 0);
    store_read_end(view);
    fixture_close(&f);
}

TEST(a_place_is_kept_with_its_epoch) {
    struct bus_place place = {0, 0};
    struct store_view *view;
    struct fixture f;
    fixture_open(&f);
    fill(&f, 3);
    view = begin(&f);
    CHECK_INT(bus_place_get(view, STR("a"), &place), MX_NONE);
    CHECK_INT(bus_cursor_put(view, STR("a"), 2), MX_OK); /* as it was written before there were epochs */
    CHECK_INT(bus_place_get(view, STR("a"), &place), MX_OK);
    CHECK(place.epoch == 1 && place.seq == 2);
    place.epoch = 7;
    CHECK_INT(bus_place_put(view, STR("a"), &place), MX_OK);
    place.epoch = place.seq = 0;
    CHECK_INT(bus_place_get(view, STR("a"), &place), MX_OK);
    CHECK(place.epoch == 7 && place.seq == 2);
    CHECK_INT(bus_place_head(f.bus, view, &place), MX_OK);
    CHECK(place.epoch == 1 && place.seq == 3);
    commit(&f);
    fixture_close(&f);
}

RUN_TESTS(CASE(a_follower_goes_on_in_the_next_epoch), CASE(entries_behind_a_place_are_counted_over_epochs),
          CASE(a_place_is_kept_with_its_epoch))
