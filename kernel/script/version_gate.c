/* What a set of files must pass before it comes into force: it compiles, nothing in it is certainly wrong, its tests hold. */
#include <pthread.h>
#include <stdlib.h>

#include "script/lint.h"
#include "script/version.h"

/* The files in memory of the set's own: it outlives the command. */
static struct script_source *own_files(struct base_arena *arena, const struct script_files *files) {
    struct script_source *own = base_arena_alloc(arena, (files->count + 1) * sizeof(*own));
    uint32_t i;
    for (i = 0; i < files->count; i++) {
        own[i].name = base_arena_dup(arena, files->items[i].name);
        own[i].text = base_arena_dup(arena, files->items[i].text);
    }
    return own;
}

static mx_status compile(struct mx_ctx *ctx, const struct script_files *files, struct script_set **set, struct script_state **state,
                         struct mx_error *err) {
    struct base_arena *arena;
    mx_status st = script_files_check(ctx, files);
    memset(err, 0, sizeof(*err));
    if (st != MX_OK) return st;
    arena = base_arena_new(16 * 1024);
    st = script_set_read(own_files(arena, files), files->count, arena, 0, 0, set, state, err);
    if (st != MX_OK) return mx_fail(ctx, st, NULL, "%s", err->message);
    (*set)->aside = 1;
    return MX_OK;
}

mx_status script_compile(struct mx_ctx *ctx, const struct script_files *files, struct script_set **set, struct script_state **state) {
    struct mx_error err;
    return compile(ctx, files, set, state, &err);
}

/* A folder that was taken before must be taken again: there only what keeps a set from running counts. */
static mx_status say(struct mx_ctx *ctx, int how, const char *code, const char *text) {
    if (how == SCRIPT_TESTED) return mx_fail(ctx, MX_E_BAD_INPUT, NULL, "%s", text);
    return ctx->op->fail(ctx, MX_E_REFUSED, code, "draft", __FILE__, __LINE__, "%s", text);
}

static mx_status gate(struct mx_ctx *ctx, const struct script_files *files, int how, struct script_set **set) {
    struct script_trial first;
    struct script_state *state;
    struct mx_error err;
    const char *wrong;
    uint32_t failed;
    mx_status st = compile(ctx, files, set, &state, &err);
    if (st != MX_OK) return err.status ? say(ctx, how, "rules_wrong", err.message) : st;
    wrong = how == SCRIPT_PROVEN ? script_lint_error(ctx, files, *set) : NULL;
    failed = wrong ? 0 : script_trials_run(state, ctx, NULL, NULL, &first);
    script_state_free(state);
    (*set)->aside = 0;
    if (wrong == NULL && failed == 0) return MX_OK;
    script_set_drop(*set);
    return wrong ? say(ctx, how, "rules_wrong", wrong) : say(ctx, how, "rules_test_failed", first.problem);
}

/* ---- what workers prepared ---- */

#define PREPARED 4 /* for commands that follow at once; as many again for those that wait for their time */

struct ring {
    struct {
        char hash[SCRIPT_HASH_TEXT];
        int how; /* what it has passed */
        struct script_set *set;
    } items[PREPARED];
    uint32_t next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ring prepared, planned;

static void ring_put(struct ring *ring, struct mx_str hash, int how, struct script_set *set) {
    struct script_set *before;
    pthread_mutex_lock(&lock);
    before = ring->items[ring->next].set;
    memcpy(ring->items[ring->next].hash, hash.ptr, SCRIPT_HASH_TEXT);
    ring->items[ring->next].how = how;
    ring->items[ring->next].set = set;
    ring->next = (ring->next + 1) % PREPARED;
    pthread_mutex_unlock(&lock);
    script_set_drop(before);
}

static struct script_set *ring_take(struct ring *ring, struct mx_str hash, int how) {
    struct script_set *set = NULL;
    uint32_t i;
    pthread_mutex_lock(&lock);
    for (i = 0; i < PREPARED && set == NULL; i++) {
        if (ring->items[i].set == NULL || ring->items[i].how < how || memcmp(ring->items[i].hash, hash.ptr, SCRIPT_HASH_TEXT) != 0)
            continue;
        set = ring->items[i].set;
        ring->items[i].set = NULL;
    }
    pthread_mutex_unlock(&lock);
    return set;
}

static void ring_drop(struct ring *ring) {
    uint32_t i;
    for (i = 0; i < PREPARED; i++) {
        struct script_set *set;
        pthread_mutex_lock(&lock);
        set = ring->items[i].set;
        ring->items[i].set = NULL;
        pthread_mutex_unlock(&lock);
        script_set_drop(set);
    }
}

void script_prepared_put(struct mx_str hash, int how, struct script_set *set) { ring_put(&prepared, hash, how, set); }

void script_planned_put(struct mx_str hash, int how, struct script_set *set) { ring_put(&planned, hash, how, set); }

void script_prepared_drop(void) {
    ring_drop(&prepared);
    ring_drop(&planned);
}

static struct script_set *take_prepared(struct mx_str hash, int how) {
    struct script_set *set = ring_take(&prepared, hash, how);
    return set ? set : ring_take(&planned, hash, how);
}

static mx_status make(struct mx_ctx *ctx, const struct script_files *files, int how, struct script_set **set) {
    struct script_state *state;
    mx_status st;
    if (how != SCRIPT_UNTESTED) return gate(ctx, files, how, set);
    st = script_compile(ctx, files, set, &state);
    if (st != MX_OK) return st;
    script_state_free(state);
    (*set)->aside = 0;
    return MX_OK;
}

mx_status script_prepare(struct mx_ctx *ctx, const struct script_files *files, int how) {
    struct script_set *set;
    mx_status st = make(ctx, files, how, &set);
    if (st == MX_OK) script_prepared_put(script_files_hash(ctx, files), how, set);
    return st;
}

mx_status script_set_of(struct mx_ctx *ctx, const struct script_files *files, int how, struct script_set **set) {
    *set = take_prepared(script_files_hash(ctx, files), how);
    return *set ? MX_OK : make(ctx, files, how, set);
}
