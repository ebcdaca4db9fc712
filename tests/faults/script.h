/* The orders that are placed while the world fails, and how to tell that nothing of them is lost or half. */
#ifndef TESTS_FAULTS_SCRIPT_H
#define TESTS_FAULTS_SCRIPT_H

#include <stdatomic.h>
#include <stdint.h>

#define SCRIPT_ORDERS_MAX 200

/* Shared between the processes. */
struct script_books {
    atomic_int acknowledged[SCRIPT_ORDERS_MAX];
    uint8_t answers[SCRIPT_ORDERS_MAX][32]; /* hashes of the answers */
    int64_t memory_calls, file_calls, live; /* of the run */
};

/* Each runs in a process of its own. Exit codes as the program's, or SCRIPT_FAILED after a message. */
#define SCRIPT_FAILED 99

/* Make a shop with something to sell. */
int script_make(const char *data);
/* Open it, place the orders, close it; notes what was acknowledged. */
int script_run(const char *data, int orders, struct script_books *books);
/* Open it again: everything acknowledged is there and answers as before, the rest can still be done, the books add up. */
int script_check(const char *data, int orders, struct script_books *books);

/* As script_run() and script_check(): instead of orders, a backup and its restore. */
int script_backup_run(const char *data, int orders, struct script_books *books);
int script_backup_check(const char *data, int orders, struct script_books *books);

#endif
