/* Backups in memory, and a small store to back up. */
#ifndef TESTS_UNIT_STORE_BACKUP_H
#define TESTS_UNIT_STORE_BACKUP_H

#include "base/buf.h"
#include "shop.h"

/* A stream: written to the end, read from `at`. */
struct tape {
    struct base_buf bytes;
    size_t at;
    size_t stop_at; /* write() says stop behind so many bytes; 0 = never */
};

static inline int tape_write(void *arg, const void *bytes, size_t len) {
    struct tape *tape = arg;
    if (tape->stop_at && tape->bytes.len + len > tape->stop_at) return 1;
    base_buf_add(&tape->bytes, bytes, len);
    return 0;
}

/* In pieces of odd sizes, as a socket gives them. */
static inline long tape_read(void *arg, void *bytes, size_t len) {
    struct tape *tape = arg;
    size_t n = tape->bytes.len - tape->at;
    if (n > len) n = len;
    if (n > 40013) n = 40013;
    if (n) memcpy(bytes, tape->bytes.ptr + tape->at, n);
    tape->at += n;
    return (long)n;
}

static inline struct store_backup_io tape_io(struct tape *tape) {
    struct store_backup_io io = {tape_write, tape_read, tape};
    return io;
}

static inline mx_status describe_as_seven(void *arg, struct store_view *view, struct store_backup *about) {
    (void)arg;
    (void)view;
    about->epoch = 1;
    about->seq = 7;
    about->at_ms = 1700000000000;
    return MX_OK;
}

static inline struct store_span span_of_text(const char *text) {
    struct store_span span = {(const uint8_t *)text, strlen(text)};
    return span;
}

/* `count` raw records of `bytes` bytes each, in commits of a thousand or 3 MB. */
static inline void shop_fill(struct shop *shop, int64_t from, int64_t count, size_t bytes) {
    int64_t at = from;
    while (at < from + count) {
        struct shop_command command;
        struct store_view *view = shop_begin(shop, &command);
        for (size_t n = 0; n < 1000 && n * bytes < (3u << 20) && at < from + count; n++, at++) {
            uint8_t *value = base_arena_alloc(shop->arena, bytes + 1);
            struct base_buf key;
            struct store_span span = {value, bytes};
            memset(value, (int)('a' + at % 26), bytes);
            base_buf_init(&key, shop->arena);
            store_key_int(&key, at);
            if (store_raw_put(view, STORE_SPACE_JOBS, (struct store_span){(const uint8_t *)key.ptr, key.len}, span) != MX_OK)
                shop_stop(shop, "raw_put");
        }
        if (shop_commit(&command) != MX_OK) shop_stop(shop, "commit");
        base_arena_reset(shop->arena);
    }
}

static inline mx_status shop_backup(struct shop *shop, struct tape *tape, struct store_backup *about) {
    struct store_backup_io io = tape_io(tape);
    base_buf_init(&tape->bytes, NULL);
    tape->at = 0;
    return store_backup_write(shop->store, &io, INT64_MAX, describe_as_seven, NULL, about, &shop->err);
}

/* Read the tape from its beginning. */
static inline mx_status tape_check(struct shop *shop, struct tape *tape, struct store_backup *about) {
    struct store_backup_io io = tape_io(tape);
    tape->at = 0;
    return store_backup_check(shop->keys, &io, about, &shop->err);
}

static inline mx_status tape_restore(struct shop *shop, struct tape *tape, const char *name, struct store_backup *about) {
    struct store_backup_io io = tape_io(tape);
    tape->at = 0;
    return store_backup_restore(folder_path(&shop->folder, name), shop->keys, &io, about, &shop->err);
}

static inline mx_status shop_open_at(struct shop *shop, const char *name, struct store **store) {
    struct store_opts opts = {0};
    opts.dir = folder_path(&shop->folder, name);
    opts.keys = shop->keys;
    opts.map_bytes = UINT64_C(1) << 30;
    return store_open(&opts, store, &shop->err);
}

#endif
