/* The one view of a customer: her card, and a section from each plugin that has something of her, by the caller's rights. */
#include <stdlib.h>

#include "counts.h"
#include "households.h"
#include "profile.h"
#include "view.h"

/* These have their place in every view; what nobody answers stays empty. */
static const char *const known[] = {"consents", "counters", "coupons", "entitlements", "gift_cards", "household",
                                    "orders",   "points",   "rewards", "tags",         "tickets",    NULL};

/* ---- whom ---- */

static mx_status by_person(struct mx_ctx *ctx, struct mx_str person, const char *field, struct membership_customer *customer) {
    mx_status st = membership_customer_of_person(ctx, person, customer);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, field, "This is nobody who is a member.") : st;
}

static mx_status by_identifier(struct mx_ctx *ctx, const char *kind, struct mx_str value, struct membership_customer *customer) {
    struct mx_str person;
    mx_status st = ctx->identity->person_find(ctx, kind, value, &person);
    if (st == MX_E_BAD_INPUT)
        return mx_fail(ctx, MX_E_BAD_INPUT, kind, "This cannot be a member's %s.", strcmp(kind, "phone") ? kind : "phone number");
    if (st == MX_NONE || st == MX_E_ERASED) return mx_fail(ctx, MX_E_NOT_FOUND, kind, "Nobody with this is a member.");
    return st == MX_OK ? by_person(ctx, person, kind, customer) : st;
}

struct scan_ask {
    struct mx_str qr;
};
static const struct mx_field scan_ask_fields[] = {
    MX_F_STR(scan_ask, qr, MX_REQUIRED, 1, 400, "text of the code"),
};
MX_TYPE(scan_ask, "membership.scan.ask", "whose code is this");

struct scan_answer {
    struct mx_str person;
};
static const struct mx_field scan_answer_fields[] = {
    MX_F_ID(scan_answer, person, 0, "per", "person"),
};
MX_TYPE(scan_answer, "membership.scan.answer", "whose code it is");

/* The kernel tells whose rotating code this is. */
static mx_status by_qr(struct mx_ctx *ctx, struct mx_str qr, struct membership_customer *customer) {
    struct scan_ask ask = {qr};
    struct scan_answer answer = {{NULL, 0}};
    struct mx_str in, out;
    mx_status st = ctx->op->encode(ctx, &scan_ask_type, &ask, &in);
    if (st == MX_OK) st = mx_call_json(ctx, NULL, mx_str_of("identity.customer.scan"), in, &out);
    if (st == MX_OK) st = ctx->op->decode(ctx, &scan_answer_type, out, &answer);
    if (st == MX_OK && answer.person.len == 0) return mx_fail(ctx, MX_E_NOT_FOUND, "qr", "This is nobody who is a member.");
    return st == MX_OK ? by_person(ctx, answer.person, "qr", customer) : st;
}

static mx_status find(struct mx_ctx *ctx, const struct membership_view_ask *ask, struct membership_customer *customer) {
    mx_status st;
    int keys = !!ask->member.len + !!ask->phone.len + !!ask->email.len + !!ask->card.len + !!ask->openid.len + !!ask->device.len +
               !!ask->account.len + !!ask->qr.len;
    if (keys != 1)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "member", "Say by one thing who it is: a member id, phone, email, card, QR code ...");
    if (ask->phone.len) return by_identifier(ctx, "phone", ask->phone, customer);
    if (ask->email.len) return by_identifier(ctx, "email", ask->email, customer);
    if (ask->card.len) return by_identifier(ctx, "card", ask->card, customer);
    if (ask->openid.len) return by_identifier(ctx, "openid", ask->openid, customer);
    if (ask->device.len) return by_identifier(ctx, "device", ask->device, customer);
    if (ask->account.len) return by_identifier(ctx, "account", ask->account, customer);
    if (ask->qr.len) return by_qr(ctx, ask->qr, customer);
    st = membership_customer_of(ctx, ask->member, customer);
    return st == MX_NONE ? mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.") : st;
}

/* ---- sections ---- */

struct gathering {
    struct mx_ctx *ctx;
    struct mx_section *sections;
    uint32_t count;
};

static mx_status take(void *arg, const char *plugin, const void *answer) {
    struct gathering *g = arg;
    (void)plugin;
    if (g->count < MEMBERSHIP_SECTIONS_MAX) g->sections[g->count++] = *(const struct mx_section *)answer;
    return MX_OK;
}

static int has(const struct gathering *g, const char *name) {
    uint32_t i;
    for (i = 0; i < g->count; i++)
        if (mx_str_is(g->sections[i].name, name)) return 1;
    return 0;
}

static void add(struct gathering *g, const char *name, struct mx_str data) {
    if (g->count < MEMBERSHIP_SECTIONS_MAX) g->sections[g->count++] = (struct mx_section){mx_str_of(name), data, 0};
}

