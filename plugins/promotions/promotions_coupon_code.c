/* The codes of coupons: 83 random bits as 17 characters of Crockford's base 32 and a check character, in groups of six.
 *
 * The first character is a digit, so that a code does not look like a word. The check character is a sum over GF(32) with a
 * weight of its own for each place: it notices every single wrong character and every two that changed places. */
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

/* Character that makes the weighted sum of all of them nothing; the check character itself has the weight 1. */
static char check_of(const char code[PROMOTIONS_CODE_LEN]) {
    unsigned sum = 0, i;
    for (i = 0; i < PROMOTIONS_CODE_LEN - 1; i++) sum = twice(sum ^ (unsigned)value_of(code[i]));
    return alphabet[sum];
}

void promotions_code_make(const uint8_t random[PROMOTIONS_CODE_RANDOM], char code[PROMOTIONS_CODE_LEN]) {
    uint32_t i, bits = 0, have = 0, next = 0;
    code[0] = alphabet[2 + (random[PROMOTIONS_CODE_RANDOM - 1] & 7u)];
    for (i = 1; i < PROMOTIONS_CODE_LEN - 1; i++) {
        if (have < 5) {
            bits = bits << 8 | random[next++];
            have += 8;
        }
        have -= 5;
        code[i] = alphabet[bits >> have & 31u];
    }
    code[PROMOTIONS_CODE_LEN - 1] = check_of(code);
}

void promotions_code_print(const char code[PROMOTIONS_CODE_LEN], char text[PROMOTIONS_CODE_TEXT]) {
    uint32_t i, at = 0;
    for (i = 0; i < PROMOTIONS_CODE_LEN; i++) {
        if (i && i % 6 == 0) text[at++] = '-';
        text[at++] = code[i];
    }
    text[at] = 0;
}

static int is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/* What is read of a typed text: the last characters that may stand in a code, and whether they ever were one. */
struct reading {
    char last[PROMOTIONS_CODE_LEN];
    uint32_t kept;    /* characters that may stand in a code */
    uint32_t letters; /* letters and digits, also those that are in no code */
    int odd;          /* something stands in it that nobody puts into a code */
    int digit;        /* it begins with a digit */
    int found;        /* a whole code stands in it */
};

static void read_on(struct reading *reading, char c) {
    int value = value_of(c);
    if (is_letter_or_digit(c) && reading->letters++ == 0) reading->digit = c >= '0' && c <= '9';
    if (value < 0) {
        reading->odd |= c != ' ' && c != '-';
        return;
    }
    memmove(reading->last, reading->last + 1, PROMOTIONS_CODE_LEN - 1);
    reading->last[PROMOTIONS_CODE_LEN - 1] = alphabet[value];
    if (++reading->kept < PROMOTIONS_CODE_LEN || reading->last[0] < '2' || reading->last[0] > '9') return;
    reading->found |= check_of(reading->last) == reading->last[PROMOTIONS_CODE_LEN - 1];
}

/* A scanner may send a code twice, or with something in front of it: then a whole code stands in what is none. */
enum promotions_typed promotions_code_read(struct mx_str typed, char code[PROMOTIONS_CODE_LEN]) {
    struct reading reading = {.kept = 0};
    uint32_t i;
    for (i = 0; i < typed.len; i++) read_on(&reading, typed.ptr[i]);
    if (reading.found && !reading.odd && reading.kept == PROMOTIONS_CODE_LEN) {
        memcpy(code, reading.last, PROMOTIONS_CODE_LEN);
        return PROMOTIONS_TYPED_CODE;
    }
    if (reading.found) return PROMOTIONS_TYPED_WRONG;
    if (!reading.digit || reading.letters < PROMOTIONS_CODE_LEN - 2 || reading.letters > PROMOTIONS_CODE_LEN + 2)
        return PROMOTIONS_TYPED_WORD;
    return PROMOTIONS_TYPED_WRONG;
}
