/* The demo range: lines of JSON that the build put into the program, each one operation, run through the front door.
 *
 * {"unless_any": QUERY, "body": ...} first: a shop where that query lists anything is left alone. Then
 * {"op": ..., "key": ..., "body": ...}: an operation with its idempotency key. Texts in a body that begin with "=" depend
 * on the shop: "=12.50" is an amount of money, "=zone" the shop's time zone. */
#include <stdio.h>
#include <string.h>

#include "app/internal.h"
#include "base/buf.h"
#include "base/text.h"
#include "merx/money.h"
#include "json/json.h"

struct demo {
    struct app_shop *shop;
    struct base_arena *arena;
    int64_t digits;
    struct mx_str zone;
    int skip;
};

/* "12.50" in minor units of a currency with any number of digits. */
static int read_amount(struct mx_str text, int64_t digits, int64_t *minor) {
    int64_t whole, factor = 1, i;
    const char *point = text.len > 3 ? text.ptr + text.len - 3 : "";
    if (point[0] != '.' || point[1] < '0' || point[1] > '9' || point[2] < '0' || point[2] > '9') return 0;
    if (!base_parse_int(mx_str_n(text.ptr, text.len - 3), &whole) || whole < 0 || whole > MX_INT_MAX / 100) return 0;
    for (i = 0; i < digits; i++) factor *= 10;
    return mx_muldiv_half_up(whole * 100 + (point[1] - '0') * 10 + (point[2] - '0'), factor, 100, minor);
}

static void add_text(const struct demo *demo, struct base_buf *out, struct mx_str text) {
    int64_t minor;
    if (mx_str_is(text, "=zone"))
        json_quote(out, demo->zone);
    else if (text.len > 1 && text.ptr[0] == '=' && read_amount(mx_str_n(text.ptr + 1, text.len - 1), demo->digits, &minor))
        base_buf_int(out, minor);
    else
        json_quote(out, text);
}

static void add_value(const struct demo *demo, struct base_buf *out, const struct json_value *value) {
    const struct json_value *child;
    int is_object = value->kind == JSON_OBJECT;
    if (value->kind == JSON_STRING) {
        add_text(demo, out, value->text);
    } else if (value->kind == JSON_INT) {
        base_buf_int(out, value->number);
    } else if (value->kind == JSON_BOOL) {
        base_buf_text(out, value->number ? "true" : "false");
    } else if (value->kind == JSON_NULL) {
        base_buf_text(out, "null");
    } else {
        base_buf_char(out, is_object ? '{' : '[');
        for (child = value->first; child; child = child->next) {
            if (child != value->first) base_buf_char(out, ',');
            if (is_object) {
                json_quote(out, child->name);
                base_buf_char(out, ':');
            }
            add_value(demo, out, child);
        }
        base_buf_char(out, is_object ? '}' : ']');
    }
}

static const char *text_of(const struct demo *demo, const struct json_value *line, const char *name) {
    const struct json_value *member = json_member(line, name);
    return member && member->kind == JSON_STRING ? base_arena_dup(demo->arena, member->text).ptr : NULL;
}

/* 1 when one of the answer's lists has an entry. */
static int lists_any(struct base_arena *arena, struct mx_str answer) {
    struct json_value *root;
    const struct json_value *child;
    if (json_parse(arena, answer, &root, NULL) != MX_OK) return 1;
    for (child = root->first; child; child = child->next)
        if (child->kind == JSON_ARRAY && child->first) return 1;
    return 0;
}

static mx_status run_line(struct demo *demo, struct mx_str text, struct mx_error *err) {
    struct json_value *line;
    const struct json_value *body;
    const char *query, *op;
    struct base_buf out;
    struct op_call call;
    mx_status st = json_parse(demo->arena, text, &line, err);
    if (st != MX_OK) return st;
    body = json_member(line, "body");
    base_buf_init(&out, demo->arena);
    if (body)
        add_value(demo, &out, body);
    else
        base_buf_text(&out, "{}");
    query = text_of(demo, line, "unless_any");
    op = query ? query : text_of(demo, line, "op");
    st = app_run(demo->shop, demo->arena, op ? op : "", text_of(demo, line, "key"), base_buf_view(&out), &call, err);
    if (st == MX_OK && query) demo->skip = lists_any(demo->arena, call.answer);
    return st;
}

static mx_status read_settings(struct demo *demo, struct mx_error *err) {
    struct op_call call;
    struct json_value *settings;
    const struct json_value *digits, *zone;
    mx_status st = app_run(demo->shop, demo->arena, "shop.settings.get", NULL, mx_str_of("{}"), &call, err);
    if (st == MX_OK) st = json_parse(demo->arena, call.answer, &settings, err);
    if (st != MX_OK) return st;
    digits = json_member(settings, "digits");
    zone = json_member(settings, "zone");
    if (!digits || !zone) return base_fail(err, MX_E_INTERNAL, NULL, "The shop's settings say nothing of digits and zone.");
    demo->digits = digits->number;
    demo->zone = zone->text;
    return MX_OK;
}

static mx_status run_file(struct demo *demo, const struct app_file *file, struct mx_error *err) {
    const char *at = (const char *)file->bytes, *end = at + file->len;
    mx_status st = MX_OK;
    demo->skip = 0;
    while (st == MX_OK && !demo->skip && at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed ? feed : end;
        if (stop > at) st = run_line(demo, mx_str_n(at, (size_t)(stop - at)), err);
        at = feed ? feed + 1 : end;
    }
    return st;
}

mx_status app_fill_demo(struct app_shop *shop, struct mx_error *err) {
    struct demo demo = {0};
    const struct app_file *file;
    mx_status st;
    demo.shop = shop;
    demo.arena = base_arena_new(65536);
    st = read_settings(&demo, err);
    for (file = app_demo_files; st == MX_OK && file->name; file++) st = run_file(&demo, file, err);
    base_arena_free(demo.arena);
    return st;
}
