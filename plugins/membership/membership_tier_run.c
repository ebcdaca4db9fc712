/* All members: what rules would do to them, and asking about each of them anew when other rules came into force. */
#include "tiers.h"

#define SLICE     500 /* members that a look at all of them reads at a time */
#define TIERS_MAX 1002

/* ---- trying ---- */

struct run {
    struct mx_ctx *ctx;
    struct membership_tier_question question;
    struct membership_tier_rerun *out;
    struct membership_tier_moved moved[TIERS_MAX];
    int64_t ranks[TIERS_MAX];
    char codes[TIERS_MAX][MEMBERSHIP_TIER_MAX];
    uint32_t count;
    char cursor[2048];
};

/* The row of a tier, in memory that outlasts a slice; one that the rules do not know ranks below all others. */
static uint32_t row_of(struct run *run, struct mx_str code) {
    uint32_t i;
    if (code.len == 0) code = mx_str_of(MEMBERSHIP_BASIC);
    for (i = 0; i < run->count; i++) {
        if (mx_str_eq(run->moved[i].tier, code)) return i;
    }
    if (run->count == TIERS_MAX) return 0;
    run->ranks[run->count] = -1;
    memcpy(run->codes[run->count], code.ptr, code.len);
    run->moved[run->count].tier = mx_str_n(run->codes[run->count], code.len);
    return run->count++;
}

static mx_status list_tiers(struct run *run) {
    const struct mx_tiers_ask ask = {.draft = run->question.draft};
    struct mx_tiers tiers = {0};
    uint32_t i;
    mx_status st = mx_ask(run->ctx, &mx_point_tiers, &ask, &tiers);
    if (st == MX_DECLINED) return mx_refuse(run->ctx, "no_tiers", NULL, "These rules say nothing about tiers.");
    if (st != MX_OK) return st;
    run->ranks[row_of(run, mx_str_of(MEMBERSHIP_BASIC))] = -2;
    for (i = 0; i < tiers.tiers.count; i++) {
        const struct mx_tier *tier = mx_list_at(&tiers.tiers, i);
        run->ranks[row_of(run, tier->code)] = tier->rank;
    }
    run->out->version = tiers.version;
    return MX_OK;
}

static void note(struct run *run, uint32_t now, uint32_t then) {
    run->out->members++;
    run->moved[now].now++;
    run->moved[then].then++;
    if (now == then) return;
    if (run->ranks[then] > run->ranks[now]) {
        run->out->up++;
        run->moved[then].up++;
    } else {
        run->out->down++;
        run->moved[then].down++;
    }
}

/* Most customers are one person and one member: her record is at hand. MX_NONE: another id stands for this one. */
static mx_status customer_of(struct mx_ctx *ctx, struct membership_member *member, struct membership_customer *customer) {
    mx_status st;
    memset(customer, 0, sizeof(*customer));
    st = ctx->identity->person_set(ctx, member->person, &customer->persons);
    if (st != MX_OK) return st;
    customer->member = member;
    customer->members = (struct mx_list){&member->id, 1, sizeof(member->id)};
    if (customer->persons.count <= 1) return MX_OK;
    st = membership_customer_of(ctx, member->id, customer);
    return st == MX_OK && !mx_str_eq(customer->member->id, member->id) ? MX_NONE : st;
}

static mx_status try_one(struct run *run, struct membership_member *member) {
    struct membership_customer customer;
    struct membership_tier_state state;
    struct mx_tier_answer answer;
    uint32_t now = row_of(run, member->tier);
    mx_status st = customer_of(run->ctx, member, &customer);
    if (st != MX_OK) return st == MX_NONE ? MX_OK : st;
    if (membership_tier_by_hand(member, run->ctx->expiry_ms)) {
        run->out->by_hand++;
        note(run, now, now);
        return MX_OK;
    }
    state = membership_tier_state_of(member);
    st = membership_tier_ask(run->ctx, &customer, &state, &run->question, &answer);
    if (st != MX_OK) return st;
    if (membership_tier_kept(&state, &answer, run->ctx->expiry_ms)) {
        run->out->kept++;
        note(run, now, now);
        return MX_OK;
    }
    note(run, now, row_of(run, answer.tier));
    return MX_OK;
}

