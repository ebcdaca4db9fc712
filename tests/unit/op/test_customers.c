/* Customers prove themselves: by a code that came to them, by a QR code that turns, by a PIN. The messages go to a real server. */
#include "customers.h"

#define ANNA    "+8613800000001"
#define BERTA   "+8613800000002"
#define NEW     "+8613800000003"
#define UNKNOWN "+8613800000099"

static const char *code_of(struct fixture *f, struct op_call call) {
    return base_arena_dup(f->arena, fixture_text(f, call.answer, "code")).ptr;
}

static struct op_call spend(struct fixture *f, const char *member, const char *proof) {
    return fixture_call(f, "club.spend", club_text(f, "{\"member\":\"%s\",\"proof\":\"%s\"}", member, proof));
}

static const char *spent(struct fixture *f, const char *member, const char *proof) {
    struct op_call call = spend(f, member, proof);
    return call.http_status == 200 ? "yes" : code_of(f, call);
}

#define CHECK_SPENT(member, proof, want) CHECK_STR(mx_str_of(spent(&f, member, proof)), want)

TEST(a_code_opens_a_session_once) {
    struct fixture f;
    const char *person, *code;
    struct op_call opened;
    struct identity_principal who;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    CHECK_INT(club_asks(&f, ANNA).http_status, 200);
    code = club_code_of(&f, 1);
    CHECK(strstr(http_last(), "POST /send?token=t ") && strstr(http_last(), "\"to\":{\"phone\":\"" ANNA "\"}"));
    CHECK(strstr(http_last(), "\"kind\":\"one_time_code\"") && strstr(http_last(), "\"purpose\":\"open\""));
    opened = club_opens(&f, "138 0000 0001", code);
    CHECK_INT(opened.http_status, 200);
    CHECK_STR(fixture_text(&f, opened.answer, "role"), "customer");
    who = club_who(&f, fixture_text(&f, opened.answer, "token"));
    CHECK_STR(mx_str_of(who.person), person);
    CHECK_INT(club_opens(&f, ANNA, code).http_status, 401);
    club_later(13 * 3600 * 1000);
    CHECK(club_who(&f, fixture_text(&f, opened.answer, "token")).id[0] == 0);
    fixture_close(&f);
}

TEST(known_and_unknown_get_the_same_answer) {
    struct fixture f;
    struct op_call known, unknown;
    REQUIRE(club_begin(&f));
    club_joins(&f, ANNA);
    known = club_asks(&f, ANNA);
    unknown = club_asks(&f, UNKNOWN);
    CHECK_INT(unknown.http_status, 200);
    CHECK(mx_str_eq(known.answer, unknown.answer));
    CHECK(http_wait(1));
    known = club_opens(&f, ANNA, "000000");
    unknown = club_opens(&f, UNKNOWN, "000000");
    CHECK_INT(known.http_status, 401);
    CHECK(mx_str_eq(known.answer, unknown.answer));
    CHECK_INT(http_count(), 1);
    CHECK_INT(club_asks(&f, "12").http_status, 400);
    CHECK_INT(fixture_call_as(&f, &(struct identity_principal){0}, "identity.customer.code", NULL, "{}").http_status, 400);
    fixture_close(&f);
}

TEST(five_tries_and_five_minutes) {
    struct fixture f;
    const char *code;
    int i;
    REQUIRE(club_begin(&f));
    club_joins(&f, ANNA);
    club_asks(&f, ANNA);
    code = club_code_of(&f, 1);
    for (i = 0; i < 5; i++) {
        CHECK_INT(club_opens(&f, ANNA, strcmp(code, "111111") ? "111111" : "222222").http_status, 401);
        club_later(30000);
    }
    CHECK_INT(club_opens(&f, ANNA, code).http_status, 401);
    club_later(60000);
    club_asks(&f, ANNA);
    code = club_code_of(&f, 2);
    club_later(5 * 60000);
    CHECK_INT(club_opens(&f, ANNA, code).http_status, 401);
    club_asks(&f, ANNA);
    code = club_code_of(&f, 3);
    club_later(4 * 60000);
    CHECK_INT(club_opens(&f, ANNA, code).http_status, 200);
    fixture_close(&f);
}

