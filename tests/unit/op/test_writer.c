/* The writer: groups, many threads, a full queue, closing down. */
#include <pthread.h>

#include <fcntl.h>

#include "busy.h"

#define THREADS 8
#define EACH    625

struct client {
    struct fixture *f;
    int number;
    int ok;
    int64_t highest;
};

/* Each on its own thread with its own memory; every tenth command is refused and must leave nothing. */
static void *count_many(void *arg) {
    struct client *client = arg;
    struct base_arena *arena = base_arena_new(8192);
    int i;
    for (i = 0; i < EACH; i++) {
        struct op_call call = {0};
        char key[32];
        snprintf(key, sizeof(key), "c%d-%d", client->number, i);
        call.arena = arena;
        call.entry = op_find(client->f->op, mx_str_of(i % 25 == 7 ? "toy.get" : "toy.add"));
        call.principal = client->f->owner;
        call.key = mx_str_of(key);
        call.body = mx_str_of(i % 10 == 9 ? "{\"name\":\"sum\",\"by\":1,\"how\":\"refuse\"}" : "{\"name\":\"sum\",\"by\":1}");
        op_run(client->f->op, &call);
        if (call.status == MX_OK && i % 25 != 7) client->ok++;
        base_arena_reset(arena);
    }
    base_arena_free(arena);
    return NULL;
}

