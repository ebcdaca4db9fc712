/* Finding products by words of their names.
 *
 * The index of words leads: a whole word gives its products at once; a beginning is followed from word to word. A
 * product that several words would give is taken at the first of them, so a page needs no memory of earlier pages. A
 * cursor is the word, a space (which no word contains) and the store's cursor within that word, empty for its beginning. */
#include "internal.h"

struct name_search {
    struct mx_ctx *ctx;
    struct catalog_page *page;
    struct catalog_word words[CATALOG_NAME_MAX];
    uint32_t word_count;
    uint32_t lead; /* place of the word whose index entries are walked */
    uint32_t looked;
    struct mx_str *next;
};

static int begins_with(struct mx_str text, struct mx_str beginning) {
    return text.len >= beginning.len && memcmp(text.ptr, beginning.ptr, beginning.len) == 0;
}

/* The first word of the product, in order of bytes, that is not below `from` and begins with `beginning`. */
static struct mx_str first_word(const struct catalog_product *product, struct mx_str from, struct mx_str beginning) {
    struct mx_str best = {NULL, 0};
    uint32_t i;
    for (i = 0; i < product->words.count; i++) {
        struct mx_str word = mx_list_str(&product->words, i);
        if (mx_str_cmp(word, from) < 0 || !begins_with(word, beginning)) continue;
        if (!best.len || mx_str_cmp(word, best) < 0) best = word;
    }
    return best;
}

static int has_word(const struct catalog_product *product, const struct catalog_word *wanted) {
    uint32_t i;
    for (i = 0; i < product->words.count; i++) {
        struct mx_str word = mx_list_str(&product->words, i);
        if (wanted->whole ? mx_str_eq(word, wanted->text) : begins_with(word, wanted->text)) return 1;
    }
    return 0;
}

/* Does the product answer the search, and is `word` the place where it is taken? */
static int is_wanted(const struct name_search *s, const struct catalog_product *product, struct mx_str word) {
    const struct catalog_word *lead = &s->words[s->lead];
    uint32_t i;
    for (i = 0; i < s->word_count; i++) {
        if (!has_word(product, &s->words[i])) return 0;
    }
    return lead->whole || mx_str_eq(first_word(product, lead->text, lead->text), word);
}

static struct mx_str make_cursor(struct mx_ctx *ctx, struct mx_str word, struct mx_str inner) {
    char *text = mx_alloc(ctx, (size_t)word.len + inner.len + 1);
    memcpy(text, word.ptr, word.len);
    text[word.len] = ' ';
    if (inner.len) memcpy(text + word.len + 1, inner.ptr, inner.len);
    return mx_str_n(text, (size_t)word.len + inner.len + 1);
}

static mx_status split_cursor(const struct name_search *s, struct mx_str cursor, struct mx_str *word, struct mx_str *inner) {
    const struct catalog_word *lead = &s->words[s->lead];
    const char *space = memchr(cursor.ptr, ' ', cursor.len);
    if (!space) return MX_E_BAD_INPUT;
    *word = mx_str_n(cursor.ptr, (size_t)(space - cursor.ptr));
    *inner = mx_str_n(space + 1, cursor.len - word->len - 1);
    if (word->len > CATALOG_WORD_MAX) return MX_E_BAD_INPUT;
    return (lead->whole ? mx_str_eq(*word, lead->text) : begins_with(*word, lead->text)) ? MX_OK : MX_E_BAD_INPUT;
}

static mx_status open_at(struct name_search *s, struct mx_str *word, uint32_t whole, struct mx_str after, struct mx_scan **scan) {
    struct catalog_product probe = {.words = {word, 1, sizeof(*word)}};
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "word", .prefix = whole, .from = !whole, .after = after};
    return catalog_cursor(s->ctx, mx_scan_open(s->ctx, &catalog_products, &opts, &probe, scan));
}

static int is_full(const struct name_search *s) { return s->page->count == s->page->limit || s->looked == CATALOG_LOOK_MAX; }

/* Take the products of one word. MX_DONE: there are no more; MX_OK: the page is full or enough was looked at. */
static mx_status take_word(struct name_search *s, struct mx_str word, struct mx_str after) {
    struct catalog_page *page = s->page;
    struct catalog_product *product = NULL;
    struct mx_scan *scan = NULL;
    struct mx_str cursor = {NULL, 0};
    mx_status st = open_at(s, &word, 1, after, &scan);
    if (st != MX_OK) return st;
    for (;;) {
        if (is_full(s)) cursor = mx_scan_cursor(s->ctx, scan);
        st = mx_scan_next(s->ctx, scan, &product);
        if (st != MX_OK) return st;
        if (cursor.len) break;
        s->looked++;
        if (is_wanted(s, product, word) && catalog_is_shown(s->ctx, product)) catalog_show(product, &page->views[page->count++]);
    }
    *s->next = make_cursor(s->ctx, word, cursor);
    return MX_OK;
}

/* The next word that begins as asked, not below `from`. MX_DONE: there is none. */
static mx_status next_word(struct name_search *s, struct mx_str from, struct mx_str *word) {
    struct catalog_product *product = NULL;
    struct mx_scan *scan = NULL;
    struct mx_str none = {NULL, 0};
    mx_status st = open_at(s, &from, 0, none, &scan);
    if (st == MX_OK) st = mx_scan_next(s->ctx, scan, &product);
    if (st != MX_OK) return st;
    *word = first_word(product, from, s->words[s->lead].text);
    return word->len ? MX_OK : MX_DONE;
}

/* Follow a beginning from word to word. */
static mx_status take_words(struct name_search *s, struct mx_str word, struct mx_str after) {
    const struct mx_str none = {NULL, 0};
    mx_status st = MX_OK;
    while (st == MX_OK) {
        st = take_word(s, word, after);
        if (st != MX_DONE) return st;
        after = none;
        st = next_word(s, make_cursor(s->ctx, word, none), &word);
        if (st == MX_OK && is_full(s)) {
            *s->next = make_cursor(s->ctx, word, none);
            return MX_OK;
        }
    }
    return st;
}

/* The longest whole word has the fewest products; without one the beginning must lead. */
static uint32_t choose_lead(const struct name_search *s) {
    uint32_t i, lead = s->word_count - 1;
    for (i = 0; i < s->word_count; i++) {
        const struct catalog_word *best = &s->words[lead], *word = &s->words[i];
        if (word->whole && (!best->whole || word->text.len > best->text.len)) lead = i;
    }
    return lead;
}

mx_status catalog_find_by_name(struct mx_ctx *ctx, const struct catalog_find *in, struct catalog_page *page, struct mx_str *next) {
    struct name_search s = {.ctx = ctx, .page = page, .next = next};
    struct mx_str word, after = {NULL, 0};
    mx_status st = MX_OK;

    s.word_count = catalog_words_asked(ctx, in->name, s.words);
    if (s.word_count == 0) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "A search by name needs a letter or a digit.");
    s.lead = choose_lead(&s);
    word = s.words[s.lead].text;
    if (in->after.len)
        st = catalog_cursor(ctx, split_cursor(&s, in->after, &word, &after));
    else if (!s.words[s.lead].whole)
        st = next_word(&s, word, &word);
    if (st == MX_OK) st = s.words[s.lead].whole ? take_word(&s, word, after) : take_words(&s, word, after);
    return st == MX_DONE ? MX_OK : st;
}
