/* merx ops: every operation, from the declarations themselves. Needs no data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/internal.h"
#include "base/buf.h"
#include "host/host.h"
#include "json/json.h"

static int by_name(const void *a, const void *b) {
    const struct op_listed *x = a, *y = b;
    return strcmp(x->def->name, y->def->name);
}

/* All operations with a route, sorted by name. */
static uint32_t collect(struct base_arena *arena, const struct host *host, struct op_listed **out) {
    const struct mx_plugin *plugin;
    uint32_t at, i, count = 0, n = 0;
    for (at = 0; (plugin = host_next(host, &at)) != NULL;)
        for (i = 0; plugin->ops && plugin->ops[i]; i++) count++;
    *out = base_arena_alloc(arena, (count + 1) * sizeof(struct op_listed));
    for (at = 0; (plugin = host_next(host, &at)) != NULL;)
        for (i = 0; plugin->ops && plugin->ops[i]; i++)
            if (!(plugin->ops[i]->flags & MX_OP_INTERNAL)) (*out)[n++] = (struct op_listed){plugin->ops[i], plugin->name, plugin->summary};
    qsort(*out, n, sizeof(struct op_listed), by_name);
    return n;
}

static const char *kind_of(const struct mx_op *op) { return op->flags & MX_OP_QUERY ? "query" : "command"; }

static const char *permission_of(const struct mx_op *op) { return op->flags & MX_OP_PUBLIC ? "-" : op->permission; }

static void print_lines(const struct op_listed *list, uint32_t count) {
    uint32_t i;
    int name = 0, permission = 0;
    for (i = 0; i < count; i++) {
        int n = (int)strlen(list[i].def->name), p = (int)strlen(permission_of(list[i].def));
        if (n > name) name = n;
        if (p > permission) permission = p;
    }
    for (i = 0; i < count; i++)
        printf("%-*s  %-7s  %-*s  %s\n", name, list[i].def->name, kind_of(list[i].def), permission, permission_of(list[i].def),
               list[i].def->doc ? list[i].def->doc : "");
}

static void add_member(struct base_buf *out, const char *name, const char *text) {
    base_buf_printf(out, ",\"%s\":", name);
    json_quote(out, mx_str_of(text));
}

static void add_op(struct base_buf *out, const struct op_listed *listed) {
    const struct mx_op *op = listed->def;
    base_buf_text(out, "{\"name\":");
    json_quote(out, mx_str_of(op->name));
    add_member(out, "plugin", listed->owner);
    add_member(out, "kind", kind_of(op));
    if (op->permission) add_member(out, "permission", op->permission);
    if (op->own) add_member(out, "own", op->own);
    if (op->doc) add_member(out, "doc", op->doc);
    if (op->since) add_member(out, "since", op->since);
    base_buf_printf(out, ",\"public\":%s,\"heavy\":%s,\"hook\":%s,\"input\":", op->flags & MX_OP_PUBLIC ? "true" : "false",
                    op->flags & MX_OP_HEAVY ? "true" : "false", op->flags & MX_OP_HOOK ? "true" : "false");
    op_schema(out, op->in);
    base_buf_text(out, ",\"output\":");
    op_schema(out, op->out);
    base_buf_char(out, '}');
}

static int print_json(struct base_arena *arena, const struct op_listed *list, uint32_t count) {
    struct base_buf out;
    struct mx_str text;
    struct mx_error err = {0};
    uint32_t i;
    base_buf_init(&out, arena);
    base_buf_text(&out, "{\"operations\":[");
    for (i = 0; i < count; i++) {
        if (i) base_buf_char(&out, ',');
        add_op(&out, &list[i]);
    }
    base_buf_text(&out, "]}");
    if (json_canonical(arena, base_buf_view(&out), SIZE_MAX, &text, &err) != MX_OK) return app_say_error("ops", &err);
    printf("%.*s\n", (int)text.len, text.ptr);
    return APP_OK;
}

static int print_openapi(struct base_arena *arena, const struct op_listed *list, uint32_t count) {
    struct base_buf out;
    base_buf_init(&out, arena);
    op_openapi_of(list, count, &out);
    printf("%.*s\n", (int)out.len, out.ptr);
    return APP_OK;
}

int app_cmd_ops(int argc, char **argv) {
    const char *plugin_dir = NULL;
    struct app_words plugins = {0};
    int json = 0, openapi = 0, code;
    struct base_arena *arena;
    struct host *host = NULL;
    struct op_listed *list;
    struct mx_error err = {0};
    const struct app_option options[] = {
        {"json", NULL, "full declarations, with the schemas of input and output", NULL, NULL, &json},
        {"openapi", NULL, "the whole API as OpenAPI 3.1", NULL, NULL, &openapi},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &plugin_dir, NULL, NULL},
        {"plugin", "NAME", "list this plugin too; may be given more than once", NULL, &plugins, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"ops", NULL, "List all operations: name, kind, permission, what it does.", options};
    code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    arena = base_arena_new(65536);
    if (host_new(NULL, &host, &err) != MX_OK ||
        app_admit_all(host, plugin_dir ? plugin_dir : app_plugin_dir(arena), &plugins, &err) != MX_OK) {
        code = app_say_error("ops", &err);
    } else {
        uint32_t count = collect(arena, host, &list);
        code = APP_OK;
        if (openapi)
            code = print_openapi(arena, list, count);
        else if (json)
            code = print_json(arena, list, count);
        else
            print_lines(list, count);
    }
    host_free(host);
    base_arena_free(arena);
    return code;
}
