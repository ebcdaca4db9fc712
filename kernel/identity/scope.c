/* For which locations a principal may act. */
#include "identity/internal.h"

int identity_lists(const struct mx_list *list, struct mx_str text) {
    uint32_t i;
    for (i = 0; i < list->count; i++)
        if (mx_str_eq(mx_list_str(list, i), text)) return 1;
    return 0;
}

int identity_in_scope(struct identity *identity, struct store_view *view, const struct identity_principal *principal,
                      struct mx_str location) {
    const struct identity_member *member;
    (void)identity;
    if (!principal->scoped) return 1;
    return identity_member_get(view, mx_str_of(principal->id), &member) == MX_OK && identity_lists(&member->locations, location);
}
