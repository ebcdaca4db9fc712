/* API keys: made, checked, taken back; roles and what they may do. */
#include "identity/internal.h"

#include "fixture.h"

static struct mx_str make_owner(struct fixture *f) {
    struct mx_str key = {NULL, 0};
    struct store_view *view = fixture_begin(f);
    CHECK_INT(identity_make_owner(f->identity, view, 1000, &key, NULL), MX_OK);
    fixture_commit(f);
    return key;
}

static mx_status check(struct fixture *f, struct mx_str key, struct identity_principal *who) {
    struct store_view *view = fixture_read(f);
    mx_status st = identity_check_key(f->identity, view, key, who);
    store_read_end(view);
    return st;
}

TEST(owner_key_opens_the_shop) {
    struct fixture f;
    struct identity_principal who;
    struct mx_str key;
    REQUIRE(fixture_open(&f));
    key = make_owner(&f);
    CHECK_INT(key.len, 74);
    CHECK(memcmp(key.ptr, "mxk_", 4) == 0 && key.ptr[30] == '_');
    CHECK_INT(check(&f, key, &who), MX_OK);
    CHECK(base_id_valid(mx_str_of(who.id), "pri"));
    CHECK(base_id_valid(mx_str_of(who.key), "key"));
    CHECK(strcmp(who.role, "owner") == 0);
    CHECK(identity_allowed(f.identity, &who, "anything.at.all"));
    CHECK_INT(check(&f, key, &who), MX_OK); /* now from memory */
    fixture_restart(&f);
    CHECK_INT(check(&f, key, &who), MX_OK);
    fixture_close(&f);
}

TEST(wrong_keys_are_all_refused_alike) {
    struct fixture f;
    struct identity_principal who = {.id = "untouched"};
    struct mx_str key;
    char text[80];
    uint32_t i;
    REQUIRE(fixture_open(&f));
    key = make_owner(&f);
    CHECK_INT(check(&f, mx_str_of(""), &who), MX_E_NO_KEY);
    CHECK_INT(check(&f, mx_str_of("Bearer"), &who), MX_E_NO_KEY);
    for (i = 0; i < key.len; i++) {
        memcpy(text, key.ptr, key.len);
        text[i] = text[i] == 'A' ? 'B' : 'A';
        if (i == 73) text[i] = '-';
        CHECK_INT(check(&f, mx_str_n(text, key.len), &who), MX_E_NO_KEY);
    }
    CHECK_INT(check(&f, mx_str_n(key.ptr, key.len - 1), &who), MX_E_NO_KEY);
    CHECK(strcmp(who.id, "untouched") == 0);
    fixture_close(&f);
}

/* Change the only key or the only principal by hand. */
static void set_revoked(struct fixture *f, const struct identity_principal *who) {
    struct identity_api_key probe = {0}, *record;
    struct store_view *view = fixture_begin(f);
    void *found = NULL;
    probe.id = mx_str_of(who->key);
    CHECK_INT(store_get(view, &identity_api_keys, &probe, &found, NULL), MX_OK);
    record = found;
    record->revoked = 5000;
    CHECK_INT(store_put(view, &identity_api_keys, record, NULL), MX_OK);
    CHECK_INT(identity_changed(view, NULL), MX_OK);
    fixture_commit(f);
}

static void set_role(struct fixture *f, const struct identity_principal *who, const char *role, int disabled) {
    struct identity_member probe = {0}, *record;
    struct store_view *view = fixture_begin(f);
    void *found = NULL;
    probe.id = mx_str_of(who->id);
    CHECK_INT(store_get(view, &identity_members, &probe, &found, NULL), MX_OK);
    record = found;
    record->role = mx_str_of(role);
    record->disabled = (uint8_t)disabled;
    CHECK_INT(store_put(view, &identity_members, record, NULL), MX_OK);
    CHECK_INT(identity_changed(view, NULL), MX_OK);
    fixture_commit(f);
}

TEST(a_revoked_key_is_dead_at_once) {
    struct fixture f;
    struct identity_principal who, refreshed;
    struct store_view *view;
    struct mx_str key;
    REQUIRE(fixture_open(&f));
    key = make_owner(&f);
    CHECK_INT(check(&f, key, &who), MX_OK);
    view = fixture_read(&f);
    CHECK(identity_still(f.identity, view, &who));
    store_read_end(view);
    set_revoked(&f, &who);
    CHECK_INT(check(&f, key, &refreshed), MX_E_NO_KEY);
    view = fixture_read(&f);
    CHECK(!identity_still(f.identity, view, &who));
    refreshed = who;
    CHECK_INT(identity_refresh(f.identity, view, &refreshed), MX_E_NO_KEY);
    store_read_end(view);
    fixture_close(&f);
}

