/* Attributes of one customer who is known under several ids: of each the one that was said last counts, also when the last word was that
 * it is gone. Nothing is moved, so parted again each has her own. */
#include "profile.h"

/* Times as text, without zeros before them; nothing: before times were noted. */
static int is_later(struct mx_str one, struct mx_str other) {
    return one.len != other.len ? one.len > other.len : mx_str_cmp(one, other) > 0;
}

static struct membership_newest_one *place_of(struct membership_newest *newest, struct mx_str code) {
    uint32_t i = 0;
    while (i < newest->count && !mx_str_eq(newest->all[i].code, code)) i++;
    if (i == MEMBERSHIP_ATTRIBUTES_MAX) return NULL;
    if (i == newest->count) newest->all[newest->count++] = (struct membership_newest_one){.code = code};
    return &newest->all[i];
}

static struct mx_str value_of(const struct mx_list *map, struct mx_str code) {
    uint32_t i;
    for (i = 0; i < map->count; i++) {
        const struct mx_pair *pair = mx_list_at(map, i);
        if (mx_str_eq(pair->key, code)) return pair->value;
    }
    return (struct mx_str){NULL, 0};
}

static void look_at(struct membership_newest *newest, struct mx_str code, struct mx_str value, struct mx_str at) {
    struct membership_newest_one *one = place_of(newest, code);
    if (!one || (one->known && !is_later(at, one->at))) return;
    *one = (struct membership_newest_one){.code = code, .value = value, .at = at, .known = 1};
}

void membership_newest_add(struct membership_newest *newest, const struct mx_list *values, const struct mx_list *said) {
    uint32_t i;
    for (i = 0; i < values->count; i++) {
        const struct mx_pair *pair = mx_list_at(values, i);
        look_at(newest, pair->key, pair->value, value_of(said, pair->key));
    }
    for (i = 0; i < said->count; i++) {
        const struct mx_pair *pair = mx_list_at(said, i);
        if (value_of(values, pair->key).len == 0) look_at(newest, pair->key, (struct mx_str){NULL, 0}, pair->value);
    }
}

static mx_status add_open(struct mx_ctx *ctx, struct mx_str member, struct membership_newest *newest) {
    struct membership_trait probe = {.member = member}, *trait = NULL;
    mx_status st = mx_get(ctx, &membership_traits, &probe, &trait);
    if (st == MX_OK) membership_newest_add(newest, &trait->values, &trait->said);
    return st == MX_NONE ? MX_OK : st;
}

static mx_status add_sealed(struct mx_ctx *ctx, struct mx_str member, struct membership_newest *newest) {
    struct membership_profile probe = {.member = member}, *profile = NULL;
    mx_status st = mx_get(ctx, &membership_profiles, &probe, &profile);
    if (st == MX_OK) membership_newest_add(newest, &profile->attributes, &profile->said);
    return st == MX_NONE || st == MX_E_ERASED ? MX_OK : st;
}

struct mx_list membership_newest_list(struct mx_ctx *ctx, const struct membership_newest *newest) {
    struct mx_list values = mx_list_new(ctx, newest->count, sizeof(struct mx_pair));
    uint32_t count = 0, i;
    for (i = 0; i < newest->count; i++)
        if (newest->all[i].value.len)
            *(struct mx_pair *)mx_list_at(&values, count++) = (struct mx_pair){newest->all[i].code, newest->all[i].value};
    values.count = count;
    membership_sort_pairs(&values);
    return values;
}

static mx_status gather(struct mx_ctx *ctx, const struct membership_customer *customer,
                        mx_status (*add)(struct mx_ctx *, struct mx_str, struct membership_newest *), struct mx_list *values) {
    struct membership_newest *newest = mx_alloc(ctx, sizeof(*newest));
    mx_status st = MX_OK;
    uint32_t i;
    for (i = 0; st == MX_OK && i < customer->members.count; i++) st = add(ctx, mx_list_str(&customer->members, i), newest);
    if (st == MX_OK) *values = membership_newest_list(ctx, newest);
    return st;
}

mx_status membership_traits_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *values) {
    return gather(ctx, customer, add_open, values);
}

mx_status membership_sealed_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_list *values) {
    return gather(ctx, customer, add_sealed, values);
}
