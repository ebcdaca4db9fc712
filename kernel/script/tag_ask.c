/* Asking tags about a customer. A rule that cannot say yes or no costs nobody a tag, and gives none. */
#include "script/tag.h"

#include <stdlib.h>

#include "base/text.h"
#include "merx/retail/privacy.h"

void script_tag_customer(struct mx_ctx *ctx, const struct mx_tags_ask *ask, struct script_deeds *deeds, struct script_customer *customer) {
    memset(customer, 0, offsetof(struct script_customer, reads));
    customer->ctx = ctx;
    customer->id = ask->member;
    customer->tier = ask->tier;
    customer->members = ask->members;
    customer->at = ask->at;
    customer->joined_at = ask->joined_at;
    customer->extra = script_tag_fields;
    customer->arg = deeds;
}

static struct mx_str cut(struct mx_str text) {
    if (text.len <= SCRIPT_REASON_MAX) return text;
    text.len = SCRIPT_REASON_MAX;
    while (text.len && !base_utf8_valid(text)) text.len--;
    return text;
}

static void ask_when(lua_State *L, struct script_asking *asking) {
    struct script_tag_said *said = asking->arg;
    struct mx_ctx *ctx = script_customer_now(L)->ctx;
    struct script_reader reader = {L, 0, "", asking->what};
    script_push_function(L, asking, SCRIPT_FN_WHEN);
    script_customer_push(L);
    script_budget_begin(asking->state);
    lua_call(L, 1, 2);
    reader.place = asking->place;
    if (!lua_isboolean(L, -2) && !lua_isnil(L, -2))
        script_complain(&reader, "when must answer true or false, not a %s", luaL_typename(L, -2));
    if (!lua_isnil(L, -1) && lua_type(L, -1) != LUA_TSTRING)
        script_complain(&reader, "when answers true or false, and behind it a text that says why");
    said->yes = lua_toboolean(L, -2);
    if (said->yes && lua_isstring(L, -1)) said->reason = cut(script_clean(ctx, lua_tostring(L, -1)));
    lua_pop(L, 2);
}

static struct mx_str path_reason(struct mx_ctx *ctx, const struct script_path *path) {
    char *text = mx_alloc(ctx, SCRIPT_STEPS_MAX * (SCRIPT_STEP_MAX + 4));
    uint32_t i, len = 0;
    for (i = 0; i < path->count; i++) {
        if (i) {
            memcpy(text + len, " > ", 3);
            len += 3;
        }
        memcpy(text + len, path->steps[i].ptr, path->steps[i].len);
        len += path->steps[i].len;
    }
    return cut(mx_str_n(text, len));
}

int script_tag_ask(struct script_state *state, struct script_rule *rule, struct script_customer *customer, struct script_tag_said *said) {
    const struct script_tag *tag = script_tag_of(rule);
    *said = (struct script_tag_said){1, {NULL, 0}};
    if (tag->path.count) {
        if (script_path_holds(customer, &tag->path, &said->yes) != MX_OK) return 0;
        if (said->yes) said->reason = path_reason(customer->ctx, &tag->path);
    }
    if (!said->yes || !script_rule_has(rule, SCRIPT_FN_WHEN)) return 1;
    if (state == NULL) return 0;
    return script_customer_ask(state, rule, customer, ask_when, said) && customer->failed == MX_OK;
}

/* ---- the point ---- */

static int held(const struct mx_tags_ask *ask, struct mx_str code) {
    uint32_t i;
    for (i = 0; i < ask->held.count; i++)
        if (mx_str_eq(mx_list_str(&ask->held, i), code)) return 1;
    return 0;
}

/* Whoever asks has asked for consent to personalisation already. */
static mx_status may_use(struct mx_ctx *ctx, const struct mx_tags_ask *ask, const struct script_tag *tag, int *may) {
    const struct mx_consent_ask consent = {.member = ask->member, .purpose = tag->purpose, .members = ask->members};
    struct mx_consent_answer answer = {0};
    mx_status st;
    *may = 1;
    if (mx_str_is(tag->purpose, SCRIPT_TAG_PURPOSE)) return MX_OK;
    st = mx_ask(ctx, &mx_point_consent, &consent, &answer);
    *may = st == MX_OK && answer.basis != MX_BASIS_NONE;
    return st == MX_DECLINED ? MX_OK : st;
}

static void give(struct mx_ctx *ctx, const struct script_rule *rule, const struct script_tag_said *said, int64_t review_at,
                 struct mx_tags *tags) {
    struct mx_tag *tag = mx_list_at(&tags->tags, tags->tags.count++);
    tag->tag = mx_dup(ctx, rule->id);
    tag->rule = tag->tag;
    tag->reason = said->reason;
    tag->review_at = review_at;
}

static mx_status ask_one(struct script_set *set, struct script_state *state, struct script_rule *rule, const struct mx_tags_ask *ask,
                         struct script_customer *customer, struct mx_tags *tags) {
    struct mx_ctx *ctx = customer->ctx;
    struct script_tag_said said = {0, {NULL, 0}};
    int may = 0, done = 0, off = atomic_load_explicit(&rule->off, memory_order_relaxed);
    mx_status st = may_use(ctx, ask, script_tag_of(rule), &may);
    if (st != MX_OK || !may) return st;
    customer->review_at = 0;
    if (!off) done = script_tag_ask(state, rule, customer, &said);
    if (customer->failed != MX_OK) return customer->failed;
    if (!done && !off && state != NULL) {
        script_rule_failed(set, rule, state->problem);
        mx_log(ctx, MX_LOG_WARN, "the tag %s could not be asked: %s", rule->id.ptr, state->problem);
    }
    if (!done) said = (struct script_tag_said){held(ask, rule->id), mx_str_of("The rule could not be asked.")};
    if (customer->review_at && (tags->review_at == 0 || customer->review_at < tags->review_at)) tags->review_at = customer->review_at;
    if (said.yes && tags->tags.count < 256) give(ctx, rule, &said, customer->review_at, tags);
    return MX_OK;
}

static int by_code(const void *a, const void *b) { return mx_str_cmp(((const struct mx_tag *)a)->tag, ((const struct mx_tag *)b)->tag); }

mx_status script_tags_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_tags_ask *ask = in;
    struct mx_tags *tags = out;
    struct script_state *state;
    struct script_set *set = script_thread_set(&state);
    const struct script_rules *rules = set ? &set->of[SCRIPT_TAG] : NULL;
    struct script_deeds deeds = {.traits = &ask->traits};
    struct script_customer *customer = mx_alloc(ctx, sizeof(*customer));
    uint32_t i;
    mx_status st = MX_OK;
    if (set == NULL || rules->count == 0) return MX_DECLINED;
    if (ask->member.len == 0) return MX_OK;
    tags->tags = mx_list_new(ctx, rules->count < 256 ? rules->count : 256, sizeof(struct mx_tag));
    tags->tags.count = 0;
    script_tag_customer(ctx, ask, &deeds, customer);
    for (i = 0; st == MX_OK && i < rules->count; i++) st = ask_one(set, state, rules->items[i], ask, customer, tags);
    if (tags->tags.count > 1) qsort(tags->tags.items, tags->tags.count, sizeof(struct mx_tag), by_code);
    tags->version = mx_dup(ctx, mx_str_of(set->version));
    return st;
}
