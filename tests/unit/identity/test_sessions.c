/* Sessions and their ends in time, under a clock of the test's own. */
#include "identity/internal.h"

#include "fixture.h"

static atomic_llong clock_ms = 1700000000000;
static int64_t test_clock(void) { return atomic_load(&clock_ms); }
static int64_t clock_for_identity(void *arg) {
    (void)arg;
    return test_clock();
}

static struct mx_str make_member(struct fixture *f, struct store_view *view, const char *role) {
    struct identity_member member = {0};
    struct base_random random;
    base_random_seed(&random);
    member.id = base_id_new(f->arena, "pri", 1000, &random);
    member.role = mx_str_of(role);
    CHECK_INT(store_put(view, &identity_members, &member, NULL), MX_OK);
    return member.id;
}

/* A session of a new cashier; its token. */
static struct mx_str open_session(struct fixture *f, int64_t lasts_ms, int64_t idle_s, struct mx_str parent, struct mx_str *id) {
    struct store_view *view = fixture_begin(f);
    struct identity_session session = {0};
    struct base_random random;
    struct mx_str token = {NULL, 0};
    base_random_seed(&random);
    identity_clock(f->identity, clock_for_identity, NULL);
    session.id = *id = base_id_new(f->arena, "ses", 1000, &random);
    session.principal = make_member(f, view, "cashier");
    session.kind = IDENTITY_BY_PASSWORD;
    session.parent = parent;
    session.until = test_clock() + lasts_ms;
    session.idle_s = idle_s;
    CHECK_INT(identity_session_new(f->identity, view, &session, &token, NULL), MX_OK);
    fixture_commit(f);
    return token;
}

static mx_status check(struct fixture *f, struct mx_str token) {
    struct identity_principal who;
    struct store_view *view = fixture_read(f);
    mx_status st = identity_check_key(f->identity, view, token, &who);
    store_read_end(view);
    return st;
}

static const struct mx_str none = {NULL, 0};

TEST(a_session_has_an_end) {
    struct fixture f;
    struct mx_str token, id;
    REQUIRE(fixture_open(&f));
    token = open_session(&f, 60000, 0, none, &id);
    CHECK_INT(check(&f, token), MX_OK);
    atomic_fetch_add(&clock_ms, 59999);
    CHECK_INT(check(&f, token), MX_OK);
    atomic_fetch_add(&clock_ms, 1);
    CHECK_INT(check(&f, token), MX_E_NO_KEY);
    atomic_fetch_sub(&clock_ms, 50000); /* a clock turned back revives nothing */
    CHECK_INT(check(&f, token), MX_E_NO_KEY);
    atomic_fetch_add(&clock_ms, 50000);
    fixture_close(&f);
}

TEST(silence_ends_a_session) {
    struct fixture f;
    struct mx_str token, id;
    int i;
    REQUIRE(fixture_open(&f));
    token = open_session(&f, 3600000, 60, none, &id);
    for (i = 0; i < 5; i++) {
        CHECK_INT(check(&f, token), MX_OK);
        atomic_fetch_add(&clock_ms, 60000);
    }
    atomic_fetch_add(&clock_ms, 1);
    CHECK_INT(check(&f, token), MX_E_NO_KEY);
    CHECK_INT(check(&f, token), MX_E_NO_KEY); /* asking does not wake it */
    fixture_close(&f);
}

TEST(a_principal_in_hand_ends_with_its_session) {
    struct fixture f;
    struct identity_principal who, again;
    struct store_view *view;
    struct mx_str token, id;
    REQUIRE(fixture_open(&f));
    token = open_session(&f, 60000, 0, none, &id);
    view = fixture_read(&f);
    CHECK_INT(identity_check_key(f.identity, view, token, &who), MX_OK);
    CHECK(identity_still(f.identity, view, &who));
    again = who;
    CHECK_INT(identity_refresh(f.identity, view, &again), MX_OK);
    atomic_fetch_add(&clock_ms, 60000);
    CHECK(!identity_still(f.identity, view, &who));
    CHECK_INT(identity_refresh(f.identity, view, &again), MX_E_NO_KEY);
    store_read_end(view);
    fixture_close(&f);
}

TEST(what_stands_on_a_session_ends_with_it) {
    struct fixture f;
    struct store_view *view;
    struct mx_str below, above, other, id, above_id, other_id;
    REQUIRE(fixture_open(&f));
    below = open_session(&f, 60000, 0, none, &id);
    above = open_session(&f, 60000, 0, id, &above_id);
    other = open_session(&f, 60000, 0, none, &other_id);
    CHECK_INT(check(&f, above), MX_OK);
    view = fixture_begin(&f);
    CHECK_INT(identity_session_end(view, id, NULL), MX_OK);
    CHECK_INT(identity_session_end(view, id, NULL), MX_NONE);
    fixture_commit(&f);
    CHECK_INT(check(&f, below), MX_E_NO_KEY);
    CHECK_INT(check(&f, above), MX_E_NO_KEY);
    CHECK_INT(check(&f, other), MX_OK);
    fixture_close(&f);
}

