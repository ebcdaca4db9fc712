/* What declarations mean together. */
#include "script/lint.h"

void script_lint_rules(struct script_findings *findings, const struct script_set *set) {
    (void)findings;
    (void)set;
}
