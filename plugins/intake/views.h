/* What the files of intake show and begin for each other. */
#ifndef INTAKE_VIEWS_H
#define INTAKE_VIEWS_H

#include "wire.h"

void intake_show_one(struct mx_ctx *ctx, const struct intake_run *run, struct intake_one *one);
/* Begin a run with its first part. run is filled. */
MX_MUST_CHECK mx_status intake_begin(struct mx_ctx *ctx, const struct intake_mapping *mapping, struct mx_str text, int64_t parts,
                                     uint8_t dry, struct intake_run *run);
/* Keep a part; the last one starts the job. */
MX_MUST_CHECK mx_status intake_put_by(struct mx_ctx *ctx, struct intake_run *run, struct mx_str text);

#endif
