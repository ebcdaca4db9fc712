/* The log and the fault points. */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/log.h"
#include "support/check.h"

/* What standard error gets while `speak` runs. */
static size_t listen_to(void (*speak)(void), char *text, size_t size) {
    int ends[2], saved = dup(STDERR_FILENO);
    ssize_t len;
    if (pipe(ends) != 0) return 0;
    dup2(ends[1], STDERR_FILENO);
    speak();
    dup2(saved, STDERR_FILENO);
    close(ends[1]);
    close(saved);
    len = read(ends[0], text, size - 1);
    close(ends[0]);
    text[len > 0 ? len : 0] = 0;
    return len > 0 ? (size_t)len : 0;
}

static void say_levels(void) {
    base_log(BASE_LOG_DEBUG, "base", "not shown");
    base_log(BASE_LOG_WARN, "base", "shown %d", 5);
}

static void say_nasty(void) { base_log(BASE_LOG_ERROR, "net", "a \"quote\" \\ line\nbreak \x1b[31m \x7f \xE8\x8C\xB6"); }

static void say_much(void) {
    char text[6000];
    memset(text, '"', sizeof(text));
    text[sizeof(text) - 1] = 0;
    base_log(BASE_LOG_INFO, "net", "%s", text);
}

TEST(one_line_a_record) {
    char text[16384];
    size_t len = listen_to(say_levels, text, sizeof(text));
    CHECK(len > 0 && strchr(text, '\n') == text + len - 1);
    CHECK(strncmp(text, "time=2", 6) == 0);
    CHECK(strstr(text, "Z level=warn room=base msg=\"shown 5\"\n") != NULL);
}

TEST(escapes) {
    char text[16384];
    size_t len = listen_to(say_nasty, text, sizeof(text));
    CHECK(strchr(text, '\n') == text + len - 1);
    CHECK(strstr(text, "msg=\"a \\\"quote\\\" \\\\ line\\nbreak \\x1b[31m \\x7f \xE8\x8C\xB6\"\n") != NULL);
}

TEST(long_records_end_well) {
    char text[16384];
    size_t len = listen_to(say_much, text, sizeof(text));
    CHECK(len > 2000 && len < 5000);
    CHECK(strchr(text, '\n') == text + len - 1);
    CHECK(text[len - 2] == '"' && text[len - 3] == '"' && text[len - 4] == '\\');
}

TEST(levels) {
    char text[16384];
    base_log_level(BASE_LOG_ERROR);
    CHECK_INT(listen_to(say_levels, text, sizeof(text)), 0);
    base_log_level(BASE_LOG_DEBUG);
    CHECK(listen_to(say_levels, text, sizeof(text)) > 0 && strstr(text, "level=debug") != NULL);
    base_log_level(BASE_LOG_INFO);
}

static void say_broken(void) { base_log(BASE_LOG_ERROR, "net", "half \xE8\x8C and \"quote\" \x1b"); }

TEST(lines_of_json) {
    char text[16384];
    base_log_format(BASE_LOG_JSON);
    listen_to(say_levels, text, sizeof(text));
    CHECK(strncmp(text, "{\"time\":\"2", 10) == 0);
    CHECK(strstr(text, "Z\",\"level\":\"warn\",\"room\":\"base\",\"msg\":\"shown 5\"}\n") != NULL);
    listen_to(say_broken, text, sizeof(text));
    CHECK(strstr(text, "\"msg\":\"half \\u00e8\\u008c and \\\"quote\\\" \\u001b\"}\n") != NULL);
    listen_to(say_nasty, text, sizeof(text));
    CHECK(strstr(text, "\\u001b[31m \\u007f \xE8\x8C\xB6\"}\n") != NULL);
    CHECK(listen_to(say_much, text, sizeof(text)) < 5000 && strcmp(text + strlen(text) - 3, "\"}\n") == 0);
    base_log_format(BASE_LOG_TEXT);
    CHECK(base_log_wanted(BASE_LOG_INFO) && !base_log_wanted(BASE_LOG_DEBUG));
}

#ifdef MERX_FAULTS
/* Passages that fail of five, as bits; 255 when the process was killed. The count is the process's own, so fork. */
static int failing(const char *plan) {
    int status, bits = 0, i;
    pid_t child = fork();
    if (child == 0) {
        setenv("MERX_FAULT", plan, 1);
        for (i = 0; i < 5; i++) {
            if (base_fault("store.commit")) bits |= 1 << i;
            if (base_fault("store.apply") || base_fault("store")) bits |= 128;
        }
        _exit(bits);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

TEST(faults) {
    CHECK_INT(failing(""), 0);
    CHECK_INT(failing("store.commit"), 0);
    CHECK_INT(failing("store.commit:3"), 4);
    CHECK_INT(failing("store.commit:3+"), 4 + 8 + 16);
    CHECK_INT(failing("store.commit:1"), 1);
    CHECK_INT(failing("store.commit:9"), 0);
    CHECK_INT(failing("store.commit:2!"), 255);
    CHECK_INT(failing("store.commit:9!"), 0);
}
#else
TEST(faults) { CHECK_INT(base_fault("store.commit"), 0); }
#endif

RUN_TESTS(CASE(one_line_a_record), CASE(escapes), CASE(long_records_end_well), CASE(levels), CASE(lines_of_json), CASE(faults))
