/* What a file's text alone says. Lua has compiled it already, so it is well formed; scopes are not followed: what is noted here is
 * certain, what is doubtful is left out. */
#include <stdlib.h>

#include "script/lint.h"
#include "script/lint_scan.h"

struct token {
    struct script_word word;
    char kind; /* as script_scan_next() says */
};

struct text {
    struct script_findings *findings;
    struct mx_str file;
    struct token *tokens; /* the one behind the last has the kind 0 */
    uint32_t count;
};

static int is(const struct token *token, const char *word) {
    return token->kind == 'a' && mx_str_is(mx_str_n(token->word.ptr, token->word.len), word);
}

static int is_one_of(const struct token *token, const char *const *words) {
    for (; *words; words++) {
        if (is(token, *words)) return 1;
    }
    return 0;
}

/* 1 when `kind` stands at both and nothing lies between: "//", "==". */
static int is_pair(const struct token *token, char kind) {
    return token[0].kind == kind && token[1].kind == kind && token[0].word.ptr + 1 == token[1].word.ptr;
}

/* ---- what stands in what ---- */

#define NEST_MAX 256 /* Lua allows 200 */

struct nest { /* brackets and blocks that are open */
    const struct token *open[NEST_MAX];
    uint32_t count;
};

static void nest_step(struct nest *nest, const struct token *token) {
    static const char *const begins[] = {"function", "if", "do", "repeat", NULL}, *const ends[] = {"end", "until", NULL};
    if (strchr("({[", token->kind) || is_one_of(token, begins)) {
        if (nest->count < NEST_MAX) nest->open[nest->count] = token;
        nest->count++;
    } else if (nest->count > 0 && (strchr(")}]", token->kind) || is_one_of(token, ends)))
        nest->count--;
}

/* The "{" of the table that the token stands in directly, NULL when it stands in none. */
static const struct token *table_of(const struct nest *nest) {
    const struct token *open = nest->count > 0 && nest->count <= NEST_MAX ? nest->open[nest->count - 1] : NULL;
    return open && open->kind == '{' ? open : NULL;
}

/* "{ amount =" or ", amount =" in a table. */
static int is_key(const struct token *token, const char *const *keys) {
    return strchr("{,;", token[-1].kind) && is_one_of(token, keys) && token[1].kind == '=' && !is_pair(token + 1, '=');
}

/* 1 when the table that begins here can be nothing but an offer or a declaration: others may hold what they like. */
static int is_offer(const struct token *brace) {
    static const char *const keys[] = {"id", "kind", "lines", NULL};
    const struct token *token = brace;
    struct nest nest;
    nest.count = 0;
    do {
        if (table_of(&nest) == brace && is_key(token, keys)) return 1;
        nest_step(&nest, token++);
    } while (token->kind && nest.count > 0);
    return 0;
}

/* ---- fractions ---- */

/* Keys whose value must be a whole number. */
static const char *const whole_keys[] = {"percent", "ppm", "amount", "price",  "save",   "spend",
                                         "buy",     "pay", "qty",    "pieces", "points", NULL};
/* Functions that make a whole number of a fraction. */
static const char *const whole_functions[] = {"floor", "ceil", "tointeger", "round", NULL};

/* 1 when the value that begins here is a fraction whatever happens: a "/" outside all brackets, and nothing that could end in
 * something else. */
static int is_fraction(const struct token *token) {
    static const char *const doubtful[] = {"and", "or", "function", "not", NULL};
    int depth = 0, divides = 0;
    for (; token->kind; token++) {
        if (strchr("({[", token->kind)) depth++;
        if (strchr(")}]", token->kind) && depth-- == 0) break;
        if (depth > 0) continue;
        if (token->kind == ',' || token->kind == ';') break;
        if (strchr("|&~<>=", token->kind) || is_one_of(token, doubtful)) return 0;
        if (token->kind == '/' && !is_pair(token, '/') && !is_pair(token - 1, '/')) divides = 1;
    }
    return divides;
}

/* The token is a key of an offer, and its value is certainly a fraction. */
static int is_broken(const struct nest *nest, const struct token *token) {
    const struct token *brace = table_of(nest);
    return brace && is_key(token, whole_keys) && is_fraction(token + 2) && is_offer(brace);
}

static void lint_fractions(const struct text *text) {
    uint32_t i, depth = 0, safe = 0; /* brackets that are open; the one from which on fractions are made whole */
    struct nest nest;
    nest.count = 0;
    for (i = 0; i < text->count; i++) {
        const struct token *token = &text->tokens[i];
        if (is_broken(&nest, token))
            script_lint_note(text->findings, text->file, token->word.line, SCRIPT_ERROR, "fraction",
                             "'/' gives a fraction and %.*s must be a whole number: use // or money.muldiv", (int)token->word.len,
                             token->word.ptr);
        nest_step(&nest, token);
        if (token->kind == '(') {
            depth++;
            if (!safe && i > 0 && is_one_of(&token[-1], whole_functions)) safe = depth;
        }
        if (token->kind == ')' && depth > 0) {
            if (safe == depth) safe = 0;
            depth--;
        }
        if (token->kind != '/' || safe) continue;
        if (is_pair(token, '/')) {
            i++;
            continue;
        }
        script_lint_note(text->findings, text->file, token->word.line, SCRIPT_WARNING, "division",
                         "'/' gives a fraction, also 4 / 2; amounts of money are whole numbers: use // or money.muldiv");
    }
}

/* ---- locals ---- */