TEST(a_phone_number_alone_proves_nothing) {
    struct fixture f;
    const char *anna, *berta, *code;
    REQUIRE(club_begin(&f));
    anna = club_member(&f, club_joins(&f, ANNA));
    berta = club_member(&f, club_joins(&f, BERTA));
    CHECK_SPENT(anna, "", "proof_needed");
    CHECK_SPENT(anna, ANNA, "proof_wrong");
    CHECK_INT(fixture_call(&f, "identity.proof.ask", club_text(&f, "{\"member\":\"%s\"}%s", anna, "")).http_status, 200);
    code = club_code_of(&f, 1);
    CHECK(strstr(http_last(), "\"purpose\":\"proof\"") != NULL);
    CHECK_SPENT(berta, code, "proof_wrong");
    CHECK_SPENT(anna, code, "yes");
    CHECK_SPENT(anna, code, "proof_wrong");
    fixture_close(&f);
}

TEST(a_command_that_fails_uses_no_code_up) {
    struct fixture f;
    const char *anna, *person, *code;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    anna = club_member(&f, person);
    fixture_call(&f, "identity.proof.ask", club_text(&f, "{\"person\":\"%s\"}%s", person, ""));
    code = club_code_of(&f, 1);
    CHECK_STR(mx_str_of(code_of(
                  &f, fixture_call(
                          &f, "club.spend",
                          base_arena_printf(f.arena, "{\"member\":\"%s\",\"person\":\"%s\",\"proof\":\"%s\"}", anna, person, code).ptr))),
              "poor");
    CHECK_SPENT(anna, code, "yes");
    fixture_close(&f);
}

TEST(the_caller_herself_needs_no_proof) {
    struct fixture f;
    struct identity_principal anna;
    const char *berta;
    REQUIRE(club_begin(&f));
    club_joins(&f, ANNA);
    berta = club_member(&f, club_joins(&f, BERTA));
    anna = club_logs_in(&f, ANNA);
    CHECK_INT(club_call(&f, &anna, "club.spend", "{}").http_status, 200);
    CHECK_INT(club_call(&f, &anna, "club.spend", club_text(&f, "{\"member\":\"%s\"}%s", berta, "")).http_status, 403);
    fixture_close(&f);
}

static const char *qr_of(struct fixture *f, const struct identity_principal *who) {
    return base_arena_dup(f->arena, fixture_text(f, club_call(f, who, "identity.customer.qr", "{}").answer, "text")).ptr;
}

TEST(a_qr_code_turns_and_proves_once) {
    struct fixture f;
    struct identity_principal anna;
    const char *member, *person, *qr;
    struct op_call scanned;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    member = club_member(&f, person);
    club_joins(&f, BERTA);
    anna = club_logs_in(&f, ANNA);
    qr = qr_of(&f, &anna);
    scanned = fixture_call(&f, "identity.customer.scan", club_text(&f, "{\"qr\":\"%s\"}%s", qr, ""));
    CHECK_STR(fixture_text(&f, scanned.answer, "person"), person);
    CHECK_STR(fixture_text(&f, scanned.answer, "member"), member);
    CHECK_SPENT(club_member(&f, club_joins(&f, NEW)), qr, "proof_wrong");
    CHECK_SPENT(member, qr, "yes");
    CHECK_SPENT(member, qr, "proof_wrong");
    club_later(30000);
    qr = qr_of(&f, &anna);
    club_later(60000);
    CHECK_SPENT(member, qr, "proof_wrong");
    CHECK_INT(fixture_call(&f, "identity.customer.scan", club_text(&f, "{\"qr\":\"%s\"}%s", qr, "")).http_status, 404);
    CHECK_INT(fixture_call(&f, "identity.customer.scan", "{\"qr\":\"mxq_abc\"}").http_status, 404);
    CHECK_INT(fixture_call(&f, "identity.customer.qr", "{}").http_status, 403);
    fixture_close(&f);
}

