/* CSV as RFC 4180 has it; what only looks like it is refused, and named by its cell. */
#include "intake/internal.h"
#include "support/check.h"

struct file {
    char text[2000];
    struct intake_csv csv;
    struct mx_str cells[INTAKE_CELLS_MAX];
    uint32_t count, cell;
};

static void open_file(struct file *file, const char *text) {
    size_t len = strlen(text);
    memset(file, 0, sizeof(*file));
    memcpy(file->text, text, len);
    file->csv.text = file->text;
    file->csv.len = (uint32_t)len;
    file->csv.line = 1;
}

static int next(struct file *file) { return intake_csv_row(&file->csv, file->cells, &file->count, &file->cell); }

TEST(rows_and_cells) {
    struct file file;
    open_file(&file, "a,b,c\r\n1,,\" x \"\n\"say \"\"hi\"\"\",\"two\nlines\",=SUM(A1)\nlast,row,here");
    CHECK_INT(next(&file), INTAKE_ROW);
    CHECK_INT(file.count, 3);
    CHECK_STR(file.cells[2], "c");
    CHECK_INT(next(&file), INTAKE_ROW);
    CHECK_STR(file.cells[1], "");
    CHECK_STR(file.cells[2], " x ");
    CHECK_INT(file.csv.line, 3);
    CHECK_INT(next(&file), INTAKE_ROW);
    CHECK_STR(file.cells[0], "say \"hi\"");
    CHECK_STR(file.cells[1], "two\nlines");
    CHECK_STR(file.cells[2], "=SUM(A1)"); /* text like any other: nothing here computes it */
    CHECK_INT(file.csv.line, 5);
    CHECK_INT(next(&file), INTAKE_ROW);
    CHECK_STR(file.cells[2], "here");
    CHECK_INT(next(&file), INTAKE_END);
}

TEST(a_bad_row_is_named_and_the_next_one_is_read) {
    static const struct {
        const char *row;
        uint32_t cell;
    } bad[] = {{"a,b\"c,d", 1}, {"\"a\"b,c", 0}, {"a,\"b\" ,c", 1}, {"a,b\rc,d", 1}, {"\"a\"\rb", 0}};
    uint32_t i;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct file file;
        char text[100];
        snprintf(text, sizeof(text), "%s\ngood,row\n", bad[i].row);
        open_file(&file, text);
        CHECK_INT(next(&file), INTAKE_BAD);
        CHECK_INT(file.cell, bad[i].cell);
        CHECK_INT(file.csv.line, 2);
        CHECK_INT(next(&file), INTAKE_ROW);
        CHECK_STR(file.cells[0], "good");
        CHECK_INT(next(&file), INTAKE_END);
    }
}

TEST(an_open_quotation_mark_breaks_the_file) {
    struct file file;
    open_file(&file, "a,b\n1,\"never closed\n2,3\n");
    CHECK_INT(next(&file), INTAKE_ROW);
    CHECK_INT(next(&file), INTAKE_BROKEN);
    CHECK_INT(file.cell, 1);
}

TEST(too_many_cells) {
    struct file file;
    char text[INTAKE_CELLS_MAX + 8];
    memset(text, ',', INTAKE_CELLS_MAX);
    memcpy(text + INTAKE_CELLS_MAX, "\nx\n", 4);
    open_file(&file, text);
    CHECK_INT(next(&file), INTAKE_TOO_BIG);
    CHECK_INT(next(&file), INTAKE_ROW);
    CHECK_STR(file.cells[0], "x");
}

TEST(utf8) {
    static const char *const good[] = {"", "plain", "\xe6\x9e\x97", "\xf0\x9f\x8d\xb5", "\xc3\xa9"};
    static const char *const bad[] = {"\xc0\xaf",         "\xed\xa0\x80",     "\xe6\x9e", "\xff",
                                      "\xc3\xfb\xd7\xd6", "\xf5\x80\x80\x80", "\x80",     "\xe0\x80\x80"};
    uint32_t i;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) CHECK(intake_is_utf8(mx_str_of(good[i])));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) CHECK(!intake_is_utf8(mx_str_of(bad[i])));
    CHECK(!intake_is_utf8(mx_str_n("a\0b", 3)));
}

/* Whatever the bytes are, rows end, cells lie within the text, and lines only grow. */
TEST(any_bytes) {
    static const char signs[] = "ab,\"\"\n\r,\n";
    uint64_t seed = 17;
    uint32_t round, i;
    for (round = 0; round < 20000; round++) {
        struct file file;
        char text[40] = "";
        int what, rows = 0;
        for (i = 0; i < 30; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[i] = signs[(seed >> 33) % (sizeof(signs) - 1)];
        }
        open_file(&file, text);
        while ((what = next(&file)) != INTAKE_END && what != INTAKE_BROKEN && rows++ < 40) {
            for (i = 0; what == INTAKE_ROW && i < file.count; i++)
                CHECK(file.cells[i].ptr >= file.text && file.cells[i].ptr + file.cells[i].len <= file.text + 30);
        }
        CHECK(rows < 40);
    }
}

RUN_TESTS(CASE(rows_and_cells), CASE(a_bad_row_is_named_and_the_next_one_is_read), CASE(an_open_quotation_mark_breaks_the_file),
          CASE(too_many_cells), CASE(utf8), CASE(any_bytes))
