/* merx verify: looks at everything and says what does not add up. */
#include <stdio.h>
#include <stdlib.h>

#include "app/internal.h"
#include "net/net.h"
#include "json/json.h"

#define TIMEOUT_MS (60 * 60 * 1000)

static int print_end(int64_t records, int64_t findings) {
    printf("%lld records, %lld findings\n", (long long)records, (long long)findings);
    return findings ? APP_FAILED : APP_OK;
}

static void print_finding(void *arg, const char *what) {
    int64_t *findings = arg;
    (*findings)++;
    puts(what);
}

static int verify_here(void *arg) {
    const struct app_shop_opts *opts = arg;
    struct app_shop shop;
    struct mx_error err = {0};
    uint64_t records = 0;
    int64_t findings = 0;
    mx_status st;
    if (app_shop_open(opts, &shop, &err) != MX_OK) return app_say_error("verify", &err);
    st = op_verify(shop.op, print_finding, &findings, &records);
    app_shop_close(&shop);
    if (st != MX_OK) return app_say("verify", APP_STORAGE, "The records could not all be read: %s.", base_status_text(st));
    return print_end((int64_t)records, findings);
}

static int verify_apart(struct app_shop_opts *opts) {
    int code = app_run_apart(verify_here, opts);
    if (code >= 0) return code;
    printf("the data file itself is damaged: reading it ended with signal %d\n", -code);
    return APP_FAILED;
}

static int print_report(struct base_arena *arena, struct mx_str text) {
    struct json_value *report;
    struct mx_error err = {0};
    const struct json_value *records, *list, *item;
    int64_t findings = 0;
    if (json_parse(arena, text, &report, &err) != MX_OK) return app_say_error("verify", &err);
    records = json_member(report, "records");
    list = json_member(report, "findings");
    for (item = list ? list->first : NULL; item; item = item->next) {
        printf("%.*s\n", (int)item->text.len, item->text.ptr);
        findings++;
    }
    return print_end(records ? records->number : 0, findings);
}

static int verify_served(struct base_arena *arena, const char *data) {
    const char *key = getenv("MERX_KEY");
    struct net_answer answer = {0};
    struct mx_error err = {0};
    if (!key || !*key)
        return app_say("verify", APP_FAILED, "The shop in %s is being served: put an API key into MERX_KEY, or close it first.", data);
    if (net_call(arena, base_arena_printf(arena, "unix:%s/merx.sock", data).ptr, "POST", "/v1/system.verify",
                 base_arena_printf(arena, "Content-Type: application/json\r\nAuthorization: Bearer %s\r\n", key).ptr, mx_str_of("{}"),
                 TIMEOUT_MS, &answer, &err) != MX_OK)
        return app_say_error("verify", &err);
    if (answer.status == 200) return print_report(arena, answer.body);
    return app_say("verify", APP_FAILED, "The serving shop refused (%d): %.*s", answer.status, (int)answer.body.len, answer.body.ptr);
}

int app_cmd_verify(int argc, char **argv) {
    const char *data = NULL;
    struct app_shop_opts opts = {0};
    struct app_words plugins = {0};
    struct base_arena *arena;
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder; a served one is asked through its socket", &data, NULL, NULL},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &opts.plugin_dir, NULL, NULL},
        {"plugin", "NAME", "load this plugin too; may be given more than once", NULL, &plugins, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"verify", NULL, "Check every record, index and ledger; each finding is one line.", options};
    int code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    if (!data) return app_say("verify", APP_USAGE, "The option --data DIR is missing.");
    arena = base_arena_new(65536);
    opts.data = app_data_path(arena, data).ptr;
    opts.plugins = &plugins;
    opts.checkpoints = 1;
    code = app_is_served(arena, opts.data) ? verify_served(arena, opts.data) : verify_apart(&opts);
    base_arena_free(arena);
    return code;
}
