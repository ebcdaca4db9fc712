/* Statuses and what an error says.
 *
 * One list holds every status with its number, the `code` that clients see, the HTTP status and a default text. Numbers
 * are never reused. A business refusal is MX_E_REFUSED with a code of its own ("short_stock"). Since 0.1. */
#ifndef MERX_ERROR_H
#define MERX_ERROR_H

#include "merx/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/*        number name                code                 http  default text */
#define MX_ERROR_LIST(X)                                                                                                                   \
    X(-1, MX_E_INTERNAL, "internal", 500, "something went wrong inside")                                                                   \
    X(-2, MX_E_NOMEM, "no_memory", 503, "not enough memory for this request")                                                              \
    X(-3, MX_E_IO, "io", 503, "the storage reported an error")                                                                             \
    X(-4, MX_E_BAD_INPUT, "bad_input", 400, "the input is not valid")                                                                      \
    X(-5, MX_E_UNKNOWN_FIELD, "unknown_field", 400, "this field is not known here")                                                        \
    X(-6, MX_E_MISSING_FIELD, "missing_field", 400, "this field is required")                                                              \
    X(-7, MX_E_DOUBLED_FIELD, "doubled_field", 400, "this field is given twice")                                                           \
    X(-8, MX_E_OUT_OF_RANGE, "out_of_range", 400, "the value is outside its range")                                                        \
    X(-9, MX_E_WRONG_TYPE, "wrong_type", 400, "the value has the wrong type")                                                              \
    X(-10, MX_E_NO_KEY, "no_key", 401, "a valid key is needed")                                                                            \
    X(-11, MX_E_FORBIDDEN, "forbidden", 403, "this key may not do that")                                                                   \
    X(-12, MX_E_NOT_FOUND, "not_found", 404, "there is no such thing")                                                                     \
    X(-13, MX_E_UNKNOWN_OPERATION, "unknown_operation", 404, "there is no such operation")                                                 \
    X(-14, MX_E_WRONG_METHOD, "wrong_method", 405, "this operation is called another way")                                                 \
    X(-15, MX_E_REFUSED, "refused", 409, "the shop's rules refuse this")                                                                   \
    X(-16, MX_E_CONFLICT, "conflict", 409, "somebody changed this in the meantime")                                                        \
    X(-17, MX_E_EXISTS, "exists", 409, "this already exists")                                                                              \
    X(-18, MX_E_TOO_LARGE, "too_large", 413, "the request is too large")                                                                   \
    X(-19, MX_E_KEY_REUSED, "key_reused", 422, "this idempotency key was used for another request")                                        \
    X(-20, MX_E_OVERLOADED, "overloaded", 503, "too busy, try again shortly")                                                              \
    X(-21, MX_E_NO_SPACE, "no_space", 503, "the disk is nearly full")                                                                      \
    X(-22, MX_E_DAMAGED, "damaged_record", 500, "a stored record is damaged")                                                              \
    X(-23, MX_E_READ_ONLY, "read_only", 500, "a query tried to write")                                                                     \
    X(-24, MX_E_FORMAT, "newer_format", 500, "the data folder has a format that this program does not know")                               \
    X(-25, MX_E_LOCKED, "locked", 503, "the data folder is in use")                                                                        \
    X(-26, MX_E_MISSING_KEY, "missing_key", 400, "a command needs an Idempotency-Key")                                                     \
    X(-27, MX_E_BAD_PLUGIN, "bad_plugin", 500, "the plugin cannot be used")                                                                \
    X(-28, MX_E_SHUTTING_DOWN, "shutting_down", 503, "the shop is closing down")                                                           \
    X(-29, MX_E_BUDGET, "budget", 500, "a script used more than its budget")                                                               \
    X(-30, MX_E_ERASED, "erased", 409, "the person behind this record was erased")                                                         \
    X(-31, MX_E_CANCELLED, "cancelled", 409, "this was cancelled")                                                                         \
    X(-32, MX_E_TOO_MANY, "too_many", 429, "too many tries, wait a little")                                                                \
    X(-33, MX_E_TIMEOUT, "timeout", 504, "no answer came in time")                                                                         \
    X(-34, MX_E_UNTRUSTED, "untrusted", 502, "the other side could not prove who it is")                                                   \
    X(-35, MX_E_APPROVAL, "approval_needed", 409, "a second person must approve this")                                                     \
    X(-36, MX_E_CARD_NUMBER, "looks_like_card_number", 400, "numbers of payment cards are not kept here")

#define MX_ERROR_ENUM(number, name, code, http, text) name = number,
enum { MX_ERROR_LIST(MX_ERROR_ENUM) MX_E_LAST_ = -9999 };
#undef MX_ERROR_ENUM

/* What went wrong, in words for the person at the till and for the one who reads the log.
 * The kernel owns it; a plugin fills it through mx_fail()/mx_refuse() of op.h only. Grows at the end. */
struct mx_error {
    mx_status status;
    char code[40];     /* for programs, e.g. "short_stock"; the status's own code unless a refusal named another */
    char field[96];    /* path of the field at fault, e.g. "lines[2].qty"; empty when no field is at fault */
    char message[240]; /* for people: a whole sentence, no personal data, no secret */
    const char *file;  /* where it was raised, for the log; never sent out */
    int32_t line;
};

#ifdef __cplusplus
}
#endif
#endif
