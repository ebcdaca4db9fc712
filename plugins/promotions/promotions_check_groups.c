/* Do groups, bargains and batches say what is there of them? For `merx verify`. Both sides are walked in the same order, so that
 * nothing is held in memory. */
#include <stdio.h>

#include "internal.h"
#include "ops.h"
#include "records.h"

static const struct mx_scan_opts by_key = {.size = sizeof(struct mx_scan_opts), .lend = 1};
static const struct mx_scan_opts by_batch = {.size = sizeof(struct mx_scan_opts), .index = "batch", .lend = 1};

struct check {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
};

/* The other side: records that each belong to an owner, in the order of their owners. */
struct parts {
    const struct mx_table *table;
    struct mx_scan *scan;
    void *record; /* NULL: no more */
    struct mx_str (*owner)(const void *record);
    const char *orphan; /* what is said of one whose owner is not there */
};

static struct mx_str group_of(const void *record) { return ((const struct promotion_joined *)record)->group; }
static struct mx_str batch_of(const void *record) { return ((const struct promotion_coupon *)record)->batch; }

static mx_status next_part(const struct check *check, struct parts *parts) {
    mx_status st;
    do {
        parts->record = NULL;
        st = mx_scan_next(check->ctx, parts->scan, &parts->record);
    } while (st == MX_OK && parts->owner(parts->record).len == 0);
    return st == MX_DONE ? MX_OK : st;
}

static void say(const struct check *check, const char *what, struct mx_str id) {
    char text[200];
    snprintf(text, sizeof(text), "%s %.*s", what, (int)id.len, id.len ? id.ptr : "");
    check->found(check->arg, text);
}

/* How many belong to `owner`; those before it belong to nobody. An empty owner: to the end. */
static mx_status count_parts(const struct check *check, struct parts *parts, struct mx_str owner, int64_t *count) {
    mx_status st = MX_OK;
    *count = 0;
    while (st == MX_OK && parts->record) {
        struct mx_str of = parts->owner(parts->record);
        int order = owner.len ? mx_str_cmp(of, owner) : -1;
        if (order > 0) return MX_OK;
        if (order == 0)
            ++*count;
        else
            say(check, parts->orphan, of);
        st = next_part(check, parts);
    }
    return st;
}

static void differs(const struct check *check, const char *what, struct mx_str id, int64_t says, int64_t there) {
    char text[200];
    snprintf(text, sizeof(text), "%s %.*s says %lld, there are %lld", what, (int)id.len, id.ptr, (long long)says, (long long)there);
    check->found(check->arg, text);
}

static void look_at_group(const struct check *check, const struct promotion_group *group, int64_t joined) {
    int64_t off = group->cut * group->joined;
    if (group->joined != joined) differs(check, "who takes part in", group->id, group->joined, joined);
    if (group->joined > group->size || (group->joined == group->size && group->state != PROMOTION_COMPLETE))
        say(check, "more take part than may, or it is complete and does not say so:", group->id);
    if (off > group->most) off = group->most;
    if (group->kind == PROMOTION_BARGAIN && group->amount != off)
        say(check, "helpers did not take off what is said of the bargain", group->id);
}

static mx_status check_groups(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    const struct check check = {ctx, found, arg};
    struct parts parts = {&promotions_joined, NULL, NULL, group_of, "somebody takes part in what is not there:"};
    struct promotion_group *group = NULL;
    struct mx_scan *scan = NULL;
    int64_t joined = 0;
    mx_status st = mx_scan_open(ctx, &promotions_groups, &by_key, NULL, &scan);
    if (st == MX_OK) st = mx_scan_open(ctx, parts.table, &by_key, NULL, &parts.scan);
    if (st == MX_OK) st = next_part(&check, &parts);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &group)) == MX_OK) {
        st = count_parts(&check, &parts, group->id, &joined);
        if (st == MX_OK) look_at_group(&check, group, joined);
    }
    return st == MX_DONE ? count_parts(&check, &parts, mx_str_n(NULL, 0), &joined) : st;
}

static mx_status check_batches(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    const struct check check = {ctx, found, arg};
    struct parts parts = {&promotions_coupons, NULL, NULL, batch_of, "a coupon is of a batch that is not there:"};
    struct promotion_batch *batch = NULL;
    struct mx_scan *scan = NULL;
    int64_t made = 0;
    mx_status st = mx_scan_open(ctx, &promotions_batches, &by_key, NULL, &scan);
    if (st == MX_OK) st = mx_scan_open(ctx, parts.table, &by_batch, NULL, &parts.scan);
    if (st == MX_OK) st = next_part(&check, &parts);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &batch)) == MX_OK) {
        st = count_parts(&check, &parts, batch->id, &made);
        if (st == MX_OK && batch->made != made) differs(&check, "the batch", batch->id, batch->made, made);
    }
    return st == MX_DONE ? count_parts(&check, &parts, mx_str_n(NULL, 0), &made) : st;
}

const struct mx_check promotions_groups_check = {"promotions.groups", check_groups};
const struct mx_check promotions_batches_check = {"promotions.batches", check_batches};
