/* Due times: order, replacement, cancelling. */
#include "unit/bus/fixture.h"

static mx_status put_due(struct store_view *view, int64_t due_ms, const char *op, const char *id, const char *body) {
    struct bus_due due = {due_ms, mx_str_of(op), mx_str_of(id), mx_str_of(body), 0};
    return bus_due_put(view, &due);
}

static int first_is(struct store_view *view, int64_t due_ms, const char *op, const char *id, const char *body) {
    struct bus_due due;
    if (bus_due_first(view, &due) != MX_OK) return 0;
    return due.due_ms == due_ms && mx_str_is(due.op, op) && mx_str_is(due.id, id) && mx_str_is(due.body, body);
}

TEST(the_earliest_comes_first) {
    static const int64_t times[] = {5000, -3, 70, INT64_C(1700000000000), 0, 256, 255, 71};
    struct store_view *view;
    struct bus_due due;
    struct fixture f;
    int64_t last = INT64_MIN;
    char id[8];
    size_t i;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(bus_due_first(view, &due), MX_NONE);
    for (i = 0; i < 8; i++) {
        snprintf(id, sizeof(id), "i%zu", i);
        CHECK_INT(put_due(view, times[i], "a.b", id, "{}"), MX_OK);
    }
    commit(&f);
    view = begin(&f);
    for (i = 0; i < 8; i++) {
        CHECK_INT(bus_due_first(view, &due), MX_OK);
        CHECK(due.due_ms > last);
        last = due.due_ms;
        CHECK_INT(bus_due_del(view, due.op, due.id), MX_OK);
    }
    CHECK_INT(bus_due_first(view, &due), MX_NONE);
    commit(&f);
    view = shop_read(&f.shop);
    CHECK_INT(bus_due_first(view, &due), MX_NONE);
    store_read_end(view);
    fixture_close(&f);
}

TEST(the_same_op_and_id_replaces) {
    struct store_view *view;
    struct bus_due due;
    struct fixture f;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(put_due(view, 100, "a.b", "x", "{\"n\":1}"), MX_OK);
    CHECK_INT(put_due(view, 200, "a.b", "y", ""), MX_OK);
    commit(&f);
    view = begin(&f);
    CHECK_INT(put_due(view, 300, "a.b", "x", "{\"n\":2}"), MX_OK);
    CHECK(first_is(view, 200, "a.b", "y", ""));
    CHECK_INT(bus_due_del(view, STR("a.b"), STR("y")), MX_OK);
    CHECK(first_is(view, 300, "a.b", "x", "{\"n\":2}"));
    CHECK_INT(put_due(view, 50, "a.b", "x", "{\"n\":3}"), MX_OK); /* earlier, in the same command */
    CHECK(first_is(view, 50, "a.b", "x", "{\"n\":3}"));
    CHECK_INT(put_due(view, 50, "a.b", "x", "{\"n\":4}"), MX_OK); /* at the same time */
    CHECK(first_is(view, 50, "a.b", "x", "{\"n\":4}"));
    CHECK_INT(bus_due_del(view, STR("a.b"), STR("x")), MX_OK);
    CHECK_INT(bus_due_first(view, &due), MX_NONE);
    CHECK_INT(bus_due_del(view, STR("a.b"), STR("x")), MX_NONE);
    commit(&f);
    fixture_close(&f);
}

TEST(op_and_id_are_apart) {
    struct store_view *view;
    struct fixture f;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(put_due(view, 2, "ab", "c", "1"), MX_OK);
    CHECK_INT(put_due(view, 1, "a", "bc", "2"), MX_OK);
    CHECK_INT(put_due(view, 3, "ab", "", "3"), MX_OK);
    CHECK(first_is(view, 1, "a", "bc", "2"));
    CHECK_INT(bus_due_del(view, STR("a"), STR("bc")), MX_OK);
    CHECK(first_is(view, 2, "ab", "c", "1"));
    CHECK_INT(bus_due_del(view, STR("ab"), STR("c")), MX_OK);
    CHECK(first_is(view, 3, "ab", "", "3"));
    commit(&f);
    fixture_close(&f);
}

TEST(a_dropped_command_changes_nothing) {
    struct store_view *view;
    struct fixture f;
    fixture_open(&f);
    view = begin(&f);
    CHECK_INT(put_due(view, 10, "a.b", "x", "{}"), MX_OK);
    commit(&f);
    view = begin(&f);
    CHECK_INT(put_due(view, 5, "a.b", "x", "{}"), MX_OK);
    CHECK_INT(put_due(view, 1, "a.b", "y", "{}"), MX_OK);
    shop_drop(&f.command);
    view = shop_read(&f.shop);
    CHECK(first_is(view, 10, "a.b", "x", "{}"));
    store_read_end(view);
    fixture_close(&f);
}

RUN_TESTS(CASE(the_earliest_comes_first), CASE(the_same_op_and_id_replaces), CASE(op_and_id_are_apart),
          CASE(a_dropped_command_changes_nothing))
