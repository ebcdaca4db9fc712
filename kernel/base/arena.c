#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ALIGNMENT     16u
#define SMALLEST      256u
#define LARGEST_GUESS (1u << 20)

struct block {
    struct block *next; /* older block */
    size_t bytes;       /* behind the head */
};

#define HEAD_BYTES ((sizeof(struct block) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1))

struct base_arena {
    struct block *newest;
    struct block *first;
    char *at;
    char *end;
    size_t total;
};

static size_t round_up(size_t bytes) {
    if (bytes > SIZE_MAX / 2) abort();
    return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void block_add(struct base_arena *arena, size_t bytes) {
    struct block *block;
    if (bytes < SMALLEST) bytes = SMALLEST;
    block = aligned_alloc(ALIGNMENT, HEAD_BYTES + bytes);
    if (block == NULL) abort();
    block->next = arena->newest;
    block->bytes = bytes;
    arena->newest = block;
    arena->at = (char *)block + HEAD_BYTES;
    arena->end = arena->at + bytes;
    arena->total += HEAD_BYTES + bytes;
}

struct base_arena *base_arena_new(size_t first_bytes) {
    struct base_arena *arena = calloc(1, sizeof(*arena));
    if (arena == NULL) abort();
    block_add(arena, round_up(first_bytes));
    arena->first = arena->newest;
    return arena;
}

static void blocks_free(struct block *block, const struct block *until) {
    while (block != until) {
        struct block *older = block->next;
        free(block);
        block = older;
    }
}

void base_arena_free(struct base_arena *arena) {
    if (arena == NULL) return;
    blocks_free(arena->newest, NULL);
    free(arena);
}

void base_arena_reset(struct base_arena *arena) {
    blocks_free(arena->newest, arena->first);
    arena->newest = arena->first;
    arena->at = (char *)arena->first + HEAD_BYTES;
    arena->end = arena->at + arena->first->bytes;
    arena->total = HEAD_BYTES + arena->first->bytes;
}

void *base_arena_grab(struct base_arena *arena, size_t bytes) {
    void *result;
    bytes = round_up(bytes ? bytes : 1);
    if ((size_t)(arena->end - arena->at) < bytes) {
        size_t guess = arena->newest->bytes * 2;
        if (guess > LARGEST_GUESS) guess = LARGEST_GUESS;
        block_add(arena, guess > bytes ? guess : bytes);
    }
    result = arena->at;
    arena->at += bytes;
    return result;
}

void *base_arena_alloc(struct base_arena *arena, size_t bytes) { return memset(base_arena_grab(arena, bytes), 0, bytes); }

struct mx_str base_arena_dup(struct base_arena *arena, struct mx_str text) {
    char *copy = base_arena_grab(arena, (size_t)text.len + 1);
    if (text.len) memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    return mx_str_n(copy, text.len);
}

struct mx_str base_arena_printf(struct base_arena *arena, const char *format, ...) {
    va_list args;
    char *text;
    int len;
    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) abort();
    text = base_arena_grab(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return mx_str_n(text, (size_t)len);
}

size_t base_arena_size(const struct base_arena *arena) { return arena->total; }
