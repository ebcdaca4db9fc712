/* Versions of the rules that somebody wrote past the shop: never in force, always found. */
#include <pthread.h>

#include "base/log.h"
#include "script/script.h"
#include "script/version.h"
#include "unit/op/fixture.h"

/* ---- an operation that forges ---- */

struct forge_ask {
    struct mx_str what;
};
static const struct mx_field forge_ask_fields[] = {MX_F_STR(forge_ask, what, MX_REQUIRED, 1, 20, "what is forged")};
MX_TYPE(forge_ask, "forge.ask", "what is forged");

/* A draft as one that was begun while this version was sound. */
static char draft[40];
static mx_status begin_draft(struct mx_ctx *ctx, int64_t base) {
    struct script_draft fresh = {.base = base};
    struct script_draft_file file = {.name = mx_str_of("mine.lua"), .text = mx_str_of("-- mine")};
    mx_status st = mx_new_id(ctx, "rds", &fresh.id);
    if (st != MX_OK) return st;
    fresh.rec.has = file.rec.has = UINT64_MAX;
    file.draft = fresh.id;
    snprintf(draft, sizeof(draft), "%.*s", (int)fresh.id.len, fresh.id.ptr);
    st = mx_put(ctx, &script_drafts_table, &fresh);
    return st == MX_OK ? mx_put(ctx, &script_draft_files_table, &file) : st;
}

/* A draft with but one file less than it may change. */
static mx_status fill(struct mx_ctx *ctx, const void *in, void *out) {
    mx_status st = begin_draft(ctx, 1);
    char name[20];
    int i;
    (void)in;
    (void)out;
    for (i = 0; st == MX_OK && i < SCRIPT_FILES_MAX - 2; i++) { /* it has one already */
        struct script_draft_file file = {.draft = mx_str_of(draft), .text = mx_str_of("--")};
        snprintf(name, sizeof(name), "f%03d.lua", i);
        file.rec.has = UINT64_MAX;
        file.name = mx_str_of(name);
        st = mx_put(ctx, &script_draft_files_table, &file);
    }
    return st;
}
static const struct mx_op fill_op = {sizeof(struct mx_op), 0,    "tests.fill", "for tests", "scripts.manage",
                                     &forge_ask_type,      NULL, fill,         NULL,        MX_HOME_HERE,
                                     MX_OFFLINE_REFUSE,    "0.3"};

/* The next version, made of the one in force without the shop's word, and in force. */
static mx_status forge(struct mx_ctx *ctx, const void *in, void *out) {
    const struct forge_ask *ask = in;
    struct script_version *version;
    struct script_now *now;
    mx_status st = script_now_get(ctx, &now);
    (void)out;
    if (st == MX_OK) st = script_version_get(ctx, now->live, NULL, &version);
    if (st != MX_OK) return st;
    version->n = now->last = now->last + 1;
    if (mx_str_is(ask->what, "canary"))
        now->canary = version->n;
    else
        now->live = version->n;
    now->canary_ppm = 1000000;
    version->rec.rev = 0;
    if (!mx_str_is(ask->what, "number") && !mx_str_is(ask->what, "file")) version->note = mx_str_of("nobody wrote this");
    if (mx_str_is(ask->what, "file")) ((struct script_file *)mx_list_at(&version->files, 0))->name = mx_str_of("other.lua");
    st = mx_put(ctx, &script_versions_table, version);
    if (st == MX_OK) st = script_now_put(ctx, now);
    return st == MX_OK ? begin_draft(ctx, now->live) : st;
}

static const struct mx_op forge_op = {sizeof(struct mx_op), 0,    "tests.forge", "for tests", "scripts.manage",
                                      &forge_ask_type,      NULL, forge,         NULL,        MX_HOME_HERE,
                                      MX_OFFLINE_REFUSE,    "0.3"};

/* Takes the folder into force, and fails when all is done. */
static mx_status lose(struct mx_ctx *ctx, const void *in, void *out) {
    int64_t rules;
    int taken;
    mx_status st = script_folder_take(ctx, NULL, &taken, &rules);
    (void)in;
    (void)out;
    return st == MX_OK && taken ? mx_refuse(ctx, "not_today", NULL, "Not today.") : st;
}
static const struct mx_op lose_op = {sizeof(struct mx_op), 0,    "tests.lose", "for tests", "scripts.manage",
                                     &forge_ask_type,      NULL, lose,         NULL,        MX_HOME_HERE,
                                     MX_OFFLINE_REFUSE,    "0.3"};

static const struct mx_op of_op;

/* ---- a shop of the kernel and the script room ---- */

