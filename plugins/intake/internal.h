/* Intake's records and the functions that its files share. */
#ifndef INTAKE_INTERNAL_H
#define INTAKE_INTERNAL_H

#include "merx/plugin.h"
#include "merx/retail/member.h"
#include "merx/retail/order.h"
#include "merx/retail/product.h"
#include "merx/retail/stock.h"

#define INTAKE_DATA_MAX    (768u << 10) /* bytes of one part */
#define INTAKE_PARTS_MAX   1000
#define INTAKE_COLUMNS_MAX 64
#define INTAKE_CELLS_MAX   200
#define INTAKE_LINES_MAX   500 /* of one order */
#define INTAKE_STEP_ROWS   50
#define INTAKE_ERRORS_MAX  1000  /* of one run that are kept */
#define INTAKE_PRODUCT_MAX 20000 /* bytes of a product as JSON */

/* ---- intake_csv.c: pure; RFC 4180, strictly ---- */

struct intake_csv {
    char *text; /* cells are taken out of it in place */
    uint32_t len, at;
    int64_t line; /* of the row that is read next, from 1 */
};

#define INTAKE_ROW     1
#define INTAKE_END     0
#define INTAKE_BAD     (-1) /* this row cannot be read; the next one can be tried */
#define INTAKE_BROKEN  (-2) /* nothing behind it can be read */
#define INTAKE_TOO_BIG (-3) /* more cells than there is room for */

/* Read a row. cells: room for INTAKE_CELLS_MAX. cell: place of the bad one, from 0. */
int intake_csv_row(struct intake_csv *csv, struct mx_str *cells, uint32_t *count, uint32_t *cell);
/* 1 when the bytes are UTF-8 without NUL. */
int intake_is_utf8(struct mx_str text);

/* ---- intake_json.c: pure ---- */

/* The next value of a JSON array or of JSON lines: MX row, end, or broken. line: where it begins. */
struct intake_json {
    struct mx_str text;
    uint32_t at;
    int64_t line;
    int in_array; /* -1 = not looked yet */
};
int intake_json_next(struct intake_json *json, struct mx_str *value);
/* The value behind a path ("buyer.phone", "items.0.sku") of an object. 0: there is none, or it is null. */
int intake_json_at(struct mx_str value, struct mx_str path, struct mx_str *found);
/* Element of an array; 0: there is none. */
int intake_json_element(struct mx_str array, uint32_t place, struct mx_str *found);
/* Text of a string, number or boolean, written into `room` bytes at `text`; -1: it is an object or array, or does not fit. */
int32_t intake_json_text(struct mx_str value, char *text, uint32_t room);

/* ---- intake_values.c: pure ---- */

/* "1,234.50" with 2 digits = 123450; blanks around and thousands' commas are allowed, nothing else. 0: it is none. */
int intake_decimal(struct mx_str text, uint32_t digits, int64_t *value);
struct intake_date {
    int32_t year, month, day, hour, minute, second;
    int32_t offset_minutes; /* of the text itself */
    int has_offset;
};
/* By a format of YYYY MM DD hh mm ss and other characters; an empty format is ISO 8601. 0: it does not fit, or there is no such day. */
int intake_date_read(struct mx_str text, struct mx_str format, struct intake_date *date);
/* Milliseconds of these wall clock numbers as if they were UTC. */
int64_t intake_date_ms(const struct intake_date *date);
/* Base 64 of RFC 4648, with or without line ends; room: 3/4 of it. -1: it is none. */
int32_t intake_base64(struct mx_str text, uint8_t *bytes);

/* ---- mappings ---- */

static const char *const intake_kind_words[] = {"customers", "orders", "products", NULL};
#define INTAKE_CUSTOMERS 1
#define INTAKE_ORDERS    2
#define INTAKE_PRODUCTS  3

static const char *const intake_format_words[] = {"csv", "json", NULL};
#define INTAKE_CSV  1
#define INTAKE_JSON 2

static const char *const intake_as_words[] = {"text", "lower", "upper", "decimal", "minor", "date", "seconds", "milliseconds", NULL};
#define INTAKE_AS_TEXT    1
#define INTAKE_AS_LOWER   2
#define INTAKE_AS_UPPER   3
#define INTAKE_AS_DECIMAL 4
#define INTAKE_AS_MINOR   5
#define INTAKE_AS_DATE    6
#define INTAKE_AS_SECONDS 7
#define INTAKE_AS_MS      8

/* Where one thing that is taken in comes from. */
struct intake_column {
    struct mx_str target;
    struct mx_str from;  /* column's title, or path in a JSON object */
    struct mx_str value; /* the same for all rows, instead */
    int32_t as;
    struct mx_str format;
    struct mx_str zone;
};

