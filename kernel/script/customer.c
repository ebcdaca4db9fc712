/* The customer as functions of rules see her. */
#include "script/customer.h"
#include "base/text.h"

int64_t script_customer_at(const struct script_customer *customer) {
    if (customer->at) return customer->at;
    return customer->ctx->expiry_ms ? customer->ctx->expiry_ms : customer->ctx->now_ms;
}

void script_customer_review(struct script_customer *customer, int64_t at) {
    if (at > script_customer_at(customer) && (customer->review_at == 0 || at < customer->review_at)) customer->review_at = at;
}

const char *script_counter_wrong(struct mx_str name, int distinct) {
    uint32_t i;
    int keyed = name.len > 2 && name.ptr[name.len - 1] == '*' && name.ptr[name.len - 2] == ':';
    if (name.len < 1 || name.len > MX_COUNTER_MAX) return "the name of a counter has 1 to 64 bytes";
    if (distinct && !keyed) return "distinct counts the keys of a counter like \"class:*\"";
    for (i = 0; i < name.len - (keyed ? 1u : 0u); i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c <= ' ' || c == '*' || c == 0x7f) return "the name of a counter has no spaces, and * only at the end behind a colon";
    }
    return NULL;
}

/* ---- entries that a test says ---- */

/* "class:*" is every "class:..." */
static int counts(struct mx_str asked, struct mx_str name) {
    uint32_t stem = asked.len - 1;
    if (asked.len == 0 || asked.ptr[stem] != '*') return mx_str_eq(asked, name);
    return name.len > stem && memcmp(asked.ptr, name.ptr, stem) == 0;
}

static const struct script_entry *entry_in(const struct script_customer *customer, const struct mx_count_ask *ask, uint32_t i) {
    const struct script_entry *entry = mx_list_at(customer->entries, i);
    return counts(ask->name, entry->name) && entry->at >= ask->from && (!ask->until || entry->at < ask->until) ? entry : NULL;
}

/* 1 when the entry is the first one of its name and all of that name come to more than nothing. */
static int is_key(const struct script_customer *customer, const struct mx_count_ask *ask, uint32_t at) {
    const struct script_entry *first = entry_in(customer, ask, at), *entry;
    int64_t sum = 0;
    uint32_t i;
    for (i = 0; i < customer->entries->count; i++) {
        if ((entry = entry_in(customer, ask, i)) == NULL || !mx_str_eq(entry->name, first->name)) continue;
        if (i < at) return 0;
        sum += entry->delta;
    }
    return sum > 0;
}

static void count_entries(const struct script_customer *customer, const struct mx_count_ask *ask, struct mx_count_answer *answer) {
    const struct script_entry *entry;
    uint32_t i;
    memset(answer, 0, sizeof(*answer));
    for (i = 0; i < customer->entries->count; i++) {
        if ((entry = entry_in(customer, ask, i)) == NULL) continue;
        answer->value += ask->distinct ? is_key(customer, ask, i) : entry->delta;
        if (answer->oldest == 0 || entry->at < answer->oldest) answer->oldest = entry->at;
    }
}

/* ---- counting ---- */

static const struct mx_counter *known_sum(const struct script_customer *customer, struct mx_str name) {
    uint32_t i;
    for (i = 0; customer->counters && i < customer->counters->count; i++) {
        const struct mx_counter *counter = mx_list_at(customer->counters, i);
        if (mx_str_eq(counter->name, name)) return counter;
    }
    return NULL;
}

static struct script_count *read_before(struct script_customer *customer, const struct script_count *wanted) {
    uint32_t i;
    for (i = 0; i < customer->read_count; i++) {
        struct script_count *read = &customer->reads[i];
        if (read->days == wanted->days && read->distinct == wanted->distinct && mx_str_eq(read->name, wanted->name)) return read;
    }
    return NULL;
}

static mx_status ask_shop(struct script_customer *customer, const struct mx_count_ask *ask, struct mx_count_answer *answer) {
    mx_status st;
    memset(answer, 0, sizeof(*answer));
    st = mx_ask(customer->ctx, &mx_point_count, ask, answer);
    return st == MX_DECLINED ? MX_OK : st;
}

mx_status script_customer_count(struct script_customer *customer, struct mx_str name, int64_t days, int distinct, int64_t *value,
                                int64_t *leaves) {
    struct script_count wanted = {name, days, distinct, 0, 0}, *before = read_before(customer, &wanted);
    const struct mx_counter *sum = days || distinct ? NULL : known_sum(customer, name);
    struct mx_count_ask ask = {.members = customer->members, .name = name, .distinct = (uint8_t)distinct};
    struct mx_count_answer answer;
    mx_status st = MX_OK;
    if (before || sum) {
        *value = before ? before->value : sum->value;
        if (leaves) *leaves = before ? before->leaves : 0;
        return MX_OK;
    }
    if (ask.members.count == 0) ask.members = (struct mx_list){&customer->id, 1, sizeof(customer->id)};
    if (days) ask.from = script_customer_at(customer) - days * SCRIPT_DAY_MS + 1;
    if (customer->at) ask.until = customer->at + 1;
    if (customer->entries)
        count_entries(customer, &ask, &answer);
    else
        st = ask_shop(customer, &ask, &answer);
    if (st != MX_OK) return customer->failed = st;
    if (days && answer.oldest) wanted.leaves = answer.oldest + days * SCRIPT_DAY_MS;
    if (customer->read_count < SCRIPT_READS_MAX) {
        wanted.name = mx_dup(customer->ctx, name);
        wanted.value = answer.value;
        customer->reads[customer->read_count++] = wanted;
    }
    *value = answer.value;
    if (leaves) *leaves = wanted.leaves;
    return MX_OK;
}

