/* Articles of a file: each is made, or the fields that the row names are changed; the others keep their values. */
#include <stdio.h>

#include "internal.h"

#define NAMES_MAX 32
#define LISTED    32 /* tags, barcodes */
#define ADDED     2  /* to what the product has already: a barcode of the row */

/* ---- what the row says ---- */

static void add_name(struct intake_row *row, struct mx_list *names, struct mx_str language, struct mx_str text) {
    struct mx_pair *pair;
    uint32_t i;
    for (i = 0; i < names->count; i++) {
        pair = mx_list_at(names, i);
        if (!mx_str_eq(pair->key, language)) continue;
        pair->value = text;
        return;
    }
    if (names->count == NAMES_MAX) {
        intake_wrong(row, NULL, "The article has too many names.");
        return;
    }
    pair = (struct mx_pair *)names->items + names->count++;
    pair->key = language;
    pair->value = text;
}

/* The names that the product has, with those of the row in their place. */
static void read_names(struct intake_row *row, const struct mx_product *known, struct mx_product_put *put) {
    struct mx_list names = mx_list_new(row->ctx, NAMES_MAX, sizeof(struct mx_pair));
    uint32_t i, given = 0;
    names.count = 0;
    for (i = 0; known && i < known->name.count; i++) {
        const struct mx_pair *pair = mx_list_at(&known->name, i);
        add_name(row, &names, pair->key, pair->value);
    }
    for (i = 0; i < row->mapping->columns.count; i++) {
        const struct intake_column *column = mx_list_at(&row->mapping->columns, i);
        char target[40];
        struct mx_str text;
        if (column->target.len <= 5 || memcmp(column->target.ptr, "name.", 5) != 0) continue;
        snprintf(target, sizeof(target), "%.*s", (int)column->target.len, column->target.ptr);
        if (!intake_text(row, target, 200, &text)) continue;
        add_name(row, &names, mx_str_n(column->target.ptr + 5, column->target.len - 5), text);
        given = 1;
    }
    put->name = names;
    if (given) MX_SET_HAS(mx_product_put, put, name);
}

static int is_in(const struct mx_list *list, struct mx_str text) {
    uint32_t i;
    for (i = 0; i < list->count; i++)
        if (mx_str_eq(mx_list_str(list, i), text)) return 1;
    return 0;
}

/* A barcode comes to those that the product has: labels that are printed stay good. */
static void read_barcode(struct intake_row *row, const struct mx_product *known, struct mx_product_put *put) {
    struct mx_list all = mx_list_new(row->ctx, LISTED + ADDED, sizeof(struct mx_str));
    struct mx_str text;
    all.count = 0;
    if (known) {
        all.count = known->barcodes.count;
        if (all.count) memcpy(all.items, known->barcodes.items, all.count * sizeof(struct mx_str));
    }
    put->barcodes = all;
    if (!intake_text(row, "barcode", 48, &text)) return;
    if (!is_in(&all, text)) {
        if (all.count == LISTED) {
            intake_wrong(row, "barcode", "The article has too many barcodes.");
            return;
        }
        ((struct mx_str *)put->barcodes.items)[put->barcodes.count++] = text;
    }
    MX_SET_HAS(mx_product_put, put, barcodes);
}

/* "tea; gift": what stands between semicolons, without the blanks around it. */
static void read_tags(struct intake_row *row, struct mx_product_put *put) {
    struct mx_list tags = mx_list_new(row->ctx, LISTED, sizeof(struct mx_str));
    struct mx_str text;
    uint32_t at = 0;
    tags.count = 0;
    if (!intake_text(row, "tags", INTAKE_TEXT_MAX, &text)) return;
    while (at < text.len) {
        struct mx_str tag = mx_str_n(text.ptr + at, 0);
        while (at < text.len && text.ptr[at] != ';') at++, tag.len++;
        at++;
        while (tag.len && *tag.ptr == ' ') tag.ptr++, tag.len--;
        while (tag.len && tag.ptr[tag.len - 1] == ' ') tag.len--;
        if (tag.len == 0 || is_in(&tags, tag)) continue;
        if (tags.count == LISTED) {
            intake_wrong(row, "tags", "The article has too many tags.");
            return;
        }
        ((struct mx_str *)tags.items)[tags.count++] = tag;
    }
    put->tags = tags;
    MX_SET_HAS(mx_product_put, put, tags);
}

