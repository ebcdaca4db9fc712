/* Five thousand tamperings with a stored log: each is found, and the first finding names the first entry that is not as it
 * was written. Half of them by someone who can make the store's record checksums (but does not know the chain key), half on
 * the raw bytes of the database. Ten logs, one of each epoch, are tampered with at a time. */
#include "store/driver.h"
#include "unit/bus/fixture.h"

#define EPOCHS  10
#define ENTRIES 24
#define ROUNDS  500
#define SPACE   (ENTRIES + 2)

struct value {
    uint8_t bytes[512];
    size_t len; /* 0 = no such entry */
};

struct log {
    struct value entries[SPACE]; /* by number */
    struct value head;
};

struct drill {
    struct fixture f;
    struct log whole[EPOCHS + 1], now[EPOCHS + 1], raw[EPOCHS + 1]; /* by epoch; raw: with the checksum in front */
    int64_t first[EPOCHS + 1];                                      /* first finding of each epoch; -1 = none */
    uint32_t dice;
};

static uint32_t roll(struct drill *drill, uint32_t sides) {
    drill->dice = drill->dice * 1664525u + 1013904223u;
    return (drill->dice >> 8) % sides;
}

static struct base_buf key_of(struct drill *drill, int64_t epoch, int64_t seq) {
    struct base_buf key;
    base_buf_init(&key, drill->f.shop.arena);
    store_key_int(&key, epoch);
    if (seq) store_key_int(&key, seq);
    return key;
}

static struct store_span span_of(const struct base_buf *buf) {
    struct store_span span = {(const uint8_t *)buf->ptr, buf->len};
    return span;
}

static void take(struct value *to, struct store_span from) {
    if (from.len > sizeof(to->bytes)) exit(2);
    memcpy(to->bytes, from.ptr, from.len);
    to->len = from.len;
}

/* ---- a log of each epoch ---- */

static void write_epoch(struct drill *drill, int64_t epoch) {
    struct store_view *view;
    struct bus_entry entry;
    struct bus *bus;
    if (bus_new(drill->f.shop.store, drill->f.shop.keys, STR("store-1"), epoch, &bus) != MX_OK) exit(2);
    view = begin(&drill->f);
    for (int i = 1; i <= ENTRIES; i++) {
        memset(&entry, 0, sizeof(entry));
        entry.at_ms = i;
        entry.name = STR("orders.paid");
        entry.actor = STR("key_1");
        entry.op = STR("orders.place");
        entry.data = base_arena_printf(drill->f.shop.arena, "{\"total\":%u}", 1000u + roll(drill, 100000));
        if (bus_append(bus, view, &entry) != MX_OK) exit(2);
    }
    commit(&drill->f);
    bus_free(bus);
}

static void read_epoch(struct drill *drill, int64_t epoch) {
    struct store_view *view = shop_read(&drill->f.shop);
    struct store_span value;
    for (int64_t seq = 0; seq <= ENTRIES; seq++) {
        struct base_buf key = key_of(drill, epoch, seq);
        if (store_raw_get(view, seq ? STORE_SPACE_LOG : STORE_SPACE_LOG_HEAD, span_of(&key), &value) != MX_OK) exit(2);
        take(seq ? &drill->whole[epoch].entries[seq] : &drill->whole[epoch].head, value);
    }
    store_read_end(view);
}

static void drill_new(struct drill *drill) {
    memset(drill, 0, sizeof(*drill));
    drill->dice = 7;
    fixture_open(&drill->f);
    bus_free(drill->f.bus);
    if (bus_new(drill->f.shop.store, drill->f.shop.keys, STR("store-1"), EPOCHS + 1, &drill->f.bus) != MX_OK) exit(2);
    for (int64_t epoch = 1; epoch <= EPOCHS; epoch++) {
        write_epoch(drill, epoch);
        read_epoch(drill, epoch);
    }
}

/* ---- looking ---- */

static void note(void *arg, const char *what) {
    struct drill *drill = arg;
    long long seq, epoch;
    if (sscanf(what, "log entry %lld of epoch %lld:", &seq, &epoch) != 2 || epoch < 1 || epoch > EPOCHS) {
        printf("# not expected: %s\n", what);
        return;
    }
    if (drill->first[epoch] == -1) drill->first[epoch] = seq;
}

