/* Calls from outside: permission, strict input, answers, idempotency. */
#include "fixture.h"

TEST(a_command_counts_and_a_query_reads) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":3}");
    CHECK_INT(call.status, MX_OK);
    CHECK_INT(call.http_status, 200);
    CHECK_STR(call.answer, "{\"value\":3}");
    CHECK_INT(fixture_counter(&f, "a"), 3);
    CHECK_INT(fixture_counter(&f, "b"), 0);
    call = fixture_call(&f, "toy.heavy", "{\"name\":\"a\"}");
    CHECK_STR(call.answer, "{\"value\":3}");
    REQUIRE(fixture_restart(&f));
    CHECK_INT(fixture_counter(&f, "a"), 3);
    fixture_close(&f);
}

TEST(bad_input_is_named_and_changes_nothing) {
    static const char *const bad[][4] = {{"{}", "400", "missing_field", "name"},
                                         {"{\"name\":\"a\",\"what\":1}", "400", "unknown_field", "what"},
                                         {"{\"name\":\"a\",\"by\":1001}", "400", "out_of_range", "by"},
                                         {"{\"name\":\"a\",\"by\":\"1\"}", "400", "wrong_type", "by"},
                                         {"{\"name\":\"a\",\"name\":\"b\"}", "400", "doubled_field", "name"},
                                         {"{\"name\":\"a\"", "400", "bad_input", ""},
                                         {"[]", "400", "bad_input", ""}};
    struct fixture f;
    size_t i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct op_call call = fixture_call(&f, "toy.add", bad[i][0]);
        CHECK_INT(call.http_status, atoi(bad[i][1]));
        CHECK_INT(fixture_number(&f, call.answer, "status"), atoi(bad[i][1]));
        CHECK_STR(fixture_text(&f, call.answer, "code"), bad[i][2]);
        CHECK_STR(fixture_text(&f, call.answer, "field"), bad[i][3]);
        CHECK(fixture_text(&f, call.answer, "detail").len > 0 && fixture_text(&f, call.answer, "title").len > 0);
    }
    CHECK_INT(fixture_counter(&f, "a"), 0);
    CHECK_INT(fixture_call(&f, "toy.contact", "{\"x\":1}").http_status, 400); /* takes nothing */
    CHECK_INT(fixture_call(&f, "toy.contact", "").http_status, 200);
    fixture_close(&f);
}

TEST(problems_are_canonical) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = fixture_call(&f, "toy.add", "{\"name\":\"a\",\"how\":\"refuse\"}");
    CHECK_INT(call.status, MX_E_REFUSED);
    CHECK_INT(call.http_status, 409);
    CHECK_STR(call.answer, "{\"code\":\"no_more\",\"detail\":\"There is no more of that today.\",\"field\":\"by\",\"status\":409,"
                           "\"title\":\"the shop's rules refuse this\",\"type\":\"urn:merx:error:no_more\"}");
    call = fixture_call(&f, "toy.add", "{\"name\":\"a\",\"how\":\"inside\"}");
    CHECK_INT(call.http_status, 500);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "internal");
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"how\":\"declined\"}").http_status, 404);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"how\":\"odd\"}").http_status, 500);
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

TEST(roles_decide) {
    struct fixture f;
    struct identity_principal auditor, cashier, nobody;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    auditor = fixture_role(&f, "auditor");
    cashier = fixture_role(&f, "cashier");
    nobody = fixture_role(&f, "stranger");
    call = fixture_call_as(&f, &auditor, "toy.add", "k1", "{\"name\":\"a\",\"by\":1}");
    CHECK_INT(call.http_status, 403);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "forbidden");
    CHECK_INT(fixture_call_as(&f, &auditor, "toy.get", "", "{\"name\":\"a\"}").http_status, 200);
    CHECK_INT(fixture_call_as(&f, &cashier, "toy.add", "k2", "{\"name\":\"a\",\"by\":1}").http_status, 200);
    CHECK_INT(fixture_call_as(&f, &nobody, "toy.get", "", "{\"name\":\"a\"}").http_status, 403);
    CHECK_INT(fixture_call_as(&f, &nobody, "toy.public", "", "{\"name\":\"a\"}").http_status, 200);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    fixture_close(&f);
}

TEST(internal_operations_have_no_way_in) {
    struct fixture f;
    struct identity_principal system;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = fixture_call(&f, "toy.fire", "{\"name\":\"a\"}");
    CHECK_INT(call.http_status, 404);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "unknown_operation");
    CHECK_INT(fixture_counter(&f, "a"), 0);
    identity_system(&system);
    CHECK_INT(fixture_call_as(&f, &system, "toy.fire", "", "{\"name\":\"a\"}").http_status, 200);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    CHECK(op_find(f.op, mx_str_of("toy.nothing")) == NULL);
    fixture_close(&f);
}

