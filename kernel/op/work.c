/* Work items: what a person must look at and mend, kept until somebody closes it or the cause is gone. */
#include "base/log.h"
#include "op/internal.h"

#define PAGE_MAX 500u
#define PAGE     100u

struct work_item {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str kind;
    struct mx_str subject;
    struct mx_str text;
    struct mx_str open; /* kind and subject while it is open: what the index finds it by */
    int64_t opened;
    int64_t closed;
    struct mx_str by;
    struct mx_str note;
};

static const struct mx_field work_item_fields[] = {
    MX_F_ID(work_item, id, 0, "wrk", "id"),
    MX_F_STR(work_item, kind, 0, 1, 64, "what it is about"),
    MX_F_STR(work_item, subject, 0, 0, 128, "which one"),
    MX_F_STR(work_item, text, 0, 0, 500, "what happened and what to do"),
    MX_F_STR(work_item, open, 0, 0, 200, "kind and subject, while it is open"),
    MX_F_TIME(work_item, opened, 0, "since when"),
    MX_F_TIME(work_item, closed, 0, "until when"),
    MX_F_STR(work_item, by, 0, 0, 64, "who closed it"),
    MX_F_STR(work_item, note, 0, 0, 500, "what was done"),
};
MX_TYPE_REC(work_item, "system.work.record", "a work item");

static const struct mx_index indexes[] = {{"open", "open", MX_INDEX_UNIQUE}};
const struct mx_table op_work_table = {
    (uint32_t)sizeof(struct mx_table), 0, "system.work", "what a person must look at", &work_item_type, "id", NULL, indexes, 1,
    (uint32_t)sizeof(struct mx_index)};

static struct mx_str open_name(struct op_ctx *ctx, const char *kind, struct mx_str subject) {
    return base_arena_printf(ctx->arena, "%s %.*s", kind, (int)subject.len, subject.ptr ? subject.ptr : "");
}

static mx_status find_open(struct op_ctx *ctx, const char *kind, struct mx_str subject, struct work_item **item) {
    struct work_item probe = {0};
    probe.open = open_name(ctx, kind, subject);
    return mx_find(&ctx->pub, &op_work_table, "open", &probe, item);
}

mx_status op_work_open(struct op_ctx *ctx, const char *kind, struct mx_str subject, const char *text) {
    struct work_item item = {0}, *known = NULL;
    mx_status st = find_open(ctx, kind, subject, &known);
    if (st == MX_OK) {
        known->text = mx_str_of(text);
        return mx_put(&ctx->pub, &op_work_table, known);
    }
    if (st == MX_NONE) st = mx_new_id(&ctx->pub, "wrk", &item.id);
    if (st != MX_OK) return st;
    item.rec.has = ~UINT64_C(0);
    item.kind = mx_str_of(kind);
    item.subject = subject;
    item.text = mx_str_of(text);
    item.open = open_name(ctx, kind, subject);
    item.opened = ctx->pub.now_ms;
    base_log(BASE_LOG_WARN, "op", "work item %.*s: %s", (int)item.id.len, item.id.ptr, kind);
    return mx_put(&ctx->pub, &op_work_table, &item);
}

static mx_status close_item(struct op_ctx *ctx, struct work_item *item, struct mx_str note) {
    item->open = mx_str_n(NULL, 0);
    item->closed = ctx->pub.now_ms;
    item->by = mx_str_of(ctx->principal->id);
    item->note = note;
    item->rec.has = ~UINT64_C(0);
    return mx_put(&ctx->pub, &op_work_table, item);
}

mx_status op_work_done(struct op_ctx *ctx, const char *kind, struct mx_str subject, const char *note) {
    struct work_item *item = NULL;
    mx_status st = find_open(ctx, kind, subject, &item);
    if (st == MX_NONE) return MX_OK;
    return st == MX_OK ? close_item(ctx, item, mx_str_of(note)) : st;
}

/* ---- operations ---- */

struct work_wire {
    struct mx_str id;
    struct mx_str kind;
    struct mx_str subject;
    struct mx_str text;
    int64_t opened;
    int64_t closed;
    struct mx_str by;
    struct mx_str note;
};

static const struct mx_field work_wire_fields[] = {
    MX_F_ID(work_wire, id, 0, "wrk", "id"),
    MX_F_STR(work_wire, kind, 0, 0, 64, "what it is about"),
    MX_F_STR(work_wire, subject, 0, 0, 128, "which one"),
    MX_F_STR(work_wire, text, 0, 0, 500, "what happened and what to do"),
    MX_F_TIME(work_wire, opened, 0, "since when"),
    MX_F_TIME(work_wire, closed, 0, "until when; 0 = still open"),
    MX_F_STR(work_wire, by, 0, 0, 64, "who closed it; \"system\" when the cause went away"),
    MX_F_STR(work_wire, note, 0, 0, 500, "what was done"),
};
MX_TYPE(work_wire, "system.work", "a work item");

struct work_ask {
    int64_t limit;
    struct mx_str after;
    uint8_t all;
};

static const struct mx_field work_ask_fields[] = {
    MX_F_INT(work_ask, limit, 0, 0, PAGE_MAX, "at most so many; 100 when left out"),
    MX_F_STR(work_ask, after, 0, 0, 512, "cursor of the page before"),
    MX_F_BOOL(work_ask, all, 0, "closed ones too"),
};
MX_TYPE(work_ask, "system.work.ask", "a page of work items");

