/* What stands in files, as numbers and times: pure, and strict, because a total that is read wrong is worse than one that is refused. */
#include "internal.h"

static struct mx_str trimmed(struct mx_str text) {
    while (text.len && (*text.ptr == ' ' || *text.ptr == '\t')) text.ptr++, text.len--;
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t')) text.len--;
    return text;
}

/* Commas stand before each group of three digits or nowhere; "0,500" is half of something elsewhere and no thousand here. */
static int commas_fit(struct mx_str whole) {
    uint32_t i, since = 0, seen = 0;
    for (i = 0; i < whole.len; i++) {
        if (whole.ptr[i] != ',') {
            since++;
            continue;
        }
        if (since == 0 || since > 3 || (seen && since != 3)) return 0;
        seen = 1;
        since = 0;
    }
    return !seen || (since == 3 && *whole.ptr != '0');
}

static int add_digit(int64_t *value, char c) {
    if (c < '0' || c > '9' || *value > (MX_INT_MAX - (c - '0')) / 10) return 0;
    *value = *value * 10 + (c - '0');
    return 1;
}

int intake_decimal(struct mx_str text, uint32_t digits, int64_t *out) {
    struct mx_str whole;
    uint32_t i, dot, after = 0;
    int64_t value = 0;
    int minus;
    text = trimmed(text);
    minus = text.len && *text.ptr == '-';
    if (minus) text.ptr++, text.len--;
    for (dot = 0; dot < text.len && text.ptr[dot] != '.'; dot++) {
    }
    whole = mx_str_n(text.ptr, dot);
    if (dot == 0 || dot + 1 == text.len || !commas_fit(whole)) return 0;
    for (i = 0; i < dot; i++)
        if (text.ptr[i] != ',' && !add_digit(&value, text.ptr[i])) return 0;
    for (i = dot + 1; i < text.len; i++) {
        if (after == digits) {
            if (text.ptr[i] != '0') return 0; /* finer than the unit */
            continue;
        }
        if (!add_digit(&value, text.ptr[i])) return 0;
        after++;
    }
    for (; after < digits; after++)
        if (!add_digit(&value, '0')) return 0;
    *out = minus ? -value : value;
    return 1;
}

/* ---- dates ---- */

static int is_there(const struct intake_date *d) {
    return d->year >= 1970 && d->year <= 9999 && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
           d->day <= mx_days_in_month(d->year, d->month) && d->hour >= 0 && d->hour < 24 && d->minute >= 0 && d->minute < 60 &&
           d->second >= 0 && d->second < 60;
}

static int read_digits(struct mx_str text, uint32_t *at, uint32_t count, int32_t *value) {
    uint32_t i;
    *value = 0;
    if (text.len - *at < count) return 0;
    for (i = 0; i < count; i++, ++*at) {
        char c = text.ptr[*at];
        if (c < '0' || c > '9') return 0;
        *value = *value * 10 + (c - '0');
    }
    return 1;
}

/* "Z" or "+08:00" behind an ISO time. */
static int read_offset(struct mx_str text, uint32_t at, struct intake_date *date) {
    int32_t hours = 0, minutes = 0;
    int minus;
    if (at == text.len) return 1;
    date->has_offset = 1;
    if (text.ptr[at] == 'Z') return at + 1 == text.len;
    minus = text.ptr[at] == '-';
    if (!minus && text.ptr[at] != '+') return 0;
    at++;
    if (!read_digits(text, &at, 2, &hours)) return 0;
    if (at < text.len && text.ptr[at] == ':') at++;
    if (!read_digits(text, &at, 2, &minutes) || at != text.len || hours > 14 || minutes > 59) return 0;
    date->offset_minutes = (minus ? -1 : 1) * (hours * 60 + minutes);
    return 1;
}

static int read_iso(struct mx_str text, struct intake_date *date) {
    uint32_t at = 0;
    if (!read_digits(text, &at, 4, &date->year) || at == text.len || text.ptr[at++] != '-' || !read_digits(text, &at, 2, &date->month) ||
        at == text.len || text.ptr[at++] != '-' || !read_digits(text, &at, 2, &date->day))
        return 0;
    if (at == text.len) return 1;
    if ((text.ptr[at] != 'T' && text.ptr[at] != ' ') || (at++, !read_digits(text, &at, 2, &date->hour)) || at == text.len ||
        text.ptr[at++] != ':' || !read_digits(text, &at, 2, &date->minute))
        return 0;
    if (at < text.len && text.ptr[at] == ':') {
        at++;
        if (!read_digits(text, &at, 2, &date->second)) return 0;
        if (at < text.len && text.ptr[at] == '.')
            for (at++; at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9'; at++) {
            }
    }
    return read_offset(text, at, date);
}

int intake_date_read(struct mx_str text, struct mx_str format, struct intake_date *date) {
    static const struct {
        const char *word;
        uint32_t offset;
    } parts[] = {{"YYYY", offsetof(struct intake_date, year)}, {"MM", offsetof(struct intake_date, month)},
                 {"DD", offsetof(struct intake_date, day)},    {"hh", offsetof(struct intake_date, hour)},
                 {"mm", offsetof(struct intake_date, minute)}, {"ss", offsetof(struct intake_date, second)}};
    uint32_t f = 0, at = 0, k;
    memset(date, 0, sizeof(*date));
    text = trimmed(text);
    if (format.len == 0) return read_iso(text, date) && is_there(date);
    while (f < format.len) {
        for (k = 0; k < 6; k++) {
            size_t len = strlen(parts[k].word);
            if (format.len - f >= len && memcmp(format.ptr + f, parts[k].word, len) == 0) break;
        }
        if (k < 6) {
            if (!read_digits(text, &at, (uint32_t)strlen(parts[k].word), (int32_t *)(void *)((char *)date + parts[k].offset))) return 0;
            f += (uint32_t)strlen(parts[k].word);
        } else if (at == text.len || text.ptr[at++] != format.ptr[f++]) {
            return 0;
        }
    }
    return at == text.len && is_there(date);
}

int64_t intake_date_ms(const struct intake_date *d) {
    int64_t days = mx_day_number(d->year, d->month, d->day);
    return ((days * 24 + d->hour) * 60 + d->minute) * 60000 + (int64_t)d->second * 1000;
}

/* ---- base 64 ---- */

int32_t intake_base64(struct mx_str text, uint8_t *bytes) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t i, bits = 0, have = 0, count = 0, pads = 0;
    int32_t len = 0;
    for (i = 0; i < text.len; i++) {
        const char *at = text.ptr[i] ? strchr(letters, text.ptr[i]) : NULL;
        if (text.ptr[i] == '\n' || text.ptr[i] == '\r') continue;
        count++;
        if (text.ptr[i] == '=') {
            pads++;
            continue;
        }
        if (!at || pads) return -1;
        bits = bits << 6 | (uint32_t)(at - letters);
        have += 6;
        if (have < 8) continue;
        have -= 8;
        bytes[len++] = (uint8_t)(bits >> have);
    }
    if (count % 4 != 0 || pads > 2 || (pads == 1 && have != 2) || (pads == 2 && have != 4) || (pads == 0 && have != 0)) return -1;
    return (bits & ((1u << have) - 1)) == 0 ? len : -1;
}
