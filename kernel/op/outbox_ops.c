/* Looking at the outbox, sending a message again, dropping one. */
#include "op/internal.h"

#define PAGE_MAX 500u
#define PAGE     100u

static const char *const state_words[] = {"queued", "sending", "waiting", "delivered", "dead", NULL};

struct message_wire {
    struct mx_str id;
    int32_t state;
    struct mx_str host;
    int64_t created;
    int64_t next;
    int64_t done;
    int64_t tries;
    int64_t status;
    struct mx_str problem;
    struct mx_str webhook;
    struct mx_str ref;
};

static const struct mx_field message_wire_fields[] = {
    MX_F_ID(message_wire, id, 0, "out", "id"),
    MX_F_ENUM(message_wire, state, 0, state_words, "how far it is"),
    MX_F_STR(message_wire, host, 0, 0, 300, "to whom"),
    MX_F_TIME(message_wire, created, 0, "when it was queued"),
    MX_F_TIME(message_wire, next, 0, "next try, while it waits"),
    MX_F_TIME(message_wire, done, 0, "when it was delivered or given up"),
    MX_F_INT(message_wire, tries, 0, 0, 1000, "tries so far"),
    MX_F_INT(message_wire, status, 0, 0, 999, "HTTP status of the last answer; 0 = none came"),
    MX_F_STR(message_wire, problem, 0, 0, 240, "why the last try failed"),
    MX_F_STR(message_wire, webhook, 0, 0, 64, "webhook that it belongs to"),
    MX_F_STR(message_wire, ref, 0, 0, 128, "the sender's own reference"),
};
MX_TYPE(message_wire, "system.outbox.message", "a message to the outside world, without its content");

struct outbox_page_ask {
    int32_t state;
    int64_t limit;
    struct mx_str after;
};

static const struct mx_field outbox_page_ask_fields[] = {
    MX_F_ENUM(outbox_page_ask, state, 0, state_words, "only those"),
    MX_F_INT(outbox_page_ask, limit, 0, 0, PAGE_MAX, "at most so many; 100 when left out"),
    MX_F_STR(outbox_page_ask, after, 0, 0, 512, "cursor of the page before"),
};
MX_TYPE(outbox_page_ask, "system.outbox.page.ask", "a page of the outbox");

struct outbox_page {
    struct mx_list messages;
    struct mx_str next;
};

static const struct mx_field outbox_page_fields[] = {
    MX_F_LIST(outbox_page, messages, 0, 0, PAGE_MAX, message_wire_type, "messages, oldest first"),
    MX_F_STR(outbox_page, next, 0, 0, 512, "cursor of the next page; empty at the end"),
};
MX_TYPE(outbox_page, "system.outbox.page", "messages to the outside world");

static const struct mx_field op_outbox_ask_fields[] = {
    MX_F_ID(op_outbox_ask, id, MX_REQUIRED, "out", "the message"),
};
MX_TYPE(op_outbox_ask, "system.outbox.ask", "a message by its id");

static void to_wire(const struct op_message *message, struct message_wire *wire) {
    wire->id = message->id;
    wire->state = message->state;
    wire->host = message->host;
    wire->created = message->created;
    wire->next = message->state == OP_QUEUED || message->state == OP_WAITING ? message->next : 0;
    wire->done = message->done;
    wire->tries = message->tries;
    wire->status = message->status;
    wire->problem = message->problem;
    wire->webhook = message->webhook;
    wire->ref = message->ref;
}

static mx_status list_messages(struct mx_ctx *ctx, const void *in, void *out) {
    const struct outbox_page_ask *ask = in;
    struct outbox_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : PAGE;
    struct op_message probe = {0}, *message = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    opts.size = sizeof(opts);
    opts.after = ask->after;
    opts.index = ask->state ? "state" : NULL;
    opts.prefix = ask->state ? 1 : 0;
    probe.rec.has = ~UINT64_C(0);
    probe.state = ask->state;
    page->messages = mx_list_new(ctx, limit, sizeof(struct message_wire));
    page->messages.count = 0;
    st = mx_scan_open(ctx, &op_outbox_table, &opts, &probe, &scan);
    while (st == MX_OK && page->messages.count < limit && (st = mx_scan_next(ctx, scan, &message)) == MX_OK)
        to_wire(message, mx_list_at(&page->messages, page->messages.count++));
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status find(struct mx_ctx *ctx, struct mx_str id, struct op_message **message) {
    mx_status st = op_outbox_read(op_ctx_of(ctx), id, message);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "id", "There is no such message.") : st;
}

static mx_status retry_message(struct mx_ctx *ctx, const void *in, void *out) {
    struct op_message *message = NULL;
    mx_status st = find(ctx, ((const struct op_outbox_ask *)in)->id, &message);
    (void)out;
    if (st != MX_OK) return st;
    if (message->state == OP_DELIVERED) return mx_refuse(ctx, "message_was_delivered", "id", "This message was delivered.");
    if (message->state == OP_SENDING) return mx_refuse(ctx, "message_is_on_its_way", "id", "This message is being sent at this moment.");
    message->state = OP_QUEUED;
    message->tries = 0;
    message->done = 0;
    message->next = ctx->now_ms;
    st = mx_put(ctx, &op_outbox_table, message);
    if (st == MX_OK) st = op_work_done(op_ctx_of(ctx), "outbox.dead", message->id, "It was queued again.");
    if (st == MX_OK) op_outbox_schedule(op_ctx_of(ctx), message);
    return st;
}

static mx_status drop_message(struct mx_ctx *ctx, const void *in, void *out) {
    struct op_message *message = NULL;
    mx_status st = find(ctx, ((const struct op_outbox_ask *)in)->id, &message);
    (void)out;
    if (st == MX_OK) st = op_work_done(op_ctx_of(ctx), "outbox.dead", message->id, "It was dropped.");
    return st == MX_OK ? op_outbox_forget(op_ctx_of(ctx), message->id) : st;
}

#define OP(flags, name, doc, permission, in, out, handler)                                                                                 \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, permission, in, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.2" }

const struct mx_op op_outbox_list = OP(MX_OP_QUERY, "system.outbox.list", "Messages to the outside world, without their content.",
                                       "system.read", &outbox_page_ask_type, &outbox_page_type, list_messages);
const struct mx_op op_outbox_retry =
    OP(0, "system.outbox.retry", "Send a message again from its first try.", "system.manage", &op_outbox_ask_type, NULL, retry_message);
const struct mx_op op_outbox_drop =
    OP(0, "system.outbox.drop", "Forget a message; nobody gets it.", "system.manage", &op_outbox_ask_type, NULL, drop_message);
