/* Reading a folder of rule files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "script/internal.h"

static int is_rule_file(const char *name) {
    size_t len = strlen(name);
    return name[0] != '.' && len > 4 && strcmp(name + len - 4, ".lua") == 0;
}

static int by_name(const void *a, const void *b) {
    const struct script_source *x = a, *y = b;
    return mx_str_cmp(x->name, y->name);
}

/* Add the names in `stream` to the list. */
static mx_status list_names(DIR *stream, const char *dir, struct base_arena *arena, struct script_source *list, uint32_t *count,
                            struct mx_error *err) {
    struct dirent *entry;
    for (errno = 0; (entry = readdir(stream)) != NULL; errno = 0) {
        if (!is_rule_file(entry->d_name)) continue;
        if (!base_utf8_valid(mx_str_of(entry->d_name))) {
            return base_fail(err, MX_E_BAD_INPUT, NULL, "a rule file in %s has a name that is not UTF-8 text", dir);
        }
        if (*count == SCRIPT_FILES_MAX) {
            return base_fail(err, MX_E_BAD_INPUT, NULL, "%s holds more than %d rule files", dir, SCRIPT_FILES_MAX);
        }
        list[(*count)++].name = base_arena_dup(arena, mx_str_of(entry->d_name));
    }
    if (errno != 0) return base_fail(err, MX_E_IO, NULL, "the folder %s cannot be read: %s", dir, strerror(errno));
    return MX_OK;
}

/* Read up to SCRIPT_FILE_MAX + 1 bytes: how many, or -1 with errno. */
static ssize_t read_up(int fd, char *to) {
    size_t have = 0;
    while (have <= SCRIPT_FILE_MAX) {
        ssize_t n = read(fd, to + have, SCRIPT_FILE_MAX + 1 - have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) break;
        have += (size_t)n;
    }
    return (ssize_t)have;
}

static mx_status read_text(const char *dir, struct base_arena *arena, struct script_source *source, struct mx_error *err) {
    const char *path = base_arena_printf(arena, "%s/%s", dir, source->name.ptr).ptr;
    char *text = base_arena_alloc(arena, SCRIPT_FILE_MAX + 1);
    struct stat info;
    ssize_t len = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, &info) == 0 && !S_ISREG(info.st_mode)) {
        close(fd);
        return base_fail(err, MX_E_BAD_INPUT, NULL, "%s is not an ordinary file", source->name.ptr);
    }
    if (fd >= 0) len = read_up(fd, text);
    if (len < 0) base_fail(err, MX_E_IO, NULL, "%s cannot be read: %s", source->name.ptr, strerror(errno));
    if (fd >= 0) close(fd);
    if (len < 0) return MX_E_IO;
    if ((size_t)len > SCRIPT_FILE_MAX) {
        return base_fail(err, MX_E_BAD_INPUT, NULL, "%s is longer than %u KB: split it into several files", source->name.ptr,
                         SCRIPT_FILE_MAX / 1024);
    }
    source->text = mx_str_n(text, (size_t)len);
    return MX_OK;
}

mx_status script_files_read(const char *dir, struct base_arena *arena, struct script_source **sources, uint32_t *count,
                            struct mx_error *err) {
    struct script_source *list;
    uint32_t i, found = 0;
    mx_status st;
    DIR *stream = opendir(dir);
    if (stream == NULL && errno != ENOENT) {
        return base_fail(err, MX_E_IO, NULL, "the folder %s cannot be opened: %s", dir, strerror(errno));
    }
    list = base_arena_alloc(arena, SCRIPT_FILES_MAX * sizeof(*list));
    if (stream != NULL) {
        st = list_names(stream, dir, arena, list, &found, err);
        closedir(stream);
        if (st != MX_OK) return st;
    }
    qsort(list, found, sizeof(*list), by_name);
    for (i = 0; i < found; i++) {
        if ((st = read_text(dir, arena, &list[i], err)) != MX_OK) return st;
    }
    *sources = list;
    *count = found;
    return MX_OK;
}
