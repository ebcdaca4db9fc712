/* merx init: a new shop. The key file is durable first; the data is made beside its place and moved there whole, so that a
 * cut-off init leaves nothing that looks like a shop. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/buf.h"
#include "base/clock.h"
#include "crypto/crypto.h"
#include "identity/identity.h"
#include "json/json.h"

void app_settings_default(struct app_settings *settings) {
    settings->currency = "CNY";
    settings->digits = 2;
    settings->country = "CN";
    settings->zone = "Asia/Shanghai";
    settings->tax_included = 1;
    settings->practice = 0;
}

static mx_status make_owner(struct app_shop *shop, struct base_arena *arena, struct mx_str *key, struct mx_error *err) {
    struct store_group *group;
    struct store_view *view;
    mx_status st = store_group_begin(shop->store, &group);
    if (st != MX_OK) return base_fail(err, st, NULL, "The owner's key could not be written.");
    st = store_write_begin(group, arena, &view);
    if (st != MX_OK) {
        store_group_abort(group);
        return base_fail(err, st, NULL, "The owner's key could not be written.");
    }
    st = identity_make_owner(shop->identity, view, base_now_ms(), key, err);
    if (st != MX_OK) {
        store_write_drop(view);
        store_group_abort(group);
        return st;
    }
    *key = base_arena_dup(arena, *key);
    st = store_write_apply(view);
    if (st == MX_OK)
        st = store_group_commit(group);
    else
        store_group_abort(group);
    return st == MX_OK ? st : base_fail(err, st, NULL, "The owner's key could not be written.");
}

static mx_status put_settings(struct app_shop *shop, struct base_arena *arena, const struct app_settings *settings, struct mx_error *err) {
    struct op_call call;
    struct base_buf body;
    mx_status st;
    base_buf_init(&body, arena);
    base_buf_text(&body, "{\"country\":");
    json_quote(&body, mx_str_of(settings->country));
    base_buf_text(&body, ",\"currency\":");
    json_quote(&body, mx_str_of(settings->currency));
    base_buf_printf(&body, ",\"digits\":%lld,%s\"prices_include_tax\":%s,\"zone\":", (long long)settings->digits,
                    settings->practice ? "\"practice\":true," : "", settings->tax_included ? "true" : "false");
    json_quote(&body, mx_str_of(settings->zone));
    base_buf_char(&body, '}');
    st = app_shop_start(shop, err);
    return st == MX_OK ? app_run(shop, arena, "shop.settings.put", "init-settings", base_buf_view(&body), &call, err) : st;
}

static mx_status fill(struct base_arena *arena, const char *dir, const char *key_file, const struct app_settings *settings,
                      struct mx_str *key, struct mx_error *err) {
    struct app_shop_opts opts = {0};
    struct app_shop shop;
    mx_status st;
    opts.data = dir;
    opts.key_file = key_file;
    opts.create = 1;
    st = app_shop_open(&opts, &shop, err);
    if (st != MX_OK) return st;
    st = make_owner(&shop, arena, key, err);
    if (st == MX_OK) st = put_settings(&shop, arena, settings, err);
    app_shop_close(&shop);
    return st;
}

static mx_status move_in(struct base_arena *arena, const char *from, const char *to, struct mx_error *err) {
    mx_status st = app_sync_dir(from, err);
    if (st == MX_OK && rename(from, to) != 0)
        return base_fail(err, MX_E_IO, NULL, "The folder %s cannot be made: %s.", to, strerror(errno));
    return st == MX_OK ? app_sync_dir(app_parent(arena, to), err) : st;
}

/* The key file of an init that was cut short is used again: nothing was ever sealed under it but this shop's data. */
static mx_status make_key_file(const char *key_file, int *made, struct mx_error *err) {
    mx_status st = crypto_init(err);
    if (st == MX_OK) st = crypto_keys_create(key_file, err);
    *made = st == MX_OK;
    return st == MX_E_EXISTS ? MX_OK : st;
}

