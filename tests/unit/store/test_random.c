/* Random commands on a table with every kind of index, against a plain array: what is read, what is refused, and that
 * verify finds nothing after each group. */
#include <stdlib.h>

#include "base/id.h"
#include "shop.h"
#include "support/check.h"

#define THINGS    40
#define CODES_MAX 3

struct thing {
    struct mx_rec rec;
    struct mx_str sku;
    struct mx_str group;
    int64_t due;
    struct mx_list codes;
};
static const struct mx_field thing_fields[] = {
    MX_F_STR(thing, sku, MX_REQUIRED, 1, 64, "article"),
    MX_F_STR(thing, group, 0, 0, 400, "group"),
    MX_F_TIME(thing, due, 0, "due"),
    MX_F_STRS(thing, codes, 0, 0, 100, "barcodes"),
};
MX_TYPE_REC(thing, "test.thing", "a thing");
static const struct mx_index thing_indexes[] = {
    {"by_code", "codes", MX_INDEX_UNIQUE},
    {"by_group", "group due", 0},
    {"by_due", "due", 0},
    {"by_group_code", "group codes", 0},
};
static const struct mx_table thing_table = {sizeof(struct mx_table), 0, "test.things",          "things", &thing_type, "sku", NULL,
                                            thing_indexes,           4, sizeof(struct mx_index)};

/* The same as plain numbers. group 0 and due 0 are absent; codes[i] 0 is none. */
struct plain {
    int there;
    int64_t rev;
    int group, due;
    int codes[CODES_MAX];
};

struct model {
    struct plain things[THINGS];
};

static struct base_random dice;

static int roll(int sides) { return (int)(base_random_next(&dice) % (uint64_t)sides); }

static struct thing thing_of(struct base_arena *arena, int number, const struct plain *plain) {
    struct thing thing;
    struct mx_str *codes = base_arena_alloc(arena, CODES_MAX * sizeof(*codes));
    memset(&thing, 0, sizeof(thing));
    thing.sku = base_arena_printf(arena, "S%d", number);
    thing.rec.rev = plain->rev;
    thing.due = plain->due;
    if (plain->group) thing.group = base_arena_printf(arena, "g%0*d", plain->group == 1 ? 200 : 2, plain->group);
    thing.codes = (struct mx_list){codes, 0, sizeof(*codes)};
    for (int i = 0; i < CODES_MAX; i++)
        if (plain->codes[i]) codes[thing.codes.count++] = base_arena_printf(arena, "c%d", plain->codes[i]);
    return thing;
}

static int code_taken(const struct model *model, int but, int code) {
    for (int i = 0; i < THINGS; i++)
        for (int k = 0; k < CODES_MAX; k++)
            if (i != but && model->things[i].there && model->things[i].codes[k] == code) return 1;
    return 0;
}

static void put_one(struct shop *shop, struct store_view *view, struct model *model) {
    int number = roll(THINGS), stale = roll(10) == 0;
    struct plain *old = &model->things[number], now = *old;
    mx_status want = MX_OK;
    struct thing thing;
    now.group = roll(4);
    now.due = roll(3);
    for (int i = 0; i < CODES_MAX; i++) now.codes[i] = roll(2) ? 1 + roll(150) : 0;
    now.rev = stale ? (old->there ? 0 : 3) : old->rev;
    thing = thing_of(shop->arena, number, &now);
    if (stale)
        want = old->there ? MX_E_EXISTS : MX_E_CONFLICT;
    else
        for (int i = 0; i < CODES_MAX; i++)
            if (now.codes[i] && code_taken(model, number, now.codes[i])) want = MX_E_EXISTS;
    CHECK_INT(store_put(view, &thing_table, &thing, &shop->err), want);
    if (want != MX_OK) return;
    now.there = 1;
    now.rev = thing.rec.rev;
    *old = now;
}

static void del_one(struct shop *shop, struct store_view *view, struct model *model) {
    int number = roll(THINGS);
    struct thing thing = thing_of(shop->arena, number, &model->things[number]);
    CHECK_INT(store_del(view, &thing_table, &thing, &shop->err), model->things[number].there ? MX_OK : MX_NONE);
    memset(&model->things[number], 0, sizeof(model->things[number]));
}

