/* Looking at the certificate of a TLS folder without changing anything. */
#include <string.h>

#include "net/tls.h"

mx_status net_tls_look(const char *dir, int64_t *until_ms, struct mx_error *err) {
    struct base_arena *arena = base_arena_new(4096);
    const char *path = base_arena_printf(arena, "%s/server.crt", dir).ptr;
    mbedtls_x509_crt cert;
    struct mx_str text = mx_str_of("");
    int there = 0;
    mx_status st = net_tls_file_read(arena, path, 0, &there, &text, err);
    mbedtls_x509_crt_init(&cert);
    if (st == MX_OK && !there) st = base_fail(err, MX_E_NOT_FOUND, NULL, "There is no certificate %.200s.", path);
    if (st == MX_OK && mbedtls_x509_crt_parse(&cert, (const unsigned char *)text.ptr, text.len + 1) != 0)
        st = base_fail(err, MX_E_DAMAGED, NULL, "%.200s is not a certificate in PEM form.", path);
    if (st == MX_OK) *until_ms = net_tls_time_ms(&cert.valid_to);
    mbedtls_x509_crt_free(&cert);
    base_arena_free(arena);
    return st;
}
