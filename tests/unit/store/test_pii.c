/* Personal fields: sealed on disk, found through blind indexes, gone with the person's key. */
#include <fcntl.h>

#include "shop.h"
#include "support/check.h"

struct guest {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct mx_str tier;
    struct mx_str phone;
    struct mx_str name;
    struct mx_list mails;
    int64_t birthday;
};
static const struct mx_field guest_fields[] = {
    MX_F_ID(guest, id, MX_REQUIRED, "mem", "member"),
    MX_F_ID(guest, person, 0, "per", "person"),
    MX_F_STR(guest, tier, 0, 0, 32, "tier"),
    MX_F_STR(guest, phone, MX_PII, 0, 32, "phone"),
    MX_F_STR(guest, name, MX_PII | MX_REQUIRED, 0, 100, "name"),
    MX_F_STRS(guest, mails, MX_PII | MX_REQUIRED, 0, 8, "mail addresses"),
    MX_F_TIME(guest, birthday, MX_PII, "birthday"),
};
MX_TYPE_REC(guest, "test.guest", "a guest");
static const struct mx_index guest_indexes[] = {
    {"phone", "phone", MX_INDEX_UNIQUE}, {"mail", "mails", 0}, {"tier_phone", "tier phone", 0}, {"birthday", "birthday", 0}};
static const struct mx_table guest_table = {sizeof(struct mx_table), 0, "test.guests",          "guests", &guest_type, "id", "person",
                                            guest_indexes,           4, sizeof(struct mx_index)};

/* The next version of the type: one more personal and one more open field. */
struct guest2 {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct mx_str phone;
    struct mx_str name;
    struct mx_str address;
    struct mx_str colour;
};
static const struct mx_field guest2_fields[] = {
    MX_F_ID(guest2, id, MX_REQUIRED, "mem", "member"),    MX_F_ID(guest2, person, 0, "per", "person"),
    MX_F_STR(guest2, phone, MX_PII, 0, 32, "phone"),      MX_F_STR(guest2, name, MX_PII, 0, 100, "name"),
    MX_F_STR(guest2, address, MX_PII, 0, 100, "address"), MX_F_STR(guest2, colour, 0, 0, 100, "colour"),
};
MX_TYPE_REC(guest2, "test.guest", "a guest");
static const struct mx_table guest2_table = {sizeof(struct mx_table), 0, "test.guests",          "guests", &guest2_type, "id", "person",
                                             guest_indexes,           1, sizeof(struct mx_index)};

#define MEM1 "mem_00000000000000000000000001"
#define MEM2 "mem_00000000000000000000000002"
#define PER1 "per_00000000000000000000000001"
#define PER2 "per_00000000000000000000000002"

static int erased_person; /* 1: the first person's key is destroyed */
static int keys_asked;

static mx_status give_key(void *arg, struct store_view *view, struct mx_str person, uint8_t key[CRYPTO_KEY_BYTES]) {
    (void)arg;
    (void)view;
    keys_asked++;
    if (mx_str_is(person, PER1)) {
        if (erased_person) return MX_E_ERASED;
        memset(key, 1, CRYPTO_KEY_BYTES);
        return MX_OK;
    }
    if (!mx_str_is(person, PER2)) return MX_NONE;
    memset(key, 2, CRYPTO_KEY_BYTES);
    return MX_OK;
}

static void open_shop(struct shop *shop) {
    erased_person = 0;
    shop_new(shop);
    if (store_table_add(shop->store, "test", &guest_table, &shop->err) != MX_OK) shop_stop(shop, "guests");
    shop_start(shop);
    store_person_keys(shop->store, give_key, NULL);
}

static void open_again(struct shop *shop, const struct mx_table *table) {
    shop_close(shop);
    if (shop_open_again(shop) != MX_OK) shop_stop(shop, "open");
    if (store_table_add(shop->store, "test", table, &shop->err) != MX_OK) shop_stop(shop, "guests");
    store_person_keys(shop->store, give_key, NULL);
    shop_start(shop);
}

static struct guest guest_of(const char *id, const char *person, const char *phone, const char *name) {
    struct guest guest;
    memset(&guest, 0, sizeof(guest));
    guest.id = mx_str_of(id);
    guest.person = mx_str_of(person);
    guest.phone = mx_str_of(phone);
    guest.name = mx_str_of(name);
    guest.tier = mx_str_of("gold");
    return guest;
}

