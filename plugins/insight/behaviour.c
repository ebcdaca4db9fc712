/* What customers do, as pages, shelves, doors and chats tell it. */
#include "internal.h"

#include <stdio.h>

#define ROWS_MAX   500
#define AHEAD_MS   INT64_C(300000) /* a device's clock may be ahead so far */
#define TEXT_MAX   4000
#define ASPECT_MAX 16
#define WORDS_MAX  64
#define TEXTS_MAX  32768 /* bytes of all texts of a call: they are read on the one writer */

struct add_row {
    struct mx_str member;
    struct mx_str kind_of; /* of identifier */
    struct mx_str identifier;
    struct mx_str device;
    struct mx_str session;
    struct mx_str kind;
    struct mx_str subject;
    int64_t at;
    int64_t dwell_ms;
    struct mx_str text;
    struct mx_str location;
    int64_t count;
};

static const struct mx_field add_row_fields[] = {
    MX_F_ID(add_row, member, 0, "mem", "member"),
    MX_F_STR(add_row, kind_of, 0, 1, 16, "kind of `identifier`: phone, email, card, openid, device, account"),
    MX_F_STR(add_row, identifier, MX_PII, 1, 128, "what is known of who it was, in place of `member`"),
    MX_F_STR(add_row, device, MX_PII, 1, 128, "device that it happened on; kept for whoever is known by it later"),
    MX_F_STR(add_row, session, 0, 0, 64, "visit that it belongs to"),
    MX_F_STR(add_row, kind, MX_REQUIRED, 1, 32, "what was done: page, shelf, ask, chat, review, try, door ..."),
    MX_F_STR(add_row, subject, 0, 0, 64, "with what: a page, an SKU, an intent"),
    MX_F_TIME(add_row, at, 0, "when; absent: now"),
    MX_F_INT(add_row, dwell_ms, 0, 0, INSIGHT_DAY_MS, "for how long"),
    MX_F_STR(add_row, text, MX_PII | MX_MULTILINE | MX_FREE_TEXT, 0, TEXT_MAX,
             "what was written; read for aspects and words, and not kept"),
    MX_F_STR(add_row, location, 0, 0, MX_CODE_MAX, "where"),
    MX_F_INT(add_row, count, 0, 0, 100000, "how many went through the door"),
};
MX_TYPE(add_row, "insight.behaviour.row", "something that somebody did");

struct add {
    struct mx_list rows;
};
static const struct mx_field add_fields[] = {
    MX_F_LIST(add, rows, MX_REQUIRED, 1, ROWS_MAX, add_row_type, "what was done"),
};
MX_TYPE(add, "insight.behaviour.add", "what customers did");

struct add_answer {
    int64_t kept;     /* under a member */
    int64_t waiting;  /* under an identifier that nobody is known by */
    int64_t withheld; /* of members who do not agree: not kept */
};
static const struct mx_field add_answer_fields[] = {
    MX_F_INT(add_answer, kept, 0, 0, MX_INT_MAX, "things that members did"),
    MX_F_INT(add_answer, waiting, 0, 0, MX_INT_MAX, "things of devices and identifiers that nobody is known by yet"),
    MX_F_INT(add_answer, withheld, 0, 0, MX_INT_MAX, "things of members who have not agreed to personalisation: they are not kept"),
};
MX_TYPE(add_answer, "insight.behaviour.kept", "what was kept");

/* A member of whom something is told: asked once in a call whether she agrees. */
struct doer {
    struct mx_str member;
    int64_t rows;
    int agrees;
};

struct adding {
    int64_t number;
    struct mx_str self; /* a customer in her own session */
    struct doer *doers;
    uint32_t doer_count;
    uint32_t text_bytes;
    struct add_answer *answer;
};

static mx_status wrong(struct mx_ctx *ctx, uint32_t i, const char *member, const char *why) {
    char field[40];
    snprintf(field, sizeof(field), "rows[%u].%s", (unsigned)i, member);
    return mx_fail(ctx, MX_E_BAD_INPUT, field, "%s", why);
}