TEST(the_oldest_sessions_of_somebody_give_way) {
    struct fixture f;
    struct mx_str tokens[10], other, id, who;
    struct store_view *view;
    struct base_random random;
    int i;
    REQUIRE(fixture_open(&f));
    base_random_seed(&random);
    other = open_session(&f, 60000, 0, none, &id);
    view = fixture_begin(&f);
    who = make_member(&f, view, "cashier");
    for (i = 0; i < 10; i++) {
        struct identity_session session = {0};
        session.id = base_id_new(f.arena, "ses", 2000 + i, &random);
        session.principal = who;
        session.kind = IDENTITY_BY_PASSWORD;
        session.until = test_clock() + 60000;
        CHECK_INT(identity_session_new(f.identity, view, &session, &tokens[i], NULL), MX_OK);
    }
    fixture_commit(&f);
    view = fixture_begin(&f);
    CHECK_INT(identity_sessions_trim(view, who, 4, NULL), MX_OK);
    CHECK_INT(identity_sessions_trim(view, who, 4, NULL), MX_OK);
    fixture_commit(&f);
    for (i = 0; i < 10; i++) CHECK_INT(check(&f, tokens[i]), i < 6 ? MX_E_NO_KEY : MX_OK);
    CHECK_INT(check(&f, other), MX_OK);
    fixture_close(&f);
}

TEST(a_restart_keeps_sessions_and_begins_their_silence_anew) {
    struct fixture f;
    struct mx_str token, id;
    REQUIRE(fixture_open(&f));
    token = open_session(&f, INT64_C(3600000), 60, none, &id);
    fixture_restart(&f);
    identity_clock(f.identity, clock_for_identity, NULL);
    atomic_fetch_add(&clock_ms, 60000);
    CHECK_INT(check(&f, token), MX_OK);
    fixture_restart(&f);
    identity_clock(f.identity, clock_for_identity, NULL);
    atomic_fetch_add(&clock_ms, 60001);
    CHECK_INT(check(&f, token), MX_E_NO_KEY);
    fixture_close(&f);
}

TEST(a_key_with_an_end_is_refused_from_then_on) {
    struct fixture f;
    struct identity_principal who;
    struct identity_api_key probe = {0};
    struct store_view *view;
    struct mx_str key = {NULL, 0};
    void *record = NULL;
    REQUIRE(fixture_open(&f));
    identity_clock(f.identity, clock_for_identity, NULL);
    view = fixture_begin(&f);
    CHECK_INT(identity_make_owner(f.identity, view, 1000, &key, NULL), MX_OK);
    CHECK_INT(identity_check_key(f.identity, view, key, &who), MX_OK);
    probe.id = mx_str_of(who.key);
    CHECK_INT(store_get(view, &identity_api_keys, &probe, &record, NULL), MX_OK);
    ((struct identity_api_key *)record)->until = test_clock() + 1000;
    CHECK_INT(store_put(view, &identity_api_keys, record, NULL), MX_OK);
    CHECK_INT(identity_changed(view, NULL), MX_OK);
    fixture_commit(&f);
    CHECK_INT(check(&f, key), MX_OK);
    atomic_fetch_add(&clock_ms, 1000);
    CHECK_INT(check(&f, key), MX_E_NO_KEY);
    fixture_close(&f);
}

TEST(passwords_and_pins_that_will_not_do) {
    static const char *const weak[] = {"", "short", "aaaaaaaaaa", "PASSWORD123", "1234567890", "margarete1", "ni hao"};
    static const char *const good[] = {"correct horse battery", "ein ganz normaler Satz",
                                       "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c!"};
    static const char *const bad_pins[] = {"", "123", "1234", "9876", "7777", "2525", "123456789", "12 4", "12345678"};
    size_t i;
    for (i = 0; i < sizeof(weak) / sizeof(weak[0]); i++) CHECK(identity_password_weak(mx_str_of(weak[i]), mx_str_of("margarete")) != NULL);
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) CHECK(identity_password_weak(mx_str_of(good[i]), mx_str_of("anna")) == NULL);
    for (i = 0; i < sizeof(bad_pins) / sizeof(bad_pins[0]); i++) CHECK(identity_pin_weak(mx_str_of(bad_pins[i])) != NULL);
    CHECK(identity_pin_weak(mx_str_of("7294")) == NULL && identity_pin_weak(mx_str_of("10293847")) == NULL);
}

RUN_TESTS(CASE(a_session_has_an_end), CASE(silence_ends_a_session), CASE(a_principal_in_hand_ends_with_its_session),
          CASE(what_stands_on_a_session_ends_with_it), CASE(the_oldest_sessions_of_somebody_give_way),
          CASE(a_restart_keeps_sessions_and_begins_their_silence_anew), CASE(a_key_with_an_end_is_refused_from_then_on),
          CASE(passwords_and_pins_that_will_not_do))
