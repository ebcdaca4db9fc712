/* Reading what people write: aspects by the lexicon, Latin words, pairs of Chinese characters. */
#include "internal.h"

#include <stdlib.h>

/* Lower case of the Latin letters; everything else as it is. */
static struct mx_str lower(struct mx_ctx *ctx, struct mx_str text) {
    struct mx_str copy = mx_dup(ctx, text);
    char *bytes = (char *)(uintptr_t)copy.ptr;
    uint32_t i;
    for (i = 0; i < copy.len; i++)
        if (bytes[i] >= 'A' && bytes[i] <= 'Z') bytes[i] = (char)(bytes[i] + ('a' - 'A'));
    return copy;
}

static int contains(struct mx_str text, const char *phrase) {
    uint32_t i, len = (uint32_t)strlen(phrase);
    for (i = 0; i + len <= text.len; i++)
        if (text.ptr[i] == phrase[0] && memcmp(text.ptr + i, phrase, len) == 0) return 1;
    return 0;
}

uint32_t insight_aspects(struct mx_ctx *ctx, struct mx_str text, const struct insight_aspect **found, uint32_t max) {
    struct mx_str low = lower(ctx, text);
    const struct insight_aspect *aspect;
    uint32_t i, count = 0;
    for (aspect = insight_lexicon; aspect->code && count < max; aspect++) {
        for (i = 0; aspect->phrases[i] && !contains(low, aspect->phrases[i]); i++) {
        }
        if (aspect->phrases[i]) found[count++] = aspect;
    }
    return count;
}

static uint32_t char_bytes(char first) {
    unsigned char c = (unsigned char)first;
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* CJK unified ideographs, U+4E00 to U+9FFF: three bytes from E4 B8 80 to E9 BF BF. */
static int is_han(const char *at, uint32_t left) {
    unsigned char a = (unsigned char)at[0];
    return left >= 3 && a >= 0xe4 && a <= 0xe9 && !(a == 0xe4 && (unsigned char)at[1] < 0xb8);
}

/* Digits belong to no word: they are prices, dates and telephone numbers. */
static int is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '\''; }

static int is_stop(struct mx_str word) {
    static const char *const stops[] = {"the", "and",  "for",  "was", "but", "not",  "this", "that", "with", "have", "had", "you", "are",
                                        "its", "it's", "very", "too", "has", "they", "from", "were", "our",  "your", "all", "can", NULL};
    uint32_t i;
    for (i = 0; stops[i]; i++)
        if (mx_str_is(word, stops[i])) return 1;
    return 0;
}

static uint32_t note(struct mx_str word, struct mx_str *words, uint32_t count, uint32_t max) {
    uint32_t i;
    if (count == max) return count;
    for (i = 0; i < count; i++)
        if (mx_str_eq(words[i], word)) return count;
    words[count] = word;
    return count + 1;
}

/* Everything between two spaces (or characters that are not Latin), looked at once. */
struct stretch {
    uint32_t end;
    int private; /* with an @ or a digit it may be somebody's address or number, and is passed over */
};

static int is_between(char c) { return (unsigned char)c <= ' ' || (unsigned char)c >= 0x80; }

static int is_private(struct mx_str text, uint32_t at, struct stretch *stretch) {
    if (at < stretch->end) return stretch->private;
    *stretch = (struct stretch){at, 0};
    while (at > 0 && !is_between(text.ptr[at - 1])) at--;
    for (; at < stretch->end || (at < text.len && !is_between(text.ptr[at])); at++)
        stretch->private |= text.ptr[at] == '@' || (text.ptr[at] >= '0' && text.ptr[at] <= '9');
    stretch->end = at;
    return stretch->private;
}

uint32_t insight_text_words(struct mx_ctx *ctx, struct mx_str text, struct mx_str *words, uint32_t max) {
    struct mx_str low = lower(ctx, text);
    struct stretch stretch = {0, 0};
    uint32_t i = 0, count = 0, begin;
    while (i < low.len && count < max) {
        if (is_han(low.ptr + i, low.len - i)) {
            if (is_han(low.ptr + i + 3, low.len - i - 3)) count = note(mx_str_n(low.ptr + i, 6), words, count, max);
            i += 3;
        } else if (is_letter(low.ptr[i])) {
            for (begin = i; i < low.len && is_letter(low.ptr[i]); i++) {
            }
            if (i - begin >= 3 && i - begin <= 20 && !is_stop(mx_str_n(low.ptr + begin, i - begin)) && !is_private(low, begin, &stretch))
                count = note(mx_str_n(low.ptr + begin, i - begin), words, count, max);
        } else {
            i += char_bytes(low.ptr[i]);
        }
    }
    return count;
}

