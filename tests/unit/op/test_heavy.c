/* Heavy queries: how far they are, who may stop them, and that nothing is looked at for too long. */
#include "busy.h"

/* Member of the query at place `at` of system.queries.list, as this principal sees it. */
static struct mx_str listed(struct fixture *f, const struct identity_principal *who, uint32_t at, const char *member) {
    struct op_call call = fixture_call_as(f, who, "system.queries.list", "", "");
    struct json_value *root;
    const struct json_value *each, *found;
    CHECK_INT(call.http_status, 200);
    if (json_parse(f->arena, call.answer, &root, NULL) != MX_OK) return mx_str_of("?");
    each = json_member(root, "queries")->first;
    while (each && at--) each = each->next;
    found = each ? json_member(each, member) : NULL;
    if (!found) return mx_str_of("");
    return found->kind == JSON_INT ? base_arena_printf(f->arena, "%lld", (long long)found->number) : found->text;
}

static int cancel(struct fixture *f, const struct identity_principal *who, struct mx_str id) {
    char key[32];
    snprintf(key, sizeof(key), "cancel-%d", ++f->keys_made);
    return fixture_call_as(f, who, "system.queries.cancel", base_arena_dup(f->arena, mx_str_of(key)).ptr,
                           base_arena_printf(f->arena, "{\"id\":\"%.*s\"}", (int)id.len, id.ptr).ptr)
        .http_status;
}

static struct identity_principal somebody(const struct fixture *f, const char *role) {
    struct identity_principal who = fixture_role(f, role);
    snprintf(who.id, sizeof(who.id), "pri_01ARZ3NDEKTSV4RRFFQ69G5%s", role[0] == 'c' ? "FAA" : "FAB");
    return who;
}

TEST(queries_at_work_are_listed) {
    struct fixture f;
    struct pending *first, *second;
    REQUIRE(busy_open(&f, NULL));
    first = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&busy_begun, 1);
    second = busy_send(&f, &f.owner, "busy.wait");
    CHECK_STR(listed(&f, &f.owner, 0, "op"), "busy.wait");
    CHECK_STR(listed(&f, &f.owner, 0, "state"), "running");
    CHECK_STR(listed(&f, &f.owner, 0, "total"), "1000");
    CHECK(atoi(listed(&f, &f.owner, 0, "done").ptr) >= 1);
    CHECK_STR(listed(&f, &f.owner, 0, "principal"), f.owner.id);
    CHECK_STR(listed(&f, &f.owner, 1, "state"), "waiting");
    CHECK_STR(listed(&f, &f.owner, 1, "done"), "0");
    CHECK_STR(listed(&f, &f.owner, 2, "id"), "");
    atomic_store(&busy_gate, 1);
    CHECK_INT(busy_take(first), 200);
    CHECK_INT(busy_take(second), 200);
    CHECK_STR(listed(&f, &f.owner, 0, "id"), "");
    fixture_close(&f);
}

TEST(who_asked_and_who_looks_after_all_may_cancel) {
    struct fixture f;
    struct identity_principal cashier, auditor, manager;
    struct pending *first, *second;
    struct mx_str id;
    REQUIRE(busy_open(&f, NULL));
    cashier = somebody(&f, "cashier");
    auditor = somebody(&f, "auditor");
    manager = somebody(&f, "manager");
    first = busy_send(&f, &cashier, "busy.wait");
    busy_until(&busy_begun, 1);
    second = busy_send(&f, &cashier, "busy.wait");
    id = listed(&f, &cashier, 0, "id");
    CHECK_STR(listed(&f, &auditor, 0, "id"), ""); /* others' are not shown */
    CHECK_INT(cancel(&f, &auditor, id), 404);
    CHECK_INT(cancel(&f, &cashier, mx_str_of("qry_01ARZ3NDEKTSV4RRFFQ69G5FAV")), 404);
    CHECK_INT(cancel(&f, &manager, listed(&f, &manager, 1, "id")), 200);
    CHECK_INT(cancel(&f, &cashier, id), 200);
    CHECK_STR(fixture_text(&f, (busy_until(&first->done, 1), first->call.answer), "code"), "cancelled");
    CHECK_INT(busy_take(first), 409);
    CHECK_INT(busy_take(second), 409);
    CHECK_INT(atomic_load(&busy_runs), 1); /* the one that waited never ran */
    CHECK_INT(cancel(&f, &cashier, id), 404);
    fixture_close(&f);
}

