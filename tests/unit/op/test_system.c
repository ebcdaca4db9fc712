/* The kernel's own operations: settings, verification, figures; principals and keys. */
#include "fixture.h"

#define LOOK "\"exceptions_above\":20000,\"exceptions_least\":3,\"exceptions_soon_ms\":900000,\"exceptions_times\":3,"

TEST(settings_have_defaults_and_change_part_by_part) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_STR(fixture_call(&f, "shop.settings.get", "").answer, "{\"country\":\"CN\",\"currency\":\"CNY\",\"digits\":2," LOOK
                                                                "\"node\":\"n1\",\"prices_include_tax\":true,\"zone\":\"Asia/Shanghai\"}");
    call = fixture_call(&f, "toy.contact", "");
    CHECK_STR(fixture_text(&f, call.answer, "currency"), "CNY");
    call = fixture_call(&f, "shop.settings.put", "{\"currency\":\"JPY\",\"digits\":0,\"zone\":\"Asia/Tokyo\"}");
    CHECK_STR(call.answer, "{\"country\":\"CN\",\"currency\":\"JPY\",\"digits\":0," LOOK
                           "\"node\":\"n1\",\"prices_include_tax\":true,\"zone\":\"Asia/Tokyo\"}");
    CHECK_INT(fixture_call(&f, "shop.settings.put", "{\"prices_include_tax\":false}").status, MX_OK);
    REQUIRE(fixture_restart(&f));
    CHECK_STR(fixture_call(&f, "shop.settings.get", "").answer, "{\"country\":\"CN\",\"currency\":\"JPY\",\"digits\":0," LOOK
                                                                "\"node\":\"n1\",\"prices_include_tax\":false,\"zone\":\"Asia/Tokyo\"}");
    call = fixture_call(&f, "toy.contact", "");
    CHECK_STR(fixture_text(&f, call.answer, "currency"), "JPY");
    CHECK_INT(fixture_number(&f, call.answer, "digits"), 0);
    fixture_close(&f);
}

TEST(bad_settings_are_named) {
    static const char *const bad[][2] = {{"{\"currency\":\"cny\"}", "currency"}, {"{\"currency\":\"CN\"}", "currency"},
                                         {"{\"digits\":5}", "digits"},           {"{\"country\":\"C1\"}", "country"},
                                         {"{\"zone\":\"Mars/Base\"}", "zone"},   {"{\"zone\":\"../etc/passwd\"}", "zone"},
                                         {"{\"node\":\"n2\"}", "node"},          {"{\"owner\":\"me\"}", "owner"}};
    struct fixture f;
    size_t i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct op_call call = fixture_call(&f, "shop.settings.put", bad[i][0]);
        CHECK_INT(call.http_status, 400);
        CHECK_STR(fixture_text(&f, call.answer, "field"), bad[i][1]);
    }
    fixture_close(&f);
}

TEST(the_currency_stands_still_once_there_is_history) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK);
    call = fixture_call(&f, "shop.settings.put", "{\"currency\":\"EUR\"}");
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "shop_has_history");
    CHECK_STR(fixture_text(&f, call.answer, "field"), "currency");
    CHECK_INT(fixture_call(&f, "shop.settings.put", "{\"digits\":3}").http_status, 409);
    CHECK_INT(fixture_call(&f, "shop.settings.put", "{\"currency\":\"CNY\",\"zone\":\"Europe/London\"}").status, MX_OK);
    fixture_close(&f);
}

TEST(verify_tells_what_does_not_add_up) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK);
    call = fixture_call(&f, "system.verify", "");
    CHECK_INT(call.status, MX_OK);
    CHECK(fixture_number(&f, call.answer, "records") > 5);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"findings\":[]") != NULL);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"wrong\",\"by\":1}").status, MX_OK);
    call = fixture_call(&f, "system.verify", "");
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"findings\":[\"toy.adds_up: the counter \\\"wrong\\\" exists\"]") != NULL);
    fixture_close(&f);
}

TEST(the_log_is_never_shown_with_a_gap) {
    struct fixture f;
    struct base_buf key;
    struct store_span at;
    struct store_group *group;
    struct store_view *view;
    int i;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 3; i++) CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK);
    op_stop(f.op);
    base_buf_init(&key, f.arena);
    store_key_int(&key, 1);
    store_key_int(&key, 2);
    at.ptr = (const uint8_t *)key.ptr;
    at.len = key.len;
    REQUIRE(store_group_begin(f.store, &group) == MX_OK && store_write_begin(group, f.arena, &view) == MX_OK);
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, at), MX_OK);
    CHECK(store_write_apply(view) == MX_OK && store_group_commit(group) == MX_OK);
    CHECK_INT(op_start(f.op, NULL), MX_OK);
    CHECK_INT(fixture_call(&f, "system.log.list", "").status, MX_E_DAMAGED);
    CHECK_INT(fixture_call(&f, "system.log.list", "{\"from\":3}").status, MX_OK);
    CHECK_INT(fixture_call(&f, "system.log.list", "{\"limit\":1}").status, MX_OK);
    fixture_close(&f);
}

