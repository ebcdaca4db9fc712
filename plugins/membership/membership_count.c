/* What is counted of a member from her orders and returns. */
#include "merx/money.h"

#include "tiers.h"

/* Sums that an earlier version left and nobody has entered yet. MX_NONE: there are none. */
static mx_status find_opening(struct mx_ctx *ctx, struct mx_str member, struct membership_counter **opening) {
    struct membership_counter probe = {.member = member};
    return mx_get(ctx, &membership_counters, &probe, opening);
}

mx_status membership_counters_of(struct mx_ctx *ctx, struct mx_str member, struct membership_counter *out) {
    struct membership_counter *opening = NULL;
    mx_status st = find_opening(ctx, member, &opening);
    if (st != MX_NONE) {
        if (st == MX_OK) *out = *opening;
        return st;
    }
    *out = (struct membership_counter){.member = member};
    st = membership_entry_total(ctx, member, mx_str_of(MEMBERSHIP_SPENT), &out->spent_minor);
    if (st == MX_OK) st = membership_entry_total(ctx, member, mx_str_of(MEMBERSHIP_ORDERS), &out->orders);
    if (st == MX_OK) st = membership_entry_total(ctx, member, mx_str_of(MEMBERSHIP_VISITS), &out->visits);
    return st;
}

struct mx_list membership_list_counters(struct mx_ctx *ctx, const struct membership_counter *counter) {
    struct mx_list list = mx_list_new(ctx, 3, sizeof(struct mx_counter));
    struct mx_counter *one = list.items;
    one[0] = (struct mx_counter){.name = MX_STR_INIT(MEMBERSHIP_SPENT), .value = counter->spent_minor};
    one[1] = (struct mx_counter){.name = MX_STR_INIT(MEMBERSHIP_ORDERS), .value = counter->orders};
    one[2] = (struct mx_counter){.name = MX_STR_INIT(MEMBERSHIP_VISITS), .value = counter->visits};
    return list;
}

/* ---- sums that are older than the entries ---- */

static mx_status joined_at(struct mx_ctx *ctx, struct mx_str id, int64_t *at) {
    struct membership_member probe = {.id = id}, *member = NULL;
    mx_status st = mx_get(ctx, &membership_members, &probe, &member);
    *at = st == MX_OK ? member->joined_at : 0;
    return st == MX_NONE ? MX_OK : st;
}

mx_status membership_opening_sum(struct mx_ctx *ctx, struct mx_str member, struct mx_str name, const struct membership_window *window,
                                 struct mx_count_answer *answer) {
    int is_orders = mx_str_is(name, MEMBERSHIP_ORDERS), is_spent = mx_str_is(name, MEMBERSHIP_SPENT);
    struct membership_counter *opening = NULL;
    int64_t value, at;
    mx_status st;
    if (!is_orders && !is_spent) return MX_OK;
    st = find_opening(ctx, member, &opening);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    value = is_orders ? opening->orders : opening->spent_minor;
    if (value == 0) return MX_OK;
    st = joined_at(ctx, member, &at);
    if (st != MX_OK || at < window->from || (window->until && at >= window->until)) return st;
    *answer = (struct mx_count_answer){.value = value, .oldest = at};
    return MX_OK;
}

static mx_status enter(struct mx_ctx *ctx, struct membership_entry *entry, const char *name, int64_t delta) {
    mx_status st;
    entry->name = mx_str_of(name);
    entry->delta = delta;
    if (delta == 0) return MX_OK;
    st = membership_entry_add(ctx, entry, NULL);
    return st == MX_E_OUT_OF_RANGE ? MX_OK : st; /* nobody has spent so much */
}

mx_status membership_enter_opening(struct mx_ctx *ctx, struct mx_str member) {
    struct membership_entry entry = {.member = member, .source = MX_STR_INIT("opening")};
    struct membership_counter *opening = NULL, sums;
    mx_status st = find_opening(ctx, member, &opening);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    sums = *opening;
    st = mx_delete(ctx, &membership_counters, opening);
    if (st == MX_OK) st = joined_at(ctx, member, &entry.at);
    if (st == MX_OK) st = enter(ctx, &entry, MEMBERSHIP_ORDERS, sums.orders);
    return st == MX_OK ? enter(ctx, &entry, MEMBERSHIP_SPENT, sums.spent_minor) : st;
}

/* ---- orders and returns ---- */

/* What the goods of one order or return add to counters with a key; each counter once, however many rows speak of it. */
struct keyed {
    const char *kind;
    struct mx_str key;
    int64_t delta;
};

struct sums {
    struct keyed *all;
    uint32_t count;
};

static void sum_up(struct sums *sums, const char *kind, struct mx_str key, int64_t delta) {
    uint32_t i;
    if (key.len == 0) return;
    for (i = 0; i < sums->count; i++) {
        struct keyed *one = &sums->all[i];
        if (one->kind != kind || !mx_str_eq(one->key, key)) continue;
        if (!mx_add(one->delta, delta, &one->delta)) one->delta = 0; /* nobody has bought so much */
        return;
    }
    sums->all[sums->count++] = (struct keyed){kind, key, delta};
}

static mx_status enter_keyed(struct mx_ctx *ctx, struct membership_entry *entry, const struct keyed *keyed) {
    size_t kind_len = strlen(keyed->kind);
    char *name = mx_alloc(ctx, kind_len + keyed->key.len + 1);
    memcpy(name, keyed->kind, kind_len);
    memcpy(name + kind_len, keyed->key.ptr, keyed->key.len);
    return enter(ctx, entry, name, keyed->delta);
}

