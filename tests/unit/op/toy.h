/* Two small plugins: "toy" counts things and can misbehave on request; "helper" is what toy calls, asks and tells. */
#ifndef TESTS_UNIT_OP_TOY_H
#define TESTS_UNIT_OP_TOY_H

#include "toy_helper.h"
#include "toy_ops.h"
#include "toy_types.h"

TOY_OP(toy_op_scan, MX_OP_QUERY, "toy.scan", "toy.read", &toy_add_type, &toy_value_type, toy_run_scan, NULL);
TOY_OP(toy_op_number, 0, "toy.number", "toy.use", &toy_add_type, &toy_value_type, toy_run_number, NULL);
TOY_OP(toy_op_join, 0, "toy.join", "toy.use", &toy_add_type, NULL, toy_run_join, NULL);
TOY_OP(toy_op_known, MX_OP_QUERY, "toy.known", "toy.read", &toy_add_type, &toy_value_type, toy_run_known, NULL);
TOY_OP(toy_op_add, 0, "toy.add", "toy.use", &toy_add_type, &toy_value_type, toy_run_add, NULL);
TOY_OP(toy_op_slow, 0, "toy.slow", "toy.use", &toy_add_type, &toy_value_type, toy_run_slow, NULL);
TOY_OP(toy_op_get, MX_OP_QUERY, "toy.get", "toy.read", &toy_add_type, &toy_value_type, toy_run_get, NULL);
TOY_OP(toy_op_heavy, MX_OP_QUERY | MX_OP_HEAVY, "toy.heavy", "toy.read", &toy_add_type, &toy_value_type, toy_run_get, NULL);
TOY_OP(toy_op_public, MX_OP_QUERY | MX_OP_PUBLIC, "toy.public", NULL, &toy_add_type, &toy_value_type, toy_run_get, NULL);
TOY_OP(toy_op_burn, MX_OP_QUERY | MX_OP_BURNS, "toy.burn", "toy.read", &toy_add_type, &toy_value_type, toy_run_burn, NULL);
TOY_OP(toy_op_writes, MX_OP_QUERY, "toy.writes", "toy.read", &toy_add_type, &toy_value_type, toy_run_writes, NULL);
TOY_OP(toy_op_meet, 0, "toy.meet", "toy.use", &toy_add_type, &toy_value_type, toy_run_meet, NULL);
TOY_OP(toy_op_tell, 0, "toy.tell", "toy.use", &toy_add_type, NULL, toy_run_tell, NULL);
TOY_OP(toy_op_later, 0, "toy.later", "toy.use", &toy_add_type, NULL, toy_run_later, NULL);
TOY_OP(toy_op_fire, MX_OP_INTERNAL, "toy.fire", NULL, &toy_add_type, NULL, toy_run_fire, NULL);
TOY_OP(toy_op_job, 0, "toy.job", "toy.use", &toy_add_type, NULL, toy_run_job, NULL);
TOY_OP(toy_op_take, MX_OP_QUERY | MX_OP_HEAVY | MX_OP_BURNS, "toy.take", "toy.read", &toy_add_type, &toy_value_type, toy_run_prepared,
       toy_prepare);
TOY_OP(toy_op_prepared, 0, "toy.prepared", "toy.use", &toy_add_type, &toy_value_type, toy_run_prepared, toy_prepare);
TOY_OP(toy_op_contact, MX_OP_QUERY, "toy.contact", "toy.read", NULL, &toy_contact_type, toy_run_contact, NULL);
TOY_OP(toy_op_by_phone, MX_OP_QUERY, "toy.by_phone", "toy.read", &toy_contact_type, &toy_contact_type, toy_run_by_phone, NULL);

static const struct mx_answer toy_answers_first = {
    (uint32_t)sizeof(struct mx_answer), 200, "toy.first", &toy_add_type, &toy_value_type, toy_ask_first};
static const struct mx_answer toy_answers_collect = {
    (uint32_t)sizeof(struct mx_answer), 100, "toy.collect", &toy_add_type, &toy_value_type, toy_ask_collect};
static const struct mx_job toy_walk_job = {(uint32_t)sizeof(struct mx_job), 0, "toy.walk", toy_walk};

static mx_status toy_check(struct mx_ctx *ctx, mx_found_fn found, void *arg) {
    struct toy_counter probe = {0}, *counter = NULL;
    probe.name = mx_str_of("wrong");
    if (mx_get(ctx, &toy_counters, &probe, &counter) == MX_OK) found(arg, "the counter \"wrong\" exists");
    return MX_OK;
}
static const struct mx_check toy_adds_up = {"toy.adds_up", toy_check};

static const struct mx_table *const toy_tables[] = {&toy_counters, NULL};
static const struct mx_op *const toy_ops[] = {
    &toy_op_add,     &toy_op_slow, &toy_op_get,    &toy_op_heavy, &toy_op_public, &toy_op_burn,     &toy_op_writes,
    &toy_op_meet,    &toy_op_tell, &toy_op_later,  &toy_op_fire,  &toy_op_job,    &toy_op_prepared, &toy_op_take,
    &toy_op_contact, &toy_op_scan, &toy_op_number, &toy_op_join,  &toy_op_known,  &toy_op_by_phone, NULL};
static const struct mx_event_def *const toy_events[] = {&toy_happened_event, NULL};
static const struct mx_point *const toy_points[] = {&toy_first, &toy_veto, &toy_collect, NULL};
static const struct mx_answer *const toy_answers[] = {&toy_answers_first, &toy_answers_collect, NULL};
static const struct mx_use *const toy_uses[] = {&toy_use_same, &toy_use_other, &toy_use_read, &toy_use_nobody, &toy_use_talk, NULL};
static const struct mx_job *const toy_jobs[] = {&toy_walk_job, NULL};
static const struct mx_check *const toy_checks[] = {&toy_adds_up, NULL};

static const struct mx_grant toy_cashier = {"cashier", "toy.use toy.read"};
static const struct mx_grant toy_auditor = {"auditor", "toy.read"};
static const struct mx_grant *const toy_grants[] = {&toy_cashier, &toy_auditor, NULL};

static const struct mx_plugin toy_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                            .abi_minor = MX_ABI_MINOR,
                                            .name = "toy",
                                            .version = "1",
                                            .summary = "for tests",
                                            .tables = toy_tables,
                                            .ops = toy_ops,
                                            .events = toy_events,
                                            .points = toy_points,
                                            .answers = toy_answers,
                                            .uses = toy_uses,
                                            .jobs = toy_jobs,
                                            .checks = toy_checks,
                                            .grants = toy_grants};

#endif
