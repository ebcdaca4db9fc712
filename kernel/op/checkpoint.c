/* Signed checkpoints of the log: one is appended to a file every 1,000 entries, every 15 minutes in which something was
 * written, and at closing; verify compares the log with the newest of them, so that a cut end is found. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "op/internal.h"

#define EVERY_ENTRIES 1000
#define EVERY_MS      (INT64_C(15) * 60 * 1000)
#define LINE_BYTES    4096  /* more than a line has */
#define TAIL_BYTES    65536 /* of the file, that verify looks at */

/* ---- writing ---- */

/* A power failure may have cut the last line: its beginning would spoil the line that is written behind it. */
static mx_status drop_cut_line(int file) {
    char tail[LINE_BYTES];
    struct stat about;
    off_t from;
    ssize_t len, keep;
    if (fstat(file, &about) != 0) return MX_E_IO;
    from = about.st_size > (off_t)sizeof(tail) ? about.st_size - (off_t)sizeof(tail) : 0;
    keep = len = pread(file, tail, sizeof(tail), from);
    if (len < 0) return MX_E_IO;
    while (keep > 0 && tail[keep - 1] != '\n') keep--;
    return keep == len || ftruncate(file, from + keep) == 0 ? MX_OK : MX_E_IO;
}

static mx_status append_line(const char *path, struct mx_str text) {
    int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char *line = malloc((size_t)text.len + 1);
    mx_status st = MX_E_IO;
    if (line && file >= 0 && drop_cut_line(file) == MX_OK) {
        memcpy(line, text.ptr, text.len);
        line[text.len] = '\n';
        if (write(file, line, (size_t)text.len + 1) == (ssize_t)text.len + 1 && fsync(file) == 0) st = MX_OK;
    }
    if (file >= 0) close(file);
    free(line);
    return st;
}

static void write_one(void *arg) {
    struct op_kernel *op = arg;
    struct base_arena *arena = base_arena_new(8192);
    struct store_view *view;
    struct mx_str text;
    mx_status st = store_read_begin(op->opts.store, arena, &view);
    if (st == MX_OK) {
        st = bus_checkpoint_make(op->opts.bus, view, op_now(op), &text);
        store_read_end(view);
    }
    if (st == MX_OK) st = append_line(op->opts.checkpoint_file, text);
    if (st != MX_OK) base_log(BASE_LOG_ERROR, "op", "the checkpoint of the log could not be written: %s", base_status_text(st));
    base_arena_free(arena);
    atomic_store(&op->checkpoint.lost, st != MX_OK);
    atomic_store(&op->checkpoint.busy, 0);
}

/* The workers are there until the shop begins to close; then op_checkpoint_close() writes what is missing. */
static int post(struct op_kernel *op) {
    int posted;
    pthread_mutex_lock(&op->writer.mutex);
    posted = op->writer.admits && op->workers && loop_workers_post(op->workers, write_one, op);
    pthread_mutex_unlock(&op->writer.mutex);
    return posted;
}

/* On the writer thread, after each group (seq 0: it wrote nothing to the log): the file is written on a worker. */
void op_checkpoint_note(struct op_kernel *op, int64_t seq) {
    struct op_checkpoint *checkpoint = &op->checkpoint;
    if (!op->opts.checkpoint_file) return;
    if (seq > checkpoint->head) checkpoint->head = seq;
    if (checkpoint->head == checkpoint->seq && !atomic_load(&checkpoint->lost)) return;
    seq = checkpoint->head;
    checkpoint->unwritten = 1;
    if (seq - checkpoint->seq < EVERY_ENTRIES && op_steady(op) - checkpoint->at_ms < EVERY_MS) return;
    if (atomic_exchange(&checkpoint->busy, 1)) return;
    if (post(op)) {
        checkpoint->seq = seq;
        checkpoint->at_ms = op_steady(op);
        checkpoint->unwritten = 0;
    } else {
        atomic_store(&checkpoint->busy, 0);
    }
}

void op_checkpoint_begin(struct op_kernel *op) {
    struct base_arena *arena = base_arena_new(4096);
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct store_view *view;
    op->checkpoint.seq = 0;
    op->checkpoint.unwritten = 0;
    op->checkpoint.head = 0;
    op->checkpoint.at_ms = op_steady(op);
    if (store_read_begin(op->opts.store, arena, &view) == MX_OK) {
        if (bus_head(op->opts.bus, view, &op->checkpoint.seq, hash) != MX_OK) op->checkpoint.seq = 0;
        op->checkpoint.head = op->checkpoint.seq;
        store_read_end(view);
    }
    base_arena_free(arena);
}

/* After the writer and the workers ended. */
void op_checkpoint_close(struct op_kernel *op) {
    if (op->opts.checkpoint_file && (op->checkpoint.unwritten || atomic_load(&op->checkpoint.lost))) write_one(op);
    op->checkpoint.unwritten = 0;
}

