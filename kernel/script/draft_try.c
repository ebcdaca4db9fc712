/* Compiling drafts and the rules in force for one call; rules.check. */
#include "script/lint.h"
#include "script/version.h"

static mx_status open_files(struct mx_ctx *ctx, const struct script_files *files, struct script_trying *trying) {
    return script_compile(ctx, files, &trying->set, &trying->state);
}

mx_status script_draft_open(struct mx_ctx *ctx, struct mx_str id, struct script_trying *trying) {
    struct script_draft *draft;
    struct script_files files;
    struct mx_str moved;
    mx_status st = script_draft_get(ctx, id, &draft);
    memset(trying, 0, sizeof(*trying));
    if (st == MX_OK) st = script_draft_files(ctx, draft, &files, &moved);
    return st == MX_OK ? open_files(ctx, &files, trying) : st;
}

mx_status script_live_open(struct mx_ctx *ctx, struct script_trying *trying) {
    struct script_set *set = script_set_current();
    struct script_files files = {set ? set->sources : NULL, set ? set->source_count : 0};
    mx_status st;
    memset(trying, 0, sizeof(*trying));
    st = open_files(ctx, &files, trying);
    if (st == MX_OK && set) memcpy(trying->set->version, set->version, sizeof(set->version));
    script_set_drop(set);
    return st;
}

void script_trying_end(struct script_trying *trying) {
    if (trying->state != NULL) script_state_free(trying->state);
    script_set_drop(trying->set);
    memset(trying, 0, sizeof(*trying));
}

/* ---- rules.check ---- */

struct check_ask {
    struct mx_str draft;
};
static const struct mx_field check_ask_fields[] = {
    MX_F_ID(check_ask, draft, MX_REQUIRED, "rds", "which draft"),
};
MX_TYPE(check_ask, "rules.check.ask", "which draft");

static const struct mx_field script_finding_fields[] = {
    MX_F_STR(script_finding, file, 0, 0, SCRIPT_FILE_NAME_MAX, "file"),
    MX_F_INT(script_finding, line, 0, 0, MX_INT_MAX, "line of the file; 0 = the whole of it"),
    MX_F_ENUM(script_finding, severity, MX_REQUIRED, script_severity_words, "error: it cannot be published so"),
    MX_F_STR(script_finding, code, MX_REQUIRED, 1, 40, "what kind of finding"),
    MX_F_STR(script_finding, message, MX_REQUIRED, 1, 1000, "what was found, in words"),
};
MX_TYPE(script_finding, "rules.finding", "something that was found in a rule file");

struct check_answer {
    uint8_t ok;
    int64_t errors, warnings;
    struct mx_list findings;
};
static const struct mx_field check_answer_fields[] = {
    MX_F_BOOL(check_answer, ok, MX_REQUIRED, "there is no error"),
    MX_F_INT(check_answer, errors, 0, 0, MX_INT_MAX, "how many errors"),
    MX_F_INT(check_answer, warnings, 0, 0, MX_INT_MAX, "how many warnings"),
    MX_F_LIST(check_answer, findings, 0, 0, SCRIPT_FINDINGS_MAX, script_finding_type, "in order of file and line"),
};
MX_TYPE(check_answer, "rules.checked", "what was found in a draft");

static void answer(const struct script_findings *findings, struct check_answer *out) {
    out->errors = findings->errors;
    out->warnings = findings->count - findings->errors;
    out->ok = findings->errors == 0;
    out->findings.items = (void *)(uintptr_t)findings->items;
    out->findings.count = findings->count;
    out->findings.elem_size = sizeof(struct script_finding);
}

static mx_status check(struct mx_ctx *ctx, const void *in, void *out) {
    const struct check_ask *ask = in;
    struct script_findings *findings = mx_alloc(ctx, sizeof(*findings));
    struct script_trying trying;
    struct script_draft *draft;
    struct script_files files;
    struct mx_str moved;
    mx_status st = script_draft_get(ctx, ask->draft, &draft);
    if (st == MX_OK) st = script_draft_files(ctx, draft, &files, &moved);
    if (st != MX_OK) return st;
    findings->ctx = ctx;
    memset(&trying, 0, sizeof(trying));
    st = open_files(ctx, &files, &trying);
    if (st != MX_OK && st != MX_E_BAD_INPUT) return st;
    if (st == MX_OK)
        script_lint(findings, &files, trying.set);
    else
        script_lint_refused(findings, &files, mx_problem(ctx));
    if (moved.len)
        script_lint_note(findings, mx_str_of(""), 0, SCRIPT_ERROR, "moved",
                         "Somebody else changed these files since the draft was begun: %s.", moved.ptr);
    script_trying_end(&trying);
    answer(findings, out);
    return MX_OK;
}

const struct mx_op script_op_draft_check = {sizeof(struct mx_op),
                                            MX_OP_QUERY | MX_OP_HEAVY,
                                            "rules.check",
                                            "Compile a draft and say what is wrong or doubtful in it, without running a test",
                                            "rules.read",
                                            &check_ask_type,
                                            &check_answer_type,
                                            check,
                                            NULL,
                                            MX_HOME_HERE,
                                            MX_OFFLINE_REFUSE,
                                            "0.3"};
