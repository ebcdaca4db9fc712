/* Many at a time ask old versions of the rules, reload them, and price carts while they are exchanged. */
#include <pthread.h>

#include "rules_shop.h"

/* ---- versions beside the one in force ---- */

#define THREADS 4
#define ASKED   300
#define KEPT    12 /* more than are remembered */

static struct mx_str texts[KEPT];
static struct shop threads_shop;

static void *ask_many(void *arg) {
    struct fixture *f = &threads_shop.f;
    struct base_arena *arena = base_arena_new(4096);
    uint32_t i, seed = (uint32_t)(uintptr_t)arg;
    uintptr_t wrong = 0;
    for (i = 0; i < ASKED; i++) {
        struct op_call call = {0};
        char body[100], expected[200];
        uint32_t n;
        seed = seed * 1664525u + 1013904223u;
        n = (seed >> 16) % KEPT;
        snprintf(body, sizeof(body), "{\"version\":\"%.*s\"}", (int)texts[n].len, texts[n].ptr);
        snprintf(expected, sizeof(expected), "{\"faults\":1,\"offers\":1,\"ppm\":%u,\"version\":\"%.*s\"}", (n + 1) * 10000,
                 (int)texts[n].len, texts[n].ptr);
        call.arena = arena;
        call.entry = op_find(f->op, mx_str_of("tests.of"));
        call.principal = f->owner;
        call.body = mx_str_of(body);
        op_run(f->op, &call);
        wrong += call.status != MX_OK || !mx_str_is(call.answer, expected);
        base_arena_reset(arena);
    }
    base_arena_free(arena);
    return (void *)wrong;
}

TEST(many_ask_old_versions_at_a_time) {
    struct shop *shop = &threads_shop;
    pthread_t threads[THREADS];
    uint32_t i;
    REQUIRE(open_shop(shop, NULL));
    for (i = 0; i < KEPT; i++) {
        char body[400];
        struct op_call call;
        struct script_set *set;
        snprintf(body, sizeof(body),
                 "{\"name\":\"a\",\"source\":\"promotion { id = 'a', percent = %u, when = function() return true end }\\n"
                 "promotion { id = 'b', offers = function(cart) return cart.lines[9].qty end }\"}",
                 i + 1);
        call = fixture_call(&shop->f, "rules.draft.put", body);
        REQUIRE(call.status == MX_OK);
        snprintf(body, sizeof(body), "{\"draft\":\"%.30s\"}", strstr(call.answer.ptr, "rds_"));
        REQUIRE(fixture_call(&shop->f, "rules.publish", body).status == MX_OK);
        set = script_set_current();
        texts[i] = base_arena_dup(shop->f.arena, mx_str_of(set->version));
        script_set_drop(set);
    }
    for (i = 0; i < THREADS; i++) REQUIRE(pthread_create(&threads[i], NULL, ask_many, (void *)(uintptr_t)(i + 1)) == 0);
    for (i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        CHECK(wrong == NULL);
    }
    CHECK_STR(fixture_call(&shop->f, "tests.of", "{\"version\":\"3-0000000000000000\"}").answer, "{\"faults\":0,\"offers\":-1,\"ppm\":0}");
    CHECK_STR(fixture_call(&shop->f, "tests.of", "{\"version\":\"nonsense\"}").answer, "{\"faults\":0,\"offers\":-1,\"ppm\":0}");
    close_shop(shop);
}

static void *reload_once(void *arg) {
    struct fixture *f = &threads_shop.f;
    struct op_call call = {0};
    char key[32];
    snprintf(key, sizeof(key), "reload-%d", (int)(uintptr_t)arg);
    call.arena = base_arena_new(4096);
    call.entry = op_find(f->op, mx_str_of("scripts.rules.reload"));
    call.principal = f->owner;
    call.key = mx_str_of(key);
    op_run(f->op, &call);
    base_arena_free(call.arena);
    return (void *)(uintptr_t)(call.status == MX_OK);
}

TEST(reloads_at_the_same_time_make_one_version) {
    pthread_t threads[THREADS];
    uint32_t i;
    REQUIRE(open_shop(&threads_shop, NULL));
    write_rules(&threads_shop, "promotion { id = 'a', percent = 6 }\n");
    for (i = 0; i < THREADS; i++) REQUIRE(pthread_create(&threads[i], NULL, reload_once, (void *)(uintptr_t)i) == 0);
    for (i = 0; i < THREADS; i++) {
        void *done;
        pthread_join(threads[i], &done);
        CHECK(done != NULL);
    }
    CHECK_STR(mx_str_of(in_force()), "2");
    CHECK(reload_once((void *)(uintptr_t)99) != NULL);
    CHECK_STR(mx_str_of(in_force()), "2");
    close_shop(&threads_shop);
}

