/* Everything that is kept about one person, from whichever table, with an index on the person or without. */
#include "identity/internal.h"

#include "fixture.h"

struct note {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct mx_str text;
    int64_t stars;
};

static const struct mx_field note_fields[] = {
    MX_F_STR(note, id, 0, 1, 32, "id"),
    MX_F_ID(note, person, 0, "per", "about whom"),
    MX_F_STR(note, text, MX_PII, 0, 100, "what"),
    MX_F_INT(note, stars, 0, 0, 5, "how much"),
};
MX_TYPE_REC(note, "toy.note", "something about a person");
static const struct mx_index by_person[] = {{"person", "person", 0}};
static const struct mx_table indexed = {
    (uint32_t)sizeof(struct mx_table), 0, "toy.indexed", "found by person", &note_type, "id", "person", by_person, 1,
    (uint32_t)sizeof(struct mx_index)};
static const struct mx_table plain = {
    (uint32_t)sizeof(struct mx_table), 0, "toy.plain", "found by looking at all", &note_type, "id", "person", NULL, 0, 0};

static int open_with_notes(struct fixture *f) {
    if (!fixture_open(f)) return 0;
    identity_close(f->identity);
    store_close(f->store);
    fixture_attach(f, 0);
    CHECK_INT(store_table_add(f->store, "toy", &indexed, NULL), MX_OK);
    CHECK_INT(store_table_add(f->store, "toy", &plain, NULL), MX_OK);
    return store_start(f->store, NULL) == MX_OK;
}

static struct mx_str new_person(struct fixture *f) {
    struct base_random random;
    struct mx_str id;
    base_random_seed(&random);
    id = base_id_new(f->arena, "per", 1000, &random);
    CHECK_INT(identity_person_new(f->identity, f->view, id, 1000, NULL), MX_OK);
    return id;
}

static void put_note(struct fixture *f, const struct mx_table *table, struct mx_str person, int number) {
    struct note note = {.person = person, .stars = number % 5};
    note.id = base_arena_printf(f->arena, "n%05d", number);
    note.text = base_arena_printf(f->arena, "secret of %d", number);
    CHECK_INT(store_put(f->view, table, &note, NULL), MX_OK);
}

struct found {
    struct fixture *f;
    struct base_buf rows; /* "table:text;" */
    uint32_t count, paces, stop_at;
};

static mx_status take(void *arg, const struct mx_table *table, const void *record) {
    struct found *found = arg;
    found->count++;
    base_buf_text(&found->rows, table->name);
    base_buf_char(&found->rows, ':');
    base_buf_str(&found->rows, table->type == &note_type ? ((const struct note *)record)->text : mx_str_of("?"));
    base_buf_char(&found->rows, ';');
    return MX_OK;
}

static mx_status pace(void *arg) {
    struct found *found = arg;
    return ++found->paces == found->stop_at ? MX_E_CANCELLED : MX_OK;
}

static mx_status look(struct fixture *f, struct mx_str person, struct found *found) {
    struct store_subject subject = {person, take, pace, found};
    base_buf_init(&found->rows, f->arena);
    return store_subject_walk(f->view, &subject, NULL);
}

TEST(all_records_of_one_person_and_of_nobody_else) {
    struct fixture f;
    struct found found = {0};
    struct mx_str a, b, c;
    REQUIRE(open_with_notes(&f));
    fixture_begin(&f);
    a = new_person(&f);
    b = new_person(&f);
    c = new_person(&f);
    for (int i = 0; i < 300; i++) put_note(&f, &plain, i == 7 || i == 260 ? a : b, i);
    put_note(&f, &indexed, b, 1);
    put_note(&f, &indexed, a, 2);
    CHECK_INT(fixture_link(&f, a, "card", mx_str_of("900001"), NULL), MX_OK);
    CHECK_INT(look(&f, a, &found), MX_OK); /* its own writes */
    CHECK_INT(found.count, 4);
    fixture_commit(&f);
    fixture_read(&f);
    memset(&found, 0, sizeof(found));
    CHECK_INT(look(&f, a, &found), MX_OK);
    CHECK_STR(base_buf_view(&found.rows), "identity.identifier:?;toy.indexed:secret of 2;toy.plain:secret of 7;toy.plain:secret of 260;");
    CHECK(found.paces > 2);
    memset(&found, 0, sizeof(found));
    CHECK_INT(look(&f, c, &found), MX_OK);
    CHECK_INT(found.count, 0);
    memset(&found, 0, sizeof(found));
    found.stop_at = 2;
    CHECK_INT(look(&f, b, &found), MX_E_CANCELLED);
    CHECK(found.count < 300);
    store_read_end(f.view);
    fixture_close(&f);
}

TEST(of_an_erased_person_only_what_was_never_sealed) {
    struct fixture f;
    struct found found = {0};
    struct mx_list erased;
    struct mx_str a;
    REQUIRE(open_with_notes(&f));
    fixture_begin(&f);
    a = new_person(&f);
    put_note(&f, &plain, a, 1);
    put_note(&f, &indexed, a, 2);
    fixture_commit(&f);
    fixture_begin(&f);
    CHECK_INT(identity_customer_erase(f.view, a, &erased, NULL), MX_OK);
    fixture_commit(&f);
    fixture_read(&f);
    CHECK_INT(look(&f, a, &found), MX_OK);
    CHECK_STR(base_buf_view(&found.rows), "toy.indexed:;toy.plain:;");
    store_read_end(f.view);
    fixture_close(&f);
}

RUN_TESTS(CASE(all_records_of_one_person_and_of_nobody_else), CASE(of_an_erased_person_only_what_was_never_sealed))
