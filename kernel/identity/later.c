/* To be replaced by scope.c, approvals.c, limits.c and epochs.c. */
#include "identity/internal.h"

int identity_in_scope(struct identity *identity, struct store_view *view, const struct identity_principal *principal,
                      struct mx_str location) {
    (void)identity;
    (void)view;
    (void)principal;
    (void)location;
    return 1;
}

mx_status identity_as_role(struct identity *identity, const char *role, struct identity_principal *principal) {
    (void)identity;
    (void)role;
    (void)principal;
    return MX_E_BAD_INPUT;
}

mx_status identity_approved(struct identity *identity, struct store_view *view, const struct identity_principal *principal,
                            const struct identity_act *act, int64_t now_ms, struct mx_error *err) {
    (void)identity;
    (void)view;
    (void)principal;
    (void)act;
    (void)now_ms;
    (void)err;
    return MX_OK;
}

mx_status identity_limit(struct identity *identity, const char *what, struct mx_str name, uint32_t per_minute, uint32_t shop_per_minute,
                         uint32_t *wait_s) {
    (void)identity;
    (void)what;
    (void)name;
    (void)per_minute;
    (void)shop_per_minute;
    (void)wait_s;
    return MX_OK;
}

int identity_epoch_known(struct identity *identity, struct store_view *view) {
    (void)identity;
    (void)view;
    return 1;
}
