/* The supervisor with real processes: what it restarts, what it says, and that nothing is left when it dies. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/internal.h"
#include "support/check.h"

#define PORT     41234
#define TLS_PORT 41235

/* What the children leave for the test to see. */
static struct shared {
    int runs;
    int verified; /* runs that were told to verify */
    int same_port;
    int closed;
    pid_t child;
} * seen;

static void note_run(const struct app_start *start) {
    seen->child = getpid();
    seen->runs++;
    seen->verified += start->verify;
    seen->same_port += strcmp(start->listen, "127.0.0.1:41234") == 0 && strcmp(start->listen_tls, "0.0.0.0:41235") == 0;
}

static void say_port(const struct app_start *start) {
    char text[32];
    int len = snprintf(text, sizeof(text), "%d %d\n", PORT, TLS_PORT);
    if (write(start->ready_fd, text, (size_t)len) != len) abort();
    close(start->ready_fd);
}

static int fail_when_ready(void *arg, const struct app_start *start) {
    note_run(start);
    say_port(start);
    return *(int *)arg;
}

static int fail_before_ready(void *arg, const struct app_start *start) {
    note_run(start);
    return *(int *)arg;
}

static int crash_once(void *arg, const struct app_start *start) {
    (void)arg;
    note_run(start);
    say_port(start);
    if (seen->runs == 1) raise(SIGKILL);
    return APP_OK;
}

static int serve_until_term(void *arg, const struct app_start *start) {
    sigset_t term;
    int signo;
    (void)arg;
    note_run(start);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    say_port(start);
    sigwait(&term, &signo);
    seen->closed = 1;
    return APP_OK;
}

static void begin(void) {
    if (!seen) seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seen == MAP_FAILED) abort();
    memset(seen, 0, sizeof(*seen));
}

/* Start a supervisor with its standard output in a pipe. */
static pid_t start(int (*serve)(void *, const struct app_start *), int code, int *out) {
    const struct app_start first = {"127.0.0.1:0", "0.0.0.0:0", 0, -1};
    int pipes[2];
    pid_t pid;
    if (pipe(pipes) != 0) abort();
    fflush(NULL);
    pid = fork();
    if (pid < 0) abort();
    if (pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        close(pipes[0]);
        close(pipes[1]);
        exit(app_supervise(&first, serve, &code));
    }
    close(pipes[1]);
    *out = pipes[0];
    return pid;
}

static int end_code(pid_t pid) {
    int status;
    if (waitpid(pid, &status, 0) != pid) abort();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void read_out(int out, char *text, size_t size) {
    size_t len = 0;
    ssize_t n;
    while (len < size - 1 && (n = read(out, text + len, size - 1 - len)) > 0) len += (size_t)n;
    text[len] = 0;
    close(out);
}

TEST(a_failing_shop_is_restarted_three_times) {
    char text[256];
    int out;
    pid_t pid;
    begin();
    pid = start(fail_when_ready, APP_STORAGE, &out);
    read_out(out, text, sizeof(text));
    CHECK_INT(end_code(pid), APP_STORAGE);
    CHECK_INT(seen->runs, 4);
    CHECK_INT(seen->verified, 3);
    CHECK_INT(seen->same_port, 3);
    CHECK(strcmp(text, "ready http://127.0.0.1:41234\nready https://0.0.0.0:41235\n") == 0);
}

TEST(a_shop_that_never_opened_is_not_tried_again) {
    int out;
    pid_t pid;
    begin();
    pid = start(fail_before_ready, APP_STORAGE, &out);
    CHECK_INT(end_code(pid), APP_STORAGE);
    CHECK_INT(seen->runs, 1);
    close(out);
}

TEST(a_refusal_is_handed_on) {
    int out;
    pid_t pid;
    begin();
    pid = start(fail_when_ready, APP_FAILED, &out);
    CHECK_INT(end_code(pid), APP_FAILED);
    CHECK_INT(seen->runs, 1);
    close(out);
}

TEST(a_killed_shop_is_restarted) {
    int out;
    pid_t pid;
    begin();
    pid = start(crash_once, 0, &out);
    CHECK_INT(end_code(pid), APP_OK);
    CHECK_INT(seen->runs, 2);
    CHECK_INT(seen->verified, 1);
    close(out);
}

TEST(the_wish_to_close_is_passed_on) {
    char first;
    int out;
    pid_t pid;
    begin();
    pid = start(serve_until_term, 0, &out);
    REQUIRE(read(out, &first, 1) == 1);
    kill(pid, SIGTERM);
    CHECK_INT(end_code(pid), APP_OK);
    CHECK_INT(seen->closed, 1);
    close(out);
}

TEST(nothing_outlives_the_supervisor) {
    const struct timespec pause = {0, 1000000};
    char first;
    int out, i;
    pid_t pid;
    begin();
    pid = start(serve_until_term, 0, &out);
    REQUIRE(read(out, &first, 1) == 1);
    kill(pid, SIGKILL);
    CHECK_INT(end_code(pid), -SIGKILL);
    for (i = 0; i < 5000 && read(out, &first, 1) > 0; i++) nanosleep(&pause, NULL);
    CHECK(read(out, &first, 1) == 0); /* the child held the other end */
    CHECK_INT(seen->closed, 0);
    close(out);
}

RUN_TESTS(CASE(a_failing_shop_is_restarted_three_times), CASE(a_shop_that_never_opened_is_not_tried_again), CASE(a_refusal_is_handed_on),
          CASE(a_killed_shop_is_restarted), CASE(the_wish_to_close_is_passed_on), CASE(nothing_outlives_the_supervisor))
