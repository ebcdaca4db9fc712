/* The outbox: queued with the command, sent after it, tried again on its schedule, result handed back. The other side is a
 * real HTTP server in this process; the sender speaks to it over a socket. */
#include "outbox.h"

static mx_status run_send(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    struct mx_send send = {0};
    struct mx_pair header = {mx_str_of("X-Toy"), mx_str_of("yes")};
    struct mx_str id;
    mx_status st;
    (void)out;
    send.size = sizeof(send);
    send.url = add->name;
    send.tries = (uint32_t)add->by;
    send.body = mx_str_of("{\"hello\":\"world\"}");
    send.headers.items = &header;
    send.headers.count = 1;
    send.headers.elem_size = sizeof(header);
    send.ref = mx_str_of("my-ref");
    send.result_op = "post.result";
    if (mx_str_is(add->how, "bad-result")) send.result_op = "toy.add";
    if (mx_str_is(add->how, "bad-header")) header.key = mx_str_of("Webhook-Id");
    if (mx_str_is(add->how, "bad-value")) header.value = mx_str_of("a\r\nb: c");
    if (mx_str_is(add->how, "bad-method")) send.method = mx_str_of("GET /");
    if (mx_str_is(add->how, "bad-tries")) send.tries = 11;
    if (mx_str_is(add->how, "bad-hook")) send.sign_with = mx_str_of("whk_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    if (mx_str_is(add->how, "soon")) send.until = ctx->expiry_ms + 60000;
    st = mx_send(ctx, &send, &id);
    if (st == MX_OK && mx_str_is(add->how, "fail")) return mx_refuse(ctx, "no", NULL, "No.");
    return st;
}

static mx_status run_result(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_send_result *result = in;
    (void)out;
    if (!mx_str_is(result->ref, "my-ref") || result->id.len == 0) return mx_fail(ctx, MX_E_INTERNAL, NULL, "That is not mine.");
    mx_status st = toy_count(ctx, mx_str_of(result->outcome == MX_SEND_DELIVERED ? "delivered" : "gave_up"), 1, NULL);
    if (st == MX_OK) st = toy_count(ctx, mx_str_of("status"), result->status, NULL);
    if (st == MX_OK) st = toy_count(ctx, mx_str_of("tries"), result->tries, NULL);
    if (st == MX_OK && mx_str_is(result->answer, "{\"ok\":true}")) st = toy_count(ctx, mx_str_of("answers"), 1, NULL);
    return st;
}

struct post_url {
    struct mx_str name;
    int64_t by;
    struct mx_str how;
};
static const struct mx_field post_url_fields[] = {
    MX_F_STR(post_url, name, MX_REQUIRED, 1, 4000, "address"),
    MX_F_INT(post_url, by, 0, 0, 100, "tries"),
    MX_F_STR(post_url, how, 0, 0, 40, "how"),
};
MX_TYPE(post_url, "post.url", "where to");
TOY_OP(post_op_send, 0, "post.send", "toy.use", &post_url_type, NULL, run_send, NULL);
/* Sends, and sets the due time of the next one, until `by` is used up: the writer has its own work all the time. */
static mx_status run_chain(struct mx_ctx *ctx, const void *in, void *out) {
    const struct post_url *ask = in;
    struct post_url next = *ask;
    struct mx_send send = {.size = (uint32_t)sizeof(send), .url = ask->name, .ref = mx_str_of("my-ref"), .result_op = "post.result"};
    struct mx_str id, body;
    mx_status st = mx_send(ctx, &send, &id);
    (void)out;
    if (st != MX_OK || --next.by == 0) return st;
    st = ctx->op->encode(ctx, &post_url_type, &next, &body);
    return st == MX_OK ? mx_due_at(ctx, 1, "post.link", mx_str_of("next"), body) : st;
}
TOY_OP(post_op_chain, 0, "post.chain", "toy.use", &post_url_type, NULL, run_chain, NULL);
TOY_OP(post_op_link, MX_OP_INTERNAL, "post.link", NULL, &post_url_type, NULL, run_chain, NULL);
TOY_OP(post_op_result, MX_OP_INTERNAL, "post.result", NULL, &mx_send_result_type, NULL, run_result, NULL);
static const struct mx_op *const post_ops[] = {&post_op_send, &post_op_chain, &post_op_link, &post_op_result, NULL};
static const struct mx_plugin post_plugin = {
    .size = (uint32_t)sizeof(struct mx_plugin), .abi_minor = MX_ABI_MINOR, .name = "post", .version = "1", .summary = "t", .ops = post_ops};

static int begin(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    http_reset();
    f->opts.send = http_send;
    if (!fixture_open_idle(f) || !fixture_make_owner(f)) return 0;
    return op_plugin_add(f->op, &post_plugin, NULL) == MX_OK && op_freeze(f->op, NULL) == MX_OK && op_start(f->op, NULL) == MX_OK;
}

static int again(struct fixture *f) {
    fixture_detach(f);
    if (!fixture_attach(f, 0)) return 0;
    return op_plugin_add(f->op, &post_plugin, NULL) == MX_OK && op_freeze(f->op, NULL) == MX_OK && op_start(f->op, NULL) == MX_OK;
}

static struct op_call post(struct fixture *f, const char *path, int tries, const char *how) {
    struct mx_str body =
        base_arena_printf(f->arena, "{\"name\":\"http://127.0.0.1:%d/%s\",\"by\":%d,\"how\":\"%s\"}", http_port(), path, tries, how);
    return fixture_call(f, "post.send", body.ptr);
}

TEST(a_message_is_delivered_and_its_result_comes_back_once) {
    struct fixture f;
    REQUIRE(begin(&f));
    http_answers("200");
    CHECK_INT(post(&f, "in?token=secret", 0, "").status, MX_OK);
    CHECK(fixture_wait(&f, "delivered", 1));
    CHECK_INT(fixture_counter(&f, "status"), 200);
    CHECK_INT(fixture_counter(&f, "answers"), 1);
    CHECK_INT(http_count(), 1);
    CHECK(strstr(http_last(), "POST /in?token=secret HTTP/1.1\r\n") != NULL);
    CHECK(strstr(http_last(), "\r\nX-Toy: yes\r\n") && strstr(http_last(), "\r\nContent-Type: application/json\r\n"));
    CHECK(strstr(http_last(), "\r\nIdempotency-Key: out_") && strstr(http_last(), "\r\nwebhook-id: out_") &&
          strstr(http_last(), "\r\nwebhook-timestamp: 17"));
    CHECK(strstr(http_last(), "\r\n\r\n{\"hello\":\"world\"}") != NULL);
    CHECK(strstr(http_last(), "webhook-signature") == NULL);
    CHECK(outbox_has(&f, "delivered", 1));
    fixture_close(&f);
}

TEST(a_failed_command_sends_nothing) {
    struct fixture f;
    REQUIRE(begin(&f));
    CHECK_INT(post(&f, "x", 0, "fail").http_status, 409);
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(fixture_wait(&f, "delivered", 1));
    CHECK_INT(http_count(), 1);
    fixture_close(&f);
}

TEST(bad_messages_are_named) {
    static const char *const bad[][3] = {{"http://user:pw@h/", "", "url"},
                                         {"ftp://h/", "", "url"},
                                         {"https://", "", "url"},
                                         {"https://h/a b", "", "url"},
                                         {"https://h/", "bad-result", "result_op"},
                                         {"https://h/", "bad-header", "headers"},
                                         {"https://h/", "bad-value", "headers"},
                                         {"https://h/", "bad-method", "method"},
                                         {"https://h/", "bad-tries", "tries"},
                                         {"https://h/", "bad-hook", "sign_with"}};
    struct fixture f;
    size_t i;
    REQUIRE(begin(&f));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct mx_str body = base_arena_printf(f.arena, "{\"name\":\"%s\",\"how\":\"%s\"}", bad[i][0], bad[i][1]);
        struct op_call call = fixture_call(&f, "post.send", body.ptr);
        CHECK_INT(call.http_status, 400);
        CHECK_STR(fixture_text(&f, call.answer, "field"), bad[i][2]);
    }
    CHECK_INT(http_count(), 0);
    fixture_close(&f);
}

