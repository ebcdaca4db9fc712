/* What "toy" and "helper" say to each other: their types, points and uses; and the counters. */
#ifndef TESTS_UNIT_OP_TOY_TYPES_H
#define TESTS_UNIT_OP_TOY_TYPES_H

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "merx/plugin.h"

#define TOY_OP(variable, flags, name, permission, in, out, handler, prepare)                                                               \
    static const struct mx_op variable = {(uint32_t)sizeof(struct mx_op),                                                                  \
                                          flags,                                                                                           \
                                          name,                                                                                            \
                                          "for tests",                                                                                     \
                                          permission,                                                                                      \
                                          in,                                                                                              \
                                          out,                                                                                             \
                                          handler,                                                                                         \
                                          prepare,                                                                                         \
                                          MX_HOME_HERE,                                                                                    \
                                          MX_OFFLINE_REFUSE,                                                                               \
                                          "0.1"}

/* ---- counters ---- */

struct toy_counter {
    struct mx_rec rec;
    struct mx_str name;
    int64_t value;
};
static const struct mx_field toy_counter_fields[] = {
    MX_F_STR(toy_counter, name, 0, 1, 40, "name"),
    MX_F_INT(toy_counter, value, 0, -MX_INT_MAX, MX_INT_MAX, "value"),
};
MX_TYPE_REC(toy_counter, "toy.counter", "a counter");
static const struct mx_table toy_counters = {
    (uint32_t)sizeof(struct mx_table), 0, "toy.counter", "counters", &toy_counter_type, "name", NULL, NULL, 0, 0};

struct toy_add {
    struct mx_str name;
    int64_t by;
    struct mx_str how; /* what goes wrong, or what else happens */
};
static const struct mx_field toy_add_fields[] = {
    MX_F_STR(toy_add, name, MX_REQUIRED, 1, 40, "counter"),
    MX_F_INT(toy_add, by, 0, -1000, 1000, "by how much"),
    MX_F_STR(toy_add, how, 0, 0, 40, "how"),
};
MX_TYPE(toy_add, "toy.add", "count");

/* As if described in another source file: equal, but elsewhere. */
struct toy_add_again {
    struct mx_str name;
    int64_t by;
    struct mx_str how;
};
static const struct mx_field toy_add_again_fields[] = {
    MX_F_STR(toy_add_again, name, MX_REQUIRED, 1, 40, "counter"),
    MX_F_INT(toy_add_again, by, 0, -1000, 1000, "by how much"),
    MX_F_STR(toy_add_again, how, 0, 0, 40, "how"),
};
MX_TYPE(toy_add_again, "toy.add", "count");

struct toy_value {
    int64_t value;
};
static const struct mx_field toy_value_fields[] = {MX_F_INT(toy_value, value, 0, -MX_INT_MAX, MX_INT_MAX, "value")};
MX_TYPE(toy_value, "toy.value", "a value");

/* Read, add and write back; *value may be NULL. */
static inline mx_status toy_count(struct mx_ctx *ctx, struct mx_str name, int64_t by, int64_t *value) {
    struct toy_counter probe = {0}, *found = NULL, fresh = {0};
    mx_status st;
    probe.name = name;
    st = mx_get(ctx, &toy_counters, &probe, &found);
    if (st != MX_OK && st != MX_NONE) return st;
    if (st == MX_NONE) {
        fresh.name = name;
        found = &fresh;
    }
    found->value += by;
    if (value) *value = found->value;
    return mx_put(ctx, &toy_counters, found);
}

static mx_status toy_run_get(struct mx_ctx *ctx, const void *in, void *out) {
    struct toy_counter probe = {0}, *found = NULL;
    mx_status st;
    probe.name = ((const struct toy_add *)in)->name;
    st = mx_get(ctx, &toy_counters, &probe, &found);
    if (st == MX_OK) ((struct toy_value *)out)->value = found->value;
    return st == MX_NONE ? MX_OK : st;
}

