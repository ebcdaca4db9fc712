/* The rule set in force, and each thread's own state for it.
 *
 * A thread learns from a number that the set was exchanged, and only then takes the lock. What it held of the old set
 * is freed at that moment; what all threads hold is also listed, so that script_close() can free it. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "script/version.h"

struct slot {
    struct slot *next;
    unsigned generation;
    struct script_set *set;
    struct script_state *state;
    int tried; /* a state for this set was tried already */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    struct script_set *set;
    struct slot *slots;
    char *dir;
    pthread_key_t key;
    int has_key;
} now;
static _Atomic unsigned generation; /* changes with now.set; 0 = never opened or closed */
static unsigned last_generation;

/* The watchdog looks at states under the lock, so they leave the list under it. */
static void slot_empty(struct slot *slot) {
    struct script_state *state;
    struct script_set *set;
    pthread_mutex_lock(&lock);
    state = slot->state;
    set = slot->set;
    slot->state = NULL;
    slot->set = NULL;
    slot->tried = 0;
    pthread_mutex_unlock(&lock);
    script_state_free(state);
    script_set_drop(set);
}

void script_each_state(void (*fn)(void *arg, struct script_state *state), void *arg) {
    struct slot *slot;
    pthread_mutex_lock(&lock);
    for (slot = now.slots; slot != NULL; slot = slot->next) {
        if (slot->state != NULL) fn(arg, slot->state);
    }
    pthread_mutex_unlock(&lock);
    script_stands_each(fn, arg);
}

/* A thread ends. */
static void slot_end(void *arg) {
    struct slot *slot = arg, **at;
    int listed;
    pthread_mutex_lock(&lock);
    for (at = &now.slots; *at != NULL && *at != slot; at = &(*at)->next) {
    }
    listed = *at == slot;
    if (listed) *at = slot->next;
    pthread_mutex_unlock(&lock);
    if (!listed) return; /* script_close() has it */
    slot_empty(slot);
    free(slot);
}

/* This thread's slot; NULL when nothing was opened or there is no memory. */
static struct slot *slot_of_thread(void) {
    struct slot *slot;
    if (atomic_load_explicit(&generation, memory_order_acquire) == 0) return NULL;
    slot = pthread_getspecific(now.key);
    if (slot != NULL) return slot;
    slot = calloc(1, sizeof(*slot));
    if (slot == NULL) return NULL;
    if (pthread_setspecific(now.key, slot) != 0) {
        free(slot);
        return NULL;
    }
    pthread_mutex_lock(&lock);
    slot->next = now.slots;
    now.slots = slot;
    pthread_mutex_unlock(&lock);
    return slot;
}

static void slot_renew(struct slot *slot) {
    slot_empty(slot);
    pthread_mutex_lock(&lock);
    slot->generation = atomic_load(&generation);
    slot->set = now.set;
    if (slot->set != NULL) atomic_fetch_add(&slot->set->users, 1);
    pthread_mutex_unlock(&lock);
}

struct script_set *script_thread_set(struct script_state **state) {
    struct slot *slot = slot_of_thread();
    struct script_state *own;
    char problem[SCRIPT_FAULT_TEXT];
    *state = NULL;
    if (slot == NULL) return NULL;
    if (slot->state != NULL && slot->state->depth > 0) { /* a rule asks the shop, which asks rules: the set may not change below it */
        *state = slot->state;
        return slot->set;
    }
    if (slot->generation != atomic_load_explicit(&generation, memory_order_acquire)) slot_renew(slot);
    if (slot->set != NULL && slot->set->function_rules > 0 && !slot->tried) {
        slot->tried = 1;
        own = script_state_load(slot->set, 0, 0, 0, problem);
        if (own != NULL) own->has_clock = pthread_getcpuclockid(pthread_self(), &own->clock) == 0;
        pthread_mutex_lock(&lock);
        slot->state = own;
        pthread_mutex_unlock(&lock);
        if (own == NULL) base_log(BASE_LOG_ERROR, "script", "this thread runs without rule functions: %s", problem);
    }
    *state = slot->state;
    return slot->set;
}

