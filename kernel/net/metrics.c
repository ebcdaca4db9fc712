/* What the server counts, as Prometheus text. */
#include "base/buf.h"
#include "net/internal.h"

static void head(struct base_buf *out, const char *name, const char *type, const char *help) {
    base_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void value(struct base_buf *out, const char *name, uint64_t number) {
    base_buf_printf(out, "%s %llu\n", name, (unsigned long long)number);
}

static void counter(struct base_buf *out, const char *name, const char *help, const _Atomic(uint64_t) *number) {
    head(out, name, "counter", help);
    value(out, name, atomic_load_explicit(number, memory_order_relaxed));
}

static void answers(struct base_buf *out, const struct net_counts *count) {
    int i;
    head(out, "merx_http_answers_total", "counter", "Answers by the class of their status.");
    for (i = 1; i < 5; i++)
        base_buf_printf(out, "merx_http_answers_total{class=\"%dxx\"} %llu\n", i + 1,
                        (unsigned long long)atomic_load_explicit(&count->answers[i], memory_order_relaxed));
}

void net_server_metrics(const struct net_server *server, struct base_buf *out) {
    const struct net_counts *count = &server->count;
    head(out, "merx_http_connections", "gauge", "Open connections.");
    value(out, "merx_http_connections", atomic_load(&server->connections));
    counter(out, "merx_http_connections_total", "Connections that were taken.", &count->accepted);
    counter(out, "merx_http_turned_away_total", "Connections that were closed because there were too many.", &count->turned_away);
    counter(out, "merx_http_late_total", "Connections that were closed because their time was up.", &count->late);
    answers(out, count);
    counter(out, "merx_http_streams_total", "Answers in pieces: event streams and backups.", &count->streams);
    counter(out, "merx_http_received_bytes_total", "Bytes of requests.", &count->bytes_in);
    counter(out, "merx_http_sent_bytes_total", "Bytes of answers.", &count->bytes_out);
    head(out, "merx_tls_sessions", "gauge", "TLS sessions that are held.");
    value(out, "merx_tls_sessions", atomic_load(&server->tls_sessions));
    counter(out, "merx_tls_handshakes_total", "TLS handshakes that succeeded.", &server->tls_handshakes);
    counter(out, "merx_tls_failures_total", "TLS handshakes that failed.", &server->tls_failures);
}