static const struct mx_field intake_column_fields[] = {
    MX_F_STR(intake_column, target, MX_REQUIRED, 1, 32,
             "what it is: external, phone, email, card, openid, name; at, total, line.sku ...; sku, price, name.en ..."),
    MX_F_STR(intake_column, from, 0, 0, 100, "title of the column, or path in a JSON object"),
    MX_F_STR(intake_column, value, 0, 0, 100, "the same for all rows, instead of `from`"),
    MX_F_ENUM(intake_column, as, 0, intake_as_words, "how it is written; as usual for the target when left out"),
    MX_F_STR(intake_column, format, 0, 0, 40, "of a date: YYYY, MM, DD, hh, mm, ss and what stands between them; absent: ISO 8601"),
    MX_F_STR(intake_column, zone, 0, 0, 64, "time zone of a date without one; absent: the shop's"),
};
MX_TYPE(intake_column, "intake.column", "where one thing comes from");

struct intake_mapping {
    struct mx_rec rec;
    struct mx_str name;
    struct mx_str channel;
    int32_t kind;
    int32_t format;
    struct mx_list columns;
    struct mx_str lines; /* JSON orders: path of the array of lines */
    struct mx_str location;
    struct mx_str secret; /* sealed; of its webhook */
    struct mx_str before; /* sealed; the secret that it had before, which holds until: */
    int64_t before_until;
};

#define INTAKE_MAPPING_FIELDS(st)                                                                                                          \
    MX_F_STR(st, name, MX_REQUIRED, 1, 32, "name"), MX_F_STR(st, channel, MX_REQUIRED, 1, 16, "channel: a-z, digits, _ and -"),            \
        MX_F_ENUM(st, kind, MX_REQUIRED, intake_kind_words, "what is taken in"),                                                           \
        MX_F_ENUM(st, format, MX_REQUIRED, intake_format_words, "csv with a row of titles, or a JSON array or JSON lines"),                \
        MX_F_LIST(st, columns, MX_REQUIRED, 1, INTAKE_COLUMNS_MAX, intake_column_type, "where things come from"),                          \
        MX_F_STR(st, lines, 0, 0, 100, "JSON orders: path of the array of lines; line.* are looked for in its elements"),                  \
        MX_F_STR(st, location, 0, 0, 32, "orders: location to which they count, unless a column says it")

static const struct mx_field intake_mapping_fields[] = {
    INTAKE_MAPPING_FIELDS(intake_mapping),
    MX_F_STR(intake_mapping, secret, 0, 0, 400, "sealed secret of the webhook"),
    MX_F_STR(intake_mapping, before, 0, 0, 400, "sealed secret that it had before"),
    MX_F_TIME(intake_mapping, before_until, 0, "when the one before ceases to hold"),
};
MX_TYPE_REC(intake_mapping, "intake.mapping.record", "how a file of some channel is read");

/* ---- runs ---- */

static const char *const intake_state_words[] = {"waiting", "running", "done", "undoing", "undone", NULL};
#define INTAKE_WAITING 1 /* for more parts */
#define INTAKE_RUNNING 2
#define INTAKE_DONE    3
#define INTAKE_UNDOING 4
#define INTAKE_UNDONE  5

struct intake_run {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str mapping;
    struct mx_str channel;
    int32_t kind;
    int32_t state;
    uint8_t dry;
    int64_t parts;
    int64_t had;           /* parts that came */
    struct mx_list titles; /* of struct mx_str: of a CSV file */
    int64_t rows, fresh, changed, same, failed;
    int64_t made;  /* things that can be undone */
    int64_t taken; /* of them taken back */
    int64_t left;  /* of them that could not be */
    struct mx_str by;
    int64_t at;
    int64_t ended;
    struct mx_str message; /* keyed hash of the mapping and the message's own id, when a webhook brought it */
};