/* ---- comparing ---- */

static mx_status read_tail(const char *path, struct base_arena *arena, struct mx_str *tail, int *whole) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    off_t from;
    ssize_t got;
    char *bytes;
    if (file < 0) return errno == ENOENT ? MX_NONE : MX_E_IO;
    if (fstat(file, &about) != 0) {
        close(file);
        return MX_E_IO;
    }
    from = about.st_size > TAIL_BYTES ? about.st_size - TAIL_BYTES : 0;
    bytes = base_arena_alloc(arena, TAIL_BYTES);
    got = pread(file, bytes, TAIL_BYTES, from);
    close(file);
    if (got < 0) return MX_E_IO;
    *tail = mx_str_n(bytes, (size_t)got);
    *whole = from == 0;
    return MX_OK;
}

static mx_status compare_line(struct op_kernel *op, struct base_arena *arena, struct mx_str line, mx_found_fn found, void *arg) {
    struct bus_checkpoint checkpoint;
    struct store_view *view;
    struct mx_error err = {0};
    mx_status st = bus_checkpoint_read(op->opts.bus, arena, line, &checkpoint, &err);
    if (st != MX_OK) {
        found(arg, base_arena_printf(arena, "the file of checkpoints: %s", err.message).ptr);
        return MX_OK;
    }
    st = store_read_begin(op->opts.store, arena, &view);
    if (st != MX_OK) return st;
    st = bus_checkpoint_compare(op->opts.bus, view, &checkpoint, found, arg);
    store_read_end(view);
    return st;
}

/* Whole lines only: the last one may have been cut by a power failure, the first one by where we began to read. */
mx_status op_checkpoint_verify(struct op_kernel *op, mx_found_fn found, void *arg) {
    struct base_arena *arena = base_arena_new(TAIL_BYTES);
    struct mx_str tail = {NULL, 0};
    const char *at, *end;
    int whole = 1;
    mx_status st = op->opts.checkpoint_file ? read_tail(op->opts.checkpoint_file, arena, &tail, &whole) : MX_NONE;
    at = tail.ptr;
    if (st == MX_OK && !whole) {
        at = memchr(tail.ptr, '\n', tail.len);
        at = at ? at + 1 : tail.ptr + tail.len;
    }
    while (st == MX_OK && at < tail.ptr + tail.len && (end = memchr(at, '\n', (size_t)(tail.ptr + tail.len - at))) != NULL) {
        if (end > at) st = compare_line(op, arena, mx_str_n(at, (size_t)(end - at)), found, arg);
        at = end + 1;
    }
    base_arena_free(arena);
    return st == MX_NONE ? MX_OK : st;
}

/* ---- operations ---- */

struct checkpoint_shown {
    struct mx_str checkpoint;
};
static const struct mx_field checkpoint_shown_fields[] = {
    MX_F_JSON(checkpoint_shown, checkpoint, 0, 4096, "at, epoch, hash, node, seq, shop and signature"),
};
MX_TYPE(checkpoint_shown, "system.checkpoint", "the head of the log, signed");

struct checkpoint_key {
    struct mx_str algorithm;
    struct mx_str key;
};
static const struct mx_field checkpoint_key_fields[] = {
    MX_F_STR(checkpoint_key, algorithm, 0, 0, 16, "always \"Ed25519\""),
    MX_F_STR(checkpoint_key, key, 0, 0, 64, "the public key, in base64"),
};
MX_TYPE(checkpoint_key, "system.checkpoint.key", "what checkpoints are checked with");

static mx_status get_checkpoint(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    (void)in;
    return op_ctx_error(ctx, bus_checkpoint_make(ctx->op->opts.bus, ctx->view, pub->now_ms, &((struct checkpoint_shown *)out)->checkpoint));
}

static mx_status get_key(struct mx_ctx *pub, const void *in, void *out) {
    struct op_ctx *ctx = op_ctx_of(pub);
    struct checkpoint_key *key = out;
    (void)in;
    key->algorithm = mx_str_of("Ed25519");
    key->key = bus_checkpoint_key(ctx->op->opts.bus, ctx->arena);
    return MX_OK;
}

#define QUERY(name, doc, out, handler)                                                                                                     \
    {                                                                                                                                      \
        (uint32_t)sizeof(struct mx_op), MX_OP_QUERY, name, doc, "system.read", NULL, out, handler, NULL, MX_HOME_HERE, MX_OFFLINE_REFUSE,  \
            "0.2"                                                                                                                          \
    }

const struct mx_op op_checkpoint_get =
    QUERY("system.checkpoint.get", "The head of the log as it is now, signed: keep it elsewhere.", &checkpoint_shown_type, get_checkpoint);
const struct mx_op op_checkpoint_key =
    QUERY("system.checkpoint.key", "The public key that checkpoints are checked with.", &checkpoint_key_type, get_key);
