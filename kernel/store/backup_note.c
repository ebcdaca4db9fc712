/* What is remembered of the last good backup: a small file in the folder, not a record, so that making a backup changes
 * nothing that would be in it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/text.h"
#include "store/internal.h"
#include "json/json.h"

#define NOTE_FILE  "backup"
#define PATH_BYTES 4096

mx_status store_backup_note(const char *dir, const struct store_backup *about, struct mx_error *err) {
    struct base_buf text;
    mx_status st;
    base_buf_init(&text, NULL);
    base_buf_printf(&text,
                    "{\"at_ms\":%" PRId64 ",\"bytes\":%" PRIu64 ",\"epoch\":%" PRId64 ",\"format\":%" PRId64 ",\"records\":%" PRIu64
                    ",\"seq\":%" PRId64 ",\"hash\":\"",
                    about->at_ms, about->bytes, about->epoch, about->format, about->records, about->seq);
    for (unsigned i = 0; i < CRYPTO_HASH_BYTES; i++) base_buf_printf(&text, "%02x", about->hash[i]);
    base_buf_text(&text, "\"}\n");
    base_buf_char(&text, 0);
    st = store_mark_write(dir, NOTE_FILE, text.ptr, err);
    base_buf_fini(&text);
    return st;
}

static int64_t number_of(const struct json_value *root, const char *name) {
    const struct json_value *member = json_member(root, name);
    return member && member->kind == JSON_INT ? member->number : 0;
}

static mx_status parse(struct mx_str text, struct store_backup *about) {
    struct base_arena *arena = base_arena_new(1024);
    const struct json_value *hash = NULL;
    struct json_value *root;
    int ok = json_parse(arena, text, &root, NULL) == MX_OK;
    if (ok) hash = json_member(root, "hash");
    ok = ok && hash && hash->kind == JSON_STRING && base_unhex(hash->text, about->hash, sizeof(about->hash));
    if (ok) {
        about->format = number_of(root, "format");
        about->epoch = number_of(root, "epoch");
        about->seq = number_of(root, "seq");
        about->at_ms = number_of(root, "at_ms");
        about->records = (uint64_t)number_of(root, "records");
        about->bytes = (uint64_t)number_of(root, "bytes");
    }
    base_arena_free(arena);
    return ok ? MX_OK : MX_E_DAMAGED;
}

mx_status store_backup_last(const char *dir, struct store_backup *about, struct mx_error *err) {
    char path[PATH_BYTES], text[1024];
    struct store_backup read_back;
    ssize_t n;
    int fd;
    if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, NOTE_FILE) >= sizeof(path))
        return base_fail(err, MX_E_TOO_LARGE, NULL, "The path of the data folder is too long.");
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return MX_NONE;
    n = fd < 0 ? -1 : read(fd, text, sizeof(text));
    if (fd >= 0) close(fd);
    if (n < 0) return base_fail(err, MX_E_IO, NULL, "Reading %s failed: %s.", path, strerror(errno));
    if (parse(mx_str_n(text, (size_t)n), &read_back) != MX_OK)
        return base_fail(err, MX_E_DAMAGED, NULL, "%s does not say which backup was the last.", path);
    *about = read_back;
    return MX_OK;
}
