/* As much of JSON as mappings need: rows out of an array or out of lines, and values by their path. Strict: what is no JSON is an
 * error, never guessed at. */
#include "internal.h"

#define DEPTH_MAX 32

struct reader {
    const char *at, *end;
};

static void skip_space(struct reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}

static int take(struct reader *r, char c) {
    if (r->at == r->end || *r->at != c) return 0;
    r->at++;
    return 1;
}

static int hex4(const char *p, const char *end, uint32_t *out) {
    uint32_t value = 0, i;
    if (end - p < 4) return 0;
    for (i = 0; i < 4; i++) {
        char c = p[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16) return 0;
        value = value << 4 | digit;
    }
    *out = value;
    return 1;
}

static int skip_string(struct reader *r) {
    uint32_t code;
    if (!take(r, '"')) return 0;
    while (r->at < r->end) {
        char c = *r->at++;
        if (c == '"') return 1;
        if ((unsigned char)c < 0x20) return 0;
        if (c != '\\') continue;
        if (r->at == r->end) return 0;
        c = *r->at++;
        if (c == 'u') {
            if (!hex4(r->at, r->end, &code)) return 0;
            r->at += 4;
        } else if (!strchr("\"\\/bfnrt", c) || c == 0) {
            return 0;
        }
    }
    return 0;
}

static int skip_digits(struct reader *r) {
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return r->at > from;
}

static int skip_number(struct reader *r) {
    int zero;
    (void)take(r, '-');
    zero = r->at < r->end && *r->at == '0';
    if (zero) {
        r->at++;
    } else if (!skip_digits(r)) {
        return 0;
    }
    if (take(r, '.') && !skip_digits(r)) return 0;
    if (take(r, 'e') || take(r, 'E')) {
        if (!take(r, '+')) (void)take(r, '-');
        return skip_digits(r);
    }
    return 1;
}

static int skip_word(struct reader *r, const char *word) {
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0) return 0;
    r->at += len;
    return 1;
}

static int skip_value(struct reader *r, int depth);

static int skip_group(struct reader *r, int depth, int object) {
    char close = object ? '}' : ']';
    r->at++;
    skip_space(r);
    if (take(r, close)) return 1;
    do {
        skip_space(r);
        if (object) {
            if (!skip_string(r)) return 0;
            skip_space(r);
            if (!take(r, ':')) return 0;
        }
        if (!skip_value(r, depth + 1)) return 0;
        skip_space(r);
    } while (take(r, ','));
    return take(r, close);
}

static int skip_value(struct reader *r, int depth) {
    skip_space(r);
    if (r->at == r->end || depth > DEPTH_MAX) return 0;
    switch (*r->at) {
    case '"':
        return skip_string(r);
    case '{':
        return skip_group(r, depth, 1);
    case '[':
        return skip_group(r, depth, 0);
    case 't':
        return skip_word(r, "true");
    case 'f':
        return skip_word(r, "false");
    case 'n':
        return skip_word(r, "null");
    default:
        return skip_number(r);
    }
}

static void count_lines(struct intake_json *json, const char *from, const char *to) {
    for (; from < to; from++) json->line += *from == '\n';
}

int intake_json_next(struct intake_json *json, struct mx_str *value) {
    struct reader r = {json->text.ptr + json->at, json->text.ptr + json->text.len};
    const char *begin = r.at, *from;
    skip_space(&r);
    if (json->in_array < 0) {
        json->in_array = take(&r, '[');
        skip_space(&r);
        if (json->in_array && take(&r, ']')) {
            skip_space(&r);
            return r.at == r.end ? INTAKE_END : INTAKE_BROKEN;
        }
    } else if (json->in_array) {
        if (take(&r, ']')) {
            skip_space(&r);
            return r.at == r.end ? INTAKE_END : INTAKE_BROKEN;
        }
        if (!take(&r, ',')) return INTAKE_BROKEN;
        skip_space(&r);
    }
    count_lines(json, begin, r.at);
    json->at = (uint32_t)(r.at - json->text.ptr);
    if (r.at == r.end) return json->in_array ? INTAKE_BROKEN : INTAKE_END; /* an array that was cut off is no whole file */
    from = r.at;
    if (!skip_value(&r, 0)) return INTAKE_BROKEN;
    *value = mx_str_n(from, (size_t)(r.at - from));
    json->at = (uint32_t)(r.at - json->text.ptr);
    return INTAKE_ROW;
}

