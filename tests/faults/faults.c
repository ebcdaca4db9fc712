/* The n-th allocation fails, the n-th write or flush fails (EIO, ENOSPC), once and for ever: nothing that was acknowledged is
 * lost, nothing is half there, nothing leaks.
 *
 *     faults [--script orders|backup] [--orders N] [--memory COUNT] [--files COUNT] [--state FILE]
 *
 * First the script runs unharmed and its calls are counted; then for each chosen n the shop of the template is copied, the
 * script runs in a process of its own with the n-th call failing, and a fresh process looks at what is left. COUNT: how many
 * n of each way are tried, spread evenly; 0 = all. With a state file a run that was cut goes on where it was. Ends with
 * "N passed, M failed". */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults/script.h"
#include "faults/wrap.h"
#include "support/folder.h"

#define HANGS_S    60
#define JOBS       2
#define MOST_CALLS 10000000

static const struct way {
    const char *name;
    enum wrap_kind kind;
    int for_ever, why;
} ways[] = {
    {"an allocation fails once", WRAP_MEMORY, 0, 0},          {"allocations fail for ever", WRAP_MEMORY, 1, 0},
    {"a file call gives EIO once", WRAP_FILES, 0, EIO},       {"file calls give EIO for ever", WRAP_FILES, 1, EIO},
    {"a file call gives ENOSPC once", WRAP_FILES, 0, ENOSPC}, {"file calls give ENOSPC for ever", WRAP_FILES, 1, ENOSPC},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

typedef int (*part_fn)(const char *data, int orders, struct script_books *books);

struct run {
    part_fn script, check;
    struct folder folder;
    int orders;
    int64_t memory, files; /* how many of each way; 0 = all */
    int64_t memory_calls, file_calls, live;
    int state_fd;
    const char *state_path;
};

/* One try: the n-th call of a way. */
struct try {
    const struct way *way;
    int64_t n;
};

struct worker {
    struct run *run;
    int number;
    char data[600];
    struct script_books *books;
};

struct totals {
    atomic_long passed, failed;
};

/* What a sanitizer finds must not look like an orderly end. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
__attribute__((visibility("default"))) const char *__ubsan_default_options(void);
const char *__asan_default_options(void) { return "exitcode=98"; }
const char *__ubsan_default_options(void) { return "exitcode=98"; }

/* ---- processes ---- */

static int copy_file(const char *from, const char *to) {
    char bytes[65536];
    ssize_t n = -1;
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (in >= 0 && out >= 0 && (n = read(in, bytes, sizeof(bytes))) > 0)
        if (write(out, bytes, (size_t)n) != n) n = -2;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    return n == 0;
}

static void copy_shop(struct worker *worker) {
    static const char *const files[] = {"data.mdb", "format"};
    char from[700], to[700];
    folder_remove_path(worker->data);
    if (mkdir(worker->data, 0700) != 0) exit(2);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        snprintf(from, sizeof(from), "%s/%s", folder_path(&worker->run->folder, "template"), files[i]);
        snprintf(to, sizeof(to), "%s/%s", worker->data, files[i]);
        if (!copy_file(from, to)) exit(2);
    }
    snprintf(to, sizeof(to), "%s.key", worker->data);
    if (!copy_file(folder_path(&worker->run->folder, "template.key"), to)) exit(2);
}

/* Wait status of a child that runs one part of the script. */
static int in_child(part_fn part, struct worker *worker, const struct try *try) {
    int status = 0;
    pid_t child;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        alarm(HANGS_S);
        if (try) {
            int null = open("/dev/null", O_WRONLY); /* it may complain, that is no finding */
            dup2(null, 2);
            wrap_begin(try->way ? try->way->kind : WRAP_NOTHING, try->n, try->way && try->way->for_ever, try->way ? try->way->why : 0);
        }
        status = part(worker->data, worker->run->orders, worker->books);
        wrap_end();
        exit(status);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) exit(2);
    return status;
}

static int make_part(const char *data, int orders, struct script_books *books) {
    (void)orders;
    (void)books;
    return script_make(data);
}

/* ---- one try ---- */

static int complain(const struct try *try, const char *what, int status) {
    printf("# %s, number %lld: %s (%s %d)\n", try->way->name, (long long)try->n, what, WIFSIGNALED(status) ? "signal" : "exit code",
           WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return 0;
}

/* A process that has no memory may stop by abort(); one whose storage failed ends with 75; both acknowledge nothing more. */
static int ended_well(const struct try *try, int status) {
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGABRT && try->way->kind == WRAP_MEMORY;
    return WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 1 || WEXITSTATUS(status) == 75;
}

static int try_one(struct worker *worker, const struct try *try) {
    int status;
    memset(worker->books, 0, sizeof(*worker->books));
    copy_shop(worker);
    status = in_child(worker->run->script, worker, try);
    if (!ended_well(try, status)) return complain(try, "the shop ended badly", status);
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 1 && worker->books->live > worker->run->live) {
        printf("# %lld allocations are not freed\n", (long long)(worker->books->live - worker->run->live));
        return complain(try, "it leaks", status);
    }
    status = in_child(worker->run->check, worker, NULL);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 1 : complain(try, "what is left is wrong", status);
}

/* ---- all of them ---- */

static int64_t calls_of(const struct run *run, const struct way *way) {
    return way->kind == WRAP_MEMORY ? run->memory_calls : run->file_calls;
}

static int64_t tries_of(const struct run *run, const struct way *way) {
    int64_t calls = calls_of(run, way), wanted = way->kind == WRAP_MEMORY ? run->memory : run->files;
    return wanted && wanted < calls ? wanted : calls;
}

