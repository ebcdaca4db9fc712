/* Everything about one customer, for herself or for whoever was allowed to ask: asked for in a command, which a second person may have
 * to approve, and fetched by a query that nobody at a till waits for. Whether all of it arrived nobody here can know, so the first fetch
 * does not end the export at once: a download that broke may be repeated for a few minutes, and then it is gone. */
#include "duties.h"

static const struct mx_index export_indexes[] = {{"until", "until", 0}};

const struct mx_table privacy_exports = {
    .size = sizeof(struct mx_table),
    .name = "privacy.export",
    .doc = "exports that were asked for and may be fetched",
    .type = &privacy_export_type,
    .key = "id",
    .indexes = export_indexes,
    .index_count = sizeof(export_indexes) / sizeof(export_indexes[0]),
    .index_size = sizeof(export_indexes[0]),
};

/* What nobody may fetch any more is of no use. */
static mx_status drop_old(struct mx_ctx *ctx) {
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "until"};
    struct privacy_export *old = NULL;
    struct mx_scan *scan = NULL;
    int left = 20;
    mx_status st = mx_scan_open(ctx, &privacy_exports, &opts, NULL, &scan);
    while (st == MX_OK && left-- > 0 && (st = mx_scan_next(ctx, scan, &old)) == MX_OK && old->until < ctx->expiry_ms)
        st = mx_delete(ctx, &privacy_exports, old);
    return st == MX_DONE ? MX_OK : st;
}

static mx_status ask_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_member_ask *ask = in;
    struct privacy_export export = {.member = ask->member, .by = ctx->identity->principal(ctx), .at = ctx->now_ms};
    struct privacy_export_asked *asked = out;
    struct mx_member_facts facts = {0};
    struct mx_list members;
    mx_status st = privacy_set_of(ctx, ask->member, &members, &facts);
    if (st == MX_OK && facts.id.len == 0) return mx_fail(ctx, MX_E_NOT_FOUND, "member", "There is no such member.");
    if (st == MX_OK && facts.erased)
        return mx_refuse(ctx, "member_erased", "member", "This customer was forgotten; what the books still say means nobody.");
    if (st == MX_OK) st = privacy_meant(ctx, facts.person, "privacy.export");
    if (st == MX_OK) st = drop_old(ctx);
    if (st == MX_OK) st = mx_new_id(ctx, "exp", &export.id);
    if (st != MX_OK) return st;
    export.until = ctx->expiry_ms + PRIVACY_EXPORT_KEEP_MS;
    export.rec.has = UINT64_MAX;
    asked->id = export.id;
    asked->until = export.until;
    return mx_put(ctx, &privacy_exports, &export);
}

/* ---- gathering ---- */

struct text {
    struct mx_ctx *ctx;
    char *bytes;
    size_t len, room;
};

static void add(struct text *text, struct mx_str more) {
    if (text->len + more.len > text->room) {
        size_t room = (text->len + more.len) * 2 + 1024;
        char *bytes = mx_alloc(text->ctx, room);
        if (text->len) memcpy(bytes, text->bytes, text->len);
        text->bytes = bytes;
        text->room = room;
    }
    if (more.len) memcpy(text->bytes + text->len, more.ptr, more.len);
    text->len += more.len;
}

/* Names of plugins' making and ids need no escaping; anything else would be refused by the reader of the whole. */
static void add_member(struct text *text, struct mx_str name, struct mx_str json) {
    add(text, mx_str_of(text->len > 1 ? ",\"" : "\""));
    add(text, name);
    add(text, mx_str_of("\":"));
    add(text, json.len ? json : mx_str_of("null"));
}

struct parts {
    struct text text;
    struct mx_list *more;
};

static mx_status collect(void *arg, const char *plugin, const void *answer) {
    const struct mx_section *section = answer;
    struct parts *parts = arg;
    (void)plugin;
    add_member(&parts->text, section->name, section->data);
    if (section->more && parts->more->count < PRIVACY_SECTIONS_MAX)
        ((struct mx_str *)parts->more->items)[parts->more->count++] = mx_dup(parts->text.ctx, section->name);
    return MX_OK;
}

static mx_status gather_sections(struct mx_ctx *ctx, const struct mx_member_facts *facts, struct privacy_exported *all) {
    struct mx_section_ask ask = {.member = facts->id, .members = all->members, .person = facts->person, .whole = 1};
    struct parts parts = {{.ctx = ctx}, &all->more};
    mx_status st;
    all->more = mx_list_new(ctx, PRIVACY_SECTIONS_MAX, sizeof(struct mx_str));
    all->more.count = 0;
    add(&parts.text, mx_str_of("{"));
    st = mx_ask_all(ctx, &mx_point_section, &ask, collect, &parts);
    add(&parts.text, mx_str_of("}"));
    all->sections = mx_str_n(parts.text.bytes, parts.text.len);
    return st == MX_DECLINED ? MX_OK : st;
}

