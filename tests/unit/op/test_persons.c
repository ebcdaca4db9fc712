/* Persons through the whole kernel: who sees what of them, what is told when they become one customer, part, or are forgotten. */
#include "fixture.h"
#include "identity/internal.h"
#include "merx/retail/person.h"

/* ---- a plugin that keeps letters to people ---- */

struct letter {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct mx_str text;
    struct mx_str lock;
};
static const struct mx_field letter_fields[] = {
    MX_F_ID(letter, id, 0, "let", "id"),
    MX_F_ID(letter, person, 0, "per", "to whom"),
    MX_F_STR(letter, text, MX_PII, 0, 100, "what"),
    MX_F_STR(letter, lock, MX_SECRET, 0, 100, "hash of what opens it"),
};
MX_TYPE_REC(letter, "desk.letter.record", "a letter");
static const struct mx_table letters = {
    (uint32_t)sizeof(struct mx_table), 0, "desk.letter", "letters", &letter_type, "id", "person", NULL, 0, 0};

struct desk_ask {
    struct mx_str person;
    struct mx_str kind;
    struct mx_str value;
};
static const struct mx_field desk_ask_fields[] = {
    MX_F_ID(desk_ask, person, 0, "per", "who"),
    MX_F_STR(desk_ask, kind, 0, 0, 16, "kind"),
    MX_F_STR(desk_ask, value, MX_PII, 0, 200, "value"),
};
MX_TYPE(desk_ask, "desk.ask", "somebody");

struct desk_answer {
    struct mx_str person;
    struct mx_list persons;
    struct mx_str json;
};
static const struct mx_field desk_answer_fields[] = {
    MX_F_ID(desk_answer, person, 0, "per", "who"),
    MX_F_STRS(desk_answer, persons, 0, 0, 64, "all"),
    MX_F_JSON(desk_answer, json, 0, 100000, "everything"),
};
MX_TYPE(desk_answer, "desk.answer", "somebody");

static mx_status desk_make(struct mx_ctx *ctx, const void *in, void *out) {
    struct desk_answer *answer = out;
    (void)in;
    return ctx->identity->person_new(ctx, &answer->person);
}

/* As a plugin would that hears of an identifier and goes on when it is somebody's already. */
static mx_status desk_link(struct mx_ctx *ctx, const void *in, void *out) {
    const struct desk_ask *ask = in;
    struct mx_link link = {.size = sizeof(link), .kind = ask->kind, .value = ask->value, .source = MX_STR_INIT("desk")};
    struct desk_answer *answer = out;
    mx_status st = ctx->identity->person_link_from(ctx, ask->person, &link, &answer->person);
    return st == MX_E_EXISTS ? MX_OK : st;
}

static mx_status desk_write(struct mx_ctx *ctx, const void *in, void *out) {
    const struct desk_ask *ask = in;
    struct letter letter = {.person = ask->person, .text = ask->value, .lock = MX_STR_INIT("7f3a")};
    mx_status st = mx_new_id(ctx, "let", &letter.id);
    (void)out;
    return st == MX_OK ? mx_put(ctx, &letters, &letter) : st;
}

static mx_status desk_set(struct mx_ctx *ctx, const void *in, void *out) {
    return ctx->identity->person_set(ctx, ((const struct desk_ask *)in)->person, &((struct desk_answer *)out)->persons);
}

static mx_status desk_erase(struct mx_ctx *ctx, const void *in, void *out) {
    (void)out;
    return ctx->identity->person_erase(ctx, ((const struct desk_ask *)in)->person, mx_str_of("asked for it"));
}

static mx_status desk_export(struct mx_ctx *ctx, const void *in, void *out) {
    return ctx->identity->person_export(ctx, ((const struct desk_ask *)in)->person, &((struct desk_answer *)out)->json);
}

