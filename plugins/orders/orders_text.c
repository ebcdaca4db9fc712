/* Building sentences: text, money, quantities, times and names. */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void orders_text_init(struct orders_text *text, struct mx_ctx *ctx, const struct mx_cart *cart, int32_t language) {
    memset(text, 0, sizeof(*text));
    text->ctx = ctx;
    text->language = language == ORDERS_ZH ? ORDERS_ZH : ORDERS_EN;
    text->digits = cart->digits;
    text->zone = cart->zone;
}

static void reserve(struct orders_text *text, size_t more) {
    char *bytes;
    size_t room = text->room ? text->room : 256;
    if (text->len + more < text->room) return;
    while (room <= text->len + more) room *= 2;
    bytes = mx_alloc(text->ctx, room);
    if (text->len) memcpy(bytes, text->bytes, text->len);
    text->bytes = bytes;
    text->room = room;
}

void orders_say(struct orders_text *text, const char *format, ...) {
    va_list args, again;
    int bytes;

    va_start(args, format);
    va_copy(again, args);
    bytes = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (bytes > 0) {
        reserve(text, (size_t)bytes);
        vsnprintf(text->bytes + text->len, text->room - text->len, format, again);
        text->len += (size_t)bytes;
    }
    va_end(again);
}

struct mx_str orders_text_str(const struct orders_text *text) {
    return mx_str_n(text->bytes, text->len);
}

void orders_say_str(struct orders_text *text, struct mx_str str) {
    if (str.len == 0) return;
    reserve(text, str.len);
    memcpy(text->bytes + text->len, str.ptr, str.len);
    text->len += str.len;
}

static struct mx_str in_chinese(struct mx_str word) {
    static const char *const words[][2] = {{"mon", "周一"}, {"tue", "周二"}, {"wed", "周三"},  {"thu", "周四"},   {"fri", "周五"},
                                           {"sat", "周六"}, {"sun", "周日"}, {"cash", "现金"}, {"card", "银行卡"}};
    size_t i;
    for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (mx_str_is(word, words[i][0])) return mx_str_of(words[i][1]);
    return word;
}

void orders_say_words(struct orders_text *text, struct mx_str words) {
    uint32_t from = 0, to;
    while (from < words.len) {
        struct mx_str word;
        for (to = from; to < words.len && words.ptr[to] != ' '; to++) continue;
        word = mx_str_n(words.ptr + from, to - from);
        if (from) orders_say(text, " ");
        orders_say_str(text, text->language == ORDERS_ZH ? in_chinese(word) : word);
        from = to + 1;
    }
}

void orders_say_money(struct orders_text *text, int64_t minor) {
    int64_t one = 1, i;
    for (i = 0; i < text->digits; i++) one *= 10;
    orders_say(text, "%s%" PRId64, minor < 0 ? "-" : "", (minor < 0 ? -minor : minor) / one);
    if (one > 1) orders_say(text, ".%0*" PRId64, (int)text->digits, (minor < 0 ? -minor : minor) % one);
}

/* `units` in thousandths, without zeroes at the end. */
static void say_thousandths(struct orders_text *text, int64_t thousandths) {
    int64_t rest = thousandths % 1000;
    int places = 3;
    orders_say(text, "%" PRId64, thousandths / 1000);
    if (rest == 0) return;
    for (; rest % 10 == 0; rest /= 10) places--;
    orders_say(text, ".%0*" PRId64, places, rest);
}

void orders_say_qty(struct orders_text *text, int64_t qty) { say_thousandths(text, qty); }

void orders_say_time(struct orders_text *text, int64_t at_ms) {
    struct mx_civil civil;
    mx_civil_of(text->ctx, text->zone, at_ms, &civil);
    orders_say(text, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour, civil.minute);
}

void orders_say_pieces(struct orders_text *text, int64_t pieces) {
    if (text->language == ORDERS_ZH)
        orders_say(text, "再买 %" PRId64 " 件", pieces);
    else if (pieces == 1)
        orders_say(text, "one more piece");
    else
        orders_say(text, "%" PRId64 " more pieces", pieces);
}

void orders_say_name(struct orders_text *text, const struct mx_list *name, struct mx_str rule) {
    struct mx_str best = rule, wanted = mx_str_of(orders_language_words[text->language - 1]);
    uint32_t i;
    for (i = 0; i < name->count; i++) {
        const struct mx_pair *pair = mx_list_at(name, i);
        if (mx_str_is(pair->key, "en")) best = pair->value;
    }
    for (i = 0; i < name->count; i++) {
        const struct mx_pair *pair = mx_list_at(name, i);
        if (mx_str_eq(pair->key, wanted)) best = pair->value;
    }
    orders_say_str(text, best);
}

const char *orders_lane_word(const struct orders_text *text, int32_t lane) {
    static const char *const zh[] = {"限时", "单品", "整单", "优惠券", "会员", "积分抵扣", "运费", "积分"};
    if (lane < 1 || lane > MX_LANES) return "?";
    return text->language == ORDERS_ZH ? zh[lane - 1] : mx_lane_words[lane - 1];
}
