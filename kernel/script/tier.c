/* tier{...}: who is in it. The tier with the highest rank that says yes is the member's. */
#include "script/tier.h"

static void check_code(const struct script_declaration *decl) {
    struct mx_str id = decl->rule->id;
    uint32_t i;
    if (id.len > 32) script_complain(&decl->reader, "the code of a tier has at most 32 characters");
    for (i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if ((c >= 'A' && c <= 'Z') || c == '.') script_complain(&decl->reader, "the code of a tier has letters a-z, digits, _ and -");
    }
    if (mx_str_is(id, "basic")) script_complain(&decl->reader, "basic is the tier of those who are in no other: choose another code");
}

static void check_rank(const struct script_declaration *decl, int64_t rank) {
    const struct script_set *set = decl->state->set;
    uint32_t i;
    for (i = 0; i < set->rule_count; i++) {
        const struct script_rule *other = set->rules[i];
        if (other->kind == decl->rule->kind && script_tier_of(other)->rank == rank)
            script_complain(&decl->reader, "the rank %lld belongs to '%s' already (%s, line %d)", (long long)rank, other->id.ptr,
                            other->file.ptr, other->line);
    }
}

/* return_safe = false is the only way to write it down: true is what holds without it. */
static int reads_outlasts(const struct script_reader *reader) {
    lua_State *L = reader->L;
    int type, yes;
    lua_pushliteral(L, "return_safe");
    type = lua_rawget(L, reader->table);
    yes = type == LUA_TNIL || lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (type != LUA_TNIL && type != LUA_TBOOLEAN) script_complain(reader, "return_safe is true or false");
    return !yes;
}

void script_tier_read(struct script_declaration *decl, struct mx_str head) {
    static const char *const known[] = {"code", "rank", "name", "when", "needs", "grace_days", "keep_days", "return_safe", "grants", NULL};
    struct script_tier *tier = base_arena_alloc(decl->arena, sizeof(*tier));
    (void)head;
    script_read_known(&decl->reader, known);
    check_code(decl);
    if (!script_read_int(&decl->reader, "rank", 0, 1000, &tier->rank))
        script_complain(&decl->reader, "rank is missing: a higher tier has a higher rank, like rank = 2");
    script_needs_read(decl, tier);
    if (!script_rule_has(decl->rule, SCRIPT_FN_WHEN) && !tier->needs)
        script_complain(&decl->reader,
                        "when is missing: a function that says which members are in it, like when = function(member) ... end;"
                        " or needs, like needs = {{\"visits\", days = 90, at_least = 10}}");
    check_rank(decl, tier->rank);
    (void)script_read_int(&decl->reader, "grace_days", 0, SCRIPT_DAYS_MAX, &tier->grace_days);
    (void)script_read_int(&decl->reader, "keep_days", 0, SCRIPT_DAYS_MAX, &tier->keep_days);
    tier->outlasts_returns = reads_outlasts(&decl->reader);
    script_grants_read(decl, tier);
    script_read_name(decl);
    decl->rule->own = tier;
}

static const struct script_source *next_file(const struct script_set *set, uint32_t *at) {
    for (; *at < set->source_count; (*at)++) {
        const struct script_span *span = &set->spans[*at];
        uint32_t i;
        for (i = 0; i < span->count; i++) {
            if (set->rules[span->first + i]->kind == &script_kinds[SCRIPT_TIER]) return &set->sources[(*at)++];
        }
    }
    return NULL;
}

int script_tiers_same(const struct script_set *a, const struct script_set *b) {
    uint32_t at_a = 0, at_b = 0;
    for (;;) {
        const struct script_source *one = next_file(a, &at_a), *other = next_file(b, &at_b);
        if (!one || !other) return one == other;
        if (!mx_str_eq(one->text, other->text)) return 0;
    }
}