/* In a query nobody is changed. */
static mx_status desk_meddle(struct mx_ctx *ctx, const void *in, void *out) {
    const struct desk_ask *ask = in;
    struct mx_str person = ask->person;
    mx_status st = ctx->identity->person_erase(ctx, person, person);
    (void)out;
    if (st == MX_E_READ_ONLY) st = ctx->identity->person_merge(ctx, person, person, person, &person);
    if (st == MX_E_READ_ONLY) st = ctx->identity->person_unlink(ctx, ask->person, "card", person);
    return st == MX_E_READ_ONLY ? MX_OK : MX_E_INTERNAL;
}

static mx_status desk_unsplit(struct mx_ctx *ctx, const void *in, void *out) {
    const struct mx_unmerge_ask *ask = in;
    struct mx_unsplit *unsplit = out;
    struct mx_list persons;
    mx_status st = ctx->identity->person_set(ctx, ask->from, &persons); /* they are two again */
    unsplit->what = mx_str_of("letters");
    unsplit->count = persons.count;
    unsplit->note = ask->into;
    return st;
}
static const struct mx_answer desk_unmerge = {sizeof(struct mx_answer), 100,         MX_POINT_UNMERGE, &mx_unmerge_ask_type,
                                              &mx_unsplit_type,         desk_unsplit};

/* Counts what it heard; of an erased person nothing can be read any more. */
static mx_status desk_hear(struct mx_ctx *ctx, const struct mx_event *event, const void *data) {
    struct letter *letter = NULL;
    struct mx_scan *scan = NULL;
    mx_status st = toy_count(ctx, event->name, 1, NULL);
    if (st == MX_OK && mx_str_is(event->name, MX_EVENT_PERSON_ERASED)) {
        const struct mx_person_erased *erased = data;
        st = mx_scan_open(ctx, &letters, NULL, NULL, &scan);
        while (st == MX_OK && (st = mx_scan_next(ctx, scan, &letter)) == MX_OK)
            if (mx_str_eq(letter->person, erased->person) && letter->text.len) return MX_E_INTERNAL;
    }
    return st == MX_DONE ? MX_OK : st;
}

#define DESK_OP(variable, kind, op_name, runs)                                                                                             \
    static const struct mx_op variable = {.size = sizeof(struct mx_op),                                                                    \
                                          .flags = kind,                                                                                   \
                                          .name = op_name,                                                                                 \
                                          .permission = "desk.use",                                                                        \
                                          .in = &desk_ask_type,                                                                            \
                                          .out = &desk_answer_type,                                                                        \
                                          .handler = runs}
DESK_OP(desk_op_make, 0, "desk.make", desk_make);
DESK_OP(desk_op_link, 0, "desk.link", desk_link);
DESK_OP(desk_op_write, 0, "desk.write", desk_write);
DESK_OP(desk_op_set, MX_OP_QUERY, "desk.set", desk_set);
DESK_OP(desk_op_erase, 0, "desk.erase", desk_erase);
DESK_OP(desk_op_export, MX_OP_QUERY | MX_OP_HEAVY, "desk.export", desk_export);
DESK_OP(desk_op_meddle, MX_OP_QUERY, "desk.meddle", desk_meddle);

#define HEARS(variable, event, type)                                                                                                       \
    static const struct mx_subscription variable = {(uint32_t)sizeof(struct mx_subscription), 0, event, &type, 100, 0, desk_hear, NULL}
HEARS(hears_merged, MX_EVENT_PERSONS_MERGED, mx_persons_merged_type);
HEARS(hears_unmerged, MX_EVENT_PERSONS_UNMERGED, mx_persons_merged_type);
HEARS(hears_erased, MX_EVENT_PERSON_ERASED, mx_person_erased_type);
HEARS(hears_linked, MX_EVENT_PERSON_LINKED, mx_person_linked_type);
HEARS(hears_unlinked, MX_EVENT_PERSON_UNLINKED, mx_person_linked_type);

static const struct mx_op *const desk_ops[] = {&desk_op_make,  &desk_op_link,   &desk_op_write,  &desk_op_set,
                                               &desk_op_erase, &desk_op_export, &desk_op_meddle, NULL};
static const struct mx_subscription *const desk_hears[] = {&hears_merged, &hears_unmerged, &hears_erased,
                                                           &hears_linked, &hears_unlinked, NULL};
