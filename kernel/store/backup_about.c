/* What a backup says of itself: at its beginning what it is, at its end what was in it. */
#include <inttypes.h>

#include "base/text.h"
#include "store/internal.h"
#include "json/json.h"

void backup_about_write(struct base_buf *out, const struct store_backup *about) {
    base_buf_printf(out, "{\"at_ms\":%" PRId64 ",\"epoch\":%" PRId64 ",\"format\":%" PRId64 ",\"seq\":%" PRId64 "}", about->at_ms,
                    about->epoch, about->format, about->seq);
}

void backup_counts_write(struct base_buf *out, const struct store_backup *about) {
    base_buf_printf(out, "{\"bytes\":%" PRIu64 ",\"hash\":\"", about->bytes);
    for (unsigned i = 0; i < CRYPTO_HASH_BYTES; i++) base_buf_printf(out, "%02x", about->hash[i]);
    base_buf_printf(out, "\",\"records\":%" PRIu64 "}", about->records);
}

static int number_of(const struct json_value *root, const char *name, int64_t *number) {
    const struct json_value *member = json_member(root, name);
    if (!member || member->kind != JSON_INT || member->number < 0) return 0;
    *number = member->number;
    return 1;
}

static int parse(struct base_arena *arena, struct store_bytes content, struct json_value **root) {
    return json_parse(arena, mx_str_n(content.ptr, content.len), root, NULL) == MX_OK;
}

mx_status backup_about_read(struct backup_in *in, struct store_bytes content, struct store_backup *about) {
    struct base_arena *arena = base_arena_new(1024);
    struct json_value *root;
    int ok = parse(arena, content, &root) && number_of(root, "at_ms", &about->at_ms) && number_of(root, "epoch", &about->epoch) &&
             number_of(root, "format", &about->format) && number_of(root, "seq", &about->seq);
    base_arena_free(arena);
    if (!ok) return backup_in_damaged(in, "it does not say what it is");
    if (about->format < 1 || about->format > STORE_FORMAT)
        return base_fail(in->err, MX_E_FORMAT, NULL, "The data in the backup have format %" PRId64 "; this program knows formats up to %d.",
                         about->format, STORE_FORMAT);
    return MX_OK;
}

mx_status backup_counts_read(struct backup_in *in, struct store_bytes content, struct store_backup *about) {
    struct base_arena *arena = base_arena_new(1024);
    struct json_value *root;
    const struct json_value *hash = NULL;
    int64_t records, bytes;
    int ok = parse(arena, content, &root) && number_of(root, "records", &records) && number_of(root, "bytes", &bytes);
    if (ok) hash = json_member(root, "hash");
    ok = ok && hash && hash->kind == JSON_STRING && base_unhex(hash->text, about->hash, sizeof(about->hash));
    if (ok) {
        about->records = (uint64_t)records;
        about->bytes = (uint64_t)bytes;
    }
    base_arena_free(arena);
    return ok ? MX_OK : backup_in_damaged(in, "it does not say what was in it");
}
