/* Descriptors: what is refused, and that nothing of a refused one stays. */
#include "fixture.h"
#include "merx/hook.h"

struct odd {
    struct mx_str word;
};
static const struct mx_field odd_fields[] = {MX_F_STR(odd, word, MX_SECRET, 0, 10, "secret")};
MX_TYPE(odd, "odd", "holds a secret");

struct nested {
    struct mx_list list;
};
static const struct mx_field nested_fields[] = {MX_F_LIST(nested, list, 0, 0, 10, toy_contact_type, "contacts")};
MX_TYPE(nested, "nested", "personal fields further down");

struct deep {
    struct mx_list list;
};
static const struct mx_field deep_fields[] = {MX_F_LIST(deep, list, 0, 0, 10, odd_type, "secrets")};
MX_TYPE(deep, "deep", "secrets further down");

struct wants {
    struct mx_str name;
    int64_t much;
};
static const struct mx_field wants_fields[] = {
    MX_F_STR(wants, name, MX_REQUIRED, 1, 40, "name"),
    MX_F_INT(wants, much, MX_REQUIRED, 0, 10, "more than the others have"),
};
MX_TYPE(wants, "wants", "wants more");

struct kinds {
    int64_t name;
};
static const struct mx_field kinds_fields[] = {MX_F_INT(kinds, name, 0, 0, 10, "a number here")};
MX_TYPE(kinds, "kinds", "another kind");

static mx_status refuse_with(struct fixture *f, const struct mx_plugin *plugin, const char *word) {
    struct mx_error err = {0};
    mx_status st = op_plugin_add(f->op, plugin, &err);
    if (st != MX_E_BAD_PLUGIN || !strstr(err.message, word)) printf("# %d \"%s\" has no \"%s\"\n", (int)st, err.message, word);
    CHECK(strstr(err.message, word) != NULL);
    return st;
}

static struct mx_plugin bare(const char *name) {
    struct mx_plugin plugin = {.size = (uint32_t)sizeof(plugin), .abi_minor = MX_ABI_MINOR, .version = "1", .summary = "for tests"};
    plugin.name = name;
    return plugin;
}

static mx_status refuse_op(struct fixture *f, struct mx_op op, const char *word) {
    const struct mx_op *ops[] = {&op, NULL};
    struct mx_plugin plugin = bare("odd");
    plugin.ops = ops;
    return refuse_with(f, &plugin, word);
}

TEST(wrong_operations_are_refused) {
    struct fixture f;
    struct mx_op op;
    REQUIRE(fixture_open(&f));
    op = toy_op_add; /* the name is taken */
    CHECK_INT(refuse_op(&f, op, "registered already"), MX_E_BAD_PLUGIN);
    op.name = "odd.op";
    op.permission = NULL;
    CHECK_INT(refuse_op(&f, op, "permission"), MX_E_BAD_PLUGIN);
    op.permission = "";
    CHECK_INT(refuse_op(&f, op, "permission"), MX_E_BAD_PLUGIN);
    op.permission = "odd.do";
    op.out = &toy_contact_type;
    CHECK_INT(refuse_op(&f, op, "personal"), MX_E_BAD_PLUGIN);
    op.out = &nested_type;
    CHECK_INT(refuse_op(&f, op, "personal"), MX_E_BAD_PLUGIN);
    op.out = &odd_type;
    CHECK_INT(refuse_op(&f, op, "secret"), MX_E_BAD_PLUGIN);
    op.out = NULL;
    op.in = &deep_type;
    CHECK_INT(refuse_op(&f, op, "top level"), MX_E_BAD_PLUGIN);
    op.in = &toy_add_type;
    op.flags = MX_OP_HEAVY;
    CHECK_INT(refuse_op(&f, op, "query"), MX_E_BAD_PLUGIN);
    op.flags = MX_OP_QUERY | MX_OP_HEAVY | MX_OP_BURNS; /* who would do the work? */
    CHECK_INT(refuse_op(&f, op, "prepare"), MX_E_BAD_PLUGIN);
    op.flags = MX_OP_HOOK | MX_OP_PUBLIC; /* but its input is no message */
    CHECK_INT(refuse_op(&f, op, "hook"), MX_E_BAD_PLUGIN);
    op.in = &mx_hook_type;
    op.flags = MX_OP_HOOK;
    CHECK_INT(refuse_op(&f, op, "hook"), MX_E_BAD_PLUGIN);
    op.flags = MX_OP_HOOK | MX_OP_PUBLIC | MX_OP_QUERY;
    CHECK_INT(refuse_op(&f, op, "hook"), MX_E_BAD_PLUGIN);
    op.in = &toy_add_type;
    op.flags = 0;
    op.handler = NULL;
    CHECK_INT(refuse_op(&f, op, "handler"), MX_E_BAD_PLUGIN);
    op.handler = toy_run_add;
    op.size = 8;
    CHECK_INT(refuse_op(&f, op, "size"), MX_E_BAD_PLUGIN);
    op.size = sizeof(op);
    op.name = "noDots";
    CHECK_INT(refuse_op(&f, op, "name"), MX_E_BAD_PLUGIN);
    op.name = "odd..op";
    CHECK_INT(refuse_op(&f, op, "name"), MX_E_BAD_PLUGIN);
    CHECK(op_find(f.op, mx_str_of("odd.op")) == NULL);
    fixture_close(&f);
}

