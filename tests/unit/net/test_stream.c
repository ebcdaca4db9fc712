/* Answers in pieces, and being told that a client has gone. */
#include <pthread.h>

#include "support/check.h"
#include "unit/net/wire.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: shop\r\n\r\n"

static struct wire wire;
static struct wire_answers answers;

/* The stream that the last request began, for the test to write to. */
static struct net_stream *_Atomic begun;
static _Atomic(int) ends;

static void on_closed(void *arg) { atomic_fetch_add((_Atomic(int) *)arg, 1); }

static void begin(void *arg, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    if (!mx_str_is(view->path, "/stream")) {
        wire_echo(arg, request);
        return;
    }
    atomic_store(&begun, net_stream_begin(request, 200, "text/plain", "X-Kind: stream\r\n", on_closed, &ends));
}

static struct net_stream *wait_begun(void) {
    struct net_stream *stream;
    int i;
    for (i = 0; i < 2000 && atomic_load(&begun) == NULL; i++) wire_nap(1);
    stream = atomic_load(&begun);
    atomic_store(&begun, NULL);
    return stream;
}

static int wait_ends(int count) {
    int i;
    for (i = 0; i < 2000 && atomic_load(&ends) < count; i++) wire_nap(1);
    return atomic_load(&ends);
}

/* A server, a connection, and the stream that it asked for. */
static struct net_stream *open_stream(const struct net_opts *opts, const char *request, int *fd) {
    atomic_store(&ends, 0);
    if (!wire_start(&wire, opts, begin)) return NULL;
    *fd = wire_connect(&wire);
    if (!wire_send(*fd, request, strlen(request))) return NULL;
    return wait_begun();
}

static int has(const char *text) { return strstr(answers.text, text) != NULL; }

static int write_text(struct net_stream *stream, const char *text) { return net_stream_write(stream, text, strlen(text)); }

TEST(pieces_come_in_chunks_and_the_connection_ends) {
    struct net_stream *stream;
    int fd;
    stream = open_stream(NULL, GET("/before") GET("/stream") GET("/never"), &fd);
    REQUIRE(stream != NULL);
    CHECK_INT(write_text(stream, "first"), 1);
    CHECK_INT(write_text(stream, ""), 1); /* nothing, and above all not the end */
    CHECK_INT(write_text(stream, " and the second piece"), 1);
    CHECK_INT(net_stream_wait(stream, 1), 1);
    CHECK_INT(net_stream_pending(stream), 0);
    CHECK_INT(atomic_load(&ends), 0);
    net_stream_end(stream, 1);
    CHECK_INT(wait_ends(1), 1);
    close(fd);
    wire_stop(&wire);
    CHECK_INT(atomic_load(&ends), 1);
}

TEST(what_was_written_arrives_as_it_was_written) {
    struct net_stream *stream;
    int fd;
    stream = open_stream(NULL, GET("/before") GET("/stream") GET("/never"), &fd);
    REQUIRE(stream != NULL);
    write_text(stream, "first");
    write_text(stream, " and the second piece");
    net_stream_end(stream, 1);
    wire_receive(fd, 0, 5000, &answers);
    CHECK(answers.ended);
    CHECK(has("GET /before 0HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"));
    CHECK(has("\r\nConnection: close\r\n"));
    CHECK(has("\r\nX-Kind: stream\r\n"));
    CHECK(!has("/never"));
    CHECK(has("\r\n\r\n5\r\nfirst\r\n15\r\n and the second piece\r\n0\r\n\r\n"));
    CHECK(strcmp(answers.text + answers.len - 7, "\r\n0\r\n\r\n") == 0);
    close(fd);
    wire_stop(&wire);
}

TEST(an_old_client_gets_the_pieces_as_they_are) {
    struct net_stream *stream;
    int fd;
    stream = open_stream(NULL, "GET /stream HTTP/1.0\r\n\r\n", &fd);
    REQUIRE(stream != NULL);
    write_text(stream, "first");
    write_text(stream, " second");
    net_stream_end(stream, 1);
    wire_receive(fd, 0, 5000, &answers);
    CHECK(answers.ended);
    CHECK(!has("chunked") && !has("Content-Length"));
    CHECK(has("\r\n\r\nfirst second"));
    CHECK_INT(wait_ends(1), 1);
    close(fd);
    wire_stop(&wire);
}

TEST(head_is_answered_by_the_head_alone) {
    struct net_stream *stream;
    int fd;
    stream = open_stream(NULL, "HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n", &fd);
    REQUIRE(stream != NULL);
    CHECK_INT(wait_ends(1), 1);
    CHECK_INT(write_text(stream, "not for you"), 0);
    net_stream_end(stream, 1);
    wire_receive(fd, 0, 5000, &answers);
    CHECK(answers.ended);
    CHECK(has("X-Kind: stream\r\n") && !has("not for you"));
    CHECK(strcmp(answers.text + answers.len - 4, "\r\n\r\n") == 0);
    close(fd);
    wire_stop(&wire);
}

