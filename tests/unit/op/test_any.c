/* Followers of every event, and followers that begin at the head of the log. */
#include "fixture.h"

static mx_status any_follow(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct mx_str text = *(const struct mx_str *)data;
    if (event->seq <= 0 || event->epoch != 1 || text.ptr[0] != '{') return mx_fail(ctx, MX_E_INTERNAL, NULL, "That is no event.");
    return toy_count(ctx, event->name, 1, NULL);
}
static mx_status late_follow(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    (void)data;
    (void)event;
    return toy_count(ctx, mx_str_of("late"), 1, NULL);
}
static const struct mx_subscription any_sub = {
    (uint32_t)sizeof(struct mx_subscription), MX_FOLLOW, MX_EVENT_ANY, NULL, 100, 0, any_follow, "any.follows"};
static const struct mx_subscription late_sub = {
    (uint32_t)sizeof(struct mx_subscription), MX_FOLLOW | MX_FROM_NOW, "toy.happened", &toy_happened_type, 100, 0, late_follow, "any.late"};
static const struct mx_subscription *const any_subs[] = {&any_sub, &late_sub, NULL};
static const struct mx_plugin any_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                            .abi_minor = MX_ABI_MINOR,
                                            .name = "any",
                                            .version = "1",
                                            .summary = "for tests",
                                            .subscriptions = any_subs};

static int add_late(struct fixture *f) {
    op_stop(f->op);
    return op_plugin_add(f->op, &any_plugin, NULL) == MX_OK && op_freeze(f->op, NULL) == MX_OK && op_start(f->op, NULL) == MX_OK;
}

static mx_status refused(const struct mx_subscription *sub) {
    const struct mx_subscription *subs[] = {sub, NULL};
    struct mx_plugin plugin = any_plugin;
    struct mx_error err = {0};
    struct fixture f;
    mx_status st;
    memset(&f, 0, sizeof(f));
    if (!fixture_open_idle(&f)) return MX_OK;
    plugin.subscriptions = subs;
    st = op_plugin_add(f.op, &plugin, &err);
    fixture_close(&f);
    return st;
}

TEST(every_event_is_heard_from_the_beginning_and_others_only_from_now) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK);
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK);
    REQUIRE(add_late(&f));
    CHECK(fixture_wait(&f, "toy.happened", 2));
    CHECK_INT(fixture_counter(&f, "late"), 0);
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"b\",\"by\":1}").status, MX_OK);
    CHECK(fixture_wait(&f, "toy.happened", 3));
    CHECK(fixture_wait(&f, "late", 1));
    CHECK(fixture_counter(&f, "helper.heard") > 0);
    fixture_close(&f);
}

TEST(a_place_at_the_head_of_an_empty_log_is_a_place) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    REQUIRE(add_late(&f));
    op_stop(f.op);
    REQUIRE(op_start(f.op, NULL) == MX_OK);
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK);
    CHECK(fixture_wait(&f, "late", 1));
    fixture_close(&f);
}

TEST(who_hears_everything_follows_without_a_type) {
    struct mx_subscription sub = any_sub;
    sub.type = &toy_happened_type;
    CHECK_INT(refused(&sub), MX_E_BAD_PLUGIN);
    sub = any_sub;
    sub.flags = 0;
    CHECK_INT(refused(&sub), MX_E_BAD_PLUGIN);
    sub = late_sub;
    sub.type = NULL;
    CHECK_INT(refused(&sub), MX_E_BAD_PLUGIN);
}

/* One who declines everything but "bad", over which it stumbles the first time. */
static atomic_int picky_heard, picky_bad, picky_done;

static mx_status picky_follow(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct toy_happened *happened = data;
    struct mx_str answer;
    (void)event;
    atomic_fetch_add(&picky_heard, 1);
    if (atomic_load(&picky_done)) return MX_DONE;
    if (mx_str_is(happened->name, "half")) { /* a command fails inside, and the follower looks away */
        if (atomic_load(&picky_bad)) return MX_DECLINED;
        atomic_store(&picky_bad, 1);
        CHECK(mx_call_json(ctx, NULL, mx_str_of("toy.add"), mx_str_of("{\"name\":\"lost\",\"by\":1,\"how\":\"refuse\"}"), &answer) < 0);
        return MX_DECLINED;
    }
    if (!mx_str_is(happened->name, "bad")) return MX_DECLINED;
    if (atomic_fetch_add(&picky_bad, 1) == 0) return mx_fail(ctx, MX_E_INTERNAL, NULL, "Not yet.");
    return toy_count(ctx, mx_str_of("picky"), 1, NULL);
}
static const struct mx_subscription picky_sub = {
    (uint32_t)sizeof(struct mx_subscription), MX_FOLLOW, "toy.happened", &toy_happened_type, 100, 0, picky_follow, "picky.follows"};
