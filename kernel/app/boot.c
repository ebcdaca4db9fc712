/* Opening a shop in order, closing it in reverse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "host/host.h"
#include "identity/identity.h"
#include "script/script.h"
#include "json/json.h"

#define LOCK_TRY_US 5000

/* A write failed: whoever waits must not be told that anything happened. */
static void storage_failed(const char *why) {
    base_log(BASE_LOG_ERROR, "app", "the storage failed, nothing more is acknowledged: %s", why);
    _exit(APP_STORAGE);
}

/* A build whose own plugins are files has them beside the program. */
static mx_status load_own(struct host *host, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(1024);
    mx_status st = host_load_builtins(host, app_plugin_dir(arena), err);
    base_arena_free(arena);
    return st;
}

mx_status app_admit_all(struct host *host, const char *dir, const struct app_words *named, struct mx_error *err) {
    const struct mx_plugin *own[] = {op_plugin(), identity_plugin(), script_plugin()};
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < sizeof(own) / sizeof(own[0]); i++) st = host_admit(host, own[i]->name, own[i], err);
    if (st == MX_OK) st = load_own(host, err);
    for (i = 0; st == MX_OK && named && i < named->count; i++) st = host_load(host, dir, named->at[i], err);
    return st;
}

/* A process that was killed a moment ago may still hold the folder while its last flush ends. */
static mx_status open_store(const struct store_opts *opts, int64_t wait_ms, struct store **store, struct mx_error *err) {
    int64_t until = base_steady_ms() + wait_ms;
    mx_status st = store_open(opts, store, err);
    while (st == MX_E_LOCKED && base_steady_ms() < until) {
        usleep(LOCK_TRY_US);
        st = store_open(opts, store, err);
    }
    return st;
}

static mx_status open_keys(const char *data, const char *key_file, struct crypto_keys **keys, struct mx_error *err) {
    mx_status st = crypto_keys_open(key_file, keys, err);
    if (st == MX_E_NOT_FOUND && app_is_vacant(data))
        return base_fail(err, st, NULL, "There is no shop in %s; merx init --data %s makes one.", data, data);
    if (st == MX_E_NOT_FOUND)
        return base_fail(err, st, NULL, "The key file %s is missing; without it nobody can read the shop in %s.", key_file, data);
    return st;
}

static mx_status open_data(const struct app_shop_opts *opts, struct app_shop *shop, struct mx_error *err) {
    struct mx_str data = app_data_path(shop->arena, opts->data);
    struct store_opts store = {0};
    int64_t epoch = 1;
    mx_status st = crypto_init(err);
    if (st == MX_OK) st = open_keys(data.ptr, opts->key_file ? opts->key_file : app_path(shop->arena, data.ptr, ".key"), &shop->keys, err);
    store.dir = data.ptr;
    store.keys = shop->keys;
    store.create = opts->create;
    store.look = opts->look;
    if (st == MX_OK) st = open_store(&store, opts->lock_wait_ms, &shop->store, err);
    if (st == MX_OK) st = identity_open(shop->store, shop->keys, &shop->identity, err);
    if (st == MX_OK) st = store_epoch_open(shop->store, &epoch, err);
    if (st == MX_OK) st = bus_new(shop->store, shop->keys, mx_str_of(APP_NODE), epoch, &shop->bus);
    return st;
}

/* With a key file from before the last change of epoch, living persons would be read as erased. */
static mx_status check_epoch(struct app_shop *shop, struct mx_error *err) {
    struct store_view *view;
    mx_status st = store_read_begin(shop->store, shop->arena, &view);
    if (st != MX_OK) return base_fail(err, st, NULL, "The shop's data cannot be read: %s.", base_status_text(st));
    if (!identity_epoch_known(shop->identity, view))
        st = base_fail(err, MX_E_FORBIDDEN, NULL,
                       "The key file is older than the data: it lacks the key under which persons stand now. Put its newest copy back.");
    store_read_end(view);
    return st;
}

