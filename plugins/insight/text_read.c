/* What is said of an article, and what is said of it more than of others. */
#include "internal.h"

#include <stdlib.h>

#define LOOK_MAX  20000
#define SHOWN_MAX 50
#define PAIRS_MAX 36 /* bytes of a word made of pairs: longer ones would be the text itself */
#define MILLI     1000

struct said_view {
    struct mx_str word;
    int64_t count;
    int64_t elsewhere;
    int64_t weight;
    int64_t feeling;
};
static const struct mx_field said_view_fields[] = {
    MX_F_STR(said_view, word, MX_REQUIRED, 1, 80, "aspect, word or pair of characters"),
    MX_F_INT(said_view, count, 0, 0, MX_INT_MAX, "in how many texts about it"),
    MX_F_INT(said_view, elsewhere, 0, 0, MX_INT_MAX, "in how many texts about anything"),
    MX_F_INT(said_view, weight, 0, 0, MX_INT_MAX, "thousandths of log-likelihood that it is said of this more than of others"),
    MX_F_INT(said_view, feeling, 0, -1, 1, "of an aspect: -1 a complaint, 1 praise"),
};
MX_TYPE(said_view, "insight.said.view", "something that is said of an article");

struct words_ask {
    struct mx_str subject;
};
static const struct mx_field words_ask_fields[] = {
    MX_F_STR(words_ask, subject, 0, 1, 64, "article; absent: what is said of anything"),
};
MX_TYPE(words_ask, "insight.words.ask", "what is said of what");

struct words_view {
    struct mx_str subject;
    struct mx_list aspects; /* in reviews */
    struct mx_list intents; /* in questions */
    struct mx_list words;
};
static const struct mx_field words_view_fields[] = {
    MX_F_STR(words_view, subject, 0, 0, 64, "article"),
    MX_F_LIST(words_view, aspects, 0, 0, SHOWN_MAX, said_view_type, "aspects in reviews, the most frequent first"),
    MX_F_LIST(words_view, intents, 0, 0, SHOWN_MAX, said_view_type, "what is asked, the most frequent first"),
    MX_F_LIST(words_view, words, 0, 0, SHOWN_MAX, said_view_type, "words, those first that are said of this more than of others"),
};
MX_TYPE(words_view, "insight.words", "what is said of an article");

/* log2(1 + n) in thousandths, without floating point: the same on every machine. */
static int64_t log2_milli(int64_t n) {
    static const int64_t part[] = {0, 170, 322, 459, 585, 700, 807, 907}; /* log2(1 + k/8) */
    int64_t bits = 0, top = n + 1;
    while (top >> (bits + 1)) bits++;
    return bits * MILLI + part[bits >= 3 ? top >> (bits - 3) & 7 : (top << (3 - bits)) & 7];
}

/* count * log(count / expected): the part of the log-likelihood ratio that speaks for the word. */
static int64_t weight_of(int64_t count, int64_t elsewhere, int64_t here_all, int64_t all) {
    int64_t ratio = log2_milli(count) + log2_milli(all) - log2_milli(elsewhere) - log2_milli(here_all);
    return ratio > 0 ? count * ratio : 0;
}

static int by_weight(const void *a, const void *b) {
    const struct said_view *x = a, *y = b;
    if (x->weight != y->weight) return x->weight > y->weight ? -1 : 1;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return mx_str_cmp(x->word, y->word);
}

static mx_status elsewhere_of(struct mx_ctx *ctx, struct mx_str word, int64_t *count) {
    struct insight_said probe = {.subject = mx_str_of(INSIGHT_ANYTHING), .word = word}, *said = NULL;
    mx_status st = mx_get(ctx, &insight_saids, &probe, &said);
    *count = st == MX_OK ? said->count : 0;
    return st == MX_NONE ? MX_OK : st;
}

static int64_t feeling_of(struct mx_str code) {
    const struct insight_aspect *aspect = insight_lexicon;
    while (aspect->code && !mx_str_is(code, aspect->code)) aspect++;
    return aspect->code ? aspect->feeling : 0;
}