TEST(it_is_tried_again_on_the_schedule_and_then_given_up) {
    static const int64_t at_least_ms[] = {5000, 300000, 1800000};
    struct fixture f;
    struct op_call call;
    size_t i;
    REQUIRE(begin(&f));
    http_answers("500");
    CHECK_INT(post(&f, "x", 4, "").status, MX_OK);
    for (i = 0; i < 3; i++) {
        REQUIRE(http_wait((int)i + 1));
        CHECK(outbox_has(&f, "waiting", 1));
        atomic_fetch_add(&fixture_now, at_least_ms[i] - 1500);
        usleep(30000);
        http_poke(&f);
        CHECK_INT(http_count(), (int)i + 1); /* not yet */
        atomic_fetch_add(&fixture_now, 1500 + at_least_ms[i] / 5 + 1);
    }
    REQUIRE(http_wait(4));
    CHECK(fixture_wait(&f, "gave_up", 1));
    CHECK_INT(fixture_counter(&f, "tries"), 4);
    CHECK(outbox_has(&f, "dead", 1));
    call = fixture_call(&f, "system.work.list", "{}");
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"kind\":\"outbox.dead\"") != NULL);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "status 500") != NULL);
    /* a person mends it */
    http_answers("200");
    call = fixture_call(&f, "system.outbox.list", "{\"state\":\"dead\"}");
    CHECK_INT(fixture_call(&f, "system.outbox.retry", id_ask(&f, call.answer, "out_")).status, MX_OK);
    CHECK(fixture_wait(&f, "delivered", 1));
    call = fixture_call(&f, "system.work.list", "{}");
    CHECK_STR(call.answer, "{\"items\":[]}");
    fixture_close(&f);
}