static mx_status gather_persons(struct mx_ctx *ctx, struct mx_str person, struct mx_str *json) {
    struct text text = {.ctx = ctx};
    struct mx_list persons;
    uint32_t i;
    mx_status st = ctx->identity->person_set(ctx, person, &persons);
    add(&text, mx_str_of("{"));
    for (i = 0; st == MX_OK && i < persons.count; i++) {
        struct mx_str records = {NULL, 0};
        st = ctx->identity->person_export(ctx, mx_list_str(&persons, i), &records);
        if (st == MX_OK) add_member(&text, mx_list_str(&persons, i), records);
    }
    add(&text, mx_str_of("}"));
    *json = mx_str_n(text.bytes, text.len);
    return st;
}

/* ---- handing out ---- */

static mx_status export_of(struct mx_ctx *ctx, struct mx_str id, struct privacy_export **export) {
    struct privacy_export probe = {.id = id};
    mx_status st = mx_get(ctx, &privacy_exports, &probe, export);
    if (st == MX_NONE || (st == MX_OK && ((*export)->until < ctx->expiry_ms || !mx_str_eq((*export)->by, ctx->identity->principal(ctx)))))
        return mx_fail(ctx, MX_E_NOT_FOUND, "id", "No export of yours by this id can be fetched; ask for it anew.");
    return st == MX_OK ? mx_own(ctx, (*export)->member) : st;
}

static mx_status known(struct mx_ctx *ctx, struct mx_str member, struct mx_list *members, struct mx_member_facts *facts) {
    mx_status st = privacy_set_of(ctx, member, members, facts);
    if (st == MX_OK && (facts->id.len == 0 || facts->erased)) return mx_fail(ctx, MX_E_NOT_FOUND, "id", "This member is no longer known.");
    return st;
}

static mx_status gather(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_export_fetch *ask = in;
    struct privacy_exported *all = mx_alloc(ctx, sizeof(*all));
    struct privacy_export *export = NULL;
    struct mx_member_facts facts = {0};
    mx_status st = export_of(ctx, ask->id, &export);
    (void)out;
    if (st == MX_OK) st = known(ctx, export->member, &all->members, &facts);
    if (st != MX_OK) return st;
    all->member = facts.id;
    all->at = ctx->now_ms;
    st = gather_sections(ctx, &facts, all);
    if (st == MX_OK) st = gather_persons(ctx, facts.person, &all->persons);
    mx_keep(ctx, all);
    return st;
}

static int is_one(const struct mx_list *members, const struct mx_list *others) {
    uint32_t i = 0;
    while (i < members->count && i < others->count && mx_str_eq(mx_list_str(members, i), mx_list_str(others, i))) i++;
    return i == members->count && i == others->count;
}

/* Looked at again: since it was gathered she may have been forgotten, or it may have turned out that she was two. */
static mx_status fetch_handler(struct mx_ctx *ctx, const void *in, void *out) {
    const struct privacy_export_fetch *ask = in;
    const struct privacy_exported *gathered = mx_kept(ctx);
    struct privacy_exported *all = out;
    struct privacy_export *export = NULL;
    struct mx_member_facts facts = {0};
    struct mx_list members;
    mx_status st = export_of(ctx, ask->id, &export);
    if (st == MX_OK) st = known(ctx, export->member, &members, &facts);
    if (st != MX_OK) return st;
    if (!ctx->identity->customer(ctx).len && !mx_allowed(ctx, "pii.read"))
        return mx_fail(ctx, MX_E_FORBIDDEN, NULL,
                       "An export shows personal data in clear: your role needs the permission \"pii.read\" for it.");
    if (!is_one(&members, &gathered->members))
        return mx_fail(ctx, MX_E_CONFLICT, "id", "Who this customer is was changed while this was gathered; fetch it again.");
    if (export->until > ctx->expiry_ms + PRIVACY_EXPORT_AGAIN_MS) {
        export->until = ctx->expiry_ms + PRIVACY_EXPORT_AGAIN_MS;
        st = mx_put(ctx, &privacy_exports, export);
    }
    *all = *gathered;
    all->until = export->until;
    return st;
}

const struct mx_op privacy_export_ask_op = {
    .size = sizeof(struct mx_op),
    .name = "privacy.export.ask",
    .doc = "Ask for everything that is kept about one customer; it may be fetched within an hour by whoever asked.",
    .permission = "privacy.export",
    .in = &mx_member_ask_type,
    .out = &privacy_export_asked_type,
    .handler = ask_handler,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = "member",
};

const struct mx_op privacy_export_fetch_op = {
    .size = sizeof(struct mx_op),
    .flags = MX_OP_QUERY | MX_OP_HEAVY | MX_OP_BURNS,
    .name = "privacy.export.fetch",
    .doc = "Everything that is kept about one customer, as JSON. Ten minutes after it was first handed out it is gone: so long a download "
           "that broke may be repeated.",
    .permission = "privacy.export",
    .in = &privacy_export_fetch_type,
    .out = &privacy_exported_type,
    .handler = fetch_handler,
    .prepare = gather,
    .home = MX_HOME_HEADQUARTERS,
    .since = "0.4",
    .own = MX_OWN_HANDLER,
};