static const struct mx_table *const desk_tables[] = {&letters, NULL};
static const struct mx_answer *const desk_answers[] = {&desk_unmerge, NULL};
static const struct mx_plugin desk_plugin = {.size = sizeof(struct mx_plugin),
                                             .abi_minor = MX_ABI_MINOR,
                                             .name = "desk",
                                             .version = "1",
                                             .summary = "t",
                                             .tables = desk_tables,
                                             .ops = desk_ops,
                                             .answers = desk_answers,
                                             .subscriptions = desk_hears};

/* The fixture's kernel, opened once more with the desk, which brings a table. */
static int desk_attach(struct fixture *f) {
    const struct mx_plugin *const plugins[] = {op_plugin(), identity_plugin(), &toy_plugin, &helper_plugin, &desk_plugin};
    struct store_opts store = {.dir = f->data, .keys = f->keys, .map_bytes = 256u << 20};
    mx_status st = store_open(&store, &f->store, NULL);
    if (st == MX_OK) st = identity_open(f->store, f->keys, &f->identity, NULL);
    if (st == MX_OK) st = bus_new(f->store, f->keys, mx_str_of("n1"), 1, &f->bus);
    f->opts.store = f->store;
    f->opts.bus = f->bus;
    f->opts.identity = f->identity;
    if (st == MX_OK) st = op_new(&f->opts, &f->op, NULL);
    for (size_t i = 0; st == MX_OK && i < sizeof(plugins) / sizeof(plugins[0]); i++) st = op_plugin_add(f->op, plugins[i], NULL);
    if (st == MX_OK) st = store_start(f->store, NULL);
    return st == MX_OK && op_freeze(f->op, NULL) == MX_OK;
}

static int desk_open(struct fixture *f) {
    memset(f, 0, sizeof(*f));
    if (!fixture_open_idle(f)) return 0;
    fixture_detach(f);
    return desk_attach(f) && fixture_make_owner(f) && op_start(f->op, NULL) == MX_OK;
}

/* ---- calls ---- */

static const char *text_of(struct fixture *f, struct op_call call, const char *member) {
    return base_arena_dup(f->arena, fixture_text(f, call.answer, member)).ptr;
}

static const char *person(struct fixture *f) { return text_of(f, fixture_call(f, "desk.make", "{}"), "person"); }

static const char *linking(struct fixture *f, const char *who, const char *kind, const char *value) {
    return base_arena_printf(f->arena, "{\"kind\":\"%s\",\"person\":\"%s\",\"value\":\"%s\"}", kind, who, value).ptr;
}

static struct op_call link_to(struct fixture *f, const char *who, const char *kind, const char *value) {
    return fixture_call(f, "identity.person.link", linking(f, who, kind, value));
}

static struct op_call merge(struct fixture *f, const char *from, const char *into) {
    return fixture_call(f, "identity.person.merge",
                        base_arena_printf(f->arena, "{\"from\":\"%s\",\"into\":\"%s\",\"reason\":\"r\"}", from, into).ptr);
}

static struct op_call of_person(struct fixture *f, const char *op, const char *who) {
    return fixture_call(f, op, base_arena_printf(f->arena, "{\"person\":\"%s\"}", who).ptr);
}

static int says(struct op_call call, const char *text) {
    return call.answer.len && memmem(call.answer.ptr, call.answer.len, text, strlen(text)) != NULL;
}

static const char *both(struct fixture *f, const char *format, const char *a, const char *b) {
    return base_arena_printf(f->arena, format, a, b).ptr;
}

