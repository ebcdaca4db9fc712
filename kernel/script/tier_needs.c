/* needs = {...}: what a member must have counted for a tier, without a function. All of a list; any = {...}: one of it. */
#include "merx/money.h"
#include "script/tier.h"

static const char shape[] = "{\"visits\", days = 90, at_least = 10}";

static struct mx_str text_first(const struct script_reader *reader) {
    struct mx_str text = {NULL, 0};
    size_t len;
    lua_rawgeti(reader->L, reader->table, 1);
    if (lua_type(reader->L, -1) == LUA_TSTRING) {
        text.ptr = lua_tolstring(reader->L, -1, &len);
        text.len = len > MX_COUNTER_MAX ? MX_COUNTER_MAX + 1 : (uint32_t)len;
    }
    lua_pop(reader->L, 1);
    return text;
}

static void read_count(const struct script_reader *reader, struct base_arena *arena, struct mx_str counter, struct script_need *need) {
    static const char *const known[] = {"days", "at_least", "distinct", "name", NULL};
    const char *wrong;
    (void)script_list_count(reader, known, 1, 1);
    need->kind = SCRIPT_NEED_COUNT;
    need->counter = base_arena_dup(arena, counter);
    need->distinct = script_read_true(reader, "distinct");
    if ((wrong = script_counter_wrong(counter, need->distinct)) != NULL) script_complain(reader, "%s", wrong);
    if (!script_text_clean(counter)) script_complain(reader, "the name of a counter holds bytes that are no readable UTF-8 text");
    if (!script_read_int(reader, "at_least", 1, MX_INT_MAX, &need->at_least))
        script_complain(reader, "at_least is missing: how much is needed, like %s", shape);
    (void)script_read_int(reader, "days", 1, SCRIPT_DAYS_MAX, &need->days);
    script_read_words(reader, arena, "name", &need->name);
}

static void read_list(const struct script_reader *reader, struct base_arena *arena, int kind, uint32_t depth, struct script_need *need);

static void read_item(const struct script_reader *reader, struct base_arena *arena, uint32_t depth, struct script_need *need) {
    struct mx_str counter = text_first(reader);
    if (counter.len)
        read_count(reader, arena, counter, need);
    else
        read_list(reader, arena, SCRIPT_NEED_ALL, depth + 1, need);
}

static void read_list(const struct script_reader *reader, struct base_arena *arena, int kind, uint32_t depth, struct script_need *need) {
    static const char *const keys[] = {"any", NULL};
    struct script_inner inner;
    uint32_t i, count;
    if (depth > SCRIPT_NEEDS_DEPTH) script_complain(reader, "needs stand in each other more than %d deep", SCRIPT_NEEDS_DEPTH);
    count = script_list_count(reader, keys, kind == SCRIPT_NEED_ANY ? 2 : 0, SCRIPT_NEEDS_MAX);
    need->kind = kind;
    need->parts = base_arena_alloc(arena, (count + 1) * sizeof(*need->parts));
    for (i = 0; i < count; i++) {
        script_enter_item(reader, i + 1, shape, &inner);
        read_item(&inner.reader, arena, depth, &need->parts[need->count++]);
        lua_pop(reader->L, 1);
    }
    if (script_enter(reader, "any", "{{\"orders\", at_least = 5}, {\"referrals\", at_least = 1}}", &inner)) {
        if (kind == SCRIPT_NEED_ANY) script_complain(reader, "any stands in a list of what is needed, not in another any");
        read_list(&inner.reader, arena, SCRIPT_NEED_ANY, depth + 1, &need->parts[need->count++]);
        lua_pop(reader->L, 1);
    }
    if (need->count == 0) script_complain(reader, "nothing is needed; write it like {%s}", shape);
}

void script_needs_read(struct script_declaration *decl, struct script_tier *tier) {
    struct script_inner inner;
    if (!script_enter(&decl->reader, "needs", "{{\"visits\", days = 90, at_least = 10}}", &inner)) return;
    tier->needs = base_arena_alloc(decl->arena, sizeof(*tier->needs));
    read_list(&inner.reader, decl->arena, SCRIPT_NEED_ALL, 1, tier->needs);
    lua_pop(decl->reader.L, 1);
}

/* ---- asking ---- */

void script_tier_missing(struct script_tier_said *said, const struct mx_tier_missing *missing) {
    if (!said->brief && said->count < SCRIPT_MISSING_MAX) said->missing[said->count++] = *missing;
}

static mx_status ask_count(struct script_customer *customer, const struct script_need *need, struct script_tier_said *said, int *yes) {
    struct mx_tier_missing missing = {
        .counter = need->counter, .days = need->days, .distinct = (uint8_t)need->distinct, .needed = need->at_least, .name = need->name};
    int64_t leaves = 0;
    mx_status st = script_customer_count(customer, need->counter, need->days, need->distinct, &missing.have, &leaves);
    if (st != MX_OK) return st;
    *yes = missing.have >= need->at_least;
    if (*yes) script_customer_review(customer, leaves); /* what is not there yet does not come by waiting */
    missing.missing = missing.have < -(MX_INT_MAX - need->at_least) ? MX_INT_MAX : need->at_least - missing.have;
    if (!*yes) script_tier_missing(said, &missing);
    return MX_OK;
}

static mx_status ask_all(struct script_customer *customer, const struct script_need *need, struct script_tier_said *said, int *yes) {
    mx_status st = MX_OK;
    uint32_t i;
    *yes = 1;
    for (i = 0; st == MX_OK && i < need->count && (*yes || !said->brief); i++) {
        int part = 0;
        st = script_needs_ask(customer, &need->parts[i], said, &part);
        *yes &= part;
    }
    return st;
}

/* How far it is, in parts of a million of what is needed: what lies nearest is worth telling. */
static int64_t distance(const struct script_tier_said *said, uint32_t from) {
    int64_t sum = 0;
    uint32_t i;
    for (i = from; i < said->count; i++) {
        int64_t part;
        if (!mx_muldiv_floor(said->missing[i].missing, MX_PPM_ONE, said->missing[i].needed > 0 ? said->missing[i].needed : 1, &part) ||
            !mx_add(sum, part, &sum))
            return INT64_MAX;
    }
    return sum;
}

/* Of several ways the nearest is told; of two that are as near the first. */
static mx_status ask_any(struct script_customer *customer, const struct script_need *need, struct script_tier_said *said, int *yes) {
    uint32_t begin = said->count, i;
    int64_t nearest = -1;
    mx_status st = MX_OK;
    *yes = 0;
    for (i = 0; st == MX_OK && i < need->count && !*yes; i++) {
        uint32_t before = said->count;
        int64_t far;
        st = script_needs_ask(customer, &need->parts[i], said, yes);
        if (st != MX_OK || *yes) break;
        far = distance(said, before);
        if (nearest < 0 || far < nearest) {
            memmove(&said->missing[begin], &said->missing[before], (said->count - before) * sizeof(said->missing[0]));
            said->count = begin + (said->count - before);
            nearest = far;
        } else {
            said->count = before;
        }
    }
    if (*yes) said->count = begin;
    return st;
}

mx_status script_needs_ask(struct script_customer *customer, const struct script_need *need, struct script_tier_said *said, int *yes) {
    if (need->kind == SCRIPT_NEED_COUNT) return ask_count(customer, need, said, yes);
    if (need->kind == SCRIPT_NEED_ALL) return ask_all(customer, need, said, yes);
    return ask_any(customer, need, said, yes);
}
