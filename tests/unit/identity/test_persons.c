/* Persons and what they are known by. */
#include "identity/internal.h"

#include "fixture.h"

static const struct mx_str cn = MX_STR_INIT("CN");

static struct mx_str new_person(struct fixture *f, struct store_view *view) {
    struct base_random random;
    struct mx_str id;
    base_random_seed(&random);
    id = base_id_new(f->arena, "per", 1000, &random);
    CHECK_INT(identity_person_new(f->identity, view, id, 1000, NULL), MX_OK);
    return id;
}

static mx_status link_to(struct fixture *f, struct mx_str person, const char *kind, const char *value) {
    return fixture_link(f, person, kind, mx_str_of(value), NULL);
}

static mx_status find(struct fixture *f, struct store_view *view, const char *kind, const char *value, struct mx_str *person) {
    return identity_person_find(f->identity, view, kind, mx_str_of(value), cn, person, NULL);
}

TEST(a_person_is_found_by_any_spelling) {
    struct fixture f;
    struct store_view *view;
    struct mx_str person, found = {NULL, 0};
    struct mx_list values;
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    person = new_person(&f, view);
    CHECK_INT(link_to(&f, person, "phone", "138 0013 8000"), MX_OK);
    CHECK_INT(link_to(&f, person, "email", "Li@Example.CN"), MX_OK);
    CHECK_INT(find(&f, view, "phone", "+86 138-0013-8000", &found), MX_OK); /* its own writes */
    CHECK(mx_str_eq(found, person));
    fixture_commit(&f);
    fixture_restart(&f);
    view = fixture_read(&f);
    CHECK_INT(find(&f, view, "phone", "008613800138000", &found), MX_OK);
    CHECK(mx_str_eq(found, person));
    CHECK_INT(find(&f, view, "email", "li@example.cn", &found), MX_OK);
    CHECK_INT(find(&f, view, "phone", "13900139000", &found), MX_NONE);
    CHECK_INT(find(&f, view, "card", "13800138000", &found), MX_NONE); /* another kind */
    CHECK_INT(identity_person_identifiers(f.identity, view, person, "phone", 0, &values, NULL), MX_OK);
    REQUIRE(values.count == 1);
    CHECK_STR(mx_list_str(&values, 0), "+8613800138000");
    CHECK_INT(identity_person_identifiers(f.identity, view, person, "phone", 1, &values, NULL), MX_OK);
    CHECK_STR(mx_list_str(&values, 0), "***8000");
    CHECK_INT(identity_person_identifiers(f.identity, view, person, "email", 1, &values, NULL), MX_OK);
    CHECK_STR(mx_list_str(&values, 0), "***@example.cn");
    CHECK_INT(identity_person_identifiers(f.identity, view, person, "card", 0, &values, NULL), MX_OK);
    CHECK_INT(values.count, 0);
    store_read_end(view);
    fixture_close(&f);
}

TEST(one_identifier_one_person) {
    struct fixture f;
    struct store_view *view;
    struct mx_error err = {0};
    struct mx_str a, b;
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    a = new_person(&f, view);
    b = new_person(&f, view);
    CHECK_INT(link_to(&f, a, "phone", "13800138000"), MX_OK);
    CHECK_INT(link_to(&f, a, "phone", "+8613800138000"), MX_DONE); /* hers already */
    CHECK_INT(fixture_link(&f, b, "phone", mx_str_of("13800138000"), &err), MX_E_EXISTS);
    CHECK(strcmp(err.field, "phone") == 0 && strstr(err.message, "138") == NULL);
    CHECK_INT(link_to(&f, mx_str_of("per_00000000000000000000000000"), "phone", "13900139000"), MX_E_NOT_FOUND);
    fixture_commit(&f);
    fixture_close(&f);
}

