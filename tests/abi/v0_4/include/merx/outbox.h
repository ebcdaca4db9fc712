/* The outbox: messages to the outside world, queued in a command's own transaction.
 *
 * No command ever waits for somebody else's server. It queues an HTTP request with mx_send() (op.h); after the commit a
 * worker sends it, tries again on the schedule below until it is delivered or its tries are used up, and hands the result
 * to an INTERNAL operation of the plugin, as a command of its own. What cannot be delivered stays as a dead letter and a
 * work item that a person sees. Url, headers and body stand sealed in the store. A message is sent at least once:
 * receivers recognise it by its header `webhook-id` or `Idempotency-Key`, which both carry the message's id. Since 0.2. */
#ifndef MERX_OUTBOX_H
#define MERX_OUTBOX_H

#include "merx/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MX_SEND_TRIES 10 /* the schedule of Standard Webhooks: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h */

/* A request to be sent. Copied. */
struct mx_send {
    uint32_t size;       /* sizeof(struct mx_send) */
    uint32_t tries;      /* 1..MX_SEND_TRIES; 0 = all */
    uint32_t timeout_ms; /* for one try, all of it; 0 = 15,000 */
    uint32_t reserved;
    struct mx_str url;          /* "https://..."; http only where the shop's configuration allows the address */
    struct mx_str method;       /* empty = POST */
    struct mx_str content_type; /* empty = application/json */
    struct mx_list headers;     /* of struct mx_pair; none of the names that the client itself sets */
    struct mx_str body;         /* at most 1 MB */
    struct mx_str sign_with;    /* id of a webhook whose secret signs each try (webhook-signature); empty = unsigned */
    struct mx_str ref;          /* the plugin's own reference, at most 128 bytes; comes back with the result */
    const char *result_op;      /* INTERNAL operation that gets a struct mx_send_result; NULL = nobody asks */
    /* 0.3 ends here */
    int64_t until; /* of no use to anybody from then on: what was not delivered is forgotten, not kept until somebody looks; 0 = it stays */
};

static const char *const mx_send_outcome_words[] = {"delivered", "gave_up", NULL};
#define MX_SEND_DELIVERED 1 /* an answer 2xx came */
#define MX_SEND_GAVE_UP   2 /* the tries are used up, or the other side said 410 Gone */

/* Input of the operation that gets the result. */
struct mx_send_result {
    struct mx_str id; /* "out_..." */
    struct mx_str ref;
    int32_t outcome; /* MX_SEND_* */
    int64_t status;  /* HTTP status of the last answer; 0 = none came */
    int64_t tries;
    struct mx_str answer;  /* body of the last answer, its first 64 KB, when it is JSON */
    struct mx_str problem; /* why the last try failed, in words */
};

static const struct mx_field mx_send_result_fields[] = {
    MX_F_ID(mx_send_result, id, MX_REQUIRED, "out", "the message"),
    MX_F_STR(mx_send_result, ref, 0, 0, 128, "the sender's own reference"),
    MX_F_ENUM(mx_send_result, outcome, MX_REQUIRED, mx_send_outcome_words, "what became of it"),
    MX_F_INT(mx_send_result, status, 0, 0, 999, "HTTP status of the last answer"),
    MX_F_INT(mx_send_result, tries, 0, 0, MX_SEND_TRIES, "how often it was tried"),
    MX_F_JSON(mx_send_result, answer, 0, 65536, "body of the last answer, when it is JSON"),
    MX_F_STR(mx_send_result, problem, 0, 0, 240, "why the last try failed"),
};
MX_TYPE(mx_send_result, "send.result", "what became of a message to the outside world");

#ifdef __cplusplus
}
#endif
#endif
