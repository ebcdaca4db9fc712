/* Insight's part of the customer view: tags; and of the export: with those that ended, the watched segments that she is in, and all that
 * she did. */
#include "internal.h"
#include "segment.h"

#define DEEDS_MAX   10000 /* some 3 MB */
#define ENDED_MAX   1000
#define WATCHED_MAX 1000

struct deed_view {
    struct mx_str session;
    struct mx_str kind;
    struct mx_str subject;
    int64_t at;
    int64_t dwell_ms;
    struct mx_str location;
};
static const struct mx_field deed_view_fields[] = {
    MX_F_STR(deed_view, session, 0, 0, 64, "visit that it belongs to"),
    MX_F_STR(deed_view, kind, MX_REQUIRED, 1, 32, "what was done"),
    MX_F_STR(deed_view, subject, 0, 0, 64, "with what"),
    MX_F_TIME(deed_view, at, MX_REQUIRED, "when"),
    MX_F_INT(deed_view, dwell_ms, 0, 0, MX_INT_MAX, "for how long"),
    MX_F_STR(deed_view, location, 0, 0, MX_CODE_MAX, "where"),
};
MX_TYPE(deed_view, "insight.deed.view", "something that a customer did");

struct insider_view {
    struct mx_str segment;
    int64_t since;
};
static const struct mx_field insider_view_fields[] = {
    MX_F_STR(insider_view, segment, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "segment"),
    MX_F_TIME(insider_view, since, 0, "since when"),
};
MX_TYPE(insider_view, "insight.insider.view", "a watched segment that a customer is in");

struct whole_view {
    struct mx_str member;
    struct mx_list tags;
    struct mx_list history;
    struct mx_list behaviours;
    uint8_t withheld;
    uint8_t more;
    struct mx_list segments;
};
static const struct mx_field whole_view_fields[] = {
    MX_F_ID(whole_view, member, MX_REQUIRED, "mem", "standing id"),
    MX_F_LIST(whole_view, tags, 0, 0, 256, insight_tag_view_type, "tags held now, by code"),
    MX_F_LIST(whole_view, history, 0, 0, ENDED_MAX, insight_tag_view_type, "tags that ended, by code and time"),
    MX_F_LIST(whole_view, behaviours, 0, 0, DEEDS_MAX, deed_view_type, "what she did, oldest first"),
    MX_F_BOOL(whole_view, withheld, 0, "she has not agreed to personalisation"),
    MX_F_BOOL(whole_view, more, 0, "there is more: of what she did these are the newest, of tags that ended the first"),
    MX_F_LIST(whole_view, segments, 0, 0, WATCHED_MAX, insider_view_type, "watched segments that she is in"),
};
MX_TYPE(whole_view, "insight.whole", "all that is kept of a customer here");

/* One more than is shown is looked for, to say whether there is more. */
static mx_status show_deeds(struct mx_ctx *ctx, const struct mx_list *members, struct whole_view *whole) {
    const struct insight_did *const *deeds = NULL;
    uint32_t i, count = 0, skipped;
    mx_status st = insight_deeds(ctx, members, DEEDS_MAX + 1, &deeds, &count);
    skipped = count > DEEDS_MAX;
    whole->more |= (uint8_t)skipped;
    whole->behaviours = mx_list_new(ctx, count - skipped, sizeof(struct deed_view));
    for (i = skipped; i < count; i++)
        *(struct deed_view *)mx_list_at(&whole->behaviours, i - skipped) =
            (struct deed_view){deeds[i]->session, deeds[i]->kind, deeds[i]->subject, deeds[i]->at, deeds[i]->dwell_ms, deeds[i]->location};
    return st;
}

static mx_status show_segments(struct mx_ctx *ctx, struct mx_str member, struct whole_view *whole) {
    struct insight_insider probe = {.member = member}, *insider = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_insiders, &opts, &probe, &scan);
    whole->segments = mx_list_new(ctx, WATCHED_MAX, sizeof(struct insider_view));
    whole->segments.count = 0;
    while (st == MX_OK && whole->segments.count < WATCHED_MAX && (st = mx_scan_next(ctx, scan, &insider)) == MX_OK)
        *(struct insider_view *)mx_list_at(&whole->segments, whole->segments.count++) =
            (struct insider_view){insider->segment, insider->since};
    return st == MX_DONE ? MX_OK : st;
}

static mx_status show_whole(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct mx_section *section) {
    struct insight_tags_view tags = {{NULL, 0}, {NULL, 0, 0}, {NULL, 0, 0}, 0};
    struct whole_view whole = {.withheld = 0};
    mx_status st = insight_tags_show(ctx, facts, ENDED_MAX + 1, &tags);
    whole.member = tags.member;
    whole.tags = tags.tags;
    whole.history = tags.history;
    whole.withheld = tags.withheld;
    whole.more = whole.history.count > ENDED_MAX;
    whole.history.count -= whole.more;
    if (st == MX_OK && !whole.withheld) st = show_deeds(ctx, &facts->members, &whole);
    if (st == MX_OK && !whole.withheld) st = show_segments(ctx, whole.member, &whole);
    section->more = whole.more;
    return st == MX_OK ? ctx->op->encode(ctx, &whole_view_type, &whole, &section->data) : st;
}

mx_status insight_section_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    struct mx_member_facts facts = {.id = ask->member, .members = ask->members};
    struct insight_tags_view view = {{NULL, 0}, {NULL, 0, 0}, {NULL, 0, 0}, 0};
    mx_status st;
    if (!mx_allowed(ctx, "insight.read")) return MX_DECLINED;
    if (facts.members.count == 0) {
        st = insight_member(ctx, ask->member, &facts);
        if (st != MX_OK) return st == MX_NONE ? MX_DECLINED : st;
    }
    section->name = mx_str_of("tags");
    if (ask->whole) return show_whole(ctx, &facts, section);
    section->more = 1;
    st = insight_tags_show(ctx, &facts, 0, &view);
    return st == MX_OK ? ctx->op->encode(ctx, &insight_tags_view_type, &view, &section->data) : st;
}
