/* Calling others inside a command, and asking extension points. */
#include "fixture.h"

static struct op_call meet(struct fixture *f, const char *name, const char *how, int by) {
    char body[120];
    snprintf(body, sizeof(body), "{\"name\":\"%s\",\"how\":\"%s\",\"by\":%d}", name, how, by);
    return fixture_call(f, "toy.meet", base_arena_dup(f->arena, mx_str_of(body)).ptr);
}

TEST(types_pass_directly_or_by_name) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_STR(meet(&f, "a", "same", 3).answer, "{\"value\":3}");
    CHECK_STR(meet(&f, "a", "elsewhere", 3).answer, "{\"value\":6}");
    CHECK_STR(meet(&f, "a", "elsewhere", 1).answer, "{\"value\":7}"); /* now remembered as equal */
    CHECK_STR(meet(&f, "a", "other", 2).answer, "{\"value\":9}");
    CHECK_INT(fixture_counter(&f, "a"), 9);
    fixture_close(&f);
}

TEST(only_listed_operations_are_called) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(meet(&f, "a", "unlisted", 1).status, MX_E_INTERNAL);
    CHECK_INT(meet(&f, "a", "otherwise", 1).status, MX_E_INTERNAL); /* listed, but with other types */
    CHECK_STR(meet(&f, "a", "nobody", 1).answer, "{\"value\":77}"); /* listed, and nobody registered it */
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

TEST(a_nested_failure_cannot_be_swallowed) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = meet(&f, "a", "swallow", 1); /* the handler says it is fine */
    CHECK_INT(call.status, MX_E_REFUSED);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "no_more");
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

TEST(a_nested_query_reads_the_commands_state_and_writes_nothing) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(meet(&f, "a", "same", 4).status, MX_OK);
    CHECK_STR(meet(&f, "a", "read", 1).answer, "{\"value\":4}");
    CHECK_INT(fixture_counter(&f, "a"), 4);
    fixture_close(&f);
}

TEST(points_first_veto_collect) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_STR(meet(&f, "mine", "first", 6).answer, "{\"value\":7}");     /* the helper, by its own types */
    CHECK_STR(meet(&f, "yours", "first", 6).answer, "{\"value\":1000}"); /* it declined, the next one answers */
    CHECK_STR(meet(&f, "a", "veto", 1).answer, "{\"value\":0}");         /* somebody looked, nobody minded */
    CHECK_STR(meet(&f, "a", "collect", 5).answer, "{\"value\":55}");
    call = meet(&f, "a", "vetoed", 1);
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "not_today");
    CHECK_INT(fixture_counter(&f, "mine"), 0);
    fixture_close(&f);
}

TEST(a_point_without_answers_is_declined) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    op_stop(f.op);
    op_plugin_remove(f.op, "helper");
    REQUIRE(op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    CHECK_STR(meet(&f, "a", "veto", 1).answer, "{\"value\":1}"); /* MX_DECLINED */
    CHECK_STR(meet(&f, "mine", "first", 6).answer, "{\"value\":1000}");
    CHECK_INT(meet(&f, "a", "same", 6).http_status, 404); /* gone with its owner */
    CHECK(op_find(f.op, mx_str_of("helper.same")) == NULL);
    fixture_close(&f);
}

TEST(operations_are_listed_by_name) {
    struct fixture f;
    const struct op_entry *entry, *before = NULL;
    uint32_t at = 0, count = 0, toys = 0;
    REQUIRE(fixture_open(&f));
    while ((entry = op_next(f.op, &at))) {
        CHECK(!before || strcmp(before->def->name, entry->def->name) < 0);
        CHECK(op_find(f.op, mx_str_of(entry->def->name)) == entry);
        toys += strcmp(entry->owner, "toy") == 0;
        before = entry;
        count++;
    }
    CHECK_INT(toys, sizeof(toy_ops) / sizeof(toy_ops[0]) - 1);
    CHECK(count > toys + 10);
    CHECK(op_interface("mx.op", 0) && op_interface("mx.store", 0) && op_interface("mx.event", 0) && op_interface("mx.identity", 0));
    CHECK(!op_interface("mx.op", 1) && !op_interface("mx.other", 0));
    CHECK_INT(*(const uint32_t *)op_interface("mx.identity", 0), sizeof(struct mx_identity_api));
    fixture_close(&f);
}

/* What a plugin hands on was read by nobody who looks for numbers of payment cards: it is looked at here. */
TEST(no_card_number_is_handed_on_in_somebodys_words) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = fixture_call(&f, "toy.meet", "{\"name\":\"4111 1111 1111 1111\",\"how\":\"talk\",\"by\":1}");
    CHECK_INT(call.http_status, 400);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "looks_like_card_number");
    CHECK_STR(fixture_text(&f, call.answer, "field"), "first.note");
    CHECK(!strstr(base_arena_dup(f.arena, call.answer).ptr, "1111"));
    call = fixture_call(&f, "toy.meet", "{\"name\":\"4111 1111 1111 1111\",\"how\":\"talk\",\"by\":2}");
    CHECK_STR(fixture_text(&f, call.answer, "field"), "more[1].note");
    CHECK_INT(fixture_call(&f, "toy.meet", "{\"name\":\"4111 1111 1111 1112\",\"how\":\"talk\",\"by\":2}").status, MX_OK);
    fixture_close(&f);
}

RUN_TESTS(CASE(types_pass_directly_or_by_name), CASE(only_listed_operations_are_called), CASE(a_nested_failure_cannot_be_swallowed),
          CASE(a_nested_query_reads_the_commands_state_and_writes_nothing), CASE(points_first_veto_collect),
          CASE(a_point_without_answers_is_declined), CASE(operations_are_listed_by_name),
          CASE(no_card_number_is_handed_on_in_somebodys_words))
