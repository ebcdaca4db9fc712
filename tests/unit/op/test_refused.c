/* What stays although a call was refused: everything it did is taken back, but a wrong guess is remembered. */
#include "fixture.h"

static struct op_call leave(struct fixture *f, const char *key, const char *how, int by) {
    char body[120];
    snprintf(body, sizeof(body), "{\"name\":\"a\",\"how\":\"%s\",\"by\":%d}", how, by);
    return fixture_call_as(f, &f->owner, "toy.meet", key, base_arena_dup(f->arena, mx_str_of(body)).ptr);
}

TEST(what_was_left_is_done_when_the_call_is_refused) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = leave(&f, "one", "leave", 1);
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "no_more");
    CHECK_INT(fixture_counter(&f, "a"), 1); /* not 101: its own work was taken back */
    REQUIRE(fixture_restart(&f));
    CHECK_INT(fixture_counter(&f, "a"), 1);
    fixture_close(&f);
}

TEST(nothing_is_done_when_it_succeeds) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(leave(&f, "one", "leave", 0).status, MX_OK);
    CHECK_INT(fixture_counter(&f, "a"), 100);
    fixture_close(&f);
}

TEST(the_same_call_again_leaves_nothing_more) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(leave(&f, "one", "leave", 1).http_status, 409);
    CHECK_INT(leave(&f, "one", "leave", 1).replayed, 1);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    CHECK_INT(leave(&f, "two", "leave", 1).http_status, 409);
    CHECK_INT(fixture_counter(&f, "a"), 2);
    fixture_close(&f);
}

TEST(each_thing_is_a_command_of_its_own) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(leave(&f, "one", "leave", 2).http_status, 409);
    CHECK_INT(fixture_counter(&f, "a"), 2);
    CHECK_INT(leave(&f, "two", "leave", 3).http_status, 409); /* what it left is refused, too */
    CHECK_INT(fixture_counter(&f, "a"), 2);
    CHECK_INT(leave(&f, "three", "leave", 1).http_status, 409);
    CHECK_INT(fixture_counter(&f, "a"), 3);
    fixture_close(&f);
}

TEST(only_internal_commands_of_its_own_and_where_one_may_write) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(leave(&f, "one", "leave others'", 1).status, MX_E_INTERNAL);
    CHECK_INT(leave(&f, "two", "leave public", 1).status, MX_E_INTERNAL);
    CHECK_INT(fixture_call(&f, "toy.writes", "{\"name\":\"a\",\"how\":\"leave\"}").status, MX_E_READ_ONLY);
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

TEST(a_due_operation_leaves_something_behind_too) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call(&f, "toy.later", "{\"name\":\"a\",\"by\":0,\"how\":\"leave\"}").status, MX_OK);
    CHECK(fixture_wait(&f, "left", 1));
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

RUN_TESTS(CASE(what_was_left_is_done_when_the_call_is_refused), CASE(nothing_is_done_when_it_succeeds),
          CASE(the_same_call_again_leaves_nothing_more), CASE(each_thing_is_a_command_of_its_own),
          CASE(only_internal_commands_of_its_own_and_where_one_may_write), CASE(a_due_operation_leaves_something_behind_too))
