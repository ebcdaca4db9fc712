/* Whose day it is: birthdays by a blind index, anniversaries of joining by the time of it. */
#include "profile.h"

const struct mx_table membership_settings_table = {
    .size = sizeof(struct mx_table),
    .name = "membership.settings",
    .doc = "settings of membership",
    .type = &membership_settings_type,
    .key = "id",
};

mx_status membership_settings_read(struct mx_ctx *ctx, struct membership_settings *settings) {
    struct membership_settings probe = {.id = MX_STR_INIT("shop")}, *stored = NULL;
    mx_status st = mx_get(ctx, &membership_settings_table, &probe, &stored);
    *settings = st == MX_OK ? *stored : probe;
    if (settings->leap_day == 0) settings->leap_day = MEMBERSHIP_FEB28;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status settings_get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct membership_settings settings;
    mx_status st = membership_settings_read(ctx, &settings);
    (void)in;
    ((struct membership_settings_put *)out)->leap_day = settings.leap_day;
    return st;
}

static mx_status settings_put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_settings_put *request = in;
    struct membership_settings settings;
    mx_status st = membership_settings_read(ctx, &settings);
    if (st != MX_OK) return st;
    if (request->leap_day) settings.leap_day = request->leap_day;
    settings.rec.has = UINT64_MAX;
    ((struct membership_settings_put *)out)->leap_day = settings.leap_day;
    return mx_put(ctx, &membership_settings_table, &settings);
}

/* ---- occasions ---- */

#define YEARS_MAX 100

/* One day of birth, or one day on which people joined, whose day this is. */
struct slot {
    struct mx_str birthday;
    int64_t from, until; /* of joining */
};

struct slots {
    struct slot all[2 * YEARS_MAX];
    uint32_t count;
};

static void add_birthday(struct mx_ctx *ctx, struct slots *slots, int64_t month, int64_t day, int lunar) {
    slots->all[slots->count++] = (struct slot){.birthday = membership_day_text(ctx, month, day, lunar)};
}

static void add_joined(struct mx_ctx *ctx, struct slots *slots, int64_t year, int64_t month, int64_t day) {
    const struct mx_str shop = {NULL, 0};
    int64_t number = mx_day_number(year, (int32_t)month, (int32_t)day);
    slots->all[slots->count++] = (struct slot){.from = mx_day_begin(ctx, shop, number), .until = mx_day_begin(ctx, shop, number + 1)};
}

static mx_status find_slots(struct mx_ctx *ctx, const struct mx_occasions_ask *ask, struct slots *slots) {
    struct membership_settings settings;
    int64_t year;
    int stands_in; /* does this day stand in for 29 February? */
    mx_status st = membership_settings_read(ctx, &settings);
    if (st != MX_OK) return st;
    stands_in = !ask->lunar && !mx_is_leap_year(ask->year) &&
                (settings.leap_day == MEMBERSHIP_FEB28 ? ask->month == 2 && ask->day == 28 : ask->month == 3 && ask->day == 1);
    slots->count = 0;
    if (ask->occasion == MX_OCCASION_BIRTHDAY) {
        add_birthday(ctx, slots, ask->month, ask->day, ask->lunar);
        if (ask->lunar && ask->last && ask->day == 29) add_birthday(ctx, slots, ask->month, 30, 1);
        if (stands_in) add_birthday(ctx, slots, 2, 29, 0);
        return MX_OK;
    }
    for (year = ask->year - 1; year >= 1970 && year > ask->year - YEARS_MAX; year--) {
        if (ask->month != 2 || ask->day != 29 || mx_is_leap_year(year)) add_joined(ctx, slots, year, ask->month, ask->day);
        if (stands_in && mx_is_leap_year(year)) add_joined(ctx, slots, year, 2, 29);
    }
    return MX_OK;
}

struct page {
    const struct mx_occasions_ask *ask;
    struct mx_occasions *out;
    uint32_t limit;
    struct mx_str after; /* the store's own cursor */
};