TEST(queries_write_nothing) {
    static const char *const ways[] = {"", "number", "job", "due", "person", "event", "call"};
    struct fixture f;
    char body[80];
    size_t i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct op_call call;
        snprintf(body, sizeof(body), "{\"name\":\"a\",\"how\":\"%s\"}", ways[i]);
        call = fixture_call(&f, "toy.writes", body);
        CHECK_INT(call.status, MX_E_READ_ONLY);
        CHECK_INT(call.http_status, 500);
    }
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

/* ---- idempotency ---- */

static struct op_call keyed(struct fixture *f, const char *op, const char *key, const char *body) {
    return fixture_call_as(f, &f->owner, op, key, body);
}

TEST(a_key_counts_once) {
    struct fixture f;
    struct op_call first, again;
    REQUIRE(fixture_open(&f));
    first = keyed(&f, "toy.add", "till-1/7", "{\"name\":\"a\",\"by\":2}");
    again = keyed(&f, "toy.add", "till-1/7", " { \"by\" : 2, \"name\" : \"a\" } ");
    CHECK(!first.replayed && again.replayed);
    CHECK_STR(again.answer, "{\"value\":2}");
    CHECK_INT(again.http_status, 200);
    CHECK_INT(fixture_counter(&f, "a"), 2);
    REQUIRE(fixture_restart(&f));
    again = keyed(&f, "toy.add", "till-1/7", "{\"name\":\"a\",\"by\":2}");
    CHECK(again.replayed);
    CHECK_INT(fixture_counter(&f, "a"), 2);
    fixture_close(&f);
}

TEST(a_key_belongs_to_one_request) {
    struct fixture f;
    struct identity_principal other;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(keyed(&f, "toy.add", "k", "{\"name\":\"a\",\"by\":2}").status, MX_OK);
    call = keyed(&f, "toy.add", "k", "{\"name\":\"a\",\"by\":3}");
    CHECK_INT(call.http_status, 422);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "key_reused");
    CHECK_INT(keyed(&f, "toy.slow", "k", "{\"name\":\"a\",\"by\":2}").http_status, 422); /* another operation */
    CHECK_INT(fixture_counter(&f, "a"), 2);
    other = f.owner;
    other.id[6] = other.id[6] == '0' ? '1' : '0';
    other.roles_gen = f.owner.roles_gen;
    CHECK_INT(fixture_call_as(&f, &other, "toy.add", "k", "{\"name\":\"a\",\"by\":3}").status, MX_OK); /* another principal's key */
    CHECK_INT(fixture_counter(&f, "a"), 5);
    fixture_close(&f);
}

TEST(refusals_are_remembered_and_input_errors_are_not) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(keyed(&f, "toy.add", "k1", "{\"name\":\"a\",\"by\":2,\"how\":\"refuse\"}").http_status, 409);
    call = keyed(&f, "toy.add", "k1", "{\"name\":\"a\",\"by\":2,\"how\":\"refuse\"}");
    CHECK(call.replayed);
    CHECK_INT(call.http_status, 409);
    CHECK_INT(call.status, MX_E_REFUSED);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "no_more");
    CHECK_INT(keyed(&f, "toy.add", "k2", "{\"name\":\"a\",\"by\":2,\"how\":\"input\"}").http_status, 400);
    call = keyed(&f, "toy.add", "k2", "{\"name\":\"a\",\"by\":2,\"how\":\"input\"}");
    CHECK(!call.replayed);
    CHECK_INT(keyed(&f, "toy.add", "k2", "{\"name\":\"a\",\"by\":2}").http_status, 200); /* the key is still free */
    CHECK_INT(keyed(&f, "toy.add", "k3", "{\"name\":\"a\",\"by\":2,\"how\":\"inside\"}").http_status, 500);
    CHECK_INT(keyed(&f, "toy.add", "k3", "{\"name\":\"a\",\"by\":2}").http_status, 200);
    CHECK_INT(fixture_counter(&f, "a"), 4);
    fixture_close(&f);
}

