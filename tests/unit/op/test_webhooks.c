/* Webhooks: secret shown once, events in order from now on, signed, rotated with overlap, switched off when they fail. */
#include "outbox.h"

#define DAY INT64_C(86400000)

static int begin(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    http_reset();
    f->opts.send = http_send;
    f->opts.senders = 1;
    return fixture_open_idle(f) && fixture_make_owner(f) && op_start(f->op, NULL) == MX_OK;
}

static const char *text_of(struct fixture *f, const char *op, const char *body) {
    return base_arena_dup(f->arena, fixture_call(f, op, body).answer).ptr;
}

/* A webhook for these events ("" = all); the ask {"id":...} for it. */
static const char *hook(struct fixture *f, const char *types) {
    struct mx_str body = base_arena_printf(f->arena, "{\"url\":\"http://127.0.0.1:%d/hook?token=t0p\",\"types\":[%s]}", http_port(), types);
    struct op_call call = fixture_call(f, "system.webhook.create", body.ptr);
    CHECK_INT(call.status, MX_OK);
    CHECK(strstr(base_arena_dup(f->arena, call.answer).ptr, "whsec_") == NULL);
    CHECK(strstr(base_arena_dup(f->arena, call.answer).ptr, "t0p") == NULL);
    return id_ask(f, call.answer, "whk_");
}

static struct mx_str secret(struct fixture *f, const char *ask) {
    struct op_call call = fixture_call(f, "system.webhook.secret", ask);
    CHECK_INT(call.status, MX_OK);
    return fixture_text(f, call.answer, "text");
}

static void tell(struct fixture *f) { CHECK_INT(fixture_call(f, "toy.tell", "{\"name\":\"a\"}").status, MX_OK); }

static struct mx_str header(struct fixture *f, const char *name) {
    const char *at = strstr(http_last(), name);
    return at ? base_arena_dup(f->arena, mx_str_n(at + strlen(name), strcspn(at + strlen(name), "\r"))) : mx_str_of("?");
}

/* What the receiver should compute: v1, and the base64 of HMAC-SHA256 over id.timestamp.body. */
static const char *signature(struct fixture *f, struct mx_str whsec) {
    const char *body = strstr(http_last(), "\r\n\r\n") + 4;
    struct mx_str head = base_arena_printf(f->arena, "%s.%s.", header(f, "webhook-id: ").ptr, header(f, "webhook-timestamp: ").ptr), text;
    struct crypto_piece pieces[2] = {{head.ptr, head.len}, {body, strlen(body)}};
    uint8_t *key = NULL, sum[32];
    size_t len = 0;
    CHECK(crypto_unbase64_padded(f->arena, mx_str_n(whsec.ptr + 6, whsec.len - 6), &key, &len) && len == 32);
    crypto_hmac_sha256(key, len, pieces, 2, sum);
    text = crypto_base64_padded(f->arena, sum, 32);
    return base_arena_printf(f->arena, "v1,%.*s", (int)text.len, text.ptr).ptr;
}

TEST(events_arrive_signed_from_now_on) {
    struct fixture f;
    struct mx_str whsec;
    const char *ask;
    REQUIRE(begin(&f));
    tell(&f); /* before there was a webhook */
    ask = hook(&f, "\"toy.*\"");
    whsec = secret(&f, ask);
    CHECK(strncmp(whsec.ptr, "whsec_", 6) == 0 && whsec.len == 50);
    CHECK_INT(fixture_call(&f, "system.webhook.secret", ask).http_status, 404); /* shown once */
    tell(&f);
    REQUIRE(http_wait(1));
    CHECK(outbox_has(&f, "delivered", 1));
    CHECK_INT(http_count(), 1);
    CHECK(strstr(http_last(), "POST /hook?token=t0p ") && strstr(http_last(), "\r\nContent-Type: application/cloudevents+json\r\n"));
    CHECK(strstr(http_last(), "\"type\":\"toy.happened\"") && strstr(http_last(), "\"id\":\"n1-1-2\""));
    CHECK(strncmp(header(&f, "webhook-id: ").ptr, "out_", 4) == 0);
    CHECK_STR(header(&f, "webhook-signature: "), signature(&f, whsec));
    fixture_close(&f);
}

TEST(only_the_events_that_were_asked_for) {
    struct fixture f;
    const char *ask;
    REQUIRE(begin(&f));
    ask = hook(&f, "\"helper.heard\",\"to.*\"");
    tell(&f);
    CHECK_INT(fixture_call(&f, "system.webhook.test", ask).status, MX_OK);
    REQUIRE(http_wait(1));
    CHECK(outbox_has(&f, "delivered", 1));
    CHECK(strstr(http_last(), "\"type\":\"system.webhook.test\"") != NULL);
    fixture_close(&f);
}

