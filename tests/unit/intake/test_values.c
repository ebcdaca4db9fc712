/* Numbers, dates, JSON paths and base 64, as files and messages write them. */
#include "intake/internal.h"
#include "support/check.h"

static int64_t decimal(const char *text, uint32_t digits) {
    int64_t value = -77;
    return intake_decimal(mx_str_of(text), digits, &value) ? value : -77;
}

TEST(decimals) {
    CHECK_INT(decimal("19.90", 2), 1990);
    CHECK_INT(decimal("19.9", 2), 1990);
    CHECK_INT(decimal("19", 2), 1900);
    CHECK_INT(decimal(" 1,234.50 ", 2), 123450);
    CHECK_INT(decimal("1,234,567", 0), 1234567);
    CHECK_INT(decimal("-3.05", 2), -305);
    CHECK_INT(decimal("0.455", 3), 455);
    CHECK_INT(decimal("1.000", 2), 100);
    CHECK_INT(decimal("90071992547409.91", 2), MX_INT_MAX);
}

TEST(what_is_no_decimal) {
    static const char *const bad[] = {"",
                                      "x",
                                      "1.2.3",
                                      "1.",
                                      ".5",
                                      "1,23",
                                      "12,34.5",
                                      "0,500",
                                      ",123",
                                      "1,2345",
                                      "1.005",
                                      "--1",
                                      "1e3",
                                      "+1",
                                      "1 2",
                                      "0x10",
                                      "1.-5",
                                      "-",
                                      "90071992547409.92",
                                      "1,,234",
                                      "1234,567",
                                      "99999999999999999999999"};
    uint32_t i;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (decimal(bad[i], 2) != -77) printf("# %s\n", bad[i]);
        CHECK_INT(decimal(bad[i], 2), -77);
    }
}

static int64_t date(const char *text, const char *format) {
    struct intake_date read;
    if (!intake_date_read(mx_str_of(text), mx_str_of(format), &read)) return -1;
    return intake_date_ms(&read) - (int64_t)read.offset_minutes * 60000;
}

TEST(dates) {
    CHECK_INT(date("1970-01-01", ""), 0);
    CHECK_INT(date("2026-05-01T10:00:00Z", ""), INT64_C(1777629600000));
    CHECK_INT(date("2026-05-01T18:00:00+08:00", ""), INT64_C(1777629600000));
    CHECK_INT(date("2026-05-01 18:00:00.123+0800", ""), INT64_C(1777629600000));
    CHECK_INT(date("2026/05/01 10:00", "YYYY/MM/DD hh:mm"), INT64_C(1777629600000));
    CHECK_INT(date("01.05.2026", "DD.MM.YYYY"), INT64_C(1777593600000));
    CHECK_INT(date("20260501100000", "YYYYMMDDhhmmss"), INT64_C(1777629600000));
    CHECK_INT(date("2024-02-29", ""), INT64_C(1709164800000));
    CHECK_INT(date("2000-02-29", ""), INT64_C(951782400000));
}

TEST(what_is_no_date) {
    static const char *const bad[] = {"",
                                      "2026-02-29",
                                      "2100-02-29",
                                      "2026-13-01",
                                      "2026-00-10",
                                      "2026-04-31",
                                      "2026-05-01T24:00",
                                      "2026-05-01T10",
                                      "2026-05-01T10:00:61",
                                      "1969-12-31",
                                      "2026-05-01x",
                                      "2026-05-01T10:00+99:00",
                                      "26-05-01"};
    uint32_t i;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) CHECK_INT(date(bad[i], ""), -1);
    CHECK_INT(date("2026/05/01", "YYYY-MM-DD"), -1);
    CHECK_INT(date("2026-05-01 and more", "YYYY-MM-DD"), -1);
}

static const char *at(const char *json, const char *path) {
    static char text[200];
    struct mx_str found;
    int32_t len;
    if (!intake_json_at(mx_str_of(json), mx_str_of(path), &found)) return "(none)";
    len = intake_json_text(found, text, sizeof(text) - 1);
    if (len < 0) return "(no text)";
    text[len] = 0;
    return text;
}

TEST(json_paths) {
    const char *json =
        "{\"a\": {\"b\": [1, {\"c\": \"x\\\"y\\u8336\\ud83c\\udf75\\n\"}]}, \"n\": null, \"t\": true, \"d\": -1.50, \"o\": {}}";
    CHECK(strcmp(at(json, "a.b.0"), "1") == 0);
    CHECK(strcmp(at(json, "a.b.1.c"), "x\"y\xe8\x8c\xb6\xf0\x9f\x8d\xb5\n") == 0);
    CHECK(strcmp(at(json, "d"), "-1.50") == 0);
    CHECK(strcmp(at(json, "t"), "true") == 0);
    CHECK(strcmp(at(json, "n"), "(none)") == 0);
    CHECK(strcmp(at(json, "a.b.2"), "(none)") == 0);
    CHECK(strcmp(at(json, "a.x"), "(none)") == 0);
    CHECK(strcmp(at(json, "d.x"), "(none)") == 0);
    CHECK(strcmp(at(json, "o"), "(no text)") == 0);
    CHECK(strcmp(at("{\"u\": \"\\udc00\"}", "u"), "(no text)") == 0);
}

static int rows(const char *text, int64_t *line) {
    struct intake_json json = {mx_str_of(text), 0, 1, -1};
    struct mx_str value;
    int count = 0, what;
    while ((what = intake_json_next(&json, &value)) == INTAKE_ROW) count++;
    *line = json.line;
    return what == INTAKE_END ? count : what;
}

TEST(json_rows) {
    static const char *const broken[] = {
        "[{}",          "[{},]",       "{} x",  "{\"a\": 01}", "{\"a\" 1}",       "{'a': 1}", "[1 2]", "{\"a\": \"\t\"}",
        "{\"a\": nul}", "{\"a\": 1,}", "[] []", "{\"a\": .5}", "{\"a\": \"\\x\"}"};
    int64_t line;
    uint32_t i;
    CHECK_INT(rows("[{\"a\": 1}, {}]", &line), 2);
    CHECK_INT(rows("{\"a\": 1}\n{}\n\n{}\n", &line), 3);
    CHECK_INT(line, 5);
    CHECK_INT(rows("[]", &line), 0);
    CHECK_INT(rows("  ", &line), 0);
    for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) CHECK_INT(rows(broken[i], &line), INTAKE_BROKEN);
    {
        char deep[200] = "";
        memset(deep, '[', 100);
        CHECK_INT(rows(deep, &line), INTAKE_BROKEN);
    }
}

TEST(base64) {
    static const char *const bad[] = {"Zg=", "Zg", "Z===", "Zh==", "Zm8", "Zm9=v", "Z*==", "Zm9v="};
    uint8_t bytes[40];
    uint32_t i;
    CHECK_INT(intake_base64(mx_str_of("Zm9v\r\nYmFy"), bytes), 6);
    CHECK(memcmp(bytes, "foobar", 6) == 0);
    CHECK_INT(intake_base64(mx_str_of("Zg=="), bytes), 1);
    CHECK_INT(intake_base64(mx_str_of("Zm8="), bytes), 2);
    CHECK_INT(intake_base64(mx_str_of(""), bytes), 0);
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) CHECK_INT(intake_base64(mx_str_of(bad[i]), bytes), -1);
}

RUN_TESTS(CASE(decimals), CASE(what_is_no_decimal), CASE(dates), CASE(what_is_no_date), CASE(json_paths), CASE(json_rows), CASE(base64))
