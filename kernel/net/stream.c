/* Answers in pieces. Any thread queues them in the stream; the loop moves them to the connection's queue, from where they
 * count as pending until the socket has taken them. A connection has at most one stream, its last answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/internal.h"

#define CHUNK_HEAD_MAX 20u /* hex digits of a length, "\r\n" and a NUL */

struct net_piece {
    struct net_out out;
    struct net_stream *stream;
    struct net_piece *next;
    size_t len;
    char text[];
};

struct net_stream {
    struct net_thread *thread;
    _Atomic(uint32_t) refs; /* the caller's, the connection's, one for each posted task */
    void (*closed)(void *arg);
    void *arg;
    int chunked;           /* else the answer ends with the connection */
    struct net_conn *conn; /* of the loop's thread; NULL when the stream is over */
    pthread_mutex_t lock;  /* guards what follows */
    pthread_cond_t taken;
    struct net_piece *first, *last; /* not in the connection's queue yet */
    size_t pending;
    int posted, ended, complete, over, endless;
};

static void unref(struct net_stream *stream) {
    if (atomic_fetch_sub(&stream->refs, 1) != 1) return;
    while (stream->first) {
        struct net_piece *piece = stream->first;
        stream->first = piece->next;
        free(piece);
    }
    pthread_mutex_destroy(&stream->lock);
    pthread_cond_destroy(&stream->taken);
    net_thread_unref(stream->thread);
    free(stream);
}

struct net_stream *net_stream_begin(struct net_request *request, int status, const char *content_type, const char *headers,
                                    void (*closed)(void *arg), void *arg) {
    struct net_stream *stream = calloc(1, sizeof(*stream));
    if (stream == NULL) abort();
    stream->thread = request->thread;
    atomic_fetch_add(&stream->thread->refs, 1);
    atomic_fetch_add(&stream->thread->busy, 1);
    atomic_store(&stream->refs, 2);
    stream->closed = closed;
    stream->arg = arg;
    stream->chunked = request->chunks;
    pthread_mutex_init(&stream->lock, NULL);
    pthread_cond_init(&stream->taken, NULL);
    request->stream = stream;
    request->close = 1;
    net_request_answer(request, status, content_type, headers, NULL);
    return stream;
}

void net_stream_attach(struct net_stream *stream, struct net_conn *conn) {
    stream->conn = conn;
    conn->stream = stream;
}

void net_stream_over(struct net_stream *stream) {
    if (stream->conn) stream->conn->stream = NULL;
    stream->conn = NULL;
    pthread_mutex_lock(&stream->lock);
    stream->over = 1;
    pthread_cond_broadcast(&stream->taken);
    pthread_mutex_unlock(&stream->lock);
    if (stream->closed) stream->closed(stream->arg);
    atomic_fetch_sub(&stream->thread->busy, 1);
    unref(stream);
}

/* ---- from the stream to the socket, on the loop's thread ---- */

static void piece_sent(void *arg) {
    struct net_piece *piece = arg;
    struct net_stream *stream = piece->stream;
    pthread_mutex_lock(&stream->lock);
    stream->pending -= piece->len;
    pthread_cond_broadcast(&stream->taken);
    pthread_mutex_unlock(&stream->lock);
    free(piece);
}

int net_stream_pull(struct net_conn *conn) {
    struct net_stream *stream = conn->stream;
    struct net_piece *piece, *next;
    pthread_mutex_lock(&stream->lock);
    piece = stream->first;
    stream->first = stream->last = NULL;
    pthread_mutex_unlock(&stream->lock);
    if (piece == NULL) return 0;
    for (; piece; piece = next) {
        next = piece->next;
        piece->out.bytes = piece->text;
        piece->out.len = piece->len;
        piece->out.sent = piece_sent;
        piece->out.owner = piece;
        net_output_add(conn, &piece->out);
    }
    return 1;
}

void net_stream_check(struct net_conn *conn) {
    struct net_stream *stream = conn->stream;
    int done;
    pthread_mutex_lock(&stream->lock);
    done = stream->ended && stream->complete && stream->pending == 0;
    pthread_mutex_unlock(&stream->lock);
    if (done) net_stream_over(stream);
}

