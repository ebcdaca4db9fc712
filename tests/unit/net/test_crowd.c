/* Careless clients, all at once: they send good and bad messages in odd pieces, pipeline, stop reading, leave in the
 * middle. Afterwards the server still serves, and has let go of everything (the sanitizers see to that). */
#include <pthread.h>

#include "loop/loop.h"
#include "support/check.h"
#include "unit/net/corpus.h"
#include "unit/net/wire.h"

#define CLIENTS 4
#define FOR_MS  1500

static struct wire wire;
static struct corpus corpus;
static struct loop_workers *workers;

static void answer(void *arg) {
    struct net_request *request = arg;
    net_reply(request, 200, "text/plain", NULL, net_request_view(request)->path);
}

/* Some answers are given at once, some by other threads. */
static void mixed(void *arg, struct net_request *request) {
    int run = atomic_fetch_add(&((struct wire *)arg)->runs, 1);
    if (mx_str_is(net_request_view(request)->path, "/smuggled")) atomic_fetch_add(&((struct wire *)arg)->smuggled, 1);
    if (run % 3 == 0 || !loop_workers_post(workers, answer, request)) answer(request);
}

static uint32_t below(uint64_t *state, uint32_t limit) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 33) % limit;
}

static void one_connection(uint64_t *state) {
    char bytes[4096];
    int fd = wire_connect(&wire), messages = 1 + (int)below(state, 4), left = 1;
    if (fd < 0) return;
    while (messages-- > 0 && left) {
        const struct corpus_case *one = &corpus.at[below(state, (uint32_t)corpus.count)];
        size_t at = 0;
        while (at < one->len && left) {
            size_t piece = below(state, 3) ? one->len - at : 1 + below(state, (uint32_t)(one->len - at));
            left = wire_send(fd, one->bytes + at, piece) && below(state, 40) > 0;
            at += piece;
        }
        if (below(state, 2)) left = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) != 0 && left;
    }
    if (below(state, 3) == 0) {
        struct linger reset = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    } else if (below(state, 2)) {
        shutdown(fd, SHUT_WR);
        (void)!recv(fd, bytes, sizeof(bytes), 0);
    }
    close(fd);
}

static void *careless(void *arg) {
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(1 + *(int *)arg);
    int64_t until = wire_now_ms() + FOR_MS;
    while (wire_now_ms() < until) one_connection(&state);
    return NULL;
}

TEST(the_server_outlives_careless_clients) {
    static struct wire_answers answers;
    struct net_opts opts = {0};
    pthread_t threads[CLIENTS];
    int number[CLIENTS], i, fd;
    opts.header_bytes = CORPUS_HEAD;
    opts.body_bytes = CORPUS_BODY;
    opts.request_ms = 100;
    opts.connections = 200;
    corpus_load(&corpus);
    REQUIRE(loop_workers_new("crowd", 3, 1000, &workers, NULL) == MX_OK);
    REQUIRE(wire_start(&wire, &opts, mixed));
    for (i = 0; i < CLIENTS; i++) {
        number[i] = i;
        REQUIRE(pthread_create(&threads[i], NULL, careless, &number[i]) == 0);
    }
    for (i = 0; i < CLIENTS; i++) pthread_join(threads[i], NULL);
    for (i = 0, answers.last = 0; i < 300 && answers.last != 200; i++) {
        fd = wire_connect(&wire);
        wire_ask(fd, "GET /still HTTP/1.1\r\nHost: shop\r\n\r\n", 1, &answers);
        close(fd);
        if (answers.last != 200) wire_nap(10);
    }
    CHECK_INT(answers.last, 200);
    CHECK(atomic_load(&wire.runs) > 100);
    printf("# %d requests ran\n", atomic_load(&wire.runs));
    wire_stop(&wire);
    loop_workers_free(workers);
    corpus_free(&corpus);
}

RUN_TESTS(CASE(the_server_outlives_careless_clients))
