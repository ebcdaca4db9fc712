/* Membership: who belongs to the shop, and at which tier. This file is data. */
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"
#include "merx/retail/stock.h"
#include "merx/retail/tag.h"

#include "households.h"
#include "profile.h"
#include "tiers.h"
#include "view.h"

static const struct mx_index profile_indexes[] = {
    {"birthday", "birthday", 0},
};

static const struct mx_index member_indexes[] = {
    {"person", "person", MX_INDEX_UNIQUE},
    {"segment", "segments", 0},
    {"joined", "joined_at", 0},
};

const struct mx_table membership_members = {
    .size = sizeof(struct mx_table),
    .name = "membership.member",
    .doc = "members, without anything personal",
    .type = &membership_member_type,
    .key = "id",
    .indexes = member_indexes,
    .index_count = sizeof(member_indexes) / sizeof(member_indexes[0]),
    .index_size = sizeof(member_indexes[0]),
};

const struct mx_table membership_profiles = {
    .size = sizeof(struct mx_table),
    .name = "membership.profile",
    .doc = "what is personal of members, sealed under their persons' keys",
    .type = &membership_profile_type,
    .key = "member",
    .subject = "person",
    .indexes = profile_indexes,
    .index_count = sizeof(profile_indexes) / sizeof(profile_indexes[0]),
    .index_size = sizeof(profile_indexes[0]),
};

const struct mx_table membership_counters = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_PACKED,
    .name = "membership.counter",
    .doc = "sums that an earlier version left, until they are entered",
    .type = &membership_counter_type,
    .key = "member",
};

const struct mx_event_def membership_joined_event = {
    .size = sizeof(struct mx_event_def),
    .name = "membership.joined",
    .doc = "somebody joined",
    .type = &mx_member_joined_type,
};

const struct mx_event_def membership_tier_changed_event = {
    .size = sizeof(struct mx_event_def),
    .name = "membership.tier.changed",
    .doc = "a member has another tier",
    .type = &membership_tier_changed_type,
};

const struct mx_event_def membership_segments_changed_event = {
    .size = sizeof(struct mx_event_def),
    .name = "membership.segments.changed",
    .doc = "a member belongs to other segments",
    .type = &membership_segments_changed_type,
};

static const struct mx_op join = {
    .size = sizeof(struct mx_op),
    .name = "membership.join",
    .doc = "Make a member of somebody with this phone number, e-mail address, card or account.",
    .permission = "members.join",
    .own = MX_OWN_HANDLER,
    .in = &membership_join_type,
    .out = &membership_one_type,
    .handler = membership_join_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op get = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.get",
    .doc = "Look up a member by id.",
    .permission = "members.read",
    .own = "id",
    .in = &membership_get_type,
    .out = &membership_shown_type,
    .handler = membership_get_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op find = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.find",
    .doc = "Look up a member by phone number.",
    .permission = "members.read",
    .in = &membership_find_type,
    .out = &membership_shown_type,
    .handler = membership_find_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op tier_put = {
    .size = sizeof(struct mx_op),
    .name = "membership.tier.put",
    .doc = "Give a member a tier.",
    .permission = "members.write",
    .in = &membership_tier_put_type,
    .out = &membership_one_type,
    .handler = membership_tier_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.1",
};

static const struct mx_op segments_put = {
    .size = sizeof(struct mx_op),
    .name = "membership.segments.put",
    .doc = "Put a member into segments, and take it out of others.",
    .permission = "members.write",
    .in = &membership_segments_put_type,
    .out = &membership_one_type,
    .handler = membership_segments_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.3",
};

static const struct mx_op segment_list = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "membership.segment.list",
    .doc = "List the members of a segment.",
    .permission = "members.read",
    .in = &membership_segment_ask_type,
    .out = &membership_segment_page_type,
    .handler = membership_segment_list_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.3",
};

static const struct mx_op tier_explain = {
    .size = sizeof(struct mx_op),
    .own = "member",
    .flags = MX_OP_QUERY,
    .name = "membership.tier.explain",
    .doc = "Say why a member has this tier: what is counted, and which rule gives it.",
    .permission = "members.read",
    .in = &mx_member_ask_type,
    .out = &membership_explain_type,
    .handler = membership_explain_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.2",
};

static const struct mx_subscription hear_paid = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_ORDER_PAID,
    .type = &mx_order_paid_type,
    .priority = 100,
    .fn = membership_hear_paid,
};

static const struct mx_subscription hear_merged = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_PERSONS_MERGED,
    .type = &mx_persons_merged_type,
    .priority = 100,
    .fn = membership_hear_merged,
};

static const struct mx_subscription hear_unmerged = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_PERSONS_UNMERGED,
    .type = &mx_persons_merged_type,
    .priority = 100,
    .fn = membership_hear_unmerged,
};

static const struct mx_subscription hear_erased = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_PERSON_ERASED,
    .type = &mx_person_erased_type,
    .priority = 100,
    .fn = membership_hear_erased,
};

static const struct mx_subscription hear_tiers = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_TIERS_CHANGED,
    .type = &mx_tiers_changed_type,
    .priority = 100,
    .fn = membership_hear_tiers,
};

static const struct mx_subscription hear_returned = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_ORDER_RETURNED,
    .type = &mx_order_returned_type,
    .priority = 100,
    .fn = membership_hear_returned,
};