static const struct mx_subscription *const picky_subs[] = {&picky_sub, NULL};
static const struct mx_plugin picky_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                              .abi_minor = MX_ABI_MINOR,
                                              .name = "picky",
                                              .version = "1",
                                              .summary = "for tests",
                                              .subscriptions = picky_subs};

/* Five events that are nothing to it and one of this name, then the follower. */
static int tell_and_add_picky(struct fixture *f, const char *last) {
    int i;
    atomic_store(&picky_heard, 0);
    atomic_store(&picky_bad, 0);
    for (i = 0; i < 6; i++) {
        const char *body = base_arena_printf(f->arena, "{\"name\":\"%s\"}", i < 5 ? "nothing" : last).ptr;
        if (fixture_call(f, "toy.tell", body).status != MX_OK) return 0;
    }
    op_stop(f->op);
    return op_plugin_add(f->op, &picky_plugin, NULL) == MX_OK && op_freeze(f->op, NULL) == MX_OK && op_start(f->op, NULL) == MX_OK;
}

TEST(what_a_follower_declines_shares_the_command_of_the_next) {
    struct fixture f;
    REQUIRE(fixture_open(&f));
    REQUIRE(tell_and_add_picky(&f, "bad"));
    CHECK(fixture_wait(&f, "picky", 1));
    CHECK_INT(atomic_load(&picky_heard), 12); /* the failure took the five before it back, too; each alone would make 7 */
    fixture_close(&f);
}

TEST(who_declines_leaves_nothing_of_a_failed_command) {
    struct fixture f;
    int i;
    REQUIRE(fixture_open(&f));
    REQUIRE(tell_and_add_picky(&f, "half"));
    for (i = 0; i < 500 && atomic_load(&picky_heard) < 12; i++) usleep(10000);
    CHECK_INT(atomic_load(&picky_heard), 12);
    CHECK_INT(fixture_counter(&f, "lost"), 0);
    fixture_close(&f);
}

TEST(who_is_done_with_the_log_goes_on_behind_its_head) {
    struct fixture f;
    int i;
    REQUIRE(fixture_open(&f));
    atomic_store(&picky_done, 1);
    REQUIRE(tell_and_add_picky(&f, "bad"));
    for (i = 0; i < 500 && atomic_load(&picky_heard) == 0; i++) usleep(10000);
    op_stop(f.op);
    CHECK_INT(atomic_load(&picky_heard), 1); /* of six */
    atomic_store(&picky_done, 0);
    atomic_store(&picky_bad, 1);
    REQUIRE(op_start(f.op, NULL) == MX_OK);
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"bad\"}").status, MX_OK);
    CHECK(fixture_wait(&f, "picky", 1));
    CHECK_INT(atomic_load(&picky_heard), 2);
    fixture_close(&f);
}

static atomic_llong watched_seq, watched_count;
static void watch(void *arg, int64_t seq) {
    atomic_store((atomic_llong *)arg, seq);
    atomic_fetch_add(&watched_count, 1);
}

TEST(a_watcher_hears_of_each_commit_that_wrote_to_the_log) {
    struct fixture f;
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f) && fixture_make_owner(&f));
    op_watch(f.op, watch, &watched_seq);
    REQUIRE(op_start(f.op, NULL) == MX_OK);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    CHECK_INT(atomic_load(&watched_count), 0);
    CHECK_INT(fixture_call(&f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK);
    CHECK(atomic_load(&watched_count) > 0); /* before the answer leaves */
    op_stop(f.op);
    CHECK_INT(atomic_load(&watched_seq), fixture_log_count(&f));
    REQUIRE(op_start(f.op, NULL) == MX_OK);
    fixture_close(&f);
}

RUN_TESTS(CASE(every_event_is_heard_from_the_beginning_and_others_only_from_now), CASE(a_place_at_the_head_of_an_empty_log_is_a_place),
          CASE(who_hears_everything_follows_without_a_type), CASE(what_a_follower_declines_shares_the_command_of_the_next),
          CASE(who_declines_leaves_nothing_of_a_failed_command), CASE(who_is_done_with_the_log_goes_on_behind_its_head),
          CASE(a_watcher_hears_of_each_commit_that_wrote_to_the_log))
