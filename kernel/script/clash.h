/* Which promotions meet on the same goods. Inside this room only. */
#ifndef SCRIPT_CLASH_H
#define SCRIPT_CLASH_H

#include "script/sale.h"

#define SCRIPT_MEET_MAX 200 /* bytes of why */

/* 1 when both may take something off the same units in the same sale; `why` says on what (SCRIPT_MEET_MAX bytes). */
int script_promotions_meet(const struct script_rule *a, const struct script_rule *b, char *why);
/* 1 when every unit that `inner` wants is one that `outer` takes. */
int script_goods_within(const struct script_promotion *inner, const struct script_promotion *outer);
/* The first word that both lists hold; NULL = none. */
const struct mx_str *script_words_common(const struct script_words *a, const struct script_words *b);

#endif