TEST(figures_are_counted) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"how\":\"refuse\"}").http_status, 409);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    call = fixture_call(&f, "system.stat", "");
    CHECK_INT(fixture_number(&f, call.answer, "commands"), 3);
    CHECK_INT(fixture_number(&f, call.answer, "replayed"), 1);
    CHECK_INT(fixture_number(&f, call.answer, "refused"), 1);
    CHECK_INT(fixture_number(&f, call.answer, "queries"), 1);
    CHECK(fixture_number(&f, call.answer, "groups") >= 2);
    CHECK(fixture_number(&f, call.answer, "commit_us") > 0 && fixture_number(&f, call.answer, "run_us") > 0);
    CHECK(fixture_number(&f, call.answer, "file_bytes") > 0 && fixture_number(&f, call.answer, "used_bytes") > 0);
    fixture_close(&f);
}

/* ---- principals and keys ---- */

/* A text of the object that stands in the answer's only member. */
static struct mx_str inner(struct fixture *f, const struct op_call *call, const char *outer, const char *member) {
    struct json_value *value;
    const struct json_value *found;
    if (json_parse(f->arena, call->answer, &value, NULL) != MX_OK) return mx_str_of("?");
    found = json_member(json_member(value, outer), member);
    return found ? found->text : mx_str_of("?");
}

static const char *json_with(struct fixture *f, const char *format, struct mx_str text) {
    return base_arena_printf(f->arena, format, (int)text.len, text.ptr).ptr;
}

static mx_status check_key(struct fixture *f, struct mx_str key, struct identity_principal *who) {
    struct store_view *view;
    mx_status st = store_read_begin(f->store, f->arena, &view);
    if (st != MX_OK) return st;
    st = identity_check_key(f->identity, view, key, who);
    store_read_end(view);
    return st;
}

TEST(a_key_is_made_shown_once_used_and_taken_back) {
    struct fixture f;
    struct op_call made, shown, call;
    struct identity_principal who;
    struct mx_str id, key;
    REQUIRE(fixture_open(&f));
    call = fixture_call(&f, "identity.principal.put", "{\"name\":\"till 1\",\"role\":\"cashier\"}");
    CHECK_INT(call.status, MX_OK);
    made = fixture_call_as(&f, &f.owner, "identity.key.create", "make-1",
                           json_with(&f, "{\"principal\":\"%.*s\"}", inner(&f, &call, "principal", "id")));
    CHECK_INT(made.status, MX_OK);
    CHECK(strstr(base_arena_dup(f.arena, made.answer).ptr, "mxk_") == NULL);
    id = inner(&f, &made, "key", "id");
    shown = fixture_call_as(&f, &f.owner, "identity.key.reveal", "", json_with(&f, "{\"id\":\"%.*s\"}", id));
    CHECK_INT(shown.status, MX_OK);
    key = fixture_text(&f, shown.answer, "text");
    CHECK_INT(key.len, 74);
    CHECK_INT(check_key(&f, key, &who), MX_OK);
    CHECK(strcmp(who.role, "cashier") == 0);
    CHECK_INT(fixture_call_as(&f, &who, "toy.add", "k", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(fixture_call_as(&f, &who, "identity.key.list", "", "{}").http_status, 403);
    CHECK_INT(fixture_call_as(&f, &f.owner, "identity.key.reveal", "", json_with(&f, "{\"id\":\"%.*s\"}", id)).http_status,
              404); /* burnt */
    call = fixture_call(&f, "identity.key.list", json_with(&f, "{\"principal\":\"%.*s\"}", mx_str_of(who.id)));
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, base_arena_dup(f.arena, id).ptr) != NULL);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "hash") == NULL);
    CHECK_INT(fixture_call(&f, "identity.key.revoke", json_with(&f, "{\"id\":\"%.*s\"}", id)).status, MX_OK);
    CHECK_INT(fixture_call(&f, "identity.key.revoke", json_with(&f, "{\"id\":\"%.*s\"}", id)).status, MX_OK); /* twice is fine */
    CHECK_INT(check_key(&f, key, &who), MX_E_NO_KEY);
    CHECK_INT(fixture_call_as(&f, &who, "toy.add", "k9", "{\"name\":\"a\",\"by\":1}").status, MX_E_NO_KEY); /* admitted before */
    fixture_close(&f);
}