TEST(a_changed_role_is_seen) {
    struct fixture f;
    struct identity_principal who;
    struct store_view *view;
    struct mx_str key;
    REQUIRE(fixture_open(&f));
    key = make_owner(&f);
    CHECK_INT(check(&f, key, &who), MX_OK);
    set_role(&f, &who, "cashier", 0);
    view = fixture_read(&f);
    CHECK(!identity_still(f.identity, view, &who));
    CHECK_INT(identity_refresh(f.identity, view, &who), MX_OK);
    CHECK(identity_still(f.identity, view, &who));
    store_read_end(view);
    CHECK(strcmp(who.role, "cashier") == 0);
    CHECK(!identity_allowed(f.identity, &who, "identity.manage"));
    set_role(&f, &who, "cashier", 1);
    CHECK_INT(check(&f, key, &who), MX_E_NO_KEY);
    fixture_close(&f);
}

static int may(const struct fixture *f, const char *role, const char *permission) {
    struct identity_principal who = {.id = "pri_x"};
    snprintf(who.role, sizeof(who.role), "%s", role);
    return identity_allowed(f->identity, &who, permission);
}

TEST(roles_hold_what_was_granted_and_no_more) {
    static const struct mx_grant manager = {"manager", "stall.*"}, cashier = {"cashier", "stall.sell  stall.return"},
                                 stranger = {"stranger", "stall.sell"}, owner = {"owner", "stall.sell"};
    struct identity_principal nobody = {.role = "owner"}, system;
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK(may(&f, "owner", "identity.manage") && may(&f, "manager", "shop.read") && may(&f, "auditor", "system.verify"));
    CHECK(!may(&f, "manager", "identity.manage") && !may(&f, "manager", "shop.manage") && !may(&f, "manager", "pii.read"));
    CHECK(!may(&f, "manager", "stall.sell") && !may(&f, "cashier", "stall.sell"));
    CHECK_INT(identity_grant(f.identity, "stall", &manager, NULL), MX_OK);
    CHECK_INT(identity_grant(f.identity, "stall", &cashier, NULL), MX_OK);
    CHECK_INT(identity_grant(f.identity, "stall", &stranger, NULL), MX_E_BAD_INPUT);
    CHECK_INT(identity_grant(f.identity, "stall", &owner, NULL), MX_E_BAD_INPUT);
    CHECK(may(&f, "manager", "stall.price_override") && may(&f, "manager", "stall.lines.edit"));
    CHECK(!may(&f, "manager", "stall") && !may(&f, "manager", "stall.") && !may(&f, "manager", "stallx.sell"));
    CHECK(may(&f, "cashier", "stall.sell") && may(&f, "cashier", "stall.return"));
    CHECK(!may(&f, "cashier", "stall.price_override") && !may(&f, "cashier", "stall.sell.all") && !may(&f, "channel", "stall.sell"));
    CHECK(!may(&f, "stranger", "stall.sell") && !may(&f, "", "stall.sell") && !may(&f, "owner", ""));
    CHECK(!identity_allowed(f.identity, &nobody, "stall.sell"));
    identity_system(&system);
    CHECK(identity_allowed(f.identity, &system, "anything"));
    identity_ungrant(f.identity, "stall");
    CHECK(!may(&f, "cashier", "stall.sell") && !may(&f, "manager", "stall.sell") && may(&f, "manager", "shop.read"));
    fixture_close(&f);
}

TEST(the_secret_is_nowhere_in_the_store) {
    struct fixture f;
    char command[256];
    struct mx_str key;
    REQUIRE(fixture_open(&f));
    key = make_owner(&f);
    snprintf(command, sizeof(command), "! grep -rqaF -- '%.*s' %s", 20, key.ptr + 31, f.dir);
    CHECK_INT(system(command), 0);
    fixture_close(&f);
}

RUN_TESTS(CASE(owner_key_opens_the_shop), CASE(wrong_keys_are_all_refused_alike), CASE(a_revoked_key_is_dead_at_once),
          CASE(a_changed_role_is_seen), CASE(roles_hold_what_was_granted_and_no_more), CASE(the_secret_is_nowhere_in_the_store))
