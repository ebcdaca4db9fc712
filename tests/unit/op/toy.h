/* Two small plugins: "toy" counts things and can misbehave on request; "helper" is what toy calls, asks and tells. */
#ifndef TESTS_UNIT_OP_TOY_H
#define TESTS_UNIT_OP_TOY_H

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

static const struct mx_use toy_use_same = {"helper.same", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_other = {"helper.other", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_read = {"helper.read", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_nobody = {"nobody.there", &toy_add_type, &toy_value_type};
static const struct mx_use toy_use_unlisted = {"helper.unlisted", &toy_add_type, &toy_value_type};

/* ---- toy's operations ---- */

static mx_status toy_run_add(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    mx_status st = toy_count(ctx, add->name, add->by, &((struct toy_value *)out)->value);
    if (st != MX_OK) return st;
    if (mx_str_is(add->how, "refuse")) return mx_refuse(ctx, "no_more", "by", "There is no more of that today.");
    if (mx_str_is(add->how, "input")) return mx_fail(ctx, MX_E_OUT_OF_RANGE, "by", "That is too much of it.");
    if (mx_str_is(add->how, "inside")) return MX_E_INTERNAL;
    if (mx_str_is(add->how, "declined")) return MX_DECLINED;
    if (mx_str_is(add->how, "odd")) return MX_DONE;
    return MX_OK;
}

static mx_status toy_run_slow(struct mx_ctx *ctx, const void *in, void *out) {
    struct timespec nap = {0, 20000000};
    nanosleep(&nap, NULL);
    return toy_run_add(ctx, in, out);
}

static mx_status toy_run_writes(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    int64_t number;
    struct mx_str id;
    (void)out;
    if (mx_str_is(add->how, "number")) return mx_next_number(ctx, "toy", add->name, &number);
    if (mx_str_is(add->how, "job")) return mx_job_start(ctx, "toy.walk", mx_str_of("{}"), &id);
    if (mx_str_is(add->how, "due")) return mx_due_at(ctx, 1, "toy.fire", add->name, mx_str_of("{}"));
    if (mx_str_is(add->how, "person")) return ctx->identity->person_new(ctx, &id);
    if (mx_str_is(add->how, "leave")) return mx_if_refused(ctx, "toy.fire", mx_str_of("{\"name\":\"a\"}"));
    if (mx_str_is(add->how, "event")) {
        struct toy_happened happened = {add->name, 0, {NULL, 0}};
        return mx_emit(ctx, &toy_happened_event, &happened);
    }
    if (mx_str_is(add->how, "call")) {
        struct toy_value value;
        return mx_call(ctx, &toy_use_same, add, &value);
    }
    return toy_count(ctx, add->name, 1, NULL);
}

static mx_status toy_sum(void *arg, const char *plugin, const void *answer) {
    if (strcmp(plugin, "toy") == 0 && *(int64_t *)arg == 0) return MX_E_INTERNAL; /* the helper comes first */
    *(int64_t *)arg += ((const struct toy_value *)answer)->value;
    return MX_OK;
}

/* Asks for toy.fire if it is refused; then it is, or not. */
static mx_status toy_leave(struct mx_ctx *ctx, const struct toy_add *add) {
    const struct toy_add left = {.name = add->name, .how = mx_str_of(add->by == 3 ? "refuse" : "")};
    const char *op = mx_str_is(add->how, "leave others'") ? "helper.same" : mx_str_is(add->how, "leave public") ? "toy.add" : "toy.fire";
    struct mx_str body;
    mx_status st = toy_count(ctx, add->name, 100, NULL);
    if (st == MX_OK) st = ctx->op->encode(ctx, &toy_add_type, &left, &body);
    if (st == MX_OK) st = mx_if_refused(ctx, op, body);
    if (st == MX_OK && add->by == 2) st = mx_if_refused(ctx, op, body);
    return st == MX_OK && add->by ? mx_refuse(ctx, "no_more", "by", "There is no more of that today.") : st;
}

/* One way of meeting others for each word in `how`. */
static mx_status toy_run_meet(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    struct toy_value *value = out;
    const struct mx_use use_elsewhere = {"helper.same", &toy_add_again_type, &toy_value_type};
    const struct mx_use use_otherwise = {"helper.same", &toy_value_type, &toy_value_type};
    mx_status st;
    if (mx_str_is(add->how, "same")) return mx_call(ctx, &toy_use_same, in, out);
    if (mx_str_is(add->how, "elsewhere")) return mx_call(ctx, &use_elsewhere, in, out);
    if (mx_str_is(add->how, "otherwise")) return mx_call(ctx, &use_otherwise, in, out);
    if (mx_str_is(add->how, "other")) return mx_call(ctx, &toy_use_other, in, out);
    if (mx_str_is(add->how, "read")) return mx_call(ctx, &toy_use_read, in, out);
    if (mx_str_is(add->how, "unlisted")) return mx_call(ctx, &toy_use_unlisted, in, out);
    if (mx_str_is(add->how, "nobody")) {
        value->value = mx_call(ctx, &toy_use_nobody, in, out) == MX_DECLINED ? 77 : 0;
        return MX_OK;
    }
    if (mx_str_is(add->how, "swallow")) {
        struct toy_add inner = *add;
        inner.how = mx_str_of("refuse");
        st = mx_call(ctx, &toy_use_same, &inner, out);
        return st == MX_OK ? MX_E_INTERNAL : MX_OK;
    }
    if (add->how.len >= 5 && memcmp(add->how.ptr, "leave", 5) == 0) return toy_leave(ctx, add);
    if (mx_str_is(add->how, "first")) return mx_ask(ctx, &toy_first, in, out);
    if (mx_str_is(add->how, "veto") || mx_str_is(add->how, "vetoed")) {
        st = mx_ask(ctx, &toy_veto, in, NULL);
        value->value = st;
        return st < 0 ? st : MX_OK;
    }
    if (mx_str_is(add->how, "collect")) return mx_ask_all(ctx, &toy_collect, in, toy_sum, &value->value);
    return mx_fail(ctx, MX_E_BAD_INPUT, "how", "No such way.");
}

static mx_status toy_run_tell(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    struct toy_happened happened = {add->name, add->by, add->how};
    mx_status st = toy_count(ctx, add->name, 1, NULL);
    (void)out;
    return st == MX_OK ? mx_emit(ctx, &toy_happened_event, &happened) : st;
}

/* Due times and jobs. */
static mx_status toy_run_later(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    struct mx_str body;
    mx_status st = ctx->op->encode(ctx, &toy_add_type, add, &body);
    (void)out;
    if (st != MX_OK) return st;
    if (mx_str_is(add->how, "cancel")) return ctx->event->due_cancel(ctx, "toy.fire", add->name);
    return mx_due_at(ctx, ctx->now_ms + add->by * 1000, "toy.fire", add->name, body);
}

static mx_status toy_run_fire(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    mx_status st = toy_count(ctx, add->name, 1, NULL);
    (void)out;
    if (st == MX_OK && mx_str_is(add->how, "refuse")) return mx_refuse(ctx, "too_late", NULL, "It is too late for that.");
    if (st == MX_OK && mx_str_is(add->how, "inside")) return MX_E_INTERNAL;
    return st;
}

static mx_status toy_run_job(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_str body, id;
    mx_status st = ctx->op->encode(ctx, &toy_add_type, in, &body);
    (void)out;
    return st == MX_OK ? mx_job_start(ctx, "toy.walk", body, &id) : st;
}

static atomic_int toy_job_fails; /* the next steps that fail */
static atomic_int toy_job_stops; /* 1: steps fail until it is 0 again */

/* Counts `by` times, one a step; the cursor is how far it is. */
static mx_status toy_walk(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct toy_add add;
    struct toy_value at = {0};
    mx_status st = ctx->op->decode(ctx, &toy_add_type, body, &add);
    if (st == MX_OK && cursor->len) st = ctx->op->decode(ctx, &toy_value_type, *cursor, &at);
    if (st == MX_OK) st = toy_count(ctx, add.name, 1, NULL);
    if (st != MX_OK) return st;
    if (atomic_load(&toy_job_stops)) return mx_fail(ctx, MX_E_INTERNAL, NULL, "The job stands still.");
    if (atomic_load(&toy_job_fails) > 0 && atomic_fetch_sub(&toy_job_fails, 1) > 0)
        return mx_fail(ctx, MX_E_INTERNAL, NULL, "The step failed.");
    at.value++;
    if (at.value >= add.by) return MX_DONE;
    return ctx->op->encode(ctx, &toy_value_type, &at, cursor);
}

static atomic_int toy_prepares;

static mx_status toy_prepare(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    int64_t *doubled = mx_alloc(ctx, sizeof(*doubled));
    (void)out;
    atomic_fetch_add(&toy_prepares, 1);
    if (mx_str_is(add->how, "prepare refuses")) return mx_refuse(ctx, "not_ready", "by", "That cannot be prepared.");
    if (mx_str_is(add->how, "prepare writes")) return toy_count(ctx, add->name, 1, NULL);
    *doubled = add->by * 2;
    mx_keep(ctx, doubled);
    return MX_OK;
}

static mx_status toy_run_prepared(struct mx_ctx *ctx, const void *in, void *out) {
    const int64_t *doubled = mx_kept(ctx);
    if (!doubled) return MX_E_INTERNAL;
    return toy_count(ctx, ((const struct toy_add *)in)->name, *doubled, &((struct toy_value *)out)->value);
}

/* Shows a counter and sets it back. */
static mx_status toy_run_burn(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    struct toy_value *value = out;
    mx_status st = toy_run_get(ctx, in, out);
    if (st == MX_OK && value->value == 0) return mx_fail(ctx, MX_E_NOT_FOUND, "name", "There is nothing to show.");
    return st == MX_OK ? toy_count(ctx, add->name, -value->value, NULL) : st;
}

struct toy_contact {
    struct mx_str phone;
    int64_t digits;
    struct mx_str currency;
};
static const struct mx_field toy_contact_fields[] = {
    MX_F_STR(toy_contact, phone, MX_PII, 0, 40, "phone"),
    MX_F_INT(toy_contact, digits, 0, 0, 9, "of the currency"),
    MX_F_STR(toy_contact, currency, 0, 0, 3, "currency"),
};
MX_TYPE(toy_contact, "toy.contact", "a contact");
static mx_status toy_run_contact(struct mx_ctx *ctx, const void *in, void *out) {
    struct toy_contact *contact = out;
    (void)in;
    contact->phone = mx_str_of("+8613800138000");
    contact->digits = mx_shop_of(ctx)->digits;
    contact->currency = mx_shop_of(ctx)->currency;
    return MX_OK;
}
static mx_status toy_run_by_phone(struct mx_ctx *ctx, const void *in, void *out) {
    (void)in;
    return toy_run_contact(ctx, NULL, out);
}

static mx_status toy_ask_first(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    (void)in;
    ((struct toy_value *)out)->value = 1000;
    return MX_OK;
}
static mx_status toy_ask_collect(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    ((struct toy_value *)out)->value = ((const struct toy_add *)in)->by;
    return MX_OK;
}

/* Walks all counters; `how` is a cursor of an earlier walk, or "bad". value: how many came. */
static mx_status toy_run_scan(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    struct toy_counter *counter = NULL;
    struct mx_scan_opts opts = {0};
    struct mx_scan *scan = NULL;
    mx_status st;
    opts.size = sizeof(opts);
    opts.after = add->how;
    st = mx_scan_open(ctx, &toy_counters, &opts, NULL, &scan);
    while (st == MX_OK && (st = mx_scan_next(ctx, scan, &counter)) == MX_OK) {
        ((struct toy_value *)out)->value++;
        if (add->by && mx_str_is(counter->name, "b") && mx_scan_cursor(ctx, scan).len == 0) return MX_E_INTERNAL;
    }
    return st == MX_DONE ? MX_OK : st;
}

/* Draws a number, and fails on request. */
static mx_status toy_run_number(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    mx_status st = mx_next_number(ctx, "toy", add->name, &((struct toy_value *)out)->value);
    if (st == MX_OK && add->how.len) return mx_refuse(ctx, "no_more", NULL, "There is no more of that today.");
    return st;
}

/* A new person with the phone `name`; and who is known by it: 1, 2 when the caller may also read it. */
static mx_status toy_run_join(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_str person;
    mx_status st = ctx->identity->person_new(ctx, &person);
    (void)out;
    return st == MX_OK ? ctx->identity->person_link(ctx, person, "phone", ((const struct toy_add *)in)->name) : st;
}

static mx_status toy_run_known(struct mx_ctx *ctx, const void *in, void *out) {
    struct toy_value *value = out;
    struct mx_list phones = {NULL, 0, 0};
    struct mx_str person;
    mx_status st = ctx->identity->person_find(ctx, "phone", ((const struct toy_add *)in)->name, &person);
    if (st == MX_NONE) return MX_OK;
    if (st == MX_OK) st = ctx->identity->person_identifiers(ctx, person, "phone", &phones);
    if (st == MX_OK && phones.count == 1) value->value = mx_list_str(&phones, 0).ptr[0] == '+' ? 2 : 1;
    return st;
}

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
static const struct mx_op *const toy_ops[] = {&toy_op_add,    &toy_op_slow,   &toy_op_get,      &toy_op_heavy,    &toy_op_public,
                                              &toy_op_burn,   &toy_op_writes, &toy_op_meet,     &toy_op_tell,     &toy_op_later,
                                              &toy_op_fire,   &toy_op_job,    &toy_op_prepared, &toy_op_contact,  &toy_op_scan,
                                              &toy_op_number, &toy_op_join,   &toy_op_known,    &toy_op_by_phone, NULL};
static const struct mx_event_def *const toy_events[] = {&toy_happened_event, NULL};
static const struct mx_point *const toy_points[] = {&toy_first, &toy_veto, &toy_collect, NULL};
static const struct mx_answer *const toy_answers[] = {&toy_answers_first, &toy_answers_collect, NULL};
static const struct mx_use *const toy_uses[] = {&toy_use_same, &toy_use_other, &toy_use_read, &toy_use_nobody, NULL};
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

/* ---- the helper ---- */

static mx_status helper_run_other(struct mx_ctx *ctx, const void *in, void *out) {
    const struct helper_add *add = in;
    struct helper_value *value = out;
    value->extra = 5;
    if (add->times != 0) return MX_E_INTERNAL;
    return toy_count(ctx, add->name, add->by, &value->value);
}

/* In a query of the helper nothing may be written, though the command around it may. */
static mx_status helper_run_read(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    if (toy_count(ctx, add->name, 1, NULL) != MX_E_READ_ONLY) return MX_E_INTERNAL;
    return toy_run_get(ctx, in, out);
}

static mx_status helper_ask_first(struct mx_ctx *ctx, const void *in, void *out) {
    const struct helper_add *add = in;
    if (!mx_str_is(add->name, "mine")) return MX_DECLINED;
    if (toy_count(ctx, add->name, 1, NULL) != MX_E_READ_ONLY) return MX_E_INTERNAL; /* answers never write */
    ((struct helper_value *)out)->value = add->by + 1;
    return MX_OK;
}

static mx_status helper_ask_veto(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    if (mx_str_is(((const struct toy_add *)in)->how, "vetoed")) return mx_refuse(ctx, "not_today", "name", "Not today.");
    return MX_OK;
}

static mx_status helper_ask_collect(struct mx_ctx *ctx, const void *in, void *out) {
    (void)ctx;
    ((struct toy_value *)out)->value = ((const struct toy_add *)in)->by * 10;
    return MX_OK;
}

static const struct mx_use helper_use_add = {"toy.add", &toy_add_type, &toy_value_type};

/* Counts what it heard under "heard", tells it on as often as asked, fails on request. */
static mx_status helper_hear(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct helper_heard *heard = data;
    struct toy_happened again = {heard->name, heard->left - 1, heard->how};
    mx_status st = toy_count(ctx, mx_str_of("heard"), 1, NULL);
    if (st != MX_OK) return st;
    if (event->seq != 0 || !mx_str_is(event->node, "n1")) return MX_E_INTERNAL;
    if (mx_str_is(heard->how, "fail")) return mx_refuse(ctx, "will_not", NULL, "I will not hear that.");
    if (mx_str_is(heard->how, "swallow")) {
        struct toy_add refused = {heard->name, 1, mx_str_of("refuse")};
        struct toy_value value;
        return mx_call(ctx, &helper_use_add, &refused, &value) == MX_E_REFUSED ? MX_OK : MX_E_INTERNAL;
    }
    return heard->left > 0 ? mx_emit(ctx, &helper_heard_event, &again) : MX_OK;
}

/* The second listener writes down what the first had counted. */
static mx_status helper_hear_second(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct toy_counter probe = {0}, *first = NULL;
    (void)event;
    (void)data;
    probe.name = mx_str_of("heard");
    if (mx_get(ctx, &toy_counters, &probe, &first) != MX_OK) return MX_E_INTERNAL;
    return toy_count(ctx, mx_str_of("second"), first->value, NULL);
}

static atomic_int helper_follow_fails;

static mx_status helper_follow(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    const struct toy_happened *happened = data;
    mx_status st = toy_count(ctx, mx_str_of("followed"), event->seq, NULL);
    if (st == MX_OK) st = toy_count(ctx, mx_str_of("follows"), 1, NULL);
    if (st == MX_OK && (mx_str_is(event->name, "toy.happened") == 0 || happened->name.len == 0)) return MX_E_INTERNAL;
    if (st == MX_OK && atomic_load(&helper_follow_fails)) return mx_fail(ctx, MX_E_INTERNAL, NULL, "The follower stumbled.");
    return st;
}

TOY_OP(helper_op_same, MX_OP_INTERNAL, "helper.same", NULL, &toy_add_type, &toy_value_type, toy_run_add, NULL);
TOY_OP(helper_op_other, MX_OP_INTERNAL, "helper.other", NULL, &helper_add_type, &helper_value_type, helper_run_other, NULL);
TOY_OP(helper_op_read, MX_OP_INTERNAL | MX_OP_QUERY, "helper.read", NULL, &toy_add_type, &toy_value_type, helper_run_read, NULL);
TOY_OP(helper_op_unlisted, MX_OP_INTERNAL, "helper.unlisted", NULL, &toy_add_type, &toy_value_type, toy_run_add, NULL);

static const struct mx_answer helper_answers_first = {
    (uint32_t)sizeof(struct mx_answer), 100, "toy.first", &helper_add_type, &helper_value_type, helper_ask_first};
static const struct mx_answer helper_answers_veto = {
    (uint32_t)sizeof(struct mx_answer), 100, "toy.veto", &toy_add_type, NULL, helper_ask_veto};
static const struct mx_answer helper_answers_collect = {
    (uint32_t)sizeof(struct mx_answer), 100, "toy.collect", &toy_add_type, &toy_value_type, helper_ask_collect};
static const struct mx_subscription helper_hears = {
    (uint32_t)sizeof(struct mx_subscription), 0, "toy.happened", &helper_heard_type, 100, 0, helper_hear, NULL};
static const struct mx_subscription helper_hears_second = {
    (uint32_t)sizeof(struct mx_subscription), 0, "toy.happened", &toy_happened_type, 200, 0, helper_hear_second, NULL};
static const struct mx_subscription helper_hears_itself = {
    (uint32_t)sizeof(struct mx_subscription), 0, "helper.heard", &helper_heard_type, 100, 0, helper_hear, NULL};
static const struct mx_subscription helper_follows = {
    (uint32_t)sizeof(struct mx_subscription), MX_FOLLOW, "toy.happened", &toy_happened_type, 100, 0, helper_follow, "helper.follows"};

static const struct mx_op *const helper_ops[] = {&helper_op_same, &helper_op_other, &helper_op_read, &helper_op_unlisted, NULL};
static const struct mx_event_def *const helper_events[] = {&helper_heard_event, NULL};
static const struct mx_answer *const helper_answers[] = {&helper_answers_first, &helper_answers_veto, &helper_answers_collect, NULL};
static const struct mx_subscription *const helper_subscriptions[] = {&helper_hears_second, &helper_hears, &helper_hears_itself,
                                                                     &helper_follows, NULL};
static const struct mx_use *const helper_uses[] = {&helper_use_add, NULL};
static const struct mx_plugin helper_plugin = {.size = (uint32_t)sizeof(struct mx_plugin),
                                               .abi_minor = MX_ABI_MINOR,
                                               .name = "helper",
                                               .version = "1",
                                               .summary = "for tests",
                                               .ops = helper_ops,
                                               .events = helper_events,
                                               .subscriptions = helper_subscriptions,
                                               .uses = helper_uses,
                                               .answers = helper_answers};

#endif