struct shop {
    struct fixture f;
    struct mx_plugin script;
    const struct mx_op *ops[100];
};

static int attach(struct shop *shop, int create) {
    struct fixture *f = &shop->f;
    struct store_opts store = {0};
    struct mx_error err = {0};
    mx_status st;
    uint32_t i;
    for (i = 0; script_plugin()->ops[i] != NULL; i++) shop->ops[i] = script_plugin()->ops[i];
    shop->ops[i++] = &forge_op;
    shop->ops[i++] = &lose_op;
    shop->ops[i++] = &fill_op;
    shop->ops[i] = &of_op;
    shop->script = *script_plugin();
    shop->script.ops = shop->ops;
    store.dir = f->data;
    store.keys = f->keys;
    store.map_bytes = 256u << 20;
    store.create = create;
    st = store_open(&store, &f->store, &err);
    if (st == MX_OK) st = identity_open(f->store, f->keys, &f->identity, &err);
    if (st == MX_OK) st = bus_new(f->store, f->keys, mx_str_of("n1"), 1, &f->bus);
    f->opts.store = f->store;
    f->opts.bus = f->bus;
    f->opts.identity = f->identity;
    f->opts.keys = f->keys;
    f->opts.node = mx_str_of("n1");
    f->opts.now_ms = fixture_clock;
    if (st == MX_OK) st = op_new(&f->opts, &f->op, &err);
    if (st == MX_OK) st = op_plugin_add(f->op, op_plugin(), &err);
    if (st == MX_OK) st = op_plugin_add(f->op, identity_plugin(), &err);
    if (st == MX_OK) st = op_plugin_add(f->op, &shop->script, &err);
    if (st == MX_OK) st = store_start(f->store, &err);
    if (st == MX_OK) st = op_freeze(f->op, &err);
    if (st == MX_OK) st = script_attach(f->dir, &err);
    if (st != MX_OK) printf("# start: %s\n", err.message);
    return st == MX_OK;
}

/* As the program does at its start. */
static int begin(struct shop *shop) {
    static int starts;
    struct identity_principal system;
    char key[32];
    snprintf(key, sizeof(key), "boot-%d", starts++);
    identity_system(&system);
    return op_start(shop->f.op, NULL) == MX_OK && fixture_call_as(&shop->f, &system, SCRIPT_OP_BEGIN, key, "{}").status == MX_OK;
}

static void write_rules(const struct shop *shop, const char *text) {
    char path[100];
    FILE *file;
    snprintf(path, sizeof(path), "%s/a.lua", shop->f.dir);
    file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) exit(2);
}

static int open_shop(struct shop *shop) {
    struct fixture *f = &shop->f;
    memset(shop, 0, sizeof(*shop));
    snprintf(f->dir, sizeof(f->dir), "/tmp/merx-versions-XXXXXX");
    if (!mkdtemp(f->dir)) return 0;
    snprintf(f->data, sizeof(f->data), "%s/data", f->dir);
    snprintf(f->key_file, sizeof(f->key_file), "%s/data.key", f->dir);
    f->arena = base_arena_new(65536);
    base_log_level(0);
    write_rules(shop, "promotion { id = 'a', percent = 5 }\n");
    if (crypto_init(NULL) != MX_OK || crypto_keys_create(f->key_file, NULL) != MX_OK) return 0;
    return crypto_keys_open(f->key_file, &f->keys, NULL) == MX_OK && attach(shop, 1) && fixture_make_owner(f) && begin(shop);
}

static int restart(struct shop *shop) {
    fixture_detach(&shop->f);
    script_close();
    return attach(shop, 0) && begin(shop);
}

static void close_shop(struct shop *shop) {
    fixture_close(&shop->f);
    script_close();
}

static const char *in_force(void) {
    static char text[64];
    struct script_set *set = script_set_current();
    snprintf(text, sizeof(text), "%s", set ? set->version : "nothing");
    if (set && strchr(text, '-')) *strchr(text, '-') = '\0';
    script_set_drop(set);
    return text;
}

struct findings {
    int count;
    char first[200];
};
static void note(void *arg, const char *what) {
    struct findings *findings = arg;
    if (findings->count++ == 0) snprintf(findings->first, sizeof(findings->first), "%s", what);
}
static struct findings verify(const struct shop *shop) {
    struct findings findings = {0, ""};
    uint64_t records;
    CHECK_INT(op_verify(shop->f.op, note, &findings, &records), MX_OK);
    return findings;
}