static mx_status try_slice(struct run *run, int *more) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .after = mx_str_of(run->cursor)};
    struct membership_member *member = NULL;
    struct mx_scan *scan = NULL;
    struct mx_str cursor;
    uint32_t seen = 0;
    mx_status st = mx_slice(run->ctx);
    if (st == MX_OK) st = mx_scan_open(run->ctx, &membership_members, &opts, NULL, &scan);
    while (st == MX_OK && seen < SLICE && (st = mx_scan_next(run->ctx, scan, &member)) == MX_OK) {
        st = try_one(run, member);
        seen++;
    }
    *more = st == MX_OK;
    if (st != MX_OK) return st == MX_DONE ? MX_OK : st;
    cursor = mx_scan_cursor(run->ctx, scan);
    if (cursor.len >= sizeof(run->cursor)) return mx_fail(run->ctx, MX_E_INTERNAL, NULL, "The place in the list of members is too long.");
    memcpy(run->cursor, cursor.ptr, cursor.len);
    run->cursor[cursor.len] = '\0';
    return mx_progress(run->ctx, run->out->members, 0);
}

static mx_status rerun_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct membership_tier_rerun_ask *ask = in;
    struct run *run = mx_alloc(ctx, sizeof(*run));
    int more = 1;
    mx_status st = membership_tier_rules(ctx, ask->draft, ask->version, &run->question.draft);
    run->ctx = ctx;
    run->out = out;
    run->question.brief = 1;
    if (st == MX_OK) st = list_tiers(run);
    while (st == MX_OK && more) st = try_slice(run, &more);
    mx_slices_end(ctx);
    run->out->tiers = (struct mx_list){run->moved, run->count, sizeof(run->moved[0])};
    return st;
}

const struct mx_op membership_tier_rerun_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY | MX_OP_HEAVY,
    .name = "membership.tier.rerun",
    .doc = "Ask a draft, a version or the rules in force about all members, and count who would move; nothing is changed.",
    .permission = "members.tiers",
    .in = &membership_tier_rerun_ask_type,
    .out = &membership_tier_rerun_type,
    .handler = rerun_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};

/* ---- asking anew ---- */

static mx_status stands(struct mx_ctx *ctx, struct membership_member *member, int *yes) {
    struct membership_customer customer;
    mx_status st = customer_of(ctx, member, &customer);
    *yes = st == MX_OK;
    return st == MX_NONE ? MX_OK : st;
}

/* The cursor is JSON: {"after": "...", "done": 100} */
struct place {
    struct mx_str after;
    int64_t done;
};

static const struct mx_field place_fields[] = {
    MX_F_STR(place, after, 0, 0, 2000, "behind this member"),
    MX_F_INT(place, done, 0, 0, MX_INT_MAX, "members asked about"),
};
MX_TYPE(place, "membership.tier.place", "how far the job is");

static mx_status renew_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor) {
    struct mx_scan_opts opts = {.size = sizeof(opts)};
    struct place place = {0};
    struct membership_member *member = NULL;
    struct mx_scan *scan = NULL;
    uint32_t seen = 0;
    int yes;
    mx_status st = cursor->len ? ctx->op->decode(ctx, &place_type, *cursor, &place) : MX_OK;
    (void)body;
    opts.after = place.after;
    if (st == MX_OK) st = mx_scan_open(ctx, &membership_members, &opts, NULL, &scan);
    while (st == MX_OK && seen < MEMBERSHIP_TIER_STEP && (st = mx_scan_next(ctx, scan, &member)) == MX_OK) {
        seen++;
        place.after = mx_scan_cursor(ctx, scan);
        st = stands(ctx, member, &yes);
        if (st == MX_OK && yes) st = membership_tier_renew(ctx, member->id, MEMBERSHIP_TIER_RULES);
    }
    if (st != MX_OK) return st;
    place.done += seen;
    st = mx_progress(ctx, place.done, 0);
    return st == MX_OK ? ctx->op->encode(ctx, &place_type, &place, cursor) : st;
}

const struct mx_job membership_tier_job = {
    .size = sizeof(struct mx_job),
    .name = "membership.tier.renew",
    .step = renew_step,
};

mx_status membership_hear_tiers(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct mx_str id, none = {NULL, 0};
    (void)event;
    (void)data;
    return mx_job_start(ctx, membership_tier_job.name, none, &id);
}

static mx_status renew_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct membership_tier_job *job = out;
    struct mx_str none = {NULL, 0};
    (void)in;
    return mx_job_start(ctx, membership_tier_job.name, none, &job->job);
}

const struct mx_op membership_tier_renew_op = {
    .size = sizeof(struct mx_op),
    .name = "membership.tier.renew",
    .doc = "Find the tiers of all members anew, step by step; done by itself when rules with other tiers come into force.",
    .permission = "members.tiers",
    .out = &membership_tier_job_type,
    .handler = renew_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
};