static mx_status known_member(struct mx_ctx *ctx, struct mx_str kind, struct mx_str value, struct mx_str *owner) {
    char word[17];
    struct mx_member_of_ask ask = {{NULL, 0}};
    struct mx_member_of answer = {{NULL, 0}};
    mx_status st;
    snprintf(word, sizeof(word), "%.*s", (int)kind.len, kind.ptr);
    st = ctx->identity->person_find(ctx, word, value, &ask.person);
    if (st == MX_E_ERASED) st = MX_NONE; /* whoever is known by it next is somebody else */
    if (st == MX_OK) st = mx_ask(ctx, &mx_point_member_of, &ask, &answer);
    if (st == MX_OK)
        *owner = answer.member;
    else if (st == MX_NONE || st == MX_DECLINED)
        *owner = insight_owner_of(ctx, kind, value);
    return st == MX_NONE || st == MX_DECLINED ? MX_OK : st;
}

/* Who did it: a member by id or identifier, otherwise the device waits for whoever will be known by it. */
static mx_status find_owner(struct mx_ctx *ctx, const struct adding *adding, const struct add_row *row, uint32_t i, struct mx_str *owner) {
    const struct mx_str device = mx_str_of("device");
    struct mx_member_facts facts = {0};
    mx_status st;
    if (adding->self.len || row->member.len) {
        st = insight_member(ctx, row->member.len ? row->member : adding->self, &facts);
        if (st == MX_OK && adding->self.len) st = mx_own(ctx, facts.id);
        *owner = facts.id;
        return st == MX_NONE ? wrong(ctx, i, "member", "There is no such member.") : st;
    }
    if (row->identifier.len && !row->kind_of.len) return wrong(ctx, i, "kind_of", "Say what kind of identifier this is.");
    if (row->identifier.len || row->device.len) {
        st = row->identifier.len ? known_member(ctx, row->kind_of, row->identifier, owner) : known_member(ctx, device, row->device, owner);
        if (st != MX_E_BAD_INPUT) return st;
        return wrong(ctx, i, row->identifier.len ? "identifier" : "device", "Nobody can be known by this: it is not valid of its kind.");
    }
    if (!row->location.len) return wrong(ctx, i, "member", "Say who it was: a member, an identifier or a device; or at which door.");
    *owner = mx_str_n(mx_alloc(ctx, INSIGHT_OWNER_MAX), 0);
    owner->len =
        (uint32_t)snprintf((char *)(uintptr_t)owner->ptr, INSIGHT_OWNER_MAX, "door:%.*s", (int)row->location.len, row->location.ptr);
    return MX_OK;
}

static mx_status keep(struct mx_ctx *ctx, struct adding *adding, const struct add_row *row, struct mx_str owner, struct mx_str kind,
                      struct mx_str subject) {
    struct insight_did did = {.owner = owner, .session = row->session, .kind = kind, .subject = subject};
    did.at = row->at ? row->at : ctx->now_ms;
    did.n = adding->number++;
    did.dwell_ms = row->dwell_ms;
    did.location = row->location;
    did.count = row->count;
    did.rec.has = UINT64_MAX;
    return mx_put(ctx, &insight_dids, &did);
}

/* What a text says is counted; the text itself is not kept. */
static mx_status read_text(struct mx_ctx *ctx, struct adding *adding, const struct add_row *row, struct mx_str owner) {
    const struct insight_aspect *aspects[ASPECT_MAX];
    struct mx_str *words = mx_alloc(ctx, WORDS_MAX * sizeof(*words));
    const char *kind = mx_str_is(row->kind, "review") ? "aspect" : "intent";
    uint32_t i, count = insight_aspects(ctx, row->text, aspects, ASPECT_MAX);
    mx_status st = MX_OK;
    for (i = 0; st == MX_OK && i < count; i++) {
        st = keep(ctx, adding, row, owner, mx_str_of(kind), mx_str_of(aspects[i]->code));
        if (st == MX_OK) st = insight_said_count(ctx, row->subject, kind, mx_str_of(aspects[i]->code));
    }
    count = insight_text_words(ctx, row->text, words, WORDS_MAX);
    for (i = 0; st == MX_OK && i < count; i++) st = insight_said_count(ctx, row->subject, "word", words[i]);
    return st;
}

static mx_status doer_of(struct mx_ctx *ctx, struct adding *adding, struct mx_str member, struct doer **doer) {
    struct mx_member_facts facts = {0};
    mx_status st;
    uint32_t i = 0;
    while (i < adding->doer_count && !mx_str_eq(adding->doers[i].member, member)) i++;
    *doer = &adding->doers[i];
    if (i < adding->doer_count) return MX_OK;
    adding->doer_count++;
    **doer = (struct doer){.member = member};
    st = insight_member(ctx, member, &facts);
    if (st == MX_OK) st = insight_consents(ctx, &facts, &(*doer)->agrees);
    return st == MX_NONE ? MX_OK : st;
}

