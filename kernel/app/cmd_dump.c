/* merx dump: the records of a shop that nobody serves, as lines of JSON; what is personal stays sealed. */
#include <stdio.h>

#include "app/internal.h"

static int print_row(void *arg, struct mx_str line) {
    (void)arg;
    return fwrite(line.ptr, 1, line.len, stdout) == line.len && putchar('\n') != EOF ? 0 : 1;
}

static int dump(const struct app_shop_opts *opts, const char *prefix) {
    struct app_shop shop;
    struct mx_error err = {0};
    mx_status st;
    if (app_shop_open(opts, &shop, &err) != MX_OK) {
        if (err.status != MX_E_LOCKED) return app_say_error("dump", &err);
        return app_say("dump", APP_FAILED, "The folder %s is in use; close the shop first.", opts->data);
    }
    st = store_dump(shop.store, prefix, print_row, NULL);
    app_shop_close(&shop);
    if (fflush(stdout) != 0 || ferror(stdout)) return app_say("dump", APP_FAILED, "The records could not be written out.");
    return st == MX_OK ? APP_OK : app_say("dump", APP_STORAGE, "The records could not all be read: %s.", base_status_text(st));
}

int app_cmd_dump(int argc, char **argv) {
    struct app_shop_opts opts = {0};
    struct app_words rest = {0}, plugins = {0};
    const struct app_option options[] = {
        {"data", "DIR", "the shop's folder", &opts.data, NULL, NULL},
        {"plugins", "FOLDER", "where plugin files are (beside the program)", &opts.plugin_dir, NULL, NULL},
        {"plugin", "NAME", "load this plugin too; may be given more than once", NULL, &plugins, NULL},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"dump", "[TABLE-PREFIX]", "Print the records of an unserved shop as lines of JSON.", options};
    int code = app_parse(&usage, argc, argv, &rest);
    if (code != APP_GO_ON) return code;
    if (!opts.data) return app_say("dump", APP_USAGE, "The option --data DIR is missing.");
    if (rest.count > 1) return app_say("dump", APP_USAGE, "Name one table or the beginning of its name.");
    opts.plugins = &plugins;
    return dump(&opts, rest.count ? rest.at[0] : "");
}
