/* Structured log: one line a record, of key=value pairs or as JSON, to standard error. No personal data, no secrets: callers pass
 * ids. Thread-safe. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "merx/types.h"

#define BASE_LOG_ERROR 1
#define BASE_LOG_WARN  2
#define BASE_LOG_INFO  3
#define BASE_LOG_DEBUG 4

/* Lines above this level are dropped; starts at BASE_LOG_INFO. */
void base_log_level(int level);

#define BASE_LOG_TEXT 0
#define BASE_LOG_JSON 1

/* How a line is written: key=value pairs (at first), or one JSON object {"time","level","room","msg"}. */
void base_log_format(int format);

/* 1 when a line of this level would be written. */
int base_log_wanted(int level);

/* time=... level=... room=... msg="..."; control characters and quotes of the message are escaped, so a record stays one
 * line. */
void base_log(int level, const char *room, const char *format, ...) MX_PRINTF(3, 4);

#endif
