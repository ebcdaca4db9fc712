/* Records and requests of purposes, texts and consents. */
#ifndef PRIVACY_INTERNAL_H
#define PRIVACY_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"

#define PRIVACY_CHANNEL_MAX  32
#define PRIVACY_CHANNELS_MAX 16
#define PRIVACY_PURPOSES_MAX 100
#define PRIVACY_BODY_MAX     20000

/* What data may be used for. */
struct privacy_purpose {
    struct mx_rec rec;
    struct mx_str code;
    struct mx_list name; /* of struct mx_pair, by language */
    int32_t basis;       /* MX_BASIS_* */
    struct mx_list channels;
    struct mx_list needs; /* of struct mx_str: kinds of data that it uses, for the register */
};

static const struct mx_field privacy_purpose_fields[] = {
    MX_F_STR(privacy_purpose, code, MX_REQUIRED, 1, MX_PURPOSE_MAX, "its code: a-z, digits, _ and -"),
    MX_F_MAP(privacy_purpose, name, 0, 0, 32, "its name by language"),
    MX_F_ENUM(privacy_purpose, basis, MX_REQUIRED, mx_basis_words, "on what it rests"),
    MX_F_STRS(privacy_purpose, channels, 0, 0, PRIVACY_CHANNELS_MAX, "channels that she may agree to one by one"),
    MX_F_STRS(privacy_purpose, needs, 0, 0, 64, "kinds of data that it uses"),
};
MX_TYPE_REC(privacy_purpose, "privacy.purpose", "what data may be used for");

struct privacy_purpose_put {
    struct mx_str code;
    struct mx_list name;
    int32_t basis;
    struct mx_list channels;
    struct mx_list needs;
};

static const struct mx_field privacy_purpose_put_fields[] = {
    MX_F_STR(privacy_purpose_put, code, MX_REQUIRED, 1, MX_PURPOSE_MAX, "its code: a-z, digits, _ and -"),
    MX_F_MAP(privacy_purpose_put, name, MX_REQUIRED, 1, 32, "its name by language"),
    MX_F_ENUM(privacy_purpose_put, basis, MX_REQUIRED, mx_basis_words, "on what it rests"),
    MX_F_STRS(privacy_purpose_put, channels, 0, 0, PRIVACY_CHANNELS_MAX, "channels that she may agree to one by one"),
    MX_F_STRS(privacy_purpose_put, needs, 0, 0, 64, "kinds of data that it uses"),
};
MX_TYPE(privacy_purpose_put, "privacy.purpose.put", "say what data may be used for");

struct privacy_purpose_view {
    struct mx_str code;
    struct mx_list name;
    int32_t basis;
    struct mx_list channels;
    struct mx_list needs;
    struct mx_list texts; /* of struct mx_str: "zh/3", the newest of each language */
};

static const struct mx_field privacy_purpose_view_fields[] = {
    MX_F_STR(privacy_purpose_view, code, MX_REQUIRED, 1, MX_PURPOSE_MAX, "its code"),
    MX_F_MAP(privacy_purpose_view, name, 0, 0, 32, "its name by language"),
    MX_F_ENUM(privacy_purpose_view, basis, MX_REQUIRED, mx_basis_words, "on what it rests"),
    MX_F_STRS(privacy_purpose_view, channels, 0, 0, PRIVACY_CHANNELS_MAX, "channels that she may agree to one by one"),
    MX_F_STRS(privacy_purpose_view, needs, 0, 0, 64, "kinds of data that it uses"),
    MX_F_STRS(privacy_purpose_view, texts, 0, 0, 200, "newest version of its text in each language: zh/3"),
};
MX_TYPE(privacy_purpose_view, "privacy.purpose.view", "a purpose and its texts");

struct privacy_purpose_one {
    struct privacy_purpose_view *purpose;
};

static const struct mx_field privacy_purpose_one_fields[] = {
    MX_F_STRUCT(privacy_purpose_one, purpose, MX_REQUIRED, privacy_purpose_view_type, "the purpose"),
};
MX_TYPE(privacy_purpose_one, "privacy.purpose.one", "one purpose");

struct privacy_purposes_view {
    struct mx_list purposes; /* of struct privacy_purpose_view */
};

static const struct mx_field privacy_purposes_view_fields[] = {
    MX_F_LIST(privacy_purposes_view, purposes, 0, 0, PRIVACY_PURPOSES_MAX, privacy_purpose_view_type, "purposes, by code"),
};
MX_TYPE(privacy_purposes_view, "privacy.purposes", "what data may be used for");

/* What a customer is told before she agrees. Never changed: a better wording is a new version. */
struct privacy_text {
    struct mx_rec rec;
    struct mx_str purpose;
    struct mx_str language;
    int64_t version;
    struct mx_str body;
    int64_t at;
};

static const struct mx_field privacy_text_fields[] = {
    MX_F_STR(privacy_text, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "purpose"),
    MX_F_STR(privacy_text, language, MX_REQUIRED, 1, 16, "language: zh, en, zh-Hant"),
    MX_F_INT(privacy_text, version, MX_REQUIRED, 1, MX_INT_MAX, "version"),
    MX_F_STR(privacy_text, body, MX_REQUIRED | MX_MULTILINE, 1, PRIVACY_BODY_MAX, "what the customer is told"),
    MX_F_TIME(privacy_text, at, 0, "since when"),
};
MX_TYPE_REC(privacy_text, "privacy.text", "what a customer is told before she agrees");

