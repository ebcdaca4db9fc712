/* The bare store of the bench: what the same checkouts cost when only their write sets are applied and committed.
 *
 *   bench_bare CAPTURE BARE RULES ORDERS GROUP
 *
 * CAPTURE and BARE are two copies of one prepared shop. The orders run in this process on CAPTURE, over a driver that
 * keeps a copy of every write set; then the write sets are applied to BARE through the plain driver, GROUP of them in each
 * durable commit, and timed. Prints one line of JSON. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "crypto/crypto.h"
#include "host/host.h"
#include "op/op.h"
#include "script/script.h"
#include "store/driver.h"
#include "work.h"

struct kept_set {
    struct store_write *writes;
    size_t count;
};

static struct {
    int on;
    struct base_arena *arena;
    struct kept_set *sets;
    size_t count, room;
    uint64_t records, bytes;
} kept;

static struct store_bytes keep_bytes(struct store_bytes from) {
    struct store_bytes copy = {NULL, from.len};
    void *to;
    if (!from.ptr) return copy;
    to = base_arena_alloc(kept.arena, from.len + 1);
    memcpy(to, from.ptr, from.len);
    copy.ptr = to;
    kept.bytes += from.len;
    return copy;
}

static mx_status apply_and_keep(struct store_reader *group, const struct store_write *writes, size_t count) {
    if (kept.on && kept.count < kept.room) {
        struct kept_set *set = &kept.sets[kept.count++];
        set->writes = base_arena_alloc(kept.arena, count * sizeof(*writes));
        set->count = count;
        kept.records += count;
        for (size_t i = 0; i < count; i++) set->writes[i] = (struct store_write){keep_bytes(writes[i].key), keep_bytes(writes[i].value)};
    }
    return store_lmdb.group_apply(group, writes, count);
}

struct shop {
    struct crypto_keys *keys;
    struct store *store;
    struct identity *identity;
    struct bus *bus;
    struct op_kernel *op;
    struct host *host;
};

static mx_status open_shop(struct shop *shop, const char *data, const char *rules, const struct store_driver *driver,
                           struct mx_error *err) {
    char key_path[4096];
    struct store_opts store = {.dir = data, .driver = driver};
    struct op_opts op = {.node = mx_str_of("node-1")};
    const struct mx_plugin *own[] = {op_plugin(), identity_plugin(), script_plugin()};
    mx_status st = crypto_init(err);
    snprintf(key_path, sizeof(key_path), "%s.key", data);
    if (st == MX_OK) st = crypto_keys_open(key_path, &shop->keys, err);
    store.keys = shop->keys;
    if (st == MX_OK) st = store_open(&store, &shop->store, err);
    if (st == MX_OK) st = identity_open(shop->store, shop->keys, &shop->identity, err);
    if (st == MX_OK) st = bus_new(shop->store, shop->keys, op.node, 1, &shop->bus);
    op.store = shop->store;
    op.bus = shop->bus;
    op.identity = shop->identity;
    op.keys = shop->keys;
    if (st == MX_OK) st = op_new(&op, &shop->op, err);
    if (st == MX_OK) st = host_new(shop->op, &shop->host, err);
    for (size_t i = 0; st == MX_OK && i < sizeof(own) / sizeof(own[0]); i++) st = host_admit(shop->host, own[i]->name, own[i], err);
    if (st == MX_OK) st = host_load_builtins(shop->host, "plugins", err);
    if (st == MX_OK) st = store_start(shop->store, err);
    if (st == MX_OK) st = op_freeze(shop->op, err);
    if (st == MX_OK) st = host_start(shop->host, err);
    if (st == MX_OK) st = script_open(rules, err);
    if (st == MX_OK) st = op_start(shop->op, err);
    return st;
}

static void close_shop(struct shop *shop) {
    op_stop(shop->op);
    script_close();
    host_free(shop->host);
    op_free(shop->op);
    bus_free(shop->bus);
    identity_close(shop->identity);
    store_close(shop->store);
    crypto_keys_free(shop->keys);
}

static void answered(struct op_call *call) { (void)call; }

static mx_status place_orders(struct shop *shop, int64_t orders, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(64 << 10);
    mx_status st = MX_OK;
    for (int64_t n = 0; st == MX_OK && n < orders; n++) {
        struct op_call call = {.arena = arena, .entry = op_find(shop->op, mx_str_of("orders.place")), .done = answered};
        char body[4096], key[64];
        call.body = mx_str_n(body, (size_t)order_body(body, sizeof(body), n));
        call.key = mx_str_n(key, (size_t)snprintf(key, sizeof(key), "bare-%lld", (long long)n));
        identity_system(&call.principal);
        op_run(shop->op, &call);
        st = call.status;
        if (st != MX_OK) base_fail(err, st, NULL, "order %lld: %.*s", (long long)n, (int)call.answer.len, call.answer.ptr);
        base_arena_reset(arena);
    }
    base_arena_free(arena);
    return st;
}

static mx_status capture(const char *data, const char *rules, int64_t orders, struct mx_error *err) {
    struct store_driver keeping = store_lmdb;
    struct shop shop = {0};
    mx_status st;
    keeping.group_apply = apply_and_keep;
    kept.arena = base_arena_new(64 << 20);
    kept.room = (size_t)orders;
    kept.sets = calloc(kept.room, sizeof(*kept.sets));
    st = open_shop(&shop, data, rules, &keeping, err);
    kept.on = 1;
    if (st == MX_OK) st = place_orders(&shop, orders, err);
    kept.on = 0;
    if (st == MX_OK) close_shop(&shop);
    return st;
}

static mx_status replay(const char *data, size_t group_size, double *seconds, struct mx_error *err) {
    struct store_driver_opts opts = {.dir = data};
    struct store_db *db;
    int64_t begin;
    mx_status st = store_lmdb.open(&opts, &db, err);
    if (st != MX_OK) return st;
    begin = base_steady_us();
    for (size_t i = 0; st == MX_OK && i < kept.count; i += group_size) {
        struct store_reader *group;
        st = store_lmdb.group_begin(db, &group);
        for (size_t k = i; st == MX_OK && k < i + group_size && k < kept.count; k++)
            st = store_lmdb.group_apply(group, kept.sets[k].writes, kept.sets[k].count);
        if (st == MX_OK) st = store_lmdb.group_commit(group);
    }
    *seconds = (double)(base_steady_us() - begin) / 1e6;
    store_lmdb.close(db);
    return st;
}

int main(int argc, char **argv) {
    struct mx_error err = {0};
    double seconds = 1;
    mx_status st;
    if (argc != 6) {
        fprintf(stderr, "usage: bench_bare CAPTURE BARE RULES ORDERS GROUP\n");
        return 2;
    }
    st = capture(argv[1], argv[3], atoll(argv[4]), &err);
    if (st == MX_OK) st = replay(argv[2], (size_t)atoll(argv[5]), &seconds, &err);
    if (st != MX_OK) {
        fprintf(stderr, "bench_bare: %s\n", err.message);
        return 1;
    }
    printf("{\"per_s\":%.0f,\"records\":%.1f,\"bytes\":%.0f}\n", (double)kept.count / seconds, (double)kept.records / (double)kept.count,
           (double)kept.bytes / (double)kept.count);
    base_arena_free(kept.arena);
    free(kept.sets);
    return 0;
}
