/* Principals, as operations. */
#include "identity/internal.h"

#define OP(flags, name, doc, in, out, handler)                                                                                             \
    { (uint32_t)sizeof(struct mx_op), flags, name, doc, "identity.manage", in, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.1" }

#define PAGE_MAX 500u

/* ---- types ---- */

struct principal_ask {
    uint64_t has;
    struct mx_str id;
    struct mx_str name;
    struct mx_str role;
    uint8_t disabled;
};

static const struct mx_field principal_ask_fields[] = {
    MX_F_ID(principal_ask, id, 0, "pri", "who; a new one when left out or not known yet"),
    MX_F_STR(principal_ask, name, 0, 1, 64, "label, such as \"till 1\"; no personal data"),
    MX_F_STR(principal_ask, role, MX_REQUIRED, 1, 31, "role"),
    MX_F_BOOL(principal_ask, disabled, 0, "may do nothing, whatever the role"),
};
MX_TYPE_HAS(principal_ask, "identity.principal.put", "a principal and its role");

struct principal_wire {
    struct mx_str id;
    struct mx_str name;
    struct mx_str role;
    uint8_t disabled;
    int64_t created;
};

static const struct mx_field principal_wire_fields[] = {
    MX_F_ID(principal_wire, id, 0, "pri", "id"),      MX_F_STR(principal_wire, name, 0, 0, 64, "label"),
    MX_F_STR(principal_wire, role, 0, 0, 31, "role"), MX_F_BOOL(principal_wire, disabled, 0, "may do nothing"),
    MX_F_TIME(principal_wire, created, 0, "when"),
};
MX_TYPE(principal_wire, "identity.principal", "who may ask for operations");

struct principal_answer {
    struct principal_wire *principal;
};

static const struct mx_field principal_answer_fields[] = {
    MX_F_STRUCT(principal_answer, principal, 0, principal_wire_type, "the principal"),
};
MX_TYPE(principal_answer, "identity.principal.answer", "a principal");

struct page_ask {
    int64_t limit;
    struct mx_str after;
};

static const struct mx_field page_ask_fields[] = {
    MX_F_INT(page_ask, limit, 0, 0, PAGE_MAX, "at most so many; 100 when left out"),
    MX_F_STR(page_ask, after, 0, 0, 512, "cursor of the page before"),
};
MX_TYPE(page_ask, "identity.page", "a page");

struct principal_page {
    struct mx_list principals;
    struct mx_str next;
};

static const struct mx_field principal_page_fields[] = {
    MX_F_LIST(principal_page, principals, 0, 0, PAGE_MAX, principal_wire_type, "in order of id"),
    MX_F_STR(principal_page, next, 0, 0, 512, "cursor of the next page; empty at the end"),
};
MX_TYPE(principal_page, "identity.principal.page", "principals");

/* ---- principals ---- */

static void to_wire(const struct identity_member *member, struct principal_wire *wire) {
    wire->id = member->id;
    wire->name = member->name;
    wire->role = member->role;
    wire->disabled = member->disabled;
    wire->created = member->created;
}

static mx_status read_or_begin(struct mx_ctx *ctx, const struct principal_ask *ask, struct identity_member *member) {
    struct identity_member probe = {0}, *stored = NULL;
    mx_status st = MX_NONE;
    probe.id = ask->id;
    if (ask->id.len) st = mx_get(ctx, &identity_members, &probe, &stored);
    if (st == MX_OK) *member = *stored;
    if (st != MX_NONE) return st;
    memset(member, 0, sizeof(*member));
    member->created = ctx->now_ms;
    member->id = ask->id;
    return ask->id.len ? MX_OK : mx_new_id(ctx, "pri", &member->id);
}

static mx_status put_principal(struct mx_ctx *ctx, const void *in, void *out) {
    const struct principal_ask *ask = in;
    struct principal_answer *answer = out;
    struct identity_member member;
    mx_status st;
    st = identity_may_give(ctx, ask->role, "role");
    if (st == MX_OK) st = read_or_begin(ctx, ask, &member);
    if (st == MX_OK && member.rec.rev) st = identity_may_give(ctx, member.role, "id");
    if (st != MX_OK) return st;
    if (ask->name.len) member.name = ask->name;
    member.role = ask->role;
    if (MX_HAS(principal_ask, ask, disabled)) member.disabled = ask->disabled;
    st = identity_member_put(ctx, &member);
    if (st != MX_OK) return st;
    answer->principal = mx_alloc(ctx, sizeof(*answer->principal));
    to_wire(&member, answer->principal);
    return MX_OK;
}

static mx_status list_principals(struct mx_ctx *ctx, const void *in, void *out) {
    const struct page_ask *ask = in;
    struct principal_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : 100;
    struct identity_member *member = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    opts.size = sizeof(opts);
    opts.after = ask->after;
    page->principals = mx_list_new(ctx, limit, sizeof(struct principal_wire));
    page->principals.count = 0;
    st = mx_scan_open(ctx, &identity_members, &opts, NULL, &scan);
    while (st == MX_OK && page->principals.count < limit && (st = mx_scan_next(ctx, scan, &member)) == MX_OK)
        to_wire(member, mx_list_at(&page->principals, page->principals.count++));
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op identity_op_principal_put =
    OP(0, "identity.principal.put", "Make a principal (staff, device, program) or change its role.", &principal_ask_type,
       &principal_answer_type, put_principal);
const struct mx_op identity_op_principal_list =
    OP(MX_OP_QUERY, "identity.principal.list", "Principals and their roles.", &page_ask_type, &principal_page_type, list_principals);