TEST(a_client_that_went_away_gives_up) {
    struct fixture f;
    struct pending *heavy, *light;
    REQUIRE(busy_open(&f, NULL));
    heavy = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&busy_begun, 1);
    op_give_up(f.op, &heavy->call);
    CHECK_INT(busy_take(heavy), 409);
    light = busy_send(&f, &f.owner, "busy.hold"); /* a command goes on */
    busy_until(&busy_begun, 2);
    op_give_up(f.op, &light->call);
    atomic_store(&busy_gate, 1);
    CHECK_INT(busy_take(light), 200);
    fixture_close(&f);
}

/* What prepares a command (the hashing of a password) has threads of its own. */
TEST(a_heavy_query_holds_up_no_command) {
    struct fixture f;
    struct pending *heavy;
    REQUIRE(busy_open(&f, NULL));
    heavy = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&busy_begun, 1);
    CHECK_INT(fixture_call(&f, "toy.prepared", "{\"name\":\"a\",\"by\":1}").http_status, 200);
    CHECK_INT(atomic_load(&heavy->done), 0);
    atomic_store(&busy_gate, 1);
    CHECK_INT(busy_take(heavy), 200);
    fixture_close(&f);
}

/* One that burns, too, works where heavy queries do: it waits for them, and no command waits for it. */
TEST(a_heavy_query_that_burns_holds_up_no_command) {
    struct fixture f;
    struct pending *heavy, *burning;
    REQUIRE(busy_open(&f, NULL));
    heavy = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&busy_begun, 1);
    burning = busy_send_body(&f, &f.owner, "toy.take", "{\"name\":\"a\",\"by\":4}");
    CHECK_INT(fixture_call(&f, "toy.prepared", "{\"name\":\"a\",\"by\":1}").http_status, 200);
    CHECK_INT(atomic_load(&burning->done), 0);
    CHECK_INT(fixture_counter(&f, "a"), 2);
    atomic_store(&busy_gate, 1);
    CHECK_INT(busy_take(heavy), 200);
    CHECK_INT(busy_take(burning), 200);
    CHECK_INT(fixture_counter(&f, "a"), 10);
    fixture_close(&f);
}

TEST(closing_ends_what_takes_long) {
    struct fixture f;
    struct pending *first, *second;
    REQUIRE(busy_open(&f, NULL));
    first = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&busy_begun, 1);
    second = busy_send(&f, &f.owner, "busy.wait");
    op_stop(f.op);
    CHECK_INT(busy_take(first), 409);
    CHECK_INT(busy_take(second), 409);
    CHECK_INT(atomic_load(&busy_runs), 1);
    atomic_store(&busy_gate, 1);
    CHECK_INT(op_start(f.op, NULL), MX_OK);
    CHECK_INT(busy_take(busy_send(&f, &f.owner, "busy.wait")), 200);
    fixture_close(&f);
}

static void make_key(struct fixture *f, const char *role, struct mx_str *key_id, struct identity_principal *who) {
    struct json_value *root = NULL;
    struct store_view *view;
    struct mx_str id, text;
    struct op_call call =
        fixture_call(f, "identity.principal.put", base_arena_printf(f->arena, "{\"name\":\"somebody\",\"role\":\"%s\"}", role).ptr);
    REQUIRE(call.http_status == 200 && json_parse(f->arena, call.answer, &root, NULL) == MX_OK);
    id = json_member(json_member(root, "principal"), "id")->text;
    call = fixture_call(f, "identity.key.create", base_arena_printf(f->arena, "{\"principal\":\"%.*s\"}", (int)id.len, id.ptr).ptr);
    REQUIRE(call.http_status == 200 && json_parse(f->arena, call.answer, &root, NULL) == MX_OK);
    *key_id = json_member(json_member(root, "key"), "id")->text;
    call = fixture_call(f, "identity.key.reveal", base_arena_printf(f->arena, "{\"id\":\"%.*s\"}", (int)key_id->len, key_id->ptr).ptr);
    text = fixture_text(f, call.answer, "text");
    REQUIRE(store_read_begin(f->store, f->arena, &view) == MX_OK);
    CHECK_INT(identity_check_key(f->identity, view, text, who), MX_OK);
    store_read_end(view);
}

