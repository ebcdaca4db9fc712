/* One-time codes: made, sent through the outbox, tried a few times, used once. Whether somebody is known by what was said shows
 * neither in the answer nor in the work. */
#include <stdio.h>

#include "identity/customer.h"

#define TRIES_NAME "identity.code"
#define SENT_A_DAY "identity.code.sent"
#define SENDS      20u /* a day through each phone or mailbox, unless one of them was used: messages cost money and sleep */
#define DAY_MS     (INT64_C(24) * 3600 * 1000)
#define WAIT_S     3600u
#define SEND_TRIES 2u /* at once and five seconds later: after that the customer asks again */

/* ---- the message ---- */

struct message_to {
    struct mx_str phone;
    struct mx_str email;
};
static const struct mx_field message_to_fields[] = {
    MX_F_STR(message_to, phone, MX_PII, 0, IDENTITY_VALUE_MAX, "phone"),
    MX_F_STR(message_to, email, MX_PII, 0, IDENTITY_VALUE_MAX, "e-mail address"),
};
MX_TYPE(message_to, "identity.message.to", "to whom");

struct message {
    struct mx_str kind;
    struct mx_str purpose;
    struct message_to *to;
    struct mx_str code;
    int64_t until;
};
static const struct mx_field message_fields[] = {
    MX_F_STR(message, kind, 0, 0, 32, "one_time_code"),      MX_F_STR(message, purpose, 0, 0, 32, "what the code is for"),
    MX_F_STRUCT(message, to, 0, message_to_type, "to whom"), MX_F_STR(message, code, MX_SECRET, 0, 16, "the code"),
    MX_F_TIME(message, until, 0, "it holds until then"),
};
MX_TYPE(message, "identity.message", "a message to a customer, as the gateway gets it");

/* A late code opens nothing, and whose number it was to go to must not lie about. */
static mx_status post(struct mx_ctx *ctx, const struct identity_customer_settings *settings, const struct message *message) {
    struct mx_send send = {0};
    struct mx_str id;
    mx_status st = ctx->op->encode(ctx, &message_type, message, &send.body);
    if (st == MX_OK) st = mx_unseal(ctx, settings->message, settings->id, &send.url);
    if (st != MX_OK) return st;
    send.size = sizeof(send);
    send.tries = SEND_TRIES;
    send.sign_with = settings->sign;
    send.until = message->until;
    return mx_send(ctx, &send, &id);
}

static mx_status tell(struct mx_ctx *ctx, const struct identity_customer_settings *settings, const struct identity_code_wish *wish,
                      struct mx_str code, int64_t until) {
    struct message message = {mx_str_of("one_time_code"), mx_str_of(wish->purpose), NULL, code, until};
    struct message_to to = {0};
    message.to = &to;
    if (!wish->to) return MX_OK;
    if (mx_str_is(wish->to->kind, "phone"))
        to.phone = wish->to->value;
    else
        to.email = wish->to->value;
    return post(ctx, settings, &message);
}

/* ---- making one ---- */

/* Every code is equally likely. */
static struct mx_str new_code(struct base_arena *arena) {
    uint32_t number;
    do crypto_random(&number, sizeof(number));
    while (number >= UINT32_MAX / 1000000u * 1000000u);
    return base_arena_printf(arena, "%06u", (unsigned)(number % 1000000u));
}

static mx_status plan_end(struct mx_ctx *ctx, struct mx_str place, int64_t until) {
    struct mx_str body = base_arena_printf(store_view_arena(identity_view(ctx)), "{\"place\":\"%.*s\"}", (int)place.len, place.ptr);
    return mx_due_at(ctx, until, identity_op_code_expire.name, place, body);
}

static mx_status put_code(struct mx_ctx *ctx, struct identity_code *code, struct mx_str digits) {
    struct store_view *view = identity_view(ctx);
    void *record = NULL;
    mx_status st = store_get(view, &identity_codes, code, &record, NULL);
    if (st == MX_OK) code->rec = ((const struct identity_code *)record)->rec;
    if (st != MX_OK && st != MX_NONE) return st;
    code->rec.has = ~UINT64_C(0);
    code->hash = identity_proof_hash(identity_of(ctx), store_view_arena(view), "code", code->place, digits);
    st = store_put(view, &identity_codes, code, NULL);
    return st == MX_OK ? plan_end(ctx, code->place, code->until) : st;
}

/* Counted for the phone or mailbox, whatever it was asked for by; for what nobody is known by, as said: the answer is the same. */
static struct mx_str sent_to(struct mx_ctx *ctx, const char *purpose, struct mx_str name) {
    return base_arena_printf(store_view_arena(identity_view(ctx)), "%s %.*s", purpose, (int)name.len, name.ptr);
}