/* How often the name is used anywhere in the file, other than as a field of something. */
static uint32_t count_uses(const struct text *text, const struct script_word *name) {
    uint32_t i, count = 0;
    for (i = 0; i < text->count && count < 2; i++) {
        const struct token *token = &text->tokens[i];
        if (token->kind != 'a' || token->word.len != name->len || memcmp(token->word.ptr, name->ptr, name->len) != 0) continue;
        if (i > 0 && (token[-1].kind == ':' || (token[-1].kind == '.' && !(i > 1 && is_pair(token - 2, '.'))))) continue;
        count++;
    }
    return count;
}

static void lint_local(const struct text *text, const struct token *token) {
    if (token->kind != 'a' || token->word.ptr[0] == '_' || count_uses(text, &token->word) > 1) return;
    script_lint_note(text->findings, text->file, token->word.line, SCRIPT_WARNING, "unused", "'%.*s' is never used", (int)token->word.len,
                     token->word.ptr);
}

static void lint_locals(const struct text *text) {
    uint32_t i;
    for (i = 0; i < text->count; i++) {
        const struct token *token = &text->tokens[i];
        if (!is(token, "local")) continue;
        if (is(token + 1, "function")) {
            lint_local(text, token + 2);
            continue;
        }
        token++;
        while (token->kind == 'a') {
            lint_local(text, token);
            if (token[1].kind == '<') token += 3; /* local x <const> */
            if (token[1].kind != ',') break;
            token += 2;
        }
    }
}

/* ---- what can never be reached ---- */

#define BLOCKS_MAX 200 /* Lua allows no more */

struct block {
    char kind;  /* 'd'o, 'i'f, 'l'oop, 'f'unction, 'r'epeat */
    int leaves; /* its last statement, in the branch that is read, leaves it */
    int all;    /* if: all branches before did */
    int has_else;
};

struct blocks {
    struct block items[BLOCKS_MAX];
    uint32_t count;
    int loop_head; /* the next "do" belongs to a loop */
};

static void open_block(struct blocks *blocks, char kind) {
    static const struct block fresh = {0, 0, 1, 0};
    if (blocks->count == BLOCKS_MAX) return;
    blocks->items[blocks->count] = fresh;
    blocks->items[blocks->count++].kind = kind;
}

static int closes(const struct token *token) {
    static const char *const words[] = {"end", "else", "elseif", "until", NULL};
    return token->kind == 0 || is_one_of(token, words);
}

/* What stands behind something that always leaves the block. */
static void check_behind(const struct text *text, struct block *block, const struct token *behind) {
    while (behind->kind == ';') behind++;
    block->leaves = 1;
    if (closes(behind) || is(behind, "return")) return;
    if (behind->kind == ':' && is_pair(behind, ':')) return; /* a label can be reached from elsewhere */
    script_lint_note(text->findings, text->file, behind->word.line, SCRIPT_WARNING, "unreachable", "this is never reached");
}

/* 1 when the block that ends is always left before its end, so that what follows it is never reached. */
static int close_block(struct blocks *blocks) {
    const struct block *block;
    if (blocks->count <= 1) return 0;
    block = &blocks->items[--blocks->count];
    if (block->kind == 'd') return block->leaves;
    return block->kind == 'i' && block->has_else && block->all && block->leaves;
}

static void next_branch(struct blocks *blocks, int is_else) {
    struct block *block = &blocks->items[blocks->count - 1];
    block->all = block->all && block->leaves;
    block->leaves = 0;
    if (is_else) block->has_else = 1;
}

static void lint_reach(const struct text *text) {
    struct blocks blocks;
    uint32_t i;
    blocks.count = 0;
    blocks.loop_head = 0;
    open_block(&blocks, 'f');
    for (i = 0; i < text->count; i++) {
        const struct token *token = &text->tokens[i];
        struct block *block = &blocks.items[blocks.count - 1];
        if (token->kind != 'a' || (i > 0 && (token[-1].kind == '.' || token[-1].kind == ':'))) continue;
        if (is(token, "function")) {
            open_block(&blocks, 'f');
        } else if (is(token, "if")) {
            open_block(&blocks, 'i');
        } else if (is(token, "repeat")) {
            open_block(&blocks, 'r');
        } else if (is(token, "while") || is(token, "for")) {
            blocks.loop_head = 1;
        } else if (is(token, "do")) {
            open_block(&blocks, blocks.loop_head ? 'l' : 'd');
            blocks.loop_head = 0;
        } else if (is(token, "elseif") || is(token, "else")) {
            next_branch(&blocks, is(token, "else"));
        } else if (is(token, "return")) {
            block->leaves = 1; /* nothing may stand behind it */
        } else if (is(token, "break")) {
            check_behind(text, block, token + 1);
        } else if (is(token, "end") || is(token, "until")) {
            if (close_block(&blocks)) check_behind(text, &blocks.items[blocks.count - 1], token + 1);
        }
    }
}

/* ---- a file ---- */

static int read_tokens(struct text *text, struct mx_str source) {
    uint32_t room = source.len + 8; /* a token has at least one byte */
    struct script_scan scan;
    text->tokens = calloc(room, sizeof(*text->tokens));
    if (text->tokens == NULL) return 0;
    text->tokens++; /* one of the kind 0 stands before the first as well */
    script_scan_begin(&scan, source);
    do {
        text->tokens[text->count].kind = script_scan_next(&scan, &text->tokens[text->count].word);
    } while (text->tokens[text->count++].kind);
    text->count--;
    return 1;
}

void script_lint_text(struct script_findings *findings, const struct script_source *source) {
    struct text text = {findings, source->name, NULL, 0};
    if (!read_tokens(&text, source->text)) return;
    lint_fractions(&text);
    lint_locals(&text);
    lint_reach(&text);
    free(text.tokens - 1);
}
