/* The lexical part of reading: space, strings, numbers, brackets, and the words for what is wrong. */
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "json/internal.h"

#define ONES    UINT64_C(0x0101010101010101)
#define HIGHS   UINT64_C(0x8080808080808080)
#define QUOTES  (ONES * '"')
#define SLASHES (ONES * '\\')

void json_reader_init(struct json_reader *r, struct base_arena *arena, struct mx_str text, struct mx_error *err) {
    r->at = r->start = text.len ? text.ptr : "";
    r->end = r->start + text.len;
    r->arena = arena;
    r->err = err;
    r->depth = 0;
    base_buf_init(&r->members, arena);
    base_buf_init(&r->scratch, arena);
}

/* ---- messages ---- */

/* Member names come from outside: nothing of them may break a line of the log. */
static size_t add_name(char *text, size_t size, size_t len, struct mx_str name) {
    uint32_t i;
    for (i = 0; i < name.len && len + 1 < size; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        text[len++] = c < 0x20 || c == 0x7f ? '?' : (char)c;
    }
    return len;
}

static size_t add_path(const struct json_path *path, char *text, size_t size) {
    size_t len;
    if (path == NULL) return 0;
    len = add_path(path->up, text, size);
    if (path->index >= 0) {
        char number[32];
        int digits = snprintf(number, sizeof(number), "[%lld]", (long long)path->index);
        return add_name(text, size, len, mx_str_n(number, (size_t)digits));
    }
    if (len) len = add_name(text, size, len, mx_str_of("."));
    return add_name(text, size, len, path->name);
}

void json_path_text(const struct json_path *path, char *text, size_t size) {
    size_t len = add_path(path, text, size);
    if (len + 1 == size) { /* cut: not in the middle of a character */
        while (len && !base_utf8_valid(mx_str_n(text, len))) len--;
    }
    text[len] = 0;
}

mx_status json_syntax(struct json_reader *r, const char *expected) {
    size_t byte = (size_t)(r->at - r->start) + 1;
    if (r->at == r->end)
        return base_fail(r->err, MX_E_BAD_INPUT, NULL, "the text is not valid JSON: it ends where %s is expected", expected);
    return base_fail(r->err, MX_E_BAD_INPUT, NULL, "the text is not valid JSON: %s is expected at byte %zu", expected, byte);
}

mx_status json_refuse(struct json_reader *r, const struct json_path *path, mx_status status, const char *format, ...) {
    char field[96], what[200];
    va_list args;
    if (r->err == NULL) return status;
    json_path_text(path, field, sizeof(field));
    va_start(args, format);
    vsnprintf(what, sizeof(what), format, args);
    va_end(args);
    return base_fail(r->err, status, field, "%s %s", field[0] ? field : "the value", what);
}

/* ---- strings ---- */

/* First quote, backslash or control character; *high gathers the top bits passed on the way. */
static const char *plain_run(const char *at, const char *end, uint64_t *high) {
    while (end - at >= 8) {
        uint64_t x, quote, slash;
        memcpy(&x, at, sizeof(x));
        quote = x ^ QUOTES;
        slash = x ^ SLASHES;
        if ((((quote - ONES) & ~quote) | ((slash - ONES) & ~slash) | ((x - ONES * 0x20) & ~x)) & HIGHS) break;
        *high |= x;
        at += 8;
    }
    for (; at < end; at++) {
        unsigned char c = (unsigned char)*at;
        if (c == '"' || c == '\\' || c < 0x20) return at;
        *high |= c;
    }
    return at;
}

static int hex4(const char *at, const char *end, uint32_t *code) {
    uint8_t bytes[2];
    if (end - at < 4 || !base_unhex(mx_str_n(at, 4), bytes, 2)) return 0;
    *code = (uint32_t)bytes[0] << 8 | bytes[1];
    return 1;
}

static char *put_utf8(char *out, uint32_t code) {
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xC0 | code >> 6);
        *out++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *out++ = (char)(0xE0 | code >> 12);
        *out++ = (char)(0x80 | (code >> 6 & 63));
        *out++ = (char)(0x80 | (code & 63));
    } else {
        *out++ = (char)(0xF0 | code >> 18);
        *out++ = (char)(0x80 | (code >> 12 & 63));
        *out++ = (char)(0x80 | (code >> 6 & 63));
        *out++ = (char)(0x80 | (code & 63));
    }
    return out;
}