TEST(merging_and_parting_are_told_and_say_what_cannot_be_parted) {
    struct fixture f;
    const char *a, *b, *id;
    struct op_call call;
    REQUIRE(desk_open(&f));
    a = person(&f);
    b = person(&f);
    CHECK_INT(link_to(&f, a, "phone", "+8613800138000").http_status, 200);
    call = merge(&f, a, b);
    CHECK_INT(call.http_status, 200);
    CHECK_STR(fixture_text(&f, call.answer, "stands"), b);
    CHECK(says(call, both(&f, "\"persons\":[\"%s\",\"%s\"]", b, a)));
    CHECK_INT(fixture_counter(&f, MX_EVENT_PERSONS_MERGED), 1);
    id = text_of(&f, call, "merge");
    atomic_fetch_add(&fixture_now, 1000);
    CHECK_INT(link_to(&f, b, "card", "90000001").http_status, 200);
    CHECK_INT(merge(&f, b, a).http_status, 409);
    call = fixture_call(&f, "identity.person.unmerge", base_arena_printf(f.arena, "{\"merge\":\"%s\"}", id).ptr);
    CHECK_INT(call.http_status, 200);
    CHECK(says(call, both(&f, "\"parts\":[\"%s\"]%s", a, "")) && says(call, both(&f, "\"stays\":[\"%s\"]%s", b, "")));
    CHECK(says(call, both(&f, "{\"count\":1,\"note\":\"%s\",\"what\":\"letters\"}%s", b, "")));
    CHECK(says(call, "\"count\":1,\"note\":\"Learnt since the merge"));
    CHECK_INT(fixture_counter(&f, MX_EVENT_PERSONS_UNMERGED), 1);
    CHECK(says(of_person(&f, "desk.set", a), both(&f, "\"persons\":[\"%s\"]%s", a, "")));
    call = fixture_call(&f, "identity.person.unmerge", base_arena_printf(f.arena, "{\"merge\":\"%s\"}", id).ptr);
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "unmerged_already");
    call = of_person(&f, "identity.person.show", a);
    CHECK(says(call, "\"undone_by\":") && says(call, "\"erased\":false"));
    CHECK_INT(op_verify(f.op, NULL, NULL, &(uint64_t){0}), MX_OK);
    fixture_close(&f);
}

TEST(a_conflict_names_both_masked_offers_the_merge_and_is_kept_nowhere) {
    struct fixture f;
    const char *a, *b, *body;
    struct op_call call;
    struct identity_principal stranger;
    REQUIRE(desk_open(&f));
    a = person(&f);
    b = person(&f);
    CHECK_INT(link_to(&f, a, "phone", "+8613800138000").http_status, 200);
    CHECK_INT(link_to(&f, b, "card", "90001234").http_status, 200);
    body = linking(&f, b, "phone", "138 0013 8000");
    call = fixture_call_as(&f, &f.owner, "identity.person.link", "conflict-1", body);
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "identifier_taken");
    CHECK_STR(fixture_text(&f, call.answer, "field"), "phone");
    CHECK(says(call, both(&f, "\"conflict\":{\"kind\":\"phone\",\"merge_with\":\"%s\"%s", a, "")));
    CHECK(says(call, both(&f, "[{\"identifiers\":[{\"kind\":\"card\",\"masked\":\"***1234\"}],\"person\":\"%s\"}%s", b, "")));
    CHECK(says(call, both(&f, "{\"identifiers\":[{\"kind\":\"phone\",\"masked\":\"***8000\"}],\"person\":\"%s\"}]%s", a, "")));
    CHECK(!says(call, "13800138000"));
    CHECK_INT(merge(&f, b, a).http_status, 200);
    call = fixture_call_as(&f, &f.owner, "identity.person.link", "conflict-1", body); /* the very same request, looked at again */
    CHECK_INT(call.http_status, 200);
    stranger = fixture_role(&f, "till");
    CHECK_INT(fixture_call_as(&f, &stranger, "identity.person.link", "k", body).http_status, 403);
    call = fixture_call(&f, "desk.link", linking(&f, person(&f), "phone", "+8613800138000")); /* its plugin goes on */
    CHECK_INT(call.http_status, 200);
    CHECK_STR(fixture_text(&f, call.answer, "person"), a);
    CHECK(!says(call, "conflict"));
    fixture_close(&f);
}

