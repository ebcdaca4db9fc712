/* When the disk fails: nothing is acknowledged, the program ends with 75, and the next start knows what was durable. */
#include <sys/wait.h>

#include "fixture.h"

#ifdef MERX_FAULTS

static int tell_fd; /* to the parent */

static void say(char what) {
    if (write(tell_fd, &what, 1) != 1) _exit(1);
}

static void on_fatal(const char *why) {
    (void)why;
    say('F');
    _exit(75);
}

static void on_done(struct op_call *call) {
    say(call->status == MX_OK ? 'S' : 'E');
    atomic_store((atomic_int *)call->arg, 1);
}

/* The process that dies: commands one after the other until the fault. */
static void sell_until_it_breaks(struct fixture *f, const char *fault, int with_callback) {
    int i;
    f->opts.fatal = with_callback ? on_fatal : NULL;
    if (!fixture_open_idle(f) || !fixture_make_owner(f)) _exit(1);
    if (write(tell_fd, f->dir, sizeof(f->dir)) != sizeof(f->dir)) _exit(1);
    setenv("MERX_FAULT", fault, 1);
    if (op_start(f->op, NULL) != MX_OK) _exit(1);
    for (i = 0; i < 8; i++) {
        struct op_call call;
        atomic_int done = 0;
        char key[16];
        snprintf(key, sizeof(key), "k%d", i);
        fixture_prepare(f, &call, &f->owner, "toy.add", key, "{\"name\":\"a\",\"by\":1}");
        call.done = on_done;
        call.arg = &done;
        op_submit(f->op, &call);
        while (!atomic_load(&done)) usleep(100);
    }
    _exit(0);
}

/* What the child said, behind the name of its folder; *code: how it ended. */
static void run_child(const char *fault, int with_callback, char dir[64], char *said, size_t size, int *code) {
    int pipes[2], status;
    size_t len = 0;
    ssize_t got;
    pid_t child;
    if (pipe(pipes) != 0) return;
    child = fork();
    if (child == 0) {
        struct fixture f;
        memset(&f, 0, sizeof(f));
        close(pipes[0]);
        tell_fd = pipes[1];
        sell_until_it_breaks(&f, fault, with_callback);
    }
    close(pipes[1]);
    got = read(pipes[0], dir, 64);
    CHECK_INT(got, 64);
    while (len < size - 1 && (got = read(pipes[0], said + len, size - 1 - len)) > 0) len += (size_t)got;
    said[len] = 0;
    close(pipes[0]);
    waitpid(child, &status, 0);
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int reopen(struct fixture *f, const char *dir) {
    memset(f, 0, sizeof(*f));
    snprintf(f->dir, sizeof(f->dir), "%s", dir);
    snprintf(f->data, sizeof(f->data), "%s/data", dir);
    snprintf(f->key_file, sizeof(f->key_file), "%s/data.key", dir);
    f->arena = base_arena_new(65536);
    if (crypto_init(NULL) != MX_OK || crypto_keys_open(f->key_file, &f->keys, NULL) != MX_OK) return 0;
    identity_system(&f->owner);
    return fixture_attach(f, 0) && op_start(f->op, NULL) == MX_OK;
}

static void check_fault(const char *fault, int with_callback, const char *wanted) {
    struct fixture f;
    char dir[64], said[32] = "";
    int code = 0;
    run_child(fault, with_callback, dir, said, sizeof(said), &code);
    CHECK_STR(mx_str_of(said), wanted);
    CHECK_INT(code, 75);
    REQUIRE(reopen(&f, dir));
    CHECK_INT(fixture_counter(&f, "a"), 2); /* what was acknowledged, and no more */
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    fixture_close(&f);
}

TEST(a_failed_commit_is_never_acknowledged) { check_fault("store.commit:3", 1, "SSF"); }
TEST(a_failed_apply_is_never_acknowledged) { check_fault("store.apply:3+", 1, "SSF"); }
TEST(without_a_callback_the_program_ends_with_75) { check_fault("store.commit:3+", 0, "SS"); }

RUN_TESTS(CASE(a_failed_commit_is_never_acknowledged), CASE(a_failed_apply_is_never_acknowledged),
          CASE(without_a_callback_the_program_ends_with_75))

#else
TEST(faults_are_compiled_out) { CHECK(1); }
RUN_TESTS(CASE(faults_are_compiled_out))
#endif
