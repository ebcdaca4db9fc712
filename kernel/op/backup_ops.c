/* What the log says of a backup: that one was made, by whom, and up to where. The route that hands it out calls this for
 * whoever fetched it. */
#include "op/internal.h"

struct op_backup_made {
    int64_t at;
    int64_t bytes;
    int64_t epoch;
    struct mx_str hash;
    int64_t records;
    int64_t seq;
};

static const struct mx_field op_backup_made_fields[] = {
    MX_F_TIME(op_backup_made, at, MX_REQUIRED, "when its snapshot was taken"),
    MX_F_INT(op_backup_made, bytes, MX_REQUIRED, 0, MX_INT_MAX, "of all records in it"),
    MX_F_INT(op_backup_made, epoch, MX_REQUIRED, 1, MX_INT_MAX, "epoch of the log in it"),
    MX_F_STR(op_backup_made, hash, MX_REQUIRED, 64, 64, "export hash, in hexadecimal"),
    MX_F_INT(op_backup_made, records, MX_REQUIRED, 0, MX_INT_MAX, "how many records are in it"),
    MX_F_INT(op_backup_made, seq, MX_REQUIRED, 0, MX_INT_MAX, "last number of the log in it"),
};
MX_TYPE(op_backup_made, "system.backup.facts", "a backup that was made whole");

const struct mx_event_def op_backup_was_made = {(uint32_t)sizeof(struct mx_event_def), 0, "system.backup.made",
                                                "A backup left the shop whole.", &op_backup_made_type};

static mx_status note_backup(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    return mx_emit(ctx, &op_backup_was_made, in);
}

const struct mx_op op_backup_note = {(uint32_t)sizeof(struct mx_op),
                                     0,
                                     "system.backup.note",
                                     "Note in the log that a backup was made.",
                                     "system.backup",
                                     &op_backup_made_type,
                                     NULL,
                                     note_backup,
                                     NULL,
                                     MX_HOME_HERE,
                                     MX_OFFLINE_REFUSE,
                                     "0.2"};
