/* Fault points: places where a test makes the world fail. Compiled out unless MERX_FAULTS is defined (test builds).
 *
 * MERX_FAULT="store.commit:3" in the environment makes the third passage of that point fail, "store.commit:3+" the third
 * and all later ones, "store.commit:3!" kills the process there with SIGKILL. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#ifdef MERX_FAULTS
/* 1 when this passage of the named point is to fail. Thread-safe. */
int base_fault(const char *point);
#else
static inline int base_fault(const char *point) {
    (void)point;
    return 0;
}
#endif

#endif
