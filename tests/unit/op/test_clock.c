/* The shop's clock: nothing expires by a jump, nothing is revived by a clock turned back, due times fire once and in order. */
#include "fixture.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static atomic_llong steady;
static int64_t steady_clock(void) { return atomic_load(&steady); }

static void pass(int64_t ms) { /* time goes by */
    atomic_fetch_add(&fixture_now, ms);
    atomic_fetch_add(&steady, ms);
}
static void jump(int64_t ms) { atomic_fetch_add(&fixture_now, ms); }

static int begin(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    atomic_store(&fixture_now, INT64_C(1700000000000));
    atomic_store(&steady, 5000);
    f->opts.steady_ms = steady_clock;
    f->opts.boot = "boot-1";
    return fixture_open_idle(f) && fixture_make_owner(f) && op_start(f->op, NULL) == MX_OK;
}

static int64_t number(struct fixture *f, const char *member) {
    return fixture_number(f, fixture_call(f, "shop.clock.get", "").answer, member);
}

static int stands(struct fixture *f) {
    return strstr(base_arena_dup(f->arena, fixture_call(f, "shop.clock.get", "").answer).ptr, "\"standing\":true") != NULL;
}

static int work_open(struct fixture *f) {
    return strstr(base_arena_dup(f->arena, fixture_call(f, "system.work.list", "{}").answer).ptr, "clock.jumped") != NULL;
}

/* The writer looks at the clock with each group. */
static void knock(struct fixture *f) { CHECK_INT(fixture_call(f, "toy.add", "{\"name\":\"knock\",\"by\":1}").status, MX_OK); }

TEST(a_clock_turned_back_revives_nothing) {
    struct fixture f;
    int64_t at;
    REQUIRE(begin(&f));
    pass(HOUR);
    at = number(&f, "expiry");
    CHECK_INT(at, INT64_C(1700003600000));
    jump(-2 * HOUR);
    CHECK_INT(number(&f, "expiry"), at);
    CHECK_INT(number(&f, "now"), at - 2 * HOUR);
    jump(2 * HOUR);
    pass(1000);
    CHECK_INT(number(&f, "expiry"), at + 1000);
    CHECK(!stands(&f));
    fixture_close(&f);
}

TEST(after_a_jump_forward_expiry_stands_still_until_it_is_confirmed) {
    struct fixture f;
    struct op_call call;
    int64_t at;
    REQUIRE(begin(&f));
    knock(&f);
    at = number(&f, "expiry");
    jump(HOUR); /* not more than an hour */
    CHECK_INT(number(&f, "expiry"), at + HOUR);
    jump(30 * DAY);
    CHECK_INT(number(&f, "expiry"), at + HOUR);
    CHECK(stands(&f));
    knock(&f);
    CHECK(work_open(&f));
    call = fixture_call(&f, "system.log.list", "{\"type\":\"shop.clock.jumped\"}");
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "shop.clock.jumped") != NULL);
    pass(DAY);
    REQUIRE(fixture_restart(&f)); /* in the same boot */
    CHECK(stands(&f));
    CHECK_INT(number(&f, "expiry"), at + HOUR);
    call = fixture_call(&f, "shop.clock.confirm", "");
    CHECK_INT(call.status, MX_OK);
    CHECK_INT(fixture_number(&f, call.answer, "expiry"), fixture_clock());
    CHECK(!stands(&f));
    CHECK(!work_open(&f));
    CHECK_INT(number(&f, "expiry"), fixture_clock());
    REQUIRE(fixture_restart(&f));
    CHECK(!stands(&f));
    CHECK_INT(number(&f, "expiry"), fixture_clock());
    fixture_close(&f);
}

TEST(a_clock_that_is_put_right_needs_nobody) {
    struct fixture f;
    int64_t at;
    REQUIRE(begin(&f));
    at = number(&f, "expiry");
    jump(30 * DAY);
    knock(&f);
    CHECK(work_open(&f));
    jump(-30 * DAY);
    pass(1000);
    knock(&f);
    CHECK(!work_open(&f));
    CHECK_INT(number(&f, "expiry"), at + 1000);
    fixture_close(&f);
}

TEST(small_jumps_add_up) {
    struct fixture f;
    int i;
    REQUIRE(begin(&f));
    for (i = 0; i < 2; i++) {
        jump(50 * 60000);
        pass(60000);
        knock(&f);
    }
    CHECK(stands(&f));
    fixture_close(&f);
}

TEST(a_shop_may_be_closed_for_a_week_but_not_longer) {
    struct fixture f;
    REQUIRE(begin(&f));
    fixture_detach(&f);
    jump(6 * DAY);
    atomic_store(&steady, 100);
    f.opts.boot = "boot-2";
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    CHECK(!stands(&f));
    CHECK_INT(number(&f, "expiry"), fixture_clock());
    fixture_detach(&f);
    jump(8 * DAY);
    f.opts.boot = "boot-3";
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    CHECK(stands(&f));
    CHECK_INT(number(&f, "expiry"), fixture_clock() - 8 * DAY);
    CHECK_INT(fixture_call(&f, "shop.clock.confirm", "").status, MX_OK);
    CHECK_INT(number(&f, "expiry"), fixture_clock());
    fixture_close(&f);
}

