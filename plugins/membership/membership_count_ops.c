/* Counters by hand and by other plugins, and looking at them. */
#include "counts.h"

const struct mx_table membership_counted_once = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "membership.counted",
    .doc = "what was counted on somebody's word, by its document",
    .type = &membership_counted_type,
    .key = "member name source",
};

static int begins(struct mx_str text, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len >= len && memcmp(text.ptr, prefix, len) == 0;
}

/* "word" or "word:key"; the key may hold whatever a code may. */
static int is_name(struct mx_str name) {
    const char *colon = memchr(name.ptr, ':', name.len);
    struct mx_str word = mx_str_n(name.ptr, colon ? (size_t)(colon - name.ptr) : name.len);
    struct mx_str key = colon ? mx_str_n(colon + 1, name.len - word.len - 1) : mx_str_of("key");
    return membership_is_code(word) && !mx_str_is_blank(key) && !mx_str_is(key, "*");
}

static mx_status check_name(struct mx_ctx *ctx, struct mx_str name) {
    if (is_name(name)) return MX_OK;
    return mx_fail(ctx, MX_E_BAD_INPUT, "name",
                   "A counter is a word of letters a-z, digits, underscores and dashes, and may have a key behind a colon.");
}

static mx_status total_of(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str name, int64_t *total) {
    struct membership_window ever = {0};
    struct mx_count_answer answer;
    mx_status st = membership_count_over(ctx, &customer->members, name, &ever, &answer);
    *total = answer.value;
    return st;
}

/* MX_OK: this document was counted already, under one of her ids. */
static mx_status find_counted(struct mx_ctx *ctx, const struct membership_customer *customer, const struct mx_count_add *add) {
    mx_status st = MX_NONE;
    uint32_t i;
    for (i = 0; st == MX_NONE && i < customer->members.count; i++) {
        struct membership_counted mark = {.member = mx_list_str(&customer->members, i), .name = add->name, .source = add->source}, *known;
        st = mx_get(ctx, &membership_counted_once, &mark, &known);
    }
    return st;
}

/* add->member is the one that stands. */
static mx_status add_once(struct mx_ctx *ctx, const struct membership_customer *customer, const struct mx_count_add *add, int64_t *total) {
    struct membership_counted mark = {.member = add->member, .name = add->name, .source = add->source, .at = add->at};
    struct membership_entry entry = {.member = add->member, .name = add->name, .source = add->source, .delta = add->delta};
    mx_status st = find_counted(ctx, customer, add);
    if (st == MX_OK) return total_of(ctx, customer, add->name, total);
    if (st != MX_NONE) return st;
    if (add->at > ctx->now_ms + 24 * INT64_C(3600000)) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "at", "This time has not come yet.");
    entry.at = mark.at = add->at && add->at < ctx->now_ms ? add->at : ctx->now_ms;
    st = membership_enter_opening(ctx, add->member);
    if (st == MX_OK) st = membership_entry_add(ctx, &entry, NULL);
    if (st == MX_E_OUT_OF_RANGE) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "delta", "No counter goes that far.");
    if (st == MX_OK) st = mx_put(ctx, &membership_counted_once, &mark);
    if (st == MX_OK) st = total_of(ctx, customer, add->name, total);
    return st == MX_OK ? membership_renew_tier(ctx, add->member) : st;
}

/* Rules that count the keys of a counter read each of them, in every sale of this member. */
static mx_status check_key(struct mx_ctx *ctx, const struct membership_customer *customer, struct mx_str name) {
    const char *colon = memchr(name.ptr, ':', name.len);
    struct mx_str none = {NULL, 0};
    struct mx_list names;
    mx_status st;
    if (!colon) return MX_OK;
    st = membership_entry_names(ctx, &customer->members, name, none, 1, &names);
    if (st != MX_OK || (names.count && mx_str_eq(mx_list_str(&names, 0), name))) return st;
    st = membership_entry_names(ctx, &customer->members, mx_str_n(name.ptr, (size_t)(colon - name.ptr) + 1), none, MEMBERSHIP_KEYS_MAX,
                                &names);
    if (st != MX_OK || names.count < MEMBERSHIP_KEYS_MAX) return st;
    return mx_refuse(ctx, "too_many_keys", "name", "A counter of a member has at most %d keys.", MEMBERSHIP_KEYS_MAX);
}

static mx_status count_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_count_add add = *(const struct mx_count_add *)in;
    struct mx_counted *counted = out;
    struct membership_customer customer;
    mx_status st = check_name(ctx, add.name);
    if (st == MX_OK) st = membership_customer_of(ctx, add.member, &customer);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st != MX_OK) return st;
    add.member = customer.member->id;
    if (customer.member->erased_at) return total_of(ctx, &customer, add.name, &counted->total); /* nothing is counted of her any more */
    if ((st = check_key(ctx, &customer, add.name)) != MX_OK) return st;
    return add_once(ctx, &customer, &add, &counted->total);
}

static mx_status counter_add_handler(struct mx_ctx *ctx, const void *in, void *out) {
    static const char *const own_words[] = {MEMBERSHIP_ORDERS, MEMBERSHIP_SPENT, MEMBERSHIP_VISITS, NULL};
    static const char *const own_kinds[] = {MEMBERSHIP_CATEGORY, MEMBERSHIP_BRAND, MEMBERSHIP_PIECES, NULL};
    const struct membership_counter_add *request = in;
    struct mx_count_add add = {request->member, request->name, request->delta, request->at, request->source};
    struct membership_member probe = {.id = request->member}, *member = NULL;
    int own = 0, i;
    mx_status st;
    for (i = 0; own_words[i]; i++) own |= mx_str_is(add.name, own_words[i]);
    for (i = 0; own_kinds[i]; i++) own |= begins(add.name, own_kinds[i]);
    if (own) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "The shop counts this itself, from orders and returns.");
    if (add.delta == 0) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "delta", "Nothing is counted by 0.");
    if (mx_str_is_blank(add.source)) return mx_fail(ctx, MX_E_BAD_INPUT, "source", "A document has more than spaces.");
    st = mx_get(ctx, &membership_members, &probe, &member);
    if (st == MX_OK && member->erased_at) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st < 0) return st;
    return count_handler(ctx, &add, out);
}