static mx_status open_kernel(const struct app_shop_opts *opts, struct app_shop *shop, struct mx_error *err) {
    struct op_opts op = {0};
    mx_status st;
    op.store = shop->store;
    op.bus = shop->bus;
    op.identity = shop->identity;
    op.keys = shop->keys;
    op.node = mx_str_of(APP_NODE);
    op.workers = opts->workers;
    op.group_max = opts->group_max;
    op.fatal = storage_failed;
    op.send = opts->send;
    op.send_end = opts->send_end;
    op.send_arg = opts->send_arg;
    if (opts->checkpoints) op.checkpoint_file = app_path(shop->arena, app_data_path(shop->arena, opts->data).ptr, ".checkpoint");
    st = op_new(&op, &shop->op, err);
    if (st == MX_OK) st = host_new(shop->op, &shop->host, err);
    if (st == MX_OK) st = app_admit_all(shop->host, opts->plugin_dir ? opts->plugin_dir : app_plugin_dir(shop->arena), opts->plugins, err);
    if (st == MX_OK) st = store_start(shop->store, err);
    if (st == MX_OK) st = check_epoch(shop, err);
    if (st == MX_OK) st = op_freeze(shop->op, err);
    if (st == MX_OK) st = host_start(shop->host, err);
    return st;
}

mx_status app_shop_open(const struct app_shop_opts *opts, struct app_shop *shop, struct mx_error *err) {
    mx_status st;
    memset(shop, 0, sizeof(*shop));
    shop->arena = base_arena_new(1024);
    st = open_data(opts, shop, err);
    if (st == MX_OK) st = open_kernel(opts, shop, err);
    if (st == MX_OK && opts->rules) st = script_attach(opts->rules, err);
    shop->has_rules = st == MX_OK && opts->rules;
    if (st != MX_OK) app_shop_close(shop);
    return st;
}

void app_shop_close(struct app_shop *shop) {
    if (shop->running) op_stop(shop->op);
    if (shop->has_rules) script_close();
    host_free(shop->host);
    if (shop->op) op_free(shop->op);
    if (shop->bus) bus_free(shop->bus);
    if (shop->identity) identity_close(shop->identity);
    if (shop->store) store_close(shop->store);
    if (shop->keys) crypto_keys_free(shop->keys);
    json_fini();
    base_arena_free(shop->arena);
    memset(shop, 0, sizeof(*shop));
}

static void nothing_more(struct op_call *call) { (void)call; }

/* The sentence inside a problem document. */
static void take_detail(struct base_arena *arena, const struct op_call *call, struct mx_error *err) {
    struct json_value *problem;
    const struct json_value *detail = NULL, *field = NULL;
    if (json_parse(arena, call->answer, &problem, NULL) == MX_OK) {
        detail = json_member(problem, "detail");
        field = json_member(problem, "field");
    }
    base_error_set(err, call->status, NULL, field ? base_arena_dup(arena, field->text).ptr : NULL, __FILE__, __LINE__, "%.*s",
                   detail ? (int)detail->text.len : 0, detail ? detail->text.ptr : "");
}

mx_status app_run(struct app_shop *shop, struct base_arena *arena, const char *op, const char *key, struct mx_str body,
                  struct op_call *call, struct mx_error *err) {
    memset(call, 0, sizeof(*call));
    call->arena = arena;
    call->entry = op_find(shop->op, mx_str_of(op));
    if (!call->entry) return base_fail(err, MX_E_UNKNOWN_OPERATION, NULL, "There is no operation called %s.", op);
    identity_system(&call->principal);
    call->key = mx_str_of(key);
    call->body = body;
    call->done = nothing_more;
    op_run(shop->op, call);
    if (call->status < 0) take_detail(arena, call, err);
    return call->status < 0 ? call->status : MX_OK;
}

/* A rule file with a mistake must not keep the shop closed: it sells by the rules it had, and the log says why. */
static void begin_rules(struct app_shop *shop) {
    struct base_arena *arena = base_arena_new(4096);
    struct mx_error err = {0};
    struct op_call call;
    const char *key;
    uint8_t bytes[16];
    crypto_random(bytes, sizeof(bytes)); /* never that of an earlier start, whatever the clock says */
    key = base_arena_printf(arena, "boot-%s", base_hex(arena, bytes, sizeof(bytes)).ptr).ptr;
    if (app_run(shop, arena, SCRIPT_OP_BEGIN, key, mx_str_of("{}"), &call, &err) != MX_OK)
        base_log(BASE_LOG_ERROR, "app", "no rules are in force: %s", err.message);
    base_arena_free(arena);
}

mx_status app_shop_start(struct app_shop *shop, struct mx_error *err) {
    mx_status st = op_start(shop->op, err);
    shop->running = st == MX_OK;
    if (st == MX_OK && shop->has_rules) begin_rules(shop);
    return st;
}