static const struct mx_field intake_run_fields[] = {
    MX_F_ID(intake_run, id, MX_REQUIRED, "run", "id"),
    MX_F_STR(intake_run, mapping, 0, 0, 32, "mapping"),
    MX_F_STR(intake_run, channel, 0, 0, 32, "channel"),
    MX_F_ENUM(intake_run, kind, 0, intake_kind_words, "what was taken in"),
    MX_F_ENUM(intake_run, state, 0, intake_state_words, "state"),
    MX_F_BOOL(intake_run, dry, 0, "only tried"),
    MX_F_INT(intake_run, parts, 0, 0, INTAKE_PARTS_MAX, "parts of the file"),
    MX_F_INT(intake_run, had, 0, 0, INTAKE_PARTS_MAX, "of them that came"),
    MX_F_STRS(intake_run, titles, 0, 0, INTAKE_CELLS_MAX, "titles of the columns"),
    MX_F_INT(intake_run, rows, 0, 0, MX_INT_MAX, "rows that were read"),
    MX_F_INT(intake_run, fresh, 0, 0, MX_INT_MAX, "new ones"),
    MX_F_INT(intake_run, changed, 0, 0, MX_INT_MAX, "changed ones"),
    MX_F_INT(intake_run, same, 0, 0, MX_INT_MAX, "known already"),
    MX_F_INT(intake_run, failed, 0, 0, MX_INT_MAX, "with errors"),
    MX_F_INT(intake_run, made, 0, 0, MX_INT_MAX, "things that it made"),
    MX_F_INT(intake_run, taken, 0, 0, MX_INT_MAX, "of them taken back"),
    MX_F_INT(intake_run, left, 0, 0, MX_INT_MAX, "of them that stay"),
    MX_F_STR(intake_run, by, 0, 0, 64, "who began it"),
    MX_F_TIME(intake_run, at, 0, "when it began"),
    MX_F_TIME(intake_run, ended, 0, "when it ended"),
    MX_F_STR(intake_run, message, 0, 0, 64, "keyed hash of the message that brought it"),
};
MX_TYPE_REC(intake_run, "intake.run.record", "one intake");

/* A part of the file until it was read, sealed: it is full of names. Part 0 is the mapping by which it is read. */
struct intake_piece {
    struct mx_rec rec;
    struct mx_str run;
    int64_t part;
    struct mx_str sealed;
};

static const struct mx_field intake_piece_fields[] = {
    MX_F_ID(intake_piece, run, MX_REQUIRED, "run", "run"),
    MX_F_INT(intake_piece, part, 0, 0, INTAKE_PARTS_MAX, "part"),
    MX_F_STR(intake_piece, sealed, 0, 0, 2 * INTAKE_DATA_MAX, "sealed"),
};
MX_TYPE_REC(intake_piece, "intake.piece.record", "a part of a file until it was read");

/* What was taken in: by channel and a keyed hash of the id there, so that nobody reads it here. */
struct intake_entry {
    struct mx_rec rec;
    struct mx_str channel;
    int32_t kind;
    struct mx_str external; /* keyed hash */
    struct mx_str hash;     /* keyed hash of all that was said */
    struct mx_str person;
    struct mx_str order;
    struct mx_str run; /* that brought it first */
};

static const struct mx_field intake_entry_fields[] = {
    MX_F_STR(intake_entry, channel, MX_REQUIRED, 1, 32, "channel"),
    MX_F_ENUM(intake_entry, kind, MX_REQUIRED, intake_kind_words, "kind"),
    MX_F_STR(intake_entry, external, MX_REQUIRED, 1, 64, "keyed hash of the id there"),
    MX_F_STR(intake_entry, hash, 0, 0, 64, "keyed hash of what was said"),
    MX_F_ID(intake_entry, person, 0, "per", "person"),
    MX_F_ID(intake_entry, order, 0, "ord", "order"),
    MX_F_ID(intake_entry, run, 0, "run", "run that brought it first"),
};
MX_TYPE_REC(intake_entry, "intake.entry.record", "something that was taken in");

static const char *const intake_made_words[] = {"person", "link", "order", "entry", "profile", "product", "change", NULL};
#define INTAKE_MADE_PERSON  1
#define INTAKE_MADE_LINK    2
#define INTAKE_MADE_ORDER   3
#define INTAKE_MADE_ENTRY   4
#define INTAKE_MADE_PROFILE 5
#define INTAKE_MADE_PRODUCT 6 /* a new one */
#define INTAKE_MADE_CHANGE  7 /* of one that there was */

/* What a run made, for the way back. */
struct intake_made {
    struct mx_rec rec;
    struct mx_str run;
    int64_t seq;
    int32_t kind;
    struct mx_str person;
    struct mx_str id;     /* member, order, article; of an entry: its hash */
    struct mx_str link;   /* kind of identifier */
    struct mx_str value;  /* of it */
    struct mx_str stays;  /* why it could not be taken back */
    uint8_t again;        /* an entry that there was and that says something else now */
    int64_t product_rev;  /* as it was made */
    struct mx_str before; /* the product before the change, as JSON of mx_product */
};

