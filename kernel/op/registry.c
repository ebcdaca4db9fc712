/* The registry: who owns which operation, and how it is found. */
#include <stdlib.h>

#include "base/clock.h"
#include "op/internal.h"
#include "json/json.h"

mx_status op_new(const struct op_opts *opts, struct op_kernel **out, struct mx_error *err) {
    struct op_kernel *op = NULL;
    mx_status st = op_jobs_init(err);
    if (st != MX_OK) return st;
    op = calloc(1, sizeof(*op));
    if (!op) return base_fail(err, MX_E_NOMEM, NULL, "Not enough memory to start.");
    op->opts = *opts;
    if (op->opts.workers == 0) op->opts.workers = 1;
    if (op->opts.group_max == 0) op->opts.group_max = OP_GROUP_MAX;
    if (op->opts.queue_max == 0) op->opts.queue_max = OP_QUEUE_MAX;
    if (op->opts.snapshot_ms == 0) op->opts.snapshot_ms = OP_SNAPSHOT_MS;
    if (op->opts.shed_wait_ms == 0) op->opts.shed_wait_ms = OP_SHED_WAIT_MS;
    base_map_init(&op->ops);
    base_map_init(&op->points);
    base_map_init(&op->topics);
    base_map_init(&op->jobs);
    base_map_init(&op->cursors);
    base_map_init(&op->links);
    base_map_init(&op->same);
    op->frozen = base_arena_new(16384);
    op->same_arena = base_arena_new(1024);
    op->node = base_arena_dup(op->same_arena, opts->node);
    op->after_arena = base_arena_new(4096);
    op_clock_init(&op->clock);
    op_outbox_init(&op->outbox);
    pthread_rwlock_init(&op->same_lock, NULL);
    pthread_mutex_init(&op->writer.mutex, NULL);
    pthread_mutex_init(&op->runs.mutex, NULL);
    crypto_keys_derive(opts->keys, CRYPTO_FOR_IDEM, op->idem_key);
    identity_clock(opts->identity, op_expiry_now, op);
    *out = op;
    return MX_OK;
}

void op_free(struct op_kernel *op) {
    if (!op) return;
    op_stop(op);
    identity_clock(op->opts.identity, NULL, NULL);
    while (op->owners) op_plugin_remove(op, op->owners->plugin.name);
    base_map_fini(&op->ops);
    base_map_fini(&op->points);
    base_map_fini(&op->topics);
    base_map_fini(&op->jobs);
    base_map_fini(&op->cursors);
    base_map_fini(&op->links);
    base_map_fini(&op->same);
    base_arena_free(op->frozen);
    base_arena_free(op->same_arena);
    base_arena_free(op->after_arena);
    pthread_mutex_destroy(&op->clock.mutex);
    op_outbox_fini(&op->outbox);
    pthread_rwlock_destroy(&op->same_lock);
    pthread_mutex_destroy(&op->writer.mutex);
    pthread_mutex_destroy(&op->runs.mutex);
    crypto_wipe(op->idem_key, sizeof(op->idem_key));
    free(op);
}

struct op_owner *op_owner_find(const struct op_kernel *op, const char *name) {
    struct op_owner *owner = op->owners;
    while (owner && strcmp(owner->plugin.name, name) != 0) owner = owner->next;
    return owner;
}

const struct op_entry *op_find(const struct op_kernel *op, struct mx_str name) {
    struct op_reg *reg = base_map_get(&op->ops, name);
    return reg ? &reg->entry : NULL;
}

const struct op_entry *op_next(const struct op_kernel *op, uint32_t *at) {
    if (*at >= op->sorted_count) return NULL;
    return &op->sorted[(*at)++]->entry;
}

/* Descriptors may be older (shorter) or newer (longer) than this program: what is missing reads as zero. */
void op_copy_sized(void *to, size_t to_size, const void *from, size_t from_size) {
    memset(to, 0, to_size);
    memcpy(to, from, from_size < to_size ? from_size : to_size);
}

/* Headers define their tables `static const`, so one description has an address in each source file; this remembers
 * which pairs of addresses were found equal. */
int op_types_same(struct op_kernel *op, const struct mx_type *a, const struct mx_type *b) {
    const struct mx_type *pair[2] = {a, b};
    const struct mx_type **kept;
    void *known;
    int same;
    if (a == b) return 1;
    if (!a || !b) return 0;
    pthread_rwlock_rdlock(&op->same_lock);
    known = base_map_get(&op->same, mx_str_n((const char *)pair, sizeof(pair)));
    pthread_rwlock_unlock(&op->same_lock);
    if (known) return known == (void *)&op->same;
    same = json_types_equal(a, b);
    pthread_rwlock_wrlock(&op->same_lock);
    if (!base_map_get(&op->same, mx_str_n((const char *)pair, sizeof(pair)))) {
        kept = base_arena_alloc(op->same_arena, sizeof(pair));
        memcpy(kept, pair, sizeof(pair));
        base_map_set(&op->same, mx_str_n((const char *)kept, sizeof(pair)), same ? (void *)&op->same : (void *)op);
    }
    pthread_rwlock_unlock(&op->same_lock);
    return same;
}

void op_stat(const struct op_kernel *op, struct op_stat *stat) {
    const struct op_counters *count = &op->count;
    stat->commands = atomic_load_explicit(&count->commands, memory_order_relaxed);
    stat->groups = atomic_load_explicit(&count->groups, memory_order_relaxed);
    stat->refused = atomic_load_explicit(&count->refused, memory_order_relaxed);
    stat->replayed = atomic_load_explicit(&count->replayed, memory_order_relaxed);
    stat->queries = atomic_load_explicit(&count->queries, memory_order_relaxed);
    stat->run_us = atomic_load_explicit(&count->run_us, memory_order_relaxed);
    stat->commit_us = atomic_load_explicit(&count->commit_us, memory_order_relaxed);
}