TEST(many_threads_one_exact_sum) {
    struct fixture f;
    struct client clients[THREADS];
    pthread_t threads[THREADS];
    struct op_stat stat;
    int i, wanted = 0, got = 0;
    REQUIRE(fixture_open(&f));
    for (i = 0; i < THREADS; i++) {
        clients[i] = (struct client){&f, i, 0, 0};
        REQUIRE(pthread_create(&threads[i], NULL, count_many, &clients[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        got += clients[i].ok;
    }
    for (i = 0; i < EACH; i++) wanted += i % 10 != 9 && i % 25 != 7;
    CHECK_INT(got, THREADS * wanted);
    CHECK_INT(fixture_counter(&f, "sum"), got);
    op_stat(f.op, &stat);
    CHECK_INT(stat.commands, THREADS * EACH - THREADS * 25);
    CHECK(stat.groups > 0 && stat.groups < stat.commands);
    CHECK(stat.queries >= THREADS * 25);
    REQUIRE(fixture_restart(&f));
    CHECK_INT(fixture_counter(&f, "sum"), got);
    fixture_close(&f);
}

/* ---- calls that are not waited for ---- */

#define QUEUED_MAX 64

struct queued {
    struct op_call call;
    atomic_int done;
    char key[32];
};

static void note(struct op_call *call) { atomic_fetch_add(&((struct queued *)call->arg)->done, 1); }

static void submit(struct fixture *f, struct queued *queued, const char *op, const char *key, const char *body) {
    snprintf(queued->key, sizeof(queued->key), "%s", key);
    fixture_prepare(f, &queued->call, &f->owner, op, queued->key, body);
    queued->call.arena = base_arena_new(4096);
    queued->call.arg = queued;
    queued->call.done = note;
    op_submit(f->op, &queued->call);
}

/* Begins a command that keeps the writer busy, so that what comes next queues up as one group until the gate opens. */
static void hold_writer(struct fixture *f, struct queued *queued) {
    submit(f, queued, "busy.hold", "hold", "");
    busy_until(&busy_begun, 1);
}

static int all_done(struct queued *queued, int count) {
    int i, rounds;
    for (rounds = 0; rounds < 500; rounds++) {
        for (i = 0; i < count && atomic_load(&queued[i].done); i++) continue;
        if (i == count) return 1;
        usleep(10000);
    }
    return 0;
}

static void forget(struct queued *queued, int count) {
    int i;
    for (i = 0; i < count; i++) {
        CHECK_INT(atomic_load(&queued[i].done), 1);
        base_arena_free(queued[i].call.arena);
    }
}

TEST(the_same_key_twice_in_one_group_counts_once) {
    struct fixture f;
    struct queued q[5];
    struct op_stat before, after;
    memset(q, 0, sizeof(q));
    REQUIRE(busy_open(&f, NULL));
    op_stat(f.op, &before);
    hold_writer(&f, &q[0]);
    submit(&f, &q[1], "toy.add", "k", "{\"name\":\"a\",\"by\":4}");
    submit(&f, &q[2], "toy.add", "k", "{\"name\":\"a\",\"by\":4}");
    submit(&f, &q[3], "toy.add", "k", "{\"name\":\"a\",\"by\":5}");
    submit(&f, &q[4], "toy.burn", "", "{\"name\":\"a\"}");
    atomic_store(&busy_gate, 1);
    REQUIRE(all_done(q, 5));
    op_stat(f.op, &after);
    CHECK_INT(after.groups - before.groups, 2);
    CHECK(!q[1].call.replayed && q[1].call.status == MX_OK);
    CHECK(q[2].call.replayed && q[2].call.status == MX_OK);
    CHECK_STR(q[2].call.answer, "{\"value\":4}");
    CHECK_INT(q[3].call.http_status, 422);
    CHECK_STR(q[4].call.answer, "{\"value\":4}");
    CHECK_INT(fixture_counter(&f, "a"), 0); /* shown and set back by the last */
    forget(q, 5);
    fixture_close(&f);
}

TEST(a_failed_command_in_a_group_fails_alone) {
    struct fixture f;
    struct queued q[4];
    memset(q, 0, sizeof(q));
    REQUIRE(busy_open(&f, NULL));
    hold_writer(&f, &q[0]);
    submit(&f, &q[1], "toy.add", "k1", "{\"name\":\"a\",\"by\":1}");
    submit(&f, &q[2], "toy.tell", "k2", "{\"name\":\"a\",\"how\":\"fail\"}");
    submit(&f, &q[3], "toy.add", "k3", "{\"name\":\"a\",\"by\":1}");
    atomic_store(&busy_gate, 1);
    REQUIRE(all_done(q, 4));
    CHECK_STR(q[1].call.answer, "{\"value\":1}");
    CHECK_INT(q[2].call.http_status, 500);
    CHECK_STR(q[3].call.answer, "{\"value\":2}");
    CHECK_INT(fixture_counter(&f, "a"), 2);
    CHECK_INT(fixture_counter(&f, "heard"), 0);
    CHECK_INT(fixture_log_count(&f), 0);
    forget(q, 4);
    fixture_close(&f);
}

TEST(a_full_queue_says_so) {
    struct op_opts opts = {.queue_max = 4, .group_max = 2};
    struct fixture f;
    struct queued q[13];
    char key[16];
    int i;
    memset(q, 0, sizeof(q));
    REQUIRE(busy_open(&f, &opts));
    hold_writer(&f, &q[0]);
    for (i = 1; i < 13; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        submit(&f, &q[i], "toy.add", key, "{\"name\":\"a\",\"by\":1}");
    }
    atomic_store(&busy_gate, 1);
    REQUIRE(all_done(q, 13));
    for (i = 1; i < 13; i++) {
        CHECK_INT(q[i].call.status, i <= 4 ? MX_OK : MX_E_OVERLOADED);
        CHECK_INT(q[i].call.http_status, i <= 4 ? 200 : 503);
    }
    CHECK_INT(fixture_counter(&f, "a"), 4);
    forget(q, 13);
    fixture_close(&f);
}

TEST(closing_down_answers_what_is_queued) {
    struct fixture f;
    struct queued q[10];
    char key[16];
    int i;
    memset(q, 0, sizeof(q));
    REQUIRE(fixture_open(&f));
    for (i = 0; i < 8; i++) {
        snprintf(key, sizeof(key), "k%d", i);
        submit(&f, &q[i], i % 2 ? "toy.slow" : "toy.prepared", key, "{\"name\":\"a\",\"by\":1}");
    }
    op_stop(f.op);
    submit(&f, &q[8], "toy.add", "late", "{\"name\":\"a\",\"by\":1}");
    submit(&f, &q[9], "toy.get", "", "{\"name\":\"a\"}");
    for (i = 0; i < 8; i++) CHECK_INT(q[i].call.status, MX_OK);
    CHECK_INT(q[8].call.status, MX_E_SHUTTING_DOWN);
    CHECK_INT(q[8].call.http_status, 503);
    CHECK_STR(q[9].call.answer, "{\"value\":12}");
    forget(q, 10);
    fixture_close(&f);
}

TEST(a_full_disk_refuses_commands_and_still_reads) {
    struct fixture f;
    struct op_call call;
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f) && fixture_make_owner(&f));
    fixture_detach(&f);
    REQUIRE(fixture_attach_reserve(&f, UINT64_MAX / 2) && op_start(f.op, NULL) == MX_OK);
    call = fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}");
    CHECK_INT(call.status, MX_E_NO_SPACE);
    CHECK_INT(call.http_status, 503);
    CHECK_INT(fixture_call(&f, "toy.burn", "{\"name\":\"a\"}").status, MX_E_NO_SPACE); /* it reads, but it writes too */
    CHECK_INT(fixture_counter(&f, "a"), 0);
    fixture_close(&f);
}

