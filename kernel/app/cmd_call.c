/* merx call: one operation, over HTTP, over the socket of a served folder, or in an unserved folder itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/internal.h"
#include "base/id.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "net/net.h"
#include "json/json.h"

#define BODY_MAX    (16u << 20)
#define TIMEOUT_MS  60000
#define HTTP_NO_KEY 401
#define NO_KEY      "A valid API key is needed; put it into MERX_KEY."

/* Where to call: a URL, or a folder and the plugins to open it with when nobody serves it. */
struct place {
    const char *url;
    const char *ca; /* CAs for https; NULL = the system's */
    const char *data;
    const char *plugin_dir;
    struct app_words plugins;
};

struct request {
    const char *op;
    const char *key;  /* API key */
    const char *idem; /* idempotency key */
    struct mx_str body;
};

/* Print what came back; the exit code says whether it is a success. */
static int print_answer(struct base_arena *arena, int http_status, struct mx_str answer) {
    struct json_value *problem;
    const struct json_value *detail = NULL;
    if (fwrite(answer.ptr ? answer.ptr : "", 1, answer.len, stdout) != answer.len || putchar('\n') == EOF || fflush(stdout) != 0)
        return app_say("call", APP_FAILED, "The answer could not be written out.");
    if (http_status >= 200 && http_status < 300) return APP_OK;
    if (http_status == HTTP_NO_KEY) return app_say("call", APP_FAILED, NO_KEY);
    if (json_parse(arena, answer, &problem, NULL) == MX_OK) detail = json_member(problem, "detail");
    if (detail) return app_say("call", APP_FAILED, "%.*s", (int)detail->text.len, detail->text.ptr);
    return app_say("call", APP_FAILED, "The answer has status %d.", http_status);
}

static int is_header_text(const char *text) {
    for (; *text; text++)
        if (*text < 0x21 || *text > 0x7e) return 0;
    return 1;
}

/* One's own shop is called wherever it is: the address that was named is allowed. */
static mx_status fetch_https(struct base_arena *arena, const struct app_fetch *fetch, struct mx_str headers, struct net_answer *answer,
                             struct mx_error *err) {
    struct net_way *way = NULL;
    struct mx_str host = mx_str_of(fetch->url + strlen("https://"));
    const char *slash = memchr(host.ptr, '/', host.len), *allow[2] = {NULL, NULL};
    struct net_fetch out = {mx_str_of("POST"), {0}, headers, fetch->body, fetch->timeout_ms};
    struct net_out_opts opts = {.ca_file = fetch->ca, .allow = allow, .answer_bytes = BODY_MAX};
    mx_status st;
    if (slash) host = mx_str_n(host.ptr, (size_t)(slash - host.ptr));
    allow[0] = base_arena_printf(arena, "%.*s%s", (int)host.len, host.ptr, memchr(host.ptr, ':', host.len) ? "" : ":443").ptr;
    out.url = base_arena_printf(arena, "https://%.*s/v1/%s", (int)host.len, host.ptr, fetch->op);
    st = net_way_new(&opts, &way, err);
    if (st != MX_OK) return st;
    st = net_fetch(way, arena, &out, answer, err);
    net_way_free(way);
    return st;
}

mx_status app_fetch(struct base_arena *arena, const struct app_fetch *fetch, int *http_status, struct mx_str *body, struct mx_error *err) {
    struct net_answer answer = {0};
    struct mx_str headers;
    mx_status st;
    if (!is_header_text(fetch->key) || !is_header_text(fetch->idem))
        return base_fail(err, MX_E_BAD_INPUT, NULL, "MERX_KEY and --key-id are made of printable ASCII without spaces.");
    headers = base_arena_printf(arena, "Content-Type: application/json\r\nIdempotency-Key: %s\r\n%s%s%s", fetch->idem,
                                *fetch->key ? "Authorization: Bearer " : "", fetch->key, *fetch->key ? "\r\n" : "");
    if (strncmp(fetch->url, "https://", strlen("https://")) == 0)
        st = fetch_https(arena, fetch, headers, &answer, err);
    else
        st = net_call(arena, fetch->url, "POST", base_arena_printf(arena, "/v1/%s", fetch->op).ptr, headers.ptr, fetch->body,
                      fetch->timeout_ms, &answer, err);
    *http_status = answer.status;
    *body = answer.body;
    return st;
}

static int call_url(struct base_arena *arena, const char *url, const struct place *place, const struct request *request) {
    struct app_fetch fetch = {url, place->ca, request->op, request->key, request->idem, request->body, TIMEOUT_MS};
    struct mx_error err = {0};
    struct mx_str body = {0};
    int http_status = 0;
    mx_status st = app_fetch(arena, &fetch, &http_status, &body, &err);
    if (st == MX_E_BAD_INPUT) return app_say("call", APP_USAGE, "%s", err.message);
    return st == MX_OK ? print_answer(arena, http_status, body) : app_say_error("call", &err);
}

static void nothing_more(struct op_call *call) { (void)call; }

static mx_status check_key(struct app_shop *shop, struct base_arena *arena, const char *key, struct op_call *call) {
    struct store_view *view;
    mx_status st = store_read_begin(shop->store, arena, &view);
    if (st != MX_OK) return st;
    st = identity_check_key(shop->identity, view, mx_str_of(key), &call->principal);
    store_read_end(view);
    return st;
}