TEST(doubled_and_unsafe_names_are_refused) {
    struct fixture f;
    struct mx_plugin plugin;
    struct mx_op a = toy_op_add;
    const struct mx_op *twice[] = {&a, &a, NULL};
    struct mx_event_def event = toy_happened_event;
    const struct mx_event_def *events[] = {&event, NULL};
    struct mx_point point = toy_first;
    const struct mx_point *points[] = {&point, NULL};
    const struct mx_grant captain = {"captain", "odd.do"};
    const struct mx_grant *grants[] = {&captain, NULL};
    const struct mx_job *jobs[] = {&toy_walk_job, NULL};
    const struct mx_subscription *followers[] = {&helper_follows, NULL};
    struct mx_subscription nameless = helper_follows;
    const struct mx_subscription *nameless_list[] = {&nameless, NULL};
    REQUIRE(fixture_open(&f));
    plugin = bare("toy");
    CHECK_INT(refuse_with(&f, &plugin, "registered already"), MX_E_BAD_PLUGIN);
    plugin = bare("No Good");
    CHECK_INT(refuse_with(&f, &plugin, "name"), MX_E_BAD_PLUGIN);
    plugin = bare("odd");
    a.name = "odd.twice";
    plugin.ops = twice;
    CHECK_INT(refuse_with(&f, &plugin, "twice"), MX_E_BAD_PLUGIN);
    plugin = bare("odd");
    plugin.events = events;
    CHECK_INT(refuse_with(&f, &plugin, "registered already"), MX_E_BAD_PLUGIN);
    event.name = "odd.seen";
    event.type = &toy_contact_type;
    CHECK_INT(refuse_with(&f, &plugin, "personal"), MX_E_BAD_PLUGIN);
    plugin = bare("odd");
    plugin.points = points;
    point.mode = MX_POINT_VETO;
    CHECK_INT(refuse_with(&f, &plugin, "declared otherwise"), MX_E_BAD_PLUGIN);
    point = toy_first;
    point.in = &wants_type;
    CHECK_INT(refuse_with(&f, &plugin, "declared otherwise"), MX_E_BAD_PLUGIN);
    plugin = bare("odd");
    plugin.grants = grants;
    CHECK_INT(refuse_with(&f, &plugin, "no role \"captain\""), MX_E_BAD_PLUGIN);
    plugin = bare("odd");
    plugin.jobs = jobs;
    CHECK_INT(refuse_with(&f, &plugin, "registered already"), MX_E_BAD_PLUGIN);
    plugin = bare("odd");
    plugin.subscriptions = followers;
    CHECK_INT(refuse_with(&f, &plugin, "registered already"), MX_E_BAD_PLUGIN);
    nameless.name = NULL;
    plugin.subscriptions = nameless_list;
    CHECK_INT(refuse_with(&f, &plugin, "name"), MX_E_BAD_PLUGIN);
    fixture_close(&f);
}

struct drawer {
    struct mx_rec rec;
    struct mx_str id;
};
static const struct mx_field drawer_fields[] = {MX_F_STR(drawer, id, MX_REQUIRED, 1, 40, "id")};
MX_TYPE_REC(drawer, "drawer", "a drawer");

/* Its first table is sound, its second is not: then the first must not stay, and no right that came with it either. */
TEST(nothing_of_a_refused_plugin_stays) {
    struct fixture f;
    const struct mx_table sound = {sizeof(sound), 0, "odd.drawers", "drawers", &drawer_type, "id", NULL, NULL, 0, 0};
    struct mx_table wrong = {sizeof(wrong), 0, "odd.wrong", "wrong", &drawer_type, "no_such_field", NULL, NULL, 0, 0};
    const struct mx_table *tables[] = {&sound, &wrong, NULL};
    const struct mx_grant cashier = {"cashier", "odd.open"};
    const struct mx_grant *grants[] = {&cashier, NULL};
    struct mx_plugin plugin = bare("odd");
    struct identity_principal who;
    struct store_opts opts = {0};
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f));
    REQUIRE(fixture_make_owner(&f));
    who = fixture_role(&f, "cashier");
    fixture_detach(&f); /* tables are taken in before the store starts */
    opts.dir = f.data;
    opts.keys = f.keys;
    REQUIRE(store_open(&opts, &f.store, NULL) == MX_OK && identity_open(f.store, f.keys, &f.identity, NULL) == MX_OK);
    REQUIRE(bus_new(f.store, f.keys, mx_str_of("n1"), 1, &f.bus) == MX_OK);
    f.opts.store = f.store;
    f.opts.bus = f.bus;
    f.opts.identity = f.identity;
    REQUIRE(op_new(&f.opts, &f.op, NULL) == MX_OK);
    plugin.tables = tables;
    plugin.grants = grants;
    CHECK_INT(op_plugin_add(f.op, &plugin, NULL), MX_E_BAD_PLUGIN);
    CHECK(!identity_allowed(f.identity, &who, "odd.open"));
    wrong.key = "id";
    CHECK_INT(op_plugin_add(f.op, &plugin, NULL), MX_OK);
    CHECK(identity_allowed(f.identity, &who, "odd.open"));
    fixture_close(&f);
}

