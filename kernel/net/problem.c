#include "net/internal.h"
#include "json/json.h"

static const struct {
    int status;
    const char *reason, *code;
} statuses[] = {
    {200, "OK", "ok"},
    {304, "Not Modified", "not_modified"},
    {400, "Bad Request", "bad_request"},
    {401, "Unauthorized", "no_key"},
    {403, "Forbidden", "forbidden"},
    {404, "Not Found", "not_found"},
    {405, "Method Not Allowed", "wrong_method"},
    {408, "Request Timeout", "request_timeout"},
    {409, "Conflict", "conflict"},
    {413, "Content Too Large", "too_large"},
    {415, "Unsupported Media Type", "unsupported_media_type"},
    {417, "Expectation Failed", "expectation_failed"},
    {422, "Unprocessable Content", "key_reused"},
    {431, "Request Header Fields Too Large", "head_too_large"},
    {429, "Too Many Requests", "too_many"},
    {500, "Internal Server Error", "internal"},
    {501, "Not Implemented", "unknown_method"},
    {502, "Bad Gateway", "untrusted"},
    {503, "Service Unavailable", "overloaded"},
    {504, "Gateway Timeout", "timeout"},
};

static size_t find(int status) {
    size_t i = 0;
    while (i < sizeof(statuses) / sizeof(statuses[0]) - 1 && statuses[i].status != status) i++;
    return i;
}

const char *net_reason(int status) {
    size_t i = find(status);
    return statuses[i].status == status ? statuses[i].reason : "Status";
}

static void member(struct base_buf *out, const char *name, const char *text) {
    if (out->len > 1) base_buf_char(out, ',');
    json_quote(out, mx_str_of(name));
    base_buf_char(out, ':');
    json_quote(out, mx_str_of(text));
}

struct mx_str net_problem(struct base_arena *arena, int status, const char *code, const char *detail) {
    struct base_buf out;
    if (code == NULL) code = statuses[find(status)].code;
    base_buf_init(&out, arena);
    base_buf_char(&out, '{');
    member(&out, "code", code);
    member(&out, "detail", detail);
    base_buf_text(&out, ",\"status\":");
    base_buf_int(&out, status);
    member(&out, "title", net_reason(status));
    member(&out, "type", base_arena_printf(arena, "urn:merx:error:%s", code).ptr);
    base_buf_char(&out, '}');
    return base_buf_view(&out);
}
