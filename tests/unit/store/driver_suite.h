/* What every driver must do, written against the driver's table of functions alone. */
#ifndef TESTS_UNIT_STORE_DRIVER_SUITE_H
#define TESTS_UNIT_STORE_DRIVER_SUITE_H

#include <pthread.h>
#include <stdlib.h>

#include "store/driver.h"
#include "support/check.h"
#include "support/folder.h"

struct suite {
    const struct store_driver *driver;
    struct folder folder;
    struct store_db *db;
};

static void suite_open(struct suite *suite, const struct store_driver *driver, uint32_t readers) {
    struct store_driver_opts opts = {NULL, UINT64_C(1) << 30, readers, 1};
    struct mx_error err;
    suite->driver = driver;
    folder_new(&suite->folder);
    opts.dir = suite->folder.path;
    if (driver->open(&opts, &suite->db, &err) != MX_OK) {
        printf("# open: %s\n", err.message);
        exit(2);
    }
}

static void suite_close(struct suite *suite) {
    suite->driver->close(suite->db);
    folder_free(&suite->folder);
}

static struct store_bytes bytes(const char *text) { return (struct store_bytes){text, strlen(text)}; }

static int same(struct store_bytes got, const char *want) { return got.len == strlen(want) && memcmp(got.ptr, want, got.len) == 0; }

/* Writes in pairs of key and value, value NULL = delete; ends with NULL. */
static void suite_write(struct suite *suite, const char *const *pairs) {
    struct store_write writes[32];
    struct store_reader *group;
    size_t n = 0;
    for (; pairs[2 * n]; n++) {
        writes[n].key = bytes(pairs[2 * n]);
        writes[n].value = pairs[2 * n + 1] ? bytes(pairs[2 * n + 1]) : (struct store_bytes){NULL, 0};
    }
    REQUIRE(suite->driver->group_begin(suite->db, &group) == MX_OK);
    CHECK_INT(suite->driver->group_apply(group, writes, n), MX_OK);
    CHECK_INT(suite->driver->group_commit(group), MX_OK);
}

static const char *const five[] = {"b", "1", "bb", "2", "d", "3", "f", "4", "ff", "5", NULL, NULL};

static void suite_reads_and_writes(const struct store_driver *driver) {
    static const char *const change[] = {"b", "new", "d", NULL, "zz", NULL, NULL, NULL};
    struct suite suite;
    struct store_reader *before, *after;
    struct store_bytes value, keys[3] = {bytes("b"), bytes("nope"), bytes("f")}, values[3];
    suite_open(&suite, driver, 0);
    suite_write(&suite, five);
    CHECK_INT(driver->snapshot_begin(suite.db, &before), MX_OK);
    suite_write(&suite, change);
    CHECK_INT(driver->snapshot_begin(suite.db, &after), MX_OK);
    CHECK_INT(driver->get(before, bytes("b"), &value), MX_OK); /* a snapshot stays as it was */
    CHECK(same(value, "1"));
    CHECK_INT(driver->get(before, bytes("d"), &value), MX_OK);
    CHECK_INT(driver->get(after, bytes("b"), &value), MX_OK);
    CHECK(same(value, "new"));
    CHECK_INT(driver->get(after, bytes("d"), &value), MX_NONE);
    CHECK_INT(driver->get(after, bytes("bbb"), &value), MX_NONE);
    CHECK_INT(driver->get_many(after, keys, 3, values), MX_OK);
    CHECK(same(values[0], "new") && values[1].ptr == NULL && same(values[2], "4"));
    driver->snapshot_end(before);
    driver->snapshot_end(after);
    suite_close(&suite);
}

/* Walk all from a seek; the keys with spaces between must be `want`. */
static void suite_walk(const struct store_driver *driver, struct store_reader *reader, const char *from, int reverse, const char *want) {
    struct store_cursor *cursor;
    struct store_bytes key, value;
    char got[256] = "";
    mx_status st;
    REQUIRE(driver->cursor_open(reader, &cursor) == MX_OK);
    for (st = driver->cursor_seek(cursor, bytes(from), reverse, &key, &value); st == MX_OK;
         st = driver->cursor_step(cursor, reverse, &key, &value)) {
        strncat(got, key.ptr, key.len);
        strcat(got, " ");
    }
    CHECK_INT(st, MX_DONE);
    if (strcmp(got, want) != 0) printf("# from %s: got %s\n", from, got);
    CHECK(strcmp(got, want) == 0);
    driver->cursor_close(cursor);
}