TEST(values_are_for_those_who_may_read_them) {
    struct fixture f;
    const char *a, *show;
    struct op_call call;
    struct identity_principal clerk, herself;
    REQUIRE(desk_open(&f));
    a = person(&f);
    call = fixture_call(
        &f, "identity.person.link",
        base_arena_printf(f.arena,
                          "{\"kind\":\"email\",\"person\":\"%s\",\"ref\":\"run_7\",\"source\":\"web\",\"value\":\"Li@Example.CN\"}", a)
            .ptr);
    CHECK_INT(call.http_status, 200);
    CHECK_INT(fixture_counter(&f, MX_EVENT_PERSON_LINKED), 1);
    show = base_arena_printf(f.arena, "{\"person\":\"%s\"}", a).ptr;
    call = fixture_call(&f, "identity.person.show", show);
    CHECK(says(call, "\"value\":\"li@example.cn\"") && says(call, "\"masked\":\"***@example.cn\""));
    CHECK(says(call, "\"ref\":\"run_7\"") && says(call, "\"source\":\"web\"") && says(call, "\"by\":\"pri_"));
    clerk = fixture_role(&f, "clerk");
    call = fixture_call_as(&f, &clerk, "identity.person.show", NULL, show);
    CHECK_INT(call.http_status, 200);
    CHECK(says(call, "\"masked\":\"***@example.cn\"") && !says(call, "li@example") && !says(call, "\"value\""));
    herself = fixture_role(&f, "customer");
    snprintf(herself.person, sizeof(herself.person), "%s", a);
    call = fixture_call_as(&f, &herself, "identity.person.show", NULL, "{}");
    CHECK(says(call, "\"value\":\"li@example.cn\""));
    CHECK_INT(fixture_call_as(&f, &herself, "identity.person.show", NULL, linking(&f, person(&f), "", "")).http_status, 400);
    CHECK_INT(fixture_call_as(&f, &herself, "identity.person.show", NULL, both(&f, "{\"person\":\"%s\"}%s", person(&f), "")).http_status,
              403);
    CHECK_INT(fixture_call_as(&f, &herself, "identity.person.find", NULL, "{\"kind\":\"card\",\"value\":\"1\"}").http_status, 403);
    call = fixture_call(&f, "identity.person.find", "{\"kind\":\"email\",\"value\":\"LI@example.cn\"}");
    CHECK_STR(fixture_text(&f, call.answer, "person"), a);
    CHECK_INT(fixture_call(&f, "identity.person.find", "{\"kind\":\"email\",\"value\":\"no@example.cn\"}").http_status, 404);
    CHECK(!op_find(f.op, mx_str_of("identity.person.find"))->get_allowed); /* what somebody is known by stands in no address */
    CHECK_INT(fixture_call(&f, "identity.person.unlink", linking(&f, a, "email", "li@example.cn")).http_status, 200);
    CHECK_INT(fixture_call(&f, "identity.person.unlink", linking(&f, a, "email", "li@example.cn")).http_status, 404);
    CHECK_INT(fixture_counter(&f, MX_EVENT_PERSON_UNLINKED), 1);
    fixture_close(&f);
}

TEST(bad_input_is_named) {
    static const char *const bad[][3] = {
        {"phone", "12", "phone"}, {"email", "li", "email"}, {"card", "a b", "card"}, {"face", "x", "kind"}};
    struct fixture f;
    const char *a;
    struct op_call call;
    REQUIRE(desk_open(&f));
    a = person(&f);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        call = link_to(&f, a, bad[i][0], bad[i][1]);
        CHECK_INT(call.http_status, 400);
        CHECK_STR(fixture_text(&f, call.answer, "field"), bad[i][2]);
    }
    call = link_to(&f, "per_00000000000000000000000000", "card", "9");
    CHECK_INT(call.http_status, 404);
    CHECK_STR(fixture_text(&f, call.answer, "field"), "person");
    call = merge(&f, a, a);
    CHECK_INT(call.http_status, 409);
    CHECK_STR(fixture_text(&f, call.answer, "code"), "same_person");
    CHECK_INT(merge(&f, a, "per_00000000000000000000000000").http_status, 404);
    CHECK_INT(of_person(&f, "desk.meddle", a).http_status, 200);
    CHECK_INT(fixture_counter(&f, MX_EVENT_PERSONS_MERGED), 0);
    fixture_close(&f);
}