TEST(everyone_who_asks_a_point_declares_it) {
    struct fixture f;
    const struct mx_point *points[] = {&toy_first, NULL};
    struct mx_plugin plugin = bare("odd");
    memset(&f, 0, sizeof(f));
    REQUIRE(fixture_open_idle(&f));
    plugin.points = points;
    CHECK_INT(op_plugin_add(f.op, &plugin, NULL), MX_OK);
    op_plugin_remove(f.op, "odd");
    CHECK_INT(op_freeze(f.op, NULL), MX_OK); /* it is still the toy's */
    REQUIRE(fixture_make_owner(&f) && op_start(f.op, NULL) == MX_OK);
    CHECK_STR(fixture_call(&f, "toy.meet", "{\"name\":\"yours\",\"how\":\"first\",\"by\":6}").answer, "{\"value\":1000}");
    fixture_close(&f);
}

TEST(types_that_do_not_fit_are_found_at_the_freeze) {
    struct fixture f;
    struct mx_error err = {0};
    struct mx_use use = {"toy.add", &kinds_type, NULL};
    const struct mx_use *uses[] = {&use, NULL};
    struct mx_subscription sub = helper_hears;
    const struct mx_subscription *subs[] = {&sub, NULL};
    struct mx_answer answer = helper_answers_veto;
    const struct mx_answer *answers[] = {&answer, NULL};
    struct mx_plugin plugin = bare("odd");
    REQUIRE(fixture_open(&f));
    op_stop(f.op);
    plugin.uses = uses;
    CHECK_INT(op_plugin_add(f.op, &plugin, NULL), MX_OK);
    CHECK_INT(op_freeze(f.op, &err), MX_E_BAD_PLUGIN);
    CHECK(strcmp(err.field, "name") == 0 && strstr(err.message, "odd"));
    CHECK(op_start(f.op, NULL) != MX_OK); /* not frozen, not started */
    op_plugin_remove(f.op, "odd");
    plugin = bare("odd");
    sub.type = &wants_type;
    plugin.subscriptions = subs;
    CHECK_INT(op_plugin_add(f.op, &plugin, NULL), MX_OK);
    CHECK_INT(op_freeze(f.op, &err), MX_E_BAD_PLUGIN);
    CHECK(strcmp(err.field, "much") == 0);
    op_plugin_remove(f.op, "odd");
    plugin = bare("odd");
    answer.in = &wants_type;
    plugin.answers = answers;
    CHECK_INT(op_plugin_add(f.op, &plugin, NULL), MX_OK);
    CHECK_INT(op_freeze(f.op, &err), MX_E_BAD_PLUGIN);
    op_plugin_remove(f.op, "odd");
    CHECK_INT(op_freeze(f.op, &err), MX_OK);
    CHECK_INT(op_start(f.op, &err), MX_OK);
    CHECK_INT(fixture_call(&f, "toy.add", "{\"name\":\"a\",\"by\":1}").status, MX_OK);
    fixture_close(&f);
}

/* An older plugin's shorter operation: what it does not know reads as absent. */
TEST(shorter_descriptors_are_taken) {
    struct fixture f;
    struct mx_op op = toy_op_add;
    const struct mx_op *ops[] = {&op, NULL};
    struct mx_plugin plugin = bare("older");
    REQUIRE(fixture_open(&f));
    op_stop(f.op);
    op.name = "older.add";
    op.size = offsetof(struct mx_op, since);
    plugin.ops = ops;
    plugin.size = offsetof(struct mx_plugin, events);
    plugin.events = (const struct mx_event_def *const *)(uintptr_t)1; /* behind its size: must not be read */
    CHECK_INT(op_plugin_add(f.op, &plugin, NULL), MX_OK);
    REQUIRE(op_freeze(f.op, NULL) == MX_OK && op_start(f.op, NULL) == MX_OK);
    CHECK(op_find(f.op, mx_str_of("older.add"))->def->since == NULL);
    fixture_close(&f);
}

RUN_TESTS(CASE(wrong_operations_are_refused), CASE(doubled_and_unsafe_names_are_refused), CASE(nothing_of_a_refused_plugin_stays),
          CASE(everyone_who_asks_a_point_declares_it), CASE(types_that_do_not_fit_are_found_at_the_freeze),
          CASE(shorter_descriptors_are_taken))
