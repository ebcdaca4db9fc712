/* A customer is one, under however many ids: her coupons are hers under each, and limits for a member count all of them together. And
 * what others ask about her: coupons in the one view, and what is kept. */
#include "coupon.h"
#include "merx/retail/member.h"
#include "merx/retail/privacy.h"
#include "ops.h"

#define SECTION_COUPONS 20
#define SECTION_WHOLE   5000
#define SECTION_LOOKED  500 /* the newest; a counter does not wait for years of used ones */

mx_status promotions_ids(struct mx_ctx *ctx, struct mx_str member, struct mx_list *ids) {
    struct mx_member_ask ask = {.member = member, .brief = 1};
    struct mx_member_facts facts;
    mx_status st;
    memset(&facts, 0, sizeof(facts));
    st = member.len ? mx_ask(ctx, &mx_point_member, &ask, &facts) : MX_DECLINED;
    if (st < 0) return st;
    *ids = facts.members;
    if (st == MX_OK && ids->count) return MX_OK;
    *ids = mx_list_new(ctx, member.len ? 1 : 0, sizeof(struct mx_str));
    if (member.len) *(struct mx_str *)mx_list_at(ids, 0) = member;
    return MX_OK;
}

mx_status promotions_is_hers(struct mx_ctx *ctx, struct mx_str owner, struct mx_str member, int *yes) {
    struct mx_list ids;
    uint32_t i;
    mx_status st;
    *yes = mx_str_eq(owner, member);
    if (*yes || member.len == 0) return MX_OK;
    st = promotions_ids(ctx, member, &ids);
    for (i = 0; st == MX_OK && !*yes && i < ids.count; i++) *yes = mx_str_eq(mx_list_str(&ids, i), owner);
    return st;
}

/* ---- the one view of a customer ---- */

static mx_status add_coupons(struct mx_ctx *ctx, struct mx_str member, uint32_t most, int whole, struct coupon_page *page) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .reverse = 1};
    struct promotion_coupon probe = {.member = member}, *coupon = NULL;
    struct mx_scan *scan = NULL;
    uint32_t looked = 0;
    mx_status st = mx_scan_open(ctx, &promotions_coupons, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &coupon)) == MX_OK) {
        struct coupon_view view;
        if (page->coupons.count == most || (!whole && looked++ == SECTION_LOOKED)) {
            page->next = coupon->id;
            return MX_OK;
        }
        memset(&view, 0, sizeof(view));
        st = promotions_coupon_show(ctx, coupon, &view);
        if (st == MX_OK && (whole || view.state == MX_COUPON_USABLE || view.state == MX_COUPON_NOT_YET))
            *(struct coupon_view *)mx_list_at(&page->coupons, page->coupons.count++) = view;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* At a counter those that she may use; in an export all of them. */
mx_status promotions_section_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    uint32_t most = ask->whole ? SECTION_WHOLE : SECTION_COUPONS, i;
    struct coupon_page page;
    mx_status st = MX_OK;
    if (!mx_allowed(ctx, "promotions.read") && !mx_allowed(ctx, "promotions.check")) return MX_DECLINED;
    memset(&page, 0, sizeof(page));
    page.coupons = mx_list_new(ctx, most, sizeof(struct coupon_view));
    page.coupons.count = 0;
    for (i = 0; st == MX_OK && i < ask->members.count; i++) st = add_coupons(ctx, mx_list_str(&ask->members, i), most, ask->whole, &page);
    if (st == MX_OK && ask->members.count == 0) st = add_coupons(ctx, ask->member, most, ask->whole, &page);
    if (st != MX_OK) return st;
    section->name = mx_str_of("coupons");
    section->more = page.next.len > 0;
    page.next.len = 0;
    return ctx->op->encode(ctx, &coupon_page_type, &page, &section->data);
}

mx_status promotions_kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *kept = out;
    struct mx_kept_kind *kind;
    (void)in;
    kept->kinds = mx_list_new(ctx, 1, sizeof(*kind));
    kind = mx_list_at(&kept->kinds, 0);
    kind->name = mx_str_of("promotions.coupon");
    kind->about = mx_str_of("Coupons, group-buys and what was used of limits, by member id; a code is stored as a keyed hash alone.");
    kind->purpose = mx_str_of(MX_PURPOSE_SERVICE);
    kind->basis = MX_BASIS_CONTRACT;
    return MX_OK;
}
