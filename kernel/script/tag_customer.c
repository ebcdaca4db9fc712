/* What functions of tags read of a customer besides counters: what she did, what she is like, her scores. */
#include "script/tag.h"

#include <stdlib.h>

#define READ_COST 100 /* steps of one question */

static struct script_deeds *deeds_in(struct script_customer *customer) { return customer->arg; }

mx_status script_deeds_of(struct script_customer *customer, const struct mx_behaviours **did) {
    struct script_deeds *deeds = deeds_in(customer);
    struct mx_behaviour_ask ask = {.members = customer->members};
    mx_status st = MX_OK;
    if (!deeds->did) {
        if (ask.members.count == 0) ask.members = (struct mx_list){&customer->id, 1, sizeof(customer->id)};
        if (customer->at) ask.until = customer->at + 1;
        st = mx_ask(customer->ctx, &mx_point_behaviour, &ask, &deeds->asked);
        if (st < 0) return customer->failed = st;
        deeds->did = &deeds->asked;
    }
    *did = deeds->did;
    return MX_OK;
}

static const struct mx_behaviour *deed(const struct mx_behaviours *did, uint32_t i) { return mx_list_at(&did->behaviours, i); }

/* "page:sunscreen"; "page:face*": every subject that begins so. */
static int is_step(const struct mx_behaviour *did, struct mx_str step) {
    const char *colon = memchr(step.ptr, ':', step.len);
    struct mx_str kind = mx_str_n(step.ptr, (size_t)(colon - step.ptr)), subject = mx_str_n(colon + 1, step.len - kind.len - 1);
    if (!mx_str_eq(did->kind, kind)) return 0;
    if (subject.len && subject.ptr[subject.len - 1] == '*')
        return did->subject.len >= subject.len - 1 && memcmp(did->subject.ptr, subject.ptr, subject.len - 1) == 0;
    return mx_str_eq(did->subject, subject);
}

static int is_deed_of(const struct script_path *path, const struct mx_behaviour *did, uint32_t step) {
    return did->dwell_ms >= path->dwell_ms && is_step(did, path->steps[step]);
}

/* How far a path has come in one visit, seen from its end: when it ends at the earliest if it goes on with this step. */
struct visit {
    struct mx_str session;
    int64_t ends[SCRIPT_STEPS_MAX + 1]; /* 0: it does not */
};

static struct visit *visit_of(struct visit *visits, uint32_t *count, struct mx_str session) {
    uint32_t i;
    for (i = *count; i > 0; i--)
        if (mx_str_eq(visits[i - 1].session, session)) return &visits[i - 1];
    visits[*count] = (struct visit){.session = session};
    return &visits[(*count)++];
}

/* Walked from the newest deed to the oldest. Does the path begin with this one? */
static int begins_here(const struct script_path *path, const struct mx_behaviour *did, struct visit *visit) {
    uint32_t step;
    int begins = 0;
    for (step = 0; step < path->count; step++) {
        int64_t end = step + 1 == path->count ? did->at : visit->ends[step + 1];
        if (end == 0 || !is_deed_of(path, did, step)) continue;
        if (visit->ends[step] == 0 || end < visit->ends[step]) visit->ends[step] = end;
        begins |= step == 0 && (!path->within_ms || end - did->at <= path->within_ms);
    }
    return begins;
}

mx_status script_path_holds(struct script_customer *customer, const struct script_path *path, int *yes) {
    const struct mx_behaviours *did = NULL;
    int64_t from = script_customer_at(customer) - path->days * SCRIPT_DAY_MS;
    struct visit *visits, alone;
    uint32_t i, count = 0;
    mx_status st = script_deeds_of(customer, &did);
    *yes = 0;
    if (st != MX_OK) return st;
    visits = mx_alloc(customer->ctx, ((size_t)did->behaviours.count + 1) * sizeof(*visits));
    for (i = did->behaviours.count; i > 0 && !*yes; i--) { /* the newest is the one that holds longest */
        const struct mx_behaviour *first = deed(did, i - 1);
        if (first->at <= from) break;
        alone = (struct visit){.session = first->session}; /* what belongs to no visit is a path of one step at most */
        *yes = begins_here(path, first, first->session.len ? visit_of(visits, &count, first->session) : &alone);
        if (*yes) script_customer_review(customer, first->at + path->days * SCRIPT_DAY_MS);
    }
    return st;
}