static void read_words(struct intake_row *row, struct mx_product_put *put) {
    static const char *const yes[] = {"yes", "true", "1", NULL}, *const no[] = {"no", "false", "0", NULL};
    struct mx_str text;
    int32_t i;
    if (intake_text(row, "unit", 16, &text)) {
        for (i = 0; mx_unit_words[i]; i++)
            if (mx_str_is(text, mx_unit_words[i])) put->unit = i + 1;
        if (!put->unit) intake_wrong(row, "unit", "A unit is piece or kg.");
        MX_SET_HAS(mx_product_put, put, unit);
    }
    if (!intake_text(row, "stocked", 16, &text)) return;
    put->stocked = 2;
    for (i = 0; yes[i]; i++) {
        if (mx_str_is(text, yes[i])) put->stocked = 1;
        if (mx_str_is(text, no[i])) put->stocked = 0;
    }
    if (put->stocked == 2) intake_wrong(row, "stocked", "Whether stock is counted is said with yes or no.");
    MX_SET_HAS(mx_product_put, put, stocked);
}

static void read_numbers(struct intake_row *row, struct mx_product_put *put) {
    if (intake_number(row, "price", mx_shop_of(row->ctx)->digits, &put->price)) {
        MX_SET_HAS(mx_product_put, put, price);
        if (put->price < 0) intake_wrong(row, "price", "A price is not below 0.");
    }
    if (!intake_number(row, "tax", 6, &put->tax_ppm)) return;
    MX_SET_HAS(mx_product_put, put, tax_ppm);
    if (put->tax_ppm < 0 || put->tax_ppm > MX_PPM_ONE) intake_wrong(row, "tax", "A tax rate is between 0 and 1.");
}

/* known: NULL for an article that is new to the shop, or that begins anew. */
static void read_product(struct intake_row *row, const struct mx_product *known, struct mx_product_put *put) {
    MX_SET_HAS(mx_product_put, put, sku);
    read_names(row, known, put);
    read_numbers(row, put);
    if (intake_text(row, "category", MX_CODE_MAX, &put->category)) MX_SET_HAS(mx_product_put, put, category);
    if (intake_text(row, "brand", MX_CODE_MAX, &put->brand)) MX_SET_HAS(mx_product_put, put, brand);
    read_barcode(row, known, put);
    read_tags(row, put);
    read_words(row, put);
    if (known || row->failed) return;
    if (!MX_HAS(mx_product_put, put, name))
        intake_wrong(row, "name", "A new article needs a name.");
    else if (!MX_HAS(mx_product_put, put, price))
        intake_wrong(row, "price", "A new article needs a price.");
}

/* ---- what becomes of it ---- */

/* An article that an undo took off sale begins anew: nothing of the withdrawn file is left in it. */
static void begin_anew(struct mx_product_put *put) {
    if (!MX_HAS(mx_product_put, put, unit)) put->unit = MX_UNIT_PIECE;
    if (!MX_HAS(mx_product_put, put, stocked)) put->stocked = 1;
    put->state = MX_PRODUCT_ACTIVE;
    MX_SET_HAS(mx_product_put, put, unit);
    MX_SET_HAS(mx_product_put, put, stocked);
    MX_SET_HAS(mx_product_put, put, state);
    MX_SET_HAS(mx_product_put, put, category);
    MX_SET_HAS(mx_product_put, put, brand);
    MX_SET_HAS(mx_product_put, put, barcodes);
    MX_SET_HAS(mx_product_put, put, tags);
    MX_SET_HAS(mx_product_put, put, tax_ppm);
}

static mx_status as_text(struct mx_ctx *ctx, const struct mx_product_put *put, const struct mx_product *known, struct mx_str *text) {
    struct mx_product after = *known;
#define TAKE(member)                                                                                                                       \
    if (MX_HAS(mx_product_put, put, member)) after.member = put->member
    TAKE(name);
    TAKE(price);
    TAKE(unit);
    TAKE(category);
    TAKE(tags);
    TAKE(barcodes);
    TAKE(tax_ppm);
    TAKE(stocked);
    TAKE(brand);
#undef TAKE
    return ctx->op->encode(ctx, &mx_product_type, &after, text);
}

/* The target from which a field of the product comes. */
static void blame(struct intake_row *row, struct mx_str field, struct mx_str why) {
    static const struct { const char *field, *target; } places[] = {{"barcodes", "barcode"}, {"tags", "tags"}, {"tax_ppm", "tax"}};
    char target[40];
    size_t i;
    snprintf(target, sizeof(target), "%.*s", (int)field.len, field.len ? field.ptr : "");
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (strncmp(target, places[i].field, strlen(places[i].field)) == 0) snprintf(target, sizeof(target), "%s", places[i].target);
    intake_wrong(row, target[0] ? target : NULL, mx_dup(row->ctx, why).ptr);
}