/* A client must be able to tell a whole answer from one that was broken off. */
TEST(a_broken_answer_looks_broken) {
    static const char *const requests[] = {GET("/stream"), "GET /stream HTTP/1.0\r\n\r\n"};
    struct net_stream *stream;
    char bytes[1000];
    ssize_t n;
    int fd, i;
    for (i = 0; i < 2; i++) {
        stream = open_stream(NULL, requests[i], &fd);
        REQUIRE(stream != NULL);
        write_text(stream, "half of");
        CHECK_INT(net_stream_wait(stream, 1), 1);
        net_stream_end(stream, 0);
        CHECK_INT(wait_ends(1), 1);
        while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0) continue;
        CHECK(n < 0 && errno == ECONNRESET);
        close(fd);
        wire_stop(&wire);
    }
}

TEST(a_client_that_leaves_ends_the_stream) {
    struct net_stream *stream;
    int fd, i;
    for (i = 0; i < 2; i++) {
        struct linger reset = {1, 0};
        stream = open_stream(NULL, GET("/stream"), &fd);
        REQUIRE(stream != NULL);
        write_text(stream, "first");
        if (i) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
        CHECK_INT(wait_ends(1), 1);
        CHECK_INT(write_text(stream, "second"), 0);
        CHECK_INT(net_stream_wait(stream, 1), 0);
        CHECK_INT(net_stream_pending(stream), 0);
        net_stream_end(stream, 1);
        wire_stop(&wire);
        CHECK_INT(atomic_load(&ends), 1);
    }
}

#define PIECE  (64u << 10)
#define PIECES 64

static void *write_many(void *arg) {
    static char piece[PIECE];
    struct net_stream *stream = arg;
    int i, open = 1;
    memset(piece, '#', sizeof(piece));
    for (i = 0; i < PIECES && open; i++) {
        open = net_stream_wait(stream, 2 * PIECE) && net_stream_write(stream, piece, sizeof(piece));
        if (net_stream_pending(stream) > 4 * PIECE) printf("# %zu bytes are pending\n", net_stream_pending(stream));
    }
    net_stream_end(stream, open);
    return NULL;
}

TEST(a_writer_waits_for_a_slow_reader) {
    struct net_stream *stream;
    pthread_t thread;
    size_t got = 0;
    int fd, small = 65536;
    stream = open_stream(NULL, GET("/stream"), &fd);
    REQUIRE(stream != NULL);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    REQUIRE(pthread_create(&thread, NULL, write_many, stream) == 0);
    wire_nap(50);
    for (;;) {
        ssize_t n = recv(fd, answers.text, sizeof(answers.text), 0);
        char *at;
        if (n <= 0) break;
        for (at = answers.text; (at = memchr(at, '#', (size_t)(answers.text + n - at))) != NULL; at++) got++;
    }
    pthread_join(thread, NULL);
    CHECK_INT(got, (size_t)PIECES * PIECE);
    close(fd);
    wire_stop(&wire);
}

TEST(a_reader_that_takes_nothing_is_left) {
    struct net_opts opts = {0};
    struct net_stream *stream;
    pthread_t thread;
    int fd, small = 65536;
    opts.write_ms = 150;
    stream = open_stream(&opts, GET("/stream"), &fd);
    REQUIRE(stream != NULL);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    REQUIRE(pthread_create(&thread, NULL, write_many, stream) == 0);
    pthread_join(thread, NULL); /* it would wait for ever */
    CHECK_INT(wait_ends(1), 1);
    close(fd);
    wire_stop(&wire);
}

TEST(a_quiet_stream_stays_open) {
    struct net_opts opts = {0};
    struct net_stream *stream;
    int fd;
    opts.idle_ms = opts.request_ms = opts.write_ms = 60;
    stream = open_stream(&opts, GET("/stream"), &fd);
    REQUIRE(stream != NULL);
    wire_nap(250);
    CHECK_INT(write_text(stream, "still here"), 1);
    net_stream_end(stream, 1);
    wire_receive(fd, 0, 5000, &answers);
    CHECK(has("still here\r\n0\r\n\r\n"));
    close(fd);
    wire_stop(&wire);
}

TEST(a_stream_outlives_its_server) {
    struct net_opts opts = {0};
    struct net_stream *stream;
    int fd;
    opts.drain_ms = 30;
    stream = open_stream(&opts, GET("/stream"), &fd);
    REQUIRE(stream != NULL);
    write_text(stream, "first");
    wire_stop(&wire);
    CHECK_INT(atomic_load(&ends), 1);
    CHECK_INT(write_text(stream, "second"), 0);
    CHECK_INT(net_stream_wait(stream, 1), 0);
    net_stream_end(stream, 1);
    CHECK(wire_ends(fd, 1000));
    close(fd);
}