struct script_set *script_set_current(void) {
    struct script_set *set;
    pthread_mutex_lock(&lock);
    set = now.set;
    if (set != NULL) atomic_fetch_add(&set->users, 1);
    pthread_mutex_unlock(&lock);
    return set;
}

/* The key is made on first use. 0 when there is no memory. */
static int have_key(void) {
    if (!now.has_key && pthread_key_create(&now.key, slot_end) != 0) return 0;
    now.has_key = 1;
    return 1;
}

mx_status script_attach(const char *dir, struct mx_error *err) {
    char *copy = strdup(dir);
    if (copy == NULL) return base_fail(err, MX_E_NOMEM, NULL, "there is no memory for the rules");
    pthread_mutex_lock(&lock);
    free(now.dir);
    now.dir = copy;
    pthread_mutex_unlock(&lock);
    return MX_OK;
}

static mx_status load_folder(const char *dir, struct script_set **set, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(16 * 1024);
    struct script_source *sources;
    uint32_t count;
    mx_status st = script_files_read(dir, arena, &sources, &count, err);
    if (st == MX_OK) return script_set_load(sources, count, arena, 0, 0, set, err);
    base_arena_free(arena);
    return st;
}

mx_status script_put_in_force(struct script_set *set, struct mx_error *err) {
    uint32_t rules = script_set_rules(set), files = set->source_count, calls = set->function_rules;
    struct script_set *old = set;
    char version[sizeof(set->version)];
    int done;
    memcpy(version, set->version, sizeof(version));
    pthread_mutex_lock(&lock);
    done = have_key();
    if (done) {
        old = now.set;
        now.set = set;
        if (++last_generation == 0) last_generation = 1;
        atomic_store_explicit(&generation, last_generation, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
    script_set_drop(old);
    if (!done) return base_fail(err, MX_E_NOMEM, NULL, "there is no memory for the rules");
    if (calls > 0) script_watch_start();
    base_log(BASE_LOG_INFO, "script", "%u rules of %u files in force, version %s", rules, files, version);
    return MX_OK;
}

mx_status script_open(const char *dir, struct mx_error *err) {
    struct script_set *set = NULL;
    mx_status st = script_attach(dir, err);
    if (st == MX_OK) st = load_folder(dir, &set, err);
    return st == MX_OK ? script_put_in_force(set, err) : st;
}

static mx_status copy_dir(char **dir, struct mx_error *err) {
    pthread_mutex_lock(&lock);
    *dir = now.dir ? strdup(now.dir) : NULL;
    pthread_mutex_unlock(&lock);
    return *dir ? MX_OK : base_fail(err, MX_E_NOT_FOUND, NULL, "no folder of rules was opened");
}

mx_status script_reload(struct mx_error *err) {
    struct script_set *set = NULL;
    char *dir;
    mx_status st = copy_dir(&dir, err);
    if (st == MX_OK) st = load_folder(dir, &set, err);
    if (st == MX_OK) st = script_put_in_force(set, err);
    free(dir);
    return st;
}

mx_status script_folder_read(struct base_arena *arena, struct script_source **sources, uint32_t *count, int *there, struct mx_error *err) {
    char *dir;
    mx_status st = copy_dir(&dir, err);
    *there = st == MX_OK && access(dir, F_OK) == 0;
    if (st == MX_OK) st = script_files_read(dir, arena, sources, count, err);
    free(dir);
    return st;
}

void script_close(void) {
    struct slot *slot, *next;
    struct script_set *set;
    script_watch_stop();
    script_prepared_drop();
    script_canary_close();
    script_stands_close();
    pthread_mutex_lock(&lock);
    atomic_store(&generation, 0);
    slot = now.slots;
    set = now.set;
    if (now.has_key) pthread_key_delete(now.key);
    free(now.dir);
    memset(&now, 0, sizeof(now));
    pthread_mutex_unlock(&lock);
    for (; slot != NULL; slot = next) {
        next = slot->next;
        slot_empty(slot);
        free(slot);
    }
    script_set_drop(set);
}
