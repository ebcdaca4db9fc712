/* A store with identity in a folder of its own. */
#ifndef TESTS_UNIT_IDENTITY_FIXTURE_H
#define TESTS_UNIT_IDENTITY_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "identity/identity.h"
#include "support/check.h"
#include "json/json.h"

struct fixture {
    char dir[64], data[80], key_file[80];
    struct crypto_keys *keys;
    struct store *store;
    struct identity *identity;
    struct base_arena *arena;
    struct store_group *group;
    struct store_view *view;
};

static inline void fixture_attach(struct fixture *f, int create) {
    struct store_opts opts = {0};
    opts.dir = f->data;
    opts.keys = f->keys;
    opts.map_bytes = 64u << 20;
    opts.create = create;
    CHECK_INT(store_open(&opts, &f->store, NULL), MX_OK);
    CHECK_INT(identity_open(f->store, f->keys, &f->identity, NULL), MX_OK);
}

static inline int fixture_open(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    snprintf(f->dir, sizeof(f->dir), "/tmp/merx-identity-XXXXXX");
    if (!mkdtemp(f->dir)) return 0;
    snprintf(f->data, sizeof(f->data), "%s/data", f->dir);
    snprintf(f->key_file, sizeof(f->key_file), "%s/data.key", f->dir);
    f->arena = base_arena_new(4096);
    if (crypto_init(NULL) != MX_OK || crypto_keys_create(f->key_file, NULL) != MX_OK) return 0;
    if (crypto_keys_open(f->key_file, &f->keys, NULL) != MX_OK) return 0;
    fixture_attach(f, 1);
    return store_start(f->store, NULL) == MX_OK;
}

static inline void fixture_close(struct fixture *f) {
    char command[128];
    identity_close(f->identity);
    store_close(f->store);
    crypto_keys_free(f->keys);
    base_arena_free(f->arena);
    json_fini();
    snprintf(command, sizeof(command), "rm -rf %s", f->dir);
    if (system(command) != 0) printf("# %s stays\n", f->dir);
}

/* Close and open again, as after a restart. */
static inline void fixture_restart(struct fixture *f) {
    identity_close(f->identity);
    store_close(f->store);
    fixture_attach(f, 0);
    CHECK_INT(store_start(f->store, NULL), MX_OK);
}

/* A command of its own: begin, and keep or drop what it wrote. */
static inline struct store_view *fixture_begin(struct fixture *f) {
    CHECK_INT(store_group_begin(f->store, &f->group), MX_OK);
    CHECK_INT(store_write_begin(f->group, f->arena, &f->view), MX_OK);
    return f->view;
}

static inline void fixture_commit(struct fixture *f) {
    CHECK_INT(store_write_apply(f->view), MX_OK);
    CHECK_INT(store_group_commit(f->group), MX_OK);
}

static inline void fixture_drop(struct fixture *f) {
    store_write_drop(f->view);
    store_group_abort(f->group);
}

static inline struct store_view *fixture_read(struct fixture *f) {
    CHECK_INT(store_read_begin(f->store, f->arena, &f->view), MX_OK);
    return f->view;
}

/* In a shop in China, at one moment. */
static inline mx_status fixture_link(struct fixture *f, struct mx_str person, const char *kind, struct mx_str value, struct mx_error *err) {
    const struct identity_link link = {.person = person, .kind = kind, .value = value, .now_ms = 2000};
    return identity_person_link_from(f->view, &link, mx_str_of("CN"), NULL, err);
}

#endif