static void suite_cursors(const struct store_driver *driver) {
    struct suite suite;
    struct store_reader *reader;
    suite_open(&suite, driver, 0);
    for (int round = 0; round < 3; round++) {
        CHECK_INT(driver->snapshot_begin(suite.db, &reader), MX_OK);
        if (round == 0) {
            suite_walk(driver, reader, "a", 0, "");
            suite_walk(driver, reader, "a", 1, "");
        } else {
            suite_walk(driver, reader, "a", 0, "b bb d f ff ");
            suite_walk(driver, reader, "b", 0, "b bb d f ff ");
            suite_walk(driver, reader, "ba", 0, "bb d f ff ");
            suite_walk(driver, reader, "g", 0, "");
            suite_walk(driver, reader, "a", 1, "");
            suite_walk(driver, reader, "b", 1, "b ");
            suite_walk(driver, reader, "c", 1, "bb b ");
            suite_walk(driver, reader, "ff", 1, "ff f d bb b ");
            suite_walk(driver, reader, "zzz", 1, "ff f d bb b ");
        }
        driver->snapshot_end(reader);
        if (round == 0) suite_write(&suite, five);
    }
    suite_close(&suite);
}

static void suite_groups(const struct store_driver *driver) {
    static const char *const more[] = {"a", "0", NULL, NULL};
    struct store_write first[] = {{{"a", 1}, {"x", 1}}, {{"c", 1}, {"y", 1}}}, second[] = {{{"b", 1}, {NULL, 0}}, {{"c", 1}, {"z", 1}}};
    struct suite suite;
    struct store_reader *group, *reader;
    struct store_bytes value;
    suite_open(&suite, driver, 0);
    suite_write(&suite, five);
    CHECK_INT(driver->group_begin(suite.db, &group), MX_OK);
    CHECK_INT(driver->group_apply(group, first, 2), MX_OK);
    CHECK_INT(driver->get(group, bytes("c"), &value), MX_OK); /* a group sees what was applied */
    CHECK(same(value, "y"));
    suite_walk(driver, group, "a", 0, "a b bb c d f ff ");
    CHECK_INT(driver->group_apply(group, second, 2), MX_OK);
    CHECK_INT(driver->get(group, bytes("c"), &value), MX_OK);
    CHECK(same(value, "z"));
    suite_walk(driver, group, "zz", 1, "ff f d c bb a ");
    CHECK_INT(driver->snapshot_begin(suite.db, &reader), MX_OK); /* nobody else does */
    suite_walk(driver, reader, "a", 0, "b bb d f ff ");
    driver->group_abort(group);
    driver->snapshot_end(reader);
    CHECK_INT(driver->snapshot_begin(suite.db, &reader), MX_OK);
    suite_walk(driver, reader, "a", 0, "b bb d f ff ");
    driver->snapshot_end(reader);
    CHECK_INT(driver->group_begin(suite.db, &group), MX_OK);
    CHECK_INT(driver->group_apply(group, first, 0), MX_OK);
    CHECK_INT(driver->group_commit(group), MX_OK); /* an empty group is fine */
    suite_write(&suite, more);
    suite_close(&suite);
}

/* Appended in two groups, found like any other; what does not stand above all others is refused. */
static void suite_append(const struct store_driver *driver) {
    struct store_write first[2] = {{bytes("a"), bytes("1")}, {bytes("c"), bytes("2")}};
    struct store_write second[1] = {{bytes("d"), bytes("3")}}, below[1] = {{bytes("b"), bytes("4")}};
    struct suite suite;
    struct store_reader *reader;
    suite_open(&suite, driver, 0);
    for (int i = 0; i < 2; i++) {
        REQUIRE(driver->group_begin(suite.db, &reader) == MX_OK);
        CHECK_INT(driver->group_append(reader, i ? second : first, i ? 1 : 2), MX_OK);
        CHECK_INT(driver->group_commit(reader), MX_OK);
    }
    REQUIRE(driver->group_begin(suite.db, &reader) == MX_OK);
    CHECK(driver->group_append(reader, below, 1) < 0);
    driver->group_abort(reader);
    REQUIRE(driver->snapshot_begin(suite.db, &reader) == MX_OK);
    suite_walk(driver, reader, "a", 0, "a c d ");
    driver->snapshot_end(reader);
    suite_close(&suite);
}

