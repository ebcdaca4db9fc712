/* Which troubles are the row's own. */
#include "intake/internal.h"
#include "support/check.h"

TEST(a_refusal_is_the_rows_own) {
    static const mx_status own[] = {MX_E_REFUSED,      MX_E_BAD_INPUT, MX_E_NOT_FOUND, MX_E_EXISTS,
                                    MX_E_OUT_OF_RANGE, MX_E_ERASED,    MX_E_INTERNAL};
    uint32_t i;
    for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) CHECK(!intake_passes(own[i]));
}

TEST(a_full_disk_is_nobodys_fault) {
    static const mx_status passing[] = {MX_E_NO_SPACE, MX_E_IO, MX_E_NOMEM, MX_E_OVERLOADED, MX_E_TOO_MANY};
    uint32_t i;
    for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) CHECK(intake_passes(passing[i]));
}

RUN_TESTS(CASE(a_refusal_is_the_rows_own), CASE(a_full_disk_is_nobodys_fault))
