/* What the operations of intake take and answer. */
#ifndef INTAKE_WIRE_H
#define INTAKE_WIRE_H

#include "internal.h"

#define INTAKE_PAGE             100
#define INTAKE_SECRET_HOURS     24
#define INTAKE_SECRET_HOURS_MAX 720
#define INTAKE_PAGE_MAX         500

struct intake_mapping_put {
    struct mx_str name;
    struct mx_str channel;
    int32_t kind;
    int32_t format;
    struct mx_list columns;
    struct mx_str lines;
    struct mx_str location;
};

static const struct mx_field intake_mapping_put_fields[] = {INTAKE_MAPPING_FIELDS(intake_mapping_put)};
MX_TYPE(intake_mapping_put, "intake.mapping", "how a file of some channel is read");

struct intake_mapping_one {
    struct intake_mapping_put *mapping;
};
static const struct mx_field intake_mapping_one_fields[] = {
    MX_F_STRUCT(intake_mapping_one, mapping, MX_REQUIRED, intake_mapping_put_type, "the mapping"),
};
MX_TYPE(intake_mapping_one, "intake.mapping.one", "one mapping");

struct intake_mapping_ask {
    struct mx_str name;
};
static const struct mx_field intake_mapping_ask_fields[] = {
    MX_F_STR(intake_mapping_ask, name, MX_REQUIRED, 1, 32, "name of the mapping"),
};
MX_TYPE(intake_mapping_ask, "intake.mapping.ask", "which mapping");

struct intake_secret_ask {
    uint64_t has;
    struct mx_str name;
    int64_t hours;
};
static const struct mx_field intake_secret_ask_fields[] = {
    MX_F_STR(intake_secret_ask, name, MX_REQUIRED, 1, 32, "name of the mapping"),
    MX_F_INT(intake_secret_ask, hours, 0, 0, INTAKE_SECRET_HOURS_MAX, "so long the secret before holds as well (24); 0: no longer at all"),
};
MX_TYPE_HAS(intake_secret_ask, "intake.secret.ask", "a new secret for a webhook");

struct intake_mapping_list {
    struct mx_list mappings;
};
static const struct mx_field intake_mapping_list_fields[] = {
    MX_F_LIST(intake_mapping_list, mappings, 0, 0, 500, intake_mapping_put_type, "mappings by name"),
};
MX_TYPE(intake_mapping_list, "intake.mapping.list", "mappings");

struct intake_secret_shown {
    struct mx_str name;
    struct mx_str text;
    int64_t before_until;
};
static const struct mx_field intake_secret_shown_fields[] = {
    MX_F_STR(intake_secret_shown, name, MX_REQUIRED, 1, 32, "name of the mapping"),
    MX_F_STR(intake_secret_shown, text, MX_REQUIRED, 1, 80, "new secret of its webhook, whsec_...; it is shown this once"),
    MX_F_TIME(intake_secret_shown, before_until, 0, "until then the secret before holds as well; 0: it does not, or there was none"),
};
MX_TYPE(intake_secret_shown, "intake.secret", "the secret of a webhook");

struct intake_run_ask {
    struct mx_str mapping;
    struct mx_str run;
    int64_t part;
    int64_t parts;
    struct mx_str data;
    struct mx_str base64;
    uint8_t dry_run;
};
static const struct mx_field intake_run_ask_fields[] = {
    MX_F_STR(intake_run_ask, mapping, MX_REQUIRED, 1, 32, "name of the mapping"),
    MX_F_ID(intake_run_ask, run, 0, "run", "for the second part and those behind it: the run that the first one began"),
    MX_F_INT(intake_run_ask, part, 0, 1, INTAKE_PARTS_MAX, "which part of the file this is (1)"),
    MX_F_INT(intake_run_ask, parts, 0, 1, INTAKE_PARTS_MAX,
             "how many there are (1); each ends with a whole line, and with all lines of an order"),
    MX_F_STR(intake_run_ask, data, MX_PII | MX_MULTILINE, 1, INTAKE_DATA_MAX, "the text of the file, with plain line feeds"),
    MX_F_STR(intake_run_ask, base64, MX_PII | MX_MULTILINE, 1, 2 * INTAKE_DATA_MAX, "its bytes in base 64, instead"),
    MX_F_BOOL(intake_run_ask, dry_run, 0, "only say what would happen"),
};
MX_TYPE(intake_run_ask, "intake.run.new", "take a file in");