static const struct mx_field intake_made_fields[] = {
    MX_F_ID(intake_made, run, MX_REQUIRED, "run", "run"),
    MX_F_INT(intake_made, seq, 0, 0, MX_INT_MAX, "number"),
    MX_F_ENUM(intake_made, kind, 0, intake_made_words, "what"),
    MX_F_ID(intake_made, person, 0, "per", "person"),
    MX_F_STR(intake_made, id, 0, 0, 64, "member, order or article"),
    MX_F_STR(intake_made, link, 0, 0, 16, "kind of identifier"),
    MX_F_STR(intake_made, value, MX_PII, 0, 300, "identifier"),
    MX_F_STR(intake_made, stays, 0, 0, 240, "why it stays"),
    MX_F_BOOL(intake_made, again, 0, "an entry that there was before"),
    MX_F_INT(intake_made, product_rev, 0, 0, MX_INT_MAX, "revision of the product"),
    MX_F_STR(intake_made, before, 0, 0, INTAKE_PRODUCT_MAX, "the product before"),
};
MX_TYPE_REC(intake_made, "intake.made.record", "something that a run made");

/* What is wrong with a row: nothing of what stands in it. */
struct intake_error {
    struct mx_rec rec;
    struct mx_str run;
    int64_t seq;
    int64_t part, line;
    struct mx_str column;
    struct mx_str target;
    struct mx_str reason;
};

static const struct mx_field intake_error_fields[] = {
    MX_F_ID(intake_error, run, MX_REQUIRED, "run", "run"),
    MX_F_INT(intake_error, seq, 0, 0, MX_INT_MAX, "number"),
    MX_F_INT(intake_error, part, 0, 0, INTAKE_PARTS_MAX, "part of the file"),
    MX_F_INT(intake_error, line, 0, 0, MX_INT_MAX, "line in it"),
    MX_F_STR(intake_error, column, 0, 0, 100, "column"),
    MX_F_STR(intake_error, target, 0, 0, 32, "what it should have been"),
    MX_F_STR(intake_error, reason, 0, 0, 240, "what is wrong"),
};
MX_TYPE_REC(intake_error, "intake.error.record", "what is wrong with a row");

/* A product that an undo touched: while nobody changes it, it stands as it stood at an earlier revision. */
struct intake_article {
    struct mx_rec rec;
    struct mx_str sku;
    int64_t at_rev;    /* what the undo made */
    int64_t as_rev;    /* the revision that it stands for */
    uint8_t withdrawn; /* taken off sale: the next file that brings it begins anew */
};

static const struct mx_field intake_article_fields[] = {
    MX_F_STR(intake_article, sku, MX_REQUIRED, 1, MX_SKU_MAX, "article"),
    MX_F_INT(intake_article, at_rev, 0, 0, MX_INT_MAX, "revision that an undo made"),
    MX_F_INT(intake_article, as_rev, 0, 0, MX_INT_MAX, "revision that it stands for"),
    MX_F_BOOL(intake_article, withdrawn, 0, "taken off sale"),
};
MX_TYPE_REC(intake_article, "intake.article.record", "a product that an undo touched");

extern const struct mx_table intake_mappings, intake_runs, intake_pieces, intake_entries, intake_mades, intake_errors, intake_articles;

/* ---- one row while it is taken in ---- */

#define INTAKE_TEXT_MAX  300
#define INTAKE_UNDO_PART (-1) /* stumbles of an undo are told apart from those of the run by this */

struct intake_row {
    struct mx_ctx *ctx;
    const struct intake_mapping *mapping;
    struct intake_run *run;
    int64_t part, line;
    const struct mx_str *cells; /* CSV */
    uint32_t cell_count;
    struct mx_str object; /* JSON */
    struct mx_str item;   /* of it: the element that line.* stand in */
    int failed;           /* an error was noted: nothing of it is taken in */
    mx_status st;         /* below 0: the step itself failed */
};

/* ---- intake_row.c ----
 *
 * The value of a target: 1, or 0 when there is none. What is wrong with it is noted on the row, and 0 comes back. */
int intake_text(struct intake_row *row, const char *target, uint32_t max, struct mx_str *text);
int intake_number(struct intake_row *row, const char *target, uint32_t digits, int64_t *value);
int intake_time(struct intake_row *row, const char *target, int64_t *value);
/* Note what is wrong. target may be NULL. */
void intake_wrong(struct intake_row *row, const char *target, const char *reason);
struct mx_str intake_hash(struct mx_ctx *ctx, const char *purpose, struct mx_str text);

/* ---- intake_book.c ---- */

