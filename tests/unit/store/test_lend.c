/* Walks that lend their records: the memory of one serves for the next. */
#include "shop.h"
#include "support/check.h"

struct entry {
    struct mx_rec rec;
    struct mx_str account;
    int64_t seq;
    struct mx_str text;
};
static const struct mx_field entry_fields[] = {
    MX_F_STR(entry, account, MX_REQUIRED, 1, 64, "account"),
    MX_F_INT(entry, seq, MX_REQUIRED, 1, MX_INT_MAX, "number"),
    MX_F_STR(entry, text, 0, 0, 1000, "text"),
};
MX_TYPE_REC(entry, "test.entry", "an entry");
static const struct mx_index entry_indexes[] = {{"by_seq", "seq", 0}};
static const struct mx_table entry_table = {sizeof(struct mx_table), 0,    "test.entries", "entries", &entry_type,
                                            "account seq",           NULL, entry_indexes,  1,         sizeof(struct mx_index)};

#define ENTRIES 2000
static char text[500];

static void fill(struct shop *shop) {
    struct shop_command command;
    struct store_view *view;
    int64_t i;
    shop_new(shop);
    if (store_table_add(shop->store, "test", &entry_table, &shop->err) != MX_OK) shop_stop(shop, "table_add");
    shop_start(shop);
    memset(text, 'x', sizeof(text));
    view = shop_begin(shop, &command);
    for (i = 1; i <= ENTRIES; i++) {
        struct entry entry = {.rec = {.has = UINT64_MAX}, .account = mx_str_of("a"), .seq = i, .text = mx_str_n(text, sizeof(text))};
        if (store_put(view, &entry_table, &entry, &shop->err) != MX_OK) shop_stop(shop, "put");
    }
    if (shop_commit(&command) != MX_OK) shop_stop(shop, "commit");
}

/* Walk all entries and say how many came in order and how much memory the view took for them. */
static size_t walk(struct shop *shop, const struct mx_scan_opts *opts, int64_t *count) {
    struct base_arena *arena = base_arena_new(4096);
    struct store_view *view = NULL;
    struct mx_scan *scan = NULL;
    struct entry *entry;
    size_t bytes;
    *count = 0;
    if (store_read_begin(shop->store, arena, &view) != MX_OK) shop_stop(shop, "read_begin");
    CHECK_INT(store_scan_open(view, &entry_table, opts, NULL, &scan, &shop->err), MX_OK);
    while (store_scan_next(scan, (void **)&entry, &shop->err) == MX_OK)
        if (entry->seq == *count + 1 && mx_str_eq(entry->text, mx_str_n(text, sizeof(text)))) ++*count;
    bytes = base_arena_size(arena);
    store_read_end(view);
    base_arena_free(arena);
    return bytes;
}

TEST(lent_records_take_the_memory_of_one) {
    struct shop shop;
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    int64_t count;
    fill(&shop);
    CHECK(walk(&shop, &opts, &count) < 32 * 1024);
    CHECK_INT(count, ENTRIES);
    opts.index = "by_seq";
    CHECK(walk(&shop, &opts, &count) < 32 * 1024);
    CHECK_INT(count, ENTRIES);
    opts.lend = 0;
    CHECK(walk(&shop, &opts, &count) > ENTRIES * sizeof(text));
    CHECK_INT(count, ENTRIES);
    shop_free(&shop);
}

TEST(a_lending_walk_may_be_left_open_and_others_keep_their_records) {
    struct shop shop;
    struct mx_scan_opts lend = {.size = sizeof(lend), .lend = 1}, keep = {.size = sizeof(keep)};
    struct mx_scan *lending = NULL, *keeping = NULL;
    struct entry probe = {.account = mx_str_of("a"), .seq = 7}, *first, *got, *lent;
    struct store_view *view;
    fill(&shop);
    view = shop_read(&shop);
    CHECK_INT(store_scan_open(view, &entry_table, &lend, NULL, &lending, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(lending, (void **)&lent, &shop.err), MX_OK);
    CHECK_INT(store_scan_open(view, &entry_table, &keep, NULL, &keeping, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(keeping, (void **)&first, &shop.err), MX_OK);
    CHECK_INT(store_get(view, &entry_table, &probe, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(lending, (void **)&lent, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(lending, (void **)&lent, &shop.err), MX_OK);
    CHECK_INT(lent->seq, 3);
    CHECK_INT(first->seq, 1);
    CHECK_INT(got->seq, 7);
    store_read_end(view);
    shop_free(&shop);
}

/* How much the file grows when one small record is written often while a query's view stands open. */
static uint64_t growth(int lets_go) {
    struct shop shop;
    struct shop_command command;
    struct store_view *view;
    struct store_stat before, after;
    shop_new(&shop);
    shop_start(&shop);
    store_stat(shop.store, &before);
    view = shop_read(&shop);
    if (lets_go) store_read_rest(view);
    for (int i = 0; i < 200; i++) {
        struct store_view *write = shop_begin(&shop, &command);
        struct store_span key = {(const uint8_t *)"k", 1}, value = {(const uint8_t *)&i, sizeof(i)};
        CHECK_INT(store_raw_put(write, STORE_SPACE_JOBS, key, value), MX_OK);
        CHECK_INT(shop_commit(&command), MX_OK);
    }
    store_read_end(view);
    store_stat(shop.store, &after);
    shop_free(&shop);
    return after.file_bytes - before.file_bytes;
}

TEST(a_view_at_rest_keeps_no_old_pages) {
    CHECK(growth(1) < 65536);
    CHECK(growth(0) > 65536);
}

RUN_TESTS(CASE(a_view_at_rest_keeps_no_old_pages), CASE(lent_records_take_the_memory_of_one),
          CASE(a_lending_walk_may_be_left_open_and_others_keep_their_records))
