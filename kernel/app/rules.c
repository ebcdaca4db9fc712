/* The default rules, written beside a demo shop's data so that its owner can read and change them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/internal.h"

mx_status app_write_rules(const char *dir, struct mx_error *err) {
    struct base_arena *arena;
    const struct app_file *file;
    const char *fresh;
    mx_status st = MX_OK;
    if (access(dir, F_OK) == 0) return MX_OK;
    arena = base_arena_new(1024);
    fresh = app_path(arena, dir, ".new"); /* a folder of half the rules must never be taken for all of them */
    app_remove_flat(fresh);
    if (mkdir(fresh, 0700) != 0) st = base_fail(err, MX_E_IO, NULL, "The folder %s cannot be made: %s.", fresh, strerror(errno));
    for (file = app_rule_files; st == MX_OK && file->name; file++)
        st = app_write_file(base_arena_printf(arena, "%s/%s", fresh, file->name).ptr, file->bytes, file->len, err);
    if (st == MX_OK && rename(fresh, dir) != 0)
        st = base_fail(err, MX_E_IO, NULL, "The folder %s cannot be made: %s.", dir, strerror(errno));
    base_arena_free(arena);
    return st;
}
