/* every("15m" | "2h" | "day 03:00" | "monday 09:00", function(now, shop) ... end): at these times of the shop. */
#include "script/internal.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (INT64_C(24) * 60 * MINUTE_MS)

struct schedule {
    int64_t interval_ms; /* 0 = at a time of day */
    int32_t weekday;     /* 1 = Monday; 0 = each day */
    int32_t hour, minute;
};

static const char *const days[] = {"day", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", NULL};

/* Number of one or two digits up to `max` at *at, or -1. */
static int32_t read_number(const char **at, int32_t max) {
    int32_t value = 0, digits = 0;
    for (; **at >= '0' && **at <= '9' && digits < 4; ++*at, digits++) value = value * 10 + (**at - '0');
    return digits == 0 || value > max ? -1 : value;
}

static int read_interval(const char *text, struct schedule *out) {
    int32_t count = read_number(&text, 1440);
    if (count < 1 || (*text != 'm' && *text != 'h') || text[1] != '\0') return 0;
    out->interval_ms = count * (*text == 'h' ? 60 : 1) * MINUTE_MS;
    return out->interval_ms <= DAY_MS;
}

static int read_clock(const char *text, struct schedule *out) {
    int i;
    for (i = 0; days[i]; i++) {
        size_t len = strlen(days[i]);
        if (strncmp(text, days[i], len) != 0 || text[len] != ' ') continue;
        text += len + 1;
        out->weekday = i;
        if (text[0] == '\0' || text[1] == '\0' || text[2] != ':') return 0;
        out->hour = read_number(&text, 23);
        if (out->hour < 0 || *text++ != ':' || strlen(text) != 2) return 0;
        out->minute = read_number(&text, 59);
        return out->minute >= 0 && *text == '\0';
    }
    return 0;
}

void script_every_read(struct script_declaration *decl, struct mx_str head) {
    struct schedule *schedule = base_arena_alloc(decl->arena, sizeof(*schedule));
    if (!read_interval(head.ptr, schedule) && !read_clock(head.ptr, schedule))
        script_complain(&decl->reader, "'%s' is no time; write \"15m\", \"2h\" (up to a day), \"day 03:00\" or \"monday 09:00\"", head.ptr);
    decl->rule->own = schedule;
}

int64_t script_every_next(const struct script_rule *rule, const struct base_zone *zone, int64_t after_ms) {
    const struct schedule *schedule = rule->own;
    struct base_civil noon, day;
    int64_t noon_ms, at;
    int i;
    if (schedule->interval_ms) return (after_ms / schedule->interval_ms + 1) * schedule->interval_ms;
    base_civil_from_ms(zone, after_ms, &noon);
    noon.hour = 12;
    noon.minute = noon.second = noon.ms = 0;
    noon_ms = base_civil_to_ms(zone, &noon);
    for (i = 0; i < 9; i++) { /* from noon to noon, so that a day of 23 or 25 hours is one day */
        base_civil_from_ms(zone, noon_ms + i * DAY_MS, &day);
        if (schedule->weekday && day.weekday != schedule->weekday) continue;
        day.hour = schedule->hour;
        day.minute = schedule->minute;
        day.second = day.ms = 0;
        at = base_civil_to_ms(zone, &day);
        if (at > after_ms) return at;
    }
    return after_ms + DAY_MS;
}

void script_time_push(lua_State *L, struct mx_ctx *ctx, int64_t at_ms) {
    static const char *const fields[] = {"at", "year", "month", "day", "hour", "minute", "weekday"};
    const struct mx_shop *shop = mx_shop_of(ctx);
    struct base_civil local;
    int64_t values[7];
    int i;
    base_civil_from_ms(shop ? base_zone_get(shop->zone) : NULL, at_ms, &local);
    values[0] = at_ms;
    values[1] = local.year;
    values[2] = local.month;
    values[3] = local.day;
    values[4] = local.hour;
    values[5] = local.minute;
    values[6] = local.weekday;
    lua_createtable(L, 0, 7);
    lua_createtable(L, 0, 7);
    for (i = 0; i < 7; i++) {
        lua_pushinteger(L, values[i]);
        lua_setfield(L, -3, fields[i]);
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, fields[i]);
    }
    script_fields_meta(L, "the time", 0);
    lua_setmetatable(L, -2);
    script_freeze(L, -1);
    lua_remove(L, -2);
}

static void run_rule(lua_State *L, struct script_asking *asking) {
    struct script_tick *tick = asking->arg;
    script_push_function(L, asking, SCRIPT_FN_BODY);
    script_time_push(L, tick->run->ctx, tick->at_ms);
    script_shop_push(L);
    script_budget_begin(asking->state);
    lua_call(L, 2, 0);
}

int script_every_run(struct script_state *state, struct script_rule *rule, struct script_tick *tick) {
    struct script_run *outer = state->run;
    int done;
    state->run = tick->run;
    done = script_ask(state, rule, run_rule, tick);
    state->run = outer;
    return done;
}
