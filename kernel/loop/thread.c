#include <signal.h>
#include <string.h>

#include "loop/internal.h"

static void block_signals(sigset_t *before) {
    /* Those that a thread raises by its own fault stay, for the sanitizers and core dumps. */
    static const int own_fault[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all;
    size_t i;
    sigfillset(&all);
    for (i = 0; i < sizeof(own_fault) / sizeof(own_fault[0]); i++) sigdelset(&all, own_fault[i]);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

int loop_thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg) {
    char short_name[16];
    sigset_t before;
    int rc;
    block_signals(&before);
    rc = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0) return rc;
    strncpy(short_name, name, sizeof(short_name) - 1);
    short_name[sizeof(short_name) - 1] = '\0';
    pthread_setname_np(*thread, short_name);
    return 0;
}
