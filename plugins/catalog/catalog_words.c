/* From texts to search words.
 *
 * Scripts without spaces (Chinese, Japanese, Korean) are found by neighbouring pairs of characters, others by whole
 * lower-cased words. */
#include "internal.h"

#define BREAK     0
#define LETTER    1
#define IDEOGRAPH 2

typedef void (*word_fn)(void *arg, struct mx_str text, int ideographs);

struct reader {
    word_fn found;
    void *arg;
    int asked; /* 1: of a run of ideographs only the pairs */
    char word[CATALOG_WORD_MAX];
    uint32_t word_len;
    int word_cut;
    char pair[8]; /* the ideograph before, then the current one */
    uint32_t before_len;
    uint32_t run;
};

static int within(uint32_t c, uint32_t first, uint32_t last) { return c >= first && c <= last; }

/* The next character of well-formed UTF-8. */
static uint32_t take_char(struct mx_str text, uint32_t *at) {
    const unsigned char *p = (const unsigned char *)text.ptr + *at;
    uint32_t left = text.len - *at;
    uint32_t len = *p < 0x80 ? 1 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
    uint32_t c = len == 1 ? *p : *p & (0x7fu >> len), i;
    if (len > left) len = left;
    for (i = 1; i < len; i++) c = c << 6 | (p[i] & 0x3fu);
    *at += len;
    return c;
}

static uint32_t put_char(char *to, uint32_t c) {
    uint32_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
    if (len == 1) {
        to[0] = (char)c;
        return 1;
    }
    for (i = len - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    to[0] = (char)((0xf00u >> len & 0xf0u) | c);
    return len;
}

/* Lower case of the Latin, Greek and Cyrillic letters that price tags use; full-width forms become plain ones. */
static uint32_t fold(uint32_t c) {
    if (within(c, 0xff01, 0xff5e)) c -= 0xfee0;
    if (within(c, 'A', 'Z')) return c + 32;
    if (within(c, 0xc0, 0xde) && c != 0xd7) return c + 32;
    if (within(c, 0x100, 0x137) || within(c, 0x14a, 0x177)) return c | 1;
    if (within(c, 0x139, 0x148) || within(c, 0x179, 0x17e)) return c + (c & 1);
    if (within(c, 0x391, 0x3a9)) return c + 32;
    if (within(c, 0x400, 0x40f)) return c + 80;
    if (within(c, 0x410, 0x42f)) return c + 32;
    return c;
}

static int kind_of(uint32_t c) {
    if (within(c, 'a', 'z') || within(c, '0', '9')) return LETTER;
    if (c < 0xc0 || c == 0xd7 || c == 0xf7) return BREAK;
    if (within(c, 0x2000, 0x206f) || within(c, 0x2190, 0x2bff) || within(c, 0x3000, 0x303f) || within(c, 0xfe30, 0xfe6f)) return BREAK;
    if (within(c, 0xff5f, 0xff65)) return BREAK;
    if (within(c, 0x3040, 0x30ff) || within(c, 0x3400, 0x4dbf) || within(c, 0x4e00, 0x9fff)) return IDEOGRAPH;
    if (within(c, 0xac00, 0xd7af) || within(c, 0xf900, 0xfaff) || within(c, 0x20000, 0x3ffff)) return IDEOGRAPH;
    return LETTER;
}

static void end_word(struct reader *r) {
    if (r->word_len) r->found(r->arg, mx_str_n(r->word, r->word_len), 0);
    r->word_len = 0;
    r->word_cut = 0;
}

static void end_run(struct reader *r) {
    if (r->asked && r->run == 1) r->found(r->arg, mx_str_n(r->pair, r->before_len), 1);
    r->run = 0;
    r->before_len = 0;
}

static void add_letter(struct reader *r, uint32_t c) {
    char bytes[4];
    uint32_t len = put_char(bytes, c);
    if (r->word_len + len > CATALOG_WORD_MAX) r->word_cut = 1;
    if (r->word_cut) return;
    memcpy(r->word + r->word_len, bytes, len);
    r->word_len += len;
}

static void add_ideograph(struct reader *r, uint32_t c) {
    char *current = r->pair + r->before_len;
    uint32_t len = put_char(current, c);
    if (!r->asked) r->found(r->arg, mx_str_n(current, len), 1);
    if (r->run) r->found(r->arg, mx_str_n(r->pair, r->before_len + len), 1);
    memmove(r->pair, current, len);
    r->before_len = len;
    r->run++;
}

static void read_words(struct reader *r, struct mx_str text) {
    uint32_t at = 0;
    while (at < text.len) {
        uint32_t c = fold(take_char(text, &at));
        int kind = kind_of(c);
        if (kind != LETTER) end_word(r);
        if (kind != IDEOGRAPH) end_run(r);
        if (kind == LETTER) add_letter(r, c);
        if (kind == IDEOGRAPH) add_ideograph(r, c);
    }
    end_word(r);
    end_run(r);
}

struct word_set {
    struct mx_ctx *ctx;
    struct mx_list list;
};

static void remember(void *arg, struct mx_str text, int ideographs) {
    struct word_set *set = arg;
    uint32_t i;
    (void)ideographs;
    if (set->list.count == CATALOG_WORDS_MAX) return;
    for (i = 0; i < set->list.count; i++) {
        if (mx_str_eq(mx_list_str(&set->list, i), text)) return;
    }
    *(struct mx_str *)mx_list_at(&set->list, set->list.count++) = mx_dup(set->ctx, text);
}

struct mx_list catalog_words_of(struct mx_ctx *ctx, const struct mx_list *name) {
    struct word_set set = {ctx, mx_list_new(ctx, CATALOG_WORDS_MAX, sizeof(struct mx_str))};
    struct reader r = {.found = remember, .arg = &set};
    uint32_t i;
    set.list.count = 0;
    for (i = 0; i < name->count; i++) read_words(&r, ((const struct mx_pair *)mx_list_at(name, i))->value);
    return set.list;
}

struct asked_words {
    struct mx_ctx *ctx;
    struct catalog_word *words;
    uint32_t count;
};

static void ask(void *arg, struct mx_str text, int ideographs) {
    struct asked_words *asked = arg;
    if (asked->count == CATALOG_NAME_MAX) return;
    asked->words[asked->count].text = mx_dup(asked->ctx, text);
    asked->words[asked->count].whole = ideographs;
    if (asked->count) asked->words[asked->count - 1].whole = 1;
    asked->count++;
}

uint32_t catalog_words_asked(struct mx_ctx *ctx, struct mx_str text, struct catalog_word *words) {
    struct asked_words asked = {ctx, words, 0};
    struct reader r = {.found = ask, .arg = &asked, .asked = 1};
    read_words(&r, text);
    return asked.count;
}
