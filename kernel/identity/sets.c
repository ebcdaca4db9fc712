/* Who is one customer with whom. Merges are edges between persons, and a merge is refused between two who are one already, so the
 * edges never form a ring: taking one away parts a set in two, whatever was merged before or after it. What a set is, and who stands
 * in it, follows from the edges alone, replayed in the order in which they were made. So after an unmerge all is as if that merge had
 * never been. */
#include "identity/internal.h"

static int holds(const struct identity_set *set, struct mx_str person) {
    uint32_t i = 0;
    while (i < set->count && !mx_str_eq(set->persons[i], person)) i++;
    return i < set->count;
}

/* The set that the person was in before the edges from `until` on: those of the one that was merged into come first. */
static void before(struct mx_str person, const struct identity_edges *edges, const struct identity_merge *without, uint32_t until,
                   struct identity_set *set) {
    set->persons[0] = person;
    set->count = 1;
    for (uint32_t i = 0; i < until; i++) {
        const struct identity_merge *merge = edges->merges[i];
        struct identity_set other;
        int from = holds(set, merge->from), into = holds(set, merge->into);
        if (merge == without || from == into) continue;
        before(from ? merge->into : merge->from, edges, without, i, &other);
        if (set->count + other.count > IDENTITY_SET_MAX) return;
        if (from) {
            memmove(set->persons + other.count, set->persons, set->count * sizeof(set->persons[0]));
            memcpy(set->persons, other.persons, other.count * sizeof(set->persons[0]));
        } else {
            memcpy(set->persons + set->count, other.persons, other.count * sizeof(set->persons[0]));
        }
        set->count += other.count;
    }
}

void identity_set_of(struct mx_str person, const struct identity_edges *edges, const struct identity_merge *without,
                     struct identity_set *set) {
    before(person, edges, without, edges->count, set);
}
