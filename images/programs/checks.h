/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold whenever pieces of a pool were taken or given back. */
#ifndef CMALAB_CHECKS_H
#define CMALAB_CHECKS_H

#include "pool.h"
#include "tests.h"

/* How the pool was before a test touched it. */
struct baseline {
	uint64_t used; /* bytes that are taken, or UNKNOWN */
	uint64_t free; /* CmaFree */
	uint64_t held; /* bytes that the kernel itself took */
};

struct baseline baseline_read(const struct pool *pool);

/* Every piece inside the pool, no two overlapping. Sorts them by base. */
struct verdict check_places(struct pieces *pieces, const struct pool *pool);
/* Every byte of the pool is in a piece or was the kernel's before. */
struct verdict check_complete(const struct pieces *pieces, const struct pool *pool,
			      const struct baseline *baseline);
/* The pool is as full as it was. */
struct verdict check_returned(const struct pool *pool, const struct baseline *baseline);

#endif