/* ---- in Lua ---- */

static int64_t days_at(lua_State *L, int index, const char *word) {
    lua_Integer days;
    if (lua_isnoneornil(L, index)) return SCRIPT_PATH_DAYS;
    if (!lua_isinteger(L, index)) luaL_error(L, "%s: days must be a whole number", word);
    days = lua_tointeger(L, index);
    if (days < 1 || days > SCRIPT_DAYS_MAX) luaL_error(L, "%s: days are 1 to %d", word, SCRIPT_DAYS_MAX);
    return days;
}

static struct mx_str text_at(lua_State *L, int index, const char *word, const char *shape) {
    size_t len;
    const char *text;
    if (lua_type(L, index) != LUA_TSTRING) luaL_error(L, "%s is written like %s", word, shape);
    text = lua_tolstring(L, index, &len);
    return mx_str_n(text, len);
}

static const struct mx_behaviours *deeds_or_raise(lua_State *L, struct script_customer *customer) {
    const struct mx_behaviours *did = NULL;
    if (script_deeds_of(customer, &did) != MX_OK) luaL_error(L, "the shop could not be asked");
    script_charge(L, (READ_COST + did->behaviours.count) * SCRIPT_BYTES_A_STEP);
    return did;
}

struct tally {
    int64_t times, dwell_ms;
};

/* What was done of a kind with a subject (empty: any) within days. */
static struct tally tally(lua_State *L, struct mx_str kind, struct mx_str subject, int64_t days) {
    struct script_customer *customer = script_customer_now(L);
    const struct mx_behaviours *did = deeds_or_raise(L, customer);
    int64_t from = script_customer_at(customer) - days * SCRIPT_DAY_MS;
    struct tally sum = {0, 0};
    uint32_t i;
    for (i = 0; i < did->behaviours.count; i++) {
        const struct mx_behaviour *one = deed(did, i);
        if (one->at <= from || !mx_str_eq(one->kind, kind) || (subject.len && !mx_str_eq(one->subject, subject))) continue;
        if (sum.times == 0) script_customer_review(customer, one->at + days * SCRIPT_DAY_MS);
        sum.times++;
        sum.dwell_ms += one->dwell_ms;
    }
    return sum;
}

static struct tally tally_args(lua_State *L, const char *word) {
    static const char shape[] = "(\"page\", \"sunscreen\", 30)";
    struct mx_str kind = text_at(L, 1, word, shape), any = {NULL, 0};
    struct mx_str subject = lua_isnoneornil(L, 2) ? any : text_at(L, 2, word, shape);
    return tally(L, kind, subject, days_at(L, 3, word));
}

static int customer_did(lua_State *L) {
    lua_pushinteger(L, tally_args(L, "did").times);
    return 1;
}

static int customer_dwell(lua_State *L) {
    lua_pushinteger(L, tally_args(L, "dwell").dwell_ms);
    return 1;
}

/* A question is of the kind "ask" when its sender knew what it was about, and "intent" when its text was read. */
static int customer_asked(lua_State *L) {
    struct mx_str intent = text_at(L, 1, "asked", "asked(\"sensitive-skin\", 90)");
    int64_t days = days_at(L, 2, "asked");
    lua_pushinteger(L, tally(L, mx_str_of("ask"), intent, days).times + tally(L, mx_str_of("intent"), intent, days).times);
    return 1;
}

