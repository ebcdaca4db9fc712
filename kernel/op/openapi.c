/* The API as OpenAPI 3.1, from the declarations. In order of the operations' names, so that the same declarations give the
 * same text. */
#include "op/describe.h"
#include "json/json.h"

#define API_VERSION "0.2"

static const char *const homes[] = {"here", "headquarters", "location"};
static const char *const offlines[] = {"refuse", "queue", "lease"};

struct api {
    struct base_buf *out;
    struct op_parts parts;
    const struct op_listed *list;
    uint32_t count;
};

static const char *word_of(const char *const *words, uint32_t count, int32_t at) {
    return at >= 0 && (uint32_t)at < count ? words[at] : words[0];
}

static int is_command(const struct mx_op *def) { return !(def->flags & MX_OP_QUERY); }

static int is_outside(const struct mx_op *def) { return !(def->flags & MX_OP_INTERNAL); }

static int is_hook(const struct mx_op *def) { return (def->flags & MX_OP_HOOK) != 0; }

/* ---- head ---- */

static void add_info(struct base_buf *out) {
    base_buf_text(out, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Merx\"");
    op_json_text(out, "summary", "A shop: every operation that can be called from outside");
    op_json_text(out, "description",
                 "Every operation is called with POST and a JSON object; queries without personal input also with GET. Money is in the "
                 "currency's smallest unit, quantities are in thousandths, times in milliseconds since 1970 UTC, and every number is "
                 "an integer within 2^53-1. Lengths of texts are counted in bytes of UTF-8. Clients ignore members of answers that "
                 "they do not know.");
    op_json_text(out, "version", API_VERSION);
    base_buf_text(out, ",\"license\":{\"name\":\"the licence of the program that serves it\"}}");
    base_buf_text(out, ",\"servers\":[{\"url\":\"/\",\"description\":\"the shop that serves this page\"}]");
    base_buf_text(out, ",\"security\":[{\"bearer\":[]}]");
}

static int is_first_of_owner(const struct api *api, uint32_t at) {
    uint32_t i;
    for (i = 0; i < at; i++)
        if (is_outside(api->list[i].def) && strcmp(api->list[i].owner, api->list[at].owner) == 0) return 0;
    return is_outside(api->list[at].def);
}

static void add_tags(const struct api *api) {
    uint32_t i, count = 0;
    base_buf_text(api->out, ",\"tags\":[");
    for (i = 0; i < api->count; i++) {
        if (!is_first_of_owner(api, i)) continue;
        base_buf_text(api->out, count++ ? ",{\"name\":" : "{\"name\":");
        json_quote(api->out, mx_str_of(api->list[i].owner));
        if (api->list[i].summary && api->list[i].summary[0]) op_json_text(api->out, "description", api->list[i].summary);
        base_buf_char(api->out, '}');
    }
    base_buf_char(api->out, ']');
}

/* ---- one operation ---- */

static void add_about(struct base_buf *out, const struct op_listed *listed, const char *id_tail) {
    const struct mx_op *def = listed->def;
    base_buf_printf(out, "\"operationId\":\"%s%s\"", def->name, id_tail);
    op_json_text(out, "summary", def->doc && def->doc[0] ? def->doc : def->name);
    base_buf_text(out, ",\"tags\":[");
    json_quote(out, mx_str_of(listed->owner));
    base_buf_char(out, ']');
    op_json_text(out, "x-merx-kind", is_command(def) ? "command" : "query");
    if (def->permission && !(def->flags & MX_OP_PUBLIC)) op_json_text(out, "x-merx-permission", def->permission);
    op_json_text(out, "x-merx-home", word_of(homes, 3, def->home));
    op_json_text(out, "x-merx-offline", word_of(offlines, 3, def->offline));
    if (def->own) op_json_text(out, "x-merx-own", def->own);
    if (def->since) op_json_text(out, "x-merx-since", def->since);
    if (def->flags & MX_OP_HEAVY) base_buf_text(out, ",\"x-merx-heavy\":true");
    if (def->flags & MX_OP_BURNS) base_buf_text(out, ",\"x-merx-burns\":true");
    if (is_hook(def)) base_buf_text(out, ",\"x-merx-hook\":true");
    if (def->flags & MX_OP_PUBLIC) base_buf_text(out, ",\"security\":[]");
}

