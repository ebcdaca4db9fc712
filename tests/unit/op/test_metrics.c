/* The metrics: every line as Prometheus reads it, strictly, and the numbers right. */
#include "base/buf.h"
#include "busy.h"

/* ---- a strict reader of the exposition format 0.0.4, as far as it is used ---- */

struct reader {
    const char *at;
    char family[100], kind[16];
    char seen[200][100];
    int seen_count;
    long long last_bucket, inf_bucket;
    char bucket_of[200]; /* labels of the histogram in hand, without le */
    int samples, faults;
};

static void fault(struct reader *r, const char *line, const char *why) {
    r->faults++;
    printf("# %s: %.*s\n", why, (int)strcspn(line, "\n"), line);
}

static size_t name_length(const char *at, int colon) {
    size_t n = 0;
    while ((at[n] >= 'a' && at[n] <= 'z') || at[n] == '_' || (colon && at[n] == ':') || (n && at[n] >= '0' && at[n] <= '9')) n++;
    return n;
}

static void read_comment(struct reader *r, const char *line) {
    int is_help = strncmp(line, "# HELP ", 7) == 0, i;
    size_t n;
    if (!is_help && strncmp(line, "# TYPE ", 7) != 0) {
        fault(r, line, "neither HELP nor TYPE");
        return;
    }
    n = name_length(line + 7, 1);
    if (n == 0 || n >= sizeof(r->family) || line[7 + n] != ' ') fault(r, line, "no name");
    if (is_help) {
        snprintf(r->family, sizeof(r->family), "%.*s", (int)n, line + 7);
        for (i = 0; i < r->seen_count; i++)
            if (strcmp(r->seen[i], r->family) == 0) fault(r, line, "a family twice");
        snprintf(r->seen[r->seen_count++ % 200], 100, "%s", r->family);
        if (line[8 + n] == '\n') fault(r, line, "no help");
        r->kind[0] = 0;
        return;
    }
    if (strncmp(line + 7, r->family, n) != 0 || r->family[n]) fault(r, line, "TYPE of another family");
    snprintf(r->kind, sizeof(r->kind), "%.*s", (int)strcspn(line + 8 + n, "\n"), line + 8 + n);
    if (strcmp(r->kind, "counter") != 0 && strcmp(r->kind, "gauge") != 0 && strcmp(r->kind, "histogram") != 0)
        fault(r, line, "no such type");
    if ((strcmp(r->kind, "counter") == 0) != (n > 6 && strcmp(r->family + n - 6, "_total") == 0)) fault(r, line, "_total is for counters");
}

/* {name="value",...}: returns what is behind; le gets that label's value. */
static const char *read_labels(struct reader *r, const char *line, const char *at, char *le, char *others) {
    *le = *others = 0;
    if (*at != '{') return at;
    do {
        size_t n = name_length(++at, 0), len;
        const char *value = at + n + 2;
        if (n == 0 || at[n] != '=' || at[n + 1] != '"') {
            fault(r, line, "no label");
            return "";
        }
        len = strcspn(value, "\"\n\\");
        if (value[len] != '"') {
            fault(r, line, "an open label");
            return "";
        }
        if (n == 2 && strncmp(at, "le", 2) == 0)
            snprintf(le, 40, "%.*s", (int)len, value);
        else
            snprintf(others + strlen(others), 100, "%.*s", (int)(n + len + 3), at);
        at = value + len + 1;
    } while (*at == ',');
    if (*at != '}') fault(r, line, "labels do not end");
    return at + 1;
}

static void read_bucket(struct reader *r, const char *line, const char *le, const char *others, long long value) {
    if (!*le) fault(r, line, "a bucket without le");
    if (strcmp(r->bucket_of, others) != 0) {
        snprintf(r->bucket_of, sizeof(r->bucket_of), "%s", others);
        r->last_bucket = 0;
    }
    if (value < r->last_bucket) fault(r, line, "buckets fall");
    r->last_bucket = value;
    if (strcmp(le, "+Inf") == 0) {
        r->inf_bucket = value;
        snprintf(r->bucket_of, sizeof(r->bucket_of), "?");
    }
}

static void read_sample(struct reader *r, const char *line) {
    char le[40], others[200];
    size_t n = name_length(line, 1), f = strlen(r->family);
    const char *at = read_labels(r, line, line + n, le, others), *tail = line + f;
    char *end;
    double value;
    r->samples++;
    if (!r->kind[0] || strncmp(line, r->family, f) != 0 || n < f) {
        fault(r, line, "a sample of another family");
        return;
    }
    if (*at != ' ') {
        fault(r, line, "no value");
        return;
    }
    value = strtod(at + 1, &end);
    if (*end != '\n' || end == at + 1 || value < 0) fault(r, line, "an odd value");
    if (strcmp(r->kind, "histogram") != 0) {
        if (n != f || *le) fault(r, line, "another name than its family's");
    } else if (n == f + 7 && strncmp(tail, "_bucket", 7) == 0) {
        read_bucket(r, line, le, others, (long long)value);
    } else if (n == f + 6 && strncmp(tail, "_count", 6) == 0) {
        if ((long long)value != r->inf_bucket) fault(r, line, "the count is not the last bucket's");
    } else if (n != f + 4 || strncmp(tail, "_sum", 4) != 0) {
        fault(r, line, "no part of a histogram");
    }
}

