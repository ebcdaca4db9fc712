/* Attributes: what the shop itself wants to know of its members, each with a kind, and whether it is sealed. */
#include <stdio.h>
#include <stdlib.h>

#include "merx/text.h"
#include "profile.h"

const struct mx_table membership_attributes = {
    .size = sizeof(struct mx_table),
    .name = "membership.attribute",
    .doc = "what the shop wants to know of members",
    .type = &membership_attribute_type,
    .key = "code",
};

/* ---- defining them ---- */

static mx_status check_words(struct mx_ctx *ctx, const struct membership_attribute_put *request) {
    char field[32];
    uint32_t i, k;
    if (request->kind != MEMBERSHIP_CHOICE && request->words.count)
        return mx_fail(ctx, MX_E_BAD_INPUT, "words", "Only a choice has words to choose from.");
    if (request->kind == MEMBERSHIP_CHOICE && request->words.count < 2)
        return mx_fail(ctx, MX_E_MISSING_FIELD, "words", "A choice needs at least two words to choose from.");
    for (i = 0; i < request->words.count; i++) {
        struct mx_str word = mx_list_str(&request->words, i);
        snprintf(field, sizeof(field), "words[%u]", (unsigned)i);
        if (mx_str_is_blank(word) || word.len > MEMBERSHIP_VALUE_MAX)
            return mx_fail(ctx, MX_E_OUT_OF_RANGE, field, "A word has 1 to %d bytes, and more than spaces.", MEMBERSHIP_VALUE_MAX);
        for (k = 0; k < i; k++)
            if (mx_str_eq(mx_list_str(&request->words, k), word))
                return mx_fail(ctx, MX_E_BAD_INPUT, field, "This word stands here twice.");
    }
    return MX_OK;
}

static void show(const struct membership_attribute *attribute, struct membership_attribute_put *out) {
    *out = (struct membership_attribute_put){.code = attribute->code,
                                             .name = attribute->name,
                                             .kind = attribute->kind,
                                             .words = attribute->words,
                                             .personal = attribute->personal,
                                             .purpose = attribute->purpose,
                                             .off = attribute->off};
}

