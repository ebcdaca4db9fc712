/* Purposes, and what customers are told about them. */
#include "internal.h"

#include <stdio.h>

static const struct mx_str message_channels[] = {MX_STR_INIT("email"), MX_STR_INIT("phone"), MX_STR_INIT("post"),
                                                 MX_STR_INIT("push"),  MX_STR_INIT("sms"),   MX_STR_INIT("wechat")};

/* What the program itself asks about. A shop may word them anew; what they rest on stays. */
static const struct privacy_purpose known[] = {
    {.code = MX_STR_INIT(MX_PURPOSE_MARKETING),
     .basis = MX_BASIS_CONSENT,
     .channels = {(void *)(uintptr_t)message_channels, sizeof(message_channels) / sizeof(message_channels[0]), sizeof(struct mx_str)}},
    {.code = MX_STR_INIT(MX_PURPOSE_PERSONALISATION), .basis = MX_BASIS_CONSENT},
    {.code = MX_STR_INIT(MX_PURPOSE_SERVICE), .basis = MX_BASIS_CONTRACT},
};
#define KNOWN (sizeof(known) / sizeof(known[0]))

static const struct privacy_purpose *known_of(struct mx_str code) {
    size_t i;
    for (i = 0; i < KNOWN; i++)
        if (mx_str_eq(known[i].code, code)) return &known[i];
    return NULL;
}

mx_status privacy_purpose_of(struct mx_ctx *ctx, struct mx_str code, struct privacy_purpose *purpose) {
    struct privacy_purpose probe = {.code = code}, *stored = NULL;
    mx_status st = mx_get(ctx, &privacy_purposes, &probe, &stored);
    if (st < 0) return st;
    if (stored)
        *purpose = *stored;
    else if (known_of(code))
        *purpose = *known_of(code);
    else
        return MX_NONE;
    return MX_OK;
}

static int is_code(struct mx_str code) {
    uint32_t i;
    for (i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return 0;
    }
    return code.len > 0;
}

static mx_status check_words(struct mx_ctx *ctx, const char *name, const struct mx_list *words) {
    char field[32];
    uint32_t i, j;
    for (i = 0; i < words->count; i++) {
        snprintf(field, sizeof(field), "%s[%u]", name, (unsigned)i);
        if (mx_list_str(words, i).len > 64 || mx_str_is_blank(mx_list_str(words, i)))
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, field, "A word here has 1 to 64 bytes, and not spaces alone.");
        for (j = 0; j < i; j++)
            if (mx_str_eq(mx_list_str(words, i), mx_list_str(words, j)))
                return mx_fail(ctx, MX_E_BAD_INPUT, field, "This stands here twice.");
    }
    return MX_OK;
}

static mx_status check_put(struct mx_ctx *ctx, const struct privacy_purpose_put *put) {
    const struct privacy_purpose *own = known_of(put->code);
    char field[32];
    uint32_t i;
    mx_status st;
    if (!is_code(put->code))
        return mx_fail(ctx, MX_E_BAD_INPUT, "code", "The code of a purpose has letters a-z, digits, underscores and dashes.");
    if (own && own->basis != put->basis)
        return mx_refuse(ctx, "own_purpose", "basis", "The program itself asks about this purpose: it rests on %s.",
                         mx_basis_words[own->basis - 1]);
    if (put->channels.count && put->basis != MX_BASIS_CONSENT)
        return mx_fail(ctx, MX_E_BAD_INPUT, "channels", "Only what rests on consent has channels to agree to.");
    for (i = 0; i < put->channels.count; i++) {
        snprintf(field, sizeof(field), "channels[%u]", (unsigned)i);
        if (!is_code(mx_list_str(&put->channels, i)) || mx_list_str(&put->channels, i).len > PRIVACY_CHANNEL_MAX)
            return mx_fail(ctx, MX_E_BAD_INPUT, field, "A channel has at most %d letters a-z, digits, underscores and dashes.",
                           PRIVACY_CHANNEL_MAX);
    }
    st = check_words(ctx, "channels", &put->channels);
    return st == MX_OK ? check_words(ctx, "needs", &put->needs) : st;
}

