/* Who is one customer with whom: merges and their taking back, against a model that knows nothing of how it is done. */
#include "identity/internal.h"

#include "fixture.h"

#define PEOPLE 14
#define EDGES  2000

static const struct mx_str cn = MX_STR_INIT("CN");
static const struct mx_str nobody = MX_STR_INIT("per_00000000000000000000000000");

static struct mx_str fresh_id(struct fixture *f, const char *prefix) {
    struct base_random random;
    base_random_seed(&random);
    return base_id_new(f->arena, prefix, 1000, &random);
}

static struct mx_str new_person(struct fixture *f) {
    struct mx_str id = fresh_id(f, "per");
    CHECK_INT(identity_person_new(f->identity, f->view, id, 1000, NULL), MX_OK);
    return id;
}

static mx_status merge(struct fixture *f, struct mx_str from, struct mx_str into, struct mx_str *id, struct mx_error *err) {
    struct identity_merge record = {.from = from, .into = into, .at = 5000, .by = MX_STR_INIT("system"), .reason = MX_STR_INIT("why")};
    mx_status st;
    record.id = fresh_id(f, "mrg");
    st = identity_merge(f->view, &record, err);
    if (st == MX_OK && id) *id = record.id;
    return st;
}

static mx_status unmerge(struct fixture *f, struct mx_str id, struct identity_parting *parting, struct mx_error *err) {
    mx_status st = identity_unmerge_look(f->view, id, parting, err);
    return st == MX_OK ? identity_unmerge(f->view, parting, mx_str_of("system"), 9000, err) : st;
}

static struct mx_list set_of(struct fixture *f, struct mx_str person) {
    struct mx_list set = {NULL, 0, 0};
    CHECK_INT(identity_person_set(f->view, person, &set, NULL), MX_OK);
    return set;
}

/* ---- a model: edges in the order of their making, and nothing else ---- */

struct model {
    struct mx_str person[PEOPLE];
    int from[EDGES], into[EDGES], stands[EDGES];
    struct mx_str id[EDGES];
    int edges;
};

/* group[i]: a number for the set of i; first[group]: who stands in it. */
static void model_groups(const struct model *model, int group[PEOPLE], int first[PEOPLE]) {
    for (int i = 0; i < PEOPLE; i++) group[i] = first[i] = i;
    for (int e = 0; e < model->edges; e++) {
        int old = group[model->from[e]], kept = group[model->into[e]];
        if (!model->stands[e]) continue;
        for (int i = 0; i < PEOPLE; i++)
            if (group[i] == old) group[i] = kept;
    }
}

static void check_model(struct fixture *f, const struct model *model) {
    int group[PEOPLE], first[PEOPLE];
    model_groups(model, group, first);
    for (int i = 0; i < PEOPLE; i++) {
        struct mx_list set = set_of(f, model->person[i]);
        uint32_t size = 0;
        for (int k = 0; k < PEOPLE; k++) {
            int together = group[k] == group[i];
            size += together != 0;
            CHECK_INT(identity_lists(&set, model->person[k]), together);
        }
        CHECK_INT(set.count, size);
        CHECK(mx_str_eq(mx_list_str(&set, 0), model->person[first[group[i]]]));
    }
}

static void model_merge(struct fixture *f, struct model *model, int from, int into) {
    int group[PEOPLE], first[PEOPLE];
    struct mx_error err = {0};
    mx_status st = merge(f, model->person[from], model->person[into], &model->id[model->edges], &err);
    model_groups(model, group, first);
    if (group[from] == group[into]) {
        CHECK_INT(st, MX_E_REFUSED);
        CHECK(strcmp(err.code, from == into ? "same_person" : "merged_already") == 0 && strcmp(err.field, "into") == 0);
        return;
    }
    CHECK_INT(st, MX_OK);
    model->from[model->edges] = from;
    model->into[model->edges] = into;
    model->stands[model->edges++] = 1;
}

static void model_unmerge(struct fixture *f, struct model *model, int edge) {
    struct identity_parting parting;
    struct mx_error err = {0};
    int group[PEOPLE], first[PEOPLE], stood;
    mx_status st;
    model_groups(model, group, first);
    stood = first[group[model->into[edge]]];
    st = unmerge(f, model->id[edge], &parting, &err);
    if (!model->stands[edge]) {
        CHECK_INT(st, MX_E_REFUSED);
        CHECK(strcmp(err.code, "unmerged_already") == 0 && strcmp(err.field, "merge") == 0);
        return;
    }
    CHECK_INT(st, MX_OK);
    model->stands[edge] = 0;
    CHECK(mx_str_eq(parting.stays.persons[0], model->person[stood])); /* who stood goes on standing */
    model_groups(model, group, first);
    CHECK(mx_str_eq(parting.parts.persons[0], model->person[first[group[model->from[edge]]]]) ||
          mx_str_eq(parting.parts.persons[0], model->person[first[group[model->into[edge]]]]));
}

