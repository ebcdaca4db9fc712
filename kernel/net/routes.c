/* The paths that are no operations. All are read with GET. */
#include "base/buf.h"
#include "net/internal.h"
#include "op/op.h"
#include "json/json.h"

#define JSON_TYPE    "application/json"
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* The process lives and answers; more is asked of /readyz. */
static void health(const struct net_api *api, struct net_request *request) {
    (void)api;
    net_reply(request, 200, JSON_TYPE, NULL, mx_str_of("{\"status\":\"ok\"}"));
}

static void ready(const struct net_api *api, struct net_request *request) {
    const char *why = "";
    if (op_ready(api->op, &why))
        net_reply(request, 200, JSON_TYPE, NULL, mx_str_of("{\"status\":\"ready\"}"));
    else
        net_reply(request, 503, "application/problem+json", "Retry-After: 1\r\n",
                  net_problem(net_request_arena(request), 503, "not_ready", why));
}

static void metrics(const struct net_api *api, struct net_request *request) {
    struct identity_principal who;
    struct base_buf out;
    if (!net_api_permit(api, request, "system.metrics", &who)) return;
    base_buf_init(&out, net_request_arena(request));
    op_metrics(api->op, &out);
    net_server_metrics(request->thread->server, &out);
    net_reply(request, 200, METRICS_TYPE, NULL, base_buf_view(&out));
}

static const struct {
    const char *path;
    void (*fn)(const struct net_api *api, struct net_request *request);
} routes[] = {
    {"/healthz", health},           {"/readyz", ready},
    {"/metrics", metrics},          {"/openapi.json", net_openapi},
    {"/v1/events", net_api_events}, {"/v1/backup", net_api_backup},
};

int net_route(const struct net_api *api, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    struct mx_error err = {0};
    size_t i = 0, count = sizeof(routes) / sizeof(routes[0]);
    while (i < count && !mx_str_is(view->path, routes[i].path)) i++;
    if (i == count) return 0;
    if (net_is_read(view)) {
        routes[i].fn(api, request);
        return 1;
    }
    (void)base_fail(&err, MX_E_WRONG_METHOD, NULL, "%s is read with GET.", routes[i].path);
    net_api_refuse(request, "Allow: GET, HEAD\r\n", &err);
    return 1;
}
