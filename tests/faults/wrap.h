/* A world that fails at one instant: the linker sends every allocation and every call that changes a file through here
 * (-Wl,--wrap), those of the third-party archives as well. */
#ifndef TESTS_FAULTS_WRAP_H
#define TESTS_FAULTS_WRAP_H

#include <stdint.h>

enum wrap_kind { WRAP_NOTHING, WRAP_MEMORY, WRAP_FILES };

/* From now on the n-th call of the kind fails (later ones too when `for_ever`), files with this errno. n 0: only count. */
void wrap_begin(enum wrap_kind kind, int64_t n, int for_ever, int why);
/* No more failing and counting. */
void wrap_end(void);
/* In between: 1 = nothing fails or counts for now. */
void wrap_rest(int rest);
/* Calls of each kind since wrap_begin(), and allocations that were made since then and not freed. */
int64_t wrap_memory_calls(void);
int64_t wrap_file_calls(void);
int64_t wrap_live(void);

#endif