static void check_forged(const char *what, const char *why) {
    struct shop shop;
    char body[200], version[40];
    struct op_call call;
    struct script_set *set;
    REQUIRE(open_shop(&shop));
    set = script_set_current();
    snprintf(version, sizeof(version), "2%s", strchr(set->version, '-'));
    script_set_drop(set);
    CHECK_STR(mx_str_of(in_force()), "1");
    CHECK_INT(verify(&shop).count, 0);
    snprintf(body, sizeof(body), "{\"what\":\"%s\"}", what);
    CHECK_INT(fixture_call(&shop.f, "tests.forge", body).status, MX_OK);
    call = fixture_call(&shop.f, "rules.get", "{\"version\":2}");
    CHECK_INT(call.status, MX_E_DAMAGED);
    CHECK(memmem(call.answer.ptr, call.answer.len, "Version 2 of the rules was changed behind the shop's back", 57) != NULL);
    CHECK_INT(fixture_call(&shop.f, "rules.rollback", "{\"version\":2}").http_status >= 400, 1);
    REQUIRE(restart(&shop));
    CHECK_STR(mx_str_of(in_force()), "nothing");
    CHECK_INT(verify(&shop).count, 1);
    CHECK(strstr(verify(&shop).first, why) != NULL);
    snprintf(body, sizeof(body), "{\"version\":\"%s\"}", version); /* old receipts are read without it */
    CHECK_STR(fixture_call(&shop.f, "tests.of", body).answer, "{\"faults\":0,\"offers\":-1,\"ppm\":0}");
    call = fixture_call(&shop.f, "rules.draft.put", "{\"name\":\"b\",\"source\":\"-- b\"}");
    CHECK_INT(call.status, MX_E_DAMAGED);
    CHECK(memmem(call.answer.ptr, call.answer.len, "With rules.rollback another one comes into force.", 49) != NULL);
    CHECK_INT(fixture_call(&shop.f, "rules.rollback", "{\"version\":1}").status, MX_OK);
    CHECK_STR(mx_str_of(in_force()), "3");
    CHECK_INT(fixture_call(&shop.f, "rules.draft.put", "{\"name\":\"b\",\"source\":\"-- b\"}").status, MX_OK);
    snprintf(body, sizeof(body), "{\"draft\":\"%s\"}", draft); /* begun on what was damaged then */
    call = fixture_call(&shop.f, "rules.draft.get", body);
    CHECK_INT(call.status, MX_OK);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"source\":\"-- mine\"", 18) != NULL);
    close_shop(&shop);
}

TEST(a_version_that_the_shop_did_not_sign_is_refused) {
    check_forged("note", "version 2 of the rules: its signature is not this shop's");
    check_forged("number", "version 2 of the rules: its signature is not this shop's");
    check_forged("file", "version 2 of the rules: its list of files does not have the hash");
}

TEST(a_damaged_version_on_trial_costs_the_shop_nothing) {
    struct shop shop;
    REQUIRE(open_shop(&shop));
    CHECK_INT(fixture_call(&shop.f, "tests.forge", "{\"what\":\"canary\"}").status, MX_OK);
    REQUIRE(restart(&shop));
    CHECK_STR(mx_str_of(in_force()), "1");
    close_shop(&shop);
}

TEST(rules_stay_in_force_without_their_folder) {
    struct shop shop;
    char path[100];
    REQUIRE(open_shop(&shop));
    snprintf(path, sizeof(path), "%s/a.lua", shop.f.dir);
    write_rules(&shop, "promotion { id = 'a', percent = 6 }\n");
    REQUIRE(restart(&shop));
    CHECK_STR(mx_str_of(in_force()), "2");
    write_rules(&shop, "promotion { id = 'a', percent = 7.5 }\n");
    REQUIRE(restart(&shop));
    CHECK_STR(mx_str_of(in_force()), "2");
    REQUIRE(unlink(path) == 0);
    REQUIRE(restart(&shop));
    CHECK_STR(mx_str_of(in_force()), "3"); /* a folder without files is what the shopkeeper made of it */
    close_shop(&shop);
}

TEST(a_command_that_fails_at_its_end_puts_nothing_into_force) {
    struct shop shop;
    struct op_call call;
    REQUIRE(open_shop(&shop));
    write_rules(&shop, "promotion { id = 'a', percent = 6 }\npromotion { id = 'b', percent = 7 }\n");
    CHECK_INT(fixture_call(&shop.f, "tests.lose", "{\"what\":\"it\"}").http_status, 409);
    CHECK_STR(mx_str_of(in_force()), "1");
    call = fixture_call(&shop.f, "scripts.rules.reload", "{}");
    CHECK_INT(call.status, MX_OK);
    CHECK(memmem(call.answer.ptr, call.answer.len, "\"rules\":2,\"version\":\"2-", 21) != NULL);
    CHECK_STR(mx_str_of(in_force()), "2");
    close_shop(&shop);
}

