/* SPDX-License-Identifier: Apache-2.0 */
/* The largest single allocation, found and foretold. */
#ifndef CMALAB_MEASURE_H
#define CMALAB_MEASURE_H

#include "pool.h"

/*
 * Bytes of the largest piece that the pool gives now, to the page; by bisection,
 * which begins at the guess (or UNKNOWN): a good one saves large allocations.
 */
uint64_t largest_piece(const struct pool *pool, uint64_t guess);

/*
 * The same from the pool's own map of what is free: the longest free run from
 * where the allocator's alignment lets a piece start. UNKNOWN without debugfs.
 */
uint64_t largest_expected(const struct pool *pool);

/* The longest free run whatever its alignment; UNKNOWN without debugfs. */
uint64_t longest_free_run(const struct pool *pool);

#endif
