/* Looking for a cart that breaks a property: what hunt*.c share. */
#ifndef SCRIPT_HUNT_H
#define SCRIPT_HUNT_H

#include "merx/retail/past.h"
#include "script/sale.h"

/* ---- hunt_pool.c: what carts are made of ---- */

#define HUNT_ARTICLES 400 /* of the shop; and as many that rules ask for */
#define HUNT_WORDS    64
#define HUNT_NUMBERS  64

struct hunt_words {
    struct mx_str items[HUNT_WORDS];
    uint32_t count;
};
struct hunt_numbers {
    int64_t items[HUNT_NUMBERS];
    uint32_t count;
};

struct hunt_pool {
    struct base_arena *arena;
    struct mx_cart_line articles[2 * HUNT_ARTICLES];
    uint32_t count;
    struct hunt_words tiers, segments, channels, locations, tenders, codes;
    struct hunt_numbers pieces; /* thousandths at which something begins or ends */
    struct hunt_numbers spends; /* amounts of money */
    struct hunt_numbers times;  /* beginnings and ends of windows */
    struct mx_str currency;
    int64_t now_ms, digits;
    uint8_t prices_include_tax;
    struct mx_str zone;
};

/* Gather what the promotions of the set speak of. */
void hunt_pool_rules(struct hunt_pool *pool, const struct script_set *set);
/* Gather what was on a receipt. */
void hunt_pool_receipt(struct hunt_pool *pool, const struct mx_cart *cart, int imported);
/* The article in the pool, NULL when there is none. */
const struct mx_cart_line *hunt_article(const struct hunt_pool *pool, struct mx_str sku);

/* ---- hunt_carts.c ---- */

struct hunt_random {
    uint64_t state;
};
/* 0 .. below - 1 */
uint32_t hunt_pick(struct hunt_random *random, uint32_t below);
/* A cart in the command's memory: the same number makes the same cart. */
struct mx_cart *hunt_cart(const struct hunt_pool *pool, const struct script_set *set, struct mx_ctx *ctx, uint64_t number);
/* A copy with lists of its own: texts are those of the pool and the rules, which outlive slices. */
struct mx_cart *hunt_copy(struct mx_ctx *ctx, const struct mx_cart *cart);
/* Number the lines and sum up again. 0: it costs more than money can say. */
int hunt_settle(struct mx_cart *cart);
/* Add so much of an article: 0 when the cart is full or costs too much. */
int hunt_add(struct mx_ctx *ctx, struct mx_cart *cart, const struct mx_cart_line *article, int64_t qty);

/* ---- hunt_check.c, hunt_try.c: does a property hold? ---- */

#define HUNT_TRIES 50     /* further carts that a property may ask about */
#define HUNT_STEPS 500000 /* on top of what a rule may take: each of those carts is shown to it */

struct hunt {
    struct mx_ctx *ctx;
    struct script_trying trying;
    struct hunt_pool *pool;
    uint32_t tries;
    int64_t done, carts;             /* how far the search is */
    char message[SCRIPT_FAULT_TEXT]; /* why it does not hold */
};
enum { HUNT_HOLDS, HUNT_BROKEN, HUNT_FAULT };

/* Price a cart with the rules that are tried. */
MX_MUST_CHECK mx_status hunt_price(struct hunt *hunt, const struct mx_cart *cart, struct mx_priced *out);
/* HUNT_*: hunt->message says why not. rule: NULL for one of C's own. MX_E_CANCELLED and the like: stop. */
MX_MUST_CHECK mx_status hunt_check(struct hunt *hunt, const struct script_property *property, struct script_rule *rule,
                                   const struct mx_cart *cart, const struct mx_priced *priced, int *outcome);
/* The same of a function in a rule file. */
int hunt_ask(struct hunt *hunt, struct script_rule *rule, const struct mx_cart *cart, const struct mx_priced *priced);
/* What the goods of a line cost the shop: 1, or 0 when that is not known. */
int hunt_cost(const struct mx_cart_line *line, int64_t *cost);

/* ---- hunt_shrink.c ---- */

/* Make the cart smaller as long as the property stays broken; *steps: how often that went well. */
MX_MUST_CHECK mx_status hunt_shrink(struct hunt *hunt, const struct script_property *property, struct script_rule *rule,
                                    struct mx_cart **cart, int64_t *steps);

#endif
