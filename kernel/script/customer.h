/* The customer as functions of rules see her: m.id, m.tier, m.orders, m.count("visits", 90), m.distinct("class:*").
 *
 * One object in each state, read through to the struct below while a rule is asked: asking costs no table. Kinds that know more of
 * her (tags, rewards) name what they add in `extra`. */
#ifndef SCRIPT_CUSTOMER_H
#define SCRIPT_CUSTOMER_H

#include "script/internal.h"

#define SCRIPT_DAY_MS     INT64_C(86400000)
#define SCRIPT_DAYS_MAX   36525
#define SCRIPT_READS_MAX  64  /* counters that are remembered of one customer */
#define SCRIPT_COUNT_COST 100 /* steps of one question to the counters */

/* A field or function that a kind adds: pushes its value. A function finds the customer with script_customer_now(). */
struct script_customer_extra {
    const char *name; /* NULL: the end of the list */
    void (*push)(lua_State *L, struct script_customer *customer);
};

/* An entry of a counter, where tests say what there is. */
struct script_entry {
    struct mx_str name;
    int64_t at;
    int64_t delta;
};

struct script_count {
    struct mx_str name;
    int64_t days; /* 0 = ever */
    int distinct;
    int64_t value;
    int64_t leaves; /* when the oldest entry leaves the window; 0 = never */
};

struct script_customer {
    struct mx_ctx *ctx;
    struct mx_str id;
    struct mx_str tier;
    struct mx_list members;         /* of struct mx_str: all ids; none: the id alone */
    const struct mx_list *counters; /* of struct mx_counter: what is counted ever, by name; may be NULL */
    int64_t at;                     /* as of when; 0 = now */
    int64_t since;                  /* of the tier */
    int64_t joined_at;
    const struct script_customer_extra *extra; /* NULL: nothing */
    void *arg;                                 /* of `extra` */
    const struct mx_list *entries;             /* of struct script_entry, in place of the shop's; NULL: the shop is asked */

    /* what came of it: begin with zeroes */
    int64_t review_at; /* earliest time at which something that was read changes by itself; 0: never */
    mx_status failed;  /* the shop could not be asked: no fault of the rule, and to be handed on */
    uint32_t read_count;
    struct script_count reads[SCRIPT_READS_MAX];
};

/* The moment as of which the customer is asked about: against the clock by which things expire. */
int64_t script_customer_at(const struct script_customer *customer);
/* Note that something about her changes by itself at that time. */
void script_customer_review(struct script_customer *customer, int64_t at);
/* How much of something in the last so many days (0 = ever), or how many keys of "class:*". Nobody counts it: 0. leaves: when the value
 * changes by itself, for script_customer_review(); may be NULL. */
MX_MUST_CHECK mx_status script_customer_count(struct script_customer *customer, struct mx_str name, int64_t days, int distinct,
                                              int64_t *value, int64_t *leaves);
/* NULL, or what is wrong with the name of a counter. */
const char *script_counter_wrong(struct mx_str name, int distinct);

/* As script_ask(), about this customer: fn pushes her with script_customer_push(). */
MX_MUST_CHECK int script_customer_ask(struct script_state *state, struct script_rule *rule, struct script_customer *customer,
                                      void (*fn)(lua_State *L, struct script_asking *asking), void *arg);
void script_customer_push(lua_State *L);
/* The customer that is asked about; raises when there is none. */
struct script_customer *script_customer_now(lua_State *L);
/* The customer of a question about tiers; it lends the question. */
void script_tier_customer(struct mx_ctx *ctx, const struct mx_tier_ask *ask, struct script_customer *customer);
/* Once in a state. Raises for lack of memory. */
void script_customer_open(lua_State *L);

#endif
