/* Reading a backup to its end: every chunk, the order of its records, counts and hash. */
#include "store/internal.h"

struct reading {
    struct backup_in in;
    const struct backup_sink *sink;
    struct crypto_digest digest;
    struct store_key before; /* key of the record before */
    uint64_t records, bytes;
};

static uint32_t take_le(const uint8_t *at, unsigned bytes) {
    uint32_t number = 0;
    for (unsigned i = 0; i < bytes; i++) number |= (uint32_t)at[i] << (8 * i);
    return number;
}

static mx_status one(struct reading *reading, struct store_bytes key, struct store_bytes value) {
    struct store_bytes before = {reading->before.bytes, reading->before.len};
    if (key.len < STORE_SPACE_BYTES || key.len > STORE_KEY_MAX || value.len > STORE_VALUE_MAX - STORE_CHECKSUM_BYTES)
        return backup_in_damaged(&reading->in, "a record in it cannot be");
    if (before.len && store_bytes_cmp(before, key) >= 0) return backup_in_damaged(&reading->in, "its records are not in order");
    reading->before.len = 0;
    store_key_add(&reading->before, key.ptr, key.len);
    reading->records++;
    return reading->sink ? reading->sink->record(reading->sink->arg, key, value, reading->in.err) : MX_OK;
}

static mx_status records(struct reading *reading, struct store_bytes content) {
    const uint8_t *at = content.ptr;
    size_t left = content.len;
    mx_status st = MX_OK;
    crypto_digest_add(&reading->digest, at, left);
    reading->bytes += left;
    while (st == MX_OK && left) {
        size_t key_len = left < BACKUP_RECORD_HEAD ? 0 : take_le(at, 2), value_len;
        if (key_len == 0 || left - BACKUP_RECORD_HEAD < key_len) return backup_in_damaged(&reading->in, "a record in it is not whole");
        value_len = take_le(at + 2, 4);
        if (left - BACKUP_RECORD_HEAD - key_len < value_len) return backup_in_damaged(&reading->in, "a record in it is not whole");
        st = one(reading, (struct store_bytes){at + BACKUP_RECORD_HEAD, key_len},
                 (struct store_bytes){at + BACKUP_RECORD_HEAD + key_len, value_len});
        at += BACKUP_RECORD_HEAD + key_len + value_len;
        left -= BACKUP_RECORD_HEAD + key_len + value_len;
    }
    return st;
}

static mx_status compare(struct reading *reading, struct store_bytes content, struct store_backup *about) {
    uint8_t hash[CRYPTO_HASH_BYTES];
    mx_status st = backup_counts_read(&reading->in, content, about);
    if (st != MX_OK) return st;
    crypto_digest_final(&reading->digest, hash);
    if (about->records != reading->records || about->bytes != reading->bytes)
        return backup_in_damaged(&reading->in, "it does not hold as many records as it says");
    if (!crypto_equal(hash, about->hash, sizeof(hash)))
        return backup_in_damaged(&reading->in, "its records are not those that were written");
    return MX_OK;
}

static mx_status chunks(struct reading *reading, struct store_backup *about) {
    struct store_bytes content;
    uint8_t kind;
    int last;
    mx_status st = backup_in_chunk(&reading->in, &kind, &content, &last);
    if (st != MX_OK) return st;
    if (kind != BACKUP_ABOUT || last) return backup_in_damaged(&reading->in, "it does not say what it is");
    st = backup_about_read(&reading->in, content, about);
    if (st == MX_OK && reading->sink) st = reading->sink->begin(reading->sink->arg, about, reading->in.err);
    while (st == MX_OK) {
        st = backup_in_chunk(&reading->in, &kind, &content, &last);
        if (st != MX_OK) return st;
        if (kind == BACKUP_END && last) return compare(reading, content, about);
        st = kind == BACKUP_RECORDS && !last ? records(reading, content) : backup_in_damaged(&reading->in, "its parts are not in order");
    }
    return st;
}

mx_status backup_read(const struct crypto_keys *keys, const struct store_backup_io *io, const struct backup_sink *sink,
                      struct store_backup *about, struct mx_error *err) {
    struct reading reading = {.sink = sink};
    struct store_backup read = {0};
    mx_status st = backup_in_begin(&reading.in, keys, io, err);
    crypto_digest_init(&reading.digest, NULL);
    if (st == MX_OK) st = chunks(&reading, &read);
    backup_in_end(&reading.in);
    if (st == MX_OK) *about = read;
    return st;
}

mx_status store_backup_check(const struct crypto_keys *keys, const struct store_backup_io *io, struct store_backup *about,
                             struct mx_error *err) {
    return backup_read(keys, io, NULL, about, err);
}