TEST(a_draft_loses_no_file_beyond_its_bound) {
    struct shop shop;
    char body[200];
    REQUIRE(open_shop(&shop));
    CHECK_INT(fixture_call(&shop.f, "tests.fill", "{\"what\":\"it\"}").status, MX_OK);
    snprintf(body, sizeof(body), "{\"draft\":\"%s\",\"name\":\"a\",\"source\":\"\"}", draft);
    CHECK_INT(fixture_call(&shop.f, "rules.draft.put", body).status, MX_OK);
    snprintf(body, sizeof(body), "{\"draft\":\"%s\",\"name\":\"z\",\"source\":\"--\"}", draft);
    CHECK_INT(fixture_call(&shop.f, "rules.draft.put", body).status, MX_E_TOO_LARGE);
    close_shop(&shop);
}

/* ---- versions beside the one in force ---- */

#define THREADS 4
#define ASKED   300
#define KEPT    12 /* more than are remembered */

static struct mx_str texts[KEPT];
static struct shop threads_shop;

/* The op room has no way to ask a point from outside: an operation of the tests asks it. */
struct of_ask {
    struct mx_str version;
};
static const struct mx_field of_ask_fields[] = {MX_F_STR(of_ask, version, MX_REQUIRED, 1, 64, "version")};
MX_TYPE(of_ask, "tests.of.ask", "which version");
struct of_answer {
    int64_t offers, faults, ppm;
    struct mx_str version;
};
static const struct mx_field of_answer_fields[] = {
    MX_F_INT(of_answer, offers, 0, -1, MX_INT_MAX, "offers; -1 = declined"), MX_F_INT(of_answer, faults, 0, 0, MX_INT_MAX, "faults"),
    MX_F_INT(of_answer, ppm, 0, 0, MX_INT_MAX, "of the first"), MX_F_STR(of_answer, version, 0, 0, 64, "version")};
MX_TYPE(of_answer, "tests.of.answer", "what it offers");

static mx_op_fn price_answer(void) {
    const struct mx_answer *const *answers = script_plugin()->answers;
    while (strcmp((*answers)->point, MX_POINT_OFFERS) != 0) answers++;
    return (*answers)->fn;
}

/* A version; "now": as the till asks; "now 17": the cart of this key. */
static mx_status ask_of(struct mx_ctx *ctx, const void *in, void *out_) {
    struct mx_cart_line line = {.line = 1, .sku = mx_str_of("A"), .qty = 1000, .unit_price = 100, .amount = 100, .unit = MX_UNIT_PIECE};
    struct mx_cart cart = {
        .at = ctx->now_ms, .currency = mx_str_of("CNY"), .channel = mx_str_of("till"), .location = mx_str_of("one"), .total = 100};
    int is_now = memcmp(((const struct of_ask *)in)->version.ptr, "now", 3) == 0;
    struct mx_offers_ask ask = {((const struct of_ask *)in)->version, &cart};
    struct mx_offers offers = {0};
    struct of_answer *out = out_;
    mx_status st;
    line.tags.elem_size = sizeof(struct mx_str);
    cart.lines.items = &line;
    cart.lines.count = 1;
    cart.lines.elem_size = sizeof(line);
    cart.key = ask.version;
    st = is_now ? price_answer()(ctx, &cart, &offers) : script_offers_of(ctx, &ask, &offers);
    out->offers = st == MX_DECLINED ? -1 : (int64_t)offers.offers.count;
    if (st != MX_OK) return st == MX_DECLINED ? MX_OK : st;
    out->faults = offers.faults.count;
    out->version = offers.version;
    if (offers.offers.count) out->ppm = ((struct mx_offer *)mx_list_at(&offers.offers, 0))->ppm;
    return MX_OK;
}
static const struct mx_op of_op = {sizeof(struct mx_op), MX_OP_QUERY, "tests.of", "for tests",  "scripts.manage",  &of_ask_type,
                                   &of_answer_type,      ask_of,      NULL,       MX_HOME_HERE, MX_OFFLINE_REFUSE, "0.3"};

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
    REQUIRE(open_shop(shop));
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
    REQUIRE(open_shop(&threads_shop));
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
    REQUIRE(open_shop(&threads_shop));
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
          CASE(many_ask_old_versions_at_a_time), CASE(a_version_that_the_shop_did_not_sign_is_refused),
          CASE(a_damaged_version_on_trial_costs_the_shop_nothing), CASE(rules_stay_in_force_without_their_folder),
          CASE(a_command_that_fails_at_its_end_puts_nothing_into_force), CASE(a_draft_loses_no_file_beyond_its_bound))
