/* On what: where and except, and whether a line fits them. */
#include <stdlib.h>

#include "script/sale.h"

static int by_word(const void *a, const void *b) { return mx_str_cmp(*(const struct mx_str *)a, *(const struct mx_str *)b); }

int script_words_read(const struct script_reader *reader, struct base_arena *arena, const char *key, uint32_t max,
                      struct script_words *out) {
    lua_State *L = reader->L;
    lua_Integer i, count = 1;
    int is_list;
    lua_pushstring(L, key);
    if (lua_rawget(L, reader->table) == LUA_TNIL) {
        lua_pop(L, 1);
        return 0;
    }
    is_list = lua_istable(L, -1);
    if (is_list) {
        script_thaw(L, -1);
        count = (lua_Integer)lua_rawlen(L, -1);
        if (count == 0) script_complain(reader, "%s is an empty list", key);
        if (count > SCRIPT_LIST_MAX) script_complain(reader, "%s has more than %d values", key, SCRIPT_LIST_MAX);
    }
    script_charge(L, (size_t)count * SCRIPT_BYTES_A_STEP / 4);
    out->items = base_arena_alloc(arena, (size_t)count * sizeof(*out->items));
    for (i = 1; i <= count; i++) {
        size_t len;
        const char *text;
        if (is_list)
            lua_rawgeti(L, -1, i);
        else
            lua_pushvalue(L, -1);
        if (lua_type(L, -1) != LUA_TSTRING) script_complain(reader, "%s must be a text in quotes or a list of them", key);
        text = lua_tolstring(L, -1, &len);
        if (len == 0 || len > max) script_complain(reader, "%s: every value has 1 to %u bytes", key, max);
        if (!script_text_clean(mx_str_n(text, len))) script_complain(reader, "%s holds bytes that are no readable UTF-8 text", key);
        out->items[i - 1] = base_arena_dup(arena, mx_str_n(text, len));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    out->count = (uint32_t)count;
    qsort(out->items, out->count, sizeof(*out->items), by_word);
    return 1;
}

static void read_filter(const struct script_reader *reader, struct base_arena *arena, const char *key, struct script_filter *out) {
    static const char *const known[] = {"category", "tag", "brand", "sku", "unit", NULL};
    struct script_inner inner;
    struct mx_str unit;
    if (!script_enter(reader, key, "{category = \"tea\"}", &inner)) return;
    script_read_known(&inner.reader, known);
    script_words_read(&inner.reader, arena, "category", MX_CODE_MAX, &out->categories);
    script_words_read(&inner.reader, arena, "tag", MX_CODE_MAX, &out->tags);
    script_words_read(&inner.reader, arena, "brand", MX_CODE_MAX, &out->brands);
    script_words_read(&inner.reader, arena, "sku", MX_SKU_MAX, &out->skus);
    if (script_read_text(&inner.reader, "unit", 16, &unit)) {
        out->unit = mx_str_is(unit, "piece") ? MX_UNIT_PIECE : mx_str_is(unit, "kg") ? MX_UNIT_KG : 0;
        if (out->unit == 0) script_complain(&inner.reader, "unit is \"piece\" or \"kg\"");
    }
    lua_pop(reader->L, 1);
}

static int is_open(const struct script_filter *filter) {
    return !filter->categories.count && !filter->tags.count && !filter->brands.count && !filter->skus.count && !filter->unit;
}

void script_goods_read(const struct script_reader *reader, struct base_arena *arena, struct script_goods *out) {
    read_filter(reader, arena, "where", &out->where);
    read_filter(reader, arena, "except", &out->except);
    if (script_read_has(reader, "except") && is_open(&out->except))
        script_complain(reader, "except names nothing; it looks like except = {sku = \"A\"}");
}

int script_words_has(const struct script_words *words, struct mx_str text) {
    uint32_t low = 0, high = words->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int c = mx_str_cmp(words->items[middle], text);
        if (c == 0) return 1;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

int script_words_has_any(const struct script_words *words, const struct mx_list *texts) {
    uint32_t i;
    for (i = 0; i < texts->count; i++) {
        if (script_words_has(words, mx_list_str(texts, i))) return 1;
    }
    return 0;
}

static int filter_fits(const struct script_filter *filter, const struct mx_cart_line *line) {
    if (filter->unit && filter->unit != line->unit) return 0;
    if (filter->categories.count && !script_words_has(&filter->categories, line->category)) return 0;
    if (filter->brands.count && !script_words_has(&filter->brands, line->brand)) return 0;
    if (filter->skus.count && !script_words_has(&filter->skus, line->sku)) return 0;
    return !filter->tags.count || script_words_has_any(&filter->tags, &line->tags);
}

int script_goods_match(const struct script_goods *goods, const struct mx_cart_line *line) {
    return filter_fits(&goods->where, line) && (is_open(&goods->except) || !filter_fits(&goods->except, line));
}

int script_goods_all(const struct script_goods *goods) { return is_open(&goods->where); }
