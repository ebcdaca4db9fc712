/* tag{...}: who holds it. Its function says yes and why; a path needs no function. */
#include "script/tag.h"

static void check_code(const struct script_declaration *decl) {
    struct mx_str id = decl->rule->id;
    uint32_t i;
    if (id.len > 32) script_complain(&decl->reader, "the code of a tag has at most 32 characters");
    for (i = 0; i < id.len; i++) {
        char c = id.ptr[i];
        if ((c >= 'A' && c <= 'Z') || c == '.') script_complain(&decl->reader, "the code of a tag has letters a-z, digits, _ and -");
    }
}

static void read_step(const struct script_declaration *decl, const struct script_reader *list, struct script_path *path, uint32_t i) {
    static const char shape[] = "a step of a path is written like \"page:sunscreen\"";
    lua_State *L = list->L;
    const char *text;
    size_t len;
    if (lua_rawgeti(L, list->table, (lua_Integer)i + 1) != LUA_TSTRING) script_complain(list, "%s", shape);
    text = lua_tolstring(L, -1, &len);
    if (len < 1 || len > SCRIPT_STEP_MAX || text[0] == ':' || !memchr(text, ':', len)) script_complain(list, "%s", shape);
    path->steps[i] = base_arena_dup(decl->arena, mx_str_n(text, len));
    lua_pop(L, 1);
}

static void read_path(struct script_declaration *decl, struct script_path *path) {
    struct script_inner inner;
    int64_t minutes = 0;
    uint32_t i;
    path->days = SCRIPT_PATH_DAYS;
    if (script_enter(&decl->reader, "path", "{\"page:sunscreen\", \"page:primer\"}", &inner)) {
        path->count = script_list_count(&inner.reader, NULL, 1, SCRIPT_STEPS_MAX);
        for (i = 0; i < path->count; i++) read_step(decl, &inner.reader, path, i);
        lua_pop(decl->reader.L, 1);
    }
    if (script_read_int(&decl->reader, "within_minutes", 1, 24 * 60, &minutes)) path->within_ms = minutes * 60000;
    (void)script_read_int(&decl->reader, "min_dwell_ms", 1, SCRIPT_DAY_MS, &path->dwell_ms);
    (void)script_read_int(&decl->reader, "days", 1, SCRIPT_DAYS_MAX, &path->days);
    if (path->count == 0 && (path->within_ms || path->dwell_ms || script_read_has(&decl->reader, "days")))
        script_complain(&decl->reader, "within_minutes, min_dwell_ms and days belong to a path, and there is none");
}

void script_tag_read(struct script_declaration *decl, struct mx_str head) {
    static const char *const known[] = {"code", "name", "purpose", "when", "path", "within_minutes", "min_dwell_ms", "days", NULL};
    struct script_tag *tag = base_arena_alloc(decl->arena, sizeof(*tag));
    (void)head;
    script_read_known(&decl->reader, known);
    check_code(decl);
    tag->purpose = mx_str_of(SCRIPT_TAG_PURPOSE);
    if (script_read_text(&decl->reader, "purpose", 32, &tag->purpose)) tag->purpose = base_arena_dup(decl->arena, tag->purpose);
    read_path(decl, &tag->path);
    if (!script_rule_has(decl->rule, SCRIPT_FN_WHEN) && tag->path.count == 0)
        script_complain(&decl->reader, "when is missing: a function that says who holds it, like when = function(customer) ... end;"
                                       " or path, like path = {\"page:sunscreen\", \"page:primer\"}");
    script_read_name(decl);
    decl->rule->own = tag;
}
