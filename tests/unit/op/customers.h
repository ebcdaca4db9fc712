/* A shop with customers: a plugin that knows members, has things that are somebody's, and asks for proofs; and a message gateway. */
#ifndef TESTS_UNIT_OP_CUSTOMERS_H
#define TESTS_UNIT_OP_CUSTOMERS_H

#include "merx/retail/member.h"
#include "outbox.h"

/* "mem_X" is the member of "per_X". */
static struct mx_str club_id(struct mx_ctx *ctx, const char *prefix, struct mx_str id) {
    char *text = (char *)(uintptr_t)mx_dup(ctx, id).ptr;
    memcpy(text, prefix, 3);
    return mx_str_n(text, id.len);
}

static mx_status club_facts(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_member_facts *facts = out;
    facts->id = ((const struct mx_member_ask *)in)->member;
    facts->person = club_id(ctx, "per", facts->id);
    return MX_OK;
}

static mx_status club_member_of(struct mx_ctx *ctx, const void *in, void *out) {
    ((struct mx_member_of *)out)->member = club_id(ctx, "mem", ((const struct mx_member_of_ask *)in)->person);
    return MX_OK;
}

static const struct mx_answer club_facts_answer = {sizeof(struct mx_answer), 100,       MX_POINT_MEMBER, &mx_member_ask_type,
                                                   &mx_member_facts_type,    club_facts};
static const struct mx_answer club_of_answer = {sizeof(struct mx_answer), 100,           MX_POINT_MEMBER_OF, &mx_member_of_ask_type,
                                                &mx_member_of_type,       club_member_of};

struct club_ask {
    struct mx_str member;
    struct mx_str person;
    struct mx_str proof;
};
static const struct mx_field club_ask_fields[] = {
    MX_F_ID(club_ask, member, MX_REQUIRED, "mem", "whose"),
    MX_F_ID(club_ask, person, 0, "per", "whose"),
    MX_F_STR(club_ask, proof, MX_SECRET, 0, 200, "proof"),
};
MX_TYPE(club_ask, "club.ask", "something of a member");

struct club_whose {
    struct mx_str member;
    struct mx_str person;
};
static const struct mx_field club_whose_fields[] = {
    MX_F_ID(club_whose, member, 0, "mem", "whose"),
    MX_F_ID(club_whose, person, 0, "per", "whose"),
};
MX_TYPE(club_whose, "club.whose", "whose it is");

struct club_join {
    struct mx_str phone;
};
static const struct mx_field club_join_fields[] = {MX_F_STR(club_join, phone, MX_REQUIRED | MX_PII, 1, 64, "phone")};
MX_TYPE(club_join, "club.join", "somebody new");

static mx_status club_join_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct club_whose *answer = out;
    mx_status st = ctx->identity->person_new(ctx, &answer->person);
    if (st == MX_OK) st = ctx->identity->person_link(ctx, answer->person, "phone", ((const struct club_join *)in)->phone);
    answer->member = club_id(ctx, "mem", answer->person);
    return st;
}

static mx_status club_link_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct club_ask *ask = in;
    (void)out;
    return ctx->identity->person_link(ctx, ask->person, "phone", ask->proof);
}

static mx_status club_look(struct mx_ctx *ctx, const void *in, void *out) {
    const struct club_ask *ask = in;
    struct club_whose *whose = out;
    (void)ctx;
    whose->member = ask->member;
    whose->person = ask->person;
    return MX_OK;
}

static mx_status club_spend(struct mx_ctx *ctx, const void *in, void *out) {
    const struct club_ask *ask = in;
    mx_status st = ctx->identity->person_prove(ctx, club_id(ctx, "per", ask->member), ask->proof);
    (void)out;
    if (st == MX_OK && ask->person.len) return mx_refuse(ctx, "poor", NULL, "There is nothing left.");
    return st;
}

static mx_status club_hers(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    return mx_own(ctx, ((const struct club_ask *)in)->member);
}

struct club_code {
    struct mx_str code;
};
static const struct mx_field club_code_fields[] = {MX_F_STR(club_code, code, MX_REQUIRED | MX_SECRET, 1, 64, "code")};
MX_TYPE(club_code, "club.code", "a code that somebody holds");

/* As who checks a gift card does: counted first, hashed then. */
static mx_status club_try(struct mx_ctx *ctx, const void *in, void *out) {
    uint8_t hash[MX_HASH_BYTES];
    mx_status st = ctx->identity->guess(ctx, "club.code", mx_str_n(NULL, 0), 5, 30);
    (void)out;
    if (st != MX_OK) return st;
    mx_keyed_hash(ctx, "code", ((const struct club_code *)in)->code, hash);
    return mx_fail(ctx, MX_E_NOT_FOUND, "code", "There is no such code.");
}

#define CLUB_OP(variable, kind, op_name, takes, gives, runs, whose)                                                                        \
    static const struct mx_op variable = {.size = sizeof(struct mx_op),                                                                    \
                                          .flags = kind,                                                                                   \
                                          .name = op_name,                                                                                 \
                                          .permission = "identity.self",                                                                   \
                                          .in = takes,                                                                                     \
                                          .out = gives,                                                                                    \
                                          .handler = runs,                                                                                 \
                                          .own = whose}
