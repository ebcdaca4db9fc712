/* Who a customer is: persons and their keys, what they are known by, merges. */
#ifndef IDENTITY_PERSONS_H
#define IDENTITY_PERSONS_H

#include "identity/records.h"

/* epochs.c */
/* Give a new person a key, wrapped under the current epoch, and write her. */
MX_MUST_CHECK mx_status identity_wrap_new(struct identity *identity, struct store_view *view, struct identity_person *person,
                                          struct mx_error *err);
/* The steps of a change of the epoch. begin: the key file gets a new one unless it has one after `from`. rewrap: the next
 * persons behind *after; MX_DONE: that was everybody. drop: MX_OK: not durable yet, ask again after the next commit. */
MX_MUST_CHECK mx_status identity_epoch_begin(struct identity *identity, uint32_t from, struct mx_error *err);
MX_MUST_CHECK mx_status identity_epoch_rewrap(struct identity *identity, struct store_view *view, struct mx_str *after,
                                              struct mx_error *err);
MX_MUST_CHECK mx_status identity_epoch_drop(struct identity *identity, struct mx_error *err);
extern const struct mx_job identity_epoch_job;

/* persons.c */
MX_MUST_CHECK mx_status identity_person_read(struct store_view *view, struct mx_str id, const struct identity_person **person);
MX_MUST_CHECK mx_status identity_person_unwrap(const struct identity *identity, struct store_view *view,
                                               const struct identity_person *person, uint8_t key[CRYPTO_KEY_BYTES]);
mx_status identity_person_key(void *arg, struct store_view *view, struct mx_str person, uint8_t key[CRYPTO_KEY_BYTES]);

/* merges.c: the merges that stand between these persons, in the order in which they were made. */
#define IDENTITY_SET_MAX 32u /* persons that can be one customer */
struct identity_edges {
    const struct identity_merge *merges[IDENTITY_SET_MAX];
    uint32_t count;
};
MX_MUST_CHECK mx_status identity_edges_read(struct store_view *view, const struct mx_list *persons, struct identity_edges *edges,
                                            struct mx_error *err);
MX_MUST_CHECK mx_status identity_merge_get(struct store_view *view, struct mx_str id, const struct identity_merge **merge);

/* sets.c: who is one customer with this person, by these merges alone: a pure function. */
struct identity_set {
    struct mx_str persons[IDENTITY_SET_MAX];
    uint32_t count;
};
/* without: one of them that does not count; may be NULL. */
void identity_set_of(struct mx_str person, const struct identity_edges *edges, const struct identity_merge *without,
                     struct identity_set *set);

/* merges.c */
struct identity_parting { /* what taking back a merge would lead to */
    const struct identity_merge *merge;
    struct identity_set stays; /* with the one who stands now */
    struct identity_set parts;
};
/* merge: from, into, at, by, reason and id are given. */
MX_MUST_CHECK mx_status identity_merge(struct store_view *view, struct identity_merge *merge, struct mx_error *err);
MX_MUST_CHECK mx_status identity_unmerge_look(struct store_view *view, struct mx_str merge, struct identity_parting *parting,
                                              struct mx_error *err);
MX_MUST_CHECK mx_status identity_unmerge(struct store_view *view, const struct identity_parting *parting, struct mx_str by, int64_t now_ms,
                                         struct mx_error *err);

/* person_check.c */
extern const struct mx_check identity_sets_check;

/* person_events.c: what the log is told about persons; in the name of this room. */
extern const struct mx_event_def identity_linked_event, identity_unlinked_event, identity_merged_event, identity_unmerged_event,
    identity_erased_event;

/* identifier.c */
MX_MUST_CHECK mx_status identity_normalise(struct base_arena *arena, const char *kind, struct mx_str value, struct mx_str country,
                                           struct mx_str *out, struct mx_error *err);
struct mx_str identity_mask(struct base_arena *arena, const char *kind, struct mx_str value);

#endif