static void on_work(void *arg) {
    struct net_stream *stream = arg;
    int cut;
    pthread_mutex_lock(&stream->lock);
    stream->posted = 0;
    cut = stream->ended && !stream->complete;
    pthread_mutex_unlock(&stream->lock);
    if (stream->conn && cut)
        net_conn_reset(stream->conn);
    else if (stream->conn)
        net_conn_work(stream->conn);
    unref(stream);
}

/* ---- from any thread ---- */

static void wake(struct net_stream *stream) {
    atomic_fetch_add(&stream->refs, 1);
    if (!net_thread_post(stream->thread, on_work, stream)) unref(stream);
}

static struct net_piece *piece_new(struct net_stream *stream, const void *bytes, size_t len) {
    struct net_piece *piece = malloc(sizeof(*piece) + CHUNK_HEAD_MAX + len + 2);
    if (piece == NULL) abort();
    memset(piece, 0, sizeof(*piece));
    piece->stream = stream;
    if (stream->chunked) piece->len = (size_t)sprintf(piece->text, "%zx\r\n", len);
    memcpy(piece->text + piece->len, bytes, len);
    piece->len += len;
    if (stream->chunked) {
        memcpy(piece->text + piece->len, "\r\n", 2);
        piece->len += 2;
    }
    return piece;
}

/* The lock is held. 1 when the loop must be told. */
static int queue(struct net_stream *stream, struct net_piece *piece) {
    int tell = !stream->posted;
    if (stream->last)
        stream->last->next = piece;
    else
        stream->first = piece;
    stream->last = piece;
    stream->pending += piece->len;
    stream->posted = 1;
    return tell;
}

/* Nothing more will be written; whoever says so first is heard. */
static void finish(struct net_stream *stream, int complete) {
    struct net_piece *last = complete && stream->chunked ? piece_new(stream, "", 0) : NULL; /* "0" and a blank line */
    int idle;
    pthread_mutex_lock(&stream->lock);
    idle = stream->over || stream->ended;
    if (!idle) {
        stream->ended = 1;
        stream->complete = complete;
        if (last) (void)queue(stream, last);
        stream->posted = 1;
    }
    pthread_mutex_unlock(&stream->lock);
    if (idle)
        free(last);
    else
        wake(stream);
}

void net_stream_close_endless(struct net_conn *conn) {
    struct net_stream *stream = conn->stream;
    int ends;
    pthread_mutex_lock(&stream->lock);
    ends = stream->endless && !stream->ended;
    pthread_mutex_unlock(&stream->lock);
    if (ends) finish(stream, 1);
}

int net_stream_write(struct net_stream *stream, const void *bytes, size_t len) {
    struct net_piece *piece = len ? piece_new(stream, bytes, len) : NULL; /* an empty chunk would end the answer */
    int over, tell = 0;
    pthread_mutex_lock(&stream->lock);
    over = stream->over || stream->ended;
    if (!over && piece) tell = queue(stream, piece);
    pthread_mutex_unlock(&stream->lock);
    if (over) free(piece);
    if (tell) wake(stream);
    return !over;
}

size_t net_stream_pending(const struct net_stream *stream) {
    struct net_stream *locked = (struct net_stream *)(uintptr_t)stream;
    size_t pending;
    pthread_mutex_lock(&locked->lock);
    pending = stream->over ? 0 : stream->pending;
    pthread_mutex_unlock(&locked->lock);
    return pending;
}

int net_stream_wait(struct net_stream *stream, size_t bytes) {
    int over;
    pthread_mutex_lock(&stream->lock);
    while (!stream->over && stream->pending > 0 && stream->pending >= bytes) pthread_cond_wait(&stream->taken, &stream->lock);
    over = stream->over;
    pthread_mutex_unlock(&stream->lock);
    return !over;
}

void net_stream_end(struct net_stream *stream, int complete) {
    finish(stream, complete);
    unref(stream);
}

void net_stream_endless(struct net_stream *stream) {
    pthread_mutex_lock(&stream->lock);
    stream->endless = 1;
    pthread_mutex_unlock(&stream->lock);
}
