/* Behind the commit: what happened comes into the members' rows, and tags and segments follow from it. One follower of everything,
 * so that all of it happens in the order of the log and each entry exactly once. */
#include "internal.h"

/* Whom an event is about: of any event, whatever else it tells. */
struct heard {
    struct mx_str member;
    struct mx_str person;
    struct mx_str from;
    struct mx_str into;
    struct mx_str tier;
};
static const struct mx_field heard_fields[] = {
    MX_F_STR(heard, member, 0, 0, 64, "member"), MX_F_STR(heard, person, 0, 0, 64, "person"), MX_F_STR(heard, from, 0, 0, 64, "from"),
    MX_F_STR(heard, into, 0, 0, 64, "into"),     MX_F_STR(heard, tier, 0, 0, 64, "tier"),
};
MX_TYPE(heard, "insight.heard", "whom something is about");

/* ---- tastes: half of it is worn off after 120 days ---- */

#define WORN_PART INT64_C(1000000000)
#define WORN_DAY  INT64_C(994240475) /* 2^(-1/120) of WORN_PART */

static int64_t part_of(int64_t amount, int64_t part) { return amount / WORN_PART * part + amount % WORN_PART * part / WORN_PART; }

int64_t insight_worn(int64_t amount, int64_t from_ms, int64_t to_ms) {
    int64_t days = to_ms > from_ms ? (to_ms - from_ms) / INSIGHT_DAY_MS : 0, part = WORN_PART, power = WORN_DAY;
    for (; days > 0; days >>= 1) {
        if (days & 1) part = part_of(part, power);
        power = part_of(power, power);
    }
    return part_of(amount, part);
}

static mx_status taste_add(struct mx_ctx *ctx, struct mx_str member, const char *sort, struct mx_str code, int64_t amount, int64_t at) {
    char *name;
    struct insight_bought probe = {.member = member}, *taste = NULL;
    mx_status st;
    uint32_t len = (uint32_t)strlen(sort);
    if (code.len == 0 || code.len > 64) return MX_OK;
    name = mx_alloc(ctx, (size_t)len + code.len + 1);
    memcpy(name, sort, len);
    memcpy(name + len, code.ptr, code.len);
    probe.name = mx_str_n(name, (size_t)len + code.len);
    st = mx_get(ctx, &insight_boughts, &probe, &taste);
    if (st < 0) return st;
    if (st == MX_OK) probe = *taste;
    if (at >= probe.worn_at) { /* worn up to the newer of both times */
        probe.amount = insight_worn(probe.amount, probe.worn_at, at) + amount;
        probe.worn_at = at;
    } else {
        probe.amount += insight_worn(amount, at, probe.worn_at);
    }
    if (probe.amount < 0) probe.amount = 0;
    probe.total += amount;
    return mx_put(ctx, &insight_boughts, &probe);
}

static mx_status tastes_add(struct mx_ctx *ctx, const struct mx_list *goods, int sign, int64_t at, struct insight_row *row) {
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < goods->count; i++) {
        const struct mx_order_goods *part = mx_list_at(goods, i);
        int64_t amount = sign * part->amount;
        st = taste_add(ctx, row->member, "brand:", part->brand, amount, at);
        if (st == MX_OK) st = taste_add(ctx, row->member, "category:", part->category, amount, at);
        if (at >= row->taste_at) {
            row->taste = insight_worn(row->taste, row->taste_at, at) + amount;
            row->taste_at = at;
        } else {
            row->taste += insight_worn(amount, at, row->taste_at);
        }
        if (row->taste < 0) row->taste = 0;
    }
    return st;
}

/* ---- sales ---- */

static mx_status book(struct mx_ctx *ctx, struct insight_bought *sale, const struct mx_list *goods, int sign) {
    struct insight_row row, before;
    mx_status st = mx_put(ctx, &insight_boughts, sale);
    if (st == MX_OK) st = insight_row_get(ctx, sale->member, &row);
    if (st != MX_OK) return st;
    before = row;
    insight_row_add(&row, sale);
    st = tastes_add(ctx, goods, sign, sale->at, &row);
    return st == MX_OK ? insight_row_put(ctx, &before, &row) : st;
}

static mx_status hear_paid(struct mx_ctx *ctx, const struct mx_event *event, struct mx_str data) {
    struct mx_order_paid paid = {0};
    struct insight_bought sale = {.name = mx_str_of(INSIGHT_SALE), .seq = event->seq, .orders = 1};
    mx_status st = ctx->op->decode(ctx, &mx_order_paid_type, data, &paid);
    sale.member = paid.member;
    sale.at = paid.at ? paid.at : event->at_ms;
    sale.amount = paid.total;
    sale.discount = paid.discount;
    return st == MX_OK ? book(ctx, &sale, &paid.goods, 1) : st;
}

