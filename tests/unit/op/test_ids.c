/* Ids that commands make rise, one command after the other, though the clock stands still. */
#include "fixture.h"

struct ids_made {
    struct mx_str id;
};
static const struct mx_field ids_made_fields[] = {MX_F_ID(ids_made, id, 0, "row", "what was made")};
MX_TYPE(ids_made, "ids.made", "an id");

static mx_status make(struct mx_ctx *ctx, const void *in, void *out) {
    (void)in;
    return mx_new_id(ctx, "row", &((struct ids_made *)out)->id);
}
TOY_OP(ids_op_make, 0, "ids.make", "toy.use", NULL, &ids_made_type, make, NULL);
TOY_OP(ids_op_ask, MX_OP_QUERY, "ids.ask", "toy.use", NULL, &ids_made_type, make, NULL);

/* A query that a command calls is on the writer all the same. */
static const struct mx_use ids_use_ask = {"ids.ask", NULL, &ids_made_type};
static mx_status relay(struct mx_ctx *ctx, const void *in, void *out) {
    (void)in;
    return mx_call(ctx, &ids_use_ask, NULL, out);
}
TOY_OP(ids_op_relay, 0, "ids.relay", "toy.use", NULL, &ids_made_type, relay, NULL);

static const struct mx_op *const ids_ops[] = {&ids_op_make, &ids_op_ask, &ids_op_relay, NULL};
static const struct mx_use *const ids_uses[] = {&ids_use_ask, NULL};
static const struct mx_plugin ids_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                            .abi_minor = MX_ABI_MINOR,
                                            .name = "ids",
                                            .version = "1",
                                            .summary = "for tests",
                                            .ops = ids_ops,
                                            .uses = ids_uses};

TEST(commands_make_ids_that_rise) {
    struct fixture f;
    struct mx_str last = mx_str_of("");
    int64_t now = atomic_load(&fixture_now);
    int i;
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f) && fixture_make_owner(&f));
    REQUIRE(op_plugin_add(f.op, &ids_plugin, NULL) == MX_OK && op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    for (i = 0; i < 200; i++) {
        struct op_call call = fixture_call(&f, i % 2 ? "ids.relay" : "ids.make", "");
        struct mx_str id = fixture_text(&f, call.answer, "id");
        CHECK_INT(call.status, MX_OK);
        CHECK(mx_str_cmp(last, id) < 0);
        last = base_arena_dup(f.arena, id);
        if (i == 100) atomic_store(&fixture_now, now - 5000); /* the clock was put right a little */
    }
    atomic_store(&fixture_now, now);
    CHECK(fixture_call(&f, "ids.ask", "").status == MX_OK); /* beside the writer: an id, in no order */
    fixture_close(&f);
}

RUN_TESTS(CASE(commands_make_ids_that_rise))