/* Requests that are answered in pieces by another thread, which began none of them. */
static struct net_request *_Atomic kept;

static void keep(void *arg, struct net_request *request) {
    atomic_fetch_add(&((struct wire *)arg)->runs, 1);
    atomic_store(&kept, request);
}

static struct net_request *wait_kept(void) {
    struct net_request *request;
    int i;
    for (i = 0; i < 2000 && atomic_load(&kept) == NULL; i++) wire_nap(1);
    request = atomic_load(&kept);
    atomic_store(&kept, NULL);
    return request;
}

TEST(a_stream_may_begin_late_and_elsewhere) {
    struct net_request *request;
    struct net_stream *stream;
    int fd, i;
    for (i = 0; i < 2; i++) {
        atomic_store(&ends, 0);
        REQUIRE(wire_start(&wire, NULL, keep));
        fd = wire_connect(&wire);
        wire_send(fd, GET("/stream"), strlen(GET("/stream")));
        request = wait_kept();
        REQUIRE(request != NULL);
        if (i) {
            close(fd); /* the client did not wait */
            wire_nap(20);
        }
        stream = net_stream_begin(request, 200, "text/plain", NULL, on_closed, &ends);
        (void)write_text(stream, "late");
        net_stream_end(stream, 1);
        if (i == 0) {
            wire_receive(fd, 0, 5000, &answers);
            CHECK(has("\r\n\r\n4\r\nlate\r\n0\r\n\r\n"));
            close(fd);
        }
        CHECK_INT(wait_ends(1), 1);
        wire_stop(&wire);
    }
}

/* ---- being told ---- */

static _Atomic(int) told;

static void on_gone(void *arg) { atomic_fetch_add((_Atomic(int) *)arg, 1); }

static void keep_and_be_told(void *arg, struct net_request *request) {
    net_request_on_gone(request, on_gone, &told);
    if (mx_str_is(net_request_view(request)->path, "/at-once"))
        wire_echo(arg, request);
    else
        keep(arg, request);
}

/* It gives up at once, as a query that waits in a queue would. */
static void answer_gone(void *request) {
    atomic_fetch_add(&told, 1);
    net_reply(request, 200, NULL, NULL, mx_str_of("into the void"));
}

static void keep_until_gone(void *arg, struct net_request *request) {
    net_request_on_gone(request, answer_gone, request);
    atomic_fetch_add(&((struct wire *)arg)->runs, 1);
}

static int wait_told(int count) {
    int i;
    for (i = 0; i < 2000 && atomic_load(&told) < count; i++) wire_nap(1);
    return atomic_load(&told);
}

TEST(who_asks_is_told_that_the_client_has_gone) {
    struct net_request *request;
    int fd, i;
    for (i = 0; i < 2; i++) {
        struct linger reset = {1, 0};
        atomic_store(&told, 0);
        REQUIRE(wire_start(&wire, NULL, keep_and_be_told));
        fd = wire_connect(&wire);
        wire_ask(fd, GET("/at-once"), 1, &answers);
        wire_send(fd, GET("/slow"), strlen(GET("/slow")));
        request = wait_kept();
        REQUIRE(request != NULL);
        CHECK_INT(atomic_load(&told), 0);
        if (i) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
        CHECK_INT(wait_told(1), 1);
        net_reply(request, 200, NULL, NULL, mx_str_of("nobody hears this"));
        wire_stop(&wire);
        CHECK_INT(atomic_load(&told), 1);
    }
}

TEST(who_is_told_may_answer_at_once) {
    int fd, i;
    for (i = 0; i < 2; i++) {
        struct linger reset = {1, 0};
        atomic_store(&told, 0);
        REQUIRE(wire_start(&wire, NULL, keep_until_gone));
        fd = wire_connect(&wire);
        wire_send(fd, GET("/slow"), strlen(GET("/slow")));
        wire_nap(20);
        if (i) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
        CHECK_INT(wait_told(1), 1);
        wire_stop(&wire);
    }
}

RUN_TESTS(CASE(pieces_come_in_chunks_and_the_connection_ends), CASE(what_was_written_arrives_as_it_was_written),
          CASE(an_old_client_gets_the_pieces_as_they_are), CASE(head_is_answered_by_the_head_alone), CASE(a_broken_answer_looks_broken),
          CASE(a_client_that_leaves_ends_the_stream), CASE(a_writer_waits_for_a_slow_reader), CASE(a_reader_that_takes_nothing_is_left),
          CASE(a_quiet_stream_stays_open), CASE(a_stream_outlives_its_server), CASE(a_stream_may_begin_late_and_elsewhere),
          CASE(who_asks_is_told_that_the_client_has_gone), CASE(who_is_told_may_answer_at_once))
