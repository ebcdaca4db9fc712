/* What a plugin registered goes with it: nothing of one that failed, or was taken out, answers, hears or may do anything. */
#include "small_shop.h"
#include "support/check.h"

struct word {
    struct mx_str text;
};
static const struct mx_field word_fields[] = {MX_F_STR(word, text, 0, 0, 64, "a word")};
MX_TYPE(word, "word", "a word");

struct kept {
    struct mx_rec rec;
    struct mx_str text;
};
static const struct mx_field kept_fields[] = {MX_F_STR(kept, text, MX_REQUIRED, 1, 64, "a word")};
MX_TYPE_REC(kept, "echo.kept", "a word that is kept");
static const struct mx_table kept_table = {sizeof(struct mx_table), 0, "echo.kept", "words", &kept_type, "text", NULL, NULL, 0,
                                           sizeof(struct mx_index)};

static int heard, answered;

static mx_status echo(struct mx_ctx *ctx, const void *in, void *out);
static const struct mx_event_def said = {sizeof(struct mx_event_def), 0, "talk.said", "something was said", &word_type};
static const struct mx_point ask_all = {sizeof(struct mx_point), MX_POINT_COLLECT, "talk.ask", "who answers?", &word_type, &word_type};

static mx_status collect(void *arg, const char *plugin, const void *answer) {
    (void)plugin;
    (void)answer;
    ++*(int *)arg;
    return MX_OK;
}

/* talk: asks everybody and tells everybody. */
static mx_status talk(struct mx_ctx *ctx, const void *in, void *out) {
    int answers = 0;
    mx_status st = mx_ask_all(ctx, &ask_all, in, collect, &answers);
    (void)out;
    answered += answers;
    return st < 0 ? st : mx_emit(ctx, &said, in);
}
static const struct mx_op talk_op = {
    sizeof(struct mx_op), 0, "talk.say", "Say something.", "talk.say", &word_type, &word_type, talk, NULL, 0, 0, "0.2"};

/* echo: answers, hears, keeps, grants. */
static mx_status echo(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    (void)out;
    return MX_OK;
}
static mx_status hear(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    (void)ctx;
    (void)event;
    (void)data;
    heard++;
    return MX_OK;
}
static const struct mx_op echo_op = {
    sizeof(struct mx_op), 0, "echo.say", "Say it again.", "echo.say", &word_type, &word_type, echo, NULL, 0, 0, "0.2"};
static const struct mx_op broken_op = {
    sizeof(struct mx_op), 0, "echo.break", "No permission.", NULL, &word_type, &word_type, echo, NULL, 0, 0, "0.2"};
static const struct mx_event_def echoed = {sizeof(struct mx_event_def), 0, "echo.echoed", "something was repeated", &word_type};
static const struct mx_subscription on_said = {sizeof(struct mx_subscription), 0, "talk.said", &word_type, 100, 0, hear, NULL};
static const struct mx_answer on_ask = {sizeof(struct mx_answer), 100, "talk.ask", &word_type, &word_type, echo};
static const struct mx_grant grant = {"cashier", "echo.say talk.say"};

static const struct mx_op *const talk_ops[] = {&talk_op, NULL};
static const struct mx_event_def *const talk_events[] = {&said, NULL};
static const struct mx_point *const talk_points[] = {&ask_all, NULL};
static const struct mx_op *const echo_ops[] = {&echo_op, NULL};
static const struct mx_op *const broken_ops[] = {&echo_op, &broken_op, NULL};
static const struct mx_table *const echo_tables[] = {&kept_table, NULL};
static const struct mx_event_def *const echo_events[] = {&echoed, NULL};
static const struct mx_subscription *const echo_subscriptions[] = {&on_said, NULL};
static const struct mx_answer *const echo_answers[] = {&on_ask, NULL};
static const struct mx_grant *const echo_grants[] = {&grant, NULL};

static mx_status load_result;
static mx_status echo_load(const struct mx_host *host) {
    (void)host;
    return load_result;
}

static struct mx_plugin make_talk(void) {
    struct mx_plugin p = {.size = sizeof(p), .abi_minor = MX_ABI_MINOR, .name = "talk", .version = "1.0"};
    p.ops = talk_ops;
    p.events = talk_events;
    p.points = talk_points;
    return p;
}

