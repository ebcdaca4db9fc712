/* Everything that is said about rule files before they come into force. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "script/lint.h"

const char *const script_severity_words[] = {"error", "warning", NULL};

void script_lint_note(struct script_findings *findings, struct mx_str file, int64_t line, int32_t severity, const char *code,
                      const char *format, ...) {
    struct script_finding *finding;
    char message[900];
    va_list args;
    if (findings->count == SCRIPT_FINDINGS_MAX) { /* an error is never lost behind warnings */
        if (severity != SCRIPT_ERROR || findings->items[findings->count - 1].severity == SCRIPT_ERROR) return;
        findings->count--;
    }
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    finding = &findings->items[findings->count++];
    finding->file = mx_dup(findings->ctx, file);
    finding->line = line;
    finding->severity = severity;
    finding->code = mx_str_of(code);
    finding->message = script_clean(findings->ctx, message);
    if (severity == SCRIPT_ERROR) findings->errors++;
}

static int by_place(const void *a_, const void *b_) {
    const struct script_finding *a = a_, *b = b_;
    int order = mx_str_cmp(a->file, b->file);
    if (order == 0) order = (a->line > b->line) - (a->line < b->line);
    if (order == 0) order = mx_str_cmp(a->code, b->code);
    return order ? order : mx_str_cmp(a->message, b->message);
}

void script_lint(struct script_findings *findings, const struct script_files *files, const struct script_set *set) {
    uint32_t i;
    for (i = 0; i < files->count; i++) script_lint_text(findings, &files->items[i]);
    script_lint_rules(findings, set);
    qsort(findings->items, findings->count, sizeof(findings->items[0]), by_place);
}

/* "tea.lua:3: what is wrong" begins with its place. */
void script_lint_refused(struct script_findings *findings, const struct script_files *files, struct mx_str problem) {
    uint32_t i, at;
    for (i = 0; i < files->count; i++) {
        struct mx_str name = files->items[i].name;
        int64_t line = 0;
        if (problem.len <= name.len + 1 || memcmp(problem.ptr, name.ptr, name.len) != 0 || problem.ptr[name.len] != ':') continue;
        for (at = name.len + 1; at < problem.len && problem.ptr[at] >= '0' && problem.ptr[at] <= '9'; at++) {
        }
        (void)base_parse_int(mx_str_n(problem.ptr + name.len + 1, at - name.len - 1), &line);
        while (at < problem.len && (problem.ptr[at] == ':' || problem.ptr[at] == ' ')) at++;
        script_lint_note(findings, name, line, SCRIPT_ERROR, "compile", "%.*s", (int)(problem.len - at), problem.ptr + at);
        return;
    }
    script_lint_note(findings, mx_str_of(""), 0, SCRIPT_ERROR, "compile", "%.*s", (int)problem.len, problem.ptr);
}

const char *script_lint_error(struct mx_ctx *ctx, const struct script_files *files, const struct script_set *set) {
    struct script_findings *findings = mx_alloc(ctx, sizeof(*findings));
    char *text;
    uint32_t i;
    findings->ctx = ctx;
    script_lint(findings, files, set);
    for (i = 0; i < findings->count && findings->items[i].severity != SCRIPT_ERROR; i++) {
    }
    if (i == findings->count) return NULL;
    text = mx_alloc(ctx, 800);
    snprintf(text, 800, "%.*s:%lld: %.*s", (int)findings->items[i].file.len, findings->items[i].file.ptr,
             (long long)findings->items[i].line, (int)findings->items[i].message.len, findings->items[i].message.ptr);
    return text;
}