TEST(they_come_in_order_also_over_a_restart) {
    struct fixture f;
    int i;
    REQUIRE(begin(&f));
    (void)hook(&f, "");
    for (i = 0; i < 70; i++) tell(&f);
    REQUIRE(http_wait(70));
    CHECK(strstr(http_last(), "\"id\":\"n1-1-70\"") != NULL);
    fixture_detach(&f);
    f.opts.send = NULL;
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    for (i = 0; i < 3; i++) tell(&f);
    CHECK(outbox_has(&f, "queued", 3));
    CHECK_INT(http_count(), 70);
    fixture_detach(&f);
    f.opts.send = http_send;
    REQUIRE(fixture_attach(&f, 0) && op_start(f.op, NULL) == MX_OK);
    REQUIRE(http_wait(73));
    CHECK(strstr(http_last(), "\"id\":\"n1-1-73\"") != NULL);
    CHECK(outbox_has(&f, "delivered", 73));
    CHECK_INT(http_count(), 73);
    fixture_close(&f);
}

TEST(after_a_rotation_both_secrets_sign_for_a_day) {
    struct fixture f;
    struct mx_str before, after;
    const char *ask, *both;
    REQUIRE(begin(&f));
    ask = hook(&f, "");
    before = secret(&f, ask);
    CHECK_INT(fixture_call(&f, "system.webhook.rotate", ask).status, MX_OK);
    after = secret(&f, ask);
    CHECK(!mx_str_eq(before, after));
    tell(&f);
    REQUIRE(http_wait(1));
    both = base_arena_printf(f.arena, "%s %s", signature(&f, after), signature(&f, before)).ptr;
    CHECK_STR(header(&f, "webhook-signature: "), both);
    atomic_fetch_add(&fixture_now, DAY + 1);
    tell(&f);
    REQUIRE(http_wait(2));
    CHECK_STR(header(&f, "webhook-signature: "), signature(&f, after));
    fixture_close(&f);
}

TEST(a_paused_one_hears_nothing_and_goes_on_from_there) {
    struct fixture f;
    const char *ask, *id;
    REQUIRE(begin(&f));
    ask = hook(&f, "");
    id = base_arena_dup(f.arena, mx_str_n(ask + 1, strlen(ask) - 2)).ptr;
    CHECK_INT(fixture_call(&f, "system.webhook.put", base_arena_printf(f.arena, "{%s,\"paused\":true}", id).ptr).status, MX_OK);
    tell(&f);
    CHECK_INT(fixture_call(&f, "system.webhook.put", base_arena_printf(f.arena, "{%s,\"paused\":false}", id).ptr).status, MX_OK);
    tell(&f);
    REQUIRE(http_wait(1));
    CHECK(strstr(http_last(), "\"id\":\"n1-1-2\"") != NULL);
    CHECK_INT(fixture_call(&f, "system.webhook.put", base_arena_printf(f.arena, "{%s,\"types\":[\"nodot\"]}", id).ptr).http_status, 400);
    CHECK_INT(fixture_call(&f, "system.webhook.delete", ask).status, MX_OK);
    CHECK_INT(fixture_call(&f, "system.webhook.delete", ask).http_status, 404);
    tell(&f);
    CHECK_STR(fixture_call(&f, "system.webhook.list", "").answer, "{\"webhooks\":[]}");
    CHECK_INT(http_count(), 1);
    fixture_close(&f);
}

TEST(one_that_fails_for_five_days_is_switched_off) {
    struct fixture f;
    const char *ask, *id;
    int i, sent;
    REQUIRE(begin(&f));
    ask = hook(&f, "\"toy.happened\"");
    http_answers("500");
    tell(&f);
    for (i = 0; i < 10; i++) { /* the whole schedule */
        REQUIRE(http_wait(i + 1));
        atomic_fetch_add(&fixture_now, DAY + DAY / 4);
    }
    CHECK(outbox_has(&f, "dead", 1));
    CHECK(strstr(text_of(&f, "system.work.list", "{}"), "webhook.disabled") != NULL);
    CHECK(strstr(text_of(&f, "system.log.list", "{\"type\":\"system.webhook.disabled\"}"), "five days") != NULL);
    CHECK(strstr(text_of(&f, "system.webhook.list", ""), "\"disabled\":17") != NULL);
    sent = http_count();
    tell(&f);
    CHECK_INT(fixture_call(&f, "system.webhook.test", ask).http_status, 409);
    CHECK_INT(http_count(), sent);
    /* a person mends it */
    http_answers("200");
    id = base_arena_dup(f.arena, mx_str_n(ask + 1, strlen(ask) - 2)).ptr;
    CHECK_INT(fixture_call(&f, "system.webhook.put", base_arena_printf(f.arena, "{%s,\"paused\":false}", id).ptr).status, MX_OK);
    CHECK_STR(fixture_call(&f, "system.work.list", "{}").answer, "{\"items\":[]}");
    tell(&f);
    REQUIRE(http_wait(sent + 1));
    fixture_close(&f);
}

