/* Days of birth as they are kept. */
#include "membership/profile.h"
#include "support/check.h"

static int read(const char *text, struct membership_birth *birth) { return membership_birth_read(mx_str_of(text), birth); }

TEST(a_day_is_read_as_it_was_written) {
    struct membership_birth birth;
    REQUIRE(read("1990-05-12", &birth));
    CHECK_INT(birth.year, 1990);
    CHECK_INT(birth.month, 5);
    CHECK_INT(birth.day, 12);
    CHECK_INT(birth.lunar, 0);
    REQUIRE(read("L1988-12-30", &birth));
    CHECK_INT(birth.year, 1988);
    CHECK_INT(birth.lunar, 1);
    REQUIRE(read("--02-29", &birth));
    CHECK_INT(birth.year, 0);
    CHECK_INT(birth.month, 2);
    REQUIRE(read("L--07-09", &birth));
    CHECK_INT(birth.lunar, 1);
    CHECK_INT(birth.day, 9);
}

TEST(what_is_no_day_is_not_read) {
    static const char *const wrong[] = {"",        "L",        "-",          "--",      "1990",      "1990-5-12",
                                        "1990-05", "90-05-12", "x990-05-12", "--0a-12", "1990/05/12"};
    struct membership_birth birth;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) CHECK(!read(wrong[i], &birth));
}

TEST(months_have_their_days) {
    static const int64_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct membership_birth birth = {0};
    for (int m = 0; m < 12; m++) {
        birth.month = m + 1;
        CHECK_INT(membership_days_of(&birth), days[m]);
    }
    birth.month = 2;
    birth.year = 1999;
    CHECK_INT(membership_days_of(&birth), 28);
    birth.year = 2000;
    CHECK_INT(membership_days_of(&birth), 29);
    birth.year = 1900;
    CHECK_INT(membership_days_of(&birth), 28);
    birth.lunar = 1;
    CHECK_INT(membership_days_of(&birth), 30);
}

RUN_TESTS(CASE(a_day_is_read_as_it_was_written), CASE(what_is_no_day_is_not_read), CASE(months_have_their_days))
