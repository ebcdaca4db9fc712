/* Tests in rule files: of the folder as it is, and of a draft. */
#include "script/version.h"

struct tests_ask {
    uint8_t unused; /* the folder's tests take no input */
};
static const struct mx_type tests_ask_type = {(uint32_t)sizeof(struct mx_type),
                                              (uint32_t)sizeof(struct tests_ask),
                                              "scripts.rules.test.ask",
                                              "nothing",
                                              NULL,
                                              0,
                                              (uint32_t)sizeof(struct mx_field),
                                              MX_NO_OFFSET,
                                              MX_NO_OFFSET,
                                              MX_NO_OFFSET,
                                              0};

struct tests_draft {
    struct mx_str draft;
};
static const struct mx_field tests_draft_fields[] = {
    MX_F_ID(tests_draft, draft, MX_REQUIRED, "rds", "which draft"),
};
MX_TYPE(tests_draft, "rules.test.ask", "which draft");

struct trial_row {
    struct mx_str file;
    int64_t line;
    struct mx_str name;
    uint8_t passed;
    struct mx_str problem;
};
static const struct mx_field trial_row_fields[] = {
    MX_F_STR(trial_row, file, MX_REQUIRED, 1, 255, "file of the test"),
    MX_F_INT(trial_row, line, 0, 0, MX_INT_MAX, "line of the file where it begins"),
    MX_F_STR(trial_row, name, MX_REQUIRED, 1, 100, "what it shows"),
    MX_F_BOOL(trial_row, passed, MX_REQUIRED, "it holds"),
    MX_F_STR(trial_row, problem, 0, 0, SCRIPT_FAULT_TEXT, "what was expected, with file and line"),
};
MX_TYPE(trial_row, "scripts.test", "one test of the rule files");

struct trial_list {
    struct mx_str version;
    int64_t passed;
    int64_t failed;
    struct mx_list tests;
};
static const struct mx_field trial_list_fields[] = {
    MX_F_STR(trial_list, version, 0, 0, 64, "version of the rule set that was tested"),
    MX_F_INT(trial_list, passed, 0, 0, SCRIPT_RULES_MAX, "how many hold"),
    MX_F_INT(trial_list, failed, 0, 0, SCRIPT_RULES_MAX, "how many do not"),
    MX_F_LIST(trial_list, tests, 0, 0, SCRIPT_RULES_MAX, trial_row_type, "all of them, in the order of the files"),
};
MX_TYPE(trial_list, "scripts.tests", "the tests in rule files");

struct gathering {
    struct mx_ctx *ctx;
    struct trial_list *out;
};

static void gather(void *arg, const struct script_trial *trial) {
    struct gathering *gathering = arg;
    struct trial_list *out = gathering->out;
    struct trial_row *row = mx_list_at(&out->tests, out->tests.count++);
    row->file = mx_dup(gathering->ctx, trial->rule->file);
    row->line = trial->rule->line;
    row->name = mx_dup(gathering->ctx, *(const struct mx_str *)trial->rule->own);
    row->passed = (uint8_t)trial->passed;
    row->problem = script_clean(gathering->ctx, trial->problem);
    if (trial->passed)
        out->passed++;
    else
        out->failed++;
}

/* Compile the files and run their tests. */
static mx_status run_tests(struct mx_ctx *ctx, const struct script_files *files, struct trial_list *out) {
    struct gathering gathering = {ctx, out};
    struct script_state *state;
    struct script_set *set;
    mx_status st = script_compile(ctx, files, &set, &state);
    if (st != MX_OK) return st;
    out->version = mx_dup(ctx, mx_str_of(set->version));
    out->tests = mx_list_new(ctx, set->of[SCRIPT_TEST].count, sizeof(struct trial_row));
    out->tests.count = 0;
    (void)script_trials_run(state, ctx, gather, &gathering, NULL);
    script_state_free(state);
    script_set_drop(set);
    return MX_OK;
}

static mx_status test_folder(struct mx_ctx *ctx, const void *in, void *out) {
    struct script_folder folder;
    mx_status st = script_folder_look(ctx, &folder);
    (void)in;
    return st == MX_OK ? run_tests(ctx, &folder.files, out) : st;
}

static mx_status test_draft(struct mx_ctx *ctx, const void *in, void *out) {
    const struct tests_draft *ask = in;
    struct script_draft *draft;
    struct script_files files;
    struct mx_str moved;
    mx_status st = script_draft_get(ctx, ask->draft, &draft);
    if (st == MX_OK) st = script_draft_files(ctx, draft, &files, &moved);
    return st == MX_OK ? run_tests(ctx, &files, out) : st;
}

const struct mx_op script_op_rules_test = {sizeof(struct mx_op),
                                           MX_OP_QUERY | MX_OP_HEAVY,
                                           "scripts.rules.test",
                                           "Run the tests in the rule files as they are now; the rules in force stay",
                                           "scripts.read",
                                           &tests_ask_type,
                                           &trial_list_type,
                                           test_folder,
                                           NULL,
                                           MX_HOME_HERE,
                                           MX_OFFLINE_REFUSE,
                                           "0.2"};
const struct mx_op script_op_draft_test = {sizeof(struct mx_op),
                                           MX_OP_QUERY | MX_OP_HEAVY,
                                           "rules.test",
                                           "Run the tests of a draft as it would be in force",
                                           "rules.read",
                                           &tests_draft_type,
                                           &trial_list_type,
                                           test_draft,
                                           NULL,
                                           MX_HOME_HERE,
                                           MX_OFFLINE_REFUSE,
                                           "0.3"};
