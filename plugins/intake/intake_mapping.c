/* Mappings: what stands where in the files of a channel. Checked when they are put, so that a run fails for its rows only. */
#include <stdio.h>

#include "internal.h"
#include "ops.h"
#include "wire.h"

#define SECRET_BYTES 32

static const char *const customer_targets[] = {"external", "phone", "email", "card", "openid", "name", NULL};
static const char *const order_targets[] = {"external", "at",   "total",    "location", "buyer",       "phone",     "email",    "card",
                                            "openid",   "name", "line.sku", "line.qty", "line.amount", "line.name", "line.tax", NULL};
static const char *const order_needs[] = {"external", "at", "line.sku", "line.qty", "line.amount", NULL};
static const char *const product_targets[] = {"external", "sku", "price", "category", "brand", "barcode",
                                              "tags",     "tax", "unit",  "stocked",  NULL};
static const char *const product_needs[] = {"sku", NULL};
static const char *const customer_needs[] = {"external", NULL};

static int is_one_of(struct mx_str word, const char *const *words) {
    for (; *words; words++)
        if (mx_str_is(word, *words)) return 1;
    return 0;
}

static int is_code(struct mx_str text) {
    uint32_t i;
    for (i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-')) return 0;
    }
    return text.len > 0;
}

static mx_status bad(struct mx_ctx *ctx, uint32_t at, const char *member, const char *what) {
    char field[64];
    snprintf(field, sizeof(field), "columns[%u].%s", (unsigned)at, member);
    return mx_fail(ctx, MX_E_BAD_INPUT, field, "%s", what);
}

/* "name.en", "name.zh-TW": which languages there are is for whoever keeps products. */
static int is_name(struct mx_str target) { return target.len > 5 && memcmp(target.ptr, "name.", 5) == 0; }

static int is_target(int32_t kind, struct mx_str target) {
    if (kind == INTAKE_PRODUCTS) return is_name(target) || is_one_of(target, product_targets);
    return is_one_of(target, kind == INTAKE_CUSTOMERS ? customer_targets : order_targets);
}

static int is_time(struct mx_str target) { return mx_str_is(target, "at"); }

static int is_number(struct mx_str target) {
    static const char *const numbers[] = {"total", "line.qty", "line.amount", "line.tax", "price", "tax", NULL};
    return is_one_of(target, numbers);
}

static mx_status check_as(struct mx_ctx *ctx, const struct intake_column *column, uint32_t at) {
    int text = column->as == INTAKE_AS_TEXT || column->as == INTAKE_AS_LOWER || column->as == INTAKE_AS_UPPER;
    int number = column->as == INTAKE_AS_DECIMAL || column->as == INTAKE_AS_MINOR;
    int time = column->as == INTAKE_AS_DATE || column->as == INTAKE_AS_SECONDS || column->as == INTAKE_AS_MS;
    if (column->as && (is_time(column->target) ? !time : is_number(column->target) ? !number : !text))
        return bad(ctx, at, "as", "This target is not written that way.");
    if (column->format.len && !is_time(column->target)) return bad(ctx, at, "format", "Only a date has a format.");
    return MX_OK;
}

static mx_status check_column(struct mx_ctx *ctx, const struct intake_mapping_put *put, uint32_t at) {
    const struct intake_column *column = mx_list_at(&put->columns, at);
    uint32_t i;
    if (!is_target(put->kind, column->target)) return bad(ctx, at, "target", "There is no such target for what this mapping takes in.");
    if ((column->from.len > 0) == (column->value.len > 0))
        return bad(ctx, at, "from", "Say where it comes from, or give one value for all rows: one of the two.");
    for (i = 0; i < at; i++)
        if (mx_str_eq(((const struct intake_column *)mx_list_at(&put->columns, i))->target, column->target))
            return bad(ctx, at, "target", "This target stands in the mapping twice.");
    return check_as(ctx, column, at);
}

static int has_target(const struct intake_mapping_put *put, const char *target) {
    uint32_t i;
    for (i = 0; i < put->columns.count; i++)
        if (mx_str_is(((const struct intake_column *)mx_list_at(&put->columns, i))->target, target)) return 1;
    return 0;
}

static mx_status check(struct mx_ctx *ctx, const struct intake_mapping_put *put) {
    const char *const *needs = put->kind == INTAKE_ORDERS ? order_needs : put->kind == INTAKE_PRODUCTS ? product_needs : customer_needs;
    uint32_t i;
    mx_status st = intake_may(ctx, put->kind, "kind");
    if (!is_code(put->name)) return mx_fail(ctx, MX_E_BAD_INPUT, "name", "A name has the letters a-z, digits, _ and -.");
    if (!is_code(put->channel)) return mx_fail(ctx, MX_E_BAD_INPUT, "channel", "A channel has the letters a-z, digits, _ and -.");
    for (i = 0; st == MX_OK && i < put->columns.count; i++) st = check_column(ctx, put, i);
    if (st != MX_OK) return st;
    for (i = 0; needs[i]; i++)
        if (!has_target(put, needs[i])) return mx_fail(ctx, MX_E_MISSING_FIELD, "columns", "The mapping needs a column for %s.", needs[i]);
    if (put->lines.len && (put->kind != INTAKE_ORDERS || put->format != INTAKE_JSON))
        return mx_fail(ctx, MX_E_BAD_INPUT, "lines", "Only orders in JSON have an array of lines.");
    return MX_OK;
}

static void show(const struct intake_mapping *mapping, struct intake_mapping_put *view) {
    view->name = mapping->name;
    view->channel = mapping->channel;
    view->kind = mapping->kind;
    view->format = mapping->format;
    view->columns = mapping->columns;
    view->lines = mapping->lines;
    view->location = mapping->location;
}