static mx_status check(struct intake_row *row, const struct mx_product_put *put) {
    mx_status st;
    if (row->failed) return row->st;
    st = mx_call(row->ctx, &mx_product_check_use, put, NULL);
    if (st == MX_OK || st == MX_DECLINED || intake_passes(st)) return st;
    blame(row, mx_dup(row->ctx, mx_problem_field(row->ctx)), mx_dup(row->ctx, mx_problem(row->ctx)));
    return row->st;
}

static mx_status put_product(struct intake_row *row, const struct mx_product_put *put, struct intake_made *made) {
    struct mx_product_one one = {NULL};
    mx_status st = intake_tread(row->ctx, row->run->id, row->part, row->line);
    if (st == MX_OK) st = intake_trod(row->ctx, mx_call(row->ctx, &mx_product_put_use, put, &one));
    if (st != MX_OK) return st;
    made->id = put->sku;
    made->product_rev = one.product->rev;
    return intake_make(row->ctx, row->run, made);
}

/* rev: the revision that the product stands for. */
static mx_status take(struct intake_row *row, struct mx_product_put *put, struct mx_product *known, int64_t rev, int withdrawn) {
    struct intake_made made = {.kind = INTAKE_MADE_PRODUCT};
    struct mx_str after;
    mx_status st;
    if (!known || withdrawn) {
        if (withdrawn) begin_anew(put);
        row->run->fresh++;
        return row->run->dry ? MX_OK : put_product(row, put, &made);
    }
    made.kind = INTAKE_MADE_CHANGE;
    known->rev = rev;
    st = row->ctx->op->encode(row->ctx, &mx_product_type, known, &made.before);
    if (st == MX_OK) st = as_text(row->ctx, put, known, &after);
    if (st != MX_OK) return st;
    if (mx_str_eq(made.before, after)) {
        row->run->same++;
        return MX_OK;
    }
    row->run->changed++;
    return row->run->dry ? MX_OK : put_product(row, put, &made);
}

/* All that the row said, column by column, to see whether it says the same the next time; what it is said of and how it is written belong
 * to it, so that a mapping that was mended reads the same file anew. */
static struct mx_str said(struct intake_row *row) {
    size_t room = 8 + row->mapping->columns.count * (INTAKE_TEXT_MAX + 60u), len = 0;
    char *text = mx_alloc(row->ctx, room), target[40];
    struct mx_str value;
    uint32_t i;
    for (i = 0; i < row->mapping->columns.count; i++) {
        const struct intake_column *column = mx_list_at(&row->mapping->columns, i);
        snprintf(target, sizeof(target), "%.*s", (int)column->target.len, column->target.ptr);
        len += (size_t)snprintf(text + len, room - len, "%s %d ", target, (int)column->as);
        if (intake_text(row, target, INTAKE_TEXT_MAX, &value))
            len += (size_t)snprintf(text + len, room - len, "%.*s", (int)value.len, value.ptr);
        text[len++] = '\n';
    }
    return intake_hash(row->ctx, "product", mx_str_n(text, len));
}

mx_status intake_product_row(struct intake_row *row) {
    struct mx_product_put put = {.has = 0};
    struct intake_entry entry;
    struct mx_product *known = NULL;
    struct mx_str external, hash;
    int64_t rev = 0;
    int withdrawn = 0;
    mx_status st;
    if (!intake_text(row, "sku", MX_SKU_MAX, &put.sku) && !row->failed) intake_wrong(row, "sku", "The row names no article.");
    if (!intake_text(row, "external", 64, &external)) external = put.sku;
    hash = row->failed ? external : said(row);
    if (row->st != MX_OK || row->failed) return row->st;
    st = intake_entry_of(row, INTAKE_PRODUCTS, external, &entry);
    if (st < 0) return st;
    if (st == MX_OK && mx_str_eq(entry.hash, hash)) {
        row->run->same++;
        return MX_OK;
    }
    st = intake_product_get(row->ctx, put.sku, &known, &rev, &withdrawn);
    if (st != MX_OK) return st;
    read_product(row, withdrawn ? NULL : known, &put);
    if (!row->failed) st = check(row, &put);
    if (st == MX_OK && !row->failed) st = take(row, &put, known, rev, withdrawn);
    if (st != MX_OK || row->failed || row->run->dry) return st == MX_OK ? row->st : st;
    entry.hash = hash;
    return intake_entry_put(row, &entry);
}
