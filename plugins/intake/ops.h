/* The operations of intake, for the descriptor. */
#ifndef INTAKE_OPS_H
#define INTAKE_OPS_H

#include "merx/plugin.h"

#define INTAKE_OP(op_flags, op_name, op_doc, op_permission, in_type, out_type, function)                                                   \
    {                                                                                                                                      \
        (uint32_t)sizeof(struct mx_op), op_flags, op_name, op_doc, op_permission, in_type, out_type, function, NULL, MX_HOME_HEADQUARTERS, \
            MX_OFFLINE_REFUSE, "0.4", NULL                                                                                                 \
    }

#define INTAKE_MAY_READ   "intake.read"
#define INTAKE_MAY_RUN    "intake.run"
#define INTAKE_MAY_UNDO   "intake.undo"
#define INTAKE_MAY_MANAGE "intake.manage"

#define INTAKE_RUN_JOB  "intake.run"
#define INTAKE_UNDO_JOB "intake.undo"

#define INTAKE_TRIM "intake.trim"
#define INTAKE_KEPT "intake.made" /* as the register of processing names the books of runs */

extern const struct mx_op intake_trim_op, intake_old_op, intake_forget_op, intake_mapping_put_op, intake_mapping_get_op,
    intake_mapping_list_op, intake_mapping_secret_op, intake_run_op, intake_run_get_op, intake_run_list_op, intake_errors_op,
    intake_undo_op, intake_hook_op;
extern const struct mx_event_def intake_ended_event, intake_undone_event;

#endif
