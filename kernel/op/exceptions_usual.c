/* What is usual: what the others did, for as much work where the kind says what work is. */
#include <stdlib.h>

#include "op/exceptions.h"

#define MILLI 1000

static int64_t share(int64_t part, int64_t of, int64_t whole) {
    int64_t result;
    return whole > 0 && mx_muldiv_floor(part, of, whole, &result) ? result : 0;
}

/* Who does none of that work (a manager at the desk for returns) is compared with the average of those who did the same. */
static int64_t usual_milli(const struct op_exceptions *report, const struct op_exception_row *row) {
    int64_t others = row->all_count - row->count, own = 0, all;
    if (row->kind->beside.len) own = op_exceptions_work(report, row->who, row->kind->beside);
    if (own == 0) return share(others, MILLI, row->all_who - 1);
    all = op_exceptions_work(report, mx_str_of(OP_EXCEPTION_ALL), row->kind->beside);
    return share(others, own * MILLI, all - own);
}

/* How far above what is usual, and one: so that the first time that something happens at all does not come before everything. */
static int64_t over(const struct op_exception_row *row) {
    return row->who.len ? share(row->count, MILLI * MILLI, row->usual_milli + MILLI) : -1;
}

static int more_striking(const void *a, const void *b) {
    const struct op_exception_row *x = *(struct op_exception_row *const *)a, *y = *(struct op_exception_row *const *)b;
    int64_t by_x = over(x), by_y = over(y);
    if (by_x != by_y) return by_x > by_y ? -1 : 1;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return x->last_at > y->last_at ? -1 : x->last_at < y->last_at;
}

void op_exceptions_end(struct op_exceptions *report) {
    uint32_t i, k;
    for (i = 0; i < report->row_count; i++)
        for (k = 0; k < report->row_count; k++)
            if (mx_str_eq(report->list[i]->kind->kind, report->list[k]->kind->kind)) {
                report->list[i]->all_count += report->list[k]->count;
                report->list[i]->all_who++;
            }
    for (i = 0; i < report->row_count; i++) report->list[i]->usual_milli = usual_milli(report, report->list[i]);
    qsort(report->list, report->row_count, sizeof(report->list[0]), more_striking);
}