static void add_response(struct base_buf *out, int status) {
    base_buf_printf(out, ",\"%d\":{\"$ref\":\"#/components/responses/%d\"}", status, status);
}

static void add_responses(const struct api *api, const struct mx_op *def) {
    struct base_buf *out = api->out;
    base_buf_text(out, ",\"responses\":{\"200\":{\"description\":");
    json_quote(out, mx_str_of(def->out && def->out->doc && def->out->doc[0] ? def->out->doc : "done"));
    if (is_command(def) && !is_hook(def))
        base_buf_text(out, ",\"headers\":{\"Idempotency-Replayed\":{\"$ref\":\"#/components/headers/replayed\"}}");
    base_buf_text(out, ",\"content\":{\"application/json\":{\"schema\":");
    op_parts_refer(out, &api->parts, def->out, OP_SCHEMA_ANSWER);
    base_buf_text(out, "}}}");
    add_response(out, 400);
    add_response(out, 401);
    add_response(out, 403);
    add_response(out, 404);
    if (is_command(def) || (def->flags & (MX_OP_HEAVY | MX_OP_BURNS))) add_response(out, 409);
    add_response(out, 413);
    if (!is_hook(def)) add_response(out, 415);
    if (is_command(def) && !is_hook(def)) add_response(out, 422);
    add_response(out, 429);
    if (is_hook(def)) add_response(out, 431);
    add_response(out, 500);
    add_response(out, 503);
    base_buf_char(out, '}');
}

static int has_required(const struct mx_type *type) {
    uint32_t i;
    for (i = 0; type && i < type->field_count; i++)
        if ((mx_type_field(type, i)->flags & (MX_REQUIRED | MX_READONLY)) == MX_REQUIRED) return 1;
    return 0;
}

static void add_post(const struct api *api, const struct op_listed *listed) {
    const struct mx_op *def = listed->def;
    struct base_buf *out = api->out;
    base_buf_text(out, "\"post\":{");
    add_about(out, listed, "");
    if (is_command(def))
        base_buf_text(out, ",\"parameters\":[{\"$ref\":\"#/components/parameters/idempotency_key\"},"
                           "{\"$ref\":\"#/components/parameters/approval\"}]");
    base_buf_printf(
        out, ",\"requestBody\":{\"required\":%s,\"content\":{\"application/json\":{\"schema\":", has_required(def->in) ? "true" : "false");
    op_parts_refer(out, &api->parts, def->in, OP_SCHEMA_INPUT);
    base_buf_text(out, "}}}");
    add_responses(api, def);
    base_buf_char(out, '}');
}

/* Can the field stand in an address? */
static int fits_query(const struct mx_field *field) { return field->kind <= MX_KIND_ENUM || field->kind == MX_KIND_STRS; }

/* A query whose required members cannot stand in an address can only be POSTed. */
static int get_fits(const struct mx_op *def) {
    uint32_t i;
    if (!op_get_allowed(def)) return 0;
    for (i = 0; def->in && i < def->in->field_count; i++) {
        const struct mx_field *field = mx_type_field(def->in, i);
        if (!fits_query(field) && (field->flags & (MX_REQUIRED | MX_READONLY)) == MX_REQUIRED) return 0;
    }
    return 1;
}

static void add_parameter(struct base_buf *out, const struct mx_field *field) {
    base_buf_text(out, "{\"name\":");
    json_quote(out, mx_str_of(field->name));
    op_json_text(out, "in", "query");
    if (field->doc && field->doc[0]) op_json_text(out, "description", field->doc);
    base_buf_printf(out, ",\"required\":%s", field->flags & MX_REQUIRED ? "true" : "false");
    if (field->kind == MX_KIND_STRS) base_buf_text(out, ",\"style\":\"form\",\"explode\":false");
    base_buf_text(out, ",\"schema\":");
    op_schema_field(out, field);
    base_buf_char(out, '}');
}

