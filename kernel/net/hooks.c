/* POST /v1/hooks/<operation>/<name>: messages of others, handed to their operation byte for byte. */
#include "base/text.h"
#include "merx/hook.h"
#include "net/internal.h"
#include "op/op.h"

/* They speak of the connection and not of the message. */
static int is_about_connection(struct mx_str name) {
    static const char *const names[] = {"connection", "content-length", "expect", "host", "keep-alive", "te", "upgrade"};
    size_t i;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (mx_str_is(name, names[i])) return 1;
    return 0;
}

/* In order of the names; a second field of one name is joined to the first, as RFC 9110 section 5.3 has it. 0: there is no room. */
static int add_header(struct base_arena *arena, struct mx_list *headers, struct mx_pair header) {
    struct mx_pair *all = headers->items;
    uint32_t at = 0;
    while (at < headers->count && mx_str_cmp(all[at].key, header.key) < 0) at++;
    if (at < headers->count && mx_str_eq(all[at].key, header.key)) {
        all[at].value =
            base_arena_printf(arena, "%.*s, %.*s", (int)all[at].value.len, all[at].value.ptr, (int)header.value.len, header.value.ptr);
        return 1;
    }
    if (headers->count == MX_HOOK_HEADERS_MAX) return 0;
    memmove(all + at + 1, all + at, (headers->count - at) * sizeof(*all));
    all[at] = header;
    headers->count++;
    return 1;
}

/* The lines were read strictly before: a name, a colon, a value, CRLF. */
static int take_headers(struct base_arena *arena, struct mx_str fields, struct mx_list *headers) {
    const char *at = fields.ptr, *end = fields.ptr + fields.len;
    size_t bytes = 0;
    *headers = (struct mx_list){base_arena_alloc(arena, MX_HOOK_HEADERS_MAX * sizeof(struct mx_pair)), 0, sizeof(struct mx_pair)};
    while (at < end) {
        const char *line_end = memchr(at, '\r', (size_t)(end - at));
        const char *colon = memchr(at, ':', (size_t)(line_end - at));
        struct mx_pair header = {base_lower_ascii(arena, mx_str_n(at, (size_t)(colon - at))),
                                 net_trim(mx_str_n(colon + 1, (size_t)(line_end - colon - 1)))};
        at = line_end + 2;
        if (is_about_connection(header.key)) continue;
        bytes += header.key.len + header.value.len;
        if (bytes > MX_HOOK_HEADER_BYTES_MAX || !add_header(arena, headers, header)) return 0;
    }
    return 1;
}

/* The operation that the path names, if it is one for messages. */
static const struct op_entry *find_hook(const struct net_api *api, struct mx_str path, struct mx_str *name) {
    struct mx_str rest = mx_str_n(path.ptr + strlen(NET_HOOKS), path.len - strlen(NET_HOOKS));
    const char *slash = memchr(rest.ptr, '/', rest.len);
    const struct op_entry *entry = slash ? op_find(api->op, mx_str_n(rest.ptr, (size_t)(slash - rest.ptr))) : NULL;
    if (entry == NULL || !(entry->def->flags & MX_OP_HOOK)) return NULL;
    *name = mx_str_n(slash + 1, (size_t)(rest.ptr + rest.len - slash - 1));
    return entry;
}

void net_hook(const struct net_api *api, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    struct base_arena *arena = net_request_arena(request);
    struct mx_hook *hook = base_arena_alloc(arena, sizeof(*hook));
    struct op_call call = {.entry = find_hook(api, view->path, &hook->name), .hook = hook};
    struct mx_error err = {0};
    if (call.entry == NULL) {
        (void)base_fail(&err, MX_E_UNKNOWN_OPERATION, NULL, "No operation takes messages at this path.");
        net_api_refuse(request, NULL, &err);
    } else if (!mx_str_is(view->method, "POST")) {
        (void)base_fail(&err, MX_E_WRONG_METHOD, NULL, "Messages are sent here with POST.");
        net_api_refuse(request, "Allow: POST\r\n", &err);
    } else if (view->query.len) {
        (void)base_fail(&err, MX_E_BAD_INPUT, NULL, "A message stands in the body, not in the query.");
        net_api_refuse(request, NULL, &err);
    } else if (!take_headers(arena, view->fields, &hook->headers)) {
        net_reply(request, 431, "application/problem+json", NULL, net_problem(arena, 431, NULL, "There are too many header fields."));
    } else {
        hook->body = view->body;
        net_api_submit(api, request, &call);
    }
}