/* Of a member only what she agrees to: neither the row nor what its text says. */
static mx_status may_keep(struct mx_ctx *ctx, struct adding *adding, struct mx_str owner, int *yes) {
    struct doer *doer = NULL;
    mx_status st;
    *yes = 1;
    if (owner.len <= 4 || memcmp(owner.ptr, "mem_", 4) != 0) {
        adding->answer->waiting++;
        return MX_OK;
    }
    st = doer_of(ctx, adding, owner, &doer);
    if (st != MX_OK) return st;
    *yes = doer->agrees;
    doer->rows += *yes;
    adding->answer->kept += *yes;
    adding->answer->withheld += !*yes;
    return MX_OK;
}

static mx_status add_one(struct mx_ctx *ctx, struct adding *adding, const struct add_row *row, uint32_t i) {
    struct mx_str owner = {NULL, 0};
    int kept = 0;
    mx_status st;
    if (row->at > ctx->now_ms + AHEAD_MS) return wrong(ctx, i, "at", "This has not happened yet.");
    if (row->kind_of.len && !row->identifier.len) return wrong(ctx, i, "identifier", "The identifier itself is missing.");
    adding->text_bytes += row->text.len;
    if (adding->text_bytes > TEXTS_MAX) return wrong(ctx, i, "text", "The texts of one call come to at most 32768 bytes.");
    st = find_owner(ctx, adding, row, i, &owner);
    if (st == MX_OK) st = may_keep(ctx, adding, owner, &kept);
    if (st != MX_OK || !kept) return st;
    st = keep(ctx, adding, row, owner, row->kind, row->subject);
    return st == MX_OK && row->text.len ? read_text(ctx, adding, row, owner) : st;
}

static mx_status self_of(struct mx_ctx *ctx, struct mx_str *self) {
    const struct mx_member_of_ask ask = {.person = ctx->identity->customer(ctx)};
    struct mx_member_of answer = {{NULL, 0}};
    mx_status st;
    if (ask.person.len == 0) return MX_OK;
    st = mx_ask(ctx, &mx_point_member_of, &ask, &answer);
    *self = answer.member;
    return st == MX_DECLINED ? mx_fail(ctx, MX_E_FORBIDDEN, NULL, "Only members leave this behind.") : st;
}

mx_status insight_deeds_number(struct mx_ctx *ctx, int64_t *number) {
    const struct mx_str everybody = {NULL, 0};
    mx_status st = mx_next_number(ctx, "insight.behaviour", everybody, number);
    *number *= ROWS_MAX * (ASPECT_MAX + 1);
    return st;
}

static mx_status add_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct add *ask = in;
    struct adding adding = {.answer = out};
    uint32_t i;
    mx_status st = self_of(ctx, &adding.self);
    if (st == MX_OK) st = insight_deeds_number(ctx, &adding.number);
    if (st != MX_OK) return st;
    adding.doers = mx_alloc(ctx, ROWS_MAX * sizeof(*adding.doers));
    for (i = 0; st == MX_OK && i < ask->rows.count; i++) st = add_one(ctx, &adding, mx_list_at(&ask->rows, i), i);
    for (i = 0; st == MX_OK && i < adding.doer_count; i++) {
        const struct insight_added added = {adding.doers[i].member, adding.doers[i].rows};
        if (added.rows) st = mx_emit(ctx, &insight_added_event, &added);
    }
    return st;
}

const struct mx_event_def insight_added_event = {
    .size = sizeof(struct mx_event_def), .name = "insight.behaviour.added", .doc = "a member did something", .type = &insight_added_type};

const struct mx_op insight_op_add = {.size = sizeof(struct mx_op),
                                     .name = "insight.behaviour.add",
                                     .doc = "Tell what customers did: pages, shelves, questions, reviews, doors.",
                                     .permission = "insight.write",
                                     .in = &add_type,
                                     .out = &add_answer_type,
                                     .handler = add_handler,
                                     .since = "0.4",
                                     .own = MX_OWN_HANDLER};