/* As note(), of a checkpoint, which says the number alone. */
static void note_here(void *arg, const char *what) {
    struct drill *drill = arg;
    long long seq;
    if (sscanf(what, "log entry %lld:", &seq) == 1 && drill->first[1] == -1) drill->first[1] = seq;
}

static void verify(struct drill *drill) {
    for (int i = 0; i <= EPOCHS; i++) drill->first[i] = -1;
    CHECK_INT(bus_verify(drill->f.bus, 1, note, drill), MX_OK);
}

/* ---- tampering; each answers the first number that is not as it was ---- */

static void change(struct drill *drill, struct value *value, size_t from, size_t to) {
    value->bytes[from + roll(drill, (uint32_t)(to - from))] ^= (uint8_t)(1 + roll(drill, 255));
}

static int64_t edit_text(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES);
    for (uint32_t n = 1 + roll(drill, 3); n; n--) change(drill, &log->entries[seq], 32, log->entries[seq].len);
    return seq;
}

static int64_t edit_hash(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES);
    change(drill, &log->entries[seq], 0, 32);
    return seq;
}

static int64_t drop(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES);
    log->entries[seq].len = 0;
    return seq;
}

static int64_t swap(struct drill *drill, struct log *log) {
    int64_t a = 1 + roll(drill, ENTRIES), b = 1 + roll(drill, ENTRIES - 1);
    struct value kept = log->entries[a];
    if (b >= a) b++;
    log->entries[a] = log->entries[b];
    log->entries[b] = kept;
    return a < b ? a : b;
}

static void set_head(struct log *log, int64_t seq) {
    for (int i = 0; i < 8; i++) log->head.bytes[i] = (uint8_t)((uint64_t)seq >> (56 - 8 * i));
    log->head.bytes[0] ^= 0x80; /* as store_key_int() writes it */
}

/* One between the others, which move up. */
static int64_t insert(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES), copied = 1 + roll(drill, ENTRIES);
    struct value forged = log->entries[copied];
    change(drill, &forged, 32, forged.len);
    for (int64_t i = ENTRIES; i >= seq; i--) log->entries[i + 1] = log->entries[i];
    log->entries[seq] = forged;
    set_head(log, ENTRIES + 1);
    return seq;
}

/* One taken out, and the others closed up. */
static int64_t close_up(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES - 1);
    for (int64_t i = seq; i < ENTRIES; i++) log->entries[i] = log->entries[i + 1];
    log->entries[ENTRIES].len = 0;
    set_head(log, ENTRIES - 1);
    return seq;
}

/* One more behind the end. */
static int64_t append_one(struct drill *drill, struct log *log) {
    log->entries[ENTRIES + 1] = log->entries[1 + roll(drill, ENTRIES)];
    if (roll(drill, 2)) set_head(log, ENTRIES + 1);
    return ENTRIES + 1;
}

/* An entry changed and the whole chain behind it computed anew, with a key that is not the shop's. */
static int64_t forge_chain(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES);
    uint8_t key[CRYPTO_KEY_BYTES];
    memset(key, (int)roll(drill, 256), sizeof(key));
    change(drill, &log->entries[seq], 32, log->entries[seq].len);
    for (int64_t i = seq; i <= ENTRIES; i++) {
        static const uint8_t zero[32];
        struct value *entry = &log->entries[i];
        crypto_hash(key, i > 1 ? log->entries[i - 1].bytes : zero, 32, entry->bytes + 32, entry->len - 32, NULL, 0, entry->bytes, 32);
    }
    memcpy(log->head.bytes + 8, log->entries[ENTRIES].bytes, 32);
    return seq;
}

typedef int64_t (*tamper_fn)(struct drill *drill, struct log *log);

/* ---- with the record checksums made right ---- */

static void put_epoch(struct drill *drill, struct store_view *view, int64_t epoch, const struct log *log) {
    for (int64_t seq = 0; seq < SPACE; seq++) {
        const struct value *value = seq ? &log->entries[seq] : &log->head;
        struct base_buf key = key_of(drill, epoch, seq);
        uint16_t space = seq ? STORE_SPACE_LOG : STORE_SPACE_LOG_HEAD;
        mx_status st = value->len ? store_raw_put(view, space, span_of(&key), (struct store_span){value->bytes, value->len})
                                  : store_raw_del(view, space, span_of(&key));
        if (st != MX_OK) exit(2);
    }
}

