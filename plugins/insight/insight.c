/* Insight: what customers do, what follows from it, and whom the shop means. This file is data. */
#include "segment.h"

static const struct mx_index did_indexes[] = {{"at", "at", 0}};
static const struct mx_index segment_indexes[] = {{"watched", "watched", 0}};
static const struct mx_index tag_indexes[] = {{"tag", "tag", 0}};

#define TABLE(variable, table_name, about, type_, key_)                                                                                    \
    const struct mx_table variable = {.size = sizeof(struct mx_table), .name = table_name, .doc = about, .type = &type_, .key = key_}
#define PACKED(variable, table_name, about, type_, key_)                                                                                   \
    const struct mx_table variable = {                                                                                                     \
        .size = sizeof(struct mx_table), .flags = MX_TABLE_PACKED, .name = table_name, .doc = about, .type = &type_, .key = key_}

const struct mx_table insight_dids = {.size = sizeof(struct mx_table),
                                      .name = "insight.behaviour",
                                      .doc = "what members and devices did",
                                      .type = &insight_did_type,
                                      .key = "owner at n",
                                      .indexes = did_indexes,
                                      .index_count = 1,
                                      .index_size = sizeof(did_indexes[0])};
const struct mx_table insight_tags = {.size = sizeof(struct mx_table),
                                      .name = "insight.tag",
                                      .doc = "tags that members hold",
                                      .type = &insight_tag_type,
                                      .key = "member tag",
                                      .indexes = tag_indexes,
                                      .index_count = 1,
                                      .index_size = sizeof(tag_indexes[0])};
const struct mx_table insight_segments = {.size = sizeof(struct mx_table),
                                          .name = "insight.segment",
                                          .doc = "groups by rule",
                                          .type = &insight_segment_type,
                                          .key = "code",
                                          .indexes = segment_indexes,
                                          .index_count = 1,
                                          .index_size = sizeof(segment_indexes[0])};
TABLE(insight_periods, "insight.period", "from when to when members held tags and tiers", insight_period_type, "member sort code since");
PACKED(insight_boughts, "insight.bought", "sales of members, and how much they buy of what", insight_bought_type, "member name at seq");
PACKED(insight_rows, "insight.member", "what is known of members in numbers", insight_row_type, "member");
PACKED(insight_curves, "insight.curve", "how many members stand where", insight_step_type, "curve bucket");
PACKED(insight_words, "insight.word", "numbers of tags and tiers", insight_word_type, "sort code");
PACKED(insight_saids, "insight.said", "how often what is said of what", insight_said_type, "subject word");
PACKED(insight_insiders, "insight.insider", "who is in a watched segment", insight_insider_type, "member segment");

static const struct mx_subscription hear = {.size = sizeof(struct mx_subscription),
                                            .flags = MX_FOLLOW,
                                            .event = MX_EVENT_ANY,
                                            .priority = 100,
                                            .fn = insight_hear,
                                            .name = "insight.fold"};
/* Before whoever keeps members forgets which of them the person was. */
static const struct mx_subscription hear_erased = {.size = sizeof(struct mx_subscription),
                                                   .event = MX_EVENT_PERSON_ERASED,
                                                   .type = &mx_person_erased_type,
                                                   .priority = 50,
                                                   .fn = insight_hear_erased};
/* In the command that takes it back: nothing is kept any more once that is done. */
static const struct mx_subscription hear_consent = {.size = sizeof(struct mx_subscription),
                                                    .event = MX_EVENT_CONSENT_CHANGED,
                                                    .type = &mx_consent_said_type,
                                                    .priority = 100,
                                                    .fn = insight_hear_consent};

#define ANSWER(variable, point_, in_, out_, fn_)                                                                                           \
    static const struct mx_answer variable = {                                                                                             \
        .size = sizeof(struct mx_answer), .priority = 100, .point = point_, .in = &in_, .out = &out_, .fn = fn_}
ANSWER(answer_behaviour, MX_POINT_BEHAVIOUR, mx_behaviour_ask_type, mx_behaviours_type, insight_behaviour_answer);
ANSWER(answer_tags_held, MX_POINT_TAGS_HELD, mx_member_ask_type, mx_tags_type, insight_tags_held_answer);
ANSWER(answer_score, MX_POINT_SCORE, mx_score_ask_type, mx_score_type, insight_score_answer);
ANSWER(answer_section, MX_POINT_SECTION, mx_section_ask_type, mx_section_type, insight_section_answer);
ANSWER(answer_kept, MX_POINT_KEPT, mx_kept_ask_type, mx_kept_type, insight_kept_answer);

static const struct mx_table *const tables[] = {&insight_dids, &insight_boughts, &insight_rows,  &insight_curves,   &insight_words,
                                                &insight_tags, &insight_periods, &insight_saids, &insight_segments, &insight_insiders,
                                                NULL};
static const struct mx_op *const ops[] = {&insight_op_add,           &insight_op_profile,         &insight_op_words,
                                          &insight_op_tags,          &insight_op_tag_list,        &insight_op_tag_review,
                                          &insight_op_scores,        &insight_op_segment_put,     &insight_op_segment_list,
                                          &insight_op_segment_count, &insight_op_segment_members, &insight_op_segment_why,
                                          &insight_op_trim,          &insight_op_daily,           NULL};
static const struct mx_event_def *const events[] = {&insight_added_event,   &insight_tag_set_event, &insight_tag_dropped_event,
                                                    &insight_entered_event, &insight_left_event,    NULL};
static const struct mx_subscription *const subscriptions[] = {&hear, &hear_consent, &hear_erased, NULL};
static const struct mx_point *const points[] = {
    &mx_point_member, &mx_point_member_of, &mx_point_consent, &mx_point_count, &mx_point_tags, &mx_point_traits, NULL};
static const struct mx_answer *const answers[] = {&answer_behaviour, &answer_tags_held, &answer_score, &answer_section, &answer_kept, NULL};
static const struct mx_job *const jobs[] = {&insight_tags_job,  &insight_segments_job, &insight_forget_job,
                                            &insight_claim_job, &insight_let_go_job,   NULL};

static const struct mx_grant manager_may = {"manager", "insight.*"};
static const struct mx_grant cashier_may = {"cashier", "insight.read insight.write"};
static const struct mx_grant clerk_may = {"clerk", "insight.read insight.write"};
static const struct mx_grant agent_may = {"agent", "insight.read insight.write"};
static const struct mx_grant channel_may = {"channel", "insight.read insight.write"};
static const struct mx_grant customer_may = {"customer", "insight.read insight.write"};
static const struct mx_grant auditor_may = {"auditor", "insight.read insight.lists"};
static const struct mx_grant till_may = {"till", "insight.write"};
static const struct mx_grant script_may = {"script", "insight.read insight.lists"};
static const struct mx_grant *const grants[] = {&manager_may,  &cashier_may, &clerk_may, &agent_may,  &channel_may,
                                                &customer_may, &auditor_may, &till_may,  &script_may, NULL};

MX_PLUGIN(insight) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "insight",
        .version = "0.1",
        .summary = "what customers do, tags, segments, scores",
        .tables = tables,
        .ops = ops,
        .events = events,
        .subscriptions = subscriptions,
        .points = points,
        .answers = answers,
        .jobs = jobs,
        .grants = grants,
    };
    return &plugin;
}