struct privacy_text_put {
    struct mx_str purpose;
    struct mx_str language;
    int64_t version;
    struct mx_str body;
};

static const struct mx_field privacy_text_put_fields[] = {
    MX_F_STR(privacy_text_put, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "purpose"),
    MX_F_STR(privacy_text_put, language, MX_REQUIRED, 1, 16, "language: zh, en, zh-Hant"),
    MX_F_INT(privacy_text_put, version, MX_REQUIRED, 1, MX_INT_MAX, "version: one more than the one before"),
    MX_F_STR(privacy_text_put, body, MX_REQUIRED | MX_MULTILINE, 1, PRIVACY_BODY_MAX, "what the customer is told"),
};
MX_TYPE(privacy_text_put, "privacy.text.put", "write down what customers are told");

struct privacy_text_ask {
    struct mx_str purpose;
    struct mx_str language;
    int64_t version;
};

static const struct mx_field privacy_text_ask_fields[] = {
    MX_F_STR(privacy_text_ask, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "purpose"),
    MX_F_STR(privacy_text_ask, language, MX_REQUIRED, 1, 16, "language"),
    MX_F_INT(privacy_text_ask, version, 0, 1, MX_INT_MAX, "version; absent: the newest"),
};
MX_TYPE(privacy_text_ask, "privacy.text.ask", "which text");

struct privacy_text_view {
    struct mx_str purpose;
    struct mx_str language;
    int64_t version;
    struct mx_str body;
    int64_t at;
};

static const struct mx_field privacy_text_view_fields[] = {
    MX_F_STR(privacy_text_view, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "purpose"),
    MX_F_STR(privacy_text_view, language, MX_REQUIRED, 1, 16, "language"),
    MX_F_INT(privacy_text_view, version, MX_REQUIRED, 1, MX_INT_MAX, "version"),
    MX_F_STR(privacy_text_view, body, MX_REQUIRED | MX_MULTILINE, 1, PRIVACY_BODY_MAX, "what the customer is told"),
    MX_F_TIME(privacy_text_view, at, 0, "since when"),
};
MX_TYPE(privacy_text_view, "privacy.text.view", "what a customer is told");

/* The last word of a member about a purpose and a channel. It is proof enough of itself: older words are deleted by age, this one holds. */
struct privacy_consent {
    struct mx_rec rec;
    struct mx_str member;
    struct mx_str purpose;
    struct mx_str channel; /* empty: whatever the channel */
    uint8_t given;
    int64_t word; /* number of the word: later ones are higher, whatever the clock said */
    struct mx_str text;
    int64_t at;
    struct mx_str by;
    struct mx_str source;
    struct mx_str location;
};