/* The i-th try of all, counted through the ways. 0 behind the last. */
static int find_try(const struct run *run, int64_t i, struct try *try) {
    for (size_t w = 0; w < WAYS; w++) {
        int64_t tries = tries_of(run, &ways[w]);
        if (i < tries) {
            *try = (struct try){&ways[w], 1 + i * calls_of(run, &ways[w]) / tries};
            return 1;
        }
        i -= tries;
    }
    return 0;
}

/* The state file has a byte for each try: done or not. It is sparse, as the number of calls may change a little. */
static off_t place_of(const struct try *try) { return (off_t)((try->way - ways) * MOST_CALLS + try->n); }

static int is_done(const struct run *run, const struct try *try) {
    char byte = 0;
    return run->state_fd >= 0 && pread(run->state_fd, &byte, 1, place_of(try)) == 1 && byte == '+';
}

static void set_done(const struct run *run, const struct try *try) {
    if (run->state_fd >= 0 && pwrite(run->state_fd, "+", 1, place_of(try)) != 1) exit(2);
}

static void work(struct worker *worker, struct totals *totals) {
    struct try try;
    for (int64_t i = worker->number; find_try(worker->run, i, &try); i += JOBS) {
        if (!is_done(worker->run, &try)) {
            if (!try_one(worker, &try)) {
                atomic_fetch_add(&totals->failed, 1);
                continue;
            }
            set_done(worker->run, &try);
        }
        atomic_fetch_add(&totals->passed, 1);
    }
}

static void *share(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(2);
    return memory;
}

static void worker_init(struct worker *worker, struct run *run, int number) {
    worker->run = run;
    worker->number = number;
    snprintf(worker->data, sizeof(worker->data), "%s/shop-%d", run->folder.path, number);
    worker->books = share(sizeof(*worker->books));
}

/* Unharmed: how many calls there are, and what stays allocated for the life of a process. */
static int measure(struct run *run) {
    struct worker worker;
    const struct try none = {NULL, 0};
    int status = 0;
    worker_init(&worker, run, 0);
    snprintf(worker.data, sizeof(worker.data), "%s", folder_path(&run->folder, "template"));
    if (in_child(make_part, &worker, NULL) != 0) return 0;
    worker_init(&worker, run, 0);
    for (int i = 0; i < 5 && status == 0; i++) {
        copy_shop(&worker);
        status = in_child(run->script, &worker, &none);
        if (worker.books->memory_calls > run->memory_calls) run->memory_calls = worker.books->memory_calls;
        if (worker.books->file_calls > run->file_calls) run->file_calls = worker.books->file_calls;
        if (i == 0 || worker.books->live > run->live) run->live = worker.books->live;
    }
    if (status == 0) status = in_child(run->check, &worker, NULL);
    return status == 0;
}

static void say_plan(const struct run *run) {
    for (size_t w = 0; w < WAYS; w++)
        printf("# %s: %lld of %lld\n", ways[w].name, (long long)tries_of(run, &ways[w]), (long long)calls_of(run, &ways[w]));
    fflush(stdout);
}

static int run_all(struct run *run) {
    struct totals *totals = share(sizeof(*totals));
    pid_t children[JOBS];
    int broken = 0, status;
    if (!measure(run)) {
        printf("the script does not even run unharmed\n0 passed, 1 failed\n");
        return 1;
    }
    say_plan(run);
    for (int i = 0; i < JOBS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct worker worker;
            worker_init(&worker, run, i);
            work(&worker, totals);
            fflush(stdout);
            _exit(0);
        }
    }
    for (int i = 0; i < JOBS; i++) broken += children[i] < 0 || waitpid(children[i], &status, 0) != children[i] || status != 0;
    printf("%ld passed, %ld failed\n", atomic_load(&totals->passed), atomic_load(&totals->failed) + broken);
    return atomic_load(&totals->failed) || broken ? 1 : 0;
}

/* ---- command line ---- */

static int64_t number_in(const char *text) {
    char *end;
    long long number = strtoll(text, &end, 10);
    if (*end || number < 0) {
        fprintf(stderr, "%s is not a number.\n", text);
        exit(2);
    }
    return number;
}

int main(int argc, char **argv) {
    struct run run = {.script = script_run, .check = script_check, .orders = 5, .memory = 300, .files = 0, .state_fd = -1};
    int code;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--orders") == 0)
            run.orders = (int)number_in(argv[i + 1]);
        else if (strcmp(argv[i], "--script") == 0 && strcmp(argv[i + 1], "backup") == 0) {
            run.script = script_backup_run;
            run.check = script_backup_check;
        } else if (strcmp(argv[i], "--memory") == 0)
            run.memory = number_in(argv[i + 1]);
        else if (strcmp(argv[i], "--files") == 0)
            run.files = number_in(argv[i + 1]);
        else if (strcmp(argv[i], "--state") == 0)
            run.state_path = argv[i + 1];
        else {
            fprintf(stderr, "usage: faults [--script orders|backup] [--orders N] [--memory COUNT] [--files COUNT] [--state FILE]\n");
            return 2;
        }
    }
    if (run.orders < 1 || run.orders > SCRIPT_ORDERS_MAX) return 2;
    if (run.state_path) run.state_fd = open(run.state_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (run.state_path && run.state_fd < 0) {
        perror(run.state_path);
        return 2;
    }
    if (access("/dev/shm", W_OK) == 0 && !getenv("TMPDIR")) setenv("TMPDIR", "/dev/shm", 1); /* flushes cost nothing there */
    umask(077);
    folder_new(&run.folder);
    code = run_all(&run);
    folder_free(&run.folder);
    return code;
}
