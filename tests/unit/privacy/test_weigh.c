/* Which of a customer's words counts: the latest, channel by channel. */
#include "privacy/internal.h"

#include "support/check.h"

struct said {
    int given;
    const char *channel;
};

/* Is it allowed for this channel, after these words? They are told in any order: their numbers decide. */
static int allowed(const struct said *said, unsigned count, const char *channel, int backwards) {
    struct privacy_consent words[8];
    struct privacy_words_said all = {.channel = mx_str_of(channel)};
    unsigned i;
    memset(words, 0, sizeof(words));
    for (i = 0; i < count; i++) {
        words[i].given = (uint8_t)said[i].given;
        words[i].channel = mx_str_of(said[i].channel);
        words[i].word = (int64_t)i + 1;
    }
    for (i = 0; i < count; i++) privacy_weigh(&all, &words[backwards ? count - 1 - i : i]);
    return privacy_agreed(&all);
}

#define ALLOWED(yes, channel, ...)                                                                                                         \
    do {                                                                                                                                   \
        static const struct said said_[] = {__VA_ARGS__};                                                                                  \
        CHECK_INT(allowed(said_, (unsigned)(sizeof(said_) / sizeof(said_[0])), channel, 0), yes);                                          \
        CHECK_INT(allowed(said_, (unsigned)(sizeof(said_) / sizeof(said_[0])), channel, 1), yes);                                          \
    } while (0)

TEST(nothing_said_is_no) {
    struct privacy_words_said none = {.channel = mx_str_of("sms")};
    CHECK(!privacy_agreed(&none));
}

TEST(the_latest_word_counts) {
    ALLOWED(1, "", {1, ""});
    ALLOWED(0, "", {1, ""}, {0, ""});
    ALLOWED(1, "", {1, ""}, {0, ""}, {1, ""});
    ALLOWED(0, "", {0, ""});
}

TEST(a_channel_has_its_own_word) {
    ALLOWED(1, "sms", {1, "sms"});
    ALLOWED(0, "email", {1, "sms"});
    ALLOWED(1, "email", {1, ""}, {0, "sms"});
    ALLOWED(0, "sms", {1, ""}, {0, "sms"});
    ALLOWED(1, "sms", {0, "sms"}, {1, ""});
    ALLOWED(0, "sms", {1, "sms"}, {0, ""});
    ALLOWED(1, "sms", {0, ""}, {1, "sms"});
}

TEST(whatever_the_channel_is_the_careful_answer) {
    ALLOWED(0, "", {1, "sms"});
    ALLOWED(0, "", {1, ""}, {0, "email"});
    ALLOWED(1, "", {0, "email"}, {1, ""});
}

RUN_TESTS(CASE(nothing_said_is_no), CASE(the_latest_word_counts), CASE(a_channel_has_its_own_word),
          CASE(whatever_the_channel_is_the_careful_answer))
