/* A store in a scratch folder, for the tests of this room. */
#ifndef TESTS_UNIT_STORE_SHOP_H
#define TESTS_UNIT_STORE_SHOP_H

#include "store/store.h"
#include "support/folder.h"

struct shop {
    struct folder folder;
    struct crypto_keys *keys;
    struct store *store;
    struct base_arena *arena;
    struct mx_error err;
};

static inline void shop_stop(const struct shop *shop, const char *what) {
    printf("# %s: %s\n", what, shop->err.message);
    exit(2);
}

/* A new, empty store; tables are registered before shop_start(). */
static inline void shop_new(struct shop *shop) {
    struct store_opts opts = {0};
    memset(shop, 0, sizeof(*shop));
    folder_new(&shop->folder);
    shop->arena = base_arena_new(64 << 10);
    if (crypto_init(&shop->err) != MX_OK) shop_stop(shop, "crypto_init");
    if (crypto_keys_create(folder_path(&shop->folder, "data.key"), &shop->err) != MX_OK) shop_stop(shop, "keys_create");
    if (crypto_keys_open(folder_path(&shop->folder, "data.key"), &shop->keys, &shop->err) != MX_OK) shop_stop(shop, "keys_open");
    opts.dir = folder_path(&shop->folder, "data");
    opts.keys = shop->keys;
    opts.map_bytes = UINT64_C(1) << 30;
    opts.create = 1;
    if (store_open(&opts, &shop->store, &shop->err) != MX_OK) shop_stop(shop, "store_open");
}

static inline mx_status shop_open_again(struct shop *shop) {
    struct store_opts opts = {0};
    opts.dir = folder_path(&shop->folder, "data");
    opts.keys = shop->keys;
    opts.map_bytes = UINT64_C(1) << 30;
    return store_open(&opts, &shop->store, &shop->err);
}

static inline void shop_close(struct shop *shop) {
    store_close(shop->store);
    shop->store = NULL;
}

static inline void shop_start(struct shop *shop) {
    if (store_start(shop->store, &shop->err) != MX_OK) shop_stop(shop, "store_start");
}

static inline void shop_free(struct shop *shop) {
    store_close(shop->store);
    crypto_keys_free(shop->keys);
    base_arena_free(shop->arena);
    folder_free(&shop->folder);
}

/* One command in a group of its own. */
struct shop_command {
    struct store_group *group;
    struct store_view *view;
};

static inline struct store_view *shop_begin(struct shop *shop, struct shop_command *command) {
    if (store_group_begin(shop->store, &command->group) != MX_OK) shop_stop(shop, "group_begin");
    if (store_write_begin(command->group, shop->arena, &command->view) != MX_OK) shop_stop(shop, "write_begin");
    return command->view;
}

static inline mx_status shop_commit(struct shop_command *command) {
    mx_status st = store_write_apply(command->view);
    if (st == MX_OK) return store_group_commit(command->group);
    store_group_abort(command->group);
    return st;
}

static inline void shop_drop(struct shop_command *command) {
    store_write_drop(command->view);
    store_group_abort(command->group);
}

static inline struct store_view *shop_read(struct shop *shop) {
    struct store_view *view = NULL;
    if (store_read_begin(shop->store, shop->arena, &view) != MX_OK) shop_stop(shop, "read_begin");
    return view;
}

#endif
