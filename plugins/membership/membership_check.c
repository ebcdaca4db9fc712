/* What `merx verify` looks at: totals of counters are the sums of their entries, and what sales read of a member says the same. */
#include <stdio.h>

#include "counts.h"

struct ledger {
    struct mx_ctx *ctx;
    mx_found_fn found;
    void *arg;
    char member[64];
    char name[MX_COUNTER_MAX + 1];
    int64_t total;
};

static int is(const char *text, struct mx_str other) { return mx_str_eq(mx_str_of(text), other); }

static void keep(char *to, size_t room, struct mx_str text) { snprintf(to, room, "%.*s", (int)text.len, text.len ? text.ptr : ""); }

static int64_t *kept_sum(struct membership_counter *counter, const char *name) {
    if (strcmp(name, MEMBERSHIP_ORDERS) == 0) return &counter->orders;
    if (strcmp(name, MEMBERSHIP_SPENT) == 0) return &counter->spent_minor;
    return strcmp(name, MEMBERSHIP_VISITS) == 0 ? &counter->visits : NULL;
}

/* The end of one counter: what is kept beside the ledger must be the same. */
static mx_status end_counter(struct ledger *ledger) {
    struct membership_counter counter;
    char text[200];
    int64_t *sum;
    mx_status st;
    if (!ledger->name[0] || !kept_sum(&counter, ledger->name)) return MX_OK;
    st = membership_counters_of(ledger->ctx, mx_str_of(ledger->member), &counter);
    sum = kept_sum(&counter, ledger->name);
    if (st != MX_OK || *sum == ledger->total) return st;
    snprintf(text, sizeof(text), "Member %s: %s is kept as %lld, but its entries add up to %lld.", ledger->member, ledger->name,
             (long long)*sum, (long long)ledger->total);
    ledger->found(ledger->arg, text);
    return MX_OK;
}

static void check_entry(struct ledger *ledger, const struct membership_entry *entry) {
    char text[200];
    ledger->total += entry->delta;
    if (entry->total == ledger->total) return;
    snprintf(text, sizeof(text), "Member %s: an entry of %s says %lld, but the entries up to it add up to %lld.", ledger->member,
             ledger->name, (long long)entry->total, (long long)ledger->total);
    ledger->found(ledger->arg, text);
    ledger->total = entry->total;
}

mx_status membership_check_entries(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .lend = 1};
    struct ledger ledger = {.ctx = ctx, .found = found, .arg = arg};
    struct membership_entry *entry = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_entries, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &entry)) == MX_OK) {
        if (!is(ledger.member, entry->member) || !is(ledger.name, entry->name)) {
            if ((st = end_counter(&ledger)) != MX_OK) return st;
            keep(ledger.member, sizeof(ledger.member), entry->member);
            keep(ledger.name, sizeof(ledger.name), entry->name);
            ledger.total = 0;
        }
        check_entry(&ledger, entry);
    }
    return st == MX_DONE ? end_counter(&ledger) : st;
}