/* A member has at most so many, so the shop has at most so many. */
static mx_status demand_room(struct mx_ctx *ctx) {
    struct membership_attribute *one = NULL;
    struct mx_scan *scan = NULL;
    uint32_t count = 0;
    mx_status st = mx_scan_open(ctx, &membership_attributes, NULL, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &one)) == MX_OK) count++;
    if (st != MX_DONE) return st;
    if (count < MEMBERSHIP_ATTRIBUTES_MAX) return MX_OK;
    return mx_refuse(ctx, "too_many_attributes", "code", "A shop has at most %d attributes.", MEMBERSHIP_ATTRIBUTES_MAX);
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_attribute_put *request = in;
    struct membership_attribute probe = {.code = request->code}, *known = NULL;
    struct membership_attribute_one *answer = out;
    mx_status st;
    if (!membership_is_code(request->code))
        return mx_fail(ctx, MX_E_BAD_INPUT, "code", "The code of an attribute has letters a-z, digits, underscores and dashes.");
    st = check_words(ctx, request);
    if (st != MX_OK) return st;
    st = mx_get(ctx, &membership_attributes, &probe, &known);
    if (st == MX_NONE && (st = demand_room(ctx)) == MX_OK) known = &probe;
    if (st != MX_OK) return st;
    if (known->rec.rev && (known->kind != request->kind || known->personal != request->personal))
        return mx_refuse(ctx, "attribute_in_use", known->kind != request->kind ? "kind" : "personal",
                         "What was written under this code would mean something else; take a new code.");
    known->name = request->name;
    known->kind = request->kind;
    known->words = request->words;
    known->personal = request->personal;
    known->purpose =
        request->purpose.len ? request->purpose : mx_str_of(request->personal ? MX_PURPOSE_SERVICE : MX_PURPOSE_PERSONALISATION);
    known->off = request->off;
    known->rec.has = UINT64_MAX;
    if ((st = mx_put(ctx, &membership_attributes, known)) != MX_OK) return st;
    answer->attribute = mx_alloc(ctx, sizeof(*answer->attribute));
    show(known, answer->attribute);
    return MX_OK;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_attributes_ask *ask = in;
    struct membership_attributes_page *page = out;
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : MEMBERSHIP_PAGE, count = 0;
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = ask->after};
    struct membership_attribute *one = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &membership_attributes, &opts, NULL, &scan);
    if (st == MX_E_BAD_INPUT) return mx_fail(ctx, MX_E_BAD_INPUT, "after", "This is not the `next` of a page of the same list.");
    page->attributes = mx_list_new(ctx, limit, sizeof(struct membership_attribute_put));
    while (st == MX_OK && count < limit) {
        st = mx_scan_next(ctx, scan, &one);
        if (st == MX_OK) show(one, mx_list_at(&page->attributes, count++));
    }
    page->attributes.count = count;
    if (st == MX_OK) {
        struct mx_str cursor = mx_scan_cursor(ctx, scan);
        st = mx_scan_next(ctx, scan, &one);
        if (st == MX_OK) page->next = cursor;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* ---- values ---- */

static int is_integer(struct mx_str value) {
    uint32_t i = value.len > 1 && value.ptr[0] == '-';
    uint32_t first = i;
    for (; i < value.len; i++)
        if (value.ptr[i] < '0' || value.ptr[i] > '9') return 0;
    return value.len > first && value.len - first <= 15 && (value.ptr[first] != '0' || value.len - first == 1);
}

static int is_date(struct mx_str value) {
    struct membership_birth day;
    if (value.len != 10 || !membership_birth_read(value, &day)) return 0;
    return day.month >= 1 && day.month <= 12 && day.day >= 1 && day.day <= membership_days_of(&day);
}

static int has_word(const struct mx_list *words, struct mx_str value) {
    uint32_t i;
    for (i = 0; i < words->count; i++)
        if (mx_str_eq(mx_list_str(words, i), value)) return 1;
    return 0;
}

static const char *what_is_wrong(const struct membership_attribute *attribute, struct mx_str value) {
    switch (attribute->kind) {
    case MEMBERSHIP_TEXT:
        return mx_str_is_blank(value) ? "A text has more than spaces." : NULL;
    case MEMBERSHIP_INT:
        return is_integer(value) ? NULL : "This must be a whole number.";
    case MEMBERSHIP_BOOL:
        return mx_str_is(value, "true") || mx_str_is(value, "false") ? NULL : "This must be true or false.";
    case MEMBERSHIP_DATE:
        return is_date(value) ? NULL : "This must be a date: year-month-day, with all digits.";
    default:
        return has_word(&attribute->words, value) ? NULL : "This is none of the words to choose from.";
    }
}

static mx_status check_value(struct mx_ctx *ctx, const struct mx_pair *pair, struct membership_attribute **attribute) {
    struct membership_attribute probe = {.code = pair->key};
    char field[64];
    const char *wrong = NULL;
    mx_status st;
    snprintf(field, sizeof(field), "attributes.%.32s", pair->key.len && pair->key.len <= 32 ? mx_dup(ctx, pair->key).ptr : "?");
    st = mx_get(ctx, &membership_attributes, &probe, attribute);
    if (st == MX_NONE || (st == MX_OK && (*attribute)->off && pair->value.len))
        return mx_fail(ctx, MX_E_BAD_INPUT, field, "This shop has no such attribute.");
    if (st != MX_OK || pair->value.len == 0) return st;
    if (pair->value.len > MEMBERSHIP_VALUE_MAX) wrong = "A value has at most 200 bytes.";
    if (!wrong) wrong = what_is_wrong(*attribute, pair->value);
    if (!wrong && (*attribute)->kind == MEMBERSHIP_TEXT && mx_looks_like_pan(pair->value))
        return mx_fail(ctx, MX_E_CARD_NUMBER, field, "This looks like the number of a payment card; such numbers are not kept here.");
    return wrong ? mx_fail(ctx, MX_E_BAD_INPUT, field, "%s", wrong) : MX_OK;
}

static struct mx_pair *find(struct mx_list *map, struct mx_str key) {
    uint32_t i;
    for (i = 0; i < map->count; i++) {
        struct mx_pair *pair = mx_list_at(map, i);
        if (mx_str_eq(pair->key, key)) return pair;
    }
    return NULL;
}

static int compare_pairs(const void *a, const void *b) {
    return mx_str_cmp(((const struct mx_pair *)a)->key, ((const struct mx_pair *)b)->key);
}

/* 1: the map is another one now. The map has room. */
static int set(struct mx_list *map, const struct mx_pair *pair) {
    struct mx_pair *known = find(map, pair->key), *pairs = map->items;
    if (pair->value.len == 0) {
        if (!known) return 0;
        *known = pairs[--map->count];
    } else if (known) {
        if (mx_str_eq(known->value, pair->value)) return 0;
        known->value = pair->value;
    } else {
        pairs[map->count++] = *pair;
    }
    membership_sort_pairs(map);
    return 1;
}

void membership_sort_pairs(struct mx_list *map) {
    if (map->count) qsort(map->items, map->count, sizeof(struct mx_pair), compare_pairs);
}

/* Was it so before, for whoever looks at the customer? */
static int shows(struct mx_list shown, const struct mx_pair *pair) {
    const struct mx_pair *known = find(&shown, pair->key);
    return known ? mx_str_eq(known->value, pair->value) : pair->value.len == 0;
}

static void note_time(struct mx_ctx *ctx, struct mx_list *said, struct mx_str code) {
    char text[24];
    struct mx_pair pair = {.key = code};
    snprintf(text, sizeof(text), "%lld", (long long)ctx->now_ms);
    pair.value = mx_dup(ctx, mx_str_of(text));
    set(said, &pair);
}

static struct mx_list with_room(struct mx_ctx *ctx, const struct mx_list *map, uint32_t more) {
    struct mx_list wide = mx_list_new(ctx, map->count + more, sizeof(struct mx_pair));
    if (map->count) memcpy(wide.items, map->items, map->count * sizeof(struct mx_pair));
    wide.count = map->count;
    return wide;
}

mx_status membership_attributes_apply(struct mx_ctx *ctx, const struct mx_list *values, struct membership_attribute_maps *maps,
                                      struct mx_list *changed) {
    struct mx_list *const all[] = {&maps->open, &maps->sealed, &maps->open_said, &maps->sealed_said};
    uint32_t i;
    for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) *all[i] = with_room(ctx, all[i], values->count);
    for (i = 0; i < values->count; i++) {
        const struct mx_pair *pair = mx_list_at(values, i);
        struct membership_attribute *attribute = NULL;
        char field[64];
        mx_status st = check_value(ctx, pair, &attribute);
        if (st != MX_OK) return st;
        if (!set(attribute->personal ? &maps->sealed : &maps->open, pair) && (!maps->shown || shows(*maps->shown, pair))) continue;
        note_time(ctx, attribute->personal ? &maps->sealed_said : &maps->open_said, pair->key);
        snprintf(field, sizeof(field), "attributes.%s", mx_dup(ctx, attribute->code).ptr);
        *(struct mx_str *)mx_list_at(changed, changed->count++) = mx_dup(ctx, mx_str_of(field));
    }
    if (maps->open.count > MEMBERSHIP_ATTRIBUTES_MAX || maps->sealed.count > MEMBERSHIP_ATTRIBUTES_MAX)
        return mx_refuse(ctx, "too_many_attributes", "attributes", "A member has at most %d attributes.", MEMBERSHIP_ATTRIBUTES_MAX);
    return MX_OK;
}

const struct mx_op membership_attribute_put_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.attribute.put",
    .doc = "Say what the shop wants to know of members: its kind, and whether it is sealed.",
    .permission = "members.settings",
    .in = &membership_attribute_put_type,
    .out = &membership_attribute_one_type,
    .handler = put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op membership_attribute_list_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.attribute.list",
    .doc = "List what the shop wants to know of members.",
    .permission = "members.read",
    .own = MX_OWN_NOBODY,
    .in = &membership_attributes_ask_type,
    .out = &membership_attributes_page_type,
    .handler = list_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