struct work_page {
    struct mx_list items;
    struct mx_str next;
};

static const struct mx_field work_page_fields[] = {
    MX_F_LIST(work_page, items, 0, 0, PAGE_MAX, work_wire_type, "work items"),
    MX_F_STR(work_page, next, 0, 0, 512, "cursor of the next page; empty at the end"),
};
MX_TYPE(work_page, "system.work.page", "work items");

struct work_close {
    struct mx_str id;
    struct mx_str note;
};

static const struct mx_field work_close_fields[] = {
    MX_F_ID(work_close, id, MX_REQUIRED, "wrk", "the work item"),
    MX_F_STR(work_close, note, MX_FREE_TEXT, 0, 500, "what was done"),
};
MX_TYPE(work_close, "system.work.close", "closing a work item");

static void to_wire(const struct work_item *item, struct work_wire *wire) {
    wire->id = item->id;
    wire->kind = item->kind;
    wire->subject = item->subject;
    wire->text = item->text;
    wire->opened = item->opened;
    wire->closed = item->closed;
    wire->by = item->by;
    wire->note = item->note;
}

static mx_status list_items(struct mx_ctx *ctx, const void *in, void *out) {
    const struct work_ask *ask = in;
    struct work_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : PAGE;
    struct mx_scan_opts opts = {0};
    struct work_item *item = NULL;
    struct mx_scan *scan = NULL;
    mx_status st;
    opts.size = sizeof(opts);
    opts.after = ask->after;
    opts.index = ask->all ? NULL : "open";
    page->items = mx_list_new(ctx, limit, sizeof(struct work_wire));
    page->items.count = 0;
    st = mx_scan_open(ctx, &op_work_table, &opts, NULL, &scan);
    while (st == MX_OK && page->items.count < limit && (st = mx_scan_next(ctx, scan, &item)) == MX_OK)
        to_wire(item, mx_list_at(&page->items, page->items.count++));
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status close_work(struct mx_ctx *ctx, const void *in, void *out) {
    const struct work_close *ask = in;
    struct work_item probe = {0}, *item = NULL;
    mx_status st;
    (void)out;
    probe.id = ask->id;
    st = mx_get(ctx, &op_work_table, &probe, &item);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such work item.");
    if (st != MX_OK || item->closed) return st;
    return close_item(op_ctx_of(ctx), item, ask->note);
}

/* ---- by plugins ---- */

struct work_note {
    struct mx_str kind;
    struct mx_str subject;
    struct mx_str text;
};

static const struct mx_field work_note_fields[] = {
    MX_F_STR(work_note, kind, MX_REQUIRED, 1, 64, "what it is about"),
    MX_F_STR(work_note, subject, MX_REQUIRED, 1, 128, "which one"),
    MX_F_STR(work_note, text, MX_REQUIRED, 1, 500, "what happened and what to do; or how it came right"),
};
MX_TYPE(work_note, "system.work.note", "what a person must look at, or needs to no more");

static mx_status open_work(struct mx_ctx *ctx, const void *in, void *out) {
    const struct work_note *note = in;
    (void)out;
    return op_work_open(op_ctx_of(ctx), mx_dup(ctx, note->kind).ptr, note->subject, mx_dup(ctx, note->text).ptr);
}

static mx_status end_work(struct mx_ctx *ctx, const void *in, void *out) {
    const struct work_note *note = in;
    (void)out;
    return op_work_done(op_ctx_of(ctx), mx_dup(ctx, note->kind).ptr, note->subject, mx_dup(ctx, note->text).ptr);
}

const struct mx_op op_work_begin = {.size = sizeof(struct mx_op),
                                    .flags = MX_OP_INTERNAL,
                                    .name = "system.work.open",
                                    .doc = "Open a work item, or say anew what an open one of this kind and subject is about.",
                                    .in = &work_note_type,
                                    .handler = open_work,
                                    .since = "0.4"};
const struct mx_op op_work_end = {.size = sizeof(struct mx_op),
                                  .flags = MX_OP_INTERNAL,
                                  .name = "system.work.end",
                                  .doc = "Close the open work item of this kind and subject, if there is one: its cause is gone.",
                                  .in = &work_note_type,
                                  .handler = end_work,
                                  .since = "0.4"};
const struct mx_op op_work_list = {(uint32_t)sizeof(struct mx_op),
                                   MX_OP_QUERY,
                                   "system.work.list",
                                   "What a person must look at: open work items, or all of them.",
                                   "system.read",
                                   &work_ask_type,
                                   &work_page_type,
                                   list_items,
                                   NULL,
                                   MX_HOME_HERE,
                                   MX_OFFLINE_REFUSE,
                                   "0.2"};
const struct mx_op op_work_close = {(uint32_t)sizeof(struct mx_op),
                                    0,
                                    "system.work.close",
                                    "Close a work item that was dealt with.",
                                    "system.manage",
                                    &work_close_type,
                                    NULL,
                                    close_work,
                                    NULL,
                                    MX_HOME_HERE,
                                    MX_OFFLINE_REFUSE,
                                    "0.2"};
