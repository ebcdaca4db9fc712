/* What the log is told about persons: ids and kinds, never what they are known by. */
#include "identity/internal.h"
#include "merx/retail/person.h"

#define EVENT(name, doc, type)                                                                                                             \
    { (uint32_t)sizeof(struct mx_event_def), 0, name, doc, &type }

const struct mx_event_def identity_linked_event =
    EVENT(MX_EVENT_PERSON_LINKED, "a person is known by one thing more", mx_person_linked_type);
const struct mx_event_def identity_unlinked_event =
    EVENT(MX_EVENT_PERSON_UNLINKED, "a person is known by one thing less", mx_person_linked_type);
const struct mx_event_def identity_merged_event =
    EVENT(MX_EVENT_PERSONS_MERGED, "two persons are one customer from now on", mx_persons_merged_type);
const struct mx_event_def identity_unmerged_event =
    EVENT(MX_EVENT_PERSONS_UNMERGED, "a merge of two persons was taken back", mx_persons_merged_type);
const struct mx_event_def identity_erased_event = EVENT(MX_EVENT_PERSON_ERASED, "a person's key was destroyed", mx_person_erased_type);

mx_status identity_tell_linked(struct mx_ctx *ctx, struct mx_str person, struct mx_str kind, struct mx_str source) {
    struct mx_person_linked linked = {person, kind, source};
    return mx_emit(ctx, &identity_linked_event, &linked);
}

mx_status identity_tell_unlinked(struct mx_ctx *ctx, struct mx_str person, struct mx_str kind) {
    struct mx_person_linked linked = {person, kind, {NULL, 0}};
    return mx_emit(ctx, &identity_unlinked_event, &linked);
}

mx_status identity_tell_erased(struct mx_ctx *ctx, struct mx_str person, struct mx_str reason) {
    struct mx_person_erased erased = {person, reason};
    return mx_emit(ctx, &identity_erased_event, &erased);
}

mx_status identity_persons_merge(struct mx_ctx *ctx, struct mx_str from, struct mx_str into, struct mx_str reason, struct mx_str *id,
                                 struct mx_error *err) {
    struct identity_merge merge = {.from = from, .into = into, .reason = reason, .at = ctx->now_ms};
    struct mx_persons_merged merged;
    mx_status st = mx_new_id(ctx, "mrg", &merge.id);
    merge.by = mx_str_of(identity_who(ctx)->id);
    if (st == MX_OK) st = identity_merge(identity_view(ctx), &merge, err);
    if (st != MX_OK) return st;
    *id = merge.id;
    merged = (struct mx_persons_merged){.merge = merge.id, .from = from, .into = into, .reason = reason};
    return mx_emit(ctx, &identity_merged_event, &merged);
}
