/* The row of a member: sums, the newest sales, tags held. */
#include "internal.h"

void insight_row_tag(struct insight_row *row, int64_t number, int held) {
    int64_t bit, *word;
    if (number < 1 || number > INSIGHT_TAGS_MAX) return;
    bit = INT64_C(1) << ((number - 1) % INSIGHT_TAG_BITS);
    word = &row->tags[(number - 1) / INSIGHT_TAG_BITS];
    *word = held ? *word | bit : *word & ~bit;
}

int insight_row_has_tag(const struct insight_row *row, int64_t number) {
    if (number < 1 || number > INSIGHT_TAGS_MAX) return 0;
    return (int)(row->tags[(number - 1) / INSIGHT_TAG_BITS] >> ((number - 1) % INSIGHT_TAG_BITS) & 1);
}

mx_status insight_row_get(struct mx_ctx *ctx, struct mx_str member, struct insight_row *row) {
    struct insight_row probe = {.member = member}, *stored = NULL;
    mx_status st = mx_get(ctx, &insight_rows, &probe, &stored);
    *row = st == MX_OK ? *stored : probe;
    return st == MX_NONE ? MX_OK : st;
}

static mx_status step(struct mx_ctx *ctx, int curve, int64_t bucket, int64_t by) {
    struct insight_step probe = {.curve = mx_str_of(insight_curve_words[curve]), .bucket = bucket}, *stored = NULL;
    mx_status st = mx_get(ctx, &insight_curves, &probe, &stored);
    if (st < 0) return st;
    if (st == MX_OK) probe.members = stored->members;
    probe.members += by;
    return probe.members > 0 ? mx_put(ctx, &insight_curves, &probe) : st == MX_OK ? mx_delete(ctx, &insight_curves, &probe) : MX_OK;
}

mx_status insight_row_put(struct mx_ctx *ctx, const struct insight_row *before, struct insight_row *row) {
    int curve, was = before->orders > 0, is = row->orders > 0;
    mx_status st = MX_OK;
    for (curve = 0; st == MX_OK && curve < INSIGHT_CURVES; curve++) {
        int64_t from = insight_bucket(before, curve), to = insight_bucket(row, curve);
        if (was == is && (!is || from == to)) continue;
        if (was) st = step(ctx, curve, from, -1);
        if (st == MX_OK && is) st = step(ctx, curve, to, 1);
    }
    return st == MX_OK ? mx_put(ctx, &insight_rows, row) : st;
}

/* Newest first; what falls off at the end is only known to the ledger from then on. */
static void add_recent(struct insight_row *row, const struct insight_bought *sale) {
    int i, k, last = INSIGHT_RECENT - 1;
    for (i = 0; i <= last && row->at[i] > sale->at; i++) {
    }
    if (i > last) {
        if (sale->at > row->forgotten_at) row->forgotten_at = sale->at;
        return;
    }
    if (row->at[last] > row->forgotten_at) row->forgotten_at = row->at[last];
    for (k = last; k > i; k--) {
        row->at[k] = row->at[k - 1];
        row->amount[k] = row->amount[k - 1];
        row->count[k] = row->count[k - 1];
    }
    row->at[i] = sale->at;
    row->amount[i] = sale->amount;
    row->count[i] = sale->orders;
}

void insight_row_add(struct insight_row *row, const struct insight_bought *sale) {
    row->spent += sale->amount;
    row->discount += sale->discount;
    row->orders += sale->orders;
    if (sale->orders > 0) {
        if (row->first_at == 0 || sale->at < row->first_at) row->first_at = sale->at;
        if (sale->at > row->last_at) row->last_at = sale->at;
    }
    add_recent(row, sale);
}