#define INTAKE_VIEW_FIELDS(st)                                                                                                             \
    MX_F_ID(st, id, MX_REQUIRED, "run", "id"), MX_F_STR(st, mapping, 0, 0, 32, "mapping"), MX_F_STR(st, channel, 0, 0, 32, "channel"),     \
        MX_F_ENUM(st, kind, 0, intake_kind_words, "what was taken in"), MX_F_ENUM(st, state, 0, intake_state_words, "state"),              \
        MX_F_BOOL(st, dry_run, 0, "only tried"), MX_F_INT(st, parts, 0, 0, INTAKE_PARTS_MAX, "parts of the file"),                         \
        MX_F_INT(st, had, 0, 0, INTAKE_PARTS_MAX, "of them that came"), MX_F_INT(st, rows, 0, 0, MX_INT_MAX, "rows that were read"),       \
        MX_F_INT(st, fresh, 0, 0, MX_INT_MAX, "new ones"), MX_F_INT(st, changed, 0, 0, MX_INT_MAX, "changed ones"),                        \
        MX_F_INT(st, same, 0, 0, MX_INT_MAX, "known already"), MX_F_INT(st, failed, 0, 0, MX_INT_MAX, "errors"),                           \
        MX_F_INT(st, made, 0, 0, MX_INT_MAX, "things that it made"), MX_F_INT(st, taken, 0, 0, MX_INT_MAX, "of them taken back"),          \
        MX_F_INT(st, left, 0, 0, MX_INT_MAX, "of them that stay"), MX_F_STR(st, by, 0, 0, 64, "who began it"),                             \
        MX_F_TIME(st, at, 0, "when it began"), MX_F_TIME(st, ended, 0, "when it ended")

struct intake_view {
    struct mx_str id, mapping, channel;
    int32_t kind, state;
    uint8_t dry_run;
    int64_t parts, had, rows, fresh, changed, same, failed, made, taken, left;
    struct mx_str by;
    int64_t at, ended;
};
static const struct mx_field intake_view_fields[] = {INTAKE_VIEW_FIELDS(intake_view)};
MX_TYPE(intake_view, "intake.run", "one intake");

struct intake_one {
    struct intake_view *run;
};
static const struct mx_field intake_one_fields[] = {
    MX_F_STRUCT(intake_one, run, MX_REQUIRED, intake_view_type, "the run"),
};
MX_TYPE(intake_one, "intake.run.one", "one intake");

struct intake_ask {
    struct mx_str run;
};
static const struct mx_field intake_ask_fields[] = {
    MX_F_ID(intake_ask, run, MX_REQUIRED, "run", "run"),
};
MX_TYPE(intake_ask, "intake.run.ask", "which run");

struct intake_list_ask {
    struct mx_str after;
    int64_t limit;
};
static const struct mx_field intake_list_ask_fields[] = {
    MX_F_STR(intake_list_ask, after, 0, 0, 2000, "`next` of the page before"),
    MX_F_INT(intake_list_ask, limit, 0, 0, INTAKE_PAGE_MAX, "runs on a page (100)"),
};
MX_TYPE(intake_list_ask, "intake.run.list.ask", "runs");

struct intake_list {
    struct mx_list runs;
    struct mx_str next;
};
static const struct mx_field intake_list_fields[] = {
    MX_F_LIST(intake_list, runs, 0, 0, INTAKE_PAGE_MAX, intake_view_type, "runs, the newest first"),
    MX_F_STR(intake_list, next, 0, 0, 2000, "go on behind this page"),
};
MX_TYPE(intake_list, "intake.run.list", "runs");

