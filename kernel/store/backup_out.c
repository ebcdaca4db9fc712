/* The way out of a backup: head, chunks filled and sealed. */
#include "store/internal.h"

#define MAGIC   "merxback"
#define VERSION 1u

static void put_le(uint8_t *out, uint64_t number, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) out[i] = (uint8_t)(number >> (8 * i));
}

static mx_status send(const struct backup_out *out, const void *bytes, size_t len) {
    return out->io->write(out->io->arg, bytes, len) == 0 ? MX_OK : MX_E_CANCELLED;
}

mx_status backup_out_begin(struct backup_out *out, const struct crypto_keys *keys, const struct store_backup_io *io) {
    uint8_t key[CRYPTO_KEY_BYTES];
    memset(out, 0, sizeof(*out));
    out->io = io;
    memcpy(out->head, MAGIC, 8);
    put_le(out->head + 8, VERSION, 4);
    crypto_keys_name(keys, out->head + 12);
    crypto_keys_derive(keys, CRYPTO_FOR_BACKUP, key);
    crypto_stream_seal(&out->stream, key, out->head + 28);
    crypto_wipe(key, sizeof(key));
    base_buf_init(&out->plain, NULL);
    base_buf_init(&out->sealed, NULL);
    return send(out, out->head, sizeof(out->head));
}

void backup_out_chunk(struct backup_out *out, uint8_t kind) {
    out->plain.len = 0;
    base_buf_char(&out->plain, (char)kind);
}

mx_status backup_out_seal(struct backup_out *out, int last) {
    const size_t len = out->plain.len + CRYPTO_STREAM_EXTRA;
    uint8_t *sealed;
    out->sealed.len = 0;
    sealed = (uint8_t *)base_buf_reserve(&out->sealed, 4 + len);
    put_le(sealed, len, 4);
    crypto_stream_push(&out->stream, out->plain.ptr, out->plain.len, out->head, sizeof(out->head), last, sealed + 4);
    return send(out, sealed, 4 + len);
}

void backup_out_end(struct backup_out *out) {
    crypto_wipe(&out->stream, sizeof(out->stream));
    base_buf_fini(&out->plain);
    base_buf_fini(&out->sealed);
}
