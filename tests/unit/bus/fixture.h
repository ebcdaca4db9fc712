/* A store with a bus, and commands on it. */
#ifndef TESTS_UNIT_BUS_FIXTURE_H
#define TESTS_UNIT_BUS_FIXTURE_H

#include "bus/bus.h"
#include "support/check.h"
#include "unit/store/shop.h"
#include "json/json.h"

#define STR(literal) mx_str_n(literal, sizeof(literal) - 1)

struct fixture {
    struct shop shop;
    struct shop_command command;
    struct bus *bus;
};

static inline void fixture_open(struct fixture *f) {
    shop_new(&f->shop);
    shop_start(&f->shop);
    if (bus_new(f->shop.store, f->shop.keys, STR("store-1"), 1, &f->bus) != MX_OK) shop_stop(&f->shop, "bus_new");
}

static inline void fixture_close(struct fixture *f) {
    bus_free(f->bus);
    shop_free(&f->shop);
    json_fini();
}

static inline struct store_view *begin(struct fixture *f) { return shop_begin(&f->shop, &f->command); }

static inline void commit(struct fixture *f) { CHECK_INT(shop_commit(&f->command), MX_OK); }

static inline mx_status append(struct fixture *f, struct store_view *view, int64_t at_ms, const char *data, struct bus_entry *entry) {
    memset(entry, 0, sizeof(*entry));
    entry->at_ms = at_ms;
    entry->name = STR("orders.paid");
    entry->actor = STR("key_1");
    entry->op = STR("orders.place");
    entry->data = mx_str_of(data);
    return bus_append(f->bus, view, entry);
}

#endif
