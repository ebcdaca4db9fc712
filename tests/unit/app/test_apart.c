/* Work in a process of its own: its exit code and its death are seen, and it leaves nothing in this one. */
#include <signal.h>
#include <stdlib.h>

#include "app/internal.h"
#include "support/check.h"

static int touched;

static int answer(void *arg) {
    touched = 1;
    return *(int *)arg;
}

static int die(void *arg) {
    raise(*(int *)arg);
    return 0;
}

TEST(the_exit_code_comes_back) {
    int code = 7;
    CHECK_INT(app_run_apart(answer, &code), 7);
    CHECK_INT(touched, 0);
}

TEST(a_death_is_a_negative_signal) {
    int signo = SIGKILL;
    CHECK_INT(app_run_apart(die, &signo), -SIGKILL);
}

RUN_TESTS(CASE(the_exit_code_comes_back), CASE(a_death_is_a_negative_signal))