void insight_row_join(struct insight_row *into, const struct insight_row *row) {
    int i;
    if (row->joined_at && (into->joined_at == 0 || row->joined_at < into->joined_at)) into->joined_at = row->joined_at;
    if (row->first_at && (into->first_at == 0 || row->first_at < into->first_at)) into->first_at = row->first_at;
    if (row->last_at > into->last_at) into->last_at = row->last_at;
    if (row->forgotten_at > into->forgotten_at) into->forgotten_at = row->forgotten_at;
    into->orders += row->orders;
    into->spent += row->spent;
    into->discount += row->discount;
    for (i = 0; i < INSIGHT_TAG_WORDS; i++) into->tags[i] |= row->tags[i]; /* of then: each held her own until they were one */
    for (i = 0; i < INSIGHT_RECENT && row->at[i]; i++) {
        const struct insight_bought sale = {.at = row->at[i], .amount = row->amount[i], .orders = row->count[i]};
        add_recent(into, &sale);
    }
}

mx_status insight_sales_open(struct mx_ctx *ctx, struct mx_str member, int64_t from, struct mx_scan **scan) {
    const struct insight_bought probe = {.member = member, .name = mx_str_of(INSIGHT_SALE), .at = from};
    const struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2, .from = 1, .lend = 1};
    return mx_scan_open(ctx, &insight_boughts, &opts, &probe, scan);
}