/* ---- values by path ---- */

int32_t intake_json_text(struct mx_str value, char *text, uint32_t room) {
    const char *p = value.ptr, *end = value.ptr + value.len;
    uint32_t len = 0, code, low;
    if (value.len == 0 || *p == '{' || *p == '[') return -1;
    if (*p != '"') {
        if (value.len > room) return -1;
        memcpy(text, p, value.len);
        return (int32_t)value.len;
    }
    for (p++; p < end && *p != '"'; p++) {
        char out[4];
        uint32_t n = 1;
        out[0] = *p;
        if (*p == '\\') {
            const char *const names = "bfnrt", *const signs = "\b\f\n\r\t";
            const char *at = strchr(names, *++p);
            out[0] = at && *p ? signs[at - names] : *p;
            if (*p == 'u') {
                if (!hex4(p + 1, end, &code)) return -1;
                p += 4;
                if (code >= 0xd800 && code < 0xdc00) {
                    if (end - p < 7 || p[1] != '\\' || p[2] != 'u' || !hex4(p + 3, end, &low) || low < 0xdc00 || low > 0xdfff) return -1;
                    code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
                    p += 6;
                } else if (code >= 0xdc00 && code < 0xe000) {
                    return -1;
                }
                n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
                out[0] = (char)(n == 1 ? code : n == 2 ? 0xc0 | code >> 6 : n == 3 ? 0xe0 | code >> 12 : 0xf0 | code >> 18);
                if (n == 4) out[1] = (char)(0x80 | (code >> 12 & 0x3f));
                if (n >= 3) out[n - 2] = (char)(0x80 | (code >> 6 & 0x3f));
                if (n >= 2) out[n - 1] = (char)(0x80 | (code & 0x3f));
            }
        }
        if (len + n > room) return -1;
        memcpy(text + len, out, n);
        len += n;
    }
    return (int32_t)len;
}

static int member(struct mx_str object, struct mx_str name, struct mx_str *found) {
    struct reader r = {object.ptr, object.ptr + object.len};
    if (!take(&r, '{')) return 0;
    do {
        const char *from;
        struct mx_str key;
        char text[104];
        int32_t len;
        skip_space(&r);
        from = r.at;
        if (!skip_string(&r)) return 0;
        key = mx_str_n(from, (size_t)(r.at - from));
        skip_space(&r);
        if (!take(&r, ':')) return 0;
        skip_space(&r);
        from = r.at;
        if (!skip_value(&r, 0)) return 0;
        len = intake_json_text(key, text, sizeof(text));
        if (len >= 0 && mx_str_eq(mx_str_n(text, (size_t)len), name)) {
            *found = mx_str_n(from, (size_t)(r.at - from));
            return 1;
        }
        skip_space(&r);
    } while (take(&r, ','));
    return 0;
}

int intake_json_element(struct mx_str array, uint32_t place, struct mx_str *found) {
    struct reader r = {array.ptr, array.ptr + array.len};
    uint32_t i = 0;
    if (!take(&r, '[')) return 0;
    skip_space(&r);
    if (take(&r, ']')) return 0;
    do {
        const char *from;
        skip_space(&r);
        from = r.at;
        if (!skip_value(&r, 0)) return 0;
        if (i++ == place) {
            *found = mx_str_n(from, (size_t)(r.at - from));
            return 1;
        }
        skip_space(&r);
    } while (take(&r, ','));
    return 0;
}

static int place_of(struct mx_str word, uint32_t *place) {
    uint32_t i, value = 0;
    if (word.len == 0 || word.len > 6) return 0;
    for (i = 0; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9') return 0;
        value = value * 10 + (uint32_t)(word.ptr[i] - '0');
    }
    *place = value;
    return 1;
}

int intake_json_at(struct mx_str value, struct mx_str path, struct mx_str *found) {
    uint32_t from = 0, to, place;
    while (from <= path.len) {
        struct mx_str word;
        for (to = from; to < path.len && path.ptr[to] != '.'; to++) {
        }
        word = mx_str_n(path.ptr + from, to - from);
        if (value.len && *value.ptr == '[') {
            if (!place_of(word, &place) || !intake_json_element(value, place, &value)) return 0;
        } else if (!member(value, word, &value)) {
            return 0;
        }
        from = to + 1;
    }
    *found = value;
    return !mx_str_is(value, "null");
}
