/* The LMDB driver under the suite for all drivers. */
#include "driver_suite.h"

TEST(reads_and_writes) { suite_reads_and_writes(&store_lmdb); }
TEST(cursors) { suite_cursors(&store_lmdb); }
TEST(groups) { suite_groups(&store_lmdb); }
TEST(append) { suite_append(&store_lmdb); }
TEST(bytes_of_any_kind) { suite_bytes_of_any_kind(&store_lmdb); }
TEST(too_many_readers) { suite_too_many_readers(&store_lmdb); }
TEST(survives_reopening) { suite_survives_reopening(&store_lmdb); }
TEST(threads) { suite_threads(&store_lmdb); }

RUN_TESTS(CASE(reads_and_writes), CASE(cursors), CASE(groups), CASE(append), CASE(bytes_of_any_kind), CASE(too_many_readers),
          CASE(survives_reopening), CASE(threads))
