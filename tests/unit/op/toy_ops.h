/* What "toy" does: it counts things and can misbehave on request. */
#ifndef TESTS_UNIT_OP_TOY_OPS_H
#define TESTS_UNIT_OP_TOY_OPS_H

#include "toy_types.h"

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

/* Hands on what was said as the first of two things, or as the second: `by`. */
static mx_status toy_talk_on(struct mx_ctx *ctx, const struct toy_add *add) {
    struct toy_said first = {mx_str_of("hello")}, *more;
    struct toy_talk talk = {.first = add->by == 2 ? NULL : &first, .more = mx_list_new(ctx, 2, sizeof(struct toy_said))};
    more = talk.more.items;
    more[0].note = mx_str_of("4006381333931");
    if (add->by == 1) first.note = add->name;
    if (add->by == 2) more[1].note = add->name;
    return mx_call(ctx, &toy_use_talk, &talk, NULL);
}

/* One way of meeting others for each word in `how`. */
static mx_status toy_run_meet(struct mx_ctx *ctx, const void *in, void *out) {
    const struct toy_add *add = in;
    struct toy_value *value = out;
    const struct mx_use use_elsewhere = {"helper.same", &toy_add_again_type, &toy_value_type};
    const struct mx_use use_otherwise = {"helper.same", &toy_value_type, &toy_value_type};
    mx_status st;
    if (mx_str_is(add->how, "same")) return mx_call(ctx, &toy_use_same, in, out);
    if (mx_str_is(add->how, "talk")) return toy_talk_on(ctx, add);
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
    if (st == MX_OK && mx_str_is(add->how, "leave")) {
        st = mx_if_refused(ctx, "toy.fire", mx_str_of("{\"name\":\"left\"}"));
        if (st == MX_OK) return mx_refuse(ctx, "too_late", NULL, "It is too late for that.");
    }
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

#endif
