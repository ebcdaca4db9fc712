/* Load generator of the bench: keeps N connections of one shop busy (each sends its next request when its answer came)
 * and prints one line of JSON: how many, how fast, with what latency.
 *
 *   load PORT KEY MODE COUNT CONNECTIONS [FIRST]
 *
 * MODE: product | stock | member | gold | class | consent | order. Requests are numbered FIRST, FIRST+1, ...; the same number makes the
 * same request (and the same idempotency key), whatever the connection. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "work.h"

#define REQUEST_MAX 8192
#define ANSWER_MAX  65536

struct connection {
    int fd;
    int64_t sent_us;
    size_t out_len, out_done;
    size_t in_len;
    char out[REQUEST_MAX];
    char in[ANSWER_MAX + 1];
};

struct run {
    const char *key;
    const char *mode;
    int64_t next, end, done, errors;
    uint32_t *latency_us;
    char first_error[512];
};

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const struct mode {
    const char *name;
    const char *op;
    int (*body)(char *out, size_t cap, int64_t n);
} modes[] = {
    {"product", "catalog.product.put", product_body},
    {"stock", "inventory.receive", stock_body},
    {"member", "membership.join", member_body},
    {"gold", "membership.tier.put", gold_body},
    {"class", "membership.counter.add", class_body},
    {"consent", "privacy.consent.give", consent_body},
    {"order", "orders.place", order_body},
    {NULL, NULL, NULL},
};

static const struct mode *mode_named(const char *name) {
    const struct mode *mode = modes;
    while (mode->name && strcmp(mode->name, name) != 0) mode++;
    return mode->name ? mode : NULL;
}

static int send_next(struct run *run, const struct mode *mode, struct connection *c) {
    char body[REQUEST_MAX - 512];
    int len, head;
    if (run->next >= run->end) return 0;
    len = mode->body(body, sizeof(body), run->next);
    head = snprintf(c->out, sizeof(c->out),
                    "POST /v1/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nIdempotency-Key: bench-%s-%lld\r\n"
                    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n",
                    mode->op, run->key, mode->name, (long long)run->next, len);
    memcpy(c->out + head, body, (size_t)len);
    c->out_len = (size_t)(head + len);
    c->out_done = c->in_len = 0;
    c->sent_us = now_us();
    run->next++;
    return 1;
}

static int flush_out(struct connection *c) {
    while (c->out_done < c->out_len) {
        ssize_t n = write(c->fd, c->out + c->out_done, c->out_len - c->out_done);
        if (n <= 0) return n < 0 && errno == EAGAIN ? 0 : -1;
        c->out_done += (size_t)n;
    }
    return 0;
}

/* Length of the whole answer, 0 when more is needed. */
static size_t answer_size(const struct connection *c) {
    const char *end = memmem(c->in, c->in_len, "\r\n\r\n", 4);
    const char *length;
    size_t size;
    if (!end) return 0;
    length = strcasestr(c->in, "content-length:");
    if (!length || length > end) return 0;
    size = (size_t)(end + 4 - c->in) + strtoul(length + 15, NULL, 10);
    return c->in_len >= size ? size : 0;
}

static void note_answer(struct run *run, struct connection *c, size_t size) {
    run->latency_us[run->done++] = (uint32_t)(now_us() - c->sent_us);
    if (strncmp(c->in, "HTTP/1.1 200", 12) == 0) return;
    if (!run->errors) snprintf(run->first_error, sizeof(run->first_error), "%.*s", (int)(size < 500 ? size : 500), c->in);
    run->errors++;
}

/* 1 while the connection has work. */
static int step(struct run *run, const struct mode *mode, struct connection *c) {
    ssize_t n;
    size_t size;
    if (flush_out(c) != 0) return -1;
    n = read(c->fd, c->in + c->in_len, ANSWER_MAX - c->in_len);
    if (n == 0) return -1;
    if (n < 0) return errno == EAGAIN ? 1 : -1;
    c->in_len += (size_t)n;
    c->in[c->in_len] = 0;
    size = answer_size(c);
    if (!size) return 1;
    note_answer(run, c, size);
    if (!send_next(run, mode, c)) return 0;
    return flush_out(c) == 0 ? 1 : -1;
}

static int connect_to(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    return fd;
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int drive(struct run *run, const struct mode *mode, int port, int connections) {
    struct connection *all = calloc((size_t)connections, sizeof(*all));
    struct epoll_event events[64];
    int busy = 0, failed = 0, poll = epoll_create1(EPOLL_CLOEXEC);
    if (!all || poll < 0) return -1;
    for (int i = 0; i < connections; i++) {
        struct epoll_event want = {.events = EPOLLIN, .data.ptr = &all[i]};
        all[i].fd = connect_to(port);
        if (all[i].fd < 0 || fcntl(all[i].fd, F_SETFL, O_NONBLOCK) != 0 || epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &want) != 0) return -1;
        if (send_next(run, mode, &all[i])) {
            busy++;
            if (flush_out(&all[i]) != 0) return -1;
        }
    }
    while (busy > 0 && !failed) {
        int n = epoll_wait(poll, events, 64, 30000);
        if (n <= 0) failed = 1;
        for (int i = 0; i < n; i++) {
            int left = step(run, mode, events[i].data.ptr);
            if (left < 0) failed = 1;
            if (left == 0) busy--;
        }
    }
    for (int i = 0; i < connections; i++) close(all[i].fd);
    close(poll);
    free(all);
    return failed ? -1 : 0;
}

int main(int argc, char **argv) {
    struct run run = {0};
    const struct mode *mode = argc >= 6 ? mode_named(argv[3]) : NULL;
    int64_t count, begin;
    double seconds;
    if (!mode) {
        fprintf(stderr, "usage: load PORT KEY product|stock|member|gold|class|consent|order COUNT CONNECTIONS [FIRST]\n");
        return 2;
    }
    count = atoll(argv[4]);
    run.key = argv[2];
    run.next = argc > 6 ? atoll(argv[6]) : 0;
    run.end = run.next + count;
    run.latency_us = calloc((size_t)count + 1, sizeof(uint32_t));
    begin = now_us();
    if (!run.latency_us || drive(&run, mode, atoi(argv[1]), atoi(argv[5])) != 0) {
        fprintf(stderr, "load: the connection broke after %lld answers\n", (long long)run.done);
        return 1;
    }
    seconds = (double)(now_us() - begin) / 1e6;
    qsort(run.latency_us, (size_t)run.done, sizeof(uint32_t), by_value);
    if (run.errors) fprintf(stderr, "load: first refusal: %s\n", run.first_error);
    printf("{\"done\":%lld,\"errors\":%lld,\"seconds\":%.3f,\"per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", (long long)run.done,
           (long long)run.errors, seconds, (double)run.done / seconds, run.latency_us[run.done / 2] / 1e3,
           run.latency_us[run.done * 99 / 100] / 1e3);
    free(run.latency_us);
    return run.errors ? 1 : 0;
}