TEST(any_merges_and_unmerges_lead_where_the_standing_merges_alone_would) {
    struct fixture f;
    struct base_random random;
    static struct model model;
    REQUIRE(fixture_open(&f));
    base_random_seed_from(&random, 20);
    memset(&model, 0, sizeof(model));
    fixture_begin(&f);
    for (int i = 0; i < PEOPLE; i++) model.person[i] = new_person(&f);
    for (int step = 0; step < 600; step++) {
        int a = (int)(base_random_next(&random) % PEOPLE), b = (int)(base_random_next(&random) % PEOPLE);
        if (model.edges && base_random_next(&random) % 2)
            model_unmerge(&f, &model, (int)(base_random_next(&random) % (uint64_t)model.edges));
        else
            model_merge(&f, &model, a, b);
        check_model(&f, &model);
        if (step % 50) continue;
        fixture_commit(&f);
        fixture_begin(&f);
    }
    CHECK(model.edges > 50);
    fixture_commit(&f);
    fixture_restart(&f);
    fixture_read(&f);
    check_model(&f, &model);
    store_read_end(f.view);
    fixture_close(&f);
}

TEST(after_unmerging_everything_each_is_alone_and_as_she_was) {
    struct fixture f;
    struct mx_str people[10], merges[9];
    struct identity_parting parting;
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    for (int i = 0; i < 10; i++) people[i] = new_person(&f);
    for (int i = 0; i < 9; i++) CHECK_INT(merge(&f, people[i], people[i + 1], &merges[i], NULL), MX_OK);
    CHECK(mx_str_eq(mx_list_str((struct mx_list[]){set_of(&f, people[0])}, 0), people[9]));
    CHECK_INT(unmerge(&f, merges[4], &parting, NULL), MX_OK); /* in the middle of a chain */
    CHECK_INT(parting.stays.count, 5);
    CHECK_INT(parting.parts.count, 5);
    CHECK(mx_str_eq(parting.stays.persons[0], people[9]) && mx_str_eq(parting.parts.persons[0], people[4]));
    for (int i = 0; i < 9; i++)
        if (i != 4) CHECK_INT(unmerge(&f, merges[i], &parting, NULL), MX_OK);
    for (int i = 0; i < 10; i++) {
        const struct identity_person *person;
        struct mx_list set = set_of(&f, people[i]);
        CHECK_INT(set.count, 1);
        CHECK(mx_str_eq(mx_list_str(&set, 0), people[i]));
        CHECK_INT(identity_person_read(f.view, people[i], &person), MX_OK);
        CHECK_INT(person->set.count, 0);
    }
    fixture_drop(&f);
    fixture_close(&f);
}

/* A was merged into B, then A (not B) into C: without the first merge B is alone, and it is C who stands for A. */
TEST(the_side_that_parts_is_the_one_that_does_not_stand) {
    struct fixture f;
    struct mx_str a, b, c, first;
    struct identity_parting parting;
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    a = new_person(&f);
    b = new_person(&f);
    c = new_person(&f);
    CHECK_INT(merge(&f, a, b, &first, NULL), MX_OK);
    CHECK_INT(merge(&f, a, c, NULL, NULL), MX_OK);
    CHECK_INT(unmerge(&f, first, &parting, NULL), MX_OK);
    CHECK(parting.parts.count == 1 && mx_str_eq(parting.parts.persons[0], b));
    CHECK(parting.stays.count == 2 && mx_str_eq(parting.stays.persons[0], c) && mx_str_eq(parting.stays.persons[1], a));
    fixture_drop(&f);
    fixture_close(&f);
}

TEST(what_makes_no_sense_is_refused_and_changes_nothing) {
    struct fixture f;
    struct mx_str a, b, people[IDENTITY_SET_MAX + 1], id;
    struct identity_parting parting;
    struct mx_error err = {0};
    uint32_t records = 0, before = 0;
    size_t bytes = 0;
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    a = new_person(&f);
    b = new_person(&f);
    store_write_size(f.view, &before, &bytes);
    CHECK_INT(merge(&f, nobody, a, NULL, &err), MX_E_NOT_FOUND);
    CHECK(strcmp(err.field, "from") == 0);
    CHECK_INT(merge(&f, a, nobody, NULL, &err), MX_E_NOT_FOUND);
    CHECK(strcmp(err.field, "into") == 0);
    CHECK_INT(merge(&f, a, a, NULL, &err), MX_E_REFUSED);
    CHECK_INT(unmerge(&f, fresh_id(&f, "mrg"), &parting, &err), MX_E_NOT_FOUND);
    CHECK(strcmp(err.field, "merge") == 0);
    store_write_size(f.view, &records, &bytes);
    CHECK_INT(records, before);
    CHECK_INT(merge(&f, a, b, &id, NULL), MX_OK);
    CHECK_INT(merge(&f, b, a, NULL, &err), MX_E_REFUSED); /* a ring of two */
    CHECK(strcmp(err.code, "merged_already") == 0);
    for (uint32_t i = 0; i <= IDENTITY_SET_MAX; i++) people[i] = new_person(&f);
    for (uint32_t i = 1; i < IDENTITY_SET_MAX; i++) CHECK_INT(merge(&f, people[i], people[0], NULL, NULL), MX_OK);
    CHECK_INT(merge(&f, people[IDENTITY_SET_MAX], people[0], NULL, &err), MX_E_REFUSED);
    CHECK(strcmp(err.code, "too_many_persons") == 0);
    CHECK_INT(set_of(&f, people[7]).count, IDENTITY_SET_MAX);
    fixture_drop(&f);
    fixture_close(&f);
}

