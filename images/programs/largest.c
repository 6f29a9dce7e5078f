/* SPDX-License-Identifier: Apache-2.0 */
/* largest: the largest single allocation, against what the pool's map promises. */
#include <inttypes.h>

#include "measure.h"
#include "setting.h"
#include "system.h"
#include "tests.h"

static struct verdict compare(const struct pool *pool, const struct options *options)
{
	uint64_t expected = largest_expected(pool), run = longest_free_run(pool), largest;
	struct piece hidden;

	/* The fault `hold`: something takes memory behind the map's back. */
	if (has_fault(options, "hold") && piece_take(pool, MIB, &hidden) != 0)
		return inconclusive("nothing could be taken");
	largest = largest_piece(pool, expected);
	figure("largest", largest, "bytes");
	if (run == UNKNOWN || expected == UNKNOWN)
		return inconclusive("the kernel does not show its map of the pool");
	figure("expected", expected, "bytes");
	figure("longest-free-run", run, "bytes");
	if (largest < expected || largest > run)
		return fail("the largest piece has %" PRIu64
			    " bytes; the pool's map promises %" PRIu64 " to %" PRIu64,
			    largest, expected, run);
	return pass("one piece of %" PRIu64 " bytes, as the pool's map promises", largest);
}

struct verdict test_largest(const struct options *options)
{
	return with_pool(options, compare);
}
