/* Promotions as they are kept, and one sale that asks them. Only the files about promotions include this.
 *
 * promotion.c        promotion{...}, and who gets it     promotion_takes.c  what it takes off: every kind
 * promotion_groups.c bundles, mixes, gifts               promotion_goods.c  on what: where and except
 * window.c           when                                index.c            which rules a cart can touch at all
 * match.c            the half that C can answer          offers.c           the half that asks functions
 * miss.c             why a rule made no offer            answer.c           all promotions about one cart */
#ifndef SCRIPT_SALE_H
#define SCRIPT_SALE_H

#include "script/internal.h"

/* ---- on what ---- */

struct script_filter { /* each list that is there must have one that fits */
    struct script_words categories, tags, brands, skus;
    int32_t unit; /* MX_UNIT_*, 0 = any */
};
struct script_goods {
    struct script_filter where, except;
};
/* `where` and `except` of the table that is read. */
void script_goods_read(const struct script_reader *reader, struct base_arena *arena, struct script_goods *out);
/* 1 when the goods of this line are meant. */
int script_goods_match(const struct script_goods *goods, const struct mx_cart_line *line);
/* 1 when `where` narrows nothing. */
int script_goods_all(const struct script_goods *goods);

int script_words_has(const struct script_words *words, struct mx_str text);
int script_words_has_any(const struct script_words *words, const struct mx_list *texts);
/* The words under `key` of the table that is read, a text or a list of texts of 1..max bytes: 1, or 0 when it is absent. */
int script_words_read(const struct script_reader *reader, struct base_arena *arena, const char *key, uint32_t max,
                      struct script_words *out);

/* ---- when ---- */

struct script_hours {
    int32_t from, to; /* minutes of the day, `to` not included; to <= from: it ends on the next day */
};
struct script_window {
    int has_from, has_to;
    struct base_civil from, to;   /* local; `to` is the first moment behind it */
    int64_t from_about, to_about; /* the same read as UTC: no zone is further away than SCRIPT_ZONES_APART_MS */
    uint32_t weekdays;            /* bit n: ISO weekday n; 0 = every day */
    struct script_hours *hours;
    uint32_t hours_count;
    struct mx_str hours_text, weekday_text; /* as they are told */
};
#define SCRIPT_ZONES_APART_MS (16 * 3600 * INT64_C(1000))

struct script_moment { /* of a sale, in its place */
    const struct base_zone *zone;
    int64_t at_ms;
    struct base_civil local;
};
void script_window_read(const struct script_reader *reader, struct base_arena *arena, struct script_window *window);
/* 0 when the moment is within the window, otherwise MX_MISS_NOT_YET, ENDED, WEEKDAY or HOURS. value: when it begins, ended. */
int32_t script_window_miss(const struct script_window *window, const struct script_moment *now, int64_t *value);
/* The last moment of the stretch of the window that `now` is in; 0 = open. */
int64_t script_window_ends(const struct script_window *window, const struct script_moment *now);

/* ---- what it takes off ---- */

enum {
    SCRIPT_SHAPE_FUNCTION, /* its function makes the offers */
    SCRIPT_SHAPE_LINES,    /* one offer on the lines that fit */
    SCRIPT_SHAPE_PRICES,   /* the lines have prices of their own */
    SCRIPT_SHAPE_SLOTS,    /* groups that fill slots */
    SCRIPT_SHAPE_GIFT,     /* pieces of slot 1 are free when so much is spent on those of slot 0 */
    SCRIPT_SHAPE_EXPIRY,   /* each line as its lot comes to an end */
    SCRIPT_SHAPE_GROUP,    /* a price for those who joined */
    SCRIPT_SHAPE_BARGAIN   /* a price that helpers brought down */
};

struct script_sku_price {
    struct mx_str sku;
    int64_t price;
};
struct script_ladder_step {
    int64_t days, ppm;
};
struct script_takes {
    int32_t shape;
    struct script_sku_price *prices; /* sorted by sku */
    uint32_t price_count;
    struct script_ladder_step *ladder; /* fewest days first */
    uint32_t ladder_count;
    int64_t spend;  /* GIFT: from so much on */
    int64_t pieces; /* GIFT, GROUP, BARGAIN: of so many pieces, 0 = all */
    int64_t size;   /* GROUP: members */
    int64_t floor;  /* BARGAIN: never below */
};