static mx_status hear_returned(struct mx_ctx *ctx, const struct mx_event *event, struct mx_str data) {
    struct mx_order_returned back = {0};
    struct insight_bought sale = {.name = mx_str_of(INSIGHT_SALE), .seq = event->seq};
    mx_status st = ctx->op->decode(ctx, &mx_order_returned_type, data, &back);
    sale.member = back.member;
    sale.at = back.at ? back.at : event->at_ms;
    sale.amount = -back.refund;
    sale.orders = back.whole ? -(int64_t)(back.orders.count ? back.orders.count : 1) : 0;
    return st == MX_OK ? book(ctx, &sale, &back.goods, -1) : st;
}

/* ---- who she is ---- */

static mx_status hear_tier(struct mx_ctx *ctx, const struct mx_event *event, const struct heard *heard) {
    struct insight_period period = {.member = heard->member, .sort = mx_str_of("tier"), .code = heard->tier, .since = event->at_ms};
    struct insight_row row, before;
    mx_status st = insight_row_get(ctx, heard->member, &row);
    if (st == MX_OK && heard->from.len) {
        struct insight_period first = {
            .member = heard->member, .sort = period.sort, .code = heard->from, .since = row.joined_at ? row.joined_at : 1};
        st = insight_period_first(ctx, &first);
    }
    if (st == MX_OK && heard->from.len) st = insight_period_end(ctx, heard->member, "tier", heard->from, event->at_ms);
    if (st == MX_OK && heard->tier.len) st = insight_period_begin(ctx, &period);
    if (st != MX_OK) return st;
    before = row;
    st = insight_word_make(ctx, "tier", heard->tier, &row.tier);
    return st == MX_OK ? insight_row_put(ctx, &before, &row) : st;
}

struct claim {
    struct mx_str member;
    int agrees;
    uint32_t left;
};

static mx_status claim_kind(struct mx_ctx *ctx, struct mx_str person, const char *kind, struct claim *claim) {
    struct mx_list values = {0};
    uint32_t i;
    mx_status st = ctx->identity->person_identifiers(ctx, person, kind, &values);
    for (i = 0; st == MX_OK && i < values.count; i++)
        st =
            insight_claim(ctx, insight_owner_of(ctx, mx_str_of(kind), mx_list_str(&values, i)), claim->member, claim->agrees, &claim->left);
    return st == MX_NONE ? MX_OK : st;
}

static mx_status claim_person(struct mx_ctx *ctx, struct mx_str person, struct claim *claim) {
    static const char *const kinds[] = {"device", "openid", "account", "card", "phone", "email"};
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < sizeof(kinds) / sizeof(kinds[0]); i++) st = claim_kind(ctx, person, kinds[i], claim);
    return st;
}

/* What waited under what she is known by: also what she was known by as a guest, before that was seen to be her. */
static mx_status claim_all(struct mx_ctx *ctx, struct mx_str person, const struct mx_member_facts *facts) {
    struct claim claim = {.member = facts->id, .left = INSIGHT_CLAIM_ROWS};
    struct mx_list persons = {0};
    uint32_t i;
    mx_status st = insight_consents(ctx, facts, &claim.agrees);
    if (st == MX_OK) st = ctx->identity->person_set(ctx, person, &persons);
    for (i = 0; st == MX_OK && i < persons.count; i++) st = claim_person(ctx, mx_list_str(&persons, i), &claim);
    return st;
}

static mx_status member_of(struct mx_ctx *ctx, struct mx_str person, struct mx_str *member) {
    const struct mx_member_of_ask ask = {.person = person};
    struct mx_member_of answer = {{NULL, 0}};
    mx_status st = person.len ? mx_ask(ctx, &mx_point_member_of, &ask, &answer) : MX_DECLINED;
    *member = answer.member;
    return st == MX_DECLINED ? MX_NONE : st;
}

static mx_status set_merged(struct mx_ctx *ctx, const struct mx_list *members) {
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < members->count; i++) {
        struct insight_row row;
        st = insight_row_get(ctx, mx_list_str(members, i), &row);
        row.merged = members->count > 1;
        if (st == MX_OK) st = mx_put(ctx, &insight_rows, &row);
    }
    return st;
}

/* What a person is called by as a customer has changed: her tags stand under the standing id alone. */
static mx_status renew_person(struct mx_ctx *ctx, struct mx_str person) {
    struct mx_member_facts facts = {0};
    struct mx_str member;
    uint32_t i;
    int agrees = 0;
    mx_status st = member_of(ctx, person, &member);
    if (st == MX_OK) st = insight_member(ctx, member, &facts);
    if (st == MX_OK) st = set_merged(ctx, &facts.members);
    for (i = 1; st == MX_OK && i < facts.members.count; i++) {
        st = insight_tags_forget(ctx, mx_list_str(&facts.members, i), "She is known by another id now.");
        if (st == MX_OK) st = insight_segments_forget(ctx, mx_list_str(&facts.members, i));
    }
    if (st == MX_OK) st = claim_all(ctx, person, &facts);
    if (st == MX_OK) st = insight_consents(ctx, &facts, &agrees);
    if (st == MX_OK && !agrees) st = insight_let_go(ctx, &facts); /* the other of the two does not */
    if (st == MX_OK) st = insight_tags_renew(ctx, member);
    return st == MX_NONE ? MX_OK : st;
}

