/* Work that damaged data may kill, done in a process of its own: a broken page of the data file ends the one that reads it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/internal.h"

int app_run_apart(int (*fn)(void *arg), void *arg) {
    pid_t self = getpid(), child;
    int status;
    fflush(NULL);
    child = fork();
    if (child < 0) return APP_FAILED;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != self) _exit(APP_FAILED);
        exit(fn(arg));
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return APP_FAILED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}