TEST(a_key_revoked_while_its_query_waited_opens_nothing) {
    struct fixture f;
    struct identity_principal who = {0};
    struct pending *blocker, *late;
    struct mx_str key_id = {NULL, 0};
    REQUIRE(busy_open(&f, NULL));
    make_key(&f, "cashier", &key_id, &who);
    blocker = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&busy_begun, 1);
    late = busy_send(&f, &who, "busy.wait");
    CHECK_INT(fixture_call(&f, "identity.key.revoke", base_arena_printf(f.arena, "{\"id\":\"%.*s\"}", (int)key_id.len, key_id.ptr).ptr)
                  .http_status,
              200);
    atomic_store(&busy_gate, 1);
    CHECK_INT(busy_take(blocker), 200);
    CHECK_INT(busy_take(late), 401);
    CHECK_INT(atomic_load(&busy_runs), 1);
    fixture_close(&f);
}

TEST(slices_see_the_shop_as_it_is_by_then) {
    struct fixture f;
    struct pending *heavy;
    REQUIRE(busy_open(&f, NULL));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").http_status, 200);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"b\",\"by\":2}").http_status, 200);
    heavy = busy_send(&f, &f.owner, "busy.slices");
    busy_until(&busy_begun, 1);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"b\",\"by\":5}").http_status, 200);
    atomic_store(&busy_gate, 1);
    busy_until(&heavy->done, 1);
    CHECK_INT(fixture_number(&f, heavy->call.answer, "value"), 207); /* 2 before, 7 after, the old walk at its end */
    CHECK_INT(busy_take(heavy), 200);
    fixture_close(&f);
}

TEST(slices_give_back_what_they_took) {
    struct fixture f;
    struct pending *heavy;
    REQUIRE(busy_open(&f, NULL));
    heavy = busy_send(&f, &f.owner, "busy.pages");
    busy_until(&busy_begun, 1);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"b\",\"by\":5}").http_status, 200);
    atomic_store(&busy_gate, 1);
    busy_until(&heavy->done, 1);
    CHECK_INT(fixture_number(&f, heavy->call.answer, "value"), 5);
    CHECK(base_arena_size(heavy->call.arena) < BUSY_PAGES * BUSY_PAGE_BYTES / 8);
    CHECK_INT(busy_take(heavy), 200);
    fixture_close(&f);
}

TEST(no_query_looks_at_one_state_for_too_long) {
    struct fixture f;
    struct op_opts opts = {.snapshot_ms = 20};
    struct pending *heavy;
    REQUIRE(busy_open(&f, &opts));
    heavy = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&heavy->done, 1);
    CHECK_STR(fixture_text(&f, heavy->call.answer, "code"), "timeout");
    CHECK_INT(busy_take(heavy), 504);
    fixture_close(&f);
}

TEST(a_verification_can_be_cancelled) {
    struct fixture f;
    struct pending *verify;
    const char *why;
    REQUIRE(busy_open(&f, NULL));
    verify = busy_send(&f, &f.owner, "system.verify");
    busy_until(&busy_begun, 1);
    CHECK_STR(listed(&f, &f.owner, 0, "op"), "system.verify");
    CHECK_INT(cancel(&f, &f.owner, listed(&f, &f.owner, 0, "id")), 200);
    CHECK_INT(busy_take(verify), 409);
    atomic_store(&busy_gate, 1);
    CHECK_INT(busy_take(busy_send(&f, &f.owner, "system.verify")), 200);
    CHECK(op_ready(f.op, &why));
    fixture_close(&f);
}

TEST(a_verification_that_found_something_is_not_ready) {
    struct fixture f;
    const char *why;
    REQUIRE(busy_open(&f, NULL));
    atomic_store(&busy_gate, 1);
    CHECK(op_ready(f.op, &why));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"wrong\",\"by\":1}").http_status, 200);
    CHECK_INT(busy_take(busy_send(&f, &f.owner, "system.verify")), 200);
    CHECK(!op_ready(f.op, &why));
    CHECK(strstr(why, "verification") != NULL);
    fixture_close(&f);
}

RUN_TESTS(CASE(queries_at_work_are_listed), CASE(who_asked_and_who_looks_after_all_may_cancel), CASE(a_client_that_went_away_gives_up),
          CASE(a_heavy_query_holds_up_no_command), CASE(a_heavy_query_that_burns_holds_up_no_command), CASE(closing_ends_what_takes_long),
          CASE(a_key_revoked_while_its_query_waited_opens_nothing), CASE(slices_see_the_shop_as_it_is_by_then),
          CASE(slices_give_back_what_they_took), CASE(no_query_looks_at_one_state_for_too_long), CASE(a_verification_can_be_cancelled),
          CASE(a_verification_that_found_something_is_not_ready))
