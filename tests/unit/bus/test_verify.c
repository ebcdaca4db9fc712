/* The hash chain: an edited, dropped, reordered, added or cut entry is found and named. Whoever does this here has the
 * store's own key, so that the record checksums are right: only the chain can tell. */
#include "unit/bus/fixture.h"

struct findings {
    int count;
    char text[8][160];
};

static void note(void *arg, const char *what) {
    struct findings *findings = arg;
    if (findings->count < 8) snprintf(findings->text[findings->count], sizeof(findings->text[0]), "%s", what);
    findings->count++;
}

static struct findings verify(struct fixture *f, int64_t from) {
    struct findings findings = {0, {{0}}};
    CHECK_INT(bus_verify(f->bus, from, note, &findings), MX_OK);
    return findings;
}

/* 1 when the findings are exactly one, about this entry. */
static int only(const struct findings *findings, int64_t seq, const char *what) {
    char begin_text[40];
    snprintf(begin_text, sizeof(begin_text), "log entry %lld:", (long long)seq);
    if (findings->count == 1 && strncmp(findings->text[0], begin_text, strlen(begin_text)) == 0 && strstr(findings->text[0], what))
        return 1;
    printf("# %d findings, the first: %s\n", findings->count, findings->text[0]);
    return 0;
}

static void fill(struct fixture *f, int entries) {
    struct bus_entry entry;
    struct store_view *view;
    char data[40];
    int i;
    fixture_open(f);
    view = begin(f);
    for (i = 1; i <= entries; i++) {
        snprintf(data, sizeof(data), "{\"n\":%d}", i);
        CHECK_INT(append(f, view, i, data, &entry), MX_OK);
    }
    commit(f);
}

static struct store_span span(const struct base_buf *buf) {
    struct store_span s = {(const uint8_t *)buf->ptr, buf->len};
    return s;
}

static struct store_span entry_key(struct fixture *f, int64_t seq) {
    struct base_buf key;
    base_buf_init(&key, f->shop.arena);
    store_key_int(&key, 1);
    store_key_int(&key, seq);
    return span(&key);
}

static struct store_span entry_value(struct fixture *f, struct store_view *view, int64_t seq) {
    struct store_span value = {NULL, 0};
    CHECK_INT(store_raw_get(view, STORE_SPACE_LOG, entry_key(f, seq), &value), MX_OK);
    return value;
}

static void put(struct fixture *f, struct store_view *view, int64_t seq, struct store_span value) {
    CHECK_INT(store_raw_put(view, STORE_SPACE_LOG, entry_key(f, seq), value), MX_OK);
}

TEST(a_sound_log_has_no_findings) {
    struct fixture f;
    fixture_open(&f);
    CHECK_INT(verify(&f, 1).count, 0);
    fixture_close(&f);
    fill(&f, 20);
    CHECK_INT(verify(&f, 1).count, 0);
    CHECK_INT(verify(&f, 0).count, 0);
    CHECK_INT(verify(&f, 7).count, 0);
    CHECK_INT(verify(&f, 20).count, 0);
    CHECK_INT(verify(&f, 21).count, 0);
    CHECK_INT(verify(&f, 500).count, 0);
    fixture_close(&f);
}

TEST(an_edited_entry_is_found) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    struct store_span value;
    uint8_t *copy;
    fill(&f, 9);
    view = begin(&f);
    value = entry_value(&f, view, 5);
    copy = base_arena_alloc(f.shop.arena, value.len);
    memcpy(copy, value.ptr, value.len);
    memcpy(copy + CRYPTO_HASH_BYTES, "{\"actor\":\"key_2", 15); /* somebody else did it */
    value.ptr = copy;
    put(&f, view, 5, value);
    commit(&f);
    findings = verify(&f, 1);
    CHECK(only(&findings, 5, "hash"));
    findings = verify(&f, 5);
    CHECK(only(&findings, 5, "hash"));
    CHECK_INT(verify(&f, 6).count, 0);
    fixture_close(&f);
}