TEST(a_command_needs_a_proper_key) {
    struct fixture f;
    struct op_call call;
    char longer[130];
    REQUIRE(fixture_open(&f));
    call = keyed(&f, "toy.add", "", "{\"name\":\"a\"}");
    CHECK_INT(call.http_status, 400);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "missing_key");
    CHECK_INT(keyed(&f, "toy.add", "a\tb", "{\"name\":\"a\"}").http_status, 400);
    CHECK_INT(keyed(&f, "toy.add", "\xc3\xa4", "{\"name\":\"a\"}").http_status, 400);
    memset(longer, 'k', sizeof(longer));
    longer[129] = 0;
    CHECK_INT(keyed(&f, "toy.add", longer, "{\"name\":\"a\"}").http_status, 400);
    longer[128] = 0;
    CHECK_INT(keyed(&f, "toy.add", longer, "{\"name\":\"a\"}").http_status, 200);
    fixture_close(&f);
}

TEST(old_answers_are_forgotten) {
    struct fixture f;
    char key[16];
    int i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 250; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        CHECK_INT(keyed(&f, "toy.add", base_arena_dup(f.arena, mx_str_of(key)).ptr, "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    }
    atomic_fetch_add(&fixture_now, INT64_C(8) * 24 * 3600 * 1000 + 1000);
    CHECK_INT(keyed(&f, "toy.add", "late", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK(keyed(&f, "toy.add", "k0", "{\"name\":\"a\",\"by\":1}").replayed); /* the look comes once a minute ... */
    REQUIRE(fixture_restart(&f));                                            /* ... and at a start */
    usleep(50000);
    CHECK(!keyed(&f, "toy.add", "k249", "{\"name\":\"a\",\"by\":1}").replayed);
    CHECK(!keyed(&f, "toy.add", "k0", "{\"name\":\"a\",\"by\":1}").replayed);
    CHECK(keyed(&f, "toy.add", "late", "{\"name\":\"a\",\"by\":1}").replayed);
    CHECK_INT(fixture_counter(&f, "a"), 253);
    fixture_close(&f);
}

TEST(a_damaged_answer_keeps_no_other_for_ever) {
    struct fixture f;
    struct base_buf age;
    REQUIRE(fixture_open(&f));
    CHECK_INT(keyed(&f, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    base_buf_init(&age, f.arena);
    store_key_int(&age, 1);
    base_buf_text(&age, "short");
    atomic_fetch_add(&fixture_now, INT64_C(8) * 24 * 3600 * 1000 + 1000);
    fixture_plant(&f, STORE_SPACE_IDEM_AGE, &age, "="); /* the start that follows looks for old answers */
    usleep(50000);
    CHECK(!keyed(&f, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").replayed);
    fixture_close(&f);
}

/* ---- the store and the persons behind the context ---- */

TEST(records_are_walked_and_numbers_have_no_gaps) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"b\",\"by\":1}").status, MX_OK);
    CHECK_STR(fixture_call(&f, "toy.scan", "{\"name\":\"x\",\"by\":1}").answer, "{\"value\":2}");
    call = fixture_call(&f, "toy.scan", "{\"name\":\"x\",\"how\":\"not a cursor\"}");
    CHECK_INT(call.http_status, 400);
    CHECK(fixture_text(&f, call.answer, "detail").len > 20); /* the store's own words */
    CHECK_STR(fixture_call(&f, "toy.number", "{\"name\":\"till-1\"}").answer, "{\"value\":1}");
    CHECK_INT(fixture_call(&f, "toy.number", "{\"name\":\"till-1\",\"how\":\"refuse\"}").http_status, 409);
    CHECK_STR(fixture_call(&f, "toy.number", "{\"name\":\"till-1\"}").answer, "{\"value\":2}");
    CHECK_STR(fixture_call(&f, "toy.number", "{\"name\":\"till-2\"}").answer, "{\"value\":1}");
    fixture_close(&f);
}

TEST(persons_are_known_by_the_shops_country) {
    struct fixture f;
    struct identity_principal cashier;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    cashier = fixture_role(&f, "cashier");
    CHECK_INT(fixture_call(&f, "toy.join", "{\"name\":\"138 0013 8000\"}").status, MX_OK);
    CHECK_STR(fixture_call(&f, "toy.known", "{\"name\":\"+8613800138000\"}").answer, "{\"value\":2}");
    CHECK_STR(fixture_call_as(&f, &cashier, "toy.known", "", "{\"name\":\"+8613800138000\"}").answer, "{\"value\":1}");
    CHECK_STR(fixture_call(&f, "toy.known", "{\"name\":\"13900139000\"}").answer, "{\"value\":0}");
    call = fixture_call(&f, "toy.join", "{\"name\":\"13800138000\"}");
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "identifier_taken");
    CHECK_STR(fixture_text(&f, call.answer, "field"), "phone");
    CHECK_INT(fixture_call(&f, "toy.known", "{\"name\":\"nonsense\"}").http_status, 400);
    CHECK_INT(fixture_call(&f, "shop.settings.put", "{\"country\":\"GB\"}").status, MX_OK);
    CHECK_INT(fixture_call(&f, "toy.join", "{\"name\":\"020 7946 0958\"}").status, MX_OK);
    CHECK_STR(fixture_call(&f, "toy.known", "{\"name\":\"+442079460958\"}").answer, "{\"value\":2}");
    fixture_close(&f);
}

/* ---- prepare, burning queries, personal answers ---- */

TEST(prepare_runs_before_and_a_stored_answer_goes_first) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_STR(keyed(&f, "toy.prepared", "k", "{\"name\":\"a\",\"by\":4}").answer, "{\"value\":8}");
    call = keyed(&f, "toy.prepared", "k", "{\"name\":\"a\",\"by\":4}");
    CHECK(call.replayed);
    CHECK_INT(fixture_counter(&f, "a"), 8);
    call = keyed(&f, "toy.prepared", "r", "{\"name\":\"a\",\"by\":4,\"how\":\"prepare refuses\"}");
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "not_ready");
    CHECK(keyed(&f, "toy.prepared", "r", "{\"name\":\"a\",\"by\":4,\"how\":\"prepare refuses\"}").replayed);
    CHECK_INT(keyed(&f, "toy.prepared", "w", "{\"name\":\"a\",\"how\":\"prepare writes\"}").status, MX_E_READ_ONLY);
    CHECK_INT(fixture_counter(&f, "a"), 8);
    fixture_close(&f);
}

TEST(a_burning_query_shows_once) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":5}").status, MX_OK);
    CHECK_STR(keyed(&f, "toy.burn", "", "{\"name\":\"a\"}").answer, "{\"value\":5}");
    CHECK_INT(keyed(&f, "toy.burn", "", "{\"name\":\"a\"}").http_status, 404);
    CHECK_INT(fixture_counter(&f, "a"), 0);
    CHECK(op_find(f.op, mx_str_of("toy.get"))->get_allowed);
    CHECK(!op_find(f.op, mx_str_of("toy.burn"))->get_allowed);
    CHECK(!op_find(f.op, mx_str_of("toy.add"))->get_allowed);
    CHECK(!op_find(f.op, mx_str_of("toy.by_phone"))->get_allowed); /* a phone does not belong into an address */
    fixture_close(&f);
}