static void put_all(struct drill *drill, const struct log logs[EPOCHS + 1]) {
    struct store_view *view = begin(&drill->f);
    for (int64_t epoch = 1; epoch <= EPOCHS; epoch++) put_epoch(drill, view, epoch, &logs[epoch]);
    commit(&drill->f);
    base_arena_reset(drill->f.shop.arena);
}

static int found_all(struct drill *drill, const int64_t want[EPOCHS + 1]) {
    int found = 0;
    verify(drill);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        if (drill->first[epoch] == want[epoch])
            found++;
        else
            printf("# first finding %lld, not %lld\n", (long long)drill->first[epoch], (long long)want[epoch]);
    }
    return found;
}

TEST(with_right_checksums) {
    static const tamper_fn ways[] = {edit_text, edit_hash, drop, swap, insert, close_up, append_one, forge_chain};
    static struct drill drill;
    int found = 0;
    drill_new(&drill);
    for (int round = 0; round < ROUNDS / 2; round++) {
        int64_t want[EPOCHS + 1] = {0};
        memcpy(drill.now, drill.whole, sizeof(drill.now));
        for (int epoch = 1; epoch <= EPOCHS; epoch++)
            want[epoch] = ways[(round + epoch) % (int)(sizeof(ways) / sizeof(ways[0]))](&drill, &drill.now[epoch]);
        put_all(&drill, drill.now);
        found += found_all(&drill, want);
    }
    CHECK_INT(found, ROUNDS / 2 * EPOCHS);
    put_all(&drill, drill.whole);
    verify(&drill);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) CHECK_INT(drill.first[epoch], -1);
    fixture_close(&drill.f);
}

/* ---- on the raw bytes ---- */

static struct store_bytes full_key(struct drill *drill, int64_t epoch, int64_t seq) {
    struct base_buf inner = key_of(drill, epoch, seq), key;
    base_buf_init(&key, drill->f.shop.arena);
    base_buf_char(&key, 0);
    base_buf_char(&key, seq ? STORE_SPACE_LOG : STORE_SPACE_LOG_HEAD);
    base_buf_add(&key, inner.ptr, inner.len);
    return (struct store_bytes){key.ptr, key.len};
}

static struct store_db *open_raw(struct drill *drill) {
    struct store_driver_opts opts = {folder_path(&drill->f.shop.folder, "data"), UINT64_C(1) << 30, 0, 0};
    struct store_db *db;
    if (store_lmdb.open(&opts, &db, &drill->f.shop.err) != MX_OK) shop_stop(&drill->f.shop, "raw");
    return db;
}

static void read_raw(struct drill *drill, struct store_db *db) {
    struct store_reader *reader;
    struct store_bytes value;
    if (store_lmdb.snapshot_begin(db, &reader) != MX_OK) exit(2);
    for (int64_t epoch = 1; epoch <= EPOCHS; epoch++) {
        for (int64_t seq = 0; seq <= ENTRIES; seq++) {
            if (store_lmdb.get(reader, full_key(drill, epoch, seq), &value) != MX_OK) exit(2);
            take(seq ? &drill->raw[epoch].entries[seq] : &drill->raw[epoch].head, (struct store_span){value.ptr, value.len});
        }
    }
    store_lmdb.snapshot_end(reader);
}

static void write_raw(struct drill *drill, const struct log logs[EPOCHS + 1]) {
    struct store_db *db = open_raw(drill);
    struct store_reader *group;
    if (store_lmdb.group_begin(db, &group) != MX_OK) exit(2);
    for (int64_t epoch = 1; epoch <= EPOCHS; epoch++) {
        for (int64_t seq = 1; seq < SPACE; seq++) {
            const struct value *value = &logs[epoch].entries[seq];
            struct store_write write = {full_key(drill, epoch, seq), {value->len ? value->bytes : NULL, value->len}};
            if (store_lmdb.group_apply(group, &write, 1) != MX_OK) exit(2);
        }
    }
    if (store_lmdb.group_commit(group) != MX_OK) exit(2);
    store_lmdb.close(db);
    base_arena_reset(drill->f.shop.arena);
}

