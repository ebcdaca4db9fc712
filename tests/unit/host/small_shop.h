/* A shop with nothing but the kernel, for the tests of this room. */
#ifndef TESTS_UNIT_HOST_SMALL_SHOP_H
#define TESTS_UNIT_HOST_SMALL_SHOP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "host/host.h"
#include "identity/identity.h"
#include "json/json.h"

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
            printf("# %s\n", #call);                                                                                                       \
            abort();                                                                                                                       \
        }                                                                                                                                  \
    } while (0)

static void small_shop_data(struct small_shop *shop) {
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

/* Open it up to the kernel's own plugins. */
static void small_shop_open(struct small_shop *shop) {
    struct mx_error err = {0};
    struct op_opts opts = {0};
    memset(shop, 0, sizeof(*shop));
    small_shop_data(shop);
    opts.store = shop->store;
    opts.bus = shop->bus;
    opts.identity = shop->identity;
    opts.keys = shop->keys;
    opts.node = mx_str_of("node-1");
    MUST(op_new(&opts, &shop->op, &err));
    MUST(host_new(shop->op, &shop->host, &err));
    MUST(host_admit(shop->host, op_plugin()->name, op_plugin(), &err));
    MUST(host_admit(shop->host, identity_plugin()->name, identity_plugin(), &err));
}

/* After the last plugin was admitted. */
static mx_status small_shop_start(struct small_shop *shop, struct mx_error *err) {
    MUST(store_start(shop->store, err));
    MUST(op_freeze(shop->op, err));
    return host_start(shop->host, err);
}

static void small_shop_close(struct small_shop *shop) {
    char path[128];
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

#endif
