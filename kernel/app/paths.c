/* Files and folders of a shop. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"
#include "base/buf.h"
#include "net/net.h"

#define HEALTH_MS 5000

struct mx_str app_data_path(struct base_arena *arena, const char *data) {
    size_t len = strlen(data);
    while (len > 1 && data[len - 1] == '/') len--;
    return base_arena_dup(arena, mx_str_n(data, len));
}

const char *app_path(struct base_arena *arena, const char *data, const char *tail) {
    return base_arena_printf(arena, "%s%s", data, tail).ptr;
}

const char *app_parent(struct base_arena *arena, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return slash == path ? "/" : base_arena_dup(arena, mx_str_n(path, (size_t)(slash - path))).ptr;
}

const char *app_plugin_dir(struct base_arena *arena) {
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (len <= 0) return "plugins";
    self[len] = 0;
    return app_path(arena, app_parent(arena, self), "/plugins");
}

int app_is_vacant(const char *dir) {
    DIR *d = opendir(dir);
    struct dirent *e;
    int vacant = 1;
    if (!d) return errno == ENOENT;
    while (vacant && (e = readdir(d)) != NULL) vacant = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    closedir(d);
    return vacant;
}

int app_is_served(struct base_arena *arena, const char *data) {
    struct net_answer answer = {0};
    if (access(app_path(arena, data, "/merx.sock"), F_OK) != 0) return 0;
    return net_call(arena, base_arena_printf(arena, "unix:%s/merx.sock", data).ptr, "GET", "/healthz", NULL, mx_str_of(""), HEALTH_MS,
                    &answer, NULL) == MX_OK;
}

mx_status app_sync_dir(const char *dir, struct mx_error *err) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed = fd < 0 || fsync(fd) != 0;
    int why = errno;
    if (fd >= 0) close(fd);
    return failed ? base_fail(err, MX_E_IO, NULL, "The folder %s cannot be flushed: %s.", dir, strerror(why)) : MX_OK;
}

void app_remove_flat(const char *dir) {
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *e;
    if (!d) {
        if (fd >= 0) close(fd);
        return;
    }
    while ((e = readdir(d)) != NULL)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) unlinkat(fd, e->d_name, 0);
    closedir(d);
    rmdir(dir);
}

static mx_status read_fd(int fd, const char *path, size_t max, struct base_buf *out, struct mx_error *err) {
    for (;;) {
        ssize_t n = read(fd, base_buf_reserve(out, 65536), 65536);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return base_fail(err, MX_E_IO, NULL, "%s cannot be read: %s.", path, strerror(errno));
        if (n == 0) return MX_OK;
        out->len += (size_t)n;
        if (out->len > max) return base_fail(err, MX_E_TOO_LARGE, NULL, "%s is larger than %zu bytes.", path, max);
    }
}

mx_status app_read_all(struct base_arena *arena, const char *path, size_t max, struct mx_str *text, struct mx_error *err) {
    struct base_buf out;
    int is_input = strcmp(path, "-") == 0;
    int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    mx_status st;
    if (fd < 0) return base_fail(err, errno == ENOENT ? MX_E_NOT_FOUND : MX_E_IO, NULL, "%s cannot be opened: %s.", path, strerror(errno));
    base_buf_init(&out, NULL);
    st = read_fd(fd, is_input ? "The standard input" : path, max, &out, err);
    if (st == MX_OK) *text = base_arena_dup(arena, base_buf_view(&out));
    base_buf_fini(&out);
    if (!is_input) close(fd);
    return st;
}

mx_status app_write_file(const char *path, const void *bytes, size_t len, struct mx_error *err) {
    const char *p = bytes;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int failed = fd < 0;
    int why = errno;
    while (!failed && len) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR) continue;
        failed = n < 0;
        why = errno;
        if (!failed) p += n, len -= (size_t)n;
    }
    if (!failed && fsync(fd) != 0) failed = 1, why = errno;
    if (fd >= 0 && close(fd) != 0 && !failed) failed = 1, why = errno;
    return failed ? base_fail(err, MX_E_IO, NULL, "%s cannot be written: %s.", path, strerror(why)) : MX_OK;
}
