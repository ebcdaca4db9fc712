/* Inside of `op`, whole: each source of this room includes it. Nobody outside does. */
#ifndef OP_INTERNAL_H
#define OP_INTERNAL_H

#include "base/buf.h"
#include "op/command.h"
#include "op/ctx.h"
#include "op/figures.h"
#include "op/kernel.h"
#include "op/outside.h"
#include "op/registry.h"
#include "op/running.h"
#include "op/system.h"

#endif