/* A full disk or a rush must not fill the log with a line for each one that was turned away. */
TEST(what_is_turned_away_for_now_is_not_logged_one_by_one) {
    struct fixture f;
    char path[96], text[4096] = "";
    int errors = dup(STDERR_FILENO), log, i;
    ssize_t len;
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f) && fixture_make_owner(&f));
    fixture_detach(&f);
    snprintf(path, sizeof(path), "%s/log", f.dir);
    log = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    REQUIRE(log >= 0 && dup2(log, STDERR_FILENO) == STDERR_FILENO);
    REQUIRE(fixture_attach_reserve(&f, UINT64_MAX / 2) && op_start(f.op, NULL) == MX_OK);
    for (i = 0; i < 20; i++) CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_E_NO_SPACE);
    dup2(errors, STDERR_FILENO);
    close(errors);
    len = pread(log, text, sizeof(text) - 1, 0);
    CHECK(len > 0 && strstr(text, "nothing new is taken") != NULL); /* said once */
    CHECK(strstr(text, "toy.add") == NULL);
    close(log);
    fixture_close(&f);
}

/* What the writer does of its own accord would end the program on a full disk, after each restart again. */
TEST(a_full_disk_holds_back_the_shops_own_work) {
    struct fixture f;
    struct store_view *view;
    struct bus_due due;
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f) && fixture_make_owner(&f) && op_start(f.op, NULL) == MX_OK);
    CHECK_INT(fixture_call(&f, "toy.later", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    fixture_detach(&f);
    atomic_fetch_add(&fixture_now, 2000);
    REQUIRE(fixture_attach_reserve(&f, UINT64_MAX / 2) && op_start(f.op, NULL) == MX_OK);
    usleep(100000);
    REQUIRE(store_read_begin(f.store, f.arena, &view) == MX_OK);
    CHECK_INT(bus_due_first(view, &due), MX_OK);
    store_read_end(view);
    REQUIRE(fixture_restart(&f));
    CHECK(fixture_wait(&f, "a", 1));
    fixture_close(&f);
}

TEST(roles_are_looked_at_again_in_the_writer) {
    struct fixture f;
    struct queued q[3];
    char body[120];
    memset(q, 0, sizeof(q));
    REQUIRE(busy_open(&f, NULL));
    REQUIRE(fixture_call(&f, "identity.principal.put", "{\"id\":\"pri_01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"role\":\"owner\"}").status == MX_OK);
    snprintf(body, sizeof(body), "{\"id\":\"%s\",\"role\":\"auditor\"}", f.owner.id);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k0", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    hold_writer(&f, &q[0]);
    submit(&f, &q[1], "identity.principal.put", "demote", body);     /* the owner takes his own role back ... */
    submit(&f, &q[2], "toy.add", "k2", "{\"name\":\"a\",\"by\":1}"); /* ... and this one was admitted before that */
    atomic_store(&busy_gate, 1);
    REQUIRE(all_done(q, 3));
    CHECK_INT(q[1].call.status, MX_OK);
    CHECK_INT(q[2].call.status, MX_E_FORBIDDEN);
    CHECK_INT(fixture_call_as(&f, &f.owner, "toy.add", "k0", "{\"name\":\"a\",\"by\":1}").status,
              MX_E_FORBIDDEN); /* no stored answer either */
    CHECK_INT(fixture_counter(&f, "a"), 1);
    forget(q, 3);
    fixture_close(&f);
}

RUN_TESTS(CASE(many_threads_one_exact_sum), CASE(the_same_key_twice_in_one_group_counts_once),
          CASE(a_failed_command_in_a_group_fails_alone), CASE(a_full_queue_says_so), CASE(closing_down_answers_what_is_queued),
          CASE(a_full_disk_refuses_commands_and_still_reads), CASE(what_is_turned_away_for_now_is_not_logged_one_by_one),
          CASE(a_full_disk_holds_back_the_shops_own_work), CASE(roles_are_looked_at_again_in_the_writer))