TEST(a_fresh_key_waits_one_hour) {
    struct fixture f;
    struct op_call made;
    struct identity_principal who;
    const char *ask;
    int i;
    REQUIRE(fixture_open(&f));
    made = fixture_call(&f, "identity.key.create", json_with(&f, "{\"principal\":\"%.*s\"}", mx_str_of(f.owner.id)));
    CHECK_INT(made.status, MX_OK);
    atomic_fetch_add(&fixture_now, 3601000);
    ask = json_with(&f, "{\"id\":\"%.*s\"}", inner(&f, &made, "key", "id"));
    for (i = 0; i < 200; i++) {
        struct store_view *view;
        struct bus_due due;
        mx_status st = store_read_begin(f.store, f.arena, &view);
        if (st == MX_OK) st = bus_due_first(view, &due);
        store_read_end(view);
        if (st == MX_NONE) break;
        usleep(10000);
    }
    CHECK_INT(fixture_call_as(&f, &f.owner, "identity.key.reveal", "", ask).http_status, 404);
    CHECK_INT(check_key(&f, f.owner_key, &who), MX_OK);
    fixture_close(&f);
}

TEST(the_last_owner_stays) {
    struct fixture f;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = fixture_call(&f, "identity.principal.put", json_with(&f, "{\"id\":\"%.*s\",\"role\":\"cashier\"}", mx_str_of(f.owner.id)));
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "last_owner");
    call = fixture_call(&f, "identity.principal.put",
                        json_with(&f, "{\"id\":\"%.*s\",\"role\":\"owner\",\"disabled\":true}", mx_str_of(f.owner.id)));
    CHECK_INT(call.http_status, 409);
    call = fixture_call(&f, "identity.key.revoke", json_with(&f, "{\"id\":\"%.*s\"}", mx_str_of(f.owner.key)));
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "last_owner_key");
    CHECK_INT(fixture_call(&f, "identity.principal.put", "{\"name\":\"second\",\"role\":\"owner\"}").status, MX_OK);
    call = fixture_call(&f, "identity.principal.put", json_with(&f, "{\"id\":\"%.*s\",\"role\":\"cashier\"}", mx_str_of(f.owner.id)));
    CHECK_INT(call.status, MX_OK);
    fixture_close(&f);
}

TEST(bad_principals_are_named) {
    struct fixture f;
    const char *text;
    struct op_call call;
    REQUIRE(fixture_open(&f));
    call = fixture_call(&f, "identity.principal.put", "{\"role\":\"emperor\"}");
    CHECK_INT(call.http_status, 400);
    CHECK_STR(fixture_text(&f, call.answer, "field"), "role");
    call = fixture_call(&f, "identity.key.create", "{\"principal\":\"pri_01ARZ3NDEKTSV4RRFFQ69G5FAV\"}");
    CHECK_INT(call.http_status, 404);
    CHECK_STR(fixture_text(&f, call.answer, "field"), "principal");
    CHECK_INT(
        fixture_call(&f, "identity.principal.put", "{\"id\":\"pri_01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"role\":\"cashier\",\"disabled\":true}")
            .status,
        MX_OK);
    CHECK_INT(fixture_call(&f, "identity.key.create", "{\"principal\":\"pri_01ARZ3NDEKTSV4RRFFQ69G5FAV\"}").http_status, 409);
    CHECK_INT(fixture_call(&f, "identity.key.revoke", "{\"id\":\"key_01ARZ3NDEKTSV4RRFFQ69G5FAV\"}").http_status, 404);
    call = fixture_call(&f, "identity.principal.list", "{\"limit\":1}");
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "pri_01ARZ3NDEKTSV4RRFFQ69G5FAV") != NULL);
    CHECK(fixture_text(&f, call.answer, "next").len > 0);
    call = fixture_call(&f, "identity.principal.list", json_with(&f, "{\"after\":\"%.*s\"}", fixture_text(&f, call.answer, "next")));
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, f.owner.id) != NULL);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "pri_01ARZ3NDEKTSV4RRFFQ69G5FAV") == NULL);
    call = fixture_call(&f, "identity.role.list", "");
    text = base_arena_dup(f.arena, call.answer).ptr;
    CHECK(strstr(text, "{\"code\":\"cashier\"") != NULL && strstr(text, "\"toy.use\",\"toy.read\"]") != NULL);
    fixture_close(&f);
}

RUN_TESTS(CASE(settings_have_defaults_and_change_part_by_part), CASE(bad_settings_are_named),
          CASE(the_currency_stands_still_once_there_is_history), CASE(verify_tells_what_does_not_add_up),
          CASE(the_log_is_never_shown_with_a_gap), CASE(figures_are_counted), CASE(a_key_is_made_shown_once_used_and_taken_back),
          CASE(a_fresh_key_waits_one_hour), CASE(the_last_owner_stays), CASE(bad_principals_are_named))
