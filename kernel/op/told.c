/* What scripts ask of the kernel to speak plainly: what went wrong last, and how data is declared. */
#include "op/internal.h"

struct mx_str op_ctx_problem(struct mx_ctx *pub) { return mx_str_of(op_ctx_of(pub)->error.message); }

const struct mx_type *op_ctx_type_of(struct mx_ctx *pub, struct mx_str name) {
    const struct op_kernel *op = op_ctx_of(pub)->op;
    const struct op_topic *topic = base_map_get(&op->topics, name);
    const struct op_reg *reg = topic ? NULL : base_map_get(&op->ops, name);
    if (topic) return topic->def.type;
    return reg ? reg->def.out : NULL;
}