TEST(one_that_is_gone_is_switched_off_at_once) {
    struct fixture f;
    REQUIRE(begin(&f));
    (void)hook(&f, "\"toy.happened\"");
    http_answers("410");
    tell(&f);
    REQUIRE(http_wait(1));
    CHECK(outbox_has(&f, "dead", 1));
    CHECK(strstr(text_of(&f, "system.work.list", "{}"), "webhook.disabled") != NULL);
    fixture_close(&f);
}

TEST(what_waits_for_a_deleted_one_is_dropped) {
    struct fixture f;
    const char *ask;
    REQUIRE(begin(&f));
    ask = hook(&f, "");
    http_answers("500");
    tell(&f);
    REQUIRE(http_wait(1));
    CHECK(outbox_has(&f, "waiting", 1));
    CHECK_INT(fixture_call(&f, "system.webhook.delete", ask).status, MX_OK);
    atomic_fetch_add(&fixture_now, 60000);
    CHECK(outbox_empty(&f));
    CHECK_INT(http_count(), 1);
    fixture_close(&f);
}

TEST(bad_ones_are_named) {
    static const char *const bad[][2] = {{"{\"url\":\"ftp://h/\"}", "url"},
                                         {"{\"url\":\"https://u:p@h/\"}", "url"},
                                         {"{\"url\":\"https://h/\",\"types\":[\"orders\"]}", "types"},
                                         {"{\"url\":\"https://h/\",\"types\":[\"or*.x\"]}", "types"},
                                         {"{}", "url"}};
    struct identity_principal cashier;
    struct fixture f;
    size_t i;
    REQUIRE(begin(&f));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct op_call call = fixture_call(&f, "system.webhook.create", bad[i][0]);
        CHECK_INT(call.http_status, 400);
        CHECK_STR(fixture_text(&f, call.answer, "field"), bad[i][1]);
    }
    cashier = fixture_role(&f, "cashier");
    CHECK_INT(fixture_call_as(&f, &cashier, "system.webhook.create", "k", "{\"url\":\"https://h/\"}").http_status, 403);
    fixture_close(&f);
}

/* ---- an event that is larger than a message may be ---- */

static mx_status run_shout(struct mx_ctx *ctx, const void *in, void *out);
TOY_OP(loud_op, 0, "loud.shout", "toy.use", &toy_add_type, NULL, run_shout, NULL);
static const struct mx_event_def loud_event = {(uint32_t)sizeof(struct mx_event_def), 0, "loud.shouted", "for tests", &toy_happened_type};
static const struct mx_op *const loud_ops[] = {&loud_op, NULL};
static const struct mx_event_def *const loud_events[] = {&loud_event, NULL};
static const struct mx_plugin loud_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                             .abi_minor = MX_ABI_MINOR,
                                             .name = "loud",
                                             .version = "1",
                                             .summary = "for tests",
                                             .ops = loud_ops,
                                             .events = loud_events};

static mx_status run_shout(struct mx_ctx *ctx, const void *in, void *out) {
    uint32_t len = (uint32_t)((const struct toy_add *)in)->by * 10240;
    struct toy_happened happened = {mx_str_of("loud"), 0, {NULL, 0}};
    char *text = mx_alloc(ctx, len + 1);
    (void)out;
    memset(text, 'a', len);
    happened.how = mx_str_n(text, len);
    return mx_emit(ctx, &loud_event, &happened);
}

