/* Walks over records: by key and by index, in pages, over the command's own writes. */
#include "things.h"

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

/* Each record of the walk by its keys alone: the same order, the fields of index and key, and nothing else. */
static int walk_keys(struct shop *shop, struct store_view *view, const char *index, int tells_texts) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = index}, bare_opts = {.size = sizeof(opts), .index = index, .keys_only = 1};
    struct mx_scan *scan, *bare_scan;
    struct thing *whole, *bare;
    int n = 0;
    CHECK_INT(store_scan_open(view, &thing_table, &opts, NULL, &scan, &shop->err), MX_OK);
    CHECK_INT(store_scan_open(view, &thing_table, &bare_opts, NULL, &bare_scan, &shop->err), MX_OK);
    while (store_scan_next(scan, (void **)&whole, &shop->err) == MX_OK) {
        if (store_scan_next(bare_scan, (void **)&bare, &shop->err) != MX_OK) return -1;
        CHECK(mx_str_eq(whole->sku, bare->sku));
        CHECK(mx_str_eq(store_scan_cursor(scan), store_scan_cursor(bare_scan)));
        CHECK_INT(bare->note.len, 0);
        CHECK_INT(bare->codes.count, 0);
        if (strcmp(index, "by_group") == 0) {
            CHECK_INT(bare->price, whole->price);
            CHECK(mx_str_eq(bare->group, tells_texts ? whole->group : mx_str_of("")));
        }
        if (strcmp(index, "by_state") == 0) CHECK(bare->state == whole->state && bare->active == whole->active && bare->price == 0);
        n++;
    }
    CHECK_INT(store_scan_next(bare_scan, (void **)&bare, &shop->err), MX_DONE);
    return n;
}

TEST(keys_alone_are_told_without_the_records) {
    static const char *const indexes[] = {"by_group", "by_state", "by_code"};
    struct mx_scan_opts opts = {.size = sizeof(opts), .keys_only = 1};
    struct mx_str code = mx_str_of("4000000000017");
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct mx_scan *scan;
    char wide[400];
    open_shop(&shop);
    memset(wide, 'w', sizeof(wide));
    view = shop_begin(&shop, &command);
    for (int i = 0; i < 20; i++) {
        struct thing thing = thing_of("", i % 3 ? "short" : "tall", i - 10);
        char sku[16];
        snprintf(sku, sizeof(sku), "S%d", i);
        thing.sku = mx_str_of(sku);
        thing.note = mx_str_of("not in any key");
        thing.state = 1 + i % 2;
        thing.active = (uint8_t)(i % 5 == 0);
        if (i == 3) thing.codes = (struct mx_list){&code, 1, sizeof(code)};
        CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    }
    CHECK_INT(walk_keys(&shop, view, "by_group", 1), 20); /* of the command's own writes too */
    CHECK_INT(shop_commit(&command), MX_OK);
    view = shop_read(&shop);
    CHECK_INT(walk_keys(&shop, view, indexes[0], 1), 20);
    CHECK_INT(walk_keys(&shop, view, indexes[1], 1), 20);
    CHECK_INT(walk_keys(&shop, view, indexes[2], 1), 1);
    CHECK_INT(store_scan_open(view, &thing_table, &opts, NULL, &scan, &shop.err), MX_E_INTERNAL);
    store_read_end(view);
    view = shop_begin(&shop, &command);
    for (int i = 0; i < 20; i++) {
        char sku[16];
        struct thing thing = thing_of("", "", 0);
        snprintf(sku, sizeof(sku), "S%d", i);
        thing.sku = mx_str_of(sku);
        if (store_del(view, &thing_table, &thing, &shop.err) != MX_OK) shop_stop(&shop, "del");
        thing.group = mx_str_n(wide, sizeof(wide));
        CHECK_INT(store_put(view, &thing_table, &thing, &shop.err), MX_OK);
    }
    CHECK_INT(walk_keys(&shop, view, "by_group", 0), 20); /* a long text is cut there */
    CHECK_INT(shop_commit(&command), MX_OK);
    shop_free(&shop);
}

RUN_TESTS(CASE(keys_alone_are_told_without_the_records), CASE(scans), CASE(cursors), CASE(scan_sees_own_writes), CASE(reading_again))
