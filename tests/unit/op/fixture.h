/* A whole kernel over a store in a folder of its own, with the test plugins of toy.h. */
#ifndef TESTS_UNIT_OP_FIXTURE_H
#define TESTS_UNIT_OP_FIXTURE_H

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "op/op.h"
#include "support/check.h"
#include "toy.h"
#include "json/json.h"

struct fixture {
    char dir[64], data[80], key_file[80];
    struct crypto_keys *keys;
    struct store *store;
    struct bus *bus;
    struct identity *identity;
    struct op_kernel *op;
    struct base_arena *arena;
    struct op_opts opts; /* workers, group_max ... for the next start */
    struct identity_principal owner;
    struct mx_str owner_key;
    int keys_made;
};

static atomic_llong fixture_now = 1700000000000;
static inline int64_t fixture_clock(void) { return atomic_load(&fixture_now); }

static inline int fixture_attach_with(struct fixture *f, int create, uint64_t reserve_bytes) {
    struct store_opts store = {0};
    struct mx_error err = {0};
    mx_status st;
    store.dir = f->data;
    store.keys = f->keys;
    store.map_bytes = 256u << 20;
    store.create = create;
    store.reserve_bytes = reserve_bytes;
    st = store_open(&store, &f->store, &err);
    if (st == MX_OK) st = identity_open(f->store, f->keys, &f->identity, &err);
    if (st == MX_OK) st = bus_new(f->store, f->keys, mx_str_of("n1"), 1, &f->bus);
    f->opts.store = f->store;
    f->opts.bus = f->bus;
    f->opts.identity = f->identity;
    f->opts.keys = f->keys;
    f->opts.node = mx_str_of("n1");
    f->opts.now_ms = fixture_clock;
    if (st == MX_OK) st = op_new(&f->opts, &f->op, &err);
    if (st == MX_OK) st = op_plugin_add(f->op, op_plugin(), &err);
    if (st == MX_OK) st = op_plugin_add(f->op, identity_plugin(), &err);
    if (st == MX_OK) st = op_plugin_add(f->op, &toy_plugin, &err);
    if (st == MX_OK) st = op_plugin_add(f->op, &helper_plugin, &err);
    if (st == MX_OK) st = store_start(f->store, &err);
    if (st == MX_OK) st = op_freeze(f->op, &err);
    if (st != MX_OK) printf("# start: %s\n", err.message);
    return st == MX_OK;
}

static inline int fixture_attach(struct fixture *f, int create) { return fixture_attach_with(f, create, 0); }
static inline int fixture_attach_reserve(struct fixture *f, uint64_t reserve_bytes) { return fixture_attach_with(f, 0, reserve_bytes); }

/* The kernel without its writer: for tests that want it to wait. */
static inline int fixture_open_idle(struct fixture *f) {
    snprintf(f->dir, sizeof(f->dir), "/tmp/merx-op-XXXXXX");
    if (!mkdtemp(f->dir)) return 0;
    snprintf(f->data, sizeof(f->data), "%s/data", f->dir);
    snprintf(f->key_file, sizeof(f->key_file), "%s/data.key", f->dir);
    f->arena = base_arena_new(65536);
    if (crypto_init(NULL) != MX_OK || crypto_keys_create(f->key_file, NULL) != MX_OK) return 0;
    if (crypto_keys_open(f->key_file, &f->keys, NULL) != MX_OK) return 0;
    return fixture_attach(f, 1);
}

static inline int fixture_make_owner(struct fixture *f) {
    struct store_group *group;
    struct store_view *view;
    if (store_group_begin(f->store, &group) != MX_OK || store_write_begin(group, f->arena, &view) != MX_OK) return 0;
    if (identity_make_owner(f->identity, view, fixture_clock(), &f->owner_key, NULL) != MX_OK) return 0;
    if (store_write_apply(view) != MX_OK || store_group_commit(group) != MX_OK) return 0;
    if (store_read_begin(f->store, f->arena, &view) != MX_OK) return 0;
    if (identity_check_key(f->identity, view, f->owner_key, &f->owner) != MX_OK) return 0;
    store_read_end(view);
    return 1;
}

static inline int fixture_open(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    return fixture_open_idle(f) && fixture_make_owner(f) && op_start(f->op, NULL) == MX_OK;
}

static inline void fixture_detach(struct fixture *f) {
    op_stop(f->op);
    op_free(f->op);
    bus_free(f->bus);
    identity_close(f->identity);
    store_close(f->store);
}

