/* What a text looks like. Since 0.4. */
#ifndef MERX_TEXT_H
#define MERX_TEXT_H

#include "merx/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* First four digits of the numbers of payment cards, and how long these are. Visa's of 13 and 19 digits are left out: nobody is given
 * one any more, and articles and orders of marketplaces have such numbers. */
struct mx_card_range_ {
    uint16_t from, to;
    uint8_t min, max;
};

static const struct mx_card_range_ mx_card_ranges_[] = {
    {2200, 2204, 16, 16}, {2221, 2720, 16, 16}, {3000, 3059, 14, 14}, {3095, 3095, 14, 14}, {3400, 3499, 15, 15}, {3528, 3589, 16, 16},
    {3600, 3699, 14, 14}, {3700, 3799, 15, 15}, {3800, 3999, 14, 14}, {4000, 4999, 16, 16}, {5018, 5018, 16, 19}, {5020, 5020, 16, 19},
    {5038, 5038, 16, 19}, {5060, 5099, 16, 16}, {5100, 5599, 16, 16}, {5893, 5893, 16, 19}, {6000, 6099, 16, 16}, {6200, 6299, 16, 19},
    {6304, 6304, 16, 19}, {6440, 6599, 16, 16}, {6759, 6759, 16, 19}, {6761, 6763, 16, 19}, {8100, 8171, 16, 16}, {9792, 9792, 16, 16},
};

#define MX_CARD_DIGITS_MAX_ 19u

/* Is the sum of digits, each weighted by 1 and `weight` in turn from the last one on, whole tens? Luhn's sum counts the digits of a
 * product, GS1's the product itself. */
static inline int mx_digits_check_(const uint8_t *digits, uint32_t count, uint32_t weight, int luhn) {
    uint32_t sum = 0, i;
    for (i = 0; i < count; i++) {
        uint32_t product = digits[count - 1 - i] * (i % 2 ? weight : 1);
        sum += luhn && product > 9 ? product - 9 : product;
    }
    return sum % 10 == 0;
}

/* whole: the digits stand together. Then 14 or 18 of them may as well be a GTIN or the number of a pallet. */
static inline int mx_digits_are_card_(const uint8_t *digits, uint32_t count, int whole) {
    uint32_t head = digits[0] * 1000u + digits[1] * 100u + digits[2] * 10u + digits[3], i;
    if (!mx_digits_check_(digits, count, 2, 1)) return 0;
    if (whole && (count == 14 || count == 18) && mx_digits_check_(digits, count, 3, 0)) return 0;
    for (i = 0; i < sizeof(mx_card_ranges_) / sizeof(mx_card_ranges_[0]); i++) {
        const struct mx_card_range_ *range = &mx_card_ranges_[i];
        if (head >= range->from && head <= range->to && count >= range->min && count <= range->max) return 1;
    }
    return 0;
}

/* Bytes of the digit at `at`, of half or full width; 0: there is none. */
static inline uint32_t mx_digit_at_(struct mx_str text, uint32_t at, uint8_t *digit) {
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    if (at >= text.len) return 0;
    if (p[0] >= '0' && p[0] <= '9') {
        *digit = (uint8_t)(p[0] - '0');
        return 1;
    }
    if (text.len - at < 3 || p[0] != 0xef || p[1] != 0xbc || p[2] < 0x90 || p[2] > 0x99) return 0;
    *digit = (uint8_t)(p[2] - 0x90);
    return 3;
}

/* Bytes of one thing that people write between groups of digits; 0: something else. */
static inline uint32_t mx_gap_at_(struct mx_str text, uint32_t at) {
    static const char *const gaps[] = {" ", "-", ".", "\xc2\xa0", "\xe3\x80\x80", "\xe2\x80\x93", "\xef\xbc\x8d"};
    uint32_t i;
    for (i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
        uint32_t len = (uint32_t)strlen(gaps[i]);
        if (at < text.len && text.len - at >= len && memcmp(text.ptr + at, gaps[i], len) == 0) return len;
    }
    return 0;
}

/* Does a card's number begin with the digit at `at`, and end with a group of digits? */
static inline int mx_card_begins_(struct mx_str text, uint32_t at) {
    uint8_t digits[MX_CARD_DIGITS_MAX_], digit = 0;
    uint32_t count = 0, groups = 1, len, gaps;
    for (;;) {
        while ((len = mx_digit_at_(text, at, &digit)) > 0) {
            if (count == MX_CARD_DIGITS_MAX_) return 0;
            digits[count++] = digit;
            at += len;
        }
        if (count >= 14 && mx_digits_are_card_(digits, count, groups == 1)) return 1;
        for (gaps = 0; gaps < 3 && (len = mx_gap_at_(text, at)) > 0; gaps++) at += len;
        if (gaps == 0 || !mx_digit_at_(text, at, &digit)) return 0;
        groups++;
    }
}

/* 1 when the text holds what looks like the number of a payment card: 14 to 19 digits, together or in groups, that begin like the cards
 * of a known scheme and end with the right check digit. Numbers of articles, phones and orders rarely do. */
static inline int mx_looks_like_pan(struct mx_str text) {
    uint32_t at = 0, len;
    uint8_t digit;
    int before = 0; /* a digit stands before this place */
    while (at < text.len) {
        len = mx_digit_at_(text, at, &digit);
        if (len && !before && mx_card_begins_(text, at)) return 1;
        before = len > 0;
        at += len ? len : 1;
    }
    return 0;
}

#ifdef __cplusplus
}
#endif
#endif
