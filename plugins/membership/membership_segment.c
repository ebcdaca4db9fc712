/* Segments: groups that members belong to, set by people and by rules. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>

static int holds(const struct mx_list *codes, struct mx_str code) {
    uint32_t i;
    for (i = 0; i < codes->count; i++) {
        if (mx_str_eq(mx_list_str(codes, i), code)) return 1;
    }
    return 0;
}

static mx_status check_codes(struct mx_ctx *ctx, const char *name, const struct mx_list *codes) {
    char field[32];
    uint32_t i;
    for (i = 0; i < codes->count; i++) {
        struct mx_str code = mx_list_str(codes, i);
        snprintf(field, sizeof(field), "%s[%u]", name, (unsigned)i);
        if (code.len < 1 || code.len > MEMBERSHIP_SEGMENT_MAX)
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, field, "The code of a segment has 1 to %d bytes.", MEMBERSHIP_SEGMENT_MAX);
        if (!membership_is_code(code))
            return mx_fail(ctx, MX_E_BAD_INPUT, field, "The code of a segment has letters a-z, digits, underscores and dashes.");
    }
    return MX_OK;
}

static mx_status check_request(struct mx_ctx *ctx, const struct membership_segments_put *request) {
    char field[32];
    uint32_t i;
    mx_status st = check_codes(ctx, "add", &request->add);
    if (st == MX_OK) st = check_codes(ctx, "remove", &request->remove);
    if (st != MX_OK) return st;
    if (request->add.count + request->remove.count == 0)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "add", "Name at least one segment to add or to remove.");
    if (mx_str_is_blank(request->reason)) return mx_fail(ctx, MX_E_BAD_INPUT, "reason", "A reason has more than spaces.");
    for (i = 0; i < request->remove.count; i++) {
        if (!holds(&request->add, mx_list_str(&request->remove, i))) continue;
        snprintf(field, sizeof(field), "remove[%u]", (unsigned)i);
        return mx_fail(ctx, MX_E_BAD_INPUT, field, "This segment is added as well.");
    }
    return MX_OK;
}

static int compare_codes(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

static void append(struct mx_list *list, struct mx_str code) { *(struct mx_str *)mx_list_at(list, list->count++) = code; }

static struct mx_list room(struct mx_ctx *ctx, uint32_t count) {
    struct mx_list list = mx_list_new(ctx, count, sizeof(struct mx_str));
    list.count = 0;
    return list;
}

/* The member's segments after the request, sorted, and what changed by it. */
static struct mx_list change(struct mx_ctx *ctx, const struct mx_list *before, const struct membership_segments_put *request,
                             struct membership_segments_changed *changed) {
    struct mx_list after = room(ctx, before->count + request->add.count);
    uint32_t i;
    changed->added = room(ctx, request->add.count);
    changed->removed = room(ctx, before->count + request->remove.count);
    for (i = 0; i < before->count; i++) {
        struct mx_str code = mx_list_str(before, i);
        append(holds(&request->remove, code) ? &changed->removed : &after, code);
    }
    for (i = 0; i < request->add.count; i++) {
        struct mx_str code = mx_list_str(&request->add, i);
        if (holds(&after, code)) continue;
        append(&after, code);
        append(&changed->added, code);
    }
    if (after.count) qsort(after.items, after.count, sizeof(struct mx_str), compare_codes);
    if (changed->added.count) qsort(changed->added.items, changed->added.count, sizeof(struct mx_str), compare_codes);
    return after;
}

/* A customer who leaves a segment leaves it under each of her ids. */
static mx_status leave_elsewhere(struct mx_ctx *ctx, const struct membership_customer *customer,
                                 const struct membership_segments_put *request, struct mx_list *removed) {
    uint32_t i, k;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < customer->others.count; i++) {
        struct membership_member *other = *(struct membership_member **)mx_list_at(&customer->others, i);
        struct mx_list kept = room(ctx, other->segments.count);
        for (k = 0; k < other->segments.count; k++) {
            struct mx_str code = mx_list_str(&other->segments, k);
            if (!holds(&request->remove, code))
                append(&kept, code);
            else if (!holds(removed, code))
                append(removed, code);
        }
        if (kept.count == other->segments.count) continue;
        other->segments = kept;
        other->rec.has = UINT64_MAX;
        st = mx_put(ctx, &membership_members, other);
    }
    if (removed->count) qsort(removed->items, removed->count, sizeof(struct mx_str), compare_codes);
    return st;
}

mx_status membership_segments_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_segments_put *request = in;
    struct membership_segments_changed changed = {.reason = request->reason};
    struct membership_customer customer;
    struct membership_member *member;
    struct mx_list after;
    mx_status st = check_request(ctx, request);
    if (st == MX_OK) st = membership_customer_of(ctx, request->member, &customer);
    if (st == MX_NONE || (st == MX_OK && customer.member->erased_at))
        return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st != MX_OK) return st;
    member = customer.member;
    changed.member = member->id;
    if (MX_HAS(membership_segments_put, request, if_rev) && request->if_rev != member->rec.rev)
        return mx_fail(ctx, MX_E_CONFLICT, "if_rev", "This member is at revision %lld by now.", (long long)member->rec.rev);

    after = change(ctx, &member->segments, request, &changed);
    if (after.count > MEMBERSHIP_SEGMENTS_MAX)
        return mx_refuse(ctx, "too_many_segments", "add", "A member belongs to at most %d segments.", MEMBERSHIP_SEGMENTS_MAX);
    if ((st = leave_elsewhere(ctx, &customer, request, &changed.removed)) != MX_OK) return st;
    if (changed.added.count + changed.removed.count) {
        member->segments = after;
        member->rec.has = UINT64_MAX;
        if ((st = mx_put(ctx, &membership_members, member)) != MX_OK) return st;
        if ((st = mx_emit(ctx, &membership_segments_changed_event, &changed)) != MX_OK) return st;
    }
    membership_view(ctx, member, out);
    return MX_OK;
}

mx_status membership_segment_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_segment_ask *ask = in;
    struct membership_segment_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : MEMBERSHIP_PAGE, count = 0;
    struct mx_str segment = ask->segment;
    struct membership_member probe = {.segments = {&segment, 1, sizeof(segment)}}, *member = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "segment", .after = ask->after};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_members, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of a page of the same list.");

    page->members = mx_list_new(ctx, limit, sizeof(struct membership_view));
    while (st == MX_OK && count < limit) {
        st = mx_scan_next(ctx, scan, &member);
        if (st == MX_OK) membership_view_fill(member, mx_list_at(&page->members, count++));
    }
    page->members.count = count;
    if (st == MX_OK) {
        struct mx_str cursor = mx_scan_cursor(ctx, scan);
        st = mx_scan_next(ctx, scan, &member);
        if (st == MX_OK) page->next = cursor;
    }
    return st == MX_DONE ? MX_OK : st;
}
