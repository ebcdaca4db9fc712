/* A customer opens a session of her own with a code that came to her phone or mailbox; staff ask for one that proves she agrees. */
#include "base/log.h"
#include "identity/customer.h"
#include "merx/retail/member.h"

#define ASKED_EACH  3u   /* codes a minute for each phone or mailbox ... */
#define ASKED_SHOP  120u /* ... and of the whole shop */
#define TRIED_EACH  5u
#define TRIED_SHOP  20u /* wrong ones: good ones are given back */
#define TRIED_THERE 10u /* of one address, so that a single stranger does not keep all customers out */
#define ASKED       "identity.code.asked"
#define TRIED       "identity.code.tried"
#define TRIED_BY    "identity.code.from"
#define TRIED_A_DAY "identity.code.day"
#define FOR_OPENING "open"

/* ---- types ---- */

struct customer_code {
    struct mx_str phone;
    struct mx_str email;
    struct mx_str person;
};
static const struct mx_field customer_code_fields[] = {
    MX_F_STR(customer_code, phone, MX_PII, 1, 64, "her phone number"),
    MX_F_STR(customer_code, email, MX_PII, 1, IDENTITY_VALUE_MAX, "or her e-mail address"),
    MX_F_ID(customer_code, person, 0, "per", "or the person, as an earlier session called her"),
};
MX_TYPE(customer_code, "identity.customer.code", "who wants to open a session");

struct customer_open {
    struct mx_str phone;
    struct mx_str email;
    struct mx_str person;
    struct mx_str code;
};
static const struct mx_field customer_open_fields[] = {
    MX_F_STR(customer_open, phone, MX_PII, 1, 64, "as the code was asked for"),
    MX_F_STR(customer_open, email, MX_PII, 1, IDENTITY_VALUE_MAX, "as the code was asked for"),
    MX_F_ID(customer_open, person, 0, "per", "as the code was asked for"),
    MX_F_STR(customer_open, code, MX_REQUIRED | MX_SECRET, 1, 16, "the six digits"),
};
MX_TYPE(customer_open, "identity.customer.open", "a one-time code");

struct proof_ask {
    struct mx_str member;
    struct mx_str person;
};
static const struct mx_field proof_ask_fields[] = {
    MX_F_ID(proof_ask, member, 0, "mem", "the member"),
    MX_F_ID(proof_ask, person, 0, "per", "or the person"),
};
MX_TYPE(proof_ask, "identity.proof.ask", "who is to prove herself");

struct code_sent {
    uint8_t sent;
    int64_t until;
};
static const struct mx_field code_sent_fields[] = {
    MX_F_BOOL(code_sent, sent, 0, "a code is on its way to whoever is known by that"),
    MX_F_TIME(code_sent, until, 0, "it holds until then"),
};
MX_TYPE(code_sent, "identity.code.sent", "a code was sent");

/* ---- what was said ---- */

struct said {
    const char *kind; /* "phone", "email", "person" */
    struct mx_str value, place;
};

static mx_status take_said(struct mx_ctx *ctx, const struct customer_code *ask, struct said *said) {
    struct base_arena *arena = store_view_arena(identity_view(ctx));
    struct mx_error err = {0};
    mx_status st = MX_OK;
    if (!!ask->phone.len + !!ask->email.len + !!ask->person.len != 1)
        return mx_fail(ctx, MX_E_BAD_INPUT, "phone", "Say a phone number, an e-mail address or a person, and only one of them.");
    said->kind = ask->phone.len ? "phone" : ask->email.len ? "email" : "person";
    said->value = ask->phone.len ? ask->phone : ask->email.len ? ask->email : ask->person;
    if (!ask->person.len) st = identity_normalise(arena, said->kind, said->value, mx_shop_of(ctx)->country, &said->value, &err);
    if (st != MX_OK) return mx_fail(ctx, st, said->kind, "%s", err.message);
    said->place = identity_place(identity_of(ctx), arena, "open", mx_str_of(said->kind), said->value);
    return MX_OK;
}

static mx_status reach(struct mx_ctx *ctx, const struct said *said, const struct identity_identifier **found) {
    mx_status st;
    if (strcmp(said->kind, "person") != 0) return identity_reach_value(identity_view(ctx), said->kind, said->value, found, NULL);
    st = identity_reach_person(identity_view(ctx), said->value, found, NULL);
    if (st != MX_E_NOT_FOUND) return st;
    *found = NULL;
    return MX_OK;
}

