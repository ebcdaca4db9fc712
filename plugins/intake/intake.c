/* Intake: tables, operations and events as data. */
#include "internal.h"
#include "merx/retail/payment.h"
#include "merx/retail/person.h"
#include "merx/retail/privacy.h"
#include "ops.h"
#include "wire.h"

#define TABLE(variable, table_name, table_doc, table_type, table_key, table_subject)                                                       \
    const struct mx_table variable = {.size = sizeof(struct mx_table),                                                                     \
                                      .name = table_name,                                                                                  \
                                      .doc = table_doc,                                                                                    \
                                      .type = &table_type,                                                                                 \
                                      .key = table_key,                                                                                    \
                                      .subject = table_subject}

TABLE(intake_mappings, "intake.mapping", "what stands where in the files of a channel", intake_mapping_type, "name", NULL);
TABLE(intake_pieces, "intake.piece", "parts of files until they were read, sealed", intake_piece_type, "run part", NULL);
TABLE(intake_entries, "intake.entry", "what was taken in, by a hash of its id in the channel", intake_entry_type, "channel kind external",
      NULL);
TABLE(intake_errors, "intake.error", "what was wrong with rows", intake_error_type, "run seq", NULL);

TABLE(intake_articles, "intake.article", "products that an undo touched", intake_article_type, "sku", NULL);

static const struct mx_index run_indexes[] = {{"message", "message", MX_INDEX_UNIQUE}};

const struct mx_table intake_runs = {.size = sizeof(struct mx_table),
                                     .name = "intake.run",
                                     .doc = "files that were taken in",
                                     .type = &intake_run_type,
                                     .key = "id",
                                     .indexes = run_indexes,
                                     .index_count = 1,
                                     .index_size = sizeof(run_indexes[0])};

static const struct mx_index made_indexes[] = {{"person", "person", 0}};

const struct mx_table intake_mades = {.size = sizeof(struct mx_table),
                                      .name = "intake.made",
                                      .doc = "what each run made",
                                      .type = &intake_made_type,
                                      .key = "run seq",
                                      .subject = "person",
                                      .indexes = made_indexes,
                                      .index_count = 1,
                                      .index_size = sizeof(made_indexes[0])};

const struct mx_event_def intake_ended_event = {sizeof(struct mx_event_def), 0, "intake.ended", "a file was taken in", &intake_told_type};
const struct mx_event_def intake_undone_event = {sizeof(struct mx_event_def), 0, "intake.undone", "an intake was taken back",
                                                 &intake_told_type};

static mx_status kept_answer(struct mx_ctx *ctx, const void *in, void *out) {
    struct mx_kept *kept = out;
    struct mx_kept_kind *kind;
    (void)in;
    kept->kinds = mx_list_new(ctx, 1, sizeof(*kind));
    kind = mx_list_at(&kept->kinds, 0);
    kind->name = mx_str_of(INTAKE_KEPT);
    kind->about = mx_str_of("which identifiers a file of another channel brought, so that it can be taken back: 400 days at most");
    kind->purpose = mx_str_of(MX_PURPOSE_SERVICE);
    kind->basis = MX_BASIS_CONTRACT;
    kind->trim = mx_str_of(INTAKE_TRIM);
    kind->erased = 1;
    return MX_OK;
}

static const struct mx_answer kept = {
    .size = sizeof(struct mx_answer), .point = MX_POINT_KEPT, .in = &mx_kept_ask_type, .out = &mx_kept_type, .fn = kept_answer};

static const struct mx_job run_job = {sizeof(struct mx_job), 0, INTAKE_RUN_JOB, intake_run_step};
static const struct mx_job undo_job = {sizeof(struct mx_job), 0, INTAKE_UNDO_JOB, intake_undo_step};

static const struct mx_table *const tables[] = {&intake_mappings, &intake_runs,   &intake_pieces,   &intake_entries,
                                                &intake_mades,    &intake_errors, &intake_articles, NULL};
static const struct mx_op *const ops[] = {&intake_mapping_put_op,  &intake_mapping_get_op,
                                          &intake_mapping_list_op, &intake_mapping_secret_op,
                                          &intake_run_op,          &intake_run_get_op,
                                          &intake_run_list_op,     &intake_errors_op,
                                          &intake_undo_op,         &intake_hook_op,
                                          &intake_forget_op,       &intake_trim_op,
                                          &intake_old_op,          NULL};
static const struct mx_event_def *const events[] = {&intake_ended_event, &intake_undone_event, NULL};
static const struct mx_point *const points[] = {&mx_point_member, &mx_point_member_of, &mx_point_location, &mx_point_stock_near, NULL};
static const struct mx_use *const uses[] = {&mx_member_enrol_use, &mx_member_rename_use,  &mx_orders_take_in,
                                            &mx_orders_take_out,  &mx_wallet_forfeit_use, &mx_product_get_use,
                                            &mx_product_put_use,  &mx_product_check_use,  NULL};
static const struct mx_answer *const answers[] = {&kept, NULL};
static const struct mx_job *const jobs[] = {&run_job, &undo_job, NULL};

static const struct mx_grant manager_may = {"manager", "intake.*"};
static const struct mx_grant channel_may = {"channel", "intake.run intake.read"};
static const struct mx_grant auditor_may = {"auditor", "intake.read"};
static const struct mx_grant *const grants[] = {&manager_may, &channel_may, &auditor_may, NULL};

MX_PLUGIN(intake) {
    static const struct mx_plugin plugin = {
        .size = sizeof(struct mx_plugin),
        .abi_major = MX_ABI_MAJOR,
        .abi_minor = MX_ABI_MINOR,
        .name = "intake",
        .version = "0.1",
        .summary = "customers, orders and products of other channels, taken in once",
        .tables = tables,
        .ops = ops,
        .events = events,
        .points = points,
        .answers = answers,
        .uses = uses,
        .jobs = jobs,
        .grants = grants,
    };
    return &plugin;
}
