/* Rows that another plugin refused, remembered from one try of a step to the next. Steps run on the one writer thread. */
#include <stdio.h>

#include "internal.h"

#define STUMBLES_MAX 32

struct stumble {
    char run[72];
    int64_t part, line;
    char said[240];
};

static struct stumble known[STUMBLES_MAX], now;
static uint32_t next;
static int on_it; /* a call for `now` is under way, or was refused */

static int is(const struct stumble *stumble, struct mx_str run, int64_t part, int64_t line) {
    return stumble->part == part && stumble->line == line && mx_str_is(run, stumble->run);
}

static void ended(void *arg, int32_t kept) {
    (void)arg;
    if (!kept && on_it) known[next++ % STUMBLES_MAX] = now;
    on_it = 0;
}

mx_status intake_tread(struct mx_ctx *ctx, struct mx_str run, int64_t part, int64_t line) {
    snprintf(now.run, sizeof(now.run), "%.*s", (int)run.len, run.ptr);
    now.part = part;
    now.line = line;
    now.said[0] = 0;
    on_it = 1;
    return mx_settled(ctx, ended, NULL);
}

int intake_passes(mx_status st) {
    return st == MX_E_NOMEM || st == MX_E_IO || st == MX_E_OVERLOADED || st == MX_E_NO_SPACE || st == MX_E_LOCKED ||
           st == MX_E_SHUTTING_DOWN || st == MX_E_TOO_MANY || st == MX_E_TIMEOUT;
}

mx_status intake_trod(struct mx_ctx *ctx, mx_status st) {
    if (st < 0 && !intake_passes(st)) {
        struct mx_str said = mx_problem(ctx);
        snprintf(now.said, sizeof(now.said), "%.*s", (int)said.len, said.len ? said.ptr : "");
    } else {
        on_it = 0;
    }
    return st;
}

struct mx_str intake_stumbled(struct mx_ctx *ctx, struct mx_str run, int64_t part, int64_t line) {
    uint32_t i;
    for (i = 0; i < STUMBLES_MAX; i++)
        if (is(&known[i], run, part, line)) return mx_dup(ctx, mx_str_of(known[i].said[0] ? known[i].said : "It was refused."));
    return mx_str_n(NULL, 0);
}
