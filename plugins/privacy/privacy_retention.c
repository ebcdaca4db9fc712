/* How long things are kept: what the shop says, above what law wants. */
#include "duties.h"

const struct mx_table privacy_retentions = {
    .size = sizeof(struct mx_table),
    .name = "privacy.retention",
    .doc = "how long the shop keeps what",
    .type = &privacy_retention_type,
    .key = "name",
};

mx_status privacy_keep_days(struct mx_ctx *ctx, struct mx_str name, int64_t *days) {
    struct privacy_retention probe = {.name = name}, *stored = NULL;
    mx_status st = mx_get(ctx, &privacy_retentions, &probe, &stored);
    *days = stored ? stored->days : 0;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status check_kind(struct mx_ctx *ctx, const struct privacy_retention_put *put) {
    struct mx_list kinds;
    uint32_t i;
    mx_status st;
    if (mx_str_is(put->name, PRIVACY_IDLE)) return MX_OK;
    if ((st = privacy_kinds_of(ctx, &kinds, NULL)) != MX_OK) return st;
    for (i = 0; i < kinds.count; i++) {
        const struct privacy_kind *kind = mx_list_at(&kinds, i);
        if (!mx_str_eq(kind->name, put->name)) continue;
        if (!kind->trimmed && put->days)
            return mx_refuse(ctx, "never_trimmed", "name", "This is never deleted by age: the books would no longer add up.");
        if (put->days && put->days < kind->law_days)
            return mx_refuse(ctx, "law_floor", "days", "Law wants this kept for %lld days at least.", (long long)kind->law_days);
        return MX_OK;
    }
    return mx_fail(ctx, MX_E_NOT_FOUND, "name", "The register names nothing like this.");
}

static mx_status drop(struct mx_ctx *ctx, struct privacy_retention *stored) {
    mx_status st = privacy_came_right(ctx, stored, "It is kept without end now.");
    return st == MX_OK ? mx_delete(ctx, &privacy_retentions, stored) : st;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_retention_put *put = in;
    struct privacy_retention retention = {.name = put->name}, *stored = NULL;
    struct privacy_retention_put *said = out;
    mx_status st = mx_get(ctx, &privacy_retentions, &retention, &stored);
    if (st < 0) return st;
    *said = *put;
    if (stored && put->days == 0) return drop(ctx, stored); /* also of a plugin that is not there any more */
    if ((st = check_kind(ctx, put)) != MX_OK || put->days == 0) return st;
    if (stored) retention = *stored;
    retention.rec.has = UINT64_MAX;
    retention.days = put->days;
    retention.at = ctx->now_ms;
    st = mx_put(ctx, &privacy_retentions, &retention);
    return st == MX_OK ? privacy_round_at(ctx, ctx->expiry_ms) : st;
}

const struct mx_op privacy_retention_put_op = {
    .size = sizeof(struct mx_op),
    .name = "privacy.retention.put",
    .doc = "Say how long something is kept: what the register names, or customers without a sale (\"idle\").",
    .permission = "privacy.settings",
    .in = &privacy_retention_put_type,
    .out = &privacy_retention_put_type,
    .handler = put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
