/* Filling a struct mx_error; the list of statuses is merx/error.h. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

#include "merx/error.h"

/* Fill `err` (may be NULL) and return `status`. code and field may be NULL. */
mx_status base_error_set(struct mx_error *err, mx_status status, const char *code, const char *field, const char *file, int line,
                         const char *format, ...) MX_PRINTF(7, 8);
mx_status base_error_setv(struct mx_error *err, mx_status status, const char *code, const char *field, const char *file, int line,
                          const char *format, va_list args);

#define base_fail(err, status, field, ...) base_error_set((err), (status), NULL, (field), __FILE__, __LINE__, __VA_ARGS__)

/* Code, default text and HTTP status of a status of the list. MX_OK is 200; unknown ones are those of MX_E_INTERNAL. */
const char *base_status_code(mx_status status);
const char *base_status_text(mx_status status);
int base_status_http(mx_status status);

#endif
