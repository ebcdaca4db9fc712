/* When signed checkpoints are written: every thousand entries, every fifteen minutes with something new, at closing. */
#include <sys/stat.h>

#include "fixture.h"

#define MINUTE INT64_C(60000)

static atomic_llong steady;
static int64_t steady_clock(void) { return atomic_load(&steady); }

/* Emits as many events as it is told. */
static mx_status run_talk(struct mx_ctx *ctx, const void *in, void *out);
TOY_OP(talk_op, 0, "talk.much", "toy.use", &toy_add_type, NULL, run_talk, NULL);
static const struct mx_event_def talk_event = {(uint32_t)sizeof(struct mx_event_def), 0, "talk.said", "for tests", &toy_happened_type};
static const struct mx_op *const talk_ops[] = {&talk_op, NULL};
static const struct mx_event_def *const talk_events[] = {&talk_event, NULL};
static const struct mx_plugin talk_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                             .abi_minor = MX_ABI_MINOR,
                                             .name = "talk",
                                             .version = "1",
                                             .summary = "for tests",
                                             .ops = talk_ops,
                                             .events = talk_events};

static mx_status run_talk(struct mx_ctx *ctx, const void *in, void *out) {
    struct toy_happened happened = {mx_str_of("talk"), 0, {NULL, 0}};
    int64_t i;
    mx_status st = MX_OK;
    (void)out;
    for (i = 0; st == MX_OK && i < ((const struct toy_add *)in)->by; i++) st = mx_emit(ctx, &talk_event, &happened);
    return st;
}

static char file[96];

static int go(struct fixture *f) {
    return op_plugin_add(f->op, &talk_plugin, NULL) == MX_OK && op_freeze(f->op, NULL) == MX_OK && op_start(f->op, NULL) == MX_OK;
}

static int again(struct fixture *f) {
    fixture_detach(f);
    return fixture_attach(f, 0) && go(f);
}

static int begin(struct fixture *f, const char *name) {
    memset(f, 0, sizeof(*f));
    atomic_store(&steady, 5000);
    f->opts.steady_ms = steady_clock;
    f->opts.boot = "boot-1";
    f->opts.checkpoint_file = file;
    if (!fixture_open_idle(f) || !fixture_make_owner(f)) return 0;
    snprintf(file, sizeof(file), "%s/%s", f->dir, name);
    return go(f);
}

static void talk(struct fixture *f, int times) {
    const char *body = base_arena_printf(f->arena, "{\"name\":\"a\",\"by\":%d}", times).ptr;
    CHECK_INT(fixture_call(f, "talk.much", body).status, MX_OK);
}

/* Lines in the file; *seq: of the last one. */
static int lines(int64_t *seq) {
    FILE *from = fopen(file, "r");
    char line[1024], *at;
    int count = 0;
    while (from && fgets(line, sizeof(line), from)) {
        count++;
        at = strstr(line, "\"seq\":");
        *seq = at ? strtoll(at + 6, NULL, 10) : -1;
    }
    if (from) fclose(from);
    return count;
}

static int wait_lines(int count, int64_t seq) {
    int64_t last = -1;
    int i;
    for (i = 0; i < 500; i++) {
        if (lines(&last) == count && last == seq) return 1;
        usleep(10000);
    }
    printf("# %d lines, the last of entry %lld\n", lines(&last), (long long)last);
    return 0;
}

static void count(void *arg, const char *what) {
    printf("# %s\n", what);
    ++*(int *)arg;
}

static int findings(struct fixture *f) {
    uint64_t records;
    int found = 0;
    CHECK_INT(op_verify(f->op, count, &found, &records), MX_OK);
    return found;
}

TEST(every_thousand_entries_and_every_quarter_of_an_hour) {
    struct fixture f;
    int64_t before;
    REQUIRE(begin(&f, "checkpoints"));
    before = fixture_log_count(&f);
    talk(&f, 999);
    talk(&f, 1);
    CHECK(wait_lines(1, before + 1000)); /* and none before it: one worker writes them in order */
    talk(&f, 1);
    atomic_fetch_add(&steady, 15 * MINUTE - 1);
    talk(&f, 1);
    atomic_fetch_add(&steady, 1);
    talk(&f, 1);
    CHECK(wait_lines(2, before + 1003));
    REQUIRE(again(&f)); /* nothing new */
    CHECK(wait_lines(2, before + 1003));
    talk(&f, 1);
    REQUIRE(again(&f));
    CHECK(wait_lines(3, before + 1004));
    CHECK_INT(findings(&f), 0);
    fixture_close(&f);
}

TEST(a_line_that_was_cut_spoils_no_other) {
    struct fixture f;
    FILE *to;
    int64_t seq;
    REQUIRE(begin(&f, "checkpoints"));
    talk(&f, 1);
    fixture_detach(&f);
    to = fopen(file, "a");
    REQUIRE(to != NULL);
    fputs("{\"at\":17000000", to);
    fclose(to);
    REQUIRE(fixture_attach(&f, 0) && go(&f));
    CHECK_INT(findings(&f), 0);
    talk(&f, 1);
    REQUIRE(again(&f));
    CHECK_INT(lines(&seq), 2);
    CHECK_INT(seq, fixture_log_count(&f));
    CHECK_INT(findings(&f), 0);
    fixture_close(&f);
}

TEST(one_that_could_not_be_written_is_written_later) {
    struct fixture f;
    char folder[96];
    REQUIRE(begin(&f, "elsewhere/checkpoints"));
    talk(&f, 1000); /* there is no such folder */
    talk(&f, 0);
    snprintf(folder, sizeof(folder), "%s/elsewhere", f.dir);
    op_stop(f.op);
    REQUIRE(mkdir(folder, 0700) == 0);
    REQUIRE(op_start(f.op, NULL) == MX_OK);
    op_stop(f.op);
    CHECK(wait_lines(1, fixture_log_count(&f)));
    REQUIRE(op_start(f.op, NULL) == MX_OK);
    fixture_close(&f);
}

RUN_TESTS(CASE(every_thousand_entries_and_every_quarter_of_an_hour), CASE(a_line_that_was_cut_spoils_no_other),
          CASE(one_that_could_not_be_written_is_written_later))