/* ---- what toy asks and tells ---- */

struct toy_happened {
    struct mx_str name;
    int64_t left; /* how often it is told on */
    struct mx_str how;
};
static const struct mx_field toy_happened_fields[] = {
    MX_F_STR(toy_happened, name, MX_REQUIRED, 1, 40, "counter"),
    MX_F_INT(toy_happened, left, 0, 0, 100, "how often it is told on"),
    MX_F_STR(toy_happened, how, 0, 0, 40, "how"),
};
MX_TYPE(toy_happened, "toy.happened", "something happened");
static const struct mx_event_def toy_happened_event = {(uint32_t)sizeof(struct mx_event_def), 0, "toy.happened", "for tests",
                                                       &toy_happened_type};
static const struct mx_event_def helper_heard_event = {(uint32_t)sizeof(struct mx_event_def), 0, "helper.heard", "for tests",
                                                       &toy_happened_type};

static const struct mx_point toy_first = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_FIRST, "toy.first", "for tests", &toy_add_type, &toy_value_type};
static const struct mx_point toy_veto = {(uint32_t)sizeof(struct mx_point), MX_POINT_VETO, "toy.veto", "for tests", &toy_add_type, NULL};
static const struct mx_point toy_collect = {
    (uint32_t)sizeof(struct mx_point), MX_POINT_COLLECT, "toy.collect", "for tests", &toy_add_type, &toy_value_type};

/* The helper's own idea of the same things: other places, one member more, one less. */
struct helper_add {
    int64_t by;
    int64_t times;
    struct mx_str name;
};
static const struct mx_field helper_add_fields[] = {
    MX_F_INT(helper_add, by, 0, -1000, 1000, "by how much"),
    MX_F_INT(helper_add, times, 0, 0, 10, "how often"),
    MX_F_STR(helper_add, name, MX_REQUIRED, 1, 40, "counter"),
};
MX_TYPE(helper_add, "helper.add", "count");
struct helper_value {
    int64_t extra;
    int64_t value;
};
static const struct mx_field helper_value_fields[] = {
    MX_F_INT(helper_value, extra, 0, -MX_INT_MAX, MX_INT_MAX, "more"),
    MX_F_INT(helper_value, value, 0, -MX_INT_MAX, MX_INT_MAX, "value"),
};
MX_TYPE(helper_value, "helper.value", "a value");
struct helper_heard {
    struct mx_str how;
    struct mx_str name;
    int64_t left;
};
static const struct mx_field helper_heard_fields[] = {
    MX_F_STR(helper_heard, how, 0, 0, 40, "how"),
    MX_F_STR(helper_heard, name, 0, 1, 40, "counter"),
    MX_F_INT(helper_heard, left, 0, 0, 100, "how often it is told on"),
};
MX_TYPE(helper_heard, "helper.heard", "what the helper heard");

/* What somebody said, several times over. */
struct toy_said {
    struct mx_str note;
};
static const struct mx_field toy_said_fields[] = {
    MX_F_STR(toy_said, note, MX_FREE_TEXT, 0, 60, "what was said"),
};
MX_TYPE(toy_said, "toy.said", "what was said");

struct toy_talk {
    struct toy_said *first;
    struct mx_list more; /* of struct toy_said */
};
static const struct mx_field toy_talk_fields[] = {
    MX_F_STRUCT(toy_talk, first, 0, toy_said_type, "the first thing"),
    MX_F_LIST(toy_talk, more, 0, 0, 10, toy_said_type, "and more"),
};
MX_TYPE(toy_talk, "toy.talk", "all that was said");

static const struct mx_use toy_use_talk = {"helper.talk", &toy_talk_type, NULL};
static const struct mx_use toy_use_same = {"helper.same", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_other = {"helper.other", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_read = {"helper.read", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_nobody = {"nobody.there", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_unlisted = {"helper.unlisted", &toy_add_type, &toy_value_type};

#endif