static mx_status put(struct shop *shop, const struct mx_table *table, void *guest) {
    struct shop_command command;
    struct store_view *view = shop_begin(shop, &command);
    mx_status st = store_put(view, table, guest, &shop->err);
    if (st == MX_OK) return shop_commit(&command);
    shop_drop(&command);
    return st;
}

static int file_holds(struct shop *shop, const char *text) {
    int fd = open(folder_path(&shop->folder, "data/data.mdb"), O_RDONLY);
    struct stat info;
    char *bytes;
    int found;
    if (fd < 0 || fstat(fd, &info) != 0) exit(2);
    bytes = malloc((size_t)info.st_size);
    if (!bytes || read(fd, bytes, (size_t)info.st_size) != info.st_size) exit(2);
    found = memmem(bytes, (size_t)info.st_size, text, strlen(text)) != NULL;
    free(bytes);
    close(fd);
    return found;
}

static int found_count;
static void on_found(void *arg, const char *what) {
    (void)arg;
    printf("# verify: %s\n", what);
    found_count++;
}
static int verify_finds(struct shop *shop) {
    uint64_t records = 0;
    found_count = 0;
    CHECK_INT(store_verify(shop->store, on_found, NULL, &records), MX_OK);
    return found_count;
}

TEST(sealed_on_disk) {
    struct shop shop;
    struct guest guest = guest_of(MEM1, PER1, "+447700900123", "Agatha Plainname"), *got = NULL;
    struct mx_str mails[] = {MX_STR_INIT("agatha@example.org"), MX_STR_INIT("plain@example.org")};
    struct store_view *view;
    open_shop(&shop);
    guest.mails = (struct mx_list){mails, 2, sizeof(mails[0])};
    guest.birthday = 123456789012;
    CHECK_INT(put(&shop, &guest_table, &guest), MX_OK);
    view = shop_read(&shop);
    CHECK_INT(store_get(view, &guest_table, &guest, (void **)&got, &shop.err), MX_OK);
    REQUIRE(got);
    CHECK_STR(got->name, "Agatha Plainname");
    CHECK_STR(got->phone, "+447700900123");
    CHECK_STR(got->tier, "gold");
    CHECK_INT(got->birthday, 123456789012);
    CHECK_INT(got->mails.count, 2);
    CHECK_INT(got->rec.rev, 1);
    CHECK_INT(got->rec.extra.len, 0);
    store_read_end(view);
    CHECK(!file_holds(&shop, "447700900123"));
    CHECK(!file_holds(&shop, "Agatha"));
    CHECK(!file_holds(&shop, "agatha@"));
    CHECK(!file_holds(&shop, "123456789012"));
    CHECK(file_holds(&shop, "gold"));
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

TEST(blind_indexes) {
    struct shop shop;
    struct guest a = guest_of(MEM1, PER1, "+1", "A"), b = guest_of(MEM2, PER2, "+1", "B"), probe = guest_of("", "", "+1", ""), *got = NULL;
    struct mx_str mails[] = {MX_STR_INIT("x@example.org"), MX_STR_INIT("y@example.org")};
    struct mx_scan_opts opts = {.size = sizeof(opts), .index = "tier_phone", .prefix = 2};
    struct mx_scan *scan;
    struct store_view *view;
    open_shop(&shop);
    a.mails = (struct mx_list){mails, 2, sizeof(mails[0])};
    a.birthday = 5;
    CHECK_INT(put(&shop, &guest_table, &a), MX_OK);
    CHECK_INT(put(&shop, &guest_table, &b), MX_E_EXISTS);
    CHECK(strcmp(shop.err.field, "phone") == 0);
    CHECK(!strstr(shop.err.message, "+1"));
    b.phone = mx_str_of("+2");
    CHECK_INT(put(&shop, &guest_table, &b), MX_OK);
    view = shop_read(&shop);
    CHECK_INT(store_find(view, &guest_table, "phone", &probe, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->id, MEM1);
    probe.mails = (struct mx_list){mails + 1, 1, sizeof(mails[0])};
    CHECK_INT(store_find(view, &guest_table, "mail", &probe, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->id, MEM1);
    probe.birthday = 5;
    CHECK_INT(store_find(view, &guest_table, "birthday", &probe, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->id, MEM1);
    probe.tier = mx_str_of("gold");
    probe.phone = mx_str_of("+2");
    CHECK_INT(store_scan_open(view, &guest_table, &opts, &probe, &scan, &shop.err), MX_OK);
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->id, MEM2);
    CHECK_INT(store_scan_next(scan, (void **)&got, &shop.err), MX_DONE);
    probe.phone = mx_str_of("+3");
    CHECK_INT(store_find(view, &guest_table, "phone", &probe, (void **)&got, &shop.err), MX_NONE);
    opts.index = "phone";
    opts.prefix = 0;
    opts.from = 1;
    CHECK_INT(store_scan_open(view, &guest_table, &opts, &probe, &scan, &shop.err), MX_E_INTERNAL); /* a hash has no order */
    store_read_end(view);
    /* The phone moves from one to the other. */
    a.phone = mx_str_of("+9");
    CHECK_INT(put(&shop, &guest_table, &a), MX_OK);
    b.phone = mx_str_of("+1");
    CHECK_INT(put(&shop, &guest_table, &b), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

TEST(erased_person) {
    struct shop shop;
    struct shop_command command;
    struct guest guest = guest_of(MEM1, PER1, "+1", "Agatha"), other = guest_of(MEM2, PER2, "+1", "B"), *got = NULL;
    struct mx_str mails[] = {MX_STR_INIT("x@example.org")};
    struct store_view *view;
    open_shop(&shop);
    guest.mails = (struct mx_list){mails, 1, sizeof(mails[0])};
    guest.birthday = 7;
    CHECK_INT(put(&shop, &guest_table, &guest), MX_OK);
    erased_person = 1;
    view = shop_begin(&shop, &command);
    CHECK_INT(store_get(view, &guest_table, &guest, (void **)&got, &shop.err), MX_OK);
    REQUIRE(got);
    CHECK_STR(got->name, "");
    CHECK_INT(got->mails.count, 0);
    CHECK_INT(got->birthday, 0);
    CHECK(!MX_HAS(guest, got, birthday));
    CHECK_STR(got->tier, "gold");
    CHECK_INT(verify_finds(&shop), 0);
    got->tier = mx_str_of("none");
    CHECK_INT(store_put(view, &guest_table, got, &shop.err), MX_OK); /* the rest lives on */
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    view = shop_read(&shop);
    CHECK_INT(store_get(view, &guest_table, &guest, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->tier, "none");
    CHECK_INT(store_find(view, &guest_table, "phone", &guest, (void **)&got, &shop.err), MX_NONE); /* no trace in the index */
    CHECK_INT(store_find(view, &guest_table, "mail", &guest, (void **)&got, &shop.err), MX_NONE);
    store_read_end(view);
    guest.rec.rev = 2;
    CHECK_INT(put(&shop, &guest_table, &guest), MX_E_ERASED); /* nothing personal can be written for her */
    CHECK_INT(put(&shop, &guest_table, &other), MX_OK);       /* her number is free again */
    CHECK_INT(verify_finds(&shop), 0);
    view = shop_begin(&shop, &command);
    CHECK_INT(store_del(view, &guest_table, &guest, &shop.err), MX_OK);
    CHECK_INT(shop_commit(&command), MX_OK);
    CHECK_INT(verify_finds(&shop), 0);
    shop_free(&shop);
}

TEST(nobody_and_no_key) {
    struct shop shop;
    struct guest guest = guest_of(MEM1, "", "", ""), *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    keys_asked = 0;
    CHECK_INT(put(&shop, &guest_table, &guest), MX_OK); /* nothing personal, nobody needed */
    CHECK_INT(keys_asked, 0);
    view = shop_read(&shop);
    CHECK_INT(store_get(view, &guest_table, &guest, (void **)&got, &shop.err), MX_OK);
    store_read_end(view);
    guest.name = mx_str_of("Agatha");
    CHECK_INT(put(&shop, &guest_table, &guest), MX_E_MISSING_FIELD);
    CHECK(strcmp(shop.err.field, "person") == 0);
    guest.person = mx_str_of("per_0000000000000000000000000Z");
    CHECK(put(&shop, &guest_table, &guest) < 0); /* a person without a key */
    store_person_keys(shop.store, NULL, NULL);
    CHECK_INT(put(&shop, &guest_table, &guest), MX_E_INTERNAL);
    shop_free(&shop);
}

static mx_status know_nobody(void *arg, struct store_view *view, struct mx_str person, uint8_t key[CRYPTO_KEY_BYTES]) {
    (void)arg;
    (void)view;
    (void)person;
    (void)key;
    return MX_NONE;
}

/* Something stands sealed under her key, so she was there: that she is not is damage, not "no such thing". */
TEST(a_person_who_was_lost) {
    struct shop shop;
    struct guest guest = guest_of(MEM1, PER1, "", ""), *got = NULL;
    struct store_view *view;
    open_shop(&shop);
    guest.name = mx_str_of("Agatha");
    CHECK_INT(put(&shop, &guest_table, &guest), MX_OK);
    store_person_keys(shop.store, know_nobody, NULL);
    view = shop_read(&shop);
    CHECK_INT(store_get(view, &guest_table, &guest, (void **)&got, &shop.err), MX_E_DAMAGED);
    CHECK(strstr(shop.err.message, PER1) != NULL);
    store_read_end(view);
    guest = guest_of(MEM2, PER2, "", "");
    guest.name = mx_str_of("Miss Marple");
    CHECK_INT(put(&shop, &guest_table, &guest), MX_E_NOT_FOUND);
    shop_free(&shop);
}

/* A sealed part that was copied to another record does not open there. */
TEST(bound_to_its_record) {
    struct shop shop;
    struct shop_command command;
    struct guest a = guest_of(MEM1, PER1, "", "Agatha"), b = guest_of(MEM2, PER1, "", ""), *got = NULL;
    struct store_view *view;
    struct store_span value;
    struct base_buf key_a, key_b;
    char *text;
    open_shop(&shop);
    CHECK_INT(put(&shop, &guest_table, &a), MX_OK);
    base_buf_init(&key_a, shop.arena);
    base_buf_init(&key_b, shop.arena);
    store_key_text(&key_a, mx_str_of(MEM1));
    store_key_text(&key_b, mx_str_of(MEM2));
    view = shop_begin(&shop, &command);
    for (uint16_t space = STORE_SPACE_FIRST; space < STORE_SPACE_FIRST + 5; space++) {
        if (store_raw_get(view, space, (struct store_span){(const uint8_t *)key_a.ptr, key_a.len}, &value) != MX_OK) continue;
        text = base_arena_alloc(shop.arena, value.len);
        memcpy(text, value.ptr, value.len);
        ((char *)memmem(text, value.len, MEM1, strlen(MEM1)))[strlen(MEM1) - 1] = '2';
        CHECK_INT(store_raw_put(view, space, (struct store_span){(const uint8_t *)key_b.ptr, key_b.len},
                                (struct store_span){(const uint8_t *)text, value.len}),
                  MX_OK);
    }
    CHECK_INT(store_get(view, &guest_table, &a, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->name, "Agatha");
    CHECK_INT(store_get(view, &guest_table, &b, (void **)&got, &shop.err), MX_E_DAMAGED);
    CHECK(strstr(shop.err.message, MEM2) && strstr(shop.err.message, "test.guests"));
    shop_drop(&command);
    shop_free(&shop);
}

/* An older program reads and writes a newer record: what it does not know stays, and stays sealed. */
TEST(unknown_members_stay_sealed) {
    struct shop shop;
    struct guest2 newer, *got2 = NULL;
    struct guest *got = NULL, probe = guest_of(MEM1, "", "", "");
    struct store_view *view;
    open_shop(&shop);
    open_again(&shop, &guest2_table);
    memset(&newer, 0, sizeof(newer));
    newer.id = mx_str_of(MEM1);
    newer.person = mx_str_of(PER1);
    newer.name = mx_str_of("Agatha");
    newer.address = mx_str_of("7 Secret Lane");
    newer.colour = mx_str_of("teal");
    CHECK_INT(put(&shop, &guest2_table, &newer), MX_OK);
    open_again(&shop, &guest_table);
    view = shop_read(&shop);
    CHECK_INT(store_get(view, &guest_table, &probe, (void **)&got, &shop.err), MX_OK);
    REQUIRE(got);
    CHECK_STR(got->rec.extra, "{\"colour\":\"teal\"}");
    got->name = mx_str_of("Agatha B");
    store_read_end(view);
    CHECK_INT(put(&shop, &guest_table, got), MX_OK);
    CHECK(!file_holds(&shop, "Secret"));
    open_again(&shop, &guest2_table);
    view = shop_read(&shop);
    CHECK_INT(store_get(view, &guest2_table, &newer, (void **)&got2, &shop.err), MX_OK);
    REQUIRE(got2);
    CHECK_STR(got2->address, "7 Secret Lane");
    CHECK_STR(got2->colour, "teal");
    CHECK_STR(got2->name, "Agatha B");
    store_read_end(view);
    shop_free(&shop);
}

/* A blind index that comes later is filled by opening what is there. */
TEST(new_blind_index) {
    struct shop shop;
    struct guest a = guest_of(MEM1, PER1, "+1", "A"), b = guest_of(MEM2, PER2, "+2", "B"), *got = NULL;
    struct mx_table bare = guest_table;
    struct store_view *view;
    bare.index_count = 0;
    erased_person = 0;
    shop_new(&shop);
    CHECK_INT(store_table_add(shop.store, "test", &bare, &shop.err), MX_OK);
    shop_start(&shop);
    store_person_keys(shop.store, give_key, NULL);
    CHECK_INT(put(&shop, &bare, &a), MX_OK);
    CHECK_INT(put(&shop, &bare, &b), MX_OK);
    erased_person = 1;
    open_again(&shop, &guest_table);
    CHECK_INT(verify_finds(&shop), 0);
    view = shop_read(&shop);
    CHECK_INT(store_find(view, &guest_table, "phone", &b, (void **)&got, &shop.err), MX_OK);
    CHECK_STR(got->name, "B");
    CHECK_INT(store_find(view, &guest_table, "phone", &a, (void **)&got, &shop.err), MX_NONE);
    CHECK_INT(store_get(view, &guest_table, &a, (void **)&got, &shop.err), MX_OK);
    CHECK_INT(got->rec.rev, 1);
    store_read_end(view);
    shop_free(&shop);
}

/* ---- tables that are refused ---- */

struct inner {
    struct mx_str street;
};
static const struct mx_field inner_fields[] = {MX_F_STR(inner, street, MX_PII, 0, 100, "street")};
MX_TYPE(inner, "test.inner", "an address");
struct nested {
    struct mx_rec rec;
    struct mx_str id;
    struct mx_str person;
    struct inner *address;
};
static const struct mx_field nested_fields[] = {
    MX_F_STR(nested, id, MX_REQUIRED, 1, 40, "id"),
    MX_F_ID(nested, person, 0, "per", "person"),
    MX_F_STRUCT(nested, address, 0, inner_type, "address"),
};
MX_TYPE_REC(nested, "test.nested", "personal data inside");
static const struct mx_table nested_table = {sizeof(struct mx_table), 0, "test.nested", "", &nested_type, "id", "person", NULL, 0,
                                             sizeof(struct mx_index)};

TEST(refused_tables) {
    static const struct mx_index no_field[] = {{"x", "nothing", 0}};
    static const struct mx_index strs_first[] = {{"x", "mails tier", 0}};
    static const struct mx_index doubled[] = {{"x", "tier", 0}, {"x", "phone", 0}};
    struct shop shop;
    struct mx_table table = guest_table;
    shop_new(&shop);
    CHECK_INT(store_table_add(shop.store, "test", &nested_table, &shop.err), MX_E_BAD_PLUGIN);
    CHECK(strstr(shop.err.message, "address") != NULL);
    table.key = "phone";
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    CHECK(strstr(shop.err.message, "phone") != NULL);
    table.key = "mails";
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.key = "id none";
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.key = "";
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.key = "id";
    table.subject = NULL;
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.subject = "name";
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.subject = "person";
    table.flags = MX_TABLE_PACKED;
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.flags = 0;
    table.name = "bad name";
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.name = "test.guests";
    table.indexes = no_field;
    table.index_count = 1;
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.indexes = strs_first;
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    table.indexes = doubled;
    table.index_count = 2;
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    CHECK_INT(store_table_add(shop.store, "test", &guest_table, &shop.err), MX_OK);
    CHECK_INT(store_table_add(shop.store, "other", &guest_table, &shop.err), MX_E_BAD_PLUGIN);
    shop_start(&shop);
    table = guest_table;
    table.name = "test.late";
    CHECK_INT(store_table_add(shop.store, "test", &table, &shop.err), MX_E_BAD_PLUGIN);
    shop_free(&shop);
}

RUN_TESTS(CASE(sealed_on_disk), CASE(blind_indexes), CASE(erased_person), CASE(nobody_and_no_key), CASE(a_person_who_was_lost),
          CASE(bound_to_its_record), CASE(unknown_members_stay_sealed), CASE(new_blind_index), CASE(refused_tables))