TEST(a_pin_proves_until_it_was_wrong_too_often) {
    struct fixture f;
    struct identity_principal anna;
    const char *member;
    int i;
    REQUIRE(club_begin(&f));
    member = club_member(&f, club_joins(&f, ANNA));
    anna = club_logs_in(&f, ANNA);
    CHECK_INT(club_call(&f, &anna, "identity.customer.pin.set", "{\"pin\":\"123456\"}").http_status, 400);
    CHECK_INT(club_call(&f, &anna, "identity.customer.pin.set", "{\"pin\":\"2846\"}").http_status, 400);
    CHECK_SPENT(member, "284615", "proof_wrong");
    CHECK_INT(club_call(&f, &anna, "identity.customer.pin.set", "{\"pin\":\"284615\"}").http_status, 200);
    CHECK_SPENT(member, "284615", "yes");
    CHECK_SPENT(member, "284616", "proof_wrong");
    CHECK_SPENT(member, "284615", "yes");
    for (i = 0; i < 10; i++) {
        club_later(60000);
        CHECK_SPENT(member, "284616", "proof_wrong");
    }
    club_later(60000);
    CHECK_SPENT(member, "284615", "proof_wrong");
    club_later(INT64_C(25) * 3600 * 1000);
    CHECK_SPENT(member, "284615", "yes");
    fixture_close(&f);
}

/* Somebody has another phone linked to Anna, and would now be Anna. */
TEST(what_was_linked_lately_proves_nothing_yet) {
    struct fixture f;
    struct identity_principal thief;
    const char *person, *member;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    member = club_member(&f, person);
    club_later(60000);
    CHECK_INT(fixture_call(&f, "club.link",
                           base_arena_printf(f.arena, "{\"member\":\"%s\",\"person\":\"%s\",\"proof\":\"" NEW "\"}", member, person).ptr)
                  .http_status,
              200);
    thief = club_logs_in(&f, NEW);
    REQUIRE(thief.person[0]);
    CHECK_STR(mx_str_of(code_of(&f, club_call(&f, &thief, "club.spend", "{}"))), "proof_new");
    CHECK_STR(mx_str_of(code_of(&f, club_call(&f, &thief, "identity.customer.qr", "{}"))), "proof_new");
    CHECK_STR(mx_str_of(code_of(&f, club_call(&f, &thief, "identity.customer.pin.set", "{\"pin\":\"284615\"}"))), "proof_new");
    fixture_call(&f, "identity.proof.ask", club_text(&f, "{\"member\":\"%s\"}%s", member, ""));
    CHECK(http_wait(2) && strstr(http_last(), "{\"phone\":\"" ANNA "\"}"));
    club_later(INT64_C(25) * 3600 * 1000);
    thief = club_logs_in(&f, NEW);
    CHECK_INT(club_call(&f, &thief, "club.spend", "{}").http_status, 200);
    fixture_close(&f);
}

TEST(without_a_gateway_no_code_is_sent) {
    struct fixture f;
    REQUIRE(club_begin(&f));
    CHECK_INT(fixture_call(&f, "identity.customer.settings.put", "{\"message_url\":\"\"}").http_status, 200);
    CHECK_STR(mx_str_of(code_of(&f, club_asks(&f, ANNA))), "no_gateway");
    CHECK_STR(fixture_text(&f, fixture_call(&f, "identity.customer.settings.put", "{\"message_url\":\"ftp://x\"}").answer, "field"),
              "message_url");
    fixture_call(&f, "identity.customer.settings.put", "{\"message_url\":\"https://sms.example/send?key=geheim\"}");
    CHECK_STR(fixture_text(&f, fixture_call(&f, "identity.customer.settings.get", "{}").answer, "message_url"), "https://sms.example/send");
    fixture_close(&f);
}