static inline int fixture_restart(struct fixture *f) {
    fixture_detach(f);
    return fixture_attach(f, 0) && op_start(f->op, NULL) == MX_OK;
}

static inline void fixture_close(struct fixture *f) {
    char command[128];
    fixture_detach(f);
    crypto_keys_free(f->keys);
    base_arena_free(f->arena);
    json_fini();
    snprintf(command, sizeof(command), "rm -rf %s", f->dir);
    if (system(command) != 0) printf("# %s stays\n", f->dir);
}

/* ---- calls ---- */

static inline void fixture_prepare(struct fixture *f, struct op_call *call, const struct identity_principal *who, const char *op,
                                   const char *key, const char *body) {
    memset(call, 0, sizeof(*call));
    call->arena = f->arena;
    call->entry = op_find(f->op, mx_str_of(op));
    call->principal = *who;
    call->key = mx_str_of(key);
    call->body = mx_str_of(body);
}

/* Run one and wait; the answer lives in the fixture's arena. */
static inline struct op_call fixture_call_as(struct fixture *f, const struct identity_principal *who, const char *op, const char *key,
                                             const char *body) {
    struct op_call call;
    fixture_prepare(f, &call, who, op, key, body);
    if (call.entry) op_run(f->op, &call);
    return call;
}

/* As the owner, with a fresh key. */
static inline struct op_call fixture_call(struct fixture *f, const char *op, const char *body) {
    char key[32];
    snprintf(key, sizeof(key), "fresh-%d", ++f->keys_made);
    return fixture_call_as(f, &f->owner, op, base_arena_dup(f->arena, mx_str_of(key)).ptr, body);
}

static inline struct identity_principal fixture_role(const struct fixture *f, const char *role) {
    struct identity_principal who = f->owner;
    snprintf(who.role, sizeof(who.role), "%s", role);
    return who;
}

static inline int64_t fixture_number(struct fixture *f, struct mx_str json, const char *member) {
    struct json_value *value;
    const struct json_value *found;
    if (json_parse(f->arena, json, &value, NULL) != MX_OK) return -1;
    found = json_member(value, member);
    return found ? found->number : -1;
}

static inline struct mx_str fixture_text(struct fixture *f, struct mx_str json, const char *member) {
    struct json_value *value;
    const struct json_value *found;
    if (json_parse(f->arena, json, &value, NULL) != MX_OK) return mx_str_of("?");
    found = json_member(value, member);
    return found ? found->text : mx_str_of("");
}

/* A raw record that nobody can read, put beside the sound ones while the writer rests. */
static inline void fixture_plant(struct fixture *f, uint16_t space, const struct base_buf *key, const char *value) {
    struct store_span at = {(const uint8_t *)key->ptr, key->len}, bytes = {(const uint8_t *)value, strlen(value)};
    struct store_group *group;
    struct store_view *view;
    op_stop(f->op);
    REQUIRE(store_group_begin(f->store, &group) == MX_OK && store_write_begin(group, f->arena, &view) == MX_OK);
    CHECK_INT(store_raw_put(view, space, at, bytes), MX_OK);
    CHECK(store_write_apply(view) == MX_OK && store_group_commit(group) == MX_OK);
    CHECK_INT(op_start(f->op, NULL), MX_OK);
}

/* What a counter of the test plugin stands at. */
static inline int64_t fixture_counter(struct fixture *f, const char *name) {
    char body[80];
    struct op_call call;
    snprintf(body, sizeof(body), "{\"name\":\"%s\"}", name);
    call = fixture_call(f, "toy.get", base_arena_dup(f->arena, mx_str_of(body)).ptr);
    return call.status == MX_OK ? fixture_number(f, call.answer, "value") : -1;
}

/* Wait until a counter stands at `value`; gives up after five seconds. */
static inline int fixture_wait(struct fixture *f, const char *name, int64_t value) {
    int i;
    for (i = 0; i < 500; i++) {
        if (fixture_counter(f, name) == value) return 1;
        usleep(10000);
    }
    return 0;
}

static inline int64_t fixture_log_count(struct fixture *f) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct store_view *view;
    int64_t seq = -1;
    if (store_read_begin(f->store, f->arena, &view) != MX_OK) return -1;
    if (bus_head(f->bus, view, &seq, hash) != MX_OK) seq = -1;
    store_read_end(view);
    return seq;
}

#endif
