/* Calling operations by name, with JSON, under a role: what scripts do. */
#include "fixture.h"

/* {"name": operation, "how": role or "-" for the caller's own, "by": which input} */
static const char *const inputs[] = {
    "{\"name\":\"a\",\"by\":1}", "{\"name\":\"a\",\"how\":\"refuse\"}", "{\"name\":\"a\",\"byy\":1}", "{\"by\"", "",
    "{\"name\":\"a\"}",          "{\"phone\":\"13800138000\"}"};
struct by_name {
    struct mx_str op;
    struct mx_str role;
    int64_t input;
    uint8_t swallow;
};
static const struct mx_field by_name_fields[] = {
    MX_F_STR(by_name, op, MX_REQUIRED, 0, 64, "operation"),
    MX_F_STR(by_name, role, 0, 0, 40, "role"),
    MX_F_INT(by_name, input, 0, 0, 10, "input"),
    MX_F_BOOL(by_name, swallow, 0, "take no notice of an error"),
};
MX_TYPE(by_name, "by.name", "a call by name");
struct by_answer {
    struct mx_str answer;
    int64_t flags;
};
static const struct mx_field by_answer_fields[] = {
    MX_F_JSON(by_answer, answer, 0, 4096, "answer"),
    MX_F_INT(by_answer, flags, 0, 0, 255, "flags"),
};
MX_TYPE(by_answer, "by.answer", "what it said");

static mx_status run_by(struct mx_ctx *ctx, const void *in, void *out) {
    const struct by_name *ask = in;
    struct by_answer *answer = out;
    uint32_t flags = 0;
    mx_status st = mx_operation(ctx, ask->op, &flags);
    answer->flags = st == MX_OK ? flags : 255;
    st = mx_call_json(ctx, ask->role.len ? mx_dup(ctx, ask->role).ptr : NULL, ask->op, mx_str_of(inputs[ask->input]), &answer->answer);
    return ask->swallow ? MX_OK : st;
}
TOY_OP(by_op_command, 0, "by.command", "toy.use", &by_name_type, &by_answer_type, run_by, NULL);
TOY_OP(by_op_query, MX_OP_QUERY, "by.query", "toy.read", &by_name_type, &by_answer_type, run_by, NULL);
static const struct mx_op *const by_ops[] = {&by_op_command, &by_op_query, NULL};
static const struct mx_plugin by_plugin = {
    .size = (uint32_t)sizeof(struct mx_plugin), .abi_minor = MX_ABI_MINOR, .name = "by", .version = "1", .summary = "t", .ops = by_ops};

static int begin(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    if (!fixture_open_idle(f) || !fixture_make_owner(f) || op_plugin_add(f->op, &by_plugin, NULL) != MX_OK) return 0;
    return op_freeze(f->op, NULL) == MX_OK && op_start(f->op, NULL) == MX_OK;
}

static struct op_call call(struct fixture *f, const char *by, const char *op, const char *role, int input) {
    return fixture_call(f, by, base_arena_printf(f->arena, "{\"op\":\"%s\",\"role\":\"%s\",\"input\":%d}", op, role, input).ptr);
}

static int says(struct fixture *f, const struct op_call *call, const char *what) {
    return strstr(base_arena_dup(f->arena, call->answer).ptr, what) != NULL;
}

TEST(commands_and_queries_run_inside_a_command) {
    struct fixture f;
    struct op_call done;
    REQUIRE(begin(&f));
    done = call(&f, "by.command", "toy.add", "", 0);
    CHECK_INT(done.status, MX_OK);
    CHECK(says(&f, &done, "\"answer\":{\"value\":1},\"flags\":0"));
    done = call(&f, "by.command", "toy.get", "", 5);
    CHECK(says(&f, &done, "\"answer\":{\"value\":1},\"flags\":1"));
    done = call(&f, "by.query", "toy.get", "cashier", 5);
    CHECK(says(&f, &done, "\"answer\":{\"value\":1},\"flags\":1"));
    done = call(&f, "by.query", "toy.add", "", 0);
    CHECK_INT(done.status, MX_E_READ_ONLY);
    CHECK_INT(fixture_counter(&f, "a"), 1);
    fixture_close(&f);
}

