/* The rule set in force, and each thread's own state for it.
 *
 * A thread learns from a number that the set was exchanged, and only then takes the lock. What it held of the old set
 * is freed at that moment; what all threads hold is also listed, so that script_close() can free it. */
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "script/internal.h"

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
    struct script_set *prepared; /* loaded, waiting to be put into force */
    uint32_t prepares, covered;  /* sets prepared since one was taken; reloads whose files another one has put into force */
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

/* Remember the folder; make the key on first use. 0 when there is no memory. */
static int remember(const char *dir) {
    char *copy = strdup(dir);
    if (copy == NULL) return 0;
    if (!now.has_key && pthread_key_create(&now.key, slot_end) != 0) {
        free(copy);
        return 0;
    }
    now.has_key = 1;
    free(now.dir);
    now.dir = copy;
    return 1;
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

/* Put the set into force; takes it over. */
static mx_status put_in_force(const char *dir, struct script_set *set, struct mx_error *err) {
    uint32_t rules = set->rule_count, files = set->source_count, calls = set->function_rules;
    struct script_set *old = set;
    char version[sizeof(set->version)];
    int done;
    memcpy(version, set->version, sizeof(version));
    pthread_mutex_lock(&lock);
    done = remember(dir);
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
    mx_status st = load_folder(dir, &set, err);
    if (st == MX_OK) return put_in_force(dir, set, err);
    pthread_mutex_lock(&lock);
    if (now.dir == NULL) (void)remember(dir); /* so that the corrected files can be loaded later */
    pthread_mutex_unlock(&lock);
    return st;
}

static mx_status copy_dir(char **dir, struct mx_error *err) {
    pthread_mutex_lock(&lock);
    *dir = now.dir ? strdup(now.dir) : NULL;
    pthread_mutex_unlock(&lock);
    return *dir ? MX_OK : base_fail(err, MX_E_NOT_FOUND, NULL, "no folder of rules was opened");
}

mx_status script_prepare(struct mx_error *err) {
    struct script_set *set = NULL, *before;
    char *dir;
    mx_status st = copy_dir(&dir, err);
    if (st == MX_OK) st = load_folder(dir, &set, err);
    free(dir);
    if (st != MX_OK) return st;
    pthread_mutex_lock(&lock);
    before = now.prepared;
    now.prepared = set;
    now.prepares++;
    pthread_mutex_unlock(&lock);
    script_set_drop(before);
    return MX_OK;
}

/* What was prepared. Of several reloads at a time the first takes the newest files, and the others find it done (*done). */
static struct script_set *take_prepared(int *done) {
    struct script_set *set;
    pthread_mutex_lock(&lock);
    set = now.prepared;
    now.prepared = NULL;
    *done = set == NULL && now.covered > 0;
    if (set != NULL) now.covered = now.prepares - 1;
    if (set != NULL) now.prepares = 0;
    if (*done) now.covered--;
    pthread_mutex_unlock(&lock);
    return set;
}

mx_status script_reload(struct mx_error *err) {
    struct script_set *set = NULL;
    int done = 0;
    char *dir;
    mx_status st = copy_dir(&dir, err);
    if (st == MX_OK) set = take_prepared(&done);
    if (st == MX_OK && set == NULL && !done) st = load_folder(dir, &set, err);
    if (st == MX_OK && set != NULL) st = put_in_force(dir, set, err);
    free(dir);
    return st;
}

mx_status script_folder_read(struct base_arena *arena, struct script_source **sources, uint32_t *count, struct mx_error *err) {
    char *dir;
    mx_status st = copy_dir(&dir, err);
    if (st == MX_OK) st = script_files_read(dir, arena, sources, count, err);
    free(dir);
    return st;
}

void script_close(void) {
    struct slot *slot, *next;
    struct script_set *set, *prepared;
    script_watch_stop();
    pthread_mutex_lock(&lock);
    atomic_store(&generation, 0);
    slot = now.slots;
    set = now.set;
    prepared = now.prepared;
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
    script_set_drop(prepared);
}