/* A table that says what is taken off: of a promotion, or of an offer that a function made. */
struct script_taking {
    struct script_reader reader;
    struct mx_offer *offer; /* filled: kind and what belongs to it */
    struct script_takes *takes;
    void *(*alloc)(void *arg, size_t bytes);
    void *alloc_arg;
    /* Note what may fill a slot: `from` is the slot's own table, NULL = what the whole offer is on. */
    void (*fill)(struct script_taking *taking, const struct script_reader *from, uint32_t slot);
    void *arg; /* of fill */
};
/* Read what is taken off; shape FUNCTION when nothing is said. */
void script_takes_read(struct script_taking *taking);
/* group, exclusive, below_cost, times, max_unit, max_line, max_off, min_total, priority. */
void script_takes_options(struct script_taking *taking);
/* percent or ppm, if one of them is there. */
int script_read_ppm(const struct script_reader *reader, int64_t *ppm);
/* The kinds that are made of groups. */
void script_bundle_read(struct script_taking *taking);
void script_mix_read(struct script_taking *taking);
void script_gift_read(struct script_taking *taking);
void script_get_read(struct script_taking *taking);

/* ---- a promotion ---- */

struct script_promotion {
    struct mx_offer offer; /* what each of its offers begins with; its texts and lists are the set's */
    struct script_takes takes;
    struct script_goods goods;
    struct script_goods *slots; /* as many as offer.slots */
    struct script_window window;
    int64_t min_qty;
    struct script_words tiers, segments, channels, locations, tenders, codes;
    struct script_fact_wanted {
        struct mx_str name;
        struct script_words values;
    } * facts;
    uint32_t fact_count;
    uint8_t any_member, issued; /* issued: it needs a coupon that was issued for it */
};
static inline const struct script_promotion *script_promotion_of(const struct script_rule *rule) { return rule->own; }
/* 1 when the promotion needs a coupon of its own: issued, of a group or of a bargain. */
static inline int script_promotion_issued(const struct script_promotion *promotion) {
    return promotion->issued || promotion->takes.shape == SCRIPT_SHAPE_GROUP || promotion->takes.shape == SCRIPT_SHAPE_BARGAIN;
}

/* ---- which rules a cart can touch ---- */

struct script_index;
/* Of all promotions of the set; lives in its arena. */
struct script_index *script_index_new(const struct script_set *set);
/* Mark each promotion that may have something to say in `marks`, a bit for each of set->of[SCRIPT_PROMOTION]. */
void script_index_mark(const struct script_index *index, const struct mx_cart *cart, uint64_t *marks);

/* 1 when some promotion of the set wants to know stock, lots, expiry or cost. */
int script_needs_goods(const struct script_set *set);

/* ---- one sale ---- */

/* What the rules may say about one cart together: it is priced at once and stays with the receipt for ever. */
#define SCRIPT_SALE_OFFERS 2000
#define SCRIPT_SALE_LINES  50000    /* named by all offers together */
#define SCRIPT_SALE_STEPS  20000000 /* of all functions; a hundred times what a longer cart gives one rule on top */
#define SCRIPT_SALE_FAULTS 200      /* written onto the order; more are counted only */

struct script_sale {
    struct mx_ctx *ctx;
    struct script_set *set;
    const struct mx_cart *cart;
    struct script_moment now;
    int now_known;
    int cart_built;
    struct mx_str asked_withheld; /* what the rule that is asked read without consent; empty: nothing */
    struct mx_offer *offers;
    uint32_t offer_count, offer_cap;
    uint32_t named; /* lines that the offers name */
    int64_t steps;  /* that the rules' functions took */
    struct mx_rule_fault *faults;
    uint32_t fault_count, fault_cap;
    int tells_misses;
    struct script_misses *misses;   /* NULL: none yet */
    struct mx_offer_line *gathered; /* room for a line of each of the cart, used again by each rule */
};
/* Date and time where the sale is made. */
const struct script_moment *script_sale_now(struct script_sale *sale);
/* 1 when an offer of this lane and kind may name the line at all. */
int script_line_free(int32_t lane, int32_t kind, const struct mx_cart_line *line);
/* 1 when the rule's offer may name this line. */
int script_line_matches(const struct script_rule *rule, const struct mx_cart_line *line);
int script_fact_holds(const struct script_fact_wanted *wanted, const struct mx_cart *cart);
/* The usable coupon of the rule, NULL when the cart has none. */
const struct mx_cart_voucher *script_sale_voucher(const struct script_sale *sale, const struct script_rule *rule);
/* The line with this number, NULL when the cart has none. */
const struct mx_cart_line *script_cart_line(const struct mx_cart *cart, int64_t number);

