/* /v1/events: a whole kernel, a real server, and clients that listen. */
#include "net/events.h"
#include "unit/net/wire.h"
#include "unit/op/fixture.h"

#define EVENT_BODY "{\"name\":\"tea\"}"

static struct fixture shop;
static struct net_api api;
static struct wire wire;
static struct wire_answers answers;

static int begin_with(uint32_t max) {
    if (!fixture_open(&shop)) return 0;
    api.op = shop.op;
    api.identity = shop.identity;
    api.store = shop.store;
    api.bus = shop.bus;
    if (net_events_new(shop.op, shop.bus, shop.store, max, &api.events, NULL) != MX_OK) return 0;
    memset(&wire, 0, sizeof(wire));
    wire.opts.listen = "127.0.0.1:0";
    wire.opts.handler = net_api_handle;
    wire.opts.arg = &api;
    return net_server_new(&wire.opts, &wire.server, NULL) == MX_OK;
}

static int begin(void) { return begin_with(0); }

static void end(void) {
    wire_stop(&wire);
    net_events_free(api.events);
    fixture_close(&shop);
}

/* Something that writes one entry to the log ("toy.happened"). */
static void happen(int times) {
    while (times-- > 0) CHECK_INT(fixture_call(&shop, "toy.tell", EVENT_BODY).status, MX_OK);
}

static int ask(const char *method, const char *target, struct mx_str key, const char *headers) {
    static char text[1000];
    int fd = wire_connect(&wire);
    snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer %.*s\r\n%s\r\n", method, target, (int)key.len,
             key.ptr, headers);
    wire_send(fd, text, strlen(text));
    return fd;
}

static int listen_to(const char *query, const char *headers) {
    char target[300];
    snprintf(target, sizeof(target), "/v1/events%s", query);
    return ask("GET", target, shop.owner_key, headers);
}

/* The status of an answer that is no stream. */
static int refused(const char *query, const char *headers) {
    int fd = listen_to(query, headers);
    wire_receive(fd, 1, 5000, &answers);
    close(fd);
    return answers.count == 1 ? answers.last : -1;
}

static int has(const char *text) {
    if (strstr(answers.text, text)) return 1;
    printf("# no %s in: %s\n", text, answers.text);
    return 0;
}

static int count_of(const char *text) {
    const char *at = answers.text;
    int count = 0;
    while ((at = strstr(at, text)) != NULL) {
        at++;
        count++;
    }
    return count;
}

/* Read on until `text` has come `times` times. */
static int hear(int fd, const char *text, int times) {
    int64_t until = wire_now_ms() + 10000;
    answers.len = 0;
    answers.text[0] = '\0';
    while (count_of(text) < times && wire_now_ms() < until && answers.len < sizeof(answers.text) - 1) {
        struct pollfd p = {fd, POLLIN, 0};
        ssize_t n;
        if (poll(&p, 1, 100) <= 0) continue;
        n = recv(fd, answers.text + answers.len, sizeof(answers.text) - 1 - answers.len, 0);
        if (n <= 0) break;
        answers.len += (size_t)n;
        answers.text[answers.len] = '\0';
    }
    return count_of(text);
}

TEST(a_listener_hears_what_happens_from_now_on) {
    int fd;
    REQUIRE(begin());
    happen(2);
    fd = listen_to("", "");
    CHECK_INT(hear(fd, "\n\n", 1), 1);
    CHECK(has("HTTP/1.1 200 OK\r\n"));
    CHECK(has("Content-Type: text/event-stream\r\n"));
    CHECK(has("Cache-Control: no-store\r\n"));
    CHECK(has("retry: 3000\nid: 1-2\n\n"));
    happen(1);
    CHECK_INT(hear(fd, "\n\n", 1), 1);
    CHECK(has("id: 1-3\nevent: toy.happened\ndata: {\"actor\":\""));
    CHECK(has("\"id\":\"n1-1-3\",\"operation\":\"toy.tell\",\"sequence\":\"00000000000000000003\",\"source\":\"merx:n1\","));
    CHECK(has("\"specversion\":\"1.0\""));
    CHECK(!strstr(answers.text, "1-2"));
    close(fd);
    end();
}