/* ---- carts are priced while rules are exchanged ---- */

#define ROUNDS 6
static atomic_int publishers_left, seen_ppm[64]; /* by number of version: what its only rule gives */

static struct op_call ask_json(const char *op, const char *key, const char *body, struct base_arena *arena) {
    struct op_call call = {0};
    call.arena = arena;
    call.entry = op_find(threads_shop.f.op, mx_str_of(op));
    call.principal = threads_shop.f.owner;
    call.key = mx_str_of(key);
    call.body = base_arena_dup(arena, mx_str_of(body));
    op_run(threads_shop.f.op, &call);
    return call;
}

static int64_t number_in(struct mx_str answer, const char *word) {
    const char *at = strstr(answer.ptr, word);
    return at ? strtoll(at + strlen(word), NULL, 10) : -1;
}

static void *price_carts(void *arg) {
    struct base_arena *arena = base_arena_new(4096);
    uintptr_t wrong = 0;
    uint32_t i;
    for (i = 0; atomic_load(&publishers_left) > 0 || i < 20; i++) {
        char body[60];
        int before = 0, ppm, n;
        struct op_call call;
        snprintf(body, sizeof(body), "{\"version\":\"now %u %u\"}", (unsigned)(uintptr_t)arg, i);
        call = ask_json("tests.of", "", body, arena);
        ppm = (int)number_in(call.answer, "\"ppm\":");
        n = (int)number_in(call.answer, "\"version\":\"");
        if (call.status != MX_OK || ppm < 1 || n < 1 || n >= 64)
            wrong++;
        else
            wrong += !atomic_compare_exchange_strong(&seen_ppm[n], &before, ppm) && before != ppm;
        base_arena_reset(arena);
    }
    base_arena_free(arena);
    return (void *)wrong;
}

/* One changes what the rule gives, the other one a file beside it; both try what they made on half of the carts. */
static void *publish_many(void *arg) {
    struct base_arena *arena = base_arena_new(4096);
    unsigned who = (unsigned)(uintptr_t)arg, i;
    uintptr_t wrong = 0;
    for (i = 1; i <= ROUNDS; i++) {
        char body[300], key[40];
        struct op_call call;
        snprintf(key, sizeof(key), "put-%u-%u", who, i);
        snprintf(body, sizeof(body),
                 who ? "{\"name\":\"b\",\"source\":\"-- %u\"}"
                     : "{\"name\":\"a\",\"source\":\"promotion { id = 'a', ppm = %u, when = function() return true end }\"}",
                 1000 + i);
        call = ask_json("rules.draft.put", key, body, arena);
        if (call.status != MX_OK) return (void *)(uintptr_t)(atomic_fetch_sub(&publishers_left, 1) + 99);
        snprintf(body, sizeof(body), "{\"draft\":\"%.30s\"}", strstr(call.answer.ptr, "rds_"));
        key[1] = 'b';
        call = ask_json("rules.publish", key, body, arena);
        wrong += call.status != MX_OK;
        key[1] = 'c';
        snprintf(body, sizeof(body), "{\"version\":%d,\"share_ppm\":500000}", (int)number_in(call.answer, "\"version\":"));
        wrong += ask_json("rules.canary", key, body, arena).status != MX_OK;
        key[1] = 'd';
        wrong += ask_json("scripts.rules.reload", key, "{}", arena).status != MX_OK;
        key[1] = 'e';
        wrong += ask_json("rules.canary", key, "{\"off\":true}", arena).status != MX_OK;
        base_arena_reset(arena);
    }
    base_arena_free(arena);
    atomic_fetch_sub(&publishers_left, 1);
    return (void *)wrong;
}

TEST(carts_are_priced_by_whole_versions_while_rules_are_exchanged) {
    pthread_t threads[THREADS];
    uint32_t i;
    REQUIRE(open_shop(&threads_shop, NULL));
    atomic_store(&publishers_left, 2);
    for (i = 0; i < THREADS; i++) REQUIRE(pthread_create(&threads[i], NULL, i < 2 ? publish_many : price_carts, (void *)(uintptr_t)i) == 0);
    for (i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        CHECK_INT((intptr_t)wrong, 0);
    }
    CHECK_STR(mx_str_of(in_force()), "13"); /* the folder's, and each that was published */
    close_shop(&threads_shop);
}

RUN_TESTS(CASE(carts_are_priced_by_whole_versions_while_rules_are_exchanged), CASE(reloads_at_the_same_time_make_one_version),
          CASE(many_ask_old_versions_at_a_time))
