/* Inside of `op`: what the plugins declared, found and bound together. Of registry.c, check.c, plugin.c and freeze.c. */
#ifndef OP_REGISTRY_H
#define OP_REGISTRY_H

#include "base/arena.h"
#include "op/figures.h"
#include "op/op.h"

struct op_owner {
    struct op_owner *next;
    struct base_arena *arena;
    struct mx_plugin plugin; /* as far as this program knows it */
    struct op_reg *ops;
    uint32_t op_count;
};

/* A registered operation; `entry` is what others see. */
struct op_reg {
    struct op_entry entry;
    struct mx_op def;
    struct op_owner *owner;
    int personal; /* the answer holds personal fields */
    int words;    /* the input holds somebody's own words */
    struct op_figures *figures;
};

/* A use, resolved. */
struct op_link {
    const struct mx_use *use;
    struct op_owner *from;
    struct op_reg *to; /* NULL: nobody registered it */
    int same_in, same_out;
};

struct op_answerer {
    struct mx_answer def;
    struct op_owner *owner;
    int same_in, same_out;
};

struct op_point {
    struct mx_point def;
    struct op_owner *owner;
    struct op_answerer *answers; /* by priority, then plugin */
    uint32_t count;
};

struct op_listener {
    struct mx_subscription def;
    struct op_owner *owner;
};

struct op_topic {
    struct mx_event_def def;
    struct op_owner *owner;
    struct op_listener *listeners; /* inside the transaction; by priority, then plugin */
    uint32_t count;
};

struct op_follower {
    struct op_listener listener;
    int64_t retry_us; /* steady clock; 0 = now */
    int64_t backoff_ms;
};

struct op_job {
    const struct mx_job *def;
    struct op_owner *owner;
};

mx_status op_plugin_check(const struct mx_plugin *plugin, struct mx_error *err);
int op_type_has(const struct mx_type *type, uint16_t flags);
struct op_owner *op_owner_find(const struct op_kernel *op, const char *name);
void op_thaw(struct op_kernel *op);
int op_types_same(struct op_kernel *op, const struct mx_type *a, const struct mx_type *b);
void op_copy_sized(void *to, size_t to_size, const void *from, size_t from_size);

#endif