static mx_status said_get(struct mx_ctx *ctx, struct mx_str subject, struct mx_str word, int64_t *count) {
    struct insight_said probe = {.subject = subject, .word = word}, *said = NULL;
    mx_status st = mx_get(ctx, &insight_saids, &probe, &said);
    *count = st == MX_OK ? said->count : 0;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status said_put(struct mx_ctx *ctx, struct mx_str subject, struct mx_str word, int64_t count) {
    struct insight_said said = {.subject = subject, .word = word, .count = count};
    return mx_put(ctx, &insight_saids, &said);
}

static mx_status said_add(struct mx_ctx *ctx, struct mx_str subject, struct mx_str word) {
    int64_t count = 0;
    mx_status st = said_get(ctx, subject, word, &count);
    return st == MX_OK ? said_put(ctx, subject, word, count + 1) : st;
}

static struct mx_str named(struct mx_ctx *ctx, const char *sort, struct mx_str word) {
    uint32_t len = (uint32_t)strlen(sort);
    char *both = mx_alloc(ctx, (size_t)len + word.len + 2);
    memcpy(both, sort, len);
    both[len] = ':';
    memcpy(both + len + 1, word.ptr, word.len);
    return mx_str_n(both, (size_t)len + word.len + 1);
}

/* A word that few texts have may be somebody's name: it stands under a keyed hash. */
static struct mx_str rare_name(struct mx_ctx *ctx, struct mx_str word) {
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[MX_HASH_BYTES];
    char *hex = mx_alloc(ctx, 32);
    uint32_t i;
    mx_keyed_hash(ctx, "insight.word", word, hash);
    for (i = 0; i < 16; i++) {
        hex[2 * i] = digits[hash[i] >> 4];
        hex[2 * i + 1] = digits[hash[i] & 15];
    }
    return named(ctx, "rare", mx_str_n(hex, 32));
}

/* What was counted under the hash is counted under the word from now on. */
static mx_status said_reveal(struct mx_ctx *ctx, struct mx_str subject, struct mx_str rare, struct mx_str name) {
    const struct insight_said probe = {.subject = subject, .word = rare};
    int64_t known = 0, hidden = 0;
    mx_status st = said_get(ctx, subject, name, &known);
    if (st == MX_OK && known == 0) st = said_get(ctx, subject, rare, &hidden);
    if (st == MX_OK && hidden) st = mx_delete(ctx, &insight_saids, &probe);
    return st == MX_OK ? said_put(ctx, subject, name, known + hidden + 1) : st;
}

static mx_status word_count(struct mx_ctx *ctx, struct mx_str subject, struct mx_str word) {
    const struct mx_str anything = mx_str_of(INSIGHT_ANYTHING);
    struct mx_str name = named(ctx, "word", word), rare = rare_name(ctx, word);
    int64_t known = 0, hidden = 0;
    mx_status st = said_get(ctx, anything, name, &known);
    if (st == MX_OK && known == 0) st = said_get(ctx, anything, rare, &hidden);
    if (st != MX_OK) return st;
    if (known == 0 && hidden + 1 < INSIGHT_TEXTS_MIN) {
        st = said_put(ctx, anything, rare, hidden + 1);
        return st == MX_OK && subject.len ? said_add(ctx, subject, rare) : st;
    }
    st = said_reveal(ctx, anything, rare, name);
    return st == MX_OK && subject.len ? said_reveal(ctx, subject, rare, name) : st;
}

mx_status insight_said_count(struct mx_ctx *ctx, struct mx_str subject, const char *sort, struct mx_str word) {
    const struct mx_str anything = mx_str_of(INSIGHT_ANYTHING);
    struct mx_str name;
    mx_status st;
    if (mx_str_eq(subject, anything)) subject.len = 0;
    if (strcmp(sort, "word") == 0) return word_count(ctx, subject, word);
    name = named(ctx, sort, word);
    st = said_add(ctx, anything, name);
    return st == MX_OK && subject.len ? said_add(ctx, subject, name) : st;
}
