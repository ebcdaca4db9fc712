/* Runs: stretches of a line whose units are treated alike. */
#include "engine.h"

struct price_run *price_run_new(struct price_work *work, int64_t qty, int64_t amount) {
    struct price_run *run = work->memory->alloc(work->memory->arg, sizeof(*run));
    run->to = qty;
    run->amount = amount;
    run->left = amount;
    work->run_count++;
    return run;
}

/* Give the units behind the split their part of each cut. Largest remainder over the cuts keeps what is left of both
 * parts at or above zero, which a floor for each cut would not. */
static void split_cuts(struct price_work *work, struct price_run *run, struct price_run *behind, int64_t discount_before) {
    int64_t *weights = work->memory->alloc(work->memory->arg, 2 * run->cut_count * sizeof(*weights));
    int64_t *shares = weights + run->cut_count;
    struct price_cut **end = &behind->cuts;
    struct price_cut *cut;
    uint32_t i = 0;

    for (cut = run->cuts; cut; cut = cut->next) weights[i++] = cut->amount;
    (void)mx_share(discount_before, weights, run->cut_count, shares);
    for (cut = run->cuts, i = 0; cut; cut = cut->next, i++) {
        struct price_cut *copy = work->memory->alloc(work->memory->arg, sizeof(*copy));
        copy->rule = cut->rule;
        copy->amount = cut->amount - shares[i];
        cut->amount = shares[i];
        *end = copy;
        end = &copy->next;
    }
}

/* Cut a run in two at position `at`, strictly inside it. No share leaves the range: each is below its whole. */
void price_run_split(struct price_work *work, struct price_run *run, int64_t at) {
    struct price_run *behind = work->memory->alloc(work->memory->arg, sizeof(*behind));
    int64_t amount = 0, left = 0;

    (void)mx_share_range(run->amount, 0, at - run->from, run->to - run->from, &amount);
    (void)mx_share_range(run->left, 0, at - run->from, run->to - run->from, &left);
    *behind = *run;
    behind->cuts = NULL;
    behind->from = at;
    behind->amount = run->amount - amount;
    behind->left = run->left - left;
    if (run->cut_count) split_cuts(work, run, behind, amount - left);
    run->to = at;
    run->amount = amount;
    run->left = left;
    run->next = behind;
    work->run_count++;
}

void price_run_cut(struct price_work *work, struct price_run *run, struct mx_str rule, int64_t amount) {
    struct price_cut **end = &run->cuts;

    if (amount == 0) return;
    run->left -= amount;
    while (*end && !mx_str_eq((*end)->rule, rule)) end = &(*end)->next;
    if (!*end) {
        *end = work->memory->alloc(work->memory->arg, sizeof(**end));
        (*end)->rule = rule;
        run->cut_count++;
    }
    (*end)->amount += amount;
}
