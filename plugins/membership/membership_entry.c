/* The ledger of counters: adding to it, and windows of it. Each entry carries the sum up to itself, so that a window is read from its two
 * ends however many entries lie between. */
#include "merx/money.h"

#include "counts.h"

const struct mx_table membership_entries = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "membership.entry",
    .doc = "what is counted of members, entry by entry",
    .type = &membership_entry_type,
    .key = "member name at source",
};

static int is_behind(const struct membership_entry *entry, int64_t at, struct mx_str source) {
    return entry->at != at ? entry->at > at : mx_str_cmp(entry->source, source) > 0;
}

/* Where an entry comes to stand. */
struct place {
    struct membership_entry *before;  /* the last one not behind it; NULL: none */
    struct membership_entry **behind; /* newest first */
    uint32_t count;
};

static void note_behind(struct mx_ctx *ctx, struct place *place, struct membership_entry *entry) {
    if (!place->behind) place->behind = mx_alloc(ctx, MEMBERSHIP_LATE_MAX * sizeof(*place->behind));
    place->behind[place->count++] = entry;
}

/* An entry that comes later than MEMBERSHIP_LATE_MAX others counts from the time of the oldest of these: the totals of all that lie
 * behind are written anew, and a command has its bounds. */
static void come_forward(struct place *place, struct membership_entry *entry) {
    entry->at = place->behind[place->count - 1]->at;
    while (place->count && !is_behind(place->behind[place->count - 1], entry->at, entry->source))
        place->before = place->behind[--place->count];
}

static mx_status find_place(struct mx_ctx *ctx, struct membership_entry *entry, struct place *place) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .reverse = 1};
    struct membership_entry *found = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_entries, &opts, entry, &scan);
    memset(place, 0, sizeof(*place));
    while (st == MX_OK && !place->before && (st = mx_scan_next(ctx, scan, &found)) == MX_OK) {
        if (is_behind(found, entry->at, entry->source))
            note_behind(ctx, place, found);
        else
            place->before = found;
        if (place->count == MEMBERSHIP_LATE_MAX) come_forward(place, entry);
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Each sum within bounds, before anything is written. */
static int sums_fit(const struct place *place, struct membership_entry *entry) {
    const struct membership_entry *before = place->before;
    int64_t delta = entry->delta, sum;
    uint32_t i;
    if (before && before->at == entry->at && mx_str_eq(before->source, entry->source) && !mx_add(before->delta, delta, &entry->delta))
        return 0;
    if (!mx_add(before ? before->total : 0, delta, &entry->total)) return 0;
    for (i = 0; i < place->count; i++)
        if (!mx_add(place->behind[i]->total, delta, &sum)) return 0;
    return 1;
}

mx_status membership_entry_add(struct mx_ctx *ctx, const struct membership_entry *entry, int64_t *total) {
    struct membership_entry fresh = *entry;
    struct place place;
    uint32_t i;
    mx_status st = find_place(ctx, &fresh, &place);
    if (st != MX_OK) return st;
    if (!sums_fit(&place, &fresh)) return MX_E_OUT_OF_RANGE;
    for (i = 0; st == MX_OK && i < place.count; i++) {
        place.behind[i]->total += entry->delta;
        st = mx_put(ctx, &membership_entries, place.behind[i]);
    }
    if (total) *total = place.count ? place.behind[0]->total : fresh.total;
    return st == MX_OK ? mx_put(ctx, &membership_entries, &fresh) : st;
}

static mx_status end_of(struct mx_ctx *ctx, const struct membership_entry *probe, int reverse, int from, struct membership_entry **entry) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .from = (uint8_t)from, .reverse = (uint8_t)reverse};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_entries, &opts, probe, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, entry);
    return st == MX_DONE ? MX_NONE : st;
}

mx_status membership_entry_sum(struct mx_ctx *ctx, struct mx_str member, struct mx_str name, const struct membership_window *window,
                               struct mx_count_answer *answer) {
    struct membership_entry probe = {.member = member, .name = name, .at = window->until - 1}, *first = NULL, *last = NULL;
    mx_status st;
    *answer = (struct mx_count_answer){0};
    st = end_of(ctx, &probe, 1, window->until > 0, &last);
    probe.at = window->from;
    if (st == MX_OK) st = end_of(ctx, &probe, 0, window->from > 0, &first);
    if (st != MX_OK) return st == MX_NONE ? membership_opening_sum(ctx, member, name, window, answer) : st;
    if (first->at > last->at) return MX_OK;
    answer->value = last->total - (first->total - first->delta);
    answer->oldest = first->at;
    return MX_OK;
}

mx_status membership_entry_total(struct mx_ctx *ctx, struct mx_str member, struct mx_str name, int64_t *total) {
    const struct membership_entry probe = {.member = member, .name = name};
    struct membership_entry *last = NULL;
    mx_status st = end_of(ctx, &probe, 1, 0, &last);
    *total = st == MX_OK ? last->total : 0;
    return st == MX_NONE ? MX_OK : st;
}

/* ---- names ---- */

/* The next name of this member that is `from` or behind it. */
static mx_status next_name(struct mx_ctx *ctx, struct mx_str member, struct mx_str from, struct mx_str *name) {
    struct membership_entry probe = {.member = member, .name = from}, *entry = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .from = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_entries, &opts, &probe, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &entry);
    if (st == MX_OK) *name = entry->name;
    return st == MX_DONE ? MX_NONE : st;
}

/* The least text behind `name`: no name holds a control character. */
static struct mx_str just_behind(struct mx_ctx *ctx, struct mx_str name) {
    char *text = mx_alloc(ctx, (size_t)name.len + 1);
    if (name.len) memcpy(text, name.ptr, name.len);
    text[name.len] = 1;
    return mx_str_n(text, name.len + 1);
}

static int begins(struct mx_str text, struct mx_str prefix) {
    return text.len >= prefix.len && (prefix.len == 0 || memcmp(text.ptr, prefix.ptr, prefix.len) == 0);
}

mx_status membership_entry_names(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str prefix, struct mx_str after,
                                 uint32_t most, struct mx_list *names) {
    struct mx_str *heads = mx_alloc(ctx, (members->count + 1) * sizeof(*heads)), *out, least;
    uint32_t i;
    mx_status st;
    *names = mx_list_new(ctx, most, sizeof(struct mx_str));
    names->count = 0;
    out = names->items;
    least = after.len && mx_str_cmp(after, prefix) >= 0 ? just_behind(ctx, after) : prefix;
    for (i = 0; i < members->count; i++) {
        st = next_name(ctx, mx_list_str(members, i), least, &heads[i]);
        if (st != MX_OK && st != MX_NONE) return st;
        if (st == MX_NONE || !begins(heads[i], prefix)) heads[i].len = 0;
    }
    while (names->count < most) {
        struct mx_str smallest = {NULL, 0};
        for (i = 0; i < members->count; i++)
            if (heads[i].len && (smallest.len == 0 || mx_str_cmp(heads[i], smallest) < 0)) smallest = heads[i];
        if (smallest.len == 0) break;
        out[names->count++] = smallest;
        least = just_behind(ctx, smallest);
        for (i = 0; i < members->count; i++) {
            if (!mx_str_eq(heads[i], smallest)) continue;
            st = next_name(ctx, mx_list_str(members, i), least, &heads[i]);
            if (st != MX_OK && st != MX_NONE) return st;
            if (st == MX_NONE || !begins(heads[i], prefix)) heads[i].len = 0;
        }
    }
    return MX_OK;
}
