/* Roles of the shop's own, policies and scopes: as data, noticed at once, by all threads. */
#include "identity/internal.h"

#include "fixture.h"

static void put_role(struct fixture *f, const char *code, const char *permission) {
    struct store_view *view = fixture_begin(f);
    struct identity_role probe = {0}, *role = &probe;
    struct mx_str text = mx_str_of(permission);
    void *record = NULL;
    probe.code = mx_str_of(code);
    if (store_get(view, &identity_roles, &probe, &record, NULL) == MX_OK) role = record;
    role->permissions.items = &text;
    role->permissions.count = 1;
    role->permissions.elem_size = sizeof(text);
    CHECK_INT(store_put(view, &identity_roles, role, NULL), MX_OK);
    CHECK_INT(identity_roles_changed(view, NULL), MX_OK);
    fixture_commit(f);
}

static void put_policy(struct fixture *f, const char *act, int64_t above) {
    struct store_view *view = fixture_begin(f);
    struct identity_policy policy = {0};
    policy.act = mx_str_of(act);
    policy.above = above;
    policy.permission = mx_str_of("a.approve");
    CHECK_INT(store_put(view, &identity_policies, &policy, NULL), MX_OK);
    CHECK_INT(identity_roles_changed(view, NULL), MX_OK);
    fixture_commit(f);
}

static void notice(struct fixture *f) {
    uint64_t gen = 0;
    struct store_view *view = fixture_read(f);
    CHECK_INT(identity_notice(f->identity, view, &gen), MX_OK);
    store_read_end(view);
}

static int may(struct fixture *f, const char *role, const char *permission) {
    struct identity_principal who = {.id = "pri_x"};
    snprintf(who.role, sizeof(who.role), "%s", role);
    return identity_allowed(f->identity, &who, permission);
}

TEST(a_role_of_the_shops_own_is_noticed) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    put_role(&f, "buyer", "stock.*");
    CHECK(!may(&f, "buyer", "stock.buy"));
    notice(&f);
    CHECK(may(&f, "buyer", "stock.buy") && may(&f, "buyer", "identity.self") && !may(&f, "buyer", "till.open"));
    put_role(&f, "buyer", "till.open");
    notice(&f);
    CHECK(!may(&f, "buyer", "stock.buy") && may(&f, "buyer", "till.open"));
    fixture_restart(&f);
    notice(&f);
    CHECK(may(&f, "buyer", "till.open"));
    fixture_close(&f);
}

TEST(an_older_snapshot_brings_nothing_back) {
    struct fixture f;
    struct base_arena *arena = base_arena_new(1024);
    struct store_view *old;
    uint64_t gen = 0;
    REQUIRE(fixture_open(&f));
    put_role(&f, "buyer", "stock.buy");
    REQUIRE(store_read_begin(f.store, arena, &old) == MX_OK);
    put_role(&f, "buyer", "stock.look");
    notice(&f);
    CHECK_INT(identity_notice(f.identity, old, &gen), MX_OK);
    CHECK(!may(&f, "buyer", "stock.buy") && may(&f, "buyer", "stock.look"));
    store_read_end(old);
    base_arena_free(arena);
    fixture_close(&f);
}

TEST(a_role_as_a_principal) {
    struct fixture f;
    struct identity_principal who;
    struct store_view *view;
    REQUIRE(fixture_open(&f));
    CHECK_INT(identity_as_role(f.identity, "script", &who), MX_OK);
    CHECK(identity_allowed(f.identity, &who, "shop.read") && !identity_allowed(f.identity, &who, "shop.manage"));
    CHECK_INT(identity_as_role(f.identity, "robot", &who), MX_E_BAD_INPUT);
    CHECK_INT(identity_as_role(f.identity, "", &who), MX_E_BAD_INPUT);
    CHECK_INT(identity_as_role(f.identity, "system", &who), MX_E_BAD_INPUT);
    put_role(&f, "robot", "shop.manage");
    CHECK_INT(identity_as_role(f.identity, "robot", &who), MX_OK); /* found without anybody having asked before */
    CHECK(identity_allowed(f.identity, &who, "shop.manage"));
    view = fixture_read(&f);
    CHECK(identity_still(f.identity, view, &who));
    CHECK_INT(identity_refresh(f.identity, view, &who), MX_OK);
    store_read_end(view);
    fixture_close(&f);
}

