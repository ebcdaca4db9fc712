/* Text into structs, in one pass over the text. */
#include <stdlib.h>

#include "json/internal.h"

/* One object on its way in. */
struct target {
    const struct json_plan *plan;
    const struct json_path *path;
    char *object;
    uint64_t has;
    uint64_t null;
    uint64_t seen[2];           /* bits of the fields met, the second word for "rev" */
    uint32_t next;              /* field expected next: canonical text comes in this order */
    struct json_value *strange; /* members without a field */
    uint32_t strange_count;
};

static int lenient(const struct json_decoder *d) { return (d->mode & JSON_STORE) != 0; }

/* ---- members ---- */

static void keep_strange(struct json_decoder *d, struct target *t, struct mx_str name, int kind, struct mx_str text) {
    struct json_value *value = base_arena_alloc(d->r.arena, sizeof(*value));
    value->kind = kind;
    value->name = name;
    value->text = text;
    value->next = t->strange;
    t->strange = value;
    t->strange_count++;
}

static mx_status read_strange(struct json_decoder *d, struct target *t, const struct json_path *path) {
    struct base_buf buf;
    mx_status st;
    if (!(d->mode & (JSON_STORE | JSON_ANSWER)))
        return json_refuse(&d->r, path, MX_E_UNKNOWN_FIELD, "is not a field of %s", t->plan->type->name);
    base_buf_init(&buf, d->r.arena);
    st = json_read_canonical(&d->r, path, &buf);
    if (st == MX_OK) keep_strange(d, t, path->name, JSON_RAW, base_buf_view(&buf));
    return st;
}

/* Past the key of the field that is next in order, when it stands here as canonical text writes it: most often so. */
static const struct json_field *take_next(struct json_decoder *d, struct target *t) {
    const struct json_field *field = &t->plan->fields[t->next];
    if (t->next >= t->plan->count || (size_t)(d->r.end - d->r.at) < field->key_len) return NULL;
    if (memcmp(d->r.at, field->key, field->key_len) != 0) return NULL;
    d->r.at += field->key_len;
    json_space(&d->r);
    t->next++;
    return field;
}

static mx_status read_null(struct json_decoder *d, struct target *t, const struct json_field *field, const struct json_path *path) {
    uint64_t bit = UINT64_C(1) << (field->index & 63);
    if (!(field->flags & MX_CLEARABLE)) return json_refuse(&d->r, path, MX_E_WRONG_TYPE, "must not be null");
    memset(t->object + field->offset, 0, field->bytes);
    t->has &= ~bit;
    t->null |= bit;
    return MX_OK;
}

static mx_status read_field(struct json_decoder *d, struct target *t, const struct json_field *field, const struct json_path *path) {
    uint64_t bit = UINT64_C(1) << (field->index & 63), *seen = &t->seen[field->index >> 6];
    struct mx_str word = {NULL, 0};
    mx_status st;
    if (*seen & bit) return json_refuse(&d->r, path, MX_E_DOUBLED_FIELD, "is given twice");
    *seen |= bit;
    if ((field->flags & MX_READONLY) && !(d->mode & (JSON_STORE | JSON_ANSWER)))
        return json_refuse(&d->r, path, MX_E_UNKNOWN_FIELD, "is set by the shop and cannot be given");
    if (json_peek(&d->r) == 'n' && field->kind != MX_KIND_JSON && json_read_word(&d->r, "null")) return read_null(d, t, field, path);
    st = json_read_value(d, field, path, t->object + field->offset, &word);
    if (st || field->index == JSON_REV_INDEX) return st;
    t->null &= ~bit;
    t->has |= bit;
    if (word.ptr == NULL) return MX_OK;
    t->has &= ~bit; /* a word that the ENUM does not know is kept like an unknown member */
    keep_strange(d, t, path->name, JSON_STRING, word);
    return MX_OK;
}

static mx_status read_member(struct json_decoder *d, struct target *t) {
    struct json_path at = {t->path, {NULL, 0}, -1};
    const struct json_field *field = take_next(d, t);
    mx_status st;
    if (field) {
        at.name = mx_str_n(field->name, field->name_len);
    } else {
        if ((st = json_read_name(&d->r, &at.name))) return st;
        field = json_field_find(t->plan, at.name);
        if (field) t->next = (uint32_t)(field - t->plan->fields) + 1;
    }
    if (field == NULL || (field->index == JSON_REV_INDEX && !(d->mode & (JSON_STORE | JSON_ANSWER)))) return read_strange(d, t, &at);
    return read_field(d, t, field, &at);
}

/* ---- objects ---- */

static mx_status refuse_missing(struct json_decoder *d, const struct target *t, uint64_t missing) {
    const struct mx_field *field = mx_type_field(t->plan->type, (uint32_t)__builtin_ctzll(missing));
    struct json_path at = {t->path, mx_str_of(field->name), -1};
    return json_refuse(&d->r, &at, MX_E_MISSING_FIELD, "is required");
}