static int64_t flip_raw(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES);
    change(drill, &log->entries[seq], 0, log->entries[seq].len);
    return seq;
}

static int64_t shorten_raw(struct drill *drill, struct log *log) {
    int64_t seq = 1 + roll(drill, ENTRIES);
    log->entries[seq].len = 1 + roll(drill, (uint32_t)log->entries[seq].len - 1);
    return seq;
}

TEST(on_raw_bytes) {
    static const tamper_fn ways[] = {flip_raw, drop, swap, shorten_raw};
    static struct drill drill;
    struct store_db *db;
    int found = 0;
    drill_new(&drill);
    bus_free(drill.f.bus);
    shop_close(&drill.f.shop);
    db = open_raw(&drill);
    read_raw(&drill, db);
    store_lmdb.close(db);
    for (int round = 0; round < ROUNDS / 2; round++) {
        int64_t want[EPOCHS + 1] = {0};
        memcpy(drill.now, drill.raw, sizeof(drill.now));
        for (int epoch = 1; epoch <= EPOCHS; epoch++)
            want[epoch] = ways[(round + epoch) % (int)(sizeof(ways) / sizeof(ways[0]))](&drill, &drill.now[epoch]);
        write_raw(&drill, drill.now);
        if (shop_open_again(&drill.f.shop) != MX_OK) shop_stop(&drill.f.shop, "open");
        if (bus_new(drill.f.shop.store, drill.f.shop.keys, STR("store-1"), EPOCHS + 1, &drill.f.bus) != MX_OK) exit(2);
        found += found_all(&drill, want);
        bus_free(drill.f.bus);
        shop_close(&drill.f.shop);
    }
    CHECK_INT(found, ROUNDS / 2 * EPOCHS);
    drill.f.bus = NULL;
    fixture_close(&drill.f);
}

/* ---- the end cut off ---- */

/* The last entries gone and the head set back: the chain that is left is sound, only a checkpoint tells. */
static void cut_tail(struct log *log, int64_t kept) {
    for (int64_t i = kept + 1; i < SPACE; i++) log->entries[i].len = 0;
    set_head(log, kept);
    memcpy(log->head.bytes + 8, log->entries[kept].bytes, 32);
}

static int64_t compare(struct drill *drill, const struct bus_checkpoint *checkpoint) {
    struct store_view *view = shop_read(&drill->f.shop);
    drill->first[1] = -1;
    CHECK_INT(bus_checkpoint_compare(drill->f.bus, view, checkpoint, note_here, drill), MX_OK);
    store_read_end(view);
    return drill->first[1];
}

TEST(a_cut_tail_against_a_signed_checkpoint) {
    static struct drill drill;
    struct base_arena *arena = base_arena_new(4096);
    struct bus_checkpoint checkpoint;
    struct store_view *view;
    struct mx_str text;
    struct bus *bus;
    drill_new(&drill);
    REQUIRE(bus_new(drill.f.shop.store, drill.f.shop.keys, STR("store-1"), 1, &bus) == MX_OK);
    view = shop_read(&drill.f.shop);
    REQUIRE(bus_checkpoint_make(bus, view, 1700000000000, &text) == MX_OK);
    REQUIRE(bus_checkpoint_read(bus, arena, text, &checkpoint, &drill.f.shop.err) == MX_OK);
    store_read_end(view);
    bus_free(bus);
    CHECK_INT(checkpoint.seq, ENTRIES);
    CHECK_INT(compare(&drill, &checkpoint), -1);
    for (int64_t kept = 1; kept < ENTRIES; kept++) {
        memcpy(drill.now, drill.whole, sizeof(drill.now));
        cut_tail(&drill.now[1], kept);
        put_all(&drill, drill.now);
        verify(&drill);
        CHECK_INT(drill.first[1], -1);
        CHECK_INT(compare(&drill, &checkpoint), kept + 1);
    }
    write_epoch(&drill, 1); /* the shop went on behind the cut, past the checkpoint */
    verify(&drill);
    CHECK_INT(drill.first[1], -1);
    CHECK_INT(compare(&drill, &checkpoint), ENTRIES);
    base_arena_free(arena);
    fixture_close(&drill.f);
}

RUN_TESTS(CASE(with_right_checksums), CASE(on_raw_bytes), CASE(a_cut_tail_against_a_signed_checkpoint))