static mx_status ledger_window(struct mx_ctx *ctx, struct mx_str member, int64_t from, int64_t until, struct insight_sum *sum) {
    struct insight_bought *sale = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = insight_sales_open(ctx, member, from, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &sale)) == MX_OK && (until == 0 || sale->at < until)) {
        sum->amount += sale->amount;
        sum->orders += sale->orders;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* More of her sales lie behind `from` than before it, if she came as often at all times. */
static int holds_most(const struct insight_row *row, int64_t from) { return from - row->first_at < row->last_at - from; }

/* What came before is read and taken off the sum of all, or what lies within is read: whichever promises to be less. */
static mx_status window_of_both(struct mx_ctx *ctx, const struct insight_row *row, int64_t from, int64_t until, struct insight_sum *sum) {
    struct insight_sum before = {0, 0};
    mx_status st;
    if (until || !holds_most(row, from)) return ledger_window(ctx, row->member, from, until, sum);
    st = ledger_window(ctx, row->member, 0, from, &before);
    *sum = (struct insight_sum){row->spent - before.amount, row->orders - before.orders};
    return st;
}

mx_status insight_row_window(struct mx_ctx *ctx, const struct insight_row *row, int64_t from, int64_t until, struct insight_sum *sum) {
    int i;
    *sum = (struct insight_sum){0, 0};
    if (from == 0 && until == 0) {
        *sum = (struct insight_sum){row->spent, row->orders};
        return MX_OK;
    }
    if (row->forgotten_at && from <= row->forgotten_at) return window_of_both(ctx, row, from, until, sum);
    for (i = 0; i < INSIGHT_RECENT && row->at[i] && row->at[i] >= from; i++) {
        if (until && row->at[i] >= until) continue;
        sum->amount += row->amount[i];
        sum->orders += row->count[i];
    }
    return MX_OK;
}

/* Tags and tier of then; a tier that never changed is the one of now. */
static mx_status row_words_at(struct mx_ctx *ctx, int64_t at, int64_t tier_now, struct insight_row *row) {
    struct insight_period probe = {.member = row->member}, *period = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 1, .lend = 1};
    struct mx_scan *scan = NULL;
    int changed = 0;
    mx_status st = mx_scan_open(ctx, &insight_periods, &opts, &probe, &scan);
    row->tier = tier_now;
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &period)) == MX_OK) {
        int64_t number = 0;
        int is_tag = mx_str_is(period->sort, "tag");
        if (!is_tag && !changed) row->tier = 0;
        changed |= !is_tag;
        if (period->since > at || (period->until && period->until <= at)) continue;
        st = insight_word(ctx, is_tag ? "tag" : "tier", period->code, &number);
        if (is_tag) insight_row_tag(row, number, 1);
        if (!is_tag) row->tier = number;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* All her sales are of before: what is known of them now was known then. */
static void row_sums_of(const struct insight_row *now, struct insight_row *row) {
    *row = *now;
    memset(row->tags, 0, sizeof(row->tags));
    row->rec = (struct mx_rec){0};
}

mx_status insight_row_at(struct mx_ctx *ctx, const struct insight_row *now, int64_t at, struct insight_row *row) {
    struct insight_bought *sale = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = MX_OK;
    if (now->at[0] <= at) {
        row_sums_of(now, row);
    } else {
        *row = (struct insight_row){.member = now->member, .joined_at = now->joined_at, .merged = now->merged};
        row->taste = now->taste; /* tastes have no past */
        row->taste_at = now->taste_at;
        st = insight_sales_open(ctx, now->member, 0, &scan);
    }
    while (scan && st == MX_OK && (st = mx_scan_next(ctx, scan, &sale)) == MX_OK && sale->at <= at) insight_row_add(row, sale);
    if (st == MX_OK || st == MX_DONE) st = row_words_at(ctx, at, now->tier, row);
    return st;
}

mx_status insight_row_of(struct mx_ctx *ctx, const struct mx_member_facts *facts, int64_t at, struct insight_row *row) {
    uint32_t i;
    mx_status st = MX_OK;
    *row = (struct insight_row){.member = mx_list_str(&facts->members, 0)};
    for (i = 0; st == MX_OK && i < facts->members.count; i++) {
        struct insight_row one, then;
        st = insight_row_get(ctx, mx_list_str(&facts->members, i), &one);
        if (st == MX_OK && at) st = insight_row_at(ctx, &one, at, &then);
        if (st != MX_OK) break;
        if (at) one = then;
        if (i == 0)
            *row = one;
        else
            insight_row_join(row, &one);
    }
    return st;
}

/* ---- numbers of words ---- */

static const struct mx_str last_of_sort = {".", 1}; /* no code begins with it */

mx_status insight_word(struct mx_ctx *ctx, const char *sort, struct mx_str code, int64_t *number) {
    struct insight_word probe = {.sort = mx_str_of(sort), .code = code}, *word = NULL;
    mx_status st = mx_get(ctx, &insight_words, &probe, &word);
    *number = st == MX_OK ? word->number : 0;
    return st == MX_NONE ? MX_OK : st;
}

mx_status insight_word_make(struct mx_ctx *ctx, const char *sort, struct mx_str code, int64_t *number) {
    struct insight_word word = {.sort = mx_str_of(sort), .code = last_of_sort};
    int64_t last = 0;
    mx_status st = insight_word(ctx, sort, code, number);
    if (st != MX_OK || *number) return st;
    st = insight_word(ctx, sort, last_of_sort, &last);
    if (st != MX_OK || (strcmp(sort, "tag") == 0 && last == INSIGHT_TAGS_MAX)) return st;
    word.number = last + 1;
    st = mx_put(ctx, &insight_words, &word);
    word.code = code;
    if (st == MX_OK) st = mx_put(ctx, &insight_words, &word);
    *number = word.number;
    return st;
}

/* ---- periods ---- */

mx_status insight_period_begin(struct mx_ctx *ctx, const struct insight_period *period) {
    struct insight_period row = *period, *there = NULL;
    mx_status st = mx_get(ctx, &insight_periods, &row, &there);
    if (st == MX_OK) row.rec.rev = there->rec.rev; /* ended and begun again in the same millisecond */
    row.rec.has = UINT64_MAX;
    return st < 0 ? st : mx_put(ctx, &insight_periods, &row);
}

/* What she had from the first on has no beginning but that she joined. */
mx_status insight_period_first(struct mx_ctx *ctx, const struct insight_period *first) {
    struct insight_period *period = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 2};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_periods, &opts, first, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &period);
    return st == MX_DONE ? insight_period_begin(ctx, first) : st;
}

mx_status insight_period_end(struct mx_ctx *ctx, struct mx_str member, const char *sort, struct mx_str code, int64_t until) {
    struct insight_period probe = {.member = member, .sort = mx_str_of(sort), .code = code}, *period = NULL;
    struct mx_scan_opts opts = {.size = sizeof(opts), .prefix = 3, .reverse = 1};
    struct mx_scan *scan = NULL;
    mx_status st = mx_scan_open(ctx, &insight_periods, &opts, &probe, &scan);
    if (st == MX_OK) st = mx_scan_next(ctx, scan, &period);
    if (st != MX_OK || period->until) return st == MX_DONE ? MX_OK : st;
    period->until = until;
    period->rec.has = UINT64_MAX;
    return mx_put(ctx, &insight_periods, period);
}
