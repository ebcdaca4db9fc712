/* What rules.hunt is asked and answers. */
#ifndef SCRIPT_HUNT_WIRE_H
#define SCRIPT_HUNT_WIRE_H

#include "script/internal.h"

#define HUNT_CARTS_MAX 1000000

struct hunt_request {
    struct mx_str draft;
    int64_t seed, carts;
};
static const struct mx_field hunt_request_fields[] = {
    MX_F_ID(hunt_request, draft, MX_REQUIRED, "rds", "draft whose properties are tried"),
    MX_F_INT(hunt_request, seed, 0, 0, MX_INT_MAX, "where the search begins; the same number finds the same"),
    MX_F_INT(hunt_request, carts, 0, 0, HUNT_CARTS_MAX, "carts to try; absent: 2000"),
};
MX_TYPE(hunt_request, "rules.hunt.ask", "which properties, and how many carts");

struct hunt_failure {
    struct mx_str property, file;
    int64_t line;
    struct mx_str message, cart;
    int64_t total, discount, shrunk, number;
};
static const struct mx_field hunt_failure_fields[] = {
    MX_F_STR(hunt_failure, property, MX_REQUIRED, 1, 100, "what does not always hold"),
    MX_F_STR(hunt_failure, file, 0, 0, 255, "file of the property"),
    MX_F_INT(hunt_failure, line, 0, 0, MX_INT_MAX, "line of the file where it begins"),
    MX_F_STR(hunt_failure, message, MX_REQUIRED, 0, SCRIPT_FAULT_TEXT, "what is wrong"),
    MX_F_JSON(hunt_failure, cart, MX_REQUIRED, SCRIPT_JSON_IN_MAX, "the smallest cart found that breaks it"),
    MX_F_MONEY(hunt_failure, total, MX_REQUIRED, 0, MX_INT_MAX, "what it costs"),
    MX_F_MONEY(hunt_failure, discount, MX_REQUIRED, 0, MX_INT_MAX, "what is taken off"),
    MX_F_INT(hunt_failure, shrunk, MX_REQUIRED, 0, MX_INT_MAX, "steps in which it was made smaller"),
    MX_F_INT(hunt_failure, number, MX_REQUIRED, 0, MX_INT_MAX, "cart with which it was found"),
};
MX_TYPE(hunt_failure, "rules.hunt.failure", "a property that was broken");

struct hunt_fault {
    struct mx_str rule, message;
    int64_t receipts;
};
static const struct mx_field hunt_fault_fields[] = {
    MX_F_STR(hunt_fault, rule, MX_REQUIRED, 1, 100, "property"),
    MX_F_STR(hunt_fault, message, 0, 0, SCRIPT_FAULT_TEXT, "what went wrong, with file and line"),
    MX_F_INT(hunt_fault, receipts, MX_REQUIRED, 0, MX_INT_MAX, "carts with which it failed"),
};
MX_TYPE(hunt_fault, "rules.hunt.fault", "a property that could not be asked");

struct hunt_report {
    struct mx_str version, currency;
    int64_t digits, seed, carts;
    struct mx_list properties, failures, faults;
};
static const struct mx_field hunt_report_fields[] = {
    MX_F_STR(hunt_report, version, 0, 0, 64, "version of the rules that were tried"),
    MX_F_STR(hunt_report, currency, 0, 0, 3, "currency of all amounts"),
    MX_F_INT(hunt_report, digits, 0, 0, 6, "its digits"),
    MX_F_INT(hunt_report, seed, 0, 0, MX_INT_MAX, "where the search began"),
    MX_F_INT(hunt_report, carts, MX_REQUIRED, 0, MX_INT_MAX, "carts that were tried"),
    MX_F_STRS(hunt_report, properties, MX_REQUIRED, 0, SCRIPT_RULES_MAX, "what was tried to be broken"),
    MX_F_LIST(hunt_report, failures, MX_REQUIRED, 0, SCRIPT_RULES_MAX, hunt_failure_type, "what was broken, each once"),
    MX_F_LIST(hunt_report, faults, MX_REQUIRED, 0, SCRIPT_RULES_MAX, hunt_fault_type, "properties that could not be asked"),
};
MX_TYPE(hunt_report, "rules.hunt.report", "carts that break properties of rules");

#endif