static void add_get(const struct api *api, const struct op_listed *listed) {
    const struct mx_type *in = listed->def->in;
    struct base_buf *out = api->out;
    uint32_t i, count = 0;
    base_buf_text(out, "\"get\":{");
    add_about(out, listed, "-get");
    base_buf_text(out, ",\"parameters\":[");
    for (i = 0; in && i < in->field_count; i++) {
        const struct mx_field *field = mx_type_field(in, i);
        if (!fits_query(field) || (field->flags & MX_READONLY)) continue;
        if (count++) base_buf_char(out, ',');
        add_parameter(out, field);
    }
    base_buf_char(out, ']');
    add_responses(api, listed->def);
    base_buf_text(out, "},");
}

/* A message of somebody outside: any body, as it is. */
static void add_hook(const struct api *api, const struct op_listed *listed) {
    struct base_buf *out = api->out;
    base_buf_text(out, "\"post\":{");
    add_about(out, listed, "");
    base_buf_text(out,
                  ",\"parameters\":[{\"name\":\"name\",\"in\":\"path\",\"required\":true,\"description\":"
                  "\"whose message it is\",\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64,\"pattern\":"
                  "\"^[A-Za-z0-9._-]+$\"}}],\"requestBody\":{\"required\":true,\"description\":\"the message as it was signed, UTF-8\","
                  "\"content\":{\"*/*\":{\"schema\":{\"type\":\"string\"}}}}");
    add_responses(api, listed->def);
    base_buf_char(out, '}');
}

static void add_path(const struct api *api, const struct op_listed *listed) {
    base_buf_printf(api->out, is_hook(listed->def) ? "\"/v1/hooks/%s/{name}\":{" : "\"/v1/%s\":{", listed->def->name);
    if (is_hook(listed->def)) {
        add_hook(api, listed);
    } else {
        if (get_fits(listed->def)) add_get(api, listed);
        add_post(api, listed);
    }
    base_buf_char(api->out, '}');
}

static void add_paths(const struct api *api) {
    uint32_t i, count = 0;
    base_buf_text(api->out, ",\"paths\":{");
    for (i = 0; i < api->count; i++) {
        if (!is_outside(api->list[i].def)) continue;
        if (count++) base_buf_char(api->out, ',');
        add_path(api, &api->list[i]);
    }
    base_buf_char(api->out, '}');
}

/* ---- what the operations share ---- */

struct code {
    const char *code;
    int status;
    const char *text;
};
#define CODE(number, name, code, http, text) {code, http, text},
static const struct code codes[] = {MX_ERROR_LIST(CODE)};
#undef CODE

static void add_problem(struct base_buf *out) {
    uint32_t i;
    base_buf_text(out, "\"problem\":{\"type\":\"object\",\"title\":\"problem\",\"description\":"
                       "\"What went wrong (RFC 9457). Nothing was changed.\",\"properties\":{"
                       "\"type\":{\"type\":\"string\",\"description\":\"urn:merx:error: and the code\"},"
                       "\"title\":{\"type\":\"string\",\"description\":\"the kind of problem, in words\"},"
                       "\"status\":{\"type\":\"integer\",\"description\":\"the HTTP status\"},"
                       "\"detail\":{\"type\":\"string\",\"description\":\"what was wrong here, a whole sentence\"},"
                       "\"field\":{\"type\":\"string\",\"description\":\"path of the member at fault, e.g. lines[0].qty\"},"
                       "\"code\":{\"type\":\"string\",\"description\":\"for programs: one of x-merx-codes, or a refusal's own, "
                       "e.g. short_stock (status 409)\",\"x-merx-codes\":[");
    for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        base_buf_printf(out, "%s{\"code\":\"%s\",\"status\":%d", i ? "," : "", codes[i].code, codes[i].status);
        op_json_text(out, "title", codes[i].text);
        base_buf_char(out, '}');
    }
    base_buf_text(out, "]}},\"required\":[\"code\",\"detail\",\"status\",\"title\",\"type\"]}");
}

static const struct {
    int status;
    const char *text;
    const char *headers;
} problems[] = {
    {400, "The input is not valid: the field at fault is named, nothing was changed.", NULL},
    {401, "A valid key is needed.", "WWW-Authenticate"},
    {403, "The caller's role may not do that.", NULL},
    {404, "There is no such thing.", NULL},
    {409,
     "The shop's rules refuse this; code says why. Asking again with the same key gets the same answer, unless the code is "
     "approval_needed or conflict.",
     NULL},
    {413, "The request is too large.", NULL},
    {415, "The body is not JSON.", NULL},
    {422, "This Idempotency-Key was used for another request before.", NULL},
    {429, "Too many calls; wait as long as Retry-After says.", "Retry-After"},
    {431, "There are too many header fields, or they are too long.", NULL},
    {500, "Something went wrong inside; nothing was changed.", NULL},
    {503, "Not now: too much to do, no room on the disk, or closing. Try again after Retry-After with the same key.", "Retry-After"},
};