CLUB_OP(club_op_join, 0, "club.join", &club_join_type, &club_whose_type, club_join_handler, NULL);
CLUB_OP(club_op_link, 0, "club.link", &club_ask_type, NULL, club_link_handler, NULL);
CLUB_OP(club_op_know, 0, "club.know", &club_ask_type, NULL, club_link_handler, MX_OWN_NOBODY);
CLUB_OP(club_op_look, MX_OP_QUERY, "club.look", &club_ask_type, &club_whose_type, club_look, "member");
CLUB_OP(club_op_person, MX_OP_QUERY, "club.person", &club_ask_type, &club_whose_type, club_look, "person");
CLUB_OP(club_op_hers, MX_OP_QUERY, "club.hers", &club_ask_type, NULL, club_hers, MX_OWN_HANDLER);
CLUB_OP(club_op_spend, 0, "club.spend", &club_ask_type, NULL, club_spend, "member");
CLUB_OP(club_op_try, MX_OP_QUERY, "club.try", &club_code_type, NULL, club_try, MX_OWN_NOBODY);

static const struct mx_op *const club_ops[] = {&club_op_join, &club_op_link, &club_op_look, &club_op_person, &club_op_hers, &club_op_spend,
                                               &club_op_try,  &club_op_know, NULL};
static const struct mx_answer *const club_answers[] = {&club_facts_answer, &club_of_answer, NULL};
static const struct mx_point *const club_points[] = {&mx_point_member, NULL};
static const struct mx_plugin club_plugin = {.size = sizeof(struct mx_plugin),
                                             .abi_minor = MX_ABI_MINOR,
                                             .name = "club",
                                             .version = "1",
                                             .summary = "t",
                                             .ops = club_ops,
                                             .points = club_points,
                                             .answers = club_answers};

static inline int club_begin(struct fixture *f) {
    struct mx_str body;
    memset(f, 0, sizeof(*f));
    http_reset();
    f->opts.send = http_send;
    if (!fixture_open_idle(f) || !fixture_make_owner(f)) return 0;
    if (op_plugin_add(f->op, &club_plugin, NULL) != MX_OK || op_freeze(f->op, NULL) != MX_OK || op_start(f->op, NULL) != MX_OK) return 0;
    body = base_arena_printf(f->arena, "{\"message_url\":\"http://127.0.0.1:%d/send?token=t\"}", http_port());
    return fixture_call(f, "identity.customer.settings.put", body.ptr).status == MX_OK;
}

static inline const char *club_text(struct fixture *f, const char *format, const char *a, const char *b) {
    return base_arena_printf(f->arena, format, a, b).ptr;
}

/* Somebody joins; her person's id. */
static inline const char *club_joins(struct fixture *f, const char *phone) {
    struct op_call call = fixture_call(f, "club.join", club_text(f, "{\"phone\":\"%s\"}%s", phone, ""));
    if (call.status != MX_OK) printf("# join: %.*s\n", (int)call.answer.len, call.answer.ptr);
    return base_arena_dup(f->arena, fixture_text(f, call.answer, "person")).ptr;
}

static inline const char *club_member(struct fixture *f, const char *person) { return club_text(f, "mem%s%s", person + 3, ""); }

/* The code in the message that came as number `count`. */
static inline const char *club_code_of(struct fixture *f, int count) {
    const char *at;
    if (!http_wait(count)) return "none";
    at = strstr(http_last(), "\"code\":\"");
    return at ? base_arena_dup(f->arena, mx_str_n(at + 8, 6)).ptr : "none";
}

static inline struct op_call club_opens(struct fixture *f, const char *phone, const char *code) {
    struct identity_principal nobody = {0};
    return fixture_call_as(f, &nobody, "identity.customer.open", NULL, club_text(f, "{\"phone\":\"%s\",\"code\":\"%s\"}", phone, code));
}

static inline struct op_call club_asks(struct fixture *f, const char *phone) {
    struct identity_principal nobody = {0};
    return fixture_call_as(f, &nobody, "identity.customer.code", NULL, club_text(f, "{\"phone\":\"%s\"}%s", phone, ""));
}

/* Who this token is. */
static inline struct identity_principal club_who(struct fixture *f, struct mx_str token) {
    struct identity_principal who = {0};
    struct store_view *view;
    if (store_read_begin(f->store, f->arena, &view) != MX_OK) return who;
    if (identity_check_key(f->identity, view, token, &who) != MX_OK) memset(&who, 0, sizeof(who));
    store_read_end(view);
    return who;
}

static inline struct identity_principal club_logs_in(struct fixture *f, const char *phone) {
    int before = http_count();
    (void)club_asks(f, phone);
    return club_who(f, fixture_text(f, club_opens(f, phone, club_code_of(f, before + 1)).answer, "token"));
}

/* A call with a key of its own. */
static inline struct op_call club_call(struct fixture *f, const struct identity_principal *who, const char *op, const char *body) {
    return fixture_call_as(f, who, op, base_arena_printf(f->arena, "club-%d", ++f->keys_made).ptr, body);
}

static inline void club_later(int64_t ms) { atomic_fetch_add(&fixture_now, ms); }

#endif