static const struct mx_field privacy_consent_fields[] = {
    MX_F_ID(privacy_consent, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(privacy_consent, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(privacy_consent, channel, 0, 0, PRIVACY_CHANNEL_MAX, "through which channel"),
    MX_F_BOOL(privacy_consent, given, 0, "given, or taken back"),
    MX_F_INT(privacy_consent, word, 0, 0, MX_INT_MAX, "number of the word"),
    MX_F_STR(privacy_consent, text, 0, 0, 80, "text, language and version that she saw"),
    MX_F_TIME(privacy_consent, at, 0, "when"),
    MX_F_STR(privacy_consent, by, 0, 0, 64, "who took it down"),
    MX_F_STR(privacy_consent, source, 0, 0, 32, "how she said it"),
    MX_F_STR(privacy_consent, location, 0, 0, 32, "where"),
};
MX_TYPE_REC(privacy_consent, "privacy.consent", "a member's last word about a purpose");

/* Every word that was said: the proof. Names ids only. */
struct privacy_word {
    struct mx_rec rec;
    int64_t word;
    struct mx_str member;
    struct mx_str purpose;
    struct mx_str channel;
    uint8_t given;
    struct mx_str text;
    int64_t at;
    struct mx_str by;
    struct mx_str source;
    struct mx_str location;
};

static const struct mx_field privacy_word_fields[] = {
    MX_F_INT(privacy_word, word, MX_REQUIRED, 1, MX_INT_MAX, "its number"),
    MX_F_ID(privacy_word, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(privacy_word, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(privacy_word, channel, 0, 0, PRIVACY_CHANNEL_MAX, "through which channel; absent: whatever the channel"),
    MX_F_BOOL(privacy_word, given, 0, "given, or taken back"),
    MX_F_STR(privacy_word, text, 0, 0, 80, "text, language and version that she saw"),
    MX_F_TIME(privacy_word, at, 0, "when"),
    MX_F_STR(privacy_word, by, 0, 0, 64, "who took it down"),
    MX_F_STR(privacy_word, source, 0, 0, 32, "how she said it"),
    MX_F_STR(privacy_word, location, 0, 0, 32, "where"),
};
MX_TYPE_REC(privacy_word, "privacy.word", "a word about a purpose");

struct privacy_word_view {
    struct mx_str member;
    struct mx_str purpose;
    struct mx_str channel;
    uint8_t given;
    struct mx_str text;
    int64_t at;
    struct mx_str by;
    struct mx_str source;
    struct mx_str location;
};

static const struct mx_field privacy_word_view_fields[] = {
    MX_F_ID(privacy_word_view, member, MX_REQUIRED, "mem", "member"),
    MX_F_STR(privacy_word_view, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(privacy_word_view, channel, 0, 0, PRIVACY_CHANNEL_MAX, "through which channel; absent: whatever the channel"),
    MX_F_BOOL(privacy_word_view, given, MX_REQUIRED, "given, or taken back"),
    MX_F_STR(privacy_word_view, text, 0, 0, 80, "text, language and version that she saw"),
    MX_F_TIME(privacy_word_view, at, 0, "when"),
    MX_F_STR(privacy_word_view, by, 0, 0, 64, "who took it down"),
    MX_F_STR(privacy_word_view, source, 0, 0, 32, "how she said it"),
    MX_F_STR(privacy_word_view, location, 0, 0, 32, "where"),
};
MX_TYPE(privacy_word_view, "privacy.word.view", "a word about a purpose");

/* What holds now, and how it came to it. */
struct privacy_held {
    struct mx_str purpose;
    struct mx_str channel;
    uint8_t given;
    struct mx_str text;
    int64_t at;
    struct mx_str by;
    struct mx_str source;
    struct mx_str location;
};

static const struct mx_field privacy_held_fields[] = {
    MX_F_STR(privacy_held, purpose, MX_REQUIRED, 1, MX_PURPOSE_MAX, "what for"),
    MX_F_STR(privacy_held, channel, 0, 0, PRIVACY_CHANNEL_MAX, "through which channel; absent: whatever the channel"),
    MX_F_BOOL(privacy_held, given, MX_REQUIRED, "may it be done now"),
    MX_F_STR(privacy_held, text, 0, 0, 80, "text, language and version that she saw"),
    MX_F_TIME(privacy_held, at, 0, "when she said it"),
    MX_F_STR(privacy_held, by, 0, 0, 64, "who took it down"),
    MX_F_STR(privacy_held, source, 0, 0, 32, "how she said it"),
    MX_F_STR(privacy_held, location, 0, 0, 32, "where"),
};
MX_TYPE(privacy_held, "privacy.held", "what holds now");

struct privacy_consents {
    struct mx_list consents; /* of struct privacy_held */
    struct mx_list history;  /* of struct privacy_word_view, newest first */
    uint8_t more;
};

static const struct mx_field privacy_consents_fields[] = {
    MX_F_LIST(privacy_consents, consents, 0, 0, 2000, privacy_held_type, "what holds now"),
    MX_F_LIST(privacy_consents, history, 0, 0, 5000, privacy_word_view_type, "every word, newest first"),
    MX_F_BOOL(privacy_consents, more, 0, "there are older words"),
};
MX_TYPE(privacy_consents, "privacy.consents", "a customer's consents and their history");

extern const struct mx_table privacy_purposes;
extern const struct mx_table privacy_texts;
extern const struct mx_table privacy_consents_table;
extern const struct mx_table privacy_words;

/* A purpose, the shop's own wording first, then the program's. MX_NONE: there is none. */
MX_MUST_CHECK mx_status privacy_purpose_of(struct mx_ctx *ctx, struct mx_str code, struct privacy_purpose *purpose);

/* All ids of the customer with this one; the id alone when nobody knows more. facts may be NULL. */
MX_MUST_CHECK mx_status privacy_set_of(struct mx_ctx *ctx, struct mx_str member, struct mx_list *members, struct mx_member_facts *facts);

/* The words that count for one question, over all ids of a customer: the last one that gives, and the last one that takes back. */
struct privacy_words_said {
    struct mx_str channel; /* that is asked about; empty: whatever the channel */
    int64_t given, taken;
    const struct privacy_consent *last_given;
};
void privacy_weigh(struct privacy_words_said *words, const struct privacy_consent *word);
int privacy_agreed(const struct privacy_words_said *words);

/* What she agreed to, over all her ids. word: the one that holds, left alone when none does; may be NULL. */
MX_MUST_CHECK mx_status privacy_judge(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str purpose, struct mx_str channel,
                                      struct mx_consent_answer *answer, const struct privacy_consent **word);

/* All that she said, over all her ids. words: at most so many of the history. */
MX_MUST_CHECK mx_status privacy_consents_of(struct mx_ctx *ctx, const struct mx_list *members, uint32_t words,
                                            struct privacy_consents *out);

mx_status privacy_purpose_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_purpose_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_text_put_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_text_get_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_give_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_withdraw_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_list_handler(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_consent_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_section_answer(struct mx_ctx *ctx, const void *in, void *out);
mx_status privacy_hear_erased(struct mx_ctx *ctx, const struct mx_event *event, const void *data);

extern const struct mx_event_def privacy_consent_changed;

#endif
