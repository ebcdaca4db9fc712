/* Rules by their id, found at once also among twenty thousand. */
#include "script/internal.h"

static uint32_t hash_of(uint32_t kind, struct mx_str id) {
    uint32_t hash = 2166136261u ^ kind, i;
    for (i = 0; i < id.len; i++) hash = (hash ^ (unsigned char)id.ptr[i]) * 16777619u;
    return hash ^ (hash >> 15);
}

/* The slot of the rule, or the free one where it belongs. */
static struct script_rule **slot_of(const struct script_set *set, uint32_t kind, struct mx_str id) {
    uint32_t at = hash_of(kind, id);
    for (;; at++) {
        struct script_rule **slot = &set->ids[at & (set->id_cap - 1)];
        if (*slot == NULL || (script_kind_index((*slot)->kind) == kind && mx_str_eq((*slot)->id, id))) return slot;
    }
}

struct script_rule *script_rule_find(const struct script_set *set, uint32_t kind, struct mx_str id) {
    return set->id_cap ? *slot_of(set, kind, id) : NULL;
}

void script_rule_note(struct script_set *set, struct script_rule *rule) {
    uint32_t i;
    if ((set->rule_count + 1) * 2 > set->id_cap) {
        set->id_cap = set->id_cap ? set->id_cap * 2 : 64;
        set->ids = base_arena_alloc(set->arena, set->id_cap * sizeof(struct script_rule *));
        for (i = 0; i < set->rule_count; i++) *slot_of(set, script_kind_index(set->rules[i]->kind), set->rules[i]->id) = set->rules[i];
    }
    *slot_of(set, script_kind_index(rule->kind), rule->id) = rule;
}
