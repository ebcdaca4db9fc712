/* Epochs of persons' keys: wrapped anew, dropped, and what that does to old copies. */
#include "identity/internal.h"

#include "fixture.h"

static const struct mx_str cn = MX_STR_INIT("CN");

static struct mx_str join(struct fixture *f, struct store_view *view, int number) {
    struct base_random random;
    struct mx_str id;
    base_random_seed_from(&random, (uint64_t)number);
    id = base_id_new(f->arena, "per", 1000 + number, &random);
    CHECK_INT(identity_person_new(f->identity, view, id, 1000, NULL), MX_OK);
    CHECK_INT(fixture_link(f, id, "phone", base_arena_printf(f->arena, "138%08d", number), NULL), MX_OK);
    return id;
}

static mx_status key_of(struct fixture *f, struct mx_str person) {
    uint8_t key[CRYPTO_KEY_BYTES];
    struct store_view *view = fixture_read(f);
    mx_status st = identity_person_key(f->identity, view, person, key);
    store_read_end(view);
    return st;
}

/* All steps, each a commit of its own. -> steps of wrapping */
static int rotate(struct fixture *f) {
    uint32_t from = crypto_keys_epoch(f->keys);
    struct mx_str after = {NULL, 0};
    mx_status st = MX_OK;
    int steps = 0;
    CHECK_INT(identity_epoch_begin(f->identity, from, NULL), MX_OK);
    CHECK_INT(identity_epoch_begin(f->identity, from, NULL), MX_OK); /* once more after a crash: no further epoch */
    CHECK_INT(crypto_keys_epoch(f->keys), from + 1);
    while (st == MX_OK) {
        struct store_view *view = fixture_begin(f);
        st = identity_epoch_rewrap(f->identity, view, &after, NULL);
        CHECK(st == MX_OK || st == MX_DONE);
        if (st == MX_DONE) CHECK_INT(identity_epoch_drop(f->identity, NULL), MX_OK); /* not durable yet: nothing is dropped */
        fixture_commit(f);
        steps++;
    }
    CHECK_INT(identity_epoch_drop(f->identity, NULL), MX_DONE);
    return steps;
}

TEST(everybody_is_moved_and_the_old_epoch_is_gone) {
    struct fixture f;
    struct mx_str persons[450];
    struct store_view *view;
    uint8_t key[CRYPTO_KEY_BYTES];
    int i;
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    for (i = 0; i < 450; i++) persons[i] = join(&f, view, i);
    fixture_commit(&f);
    CHECK_INT(rotate(&f), 3);
    CHECK_INT(crypto_keys_epoch_key(f.keys, 1, key), MX_E_ERASED);
    for (i = 0; i < 450; i++) CHECK_INT(key_of(&f, persons[i]), MX_OK);
    CHECK_INT(rotate(&f), 3);
    CHECK_INT(key_of(&f, persons[449]), MX_OK);
    fixture_close(&f);
}

static void copy_folder(const struct fixture *f, const char *from, const char *to) {
    char command[256];
    snprintf(command, sizeof(command), "cp -r %s/%s %s/%s", f->dir, from, f->dir, to);
    CHECK_INT(system(command), 0);
}

/* Open another folder with the same key file. */
static void attach_copy(struct fixture *f, const char *name) {
    identity_close(f->identity);
    store_close(f->store);
    snprintf(f->data, sizeof(f->data), "%s/%s", f->dir, name);
    fixture_attach(f, 0);
    CHECK_INT(store_start(f->store, NULL), MX_OK);
}

TEST(an_old_copy_does_not_bring_back_who_was_erased) {
    struct fixture f;
    struct mx_str erased, stays, found = {NULL, 0};
    struct store_view *view;
    struct mx_list values;
    REQUIRE(fixture_open(&f));
    view = fixture_begin(&f);
    erased = join(&f, view, 1);
    stays = join(&f, view, 2);
    fixture_commit(&f);
    identity_close(f.identity);
    store_close(f.store);
    copy_folder(&f, "data", "old");
    fixture_attach(&f, 0);
    CHECK_INT(store_start(f.store, NULL), MX_OK);

    view = fixture_begin(&f);
    CHECK_INT(identity_person_erase(view, erased, NULL), MX_OK);
    CHECK_INT(identity_person_erase(view, mx_str_of("per_00000000000000000000000000"), NULL), MX_E_NOT_FOUND);
    fixture_commit(&f);
    CHECK_INT(key_of(&f, erased), MX_E_ERASED);
    CHECK_INT(key_of(&f, stays), MX_OK);
    attach_copy(&f, "old");
    CHECK_INT(key_of(&f, erased), MX_OK); /* the copy alone could: that is why the epoch changes */
    attach_copy(&f, "data");
    CHECK_INT(rotate(&f), 1);
    CHECK_INT(key_of(&f, stays), MX_OK);
    view = fixture_read(&f);
    CHECK_INT(identity_person_identifiers(f.identity, view, stays, "phone", 0, &values, NULL), MX_OK);
    CHECK_INT(values.count, 1);
    store_read_end(view);

    attach_copy(&f, "old");
    CHECK_INT(key_of(&f, erased), MX_E_ERASED);
    view = fixture_read(&f);
    CHECK_INT(identity_person_find(f.identity, view, "phone", mx_str_of("13800000001"), cn, &found, NULL), MX_E_ERASED);
    CHECK(identity_epoch_known(f.identity, view)); /* the key file is newer, not older */
    store_read_end(view);
    fixture_close(&f);
}

TEST(an_older_key_file_is_noticed) {
    struct fixture f;
    struct crypto_keys *newer;
    struct store_view *view;
    REQUIRE(fixture_open(&f));
    view = fixture_read(&f);
    CHECK(identity_epoch_known(f.identity, view));
    store_read_end(view);
    copy_folder(&f, "data.key", "older.key");
    view = fixture_begin(&f);
    (void)join(&f, view, 1);
    fixture_commit(&f);
    (void)rotate(&f);
    view = fixture_read(&f);
    CHECK(identity_epoch_known(f.identity, view));
    store_read_end(view);
    newer = f.keys;
    snprintf(f.key_file, sizeof(f.key_file), "%s/older.key", f.dir);
    identity_close(f.identity);
    store_close(f.store);
    REQUIRE(crypto_keys_open(f.key_file, &f.keys, NULL) == MX_OK);
    fixture_attach(&f, 0);
    CHECK_INT(store_start(f.store, NULL), MX_OK);
    view = fixture_read(&f);
    CHECK(!identity_epoch_known(f.identity, view));
    store_read_end(view);
    crypto_keys_free(newer);
    fixture_close(&f);
}

RUN_TESTS(CASE(everybody_is_moved_and_the_old_epoch_is_gone), CASE(an_old_copy_does_not_bring_back_who_was_erased),
          CASE(an_older_key_file_is_noticed))
