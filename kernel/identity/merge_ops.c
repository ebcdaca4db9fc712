/* Saying that two persons are one customer, and taking it back, as operations. */
#include "identity/person_wire.h"
#include "merx/retail/person.h"

#define UNSPLIT_MAX 64u

/* ---- one customer ---- */

struct merge_ask {
    struct mx_str from;
    struct mx_str into;
    struct mx_str reason;
};
static const struct mx_field merge_ask_fields[] = {
    MX_F_ID(merge_ask, from, MX_REQUIRED, "per", "person that goes by the other's name from now on"),
    MX_F_ID(merge_ask, into, MX_REQUIRED, "per", "the other"),
    MX_F_STR(merge_ask, reason, MX_REQUIRED | MX_FREE_TEXT, 1, 200, "why they are one human being; no personal data"),
};
MX_TYPE(merge_ask, "identity.person.merge.ask", "two persons who are one human being");

struct merge_answer {
    struct mx_str merge;
    struct mx_str stands;
    struct mx_list persons;
};
static const struct mx_field merge_answer_fields[] = {
    MX_F_ID(merge_answer, merge, 0, "mrg", "merge, for the way back"),
    MX_F_ID(merge_answer, stands, 0, "per", "person under whom new things are written"),
    MX_F_STRS(merge_answer, persons, 0, 0, IDENTITY_SET_MAX, "all who are one customer now, the one that stands first"),
};
MX_TYPE(merge_answer, "identity.person.merge.answer", "who is one customer now");

static mx_status merge_persons(struct mx_ctx *ctx, const void *in, void *out) {
    const struct merge_ask *ask = in;
    struct merge_answer *answer = out;
    mx_status st = ctx->identity->person_merge(ctx, ask->from, ask->into, ask->reason, &answer->merge);
    if (st == MX_OK) st = ctx->identity->person_set(ctx, ask->into, &answer->persons);
    if (st == MX_OK) answer->stands = mx_list_str(&answer->persons, 0);
    return st;
}

/* ---- and two again ---- */

struct unmerge_ask {
    struct mx_str merge;
};
static const struct mx_field unmerge_ask_fields[] = {MX_F_ID(unmerge_ask, merge, MX_REQUIRED, "mrg", "merge that was none")};
MX_TYPE(unmerge_ask, "identity.person.unmerge.ask", "a merge that is taken back");

struct unmerge_answer {
    struct mx_str merge;
    struct mx_list stays;
    struct mx_list parts;
    struct mx_list unsplit;
};
static const struct mx_field unmerge_answer_fields[] = {
    MX_F_ID(unmerge_answer, merge, 0, "mrg", "merge"),
    MX_F_STRS(unmerge_answer, stays, 0, 0, IDENTITY_SET_MAX, "customer who keeps what was written since, the person that stands first"),
    MX_F_STRS(unmerge_answer, parts, 0, 0, IDENTITY_SET_MAX, "customer who parts with what was hers before, the person that stands first"),
    MX_F_LIST(unmerge_answer, unsplit, 0, 0, UNSPLIT_MAX, mx_unsplit_type, "what could not be parted"),
};
MX_TYPE(unmerge_answer, "identity.person.unmerge.answer", "who is whom again, and what could not be parted");

static mx_status add_unsplit(void *arg, const char *plugin, const void *answer) {
    struct mx_list *unsplit = arg;
    (void)plugin;
    if (unsplit->count < UNSPLIT_MAX) memcpy(mx_list_at(unsplit, unsplit->count++), answer, sizeof(struct mx_unsplit));
    return MX_OK;
}

/* What was learnt of the customer since the merge was learnt of both. */
static mx_status learnt_since(struct mx_ctx *ctx, const struct identity_parting *parting, struct mx_list *unsplit) {
    struct mx_list persons = {(void *)(uintptr_t)parting->stays.persons, parting->stays.count, sizeof(parting->stays.persons[0])}, links;
    struct mx_unsplit identifiers = {mx_str_of("identifiers"), 0,
                                     mx_str_of("Learnt since the merge: they stay with the person that stands.")};
    mx_status st = identity_links_of(ctx, &persons, 0, &links);
    uint32_t i;
    for (i = 0; st == MX_OK && i < links.count; i++)
        identifiers.count += ((const struct person_link_wire *)mx_list_at(&links, i))->linked > parting->merge->at;
    return st == MX_OK && identifiers.count ? add_unsplit(unsplit, "", &identifiers) : st;
}

static mx_status ask_unsplit(struct mx_ctx *ctx, const struct identity_parting *parting, struct mx_list *unsplit) {
    struct mx_unmerge_ask ask = {parting->parts.persons[0], parting->stays.persons[0], parting->merge->at};
    mx_status st;
    *unsplit = mx_list_new(ctx, UNSPLIT_MAX, sizeof(struct mx_unsplit));
    unsplit->count = 0;
    st = learnt_since(ctx, parting, unsplit);
    if (st == MX_OK) st = mx_ask_all(ctx, &mx_point_unmerge, &ask, add_unsplit, unsplit);
    return st == MX_DECLINED ? MX_OK : st;
}

static struct mx_list persons_of(struct mx_ctx *ctx, const struct identity_set *set) {
    struct mx_list list = mx_list_new(ctx, set->count, sizeof(set->persons[0]));
    memcpy(list.items, set->persons, set->count * sizeof(set->persons[0]));
    return list;
}

static mx_status unmerge_persons(struct mx_ctx *ctx, const void *in, void *out) {
    struct unmerge_answer *answer = out;
    struct store_view *view = identity_view(ctx);
    struct identity_parting parting;
    struct mx_persons_merged told;
    struct mx_error err = {0};
    mx_status st = identity_unmerge_look(view, ((const struct unmerge_ask *)in)->merge, &parting, &err);
    if (st != MX_OK) return identity_say(ctx, st, &err);
    st = identity_unmerge(view, &parting, mx_str_of(identity_who(ctx)->id), ctx->now_ms, &err);
    if (st != MX_OK) return identity_say(ctx, st, &err);
    st = ask_unsplit(ctx, &parting, &answer->unsplit);
    if (st != MX_OK) return st;
    answer->merge = parting.merge->id;
    answer->stays = persons_of(ctx, &parting.stays);
    answer->parts = persons_of(ctx, &parting.parts);
    told = (struct mx_persons_merged){.merge = parting.merge->id,
                                      .from = parting.merge->from,
                                      .into = parting.merge->into,
                                      .reason = parting.merge->reason,
                                      .stood = parting.stays.persons[0],
                                      .since = parting.merge->at};
    return mx_emit(ctx, &identity_unmerged_event, &told);
}

const struct mx_op identity_op_person_merge =
    PERSON_OP(0, "identity.person.merge", "Say that two persons are one customer. Nothing is moved, and it can be taken back.",
              "people.merge", &merge_ask_type, &merge_answer_type, merge_persons, NULL);
const struct mx_op identity_op_person_unmerge =
    PERSON_OP(0, "identity.person.unmerge", "Take a merge back. Each gets back what was hers; what was written since is named.",
              "people.merge", &unmerge_ask_type, &unmerge_answer_type, unmerge_persons, NULL);
