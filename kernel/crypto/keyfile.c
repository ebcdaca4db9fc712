/* The key file: a few lines of text, so that it can be printed and kept in a safe.
 *
 *     merx-key 1
 *     master 64 hex digits
 *     epoch 1 64 hex digits
 *     check 32 hex digits          hash of the lines above */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/text.h"
#include "crypto/internal.h"

#define CHECK_BYTES 16

static mx_status io_failed(struct mx_error *err, const char *what, const char *path) {
    return base_fail(err, MX_E_IO, NULL, "The key file %s could not be %s: %s.", path, what, strerror(errno));
}

/* ---- writing ---- */

static size_t put_hex(char *to, const uint8_t *bytes, size_t len) {
    sodium_bin2hex(to, len * 2 + 1, bytes, len);
    return len * 2;
}

static size_t text_of(const struct crypto_secrets *secrets, char *text) {
    uint8_t check[CHECK_BYTES];
    size_t at = (size_t)sprintf(text, CRYPTO_KEYFILE_FIRST "%d\nmaster ", CRYPTO_KEYFILE_NOW);
    at += put_hex(text + at, secrets->master, CRYPTO_KEY_BYTES);
    text[at++] = '\n';
    for (uint32_t i = 0; i < secrets->epoch_count; i++) {
        at += (size_t)sprintf(text + at, "epoch %" PRIu32 " ", secrets->epochs[i].number);
        at += put_hex(text + at, secrets->epochs[i].key, CRYPTO_KEY_BYTES);
        text[at++] = '\n';
    }
    crypto_hash(NULL, text, at, NULL, 0, NULL, 0, check, sizeof(check));
    at += (size_t)sprintf(text + at, "check ");
    at += put_hex(text + at, check, sizeof(check));
    text[at++] = '\n';
    return at;
}

static int write_all(int fd, const char *bytes, size_t len) {
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return 0;
        bytes += n;
        len -= (size_t)n;
    }
    return 1;
}

static int write_synced(const char *path, const char *text, size_t len) {
    int fd, ok;
    if (unlink(path) != 0 && errno != ENOENT) return 0;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return 0;
    ok = !base_fault("keys.write") && write_all(fd, text, len) && fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

static int sync_folder_of(const char *path) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    int fd, ok;
    if (!slash)
        snprintf(folder, sizeof(folder), ".");
    else
        snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path), path);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return 0;
    ok = fsync(fd) == 0;
    close(fd);
    return ok;
}

/* Not every file system knows "rename unless it exists"; the look before it then has to do. */
static int move_new(const char *from, const char *to) {
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 1;
    if (errno != EINVAL && errno != ENOSYS) return 0;
    if (access(to, F_OK) == 0) {
        errno = EEXIST;
        return 0;
    }
    return rename(from, to) == 0;
}

static void overwrite(int fd) {
    static const char zeroes[CRYPTO_KEYFILE_MAX];
    struct stat st;
    if (fstat(fd, &st) == 0 && st.st_size > 0 && (size_t)st.st_size <= sizeof(zeroes) && write_all(fd, zeroes, (size_t)st.st_size))
        (void)fsync(fd);
}

mx_status crypto_keyfile_write(const char *path, const struct crypto_secrets *secrets, int replace, struct mx_error *err) {
    char beside[4096], text[CRYPTO_KEYFILE_MAX];
    size_t len = text_of(secrets, text);
    mx_status st = MX_OK;
    int old = -1, moved;
    if ((size_t)snprintf(beside, sizeof(beside), "%s.new", path) >= sizeof(beside)) {
        st = base_fail(err, MX_E_TOO_LARGE, NULL, "The path of the key file is too long.");
        goto out;
    }
    if (!replace && access(path, F_OK) == 0) {
        st = base_fail(err, MX_E_EXISTS, NULL, "There is already a key file at %s.", path);
        goto out;
    }
    if (replace) old = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    if (!write_synced(beside, text, len)) {
        st = io_failed(err, "written", path);
        unlink(beside);
        goto out;
    }
    moved = replace ? rename(beside, path) == 0 : move_new(beside, path);
    if (!moved && errno == EEXIST) {
        st = base_fail(err, MX_E_EXISTS, NULL, "There is already a key file at %s.", path);
        unlink(beside);
    } else if (!moved || base_fault("keys.moved") || !sync_folder_of(path))
        st = io_failed(err, "put in its place", path);
    else if (old >= 0)
        overwrite(old);
out:
    if (old >= 0) close(old);
    crypto_wipe(text, sizeof(text));
    return st;
}

/* ---- reading ---- */

static mx_status damaged(struct mx_error *err, const char *path, const char *what) {
    return base_fail(err, MX_E_DAMAGED, NULL, "The key file %s is damaged: %s.", path, what);
}

