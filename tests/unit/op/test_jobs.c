/* Jobs that are paused, resumed and cancelled, also over restarts, and that say how far they are. */
#include "fixture.h"

static mx_status pace_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct toy_value at = {0};
    mx_status st = MX_OK;
    (void)body;
    if (cursor->len) st = ctx->op->decode(ctx, &toy_value_type, *cursor, &at);
    at.value++;
    if (st == MX_OK) st = toy_count(ctx, mx_str_of("steps"), 1, NULL);
    if (st == MX_OK) st = mx_progress(ctx, at.value, 1000000);
    return st == MX_OK ? ctx->op->encode(ctx, &toy_value_type, &at, cursor) : st;
}
static const struct mx_job pace_job = {(uint32_t)sizeof(struct mx_job), 0, "pace.walk", pace_step};
static const struct mx_job *const pace_jobs[] = {&pace_job, NULL};

static mx_status run_pace(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_str id;
    (void)in;
    (void)out;
    return mx_job_start(ctx, "pace.walk", mx_str_of("{}"), &id);
}
TOY_OP(pace_op_start, 0, "pace.start", "toy.use", NULL, NULL, run_pace, NULL);
static const struct mx_op *const pace_ops[] = {&pace_op_start, NULL};
static const struct mx_plugin pace_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                             .abi_minor = MX_ABI_MINOR,
                                             .name = "pace",
                                             .version = "1",
                                             .summary = "for tests",
                                             .ops = pace_ops,
                                             .jobs = pace_jobs};

static int go(struct fixture *f) {
    return op_plugin_add(f->op, &pace_plugin, NULL) == MX_OK && op_freeze(f->op, NULL) == MX_OK && op_start(f->op, NULL) == MX_OK;
}

static int begin(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    return fixture_open_idle(f) && fixture_make_owner(f) && go(f) && fixture_call(f, "pace.start", "").status == MX_OK;
}

static int restart(struct fixture *f) {
    fixture_detach(f);
    return fixture_attach(f, 0) && go(f);
}

static const char *job_ask(struct fixture *f) {
    const char *text = base_arena_dup(f->arena, fixture_call(f, "system.job.list", "").answer).ptr, *at = strstr(text, "job_");
    return at ? base_arena_printf(f->arena, "{\"id\":\"%.*s\"}", (int)strcspn(at, "\""), at).ptr : "{}";
}

static int says(struct fixture *f, const char *what) {
    return strstr(base_arena_dup(f->arena, fixture_call(f, "system.job.list", "").answer).ptr, what) != NULL;
}

static int moves(struct fixture *f) {
    int64_t at = fixture_counter(f, "steps");
    int i;
    for (i = 0; i < 500; i++) {
        if (fixture_counter(f, "steps") > at) return 1;
        usleep(5000);
    }
    return 0;
}

TEST(a_job_rests_while_it_is_paused_also_over_a_restart) {
    struct fixture f;
    int64_t steps;
    REQUIRE(begin(&f));
    CHECK(moves(&f));
    CHECK(says(&f, "\"total\":1000000"));
    CHECK_INT(fixture_call(&f, "system.job.pause", job_ask(&f)).status, MX_OK);
    steps = fixture_counter(&f, "steps");
    CHECK(says(&f, "\"paused\":true"));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_OK); /* the writer goes by */
    CHECK_INT(fixture_counter(&f, "steps"), steps);
    REQUIRE(restart(&f));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(fixture_counter(&f, "steps"), steps);
    CHECK(says(&f, base_arena_printf(f.arena, "\"done\":%lld", (long long)steps).ptr));
    CHECK_INT(fixture_call(&f, "system.job.resume", job_ask(&f)).status, MX_OK);
    CHECK(moves(&f));
    fixture_close(&f);
}

TEST(a_cancelled_job_is_gone) {
    struct fixture f;
    const char *ask;
    int64_t steps;
    REQUIRE(begin(&f));
    CHECK(moves(&f));
    ask = job_ask(&f);
    CHECK_INT(fixture_call(&f, "system.job.cancel", ask).status, MX_OK);
    steps = fixture_counter(&f, "steps");
    CHECK_STR(fixture_call(&f, "system.job.list", "").answer, "{\"jobs\":[]}");
    CHECK_INT(fixture_call(&f, "system.job.cancel", ask).http_status, 404);
    CHECK_INT(fixture_call(&f, "system.job.pause", ask).http_status, 404);
    CHECK_INT(fixture_call(&f, "system.job.resume", ask).http_status, 404);
    REQUIRE(restart(&f));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(fixture_counter(&f, "steps"), steps);
    fixture_close(&f);
}

RUN_TESTS(CASE(a_job_rests_while_it_is_paused_also_over_a_restart), CASE(a_cancelled_job_is_gone))