TEST(what_the_outbox_would_not_send_to_is_no_gateway) {
    static const char *const bad[] = {"https://", "https:///send", "https://me:secret@sms.example/send", "https://sms.example\\\\x/",
                                      "sms.example"};
    struct fixture f;
    size_t i;
    REQUIRE(club_begin(&f));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct op_call call = fixture_call(&f, "identity.customer.settings.put", club_text(&f, "{\"message_url\":\"%s\"}%s", bad[i], ""));
        CHECK_INT(call.http_status, 400);
        CHECK_STR(fixture_text(&f, call.answer, "field"), "message_url");
        CHECK(strstr(call.answer.ptr, "secret") == NULL);
    }
    fixture_close(&f);
}

/* The webhook that signed messages is gone: the shop's mistake, and no way to ask who is known. */
TEST(a_message_that_cannot_be_sent_tells_nothing) {
    struct fixture f;
    struct op_call known, unknown;
    REQUIRE(club_begin(&f));
    club_joins(&f, ANNA);
    CHECK_INT(fixture_call(&f, "identity.customer.settings.put", "{\"message_sign\":\"whk_00000000000000000000000000\"}").http_status, 200);
    known = club_asks(&f, ANNA);
    unknown = club_asks(&f, UNKNOWN);
    CHECK_INT(known.http_status, 200);
    CHECK(mx_str_eq(known.answer, unknown.answer));
    fixture_close(&f);
}

TEST(a_code_that_did_not_arrive_is_kept_nowhere) {
    struct fixture f;
    int i;
    REQUIRE(club_begin(&f));
    club_joins(&f, ANNA);
    http_answers("410");
    club_asks(&f, ANNA);
    CHECK(http_wait(1));
    for (i = 0; i < 500 && !outbox_empty(&f); i++) usleep(10000);
    CHECK(outbox_empty(&f));
    fixture_close(&f);
}

TEST(nobody_is_sent_codes_all_day) {
    struct fixture f;
    int i;
    REQUIRE(club_begin(&f));
    club_joins(&f, ANNA);
    for (i = 0; i < 20; i++) {
        CHECK_INT(club_asks(&f, ANNA).http_status, 200);
        CHECK_INT(club_asks(&f, UNKNOWN).http_status, 200);
        club_later(60000);
    }
    REQUIRE(http_wait(20));
    CHECK_INT(club_asks(&f, ANNA).http_status, 429);
    CHECK_INT(club_asks(&f, UNKNOWN).http_status, 429);
    club_later(INT64_C(25) * 3600 * 1000);
    for (i = 0; i < 25; i++) {
        CHECK(club_logs_in(&f, ANNA).id[0] != 0);
        club_later(60000);
    }
    fixture_close(&f);
}

static void wrong_for_a_day(struct fixture *f, const char *phone) {
    int i;
    for (i = 0; i < 20; i++) {
        if (i % 5 == 0) club_asks(f, phone);
        club_opens(f, phone, "000000");
        club_later(30000);
    }
}

/* Guessing through one number and then another of the same customer's is guessing on. */
TEST(wrong_codes_of_a_day_are_counted_for_the_customer) {
    const char *second = "+8613800000004", *person;
    struct fixture f;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    CHECK_INT(club_call(&f, &f.owner, "identity.person.link",
                        base_arena_printf(f.arena, "{\"person\":\"%s\",\"kind\":\"phone\",\"value\":\"%s\"}", person, second).ptr)
                  .http_status,
              200);
    wrong_for_a_day(&f, ANNA);
    CHECK(club_logs_in(&f, second).id[0] == 0);
    club_later(INT64_C(25) * 3600 * 1000);
    CHECK(club_logs_in(&f, second).id[0] != 0);
    fixture_close(&f);
}

static int proof_sent(struct fixture *f, const char *member, int count) {
    return club_call(f, &f->owner, "identity.proof.ask", club_text(f, "{\"member\":\"%s\"}%s", member, "")).http_status == 200 &&
           http_wait(count);
}

