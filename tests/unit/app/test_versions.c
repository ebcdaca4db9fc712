/* Versions of the rules that somebody wrote past the shop: never in force, always found. */
#include "rules_shop.h"

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

static const struct mx_op *const forgers[] = {&forge_op, &lose_op, &fill_op, NULL};

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
    REQUIRE(open_shop(&shop, forgers));
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
    REQUIRE(open_shop(&shop, forgers));
    CHECK_INT(fixture_call(&shop.f, "tests.forge", "{\"what\":\"canary\"}").status, MX_OK);
    REQUIRE(restart(&shop));
    CHECK_STR(mx_str_of(in_force()), "1");
    close_shop(&shop);
}

TEST(rules_stay_in_force_without_their_folder) {
    struct shop shop;
    char path[100];
    REQUIRE(open_shop(&shop, forgers));
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
    REQUIRE(open_shop(&shop, forgers));
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
    REQUIRE(open_shop(&shop, forgers));
    CHECK_INT(fixture_call(&shop.f, "tests.fill", "{\"what\":\"it\"}").status, MX_OK);
    snprintf(body, sizeof(body), "{\"draft\":\"%s\",\"name\":\"a\",\"source\":\"\"}", draft);
    CHECK_INT(fixture_call(&shop.f, "rules.draft.put", body).status, MX_OK);
    snprintf(body, sizeof(body), "{\"draft\":\"%s\",\"name\":\"z\",\"source\":\"--\"}", draft);
    CHECK_INT(fixture_call(&shop.f, "rules.draft.put", body).status, MX_E_TOO_LARGE);
    close_shop(&shop);
}

RUN_TESTS(CASE(a_version_that_the_shop_did_not_sign_is_refused), CASE(a_damaged_version_on_trial_costs_the_shop_nothing),
          CASE(rules_stay_in_force_without_their_folder), CASE(a_command_that_fails_at_its_end_puts_nothing_into_force),
          CASE(a_draft_loses_no_file_beyond_its_bound))
