/* A customer's consents as they are shown: what holds now, and every word that was said. */
#include "internal.h"

static mx_status add_held(struct mx_ctx *ctx, const struct mx_list *members, const struct privacy_consent *said, struct mx_list *held) {
    struct mx_consent_answer answer = {0};
    const struct privacy_consent *word = said;
    struct privacy_held *to;
    uint32_t i;
    mx_status st;
    for (i = 0; i < held->count; i++) {
        const struct privacy_held *each = mx_list_at(held, i);
        if (mx_str_eq(each->purpose, said->purpose) && mx_str_eq(each->channel, said->channel)) return MX_OK;
    }
    if (held->count == 2000) return MX_OK;
    if ((st = privacy_judge(ctx, members, said->purpose, said->channel, &answer, &word)) != MX_OK) return st;
    to = mx_list_at(held, held->count++);
    to->purpose = said->purpose;
    to->channel = said->channel;
    to->given = answer.basis == MX_BASIS_CONSENT;
    to->text = word->text;
    to->at = word->at;
    to->by = word->by;
    to->source = word->source;
    to->location = word->location;
    return MX_OK;
}

static mx_status fill_held(struct mx_ctx *ctx, const struct mx_list *members, struct mx_list *held) {
    uint32_t i;
    *held = mx_list_new(ctx, 2000, sizeof(struct privacy_held));
    held->count = 0;
    for (i = 0; i < members->count; i++) {
        struct privacy_consent probe = {.member = mx_list_str(members, i)}, *said = NULL;
        struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
        struct mx_scan *scan = NULL;
        mx_status st = mx_scan_open(ctx, &privacy_consents_table, &opts, &probe, &scan);
        while (st == MX_OK && (st = mx_scan_next(ctx, scan, &said)) == MX_OK) st = add_held(ctx, members, said, held);
        if (st != MX_DONE) return st;
    }
    return MX_OK;
}

static void show_word(const struct privacy_word *word, struct privacy_word_view *to) {
    to->member = word->member;
    to->purpose = word->purpose;
    to->channel = word->channel;
    to->given = word->given;
    to->text = word->text;
    to->at = word->at;
    to->by = word->by;
    to->source = word->source;
    to->location = word->location;
}

/* Who took her words down is not for her to read: she has to do with the shop. */
static void veil(struct privacy_consents *consents) {
    uint32_t i;
    for (i = 0; i < consents->consents.count; i++) ((struct privacy_held *)mx_list_at(&consents->consents, i))->by = mx_str_n(NULL, 0);
    for (i = 0; i < consents->history.count; i++) ((struct privacy_word_view *)mx_list_at(&consents->history, i))->by = mx_str_n(NULL, 0);
}

mx_status privacy_consents_of(struct mx_ctx *ctx, const struct mx_list *members, uint32_t words, struct privacy_consents *out) {
    uint32_t i;
    mx_status st = fill_held(ctx, members, &out->consents);
    out->history = mx_list_new(ctx, words, sizeof(struct privacy_word_view));
    out->history.count = 0;
    for (i = 0; st == MX_OK && i < members->count; i++) {
        struct privacy_word probe = {.member = mx_list_str(members, i)}, *word = NULL;
        struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "member", .reverse = 1};
        struct mx_scan *scan = NULL;
        st = mx_scan_open(ctx, &privacy_words, &opts, &probe, &scan);
        while (st == MX_OK && (st = mx_scan_next(ctx, scan, &word)) == MX_OK) {
            if (out->history.count == words) {
                out->more = 1;
                break;
            }
            show_word(word, mx_list_at(&out->history, out->history.count++));
        }
        if (st == MX_DONE) st = MX_OK;
    }
    if (st == MX_OK && ctx->identity->customer(ctx).len) veil(out);
    return st;
}

/* The part of the customer view; an export has all of it. */
mx_status privacy_section_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_section_ask *ask = in;
    struct mx_section *section = out;
    struct privacy_consents consents = {0};
    struct mx_list members = ask->members;
    mx_status st;
    if (!mx_allowed(ctx, "privacy.consents")) return MX_DECLINED;
    if (members.count == 0 && (st = privacy_set_of(ctx, ask->member, &members, NULL)) != MX_OK) return st;
    if ((st = privacy_consents_of(ctx, &members, ask->whole ? 5000 : 20, &consents)) != MX_OK) return st;
    if (ask->whole) veil(&consents);
    section->name = mx_str_of("consents");
    section->more = consents.more;
    return ctx->op->encode(ctx, &privacy_consents_type, &consents, &section->data);
}
