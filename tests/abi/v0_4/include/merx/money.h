/* Checked arithmetic for money and quantities.
 *
 * All functions work on integers, return 1 when the exact result fits and 0 when it does not (or the input is outside
 * the function's range); on 0 the output is untouched. Nothing here rounds without saying so. Since 0.1. */
#ifndef MERX_MONEY_H
#define MERX_MONEY_H

#include "merx/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
__extension__ typedef __int128 mx_int128;
#endif

/* *out = a + b, within +-MX_INT_MAX. */
static inline int mx_add(int64_t a, int64_t b, int64_t *out) {
    int64_t r;
    if (__builtin_add_overflow(a, b, &r) || r > MX_INT_MAX || r < -MX_INT_MAX) return 0;
    *out = r;
    return 1;
}

/* *out = a - b, within +-MX_INT_MAX. */
static inline int mx_sub(int64_t a, int64_t b, int64_t *out) {
    int64_t r;
    if (__builtin_sub_overflow(a, b, &r) || r > MX_INT_MAX || r < -MX_INT_MAX) return 0;
    *out = r;
    return 1;
}

static inline int mx_fit_(mx_int128 r, int64_t *out) {
    if (r > MX_INT_MAX || r < -MX_INT_MAX) return 0;
    *out = (int64_t)r;
    return 1;
}

/* *out = a * b / c in 128 bits, rounded towards minus infinity; c > 0. */
static inline int mx_muldiv_floor(int64_t a, int64_t b, int64_t c, int64_t *out) {
    mx_int128 p = (mx_int128)a * b, q;
    if (c <= 0) return 0;
    q = p / c;
    if (p % c < 0) q--;
    return mx_fit_(q, out);
}

/* *out = a * b / c in 128 bits, rounded half away from zero ("half up", the commercial rule, the same for a sale and
 * its return); c > 0. */
static inline int mx_muldiv_half_up(int64_t a, int64_t b, int64_t c, int64_t *out) {
    mx_int128 p = (mx_int128)a * b, half;
    if (c <= 0) return 0;
    half = c / 2;
    if (p < 0) return mx_fit_(-((-p + half) / c), out);
    return mx_fit_((p + half) / c, out);
}

/* *out = what `qty` thousandths cost at `unit_price_minor` for 1000 thousandths, half up. */
static inline int mx_price_of(int64_t unit_price_minor, int64_t qty, int64_t *out) {
    return mx_muldiv_half_up(unit_price_minor, qty, MX_QTY_ONE, out);
}

/* Share of `amount` that belongs to the part [from, to) of `whole` under the cumulative rule
 * floor(amount * to / whole) - floor(amount * from / whole): any split of [0, whole) sums to `amount` exactly.
 * 0 <= from <= to <= whole, whole > 0. */
static inline int mx_share_range(int64_t amount, int64_t from, int64_t to, int64_t whole, int64_t *out) {
    int64_t a, b;
    if (whole <= 0 || from < 0 || from > to || to > whole) return 0;
    if (!mx_muldiv_floor(amount, from, whole, &a) || !mx_muldiv_floor(amount, to, whole, &b)) return 0;
    return mx_sub(b, a, out);
}

/* Share `amount` over `count` parts in proportion to weights[] (each >= 0) by largest remainder, the earlier part first
 * on equal remainders; shares[] sum to `amount` exactly. With all weights 0 everything goes to the first part.
 * amount >= 0, 1 <= count. O(count^2) at worst: for the lines of a cart, not for tables. */
static inline int mx_share(int64_t amount, const int64_t *weights, uint32_t count, int64_t *shares) {
    mx_int128 total = 0, given = 0;
    uint32_t i;
    if (amount < 0 || count == 0) return 0;
    for (i = 0; i < count; i++) {
        if (weights[i] < 0) return 0;
        total += weights[i];
    }
    if (total == 0) {
        for (i = 0; i < count; i++) shares[i] = 0;
        shares[0] = amount;
        return 1;
    }
    for (i = 0; i < count; i++) {
        shares[i] = (int64_t)((mx_int128)amount * weights[i] / total);
        given += shares[i];
    }
    for (; given < amount; given++) {
        uint32_t best = count;
        mx_int128 best_rest = -1;
        for (i = 0; i < count; i++) {
            mx_int128 rest = (mx_int128)amount * weights[i] - (mx_int128)shares[i] * total;
            if (rest > best_rest) {
                best_rest = rest;
                best = i;
            }
        }
        shares[best]++;
    }
    return 1;
}

#ifdef __cplusplus
}
#endif
#endif