/* The \uXXXX at the reader, behind its "u"; a pair of surrogates is one character. */
static mx_status unescape_unicode(struct json_reader *r, char **out) {
    uint32_t code, low;
    if (!hex4(r->at, r->end, &code)) return json_syntax(r, "an escape of four hexadecimal digits");
    if (code == 0) return base_fail(r->err, MX_E_BAD_INPUT, NULL, "the text holds the character U+0000, which is not taken");
    r->at += 4;
    if (code >= 0xD800 && code <= 0xDFFF) {
        if (code >= 0xDC00 || r->end - r->at < 6 || r->at[0] != '\\' || r->at[1] != 'u' || !hex4(r->at + 2, r->end, &low) || low < 0xDC00 ||
            low > 0xDFFF)
            return json_syntax(r, "the second half of a surrogate pair");
        r->at += 6;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    *out = put_utf8(*out, code);
    return MX_OK;
}

static mx_status unescape(struct json_reader *r, char **out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *which;
    if (r->at == r->end) return json_syntax(r, "an escape");
    if (*r->at == 'u') {
        r->at++;
        return unescape_unicode(r, out);
    }
    which = *r->at ? strchr(from, *r->at) : NULL;
    if (which == NULL) return json_syntax(r, "one of the escapes of JSON");
    *(*out)++ = to[which - from];
    r->at++;
    return MX_OK;
}

/* Closing quote at or behind `at`, or the end. */
static const char *closing_quote(const char *at, const char *end) {
    for (; at < end && *at != '"'; at++) {
        if (*at == '\\' && at + 1 < end) at++;
    }
    return at;
}

/* A string with escapes, from its first character on. */
static mx_status read_escaped(struct json_reader *r, struct mx_str *text) {
    char *copy = base_arena_grab(r->arena, (size_t)(closing_quote(r->at, r->end) - r->at) + 1);
    char *out = copy;
    uint64_t high = 0;
    for (;;) {
        const char *stop = plain_run(r->at, r->end, &high);
        mx_status st;
        memcpy(out, r->at, (size_t)(stop - r->at));
        out += stop - r->at;
        r->at = stop;
        if (stop == r->end) return json_syntax(r, "the closing quote of a string");
        if (*stop == '"') break;
        if (*stop != '\\') return json_syntax(r, "an escape instead of a control character");
        r->at++;
        if ((st = unescape(r, &out))) return st;
    }
    r->at++;
    *text = mx_str_n(copy, (size_t)(out - copy));
    if ((high & HIGHS) && !base_utf8_valid(*text)) return base_fail(r->err, MX_E_BAD_INPUT, NULL, "the text is not valid UTF-8");
    return MX_OK;
}

mx_status json_read_string(struct json_reader *r, struct mx_str *text) {
    const char *begin, *stop;
    uint64_t high = 0;
    if (r->at == r->end || *r->at != '"') return json_syntax(r, "a string in quotes");
    begin = r->at + 1;
    stop = plain_run(begin, r->end, &high);
    r->at = stop;
    if (stop == r->end) return json_syntax(r, "the closing quote of a string");
    if (*stop != '"') {
        r->at = begin;
        return read_escaped(r, text);
    }
    r->at++;
    *text = mx_str_n(begin, (size_t)(stop - begin));
    if ((high & HIGHS) && !base_utf8_valid(*text)) return base_fail(r->err, MX_E_BAD_INPUT, NULL, "the text is not valid UTF-8");
    return MX_OK;
}

/* ---- numbers, words, structure ---- */

static int digit(const struct json_reader *r) { return r->at < r->end && *r->at >= '0' && *r->at <= '9'; }

/* Fraction and exponent: kept to the grammar, so that a bad number is told from one that is no integer. */
static int number_tail(struct json_reader *r) {
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!digit(r)) return JSON_NUMBER_SYNTAX;
        while (digit(r)) r->at++;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
        if (!digit(r)) return JSON_NUMBER_SYNTAX;
        while (digit(r)) r->at++;
    }
    return JSON_NUMBER_FRACTION;
}

