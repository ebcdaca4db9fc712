/* Which codes may be barcodes, and whose they are. */
#include "internal.h"

#include <stdio.h>

#define GTIN_MAX 14

static int all_digits(struct mx_str code) {
    uint32_t i;
    for (i = 0; i < code.len; i++) {
        if (code.ptr[i] < '0' || code.ptr[i] > '9') return 0;
    }
    return 1;
}

/* GS1 General Specifications 7.9.1: from the right weights 1, 3, 1, 3 ...; the sum is a multiple of ten. */
static int check_digit_fits(struct mx_str digits) {
    uint32_t i, sum = 0;
    for (i = 0; i < digits.len; i++) {
        uint32_t digit = (uint32_t)(digits.ptr[digits.len - 1 - i] - '0');
        sum += i % 2 ? 3 * digit : digit;
    }
    return sum % 10 == 0;
}

static const uint32_t gtin_lengths[] = {8, 12, 13, GTIN_MAX};

static int has_gtin_length(struct mx_str code) { return code.len == 8 || code.len == 12 || code.len == 13 || code.len == GTIN_MAX; }

static int is_printable(struct mx_str code) {
    uint32_t i;
    if (code.len == 0 || code.len > CATALOG_BARCODE_MAX) return 0;
    for (i = 0; i < code.len; i++) {
        unsigned char c = (unsigned char)code.ptr[i];
        if (c < 0x20 || c > 0x7e) return 0;
    }
    return code.ptr[0] != ' ' && code.ptr[code.len - 1] != ' ';
}

static int given_before(const struct mx_list *barcodes, uint32_t place) {
    uint32_t i;
    for (i = 0; i < place; i++) {
        if (mx_str_eq(mx_list_str(barcodes, i), mx_list_str(barcodes, place))) return 1;
    }
    return 0;
}

mx_status catalog_check_barcodes(struct mx_ctx *ctx, const struct mx_list *barcodes) {
    char field[32];
    uint32_t i;
    for (i = 0; i < barcodes->count; i++) {
        struct mx_str code = mx_list_str(barcodes, i);
        snprintf(field, sizeof(field), "barcodes[%u]", (unsigned)i);
        if (!is_printable(code))
            return mx_fail(ctx, MX_E_BAD_INPUT, field, "A barcode is 1 to %d printable ASCII characters without spaces around it.",
                           CATALOG_BARCODE_MAX);
        if (all_digits(code) && has_gtin_length(code) && !check_digit_fits(code))
            return mx_fail(ctx, MX_E_BAD_INPUT, field, "The check digit of this GTIN-%u is wrong.", (unsigned)code.len);
        if (given_before(barcodes, i)) return mx_fail(ctx, MX_E_BAD_INPUT, field, "This barcode is given twice.");
    }
    return MX_OK;
}

static mx_status find_exactly(struct mx_ctx *ctx, struct mx_str code, struct catalog_product **product) {
    struct catalog_product probe = {.barcodes = {&code, 1, sizeof(code)}};
    return mx_find(ctx, &catalog_products, "barcode", &probe, product);
}

/* GS1 General Specifications 3.3.2: a GTIN of 8, 12 or 13 digits is the one of 14 with zeros in front. */
mx_status catalog_by_barcode(struct mx_ctx *ctx, struct mx_str code, struct catalog_product **product) {
    static const char zeros[] = "00000000000000";
    char text[GTIN_MAX];
    struct mx_str digits = code;
    uint32_t i;
    mx_status st = find_exactly(ctx, code, product);

    if (st != MX_NONE || !all_digits(code) || !has_gtin_length(code) || !check_digit_fits(code)) return st;
    while (digits.len > 1 && digits.ptr[0] == '0') digits = mx_str_n(digits.ptr + 1, digits.len - 1);
    for (i = 0; st == MX_NONE && i < sizeof(gtin_lengths) / sizeof(gtin_lengths[0]); i++) {
        uint32_t length = gtin_lengths[i];
        if (length < digits.len || length == code.len) continue;
        memcpy(text, zeros, length - digits.len);
        memcpy(text + (length - digits.len), digits.ptr, digits.len);
        st = find_exactly(ctx, mx_str_n(text, length), product);
    }
    return st;
}