mx_status app_make_shop(struct base_arena *arena, const char *data, const struct app_settings *settings, struct mx_str *key,
                        struct mx_error *err) {
    const char *dir = app_data_path(arena, data).ptr;
    const char *key_file = app_path(arena, dir, ".key");
    const char *unborn = app_path(arena, dir, ".unborn");
    int made_key;
    mx_status st;
    if (!app_is_vacant(dir))
        return base_fail(err, MX_E_EXISTS, NULL, "There is already something in %s; a new shop needs a new folder.", dir);
    st = make_key_file(key_file, &made_key, err);
    if (st != MX_OK) return st;
    app_remove_flat(unborn);
    if (mkdir(unborn, 0700) != 0)
        st = base_fail(err, MX_E_IO, NULL, "The folder %s cannot be made: %s.", unborn, strerror(errno));
    else
        st = fill(arena, unborn, key_file, settings, key, err);
    if (st == MX_OK) st = move_in(arena, unborn, dir, err);
    if (st != MX_OK) {
        app_remove_flat(unborn);
        if (made_key) unlink(key_file);
    }
    return st;
}

static int take_settings(const char *digits, const char *tax, struct app_settings *settings) {
    if (!app_parse_number("init", "digits", digits, 0, 4, &settings->digits)) return APP_USAGE;
    if (strcmp(tax, "yes") != 0 && strcmp(tax, "no") != 0)
        return app_say("init", APP_USAGE, "The option --tax-included is yes or no, not %s.", tax);
    settings->tax_included = strcmp(tax, "yes") == 0;
    return APP_GO_ON;
}

static int make(const char *data, const struct app_settings *settings) {
    struct base_arena *arena = base_arena_new(4096);
    struct mx_error err = {0};
    struct mx_str key;
    int code = APP_OK;
    if (app_make_shop(arena, data, settings, &key, &err) != MX_OK)
        code = app_say_error("init", &err);
    else
        printf("Your shop is in %s and its key file is %s.key.\n"
               "Keep the key file apart from the data and from every backup: without it nobody can read the shop, you neither.\n"
               "Open the shop with: merx serve --data %s\n"
               "This is the owner's API key; it is shown this once:\n%.*s\n",
               app_data_path(arena, data).ptr, app_data_path(arena, data).ptr, data, (int)key.len, key.ptr);
    base_arena_free(arena);
    return code;
}

int app_cmd_init(int argc, char **argv) {
    struct app_settings settings;
    const char *data = NULL, *digits = "2", *tax = "yes";
    const struct app_option options[] = {
        {"data", "DIR", "the folder to make (its keys go to DIR.key)", &data, NULL, NULL},
        {"currency", "CODE", "currency of the shop, ISO 4217 (CNY)", &settings.currency, NULL, NULL},
        {"digits", "N", "digits behind the point of an amount (2)", &digits, NULL, NULL},
        {"country", "CODE", "country of the shop, ISO 3166-1, for phone numbers (CN)", &settings.country, NULL, NULL},
        {"zone", "NAME", "time zone of the shop (Asia/Shanghai)", &settings.zone, NULL, NULL},
        {"tax-included", "yes|no", "do prices include tax (yes)", &tax, NULL, NULL},
        {"practice", NULL, "a shop to learn and test with: its clock can be moved", NULL, NULL, &settings.practice},
        {NULL, NULL, NULL, NULL, NULL, NULL},
    };
    const struct app_usage usage = {"init", NULL, "Make a shop and print its owner's API key as the last line.", options};
    int code;
    app_settings_default(&settings);
    code = app_parse(&usage, argc, argv, NULL);
    if (code != APP_GO_ON) return code;
    if (!data) return app_say("init", APP_USAGE, "The option --data DIR is missing.");
    code = take_settings(digits, tax, &settings);
    return code == APP_GO_ON ? make(data, &settings) : code;
}
