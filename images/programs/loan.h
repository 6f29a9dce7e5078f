/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Movable memory that the kernel may place in the pool as long as nobody asks
 * for it: shmem pages with known contents.
 */
#ifndef CMALAB_LOAN_H
#define CMALAB_LOAN_H

#include <stdint.h>

#include "pool.h"

struct loan {
	void *memory;
	uint64_t bytes;
	/* How much of the pool it took, by CmaFree. */
	uint64_t borrowed;
};

/*
 * As much as can still move out of the pool again when the pool is wanted back.
 * Returns why there is none, or NULL; the kernel may also lend nothing.
 */
const char *loan_take(const struct pool *pool, struct loan *loan);
void loan_return(struct loan *loan);
/* Returns the offset of the first byte that did not survive, or its length. */
uint64_t loan_mismatch(const struct loan *loan);

#endif
