/* The frozen sample plugins run in the program of today: table, command, query, event and subscription, on a real store. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "host/host.h"
#include "identity/identity.h"
#include "support/check.h"
#include "json/json.h"

/* A shop with nothing but the kernel and one plugin from a file. */
struct small_shop {
    char dir[64];
    char key_file[80];
    struct crypto_keys *keys;
    struct store *store;
    struct identity *identity;
    struct bus *bus;
    struct op_kernel *op;
    struct host *host;
};

#define MUST(call)                                                                                                                         \
    do {                                                                                                                                   \
        if ((call) != MX_OK) {                                                                                                             \
            printf("# %s: %s\n", #call, err.message);                                                                                      \
            abort();                                                                                                                       \
        }                                                                                                                                  \
    } while (0)

static void open_data(struct small_shop *shop) {
    struct mx_error err = {0};
    struct store_opts opts = {0};
    strcpy(shop->dir, "/tmp/merx-abi-XXXXXX");
    if (!mkdtemp(shop->dir)) abort();
    snprintf(shop->key_file, sizeof(shop->key_file), "%s.key", shop->dir);
    MUST(crypto_init(&err));
    MUST(crypto_keys_create(shop->key_file, &err));
    MUST(crypto_keys_open(shop->key_file, &shop->keys, &err));
    opts.dir = shop->dir;
    opts.keys = shop->keys;
    opts.create = 1;
    MUST(store_open(&opts, &shop->store, &err));
    MUST(identity_open(shop->store, shop->keys, &shop->identity, &err));
    MUST(bus_new(shop->store, shop->keys, mx_str_of("node-1"), 1, &shop->bus));
}

static void open_shop(struct small_shop *shop, const char *plugin_dir, const char *plugin) {
    struct mx_error err = {0};
    struct op_opts opts = {0};
    memset(shop, 0, sizeof(*shop));
    open_data(shop);
    opts.store = shop->store;
    opts.bus = shop->bus;
    opts.identity = shop->identity;
    opts.keys = shop->keys;
    opts.node = mx_str_of("node-1");
    MUST(op_new(&opts, &shop->op, &err));
    MUST(host_new(shop->op, &shop->host, &err));
    MUST(host_admit(shop->host, op_plugin()->name, op_plugin(), &err));
    MUST(host_admit(shop->host, identity_plugin()->name, identity_plugin(), &err));
    MUST(host_load(shop->host, plugin_dir, plugin, &err));
    MUST(store_start(shop->store, &err));
    MUST(op_freeze(shop->op, &err));
    MUST(host_start(shop->host, &err));
    MUST(op_start(shop->op, &err));
}

static void close_shop(struct small_shop *shop) {
    char path[128];
    op_stop(shop->op);
    host_free(shop->host);
    op_free(shop->op);
    bus_free(shop->bus);
    identity_close(shop->identity);
    store_close(shop->store);
    crypto_keys_free(shop->keys);
    json_fini();
    unlink(shop->key_file);
    snprintf(path, sizeof(path), "rm -rf %s", shop->dir);
    if (system(path) != 0) abort();
}

static void finished(struct op_call *call) { (void)call; }

static void run(struct small_shop *shop, struct base_arena *arena, const char *op, const char *key, const char *body,
                struct op_call *call) {
    memset(call, 0, sizeof(*call));
    call->arena = arena;
    call->entry = op_find(shop->op, mx_str_of(op));
    if (!call->entry) abort();
    identity_system(&call->principal);
    call->key = mx_str_of(key);
    call->body = mx_str_of(body);
    call->done = finished;
    op_run(shop->op, call);
}

TEST(v0_1_runs) {
    struct small_shop shop;
    struct op_call call;
    struct base_arena *arena = base_arena_new(4096);
    uint64_t records = 0;
    open_shop(&shop, ABI_DIR "/v0_1", "hello");
    run(&shop, arena, "hello.greet", "k1", "{\"name\":\"Mei\"}", &call);
    CHECK_INT(call.status, MX_OK);
    CHECK_STR(call.answer, "{\"greeted\":1,\"heard\":0}");
    run(&shop, arena, "hello.greet", "k1", "{\"name\":\"Mei\"}", &call);
    CHECK_INT(call.replayed, 1);
    run(&shop, arena, "hello.greet", "k2", "{\"name\":\"Mei\"}", &call);
    run(&shop, arena, "hello.count", NULL, "{\"name\":\"Mei\"}", &call);
    CHECK_STR(call.answer, "{\"greeted\":2,\"heard\":2}");
    run(&shop, arena, "hello.greet", "k3", "{\"name\":\"nobody\"}", &call);
    CHECK_INT(call.status, MX_E_REFUSED);
    CHECK_INT(call.http_status, 409);
    CHECK_INT(op_verify(shop.op, NULL, NULL, &records), MX_OK);
    CHECK(records > 0);
    close_shop(&shop);
    base_arena_free(arena);
}

RUN_TESTS(CASE(v0_1_runs))
