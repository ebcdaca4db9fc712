/* What `merx verify` looks at: totals of counters are the sums of their entries. */
#include <stdio.h>

#include "counts.h"

struct ledger {
    mx_found_fn found;
    void *arg;
    char member[64];
    char name[MX_COUNTER_MAX + 1];
    int64_t total;
};

static int is(const char *text, struct mx_str other) { return mx_str_eq(mx_str_of(text), other); }

static void keep(char *to, size_t room, struct mx_str text) { snprintf(to, room, "%.*s", (int)text.len, text.len ? text.ptr : ""); }

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
    struct ledger ledger = {.found = found, .arg = arg};
    struct membership_entry *entry = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_entries, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &entry)) == MX_OK) {
        if (!is(ledger.member, entry->member) || !is(ledger.name, entry->name)) {
            keep(ledger.member, sizeof(ledger.member), entry->member);
            keep(ledger.name, sizeof(ledger.name), entry->name);
            ledger.total = 0;
        }
        check_entry(&ledger, entry);
    }
    return st == MX_DONE ? MX_OK : st;
}