/* The next line without its line feed; 0 at the end or when the last line is not ended. */
static int take_line(struct mx_str *rest, struct mx_str *line) {
    const char *end = rest->len ? memchr(rest->ptr, '\n', rest->len) : NULL;
    if (!end) return 0;
    *line = mx_str_n(rest->ptr, (size_t)(end - rest->ptr));
    *rest = mx_str_n(end + 1, rest->len - line->len - 1);
    return 1;
}

static int take_word(struct mx_str *line, const char *word) {
    uint32_t len = (uint32_t)strlen(word);
    if (line->len < len || memcmp(line->ptr, word, len) != 0) return 0;
    *line = mx_str_n(line->ptr + len, line->len - len);
    return 1;
}

static int take_epoch(struct mx_str line, struct crypto_secrets *secrets) {
    uint32_t n = secrets->epoch_count;
    const char *space = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
    int64_t number;
    if (!space || n == CRYPTO_EPOCHS_MAX) return 0;
    if (!base_parse_int(mx_str_n(line.ptr, (size_t)(space - line.ptr)), &number) || number < 1 || number > UINT32_MAX) return 0;
    if (n > 0 && number <= secrets->epochs[n - 1].number) return 0;
    secrets->epochs[n].number = (uint32_t)number;
    secrets->epoch_count++;
    return base_unhex(mx_str_n(space + 1, line.len - (size_t)(space + 1 - line.ptr)), secrets->epochs[n].key, CRYPTO_KEY_BYTES);
}

static mx_status parse(const char *path, struct mx_str text, struct crypto_secrets *secrets, struct mx_error *err) {
    struct mx_str rest = text, line;
    uint8_t want[CHECK_BYTES], check[CHECK_BYTES];
    int64_t format;
    if (!take_line(&rest, &line) || !take_word(&line, CRYPTO_KEYFILE_FIRST) || !base_parse_int(line, &format) || format < 1)
        return damaged(err, path, "it does not begin as a key file");
    if (format > CRYPTO_KEYFILE_NOW)
        return base_fail(err, MX_E_FORMAT, NULL, "The key file %s has format %" PRId64 "; this program knows formats up to %d.", path,
                         format, CRYPTO_KEYFILE_NOW);
    if (!take_line(&rest, &line) || !take_word(&line, "master ") || !base_unhex(line, secrets->master, CRYPTO_KEY_BYTES))
        return damaged(err, path, "the master key is not readable");
    secrets->epoch_count = 0;
    for (;;) {
        size_t body = (size_t)(rest.ptr - text.ptr);
        if (!take_line(&rest, &line)) return damaged(err, path, "its end is missing");
        if (take_word(&line, "check ")) {
            crypto_hash(NULL, text.ptr, body, NULL, 0, NULL, 0, check, sizeof(check));
            if (rest.len != 0 || !base_unhex(line, want, sizeof(want)) || !crypto_equal(want, check, sizeof(check)))
                return damaged(err, path, "its check does not fit its content");
            return secrets->epoch_count ? MX_OK : damaged(err, path, "it holds no epoch key");
        }
        if (!take_word(&line, "epoch ") || !take_epoch(line, secrets)) return damaged(err, path, "an epoch key is not readable");
    }
}

static mx_status slurp(const char *path, int fd, char *text, size_t *len, struct mx_error *err) {
    *len = 0;
    while (*len < CRYPTO_KEYFILE_MAX) {
        ssize_t n = read(fd, text + *len, CRYPTO_KEYFILE_MAX - *len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_failed(err, "read", path);
        if (n == 0) return MX_OK;
        *len += (size_t)n;
    }
    return damaged(err, path, "it is longer than a key file can be");
}

mx_status crypto_keyfile_read(const char *path, struct crypto_secrets *secrets, struct mx_error *err) {
    char text[CRYPTO_KEYFILE_MAX];
    struct stat info;
    size_t len = 0;
    mx_status st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) return base_fail(err, MX_E_NOT_FOUND, NULL, "There is no key file at %s.", path);
    if (fd < 0) return io_failed(err, "opened", path);
    if (fstat(fd, &info) != 0)
        st = io_failed(err, "looked at", path);
    else if (!S_ISREG(info.st_mode))
        st = damaged(err, path, "it is not a plain file");
    else if (info.st_mode & 077)
        st = base_fail(err, MX_E_FORBIDDEN, NULL, "The key file %s is open to other users; make it yours alone (chmod 600).", path);
    else
        st = slurp(path, fd, text, &len, err);
    close(fd);
    if (st == MX_OK) st = parse(path, mx_str_n(text, len), secrets, err);
    crypto_wipe(text, sizeof(text));
    return st;
}