static int customer_path(lua_State *L) {
    struct script_customer *customer = script_customer_now(L);
    struct script_path path = {.days = SCRIPT_PATH_DAYS};
    int i, count = lua_gettop(L), yes = 0;
    if (count < 1 || count > SCRIPT_STEPS_MAX) return luaL_error(L, "path takes 1 to %d steps", SCRIPT_STEPS_MAX);
    for (i = 0; i < count; i++) {
        path.steps[i] = text_at(L, i + 1, "path", "path(\"page:sunscreen\", \"page:primer\")");
        if (path.steps[i].len < 2 || !memchr(path.steps[i].ptr, ':', path.steps[i].len))
            return luaL_error(L, "a step of a path is written like \"page:sunscreen\"");
    }
    path.count = (uint32_t)count;
    (void)deeds_or_raise(L, customer);
    if (script_path_holds(customer, &path, &yes) != MX_OK) return luaL_error(L, "the shop could not be asked");
    lua_pushboolean(L, yes);
    return 1;
}

static void push_score(lua_State *L, struct script_customer *customer, struct mx_str name) {
    const struct script_deeds *deeds = deeds_in(customer);
    struct mx_score_ask ask = {.member = customer->id, .members = customer->members, .name = name, .at = customer->at};
    struct mx_score score = {0, 0};
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; deeds->scores && i < deeds->scores->count; i++) {
        const struct script_number *number = mx_list_at(deeds->scores, i);
        if (mx_str_eq(number->name, name)) score = (struct mx_score){1, number->value};
    }
    if (!deeds->scores) st = mx_ask(customer->ctx, &mx_point_score, &ask, &score);
    if (st == MX_E_BAD_INPUT) luaL_error(L, "there is no score '%s'", lua_tostring(L, 1));
    if (st < 0) customer->failed = st;
    if (st < 0) luaL_error(L, "the shop could not be asked");
    if (score.known)
        lua_pushinteger(L, score.value);
    else
        lua_pushnil(L);
}

static int customer_score(lua_State *L) {
    struct mx_str name = text_at(L, 1, "score", "score(\"affinity:brand:leaf\")");
    struct script_customer *customer = script_customer_now(L);
    if (name.len < 1 || name.len > 80) return luaL_error(L, "the name of a score has 1 to 80 bytes");
    script_charge(L, READ_COST * SCRIPT_BYTES_A_STEP);
    push_score(L, customer, name);
    return 1;
}

static void push_traits(lua_State *L, struct script_customer *customer) {
    const struct script_deeds *deeds = deeds_in(customer);
    uint32_t i;
    lua_newtable(L);
    for (i = 0; deeds->traits && i < deeds->traits->count; i++) {
        const struct mx_pair *pair = mx_list_at(deeds->traits, i);
        lua_pushlstring(L, pair->key.ptr, pair->key.len);
        lua_pushlstring(L, pair->value.ptr ? pair->value.ptr : "", pair->value.len);
        lua_rawset(L, -3);
    }
    script_freeze(L, -1);
    lua_remove(L, -2);
}

static void push_did(lua_State *L, struct script_customer *customer) {
    (void)customer;
    lua_pushcfunction(L, customer_did);
}
static void push_dwell(lua_State *L, struct script_customer *customer) {
    (void)customer;
    lua_pushcfunction(L, customer_dwell);
}
static void push_asked(lua_State *L, struct script_customer *customer) {
    (void)customer;
    lua_pushcfunction(L, customer_asked);
}
static void push_path(lua_State *L, struct script_customer *customer) {
    (void)customer;
    lua_pushcfunction(L, customer_path);
}
static void push_score_fn(lua_State *L, struct script_customer *customer) {
    (void)customer;
    lua_pushcfunction(L, customer_score);
}

const struct script_customer_extra script_tag_fields[] = {{"did", push_did},   {"dwell", push_dwell},    {"asked", push_asked},
                                                          {"path", push_path}, {"score", push_score_fn}, {"traits", push_traits},
                                                          {NULL, NULL}};
