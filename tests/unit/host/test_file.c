/* Which files are loaded: a real plugin, copied to places where somebody else could have changed it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/internal.h"
#include "support/check.h"

static char folder[64];

static void path_of(char *path, size_t size, const char *name) { snprintf(path, size, "%s/%s", folder, name); }

/* Put the sample plugin into the folder as `name` with these permissions. */
static void put(const char *name, mode_t mode) {
    char path[128], bytes[65536];
    size_t n;
    FILE *in = fopen(ABI_DIR "/v0_1/hello.so", "rb"), *out;
    path_of(path, sizeof(path), name);
    out = fopen(path, "wb");
    if (!in || !out) abort();
    while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
        if (fwrite(bytes, 1, n, out) != n) abort();
    fclose(in);
    if (fclose(out) != 0 || chmod(path, mode) != 0) abort();
}

static void begin(void) {
    strcpy(folder, "/tmp/merx-host-XXXXXX");
    if (!mkdtemp(folder)) abort();
}

static void end(void) {
    static const char *const names[] = {"hello.so", "other.so", "real.bin", "text.so"};
    char path[128];
    size_t i;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        path_of(path, sizeof(path), names[i]);
        unlink(path);
    }
    if (rmdir(folder) != 0) abort();
}

static mx_status load(const char *name, struct mx_error *err) {
    struct host *host = NULL;
    mx_status st;
    memset(err, 0, sizeof(*err));
    if (host_new(NULL, &host, NULL) != MX_OK) abort();
    st = host_load(host, folder, name, err);
    host_free(host);
    return st;
}

static void refused(const char *name, const char *because) {
    struct mx_error err;
    CHECK_INT(load(name, &err), MX_E_BAD_PLUGIN);
    if (!strstr(err.message, because)) printf("# message: %s\n", err.message);
    CHECK(strstr(err.message, because));
}

TEST(a_private_file_loads) {
    struct mx_error err;
    begin();
    put("hello.so", 0644);
    CHECK_INT(load("hello", &err), MX_OK);
    end();
}

TEST(a_file_that_others_may_write_is_refused) {
    begin();
    put("hello.so", 0664);
    refused("hello", "others may write");
    put("hello.so", 0646);
    refused("hello", "others may write");
    end();
}

TEST(a_folder_that_others_may_write_is_refused) {
    begin();
    put("hello.so", 0644);
    if (chmod(folder, 0770) != 0) abort();
    refused("hello", "others may write");
    if (chmod(folder, 0707) != 0) abort();
    refused("hello", "others may write");
    end();
}

TEST(a_file_of_somebody_else_is_refused) {
    char path[128];
    begin();
    put("hello.so", 0644);
    path_of(path, sizeof(path), "hello.so");
    if (geteuid() == 0) { /* only root can give a file away */
        if (chown(path, 12345, 12345) != 0) abort();
        refused("hello", "somebody else");
    }
    end();
}

TEST(a_link_is_refused) {
    char from[128], to[128];
    begin();
    put("real.bin", 0644);
    path_of(from, sizeof(from), "real.bin");
    path_of(to, sizeof(to), "hello.so");
    if (symlink(from, to) != 0) abort();
    refused("hello", "not a plain file");
    end();
}

TEST(a_file_must_hold_the_plugin_of_its_name) {
    char path[128];
    FILE *text;
    begin();
    put("other.so", 0644);
    refused("other", "mx_plugin_other");
    path_of(path, sizeof(path), "text.so");
    text = fopen(path, "w");
    if (!text || fputs("not a program\n", text) < 0 || fclose(text) != 0) abort();
    refused("text", "cannot be loaded");
    refused("absent", "cannot be loaded");
    end();
}

TEST(a_name_is_no_path) {
    begin();
    refused("../hello", "a-z");
    refused("hello.so", "a-z");
    refused("", "a-z");
    end();
}

RUN_TESTS(CASE(a_private_file_loads), CASE(a_file_that_others_may_write_is_refused), CASE(a_folder_that_others_may_write_is_refused),
          CASE(a_file_of_somebody_else_is_refused), CASE(a_link_is_refused), CASE(a_file_must_hold_the_plugin_of_its_name),
          CASE(a_name_is_no_path))
