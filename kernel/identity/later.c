/* To be replaced by epochs.c. */
#include "identity/internal.h"

int identity_epoch_known(struct identity *identity, struct store_view *view) {
    (void)identity;
    (void)view;
    return 1;
}
