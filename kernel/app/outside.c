/* The way out: how messages of the outbox leave this machine. */
#include "app/internal.h"
#include "base/log.h"
#include "net/net.h"

mx_status app_send(void *way, struct base_arena *arena, const struct op_request *request, struct op_reply *reply, struct mx_error *err) {
    const struct net_fetch fetch = {request->method, request->url, request->headers, request->body, request->timeout_ms};
    struct net_answer answer = {0};
    mx_status st = net_fetch(way, arena, &fetch, &answer, err);
    if (st != MX_OK) return st;
    reply->status = answer.status;
    reply->body = answer.body;
    reply->retry_after_s = answer.retry_after_s;
    return MX_OK;
}

void app_send_end(void *way) { net_way_end(way); }

/* A machine without the usual list of CAs still sells: messages wait, and the log says why. */
mx_status app_way_open(const struct app_serve *serve, struct net_way **way, struct mx_error *err) {
    const char *allow[APP_WORDS_MAX + 1] = {NULL};
    struct net_out_opts opts = {.ca_file = serve->ca, .allow = allow};
    struct mx_error why = {0};
    uint32_t i;
    mx_status st;
    for (i = 0; i < serve->allow.count; i++) allow[i] = serve->allow.at[i];
    *way = NULL;
    st = net_way_new(&opts, way, &why);
    if (st == MX_OK) return MX_OK;
    if (serve->ca) return base_fail(err, MX_E_BAD_INPUT, NULL, "%s", why.message);
    base_log(BASE_LOG_WARN, "app", "no messages leave this shop: %s", why.message);
    return MX_OK;
}
