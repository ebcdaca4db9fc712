/* What customers agree to, and take back. */
#include "internal.h"

#include <stdio.h>

static mx_status check_channel(struct mx_ctx *ctx, const struct privacy_purpose *purpose, struct mx_str channel) {
    uint32_t i;
    if (channel.len == 0) return MX_OK;
    for (i = 0; i < purpose->channels.count; i++)
        if (mx_str_eq(mx_list_str(&purpose->channels, i), channel)) return MX_OK;
    return mx_fail(ctx, MX_E_BAD_INPUT, "channel", "This purpose has no such channel.");
}

static mx_status check_say(struct mx_ctx *ctx, const struct mx_consent_say *say, struct mx_member_facts *facts) {
    struct mx_member_ask who = {.member = say->member, .brief = 1};
    struct privacy_purpose purpose;
    mx_status st = mx_ask(ctx, &mx_point_member, &who, facts);
    if (st == MX_DECLINED) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK) st = privacy_purpose_of(ctx, say->purpose, &purpose);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "purpose", "There is no such purpose.");
    if (st != MX_OK) return st;
    if (purpose.basis != MX_BASIS_CONSENT)
        return mx_refuse(ctx, "consent_not_asked", "purpose", "This purpose rests on %s: nobody is asked to agree to it.",
                         mx_basis_words[purpose.basis - 1]);
    return check_channel(ctx, &purpose, say->channel);
}

static mx_status text_of(struct mx_ctx *ctx, const struct mx_consent_say *say, struct mx_str *name) {
    struct privacy_text probe = {.purpose = say->purpose, .language = say->language, .version = say->version}, *text = NULL;
    char *at;
    int len;
    mx_status st;
    if (say->language.len == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "language", "Say in which language she read what she agrees to.");
    if (say->version == 0) return mx_fail(ctx, MX_E_MISSING_FIELD, "version", "Say which version of the text she agrees to.");
    st = mx_get(ctx, &privacy_texts, &probe, &text);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "version", "There is no such text of this purpose.");
    if (st != MX_OK) return st;
    at = mx_alloc(ctx, 80);
    len = snprintf(at, 80, "%.*s/%.*s/%lld", (int)say->purpose.len, say->purpose.ptr, (int)say->language.len, say->language.ptr,
                   (long long)say->version);
    *name = mx_str_n(at, (size_t)len);
    return MX_OK;
}

static mx_status write_word(struct mx_ctx *ctx, const struct mx_consent_say *say, const struct mx_consent_said *said,
                            struct privacy_word *word) {
    mx_status st;
    *word = (struct privacy_word){.member = said->member,
                                  .purpose = said->purpose,
                                  .channel = said->channel,
                                  .given = said->given,
                                  .text = said->text,
                                  .at = said->at,
                                  .by = ctx->identity->principal(ctx),
                                  .source = say->source,
                                  .location = say->location};
    st = mx_next_number(ctx, "privacy.word", mx_str_n(NULL, 0), &word->word);
    word->rec.has = UINT64_MAX;
    return st == MX_OK ? mx_put(ctx, &privacy_words, word) : st;
}

static mx_status say_it(struct mx_ctx *ctx, const struct mx_consent_say *say, const struct mx_consent_said *said) {
    struct privacy_consent consent = {.member = said->member, .purpose = said->purpose, .channel = said->channel}, *before = NULL;
    struct privacy_word word;
    mx_status st = mx_get(ctx, &privacy_consents_table, &consent, &before);
    if (st < 0) return st;
    if ((st = write_word(ctx, say, said, &word)) != MX_OK) return st;
    if (before) consent.rec = before->rec;
    consent.rec.has = UINT64_MAX;
    consent.given = word.given;
    consent.word = word.word;
    consent.text = word.text;
    consent.at = word.at;
    consent.by = word.by;
    consent.source = word.source;
    consent.location = word.location;
    st = mx_put(ctx, &privacy_consents_table, &consent);
    return st == MX_OK ? mx_emit(ctx, &privacy_consent_changed, said) : st;
}

static mx_status say(struct mx_ctx *ctx, const struct mx_consent_say *request, int given, struct mx_consent_said *said) {
    struct mx_member_facts facts = {0};
    mx_status st = check_say(ctx, request, &facts);
    if (st != MX_OK) return st;
    if (given && (st = text_of(ctx, request, &said->text)) != MX_OK) return st;
    said->member = request->member;
    said->purpose = request->purpose;
    said->channel = request->channel;
    said->given = (uint8_t)given;
    said->at = ctx->now_ms;
    return say_it(ctx, request, said);
}

mx_status privacy_give_handler(struct mx_ctx *ctx, const void *in, void *out) { return say(ctx, in, 1, out); }

mx_status privacy_withdraw_handler(struct mx_ctx *ctx, const void *in, void *out) { return say(ctx, in, 0, out); }

mx_status privacy_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct mx_list members;
    struct mx_member_facts facts = {0};
    mx_status st = privacy_set_of(ctx, ask->member, &members, &facts);
    if (st == MX_OK && facts.id.len == 0) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    return st == MX_OK ? privacy_consents_of(ctx, &members, 200, out) : st;
}

static mx_status forget_words(struct mx_ctx *ctx, struct mx_str member) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct privacy_consent probe = {.member = member}, *consent = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &privacy_consents_table, &opts, &probe, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &consent)) == MX_OK) st = mx_delete(ctx, &privacy_consents_table, consent);
    return st == MX_DONE ? MX_OK : st;
}

/* Her key is gone: what she agreed to under any of her ids is over, and what somebody said who was one with her for a while is not. The
 * words stay as long as the register says; they name an id that means nobody. */
mx_status privacy_hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_member_of_ask ask = {((const struct mx_person_erased *)data)->person};
    struct mx_member_of who = {{NULL, 0}};
    struct mx_list members;
    uint32_t i;
    mx_status st = mx_ask(ctx, &mx_point_member_of, &ask, &who);
    (void)event;
    if (st == MX_DECLINED) return MX_OK;
    if (st == MX_OK) st = privacy_set_of(ctx, who.member, &members, NULL);
    for (i = 0; st == MX_OK && i < members.count; i++) st = forget_words(ctx, mx_list_str(&members, i));
    return st;
}