TEST(a_listener_comes_back_to_where_it_was) {
    int fd;
    REQUIRE(begin());
    happen(5);
    fd = listen_to("?after=0", "");
    CHECK_INT(hear(fd, "event: toy.happened", 5), 5);
    CHECK(has("id: 1-1\n") && has("id: 1-5\n"));
    close(fd);
    fd = listen_to("?after=0", "Last-Event-ID: 1-3\r\n"); /* as a browser comes back: the header is younger */
    CHECK_INT(hear(fd, "event: toy.happened", 2), 2);
    CHECK(has("id: 1-4\n") && has("id: 1-5\n") && !strstr(answers.text, "id: 1-2\n"));
    happen(1);
    CHECK_INT(hear(fd, "id: 1-6\n", 1), 1);
    close(fd);
    fd = listen_to("", "Last-Event-ID: 1-6\r\n");
    CHECK_INT(hear(fd, "id: 1-6\n\n", 1), 1);
    close(fd);
    end();
}

TEST(a_listener_hears_what_it_asked_for) {
    int fd, other, none;
    REQUIRE(begin());
    fd = listen_to("?types=helper.*,toy.happened", "");
    other = listen_to("?types=toy.*&after=0", "");
    none = listen_to("?types=toy.happen,helper.heard", "");
    CHECK_INT(hear(none, "\n\n", 1), 1);
    CHECK_INT(hear(other, "\n\n", 1), 1);
    CHECK_INT(hear(fd, "\n\n", 1), 1);
    happen(3);
    CHECK_INT(hear(fd, "event: toy.happened", 3), 3);
    CHECK_INT(hear(other, "event: toy.happened", 3), 3);
    wire_receive(none, 0, 50, &answers);
    CHECK_INT(answers.len, 0);
    close(none);
    close(other);
    close(fd);
    end();
}

TEST(names_are_matched_whole_or_by_their_beginning) {
    struct net_wanted wanted = {0};
    static const char *const wrong[] = {"", ".", "a..*", "*.a", "a*", "Toy.x", "a b", ".*", "a.", ".a", "a,b"};
    static const char longest[] = "a1234567890123456789012345678901234567890123456789012345678901234567";
    size_t i;
    CHECK(net_wants(&wanted, "toy.happened"));
    REQUIRE(net_wanted_add(&wanted, mx_str_of("toy.*"), NULL) == MX_OK && net_wanted_add(&wanted, mx_str_of("orders.paid"), NULL) == MX_OK);
    CHECK(net_wants(&wanted, "toy.happened") && net_wants(&wanted, "orders.paid"));
    CHECK(!net_wants(&wanted, "toys.happened") && !net_wants(&wanted, "toy") && !net_wants(&wanted, "orders.paid_out"));
    CHECK(!net_wants(&wanted, "orders.pai"));
    REQUIRE(net_wanted_add(&wanted, mx_str_of("*"), NULL) == MX_OK);
    CHECK(net_wants(&wanted, "anything.at_all"));
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (net_wanted_add(&wanted, mx_str_of(wrong[i]), NULL) == MX_OK) CHECK_STR(mx_str_of(wrong[i]), "refused");
    CHECK_INT(net_wanted_add(&wanted, mx_str_of(longest), NULL), MX_E_BAD_INPUT);
    CHECK_INT(wanted.count, 3);
}

TEST(a_wrong_wish_is_refused_by_name) {
    static const struct {
        const char *query, *headers;
        int status;
        const char *code, *field;
    } wishes[] = {
        {"?colour=red", "", 400, "unknown_field", "colour"},
        {"?types=toy.happened&types=toy.x", "", 400, "doubled_field", "types"},
        {"?types=Toy.*", "", 400, "bad_input", "types"},
        {"?types=*toy", "", 400, "bad_input", "types"},
        {"?types=", "", 400, "out_of_range", "types"},
        {"?types=a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q", "", 400, "out_of_range", "types"},
        {"?after=-1", "", 400, "out_of_range", "after"},
        {"?after=x", "", 400, "wrong_type", "after"},
        {"?after=3", "", 400, "out_of_range", "after"},
        {"", "Last-Event-ID: 1-3\r\n", 400, "out_of_range", "Last-Event-ID"},
        {"", "Last-Event-ID: 2-1\r\n", 409, "conflict", "Last-Event-ID"},
        {"", "Last-Event-ID: 1\r\n", 400, "bad_input", "Last-Event-ID"},
        {"", "Last-Event-ID: 1-\r\n", 400, "bad_input", "Last-Event-ID"},
        {"", "Last-Event-ID: 1--1\r\n", 400, "bad_input", "Last-Event-ID"},
        {"", "Last-Event-ID: 0-1\r\n", 400, "bad_input", "Last-Event-ID"},
        {"", "Last-Event-ID: 1-99999999999999999999\r\n", 400, "bad_input", "Last-Event-ID"},
    };
    char want[80];
    size_t i;
    REQUIRE(begin());
    happen(2);
    for (i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
        CHECK_INT(refused(wishes[i].query, wishes[i].headers), wishes[i].status);
        snprintf(want, sizeof(want), "\"code\":\"%s\"", wishes[i].code);
        CHECK(has(want));
        snprintf(want, sizeof(want), "\"field\":\"%s\"", wishes[i].field);
        CHECK(has(want));
    }
    CHECK_INT(refused("", "Last-Event-ID: 1-1\r\nLast-Event-ID: 1-1\r\n"), 400);
    end();
}

