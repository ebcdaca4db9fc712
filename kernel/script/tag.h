/* A tag: what a customer must have done or be to hold it.
 *
 * tag.c reads the declaration     tag_customer.c  what functions of tags read besides: path, dwell, asked, did, traits, score
 * tag_ask.c one tag, and the answer to the shop   tag_trial.c  t.tag in tests */
#ifndef SCRIPT_TAG_H
#define SCRIPT_TAG_H

#include "merx/retail/tag.h"
#include "script/customer.h"

#define SCRIPT_STEPS_MAX   8  /* of a path */
#define SCRIPT_STEP_MAX    97 /* bytes of "kind:subject" */
#define SCRIPT_PATH_DAYS   30 /* so long counts what somebody did, unless the rule says days */
#define SCRIPT_REASON_MAX  200
#define SCRIPT_TAG_PURPOSE "personalisation"

struct script_path {
    struct mx_str steps[SCRIPT_STEPS_MAX];
    uint32_t count;
    int64_t within_ms; /* from the first step to the last; 0 = within the visit */
    int64_t dwell_ms;  /* at each step at least */
    int64_t days;
};

struct script_tag {
    struct mx_str purpose;   /* what it is used for: the customer must have agreed to that */
    struct script_path path; /* count 0: none */
};

static inline const struct script_tag *script_tag_of(const struct script_rule *rule) { return rule->own; }

/* What one tag says of one customer. */
struct script_tag_said {
    int yes;
    struct mx_str reason;
};

struct script_number {
    struct mx_str name;
    int64_t value;
};

/* Besides the customer; the `arg` of struct script_customer. */
struct script_deeds {
    const struct mx_list *traits;    /* of struct mx_pair */
    const struct mx_behaviours *did; /* NULL: the shop is asked once */
    const struct mx_list *scores;    /* of struct script_number, in place of the shop's; NULL: the shop is asked */
    struct mx_behaviours asked;
};

extern const struct script_customer_extra script_tag_fields[];
/* What she did in the last days, oldest first. */
MX_MUST_CHECK mx_status script_deeds_of(struct script_customer *customer, const struct mx_behaviours **did);
/* 1 when she went this way in one visit. */
MX_MUST_CHECK mx_status script_path_holds(struct script_customer *customer, const struct script_path *path, int *yes);
/* The customer of a question about tags; it lends both. */
void script_tag_customer(struct mx_ctx *ctx, const struct mx_tags_ask *ask, struct script_deeds *deeds, struct script_customer *customer);

/* As script_ask(); state may be NULL when the rule needs none. */
MX_MUST_CHECK int script_tag_ask(struct script_state *state, struct script_rule *rule, struct script_customer *customer,
                                 struct script_tag_said *said);
MX_MUST_CHECK mx_status script_tags_answer(struct mx_ctx *ctx, const void *in, void *out);
/* t.tag(code, customer) -> does she hold it, and why */
int script_trial_tag(lua_State *L);

#endif
