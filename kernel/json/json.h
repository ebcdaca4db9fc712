/* Strict JSON (RFC 8259) in and out, driven by field tables, into an arena.
 *
 * What is refused besides bad syntax: doubled members, numbers that are not integers within +-MX_INT_MAX where a number
 * is expected (no fraction, no exponent, no "-0"), invalid UTF-8, lone surrogates, U+0000, depth above 32, text behind
 * the value, a byte order mark. Output is canonical: members sorted by bytes, no spaces, integers, minimal escapes (", \
 * and U+0000-001F: \b \t \n \f \r or \u00xx in lower case); so equal values have equal bytes (the integer subset of
 * RFC 8785, with byte order instead of UTF-16 order of names). */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "merx/schema.h"

#define JSON_MAX_DEPTH 32

/* Check a type and all types below it once and prepare it for fast use. Types must be prepared before the codec sees
 * them; one that was not is prepared at its first use. Idempotent, any thread. A prepared type must stay where it is until
 * json_fini().
 * MX_E_INTERNAL: the table is wrong (name, size, kind, doubled field, more than 64 fields, nested deeper than 8). */
MX_MUST_CHECK mx_status json_prepare(const struct mx_type *type, struct mx_error *err);

/* Forget all prepared types (at the end of the process; for leak checkers). */
void json_fini(void);

/* 1 when two tables describe the same struct layout and rules, recursively: pointers may pass between their owners. */
int json_types_equal(const struct mx_type *a, const struct mx_type *b);

/* Copy by field name from one type to another (both prepared): members that only one side has are left out. The result
 * shares text with the source. */
MX_MUST_CHECK mx_status json_copy(struct base_arena *arena, const struct mx_type *from_type, const void *from,
                                  const struct mx_type *to_type, void *to, struct mx_error *err);

#define JSON_WIRE   0u /* strict: unknown, missing, READONLY and out-of-range members are refused and named */
#define JSON_STORE  1u /* a record: unknown members go to `extra`, bounds and REQUIRED are not checked */
#define JSON_MERGE  2u /* fill members that are present, leave the others of `object` as they are */
#define JSON_ANSWER 4u /* an answer of another node: READONLY allowed, unknown members ignored */

/* Modes are bits: JSON_MERGE | JSON_STORE fills a record from a second text (its opened PII). What they mean in detail:
 * - Records (types with a place for `extra`): their revision is the member "rev", unless the table has a field of that
 *   name. STORE and ANSWER read it into rec.rev; to WIRE it is an unknown member.
 * - STORE: unknown members of the record become the canonical object text `extra` ({"a":1}; empty when there are none);
 *   with MERGE they are added to what is there. So does a word that an ENUM field does not know (the field is then 0).
 *   Nested types have no `extra`: what they do not know is forgotten. Neither bounds, ids, control characters nor
 *   REQUIRED are checked; syntax, kinds, doubled members and UTF-8 are.
 * - MERGE: REQUIRED is not checked at the top; a member that is given replaces the old one whole (lists and structs too).
 * - ANSWER: unknown words of an ENUM are 0.
 * - null is for MX_CLEARABLE fields: the field becomes zero, its bit in the null mask is set and that of `has` is not.
 *   Elsewhere it is MX_E_WRONG_TYPE; inside a MX_KIND_JSON field it is a value.
 * - Texts of a person's own words (MX_FREE_TEXT) are refused by WIRE when they hold what looks like the number of a payment card.
 * - Control characters (below U+0020, and U+007F) are refused in STR, STRS and MAP; MX_MULTILINE allows \n and \t. */

/* Decode text into `object` (type->struct_size bytes, zeroed here unless JSON_MERGE). Text of strings without escapes is
 * borrowed from `text`, so keep it as long as the object. On failure `err` names the field by path ("lines[0].qty") and
 * the object's content is unspecified.
 * MX_E_BAD_INPUT (syntax, depth, UTF-8, not an object), MX_E_UNKNOWN_FIELD (READONLY in input too),
 * MX_E_MISSING_FIELD, MX_E_DOUBLED_FIELD, MX_E_WRONG_TYPE, MX_E_OUT_OF_RANGE, MX_E_CARD_NUMBER. */
