/* A scratch folder that is gone at the end of the test. */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder {
    char path[512];
};

static inline void folder_new(struct folder *folder) {
    const char *base = getenv("TMPDIR");
    snprintf(folder->path, sizeof(folder->path), "%s/merx-test-XXXXXX", base && base[0] ? base : "/tmp");
    if (!mkdtemp(folder->path)) {
        perror("mkdtemp");
        exit(2);
    }
}

/* Path of something in it, in a buffer that lives until the eighth next call. */
static inline const char *folder_path(const struct folder *folder, const char *name) {
    static char paths[8][1024];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, 1024, "%s/%s", folder->path, name);
    return path;
}

static inline void folder_remove_path(const char *path) {
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        DIR *dir = opendir(path);
        struct dirent *entry;
        char below[2048];
        while (dir && (entry = readdir(dir)) != NULL) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
            if ((size_t)snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < sizeof(below)) folder_remove_path(below);
        }
        if (dir) closedir(dir);
        rmdir(path);
    } else
        unlink(path);
}

static inline void folder_free(struct folder *folder) { folder_remove_path(folder->path); }

#endif