static void find_by_code(struct shop *shop, struct store_view *view, const struct model *model) {
    struct plain probe = {.codes = {1 + roll(150)}};
    struct thing thing = thing_of(shop->arena, 0, &probe), *got = NULL;
    mx_status st = store_find(view, &thing_table, "by_code", &thing, (void **)&got, &shop->err);
    CHECK_INT(st, code_taken(model, -1, probe.codes[0]) ? MX_OK : MX_NONE);
    if (st == MX_OK) {
        const struct plain *plain = &model->things[atoi(got->sku.ptr + 1)];
        CHECK(plain->codes[0] == probe.codes[0] || plain->codes[1] == probe.codes[0] || plain->codes[2] == probe.codes[0]);
        CHECK_INT(got->rec.rev, plain->rev);
    }
}

static int scan_count(struct shop *shop, struct store_view *view, const char *index, uint32_t prefix, const struct thing *probe) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = index, .prefix = prefix, .reverse = (uint8_t)roll(2)};
    struct mx_scan *scan;
    void *record;
    int n = 0;
    CHECK_INT(store_scan_open(view, &thing_table, &opts, probe, &scan, &shop->err), MX_OK);
    while (store_scan_next(scan, &record, &shop->err) == MX_OK) n++;
    return n;
}

static void scan_some(struct shop *shop, struct store_view *view, const struct model *model) {
    struct plain probe = {.group = 1 + roll(3), .due = roll(3)};
    struct thing thing = thing_of(shop->arena, 0, &probe);
    int all = 0, group = 0, both = 0, due = 0;
    for (int i = 0; i < THINGS; i++) {
        const struct plain *plain = &model->things[i];
        all += plain->there;
        group += plain->there && plain->group == probe.group;
        both += plain->there && plain->group == probe.group && plain->due == probe.due;
        due += plain->there && plain->due != 0;
    }
    CHECK_INT(scan_count(shop, view, NULL, 0, NULL), all);
    CHECK_INT(scan_count(shop, view, "by_group", 1, &thing), group);
    CHECK_INT(scan_count(shop, view, "by_group", 2, &thing), both);
    CHECK_INT(scan_count(shop, view, "by_due", 0, NULL), due);
}

static void on_found(void *arg, const char *what) {
    ++*(int *)arg;
    printf("# verify: %s\n", what);
}

static void one_group(struct shop *shop, struct model *durable) {
    struct model open = *durable;
    struct store_group *group;
    int found = 0;
    uint64_t records;
    base_arena_reset(shop->arena);
    REQUIRE(store_group_begin(shop->store, &group) == MX_OK);
    for (int n = 1 + roll(4); n > 0; n--) {
        struct model own = open;
        struct store_view *view;
        CHECK_INT(store_write_begin(group, shop->arena, &view), MX_OK);
        for (int i = 0; i < 12; i++) {
            int what = roll(10);
            if (what < 6)
                put_one(shop, view, &own);
            else if (what < 8)
                del_one(shop, view, &own);
            else if (what == 8)
                find_by_code(shop, view, &own);
            else
                scan_some(shop, view, &own);
        }
        if (roll(4)) {
            CHECK_INT(store_write_apply(view), MX_OK);
            open = own;
        } else
            store_write_drop(view);
    }
    if (roll(5)) {
        CHECK_INT(store_group_commit(group), MX_OK);
        *durable = open;
    } else
        store_group_abort(group);
    CHECK_INT(store_verify(shop->store, on_found, &found, &records), MX_OK);
    CHECK_INT(found, 0);
}

TEST(random_commands) {
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct model model;
        struct shop shop;
        memset(&model, 0, sizeof(model));
        base_random_seed_from(&dice, seed);
        shop_new(&shop);
        if (store_table_add(shop.store, "test", &thing_table, &shop.err) != MX_OK) shop_stop(&shop, "things");
        shop_start(&shop);
        for (int i = 0; i < 60; i++) one_group(&shop, &model);
        shop_free(&shop);
    }
}

RUN_TESTS(CASE(random_commands))