/* What this plugin itself shows. */
static mx_status add_own(struct gathering *g, const struct membership_customer *customer) {
    struct mx_entitlements entitlements;
    struct mx_str json;
    mx_status st = membership_household_section(g->ctx, customer, &json);
    if (st == MX_OK) add(g, "household", json);
    if (st == MX_OK || st == MX_NONE) st = membership_entitlements_of(g->ctx, customer, &entitlements.entitlements);
    if (st == MX_OK && entitlements.entitlements.count) {
        st = g->ctx->op->encode(g->ctx, &mx_entitlements_type, &entitlements, &json);
        if (st == MX_OK) add(g, "entitlements", json);
    }
    return st;
}

static int compare_sections(const void *a, const void *b) {
    return mx_str_cmp(((const struct mx_section *)a)->name, ((const struct mx_section *)b)->name);
}

static mx_status gather(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *sections) {
    struct mx_section_ask ask = {.member = customer->member->id, .members = customer->members, .person = customer->member->person};
    struct gathering g = {ctx, NULL, 0};
    uint32_t i;
    mx_status st;
    *sections = mx_list_new(ctx, MEMBERSHIP_SECTIONS_MAX, sizeof(struct mx_section));
    g.sections = sections->items;
    st = mx_ask_all(ctx, &mx_point_section, &ask, take, &g);
    if (st == MX_OK) st = add_own(&g, customer);
    for (i = 0; known[i]; i++)
        if (!has(&g, known[i])) add(&g, known[i], mx_str_of("null"));
    qsort(g.sections, g.count, sizeof(*g.sections), compare_sections);
    sections->count = g.count;
    return st;
}

static mx_status view_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct membership_whole *whole = out;
    struct membership_customer customer;
    mx_status st = find(ctx, in, &customer);
    if (st == MX_OK) st = gather(ctx, &customer, &whole->sections);
    whole->member = mx_alloc(ctx, sizeof(*whole->member));
    return st == MX_OK ? membership_card_of(ctx, &customer, whole->member) : st;
}

static mx_status entitlements_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct membership_customer customer;
    mx_status st = membership_customer_of(ctx, ask->member, &customer);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    return st == MX_OK ? membership_entitlements_of(ctx, &customer, &((struct mx_entitlements *)out)->entitlements) : st;
}

/* ---- membership's own part: what is counted ---- */

mx_status membership_section_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct membership_window ever = {0};
    struct mx_section *section = out;
    struct membership_counters_page page = {0};
    struct membership_count_row *rows;
    uint32_t most = ask->whole ? MEMBERSHIP_COUNTERS_MAX : 20, i;
    struct mx_list names;
    mx_status st;
    if (!mx_allowed(ctx, "members.read")) return MX_DECLINED;
    st = membership_entry_names(ctx, &ask->members, (struct mx_str){NULL, 0}, (struct mx_str){NULL, 0}, most + 1, &names);
    if (st != MX_OK) return st;
    section->more = names.count > most;
    if (section->more) names.count = most;
    page.counters = mx_list_new(ctx, names.count, sizeof(*rows));
    rows = page.counters.items;
    for (i = 0; i < names.count; i++) {
        struct mx_count_answer answer;
        st = membership_count_over(ctx, &ask->members, mx_list_str(&names, i), &ever, &answer);
        if (st != MX_OK) return st;
        rows[i] = (struct membership_count_row){mx_list_str(&names, i), answer.value, answer.oldest};
    }
    section->name = mx_str_of("counters");
    return ctx->op->encode(ctx, &membership_counters_page_type, &page, &section->data);
}

/* What she is here, for whoever gets everything about her; her names and numbers stand under her key. Why staff gave her a tier is
 * theirs. */
mx_status membership_standing_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    struct membership_customer customer;
    struct membership_standing standing = {0};
    mx_status st;
    if (!ask->whole || !mx_allowed(ctx, "members.read")) return MX_DECLINED;
    st = membership_customer_of(ctx, ask->member, &customer);
    if (st == MX_NONE) return MX_DECLINED;
    if (st == MX_OK) st = membership_traits_of(ctx, &customer, &standing.traits);
    if (st == MX_OK) st = membership_tier_told(ctx, &customer, &standing.changes, &standing.more);
    if (st != MX_OK) return st;
    standing.tier = customer.member->tier;
    standing.tier_at = customer.member->tier_at;
    standing.joined_at = customer.member->joined_at;
    standing.segments = membership_all_segments(ctx, &customer);
    standing.channel = customer.member->channel;
    standing.location = customer.member->location;
    standing.campaign = customer.member->campaign;
    st = membership_household_section(ctx, &customer, &standing.household);
    if (st < 0) return st;
    section->name = mx_str_of("membership");
    section->more = standing.more;
    return ctx->op->encode(ctx, &membership_standing_type, &standing, &section->data);
}

const struct mx_op membership_view_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.view",
    .doc = "Show everything about one customer that the caller may see: card, points, coupons, gift cards, orders, tags, consents ...",
    .permission = "members.read",
    .own = "member",
    .in = &membership_view_ask_type,
    .out = &membership_whole_type,
    .handler = view_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op membership_entitlements_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.entitlements",
    .doc = "List what a member may have: by her tier, by rewards.",
    .permission = "members.read",
    .own = "member",
    .in = &mx_member_ask_type,
    .out = &mx_entitlements_type,
    .handler = entitlements_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