MX_MUST_CHECK mx_status json_decode(struct base_arena *arena, const struct mx_type *type, struct mx_str text, uint32_t mode, void *object,
                                    struct mx_error *err);

#define JSON_PUBLIC_ONLY  1u /* leave out MX_PII members */
#define JSON_PII_ONLY     2u /* only the MX_PII members of the top level */
#define JSON_MASK_PII     4u /* PII texts as "***" */
#define JSON_SPARE_ZEROES 8u /* of objects without a mask leave out what reads back as the same when it is absent */

/* Append the canonical text of an object. Absent members are left out: with a `has` mask those whose bit is not set
 * (strings, lists and pointers count as present when non-empty, whatever the bit); without a mask empty texts, ids,
 * enums, structs and JSON are left out, while numbers, bools, lists and maps are always written. Lists of a type with a
 * mask are written when non-empty or when the bit is set. `extra` members are merged in order; when one has the name of
 * a field that is written, the field counts. A record's rev is written as "rev" when it is above 0. Numbers, bools and
 * lists of REQUIRED fields are always written, and so are their texts when `min` is 0. Text that is not UTF-8 and U+0000
 * become U+FFFD; integers beyond +-MX_INT_MAX are the caller's mistake and cannot be read back. Under JSON_MASK_PII the numbers, bools,
 * enums, structs and lists of structs that are PII are left out. PUBLIC_ONLY and MASK_PII hold at every level; PII_ONLY leaves out rev and
 * extra. Under JSON_SPARE_ZEROES, which holds at every level too, an object without a mask is written without its zeroes and empty lists,
 * as far as they are not REQUIRED: for what is stored and read back, not for what is shown. */
void json_encode(struct base_buf *out, const struct mx_type *type, const void *object, uint32_t flags);

/* ---- canonical text of an object, without a tree (for members that a room adds to records: "$pii") ---- */

/* The canonical text of a member's value, lent: 1, or 0 when there is no such member. */
int json_text_get(struct mx_str object, const char *name, struct mx_str *value);

/* The object with this member set in its place (value: canonical text), or taken out (value empty), in the arena.
 * `object` may be empty: no members. */
struct mx_str json_text_put(struct base_arena *arena, struct mx_str object, const char *name, struct mx_str value);

/* Check any JSON text and rewrite it canonically into the arena (numbers: integers only). MX_E_BAD_INPUT,
 * MX_E_DOUBLED_FIELD, MX_E_TOO_LARGE (> max bytes of result). */
MX_MUST_CHECK mx_status json_canonical(struct base_arena *arena, struct mx_str text, size_t max, struct mx_str *out, struct mx_error *err);

/* Append one string with quotes and escapes. */
void json_quote(struct base_buf *out, struct mx_str text);

/* ---- a small tree, for the command line and tests ---- */

#define JSON_NULL   1
#define JSON_BOOL   2
#define JSON_INT    3
#define JSON_STRING 4
#define JSON_ARRAY  5
#define JSON_OBJECT 6

struct json_value {
    int kind;                 /* JSON_* */
    int64_t number;           /* INT, BOOL */
    struct mx_str text;       /* STRING */
    struct mx_str name;       /* as a member of an object */
    struct json_value *first; /* ARRAY, OBJECT: children in order of the text */
    struct json_value *next;
};

/* Parse text into a tree in the arena. Same strictness and statuses as json_canonical(). */
MX_MUST_CHECK mx_status json_parse(struct base_arena *arena, struct mx_str text, struct json_value **value, struct mx_error *err);

/* Member of an object by name; NULL when absent or not an object. */
const struct json_value *json_member(const struct json_value *object, const char *name);

#endif
