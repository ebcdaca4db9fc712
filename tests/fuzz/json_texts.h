/* Texts for the fuzzing of the JSON room: generated ones, records of the tests' types, and mutations of either. */
#ifndef TESTS_FUZZ_JSON_TEXTS_H
#define TESTS_FUZZ_JSON_TEXTS_H

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/id.h"

#define TEXT_MAX 4096u

static struct base_random random_state;

static uint32_t pick(uint32_t below) { return (uint32_t)(base_random_next(&random_state) >> 33) % below; }

static const char *const pieces[] = {"{",
                                     "}",
                                     "[",
                                     "]",
                                     ",",
                                     ":",
                                     "\"",
                                     "\\",
                                     "\\u",
                                     "\\ud83d",
                                     "\\ude00",
                                     "\\u0000",
                                     "\\u0001",
                                     "\\n",
                                     "null",
                                     "true",
                                     "false",
                                     "0",
                                     "-0",
                                     "-",
                                     "1.5",
                                     "1e3",
                                     "E+2",
                                     "9007199254740991",
                                     "9007199254740992",
                                     "-9007199254740991",
                                     "9223372036854775808",
                                     " ",
                                     "\n",
                                     "\t",
                                     "\r",
                                     "\xE8\x8C\xB6",
                                     "\xC0\x80",
                                     "\xED\xA0\x80",
                                     "\xF0\x9F\x98\x80",
                                     "\xFF",
                                     "\xEF\xBB\xBF",
                                     "\"a\":",
                                     "\"a\"",
                                     "[]",
                                     "{}",
                                     "\"\"",
                                     "01",
                                     "+1",
                                     ".5",
                                     "\"sku\":",
                                     "\"price\":5",
                                     "\"state\":\"paid\"",
                                     "\"rev\":3",
                                     "\"phone\":\"1\"",
                                     "\"mails\":[\"m\"]",
                                     "\"born\":1",
                                     "\"lines\":[{\"sku\":\"a\",\"qty\":1}]",
                                     "\"$pii\":\"x\"",
                                     "\x7f",
                                     "\x1f",
                                     "\\/",
                                     "\\x",
                                     "'",
                                     "/**/"};

static void add_string(struct base_buf *out) {
    uint32_t n = pick(6);
    base_buf_char(out, '"');
    while (n--) {
        switch (pick(12)) {
        case 0:
            base_buf_printf(out, "\\u%04x", pick(0x10000));
            break;
        case 1:
            base_buf_printf(out, "\\u%04X\\u%04x", 0xD800 + pick(0x400), 0xDC00 + pick(0x400));
            break;
        case 2:
            base_buf_printf(out, "\\%c", "\"\\/bfnrtux"[pick(10)]);
            break;
        case 3:
            base_buf_text(out, "\xE8\x8C\xB6");
            break;
        case 4:
            base_buf_text(out, "\xF0\x9F\x98\x80");
            break;
        case 5:
            base_buf_text(out, "long enough for eight at once");
            break;
        case 6:
            base_buf_char(out, (char)(pick(3) ? 0x20 + pick(0x60) : pick(256)));
            break;
        default:
            base_buf_char(out, (char)('a' + pick(4)));
            break;
        }
    }
    base_buf_char(out, '"');
}

static void add_space(struct base_buf *out) {
    if (pick(8) == 0) base_buf_char(out, " \n\r\t"[pick(4)]);
}

static void add_number(struct base_buf *out) {
    switch (pick(10)) {
    case 0:
        base_buf_int(out, (int64_t)base_random_next(&random_state));
        break;
    case 1:
        base_buf_int(out, MX_INT_MAX - 2 + (int64_t)pick(5));
        break;
    case 2:
        base_buf_int(out, -MX_INT_MAX - 2 + (int64_t)pick(5));
        break;
    case 3:
        base_buf_printf(out, "%u.%u", pick(10), pick(100));
        break;
    case 4:
        base_buf_printf(out, "%ue%u", pick(10), pick(20));
        break;
    default:
        base_buf_int(out, (int64_t)pick(200) - 100);
        break;
    }
}