/* "zh/3" for the newest text of each language. */
static mx_status newest_texts(struct mx_ctx *ctx, struct mx_str purpose, struct mx_list *texts) {
    struct privacy_text probe = {.purpose = purpose}, *text = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1};
    struct mx_scan *scan = NULL;
    struct mx_str language = {NULL, 0};
    mx_status st = mx_scan_open(ctx, &privacy_texts, &opts, &probe, &scan);
    *texts = mx_list_new(ctx, 200, sizeof(struct mx_str));
    texts->count = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &text)) == MX_OK) {
        char *name = mx_alloc(ctx, 48);
        int len = snprintf(name, 48, "%.*s/%lld", (int)text->language.len, text->language.ptr, (long long)text->version);
        if (!mx_str_eq(text->language, language)) {
            if (texts->count == 200) break;
            texts->count++;
        }
        language = text->language;
        *(struct mx_str *)mx_list_at(texts, texts->count - 1) = mx_str_n(name, (size_t)len);
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status view(struct mx_ctx *ctx, const struct privacy_purpose *purpose, struct privacy_purpose_view *out) {
    out->code = purpose->code;
    out->name = purpose->name;
    out->basis = purpose->basis;
    out->channels = purpose->channels;
    out->needs = purpose->needs;
    return newest_texts(ctx, purpose->code, &out->texts);
}

mx_status privacy_purpose_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_purpose_put *put = in;
    struct privacy_purpose purpose = {.code = put->code}, *stored = NULL;
    struct privacy_purpose_one *one = out;
    mx_status st = check_put(ctx, put);
    if (st == MX_OK) st = mx_get(ctx, &privacy_purposes, &purpose, &stored);
    if (st < 0) return st;
    if (stored) purpose.rec = stored->rec;
    purpose.rec.has = UINT64_MAX;
    purpose.name = put->name;
    purpose.basis = put->basis;
    purpose.channels = put->channels;
    purpose.needs = put->needs;
    if ((st = mx_put(ctx, &privacy_purposes, &purpose)) != MX_OK) return st;
    one->purpose = mx_alloc(ctx, sizeof(*one->purpose));
    return view(ctx, &purpose, one->purpose);
}

static mx_status add_view(struct mx_ctx *ctx, const struct privacy_purpose *purpose, struct mx_list *list) {
    if (list->count == PRIVACY_PURPOSES_MAX) return MX_OK;
    list->count++;
    return view(ctx, purpose, mx_list_at(list, list->count - 1));
}

mx_status privacy_purpose_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct privacy_purposes_view *page = out;
    struct privacy_purpose *purpose = NULL;
    struct mx_scan *scan = NULL;
    size_t next = 0;
    mx_status st = mx_scan_open(ctx, &privacy_purposes, NULL, NULL, &scan);
    (void)in;
    page->purposes = mx_list_new(ctx, PRIVACY_PURPOSES_MAX, sizeof(struct privacy_purpose_view));
    page->purposes.count = 0;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &purpose)) == MX_OK) {
        for (; next < KNOWN && mx_str_cmp(known[next].code, purpose->code) <= 0; next++)
            if (!mx_str_eq(known[next].code, purpose->code) && (st = add_view(ctx, &known[next], &page->purposes)) != MX_OK) return st;
        st = add_view(ctx, purpose, &page->purposes);
    }
    if (st == MX_DONE) st = MX_OK;
    for (; st == MX_OK && next < KNOWN; next++) st = add_view(ctx, &known[next], &page->purposes);
    return st;
}

static mx_status newest(struct mx_ctx *ctx, struct mx_str purpose, struct mx_str language, struct privacy_text **text) {
    struct privacy_text probe = {.purpose = purpose, .language = language};
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .reverse = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &privacy_texts, &opts, &probe, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, text);
    return st == MX_DONE ? MX_NONE : st;
}

static void show_text(const struct privacy_text *text, struct privacy_text_view *out) {
    out->purpose = text->purpose;
    out->language = text->language;
    out->version = text->version;
    out->body = text->body;
    out->at = text->at;
}

mx_status privacy_text_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_text_put *put = in;
    struct privacy_text text = {.purpose = put->purpose, .language = put->language, .version = put->version, .body = put->body};
    struct privacy_text *last = NULL;
    struct privacy_purpose purpose;
    uint32_t i;
    mx_status st = privacy_purpose_of(ctx, put->purpose, &purpose);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "purpose", "There is no such purpose.");
    if (st != MX_OK) return st;
    for (i = 0; i < put->language.len; i++) {
        char c = put->language.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'))
            return mx_fail(ctx, MX_E_BAD_INPUT, "language", "A language is written like zh, en or zh-Hant.");
    }
    if (mx_str_is_blank(put->body)) return mx_fail(ctx, MX_E_BAD_INPUT, "body", "A text has more than spaces.");
    st = newest(ctx, put->purpose, put->language, &last);
    if (st < 0) return st;
    if (put->version != (last ? last->version + 1 : 1))
        return mx_refuse(ctx, "text_stands", "version", "A text that stands is never changed: the next version is %lld.",
                         (long long)(last ? last->version + 1 : 1));
    text.at = ctx->now_ms;
    text.rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &privacy_texts, &text)) != MX_OK) return st;
    show_text(&text, out);
    return MX_OK;
}

mx_status privacy_text_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_text_ask *ask = in;
    struct privacy_text probe = {.purpose = ask->purpose, .language = ask->language, .version = ask->version}, *text = NULL;
    mx_status st = ask->version ? mx_get(ctx, &privacy_texts, &probe, &text) : newest(ctx, ask->purpose, ask->language, &text);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, ask->version ? "version" : "purpose", "There is no such text.");
    if (st == MX_OK) show_text(text, out);
    return st;
}
