/* /openapi.json: the description of the API. It changes with the program and its plugins only, so it is written and packed
 * once, and a client that has it already is told so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/crypto.h"
#include "net/internal.h"
#include "op/op.h"

#define ETAG_BYTES 16u

struct net_openapi {
    struct base_arena *arena;
    struct mx_str text, packed;
    char etag[2 * ETAG_BYTES + 3]; /* with its quotation marks; weak, because packed and plain share it */
};

static void make_etag(struct net_openapi *page) {
    uint8_t hash[ETAG_BYTES];
    struct mx_str hex;
    crypto_hash(NULL, "openapi", 7, page->text.ptr, page->text.len, NULL, 0, hash, sizeof(hash));
    hex = base_hex(page->arena, hash, sizeof(hash));
    snprintf(page->etag, sizeof(page->etag), "\"%.*s\"", (int)hex.len, hex.ptr);
}

static struct net_openapi *page_new(const struct op_kernel *op) {
    struct net_openapi *page = calloc(1, sizeof(*page));
    struct base_buf out;
    if (page == NULL) abort();
    page->arena = base_arena_new(262144);
    base_buf_init(&out, page->arena);
    op_openapi(op, &out);
    page->text = base_buf_view(&out);
    page->packed = net_gzip(page->arena, page->text, NET_GZIP_BEST);
    make_etag(page);
    return page;
}

void net_openapi_free(struct net_openapi *page) {
    if (page == NULL) return;
    base_arena_free(page->arena);
    free(page);
}

static const struct net_openapi *page_of(struct net_server *server, const struct op_kernel *op) {
    pthread_mutex_lock(&server->openapi_lock);
    if (server->openapi == NULL) server->openapi = page_new(op);
    pthread_mutex_unlock(&server->openapi_lock);
    return server->openapi;
}

/* One of the tags of If-None-Match. The quotation marks keep a tag from being found inside another. */
static int has_etag(struct mx_str tags, const char *etag) {
    return mx_str_is(tags, "*") || (tags.len && memmem(tags.ptr, tags.len, etag, strlen(etag)));
}

void net_openapi(const struct net_api *api, struct net_request *request) {
    const struct net_request_view *view = net_request_view(request);
    struct identity_principal who;
    const struct net_openapi *page;
    char headers[160];
    int packed, fresh;
    if (!net_api_permit(api, request, NULL, &who)) return;
    page = page_of(request->thread->server, api->op);
    packed = page->packed.len > 0 && net_takes_gzip(view->accept_encoding);
    fresh = has_etag(view->if_none_match, page->etag);
    snprintf(headers, sizeof(headers), "ETag: W/%s\r\nCache-Control: private, no-cache\r\n" NET_GZIP_VARY "%s", page->etag,
             packed && !fresh ? NET_GZIP_HEADER : "");
    if (fresh)
        net_reply(request, 304, NULL, headers, mx_str_n(NULL, 0));
    else
        net_reply(request, 200, "application/json", headers, packed ? page->packed : page->text);
}
