/* What can be said about rule files without running a sale. Inside this room only. */
#ifndef SCRIPT_LINT_H
#define SCRIPT_LINT_H

#include "script/version.h"

#define SCRIPT_FINDINGS_MAX 1000

extern const char *const script_severity_words[];
#define SCRIPT_ERROR   1
#define SCRIPT_WARNING 2

struct script_finding {
    struct mx_str file;
    int64_t line;
    int32_t severity; /* SCRIPT_ERROR, SCRIPT_WARNING */
    struct mx_str code;
    struct mx_str message;
};

struct script_findings {
    struct mx_ctx *ctx;
    struct script_finding items[SCRIPT_FINDINGS_MAX]; /* in order of file, line */
    uint32_t count;
    uint32_t errors;
};

void script_lint_note(struct script_findings *findings, struct mx_str file, int64_t line, int32_t severity, const char *code,
                      const char *format, ...) MX_PRINTF(6, 7);
/* Everything that is to be said about files that compiled into the set. */
void script_lint(struct script_findings *findings, const struct script_files *files, const struct script_set *set);
/* The same of files that do not compile: `problem` says why. */
void script_lint_refused(struct script_findings *findings, const struct script_files *files, struct mx_str problem);
/* The first error among that, in words, NULL when there is none. */
const char *script_lint_error(struct mx_ctx *ctx, const struct script_files *files, const struct script_set *set);

/* One file's text (lint_text.c); what its declarations mean (lint_rules.c). */
void script_lint_text(struct script_findings *findings, const struct script_source *source);
void script_lint_rules(struct script_findings *findings, const struct script_set *set);

#endif
