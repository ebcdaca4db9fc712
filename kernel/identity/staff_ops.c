/* Staff, as operations: people with a login, a role and, perhaps, some locations only. */
#include <stdio.h>

#include "base/text.h"
#include "identity/internal.h"

/* ---- types ---- */

struct staff_ask {
    uint64_t has;
    struct mx_str id;
    struct mx_str name;
    struct mx_str login;
    struct mx_str role;
    struct mx_list locations;
    int64_t calls_per_minute;
    uint8_t disabled;
};

static const struct mx_field staff_ask_fields[] = {
    MX_F_ID(staff_ask, id, 0, "pri", "who; somebody new when left out"),
    MX_F_STR(staff_ask, name, 0, 1, 64, "what the colleagues say; no more than that"),
    MX_F_STR(staff_ask, login, 0, 1, 64, "letters, digits, . _ -; the name that goes with the password"),
    MX_F_STR(staff_ask, role, 0, 1, 31, "role"),
    MX_F_STRS(staff_ask, locations, 0, 0, 64, "may act for these locations only; empty = for all"),
    MX_F_INT(staff_ask, calls_per_minute, 0, 0, 1000000, "at most so many calls a minute; 0 = any number"),
    MX_F_BOOL(staff_ask, disabled, 0, "may do nothing, whatever the role"),
};
MX_TYPE_HAS(staff_ask, "identity.staff.put", "a member of the staff; what is left out stays");

struct staff_wire {
    struct mx_str id;
    struct mx_str name;
    struct mx_str login;
    struct mx_str role;
    struct mx_list locations;
    int64_t calls_per_minute;
    uint8_t disabled;
    int64_t created;
    int64_t rev;
};

static const struct mx_field staff_wire_fields[] = {
    MX_F_ID(staff_wire, id, 0, "pri", "id"),
    MX_F_STR(staff_wire, name, 0, 0, 64, "what the colleagues say"),
    MX_F_STR(staff_wire, login, 0, 0, 64, "the name that goes with the password"),
    MX_F_STR(staff_wire, role, 0, 0, 31, "role"),
    MX_F_STRS(staff_wire, locations, 0, 0, 64, "may act for these locations only; empty = for all"),
    MX_F_INT(staff_wire, calls_per_minute, 0, 0, 1000000, "at most so many calls a minute; 0 = any number"),
    MX_F_BOOL(staff_wire, disabled, 0, "may do nothing"),
    MX_F_TIME(staff_wire, created, 0, "when"),
    MX_F_INT(staff_wire, rev, 0, 0, MX_INT_MAX, "rises with every change"),
};
MX_TYPE(staff_wire, "identity.staff", "a member of the staff");

struct staff_answer {
    struct staff_wire *staff;
};
static const struct mx_field staff_answer_fields[] = {MX_F_STRUCT(staff_answer, staff, 0, staff_wire_type, "who")};
MX_TYPE(staff_answer, "identity.staff.answer", "a member of the staff");

struct staff_page_ask {
    int64_t limit;
    struct mx_str after;
};
static const struct mx_field staff_page_ask_fields[] = {
    MX_F_INT(staff_page_ask, limit, 0, 0, IDENTITY_PAGE_MAX, "at most so many; 100 when left out"),
    MX_F_STR(staff_page_ask, after, 0, 0, 512, "cursor of the page before"),
};
MX_TYPE(staff_page_ask, "identity.staff.page.ask", "a page of staff");

struct staff_page {
    struct mx_list staff;
    struct mx_str next;
};
static const struct mx_field staff_page_fields[] = {
    MX_F_LIST(staff_page, staff, 0, 0, IDENTITY_PAGE_MAX, staff_wire_type, "in order of login"),
    MX_F_STR(staff_page, next, 0, 0, 512, "cursor of the next page; empty at the end"),
};
MX_TYPE(staff_page, "identity.staff.page", "staff");