static struct mx_plugin make_echo(const struct mx_op *const *ops) {
    struct mx_plugin p = {.size = sizeof(p), .abi_minor = MX_ABI_MINOR, .name = "echo", .version = "1.0"};
    p.ops = ops;
    p.tables = echo_tables;
    p.events = echo_events;
    p.subscriptions = echo_subscriptions;
    p.answers = echo_answers;
    p.grants = echo_grants;
    p.load = echo_load;
    return p;
}

static void begin(struct small_shop *shop) {
    struct mx_plugin first = make_talk();
    heard = answered = 0;
    load_result = MX_OK;
    small_shop_open(shop);
    MUST(host_admit(shop->host, "talk", &first, NULL));
}

static void finished(struct op_call *call) { (void)call; }

static mx_status say(struct small_shop *shop, const char *role) {
    struct base_arena *arena = base_arena_new(4096);
    struct op_call call = {0};
    mx_status st;
    call.arena = arena;
    call.entry = op_find(shop->op, mx_str_of("talk.say"));
    identity_system(&call.principal);
    if (role) MUST(identity_as_role(shop->identity, role, &call.principal));
    call.key = mx_str_of("k1");
    call.body = mx_str_of("{\"text\":\"hello\"}");
    call.done = finished;
    op_run(shop->op, &call);
    st = call.status;
    base_arena_free(arena);
    return st;
}

/* Start the shop, let talk speak, and count who is there. */
static void only_talk_is_there(struct small_shop *shop) {
    struct mx_error err = {0};
    MUST(small_shop_start(shop, &err));
    MUST(op_start(shop->op, &err));
    CHECK(op_find(shop->op, mx_str_of("echo.say")) == NULL);
    CHECK_INT(say(shop, NULL), MX_OK);
    CHECK_INT(heard, 0);
    CHECK_INT(answered, 0);
    CHECK_INT(say(shop, "cashier"), MX_E_FORBIDDEN);
    op_stop(shop->op);
    small_shop_close(shop);
}

TEST(one_that_is_there_answers_and_hears) {
    struct small_shop shop;
    struct mx_plugin second = make_echo(echo_ops);
    struct mx_error err = {0};
    begin(&shop);
    MUST(host_admit(shop.host, "echo", &second, &err));
    MUST(small_shop_start(&shop, &err));
    MUST(op_start(shop.op, &err));
    CHECK(op_find(shop.op, mx_str_of("echo.say")) != NULL);
    CHECK_INT(say(&shop, "cashier"), MX_OK);
    CHECK_INT(heard, 1);
    CHECK_INT(answered, 1);
    op_stop(shop.op);
    small_shop_close(&shop);
}

TEST(one_that_refuses_to_load_leaves_nothing) {
    struct small_shop shop;
    struct mx_plugin second = make_echo(echo_ops);
    begin(&shop);
    load_result = MX_E_IO;
    CHECK_INT(host_admit(shop.host, "echo", &second, NULL), MX_E_BAD_PLUGIN);
    only_talk_is_there(&shop);
}

TEST(one_that_declares_something_wrong_leaves_nothing) {
    struct small_shop shop;
    struct mx_plugin second = make_echo(broken_ops);
    begin(&shop);
    CHECK_INT(host_admit(shop.host, "echo", &second, NULL), MX_E_BAD_PLUGIN);
    only_talk_is_there(&shop);
}

TEST(one_that_is_taken_out_leaves_nothing) {
    struct small_shop shop;
    struct mx_plugin second = make_echo(echo_ops);
    struct mx_error err = {0};
    begin(&shop);
    MUST(op_plugin_add(shop.op, &second, NULL));
    op_plugin_remove(shop.op, "echo");
    if (op_plugin_add(shop.op, &second, &err) != MX_OK) printf("# %s\n", err.message); /* nothing of it is in its own way */
    CHECK_INT(err.status, MX_OK);
    op_plugin_remove(shop.op, "echo");
    only_talk_is_there(&shop);
}

RUN_TESTS(CASE(one_that_is_there_answers_and_hears), CASE(one_that_refuses_to_load_leaves_nothing),
          CASE(one_that_declares_something_wrong_leaves_nothing), CASE(one_that_is_taken_out_leaves_nothing))
