/* What is missing for a tier, in English and Chinese. */
#include <stdio.h>

#include "tiers.h"

struct noun {
    const char *counter; /* "class:*": every key of it */
    const char *one, *many, *zh;
};

static const struct noun nouns[] = {
    {MEMBERSHIP_VISITS, "visit", "visits", "次到店"},
    {MEMBERSHIP_ORDERS, "order", "orders", "笔订单"},
    {"referrals", "friend brought along", "friends brought along", "位推荐的好友"},
    {"reviews", "review", "reviews", "条评价"},
    {"class:*", "class", "classes", "节课程"},
};

/* Of a counter with keys how many different ones. */
static const struct noun kinds[] = {
    {"class:*", "kind of class", "kinds of class", "种课程"},
    {"category:*", "category of goods", "categories of goods", "类商品"},
    {"brand:*", "brand", "brands", "个品牌"},
};

static const struct noun *find(const struct noun *table, size_t count, struct mx_str counter) {
    size_t i;
    for (i = 0; i < count; i++) {
        if (mx_str_is(counter, table[i].counter)) return &table[i];
    }
    return NULL;
}

static struct mx_str name_in(const struct mx_list *name, const char *language) {
    struct mx_str none = {NULL, 0};
    uint32_t i;
    for (i = 0; i < name->count; i++) {
        const struct mx_pair *pair = mx_list_at(name, i);
        if (mx_str_is(pair->key, language)) return pair->value;
    }
    return none;
}

/* "12.00", in the digits of the shop's currency. */
static void say_money(struct mx_ctx *ctx, int64_t minor, char *out, size_t size) {
    uint32_t digits = mx_shop_of(ctx)->digits, i;
    int64_t unit = 1;
    for (i = 0; i < digits; i++) unit *= 10;
    if (digits)
        snprintf(out, size, "%lld.%0*lld", (long long)(minor / unit), (int)digits, (long long)(minor % unit));
    else
        snprintf(out, size, "%lld", (long long)minor);
}

static int is_money(struct mx_str counter) {
    return mx_str_is(counter, MEMBERSHIP_SPENT) || (counter.len > 9 && memcmp(counter.ptr, MEMBERSHIP_CATEGORY, 9) == 0) ||
           (counter.len > 6 && memcmp(counter.ptr, MEMBERSHIP_BRAND, 6) == 0);
}

struct wording {
    char count[32];
    struct mx_str en, zh; /* what is counted */
};

static void find_words(struct mx_ctx *ctx, const struct mx_tier_missing *missing, struct wording *wording) {
    const struct noun *noun = missing->distinct ? find(kinds, sizeof(kinds) / sizeof(kinds[0]), missing->counter)
                                                : find(nouns, sizeof(nouns) / sizeof(nouns[0]), missing->counter);
    if (is_money(missing->counter) && !missing->distinct)
        say_money(ctx, missing->missing, wording->count, sizeof(wording->count));
    else
        snprintf(wording->count, sizeof(wording->count), "%lld", (long long)missing->missing);
    wording->en = name_in(&missing->name, "en");
    wording->zh = name_in(&missing->name, "zh");
    if (wording->en.len == 0) wording->en = noun ? mx_str_of(missing->missing == 1 ? noun->one : noun->many) : missing->counter;
    if (wording->zh.len == 0) wording->zh = noun ? mx_str_of(noun->zh) : name_in(&missing->name, "en");
    if (wording->zh.len == 0) wording->zh = missing->counter;
}

static struct mx_str in_english(struct mx_ctx *ctx, const struct mx_tier_missing *missing, const struct wording *wording) {
    char text[400], days[48] = "";
    if (missing->days) snprintf(days, sizeof(days), " within %lld day%s", (long long)missing->days, missing->days == 1 ? "" : "s");
    if (mx_str_is(missing->counter, MEMBERSHIP_SPENT) && missing->name.count == 0)
        snprintf(text, sizeof(text), "%s more spent%s", wording->count, days);
    else
        snprintf(text, sizeof(text), "%s more %.*s%s", wording->count, (int)wording->en.len, wording->en.ptr, days);
    return mx_dup(ctx, mx_str_of(text));
}

static struct mx_str in_chinese(struct mx_ctx *ctx, const struct mx_tier_missing *missing, const struct wording *wording) {
    char text[400], days[48] = "";
    if (missing->days) snprintf(days, sizeof(days), "%lld天内", (long long)missing->days);
    if (mx_str_is(missing->counter, MEMBERSHIP_SPENT) && missing->name.count == 0)
        snprintf(text, sizeof(text), "%s再消费%s", days, wording->count);
    else
        snprintf(text, sizeof(text), "%s还差%s%.*s", days, wording->count, (int)wording->zh.len, wording->zh.ptr);
    return mx_dup(ctx, mx_str_of(text));
}

static struct mx_list two_languages(struct mx_ctx *ctx, struct mx_str en, struct mx_str zh) {
    struct mx_list words = mx_list_new(ctx, 2, sizeof(struct mx_pair));
    *(struct mx_pair *)mx_list_at(&words, 0) = (struct mx_pair){MX_STR_INIT("en"), en};
    *(struct mx_pair *)mx_list_at(&words, 1) = (struct mx_pair){MX_STR_INIT("zh"), zh};
    return words;
}

struct mx_list membership_missing_in_words(struct mx_ctx *ctx, const struct mx_list *missing) {
    struct mx_list list = mx_list_new(ctx, missing->count, sizeof(struct membership_missing));
    uint32_t i;
    for (i = 0; i < missing->count; i++) {
        const struct mx_tier_missing *from = mx_list_at(missing, i);
        struct membership_missing *to = mx_list_at(&list, i);
        struct wording wording;
        find_words(ctx, from, &wording);
        to->counter = from->counter;
        to->days = from->days;
        to->distinct = from->distinct;
        to->needed = from->needed;
        to->have = from->have;
        to->missing = from->missing;
        to->words = two_languages(ctx, in_english(ctx, from, &wording), in_chinese(ctx, from, &wording));
    }
    return list;
}

/* "Gold: 7 more visits within 90 days; 2 more reviews" */
static struct mx_str sentence(struct mx_ctx *ctx, const struct mx_tier *next, const struct mx_list *missing, const char *language,
                              const char *colon, const char *between) {
    struct mx_str name = name_in(&next->name, language);
    char text[2000];
    size_t len;
    uint32_t i;
    if (name.len == 0) name = next->code;
    len = (size_t)snprintf(text, sizeof(text), "%.*s%s", (int)name.len, name.ptr, colon);
    for (i = 0; i < missing->count && len < sizeof(text); i++) {
        struct mx_str words = name_in(&((const struct membership_missing *)mx_list_at(missing, i))->words, language);
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s", i ? between : "", (int)words.len, words.ptr);
    }
    return len < sizeof(text) ? mx_dup(ctx, mx_str_n(text, len)) : name;
}

struct mx_list membership_next_in_words(struct mx_ctx *ctx, const struct mx_tier *next, const struct mx_list *missing) {
    if (next == NULL) return two_languages(ctx, mx_str_of("This is the highest tier."), mx_str_of("已是最高等级。"));
    if (missing->count == 0) {
        struct mx_list none = {NULL, 0, sizeof(struct membership_missing)};
        return two_languages(ctx, sentence(ctx, next, &none, "en", ": the shop decides by a rule of its own", ""),
                             sentence(ctx, next, &none, "zh", "：由店铺规则决定", ""));
    }
    return two_languages(ctx, sentence(ctx, next, missing, "en", ": ", "; "), sentence(ctx, next, missing, "zh", "：", "；"));
}