int json_read_number(struct json_reader *r, int64_t *number) {
    int negative = r->at < r->end && *r->at == '-';
    int64_t value = 0;
    const char *first;
    if (negative) r->at++;
    first = r->at;
    for (; digit(r); r->at++) {
        if (value <= MX_INT_MAX) value = value * 10 + (*r->at - '0'); /* stays beyond the bound once it is there */
    }
    if (r->at == first) return JSON_NUMBER_SYNTAX;
    if (*first == '0' && r->at - first > 1) {
        r->at = first + 1;
        return JSON_NUMBER_SYNTAX;
    }
    if (r->at < r->end && (*r->at == '.' || *r->at == 'e' || *r->at == 'E')) return number_tail(r);
    if (negative && value == 0) return JSON_NUMBER_FRACTION;
    if (value > MX_INT_MAX) return JSON_NUMBER_LARGE;
    *number = negative ? -value : value;
    return JSON_NUMBER_OK;
}

int json_read_word(struct json_reader *r, const char *word) {
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0) return 0;
    r->at += len;
    return 1;
}

mx_status json_enter(struct json_reader *r) {
    if (++r->depth > JSON_MAX_DEPTH) {
        return base_fail(r->err, MX_E_BAD_INPUT, NULL, "the text is nested deeper than %d arrays and objects", JSON_MAX_DEPTH);
    }
    r->at++;
    json_space(r);
    return MX_OK;
}

void json_leave(struct json_reader *r) { r->depth--; }

mx_status json_read_name(struct json_reader *r, struct mx_str *name) {
    mx_status st;
    if (r->at == r->end || *r->at != '"') return json_syntax(r, "the name of a member in quotes");
    if ((st = json_read_string(r, name))) return st;
    json_space(r);
    if (r->at == r->end || *r->at != ':') return json_syntax(r, "a colon");
    r->at++;
    json_space(r);
    return MX_OK;
}

mx_status json_read_next(struct json_reader *r, char close, int *more) {
    json_space(r);
    if (r->at < r->end && *r->at == ',') {
        r->at++;
        json_space(r);
        *more = 1;
        return MX_OK;
    }
    if (r->at < r->end && *r->at == close) {
        r->at++;
        *more = 0;
        return MX_OK;
    }
    return json_syntax(r, close == '}' ? "a comma or the end of the object" : "a comma or the end of the array");
}

mx_status json_read_begin(struct json_reader *r) {
    if (r->end - r->at >= 3 && memcmp(r->at, "\xEF\xBB\xBF", 3) == 0)
        return base_fail(r->err, MX_E_BAD_INPUT, NULL, "the text begins with a byte order mark, which is not taken");
    json_space(r);
    return MX_OK;
}

mx_status json_read_end(struct json_reader *r) {
    json_space(r);
    return r->at == r->end ? MX_OK : json_syntax(r, "the end of the text");
}

static mx_status read_scalar_number(struct json_reader *r, const struct json_path *path, struct json_value *value) {
    value->kind = JSON_INT;
    switch (json_read_number(r, &value->number)) {
    case JSON_NUMBER_OK:
        return MX_OK;
    case JSON_NUMBER_SYNTAX:
        return json_syntax(r, "a number");
    default:
        break;
    }
    return json_refuse(r, path, MX_E_BAD_INPUT, "must be an integer between -%lld and %lld, without fraction or exponent",
                       (long long)MX_INT_MAX, (long long)MX_INT_MAX);
}

mx_status json_read_scalar(struct json_reader *r, const struct json_path *path, struct json_value *value) {
    char c = json_peek(r);
    if (c == '"') {
        value->kind = JSON_STRING;
        return json_read_string(r, &value->text);
    }
    if (c == '-' || (c >= '0' && c <= '9')) return read_scalar_number(r, path, value);
    value->kind = c == 'n' ? JSON_NULL : JSON_BOOL;
    value->number = c == 't';
    if (json_read_word(r, c == 'n' ? "null" : c == 't' ? "true" : "false")) return MX_OK;
    return json_syntax(r, "a value");
}
