/* The way in of a backup: the head is looked at first, then each chunk is opened in its turn. */
#include <inttypes.h>
#include <stdlib.h>

#include "store/internal.h"

#define MAGIC   "merxback"
#define VERSION 1u

static uint32_t take_le32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

mx_status backup_in_damaged(struct backup_in *in, const char *what) {
    return base_fail(in->err, MX_E_DAMAGED, NULL, "The backup cannot be used: %s (before byte %" PRIu64 ").", what, in->at);
}

/* As many bytes as there are, up to len. */
static mx_status take(struct backup_in *in, void *bytes, size_t len, size_t *got) {
    uint8_t *to = bytes;
    *got = 0;
    while (*got < len) {
        long n = in->io->read(in->io->arg, to + *got, len - *got);
        if (n < 0 || (size_t)n > len - *got) return base_fail(in->err, MX_E_IO, NULL, "The backup could not be read.");
        if (n == 0) break;
        *got += (size_t)n;
        in->at += (uint64_t)n;
    }
    return MX_OK;
}

static mx_status take_all(struct backup_in *in, void *bytes, size_t len) {
    size_t got;
    mx_status st = take(in, bytes, len, &got);
    return st == MX_OK && got < len ? backup_in_damaged(in, "it ends in the middle, so it was cut") : st;
}

static mx_status check_head(struct backup_in *in, const struct crypto_keys *keys) {
    uint8_t name[16], key[CRYPTO_KEY_BYTES];
    mx_status st;
    if (memcmp(in->head, MAGIC, 8) != 0)
        return base_fail(in->err, MX_E_DAMAGED, NULL, "This is not a backup of a shop: it does not begin like one.");
    if (take_le32(in->head + 8) != VERSION)
        return base_fail(in->err, MX_E_FORMAT, NULL, "The backup is written in version %" PRIu32 "; this program reads version %u.",
                         take_le32(in->head + 8), VERSION);
    crypto_keys_name(keys, name);
    if (memcmp(in->head + 12, name, sizeof(name)) != 0)
        return base_fail(in->err, MX_E_FORBIDDEN, NULL, "The backup is of another shop than the key file.");
    crypto_keys_derive(keys, CRYPTO_FOR_BACKUP, key);
    st = crypto_stream_open(&in->stream, key, in->head + 28);
    crypto_wipe(key, sizeof(key));
    return st == MX_OK ? MX_OK : backup_in_damaged(in, "its head was changed");
}

mx_status backup_in_begin(struct backup_in *in, const struct crypto_keys *keys, const struct store_backup_io *io, struct mx_error *err) {
    mx_status st;
    memset(in, 0, sizeof(*in));
    in->io = io;
    in->err = err;
    in->sealed = malloc(BACKUP_CHUNK_MAX);
    in->plain = malloc(BACKUP_CHUNK_MAX);
    if (!in->sealed || !in->plain) return base_fail(err, MX_E_NOMEM, NULL, "There is not enough memory to read a backup.");
    st = take_all(in, in->head, sizeof(in->head));
    return st == MX_OK ? check_head(in, keys) : st;
}

/* Behind the last chunk the stream must be at its end. */
static mx_status must_be_over(struct backup_in *in) {
    uint8_t byte;
    size_t got;
    mx_status st = take(in, &byte, 1, &got);
    return st == MX_OK && got ? backup_in_damaged(in, "something stands behind its end") : st;
}

mx_status backup_in_chunk(struct backup_in *in, uint8_t *kind, struct store_bytes *content, int *last) {
    uint8_t length[4];
    uint32_t len;
    mx_status st = take_all(in, length, sizeof(length));
    if (st != MX_OK) return st;
    len = take_le32(length);
    if (len <= CRYPTO_STREAM_EXTRA || len > BACKUP_CHUNK_MAX) return backup_in_damaged(in, "a length in it was changed");
    st = take_all(in, in->sealed, len);
    if (st != MX_OK) return st;
    if (crypto_stream_pull(&in->stream, in->sealed, len, in->head, sizeof(in->head), in->plain, last) != MX_OK)
        return backup_in_damaged(in, "a part of it was changed, lost, doubled or moved");
    *kind = in->plain[0];
    *content = (struct store_bytes){in->plain + 1, len - CRYPTO_STREAM_EXTRA - 1};
    return *last ? must_be_over(in) : MX_OK;
}

void backup_in_end(struct backup_in *in) {
    crypto_wipe(&in->stream, sizeof(in->stream));
    free(in->sealed);
    free(in->plain);
}
