/* SPDX-License-Identifier: Apache-2.0 */
#include "checks.h"

#include <inttypes.h>

#include "system.h"

struct baseline baseline_read(const struct pool *pool)
{
	struct baseline baseline = { .used = pool_used(pool), .free = meminfo("CmaFree") };

	baseline.held = baseline.used == UNKNOWN ? meminfo("CmaTotal") - baseline.free
						 : baseline.used;
	return baseline;
}

struct verdict check_places(struct pieces *pieces, const struct pool *pool)
{
	const struct piece *piece = pieces_stray(pieces, pool->region.base, pool->region.size);

	if (piece)
		return fail("the piece at 0x%" PRIx64 " lies outside %s", piece->base,
			    pool->region.name);
	piece = pieces_overlap(pieces);
	if (piece)
		return fail("the piece at 0x%" PRIx64 " overlaps another", piece->base);
	return pass("every piece is where it should be");
}

struct verdict check_complete(const struct pieces *pieces, const struct pool *pool,
			      const struct baseline *baseline)
{
	uint64_t expected = pool->region.size - baseline->held, taken = pieces_bytes(pieces);

	if (taken != expected)
		return fail("took %" PRIu64 " of %" PRIu64 " bytes that the kernel does not hold; "
			    "it answered %" PRIu64 " requests from outside the pool",
			    taken, expected, pieces->fallbacks);
	return pass("the whole pool was taken");
}

/*
 * CmaFree is not exact: freed pages may wait in the CPUs' lists, and any page of
 * user space may be on loan from the pool. What is taken is exact, where the
 * kernel shows it.
 */
struct verdict check_returned(const struct pool *pool, const struct baseline *baseline)
{
	uint64_t used = pool_used(pool), free = meminfo("CmaFree");
	uint64_t waiting = pages_in_cpu_lists() * page_bytes();
	uint64_t movable = meminfo("AnonPages") + meminfo("Cached");

	figure("cma-free-after", free, "bytes");
	if (used != baseline->used)
		return fail("the pool holds %" PRIu64 " bytes after the release, %" PRIu64
			    " before",
			    used, baseline->used);
	if (free + waiting + movable < baseline->free)
		return fail("CmaFree is %" PRIu64 " bytes after the release, %" PRIu64 " before",
			    free, baseline->free);
	return pass("everything was returned");
}
