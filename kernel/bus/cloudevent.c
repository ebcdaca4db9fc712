/* An entry of the log as a CloudEvents 1.0 document (structured mode, JSON). */
#include <inttypes.h>

#include "base/clock.h"
#include "bus/internal.h"
#include "json/json.h"

static void member(struct base_buf *out, const char *name, struct mx_str value) {
    if (value.len == 0) return; /* an attribute that is there must not be empty */
    base_buf_char(out, out->len == 0 ? '{' : ',');
    json_quote(out, mx_str_of(name));
    base_buf_char(out, ':');
    json_quote(out, value);
}

static void add_data(struct base_buf *out, struct mx_str data) {
    if (data.len == 0) return;
    base_buf_text(out, out->len == 0 ? "{\"data\":" : ",\"data\":");
    base_buf_str(out, data);
    member(out, "datacontenttype", mx_str_of("application/json"));
}

struct mx_str bus_cloudevent(struct base_arena *arena, const struct bus_entry *entry) {
    struct base_buf out;
    base_buf_init(&out, arena);
    member(&out, "actor", entry->actor);
    add_data(&out, entry->data);
    member(&out, "id",
           base_arena_printf(arena, "%.*s-%" PRId64 "-%" PRId64, (int)entry->node.len, entry->node.ptr, entry->epoch, entry->seq));
    member(&out, "operation", entry->op);
    member(&out, "sequence", base_arena_printf(arena, "%020" PRId64, entry->seq));
    member(&out, "source", base_arena_printf(arena, "merx:%.*s", (int)entry->node.len, entry->node.ptr));
    member(&out, "specversion", mx_str_of("1.0"));
    member(&out, "time", base_time_text(arena, entry->at_ms));
    member(&out, "type", entry->name);
    base_buf_char(&out, '}');
    return base_buf_view(&out);
}
