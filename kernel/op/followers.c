/* Followers: read the log behind the commit. Effect and cursor stand in one command, so an event counts exactly once. */
#include "base/clock.h"
#include "base/log.h"
#include "op/internal.h"

#define SKIP_MAX       256 /* entries of other events passed over in one command */
#define BACKOFF_MIN_MS 1000
#define BACKOFF_MAX_MS 60000

struct follow {
    struct op_follower *follower;
    int64_t seq; /* the entry in hand */
};

/* MX_DECLINED: it was nothing to the follower, and the next entry may share the command. MX_DONE: nor is anything up to the
 * head. */
static mx_status hand_over(struct op_ctx *ctx, const struct op_follower *follower, const struct bus_entry *entry) {
    struct mx_event event = {0};
    mx_status st, settled;
    event.size = sizeof(event);
    event.epoch = (uint32_t)entry->epoch;
    event.seq = entry->seq;
    event.at_ms = entry->at_ms;
    event.node = entry->node;
    event.name = entry->name;
    event.actor = entry->actor;
    event.op = entry->op;
    st = op_event_give(ctx, &follower->listener, &event, entry->data);
    settled = op_settle(ctx, st > 0 ? MX_OK : st); /* who declines may have left a failed command behind */
    return settled == MX_OK ? st : settled;
}

static int hears(const struct mx_subscription *sub, struct mx_str event) {
    return strcmp(sub->event, MX_EVENT_ANY) == 0 || mx_str_is(event, sub->event);
}

/* Pass over what is not for this follower, handle the next entry that is. MX_DONE: it has read everything. */
static mx_status follow_next(struct op_ctx *ctx, void *arg) {
    struct follow *follow = arg;
    struct mx_str name = mx_str_of(follow->follower->listener.def.name);
    struct bus_place place = {1, 0};
    struct bus_entry entry;
    int passed = 0;
    mx_status st = bus_place_get(ctx->view, name, &place);
    if (st < 0) return op_ctx_error(ctx, st);
    for (; passed < SKIP_MAX; passed++) {
        follow->seq = place.seq + 1;
        st = bus_next(ctx->view, &place, &entry);
        if (st == MX_NONE) break;
        if (st != MX_OK) return op_ctx_error(ctx, st);
        if (!hears(&follow->follower->listener.def, entry.name)) continue;
        st = hand_over(ctx, follow->follower, &entry);
        if (st == MX_DECLINED) continue;
        if (st == MX_DONE) st = op_ctx_error(ctx, bus_place_head(ctx->op->opts.bus, ctx->view, &place));
        if (st != MX_OK) return st;
        passed++;
        break;
    }
    if (passed == 0) return MX_DONE;
    return op_ctx_error(ctx, bus_place_put(ctx->view, name, &place));
}

static void back_off(struct op_follower *follower, int64_t seq, const struct mx_error *err) {
    follower->backoff_ms = follower->backoff_ms ? follower->backoff_ms * 2 : BACKOFF_MIN_MS;
    if (follower->backoff_ms > BACKOFF_MAX_MS) follower->backoff_ms = BACKOFF_MAX_MS;
    follower->retry_us = base_steady_us() + follower->backoff_ms * 1000;
    base_log(BASE_LOG_ERROR, "op", "the follower \"%s\" failed on entry %lld of the log and tries again in %lld ms: %s",
             follower->listener.def.name, (long long)seq, (long long)follower->backoff_ms, err->message);
}

/* One step; 1 when it did something. */
static uint32_t step(struct op_group *group, struct op_follower *follower, int *behind) {
    struct identity_principal system;
    struct follow follow = {follower, 0};
    struct op_work work = {group->op->system_arena, &system, follower->listener.def.name, follower->listener.owner, follow_next, &follow};
    struct mx_error err = {0};
    mx_status st;
    if (follower->retry_us > base_steady_us()) {
        *behind = 1;
        return 0;
    }
    identity_system(&system);
    base_arena_reset(group->op->system_arena);
    st = op_command(group, &work, &err);
    if (st == MX_DONE) return 0;
    *behind = 1;
    if (st != MX_OK) {
        back_off(follower, follow.seq, &err);
        return 0;
    }
    follower->backoff_ms = 0;
    follower->retry_us = 0;
    return 1;
}

/* Before the writer starts: who is new and wants only what comes from now on stands at the head. */
static mx_status stand_at_head(struct op_kernel *op, struct store_view *view, const struct op_follower *follower) {
    struct mx_str name = mx_str_of(follower->listener.def.name);
    struct bus_place place;
    mx_status st;
    if (!(follower->listener.def.flags & MX_FROM_NOW)) return MX_OK;
    st = bus_place_get(view, name, &place);
    if (st != MX_NONE) return st;
    st = bus_place_head(op->opts.bus, view, &place);
    return st == MX_OK ? bus_place_put(view, name, &place) : st;
}

mx_status op_followers_begin(struct op_kernel *op, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(4096);
    struct store_group *group = NULL;
    struct store_view *view = NULL;
    uint32_t i;
    mx_status st = store_group_begin(op->opts.store, &group);
    if (st == MX_OK) st = store_write_begin(group, arena, &view);
    for (i = 0; st == MX_OK && i < op->follower_count; i++) st = stand_at_head(op, view, &op->followers[i]);
    if (st == MX_OK) {
        uint32_t records = 0;
        size_t bytes = 0;
        store_write_size(view, &records, &bytes);
        st = records ? store_write_apply(view) : MX_NONE;
        view = records ? NULL : view;
    }
    if (view) store_write_drop(view);
    if (st == MX_OK)
        st = store_group_commit(group);
    else if (group)
        store_group_abort(group);
    base_arena_free(arena);
    if (st == MX_OK || st == MX_NONE) return MX_OK;
    return base_fail(err, st, NULL, "The places of followers in the log cannot be kept: %s.", base_status_text(st));
}

uint32_t op_follow(struct op_group *group, int64_t until_us) {
    struct op_kernel *op = group->op;
    uint32_t i, steps = 0, before;
    int behind;
    if (!op->follow_all || op->follower_count == 0) return 0;
    do {
        before = steps;
        behind = 0;
        op->follow_all = 0;
        for (i = 0; i < op->follower_count; i++) steps += step(group, &op->followers[i], &behind);
        if (behind) op->follow_all = 1;
    } while (steps > before && steps < OP_SYSTEM_STEPS && base_steady_us() < until_us);
    return steps;
}