TEST(a_dropped_entry_is_found) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    fill(&f, 9);
    view = begin(&f);
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, entry_key(&f, 4)), MX_OK);
    commit(&f);
    findings = verify(&f, 1);
    CHECK(only(&findings, 4, "missing"));
    fixture_close(&f);
}

/* The later ones moved down to hide the gap. */
TEST(a_dropped_entry_is_found_without_its_gap) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    int64_t seq;
    fill(&f, 9);
    view = begin(&f);
    for (seq = 4; seq < 9; seq++) put(&f, view, seq, entry_value(&f, view, seq + 1));
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, entry_key(&f, 9)), MX_OK);
    commit(&f);
    findings = verify(&f, 1);
    CHECK(findings.count >= 1);
    CHECK(strncmp(findings.text[0], "log entry 4:", 12) == 0);
    fixture_close(&f);
}

TEST(exchanged_entries_are_found) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    struct store_span third, fourth;
    fill(&f, 9);
    view = begin(&f);
    third = entry_value(&f, view, 3);
    fourth = entry_value(&f, view, 4);
    put(&f, view, 3, fourth);
    put(&f, view, 4, third);
    commit(&f);
    findings = verify(&f, 1);
    CHECK(findings.count >= 2);
    CHECK(strncmp(findings.text[0], "log entry 3:", 12) == 0);
    fixture_close(&f);
}

TEST(a_cut_end_is_found) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    fill(&f, 9);
    view = begin(&f);
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, entry_key(&f, 9)), MX_OK);
    commit(&f);
    findings = verify(&f, 1);
    CHECK(only(&findings, 9, "missing"));
    fixture_close(&f);
}

TEST(entries_behind_the_head_are_found) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    fill(&f, 9);
    view = begin(&f);
    put(&f, view, 12, entry_value(&f, view, 9)); /* not even the next one */
    commit(&f);
    findings = verify(&f, 1);
    CHECK(only(&findings, 12, "behind the head"));
    fixture_close(&f);
}

TEST(a_lost_head_is_found) {
    struct fixture f;
    struct findings findings;
    struct base_buf key;
    struct store_view *view;
    fill(&f, 9);
    view = begin(&f);
    base_buf_init(&key, f.shop.arena);
    store_key_int(&key, 1);
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG_HEAD, span(&key)), MX_OK);
    commit(&f);
    findings = verify(&f, 1);
    CHECK(only(&findings, 1, "behind the head"));
    fixture_close(&f);
}

TEST(an_older_epoch_is_followed_too) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    struct bus_entry entry;
    fill(&f, 5);
    bus_free(f.bus);
    REQUIRE(bus_new(f.shop.store, f.shop.keys, STR("store-1"), 2, &f.bus) == MX_OK);
    view = begin(&f);
    CHECK_INT(append(&f, view, 1, "{}", &entry), MX_OK);
    commit(&f);
    CHECK_INT(verify(&f, 1).count, 0);
    view = begin(&f);
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, entry_key(&f, 2)), MX_OK);
    commit(&f);
    findings = verify(&f, 1);
    CHECK_INT(findings.count, 1);
    CHECK(strstr(findings.text[0], "log entry 2 of epoch 1: it is missing") == findings.text[0]);
    fixture_close(&f);
}

TEST(long_logs_are_followed_in_slices) {
    struct fixture f;
    struct findings findings;
    struct store_view *view;
    fill(&f, 6000); /* more than one slice */
    CHECK_INT(verify(&f, 1).count, 0);
    view = begin(&f);
    CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, entry_key(&f, 5001)), MX_OK);
    commit(&f);
    findings = verify(&f, 1);
    CHECK(only(&findings, 5001, "missing"));
    fixture_close(&f);
}

RUN_TESTS(CASE(a_sound_log_has_no_findings), CASE(an_edited_entry_is_found), CASE(a_dropped_entry_is_found),
          CASE(a_dropped_entry_is_found_without_its_gap), CASE(exchanged_entries_are_found), CASE(a_cut_end_is_found),
          CASE(entries_behind_the_head_are_found), CASE(a_lost_head_is_found), CASE(an_older_epoch_is_followed_too),
          CASE(long_logs_are_followed_in_slices))
