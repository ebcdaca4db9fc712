/* Forgetting stored answers that nobody will ask for any more: a look each minute, 200 entries a step. */
#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"

#define PERIOD_US 60000000

uint32_t op_purge(struct op_group *group) {
    struct op_kernel *op = group->op;
    struct identity_principal system;
    uint32_t found = 0;
    struct op_work work = {op->system_arena, &system, "system.forget_answers", NULL, op_idem_purge, &found};
    struct mx_error err = {0};
    int64_t now_us = base_steady_us();
    mx_status st;
    if (now_us < op->purge_us || !op->owners) return 0;
    op->purge_us = now_us + PERIOD_US;
    work.owner = op->owners;
    identity_system(&system);
    base_arena_reset(op->system_arena);
    st = op_command(group, &work, &err);
    if (st < 0) base_log(BASE_LOG_ERROR, "op", "old answers could not be forgotten: %s", err.message);
    if (st != MX_OK) return 0;
    if (found == OP_STEP_RECORDS) op->purge_us = now_us;
    return 1;
}
