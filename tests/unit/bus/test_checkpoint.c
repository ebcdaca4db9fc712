/* Checkpoints: signed, checked, compared with a log that was cut or written anew; and entries as CloudEvents. */
#include "unit/bus/fixture.h"

struct lines {
    int count;
    char last[200];
};

static void note(void *arg, const char *what) {
    struct lines *lines = arg;
    lines->count++;
    snprintf(lines->last, sizeof(lines->last), "%s", what);
}

static void fill(struct fixture *f, int count) {
    struct store_view *view = begin(f);
    struct bus_entry entry;
    int i;
    for (i = 0; i < count; i++) CHECK_INT(append(f, view, 1700000000000 + i, "{\"total\":5}", &entry), MX_OK);
    commit(f);
}

static struct mx_str make(struct fixture *f) {
    struct store_view *view = shop_read(&f->shop);
    struct mx_str text = {NULL, 0};
    CHECK_INT(bus_checkpoint_make(f->bus, view, 1700000001000, &text), MX_OK);
    text = base_arena_dup(f->shop.arena, text);
    store_read_end(view);
    return text;
}

static struct lines compare(struct fixture *f, struct mx_str text) {
    struct store_view *view = shop_read(&f->shop);
    struct bus_checkpoint checkpoint;
    struct lines lines = {0, ""};
    CHECK_INT(bus_checkpoint_read(f->bus, f->shop.arena, text, &checkpoint, NULL), MX_OK);
    CHECK_INT(bus_checkpoint_compare(f->bus, view, &checkpoint, note, &lines), MX_OK);
    store_read_end(view);
    return lines;
}

/* Make the log end with entry `seq`, as somebody would who can write to the store and holds the chain's key. */
static void cut(struct fixture *f, int64_t seq, int64_t head) {
    struct store_view *view = begin(f);
    struct base_buf key, value;
    struct store_span at, found, text;
    int64_t i;
    for (i = seq; i <= head; i++) {
        base_buf_init(&key, f->shop.arena);
        store_key_int(&key, 1);
        store_key_int(&key, i);
        at.ptr = (const uint8_t *)key.ptr;
        at.len = key.len;
        CHECK_INT(store_raw_get(view, STORE_SPACE_LOG, at, &found), MX_OK);
        if (i == seq) { /* the new last one: its number and hash go to the head */
            base_buf_init(&value, f->shop.arena);
            store_key_int(&value, seq);
            base_buf_add(&value, found.ptr, CRYPTO_HASH_BYTES);
            text.ptr = (const uint8_t *)value.ptr;
            text.len = value.len;
            base_buf_init(&key, f->shop.arena);
            store_key_int(&key, 1);
            at.ptr = (const uint8_t *)key.ptr;
            at.len = key.len;
            CHECK_INT(store_raw_put(view, STORE_SPACE_LOG_HEAD, at, text), MX_OK);
        } else {
            CHECK_INT(store_raw_del(view, STORE_SPACE_LOG, at), MX_OK);
        }
    }
    commit(f);
}

/* As an outsider checks it: the signature is over the same text without it. */
static int is_signed_without_itself(struct fixture *f, struct mx_str text) {
    struct mx_str member, rest = json_text_put(f->shop.arena, text, "signature", mx_str_n(NULL, 0));
    uint8_t *key = NULL, *signature = NULL;
    size_t key_len = 0, len = 0;
    if (!json_text_get(text, "signature", &member) || member.len < 2) return 0;
    if (!crypto_unbase64_padded(f->shop.arena, bus_checkpoint_key(f->bus, f->shop.arena), &key, &key_len) || key_len != 32) return 0;
    if (!crypto_unbase64_padded(f->shop.arena, mx_str_n(member.ptr + 1, member.len - 2), &signature, &len) || len != 64) return 0;
    return strstr(base_arena_dup(f->shop.arena, rest).ptr, "signature") == NULL &&
           crypto_signature_check(key, rest.ptr, rest.len, signature);
}