TEST(a_heavy_query_burns_once_its_work_is_done) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_STR(keyed(&f, "toy.take", "", "{\"name\":\"a\",\"by\":4}").answer, "{\"value\":8}");
    CHECK_STR(keyed(&f, "toy.take", "", "{\"name\":\"a\",\"by\":4}").answer, "{\"value\":16}"); /* nothing is answered from the store */
    CHECK_INT(fixture_counter(&f, "a"), 16);
    CHECK_INT(keyed(&f, "toy.take", "", "{\"name\":\"a\",\"how\":\"prepare writes\"}").status, MX_E_READ_ONLY);
    CHECK(!op_find(f.op, mx_str_of("toy.take"))->get_allowed);
    fixture_close(&f);
}

TEST(personal_fields_are_masked) {
    struct fixture f;
    struct identity_principal cashier;
    REQUIRE(fixture_open(&f));
    cashier = fixture_role(&f, "cashier");
    CHECK_STR(fixture_text(&f, fixture_call(&f, "toy.contact", "{}").answer, "phone"), "+8613800138000");
    CHECK_STR(fixture_text(&f, fixture_call_as(&f, &cashier, "toy.contact", "", "{}").answer, "phone"), "***");
    fixture_close(&f);
}

RUN_TESTS(CASE(a_command_counts_and_a_query_reads), CASE(bad_input_is_named_and_changes_nothing), CASE(problems_are_canonical),
          CASE(roles_decide), CASE(internal_operations_have_no_way_in), CASE(queries_write_nothing), CASE(a_key_counts_once),
          CASE(a_key_belongs_to_one_request), CASE(refusals_are_remembered_and_input_errors_are_not), CASE(a_command_needs_a_proper_key),
          CASE(old_answers_are_forgotten), CASE(a_damaged_answer_keeps_no_other_for_ever),
          CASE(records_are_walked_and_numbers_have_no_gaps), CASE(persons_are_known_by_the_shops_country),
          CASE(prepare_runs_before_and_a_stored_answer_goes_first), CASE(a_burning_query_shows_once),
          CASE(a_heavy_query_burns_once_its_work_is_done), CASE(personal_fields_are_masked))