static void answer(struct mx_ctx *ctx, const struct intake_mapping *mapping, struct intake_mapping_one *one) {
    one->mapping = mx_alloc(ctx, sizeof(*one->mapping));
    show(mapping, one->mapping);
}

/* Who was let in with customers was not let in with prices. */
static void forget_secrets(struct intake_mapping *mapping) {
    mapping->secret = mapping->before = mx_str_n(NULL, 0);
    mapping->before_until = 0;
}

static mx_status put_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct intake_mapping_put *put = in;
    struct intake_mapping mapping = {.name = put->name}, *stored = NULL;
    mx_status st = check(ctx, put);
    if (st == MX_OK) st = mx_get(ctx, &intake_mappings, &mapping, &stored);
    if (st < 0) return st;
    if (stored && (st = intake_may(ctx, stored->kind, "name")) != MX_OK) return st;
    if (stored) mapping = *stored;
    if (mapping.kind != put->kind) forget_secrets(&mapping);
    mapping.name = put->name;
    mapping.channel = put->channel;
    mapping.kind = put->kind;
    mapping.format = put->format;
    mapping.columns = put->columns;
    mapping.lines = put->lines;
    mapping.location = put->location;
    mapping.rec.has = UINT64_MAX;
    st = mx_put(ctx, &intake_mappings, &mapping);
    if (st == MX_OK) answer(ctx, &mapping, out);
    return st;
}

static mx_status get_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct intake_mapping *mapping = NULL;
    mx_status st = intake_mapping_get(ctx, ((const struct intake_mapping_ask *)in)->name, "name", &mapping);
    if (st == MX_OK) answer(ctx, mapping, out);
    return st;
}

static mx_status list_handler(struct mx_ctx *ctx, const void *in, void *out) {
    struct intake_mapping_list *list = out;
    struct intake_mapping *mapping = NULL;
    struct mx_scan *scan = NULL;
    uint32_t count = 0;
    mx_status st = mx_scan_open(ctx, &intake_mappings, NULL, NULL, &scan);
    (void)in;
    list->mappings = mx_list_new(ctx, 500, sizeof(struct intake_mapping_put));
    while (st == MX_OK && count < 500 && (st = mx_scan_next(ctx, scan, &mapping)) == MX_OK)
        show(mapping, mx_list_at(&list->mappings, count++));
    list->mappings.count = count;
    return st == MX_DONE ? MX_OK : st;
}

static struct mx_str secret_text(struct mx_ctx *ctx, const uint8_t random[SECRET_BYTES + 1]) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = mx_alloc(ctx, 80);
    uint32_t i, len = 0;
    memcpy(text, "whsec_", 6);
    for (i = 0; i < SECRET_BYTES + 1; i += 3) {
        uint32_t bits = (uint32_t)random[i] << 16 | (uint32_t)random[i + 1] << 8 | random[i + 2];
        text[6 + len++] = letters[bits >> 18];
        text[6 + len++] = letters[bits >> 12 & 63];
        text[6 + len++] = letters[bits >> 6 & 63];
        text[6 + len++] = letters[bits & 63];
    }
    text[6 + len - 1] = '='; /* 32 bytes: the last group has two */
    return mx_str_n(text, 6 + len);
}

/* A new secret each time. The one before holds a while longer, so that no message is lost until the channel has the new one. */
static mx_status secret_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct intake_secret_ask *ask = in;
    int64_t hours = MX_HAS(intake_secret_ask, ask, hours) ? ask->hours : INTAKE_SECRET_HOURS;
    struct intake_secret_shown *shown = out;
    struct intake_mapping *mapping = NULL;
    uint8_t random[SECRET_BYTES + 1] = {0};
    mx_status st = intake_mapping_get(ctx, ask->name, "name", &mapping);
    if (st == MX_OK) st = intake_may(ctx, mapping->kind, "name"); /* whoever has the secret changes what is for sale */
    if (st != MX_OK) return st;
    mx_random(ctx, random, SECRET_BYTES);
    mapping->before = hours ? mapping->secret : mx_str_n(NULL, 0);
    mapping->before_until = mapping->before.len ? ctx->expiry_ms + hours * 3600000 : 0;
    mapping->secret = mx_seal(ctx, mx_str_n((const char *)random, SECRET_BYTES), mapping->name);
    mapping->rec.has = UINT64_MAX;
    shown->name = mapping->name;
    shown->text = secret_text(ctx, random);
    shown->before_until = mapping->before_until;
    return mx_put(ctx, &intake_mappings, mapping);
}

const struct mx_op intake_mapping_put_op = INTAKE_OP(0, "intake.mapping.put", "Say what stands where in the files of a channel.",
                                                     INTAKE_MAY_MANAGE, &intake_mapping_put_type, &intake_mapping_one_type, put_handler);
const struct mx_op intake_mapping_get_op = INTAKE_OP(MX_OP_QUERY, "intake.mapping.get", "Show a mapping.", INTAKE_MAY_READ,
                                                     &intake_mapping_ask_type, &intake_mapping_one_type, get_handler);
const struct mx_op intake_mapping_list_op =
    INTAKE_OP(MX_OP_QUERY, "intake.mapping.list", "Show all mappings.", INTAKE_MAY_READ, NULL, &intake_mapping_list_type, list_handler);
const struct mx_op intake_mapping_secret_op =
    INTAKE_OP(MX_OP_QUERY | MX_OP_BURNS, "intake.mapping.secret",
              "Make a new secret for a mapping's webhook and show it, once; the one before holds a day longer.", INTAKE_MAY_MANAGE,
              &intake_secret_ask_type, &intake_secret_shown_type, secret_handler);
