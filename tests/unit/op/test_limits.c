/* Limits of calls, who is turned away first when there is too much to do, and secrets in inputs. */
#include "busy.h"

static struct op_call door_from(struct fixture *f, const char *remote) {
    struct identity_principal nobody = {0};
    struct op_call call;
    fixture_prepare(f, &call, &nobody, "busy.door", "", "");
    call.remote = mx_str_of(remote);
    op_run(f->op, &call);
    return call;
}

TEST(a_principal_has_so_many_calls_a_minute) {
    struct fixture f;
    struct identity_principal who, other;
    struct op_call call;
    int i;
    REQUIRE(busy_open(&f, NULL));
    who = f.owner;
    who.calls_per_minute = 3;
    for (i = 0; i < 3; i++) CHECK_INT(fixture_call_as(&f, &who, "toy.get", "", "{\"name\":\"a\"}").http_status, 200);
    call = fixture_call_as(&f, &who, "toy.get", "", "{\"name\":\"a\"}");
    CHECK_INT(call.http_status, 429);
    CHECK(call.wait_s >= 1 && call.wait_s <= 60);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "too_many");
    CHECK_INT(fixture_call_as(&f, &who, "toy.add", "limited-1", "{\"name\":\"a\",\"by\":1}").http_status, 429);
    other = who;
    snprintf(other.id, sizeof(other.id), "pri_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    CHECK_INT(fixture_call_as(&f, &other, "toy.get", "", "{\"name\":\"a\"}").http_status, 200);
    CHECK_INT(fixture_counter(&f, "a"), 0); /* and what was refused did nothing */
    fixture_close(&f);
}

TEST(doors_without_a_key_are_limited_by_address_and_for_all) {
    struct fixture f;
    struct op_call call;
    char address[32];
    int i, at;
    REQUIRE(busy_open(&f, NULL));
    for (i = 0; i < 120; i++) CHECK_INT(door_from(&f, "192.0.2.1").http_status, 200);
    call = door_from(&f, "192.0.2.1");
    CHECK_INT(call.http_status, 429);
    CHECK(call.wait_s >= 1);
    CHECK_INT(door_from(&f, "").http_status, 200); /* this machine's own command line */
    for (i = 120, at = 2; i < 600; i++) {
        snprintf(address, sizeof(address), "192.0.2.%d", at);
        CHECK_INT(door_from(&f, base_arena_dup(f.arena, mx_str_of(address)).ptr).http_status, 200);
        if (i % 50 == 0) at++;
    }
    CHECK_INT(door_from(&f, "198.51.100.7").http_status, 429);
    fixture_close(&f);
}

static int turned_away(struct fixture *f, const struct identity_principal *who) {
    struct pending *pending = busy_send(f, who, "busy.hold");
    CHECK_INT(atomic_load(&pending->done), 1);
    CHECK(pending->call.wait_s >= 1 && pending->call.wait_s <= 31);
    CHECK_STR(fixture_text(f, pending->call.answer, "code"), "overloaded");
    return busy_take(pending);
}

TEST(a_full_queue_turns_away_the_web_first) {
    struct fixture f;
    struct op_opts opts = {.queue_max = 8, .group_max = 1, .shed_wait_ms = 3600000};
    struct identity_principal till, web, device;
    struct pending *sent[10];
    uint32_t i, n = 0;
    REQUIRE(busy_open(&f, &opts));
    till = fixture_role(&f, "cashier");
    web = fixture_role(&f, "channel");
    device = web;
    snprintf(device.device, sizeof(device.device), "dev_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    sent[n++] = busy_send(&f, &web, "busy.hold"); /* the writer is held */
    busy_until(&busy_begun, 1);
    sent[n++] = busy_send(&f, &web, "busy.hold");
    sent[n++] = busy_send(&f, &web, "busy.hold"); /* now a quarter of the queue is taken */
    CHECK_INT(turned_away(&f, &web), 503);
    sent[n++] = busy_send(&f, &device, "busy.hold"); /* whoever speaks through a till's device is a till */
    for (; n < 9; n++) sent[n] = busy_send(&f, &till, "busy.hold");
    CHECK_INT(turned_away(&f, &till), 503);                                     /* full is full */
    CHECK_INT(fixture_call_as(&f, &web, "busy.door", "", "").http_status, 200); /* reading goes on */
    atomic_store(&busy_gate, 1);
    for (i = 0; i < n; i++) CHECK_INT(busy_take(sent[i]), 200);
    CHECK_INT(busy_take(busy_send(&f, &web, "busy.hold")), 200);
    fixture_close(&f);
}

TEST(a_slow_writer_turns_away_the_web_first) {
    struct fixture f;
    struct op_opts opts = {.group_max = 1, .shed_wait_ms = 1};
    struct identity_principal till, web;
    struct pending *sent[3];
    int64_t until_us;
    uint32_t i;
    REQUIRE(busy_open(&f, &opts));
    till = fixture_role(&f, "cashier");
    web = fixture_role(&f, "channel");
    sent[0] = busy_send(&f, &web, "busy.hold");
    busy_until(&busy_begun, 1);
    sent[1] = busy_send(&f, &web, "busy.hold"); /* nobody waits before it */
    for (until_us = base_steady_us() + 2000; base_steady_us() < until_us;) busy_nap();
    CHECK_INT(turned_away(&f, &web), 503);
    sent[2] = busy_send(&f, &till, "busy.hold");
    atomic_store(&busy_gate, 1);
    for (i = 0; i < 3; i++) CHECK_INT(busy_take(sent[i]), 200);
    fixture_close(&f);
}

/* The hash that a call is remembered by must not let anybody try PINs. */
TEST(secrets_do_not_enter_what_a_call_is_remembered_by) {
    struct fixture f;
    struct op_call call;
    REQUIRE(busy_open(&f, NULL));
    call = fixture_call_as(&f, &f.owner, "busy.secret", "secret-1", "{\"name\":\"a\",\"pin\":\"1234\"}");
    CHECK_INT(call.http_status, 200);
    call = fixture_call_as(&f, &f.owner, "busy.secret", "secret-1", "{\"name\":\"a\",\"pin\":\"9999\"}");
    CHECK_INT(call.http_status, 200);
    CHECK(call.replayed);
    call = fixture_call_as(&f, &f.owner, "busy.secret", "secret-1", "{\"name\":\"b\",\"pin\":\"1234\"}");
    CHECK_INT(call.http_status, 422);
    call = fixture_call(&f, "busy.secret", "{\"name\":\"a\",\"pin\":\"123456789\"}");
    CHECK_INT(call.http_status, 400);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "123456789") == NULL);
    fixture_close(&f);
}

RUN_TESTS(CASE(a_principal_has_so_many_calls_a_minute), CASE(doors_without_a_key_are_limited_by_address_and_for_all),
          CASE(a_full_queue_turns_away_the_web_first), CASE(a_slow_writer_turns_away_the_web_first),
          CASE(secrets_do_not_enter_what_a_call_is_remembered_by))
