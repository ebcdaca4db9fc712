/* The way from a request to an operation and back. */
#include "base/clock.h"
#include "base/log.h"
#include "identity/identity.h"
#include "net/internal.h"
#include "op/op.h"

#define JSON_TYPE    "application/json"
#define PROBLEM_TYPE "application/problem+json"

struct api_call {
    struct op_call call;
    struct net_request *request;
    struct op_kernel *op;
    int64_t begun_us;
    int done; /* of heavy queries, under the lock */
};

/* A client may leave while its heavy query ends: op must not be asked to give up what it has answered. Taken again by the
 * same thread when giving up is what ends it. */
static pthread_mutex_t leaving = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

static const char *wait_header(struct base_arena *arena, uint32_t wait_s) {
    return base_arena_printf(arena, "Retry-After: %u\r\n", (unsigned)(wait_s ? wait_s : 1)).ptr;
}

static void answer(struct net_request *request, const struct op_call *call) {
    int status = call->http_status;
    const char *headers = NULL;
    if (status == 503 || status == 429) headers = wait_header(net_request_arena(request), call->wait_s);
    if (status == 401)
        headers = call->hook ? "WWW-Authenticate: Signature realm=\"merx\"\r\n" : "WWW-Authenticate: Bearer realm=\"merx\"\r\n";
    if (call->replayed) headers = "Idempotency-Replayed: true\r\n";
    net_reply(request, status, status < 400 ? JSON_TYPE : PROBLEM_TYPE, headers, call->answer);
}

/* Only answers to queries are packed: a command's may show a secret beside text that somebody chose, and the length of what
 * is packed would give the secret away. */
static void answer_query(struct net_request *request, const struct op_call *call) {
    struct mx_str packed = {NULL, 0};
    if (call->answer.len < NET_GZIP_LEAST || call->status != MX_OK) {
        answer(request, call);
        return;
    }
    if (net_takes_gzip(net_request_view(request)->accept_encoding))
        packed = net_gzip(net_request_arena(request), call->answer, NET_GZIP_LEVEL);
    if (packed.len)
        net_reply(request, call->http_status, JSON_TYPE, NET_GZIP_HEADER NET_GZIP_VARY, packed);
    else
        net_reply(request, call->http_status, JSON_TYPE, NET_GZIP_VARY, call->answer);
}

/* Who did what, how it went and how long it took: names and numbers, nothing of what was said. */
static void log_call(const struct api_call *own) {
    const struct op_call *call = &own->call;
    if (base_log_wanted(BASE_LOG_DEBUG))
        base_log(BASE_LOG_DEBUG, "net", "op=%s status=%d us=%lld principal=%s", call->entry->def->name, call->http_status,
                 (long long)(base_steady_us() - own->begun_us), call->principal.id[0] ? call->principal.id : "-");
}

static void done(struct op_call *call) {
    struct api_call *own = (struct api_call *)(void *)call;
    uint32_t flags = call->entry->def->flags;
    log_call(own);
    if (flags & MX_OP_HEAVY) {
        pthread_mutex_lock(&leaving);
        own->done = 1;
        pthread_mutex_unlock(&leaving);
    }
    if ((flags & MX_OP_QUERY) && !(flags & MX_OP_BURNS))
        answer_query(own->request, call);
    else
        answer(own->request, call);
}

static void give_up(void *arg) {
    struct api_call *own = arg;
    pthread_mutex_lock(&leaving);
    if (!own->done) op_give_up(own->op, &own->call);
    pthread_mutex_unlock(&leaving);
}

/* The answer of a request that does not become a call. */
void net_api_refuse(struct net_request *request, const char *headers, const struct mx_error *err) {
    struct op_call call = {0};
    call.arena = net_request_arena(request);
    op_problem(&call, err);
    if (headers)
        net_reply(request, call.http_status, PROBLEM_TYPE, headers, call.answer);
    else
        answer(request, &call);
}

/* The operation that the path names, when the method fits it; else the request is answered and NULL comes back. */
static const struct op_entry *find_operation(const struct net_api *api, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    struct mx_str name = mx_str_n(view->path.ptr + 4, view->path.len - 4);
    const struct op_entry *entry = op_find(api->op, name);
    struct mx_error err = {0};
    if (entry == NULL || (entry->def->flags & (MX_OP_INTERNAL | MX_OP_HOOK))) {
        (void)base_fail(&err, MX_E_UNKNOWN_OPERATION, NULL, "There is no operation called \"%.*s\".", (int)(name.len > 80 ? 80 : name.len),
                        name.ptr);
        net_api_refuse(request, NULL, &err);
        return NULL;
    }
    if (mx_str_is(view->method, "POST") || (net_is_read(view) && entry->get_allowed)) return entry;
    (void)base_fail(&err, MX_E_WRONG_METHOD, NULL, "\"%s\" is called with POST%s.", entry->def->name, entry->get_allowed ? " or GET" : "");
    net_api_refuse(request, entry->get_allowed ? "Allow: GET, HEAD, POST\r\n" : "Allow: POST\r\n", &err);
    return NULL;
}