static void add_problem_responses(struct base_buf *out) {
    uint32_t i;
    base_buf_text(out, ",\"responses\":{");
    for (i = 0; i < sizeof(problems) / sizeof(problems[0]); i++) {
        base_buf_printf(out, "%s\"%d\":{\"description\":", i ? "," : "", problems[i].status);
        json_quote(out, mx_str_of(problems[i].text));
        if (problems[i].headers)
            base_buf_printf(out, ",\"headers\":{\"%s\":{\"$ref\":\"#/components/headers/%s\"}}", problems[i].headers, problems[i].headers);
        base_buf_text(out, ",\"content\":{\"application/problem+json\":{\"schema\":{\"$ref\":\"#/components/schemas/problem\"}}}}");
    }
    base_buf_char(out, '}');
}

static void add_components(const struct api *api) {
    struct base_buf *out = api->out;
    base_buf_text(out, ",\"components\":{\"schemas\":{");
    add_problem(out);
    if (api->parts.count) base_buf_char(out, ',');
    op_parts_write(out, &api->parts);
    base_buf_char(out, '}');
    add_problem_responses(out);
    base_buf_text(out, ",\"headers\":{"
                       "\"Retry-After\":{\"description\":\"seconds to wait\",\"schema\":{\"type\":\"integer\",\"minimum\":1}},"
                       "\"WWW-Authenticate\":{\"description\":\"how to prove who one is\",\"schema\":{\"type\":\"string\"}},"
                       "\"replayed\":{\"description\":\"true when this is the stored answer of an earlier request with this key\","
                       "\"schema\":{\"type\":\"string\",\"enum\":[\"true\"]}}}");
    base_buf_text(out, ",\"parameters\":{"
                       "\"idempotency_key\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"required\":true,\"description\":"
                       "\"Made by the client before its first send and kept for retries: the same key and body happen once and get the "
                       "same answer for eight days. A password or PIN in the body is not compared: take a new key for another one.\","
                       "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":128,\"pattern\":\"^[ -~]+$\"}},"
                       "\"approval\":{\"name\":\"Merx-Approval\",\"in\":\"header\",\"required\":false,\"description\":"
                       "\"Id of a second person's approval, where the shop's policy asks for one (code approval_needed).\","
                       "\"schema\":{\"type\":\"string\"}}}");
    base_buf_text(out, ",\"securitySchemes\":{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":"
                       "\"An API key (mxk_...) or a session's token (mxs_...).\"}}}");
}

void op_openapi_of(const struct op_listed *list, uint32_t count, struct base_buf *out) {
    struct api api = {out, {base_arena_new(65536), NULL, 0, 0}, list, count};
    uint32_t i;
    for (i = 0; i < count; i++) {
        if (!is_outside(list[i].def)) continue;
        if (!is_hook(list[i].def)) op_parts_add(&api.parts, list[i].def->in, OP_SCHEMA_INPUT);
        op_parts_add(&api.parts, list[i].def->out, OP_SCHEMA_ANSWER);
    }
    op_parts_name(&api.parts);
    add_info(out);
    add_tags(&api);
    add_paths(&api);
    add_components(&api);
    base_buf_char(out, '}');
    base_arena_free(api.parts.arena);
}

void op_openapi(const struct op_kernel *op, struct base_buf *out) {
    struct base_arena *arena = base_arena_new(16384);
    struct op_listed *list = base_arena_alloc(arena, (op->sorted_count + 1) * sizeof(*list));
    uint32_t i;
    for (i = 0; i < op->sorted_count; i++) {
        const struct op_reg *reg = op->sorted[i];
        list[i] = (struct op_listed){&reg->def, reg->owner->plugin.name, reg->owner->plugin.summary};
    }
    op_openapi_of(list, op->sorted_count, out);
    base_arena_free(arena);
}
