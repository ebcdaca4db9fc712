/* rules.clashes: promotions that want the same goods in the same lane at the same time, with nothing said about which goes first. */
#include <stdio.h>

#include "script/clash.h"
#include "script/version.h"

#define CLASHES_MAX 500

struct clashes_ask {
    struct mx_str draft;
    uint8_t all;
};
static const struct mx_field clashes_ask_fields[] = {
    MX_F_ID(clashes_ask, draft, 0, "rds", "draft; absent: the rules in force"),
    MX_F_BOOL(clashes_ask, all, 0, "also between promotions that the draft does not change"),
};
MX_TYPE(clashes_ask, "rules.clashes.ask", "where clashes are looked for");

struct clash_side {
    struct mx_str rule, file;
    int64_t line, priority;
    uint8_t changed;
};
static const struct mx_field clash_side_fields[] = {
    MX_F_STR(clash_side, rule, MX_REQUIRED, 1, 64, "promotion"),
    MX_F_STR(clash_side, file, 0, 0, SCRIPT_FILE_NAME_MAX, "its file"),
    MX_F_INT(clash_side, line, 0, 0, MX_INT_MAX, "line of the file"),
    MX_F_INT(clash_side, priority, 0, 0, MX_INT_MAX, "its priority"),
    MX_F_BOOL(clash_side, changed, 0, "its file is changed by the draft"),
};
MX_TYPE(clash_side, "rules.clash.side", "one of the two");

struct clash_row {
    struct clash_side *a, *b;
    int32_t lane;
    struct mx_str reason;
    uint8_t certain;
};
static const struct mx_field clash_row_fields[] = {
    MX_F_STRUCT(clash_row, a, MX_REQUIRED, clash_side_type, "one"),
    MX_F_STRUCT(clash_row, b, MX_REQUIRED, clash_side_type, "the other"),
    MX_F_ENUM(clash_row, lane, MX_REQUIRED, mx_lane_words, "lane of both"),
    MX_F_STR(clash_row, reason, 0, 0, SCRIPT_MEET_MAX, "what both are on"),
    MX_F_BOOL(clash_row, certain, 0, "some article is certainly meant by both"),
};
MX_TYPE(clash_row, "rules.clash", "two promotions that meet");

struct clashes_answer {
    struct mx_list clashes;
    uint8_t more;
};
static const struct mx_field clashes_answer_fields[] = {
    MX_F_LIST(clashes_answer, clashes, 0, 0, CLASHES_MAX, clash_row_type, "pairs, the certain ones first, in the order of the rules"),
    MX_F_BOOL(clashes_answer, more, 0, "there are more than are shown"),
};
MX_TYPE(clashes_answer, "rules.clashes", "promotions that meet");

static int is_changed(const struct script_change *changes, uint32_t count, struct mx_str file) {
    uint32_t i;
    for (i = 0; i < count; i++) {
        if (mx_str_eq(changes[i].name, file)) return 1;
    }
    return 0;
}

/* Somebody said what is to happen when they meet. */
static int is_settled(const struct script_rule *a, const struct script_rule *b) {
    const struct mx_offer *p = &script_promotion_of(a)->offer, *q = &script_promotion_of(b)->offer;
    return p->exclusive || q->exclusive || (p->group.len && mx_str_eq(p->group, q->group));
}

static struct clash_side *side(struct mx_ctx *ctx, const struct script_rule *rule, int changed) {
    struct clash_side *side = mx_alloc(ctx, sizeof(*side));
    side->rule = mx_dup(ctx, rule->id);
    side->file = mx_dup(ctx, rule->file);
    side->line = rule->line;
    side->priority = script_promotion_of(rule)->offer.priority;
    side->changed = (uint8_t)changed;
    return side;
}

struct search {
    struct mx_ctx *ctx;
    const struct script_rules *rules;
    const uint8_t *changed; /* by rule */
    int all;
    struct clashes_answer *out;
};

/* The pairs that rule i begins and that meet in this way; 0 when there is no room for more. */
static int find_of(const struct search *search, uint32_t i, int meet) {
    struct script_rule *const *rules = search->rules->items;
    struct mx_list *found = &search->out->clashes;
    char why[SCRIPT_MEET_MAX];
    uint32_t k;
    for (k = i + 1; k < search->rules->count; k++) {
        struct clash_row *row;
        if (rules[i]->lane != rules[k]->lane || !(search->all || search->changed[i] || search->changed[k])) continue;
        if (is_settled(rules[i], rules[k]) || script_promotions_meet(rules[i], rules[k], why) != meet) continue;
        if (found->count == CLASHES_MAX) {
            search->out->more = 1;
            return 0;
        }
        row = mx_list_at(found, found->count++);
        row->a = side(search->ctx, rules[i], search->changed[i]);
        row->b = side(search->ctx, rules[k], search->changed[k]);
        row->lane = rules[i]->lane;
        row->reason = mx_dup(search->ctx, mx_str_of(why));
        row->certain = meet == SCRIPT_MEET_CERTAIN;
    }
    return 1;
}

static mx_status find(const struct search *search) {
    uint32_t count = search->rules->count, i;
    int meet;
    mx_status st = MX_OK;
    search->out->clashes = mx_list_new(search->ctx, CLASHES_MAX, sizeof(struct clash_row));
    search->out->clashes.count = 0;
    for (meet = SCRIPT_MEET_CERTAIN; meet >= SCRIPT_MEET_MAYBE; meet--) {
        for (i = 0; i < count; i++) {
            st = mx_progress(search->ctx, i + (meet == SCRIPT_MEET_MAYBE ? count : 0), 2 * (int64_t)count);
            if (st != MX_OK || !find_of(search, i, meet)) return st;
        }
    }
    return st;
}

static mx_status clashes(struct mx_ctx *ctx, const void *in, void *out) {
    const struct clashes_ask *ask = in;
    struct script_trying trying = {NULL, NULL};
    struct script_change *changes = NULL;
    struct script_draft *draft;
    struct search search = {ctx, NULL, NULL, ask->all || ask->draft.len == 0, out};
    uint32_t count = 0, i;
    uint8_t *changed;
    mx_status st = ask->draft.len ? script_draft_get(ctx, ask->draft, &draft) : MX_OK;
    if (st == MX_OK && ask->draft.len) st = script_draft_changes(ctx, draft, &changes, &count);
    if (st == MX_OK) st = ask->draft.len ? script_draft_open(ctx, ask->draft, &trying) : script_live_open(ctx, &trying);
    if (st != MX_OK) return st;
    search.rules = &trying.set->of[SCRIPT_PROMOTION];
    changed = mx_alloc(ctx, (size_t)search.rules->count + 1);
    for (i = 0; i < search.rules->count; i++) changed[i] = (uint8_t)is_changed(changes, count, search.rules->items[i]->file);
    search.changed = changed;
    st = find(&search);
    script_trying_end(&trying);
    return st;
}

const struct mx_op script_op_clashes = {
    sizeof(struct mx_op),
    MX_OP_QUERY | MX_OP_HEAVY,
    "rules.clashes",
    "Promotions that want the same goods in the same lane at the same time, before somebody approves them",
    "rules.read",
    &clashes_ask_type,
    &clashes_answer_type,
    clashes,
    NULL,
    MX_HOME_HERE,
    MX_OFFLINE_REFUSE,
    "0.3"};
