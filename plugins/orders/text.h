/* Sentences for customers and cashiers, in English and Chinese: the same facts give the same text. */
#ifndef ORDERS_TEXT_H
#define ORDERS_TEXT_H

#include "internal.h"

static const char *const orders_language_words[] = {"en", "zh", NULL};
#define ORDERS_EN 1
#define ORDERS_ZH 2

struct orders_text {
    struct mx_ctx *ctx;
    int32_t language; /* ORDERS_EN, ORDERS_ZH */
    int64_t digits;   /* of the currency */
    struct mx_str zone;
    char *bytes;
    size_t len;
    size_t room;
};

/* language: ORDERS_EN when 0. */
void orders_text_init(struct orders_text *text, struct mx_ctx *ctx, const struct mx_cart *cart, int32_t language);
void orders_say(struct orders_text *text, const char *format, ...) MX_PRINTF(2, 3);
struct mx_str orders_text_str(const struct orders_text *text);

/* The English or the Chinese wording. */
#define ORDERS_WORDING(text, en, zh) ((text)->language == ORDERS_ZH ? (zh) : (en))

void orders_say_str(struct orders_text *text, struct mx_str str);
/* Words with spaces between; weekdays and tenders in the language. */
void orders_say_words(struct orders_text *text, struct mx_str words);
void orders_say_money(struct orders_text *text, int64_t minor);   /* "12.80" */
void orders_say_qty(struct orders_text *text, int64_t qty);       /* thousandths: "3", "0.455" */
void orders_say_time(struct orders_text *text, int64_t at_ms);    /* "2026-01-05 12:30", on the location's clocks */
void orders_say_pieces(struct orders_text *text, int64_t pieces); /* "one more piece", "2 more pieces" */
/* The name of a rule in the language, else in English, else its id. */
void orders_say_name(struct orders_text *text, const struct mx_list *name, struct mx_str rule);
const char *orders_lane_word(const struct orders_text *text, int32_t lane);

/* What became of an offer, with what would have made it win: half a sentence. offers: those that were asked with. */
void orders_say_outcome(struct orders_text *text, const struct mx_list *offers, const struct mx_outcome *outcome);

/* 1 when a rule that has not begun (MX_MISS_NOT_YET) does so within a week: what is planned beyond that is not told to customers. */
int orders_begins_soon(const struct mx_offer_miss *miss, int64_t now_ms);

/* Why a rule made no offer: half a sentence. */
void orders_say_miss(struct orders_text *text, const struct mx_offer_miss *miss);

/* The offer of an outcome; NULL: it is not among them. */
const struct mx_offer *orders_offer_of(const struct mx_list *offers, const struct mx_outcome *outcome);

#endif
