/* What a run leaves behind: entries, what it made, what was wrong. */
#include "internal.h"

mx_status intake_run_get(struct mx_ctx *ctx, struct mx_str id, const char *field, struct intake_run **run) {
    const struct intake_run probe = {.id = id};
    mx_status st = mx_get(ctx, &intake_runs, &probe, run);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no such run.") : st;
}

mx_status intake_run_put(struct mx_ctx *ctx, struct intake_run *run) {
    run->rec.has = UINT64_MAX;
    return mx_put(ctx, &intake_runs, run);
}

mx_status intake_mapping_get(struct mx_ctx *ctx, struct mx_str name, const char *field, struct intake_mapping **mapping) {
    const struct intake_mapping probe = {.name = name};
    mx_status st = mx_get(ctx, &intake_mappings, &probe, mapping);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, field, "There is no mapping with this name.") : st;
}

mx_status intake_error_note(struct mx_ctx *ctx, struct intake_run *run, const struct intake_error *error) {
    struct intake_error kept = *error;
    run->failed++;
    if (run->failed > INTAKE_ERRORS_MAX) return MX_OK;
    kept.run = run->id;
    kept.seq = run->failed;
    kept.rec.has = UINT64_MAX;
    return mx_put(ctx, &intake_errors, &kept);
}

mx_status intake_make(struct mx_ctx *ctx, struct intake_run *run, const struct intake_made *made) {
    struct intake_made kept = *made;
    kept.run = run->id;
    kept.seq = ++run->made;
    kept.rec.has = UINT64_MAX;
    return mx_put(ctx, &intake_mades, &kept);
}

struct mx_str intake_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str text) {
    return mx_keyed_text(ctx, purpose, text, MX_HASH_BYTES);
}

mx_status intake_entry_of(struct intake_row *row, int32_t kind, struct mx_str external, struct intake_entry *entry) {
    struct intake_entry probe = {.channel = row->mapping->channel, .kind = kind}, *stored = NULL;
    mx_status st;
    probe.external = intake_hash(row->ctx, "external id", external);
    *entry = probe;
    st = mx_get(row->ctx, &intake_entries, &probe, &stored);
    if (st == MX_OK) *entry = *stored;
    return st;
}

mx_status intake_entry_put(struct intake_row *row, struct intake_entry *entry) {
    const struct intake_made made = {.kind = INTAKE_MADE_ENTRY, .id = entry->external, .again = entry->run.len > 0};
    mx_status st;
    if (!made.again) entry->run = row->run->id;
    entry->rec.has = UINT64_MAX;
    st = mx_put(row->ctx, &intake_entries, entry);
    return st == MX_OK ? intake_make(row->ctx, row->run, &made) : st;
}