struct password_ask {
    struct mx_str staff;
    struct mx_str password;
};
static const struct mx_field password_ask_fields[] = {
    MX_F_ID(password_ask, staff, MX_REQUIRED, "pri", "whose password"),
    MX_F_STR(password_ask, password, MX_REQUIRED | MX_SECRET, 0, 1024, "the new password: 10 to 256 characters"),
};
MX_TYPE(password_ask, "identity.staff.password", "a new password");

/* ---- putting and listing ---- */

static void to_wire(const struct identity_member *member, struct staff_wire *wire) {
    wire->id = member->id;
    wire->name = member->name;
    wire->login = member->login;
    wire->role = member->role;
    wire->locations = member->locations;
    wire->calls_per_minute = member->calls_per_minute;
    wire->disabled = member->disabled;
    wire->created = member->created;
    wire->rev = member->rec.rev;
}

static mx_status check_login(struct mx_ctx *ctx, struct mx_str login, struct mx_str own) {
    struct identity_member probe = {0}, *other = NULL;
    mx_status st;
    if (!base_code_valid(login, 64)) return mx_fail(ctx, MX_E_BAD_INPUT, "login", "A login is made of letters, digits and . _ - alone.");
    probe.login = login;
    st = mx_find(ctx, &identity_members, "login", &probe, &other);
    if (st == MX_OK && !mx_str_eq(other->id, own)) return mx_fail(ctx, MX_E_EXISTS, "login", "Somebody else has this login already.");
    return st == MX_NONE ? MX_OK : st;
}

static mx_status check_locations(struct mx_ctx *ctx, const struct mx_list *locations) {
    char field[32];
    uint32_t i;
    for (i = 0; i < locations->count; i++) {
        if (base_code_valid(mx_list_str(locations, i), 64)) continue;
        snprintf(field, sizeof(field), "locations[%u]", (unsigned)i);
        return mx_fail(ctx, MX_E_BAD_INPUT, field, "This is not a location's code.");
    }
    return MX_OK;
}

static mx_status begin(struct mx_ctx *ctx, const struct staff_ask *ask, struct identity_member *member) {
    struct identity_member *stored = NULL;
    mx_status st;
    memset(member, 0, sizeof(*member));
    if (ask->id.len) {
        st = identity_subject(ctx, ask->id, "id", &stored);
        if (st == MX_OK) *member = *stored;
        return st;
    }
    if (!ask->name.len) return mx_fail(ctx, MX_E_MISSING_FIELD, "name", "Somebody new needs a name.");
    if (!ask->login.len) return mx_fail(ctx, MX_E_MISSING_FIELD, "login", "Somebody new needs a login.");
    if (!ask->role.len) return mx_fail(ctx, MX_E_MISSING_FIELD, "role", "Somebody new needs a role.");
    member->created = ctx->now_ms;
    return mx_new_id(ctx, "pri", &member->id);
}

static mx_status put_staff(struct mx_ctx *ctx, const void *in, void *out) {
    const struct staff_ask *ask = in;
    struct staff_answer *answer = out;
    struct identity_member member;
    mx_status st = begin(ctx, ask, &member);
    if (st == MX_OK && ask->login.len) {
        member.login = base_lower_ascii(store_view_arena(identity_view(ctx)), ask->login);
        st = check_login(ctx, member.login, member.id);
    }
    if (st == MX_OK) st = check_locations(ctx, &ask->locations);
    if (st != MX_OK) return st;
    if (ask->name.len) member.name = ask->name;
    if (ask->role.len) member.role = ask->role;
    if (MX_HAS(staff_ask, ask, locations)) member.locations = ask->locations;
    if (MX_HAS(staff_ask, ask, calls_per_minute)) member.calls_per_minute = ask->calls_per_minute;
    if (MX_HAS(staff_ask, ask, disabled)) member.disabled = ask->disabled;
    st = identity_member_put(ctx, &member);
    if (st != MX_OK) return st;
    answer->staff = mx_alloc(ctx, sizeof(*answer->staff));
    to_wire(&member, answer->staff);
    return MX_OK;
}

