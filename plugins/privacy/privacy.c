/* Privacy: what customers agree to, what is kept of them and for how long, and how they get it or have it forgotten. This file is data. */
#include "duties.h"
#include "merx/retail/payment.h"

const struct mx_table privacy_purposes = {
    .size = sizeof(struct mx_table),
    .name = "privacy.purpose",
    .doc = "what data may be used for",
    .type = &privacy_purpose_type,
    .key = "code",
};

const struct mx_table privacy_texts = {
    .size = sizeof(struct mx_table),
    .flags = MX_TABLE_APPEND,
    .name = "privacy.text",
    .doc = "what customers are told before they agree, version by version",
    .type = &privacy_text_type,
    .key = "purpose language version",
};

const struct mx_table privacy_consents_table = {
    .size = sizeof(struct mx_table),
    .name = "privacy.consent",
    .doc = "the last word of each member about each purpose and channel",
    .type = &privacy_consent_type,
    .key = "member purpose channel",
};

static const struct mx_index word_indexes[] = {{"member", "member word", 0}};

const struct mx_table privacy_words = {
    .size = sizeof(struct mx_table),
    .name = "privacy.word",
    .doc = "every word about consent that was said: the proof",
    .type = &privacy_word_type,
    .key = "word",
    .indexes = word_indexes,
    .index_count = sizeof(word_indexes) / sizeof(word_indexes[0]),
    .index_size = sizeof(word_indexes[0]),
};

const struct mx_event_def privacy_consent_changed = {
    .size = sizeof(struct mx_event_def),
    .name = MX_EVENT_CONSENT_CHANGED,
    .doc = "a customer agreed to something, or took it back",
    .type = &mx_consent_said_type,
};

static const struct mx_op purpose_put = {
    .size = sizeof(struct mx_op),
    .name = "privacy.purpose.put",
    .doc = "Say what data may be used for, and on what that rests.",
    .permission = "privacy.settings",
    .in = &privacy_purpose_put_type,
    .out = &privacy_purpose_one_type,
    .handler = privacy_purpose_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op purpose_list = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "privacy.purpose.list",
    .doc = "Show what data may be used for, and the newest texts.",
    .permission = "privacy.read",
    .out = &privacy_purposes_view_type,
    .handler = privacy_purpose_list_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = MX_OWN_NOBODY,
};

static const struct mx_op text_put = {
    .size = sizeof(struct mx_op),
    .name = "privacy.text.put",
    .doc = "Write down what customers are told before they agree. A text that stands is never changed: this adds a version.",
    .permission = "privacy.settings",
    .in = &privacy_text_put_type,
    .out = &privacy_text_view_type,
    .handler = privacy_text_put_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

static const struct mx_op text_get = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "privacy.text.get",
    .doc = "Show what customers are told: one version, or the newest.",
    .permission = "privacy.read",
    .in = &privacy_text_ask_type,
    .out = &privacy_text_view_type,
    .handler = privacy_text_get_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = MX_OWN_NOBODY,
};

static const struct mx_op consent_give = {
    .size = sizeof(struct mx_op),
    .name = "privacy.consent.give",
    .doc = "Take down that a customer agrees to a purpose, having read a text.",
    .permission = "privacy.consents",
    .in = &mx_consent_say_type,
    .out = &mx_consent_said_type,
    .handler = privacy_give_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

static const struct mx_op consent_withdraw = {
    .size = sizeof(struct mx_op),
    .name = "privacy.consent.withdraw",
    .doc = "Take down that a customer takes her consent back; it counts at once.",
    .permission = "privacy.consents",
    .in = &mx_consent_say_type,
    .out = &mx_consent_said_type,
    .handler = privacy_withdraw_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

static const struct mx_op consent_list = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY,
    .name = "privacy.consent.list",
    .doc = "Show what a customer agreed to, and every word that was said about it.",
    .permission = "privacy.consents",
    .in = &mx_member_ask_type,
    .out = &privacy_consents_type,
    .handler = privacy_list_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

static const struct mx_answer consent_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_CONSENT,
    .in = &mx_consent_ask_type,
    .out = &mx_consent_answer_type,
    .fn = privacy_consent_answer,
};

static const struct mx_answer section_answer = {
    .size = sizeof(struct mx_answer),
    .priority = 100,
    .point = MX_POINT_SECTION,
    .in = &mx_section_ask_type,
    .out = &mx_section_type,
    .fn = privacy_section_answer,
};

static const struct mx_subscription hear_erased = {
    .size = sizeof(struct mx_subscription),
    .event = MX_EVENT_PERSON_ERASED,
    .type = &mx_person_erased_type,
    .priority = 100,
    .fn = privacy_hear_erased,
};

static const struct mx_table *const tables[] = {&privacy_purposes, &privacy_texts,      &privacy_consents_table, &privacy_words,
                                                &privacy_exports,  &privacy_retentions, &privacy_seen_table,     NULL};
static const struct mx_op *const ops[] = {&purpose_put,
                                          &purpose_list,
                                          &text_put,
                                          &text_get,
                                          &consent_give,
                                          &consent_withdraw,
                                          &consent_list,
                                          &privacy_export_ask_op,
                                          &privacy_export_fetch_op,
                                          &privacy_erase_op,
                                          &privacy_retention_put_op,
                                          &privacy_round_op,
                                          &privacy_step_op,
                                          &privacy_refused_op,
                                          &privacy_trim_op,
                                          &privacy_register_op,
                                          NULL};
static const struct mx_event_def *const events[] = {&privacy_consent_changed, NULL};
static const struct mx_subscription *const subscriptions[] = {&hear_erased, &privacy_hear_paid, &privacy_hear_joined, NULL};
static const struct mx_point *const points[] = {&mx_point_member, &mx_point_member_of, &mx_point_section, &mx_point_kept, NULL};
static const struct mx_use *const uses[] = {&mx_wallet_forfeit_use, &privacy_epoch_use,    &privacy_hooks_use,
                                            &privacy_work_open_use, &privacy_work_end_use, NULL};
static const struct mx_answer *const answers[] = {&consent_answer, &section_answer, &privacy_kept_answer, NULL};

static const struct mx_grant manager_may = {"manager", "privacy.*"};
static const struct mx_grant cashier_may = {"cashier", "privacy.read privacy.consents"};
static const struct mx_grant clerk_may = {"clerk", "privacy.read privacy.consents"};
static const struct mx_grant agent_may = {"agent", "privacy.read privacy.consents"};
static const struct mx_grant channel_may = {"channel", "privacy.read privacy.consents"};
static const struct mx_grant customer_may = {"customer", "privacy.read privacy.consents privacy.export privacy.erase"};
static const struct mx_grant auditor_may = {"auditor", "privacy.read privacy.register"};
static const struct mx_grant *const grants[] = {&manager_may, &cashier_may,  &clerk_may,   &agent_may,
                                                &channel_may, &customer_may, &auditor_may, NULL};

MX_PLUGIN(privacy) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "privacy",
        .version = "0.1",
        .summary = "consent, export, erasure, retention, register of processing",
        .tables = tables,
        .ops = ops,
        .events = events,
        .subscriptions = subscriptions,
        .points = points,
        .answers = answers,
        .uses = uses,
        .grants = grants,
    };
    return &plugin;
}
