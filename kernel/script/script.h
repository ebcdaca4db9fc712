/* Lua for merchants: a folder of rule files, run in a sandbox, answering the pricing points.
 *
 * Sees base and include/ only: to the rest of the kernel it is one more plugin. Rule sets are immutable once loaded; a
 * reload swaps to a new one between two sales, or keeps the old one and says what is wrong with the new. Each thread has
 * a Lua state of its own for the current set. */
#ifndef SCRIPT_SCRIPT_H
#define SCRIPT_SCRIPT_H

#include "base/error.h"
#include "merx/plugin.h"

/* Descriptor of the script room: answers the points of pricing, tiers and rewards, follows all events, has the operations
 * scripts.*. */
const struct mx_plugin *script_plugin(void);

/* Remember the folder of rule files of this shop. Then call the operation SCRIPT_OP_BEGIN once, as the system, when the shop has
 * been opened and before anybody asks it: what changed in the folder since it was last taken becomes the version in force, otherwise
 * the version in force stays; rules that are new get their first time. MX_E_NOMEM. */
MX_MUST_CHECK mx_status script_attach(const char *dir, struct mx_error *err);
#define SCRIPT_OP_BEGIN "scripts.every.begin"

/* Without a shop: load all *.lua of a folder, sorted by name (an absent folder is an empty rule set), and put them into force.
 * MX_E_BAD_INPUT: a file does not compile, declares something wrong or has a test that fails; err->message says file, line and why
 * in plain words, and the rules in force stay. Any thread. */
MX_MUST_CHECK mx_status script_open(const char *dir, struct mx_error *err);

/* Release everything. No rule may be running. */
void script_close(void);

#endif