/* A one-time code, say: nobody sends it again later, and what it said must not lie about. One work item speaks for all of them. */
TEST(what_is_of_no_use_later_is_forgotten) {
    struct fixture f;
    const char *work;
    REQUIRE(begin(&f));
    http_answers("500");
    CHECK_INT(post(&f, "x", 1, "soon").status, MX_OK);
    CHECK(fixture_wait(&f, "gave_up", 1));
    http_answers("429 3600"); /* later than it is of use */
    CHECK_INT(post(&f, "x", 0, "soon").status, MX_OK);
    CHECK(fixture_wait(&f, "gave_up", 2));
    CHECK_STR(fixture_call(&f, "system.outbox.list", "{}").answer, "{\"messages\":[]}");
    work = base_arena_dup(f.arena, fixture_call(&f, "system.work.list", "{}").answer).ptr;
    work = strstr(work, "\"kind\":\"outbox.host\"");
    CHECK(work && !strstr(work + 1, "\"kind\""));
    http_answers("500");
    CHECK_INT(post(&f, "x", 0, "soon").status, MX_OK);
    REQUIRE(http_wait(3));
    CHECK(outbox_has(&f, "waiting", 1)); /* five seconds later it is still of use */
    http_answers("200");
    atomic_fetch_add(&fixture_now, 7000);
    http_poke(&f);
    CHECK(fixture_wait(&f, "delivered", 1));
    CHECK_STR(fixture_call(&f, "system.work.list", "{}").answer, "{\"items\":[]}");
    fixture_close(&f);
}

TEST(gone_ends_at_once_and_a_rest_that_was_asked_for_is_given) {
    struct fixture f;
    struct op_call call;
    REQUIRE(begin(&f));
    http_answers("410");
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(fixture_wait(&f, "gave_up", 1));
    CHECK_INT(http_count(), 1);
    call = fixture_call(&f, "system.outbox.list", "{\"state\":\"dead\"}");
    CHECK_INT(fixture_call(&f, "system.outbox.drop", id_ask(&f, call.answer, "out_")).status, MX_OK);
    CHECK_STR(fixture_call(&f, "system.outbox.list", "{}").answer, "{\"messages\":[]}");
    CHECK_STR(fixture_call(&f, "system.work.list", "{}").answer, "{\"items\":[]}");
    http_answers("429 3600");
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    REQUIRE(http_wait(2));
    CHECK(outbox_has(&f, "waiting", 1));
    call = fixture_call(&f, "system.outbox.list", "{\"state\":\"waiting\"}");
    CHECK(inner_number(&f, call.answer, "messages", "next") >= fixture_clock() + 3600000);
    fixture_close(&f);
}

