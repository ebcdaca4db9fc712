/* May this be done with her data? Asked at each use. */
#include "internal.h"

mx_status privacy_set_of(struct mx_ctx *ctx, struct mx_str member, struct mx_list *members, struct mx_member_facts *facts) {
    struct mx_member_facts own = {0};
    struct mx_member_ask ask = {.member = member, .brief = 1};
    mx_status st = mx_ask(ctx, &mx_point_member, &ask, &own);
    if (st < 0) return st;
    *members = own.members;
    if (own.members.count == 0) {
        *members = mx_list_new(ctx, 1, sizeof(struct mx_str));
        *(struct mx_str *)members->items = member;
    }
    if (facts) *facts = own;
    return MX_OK;
}

static mx_status weigh_all(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str purpose, struct privacy_words_said *words) {
    uint32_t i;
    for (i = 0; i < members->count; i++) {
        struct privacy_consent probe = {.member = mx_list_str(members, i), .purpose = purpose}, *word = NULL;
        struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2};
        struct mx_scan *scan = NULL;
        mx_status st = mx_scan_open(ctx, &privacy_consents_table, &opts, &probe, &scan);
        while (st == MX_OK && (st = mx_scan_next(ctx, scan, &word)) == MX_OK) privacy_weigh(words, word);
        if (st != MX_DONE) return st;
    }
    return MX_OK;
}

mx_status privacy_judge(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str purpose, struct mx_str channel,
                        struct mx_consent_answer *answer, const struct privacy_consent **word) {
    struct privacy_words_said words = {.channel = channel};
    struct privacy_purpose rests;
    mx_status st = privacy_purpose_of(ctx, purpose, &rests);
    if (st < 0) return st;
    answer->basis = st == MX_NONE ? MX_BASIS_NONE : rests.basis;
    if (answer->basis != MX_BASIS_CONSENT) return MX_OK;
    if ((st = weigh_all(ctx, members, purpose, &words)) != MX_OK) return st;
    if (!privacy_agreed(&words)) {
        answer->basis = MX_BASIS_NONE;
        return MX_OK;
    }
    if (word) *word = words.last_given;
    answer->text = words.last_given->text;
    answer->since = words.last_given->at;
    return MX_OK;
}

mx_status privacy_consent_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_consent_ask *ask = in;
    struct mx_list members = ask->members;
    mx_status st = members.count ? MX_OK : privacy_set_of(ctx, ask->member, &members, NULL);
    return st == MX_OK ? privacy_judge(ctx, &members, ask->purpose, ask->channel, out, NULL) : st;
}