static void add_value(struct base_buf *out, uint32_t depth) {
    uint32_t kind = pick(depth ? 9 : 6), n = pick(5), i;
    int object = kind == 8;
    add_space(out);
    if (out->len > TEXT_MAX / 2) kind = 0;
    switch (kind) {
    case 0:
    case 1:
        add_number(out);
        break;
    case 2:
        base_buf_text(out, pick(2) ? "true" : "null");
        break;
    case 3:
        base_buf_text(out, "false");
        break;
    case 4:
    case 5:
        add_string(out);
        break;
    default:
        object = kind >= 7;
        base_buf_char(out, object ? '{' : '[');
        for (i = 0; i < n; i++) {
            if (i) base_buf_char(out, ',');
            add_space(out);
            if (object) {
                add_string(out);
                add_space(out);
                base_buf_char(out, ':');
            }
            add_value(out, depth - 1);
        }
        base_buf_char(out, object ? '}' : ']');
        break;
    }
    add_space(out);
}

/* Levels around the limit, with something inside. */
static void add_deep(struct base_buf *out) {
    uint32_t levels = 28 + pick(10), i;
    uint64_t shape = base_random_next(&random_state);
    for (i = 0; i < levels; i++) base_buf_text(out, shape >> i & 1 ? "{\"k\":" : "[");
    if (pick(2))
        base_buf_text(out, "1");
    else
        base_buf_text(out, "[]");
    for (i = levels; i-- > 0;) base_buf_char(out, shape >> i & 1 ? '}' : ']');
}

/* An object with the members of a record. */
static void add_record(struct base_buf *out) {
    static const char *const members[] = {"\"sku\":\"a\"",     "\"price\":5",
                                          "\"price\":-7",      "\"state\":\"paid\"",
                                          "\"state\":\"odd\"", "\"rev\":3",
                                          "\"phone\":\"1\"",   "\"mails\":[\"m\",\"\"]",
                                          "\"born\":1",        "\"lines\":[{\"sku\":\"a\",\"qty\":1},{\"price\":2}]",
                                          "\"lines\":[]",      "\"person\":\"x\"",
                                          "\"$pii\":\"x\"",    "\"a\":{\"z\":1,\"b\":[2]}",
                                          "\"\\u0001\":1",     "\"\\\"\":1",
                                          "\"zz\":null"};
    uint32_t n = pick(10), i;
    base_buf_char(out, '{');
    for (i = 0; i < n; i++) {
        if (i) base_buf_char(out, ',');
        if (pick(8)) {
            base_buf_text(out, members[pick(sizeof(members) / sizeof(members[0]))]);
        } else {
            add_string(out);
            base_buf_char(out, ':');
            add_value(out, 3);
        }
    }
    base_buf_char(out, '}');
}

static void generate(struct base_buf *out) {
    uint32_t kind = pick(20);
    if (kind == 0)
        add_deep(out);
    else if (kind < 7)
        add_record(out);
    else
        add_value(out, 1 + pick(6));
}

static void insert(struct base_buf *text, size_t at, const char *bytes, size_t len) {
    base_buf_reserve(text, len);
    memmove(text->ptr + at + len, text->ptr + at, text->len - at);
    memcpy(text->ptr + at, bytes, len);
    text->len += len;
}

static void mutate(struct base_buf *text, const struct base_buf *other) {
    size_t at = pick((uint32_t)text->len + 1), len, from;
    const char *piece;
    char copy[64];
    switch (pick(6)) {
    case 0:
        if (at < text->len) text->ptr[at] = (char)((unsigned char)text->ptr[at] ^ (1u << pick(8)));
        break;
    case 1: /* drop a few bytes */
        len = 1 + pick(8);
        if (at + len > text->len) return;
        memmove(text->ptr + at, text->ptr + at + len, text->len - at - len);
        text->len -= len;
        break;
    case 2: /* double a few bytes */
        len = 1 + pick(sizeof(copy) - 1);
        if (at + len > text->len) return;
        memcpy(copy, text->ptr + at, len);
        insert(text, pick((uint32_t)text->len + 1), copy, len);
        break;
    case 3: /* a few bytes of another text */
        len = 1 + pick(sizeof(copy) - 1);
        from = pick((uint32_t)other->len + 1);
        if (from + len > other->len) return;
        memcpy(copy, other->ptr + from, len);
        insert(text, at, copy, len);
        break;
    case 4:
        text->len = at;
        break;
    default:
        piece = pieces[pick(sizeof(pieces) / sizeof(pieces[0]))];
        insert(text, at, piece, strlen(piece));
        break;
    }
}

#endif