/* As the HTTP server does it, without the server. */
void app_run_as(struct app_shop *shop, struct base_arena *arena, const struct app_fetch *fetch, struct op_call *call) {
    struct mx_error err = {0};
    mx_status st;
    call->arena = arena;
    call->key = mx_str_of(fetch->idem);
    call->body = fetch->body;
    call->done = nothing_more;
    call->entry = op_find(shop->op, mx_str_of(fetch->op));
    if (!call->entry || (call->entry->def->flags & MX_OP_INTERNAL)) {
        base_fail(&err, MX_E_UNKNOWN_OPERATION, NULL, "There is no operation called %s.", fetch->op);
        op_problem(call, &err);
        return;
    }
    st = call->entry->def->flags & MX_OP_PUBLIC ? MX_OK : check_key(shop, arena, fetch->key, call);
    if (st != MX_OK) {
        base_fail(&err, st, NULL, "%s", st == MX_E_NO_KEY ? NO_KEY : base_status_text(st));
        op_problem(call, &err);
        return;
    }
    op_run(shop->op, call);
}

static int call_here(struct base_arena *arena, const char *data, const struct place *place, const struct request *request) {
    struct app_shop_opts opts = {0};
    struct app_shop shop;
    struct mx_error err = {0};
    struct op_call call = {0};
    int code;
    opts.data = data;
    opts.rules = app_path(arena, data, "/rules");
    opts.plugin_dir = place->plugin_dir;
    opts.plugins = &place->plugins;
    if (app_shop_open(&opts, &shop, &err) != MX_OK) {
        if (err.status == MX_E_LOCKED)
            return app_say("call", APP_FAILED, "The folder %s is in use by a process that does not serve %s/merx.sock.", data, data);
        return app_say_error("call", &err);
    }
    if (app_shop_start(&shop, &err) != MX_OK) {
        code = app_say_error("call", &err);
    } else {
        struct app_fetch fetch = {NULL, NULL, request->op, request->key, request->idem, request->body, 0};
        app_run_as(&shop, arena, &fetch, &call);
        code = print_answer(arena, call.http_status, call.answer);
    }
    app_shop_close(&shop);
    return code;
}

static int take_body(struct base_arena *arena, const char *word, struct mx_str *body) {
    struct mx_error err = {0};
    if (word[0] != '@' && strcmp(word, "-") != 0) {
        *body = mx_str_of(word);
        return APP_GO_ON;
    }
    return app_read_all(arena, word[0] == '@' ? word + 1 : word, BODY_MAX, body, &err) == MX_OK ? APP_GO_ON : app_say_error("call", &err);
}

static int call(struct base_arena *arena, const struct place *place, struct request *request, const struct app_words *words) {
    const char *data;
    int code = take_body(arena, words->count > 1 ? words->at[1] : "{}", &request->body);
    if (code != APP_GO_ON) return code;
    if (place->url) return call_url(arena, place->url, place, request);
    data = app_data_path(arena, place->data).ptr;
    if (app_is_served(arena, data)) return call_url(arena, base_arena_printf(arena, "unix:%s/merx.sock", data).ptr, place, request);
    return call_here(arena, data, place, request);
}

/* A key that nobody else makes, so that a repeated command line is a new command. */
const char *app_fresh_key(struct base_arena *arena) {
    uint8_t bytes[16];
    struct mx_error err = {0};
    if (crypto_init(&err) != MX_OK) return NULL;
    crypto_random(bytes, sizeof(bytes));
    return base_arena_printf(arena, "cli-%.*s", 32, base_hex(arena, bytes, sizeof(bytes)).ptr).ptr;
}

int app_cmd_call(int argc, char **argv) {
    struct place place = {0};
    struct request request = {0};
    struct app_words words = {0};
    struct base_arena *arena;
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder, served or not", &place.data, NULL, NULL},
        {"url", "URL", "a serving shop, e.g. http://127.0.0.1:8080 or https://till.example:8443", &place.url, NULL, NULL},
        {"ca", "FILE", "for https: the CAs to trust, e.g. the shop's own ca.crt (the system's)", &place.ca, NULL, NULL},
        {"key-id", "KEY", "idempotency key (a fresh one): the same key and input run once", &request.idem, NULL, NULL},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &place.plugin_dir, NULL, NULL},
        {"plugin", "NAME", "load this plugin too into an unserved folder; may be given more than once", NULL, &place.plugins, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"call", "OP [JSON|@FILE|-]",
                                    "Run one operation and print its answer. The API key is taken from MERX_KEY.", options};
    int code = app_parse(&usage, argc, argv, &words);
    if (code != APP_GO_ON) return code;
    if (words.count < 1 || words.count > 2) return app_say("call", APP_USAGE, "Name an operation and, behind it, its input as JSON.");
    if (!place.data == !place.url) return app_say("call", APP_USAGE, "Give either --data DIR or --url URL.");
    request.op = words.at[0];
    if (!base_code_valid(mx_str_of(request.op), 64)) return app_say("call", APP_USAGE, "%s is not the name of an operation.", request.op);
    request.key = getenv("MERX_KEY");
    if (!request.key) request.key = "";
    arena = base_arena_new(65536);
    if (!request.idem) request.idem = app_fresh_key(arena);
    code = request.idem ? call(arena, &place, &request, &words) : app_say("call", APP_FAILED, "No random numbers can be had.");
    base_arena_free(arena);
    return code;
}