/* ---- forgetting her ---- */

static void link_to(struct fixture *f, struct mx_str person, const char *kind, const char *value) {
    CHECK_INT(fixture_link(f, person, kind, mx_str_of(value), NULL), MX_OK);
}

static mx_status find(struct fixture *f, const char *kind, const char *value, struct mx_str *person) {
    return identity_person_find(f->identity, f->view, kind, mx_str_of(value), cn, person, NULL);
}

TEST(erasing_one_erases_the_customer_and_frees_what_she_was_known_by) {
    struct fixture f;
    struct mx_str a, b, other, found = {NULL, 0}, id, undone;
    struct identity_parting parting;
    const struct identity_merge *left;
    struct mx_error err = {0};
    struct mx_list erased;
    uint8_t key[CRYPTO_KEY_BYTES];
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    a = new_person(&f);
    b = new_person(&f);
    other = new_person(&f);
    link_to(&f, a, "phone", "13800138000");
    link_to(&f, b, "card", "900001");
    link_to(&f, other, "card", "900002");
    CHECK_INT(merge(&f, other, a, &undone, NULL), MX_OK);
    CHECK_INT(unmerge(&f, undone, &parting, NULL), MX_OK);
    CHECK_INT(merge(&f, a, b, &id, NULL), MX_OK);
    fixture_commit(&f);
    fixture_begin(&f);
    CHECK_INT(find(&f, "phone", "13800138000", &found), MX_OK); /* her key is in the view's memory now */
    CHECK_INT(identity_customer_erase(f.view, a, &erased, NULL), MX_OK);
    CHECK_INT(erased.count, 2);
    CHECK_INT(identity_person_key(f.identity, f.view, a, key), MX_E_ERASED);
    CHECK_INT(identity_person_key(f.identity, f.view, b, key), MX_E_ERASED);
    CHECK_INT(identity_person_key(f.identity, f.view, other, key), MX_OK);
    CHECK_INT(find(&f, "phone", "13800138000", &found), MX_NONE);
    CHECK_INT(find(&f, "card", "900001", &found), MX_NONE);
    CHECK_INT(find(&f, "card", "900002", &found), MX_OK);
    CHECK_INT(identity_merge_get(f.view, id, &left), MX_OK);
    CHECK_INT(left->reason.len, 0);
    CHECK_INT(identity_merge_get(f.view, undone, &left), MX_OK);
    CHECK_INT(left->reason.len, 0);
    fixture_commit(&f);
    fixture_begin(&f);
    link_to(&f, other, "phone", "13800138000");
    CHECK_INT(identity_customer_erase(f.view, b, &erased, &err), MX_E_ERASED);
    CHECK_INT(identity_customer_erase(f.view, nobody, &erased, &err), MX_E_NOT_FOUND);
    CHECK_INT(merge(&f, other, a, NULL, &err), MX_E_ERASED);
    CHECK(strcmp(err.field, "into") == 0);
    CHECK_INT(unmerge(&f, id, &parting, &err), MX_E_ERASED);
    CHECK_INT(set_of(&f, a).count, 2); /* the books still know whose they were */
    fixture_drop(&f);
    fixture_close(&f);
}

/* Nothing can be sealed or opened under the key from the moment it is gone, not even in the command that destroyed it. */
TEST(a_destroyed_key_is_gone_within_its_own_command) {
    struct fixture f;
    struct identity_identifier record = {0};
    struct mx_str a;
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    a = new_person(&f);
    link_to(&f, a, "phone", "13800138000");
    CHECK_INT(identity_person_erase(f.view, a, NULL), MX_OK);
    record.id = fresh_id(&f, "idt");
    record.person = a;
    record.kind = mx_str_of("card");
    record.value = mx_str_of("77");
    CHECK_INT(store_put(f.view, &identity_identifiers, &record, NULL), MX_E_ERASED);
    fixture_drop(&f);
    fixture_close(&f);
}

