/* Which of a customer's words counts. */
#include "internal.h"

/* A word without a channel speaks of all. Asked whatever the channel, a yes to one is not enough, and a no to one is. */
void privacy_weigh(struct privacy_words_said *words, const struct privacy_consent *word) {
    int same = word->channel.len == 0 || mx_str_eq(word->channel, words->channel);
    if (word->given && same && word->word > words->given) {
        words->given = word->word;
        words->last_given = word;
    }
    if (!word->given && (same || words->channel.len == 0) && word->word > words->taken) words->taken = word->word;
}

int privacy_agreed(const struct privacy_words_said *words) { return words->given > words->taken; }