TEST(everything_about_one_person_and_then_nothing) {
    struct fixture f;
    const char *a, *b, *body;
    struct op_call call;
    REQUIRE(desk_open(&f));
    a = person(&f);
    b = person(&f);
    CHECK_INT(link_to(&f, a, "card", "90000001").http_status, 200);
    body = linking(&f, a, "x", "dear Anna");
    CHECK_INT(fixture_call(&f, "desk.write", body).http_status, 200);
    CHECK_INT(fixture_call(&f, "desk.write", linking(&f, b, "x", "dear Berta")).http_status, 200);
    call = of_person(&f, "desk.export", a);
    CHECK_INT(call.http_status, 200);
    CHECK(says(call, "\"desk.letter\":[{") && says(call, "\"text\":\"dear Anna\"") && says(call, "\"value\":\"90000001\""));
    CHECK(!says(call, "Berta") && !says(call, "7f3a"));
    CHECK(says(of_person(&f, "desk.export", person(&f)), "\"json\":{}"));
    CHECK_INT(of_person(&f, "desk.export", "per_00000000000000000000000000").http_status, 404);
    CHECK_INT(merge(&f, a, b).http_status, 200);
    CHECK_INT(of_person(&f, "desk.erase", a).http_status, 200);
    CHECK_INT(fixture_counter(&f, MX_EVENT_PERSON_ERASED), 2);
    call = of_person(&f, "desk.export", b);
    CHECK(says(call, "\"desk.letter\":[{") && !says(call, "Berta"));
    CHECK_INT(fixture_call(&f, "identity.person.find", "{\"kind\":\"card\",\"value\":\"90000001\"}").http_status, 404);
    CHECK(says(of_person(&f, "identity.person.show", a), "\"erased\":true"));
    CHECK_INT(of_person(&f, "desk.erase", b).http_status, 409);
    CHECK_INT(link_to(&f, person(&f), "card", "90000001").http_status, 200);
    fixture_close(&f);
}

/* ---- verify ---- */

static void count_found(void *arg, const char *what) { *(int *)arg += strncmp(what, "identity.sets:", 14) == 0; }

static void remember_wrongly(struct fixture *f, const char *who, struct mx_str other) {
    const struct identity_person *read;
    struct identity_person changed;
    struct store_group *group;
    struct store_view *view;
    op_stop(f->op);
    REQUIRE(store_group_begin(f->store, &group) == MX_OK && store_write_begin(group, f->arena, &view) == MX_OK);
    REQUIRE(identity_person_read(view, mx_str_of(who), &read) == MX_OK);
    changed = *read;
    changed.set.items = &other;
    changed.set.count = 1;
    changed.set.elem_size = sizeof(other);
    CHECK_INT(store_put(view, &identity_persons, &changed, NULL), MX_OK);
    CHECK(store_write_apply(view) == MX_OK && store_group_commit(group) == MX_OK);
    CHECK_INT(op_start(f->op, NULL), MX_OK);
}

TEST(verify_finds_a_customer_that_no_merge_made) {
    struct fixture f;
    const char *a, *b;
    uint64_t records = 0;
    int found = 0;
    REQUIRE(desk_open(&f));
    a = person(&f);
    b = person(&f);
    CHECK_INT(merge(&f, a, b).http_status, 200);
    CHECK_INT(op_verify(f.op, count_found, &found, &records), MX_OK);
    CHECK_INT(found, 0);
    remember_wrongly(&f, a, mx_str_of(a));
    CHECK_INT(op_verify(f.op, count_found, &found, &records), MX_OK);
    CHECK_INT(found, 2); /* she herself, and the merge that stands for nothing */
    fixture_close(&f);
}

RUN_TESTS(CASE(merging_and_parting_are_told_and_say_what_cannot_be_parted),
          CASE(a_conflict_names_both_masked_offers_the_merge_and_is_kept_nowhere), CASE(values_are_for_those_who_may_read_them),
          CASE(bad_input_is_named), CASE(everything_about_one_person_and_then_nothing), CASE(verify_finds_a_customer_that_no_merge_made))
