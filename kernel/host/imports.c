/* What a plugin's file may ask for and show: the C library and the compiler's own support, and its one entry. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "host/internal.h"

#define FOUND_MAX 8u /* problems told of one file; more do not help anybody */

struct look {
    const char *name;
    char entry[64];
    char other[64]; /* the entry of another plugin */
    host_found_fn found;
    void *arg;
    void *libc, *libm;
    uint32_t wanted, problems, entries;
};

static const char *const linker_words[] = {
    "_init", "_fini", "_edata", "_end", "__bss_start", "__gmon_start__", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable", NULL};
static const char *const library_words[] = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
                                            NULL};
/* Commands are repeated and must answer alike: a plugin that asks these does not. */
static const char *const outside_words[] = {
    "socket",       "connect",       "fork", "execve", "system",    "popen", "pthread_create", "dlopen", "time",
    "gettimeofday", "clock_gettime", "rand", "random", "getrandom", "sleep", "usleep",         NULL};

static int is_word(const char *const *words, const char *word) {
    for (; *words; words++)
        if (strcmp(*words, word) == 0) return 1;
    return 0;
}

static int begins(const char *text, const char *with) { return strncmp(text, with, strlen(with)) == 0; }

/* What a sanitizer adds, when this very program has one. */
static int is_sanitizer(const char *name) {
    if (!dlsym(RTLD_DEFAULT, "__asan_init") && !dlsym(RTLD_DEFAULT, "__tsan_init") && !dlsym(RTLD_DEFAULT, "__ubsan_handle_add_overflow"))
        return 0;
    return begins(name, "__asan") || begins(name, "__ubsan") || begins(name, "__tsan") || begins(name, "__lsan") ||
           begins(name, "__sanitizer") || begins(name, "__odr_asan") || begins(name, "libasan.") || begins(name, "libubsan.") ||
           begins(name, "libtsan.");
}

static void problem(struct look *look, int level, const char *format, const char *word) {
    char text[300];
    if (level == HOST_FAIL && look->problems++ >= FOUND_MAX) return;
    snprintf(text, sizeof(text), format, word);
    look->found(look->arg, level, "symbols", text);
}

static int is_of_libc(const struct look *look, const char *name) {
    return (look->libc && dlsym(look->libc, name)) || (look->libm && dlsym(look->libm, name));
}

static void look_at(void *arg, int kind, const char *name) {
    struct look *look = arg;
    if (is_sanitizer(name)) return;
    if (kind == HOST_LIBRARY) {
        if (!is_word(library_words, name)) problem(look, HOST_FAIL, "It needs the library %.100s; only the C library may be needed.", name);
    } else if (kind == HOST_SHOWN) {
        if (strcmp(name, look->entry) == 0)
            look->entries++;
        else if (begins(name, "mx_plugin_") && !look->other[0])
            snprintf(look->other, sizeof(look->other), "%s", name);
        else if (!is_word(linker_words, name))
            problem(look, HOST_FAIL, "It shows %.100s besides its entry; build it with -fvisibility=hidden.", name);
    } else if (!is_word(linker_words, name)) {
        look->wanted++;
        if (!is_of_libc(look, name)) problem(look, HOST_FAIL, "It asks for %.100s, which is not of the C library.", name);
        if (is_word(outside_words, name))
            problem(look, HOST_WARN, "It asks for %.100s: commands must be repeatable and wait for nobody; see include/README.md.", name);
    }
}

static void tell_good(struct look *look) {
    char text[200];
    snprintf(text, sizeof(text), "It shows %s() and nothing else, and stands on the C library alone (%u of its functions).", look->entry,
             look->wanted);
    look->found(look->arg, HOST_GOOD, "symbols", text);
}

int host_check_symbols(const char *path, const char *name, host_found_fn found, void *arg) {
    struct look look = {.name = name, .found = found, .arg = arg};
    const char *why;
    char text[200];
    snprintf(look.entry, sizeof(look.entry), "mx_plugin_%s", name);
    look.libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_LOCAL);
    look.libm = dlopen("libm.so.6", RTLD_LAZY | RTLD_LOCAL);
    why = host_elf_read(path, look_at, &look);
    if (look.libm) dlclose(look.libm);
    if (look.libc) dlclose(look.libc);
    if (why) {
        snprintf(text, sizeof(text), "The plugin %s cannot be loaded: %s.", name, why);
        found(arg, HOST_FAIL, "file", text);
        return 0;
    }
    if (look.entries == 0) {
        snprintf(text, sizeof(text), "The plugin %s cannot be loaded: it has no function %s()%s%s.", name, look.entry,
                 look.other[0] ? ", but " : "", look.other);
        found(arg, HOST_FAIL, "symbols", text);
        return 0;
    }
    if (look.other[0]) problem(&look, HOST_FAIL, "It shows %.100s besides its entry.", look.other);
    if (look.problems == 0) tell_good(&look);
    return look.problems == 0;
}