/* Members already in `extra` that the text did not bring anew. */
static mx_status add_earlier(struct json_decoder *d, struct target *t, struct mx_str extra) {
    struct json_cursor c;
    for (json_cursor_open(&c, extra); c.at < c.end; json_cursor_next(&c)) {
        struct json_value *other;
        struct json_reader r;
        struct mx_str name;
        mx_status st;
        json_reader_init(&r, d->r.arena, c.key, d->r.err);
        if ((st = json_read_string(&r, &name))) return st;
        for (other = t->strange; other && !mx_str_eq(other->name, name); other = other->next) continue;
        if (other == NULL) keep_strange(d, t, name, JSON_RAW, c.value);
    }
    return MX_OK;
}

static int by_name(const void *a, const void *b) {
    const struct json_value *const *left = a, *const *right = b;
    return mx_str_cmp((*left)->name, (*right)->name);
}

/* The unknown members in order; *doubled is one that stands there twice. */
static struct json_value **sort_strange(struct json_decoder *d, const struct target *t, const struct json_value **doubled) {
    struct json_value **all = base_arena_grab(d->r.arena, t->strange_count * sizeof(*all)), *value = t->strange;
    uint32_t i;
    for (i = 0; i < t->strange_count; i++, value = value->next) all[i] = value;
    qsort(all, t->strange_count, sizeof(*all), by_name);
    *doubled = NULL;
    for (i = 1; i < t->strange_count; i++) {
        if (mx_str_eq(all[i - 1]->name, all[i]->name)) *doubled = all[i];
    }
    return all;
}

static struct mx_str strange_text(struct json_decoder *d, struct json_value *const *all, uint32_t count) {
    struct base_buf buf;
    uint32_t i;
    base_buf_init(&buf, d->r.arena);
    for (i = 0; i < count; i++) {
        json_put_char(&buf, i ? ',' : '{');
        json_quote(&buf, all[i]->name);
        json_put_char(&buf, ':');
        json_write_value(&buf, all[i]);
    }
    json_put_char(&buf, '}');
    return base_buf_view(&buf);
}

static mx_status settle_strange(struct json_decoder *d, struct target *t) {
    const struct json_value *doubled;
    struct json_value **all = sort_strange(d, t, &doubled);
    struct mx_str extra;
    mx_status st;
    if (doubled) {
        struct json_path at = {t->path, doubled->name, -1};
        return json_refuse(&d->r, &at, MX_E_DOUBLED_FIELD, "is given twice");
    }
    if (t->plan->extra_offset == MX_NO_OFFSET || !lenient(d)) return MX_OK;
    extra = json_get_str(t->object, t->plan->extra_offset);
    if (extra.len) {
        if ((st = add_earlier(d, t, extra))) return st;
        all = sort_strange(d, t, &doubled);
    }
    extra = strange_text(d, all, t->strange_count);
    memcpy(t->object + t->plan->extra_offset, &extra, sizeof(extra));
    return MX_OK;
}

static mx_status check_required(struct json_decoder *d, const struct target *t, uint32_t mode) {
    uint64_t required = mode & JSON_ANSWER ? t->plan->required : t->plan->required_input;
    uint64_t missing = required & ~t->seen[0];
    if (missing == 0 || (mode & (JSON_STORE | JSON_MERGE))) return MX_OK;
    return refuse_missing(d, t, missing);
}

/* mode: that of the call, without JSON_MERGE below the top. The reader stands on "{". */
mx_status json_read_object(struct json_decoder *d, const struct json_plan *plan, const struct json_path *path, uint32_t mode,
                           void *object) {
    struct target t = {plan, path, object, 0, 0, {0, 0}, 0, NULL, 0};
    mx_status st;
    int more = 1;
    if (plan->has_offset != MX_NO_OFFSET) t.has = json_mask_get(object, plan->has_offset);
    if (plan->null_offset != MX_NO_OFFSET) t.null = json_mask_get(object, plan->null_offset);
    if ((st = json_enter(&d->r))) return st;
    if (json_peek(&d->r) == '}') {
        d->r.at++;
        more = 0;
    }
    while (more) {
        if ((st = read_member(d, &t))) return st;
        if ((st = json_read_next(&d->r, '}', &more))) return st;
    }
    json_leave(&d->r);
    if ((st = check_required(d, &t, mode))) return st;
    if (t.strange && (st = settle_strange(d, &t))) return st;
    if (plan->has_offset != MX_NO_OFFSET) json_mask_put(object, plan->has_offset, t.has);
    if (plan->null_offset != MX_NO_OFFSET) json_mask_put(object, plan->null_offset, t.null);
    return MX_OK;
}

mx_status json_decode(struct base_arena *arena, const struct mx_type *type, struct mx_str text, uint32_t mode, void *object,
                      struct mx_error *err) {
    const struct json_plan *plan = json_plan_of(type, err);
    struct json_decoder d;
    mx_status st;
    if (plan == NULL) return MX_E_INTERNAL;
    json_reader_init(&d.r, arena, text, err);
    d.mode = mode;
    if (!(mode & JSON_MERGE)) memset(object, 0, plan->struct_size);
    if ((st = json_read_begin(&d.r))) return st;
    if (json_peek(&d.r) != '{') return base_fail(err, MX_E_BAD_INPUT, NULL, "the text is not a JSON object");
    if ((st = json_read_object(&d, plan, NULL, mode, object))) return st;
    return json_read_end(&d.r);
}