/* Add an offer of the rule that begins as `from` does, and hand it out to be completed. */
struct mx_offer *script_offer_add(struct script_sale *sale, const struct script_rule *rule, const struct mx_offer *from);

/* The offer of a rule without functions, if any line matches. */
void script_rule_declared(struct script_sale *sale, const struct script_rule *rule);
/* Add what is declared over `lines` if there are any and min_qty is reached. */
void script_offer_declared(struct script_sale *sale, const struct script_rule *rule, struct mx_list lines);
/* Give each line the price of its article; those without one are left out. */
void script_lines_price(const struct script_sale *sale, const struct script_takes *takes, struct mx_list *lines);
/* Gather lines of an offer, of which the cart has enough room for all: begin, fill, and keep them, in as much memory as they are.
 * A rule on one article must not cost the length of the cart. Nothing else is gathered in between. */
struct mx_list script_lines_begin(struct script_sale *sale);
void script_lines_keep(struct script_sale *sale, struct mx_list *lines);
/* An offer of free pieces: `lines` are the gift's, `spent` is what the goods that it depends on cost. What is missing, or 0. */
int64_t script_gift_missing(const struct script_sale *sale, const struct script_takes *takes, const struct mx_list *spent,
                            const struct mx_list *lines);
/* At most `pieces` pieces of the lines, the first ones; 0 = all. */
void script_lines_cap(const struct script_sale *sale, struct mx_list *lines, int64_t pieces);

/* Evaluate a rule with functions. Faults are recorded in the sale and counted. */
void script_rule_run(struct script_sale *sale, struct script_state *state, struct script_rule *rule);
/* Note that the rule failed for this sale; switches it off when that happened too often in a row. */
void script_rule_fault(struct script_sale *sale, struct script_rule *rule, const char *message);
/* Write it onto the order only. */
/* 1 when the cart may not say what stands under this name. */
int script_words_withheld(const struct mx_cart *cart, const char *name);
void script_fault_note(struct script_sale *sale, const struct script_rule *rule, const char *message);
/* The steps that one rule gets on top, because the cart is long. */
int64_t script_sale_extra(const struct script_sale *sale);
/* Ask one rule, whatever it needs. */
void script_sale_ask(struct script_sale *sale, struct script_state *state, struct script_rule *rule);
/* 0 when all that the rule asks of customer, place and time holds, otherwise why not: MX_MISS_*. */
int32_t script_rule_refuses(struct script_sale *sale, const struct script_rule *rule, int64_t *value);
/* As script_answer(), of exactly the promotions that are marked in `only`, a bit for each; NULL = those that the index finds. What
 * is on the whole cart but only for a code, a place or a way of selling says why not only when it is asked like this. */
void script_answer_of(struct mx_ctx *ctx, struct script_set *set, struct script_state *state, const struct mx_cart *cart,
                      const uint64_t *only, struct mx_offers *out);
/* Copy what the offers share with the set into the command's memory: the set may be replaced before the command ends. */
void script_sale_own(struct script_sale *sale);

/* ---- why a rule made no offer ---- */

struct script_misses {
    struct mx_offer_miss near[MX_MISSES_MAX], far[MX_MISSES_MAX]; /* far: nothing that this customer could do about it now */
    uint32_t near_at[MX_MISSES_MAX], far_at[MX_MISSES_MAX];
    uint32_t near_count, far_count;
};
void script_miss(struct script_sale *sale, const struct script_rule *rule, int32_t reason, int64_t value);
/* The misses in the order of the rules, in the command's memory. */
struct mx_list script_misses_list(struct script_sale *sale);
/* About what the rule would take off the lines that it is on, 0 when that cannot be said without the engine. */
int64_t script_rule_gain(struct script_sale *sale, const struct script_rule *rule);

/* Show the sale's cart in the state's tables. Raises for lack of memory. */
void script_cart_show(lua_State *L, struct script_sale *sale);

/* ---- tests ask ---- */

/* t.price(cart) */
int script_trial_price(lua_State *L);
/* The test's own memory; the running shop that prices its carts, NULL = none. Raise outside of a test. */
struct mx_ctx *script_trial_ctx(lua_State *L);
struct mx_ctx *script_trial_outer(lua_State *L);
/* The rule of a kind that is named at `index`. Raises. */
struct script_rule *script_trial_rule(lua_State *L, uint32_t kind, int index);
/* What was asked of this rule is done: raises when it failed, or when the tests take too long. */
void script_trial_done(lua_State *L, struct script_rule *rule, int done);
/* Count work that C did for a test; raises when all tests together took too long. */
void script_trial_spend(lua_State *L, int64_t steps);

#endif
