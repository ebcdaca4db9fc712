/* A partner's plugin for test_household.py and test_occasions: asks what membership answers to other plugins, and shows it. */
#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/tag.h"

#define QUERY(name, does, takes, gives, fn)                                                                                                \
    static mx_status fn(struct mx_ctx *ctx, const void *in, void *out) {                                                                   \
        mx_status st = does;                                                                                                               \
        return st == MX_DECLINED ? mx_fail(ctx, MX_E_NOT_FOUND, NULL, "Nobody answers.") : st;                                             \
    }                                                                                                                                      \
    static const struct mx_op op_##fn = {                                                                                                  \
        sizeof(struct mx_op), MX_OP_QUERY, name, "Ask, and show the answer.", "asks.do", &takes, &gives, fn, NULL, MX_HOME_HERE,           \
        MX_OFFLINE_REFUSE,    "1.0",       NULL}

QUERY("asks.occasions", mx_call(ctx, &mx_member_occasions, in, out), mx_occasions_ask_type, mx_occasions_type, occasions);
QUERY("asks.count", mx_ask(ctx, &mx_point_count, in, out), mx_count_ask_type, mx_count_answer_type, count);
QUERY("asks.member_of", mx_ask(ctx, &mx_point_member_of, in, out), mx_member_of_ask_type, mx_member_of_type, member_of);
QUERY("asks.member", mx_ask(ctx, &mx_point_member, in, out), mx_member_ask_type, mx_member_facts_type, member);
QUERY("asks.household", mx_ask(ctx, &mx_point_household, in, out), mx_member_ask_type, mx_household_type, household);
QUERY("asks.traits", mx_ask(ctx, &mx_point_traits, in, out), mx_member_ask_type, mx_traits_type, traits);

static mx_status add(struct mx_ctx *ctx, const void *in, void *out) { return mx_call(ctx, &mx_member_count, in, out); }
static const struct mx_op op_add = {
    sizeof(struct mx_op), 0,     "asks.add", "Count something.", "asks.do", &mx_count_add_type, &mx_counted_type, add, NULL, MX_HOME_HERE,
    MX_OFFLINE_REFUSE,    "1.0", NULL};

MX_PLUGIN(asks) {
    static const struct mx_op *const ops[] = {&op_occasions, &op_count,  &op_member_of, &op_member,
                                              &op_household, &op_traits, &op_add,       NULL};
    static const struct mx_point *const points[] = {&mx_point_count,     &mx_point_member_of, &mx_point_member,
                                                    &mx_point_household, &mx_point_traits,    NULL};
    static const struct mx_use *const uses[] = {&mx_member_occasions, &mx_member_count, NULL};
    static const struct mx_plugin plugin = {.size = sizeof(plugin),
                                            .abi_minor = 4,
                                            .name = "asks",
                                            .version = "1.0",
                                            .summary = "asks what others may ask",
                                            .ops = ops,
                                            .points = points,
                                            .uses = uses};
    return &plugin;
}