static int read_all(const char *text, int *samples) {
    static struct reader r;
    const char *line = text;
    memset(&r, 0, sizeof(r));
    while (*line) {
        const char *end = strchr(line, '\n');
        if (!end) {
            fault(&r, line, "no line feed at the end");
            break;
        }
        if (*line == '#')
            read_comment(&r, line);
        else
            read_sample(&r, line);
        line = end + 1;
    }
    *samples = r.samples;
    return r.faults;
}

/* ---- the numbers ---- */

static const char *metrics(struct fixture *f) {
    struct base_buf out;
    base_buf_init(&out, f->arena);
    op_metrics(f->op, &out);
    base_buf_char(&out, 0);
    return out.ptr;
}

static void shows(const char *text, const char *line) {
    char whole[200];
    snprintf(whole, sizeof(whole), "\n%s\n", line);
    if (!strstr(text, whole)) printf("# there is no line \"%s\"\n", line);
    CHECK(strstr(text, whole) != NULL);
}

TEST(every_line_is_as_prometheus_reads_it) {
    struct fixture f;
    const char *text;
    int samples = 0;
    REQUIRE(busy_open(&f, NULL));
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").http_status, 200);
    text = metrics(&f);
    CHECK_INT(read_all(text, &samples), 0);
    CHECK(samples > 60);
    CHECK_INT(read_all("# HELP a x\n# TYPE a counter\na 1\n", &samples), 1); /* the reader is strict */
    CHECK_INT(read_all("# HELP a x\n# TYPE a gauge\nb 1\n", &samples), 1);
    CHECK_INT(read_all("# HELP a x\n# TYPE a gauge\na{b=\"c} 1\n", &samples) > 0, 1);
    CHECK_INT(read_all("# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n", &samples), 2);
    fixture_close(&f);
}

TEST(calls_are_counted_by_their_results) {
    struct fixture f;
    struct identity_principal auditor;
    const char *text;
    REQUIRE(busy_open(&f, NULL));
    auditor = fixture_role(&f, "auditor");
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k1", "{\"name\":\"a\",\"by\":1}").http_status, 200);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k1", "{\"name\":\"a\",\"by\":1}").http_status, 200);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1,\"how\":\"refuse\"}").http_status, 409);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":5000}").http_status, 400);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"how\":\"inside\"}").http_status, 500);
    CHECK_INT(fixture_call_as(&f, &auditor, "toy.add", "k2", "{\"name\":\"a\"}").http_status, 403);
    text = metrics(&f);
    shows(text, "merx_operations_total{op=\"toy.add\",result=\"ok\"} 1");
    shows(text, "merx_operations_total{op=\"toy.add\",result=\"replayed\"} 1");
    shows(text, "merx_operations_total{op=\"toy.add\",result=\"refused\"} 1");
    shows(text, "merx_operations_total{op=\"toy.add\",result=\"denied\"} 1");
    shows(text, "merx_operations_total{op=\"toy.add\",result=\"bad_request\"} 1");
    shows(text, "merx_operations_total{op=\"toy.add\",result=\"failed\"} 1");
    shows(text, "merx_operation_duration_seconds_count{op=\"toy.add\"} 6");
    shows(text, "merx_replays_total 1");
    shows(text, "merx_refusals_total 1");
    shows(text, "merx_ready 1");
    CHECK(strstr(text, "op=\"toy.meet\"") == NULL); /* what was never called is not there */
    fixture_close(&f);
}

TEST(what_waits_is_shown) {
    struct fixture f;
    struct op_opts opts = {.queue_max = 4, .group_max = 1, .shed_wait_ms = 3600000};
    struct pending *sent[6], *heavy[2];
    const char *text, *why;
    int i, samples;
    REQUIRE(busy_open(&f, &opts));
    heavy[0] = busy_send(&f, &f.owner, "busy.wait");
    busy_until(&busy_begun, 1);
    heavy[1] = busy_send(&f, &f.owner, "busy.wait");
    sent[0] = busy_send(&f, &f.owner, "busy.hold");
    busy_until(&busy_begun, 2);
    for (i = 1; i < 6; i++) sent[i] = busy_send(&f, &f.owner, "busy.hold");
    text = metrics(&f);
    CHECK_INT(read_all(text, &samples), 0);
    shows(text, "merx_heavy_queries{state=\"waiting\"} 1");
    shows(text, "merx_heavy_queries{state=\"running\"} 1");
    shows(text, "merx_queue_waiting 4");
    shows(text, "merx_queue_limit 4");
    shows(text, "merx_shed_total 1");
    shows(text, "merx_operations_total{op=\"busy.hold\",result=\"turned_away\"} 1");
    atomic_store(&busy_gate, 1);
    for (i = 0; i < 6; i++) CHECK_INT(busy_take(sent[i]), i < 5 ? 200 : 503);
    for (i = 0; i < 2; i++) CHECK_INT(busy_take(heavy[i]), 200);
    text = metrics(&f);
    shows(text, "merx_queue_waiting 0");
    shows(text, "merx_group_commands_count 5");
    shows(text, "merx_jobs{state=\"stopped\"} 0");
    shows(text, "merx_outbox_messages{state=\"dead\"} 0");
    op_stop(f.op);
    CHECK(!op_ready(f.op, &why));
    CHECK(strstr(why, "not open") != NULL);
    shows(metrics(&f), "merx_jobs{state=\"paused\"} 0");
    fixture_close(&f);
}

RUN_TESTS(CASE(every_line_is_as_prometheus_reads_it), CASE(calls_are_counted_by_their_results), CASE(what_waits_is_shown))
