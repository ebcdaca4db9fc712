/* reward{...}: what a member may have for points. */
#include "script/internal.h"

#define DAYS_MAX 3650

struct reward {
    int64_t points;
    int64_t each, total;
    struct mx_reward_gives *gives; /* NULL: the staff hands it over */
};

/* What each kind can say besides kind, location and days, and what it must say. */
static const struct {
    const char *kind, *must, *may;
} kinds[] = {
    {MX_REWARD_QUEUE_JUMP, NULL, NULL}, {MX_REWARD_UNLOCK, "sku", "times"}, {MX_REWARD_SEAT, NULL, "class"},
    {MX_REWARD_COUPON, "rule", NULL},   {MX_REWARD_GIFT, "sku", NULL},
};

static void take_text(const struct script_reader *reader, struct base_arena *arena, const char *key, uint32_t max, struct mx_str *out) {
    struct mx_str text;
    if (script_read_text(reader, key, max, &text)) *out = base_arena_dup(arena, text);
}

/* gives = {kind = "unlock", sku = "BREW-7", times = 3, days = 30} */
static struct mx_reward_gives *read_gives(struct script_declaration *decl) {
    struct mx_reward_gives *gives = base_arena_alloc(decl->arena, sizeof(*gives));
    const char *known[] = {"kind", "location", "days", NULL, NULL, NULL};
    struct script_inner inner;
    struct mx_str kind;
    uint32_t i, extra = 3;
    if (!script_enter(&decl->reader, "gives", "{kind = \"unlock\", sku = \"BREW-7\"}", &inner)) return NULL;
    if (!script_read_text(&inner.reader, "kind", 32, &kind))
        script_complain(&inner.reader, "kind is missing: one of queue_jump, unlock, seat, coupon, gift");
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && !mx_str_is(kind, kinds[i].kind); i++) continue;
    if (i == sizeof(kinds) / sizeof(kinds[0]))
        script_complain(&inner.reader, "kind is one of queue_jump, unlock, seat, coupon, gift, not '%.*s'", (int)kind.len, kind.ptr);
    if (kinds[i].must) known[extra++] = kinds[i].must;
    if (kinds[i].may) known[extra++] = kinds[i].may;
    script_read_known(&inner.reader, known);
    if (kinds[i].must && !script_read_has(&inner.reader, kinds[i].must))
        script_complain(&inner.reader, "%s is missing: what %s gives", kinds[i].must, kinds[i].kind);
    gives->kind = base_arena_dup(decl->arena, kind);
    take_text(&inner.reader, decl->arena, "sku", 64, &gives->sku);
    take_text(&inner.reader, decl->arena, "rule", 64, &gives->rule);
    take_text(&inner.reader, decl->arena, "class", 32, &gives->class_code);
    take_text(&inner.reader, decl->arena, "location", 32, &gives->location);
    script_read_int(&inner.reader, "days", 1, DAYS_MAX, &gives->days);
    script_read_int(&inner.reader, "times", 1, MX_INT_MAX, &gives->times);
    lua_pop(decl->reader.L, 1);
    return gives;
}

void script_reward_read(struct script_declaration *decl, struct mx_str head) {
    static const char *const known[] = {"id", "name", "points", "when", "gives", "each", "total", NULL};
    struct reward *reward = base_arena_alloc(decl->arena, sizeof(*reward));
    (void)head;
    script_read_known(&decl->reader, known);
    if (!script_read_int(&decl->reader, "points", 1, MX_INT_MAX, &reward->points))
        script_complain(&decl->reader, "points is missing: what it costs, like points = 500");
    script_read_int(&decl->reader, "each", 1, MX_INT_MAX, &reward->each);
    script_read_int(&decl->reader, "total", 1, MX_INT_MAX, &reward->total);
    reward->gives = read_gives(decl);
    script_read_name(decl);
    decl->rule->own = reward;
}

struct reward_question {
    const struct mx_reward_ask *ask;
    int yes;
};