TEST(a_policy_measures_amounts) {
    struct fixture f;
    char permission[64] = "";
    REQUIRE(fixture_open(&f));
    put_policy(&f, "a.refund", 100);
    notice(&f);
    CHECK(!identity_policy_asks(f.identity, "a.refund", 100, permission));
    CHECK(identity_policy_asks(f.identity, "a.refund", 101, permission) && strcmp(permission, "a.approve") == 0);
    CHECK(identity_policy_asks(f.identity, "a.refund", 0, permission)); /* all or nothing */
    CHECK(!identity_policy_asks(f.identity, "a.other", 101, permission));
    fixture_close(&f);
}

TEST(a_scope_names_its_locations) {
    struct fixture f;
    struct identity_principal who = {.scoped = 1};
    struct mx_str here = mx_str_of("store-1");
    struct identity_member member = {0};
    struct store_view *view;
    struct base_random random;
    REQUIRE(fixture_open(&f));
    base_random_seed(&random);
    view = fixture_begin(&f);
    member.id = base_id_new(f.arena, "pri", 1000, &random);
    member.role = mx_str_of("cashier");
    member.locations.items = &here;
    member.locations.count = 1;
    member.locations.elem_size = sizeof(here);
    CHECK_INT(store_put(view, &identity_members, &member, NULL), MX_OK);
    fixture_commit(&f);
    identity_take_text(who.id, sizeof(who.id), member.id);
    view = fixture_read(&f);
    CHECK(identity_in_scope(f.identity, view, &who, mx_str_of("store-1")));
    CHECK(!identity_in_scope(f.identity, view, &who, mx_str_of("store-2")));
    CHECK(!identity_in_scope(f.identity, view, &who, mx_str_of("")));
    who.scoped = 0;
    CHECK(identity_in_scope(f.identity, view, &who, mx_str_of("store-2")));
    store_read_end(view);
    fixture_close(&f);
}

struct watcher {
    struct fixture *f;
    atomic_int stop;
};

static void *watch(void *arg) {
    struct watcher *watcher = arg;
    struct base_arena *arena = base_arena_new(4096);
    char permission[64];
    while (!atomic_load(&watcher->stop)) {
        struct store_view *view;
        uint64_t gen;
        base_arena_reset(arena);
        if (store_read_begin(watcher->f->store, arena, &view) != MX_OK) continue;
        CHECK_INT(identity_notice(watcher->f->identity, view, &gen), MX_OK);
        store_read_end(view);
        CHECK(may(watcher->f, "buyer", "identity.self"));
        (void)identity_policy_asks(watcher->f->identity, "a.refund", 5, permission);
    }
    base_arena_free(arena);
    return NULL;
}

TEST(roles_change_while_others_are_asking) {
    struct fixture f;
    struct watcher watcher = {&f, 0};
    pthread_t threads[3];
    int i;
    REQUIRE(fixture_open(&f));
    put_role(&f, "buyer", "stock.buy");
    notice(&f);
    for (i = 0; i < 3; i++) REQUIRE(pthread_create(&threads[i], NULL, watch, &watcher) == 0);
    for (i = 0; i < 40; i++) put_role(&f, "buyer", i % 2 ? "stock.buy" : "stock.look");
    atomic_store(&watcher.stop, 1);
    for (i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    notice(&f);
    CHECK(may(&f, "buyer", "stock.buy") && !may(&f, "buyer", "stock.look"));
    fixture_close(&f);
}

RUN_TESTS(CASE(a_role_of_the_shops_own_is_noticed), CASE(an_older_snapshot_brings_nothing_back), CASE(a_role_as_a_principal),
          CASE(a_policy_measures_amounts), CASE(a_scope_names_its_locations), CASE(roles_change_while_others_are_asking))
