/* From facts and offers to frozen lines: tax, totals, points. */
#include "engine.h"

static void *new_array(const struct price_memory *memory, uint32_t count, size_t size) {
    return memory->alloc(memory->arg, (count ? count : 1) * size);
}

static struct mx_list list_of(void *items, uint32_t count, size_t size) {
    struct mx_list list = {items, count, (uint32_t)size};
    return list;
}

static void add_discount(struct mx_priced_line *line, const struct mx_discount *add) {
    struct mx_discount *discounts = line->discounts.items;
    uint32_t i = 0;
    while (i < line->discounts.count && !mx_str_eq(discounts[i].rule, add->rule)) i++;
    discounts[i].rule = add->rule;
    discounts[i].amount += add->amount;
    if (i == line->discounts.count) line->discounts.count++;
    line->discount += add->amount;
}

/* The linked runs of a line become its frozen ones. `total` of each is what is left before tax is looked at. */
static void freeze_runs(struct price_work *work, uint32_t at, struct mx_priced_line *line) {
    const struct price_run *run;
    struct mx_run *frozen;
    uint32_t runs = 0, cuts = 0;

    for (run = work->runs[at]; run; run = run->next) {
        runs++;
        cuts += run->cut_count;
    }
    frozen = new_array(work->memory, runs, sizeof(*frozen));
    line->runs = list_of(frozen, runs, sizeof(*frozen));
    line->discounts = list_of(cuts ? new_array(work->memory, cuts, sizeof(struct mx_discount)) : NULL, 0, sizeof(struct mx_discount));
    for (run = work->runs[at]; run; run = run->next, frozen++) {
        struct mx_discount *discounts = run->cut_count ? new_array(work->memory, run->cut_count, sizeof(*discounts)) : NULL;
        const struct price_cut *cut;
        uint32_t i = 0;
        frozen->run = frozen - (struct mx_run *)line->runs.items + 1;
        frozen->from = run->from;
        frozen->to = run->to;
        frozen->amount = run->amount;
        frozen->total = run->left;
        frozen->times_ppm = run->extra_ppm ? MX_PPM_ONE + run->extra_ppm : 0;
        frozen->bonus = run->bonus;
        frozen->discounts = list_of(discounts, run->cut_count, sizeof(*discounts));
        for (cut = run->cuts; cut; cut = cut->next, i++) {
            discounts[i].rule = cut->rule;
            discounts[i].amount = cut->amount;
            add_discount(line, &discounts[i]);
        }
        line->total += run->left;
    }
}

/* Tax of the line on what is left of it, shared over its runs. Excluded tax comes on top. */
static int tax_line(struct price_work *work, uint32_t at, struct mx_priced_line *line) {
    int64_t ppm = price_cart_line(work, at)->tax_ppm;
    uint32_t count = line->runs.count, i;
    int64_t *weights, *shares;

    if (!mx_muldiv_half_up(line->total, ppm, work->ask->cart->prices_include_tax ? MX_PPM_ONE + ppm : MX_PPM_ONE, &line->tax)) return 0;
    if (line->tax == 0) return 1;
    weights = new_array(work->memory, 2 * count, sizeof(*weights));
    shares = weights + count;
    for (i = 0; i < count; i++) weights[i] = ((struct mx_run *)mx_list_at(&line->runs, i))->total;
    if (!mx_share(line->tax, weights, count, shares)) return 0;
    for (i = 0; i < count; i++) {
        struct mx_run *run = mx_list_at(&line->runs, i);
        run->tax = shares[i];
        if (!work->ask->cart->prices_include_tax && !mx_add(run->total, run->tax, &run->total)) return 0;
    }
    return work->ask->cart->prices_include_tax || mx_add(line->total, line->tax, &line->total);
}

static int freeze(struct price_work *work, struct mx_priced *result) {
    uint32_t i;

    result->lines =
        list_of(new_array(work->memory, work->line_count, sizeof(struct mx_priced_line)), work->line_count, sizeof(struct mx_priced_line));
    for (i = 0; i < work->line_count; i++) {
        struct mx_priced_line *line = mx_list_at(&result->lines, i);
        freeze_runs(work, i, line);
        if (!tax_line(work, i, line)) return 0;
        if (!mx_add(result->total, line->total, &result->total) || !mx_add(result->tax, line->tax, &result->tax)) return 0;
        result->discount += line->discount;
    }
    return 1;
}

/* The lines as they come: 0 when they are too much together. */
static int begin(struct price_work *work) {
    int64_t all = 0;
    uint32_t i;
    for (i = 0; i < work->line_count; i++) {
        const struct mx_cart_line *line = price_cart_line(work, i);
        work->runs[i] = price_run_new(work, line->qty, line->amount);
        if (!mx_add(all, line->amount, &all)) return 0;
        if (!line->shipping) work->left += line->amount;
    }
    return 1;
}

int price_cart(const struct mx_price_ask *ask, const struct price_memory *memory, struct mx_priced *result) {
    struct price_work work;

    memset(&work, 0, sizeof(work));
    memset(result, 0, sizeof(*result));
    result->stacking = ask->stacking;
    work.ask = ask;
    work.memory = memory;
    work.result = result;
    work.line_count = ask->cart->lines.count;
    work.runs = new_array(memory, work.line_count, sizeof(struct price_run *));
    if (!begin(&work)) return 0;
    price_floors(&work);
    if (ask->offers.count) price_lanes(&work);
    return freeze(&work, result);
}