TEST(what_lay_under_a_lost_key_can_be_linked_anew) {
    struct fixture f;
    struct mx_str a, b, found = {NULL, 0};
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    a = new_person(&f);
    b = new_person(&f);
    link_to(&f, a, "phone", "13800138000");
    CHECK_INT(identity_person_erase(f.view, a, NULL), MX_OK); /* the key alone, as a dropped epoch would */
    CHECK_INT(find(&f, "phone", "13800138000", &found), MX_E_ERASED);
    link_to(&f, b, "phone", "13800138000");
    CHECK_INT(find(&f, "phone", "13800138000", &found), MX_OK);
    CHECK(mx_str_eq(found, b));
    fixture_drop(&f);
    fixture_close(&f);
}

/* ---- what she is known by ---- */

TEST(a_link_keeps_where_it_was_learnt_and_one_customer_needs_it_once) {
    struct fixture f;
    struct identity_link link = {.kind = "account",
                                 .value = MX_STR_INIT("market:7"),
                                 .source = MX_STR_INIT("intake"),
                                 .ref = MX_STR_INIT("run_1"),
                                 .by = MX_STR_INIT("system"),
                                 .now_ms = 3000};
    struct mx_str a, b, c, other = {NULL, 0}, found = {NULL, 0}, id;
    struct identity_parting parting;
    struct mx_error err = {0};
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    a = new_person(&f);
    b = new_person(&f);
    c = new_person(&f);
    link.person = a;
    CHECK_INT(identity_person_link_from(f.view, &link, cn, &other, NULL), MX_OK);
    CHECK_INT(identity_person_link_from(f.view, &link, cn, &other, NULL), MX_DONE);
    CHECK_INT(merge(&f, a, b, &id, NULL), MX_OK);
    link.person = b;
    CHECK_INT(identity_person_link_from(f.view, &link, cn, &other, NULL), MX_DONE); /* hers, under her other id */
    link.person = c;
    CHECK_INT(identity_person_link_from(f.view, &link, cn, &other, &err), MX_E_EXISTS);
    CHECK(mx_str_eq(other, a) && strcmp(err.code, "identifier_taken") == 0 && strcmp(err.field, "account") == 0);
    CHECK_INT(identity_person_unlink(f.view, c, "account", link.value, cn, NULL), MX_NONE);
    CHECK_INT(identity_person_unlink(f.view, b, "account", link.value, cn, NULL), MX_NONE); /* it is a's */
    CHECK_INT(unmerge(&f, id, &parting, NULL), MX_OK);
    CHECK_INT(find(&f, "account", "market:7", &found), MX_OK);
    CHECK(mx_str_eq(found, a)); /* nothing was moved */
    CHECK_INT(identity_person_unlink(f.view, a, "account", link.value, cn, NULL), MX_OK);
    CHECK_INT(find(&f, "account", "market:7", &found), MX_NONE);
    link.person = c;
    CHECK_INT(identity_person_link_from(f.view, &link, cn, &other, NULL), MX_OK);
    fixture_drop(&f);
    fixture_close(&f);
}

TEST(a_new_epoch_changes_keys_and_no_sets) {
    struct fixture f;
    struct mx_str a, b, after = {NULL, 0};
    mx_status st = MX_OK;
    REQUIRE(fixture_open(&f));
    fixture_begin(&f);
    a = new_person(&f);
    b = new_person(&f);
    CHECK_INT(merge(&f, a, b, NULL, NULL), MX_OK);
    CHECK_INT(identity_epoch_begin(f.identity, crypto_keys_epoch(f.keys), NULL), MX_OK);
    while (st == MX_OK) st = identity_epoch_rewrap(f.identity, f.view, &after, NULL);
    CHECK_INT(st, MX_DONE);
    CHECK_INT(set_of(&f, a).count, 2);
    CHECK(mx_str_eq(mx_list_str((struct mx_list[]){set_of(&f, a)}, 0), b));
    fixture_drop(&f);
    fixture_close(&f);
}

RUN_TESTS(CASE(a_new_epoch_changes_keys_and_no_sets), CASE(any_merges_and_unmerges_lead_where_the_standing_merges_alone_would),
          CASE(after_unmerging_everything_each_is_alone_and_as_she_was), CASE(the_side_that_parts_is_the_one_that_does_not_stand),
          CASE(what_makes_no_sense_is_refused_and_changes_nothing), CASE(erasing_one_erases_the_customer_and_frees_what_she_was_known_by),
          CASE(a_destroyed_key_is_gone_within_its_own_command), CASE(what_lay_under_a_lost_key_can_be_linked_anew),
          CASE(a_link_keeps_where_it_was_learnt_and_one_customer_needs_it_once))
