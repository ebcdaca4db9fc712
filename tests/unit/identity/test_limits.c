/* Limits of tries a minute. */
#include "identity/customer.h"

#include "fixture.h"

static const struct mx_str anna = MX_STR_INIT("anna"), bert = MX_STR_INIT("bert");

static int tries(struct fixture *f, struct mx_str name, int64_t now_ms, int most) {
    int count = 0;
    while (count < most && identity_limit_at(f->identity, "pin", name, 5, 20, now_ms, NULL) == MX_OK) count++;
    return count;
}

TEST(five_a_minute_and_no_more) {
    struct fixture f;
    uint32_t wait_s = 0;
    REQUIRE(fixture_open(&f));
    CHECK_INT(tries(&f, anna, 100000, 9), 5);
    CHECK_INT(identity_limit_at(f.identity, "pin", anna, 5, 20, 100000, &wait_s), MX_E_TOO_MANY);
    CHECK_INT(wait_s, 12);
    CHECK_INT(tries(&f, anna, 111999, 9), 0);
    CHECK_INT(tries(&f, anna, 112000, 9), 1);
    CHECK_INT(tries(&f, bert, 112000, 9), 5);                                              /* others are not held up */
    CHECK_INT(identity_limit_at(f.identity, "password", anna, 5, 0, 112000, NULL), MX_OK); /* nor other things */
    CHECK_INT(tries(&f, anna, 400000, 9), 5);
    fixture_close(&f);
}

TEST(the_whole_shop_has_a_limit_of_its_own) {
    struct fixture f;
    char name[16];
    int passed = 0, i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "name-%d", i);
        passed += identity_limit_at(f.identity, "pin", mx_str_of(name), 5, 20, 100000, NULL) == MX_OK;
    }
    CHECK_INT(passed, 20);
    CHECK_INT(identity_limit_at(f.identity, "pin", anna, 5, 0, 100000, NULL), MX_OK);
    fixture_close(&f);
}

TEST(a_good_try_is_given_back) {
    struct fixture f;
    int i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 50; i++) {
        CHECK_INT(identity_limit_at(f.identity, "pin", anna, 5, 20, 100000, NULL), MX_OK);
        identity_limit_back(f.identity, "pin", anna, 5, 20);
    }
    CHECK_INT(tries(&f, anna, 100000, 9), 5);
    fixture_close(&f);
}

TEST(places_that_proofs_came_from_are_welcome) {
    struct fixture f;
    char name[24];
    int i, known = 0;
    REQUIRE(fixture_open(&f));
    CHECK(!identity_welcome(f.identity, anna));
    identity_welcome_back(f.identity, anna);
    CHECK(identity_welcome(f.identity, anna) && !identity_welcome(f.identity, bert));
    for (i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "place-%d", i);
        identity_welcome_back(f.identity, mx_str_of(name));
        if (i % 32 == 0) identity_welcome_back(f.identity, anna);
    }
    CHECK(identity_welcome(f.identity, anna));
    for (i = 0; i < 1000; i++) {
        snprintf(name, sizeof(name), "place-%d", i);
        known += identity_welcome(f.identity, mx_str_of(name));
    }
    CHECK_INT(known, (int)IDENTITY_WELCOME - 1);
    fixture_close(&f);
}

TEST(many_names_take_no_more_memory) {
    struct fixture f;
    char name[24];
    int i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 50000; i++) {
        snprintf(name, sizeof(name), "name-%d", i);
        CHECK_INT(identity_limit_at(f.identity, "calls", mx_str_of(name), 5, 0, 100000, NULL), MX_OK);
    }
    fixture_close(&f);
}

struct crowd {
    struct fixture *f;
    atomic_int passed;
};

static void *many_tries(void *arg) {
    struct crowd *crowd = arg;
    int i;
    for (i = 0; i < 500; i++) {
        if (identity_limit_at(crowd->f->identity, "pin", anna, 100, 0, 100000, NULL) == MX_OK) atomic_fetch_add(&crowd->passed, 1);
        if (identity_limit(crowd->f->identity, "calls", anna, 1000, 5000, NULL) == MX_OK)
            identity_limit_back(crowd->f->identity, "calls", anna, 1000, 5000);
    }
    return NULL;
}

TEST(threads_share_one_limit) {
    struct fixture f;
    struct crowd crowd = {&f, 0};
    pthread_t threads[4];
    int i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 4; i++) REQUIRE(pthread_create(&threads[i], NULL, many_tries, &crowd) == 0);
    for (i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    CHECK_INT(atomic_load(&crowd.passed), 100);
    fixture_close(&f);
}

/* The shop's clock may be set back: nobody waits a day for it. */
TEST(a_clock_that_was_set_back_locks_nobody_out) {
    struct fixture f;
    const int64_t noon_ms = INT64_C(1700000000000);
    uint32_t wait_s = 0;
    int i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 5; i++) CHECK_INT(identity_limit_by(f.identity, "code", anna, 5, 0, noon_ms, NULL), MX_OK);
    CHECK_INT(identity_limit_by(f.identity, "code", anna, 5, 0, noon_ms - 86400000, &wait_s), MX_E_TOO_MANY);
    CHECK(wait_s <= 60);
    CHECK_INT(identity_limit_by(f.identity, "code", anna, 5, 0, noon_ms - 86400000 + 60000, NULL), MX_OK);
    fixture_close(&f);
}

TEST(tries_are_counted_to_the_last) {
    struct fixture f;
    int i, left = 0;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 50; i++) left += identity_try(f.identity, "pin", anna, 10, 1000 + i, 90000);
    CHECK_INT(left, 10);
    CHECK(identity_try(f.identity, "pin", bert, 10, 2000, 90000));
    CHECK(identity_try(f.identity, "code", anna, 10, 2000, 90000));
    identity_tries_over(f.identity, "pin", anna);
    CHECK(identity_try(f.identity, "pin", anna, 1, 3000, 90000));
    CHECK(!identity_try(f.identity, "pin", anna, 1, 89999, 180000));
    CHECK(identity_try(f.identity, "pin", anna, 1, 90000, 180000));
    fixture_close(&f);
}

/* Whoever tries many names pushes out those that were tried least, not the one that he wants. */
TEST(many_names_reset_no_count) {
    struct fixture f;
    char name[16];
    int i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 10; i++) CHECK(identity_try(f.identity, "pin", anna, 10, 1000, 90000));
    for (i = 0; i < 100000; i++) {
        snprintf(name, sizeof(name), "name-%d", i);
        (void)identity_try(f.identity, "pin", mx_str_of(name), 10, 1000, 90000);
    }
    CHECK(!identity_try(f.identity, "pin", anna, 10, 1000, 90000));
    fixture_close(&f);
}

RUN_TESTS(CASE(a_clock_that_was_set_back_locks_nobody_out), CASE(tries_are_counted_to_the_last), CASE(many_names_reset_no_count),
          CASE(five_a_minute_and_no_more), CASE(the_whole_shop_has_a_limit_of_its_own), CASE(a_good_try_is_given_back),
          CASE(places_that_proofs_came_from_are_welcome), CASE(many_names_take_no_more_memory), CASE(threads_share_one_limit))