TEST(an_event_too_large_for_a_message_holds_up_no_other) {
    struct fixture f;
    struct op_call call;
    int i;
    REQUIRE(begin(&f));
    op_stop(f.op);
    REQUIRE(op_plugin_add(f.op, &loud_plugin, NULL) == MX_OK && op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    (void)hook(&f, "\"loud.*\"");
    CHECK_INT(fixture_call(&f, "loud.shout", "{\"name\":\"a\",\"by\":120}").status, MX_OK); /* alone too large */
    CHECK_INT(fixture_call(&f, "loud.shout", "{\"name\":\"a\",\"by\":0}").status, MX_OK);
    REQUIRE(http_wait(1));
    for (i = 0; i < 9; i++) (void)hook(&f, "\"loud.*\"");
    CHECK_INT(fixture_call(&f, "loud.shout", "{\"name\":\"a\",\"by\":90}").status, MX_OK); /* too large ten times */
    CHECK_INT(fixture_call(&f, "loud.shout", "{\"name\":\"a\",\"by\":0}").status, MX_OK);
    REQUIRE(http_wait(11));
    call = fixture_call(&f, "system.work.list", "{}");
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "\"webhook.too_large\"") != NULL);
    fixture_close(&f);
}

TEST(a_description_can_be_taken_back) {
    struct fixture f;
    struct op_call call;
    const char *ask;
    struct mx_str body;
    REQUIRE(begin(&f));
    ask = hook(&f, "");
    body = base_arena_printf(f.arena, "%.*s,\"description\":\"of the shop\"}", (int)strlen(ask) - 1, ask);
    call = fixture_call(&f, "system.webhook.put", body.ptr);
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "of the shop") != NULL);
    call = fixture_call(&f, "system.webhook.put", ask); /* left out, it stays */
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "of the shop") != NULL);
    body = base_arena_printf(f.arena, "%.*s,\"description\":\"\"}", (int)strlen(ask) - 1, ask);
    call = fixture_call(&f, "system.webhook.put", body.ptr);
    CHECK(call.status == MX_OK && strstr(base_arena_dup(f.arena, call.answer).ptr, "of the shop") == NULL);
    fixture_close(&f);
}

TEST(what_a_webhook_did_not_get_is_forgotten_after_thirty_days) {
    struct fixture f;
    const char *ask;
    REQUIRE(begin(&f));
    ask = hook(&f, "\"toy.*\"");
    http_answers("410");
    CHECK_INT(fixture_call(&f, "system.webhook.test", ask).status, MX_OK);
    CHECK(outbox_has(&f, "dead", 1));
    atomic_fetch_add(&fixture_now, 29 * DAY);
    REQUIRE(fixture_restart(&f)); /* it forgets what is old at the start */
    CHECK(outbox_has(&f, "dead", 1));
    atomic_fetch_add(&fixture_now, 2 * DAY);
    REQUIRE(fixture_restart(&f));
    CHECK(outbox_has(&f, "dead", 0));
    fixture_close(&f);
}

TEST(a_long_address_leaves_room_in_the_work_item) {
    struct fixture f;
    struct op_call call;
    struct mx_str body;
    char path[1201];
    REQUIRE(begin(&f));
    memset(path, 'p', 1200);
    path[1200] = 0;
    body = base_arena_printf(f.arena, "{\"url\":\"http://127.0.0.1:%d/%s\"}", http_port(), path);
    call = fixture_call(&f, "system.webhook.create", body.ptr);
    http_answers("410");
    CHECK_INT(fixture_call(&f, "system.webhook.test", id_ask(&f, call.answer, "whk_")).status, MX_OK);
    CHECK(outbox_has(&f, "dead", 1));
    call = fixture_call(&f, "system.work.list", "{}");
    CHECK(strstr(base_arena_dup(f.arena, call.answer).ptr, "Switch it on again with system.webhook.put.") != NULL);
    CHECK(inner_text_len(&f, call.answer, "items", "text") <= 500);
    fixture_close(&f);
}

RUN_TESTS(CASE(events_arrive_signed_from_now_on), CASE(only_the_events_that_were_asked_for), CASE(they_come_in_order_also_over_a_restart),
          CASE(after_a_rotation_both_secrets_sign_for_a_day), CASE(a_paused_one_hears_nothing_and_goes_on_from_there),
          CASE(one_that_fails_for_five_days_is_switched_off), CASE(one_that_is_gone_is_switched_off_at_once),
          CASE(what_waits_for_a_deleted_one_is_dropped), CASE(bad_ones_are_named), CASE(an_event_too_large_for_a_message_holds_up_no_other),
          CASE(a_description_can_be_taken_back), CASE(what_a_webhook_did_not_get_is_forgotten_after_thirty_days),
          CASE(a_long_address_leaves_room_in_the_work_item))