static const struct mx_answer member_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_MEMBER,
    .in = &mx_member_ask_type,
    .out = &mx_member_facts_type,
    .fn = membership_facts,
};

static const struct mx_answer member_of_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_MEMBER_OF,
    .in = &mx_member_of_ask_type,
    .out = &mx_member_of_type,
    .fn = membership_member_of_answer,
};

static const struct mx_answer count_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_COUNT,
    .in = &mx_count_ask_type,
    .out = &mx_count_answer_type,
    .fn = membership_count_answer,
};

static const struct mx_table *const tables[] = {
    &membership_members,        &membership_profiles,
    &membership_counters,       &membership_entries,
    &membership_counted_once,   &membership_visits,
    &membership_tier_changes,   &membership_tiers_before,
    &membership_attributes,     &membership_traits,
    &membership_settings_table, &membership_households,
    &membership_dependents,     NULL,
};
static const struct mx_op *const ops[] = {
    &join,
    &get,
    &find,
    &tier_put,
    &tier_explain,
    &segments_put,
    &segment_list,
    &membership_count_op,
    &membership_counter_add_op,
    &membership_counter_list_op,
    &membership_tier_next_op,
    &membership_tier_would_op,
    &membership_tier_history_op,
    &membership_tier_review_op,
    &membership_tier_rerun_op,
    &membership_tier_renew_op,
    &membership_clerk_put_op,
    &membership_attribute_put_op,
    &membership_attribute_list_op,
    &membership_link_op,
    &membership_profile_put_op,
    &membership_settings_get_op,
    &membership_settings_put_op,
    &membership_occasions_op,
    &membership_household_put_op,
    &membership_household_join_op,
    &membership_household_leave_op,
    &membership_household_get_op,
    &membership_dependent_put_op,
    &membership_dependent_remove_op,
    &membership_view_op,
    &membership_entitlements_op,
    NULL,
};
static const struct mx_event_def *const events[] = {&membership_joined_event,           &membership_tier_changed_event,
                                                    &membership_segments_changed_event, &membership_clerk_changed_event,
                                                    &membership_profile_changed_event,  NULL};
#define ANSWER(variable, at, takes, gives, how)                                                                                            \
    static const struct mx_answer variable = {                                                                                             \
        .size = sizeof(struct mx_answer), .priority = 100, .point = at, .in = &takes, .out = &gives, .fn = how}

ANSWER(traits_answer, MX_POINT_TRAITS, mx_member_ask_type, mx_traits_type, membership_traits_answer);
ANSWER(household_answer, MX_POINT_HOUSEHOLD, mx_member_ask_type, mx_household_type, membership_household_answer);
ANSWER(section_answer, MX_POINT_SECTION, mx_section_ask_type, mx_section_type, membership_section_answer);
ANSWER(standing_answer, MX_POINT_SECTION, mx_section_ask_type, mx_section_type, membership_standing_answer);
ANSWER(unmerge_answer, MX_POINT_UNMERGE, mx_unmerge_ask_type, mx_unsplit_type, membership_unmerge_answer);
ANSWER(kept_answer, MX_POINT_KEPT, mx_kept_ask_type, mx_kept_type, membership_kept_answer);

static const struct mx_answer *const answers[] = {&member_answer,  &member_of_answer, &count_answer, &traits_answer,   &household_answer,
                                                  &section_answer, &unmerge_answer,   &kept_answer,  &standing_answer, NULL};

static const struct mx_job *const jobs[] = {&membership_tier_job, NULL};
static const struct mx_subscription *const subscriptions[] = {&hear_paid,     &hear_returned, &hear_tiers, &hear_merged,
                                                              &hear_unmerged, &hear_erased,   NULL};
static const struct mx_point *const points[] = {
    &mx_point_tier,     &mx_point_tiers,        &mx_point_member,
    &mx_point_location, &mx_point_entitlements, &mx_point_tags_held,
    &mx_point_consent,  &mx_point_section,      NULL,
};
static const struct mx_use *const uses[] = {&mx_consent_give, NULL};

#define SERVES "members.join members.read members.profile members.household"
static const struct mx_grant manager_may = {"manager", "members.*"};
static const struct mx_grant cashier_may = {"cashier", SERVES};
static const struct mx_grant clerk_may = {"clerk", SERVES};
static const struct mx_grant agent_may = {"agent", SERVES};
static const struct mx_grant customer_may = {"customer", SERVES};
static const struct mx_grant script_may = {"script", "members.read members.write members.count"};
static const struct mx_grant channel_may = {"channel", SERVES " members.count"};
static const struct mx_grant *const grants[] = {&manager_may,  &cashier_may, &clerk_may,   &agent_may,
                                                &customer_may, &script_may,  &channel_may, NULL};

static const struct mx_check entries_check = {"counters", membership_check_entries};
static const struct mx_check *const checks[] = {&entries_check, NULL};

MX_PLUGIN(membership) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "membership",
        .version = "0.1",
        .summary = "members, what is known and counted of them, and their tiers",
        .tables = tables,
        .ops = ops,
        .events = events,
        .subscriptions = subscriptions,
        .jobs = jobs,
        .points = points,
        .answers = answers,
        .uses = uses,
        .checks = checks,
        .grants = grants,
    };
    return &plugin;
}
