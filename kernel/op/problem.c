/* Errors on the wire: problem+json (RFC 9457), in canonical form. */
#include "op/internal.h"
#include "json/json.h"

static void member(struct base_buf *buf, const char *name, const char *value) {
    base_buf_text(buf, buf->len > 1 ? ",\"" : "\"");
    base_buf_text(buf, name);
    base_buf_text(buf, "\":");
    json_quote(buf, mx_str_of(value));
}

struct mx_str op_problem_text(struct base_arena *arena, const struct mx_error *err) {
    const char *code = err->code[0] ? err->code : base_status_code(err->status);
    const char *text = base_status_text(err->status);
    struct base_buf buf;
    base_buf_init(&buf, arena);
    base_buf_char(&buf, '{');
    member(&buf, "code", code);
    member(&buf, "detail", err->message[0] ? err->message : text);
    if (err->field[0]) member(&buf, "field", err->field);
    base_buf_text(&buf, ",\"status\":");
    base_buf_int(&buf, base_status_http(err->status));
    member(&buf, "title", text);
    base_buf_text(&buf, ",\"type\":");
    json_quote(&buf, base_arena_printf(arena, "urn:merx:error:%s", code));
    base_buf_char(&buf, '}');
    return base_buf_view(&buf);
}

int op_names_conflict(const struct op_call *call, const struct mx_error *err) {
    return call->conflict_code && strcmp(err->code, call->conflict_code) == 0;
}

void op_problem(struct op_call *call, const struct mx_error *err) {
    call->status = err->status;
    call->http_status = base_status_http(err->status);
    call->answer = op_problem_text(call->arena, err);
    if (op_names_conflict(call, err)) call->answer = json_text_put(call->arena, call->answer, "conflict", call->conflict);
}