TEST(what_was_on_its_way_is_sent_again_after_a_restart) {
    struct fixture f;
    REQUIRE(begin(&f));
    fixture_detach(&f); /* without senders it stays where it is */
    f.opts.send = NULL;
    REQUIRE(fixture_attach(&f, 0));
    REQUIRE(op_plugin_add(f.op, &post_plugin, NULL) == MX_OK && op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK_INT(http_count(), 0);
    { /* it was being sent when the program was killed */
        struct op_call call = fixture_call(&f, "system.outbox.list", "{}");
        struct identity_principal system;
        identity_system(&system);
        CHECK_INT(fixture_call_as(&f, &system, "system.outbox.begin", "", id_ask(&f, call.answer, "out_")).status, MX_OK);
        CHECK(outbox_has(&f, "sending", 1));
    }
    f.opts.send = http_send;
    REQUIRE(again(&f));
    CHECK(fixture_wait(&f, "delivered", 1));
    CHECK_INT(fixture_counter(&f, "tries"), 2);
    CHECK_INT(http_count(), 1);
    REQUIRE(again(&f));
    CHECK_INT(fixture_counter(&f, "delivered"), 1);
    CHECK_INT(http_count(), 1);
    fixture_close(&f);
}

TEST(a_dead_host_does_not_hold_up_others) {
    struct fixture f;
    int i;
    REQUIRE(begin(&f));
    http_hang("localhost");
    for (i = 0; i < 5; i++) {
        struct mx_str body = base_arena_printf(f.arena, "{\"name\":\"http://localhost:%d/slow\"}", http_port());
        CHECK_INT(fixture_call(&f, "post.send", body.ptr).status, MX_OK);
    }
    for (i = 0; i < 5; i++) CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(fixture_wait(&f, "delivered", 5));
    http_hang(NULL);
    fixture_close(&f);
}

TEST(delivered_ones_are_forgotten_after_eight_days) {
    struct fixture f;
    REQUIRE(begin(&f));
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(fixture_wait(&f, "delivered", 1));
    atomic_fetch_add(&fixture_now, INT64_C(7) * 86400000);
    REQUIRE(again(&f));
    CHECK(outbox_has(&f, "delivered", 1));
    atomic_fetch_add(&fixture_now, INT64_C(2) * 86400000);
    REQUIRE(again(&f));
    CHECK(outbox_has(&f, "delivered", 0));
    http_answers("410"); /* what a plugin could not send stays until somebody drops it */
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(fixture_wait(&f, "gave_up", 1));
    atomic_fetch_add(&fixture_now, INT64_C(60) * 86400000);
    REQUIRE(again(&f));
    CHECK(fixture_wait(&f, "gave_up", 1));
    CHECK(outbox_has(&f, "dead", 1));
    fixture_close(&f);
}

/* The writer queues while the senders are started and stopped. */
TEST(what_is_queued_while_the_shop_opens_and_closes_is_sent_once) {
    struct fixture f;
    struct mx_str body;
    int i;
    REQUIRE(begin(&f));
    body = base_arena_printf(f.arena, "{\"name\":\"http://127.0.0.1:%d/x\",\"by\":100}", http_port());
    CHECK_INT(fixture_call(&f, "post.chain", body.ptr).status, MX_OK);
    for (i = 0; i < 5; i++) REQUIRE(again(&f));
    CHECK(fixture_wait(&f, "delivered", 100));
    CHECK_INT(http_count(), 100);
    CHECK(outbox_has(&f, "delivered", 100));
    fixture_close(&f);
}

/* A sender that answers something odd. */
static mx_status odd_send(void *arg, struct base_arena *arena, const struct op_request *request, struct op_reply *reply,
                          struct mx_error *err) {
    static const char deep[] = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]";
    (void)arg;
    (void)arena;
    (void)request;
    (void)err;
    pthread_mutex_lock(&http.mutex);
    http.count++;
    reply->status = http.status;
    reply->retry_after_s = http.retry_after < 0 ? INT64_MIN : INT64_MAX;
    pthread_mutex_unlock(&http.mutex);
    reply->body = mx_str_of(deep);
    return MX_OK;
}

