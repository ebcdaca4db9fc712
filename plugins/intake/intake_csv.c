/* CSV as RFC 4180 has it, and nothing that only looks like it: what two programs would read differently is an error of its row. */
#include "internal.h"

int intake_is_utf8(struct mx_str text) {
    const unsigned char *p = (const unsigned char *)text.ptr;
    uint32_t i = 0;
    while (i < text.len) {
        uint32_t more, k, c = p[i++], least;
        if (c == 0) return 0;
        if (c < 0x80) continue;
        more = c >= 0xf0 && c < 0xf5 ? 3 : c >= 0xe0 && c < 0xf0 ? 2 : c >= 0xc2 && c < 0xe0 ? 1 : 0;
        if (more == 0 || text.len - i < more) return 0;
        least = more == 3 ? 0x10000u : more == 2 ? 0x800u : 0x80u;
        c &= 0x3fu >> more;
        for (k = 0; k < more; k++) {
            if ((p[i] & 0xc0u) != 0x80u) return 0;
            c = c << 6 | (p[i++] & 0x3fu);
        }
        if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return 0;
    }
    return 1;
}

/* 1 at a line's end, which is stepped over; a carriage return stands before a line feed only. */
static int at_line_end(struct intake_csv *csv) {
    if (csv->at == csv->len) return 1;
    if (csv->text[csv->at] == '\r' && csv->at + 1 < csv->len && csv->text[csv->at + 1] == '\n') csv->at++;
    if (csv->text[csv->at] != '\n') return 0;
    csv->at++;
    csv->line++;
    return 1;
}

/* Step behind the line, so that the next row can be tried. */
static int give_up(struct intake_csv *csv, uint32_t *cell, uint32_t count) {
    while (csv->at < csv->len && csv->text[csv->at] != '\n') csv->at++;
    if (csv->at < csv->len) csv->at++;
    csv->line++;
    *cell = count;
    return INTAKE_BAD;
}

/* A cell in quotes, taken out of them in place. 0: the text ends in it. */
static int read_quoted(struct intake_csv *csv, struct mx_str *cell) {
    char *to = csv->text + ++csv->at;
    *cell = mx_str_n(to, 0);
    for (;;) {
        char c;
        if (csv->at == csv->len) return 0;
        c = csv->text[csv->at++];
        if (c == '"') {
            if (csv->at == csv->len || csv->text[csv->at] != '"') break;
            csv->at++;
        }
        if (c == '\n') csv->line++;
        *to++ = c;
    }
    cell->len = (uint32_t)(to - cell->ptr);
    return 1;
}

static int read_plain(struct intake_csv *csv, struct mx_str *cell) {
    *cell = mx_str_n(csv->text + csv->at, 0);
    while (csv->at < csv->len && csv->text[csv->at] != ',' && csv->text[csv->at] != '\n') {
        if (csv->text[csv->at] == '"') return 0;
        if (csv->text[csv->at] == '\r') return csv->at + 1 < csv->len && csv->text[csv->at + 1] == '\n';
        csv->at++;
        cell->len++;
    }
    return 1;
}

int intake_csv_row(struct intake_csv *csv, struct mx_str *cells, uint32_t *count, uint32_t *cell) {
    uint32_t n = 0;
    if (csv->at == csv->len) return INTAKE_END;
    for (;;) {
        if (n == INTAKE_CELLS_MAX) return give_up(csv, cell, n) == INTAKE_BAD ? INTAKE_TOO_BIG : INTAKE_BAD;
        if (csv->at < csv->len && csv->text[csv->at] == '"') {
            if (!read_quoted(csv, &cells[n])) {
                *cell = n;
                return INTAKE_BROKEN;
            }
        } else if (!read_plain(csv, &cells[n])) {
            return give_up(csv, cell, n);
        }
        n++;
        if (csv->at < csv->len && csv->text[csv->at] == ',') {
            csv->at++;
            continue;
        }
        if (!at_line_end(csv)) return give_up(csv, cell, n - 1);
        *count = n;
        return INTAKE_ROW;
    }
}
