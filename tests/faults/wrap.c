#include "faults/wrap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_int counting, fails;
static int for_ever_, why_;
static int64_t nth;
static atomic_int_fast64_t memory_calls, file_calls, live;

void wrap_begin(enum wrap_kind kind, int64_t n, int for_ever, int why) {
    nth = n;
    for_ever_ = for_ever;
    why_ = why;
    atomic_store(&memory_calls, 0);
    atomic_store(&file_calls, 0);
    atomic_store(&live, 0);
    atomic_store(&fails, n ? (int)kind : WRAP_NOTHING);
    atomic_store(&counting, 1);
}

void wrap_end(void) {
    atomic_store(&counting, 0);
    atomic_store(&fails, WRAP_NOTHING);
}

void wrap_rest(int rest) { atomic_store(&counting, !rest); }

int64_t wrap_memory_calls(void) { return atomic_load(&memory_calls); }
int64_t wrap_file_calls(void) { return atomic_load(&file_calls); }
int64_t wrap_live(void) { return atomic_load(&live); }

static int is_time(atomic_int_fast64_t *calls, int kind) {
    int64_t call;
    if (!atomic_load(&counting)) return 0;
    call = atomic_fetch_add(calls, 1) + 1;
    if (atomic_load(&fails) != kind) return 0;
    return for_ever_ ? call >= nth : call == nth;
}

/* ---- memory ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__real_aligned_alloc(size_t alignment, size_t size);
int __real_posix_memalign(void **memory, size_t alignment, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
int __wrap_posix_memalign(void **memory, size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t max);

static int no_memory(void) {
    if (!is_time(&memory_calls, WRAP_MEMORY)) return 0;
    errno = ENOMEM;
    return 1;
}

static void *counted(void *memory) {
    if (memory && atomic_load(&counting)) atomic_fetch_add(&live, 1);
    return memory;
}

void *__wrap_malloc(size_t size) { return no_memory() ? NULL : counted(__real_malloc(size)); }

void *__wrap_calloc(size_t count, size_t size) { return no_memory() ? NULL : counted(__real_calloc(count, size)); }

void *__wrap_realloc(void *old, size_t size) {
    void *memory;
    if (no_memory()) return NULL;
    memory = __real_realloc(old, size);
    return old ? memory : counted(memory);
}

void __wrap_free(void *memory) {
    if (memory && atomic_load(&counting)) atomic_fetch_sub(&live, 1);
    __real_free(memory);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) { return no_memory() ? NULL : counted(__real_aligned_alloc(alignment, size)); }

int __wrap_posix_memalign(void **memory, size_t alignment, size_t size) {
    int failed;
    if (no_memory()) return ENOMEM;
    failed = __real_posix_memalign(memory, alignment, size);
    if (!failed) (void)counted(*memory);
    return failed;
}

char *__wrap_strndup(const char *text, size_t max) {
    size_t len = strnlen(text, max);
    char *copy = __wrap_malloc(len + 1);
    if (!copy) return NULL;
    memcpy(copy, text, len);
    copy[len] = 0;
    return copy;
}

char *__wrap_strdup(const char *text) { return __wrap_strndup(text, strlen(text)); }

/* ---- files ---- */

ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __real_pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t __real_writev(int fd, const struct iovec *pieces, int count);
ssize_t __real_pwritev(int fd, const struct iovec *pieces, int count, off_t at);
int __real_fdatasync(int fd);
int __real_fsync(int fd);
int __real_ftruncate(int fd, off_t len);
int __real_rename(const char *from, const char *to);
int __real_open(const char *path, int flags, ...);
int __real_openat(int folder, const char *path, int flags, ...);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at);
ssize_t __wrap_writev(int fd, const struct iovec *pieces, int count);
ssize_t __wrap_pwritev(int fd, const struct iovec *pieces, int count, off_t at);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
int __wrap_ftruncate(int fd, off_t len);
int __wrap_rename(const char *from, const char *to);
int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);

static int broken(void) {
    if (!is_time(&file_calls, WRAP_FILES)) return 0;
    errno = why_;
    return 1;
}

