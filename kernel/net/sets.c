#include <string.h>

#include "net/internal.h"

/* One bit for each byte, lowest first. */
const struct net_set net_token = {{0x00000000u, 0x03ff6cfau, 0xc7fffffeu, 0x57ffffffu, 0x00000000u, 0x00000000u, 0x00000000u,
                                   0x00000000u}}; /* RFC 9110 5.6.2: letters, digits and !#$%&'*+-.^_`|~ */
const struct net_set net_pchar = {{0x00000000u, 0xaffffff2u, 0x87ffffffu, 0x47fffffeu, 0x00000000u, 0x00000000u, 0x00000000u,
                                   0x00000000u}}; /* RFC 3986: letters, digits and -._~!$&'()*+,;=:@ and /?% */
const struct net_set net_name = {
    {0x00000000u, 0x03ff6000u, 0x87fffffeu, 0x07fffffeu, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u}}; /* letters, digits and .-_ */
const struct net_set net_digit = {{0x00000000u, 0x03ff0000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u}};
const struct net_set net_hex = {{0x00000000u, 0x03ff0000u, 0x0000007eu, 0x0000007eu, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u}};

int net_all_in(const struct net_set *set, const char *bytes, uint32_t len) {
    uint32_t i = 0;
    while (i < len && net_in(set, bytes[i])) i++;
    return i == len;
}

int net_word(const char *bytes, uint32_t len, const char *word) {
    uint32_t i;
    if (len != strlen(word)) return 0;
    for (i = 0; i < len; i++) {
        char c = bytes[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + ('a' - 'A'));
        if (c != word[i]) return 0;
    }
    return 1;
}

static int is_blank(char c) { return c == ' ' || c == '\t'; }

struct mx_str net_trim(struct mx_str text) {
    while (text.len && is_blank(text.ptr[0])) text = mx_str_n(text.ptr + 1, text.len - 1);
    while (text.len && is_blank(text.ptr[text.len - 1])) text.len--;
    return text;
}