/* A page goes over one slot after the other: its cursor is the number of the slot and the store's own. */
static void mark_next(struct mx_ctx *ctx, struct page *page, uint32_t slot, struct mx_str cursor) {
    char *text = mx_alloc(ctx, (size_t)cursor.len + 4);
    text[0] = (char)('0' + slot / 100);
    text[1] = (char)('0' + slot / 10 % 10);
    text[2] = (char)('0' + slot % 10);
    memcpy(text + 3, cursor.ptr, cursor.len);
    page->out->next = mx_str_n(text, cursor.len + 3);
}

static mx_status not_a_page(struct mx_ctx *ctx) {
    return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of a page of the same list.");
}

static int read_after(struct page *page, uint32_t *slot) {
    struct mx_str after = page->ask->after;
    uint32_t i;
    *slot = 0;
    if (after.len == 0) return 1;
    if (after.len < 4) return 0;
    for (i = 0; i < 3; i++) {
        if (after.ptr[i] < '0' || after.ptr[i] > '9') return 0;
        *slot = *slot * 10 + (uint32_t)(after.ptr[i] - '0');
    }
    page->after = mx_str_n(after.ptr + 3, after.len - 3);
    return 1;
}

/* 1: the page is full. */
static int add(struct mx_ctx *ctx, struct page *page, struct mx_str member) {
    *(struct mx_str *)mx_list_at(&page->out->members, page->out->members.count++) = mx_dup(ctx, member);
    return page->out->members.count == page->limit;
}

static mx_status walk_birthday(struct mx_ctx *ctx, struct page *page, const struct slots *slots, uint32_t slot) {
    struct membership_profile probe = {.birthday = slots->all[slot].birthday}, *profile = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .index = "birthday", .after = page->after, .keys_only = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_profiles, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return not_a_page(ctx);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &profile)) == MX_OK) {
        if (!add(ctx, page, profile->member)) continue;
        mark_next(ctx, page, slot, mx_scan_cursor(ctx, scan));
        return MX_DONE;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status walk_joined(struct mx_ctx *ctx, struct page *page, const struct slots *slots, uint32_t slot) {
    struct membership_member probe = {.joined_at = slots->all[slot].from}, *member = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .from = 1, .index = "joined", .after = page->after, .keys_only = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_members, &opts, &probe, &scan);
    if (st == MX_E_BAD_INPUT) return not_a_page(ctx);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &member)) == MX_OK) {
        if (member->joined_at >= slots->all[slot].until) return MX_OK;
        if (!add(ctx, page, member->id)) continue;
        mark_next(ctx, page, slot, mx_scan_cursor(ctx, scan));
        return MX_DONE;
    }
    return st == MX_DONE ? MX_OK : st;
}

static mx_status occasions_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_occasions_ask *ask = in;
    struct page page = {.ask = ask, .out = out, .limit = ask->limit ? (uint32_t)ask->limit : 200};
    struct slots *slots = mx_alloc(ctx, sizeof(*slots));
    uint32_t slot;
    mx_status st = find_slots(ctx, ask, slots);
    if (st != MX_OK) return st;
    if (!read_after(&page, &slot) || (slot && slot >= slots->count)) return not_a_page(ctx);
    page.out->members = mx_list_new(ctx, page.limit, sizeof(struct mx_str));
    page.out->members.count = 0;
    for (; st == MX_OK && slot < slots->count; slot++, page.after = (struct mx_str){NULL, 0})
        st = ask->occasion == MX_OCCASION_BIRTHDAY ? walk_birthday(ctx, &page, slots, slot) : walk_joined(ctx, &page, slots, slot);
    return st == MX_DONE ? MX_OK : st;
}

const struct mx_op membership_occasions_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY | MX_OP_INTERNAL,
    .name = "membership.occasions",
    .doc = "Whose birthday or day of joining it is.",
    .in = &mx_occasions_ask_type,
    .out = &mx_occasions_type,
    .handler = occasions_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op membership_settings_get_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.settings.get",
    .doc = "Show the settings of membership.",
    .permission = "members.read",
    .in = &membership_settings_ask_type,
    .out = &membership_settings_put_type,
    .handler = settings_get_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op membership_settings_put_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.settings.put",
    .doc = "Change the settings of membership.",
    .permission = "members.settings",
    .in = &membership_settings_put_type,
    .out = &membership_settings_put_type,
    .handler = settings_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