/* sign: 1 for goods that go, -1 for goods that come back. */
static mx_status enter_goods(struct mx_ctx *ctx, struct membership_entry *entry, const struct mx_list *goods, int64_t sign) {
    static const char category[] = MEMBERSHIP_CATEGORY, pieces[] = MEMBERSHIP_PIECES, brand[] = MEMBERSHIP_BRAND;
    struct sums sums = {mx_alloc(ctx, (goods->count * (size_t)3 + 1) * sizeof(struct keyed)), 0};
    uint32_t i;
    mx_status st = MX_OK;
    for (i = 0; i < goods->count; i++) {
        const struct mx_order_goods *one = mx_list_at(goods, i);
        sum_up(&sums, category, one->category, sign * one->amount);
        sum_up(&sums, pieces, one->category, sign * one->pieces);
        sum_up(&sums, brand, one->brand, sign * one->amount);
    }
    for (i = 0; st == MX_OK && i < sums.count; i++) st = enter_keyed(ctx, entry, &sums.all[i]);
    return st;
}

struct moved {
    int64_t spent_minor, orders, visits;
};

static mx_status count(struct mx_ctx *ctx, struct membership_entry *entry, const struct moved *moved, const struct mx_list *goods,
                       int64_t sign) {
    mx_status st = membership_enter_opening(ctx, entry->member);
    if (st == MX_OK) st = enter(ctx, entry, MEMBERSHIP_ORDERS, moved->orders);
    if (st == MX_OK) st = enter(ctx, entry, MEMBERSHIP_SPENT, moved->spent_minor);
    if (st == MX_OK) st = enter(ctx, entry, MEMBERSHIP_VISITS, moved->visits);
    if (st == MX_OK) st = enter_goods(ctx, entry, goods, sign);
    return st;
}

mx_status membership_hear_paid(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct mx_order_paid *paid = data;
    struct membership_entry entry = {.member = paid->member, .at = paid->at ? paid->at : ctx->now_ms, .source = paid->order};
    struct moved moved = {.spent_minor = paid->total, .orders = 1};
    int first = 0;
    mx_status st;
    (void)event;
    if (paid->member.len == 0) return MX_OK;
    st = membership_visit_note(ctx, paid, entry.at, &first);
    moved.visits = first;
    if (st == MX_OK) st = count(ctx, &entry, &moved, &paid->goods, 1);
    return st == MX_OK ? membership_renew_tier(ctx, entry.member) : st;
}

/* What comes back is taken back from the id for which it was counted, whoever brings it. */
static mx_status find_counted(struct mx_ctx *ctx, struct mx_order_returned *returned) {
    struct membership_visit *visit = NULL;
    mx_status st = MX_NONE;
    uint32_t i;
    for (i = 0; st == MX_NONE && i < returned->orders.count; i++) st = membership_visit_of(ctx, mx_list_str(&returned->orders, i), &visit);
    if (st == MX_OK) returned->member = visit->member;
    return st == MX_NONE ? MX_OK : st;
}

/* With the rest (sum), or under another id of hers. */
static mx_status move(struct mx_ctx *ctx, const struct membership_entry *entry, struct mx_str whose, const char *name, int64_t delta,
                      int64_t *sum) {
    struct membership_entry other = *entry;
    mx_status st;
    if (whose.len == 0) return MX_OK;
    if (mx_str_eq(whose, entry->member)) {
        *sum += delta;
        return MX_OK;
    }
    other.member = whose;
    st = membership_enter_opening(ctx, whose);
    return st == MX_OK ? enter(ctx, &other, name, delta) : st;
}

/* The order and its visit go where they were counted; of an order from before visits were noted nobody knows where. */
static mx_status take_order_back(struct mx_ctx *ctx, const struct membership_entry *entry, struct mx_str order, struct moved *moved) {
    struct membership_visit_back back;
    mx_status st = membership_visit_take_back(ctx, order, &back);
    if (st == MX_OK && back.was) st = move(ctx, entry, back.whose.len ? back.whose : entry->member, MEMBERSHIP_ORDERS, -1, &moved->orders);
    if (st == MX_OK) st = move(ctx, entry, back.from, MEMBERSHIP_VISITS, -1, &moved->visits);
    return st == MX_OK ? move(ctx, entry, back.to, MEMBERSHIP_VISITS, 1, &moved->visits) : st;
}

mx_status membership_hear_returned(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct mx_order_returned returned = *(const struct mx_order_returned *)data;
    struct membership_entry entry = {.at = returned.at ? returned.at : ctx->now_ms, .source = returned.return_id};
    struct moved moved = {.spent_minor = -returned.refund};
    mx_status st;
    uint32_t i;
    (void)event;
    if (returned.member.len == 0) return MX_OK;
    if ((st = find_counted(ctx, &returned)) != MX_OK) return st;
    entry.member = returned.member;
    for (i = 0; returned.whole && i < returned.orders.count; i++) {
        st = take_order_back(ctx, &entry, mx_list_str(&returned.orders, i), &moved);
        if (st != MX_OK) return st;
    }
    st = count(ctx, &entry, &moved, &returned.goods, -1);
    return st == MX_OK ? membership_tier_returned(ctx, &returned) : st;
}