TEST(no_answer_is_too_odd_to_be_written_down) {
    struct fixture f;
    struct op_call call;
    memset(&f, 0, sizeof(f));
    http_reset();
    f.opts.send = odd_send;
    REQUIRE(fixture_open_idle(&f) && fixture_make_owner(&f));
    REQUIRE(op_plugin_add(f.op, &post_plugin, NULL) == MX_OK && op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    http_answers("503 1");
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(outbox_has(&f, "waiting", 1));
    call = fixture_call(&f, "system.outbox.list", "{\"state\":\"waiting\"}");
    CHECK_INT(inner_number(&f, call.answer, "messages", "next"), fixture_clock() + 86400000); /* a day at most */
    CHECK_INT(fixture_call(&f, "system.outbox.drop", id_ask(&f, call.answer, "out_")).status, MX_OK);
    http_answers("503 -1");
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(outbox_has(&f, "waiting", 1));
    call = fixture_call(&f, "system.outbox.list", "{\"state\":\"waiting\"}");
    CHECK(inner_number(&f, call.answer, "messages", "next") <= fixture_clock() + 6000);
    http_answers("200");
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(fixture_wait(&f, "delivered", 1));
    CHECK_INT(fixture_counter(&f, "answers"), 0);
    fixture_close(&f);
}

/* The sender hears that the shop closes. */
static atomic_int ended;
static void end_sending(void *arg) {
    (void)arg;
    atomic_store(&ended, 1);
}
static mx_status send_until_end(void *arg, struct base_arena *arena, const struct op_request *request, struct op_reply *reply,
                                struct mx_error *err) {
    if (!http_hangs(request->url)) return http_send(arg, arena, request, reply, err);
    while (!atomic_load(&ended)) usleep(5000);
    return base_fail(err, MX_E_CANCELLED, NULL, "The shop is closing down.");
}

TEST(closing_waits_for_no_server_and_the_message_goes_out_at_the_next_start) {
    struct fixture f;
    REQUIRE(begin(&f));
    fixture_detach(&f);
    atomic_store(&ended, 0);
    f.opts.send = send_until_end;
    f.opts.send_end = end_sending;
    REQUIRE(fixture_attach(&f, 0));
    REQUIRE(op_plugin_add(f.op, &post_plugin, NULL) == MX_OK && op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    http_hang("127.0.0.1");
    CHECK_INT(post(&f, "x", 0, "").status, MX_OK);
    CHECK(outbox_has(&f, "sending", 1));
    fixture_detach(&f);
    CHECK_INT(atomic_load(&ended), 1);
    http_hang(NULL);
    f.opts.send_end = NULL;
    f.opts.send = http_send;
    REQUIRE(fixture_attach(&f, 0));
    REQUIRE(op_plugin_add(f.op, &post_plugin, NULL) == MX_OK && op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    CHECK(fixture_wait(&f, "delivered", 1));
    CHECK_INT(fixture_counter(&f, "tries"), 2);
    fixture_close(&f);
}

RUN_TESTS(CASE(a_message_is_delivered_and_its_result_comes_back_once), CASE(a_failed_command_sends_nothing), CASE(bad_messages_are_named),
          CASE(it_is_tried_again_on_the_schedule_and_then_given_up), CASE(what_is_of_no_use_later_is_forgotten),
          CASE(gone_ends_at_once_and_a_rest_that_was_asked_for_is_given), CASE(what_was_on_its_way_is_sent_again_after_a_restart),
          CASE(a_dead_host_does_not_hold_up_others), CASE(delivered_ones_are_forgotten_after_eight_days),
          CASE(what_is_queued_while_the_shop_opens_and_closes_is_sent_once), CASE(no_answer_is_too_odd_to_be_written_down),
          CASE(closing_waits_for_no_server_and_the_message_goes_out_at_the_next_start))
