/* Clients that do not wait for the end of a heavy query. */
#include "unit/net/wire.h"
#include "unit/op/busy.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct fixture shop;
static struct net_api api;
static struct wire wire;
static struct wire_answers answers;

static int begin(void) {
    if (!busy_open(&shop, NULL)) return 0;
    api.op = shop.op;
    api.identity = shop.identity;
    api.store = shop.store;
    memset(&wire, 0, sizeof(wire));
    wire.opts.listen = "127.0.0.1:0";
    wire.opts.handler = net_api_handle;
    wire.opts.arg = &api;
    return net_server_new(&wire.opts, &wire.server, NULL) == MX_OK;
}

static void end(void) {
    atomic_store(&busy_gate, 1);
    wire_stop(&wire);
    fixture_close(&shop);
}

static int ask(const char *op) {
    static char text[400];
    int fd = wire_connect(&wire);
    snprintf(text, sizeof(text), "GET /v1/%s HTTP/1.1\r\nHost: shop\r\nAuthorization: Bearer %.*s\r\n\r\n", op, (int)shop.owner_key.len,
             shop.owner_key.ptr);
    wire_send(fd, text, strlen(text));
    return fd;
}

/* Heavy queries that run or wait. */
static int queries(void) {
    struct op_call call = fixture_call_as(&shop, &shop.owner, "system.queries.list", "", "");
    struct json_value *root;
    const struct json_value *each;
    int count = 0;
    if (json_parse(shop.arena, call.answer, &root, NULL) != MX_OK) return -1;
    for (each = json_member(root, "queries")->first; each; each = each->next) count++;
    return count;
}

static int wait_queries(int count) {
    int i;
    for (i = 0; i < 2000 && queries() != count; i++) wire_nap(1);
    return queries();
}

TEST(a_query_that_nobody_waits_for_ends) {
    int fds[4], i;
    REQUIRE(begin());
    for (i = 0; i < COUNT(fds); i++) fds[i] = ask("busy.wait"); /* one runs, the others wait for it */
    busy_until(&busy_begun, 1);
    CHECK_INT(wait_queries(COUNT(fds)), COUNT(fds));
    for (i = 0; i < COUNT(fds); i++) {
        struct linger reset = {1, 0};
        if (i % 2) setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fds[i]);
    }
    CHECK_INT(wait_queries(0), 0); /* and the gate is still closed */
    end();
}

TEST(a_query_that_is_waited_for_is_answered) {
    int leaves, stays;
    REQUIRE(begin());
    stays = ask("busy.wait");
    busy_until(&busy_begun, 1);
    leaves = ask("busy.wait");
    CHECK_INT(wait_queries(2), 2);
    close(leaves);
    wire_nap(100);
    atomic_store(&busy_gate, 1);
    wire_receive(stays, 1, 5000, &answers);
    CHECK_INT(answers.last, 200);
    CHECK_INT(wait_queries(0), 0);
    CHECK_INT(atomic_load(&busy_runs), 1); /* the other one never began */
    close(stays);
    end();
}

/* Leaving and the end of the query at the same moment, many times. */
TEST(leaving_and_ending_may_meet) {
    int i;
    REQUIRE(begin());
    atomic_store(&busy_gate, 1);
    for (i = 0; i < 200; i++) {
        int fd = ask("busy.wait");
        if (i % 4) wire_nap(i % 4);
        close(fd);
    }
    CHECK_INT(wait_queries(0), 0);
    end();
}

RUN_TESTS(CASE(a_query_that_nobody_waits_for_ends), CASE(a_query_that_is_waited_for_is_answered), CASE(leaving_and_ending_may_meet))
