/* Printed cards, made many at a time. */
#ifndef WALLET_BATCH_H
#define WALLET_BATCH_H

#include "internal.h"

#define WALLET_BATCH_PAGE 200u
#define WALLET_BATCH_MAX  100000
#define WALLET_BATCH_JOB  "wallet.batch"
#define WALLET_SEED       MX_HASH_BYTES

struct wallet_batch {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str note;
    int64_t count;
    int64_t made;
    int64_t shown;
    int64_t voided;
    int64_t created;
};

static const struct mx_field wallet_batch_fields[] = {
    MX_F_ID(wallet_batch, id, MX_REQUIRED, "bat", "id"),
    MX_F_STR(wallet_batch, note, 0, 0, 200, "what it is for"),
    MX_F_INT(wallet_batch, count, 0, 1, WALLET_BATCH_MAX, "cards"),
    MX_F_INT(wallet_batch, made, 0, 0, WALLET_BATCH_MAX, "of them made"),
    MX_F_INT(wallet_batch, shown, 0, 0, WALLET_BATCH_MAX, "of them whose codes were fetched"),
    MX_F_TIME(wallet_batch, voided, 0, "when it was declared void"),
    MX_F_TIME(wallet_batch, created, 0, "when it was begun"),
};
MX_TYPE_REC(wallet_batch, "wallet.batch.record", "cards that were printed together");

extern const struct mx_table wallet_batches;

struct wallet_batch_make {
    int64_t count;
    struct mx_str note;
};
static const struct mx_field wallet_batch_make_fields[] = {
    MX_F_INT(wallet_batch_make, count, MX_REQUIRED, 1, WALLET_BATCH_MAX, "how many cards"),
    MX_F_STR(wallet_batch_make, note, MX_FREE_TEXT, 0, 200, "what they are for"),
};
MX_TYPE(wallet_batch_make, "wallet.batch.make", "cards to be printed");

struct wallet_batch_ask {
    struct mx_str id;
};
static const struct mx_field wallet_batch_ask_fields[] = {
    MX_F_ID(wallet_batch_ask, id, MX_REQUIRED, "bat", "batch"),
};
MX_TYPE(wallet_batch_ask, "wallet.batch.ask", "which batch");

struct wallet_batch_view {
    struct mx_str id, note;
    int64_t count, made, shown, voided, created;
};
static const struct mx_field wallet_batch_view_fields[] = {
    MX_F_ID(wallet_batch_view, id, MX_REQUIRED, "bat", "id"),
    MX_F_STR(wallet_batch_view, note, 0, 0, 200, "what it is for"),
    MX_F_INT(wallet_batch_view, count, 0, 0, WALLET_BATCH_MAX, "cards"),
    MX_F_INT(wallet_batch_view, made, 0, 0, WALLET_BATCH_MAX, "of them made"),
    MX_F_INT(wallet_batch_view, shown, 0, 0, WALLET_BATCH_MAX, "of them whose codes were fetched"),
    MX_F_TIME(wallet_batch_view, voided, 0, "when it was declared void"),
    MX_F_TIME(wallet_batch_view, created, 0, "when it was begun"),
};
MX_TYPE(wallet_batch_view, "wallet.batch", "cards that were printed together");

struct wallet_batch_one {
    struct wallet_batch_view *batch;
};
static const struct mx_field wallet_batch_one_fields[] = {
    MX_F_STRUCT(wallet_batch_one, batch, MX_REQUIRED, wallet_batch_view_type, "the batch"),
};
MX_TYPE(wallet_batch_one, "wallet.batch.one", "one batch");

struct wallet_batch_codes {
    struct mx_str id;
    struct mx_list codes;
    int64_t left;
};
static const struct mx_field wallet_batch_codes_fields[] = {
    MX_F_ID(wallet_batch_codes, id, MX_REQUIRED, "bat", "batch"),
    MX_F_STRS(wallet_batch_codes, codes, 0, 0, WALLET_BATCH_PAGE, "codes; they are shown this once"),
    MX_F_INT(wallet_batch_codes, left, 0, 0, WALLET_BATCH_MAX, "codes that wait to be fetched"),
};
MX_TYPE(wallet_batch_codes, "wallet.batch.codes", "codes of printed cards");

mx_status wallet_batch_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor);

#endif
