/* grants = {...}: what a tier entitles its members to, for other modules to honour. */
#include <stdio.h>

#include "script/tier.h"

#define UNLOCKS_MAX 32
#define VALUE_MAX   64

struct granting {
    const struct script_reader *reader;
    struct base_arena *arena;
    struct mx_str source;
    struct mx_list *grants;
};

static void grant(const struct granting *granting, const char *kind, struct mx_str value) {
    struct mx_entitlement *entitlement = (struct mx_entitlement *)granting->grants->items + granting->grants->count++;
    entitlement->kind = mx_str_of(kind);
    entitlement->value = base_arena_dup(granting->arena, value);
    entitlement->source = granting->source;
}

static void grant_text(const struct granting *granting, const char *kind) {
    struct mx_str value;
    if (script_read_text(granting->reader, kind, VALUE_MAX, &value)) grant(granting, kind, value);
}

/* A name, or true: whoever is assigned to the member. */
static void grant_clerk(const struct granting *granting) {
    lua_State *L = granting->reader->L;
    struct mx_str value = {NULL, 0};
    int is_text;
    lua_pushliteral(L, MX_ENTITLES_CLERK);
    is_text = lua_rawget(L, granting->reader->table) == LUA_TSTRING;
    lua_pop(L, 1);
    if (is_text)
        grant_text(granting, MX_ENTITLES_CLERK);
    else if (script_read_true(granting->reader, MX_ENTITLES_CLERK))
        grant(granting, MX_ENTITLES_CLERK, value);
}

static void grant_priority(const struct granting *granting) {
    int64_t priority;
    if (!script_read_int(granting->reader, MX_ENTITLES_PICK_FIRST, 0, 100, &priority)) return;
    grant(granting, MX_ENTITLES_PICK_FIRST, base_arena_printf(granting->arena, "%lld", (long long)priority));
}

static void grant_unlocks(const struct granting *granting) {
    struct script_inner inner;
    lua_State *L = granting->reader->L;
    uint32_t i, count;
    if (!script_enter(granting->reader, MX_ENTITLES_UNLOCK, "{\"CUP-GOLD\"}", &inner)) return;
    count = script_list_count(&inner.reader, NULL, 1, UNLOCKS_MAX);
    for (i = 1; i <= count; i++) {
        struct mx_str sku;
        size_t len;
        lua_rawgeti(L, inner.reader.table, (lua_Integer)i);
        if (lua_type(L, -1) != LUA_TSTRING) script_complain(&inner.reader, "entry %u must be an article's number in quotes", i);
        sku.ptr = lua_tolstring(L, -1, &len);
        sku.len = (uint32_t)len;
        if (len < 1 || len > VALUE_MAX || !script_text_clean(sku)) script_complain(&inner.reader, "entry %u is no article's number", i);
        grant(granting, MX_ENTITLES_UNLOCK, sku);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

void script_grants_read(struct script_declaration *decl, struct script_tier *tier) {
    static const char *const known[] = {MX_ENTITLES_CLERK,      MX_ENTITLES_PICK_FIRST, MX_ENTITLES_PACKING,
                                        MX_ENTITLES_PRICE_LIST, MX_ENTITLES_UNLOCK,     NULL};
    struct script_inner inner;
    struct granting granting = {&inner.reader, decl->arena, {NULL, 0}, &tier->grants};
    tier->grants.elem_size = sizeof(struct mx_entitlement);
    if (!script_enter(&decl->reader, "grants", "{price_list = \"gold\", pick_priority = 50}", &inner)) return;
    script_read_known(&inner.reader, known);
    tier->grants.items = base_arena_alloc(decl->arena, (UNLOCKS_MAX + 4) * sizeof(struct mx_entitlement));
    granting.source = base_arena_printf(decl->arena, "tier:%s", decl->rule->id.ptr);
    grant_clerk(&granting);
    grant_text(&granting, MX_ENTITLES_PACKING);
    grant_priority(&granting);
    grant_text(&granting, MX_ENTITLES_PRICE_LIST);
    grant_unlocks(&granting);
    lua_pop(decl->reader.L, 1);
}