/* ---- looking ---- */

mx_status membership_count_over(struct mx_ctx *ctx, const struct mx_list *members, struct mx_str name,
                                const struct membership_window *window, struct mx_count_answer *answer) {
    uint32_t i;
    *answer = (struct mx_count_answer){0};
    for (i = 0; i < members->count; i++) {
        struct mx_count_answer one;
        mx_status st = membership_entry_sum(ctx, mx_list_str(members, i), name, window, &one);
        if (st != MX_OK) return st;
        if (!mx_add(answer->value, one.value, &answer->value)) answer->value = MX_INT_MAX;
        if (one.oldest && (answer->oldest == 0 || one.oldest < answer->oldest)) answer->oldest = one.oldest;
    }
    return MX_OK;
}

static int is_wild(struct mx_str name) { return name.len >= 2 && memcmp(name.ptr + name.len - 2, ":*", 2) == 0; }

static mx_status count_keys(struct mx_ctx *ctx, const struct mx_count_ask *ask, const struct membership_window *window,
                            struct mx_count_answer *answer) {
    struct mx_list names;
    struct mx_str after = {NULL, 0};
    uint32_t i;
    do {
        mx_status st =
            membership_entry_names(ctx, &ask->members, mx_str_n(ask->name.ptr, ask->name.len - 1), after, MEMBERSHIP_COUNTERS_MAX, &names);
        if (st != MX_OK) return st;
        for (i = 0; i < names.count; i++) {
            struct mx_count_answer one;
            after = mx_list_str(&names, i);
            st = membership_count_over(ctx, &ask->members, after, window, &one);
            if (st != MX_OK) return st;
            if (!mx_add(answer->value, ask->distinct ? one.value > 0 : one.value, &answer->value)) answer->value = MX_INT_MAX;
            if (one.oldest && (answer->oldest == 0 || one.oldest < answer->oldest)) answer->oldest = one.oldest;
        }
    } while (names.count == MEMBERSHIP_COUNTERS_MAX);
    return MX_OK;
}

mx_status membership_count_answer(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_count_ask *ask = in;
    struct mx_count_answer *answer = out;
    struct membership_window window = {ask->from, ask->until};
    mx_status st;
    if (is_wild(ask->name)) return count_keys(ctx, ask, &window, answer);
    st = membership_count_over(ctx, &ask->members, ask->name, &window, answer);
    if (st == MX_OK && ask->distinct) answer->value = answer->value > 0;
    return st;
}

static mx_status counter_list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_counters_ask *ask = in;
    struct membership_counters_page *page = out;
    struct membership_window window = {ask->from, ask->until};
    struct membership_customer customer;
    struct membership_count_row *rows;
    const int alone = ask->name.len && !is_wild(ask->name); /* the first name that is not before it is it, or there is none */
    const struct mx_str none = {NULL, 0};
    uint32_t limit = ask->limit ? (uint32_t)ask->limit : MEMBERSHIP_PAGE, i;
    struct mx_str prefix = is_wild(ask->name) ? mx_str_n(ask->name.ptr, ask->name.len - 1) : ask->name;
    struct mx_list names;
    mx_status st;
    if (ask->until && ask->until <= ask->from) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "until", "The window ends before it begins.");
    st = membership_customer_of(ctx, ask->member, &customer);
    if (st == MX_NONE) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK) st = membership_entry_names(ctx, &customer.members, prefix, alone ? none : ask->after, alone ? 1 : limit + 1, &names);
    if (st != MX_OK) return st;
    if (names.count > limit) page->next = mx_list_str(&names, limit - 1);
    if (names.count > limit) names.count = limit;
    page->counters = mx_list_new(ctx, names.count, sizeof(struct membership_count_row));
    page->counters.count = 0;
    rows = page->counters.items;
    for (i = 0; i < names.count; i++) {
        struct mx_count_answer answer;
        struct mx_str name = mx_list_str(&names, i);
        if (alone && !mx_str_eq(name, ask->name)) continue;
        st = membership_count_over(ctx, &customer.members, name, &window, &answer);
        if (st != MX_OK) return st;
        rows[page->counters.count++] = (struct membership_count_row){name, answer.value, answer.oldest};
    }
    return MX_OK;
}

const struct mx_op membership_count_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_INTERNAL,
    .name = "membership.count",
    .doc = "Add to a counter of a member; the same document counts once.",
    .in = &mx_count_add_type,
    .out = &mx_counted_type,
    .handler = count_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op membership_counter_add_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.counter.add",
    .doc = "Count something that a member did: a class attended, a review written.",
    .permission = "members.count",
    .in = &membership_counter_add_type,
    .out = &mx_counted_type,
    .handler = counter_add_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

const struct mx_op membership_counter_list_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.counter.list",
    .doc = "List what is counted of a member, ever or in a window.",
    .permission = "members.read",
    .own = "member",
    .in = &membership_counters_ask_type,
    .out = &membership_counters_page_type,
    .handler = counter_list_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
