/* GET /v1/events: who asks for which events, and from where on. */
#include <string.h>

#include "base/text.h"
#include "net/events.h"
#include "store/store.h"
#include "json/json.h"

#define REFRESH_HINT "Read the state anew and listen without it."

struct events_ask {
    uint64_t has;
    struct mx_list types;
    int64_t after;
};

static const struct mx_field events_ask_fields[] = {
    MX_F_STRS(events_ask, types, 0, 1, NET_WANTED_MAX, "names of events; one may end in .*"),
    MX_F_INT(events_ask, after, 0, 0, MX_INT_MAX, "the number that was had last"),
};
MX_TYPE_HAS(events_ask, "events.ask", "which events, and from where on");

/* ---- names ---- */

static int is_name(struct mx_str name) {
    uint32_t i;
    for (i = 0; i < name.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._", name.ptr[i]) || name.ptr[i] == '\0') return 0;
    return name.len > 0 && name.ptr[0] != '.' && name.ptr[name.len - 1] != '.';
}

mx_status net_wanted_add(struct net_wanted *wanted, struct mx_str name, struct mx_error *err) {
    struct mx_str stem = name;
    if (name.len > 2 && memcmp(name.ptr + name.len - 2, ".*", 2) == 0) stem.len -= 2;
    if (name.len > NET_EVENT_NAME_MAX || (!is_name(stem) && !mx_str_is(name, "*")))
        return base_fail(err, MX_E_BAD_INPUT, "types",
                         "A type is the name of an event; all events of a plugin are its name with .* behind it.");
    if (wanted->count == NET_WANTED_MAX)
        return base_fail(err, MX_E_OUT_OF_RANGE, "types", "At most %u types can be listened to in one stream.", NET_WANTED_MAX);
    memcpy(wanted->name[wanted->count], name.ptr, name.len);
    wanted->name[wanted->count++][name.len] = '\0';
    return MX_OK;
}

static int matches(const char *pattern, const char *name) {
    size_t len = strlen(pattern);
    if (len == 0 || pattern[len - 1] != '*') return strcmp(pattern, name) == 0;
    return strncmp(pattern, name, len - 1) == 0;
}

int net_wants(const struct net_wanted *wanted, const char *name) {
    uint32_t i;
    if (wanted->count == 0 || name[0] == '\0') return 1;
    for (i = 0; i < wanted->count; i++)
        if (matches(wanted->name[i], name)) return 1;
    return 0;
}

/* ---- where to begin ---- */

/* "EPOCH-SEQ", as it was sent. */
static int read_id(struct mx_str id, int64_t *epoch, int64_t *seq) {
    const char *dash = id.len ? memchr(id.ptr, '-', id.len) : NULL;
    struct mx_str left, right;
    if (dash == NULL) return 0;
    left = mx_str_n(id.ptr, (size_t)(dash - id.ptr));
    right = mx_str_n(dash + 1, id.len - left.len - 1);
    return base_parse_int(left, epoch) && base_parse_int(right, seq) && *epoch > 0 && *seq >= 0;
}

/* A browser that comes back says with Last-Event-ID how far it came; `after` is still in its address from the first time. */
static mx_status find_begin(struct mx_str last_event_id, const struct events_ask *in, int64_t epoch, int64_t head, int64_t *after,
                            struct mx_error *err) {
    const char *field = last_event_id.len ? "Last-Event-ID" : "after";
    int64_t of_epoch = epoch;
    *after = MX_HAS(events_ask, in, after) ? in->after : head;
    if (last_event_id.len && !read_id(last_event_id, &of_epoch, after))
        return base_fail(err, MX_E_BAD_INPUT, field, "The Last-Event-ID is not one that this shop gave out.");
    if (of_epoch != epoch)
        return base_fail(err, MX_E_CONFLICT, field,
                         "The Last-Event-ID is of epoch %lld of the log, which is now in epoch %lld: a backup was restored. " REFRESH_HINT,
                         (long long)of_epoch, (long long)epoch);
    if (*after > head)
        return base_fail(err, MX_E_OUT_OF_RANGE, field, "The log ends at %lld, before %lld. " REFRESH_HINT, (long long)head,
                         (long long)*after);
    return MX_OK;
}

static mx_status read_ask(struct net_request *request, struct events_ask *in, struct net_ask *ask, struct mx_error *err) {
    struct base_arena *arena = net_request_arena(request);
    struct mx_str body;
    uint32_t i;
    mx_status st = net_query_body(arena, &events_ask_type, net_request_view(request)->query, &body, err);
    if (st == MX_OK) st = json_decode(arena, &events_ask_type, body, JSON_WIRE, in, err);
    for (i = 0; st == MX_OK && i < in->types.count; i++) st = net_wanted_add(&ask->wanted, mx_list_str(&in->types, i), err);
    return st;
}

static mx_status begin_at(const struct net_api *api, struct net_request *request, const struct events_ask *in, struct net_ask *ask,
                          struct mx_error *err) {
    struct store_view *view;
    int64_t epoch = 0, head = 0;
    mx_status st = store_read_begin(api->store, net_request_arena(request), &view);
    if (st == MX_OK) {
        st = net_events_head(api->events, view, &epoch, &head);
        store_read_end(view);
    }
    if (st != MX_OK) return base_fail(err, st, NULL, "The log cannot be read now; try again shortly.");
    return find_begin(net_request_view(request)->last_event_id, in, epoch, head, &ask->after, err);
}

void net_api_events(const struct net_api *api, struct net_request *request) {
    struct events_ask in = {0};
    struct net_ask ask = {0};
    struct mx_error err = {0};
    mx_status st;
    if (!net_api_permit(api, request, NET_EVENTS_PERMISSION, &ask.who)) return;
    ask.identity = api->identity;
    st = read_ask(request, &in, &ask, &err);
    if (st == MX_OK && api->events == NULL) st = base_fail(&err, MX_E_NOT_FOUND, NULL, "This shop has no stream of events.");
    if (st == MX_OK) st = begin_at(api, request, &in, &ask, &err);
    if (st == MX_OK && !net_events_add(api->events, request, &ask))
        st = base_fail(&err, MX_E_OVERLOADED, NULL, "Too many listen already; try again shortly.");
    if (st != MX_OK) net_api_refuse(request, NULL, &err);
}
