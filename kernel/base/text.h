/* Text: numbers, UTF-8, hexadecimal, phone numbers, codes. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/arena.h"

/* 1 when the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
int base_utf8_valid(struct mx_str text);

/* Parse a whole decimal integer with optional "-": 1 and *out, or 0 (empty, other characters, leading zero, overflow). */
int base_parse_int(struct mx_str text, int64_t *out);

/* Lower-case hexadecimal of `len` bytes, into the arena; and back: 1, or 0 when it is not exactly `len` bytes of hex. */
struct mx_str base_hex(struct base_arena *arena, const uint8_t *bytes, size_t len);
int base_unhex(struct mx_str text, uint8_t *bytes, size_t len);

/* 1 when every byte is one of A-Z a-z 0-9 . _ - and the length is 1..max: codes of locations, tills, channels. */
int base_code_valid(struct mx_str text, uint32_t max);

/* Normalise a phone number to E.164 ("+8613800138000"). Accepts spaces, dots, dashes and parentheses, a leading "+" or
 * "00", or a national number with its trunk prefix in `country` (ISO 3166-1 alpha-2). 1 and *out in the arena, or 0 when
 * it cannot be a number (ITU-T E.164: at most 15 digits). */
int base_phone_e164(struct base_arena *arena, struct mx_str text, struct mx_str country, struct mx_str *out);

/* Lower-case ASCII letters of a copy in the arena; other bytes unchanged. */
struct mx_str base_lower_ascii(struct base_arena *arena, struct mx_str text);

#endif
