#include "base/fault.h"

#ifdef MERX_FAULTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static _Atomic long passages;

int base_fault(const char *point) {
    const char *plan = getenv("MERX_FAULT");
    const char *colon = plan ? strrchr(plan, ':') : NULL;
    char *end;
    long wanted, passage;
    if (colon == NULL || strlen(point) != (size_t)(colon - plan) || memcmp(plan, point, (size_t)(colon - plan)) != 0) return 0;
    wanted = strtol(colon + 1, &end, 10);
    passage = atomic_fetch_add(&passages, 1) + 1;
    if (*end == '+') return passage >= wanted;
    if (passage != wanted) return 0;
    if (*end == '!') raise(SIGKILL);
    return 1;
}

#else
typedef int base_fault_compiled_out; /* ISO C wants a declaration in every file */
#endif