static mx_status list_staff(struct mx_ctx *ctx, const void *in, void *out) {
    const struct staff_page_ask *ask = in;
    struct staff_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : 100;
    struct identity_member *member = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    opts.size = sizeof(opts);
    opts.index = "login";
    opts.after = ask->after;
    page->staff = mx_list_new(ctx, limit, sizeof(struct staff_wire));
    page->staff.count = 0;
    st = mx_scan_open(ctx, &identity_members, &opts, NULL, &scan);
    while (st == MX_OK && page->staff.count < limit && (st = mx_scan_next(ctx, scan, &member)) == MX_OK)
        to_wire(member, mx_list_at(&page->staff, page->staff.count++));
    if (st == MX_OK) page->next = mx_scan_cursor(ctx, scan);
    return st == MX_DONE ? MX_OK : st;
}

/* ---- passwords ---- */

static mx_status hash_password(struct mx_ctx *ctx, const void *in, void *out) {
    const struct password_ask *ask = in;
    struct identity_member *member = NULL;
    const char *weak;
    char *hash;
    mx_status st = identity_subject(ctx, ask->staff, "staff", &member);
    (void)out;
    if (st != MX_OK) return st;
    if (!member->login.len)
        return mx_refuse(ctx, "no_login", "staff", "Only staff with a login have a password; identity.staff.put gives one.");
    weak = identity_password_weak(ask->password, member->login);
    if (weak) return mx_fail(ctx, MX_E_BAD_INPUT, "password", "%s", weak);
    hash = mx_alloc(ctx, CRYPTO_PASSWORD_TEXT);
    st = crypto_password_hash(NULL, ask->password, hash);
    mx_keep(ctx, hash);
    return st;
}

/* Whoever sat in a session opened with the old password is out; the caller keeps the own one. */
static mx_status put_password(struct mx_ctx *ctx, const void *in, void *out) {
    const struct password_ask *ask = in;
    struct staff_answer *answer = out;
    struct store_view *view = identity_view(ctx);
    struct identity_member *member = NULL;
    struct identity_proof proof;
    const char *hash = mx_kept(ctx);
    mx_status st = identity_subject(ctx, ask->staff, "staff", &member);
    if (st == MX_OK) st = identity_proof_get(ctx, ask->staff, &proof);
    if (st != MX_OK) return st;
    if (!hash) return mx_refuse(ctx, "own_call", NULL, "A password is set by a call of its own.");
    proof.password = mx_str_of(hash);
    st = mx_put(ctx, &identity_proofs, &proof);
    if (st == MX_OK) st = identity_sessions_end(view, "principal", ask->staff, mx_str_of(identity_who(ctx)->key), NULL);
    if (st == MX_OK) st = identity_changed(view, NULL);
    if (st == MX_OK) st = identity_tell_proof(ctx, ask->staff, IDENTITY_NEW_PASSWORD);
    if (st != MX_OK) return st;
    answer->staff = mx_alloc(ctx, sizeof(*answer->staff));
    to_wire(member, answer->staff);
    return MX_OK;
}

#define MANAGE "identity.manage"

const struct mx_op identity_op_staff_put = IDENTITY_OP(0, "identity.staff.put", "Take on or change a member of the staff.", MANAGE,
                                                       &staff_ask_type, &staff_answer_type, put_staff, NULL);
const struct mx_op identity_op_staff_list = IDENTITY_OP(MX_OP_QUERY, "identity.staff.list", "Staff with their roles and locations.", MANAGE,
                                                        &staff_page_ask_type, &staff_page_type, list_staff, NULL);
/* A burning query: what a command is remembered by would be a fast hash of the password. */
const struct mx_op identity_op_staff_password =
    IDENTITY_OP(MX_OP_QUERY | MX_OP_BURNS, "identity.staff.password", "Give a member of the staff a new password; open sessions end.",
                MANAGE, &password_ask_type, &staff_answer_type, put_password, hash_password);
