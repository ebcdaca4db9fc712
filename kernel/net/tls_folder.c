#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "net/tls.h"

#define FILE_MAX 262144

static mx_status failed(struct mx_error *err, const char *path, const char *what) {
    return base_fail(err, MX_E_IO, NULL, "%.120s could not be %s: %s.", path, what, strerror(errno));
}

mx_status net_tls_folder(const char *dir, struct mx_error *err) {
    struct stat info;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST) return failed(err, dir, "made");
    if (stat(dir, &info) != 0) return failed(err, dir, "looked at");
    if (!S_ISDIR(info.st_mode)) return base_fail(err, MX_E_IO, NULL, "%.120s is not a folder.", dir);
    if (info.st_mode & 022)
        return base_fail(err, MX_E_FORBIDDEN, NULL, "Others may write into %.120s, which holds the keys of TLS; chmod 700 it.", dir);
    return MX_OK;
}

static mx_status read_all(struct base_arena *arena, int fd, const char *path, struct mx_str *text, struct mx_error *err) {
    struct stat info;
    char *bytes;
    size_t len = 0;
    ssize_t n = 0;
    if (fstat(fd, &info) != 0) return failed(err, path, "looked at");
    if (!S_ISREG(info.st_mode) || info.st_size > FILE_MAX)
        return base_fail(err, MX_E_DAMAGED, NULL, "%.120s is not a key or certificate.", path);
    bytes = base_arena_alloc(arena, (size_t)info.st_size + 1);
    while (len < (size_t)info.st_size && (n = read(fd, bytes + len, (size_t)info.st_size - len)) > 0) len += (size_t)n;
    if (n < 0) return failed(err, path, "read");
    *text = mx_str_n(bytes, len);
    return MX_OK;
}

mx_status net_tls_file_read(struct base_arena *arena, const char *path, int secret, int *there, struct mx_str *text, struct mx_error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat info;
    mx_status st;
    *there = fd >= 0;
    if (fd < 0) return errno == ENOENT ? MX_OK : failed(err, path, "opened");
    if (secret && fstat(fd, &info) == 0 && (info.st_mode & 077))
        st = base_fail(err, MX_E_FORBIDDEN, NULL, "Others may read the key %.120s; chmod 600 it.", path);
    else
        st = read_all(arena, fd, path, text, err);
    close(fd);
    return st;
}

static int write_synced(int folder, const char *name, int secret, struct mx_str text) {
    int fd, ok = 1;
    if (unlinkat(folder, name, 0) != 0 && errno != ENOENT) return 0;
    fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, secret ? 0600 : 0644);
    if (fd < 0) return 0;
    while (ok && text.len > 0) {
        ssize_t n = base_fault("tls.write") ? -1 : write(fd, text.ptr, text.len);
        ok = n > 0 || (n < 0 && errno == EINTR);
        if (n > 0) text = mx_str_n(text.ptr + n, text.len - (size_t)n);
    }
    ok = ok && fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

mx_status net_tls_file_write(const char *dir, const char *name, int secret, struct mx_str text, struct mx_error *err) {
    int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char beside[64];
    mx_status st = MX_OK;
    if (folder < 0) return failed(err, dir, "opened");
    memcpy(beside, name, strlen(name) + 1);
    strcat(beside, ".new");
    if (!write_synced(folder, beside, secret, text) || renameat(folder, beside, folder, name) != 0 || fsync(folder) != 0) {
        st = failed(err, name, "written");
        unlinkat(folder, beside, 0);
    }
    close(folder);
    return st;
}
