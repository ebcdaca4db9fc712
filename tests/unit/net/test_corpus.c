#include "support/check.h"
#include "unit/net/corpus.h"
#include "unit/net/wire.h"

#define REQUEST_MS 150

static struct wire wire;
static struct corpus corpus;
static struct wire_answers answers;

static int start(void) {
    struct net_opts opts = {0};
    opts.header_bytes = CORPUS_HEAD;
    opts.body_bytes = CORPUS_BODY;
    opts.request_ms = REQUEST_MS;
    opts.threads = 1;
    return wire_start(&wire, &opts, wire_echo);
}

static int judge(const struct corpus_case *one, int runs, int open_after) {
    int refused = one->last >= 400;
    int wanted = one->runs + refused;
    if (runs == one->runs && answers.count == wanted && (wanted == 0 || answers.last == one->last) && (!refused || !open_after)) return 1;
    printf("# %s: %d ran, %d answers, last %d, %s\n", one->name, runs, answers.count, answers.last, open_after ? "open" : "closed");
    return 0;
}

/* An accepted message that leaves the connection open is known to be framed right when a further request is answered. */
static int one_more(int fd, const struct corpus_case *one) {
    int before = answers.count;
    if (one->last != 200 || answers.ended) return 1;
    answers.to_head = 0;
    if (strstr(one->bytes, "lose") || strstr(one->bytes, "LOSE") || strstr(one->bytes, "HTTP/1.0")) return wire_ends(fd, 2000);
    wire_ask(fd, "GET /again HTTP/1.1\r\nHost: shop\r\n\r\n", 1, &answers);
    if (answers.count == 1 && strstr(answers.text, "GET /again 0")) return 1;
    printf("# %s: the next request got %d answers after %d\n", one->name, answers.count, before);
    return 0;
}

static int run(const struct corpus_case *one) {
    int fd = wire_connect(&wire);
    int before = atomic_load(&wire.runs), runs, ok, refused = one->last >= 400;
    if (fd < 0) return 0;
    answers.to_head = strncmp(one->bytes, "HEAD ", 5) == 0;
    wire_send(fd, one->bytes, one->len);
    wire_receive(fd, one->runs + refused, 5000, &answers);
    runs = atomic_load(&wire.runs) - before;
    ok = judge(one, runs, refused && !wire_ends(fd, 3000));
    runs = atomic_load(&wire.runs) - before;
    if (runs != one->runs) printf("# %s: %d ran in the end\n", one->name, runs);
    ok = ok && runs == one->runs && one_more(fd, one);
    close(fd);
    return ok;
}

TEST(every_message_is_read_as_it_should_be) {
    size_t i;
    int refused = 0;
    REQUIRE(start());
    corpus_load(&corpus);
    CHECK(corpus.count >= 140);
    for (i = 0; i < corpus.count; i++) {
        CHECK(run(&corpus.at[i]));
        refused += corpus.at[i].last >= 400;
    }
    CHECK_INT(atomic_load(&wire.smuggled), 0);
    CHECK(refused >= 120);
    printf("# %d messages, %d of them to be refused\n", (int)corpus.count, refused);
    corpus_free(&corpus);
    wire_stop(&wire);
}

RUN_TESTS(CASE(every_message_is_read_as_it_should_be))
