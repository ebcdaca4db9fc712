/* The supervisor: the started process keeps the shop running in a child and never touches the data itself. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/clock.h"
#include "base/log.h"

#define RESTARTS_MAX       3
#define RESTARTS_WINDOW_MS (10 * 60 * 1000)
#define PAUSE_US           500000

struct watch {
    pid_t child;
    int signals;  /* signalfd */
    int ready_fd; /* from the child; -1 once it has spoken or ended */
    int port;     /* of the first run that became ready; 0 = none yet */
    int tls_port;
    int stopping; /* 1: somebody asked us to close */
    int status;   /* of waitpid() */
    int64_t restarts[RESTARTS_MAX];
    uint32_t restart_count;
};

const char *app_with_port(struct base_arena *arena, const char *listen, int port) {
    const char *colon = strrchr(listen, ':');
    int host_len = (int)(colon ? (size_t)(colon - listen) : strlen(listen));
    return base_arena_printf(arena, "%.*s:%d", host_len, listen, port).ptr;
}

void app_print_ready(const struct app_start *start, int port, int tls_port) {
    struct base_arena *arena = base_arena_new(256);
    printf("ready http://%s\n", app_with_port(arena, start->listen, port));
    if (tls_port) printf("ready https://%s\n", app_with_port(arena, start->listen_tls, tls_port));
    fflush(stdout);
    base_arena_free(arena);
}

static int open_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    return sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
}

/* A run after the first listens where that one was found. */
static void set_start(struct base_arena *arena, const struct watch *watch, const struct app_start *first, struct app_start *start) {
    *start = *first;
    if (watch->port) start->listen = app_with_port(arena, first->listen, watch->port);
    if (watch->tls_port) start->listen_tls = app_with_port(arena, first->listen_tls, watch->tls_port);
    start->verify = watch->restart_count > 0;
}

static void run_child(const struct watch *watch, int ready_fd, pid_t parent, const struct app_start *first,
                      int (*serve)(void *arg, const struct app_start *start), void *arg) {
    struct base_arena *arena = base_arena_new(256);
    struct app_start start;
    int code;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(APP_FAILED); /* it died before we asked */
    close(watch->signals);
    set_start(arena, watch, first, &start);
    start.ready_fd = ready_fd;
    code = serve(arg, &start);
    base_arena_free(arena);
    exit(code);
}

static void hear_ready(struct watch *watch, const struct app_start *first) {
    char text[32];
    int port = 0, tls_port = 0;
    ssize_t n = read(watch->ready_fd, text, sizeof(text) - 1);
    if (n < 0 && errno == EINTR) return;
    if (n > 0) {
        text[n] = 0;
        if (!watch->port && sscanf(text, "%d %d", &port, &tls_port) >= 1) {
            watch->port = port;
            watch->tls_port = tls_port;
            app_print_ready(first, port, tls_port);
        }
    }
    close(watch->ready_fd);
    watch->ready_fd = -1;
}

/* 1 when the child has ended. */
static int hear_signals(struct watch *watch) {
    struct signalfd_siginfo info;
    while (read(watch->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGCHLD) continue;
        watch->stopping = 1;
        kill(watch->child, SIGTERM);
    }
    return waitpid(watch->child, &watch->status, WNOHANG) == watch->child;
}

static void watch_child(struct watch *watch, const struct app_start *first) {
    int ended = 0;
    while (!ended) {
        struct pollfd fds[2] = {{watch->signals, POLLIN, 0}, {watch->ready_fd, POLLIN, 0}};
        if (poll(fds, watch->ready_fd >= 0 ? 2 : 1, -1) < 0 && errno != EINTR) break;
        if (watch->ready_fd >= 0 && fds[1].revents) hear_ready(watch, first);
        ended = hear_signals(watch);
    }
    if (watch->ready_fd >= 0) hear_ready(watch, first);
}

/* A shop that never opened is not tried again; one that ended by itself, with a storage failure or a crash, is. */
static int may_restart(struct watch *watch) {
    int crashed = WIFSIGNALED(watch->status) || WEXITSTATUS(watch->status) == APP_STORAGE;
    int64_t now = base_steady_ms();
    int64_t *oldest = &watch->restarts[watch->restart_count % RESTARTS_MAX];
    if (!crashed || watch->stopping || !watch->port) return 0;
    if (watch->restart_count >= RESTARTS_MAX && now - *oldest < RESTARTS_WINDOW_MS) {
        base_log(BASE_LOG_ERROR, "app", "the shop failed %d times within ten minutes and stays closed", RESTARTS_MAX + 1);
        return 0;
    }
    *oldest = now;
    if (watch->restart_count++ > 0) usleep(PAUSE_US);
    return 1;
}

static void log_bad_end(const struct watch *watch) {
    int code = WEXITSTATUS(watch->status);
    if (WIFSIGNALED(watch->status))
        base_log(BASE_LOG_WARN, "app", "the serving process was ended by signal %d; merx verify says whether the data is sound",
                 WTERMSIG(watch->status));
    else if (code == APP_STORAGE || (code != APP_OK && watch->port))
        base_log(BASE_LOG_WARN, "app", "the serving process ended with exit code %d", code);
}

static int exit_code(const struct watch *watch) { return WIFEXITED(watch->status) ? WEXITSTATUS(watch->status) : APP_FAILED; }

int app_supervise(const struct app_start *first, int (*serve)(void *arg, const struct app_start *start), void *arg) {
    struct watch watch = {0};
    pid_t self = getpid();
    int pipes[2];
    watch.signals = open_signals();
    if (watch.signals < 0) return app_say("serve", APP_FAILED, "Signals cannot be watched: %s.", strerror(errno));
    do {
        if (pipe(pipes) != 0) return app_say("serve", APP_FAILED, "No pipe can be made: %s.", strerror(errno));
        fflush(NULL);
        watch.child = fork();
        if (watch.child < 0) return app_say("serve", APP_FAILED, "The serving process cannot be started: %s.", strerror(errno));
        if (watch.child == 0) {
            close(pipes[0]);
            run_child(&watch, pipes[1], self, first, serve, arg);
        }
        close(pipes[1]);
        watch.ready_fd = pipes[0];
        watch_child(&watch, first);
        log_bad_end(&watch);
    } while (may_restart(&watch));
    close(watch.signals);
    return exit_code(&watch);
}
