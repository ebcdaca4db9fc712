/* Every zone of the system against the C library, and the rules behind the last transition. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/internal.h"
#include "support/check.h"

#define ZONE_LIST "/usr/share/zoneinfo/tzdata.zi"

/* Offsets of one zone from 1902 to 2130, at uneven steps and around the changes that they meet. */
static int same_as_libc(const struct base_zone *zone, int *checked) {
    int64_t second;
    int wrong = 0;
    for (second = INT64_C(-2145916800); second < INT64_C(5049216000); second += 86400 * 29 + 12345) {
        time_t when = (time_t)second;
        struct tm local;
        localtime_r(&when, &local);
        if (base_zone_offset_s(zone, second * 1000) != local.tm_gmtoff) wrong++;
        (*checked)++;
    }
    return !wrong;
}

TEST(all_zones_agree_with_the_c_library) {
    char line[256];
    int zones = 0, checked = 0;
    FILE *file = fopen(ZONE_LIST, "r");
    if (file == NULL) {
        printf("# %s is not here: nothing to compare\n", ZONE_LIST);
        return;
    }
    while (fgets(line, sizeof(line), file)) {
        const struct base_zone *zone;
        char *name = line + 2, *end;
        int same;
        if (strncmp(line, "Z ", 2) != 0) continue;
        end = strchr(name, ' ');
        if (end == NULL) continue;
        *end = 0;
        zone = base_zone_get(mx_str_of(name));
        setenv("TZ", name, 1);
        tzset();
        same = zone != NULL && same_as_libc(zone, &checked);
        if (!same) printf("# %s differs\n", name);
        CHECK(same);
        zones++;
    }
    fclose(file);
    unsetenv("TZ");
    CHECK(zones > 200 && checked > 100000);
}

static int footer_offset(const char *text, int64_t second) {
    struct base_zone_footer footer;
    if (!base_zone_footer_parse(mx_str_of(text), &footer)) return -99999;
    return base_zone_footer_offset(&footer, second);
}

static int64_t second_of(int year, int month, int day, int hour) { return base_days_from_civil(year, month, day) * 86400 + hour * 3600; }

static void *get_zones(void *arg) {
    static const char *const names[] = {"Asia/Tokyo", "Europe/Paris", "Asia/Tokyo", "America/Lima", "No/Where", "Europe/Paris"};
    int *wrong = arg;
    size_t i;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct base_zone *zone = base_zone_get(mx_str_of(names[i]));
        if ((zone != NULL) != (i != 4) || (zone && zone != base_zone_get(mx_str_of(names[i])))) ++*wrong;
    }
    return NULL;
}

TEST(zones_from_many_threads) {
    pthread_t threads[4];
    int wrong[4] = {0};
    size_t i;
    for (i = 0; i < 4; i++) REQUIRE(pthread_create(&threads[i], NULL, get_zones, &wrong[i]) == 0);
    for (i = 0; i < 4; i++) {
        CHECK_INT(pthread_join(threads[i], NULL), 0);
        CHECK_INT(wrong[i], 0);
    }
}

TEST(footers) {
    CHECK_INT(footer_offset("CST-8", 0), 28800);
    CHECK_INT(footer_offset("<+0545>-5:45", 0), 20700);
    CHECK_INT(footer_offset("<-03>3", 0), -10800);
    CHECK_INT(footer_offset("LMT0:01:15", 0), -75);
    CHECK_INT(footer_offset("EST5EDT,M3.2.0,M11.1.0", second_of(2030, 7, 1, 0)), -14400);
    CHECK_INT(footer_offset("EST5EDT,M3.2.0,M11.1.0", second_of(2030, 1, 1, 0)), -18000);
    CHECK_INT(footer_offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", second_of(2030, 3, 31, 0)), -7200); /* changes at 1:00 UTC */
    CHECK_INT(footer_offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", second_of(2030, 3, 31, 1)), -3600);
    CHECK_INT(footer_offset("IST-2IDT,M3.4.4/26,M10.5.0", second_of(2030, 3, 28, 23)), 7200); /* Friday, by its Thursday */
    CHECK_INT(footer_offset("IST-2IDT,M3.4.4/26,M10.5.0", second_of(2030, 3, 29, 0)), 10800);
    CHECK_INT(footer_offset("XXX3YYY2,J60/0,J61/0", second_of(2024, 3, 1, 3)), -7200); /* day 60 is 1 March, leap year or not */
    CHECK_INT(footer_offset("XXX3YYY2,J60/0,J61/0", second_of(2024, 2, 29, 3)), -10800);
    CHECK_INT(footer_offset("XXX3YYY2,J60/0,J61/0", second_of(2023, 3, 1, 3)), -7200);
    CHECK_INT(footer_offset("XXX3YYY2,59/0,60/0", second_of(2024, 2, 29, 3)), -7200);
    CHECK_INT(footer_offset("XXX3YYY2,59/0,60/0", second_of(2023, 3, 1, 3)), -7200);
}

TEST(wrong_footers) {
    static const char *const texts[] = {"",
                                        "AB5",
                                        "ABC",
                                        "ABC5x",
                                        "<AB5",
                                        "ABC168",
                                        "ABC5:60",
                                        "EST5EDT",
                                        "EST5EDT,",
                                        "EST5EDT,M3.2.0",
                                        "EST5EDT,M13.2.0,M1.1.0",
                                        "EST5EDT,M3.6.0,M1.1.0",
                                        "EST5EDT,M3.2.7,M1.1.0",
                                        "EST5EDT,M0.1.0,M1.1.0",
                                        "EST5EDT,J0,J5",
                                        "EST5EDT,366,5",
                                        "EST5EDT,M3.2.0,M11.1.0x"};
    struct base_zone_footer footer;
    size_t i;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) CHECK(!base_zone_footer_parse(mx_str_of(texts[i]), &footer));
}

RUN_TESTS(CASE(all_zones_agree_with_the_c_library), CASE(zones_from_many_threads), CASE(footers), CASE(wrong_footers))
