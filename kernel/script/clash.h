/* Which promotions meet on the same goods. Inside this room only. */
#ifndef SCRIPT_CLASH_H
#define SCRIPT_CLASH_H

#include "script/sale.h"

#define SCRIPT_MEET_MAX 200 /* bytes of why */

#define SCRIPT_MEET_MAYBE   1 /* what an article is decides, and the rules do not know it */
#define SCRIPT_MEET_CERTAIN 2 /* some article is certainly meant by both */
/* Whether both may take something off the same units in the same sale, 0 = never; `why` says on what (SCRIPT_MEET_MAX bytes). */
int script_promotions_meet(const struct script_rule *a, const struct script_rule *b, char *why);
/* 1 when every unit that `inner` wants is one that `outer` takes. */
int script_goods_within(const struct script_promotion *inner, const struct script_promotion *outer);
/* The first word that both lists hold; NULL = none. */
const struct mx_str *script_words_common(const struct script_words *a, const struct script_words *b);

#endif