/* "Bearer KEY": the key, or nothing. */
static struct mx_str bearer(struct mx_str authorization) {
    if (authorization.len < 8 || !net_word(authorization.ptr, 7, "bearer ")) return mx_str_n(NULL, 0);
    return mx_str_n(authorization.ptr + 7, authorization.len - 7);
}

static mx_status check_bearer(const struct net_api *api, struct net_request *request, struct identity_principal *principal,
                              struct mx_error *err) {
    struct mx_str key = bearer(net_request_view(request)->authorization);
    struct store_view *view;
    mx_status st;
    if (key.len == 0) return base_fail(err, MX_E_NO_KEY, NULL, "This needs a key: send it as \"Authorization: Bearer KEY\".");
    st = store_read_begin(api->store, net_request_arena(request), &view);
    if (st != MX_OK) return base_fail(err, st, NULL, "Too many are reading at the same time; try again shortly.");
    st = identity_check_key(api->identity, view, key, principal);
    store_read_end(view);
    if (st == MX_OK) net_request_known(request);
    return st == MX_OK ? MX_OK : base_fail(err, st, NULL, "%s", base_status_text(st));
}

int net_api_permit(const struct net_api *api, struct net_request *request, const char *permission, struct identity_principal *principal) {
    struct mx_error err = {0};
    mx_status st = check_bearer(api, request, principal, &err);
    if (st == MX_OK && permission && !identity_allowed(api->identity, principal, permission))
        st = base_fail(&err, MX_E_FORBIDDEN, NULL, "The role \"%s\" may not read this: it needs the permission \"%s\".", principal->role,
                       permission);
    if (st != MX_OK) net_api_refuse(request, NULL, &err);
    return st == MX_OK;
}

/* "application/json", perhaps with parameters; no type at all is taken for JSON. */
static int is_json(struct mx_str type) {
    uint32_t len = 0;
    while (len < type.len && type.ptr[len] != ';' && type.ptr[len] != ' ' && type.ptr[len] != '\t') len++;
    return type.len == 0 || net_word(type.ptr, len, JSON_TYPE);
}

static mx_status input(struct net_request *request, const struct op_entry *entry, struct mx_str *body, struct mx_error *err) {
    const struct net_request_view *view = net_request_view(request);
    if (net_is_read(view)) {
        if (view->body.len) return base_fail(err, MX_E_BAD_INPUT, NULL, "A GET has its input in the query, not in a body.");
        return net_query_body(net_request_arena(request), entry->def->in, view->query, body, err);
    }
    if (view->query.len) return base_fail(err, MX_E_BAD_INPUT, NULL, "A POST has its input in the body, not in the query.");
    *body = view->body;
    return MX_OK;
}

void net_api_submit(const struct net_api *api, struct net_request *request, const struct op_call *filled) {
    struct api_call *call = base_arena_alloc(net_request_arena(request), sizeof(*call));
    call->request = request;
    call->op = api->op;
    call->begun_us = base_steady_us();
    call->call = *filled;
    call->call.arena = net_request_arena(request);
    call->call.done = done;
    call->call.approval = net_request_view(request)->approval;
    call->call.remote = net_request_view(request)->remote;
    if (filled->entry->def->flags & MX_OP_HEAVY) net_request_on_gone(request, give_up, call);
    op_submit(api->op, &call->call);
}

static void operation(const struct net_api *api, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    const struct op_entry *entry = find_operation(api, request);
    struct op_call call = {.entry = entry, .key = view->idempotency_key};
    struct mx_error err = {0};
    mx_status st;
    if (entry == NULL) return;
    st = (entry->def->flags & MX_OP_PUBLIC) ? MX_OK : check_bearer(api, request, &call.principal, &err);
    if (st == MX_OK && view->body.len && !is_json(view->content_type)) {
        net_reply(
            request, 415, PROBLEM_TYPE, NULL,
            net_problem(net_request_arena(request), 415, NULL, "The body of a request is JSON: send it with Content-Type: " JSON_TYPE "."));
        return;
    }
    if (st == MX_OK) st = input(request, entry, &call.body, &err);
    if (st == MX_OK)
        net_api_submit(api, request, &call);
    else
        net_api_refuse(request, NULL, &err);
}

void net_api_handle(void *arg, struct net_request *request) {
    struct mx_str path = net_request_view(request)->path;
    struct mx_error err = {0};
    if (net_route(arg, request)) return;
    if (path.len > strlen(NET_HOOKS) && memcmp(path.ptr, NET_HOOKS, strlen(NET_HOOKS)) == 0) {
        net_hook(arg, request);
    } else if (path.len > 4 && memcmp(path.ptr, "/v1/", 4) == 0) {
        operation(arg, request);
    } else {
        (void)base_fail(&err, MX_E_NOT_FOUND, NULL, "There is nothing at this path: operations are at /v1/ and their name.");
        net_api_refuse(request, NULL, &err);
    }
}