static void suite_bytes_of_any_kind(const struct store_driver *driver) {
    struct suite suite;
    struct store_reader *group, *reader;
    struct store_bytes value;
    uint8_t key[STORE_KEY_MAX];
    uint8_t *large = malloc(STORE_VALUE_MAX);
    struct store_write writes[2];
    suite_open(&suite, driver, 0);
    memset(key, 0xFF, sizeof(key));
    for (uint32_t i = 0; i < STORE_VALUE_MAX; i++) large[i] = (uint8_t)(i * 31 >> 3);
    writes[0] = (struct store_write){{"\0", 1}, {"", 0}}; /* the empty value is not "no value" */
    writes[1] = (struct store_write){{key, sizeof(key)}, {large, STORE_VALUE_MAX}};
    CHECK_INT(driver->group_begin(suite.db, &group), MX_OK);
    CHECK_INT(driver->group_apply(group, writes, 2), MX_OK);
    CHECK_INT(driver->group_commit(group), MX_OK);
    CHECK_INT(driver->snapshot_begin(suite.db, &reader), MX_OK);
    CHECK_INT(driver->get(reader, writes[0].key, &value), MX_OK);
    CHECK_INT(value.len, 0);
    CHECK_INT(driver->get(reader, writes[1].key, &value), MX_OK);
    CHECK(value.len == STORE_VALUE_MAX && memcmp(value.ptr, large, STORE_VALUE_MAX) == 0);
    driver->snapshot_end(reader);
    free(large);
    suite_close(&suite);
}

static void suite_too_many_readers(const struct store_driver *driver) {
    struct suite suite;
    struct store_reader *readers[4], *one_more;
    suite_open(&suite, driver, 4);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 4; i++) CHECK_INT(driver->snapshot_begin(suite.db, &readers[i]), MX_OK);
        CHECK_INT(driver->snapshot_begin(suite.db, &one_more), MX_E_OVERLOADED);
        for (int i = 0; i < 4; i++) driver->snapshot_end(readers[i]);
    }
    driver->tidy(suite.db);
    suite_close(&suite);
}

static void suite_survives_reopening(const struct store_driver *driver) {
    struct suite suite;
    struct store_driver_opts opts = {NULL, UINT64_C(1) << 30, 0, 0};
    struct store_reader *reader;
    struct folder empty;
    struct mx_error err;
    uint64_t used = 0, file = 0;
    suite_open(&suite, driver, 0);
    suite_write(&suite, five);
    driver->close(suite.db);
    opts.dir = suite.folder.path;
    CHECK_INT(driver->open(&opts, &suite.db, &err), MX_OK);
    CHECK_INT(driver->snapshot_begin(suite.db, &reader), MX_OK);
    suite_walk(driver, reader, "a", 0, "b bb d f ff ");
    driver->snapshot_end(reader);
    CHECK_INT(driver->size(suite.db, &used, &file), MX_OK);
    CHECK(used > 0 && file >= used);
    suite_close(&suite);
    folder_new(&empty);
    opts.dir = empty.path;
    CHECK_INT(driver->open(&opts, &suite.db, &err), MX_E_NOT_FOUND);
    folder_free(&empty);
}

/* Readers on other threads while groups commit: each snapshot is one whole group. */
struct suite_watch {
    struct suite *suite;
    int torn;
    int stop;
};

static void *suite_watcher(void *arg) {
    struct suite_watch *watch = arg;
    const struct store_driver *driver = watch->suite->driver;
    while (!__atomic_load_n(&watch->stop, __ATOMIC_ACQUIRE)) {
        struct store_reader *reader;
        struct store_bytes a, b;
        if (driver->snapshot_begin(watch->suite->db, &reader) != MX_OK) continue;
        if (driver->get(reader, bytes("a"), &a) != MX_OK || driver->get(reader, bytes("b"), &b) != MX_OK || a.len != b.len ||
            memcmp(a.ptr, b.ptr, a.len) != 0)
            watch->torn++;
        driver->snapshot_end(reader);
    }
    return NULL;
}

static void suite_threads(const struct store_driver *driver) {
    static const char *const start[] = {"a", "0", "b", "0", NULL, NULL};
    struct suite suite;
    struct suite_watch watch[2] = {{&suite, 0, 0}, {&suite, 0, 0}};
    pthread_t threads[2];
    suite_open(&suite, driver, 0);
    suite_write(&suite, start);
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, suite_watcher, &watch[i]);
    for (int i = 0; i < 100; i++) {
        char number[16];
        const char *const both[] = {"a", number, "b", number, NULL, NULL};
        snprintf(number, sizeof(number), "%d", i);
        suite_write(&suite, both);
    }
    for (int i = 0; i < 2; i++) {
        __atomic_store_n(&watch[i].stop, 1, __ATOMIC_RELEASE);
        pthread_join(threads[i], NULL);
        CHECK_INT(watch[i].torn, 0);
    }
    suite_close(&suite);
}

#endif
