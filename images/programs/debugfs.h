/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMALAB_DEBUGFS_H
#define CMALAB_DEBUGFS_H

#include "tests.h"

/*
 * Takes the whole default pool without the test module, through the kernel's
 * own debugfs files, which say how much was taken but not where.
 */
struct verdict allocate_by_debugfs(void);

#endif