TEST(a_checkpoint_names_the_head_and_is_signed) {
    struct bus_checkpoint checkpoint;
    struct mx_error err = {0};
    struct mx_str text, changed;
    struct fixture f;
    uint32_t i;
    fixture_open(&f);
    fill(&f, 5);
    text = make(&f);
    CHECK_INT(bus_checkpoint_read(f.bus, f.shop.arena, text, &checkpoint, &err), MX_OK);
    CHECK(checkpoint.seq == 5 && checkpoint.epoch == 1 && checkpoint.at_ms == 1700000001000);
    CHECK_STR(checkpoint.node, "store-1");
    CHECK_INT(bus_checkpoint_key(f.bus, f.shop.arena).len, 44);
    CHECK(is_signed_without_itself(&f, text));
    for (i = 0; i < text.len; i++) { /* one byte of anything */
        changed = base_arena_dup(f.shop.arena, text);
        ((char *)(uintptr_t)changed.ptr)[i] = (char)(changed.ptr[i] == 'x' ? 'y' : 'x');
        CHECK_INT(bus_checkpoint_read(f.bus, f.shop.arena, changed, &checkpoint, &err), MX_E_DAMAGED);
    }
    CHECK_INT(bus_checkpoint_read(f.bus, f.shop.arena, STR(""), &checkpoint, &err), MX_E_DAMAGED);
    fixture_close(&f);
}

TEST(a_checkpoint_of_another_shop_is_refused) {
    struct bus_checkpoint checkpoint;
    struct mx_error err = {0};
    struct fixture f, g;
    fixture_open(&f);
    fixture_open(&g);
    fill(&f, 1);
    CHECK_INT(bus_checkpoint_read(g.bus, g.shop.arena, make(&f), &checkpoint, &err), MX_E_DAMAGED);
    CHECK(strstr(err.message, "another shop") != NULL);
    fixture_close(&g);
    fixture_close(&f);
}

TEST(a_log_that_grew_is_in_order) {
    struct fixture f;
    struct mx_str text;
    fixture_open(&f);
    text = make(&f); /* of an empty log */
    CHECK_INT(compare(&f, text).count, 0);
    fill(&f, 3);
    CHECK_INT(compare(&f, text).count, 0);
    text = make(&f);
    CHECK_INT(compare(&f, text).count, 0);
    fill(&f, 4);
    CHECK_INT(compare(&f, text).count, 0);
    fixture_close(&f);
}

TEST(a_cut_end_is_found_that_the_chain_cannot_see) {
    struct lines chain = {0, ""}, lines;
    struct mx_str text;
    struct fixture f;
    fixture_open(&f);
    fill(&f, 9);
    text = make(&f);
    cut(&f, 6, 9);
    CHECK_INT(bus_verify(f.bus, 1, note, &chain), MX_OK);
    CHECK_INT(chain.count, 0); /* the chain is whole */
    lines = compare(&f, text);
    CHECK_INT(lines.count, 1);
    CHECK(strncmp(lines.last, "log entry 7: it is missing", 26) == 0);
    fill(&f, 5); /* and written anew behind the cut */
    lines = compare(&f, text);
    CHECK_INT(lines.count, 1);
    CHECK(strncmp(lines.last, "log entry 9: it is not the one", 30) == 0);
    fixture_close(&f);
}

TEST(an_entry_is_a_cloudevent) {
    struct bus_entry entry = {0};
    struct base_arena *arena = base_arena_new(4096);
    entry.epoch = 2;
    entry.seq = 17;
    entry.at_ms = 1700000000123;
    entry.node = STR("store-1");
    entry.name = STR("orders.paid");
    entry.actor = STR("pri_1");
    entry.op = STR("orders.place");
    entry.data = STR("{\"total\":5}");
    CHECK_STR(bus_cloudevent(arena, &entry),
              "{\"actor\":\"pri_1\",\"data\":{\"total\":5},\"datacontenttype\":\"application/json\",\"id\":\"store-1-2-17\","
              "\"operation\":\"orders.place\",\"sequence\":\"00000000000000000017\",\"source\":\"merx:store-1\",\"specversion\":\"1.0\","
              "\"time\":\"2023-11-14T22:13:20.123Z\",\"type\":\"orders.paid\"}");
    entry.actor = entry.op = entry.data = STR("");
    CHECK_STR(bus_cloudevent(arena, &entry),
              "{\"id\":\"store-1-2-17\",\"sequence\":\"00000000000000000017\",\"source\":\"merx:store-1\",\"specversion\":\"1.0\","
              "\"time\":\"2023-11-14T22:13:20.123Z\",\"type\":\"orders.paid\"}");
    base_arena_free(arena);
}

RUN_TESTS(CASE(a_checkpoint_names_the_head_and_is_signed), CASE(a_checkpoint_of_another_shop_is_refused), CASE(a_log_that_grew_is_in_order),
          CASE(a_cut_end_is_found_that_the_chain_cannot_see), CASE(an_entry_is_a_cloudevent))