/* ---- in Lua ---- */

struct script_customer *script_customer_now(lua_State *L) {
    struct script_customer *customer = script_state_of(L)->customer;
    if (customer == NULL) luaL_error(L, "there is no customer here");
    return customer;
}

static int count_in_lua(lua_State *L, int distinct) {
    struct script_customer *customer = script_customer_now(L);
    const char *word = distinct ? "distinct" : "count", *wrong;
    lua_Integer days = 0;
    int64_t value = 0, leaves = 0;
    struct mx_str name;
    size_t len;
    if (lua_type(L, 1) != LUA_TSTRING) return luaL_error(L, "%s takes the name of a counter and days, like %s(\"visits\", 90)", word, word);
    name.ptr = lua_tolstring(L, 1, &len);
    name.len = len > MX_COUNTER_MAX ? MX_COUNTER_MAX + 1 : (uint32_t)len;
    wrong = script_counter_wrong(name, distinct);
    if (wrong) return luaL_error(L, "%s: %s", word, wrong);
    if (!lua_isnoneornil(L, 2)) {
        if (!lua_isinteger(L, 2)) return luaL_error(L, "%s: days must be a whole number", word);
        days = lua_tointeger(L, 2);
        if (days < 1 || days > SCRIPT_DAYS_MAX) return luaL_error(L, "%s: days are 1 to %d", word, SCRIPT_DAYS_MAX);
    }
    script_charge(L, SCRIPT_COUNT_COST * SCRIPT_BYTES_A_STEP);
    if (script_customer_count(customer, name, days, distinct, &value, &leaves) != MX_OK)
        return luaL_error(L, "the shop could not be asked");
    script_customer_review(customer, leaves);
    lua_pushinteger(L, value);
    return 1;
}

static int customer_count(lua_State *L) { return count_in_lua(L, 0); }
static int customer_distinct(lua_State *L) { return count_in_lua(L, 1); }

static void push_text(lua_State *L, struct mx_str text) { lua_pushlstring(L, text.ptr ? text.ptr : "", text.len); }
static void push_id(lua_State *L, struct script_customer *customer) { push_text(L, customer->id); }
static void push_tier(lua_State *L, struct script_customer *customer) { push_text(L, customer->tier); }
static void push_time(lua_State *L, struct script_customer *customer, int64_t at) {
    if (at)
        script_time_push(L, customer->ctx, at);
    else
        lua_pushnil(L);
}
static void push_since(lua_State *L, struct script_customer *customer) { push_time(L, customer, customer->since); }
static void push_joined(lua_State *L, struct script_customer *customer) { push_time(L, customer, customer->joined_at); }
static void push_now(lua_State *L, struct script_customer *customer) { push_time(L, customer, script_customer_at(customer)); }
static void push_count(lua_State *L, struct script_customer *customer) {
    (void)customer;
    lua_pushcfunction(L, customer_count);
}
static void push_distinct(lua_State *L, struct script_customer *customer) {
    (void)customer;
    lua_pushcfunction(L, customer_distinct);
}

static const struct script_customer_extra own_fields[] = {
    {"id", push_id},   {"tier", push_tier},   {"since", push_since},       {"joined", push_joined},
    {"now", push_now}, {"count", push_count}, {"distinct", push_distinct}, {NULL, NULL}};

static int push_extra(lua_State *L, struct script_customer *customer, const struct script_customer_extra *extra, const char *name) {
    for (; extra && extra->name; extra++) {
        if (strcmp(extra->name, name) != 0) continue;
        extra->push(L, customer);
        return 1;
    }
    return 0;
}

/* Raise for a field that she has not, with the one that was most likely meant. */
static int complain(lua_State *L, const struct script_customer *customer, const char *name) {
    const char *known[SCRIPT_READS_MAX + 32], *near;
    const struct script_customer_extra *extra;
    uint32_t count = 0, i;
    for (extra = own_fields; extra->name; extra++) known[count++] = extra->name;
    for (extra = customer->extra; extra && extra->name && count < 24; extra++) known[count++] = extra->name;
    for (i = 0; customer->counters && i < customer->counters->count && i < SCRIPT_READS_MAX; i++) {
        const struct mx_counter *counter = mx_list_at(customer->counters, i);
        known[count++] = lua_pushlstring(L, counter->name.ptr, counter->name.len);
    }
    known[count] = NULL;
    near = script_nearest(name, known);
    if (near) return luaL_error(L, "the member has no '%s'; did you mean '%s'?", name, near);
    return luaL_error(L, "the member has no '%s'", name);
}

static int read_field(lua_State *L) {
    struct script_customer *customer = script_customer_now(L);
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    const struct mx_counter *sum = known_sum(customer, mx_str_of(name));
    if (sum)
        lua_pushinteger(L, sum->value);
    else if (!push_extra(L, customer, customer->extra, name) && !push_extra(L, customer, own_fields, name))
        return complain(L, customer, name);
    return 1;
}

static int refuse_change(lua_State *L) { return luaL_error(L, "this table can only be read here"); }

void script_customer_open(lua_State *L) {
    lua_createtable(L, 0, 0);
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, read_field);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, refuse_change);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_rawseti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_CUSTOMER);
}

void script_customer_push(lua_State *L) { lua_rawgeti(L, LUA_REGISTRYINDEX, SCRIPT_KEY_CUSTOMER); }

int script_customer_ask(struct script_state *state, struct script_rule *rule, struct script_customer *customer,
                        void (*fn)(lua_State *L, struct script_asking *asking), void *arg) {
    struct script_customer *before = state->customer;
    int done;
    state->customer = customer;
    done = script_ask(state, rule, fn, arg);
    state->customer = before;
    return done;
}