/* A key of a new principal with this role; its id in *id. */
static struct mx_str make_key(const char *role, struct mx_str *id) {
    char body[200];
    struct op_call call;
    struct mx_str principal;
    struct json_value *value;
    snprintf(body, sizeof(body), "{\"name\":\"listener\",\"role\":\"%s\"}", role);
    call = fixture_call(&shop, "identity.principal.put", base_arena_dup(shop.arena, mx_str_of(body)).ptr);
    if (json_parse(shop.arena, call.answer, &value, NULL) != MX_OK) return mx_str_of("");
    principal = json_member(json_member(value, "principal"), "id")->text;
    snprintf(body, sizeof(body), "{\"principal\":\"%.*s\"}", (int)principal.len, principal.ptr);
    call = fixture_call(&shop, "identity.key.create", base_arena_dup(shop.arena, mx_str_of(body)).ptr);
    if (json_parse(shop.arena, call.answer, &value, NULL) != MX_OK) return mx_str_of("");
    *id = json_member(json_member(value, "key"), "id")->text;
    snprintf(body, sizeof(body), "{\"id\":\"%.*s\"}", (int)id->len, id->ptr);
    return fixture_text(&shop, fixture_call(&shop, "identity.key.reveal", base_arena_dup(shop.arena, mx_str_of(body)).ptr).answer, "text");
}

TEST(who_may_not_read_the_log_hears_nothing) {
    struct mx_str id, cashier;
    int fd;
    REQUIRE(begin());
    cashier = make_key("cashier", &id);
    fd = ask("GET", "/v1/events", mx_str_of("mxk_nonsense"), "");
    wire_receive(fd, 1, 5000, &answers);
    CHECK_INT(answers.last, 401);
    close(fd);
    fd = ask("GET", "/v1/events", cashier, "");
    wire_receive(fd, 1, 5000, &answers);
    CHECK_INT(answers.last, 403);
    close(fd);
    fd = ask("POST", "/v1/events", shop.owner_key, "");
    wire_receive(fd, 1, 5000, &answers);
    CHECK_INT(answers.last, 405);
    CHECK(has("\r\nAllow: GET, HEAD\r\n"));
    close(fd);
    end();
}

TEST(a_revoked_key_hears_no_more) {
    struct mx_str id, auditor;
    char body[100];
    int fd, owner;
    REQUIRE(begin());
    auditor = make_key("auditor", &id);
    fd = ask("GET", "/v1/events?types=toy.happened", auditor, "");
    owner = listen_to("?types=toy.happened", "");
    CHECK_INT(hear(fd, "retry", 1), 1);
    CHECK_INT(hear(owner, "retry", 1), 1);
    happen(1);
    CHECK_INT(hear(fd, "event: toy.happened", 1), 1);
    snprintf(body, sizeof(body), "{\"id\":\"%.*s\"}", (int)id.len, id.ptr);
    CHECK_INT(fixture_call(&shop, "identity.key.revoke", body).status, MX_OK);
    happen(1);
    wire_receive(fd, 0, 5000, &answers);
    CHECK(answers.ended);
    CHECK(strstr(answers.text, "toy.happened") == NULL);
    CHECK_INT(hear(owner, "event: toy.happened", 2), 2); /* everybody else goes on */
    close(owner);
    close(fd);
    end();
}

/* Each command of these writes eight entries. */
static int happen_much(int commands) {
    int i;
    for (i = 0; i < commands; i++)
        if (fixture_call(&shop, "toy.tell", "{\"name\":\"tea\",\"by\":7}").status != MX_OK) return 0;
    return 1;
}

