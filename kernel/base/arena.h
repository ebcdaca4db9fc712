/* Arena: memory that dies together, at the end of a request. One thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "merx/types.h"

struct base_arena;

/* New arena whose first block holds `first_bytes`. Aborts when the system has no memory (storage is crash-safe). */
struct base_arena *base_arena_new(size_t first_bytes);

/* Release everything, NULL allowed. Memory marked secret is wiped by its owner, not here. */
void base_arena_free(struct base_arena *arena);

/* Forget all allocations but keep the first block for reuse. */
void base_arena_reset(struct base_arena *arena);

/* `bytes` zeroed bytes, aligned to 16. Never NULL: callers bound what comes from outside. */
void *base_arena_alloc(struct base_arena *arena, size_t bytes);

/* The same without zeroing, for what is overwritten at once. */
void *base_arena_grab(struct base_arena *arena, size_t bytes);

/* Copy text into the arena, with a NUL behind it that `len` does not count. */
struct mx_str base_arena_dup(struct base_arena *arena, struct mx_str text);

/* Format into the arena. */
struct mx_str base_arena_printf(struct base_arena *arena, const char *format, ...) MX_PRINTF(2, 3);

/* Bytes taken from the system so far. */
size_t base_arena_size(const struct base_arena *arena);

#endif