MX_MUST_CHECK mx_status intake_run_get(struct mx_ctx *ctx, struct mx_str id, const char *field, struct intake_run **run);
MX_MUST_CHECK mx_status intake_mapping_get(struct mx_ctx *ctx, struct mx_str name, const char *field, struct intake_mapping **mapping);
MX_MUST_CHECK mx_status intake_run_put(struct mx_ctx *ctx, struct intake_run *run);
MX_MUST_CHECK mx_status intake_error_note(struct mx_ctx *ctx, struct intake_run *run, const struct intake_error *error);
/* Write down what the run made. */
MX_MUST_CHECK mx_status intake_make(struct mx_ctx *ctx, struct intake_run *run, const struct intake_made *made);
/* An entry by the id there; MX_NONE: new. entry is filled for the put. */
MX_MUST_CHECK mx_status intake_entry_of(struct intake_row *row, int32_t kind, struct mx_str external, struct intake_entry *entry);
MX_MUST_CHECK mx_status intake_entry_put(struct intake_row *row, struct intake_entry *entry);

/* ---- intake_customer.c ---- */

struct intake_who {
    struct mx_str external, phone, email, card, openid, name;
};
/* What the row says of a customer; `external` stands under that target. 1 when it says anything. */
int intake_who_of(struct intake_row *row, const char *external, struct intake_who *who);
/* Find the customer, or make her as the run may. person and member stay empty in a dry run of somebody new. changed: something was
 * added to her. */
MX_MUST_CHECK mx_status intake_customer(struct intake_row *row, const struct intake_who *who, struct mx_str *person, struct mx_str *member);
MX_MUST_CHECK mx_status intake_customer_row(struct intake_row *row);

/* ---- intake_order.c: rows[] are the CSV rows of one order, one for each line; for JSON there is one ---- */

MX_MUST_CHECK mx_status intake_order_rows(struct intake_row *rows, uint32_t count);

/* ---- intake_product.c, intake_product_undo.c ---- */

MX_MUST_CHECK mx_status intake_product_row(struct intake_row *row);
/* NULL: there is none. rev: the revision that it stands for. withdrawn: by an undo, and untouched since. */
MX_MUST_CHECK mx_status intake_product_get(struct mx_ctx *ctx, struct mx_str sku, struct mx_product **product, int64_t *rev,
                                           int *withdrawn);
/* stays: why it cannot be taken back. */
MX_MUST_CHECK mx_status intake_undo_product(struct mx_ctx *ctx, const struct intake_made *made, const char **stays);
MX_MUST_CHECK mx_status intake_undo_change(struct mx_ctx *ctx, const struct intake_made *made, const char **stays);
/* Refuses whoever may not change products, when it is about them. */
MX_MUST_CHECK mx_status intake_may(struct mx_ctx *ctx, int32_t kind, const char *field);

/* ---- intake_keep.c ---- */

/* The mapping as it is now, for a run that begins, and as it was then. */
MX_MUST_CHECK mx_status intake_keep_mapping(struct mx_ctx *ctx, const struct intake_run *run, const struct intake_mapping *mapping);
MX_MUST_CHECK mx_status intake_kept_mapping(struct mx_ctx *ctx, const struct intake_run *run, struct intake_mapping **mapping);
MX_MUST_CHECK mx_status intake_piece_text(struct mx_ctx *ctx, struct mx_str run, int64_t part, struct mx_str *text);
/* See to it that what waits is forgotten when the run does not go on. */
MX_MUST_CHECK mx_status intake_watch(struct mx_ctx *ctx, const struct intake_run *run);
MX_MUST_CHECK mx_status intake_drop_pieces(struct mx_ctx *ctx, const struct intake_run *run);

/* ---- intake_trim.c ---- */

/* A run is at its end: see to it that its books go with age. */
MX_MUST_CHECK mx_status intake_age(struct mx_ctx *ctx, const struct intake_run *run);

/* ---- intake_run.c, intake_undo.c ---- */

mx_status intake_run_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor);
mx_status intake_undo_step(struct mx_ctx *ctx, struct mx_str body, struct mx_str *cursor);

/* ---- intake_stumble.c: rows that another plugin refused ----
 *
 * A refusal of another's command takes the whole step back. So it is remembered in memory which row it was, and the next try of the
 * step notes the refusal instead. */
MX_MUST_CHECK mx_status intake_tread(struct mx_ctx *ctx, struct mx_str run, int64_t part, int64_t line);
mx_status intake_trod(struct mx_ctx *ctx, mx_status st);
/* 1 for a trouble that is none of the row's, such as a full disk: the step is tried again, and the row is not held guilty. */
int intake_passes(mx_status st);
/* What was said about this row at the last try; empty: nothing. */
struct mx_str intake_stumbled(struct mx_ctx *ctx, struct mx_str run, int64_t part, int64_t line);

#endif