TEST(a_slow_listener_catches_up_without_a_gap) {
    enum { COMMANDS = 150 };
    static char all[2 << 20];
    char want[40], last[40];
    const char *at = all;
    size_t len = 0;
    int64_t head, i;
    int fd, small = 32768;
    REQUIRE(begin());
    fd = listen_to("", "");
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    CHECK_INT(hear(fd, "retry", 1), 1);
    REQUIRE(happen_much(COMMANDS));
    head = fixture_log_count(&shop);
    CHECK(head > 4 * COMMANDS);
    snprintf(last, sizeof(last), "id: 1-%lld\n", (long long)head);
    while (len < sizeof(all) - 1) {
        ssize_t n = recv(fd, all + len, sizeof(all) - 1 - len, 0);
        if (n <= 0) break;
        len += (size_t)n;
        all[len] = '\0';
        if (strstr(all + (len > 5000 ? len - 5000 : 0), last)) break;
    }
    for (i = 1; i <= head && at; i++) {
        snprintf(want, sizeof(want), "id: 1-%lld\nevent", (long long)i);
        at = strstr(at, want);
    }
    CHECK(at != NULL);
    if (at == NULL) printf("# no %s\n", want);
    close(fd);
    end();
}

TEST(frames_that_are_kept_have_a_size_together) {
    struct net_frames *frames;
    struct store_view *view;
    struct base_arena *arena = base_arena_new(8192);
    char id[32];
    int64_t seq;
    int kept = 0;
    REQUIRE(begin());
    happen(20);
    frames = net_frames_new(shop.bus, 2000);
    REQUIRE(store_read_begin(shop.store, arena, &view) == MX_OK);
    for (seq = 1; seq <= 20; seq++) {
        const struct net_frame *frame = net_frames_get(frames, view, seq);
        snprintf(id, sizeof(id), "id: 1-%d\n", (int)seq);
        CHECK(frame != NULL && memcmp(frame->text.ptr, id, strlen(id)) == 0);
    }
    for (seq = 1; seq <= 20; seq++) kept += net_frames_has(frames, seq);
    CHECK(kept > 0 && kept < 20);
    CHECK(net_frames_has(frames, 20));
    store_read_end(view);
    net_frames_free(frames);
    end();
    base_arena_free(arena);
}

TEST(there_is_an_end_to_how_many_listen) {
    int fds[3], i;
    REQUIRE(begin_with(3));
    for (i = 0; i < 3; i++) {
        fds[i] = listen_to("", "");
        CHECK_INT(hear(fds[i], "retry", 1), 1);
    }
    CHECK_INT(refused("", ""), 503);
    CHECK(has("\r\nRetry-After: "));
    close(fds[0]);
    for (i = 0; i < 300; i++) {
        fds[0] = listen_to("", "");
        if (hear(fds[0], "\n", 1) && strstr(answers.text, " 200 ")) break;
        close(fds[0]);
        wire_nap(10);
    }
    CHECK(has("HTTP/1.1 200 OK\r\n"));
    for (i = 0; i < 3; i++) close(fds[i]);
    end();
}

/* The server's end is not held up by streams that would never end, and they end whole. */
TEST(streams_end_with_the_server) {
    int fd, left;
    int64_t from;
    REQUIRE(begin());
    fd = listen_to("", "");
    left = listen_to("", "");
    CHECK_INT(hear(fd, "retry", 1), 1);
    CHECK_INT(hear(left, "retry", 1), 1);
    close(left);
    from = wire_now_ms();
    wire_stop(&wire);
    CHECK(wire_now_ms() - from < 4000);
    wire_receive(fd, 0, 1000, &answers);
    CHECK(answers.ended);
    CHECK(answers.len >= 5 && strcmp(answers.text + answers.len - 5, "0\r\n\r\n") == 0);
    close(fd);
    net_events_free(api.events);
    fixture_close(&shop);
}

TEST(heads_are_answered_and_forgotten) {
    int fd, i;
    REQUIRE(begin_with(2));
    for (i = 0; i < 2; i++) {
        fd = ask("HEAD", "/v1/events", shop.owner_key, "");
        CHECK_INT(hear(fd, "\r\n\r\n", 1), 1);
        CHECK(has("text/event-stream"));
        close(fd);
    }
    end();
}

RUN_TESTS(CASE(a_listener_hears_what_happens_from_now_on), CASE(a_listener_comes_back_to_where_it_was),
          CASE(a_listener_hears_what_it_asked_for), CASE(names_are_matched_whole_or_by_their_beginning),
          CASE(a_wrong_wish_is_refused_by_name), CASE(who_may_not_read_the_log_hears_nothing), CASE(a_revoked_key_hears_no_more),
          CASE(a_slow_listener_catches_up_without_a_gap), CASE(frames_that_are_kept_have_a_size_together),
          CASE(there_is_an_end_to_how_many_listen), CASE(streams_end_with_the_server), CASE(heads_are_answered_and_forgotten))
