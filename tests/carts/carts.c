/* Random carts with random offers under random ways to go together, by the million: value is conserved to the minor unit, no line
 * costs less than nothing, no cap, limit or floor is overrun, returns in any steps sum to the whole, the same question gets the
 * same bytes, and so does the question with its offers in another order.
 *
 *   carts [--carts N] [--seed S] [--shard I/N] [--resume FILE]
 *   carts --cart K [--seed S]          one cart again, told in full
 *
 * Cart K of a seed is the same in every shard and in every run. FILE keeps how far the shard has come. */
#include "judge.h"

#include <errno.h>

#define REPORT 1000000 /* carts between two lines of progress */
#define KEEP   20000   /* carts between two notes of how far we are */

struct task {
    uint64_t carts, seed;
    uint64_t shard, shards;
    uint64_t next;
    uint64_t passed, failed;
    const char *resume;
    int one; /* tell this cart only */
};

/* ---- how far we are ---- */

static void resume(struct task *task) {
    unsigned long long carts, seed, shard, shards, next, passed, failed;
    FILE *file = task->resume ? fopen(task->resume, "r") : NULL;
    if (!file) return;
    if (fscanf(file, "%llu %llu %llu %llu %llu %llu %llu", &carts, &seed, &shard, &shards, &next, &passed, &failed) == 7 &&
        seed == task->seed && shard == task->shard && shards == task->shards) {
        task->next = next;
        task->passed = passed;
        task->failed = failed;
    } else {
        printf("# %s belongs to another seed or shard: beginning anew\n", task->resume);
    }
    (void)fclose(file);
}

static void keep(const struct task *task) {
    FILE *file = task->resume ? fopen(task->resume, "w") : NULL;
    if (!file) return;
    (void)fprintf(file, "%llu %llu %llu %llu %llu %llu %llu\n", (unsigned long long)task->carts, (unsigned long long)task->seed,
                  (unsigned long long)task->shard, (unsigned long long)task->shards, (unsigned long long)task->next,
                  (unsigned long long)task->passed, (unsigned long long)task->failed);
    (void)fclose(file);
}

/* ---- the work ---- */

static uint64_t seed_of(uint64_t seed, uint64_t cart) {
    uint64_t z = seed * UINT64_C(0x9e3779b97f4a7c15) + cart + 1;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) | 1;
}

static int try_cart(const struct task *task, uint64_t cart) {
    static struct test_cart t;
    uint64_t seed = seed_of(task->seed, cart);
    const char *broken = judge_cart(&t, &seed, cart);
    if (broken) {
        printf("# cart %llu of seed %llu: %s\n", (unsigned long long)cart, (unsigned long long)task->seed, broken);
        printf("# again: carts --cart %llu --seed %llu\n", (unsigned long long)cart, (unsigned long long)task->seed);
    }
    if (broken || task->one) judge_tell(&t);
    cart_free();
    judge_free();
    return broken == NULL;
}

static void run(struct task *task) {
    for (; task->next < task->carts && task->failed < 20; task->next += task->shards) {
        uint64_t done = task->passed + task->failed;
        if (done > 0 && done % KEEP == 0) keep(task);
        if (done > 0 && done % REPORT == 0) printf("# %llu carts\n", (unsigned long long)done);
        if (try_cart(task, task->next))
            task->passed++;
        else
            task->failed++;
        (void)fflush(stdout);
    }
    keep(task);
}

/* ---- options ---- */

static int number(const char *text, uint64_t *to) {
    char *end;
    errno = 0;
    *to = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == 0;
}

static int shard(const char *text, struct task *task) {
    unsigned long long i, n;
    if (sscanf(text, "%llu/%llu", &i, &n) != 2 || n == 0 || i == 0 || i > n) return 0;
    task->shard = i;
    task->shards = n;
    return 1;
}

static int options(int argc, char **argv, struct task *task, uint64_t *cart) {
    int i;
    for (i = 1; i + 1 < argc; i += 2) {
        const char *value = argv[i + 1];
        int ok = 1;
        if (strcmp(argv[i], "--carts") == 0)
            ok = number(value, &task->carts);
        else if (strcmp(argv[i], "--seed") == 0)
            ok = number(value, &task->seed);
        else if (strcmp(argv[i], "--shard") == 0)
            ok = shard(value, task);
        else if (strcmp(argv[i], "--resume") == 0)
            task->resume = value;
        else if (strcmp(argv[i], "--cart") == 0)
            task->one = ok = number(value, cart);
        else
            ok = 0;
        if (!ok) return 0;
    }
    return i == argc;
}

int main(int argc, char **argv) {
    struct task task = {.carts = 100000, .seed = 1, .shard = 1, .shards = 1};
    uint64_t cart = 0;
    if (!options(argc, argv, &task, &cart)) {
        (void)fprintf(stderr, "usage: carts [--carts N] [--seed S] [--shard I/N] [--resume FILE] [--cart K]\n");
        return 2;
    }
    task.next = task.shard - 1;
    if (task.one) {
        task.shard = task.shards = 1;
        task.next = cart;
        task.carts = cart + 1;
        task.resume = NULL;
    }
    resume(&task);
    run(&task);
    printf("%llu passed, %llu failed\n", (unsigned long long)task.passed, (unsigned long long)task.failed);
    return task.failed || !task.passed ? 1 : 0;
}