TEST(in_one_boot_the_steady_clock_tells_how_long_it_was_closed) {
    struct fixture f;
    REQUIRE(begin(&f));
    fixture_detach(&f);
    pass(20 * DAY);
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    CHECK(!stands(&f));
    fixture_detach(&f);
    jump(2 * HOUR);
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    CHECK(stands(&f));
    fixture_close(&f);
}

TEST(a_machine_without_a_clock_finds_its_time) {
    struct fixture f;
    int64_t at = INT64_C(1700000000000);
    REQUIRE(begin(&f));
    fixture_detach(&f);
    f.opts.boot = "boot-2";
    atomic_store(&fixture_now, 1000000); /* 1970, until the network answers */
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    CHECK_INT(number(&f, "expiry"), at);
    atomic_store(&fixture_now, at + 2 * DAY);
    CHECK(!stands(&f));
    CHECK_INT(number(&f, "expiry"), at + 2 * DAY);
    jump(2 * HOUR); /* from here on it is a clock like any other */
    CHECK(stands(&f));
    fixture_close(&f);
}

TEST(a_jump_that_was_not_confirmed_lasts_over_a_boot) {
    struct fixture f;
    REQUIRE(begin(&f));
    jump(3 * DAY);
    knock(&f);
    CHECK(stands(&f));
    fixture_detach(&f);
    f.opts.boot = "boot-2";
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    CHECK(stands(&f));
    fixture_close(&f);
}

TEST(due_times_wait_for_the_confirmation_and_fire_once) {
    struct fixture f;
    REQUIRE(begin(&f));
    CHECK_INT(fixture_call(&f, "toy.later", "{\"name\":\"due\",\"by\":100}").status, MX_OK);
    jump(DAY);
    knock(&f);
    usleep(50000);
    CHECK_INT(fixture_counter(&f, "due"), 0);
    CHECK_INT(fixture_call(&f, "shop.clock.confirm", "").status, MX_OK);
    CHECK(fixture_wait(&f, "due", 1));
    knock(&f);
    pass(DAY);
    knock(&f);
    CHECK_INT(fixture_counter(&f, "due"), 1);
    fixture_close(&f);
}

TEST(answers_are_kept_while_the_clock_stands) {
    struct fixture f;
    REQUIRE(begin(&f));
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    jump(20 * DAY);
    REQUIRE(fixture_restart(&f)); /* it forgets old answers at the start */
    knock(&f);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").replayed, 1);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    fixture_close(&f);
}

TEST(an_answer_given_while_the_clock_stood_lasts_eight_days_after_it_is_confirmed) {
    struct fixture f;
    REQUIRE(begin(&f));
    knock(&f);
    jump(20 * DAY);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(fixture_call(&f, "shop.clock.confirm", "").status, MX_OK);
    pass(7 * DAY);
    REQUIRE(fixture_restart(&f)); /* it forgets old answers at the start */
    knock(&f);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").replayed, 1);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    pass(2 * DAY);
    REQUIRE(fixture_restart(&f));
    knock(&f);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").replayed, 0);
    fixture_close(&f);
}

TEST(only_a_shop_for_practice_moves_its_clock) {
    struct fixture f;
    struct op_call call;
    int64_t at;
    REQUIRE(begin(&f));
    call = fixture_call(&f, "shop.clock.advance", "{\"ms\":1000}");
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "not_for_practice");
    CHECK_INT(fixture_call(&f, "shop.clock.set", "{\"at\":1700000000000}").http_status, 409);
    CHECK_INT(fixture_call(&f, "shop.settings.put", "{\"practice\":true}").status, MX_OK);
    at = fixture_clock();
    call = fixture_call(&f, "shop.clock.advance", "{\"ms\":864000000}");
    CHECK_INT(call.status, MX_OK);
    CHECK_INT(fixture_number(&f, call.answer, "now"), at + 10 * DAY);
    CHECK_INT(number(&f, "now"), at + 10 * DAY);
    CHECK_INT(number(&f, "expiry"), at + 10 * DAY);
    CHECK(!stands(&f));
    REQUIRE(fixture_restart(&f));
    CHECK_INT(number(&f, "now"), at + 10 * DAY);
    CHECK_INT(fixture_call(&f, "shop.clock.set", base_arena_printf(f.arena, "{\"at\":%lld}", (long long)at).ptr).status, MX_OK);
    CHECK_INT(number(&f, "now"), at);
    CHECK_INT(number(&f, "expiry"), at + 10 * DAY);
    call = fixture_call(&f, "shop.settings.put", "{\"practice\":false}");
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "field"), "practice");
    fixture_close(&f);
}

RUN_TESTS(CASE(a_clock_turned_back_revives_nothing), CASE(after_a_jump_forward_expiry_stands_still_until_it_is_confirmed),
          CASE(a_clock_that_is_put_right_needs_nobody), CASE(small_jumps_add_up), CASE(a_shop_may_be_closed_for_a_week_but_not_longer),
          CASE(in_one_boot_the_steady_clock_tells_how_long_it_was_closed), CASE(a_machine_without_a_clock_finds_its_time),
          CASE(a_jump_that_was_not_confirmed_lasts_over_a_boot), CASE(due_times_wait_for_the_confirmation_and_fire_once),
          CASE(answers_are_kept_while_the_clock_stands), CASE(an_answer_given_while_the_clock_stood_lasts_eight_days_after_it_is_confirmed),
          CASE(only_a_shop_for_practice_moves_its_clock))