/* ---- asking for a code ---- */

/* A message that the outbox does not take, say because the webhook that signs it is gone, is the log's to tell: the answer would say
 * that somebody is known. */
static mx_status send_quietly(struct mx_ctx *ctx, const struct identity_code_wish *wish) {
    mx_status st = identity_code_send(ctx, wish);
    if (st != MX_E_BAD_INPUT) return st;
    base_log(BASE_LOG_ERROR, "identity", "one-time codes cannot be sent: look at identity.customer.settings.get");
    return MX_OK;
}

static mx_status send_code(struct mx_ctx *ctx, const void *in, void *out) {
    const struct identity_identifier *found = NULL;
    struct code_sent *sent = out;
    struct said said;
    mx_status st = take_said(ctx, in, &said);
    if (st == MX_OK) st = ctx->identity->guess(ctx, ASKED, said.place, ASKED_EACH, ASKED_SHOP);
    if (st == MX_OK) st = reach(ctx, &said, &found);
    if (st == MX_OK) st = send_quietly(ctx, &(struct identity_code_wish){said.place, found, FOR_OPENING});
    sent->sent = 1;
    sent->until = ctx->expiry_ms + IDENTITY_CODE_MS;
    return st;
}

static mx_status find_person(struct mx_ctx *ctx, const struct proof_ask *ask, struct mx_str *person) {
    struct mx_member_ask asked = {.member = ask->member, .brief = 1};
    struct mx_member_facts facts = {0};
    mx_status st;
    *person = ask->person;
    if (!ask->member.len == !ask->person.len)
        return mx_fail(ctx, MX_E_BAD_INPUT, "member", "Say a member or a person, and only one of them.");
    if (ask->person.len) return MX_OK;
    st = mx_ask(ctx, &mx_point_member, &asked, &facts);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    *person = facts.person;
    return st;
}

static mx_status ask_proof(struct mx_ctx *ctx, const void *in, void *out) {
    struct base_arena *arena = store_view_arena(identity_view(ctx));
    const struct identity_identifier *found = NULL;
    struct identity_code_wish wish = {{NULL, 0}, NULL, IDENTITY_FOR_PROOF};
    struct code_sent *sent = out;
    struct mx_list persons = {0};
    struct mx_str person;
    mx_status st = find_person(ctx, in, &person);
    if (st == MX_OK) st = ctx->identity->person_set(ctx, person, &persons);
    if (st != MX_OK) return st;
    wish.place = identity_place(identity_of(ctx), arena, "proof", mx_str_of("person"), mx_list_str(&persons, 0));
    st = ctx->identity->guess(ctx, ASKED, wish.place, ASKED_EACH, ASKED_SHOP);
    if (st == MX_OK) st = identity_reach_person(identity_view(ctx), person, &found, NULL);
    if (st == MX_OK && !found)
        st = mx_refuse(ctx, "no_way", NULL, "Neither a phone number nor an e-mail address is known to which a code could go.");
    wish.to = found;
    if (st == MX_OK) st = identity_code_send(ctx, &wish);
    sent->sent = 1;
    sent->until = ctx->expiry_ms + IDENTITY_CODE_MS;
    return st;
}

/* ---- opening a session ---- */

static mx_status wrong(struct mx_ctx *ctx) { return mx_fail(ctx, MX_E_NO_KEY, NULL, "The code is wrong, or its time is up."); }

/* Tries of a day are counted for the customer, whichever of her numbers and ids a code was asked for. */
static mx_status standing_of(struct store_view *view, struct mx_str person, struct mx_str *standing) {
    struct mx_list persons = {0};
    mx_status st = identity_person_set(view, person, &persons, NULL);
    if (st == MX_OK) *standing = mx_list_str(&persons, 0);
    return st;
}

static mx_status count_try(struct mx_ctx *ctx, const struct said *said) {
    struct mx_str there = identity_remote(ctx);
    mx_status st = there.len ? ctx->identity->guess(ctx, TRIED_BY, there, TRIED_THERE, 0) : MX_OK;
    return st == MX_OK ? ctx->identity->guess(ctx, TRIED, said->place, TRIED_EACH, TRIED_SHOP) : st;
}

