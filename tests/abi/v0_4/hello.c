/* A whole plugin in one file, frozen: it is built against the headers beside it and must run in every later program of
 * the same major version. It uses what 0.4 brought: persons who become one and are forgotten, proofs, guesses that are remembered
 * when a call is refused, free texts, messages of others, days of the calendar, what is kept of people.
 * Do not change it; a new contract gets a folder of its own. */
#include <stdio.h>

#include "merx/hook.h"
#include "merx/plugin.h"
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"

struct hello_guest {
    struct mx_rec rec;
    struct mx_str person;
    struct mx_str said;
    int64_t forgotten;
    int64_t wrong;
};
static const struct mx_field hello_guest_fields[] = {
    MX_F_ID(hello_guest, person, MX_REQUIRED, "per", "who"),
    MX_F_STR(hello_guest, said, MX_PII, 0, 200, "what she said"),
    MX_F_INT(hello_guest, forgotten, 0, 0, MX_INT_MAX, "1: she was forgotten"),
    MX_F_INT(hello_guest, wrong, 0, 0, MX_INT_MAX, "wrong guesses at her"),
};
MX_TYPE_REC(hello_guest, "hello.guest", "somebody who said something");

static const struct mx_table guests = {.size = sizeof(struct mx_table),
                                       .name = "hello.guests",
                                       .doc = "who said what",
                                       .type = &hello_guest_type,
                                       .key = "person",
                                       .subject = "person"};

struct hello_in {
    struct mx_str phone;
    struct mx_str person;
    struct mx_str other;
    struct mx_str said;
};
static const struct mx_field hello_in_fields[] = {
    MX_F_STR(hello_in, phone, MX_PII, 0, 64, "phone"),
    MX_F_ID(hello_in, person, 0, "per", "who"),
    MX_F_ID(hello_in, other, 0, "per", "who is the same"),
    MX_F_STR(hello_in, said, MX_PII | MX_FREE_TEXT, 0, 200, "what she says"),
};
MX_TYPE(hello_in, "hello.in", "who, and what she says");

struct hello_out {
    struct mx_str person;
    struct mx_str merge;
    struct mx_str hash;
    int64_t persons;
    int64_t forgotten;
    int64_t wrong;
    int64_t midnight;
};
static const struct mx_field hello_out_fields[] = {
    MX_F_ID(hello_out, person, 0, "per", "who"),
    MX_F_ID(hello_out, merge, 0, "mrg", "the merge"),
    MX_F_STR(hello_out, hash, 0, 0, 64, "a keyed hash"),
    MX_F_INT(hello_out, persons, 0, 0, 64, "how many persons she is"),
    MX_F_INT(hello_out, forgotten, 0, 0, 1, "forgotten"),
    MX_F_INT(hello_out, wrong, 0, 0, MX_INT_MAX, "wrong guesses"),
    MX_F_TIME(hello_out, midnight, 0, "when a leap day begins"),
};
MX_TYPE(hello_out, "hello.out", "what came of it");

static mx_status guest_of(struct mx_ctx *ctx, struct mx_str person, struct hello_guest **guest) {
    const struct hello_guest probe = {.person = person};
    mx_status st = mx_get(ctx, &guests, &probe, guest);
    if (st != MX_NONE) return st;
    *guest = mx_alloc(ctx, sizeof(**guest));
    (*guest)->person = person;
    return MX_OK;
}

/* Somebody with a phone says something. */
static mx_status meet(struct mx_ctx *ctx, const void *in, void *out) {
    const struct hello_in *ask = in;
    struct hello_out *answer = out;
    struct mx_link link = {.size = sizeof(link), .kind = mx_str_of("phone"), .value = ask->phone, .source = mx_str_of("till")};
    struct hello_guest *guest;
    mx_status st = ctx->identity->person_find(ctx, "phone", ask->phone, &answer->person);
    if (st == MX_NONE) {
        st = ctx->identity->person_new(ctx, &answer->person);
        if (st == MX_OK) st = ctx->identity->person_link_from(ctx, answer->person, &link, NULL);
    }
    if (st == MX_OK) st = guest_of(ctx, answer->person, &guest);
    if (st != MX_OK) return st;
    guest->said = ask->said;
    return mx_put(ctx, &guests, guest);
}

static mx_status marry(struct mx_ctx *ctx, const void *in, void *out) {
    const struct hello_in *ask = in;
    struct hello_out *answer = out;
    struct mx_list persons;
    mx_status st = ctx->identity->person_merge(ctx, ask->person, ask->other, mx_str_of("the same"), &answer->merge);
    if (st == MX_OK) st = ctx->identity->person_set(ctx, ask->person, &persons);
    if (st == MX_OK) answer->persons = persons.count;
    return st;
}

static mx_status forget(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    return ctx->identity->person_erase(ctx, ((const struct hello_in *)in)->person, mx_str_of("she asked for it"));
}

/* A wrong guess is remembered although the call is refused. */
static mx_status guess(struct mx_ctx *ctx, const void *in, void *out) {
    const struct hello_in *ask = in;
    char body[80];
    mx_status st = ctx->identity->guess(ctx, "hello.guess", ask->person, 5, 10);
    (void)out;
    if (st != MX_OK) return st;
    snprintf(body, sizeof(body), "{\"person\":\"%.*s\"}", (int)ask->person.len, ask->person.ptr);
    st = mx_if_refused(ctx, "hello.wrong", mx_str_of(body));
    if (st == MX_OK) st = ctx->identity->person_prove(ctx, ask->person, ask->said);
    return st;
}