/* What stood in a file where something was written that is not flushed yet. */
struct undo {
    struct undo *next;
    dev_t dev;
    ino_t ino;
    off_t at;
    size_t len;
    char old[];
};
static struct undo *undos; /* the newest first */
static pthread_mutex_t undo_lock = PTHREAD_MUTEX_INITIALIZER;

static void remember(int fd, size_t len, off_t at) {
    struct stat info;
    struct undo *undo;
    if (atomic_load(&fails) != WRAP_FILES || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return;
    if (fcntl(fd, F_GETFL) & O_DSYNC) return;
    undo = __real_calloc(1, sizeof(*undo) + len);
    if (!undo) abort();
    undo->dev = info.st_dev;
    undo->ino = info.st_ino;
    undo->at = at >= 0 ? at : lseek(fd, 0, SEEK_CUR);
    undo->len = len;
    if (pread(fd, undo->old, len, undo->at) < 0) memset(undo->old, 0, len); /* a file that is only written is a new one */
    pthread_mutex_lock(&undo_lock);
    undo->next = undos;
    undos = undo;
    pthread_mutex_unlock(&undo_lock);
}

/* After a flush the written bytes stay; after one that failed they are gone, as on a system that drops what it could not
 * write: whoever passes over the error finds holes. */
static void settle(int fd, int is_lost) {
    struct stat info;
    struct undo **at, *undo;
    if (atomic_load(&fails) != WRAP_FILES || fstat(fd, &info) != 0) return;
    pthread_mutex_lock(&undo_lock);
    for (at = &undos; (undo = *at) != NULL;) {
        if (undo->dev != info.st_dev || undo->ino != info.st_ino) {
            at = &undo->next;
            continue;
        }
        if (is_lost && __real_pwrite(fd, undo->old, undo->len, undo->at) != (ssize_t)undo->len) abort();
        *at = undo->next;
        __real_free(undo);
    }
    pthread_mutex_unlock(&undo_lock);
}

static size_t sum_of(const struct iovec *pieces, int count) {
    size_t sum = 0;
    for (int i = 0; i < count; i++) sum += pieces[i].iov_len;
    return sum;
}

static int flush(int fd, int (*real)(int fd)) {
    if (broken()) {
        int why = errno;
        settle(fd, 1);
        errno = why;
        return -1;
    }
    if (real(fd) != 0) return -1;
    settle(fd, 0);
    return 0;
}

/* What is said on standard output and error is no part of it. */
ssize_t __wrap_write(int fd, const void *bytes, size_t len) {
    if (fd > 2 && broken()) return -1;
    remember(fd, len, -1);
    return __real_write(fd, bytes, len);
}
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t len, off_t at) {
    if (broken()) return -1;
    remember(fd, len, at);
    return __real_pwrite(fd, bytes, len, at);
}
ssize_t __wrap_writev(int fd, const struct iovec *pieces, int count) {
    if (fd > 2 && broken()) return -1;
    remember(fd, sum_of(pieces, count), -1);
    return __real_writev(fd, pieces, count);
}
ssize_t __wrap_pwritev(int fd, const struct iovec *pieces, int count, off_t at) {
    if (broken()) return -1;
    remember(fd, sum_of(pieces, count), at);
    return __real_pwritev(fd, pieces, count, at);
}
int __wrap_fdatasync(int fd) { return flush(fd, __real_fdatasync); }
int __wrap_fsync(int fd) { return flush(fd, __real_fsync); }
int __wrap_ftruncate(int fd, off_t len) { return broken() ? -1 : __real_ftruncate(fd, len); }
int __wrap_rename(const char *from, const char *to) { return broken() ? -1 : __real_rename(from, to); }

static mode_t mode_of(int flags, va_list args) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(args, mode_t) : 0; }

int __wrap_open(const char *path, int flags, ...) {
    va_list args;
    mode_t mode;
    va_start(args, flags);
    mode = mode_of(flags, args);
    va_end(args);
    return broken() ? -1 : __real_open(path, flags, mode);
}

int __wrap_openat(int folder, const char *path, int flags, ...) {
    va_list args;
    mode_t mode;
    va_start(args, flags);
    mode = mode_of(flags, args);
    va_end(args);
    return broken() ? -1 : __real_openat(folder, path, flags, mode);
}