static void tried_well(struct mx_ctx *ctx, const struct said *said) {
    struct mx_str there = identity_remote(ctx);
    if (there.len) ctx->identity->guessed(ctx, TRIED_BY, there, TRIED_THERE, 0);
    ctx->identity->guessed(ctx, TRIED, said->place, TRIED_EACH, TRIED_SHOP);
}

static mx_status check_code(struct mx_ctx *ctx, const struct said *said, struct mx_str digits, const struct identity_identifier **by) {
    struct identity *identity = identity_of(ctx);
    struct store_view *view = identity_view(ctx);
    const struct identity_code *code = NULL;
    struct mx_str whose = said->place;
    mx_status st = count_try(ctx, said);
    if (st == MX_OK) st = identity_code_get(identity, view, said->place, ctx->expiry_ms, &code, NULL);
    if (st == MX_OK && code && code->person.len) st = standing_of(view, code->person, &whose);
    if (st != MX_OK) return st;
    if (!identity_try(identity, TRIED_A_DAY, whose, IDENTITY_CODE_DAY, ctx->expiry_ms, ctx->expiry_ms + IDENTITY_PIN_DAY_MS))
        return wrong(ctx);
    if (!identity_code_fits(identity, store_view_arena(view), said->place, code, digits, ctx->expiry_ms)) return wrong(ctx);
    st = identity_code_identifier(view, code, by, NULL);
    if (st == MX_OK && !*by) return wrong(ctx);
    if (st == MX_OK) st = store_del(view, &identity_codes, code, NULL);
    if (st != MX_OK) return st;
    identity_tries_over(identity, TRIED_A_DAY, whose);
    identity_code_used(ctx, FOR_OPENING, *by);
    tried_well(ctx, said);
    return MX_OK;
}

static mx_status open_session(struct mx_ctx *ctx, const void *in, void *out) {
    const struct customer_open *ask = in;
    struct customer_code who = {ask->phone, ask->email, ask->person};
    const struct identity_identifier *by = NULL;
    struct identity_customer_settings settings;
    struct identity_session session = {0};
    struct said said;
    mx_status st = take_said(ctx, &who, &said);
    if (st == MX_OK) st = check_code(ctx, &said, ask->code, &by);
    if (st == MX_OK) st = identity_customer_settings_read(identity_view(ctx), &settings);
    if (st == MX_OK) st = identity_proves_from(identity_view(ctx), by, ctx->expiry_ms, &session.proves_from);
    if (st != MX_OK) return st;
    session.principal = by->person;
    session.kind = IDENTITY_BY_CODE;
    session.until = identity_now(identity_of(ctx)) + settings.session_hours * 3600000;
    return identity_session_answer(ctx, &session, mx_str_of(IDENTITY_CUSTOMER), out);
}

const struct mx_op identity_op_customer_code = {.size = sizeof(struct mx_op),
                                                .flags = MX_OP_QUERY | MX_OP_BURNS | MX_OP_PUBLIC,
                                                .name = "identity.customer.code",
                                                .doc = "Send a customer a one-time code with which she opens a session. Whether anybody is "
                                                       "known by what was said, the answer does not tell.",
                                                .in = &customer_code_type,
                                                .out = &code_sent_type,
                                                .handler = send_code,
                                                .since = "0.4"};
const struct mx_op identity_op_customer_open = {.size = sizeof(struct mx_op),
                                                .flags = MX_OP_QUERY | MX_OP_BURNS | MX_OP_PUBLIC,
                                                .name = "identity.customer.open",
                                                .doc = "Open a customer's own session with the code that was sent to her.",
                                                .in = &customer_open_type,
                                                .out = &identity_opened_type,
                                                .handler = open_session,
                                                .since = "0.4"};
const struct mx_op identity_op_proof_ask = {.size = sizeof(struct mx_op),
                                            .name = "identity.proof.ask",
                                            .doc = "Send a customer a one-time code with which she proves that she agrees.",
                                            .permission = "identity.prove",
                                            .in = &proof_ask_type,
                                            .out = &code_sent_type,
                                            .handler = ask_proof,
                                            .since = "0.4"};