static mx_status wrong(struct mx_ctx *ctx, const void *in, void *out) {
    struct hello_guest *guest;
    mx_status st = guest_of(ctx, ((const struct hello_in *)in)->person, &guest);
    (void)out;
    if (st != MX_OK) return st;
    guest->wrong++;
    return mx_put(ctx, &guests, guest);
}

static mx_status look(struct mx_ctx *ctx, const void *in, void *out) {
    const struct hello_in *ask = in;
    struct hello_out *answer = out;
    struct hello_guest *guest;
    mx_status st = guest_of(ctx, ask->person, &guest);
    if (st != MX_OK) return st;
    answer->forgotten = guest->forgotten;
    answer->wrong = guest->wrong;
    answer->hash = mx_keyed_text(ctx, "hello", ask->person, 8);
    answer->midnight = mx_day_begin(ctx, mx_str_of("Asia/Shanghai"), mx_day_number(2028, 2, mx_days_in_month(2028, 2)));
    return ctx->identity->customer(ctx).len ? mx_refuse(ctx, "herself", NULL, "Staff look here.") : MX_OK;
}

static mx_status ring_signed(struct mx_ctx *ctx, const void *in, void *out) {
    static const uint8_t secret[] = {0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
                                     0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0};
    (void)out;
    if (mx_hook_signed(ctx, in, mx_str_n((const char *)secret, sizeof(secret))) == MX_OK) return MX_OK;
    return mx_fail(ctx, MX_E_NO_KEY, NULL, "The message is not signed.");
}

static mx_status ring(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_hook *hook = in;
    (void)out;
    return mx_hook_header(hook, "webhook-id").len ? MX_OK : mx_refuse(ctx, "nameless", "headers", "The message has no id.");
}

static mx_status on_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_person_erased *erased = data;
    struct hello_guest *guest;
    mx_status st = guest_of(ctx, erased->person, &guest);
    (void)event;
    if (st != MX_OK) return st;
    guest->said = mx_str_n(NULL, 0);
    guest->forgotten = 1;
    return mx_put(ctx, &guests, guest);
}

static mx_status kept(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *answer = out;
    (void)in;
    answer->kinds = mx_list_new(ctx, 1, sizeof(struct mx_kept_kind));
    *(struct mx_kept_kind *)mx_list_at(&answer->kinds, 0) = (struct mx_kept_kind){.name = mx_str_of("hello.guests"),
                                                                                  .about = mx_str_of("what guests said"),
                                                                                  .purpose = mx_str_of(MX_PURPOSE_SERVICE),
                                                                                  .basis = MX_BASIS_CONTRACT,
                                                                                  .erased = 1};
    return MX_OK;
}

#define OP(flags, name, doc, permission, in, fn, prepare, own)                                                                             \
    { sizeof(struct mx_op), flags, name, doc, permission, in, &hello_out_type, fn, prepare, MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.4", own }
static const struct mx_op op_meet = OP(0, "hello.meet", "Meet somebody.", "hello.greet", &hello_in_type, meet, NULL, NULL);
static const struct mx_op op_marry = OP(0, "hello.marry", "Two are one.", "hello.greet", &hello_in_type, marry, NULL, NULL);
static const struct mx_op op_forget = OP(0, "hello.forget", "Forget her.", "hello.greet", &hello_in_type, forget, NULL, "person");
static const struct mx_op op_guess = OP(0, "hello.guess", "Guess who.", "hello.greet", &hello_in_type, guess, NULL, NULL);
static const struct mx_op op_wrong = OP(MX_OP_INTERNAL, "hello.wrong", "Remember it.", NULL, &hello_in_type, wrong, NULL, NULL);
static const struct mx_op op_look = OP(MX_OP_QUERY, "hello.look", "Look at her.", "hello.read", &hello_in_type, look, NULL, MX_OWN_HANDLER);
static const struct mx_op op_ring = OP(MX_OP_HOOK | MX_OP_PUBLIC, "hello.ring", "It rings.", NULL, &mx_hook_type, ring, ring_signed, NULL);

static mx_status load(const struct mx_host *host) {
    const struct mx_op_api *op = (const struct mx_op_api *)host->get(host, "mx.op", 0);
    const struct mx_identity_api *identity = (const struct mx_identity_api *)host->get(host, "mx.identity", 0);
    return op && op->size >= sizeof(*op) && identity && identity->size >= sizeof(*identity) ? MX_OK : MX_E_BAD_PLUGIN;
}

MX_PLUGIN(hello) {
    static const struct mx_table *const tables[] = {&guests, NULL};
    static const struct mx_op *const ops[] = {&op_meet, &op_marry, &op_forget, &op_guess, &op_wrong, &op_look, &op_ring, NULL};
    static const struct mx_subscription erased = {.size = sizeof(struct mx_subscription),
                                                  .event = MX_EVENT_PERSON_ERASED,
                                                  .type = &mx_person_erased_type,
                                                  .priority = 100,
                                                  .fn = on_erased};
    static const struct mx_subscription *const subscriptions[] = {&erased, NULL};
    static const struct mx_answer keeps = {sizeof(struct mx_answer), 100, MX_POINT_KEPT, &mx_kept_ask_type, &mx_kept_type, kept};
    static const struct mx_answer *const answers[] = {&keeps, NULL};
    static const struct mx_plugin plugin = {.size = sizeof(plugin),
                                            .abi_minor = 4,
                                            .name = "hello",
                                            .version = "1.0",
                                            .summary = "remembers",
                                            .tables = tables,
                                            .ops = ops,
                                            .subscriptions = subscriptions,
                                            .answers = answers,
                                            .load = load};
    return &plugin;
}
