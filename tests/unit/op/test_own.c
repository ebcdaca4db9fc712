/* A customer in her own session reaches what is hers; what she leaves out is she herself; the rest is refused before it waits. */
#include "customers.h"

#define ANNA  "+8613800000001"
#define BERTA "+8613800000002"

TEST(what_is_hers_and_what_is_not) {
    static const char *const by_member[] = {"club.look", "club.hers", "club.spend"};
    struct identity_principal anna;
    const char *mine, *hers;
    struct fixture f;
    size_t i;
    REQUIRE(club_begin(&f));
    mine = club_member(&f, club_joins(&f, ANNA));
    hers = club_member(&f, club_joins(&f, BERTA));
    anna = club_logs_in(&f, ANNA);
    REQUIRE(anna.person[0] && strcmp(anna.role, "customer") == 0);
    for (i = 0; i < 3; i++) {
        struct op_call own = club_call(&f, &anna, by_member[i], club_text(&f, "{\"member\":\"%s\"}%s", mine, ""));
        struct op_call other = club_call(&f, &anna, by_member[i], club_text(&f, "{\"member\":\"%s\"}%s", hers, ""));
        CHECK_INT(own.http_status, 200);
        CHECK_INT(other.http_status, 403);
    }
    CHECK_STR(fixture_text(&f, club_call(&f, &anna, "club.look", club_text(&f, "{\"member\":\"%s\"}%s", hers, "")).answer, "field"),
              "member");
    CHECK_INT(club_call(&f, &f.owner, "club.look", club_text(&f, "{\"member\":\"%s\"}%s", hers, "")).http_status, 200);
    fixture_close(&f);
}

TEST(what_she_leaves_out_is_she) {
    struct identity_principal anna;
    const char *person;
    struct fixture f;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    anna = club_logs_in(&f, ANNA);
    CHECK_STR(fixture_text(&f, club_call(&f, &anna, "club.look", "{}").answer, "member"), club_member(&f, person));
    CHECK_STR(fixture_text(&f, club_call(&f, &anna, "club.look", "").answer, "member"), club_member(&f, person));
    CHECK_STR(fixture_text(&f,
                           club_call(&f, &anna, "club.person", club_text(&f, "{\"member\":\"%s\"}%s", club_member(&f, person), "")).answer,
                           "person"),
              person);
    CHECK_INT(club_call(&f, &f.owner, "club.look", "{}").http_status, 400);
    CHECK_INT(club_call(&f, &anna, "club.look", "[]").http_status, 400);
    CHECK_INT(club_call(&f, &anna, "club.look", "{\"member\":null}").http_status, 400);
    fixture_close(&f);
}

TEST(what_says_nothing_about_customers_is_not_for_them) {
    struct identity_principal anna;
    struct fixture f;
    REQUIRE(club_begin(&f));
    club_joins(&f, ANNA);
    anna = club_logs_in(&f, ANNA);
    CHECK_INT(club_call(&f, &anna, "club.join", "{\"phone\":\"+8613800000009\"}").http_status, 403);
    CHECK_INT(club_call(&f, &anna, "identity.approval.pending", "{}").http_status, 403);
    CHECK_INT(club_call(&f, &anna, "identity.session.close", "{}").http_status, 200);
    CHECK_INT(club_call(&f, &anna, "club.spend", "{}").http_status, 401);
    fixture_close(&f);
}

/* The role holds "people.read", for what is her own; who somebody else is, a refusal tells to staff alone. */
TEST(whose_phone_it_is_no_customer_learns) {
    struct identity_principal anna;
    struct op_call told, hidden;
    const char *person, *body;
    struct fixture f;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    club_joins(&f, BERTA);
    anna = club_logs_in(&f, ANNA);
    body = base_arena_printf(f.arena, "{\"member\":\"%s\",\"person\":\"%s\",\"proof\":\"" BERTA "\"}", club_member(&f, person), person).ptr;
    told = club_call(&f, &f.owner, "club.know", body);
    hidden = club_call(&f, &anna, "club.know", body);
    CHECK_STR(fixture_text(&f, told.answer, "code"), "identifier_taken");
    CHECK_STR(fixture_text(&f, hidden.answer, "code"), "identifier_taken");
    CHECK(strstr(told.answer.ptr, "\"conflict\"") != NULL);
    CHECK(strstr(hidden.answer.ptr, "\"conflict\"") == NULL && strstr(hidden.answer.ptr, "per_") == NULL);
    fixture_close(&f);
}

TEST(a_wrong_declaration_is_refused) {
    static const struct mx_op wrong = {.size = sizeof(struct mx_op),
                                       .name = "bad.op",
                                       .permission = "bad.do",
                                       .in = &club_ask_type,
                                       .handler = club_look,
                                       .own = "nobody"};
    static const struct mx_op *const ops[] = {&wrong, NULL};
    static const struct mx_plugin bad = {
        .size = sizeof(struct mx_plugin), .abi_minor = MX_ABI_MINOR, .name = "bad", .version = "1", .summary = "t", .ops = ops};
    struct mx_error err = {0};
    struct fixture f;
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f));
    CHECK_INT(op_plugin_add(f.op, &bad, &err), MX_E_BAD_PLUGIN);
    CHECK(strstr(err.message, "\"nobody\"") != NULL);
    fixture_close(&f);
}

RUN_TESTS(CASE(what_is_hers_and_what_is_not), CASE(what_she_leaves_out_is_she), CASE(what_says_nothing_about_customers_is_not_for_them),
          CASE(whose_phone_it_is_no_customer_learns), CASE(a_wrong_declaration_is_refused))