static void set_text(lua_State *L, const char *name, struct mx_str text) {
    lua_pushlstring(L, text.ptr ? text.ptr : "", text.len);
    lua_setfield(L, -2, name);
}

static void push_member(lua_State *L, const struct mx_reward_ask *ask) {
    static const char *const fields[] = {"id", "tier", "points"};
    int i;
    lua_newtable(L);
    set_text(L, "id", ask->member);
    set_text(L, "tier", ask->tier);
    lua_pushinteger(L, ask->points);
    lua_setfield(L, -2, "points");
    lua_newtable(L);
    for (i = 0; i < 3; i++) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, fields[i]);
    }
    script_fields_meta(L, "the member", 0);
    lua_setmetatable(L, -2);
    script_freeze(L, -1);
    lua_remove(L, -2);
}

static void ask_reward(lua_State *L, struct script_asking *asking) {
    struct reward_question *question = asking->arg;
    push_member(L, question->ask);
    script_budget_begin(asking->state);
    question->yes = script_ask_when(L, asking);
}

int script_reward_ask(struct script_state *state, struct script_rule *rule, const struct mx_reward_ask *ask, int *yes) {
    struct reward_question question = {ask, 0};
    int done = script_ask(state, rule, ask_reward, &question);
    *yes = question.yes;
    return done;
}

static int is_open(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, struct script_rule *rule,
                   const struct mx_reward_ask *ask) {
    int yes = 0;
    if (atomic_load_explicit(&rule->off, memory_order_relaxed)) return 0;
    if (!rule->has) return 1;
    if (state == NULL) return 0;
    if (script_reward_ask(state, rule, ask, &yes)) return yes;
    script_rule_failed(set, rule, state->problem);
    mx_log(ctx, MX_LOG_WARN, "the reward %s could not be asked: %s", rule->id.ptr, state->problem);
    return 0;
}

static struct mx_list own_name(struct mx_ctx *ctx, const struct mx_list *name) {
    struct mx_list copy = mx_list_new(ctx, name->count, sizeof(struct mx_pair));
    uint32_t i;
    for (i = 0; i < copy.count; i++) {
        const struct mx_pair *from = mx_list_at(name, i);
        struct mx_pair *to = mx_list_at(&copy, i);
        to->key = mx_dup(ctx, from->key);
        to->value = mx_dup(ctx, from->value);
    }
    return copy;
}

static struct mx_reward_gives *own_gives(struct mx_ctx *ctx, const struct mx_reward_gives *gives) {
    struct mx_reward_gives *copy;
    if (gives == NULL) return NULL;
    copy = mx_alloc(ctx, sizeof(*copy));
    *copy = *gives;
    copy->kind = mx_dup(ctx, gives->kind);
    copy->sku = mx_dup(ctx, gives->sku);
    copy->rule = mx_dup(ctx, gives->rule);
    copy->class_code = mx_dup(ctx, gives->class_code);
    copy->location = mx_dup(ctx, gives->location);
    return copy;
}

static void fill(struct mx_ctx *ctx, const struct script_rule *rule, struct mx_reward *reward) {
    const struct reward *own = rule->own;
    reward->id = mx_dup(ctx, rule->id);
    reward->name = own_name(ctx, &rule->name);
    reward->points = own->points;
    reward->gives = own_gives(ctx, own->gives);
    reward->each = own->each;
    reward->total = own->total;
}

mx_status script_reward_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_rewards *answer = out;
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    const struct script_rules *rewards = set ? &set->of[SCRIPT_REWARD] : NULL;
    uint32_t i;
    if (set == NULL) return MX_DECLINED;
    answer->rewards = mx_list_new(ctx, rewards->count, sizeof(struct mx_reward));
    answer->rewards.count = 0;
    for (i = 0; i < rewards->count; i++) {
        struct script_rule *rule = rewards->items[i];
        if (is_open(ctx, set, state, rule, in)) fill(ctx, rule, mx_list_at(&answer->rewards, answer->rewards.count++));
    }
    answer->version = mx_dup(ctx, mx_str_of(set->version));
    return MX_OK;
}
