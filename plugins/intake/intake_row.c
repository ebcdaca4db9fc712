/* From a row to its values. */
#include <stdio.h>

#include "internal.h"

static const struct intake_column *column_of(const struct intake_row *row, const char *target) {
    uint32_t i;
    for (i = 0; i < row->mapping->columns.count; i++) {
        const struct intake_column *column = mx_list_at(&row->mapping->columns, i);
        if (mx_str_is(column->target, target)) return column;
    }
    return NULL;
}

void intake_wrong(struct intake_row *row, const char *target, const char *reason) {
    const struct intake_column *column = target ? column_of(row, target) : NULL;
    struct intake_error error = {.part = row->part, .line = row->line, .reason = mx_str_of(reason)};
    error.target = mx_str_of(target);
    if (column) error.column = column->from;
    row->failed = 1;
    if (row->st == MX_OK) row->st = intake_error_note(row->ctx, row->run, &error);
}

static int cell_of(const struct intake_row *row, struct mx_str title, struct mx_str *text) {
    uint32_t i;
    for (i = 0; i < row->run->titles.count && i < row->cell_count; i++) {
        if (!mx_str_eq(mx_list_str(&row->run->titles, i), title)) continue;
        *text = row->cells[i];
        return 1;
    }
    return 0;
}

static int json_of(struct intake_row *row, const char *target, const struct intake_column *column, struct mx_str *text) {
    int of_line = strncmp(target, "line.", 5) == 0 && row->mapping->lines.len;
    struct mx_str found;
    char *room;
    int32_t len;
    if (!intake_json_at(of_line ? row->item : row->object, column->from, &found)) return 0;
    room = mx_alloc(row->ctx, INTAKE_TEXT_MAX + 1);
    len = intake_json_text(found, room, INTAKE_TEXT_MAX);
    if (len < 0) intake_wrong(row, target, "This is no text or number that can be taken in here.");
    if (len < 0) return 0;
    *text = mx_str_n(room, (size_t)len);
    return 1;
}

/* No text with controls in it goes on to others; blanks around it are nobody's. */
static int is_clean(struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f) return 0;
    return intake_is_utf8(text);
}

static const struct intake_column *raw(struct intake_row *row, const char *target, struct mx_str *text) {
    const struct intake_column *column = column_of(row, target);
    int there;
    if (!column) return NULL;
    if (column->value.len) {
        *text = column->value;
        return column;
    }
    there = row->mapping->format == INTAKE_CSV ? cell_of(row, column->from, text) : json_of(row, target, column, text);
    if (!there) return NULL;
    while (text->len && *text->ptr == ' ') text->ptr++, text->len--;
    while (text->len && text->ptr[text->len - 1] == ' ') text->len--;
    if (text->len == 0) return NULL;
    if (is_clean(*text)) return column;
    intake_wrong(row, target, "There are control characters in it.");
    return NULL;
}

static struct mx_str in_case(struct mx_ctx *ctx, struct mx_str text, int upper) {
    struct mx_str copy = mx_dup(ctx, text);
    char *p = (char *)(uintptr_t)copy.ptr;
    uint32_t i;
    for (i = 0; i < copy.len; i++) {
        if (upper && p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 'a' + 'A');
        if (!upper && p[i] >= 'A' && p[i] <= 'Z') p[i] = (char)(p[i] - 'A' + 'a');
    }
    return copy;
}

int intake_text(struct intake_row *row, const char *target, uint32_t max, struct mx_str *text) {
    const struct intake_column *column;
    char why[80];
    text->len = 0;
    column = raw(row, target, text);
    if (!column) return 0;
    if (column->as == INTAKE_AS_LOWER || column->as == INTAKE_AS_UPPER) *text = in_case(row->ctx, *text, column->as == INTAKE_AS_UPPER);
    if (text->len <= max) return 1;
    snprintf(why, sizeof(why), "It is longer than %u bytes.", (unsigned)max);
    intake_wrong(row, target, why);
    return 0;
}

int intake_number(struct intake_row *row, const char *target, uint32_t digits, int64_t *value) {
    struct mx_str text = {NULL, 0};
    const struct intake_column *column = raw(row, target, &text);
    char why[120];
    if (!column) return 0;
    if (intake_decimal(text, column->as == INTAKE_AS_MINOR ? 0 : digits, value)) return 1;
    snprintf(why, sizeof(why), "This is no number with at most %u digits behind the point.",
             (unsigned)(column->as == INTAKE_AS_MINOR ? 0 : digits));
    intake_wrong(row, target, why);
    return 0;
}

/* The wall clock of the zone shows these numbers at the moment that is looked for: guess, look at the clock, guess better. */
static int64_t moment_of(struct mx_ctx *ctx, const struct intake_date *date, struct mx_str zone) {
    int64_t wanted = intake_date_ms(date), guess = wanted;
    int i;
    if (date->has_offset) return wanted - (int64_t)date->offset_minutes * 60000;
    for (i = 0; i < 3; i++) {
        struct mx_civil civil;
        struct intake_date shown = {0};
        mx_civil_of(ctx, zone, guess, &civil);
        shown.year = civil.year;
        shown.month = civil.month;
        shown.day = civil.day;
        shown.hour = civil.hour;
        shown.minute = civil.minute;
        shown.second = civil.second;
        guess += wanted - intake_date_ms(&shown);
    }
    return guess;
}

int intake_time(struct intake_row *row, const char *target, int64_t *value) {
    struct mx_str text = {NULL, 0};
    const struct intake_column *column = raw(row, target, &text);
    struct intake_date date;
    if (!column) return 0;
    if (column->as == INTAKE_AS_SECONDS || column->as == INTAKE_AS_MS) {
        if (intake_decimal(text, column->as == INTAKE_AS_SECONDS ? 3 : 0, value) && *value >= 0) return 1;
    } else if (intake_date_read(text, column->format, &date)) {
        *value = moment_of(row->ctx, &date, column->zone);
        if (*value >= 0) return 1;
    }
    intake_wrong(row, target, "This is no date as the mapping writes it, or there is no such day.");
    return 0;
}