static mx_status hear_joined(struct mx_ctx *ctx, const struct heard *heard) {
    struct mx_member_facts facts = {0};
    struct insight_row row, before;
    mx_status st = insight_member(ctx, heard->member, &facts);
    if (st == MX_OK) st = insight_row_get(ctx, heard->member, &row);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    before = row;
    row.joined_at = facts.joined_at;
    if (facts.tier.len && row.tier == 0) st = insight_word_make(ctx, "tier", facts.tier, &row.tier);
    if (st == MX_OK) st = insight_row_put(ctx, &before, &row);
    if (st == MX_OK && facts.person.len) st = claim_all(ctx, facts.person, &facts);
    return st;
}

static mx_status hear_linked(struct mx_ctx *ctx, const struct heard *heard) {
    struct mx_member_facts facts = {0};
    struct mx_str member;
    mx_status st = member_of(ctx, heard->person, &member);
    if (st == MX_OK) st = insight_member(ctx, member, &facts); /* she may have been erased since */
    if (st == MX_OK) st = claim_all(ctx, heard->person, &facts);
    if (st == MX_OK) st = insight_tags_renew(ctx, member);
    return st == MX_NONE ? MX_OK : st;
}

static int begins(struct mx_str text, const char *with) {
    uint32_t len = (uint32_t)strlen(with);
    return text.len >= len && memcmp(text.ptr, with, len) == 0;
}

/* Events of our own but one, and those that tell nothing new of a customer. */
static int is_noise(struct mx_str name) {
    return (begins(name, "insight.") && !mx_str_is(name, insight_added_event.name)) || begins(name, "loyalty.") ||
           begins(name, "inventory.") || begins(name, "payments.") || begins(name, "promotions.") || begins(name, "wallet.") ||
           begins(name, "system.");
}

/* The follower comes behind: a member without a row may have been erased since. */
static mx_status is_gone(struct mx_ctx *ctx, struct mx_str member, int *gone) {
    struct insight_row probe = {.member = member}, *row = NULL;
    struct mx_member_facts facts = {0};
    mx_status st = mx_get(ctx, &insight_rows, &probe, &row);
    *gone = 0;
    if (st != MX_NONE) return st;
    st = insight_member(ctx, member, &facts);
    *gone = st == MX_NONE;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status hear_member(struct mx_ctx *ctx, const struct mx_event *event, struct mx_str data, const struct heard *heard) {
    int gone = 0;
    mx_status st = is_gone(ctx, heard->member, &gone);
    if (st != MX_OK || gone) return st == MX_OK ? MX_DECLINED : st;
    if (mx_str_is(event->name, MX_EVENT_ORDER_PAID))
        st = hear_paid(ctx, event, data);
    else if (mx_str_is(event->name, MX_EVENT_ORDER_RETURNED))
        st = hear_returned(ctx, event, data);
    else if (mx_str_is(event->name, "membership.tier.changed"))
        st = hear_tier(ctx, event, heard);
    else if (mx_str_is(event->name, "membership.joined"))
        st = hear_joined(ctx, heard);
    return st == MX_OK ? insight_tags_renew(ctx, heard->member) : st;
}

mx_status insight_hear(struct mx_ctx *ctx, const struct mx_event *event, const void *data_) {
    const struct mx_str *data = data_;
    struct mx_str none = {NULL, 0}, id;
    struct heard heard = {{NULL, 0}};
    mx_status st;
    if (mx_str_is(event->name, "scripts.rules.published")) return mx_job_start(ctx, insight_tags_job.name, none, &id);
    if (is_noise(event->name)) return MX_DECLINED;
    st = ctx->op->decode(ctx, &heard_type, *data, &heard);
    if (st != MX_OK) return MX_DECLINED; /* a member of another kind by one of these names: nothing that we know */
    if (begins(heard.member, "mem_")) return hear_member(ctx, event, *data, &heard);
    if (mx_str_is(event->name, "identity.person.linked")) return hear_linked(ctx, &heard);
    if (!mx_str_is(event->name, MX_EVENT_PERSONS_MERGED) && !mx_str_is(event->name, MX_EVENT_PERSONS_UNMERGED)) return MX_DECLINED;
    st = renew_person(ctx, heard.into);
    return st == MX_OK ? renew_person(ctx, heard.from) : st;
}