TEST(errors_are_named) {
    struct fixture f;
    struct op_call done;
    REQUIRE(begin(&f));
    CHECK_INT(call(&f, "by.command", "toy.nothing", "", 0).status, MX_E_UNKNOWN_OPERATION);
    CHECK_INT(call(&f, "by.command", "", "", 0).status, MX_E_UNKNOWN_OPERATION);
    CHECK_INT(call(&f, "by.command", "toy.fire", "", 0).status, MX_E_UNKNOWN_OPERATION); /* internal */
    done = call(&f, "by.command", "toy.add", "", 2);
    CHECK_INT(done.status, MX_E_UNKNOWN_FIELD);
    CHECK_STR(fixture_text(&f, done.answer, "field"), "byy");
    CHECK_INT(call(&f, "by.command", "toy.add", "", 3).status, MX_E_BAD_INPUT);
    CHECK_INT(call(&f, "by.command", "toy.add", "", 4).status, MX_E_MISSING_FIELD);
    CHECK_INT(call(&f, "by.command", "toy.add", "emperor", 0).status, MX_E_BAD_INPUT);
    CHECK_INT(call(&f, "by.command", "system.verify", "", 4).status, MX_E_FORBIDDEN); /* takes long */
    CHECK_INT(call(&f, "by.command", "toy.burn", "", 0).status, MX_E_FORBIDDEN);
    CHECK_INT(call(&f, "by.command", "toy.prepared", "", 0).status, MX_E_FORBIDDEN);
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

TEST(a_role_holds_what_it_holds_and_no_more) {
    struct fixture f;
    struct op_call done;
    struct identity_principal cashier;
    REQUIRE(begin(&f));
    CHECK_INT(call(&f, "by.command", "toy.add", "cashier", 0).status, MX_OK);
    CHECK_INT(call(&f, "by.command", "toy.add", "auditor", 0).status, MX_E_FORBIDDEN); /* though the owner asks */
    cashier = fixture_role(&f, "cashier");
    done = fixture_call_as(&f, &cashier, "by.command", "k1", "{\"op\":\"shop.settings.put\",\"input\":4}");
    CHECK_INT(done.status, MX_E_FORBIDDEN); /* as the caller, who may not */
    CHECK_INT(fixture_counter(&f, "a"), 1);
    fixture_close(&f);
}

TEST(a_command_that_failed_inside_fails_the_whole) {
    struct fixture f;
    REQUIRE(begin(&f));
    CHECK_INT(call(&f, "by.command", "toy.add", "", 1).http_status, 409);
    CHECK_INT(fixture_call(&f, "by.command", "{\"op\":\"toy.add\",\"input\":1,\"swallow\":true}").http_status, 409);
    CHECK_INT(fixture_call(&f, "by.command", "{\"op\":\"toy.add\",\"input\":2,\"swallow\":true}").status, MX_OK); /* it never ran */
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

TEST(personal_data_is_masked_for_who_may_not_read_it) {
    struct fixture f;
    struct op_call done;
    REQUIRE(begin(&f));
    done = call(&f, "by.query", "toy.by_phone", "", 6);
    CHECK_INT(done.status, MX_OK);
    CHECK(says(&f, &done, "13800138000"));
    done = call(&f, "by.query", "toy.by_phone", "auditor", 6);
    CHECK_INT(done.status, MX_OK);
    CHECK(!says(&f, &done, "13800138000") && says(&f, &done, "***"));
    fixture_close(&f);
}

RUN_TESTS(CASE(commands_and_queries_run_inside_a_command), CASE(errors_are_named), CASE(a_role_holds_what_it_holds_and_no_more),
          CASE(a_command_that_failed_inside_fails_the_whole), CASE(personal_data_is_masked_for_who_may_not_read_it))
