/* Forgetting what nobody will ask for any more, stored answers and delivered messages: a look each minute, 200 of them a
 * step. */
#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"

#define PERIOD_US 60000000

/* 1 when something was forgotten; *more: there may be more of it. */
static uint32_t forget(struct op_group *group, const char *name, op_work_fn fn, const char *what, int *more) {
    struct op_kernel *op = group->op;
    struct identity_principal system;
    uint32_t found = 0;
    struct op_work work = {op->system_arena, &system, name, op->owners, fn, &found};
    struct mx_error err = {0};
    mx_status st;
    identity_system(&system);
    base_arena_reset(op->system_arena);
    st = op_command(group, &work, &err);
    if (st < 0) base_log(BASE_LOG_ERROR, "op", "%s could not be forgotten: %s", what, err.message);
    if (st == MX_OK && found == OP_STEP_RECORDS) *more = 1;
    return st == MX_OK;
}

uint32_t op_purge(struct op_group *group) {
    struct op_kernel *op = group->op;
    int64_t now_us = base_steady_us();
    uint32_t steps;
    int more = 0;
    if (now_us < op->purge_us || !op->owners) return 0;
    op->purge_us = now_us + PERIOD_US;
    steps = forget(group, "system.forget_answers", op_idem_purge, "old answers", &more);
    if (op_owner_find(op, op_plugin()->name))
        steps += forget(group, "system.forget_messages", op_outbox_purge, "delivered messages", &more);
    if (more) op->purge_us = now_us;
    return steps;
}