struct intake_errors_ask {
    struct mx_str run;
    struct mx_str after;
    int64_t limit;
};
static const struct mx_field intake_errors_ask_fields[] = {
    MX_F_ID(intake_errors_ask, run, MX_REQUIRED, "run", "run"),
    MX_F_STR(intake_errors_ask, after, 0, 0, 2000, "`next` of the page before"),
    MX_F_INT(intake_errors_ask, limit, 0, 0, INTAKE_PAGE_MAX, "errors on a page (100)"),
};
MX_TYPE(intake_errors_ask, "intake.errors.ask", "what was wrong");

struct intake_error_view {
    int64_t part, line;
    struct mx_str column, target, reason;
};
static const struct mx_field intake_error_view_fields[] = {
    MX_F_INT(intake_error_view, part, 0, 0, INTAKE_PARTS_MAX, "part of the file"),
    MX_F_INT(intake_error_view, line, 0, 0, MX_INT_MAX, "line in it"),
    MX_F_STR(intake_error_view, column, 0, 0, 100, "column, or path"),
    MX_F_STR(intake_error_view, target, 0, 0, 32, "what it should have been"),
    MX_F_STR(intake_error_view, reason, 0, 0, 240, "what is wrong"),
};
MX_TYPE(intake_error_view, "intake.error", "what is wrong with a row");

struct intake_stay_view {
    int32_t kind;
    struct mx_str person, id, reason;
};
static const struct mx_field intake_stay_view_fields[] = {
    MX_F_ENUM(intake_stay_view, kind, 0, intake_made_words, "what"),
    MX_F_ID(intake_stay_view, person, 0, "per", "person"),
    MX_F_STR(intake_stay_view, id, 0, 0, 64, "member, order or article"),
    MX_F_STR(intake_stay_view, reason, 0, 0, 240, "why it stays"),
};
MX_TYPE(intake_stay_view, "intake.stays", "something that could not be taken back");

struct intake_errors_page {
    struct mx_list errors;
    struct mx_list stays;
    struct mx_str next;
};
static const struct mx_field intake_errors_page_fields[] = {
    MX_F_LIST(intake_errors_page, errors, 0, 0, INTAKE_PAGE_MAX, intake_error_view_type, "errors, in the order of the file"),
    MX_F_LIST(intake_errors_page, stays, 0, 0, INTAKE_PAGE_MAX, intake_stay_view_type, "of an undone run: what stays"),
    MX_F_STR(intake_errors_page, next, 0, 0, 2000, "go on behind this page"),
};
MX_TYPE(intake_errors_page, "intake.errors", "what was wrong");

struct intake_told {
    struct mx_str run, mapping, channel;
    uint8_t dry_run;
    int64_t fresh, changed, same, failed, taken, left;
};
static const struct mx_field intake_told_fields[] = {
    MX_F_ID(intake_told, run, MX_REQUIRED, "run", "run"),
    MX_F_STR(intake_told, mapping, 0, 0, 32, "mapping"),
    MX_F_STR(intake_told, channel, 0, 0, 32, "channel"),
    MX_F_BOOL(intake_told, dry_run, 0, "only tried"),
    MX_F_INT(intake_told, fresh, 0, 0, MX_INT_MAX, "new ones"),
    MX_F_INT(intake_told, changed, 0, 0, MX_INT_MAX, "changed ones"),
    MX_F_INT(intake_told, same, 0, 0, MX_INT_MAX, "known already"),
    MX_F_INT(intake_told, failed, 0, 0, MX_INT_MAX, "errors"),
    MX_F_INT(intake_told, taken, 0, 0, MX_INT_MAX, "taken back"),
    MX_F_INT(intake_told, left, 0, 0, MX_INT_MAX, "what stays"),
};
MX_TYPE(intake_told, "intake.told", "an intake ended");

#endif
