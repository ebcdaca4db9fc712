#include <string.h>

#include "base/text.h"
#include "net/way.h"

static mx_status bad(struct mx_error *err, const char *what) { return base_fail(err, MX_E_BAD_INPUT, "url", "The address %s.", what); }

/* "HOST", "HOST:PORT", "[ADDRESS]:PORT": where the port begins, or the length. */
static size_t host_end(struct mx_str authority) {
    const char *end;
    if (authority.len > 0 && authority.ptr[0] == '[') {
        end = memchr(authority.ptr, ']', authority.len);
        return end ? (size_t)(end - authority.ptr) + 1 : authority.len;
    }
    end = memchr(authority.ptr, ':', authority.len);
    return end ? (size_t)(end - authority.ptr) : authority.len;
}

/* An address of IPv6 stands in brackets, and nothing else does. */
static int parse_host(struct mx_str text, struct net_host *host) {
    int bracketed = text.len >= 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']';
    if (bracketed) text = mx_str_n(text.ptr + 1, text.len - 2);
    return net_host_parse(text, host) && bracketed == (host->address_len == 16);
}

static mx_status parse_authority(struct net_url *url, struct mx_error *err) {
    struct mx_str authority = url->authority;
    size_t end = host_end(authority);
    int64_t port = url->secure ? 443 : 80;
    if (memchr(authority.ptr, '@', authority.len)) return bad(err, "may not carry a user name or password");
    if (!parse_host(mx_str_n(authority.ptr, end), &url->host))
        return bad(err, "names no host (names in other scripts are written as xn--...)");
    if (end < authority.len &&
        (authority.ptr[end] != ':' || !base_parse_int(mx_str_n(authority.ptr + end + 1, authority.len - end - 1), &port)))
        return bad(err, "has a port that is no number");
    if (port < 1 || port > 65535) return bad(err, "has a port outside 1 to 65535");
    url->port = (uint16_t)port;
    return MX_OK;
}

/* Every "%" begins two hexadecimal digits. */
static int escapes_are_whole(struct mx_str text) {
    size_t i;
    for (i = 0; i < text.len; i++)
        if (text.ptr[i] == '%' && (i + 2 >= text.len || !net_in(&net_hex, text.ptr[i + 1]) || !net_in(&net_hex, text.ptr[i + 2]))) return 0;
    return 1;
}

mx_status net_url_parse(struct mx_str text, struct net_url *url, struct mx_error *err) {
    uint32_t scheme;
    size_t at;
    memset(url, 0, sizeof(*url));
    if (text.len > 2048) return bad(err, "is longer than 2048 characters");
    url->secure = text.len > 8 && net_word(text.ptr, 8, "https://");
    if (!url->secure && !(text.len > 7 && net_word(text.ptr, 7, "http://"))) return bad(err, "does not begin with https:// and a host");
    scheme = url->secure ? 8 : 7;
    for (at = scheme; at < text.len && text.ptr[at] != '/' && text.ptr[at] != '?' && text.ptr[at] != '#'; at++) continue;
    url->authority = mx_str_n(text.ptr + scheme, at - scheme);
    url->target = mx_str_n(text.ptr + at, text.len - at);
    if (memchr(url->target.ptr, '#', url->target.len)) return bad(err, "may not have a fragment (#)");
    if (!net_all_in(&net_pchar, url->target.ptr, (uint32_t)url->target.len) || !escapes_are_whole(url->target))
        return bad(err, "has characters in its path that must be written as %XX");
    return parse_authority(url, err);
}