TEST(bad_identifiers_are_named) {
    static const char *const bad[][2] = {{"phone", "abc"},        {"phone", ""},       {"phone", "+1234567890123456"},
                                         {"email", "li"},         {"email", "@a.b"},   {"email", "a@b@c.d"},
                                         {"email", "a b@c.d"},    {"email", "a@bcd"},  {"card", ""},
                                         {"card", "12 34"},       {"openid", "a\x01"}, {"device", "\xff"},
                                         {"account", "\xc3\x28"}, {"account", "4711"}, {"account", ":4711"},
                                         {"account", "market:"},  {"email", "a@.b.c"}, {"email", "a@b..c"},
                                         {"email", "a@b.c."}};
    struct fixture f;
    struct store_view *view;
    struct mx_error err = {0};
    struct mx_str person, found = {NULL, 0};
    char longer[IDENTITY_VALUE_MAX + 2];
    size_t i;
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    person = new_person(&f, view);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK_INT(fixture_link(&f, person, bad[i][0], mx_str_of(bad[i][1]), &err), MX_E_BAD_INPUT);
        CHECK(strcmp(err.field, bad[i][0]) == 0);
    }
    CHECK_INT(identity_person_find(f.identity, view, "face", mx_str_of("x"), cn, &found, &err), MX_E_BAD_INPUT);
    CHECK(strcmp(err.field, "kind") == 0);
    memset(longer, 'x', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = 0;
    CHECK_INT(link_to(&f, person, "card", longer), MX_E_BAD_INPUT);
    longer[IDENTITY_VALUE_MAX] = 0;
    CHECK_INT(link_to(&f, person, "card", longer), MX_OK);
    fixture_drop(&f);
    fixture_close(&f);
}

TEST(phones_are_sealed_on_the_disk) {
    struct fixture f;
    char command[256];
    struct store_view *view;
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    CHECK_INT(link_to(&f, new_person(&f, view), "phone", "13812345678"), MX_OK);
    fixture_commit(&f);
    snprintf(command, sizeof(command), "! grep -rqaF 13812345678 %s", f.dir);
    CHECK_INT(system(command), 0);
    fixture_close(&f);
}

static void forget_key(struct store_view *view, struct mx_str person) {
    struct identity_person probe = {0}, *record;
    void *found = NULL;
    probe.id = person;
    CHECK_INT(store_get(view, &identity_persons, &probe, &found, NULL), MX_OK);
    record = found;
    record->key = mx_str_n(NULL, 0);
    CHECK_INT(store_put(view, &identity_persons, record, NULL), MX_OK);
}

TEST(without_her_key_a_person_reads_as_erased) {
    struct fixture f;
    struct store_view *view;
    struct mx_list values;
    struct mx_str person, found = {NULL, 0};
    uint8_t key[CRYPTO_KEY_BYTES];
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    person = new_person(&f, view);
    CHECK_INT(link_to(&f, person, "phone", "13800138000"), MX_OK);
    CHECK_INT(identity_person_key(f.identity, view, person, key), MX_OK);
    fixture_commit(&f);
    view = fixture_begin(&f);
    forget_key(view, person);
    fixture_commit(&f);
    view = fixture_begin(&f);
    CHECK_INT(identity_person_key(f.identity, view, person, key), MX_E_ERASED);
    CHECK_INT(find(&f, view, "phone", "13800138000", &found), MX_E_ERASED);
    CHECK_INT(link_to(&f, person, "card", "77"), MX_E_ERASED);
    CHECK_INT(identity_person_identifiers(f.identity, view, person, "phone", 0, &values, NULL), MX_OK);
    CHECK_INT(values.count, 0);
    fixture_drop(&f);
    fixture_close(&f);
}

TEST(a_dropped_epoch_erases_who_was_left_under_it) {
    struct fixture f;
    struct store_view *view;
    struct mx_str old, fresh;
    uint8_t key[CRYPTO_KEY_BYTES];
    uint32_t epoch = 0;
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    old = new_person(&f, view);
    CHECK_INT(crypto_keys_epoch_add(f.keys, &epoch, NULL), MX_OK);
    fresh = new_person(&f, view);
    CHECK_INT(crypto_keys_epoch_drop(f.keys, epoch - 1, NULL), MX_OK);
    CHECK_INT(identity_person_key(f.identity, view, old, key), MX_E_ERASED);
    CHECK_INT(identity_person_key(f.identity, view, fresh, key), MX_OK);
    fixture_drop(&f);
    fixture_close(&f);
}

RUN_TESTS(CASE(a_person_is_found_by_any_spelling), CASE(one_identifier_one_person), CASE(bad_identifiers_are_named),
          CASE(phones_are_sealed_on_the_disk), CASE(without_her_key_a_person_reads_as_erased),
          CASE(a_dropped_epoch_erases_who_was_left_under_it))