TEST(wrong_proofs_by_code_end_for_the_day) {
    const char *member;
    struct fixture f;
    int i, asked = 0;
    REQUIRE(club_begin(&f));
    member = club_member(&f, club_joins(&f, ANNA));
    for (i = 0; i < 20; i++) {
        if (i % 4 == 0) CHECK(proof_sent(&f, member, ++asked));
        CHECK_SPENT(member, "000000", "proof_wrong");
        club_later(60000);
    }
    CHECK(proof_sent(&f, member, ++asked));
    CHECK_SPENT(member, club_code_of(&f, asked), "proof_wrong");
    club_later(INT64_C(25) * 3600 * 1000);
    CHECK(proof_sent(&f, member, ++asked));
    CHECK_SPENT(member, club_code_of(&f, asked), "yes");
    fixture_close(&f);
}

/* Somebody else's phone was linked to her by mistake: what he opened with it must not outlive the mistake. */
TEST(sessions_end_with_what_they_may_have_come_through) {
    struct fixture f;
    const char *person, *before, *after;
    struct mx_str token;
    REQUIRE(club_begin(&f));
    person = club_joins(&f, ANNA);
    (void)club_asks(&f, ANNA);
    token = base_arena_dup(f.arena, fixture_text(&f, club_opens(&f, ANNA, club_code_of(&f, 1)).answer, "token"));
    CHECK_STR(mx_str_of(club_who(&f, token).person), person);
    before = fixture_call(&f, "identity.session.list", club_text(&f, "{\"principal\":\"%s\"}%s", person, "")).answer.ptr;
    CHECK(strstr(before, "ses_") != NULL);
    CHECK_INT(club_call(&f, &f.owner, "identity.person.unlink",
                        club_text(&f, "{\"person\":\"%s\",\"kind\":\"phone\",\"value\":\"%s\"}", person, ANNA))
                  .http_status,
              200);
    CHECK(club_who(&f, token).id[0] == 0);
    after = fixture_call(&f, "identity.session.list", club_text(&f, "{\"principal\":\"%s\"}%s", person, "")).answer.ptr;
    CHECK(strstr(after, "ses_") == NULL);
    fixture_close(&f);
}

TEST(customers_may_not_call_without_end) {
    struct fixture f;
    struct identity_principal anna;
    int i, limited = 0;
    REQUIRE(club_begin(&f));
    CHECK_INT(fixture_call(&f, "identity.customer.settings.put", "{\"calls_per_minute\":5,\"customers_calls_per_minute\":7}").http_status,
              200);
    club_joins(&f, ANNA);
    club_joins(&f, BERTA);
    anna = club_logs_in(&f, ANNA);
    for (i = 0; i < 6; i++) limited = club_call(&f, &anna, "club.look", "{}").http_status == 429;
    CHECK(limited);
    anna = club_logs_in(&f, BERTA);
    for (i = 0; i < 3; i++) limited = club_call(&f, &anna, "club.look", "{}").http_status == 429;
    CHECK(limited);
    CHECK_INT(fixture_call(&f, "toy.get", "{\"name\":\"a\"}").http_status, 200);
    fixture_close(&f);
}

RUN_TESTS(CASE(a_code_opens_a_session_once), CASE(known_and_unknown_get_the_same_answer), CASE(five_tries_and_five_minutes),
          CASE(a_phone_number_alone_proves_nothing), CASE(a_command_that_fails_uses_no_code_up), CASE(the_caller_herself_needs_no_proof),
          CASE(a_qr_code_turns_and_proves_once), CASE(a_pin_proves_until_it_was_wrong_too_often),
          CASE(what_was_linked_lately_proves_nothing_yet), CASE(without_a_gateway_no_code_is_sent),
          CASE(what_the_outbox_would_not_send_to_is_no_gateway), CASE(a_message_that_cannot_be_sent_tells_nothing),
          CASE(a_code_that_did_not_arrive_is_kept_nowhere), CASE(nobody_is_sent_codes_all_day),
          CASE(wrong_codes_of_a_day_are_counted_for_the_customer), CASE(wrong_proofs_by_code_end_for_the_day),
          CASE(sessions_end_with_what_they_may_have_come_through), CASE(customers_may_not_call_without_end))
