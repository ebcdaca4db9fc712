/* A thousand damaged backups: flipped bits, cuts, chunks dropped, doubled, swapped or taken from another backup, foreign keys,
 * bytes behind the end. Each is refused, by the check and by the restore alike. */
#include "backup.h"
#include "support/check.h"

#define CHUNKS_MAX 16
#define HEAD_BYTES 52 /* magic, version, name of the key, stream head */

struct drill {
    struct shop shop;
    struct tape whole, other; /* two backups of the same shop */
    size_t chunk_at[CHUNKS_MAX + 1], other_at[CHUNKS_MAX + 1];
    unsigned chunks;
    struct tape tape; /* the damaged one */
    unsigned refused, tried;
};

static unsigned find_chunks(const struct tape *tape, size_t at[CHUNKS_MAX + 1]) {
    unsigned count = 0;
    size_t pos = HEAD_BYTES;
    while (pos < tape->bytes.len && count < CHUNKS_MAX) {
        const uint8_t *p = (const uint8_t *)tape->bytes.ptr + pos;
        at[count++] = pos;
        pos += 4 + ((size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24);
    }
    at[count] = pos;
    return count;
}

static void drill_new(struct drill *drill) {
    struct store_backup made;
    memset(drill, 0, sizeof(*drill));
    shop_new(&drill->shop);
    shop_start(&drill->shop);
    shop_fill(&drill->shop, 0, 3000, 300);
    if (shop_backup(&drill->shop, &drill->whole, &made) != MX_OK) shop_stop(&drill->shop, "backup");
    if (shop_backup(&drill->shop, &drill->other, &made) != MX_OK) shop_stop(&drill->shop, "backup");
    drill->chunks = find_chunks(&drill->whole, drill->chunk_at);
    if (find_chunks(&drill->other, drill->other_at) != drill->chunks || drill->chunks < 5) exit(2);
    base_buf_init(&drill->tape.bytes, NULL);
}

static void drill_free(struct drill *drill) {
    base_buf_fini(&drill->whole.bytes);
    base_buf_fini(&drill->other.bytes);
    base_buf_fini(&drill->tape.bytes);
    shop_free(&drill->shop);
}

static void again(struct drill *drill) {
    drill->tape.bytes.len = 0;
    base_buf_str(&drill->tape.bytes, base_buf_view(&drill->whole.bytes));
}

static void add_chunk(struct drill *drill, unsigned chunk) {
    base_buf_add(&drill->tape.bytes, drill->whole.bytes.ptr + drill->chunk_at[chunk], drill->chunk_at[chunk + 1] - drill->chunk_at[chunk]);
}

static void only_head(struct drill *drill) {
    drill->tape.bytes.len = 0;
    base_buf_add(&drill->tape.bytes, drill->whole.bytes.ptr, HEAD_BYTES);
}

/* Refused with a reason; each tenth is tried as a restore too. */
static void must_refuse(struct drill *drill, const char *what, size_t where) {
    struct store_backup about = {.seq = -1};
    mx_status st;
    drill->shop.err.message[0] = 0;
    st = tape_check(&drill->shop, &drill->tape, &about);
    drill->tried++;
    if (st < 0 && about.seq == -1 && drill->shop.err.message[0] && drill->shop.err.status == st)
        drill->refused++;
    else
        printf("# not refused: %s %zu\n", what, where);
    if (drill->tried % 10 == 0) {
        CHECK(tape_restore(&drill->shop, &drill->tape, "other", &about) == st);
        CHECK(access(folder_path(&drill->shop.folder, "other"), F_OK) != 0);
    }
}

/* Every bit of the head, then spread over all; cut anywhere, and between two chunks. */
static void flip_and_cut(struct drill *drill) {
    size_t len = drill->whole.bytes.len;
    for (size_t i = 0; i < 420; i++) {
        size_t bit = i < HEAD_BYTES * 8 / 4 ? i * 4 + i % 4 : (len * 8 / 420) * i + i % 8;
        again(drill);
        drill->tape.bytes.ptr[bit / 8] ^= (char)(1 << bit % 8);
        must_refuse(drill, "flip", bit);
    }
    for (size_t i = 0; i < 200; i++) {
        again(drill);
        drill->tape.bytes.len = i < 60 ? i : len - 1 - (len / 200) * (i - 60);
        must_refuse(drill, "cut", drill->tape.bytes.len);
    }
    for (unsigned i = 0; i < drill->chunks; i++) {
        again(drill);
        drill->tape.bytes.len = drill->chunk_at[i];
        must_refuse(drill, "cut before chunk", i);
    }
}

/* Chunks that are gone, stand there twice or in another order. */
static void shuffle_chunks(struct drill *drill) {
    for (unsigned gone = 0; gone < drill->chunks; gone++) {
        only_head(drill);
        for (unsigned i = 0; i < drill->chunks; i++)
            if (i != gone) add_chunk(drill, i);
        must_refuse(drill, "chunk dropped", gone);
    }
    for (unsigned twice = 0; twice < drill->chunks; twice++) {
        for (unsigned at = twice; at < drill->chunks; at++) {
            only_head(drill);
            for (unsigned i = 0; i < drill->chunks; i++) {
                add_chunk(drill, i);
                if (i == at) add_chunk(drill, twice);
            }
            must_refuse(drill, "chunk doubled", twice);
        }
    }
    for (unsigned a = 0; a < drill->chunks; a++) {
        for (unsigned b = a + 1; b < drill->chunks; b++) {
            only_head(drill);
            for (unsigned i = 0; i < drill->chunks; i++) add_chunk(drill, i == a ? b : i == b ? a : i);
            must_refuse(drill, "chunks swapped", a);
        }
    }
}

/* From another backup: one chunk, or all behind it. */
static void splice(struct drill *drill) {
    for (unsigned a = 0; a <= drill->chunks; a++) {
        for (unsigned rest = 0; rest < 2 && (a < drill->chunks || rest == 0); rest++) {
            only_head(drill);
            if (a == drill->chunks) drill->tape.bytes.len = 0;
            if (a == drill->chunks) base_buf_add(&drill->tape.bytes, drill->other.bytes.ptr, HEAD_BYTES);
            for (unsigned i = 0; i < drill->chunks; i++)
                if (i == a || (rest && i > a))
                    base_buf_add(&drill->tape.bytes, drill->other.bytes.ptr + drill->other_at[i],
                                 drill->other_at[i + 1] - drill->other_at[i]);
                else
                    add_chunk(drill, i);
            must_refuse(drill, "spliced at chunk", a);
        }
    }
}

/* Bytes behind the end, up to a thousand tries in all. */
static void write_on(struct drill *drill) {
    for (size_t i = 0; drill->tried < 1000; i++) {
        again(drill);
        if (i % 2)
            for (size_t n = 0; n <= i; n++) base_buf_char(&drill->tape.bytes, (char)n);
        else
            base_buf_add(&drill->tape.bytes, drill->whole.bytes.ptr, i * 100 + 1);
        must_refuse(drill, "bytes behind the end", i);
    }
}

TEST(thousand_damaged_streams) {
    struct drill drill;
    drill_new(&drill);
    flip_and_cut(&drill);
    shuffle_chunks(&drill);
    splice(&drill);
    write_on(&drill);
    CHECK_INT(drill.tried, 1000);
    CHECK_INT(drill.refused, 1000);
    again(&drill);
    CHECK_INT(tape_check(&drill.shop, &drill.tape, &(struct store_backup){0}), MX_OK);
    drill_free(&drill);
}

/* Each with its own reason. */
TEST(reasons) {
    struct drill drill;
    struct shop stranger;
    struct store_backup about;
    struct store_backup_io io;
    drill_new(&drill);
    shop_new(&stranger);
    io = tape_io(&drill.whole);
    CHECK_INT(store_backup_check(stranger.keys, &io, &about, &drill.shop.err), MX_E_FORBIDDEN);
    CHECK(strstr(drill.shop.err.message, "another shop") != NULL);
    again(&drill);
    memcpy(drill.tape.bytes.ptr + 12, "anotherkeysname!", 16);
    CHECK_INT(tape_check(&drill.shop, &drill.tape, &about), MX_E_FORBIDDEN);
    crypto_keys_name(stranger.keys, (uint8_t *)drill.whole.bytes.ptr + 12); /* a name alone opens nothing */
    drill.whole.at = 0;
    CHECK_INT(store_backup_check(stranger.keys, &io, &about, &drill.shop.err), MX_E_DAMAGED);
    again(&drill);
    drill.tape.bytes.ptr[8] = 2;
    crypto_keys_name(drill.shop.keys, (uint8_t *)drill.tape.bytes.ptr + 12);
    CHECK_INT(tape_check(&drill.shop, &drill.tape, &about), MX_E_FORMAT);
    CHECK(strstr(drill.shop.err.message, "version 2") != NULL);
    drill.tape.bytes.len = 0;
    base_buf_text(&drill.tape.bytes, "PK: some other file that is long enough to have a head of its own ........");
    CHECK_INT(tape_check(&drill.shop, &drill.tape, &about), MX_E_DAMAGED);
    CHECK(strstr(drill.shop.err.message, "not a backup") != NULL);
    drill.tape.bytes.len = 0;
    CHECK_INT(tape_check(&drill.shop, &drill.tape, &about), MX_E_DAMAGED);
    CHECK(strstr(drill.shop.err.message, "cut") != NULL);
    shop_free(&stranger);
    drill_free(&drill);
}

RUN_TESTS(CASE(thousand_damaged_streams), CASE(reasons))