static mx_status count_send(struct mx_ctx *ctx, const struct identity_code_wish *wish) {
    struct mx_str name = sent_to(ctx, wish->purpose, wish->to ? wish->to->id : wish->place);
    if (identity_try(identity_of(ctx), SENT_A_DAY, name, SENDS, ctx->expiry_ms, ctx->expiry_ms + DAY_MS)) return MX_OK;
    ((const struct identity_calls *)(const void *)ctx->identity)->wait(ctx, WAIT_S);
    return mx_fail(ctx, MX_E_TOO_MANY, NULL, "Too many codes were asked for today.");
}

void identity_code_used(struct mx_ctx *ctx, const char *purpose, const struct identity_identifier *by) {
    identity_tries_over(identity_of(ctx), SENT_A_DAY, sent_to(ctx, purpose, by->id));
}

mx_status identity_code_send(struct mx_ctx *ctx, const struct identity_code_wish *wish) {
    struct mx_str digits = new_code(store_view_arena(identity_view(ctx)));
    struct identity_customer_settings settings;
    struct identity_code code = {0};
    mx_status st = identity_customer_settings_read(identity_view(ctx), &settings);
    if (st != MX_OK) return st;
    if (settings.message.len == 0)
        return mx_refuse(ctx, "no_gateway", NULL,
                         "The shop sends no messages yet: its address for them is set with identity.customer.settings.put.");
    st = count_send(ctx, wish);
    if (st != MX_OK) return st;
    code.place = wish->place;
    code.run = identity_of(ctx)->run;
    code.until = ctx->expiry_ms + IDENTITY_CODE_MS;
    if (wish->to) {
        code.person = wish->to->person;
        code.identifier = wish->to->id;
    }
    st = put_code(ctx, &code, digits);
    if (st == MX_OK) st = tell(ctx, &settings, wish, digits, code.until);
    crypto_wipe((void *)(uintptr_t)digits.ptr, digits.len);
    return st;
}

/* ---- trying one ---- */

mx_status identity_code_get(struct identity *identity, struct store_view *view, struct mx_str place, int64_t now_ms,
                            const struct identity_code **code, struct mx_error *err) {
    struct identity_code probe = {0};
    void *record = NULL;
    mx_status st;
    *code = NULL;
    probe.place = place;
    st = store_get(view, &identity_codes, &probe, &record, err);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    *code = record;
    if ((*code)->until <= now_ms || (*code)->run != identity->run) *code = NULL;
    return MX_OK;
}

/* The name of the count is the code's own hash: a new code has new tries. */
int identity_code_fits(struct identity *identity, struct base_arena *arena, struct mx_str place, const struct identity_code *code,
                       struct mx_str digits, int64_t now_ms) {
    struct mx_str name = code ? code->hash : place, made;
    if (!identity_six_digits(digits)) return 0;
    if (!identity_try(identity, TRIES_NAME, name, IDENTITY_CODE_TRIES, now_ms, code ? code->until : now_ms + IDENTITY_CODE_MS)) return 0;
    made = identity_proof_hash(identity, arena, "code", place, digits);
    if (!code || code->person.len == 0 || !identity_hash_fits(code->hash, made)) return 0;
    identity_tries_over(identity, TRIES_NAME, name);
    return 1;
}

mx_status identity_code_identifier(struct store_view *view, const struct identity_code *code, const struct identity_identifier **found,
                                   struct mx_error *err) {
    struct identity_identifier probe = {0};
    void *record = NULL;
    mx_status st;
    *found = NULL;
    probe.id = code->identifier;
    st = store_get(view, &identity_identifiers, &probe, &record, err);
    if (st == MX_OK && mx_str_eq(((const struct identity_identifier *)record)->person, code->person)) *found = record;
    return st == MX_NONE || st == MX_E_ERASED ? MX_OK : st;
}

struct code_ask {
    struct mx_str place;
};
static const struct mx_field code_ask_fields[] = {MX_F_STR(code_ask, place, MX_REQUIRED, 1, 64, "the code's place")};
MX_TYPE(code_ask, "identity.code.ask", "a one-time code by its place");

/* A newer one at the same place goes on: its own time is planned under the same name. */
static mx_status expire_code(struct mx_ctx *ctx, const void *in, void *out) {
    struct identity_code probe = {0};
    mx_status st;
    (void)out;
    probe.place = ((const struct code_ask *)in)->place;
    st = store_del(identity_view(ctx), &identity_codes, &probe, NULL);
    return st == MX_NONE ? MX_OK : st;
}

const struct mx_op identity_op_code_expire = {.size = sizeof(struct mx_op),
                                              .flags = MX_OP_INTERNAL,
                                              .name = "identity.code.expire",
                                              .doc = "Forget a one-time code whose time is up.",
                                              .in = &code_ask_type,
                                              .handler = expire_code,
                                              .since = "0.4"};
