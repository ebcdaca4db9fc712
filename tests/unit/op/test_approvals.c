/* A second person's word: for one call, for ten minutes, once; and it falls with the command that used it. */
#include "base/id.h"
#include "fixture.h"

#define MINUTE_MS 60000

static struct identity_principal other_owner(struct fixture *f) {
    struct op_call call = fixture_call(f, "identity.principal.put", "{\"role\":\"owner\",\"name\":\"second\"}");
    struct identity_principal who = f->owner;
    struct json_value *answer;
    const struct json_value *principal, *id;
    CHECK_INT(call.status, MX_OK);
    CHECK_INT(json_parse(f->arena, call.answer, &answer, NULL), MX_OK);
    principal = json_member(answer, "principal");
    id = json_member(principal, "id");
    snprintf(who.id, sizeof(who.id), "%.*s", (int)id->text.len, id->text.ptr);
    who.key[0] = 0;
    who.roles_gen = 0;
    return who;
}

/* What the problem says to ask for. */
static struct mx_str request_of(struct fixture *f, struct mx_str problem) {
    struct json_value *value;
    const struct json_value *approval;
    if (json_parse(f->arena, problem, &value, NULL) != MX_OK || !(approval = json_member(value, "approval"))) return mx_str_of("none");
    return json_member(approval, "request")->text;
}

static struct op_call add(struct fixture *f, const struct identity_principal *who, const char *key, const char *body,
                          struct mx_str approval) {
    struct op_call call;
    fixture_prepare(f, &call, who, "toy.add", key, body);
    call.approval = approval;
    op_run(f->op, &call);
    return call;
}

static struct op_call give(struct fixture *f, const struct identity_principal *who, struct mx_str request) {
    struct mx_str body = base_arena_printf(f->arena, "{\"request\":\"%.*s\"}", (int)request.len, request.ptr);
    char key[32];
    snprintf(key, sizeof(key), "give-%d", ++f->keys_made);
    return fixture_call_as(f, who, "identity.approval.give", base_arena_dup(f->arena, mx_str_of(key)).ptr, body.ptr);
}

static void want_two(struct fixture *f, const char *act) {
    struct mx_str body = base_arena_printf(f->arena, "{\"act\":\"%s\",\"permission\":\"toy.approve\"}", act);
    CHECK_INT(fixture_call(f, "identity.policy.put", body.ptr).status, MX_OK);
}

#define ADD "{\"by\":1,\"name\":\"a\"}"
static const struct mx_str none = {NULL, 0};

TEST(an_approved_call_happens_once) {
    struct fixture f;
    struct identity_principal asker;
    struct op_call call;
    struct mx_str request;
    REQUIRE(fixture_open(&f));
    asker = other_owner(&f);
    CHECK_INT(add(&f, &asker, "k0", ADD, none).status, MX_OK);
    want_two(&f, "toy.add");
    call = add(&f, &asker, "k1", ADD, none);
    CHECK_INT(call.status, MX_E_APPROVAL);
    CHECK_INT(call.http_status, 409);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    request = request_of(&f, call.answer);
    CHECK(base_id_valid(request, "apr"));
    CHECK(mx_str_eq(request_of(&f, add(&f, &asker, "k1", ADD, none).answer), request)); /* no wish twice */
    CHECK_INT(add(&f, &asker, "k1", ADD, request).status, MX_E_APPROVAL);               /* not given yet */
    CHECK_INT(give(&f, &asker, request).http_status, 409);
    CHECK_INT(give(&f, &f.owner, request).status, MX_OK);
    CHECK_INT(add(&f, &asker, "k1", "{\"by\":2,\"name\":\"a\"}", request).status, MX_E_APPROVAL);
    CHECK_INT(add(&f, &f.owner, "k2", ADD, request).status, MX_E_APPROVAL);
    call = add(&f, &asker, "k1", " { \"name\" : \"a\", \"by\" : 1 } ", request); /* the same body, written otherwise */
    CHECK_INT(call.status, MX_OK);
    CHECK(add(&f, &asker, "k1", ADD, request).replayed);
    CHECK_INT(add(&f, &asker, "k3", ADD, request).status, MX_E_APPROVAL);
    CHECK_INT(fixture_counter(&f, "a"), 2);
    fixture_close(&f);
}

TEST(an_approval_grows_old) {
    struct fixture f;
    struct identity_principal asker;
    struct mx_str request;
    REQUIRE(fixture_open(&f));
    asker = other_owner(&f);
    want_two(&f, "toy.add");
    request = request_of(&f, add(&f, &asker, "k1", ADD, none).answer);
    CHECK_INT(give(&f, &f.owner, request).status, MX_OK);
    atomic_fetch_add(&fixture_now, 10 * MINUTE_MS + 1);
    CHECK_INT(add(&f, &asker, "k1", ADD, request).status, MX_E_APPROVAL);
    CHECK_INT(give(&f, &f.owner, request).status, MX_E_NOT_FOUND);
    request = request_of(&f, add(&f, &asker, "k1", ADD, none).answer);
    CHECK_INT(give(&f, &f.owner, request).status, MX_OK);
    atomic_fetch_add(&fixture_now, 10 * MINUTE_MS);
    CHECK_INT(add(&f, &asker, "k1", ADD, request).status, MX_OK);
    fixture_close(&f);
}

TEST(a_command_that_fails_leaves_its_approval_unused) {
    struct fixture f;
    struct identity_principal asker;
    struct mx_str request;
    int i;
    REQUIRE(fixture_open(&f));
    asker = other_owner(&f);
    want_two(&f, "toy.add");
    request = request_of(&f, add(&f, &asker, "k1", "{\"by\":1,\"how\":\"refuse\",\"name\":\"a\"}", none).answer);
    CHECK_INT(give(&f, &f.owner, request).status, MX_OK);
    for (i = 0; i < 2; i++) {
        struct op_call call = add(&f, &asker, i ? "k2" : "k1", "{\"by\":1,\"how\":\"refuse\",\"name\":\"a\"}", request);
        CHECK(call.status != MX_E_APPROVAL && call.status != MX_OK);
    }
    fixture_close(&f);
}

TEST(the_kernel_asks_nobody_and_queries_cannot) {
    struct fixture f;
    struct identity_principal system;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call(&f, "identity.policy.put", "{\"act\":\"toy.get\",\"permission\":\"toy.approve\"}").status, MX_E_BAD_INPUT);
    want_two(&f, "toy.add");
    identity_system(&system);
    CHECK_INT(add(&f, &system, "k1", ADD, none).status, MX_OK);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    fixture_close(&f);
}

RUN_TESTS(CASE(an_approved_call_happens_once), CASE(an_approval_grows_old), CASE(a_command_that_fails_leaves_its_approval_unused),
          CASE(the_kernel_asks_nobody_and_queries_cannot))
