/* The codes of gift cards: 95 random bits as 19 characters of Crockford's base 32 and a check character, in groups of four.
 *
 * The check character is a sum over GF(32) with a weight of its own for each place: it notices every single wrong character and
 * every two that changed places, so that a slip of the finger is no guess at somebody else's card. */
#include "internal.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Value of a character as people type it; -1: it is in no code. */
static int value_of(char c) {
    const char *at;
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* Twice as much in GF(32), modulo x^5 + x^2 + 1. */
static unsigned twice(unsigned v) { return v & 16u ? ((v << 1) ^ 0x25u) & 31u : v << 1; }

static char check_of(const char code[WALLET_CODE_LEN]) {
    unsigned sum = 0, i;
    for (i = 0; i < WALLET_CODE_LEN - 1; i++) sum = twice(sum ^ (unsigned)value_of(code[i]));
    return alphabet[sum];
}

void wallet_code_make(const uint8_t random[WALLET_CODE_RANDOM], char code[WALLET_CODE_LEN]) {
    uint32_t i, bits = 0, have = 0, next = 0;
    for (i = 0; i < WALLET_CODE_LEN - 1; i++) {
        if (have < 5) {
            bits = bits << 8 | random[next++];
            have += 8;
        }
        have -= 5;
        code[i] = alphabet[bits >> have & 31u];
    }
    code[WALLET_CODE_LEN - 1] = check_of(code);
}

void wallet_code_print(const char code[WALLET_CODE_LEN], char text[WALLET_CODE_TEXT]) {
    uint32_t i, at = 0;
    for (i = 0; i < WALLET_CODE_LEN; i++) {
        if (i && i % 4 == 0) text[at++] = '-';
        text[at++] = code[i];
    }
    text[at] = 0;
}

int wallet_code_read(struct mx_str typed, char code[WALLET_CODE_LEN]) {
    char read[WALLET_CODE_LEN];
    uint32_t i, count = 0;
    for (i = 0; i < typed.len; i++) {
        int value = value_of(typed.ptr[i]);
        if (value < 0 && (typed.ptr[i] == ' ' || typed.ptr[i] == '-')) continue;
        if (value < 0 || count == WALLET_CODE_LEN) return 0;
        read[count++] = alphabet[value];
    }
    if (count != WALLET_CODE_LEN || check_of(read) != read[WALLET_CODE_LEN - 1]) return 0;
    memcpy(code, read, sizeof(read));
    return 1;
}
