/* Which facts the promotions want to know that cost reads to find out. */
#include "script/sale.h"
#include "script/version.h"

static int is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9'); }

/* 1 when the text mentions one of the words, wherever: it may be in a function that a rule's own function calls. */
static int mentions(struct mx_str text, const char *const *words) {
    uint32_t begin = 0, end, i;
    while (begin < text.len) {
        for (end = begin; end < text.len && is_letter(text.ptr[end]); end++) {
        }
        for (i = 0; end > begin && words[i]; i++) {
            if (mx_str_is(mx_str_n(text.ptr + begin, end - begin), words[i])) return 1;
        }
        begin = end + 1;
    }
    return 0;
}

int script_needs_goods(const struct script_set *set) {
    static const char *const words[] = {"stock", "lot", "cost", "expires", "days_left", NULL};
    uint32_t i, k;
    for (i = 0; i < set->source_count; i++) {
        int functions = 0;
        for (k = 0; k < set->spans[i].count; k++) {
            const struct script_rule *rule = set->rules[set->spans[i].first + k];
            if (script_kind_index(rule->kind) != SCRIPT_PROMOTION) continue;
            if (script_promotion_of(rule)->takes.shape == SCRIPT_SHAPE_EXPIRY) return 1;
            functions |= rule->has != 0;
        }
        if (functions && mentions(set->sources[i].text, words)) return 1;
    }
    return 0;
}

mx_status script_needs_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct script_set *set = script_set_current(), *tried = script_canary_set();
    (void)ctx;
    (void)in;
    ((struct mx_needs *)out)->goods = (set && set->needs_goods) || (tried && tried->needs_goods);
    script_set_drop(set);
    script_set_drop(tried);
    return set || tried ? MX_OK : MX_DECLINED;
}
