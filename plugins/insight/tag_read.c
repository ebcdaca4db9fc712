/* Tags as they are shown: of a member, with their history; members of a tag; for the facts. */
#include "internal.h"

#define PAGE     100
#define PAGE_MAX 500

/* Tags stand under the standing id alone. */
mx_status insight_tags_held_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct mx_tags *answer = out;
    struct insight_tag probe = {.member = ask->members.count ? mx_list_str(&ask->members, 0) : ask->member}, *tag = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    struct mx_list tags = {NULL, 0, sizeof(struct mx_tag)};
    mx_status st = mx_scan_open(ctx, &insight_tags, &opts, &probe, &scan);
    while (st == MX_OK && tags.count < 256 && (st = mx_scan_next(ctx, scan, &tag)) == MX_OK) {
        if (tags.count == 0) tags.items = mx_alloc(ctx, 256 * sizeof(struct mx_tag));
        ((struct mx_tag *)tags.items)[tags.count++] = (struct mx_tag){tag->tag, tag->reason, tag->rule, tag->review_at};
        answer->version = tag->version;
        if (tag->review_at && (answer->review_at == 0 || tag->review_at < answer->review_at)) answer->review_at = tag->review_at;
    }
    if (st < 0) return st;
    answer->tags = tags;
    return tags.count ? MX_OK : MX_DECLINED;
}

struct tags_ask {
    struct mx_str member;
    uint8_t history;
};
static const struct mx_field tags_ask_fields[] = {
    MX_F_ID(tags_ask, member, MX_REQUIRED, "mem", "member"),
    MX_F_BOOL(tags_ask, history, 0, "also tags that ended"),
};
MX_TYPE(tags_ask, "insight.tags.ask", "whose tags");

static mx_status list_held(struct mx_ctx *ctx, struct mx_str member, struct mx_list *list) {
    struct insight_tag probe = {.member = member}, *tag = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_tags, &opts, &probe, &scan);
    *list = mx_list_new(ctx, 256, sizeof(struct insight_tag_view));
    list->count = 0;
    while (st == MX_OK && list->count < 256 && (st = mx_scan_next(ctx, scan, &tag)) == MX_OK)
        ((struct insight_tag_view *)list->items)[list->count++] =
            (struct insight_tag_view){tag->tag, tag->reason, tag->rule, tag->version, tag->since, 0, tag->review_at};
    return st == MX_DONE ? MX_OK : st;
}

static mx_status list_ended(struct mx_ctx *ctx, struct mx_str member, uint32_t max, struct mx_list *list) {
    struct insight_period probe = {.member = member, .sort = mx_str_of("tag")}, *period = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_periods, &opts, &probe, &scan);
    *list = mx_list_new(ctx, max, sizeof(struct insight_tag_view));
    list->count = 0;
    while (st == MX_OK && list->count < max && (st = mx_scan_next(ctx, scan, &period)) == MX_OK) {
        if (period->until == 0) continue;
        ((struct insight_tag_view *)list->items)[list->count++] =
            (struct insight_tag_view){period->code, period->reason, period->rule, period->version, period->since, period->until, 0};
    }
    return st == MX_DONE ? MX_OK : st;
}

mx_status insight_tags_show(struct mx_ctx *ctx, const struct mx_member_facts *facts, uint32_t history, struct insight_tags_view *view) {
    int consents = 1;
    mx_status st = ctx->identity->customer(ctx).len ? MX_OK : insight_consents(ctx, facts, &consents);
    view->member = mx_list_str(&facts->members, 0);
    view->withheld = (uint8_t)!consents;
    if (st == MX_OK && consents) st = list_held(ctx, view->member, &view->tags);
    if (st == MX_OK && consents && history) st = list_ended(ctx, view->member, history, &view->history);
    return st;
}

static mx_status tags_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct tags_ask *ask = in;
    struct mx_member_facts facts = {0};
    mx_status st = insight_member_asked(ctx, ask->member, &facts);
    return st == MX_OK ? insight_tags_show(ctx, &facts, ask->history ? INSIGHT_HISTORY_MAX : 0, out) : st;
}

const struct mx_op insight_op_tags = {.size = sizeof(struct mx_op),
                                      .flags = MX_OP_QUERY,
                                      .name = "insight.tags",
                                      .doc = "Show the tags of a customer: why, since when, by which rule and version.",
                                      .permission = "insight.read",
                                      .in = &tags_ask_type,
                                      .out = &insight_tags_view_type,
                                      .handler = tags_handler,
                                      .since = "0.4",
                                      .own = "member"};

/* ---- members of a tag ---- */

struct tag_list_ask {
    struct mx_str tag;
    struct mx_str after;
    int64_t limit;
};
static const struct mx_field tag_list_ask_fields[] = {
    MX_F_STR(tag_list_ask, tag, MX_REQUIRED, 1, INSIGHT_CODE_MAX, "tag"),
    MX_F_STR(tag_list_ask, after, 0, 1, 2000, "`next` of the page before"),
    MX_F_INT(tag_list_ask, limit, 0, 1, PAGE_MAX, "members on a page (100)"),
};
MX_TYPE(tag_list_ask, "insight.tag.list.ask", "members of which tag");

struct tagged {
    struct mx_str member;
    struct mx_str reason;
    int64_t since;
};
static const struct mx_field tagged_fields[] = {
    MX_F_ID(tagged, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(tagged, reason, 0, 0, 200, "why"),
    MX_F_TIME(tagged, since, 0, "since when"),
};
MX_TYPE(tagged, "insight.tagged", "a member with a tag");

struct tag_page {
    struct mx_list members;
    struct mx_str next;
};
static const struct mx_field tag_page_fields[] = {
    MX_F_LIST(tag_page, members, 0, 0, PAGE_MAX, tagged_type, "members, by id"),
    MX_F_STR(tag_page, next, 0, 0, 2000, "go on behind this page; absent on the last one"),
};
MX_TYPE(tag_page, "insight.tag.page", "members of a tag");

static mx_status tag_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct tag_list_ask *ask = in;
    struct tag_page *page = out;
    struct insight_tag probe = {.tag = ask->tag}, *tag = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "tag", .after = ask->after};
    struct mx_scan *scan = NULL;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : PAGE, count = 0, looked = 0;
    mx_status st = mx_scan_open(ctx, &insight_tags, &opts, &probe, &scan);
    page->members = mx_list_new(ctx, limit, sizeof(struct tagged));
    for (; st == MX_OK && count < limit && looked < PAGE_MAX * 4; looked++) {
        struct mx_member_facts facts;
        int consents = 0;
        st = mx_scan_next(ctx, scan, &tag);
        if (st != MX_OK) break;
        facts = (struct mx_member_facts){.id = tag->member};
        st = insight_consents(ctx, &facts, &consents);
        if (st == MX_OK && consents)
            *(struct tagged *)mx_list_at(&page->members, count++) = (struct tagged){tag->member, tag->reason, tag->since};
    }
    page->members.count = count;
    if (st == MX_OK) page->next = mx_dup(ctx, mx_scan_cursor(ctx, scan));
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op insight_op_tag_list = {.size = sizeof(struct mx_op),
                                          .flags = MX_OP_QUERY,
                                          .name = "insight.tag.list",
                                          .doc = "List the members who hold a tag.",
                                          .permission = "insight.lists",
                                          .in = &tag_list_ask_type,
                                          .out = &tag_page_type,
                                          .handler = tag_list_handler,
                                          .since = "0.4"};