/* All that begins with `sort`, heaviest first. */
static mx_status list_sort(struct mx_ctx *ctx, struct mx_str subject, const char *sort, struct mx_list *list) {
    struct insight_said probe = {.subject = subject, .word = mx_str_of(sort)}, *said = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .from = 1};
    struct mx_scan *scan = NULL;
    uint32_t i, len = (uint32_t)strlen(sort), room = 256;
    int64_t here = 0, all = 0;
    int is_word = strcmp(sort, "word:") == 0;
    mx_status st = mx_scan_open(ctx, &insight_saids, &opts, &probe, &scan);
    struct said_view *views = mx_alloc(ctx, room * sizeof(*views));
    list->count = 0;
    list->elem_size = sizeof(*views);
    while (st == MX_OK && list->count < LOOK_MAX && (st = mx_scan_next(ctx, scan, &said)) == MX_OK) {
        if (said->word.len < len || memcmp(said->word.ptr, sort, len) != 0) break;
        if (list->count == room) {
            struct said_view *more = mx_alloc(ctx, (size_t)room * 2 * sizeof(*more));
            memcpy(more, views, room * sizeof(*more));
            views = more;
            room *= 2;
        }
        views[list->count] = (struct said_view){said->word, said->count, 0, 0, 0};
        here += said->count;
        st = elsewhere_of(ctx, said->word, &views[list->count].elsewhere);
        all += views[list->count++].elsewhere;
    }
    if (st < 0) return st;
    for (i = 0; i < list->count; i++) {
        views[i].weight = is_word && subject.len > 1 ? weight_of(views[i].count, views[i].elsewhere, here, all) : views[i].count * MILLI;
        views[i].word = mx_str_n(views[i].word.ptr + len, views[i].word.len - len);
        if (!is_word) views[i].feeling = feeling_of(views[i].word);
    }
    if (list->count > 1) qsort(views, list->count, sizeof(*views), by_weight);
    if (list->count > SHOWN_MAX) list->count = SHOWN_MAX;
    list->items = views;
    return MX_OK;
}

static int overlaps(struct mx_str a, struct mx_str b) {
    return a.len >= 6 && b.len == 6 && memcmp(a.ptr + a.len - 3, b.ptr, 3) == 0 && (unsigned char)b.ptr[0] >= 0xe4;
}

/* Pairs of characters that always come together are one word: "敏感" and "感肌" become "敏感肌". */
static void merge_pairs(struct mx_ctx *ctx, struct mx_list *list) {
    struct said_view *views = list->items;
    uint32_t i, k;
    for (i = 0; i < list->count; i++) {
        for (k = 0; k < list->count; k++) {
            char *text;
            if (k == i || views[k].count != views[i].count || views[i].word.len >= PAIRS_MAX || !overlaps(views[i].word, views[k].word))
                continue;
            text = mx_alloc(ctx, (size_t)views[i].word.len + 4);
            memcpy(text, views[i].word.ptr, views[i].word.len);
            memcpy(text + views[i].word.len, views[k].word.ptr + 3, 3);
            views[i].word = mx_str_n(text, (size_t)views[i].word.len + 3);
            memmove(&views[k], &views[k + 1], (list->count - k - 1) * sizeof(*views));
            list->count--;
            i -= k < i;
            k = UINT32_MAX; /* look through all of them again */
        }
    }
}

static mx_status words_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct words_ask *ask = in;
    struct words_view *view = out;
    struct mx_str subject = ask->subject.len ? ask->subject : mx_str_of(INSIGHT_ANYTHING);
    mx_status st = list_sort(ctx, subject, "aspect:", &view->aspects);
    view->subject = ask->subject;
    if (st == MX_OK) st = list_sort(ctx, subject, "intent:", &view->intents);
    if (st == MX_OK) st = list_sort(ctx, subject, "word:", &view->words);
    if (st == MX_OK) merge_pairs(ctx, &view->words);
    return st;
}

const struct mx_op insight_op_words = {.size = sizeof(struct mx_op),
                                       .flags = MX_OP_QUERY,
                                       .name = "insight.words",
                                       .doc = "Show what reviews and questions say of an article: aspects, intents, words.",
                                       .permission = "insight.read",
                                       .in = &words_ask_type,
                                       .out = &words_view_type,
                                       .handler = words_handler,
                                       .since = "0.4"};
