/* Whose personal fields were opened in a view. */
#include "store/internal.h"

void store_view_note(struct store_view *view, struct store_shown *shown) { view->shown = shown; }

/* Behind the last place only the latest is known again, so that a long walk counts each record's person once. */
void store_shown_add(struct store_shown *shown, struct mx_str person) {
    if (person.len >= sizeof(shown->last) || mx_str_is(person, shown->last)) return;
    memcpy(shown->last, person.ptr, person.len);
    shown->last[person.len] = 0;
    for (uint32_t i = 0; i < shown->noted; i++)
        if (mx_str_is(person, shown->persons[i])) return;
    shown->count++;
    if (shown->noted == STORE_SHOWN_MAX) return;
    memcpy(shown->persons[shown->noted++], shown->last, sizeof(shown->last));
}
