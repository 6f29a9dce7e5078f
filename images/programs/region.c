/* SPDX-License-Identifier: Apache-2.0 */
/*
 * region: memory for each device that has a region of its own comes from there
 * and from nowhere else, to the last page.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "setting.h"
#include "system.h"
#include "tests.h"

/* Few enough pieces for a large region, and at least this many for a small one. */
#define PIECES_WANTED 64

static void region_figure(const struct pool *pool, const char *name, uint64_t value)
{
	char key[32 + CMALAB_NAME_BYTES];

	snprintf(key, sizeof key, "%u.%s", pool->region.index, name);
	figure(key, value, "bytes");
}

/* A carveout rounds to powers of two, so halving fits what is left exactly. */
static uint64_t first_length(uint64_t size)
{
	uint64_t length = page_bytes();

	while (length * 2 * PIECES_WANTED <= size)
		length *= 2;
	return length;
}

static struct verdict check_contents(const struct pieces *pieces, const struct pool *pool)
{
	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];
		void *mapping = piece_map(pool, piece);
		uint64_t wrong;

		if (mapping == MAP_FAILED)
			return fail("cannot map the piece at 0x%" PRIx64 ": %s", piece->base,
				    strerror(errno));
		pattern_write(mapping, piece->base, piece->length);
		wrong = pattern_mismatch(mapping, piece->base, piece->length);
		piece_unmap(piece, mapping);
		if (wrong < piece->length)
			return fail("wrong contents at 0x%" PRIx64, piece->base + wrong);
	}
	return pass("written and read");
}

static struct verdict check_taken(struct pieces *pieces, const struct pool *pool,
				  const struct baseline *baseline, const struct options *options)
{
	struct pool judged = *pool;
	struct verdict result;

	/* The fault `wrong`: the pieces are judged by another place. */
	if (has_fault(options, "wrong"))
		judged.region.base += pool->region.size;
	result = check_places(pieces, &judged);
	if (result.outcome == PASS)
		result = check_complete(pieces, pool, baseline);
	if (result.outcome == PASS)
		result = check_contents(pieces, pool);
	return result;
}

static struct verdict exhaust(const struct pool *pool, const struct options *options)
{
	struct baseline baseline = baseline_read(pool);
	struct verdict result;
	struct pieces pieces;

	/* debugfs knows nothing of a carveout, and nobody else draws on it. */
	if (baseline.used == UNKNOWN)
		baseline.held = 0;
	if (!pieces_prepare(&pieces, pool, page_bytes()))
		return inconclusive("no memory for the list of pieces");
	pieces_take_all(&pieces, pool, first_length(pool->region.size), page_bytes());
	region_figure(pool, "size", pool->region.size);
	region_figure(pool, "taken", pieces_bytes(&pieces));
	result = check_taken(&pieces, pool, &baseline, options);
	if (pieces_give(&pieces, pool) != 0 && result.outcome == PASS)
		result = fail("the driver refused to take a piece of %s back", pool->region.name);
	if (result.outcome == PASS && pool_used(pool) != baseline.used)
		result = fail("%s did not get everything back", pool->region.name);
	pieces_dispose(&pieces);
	return result;
}

struct verdict test_region(const struct options *options)
{
	struct verdict result;
	struct pool pool;
	unsigned int regions = 0;

	if (!pool_open_device(&pool, &result))
		return result;
	result = pass("no region yet");
	for (uint32_t index = 0; result.outcome == PASS && pool_select(&pool, index); index++) {
		if (pool.region.kind == CMALAB_DEFAULT_POOL)
			continue;
		figure_text(pool.region.name,
			    pool.region.kind == CMALAB_CARVEOUT ? "carveout" : "reusable");
		result = exhaust(&pool, options);
		regions++;
	}
	pool_close(&pool);
	if (regions == 0)
		return inconclusive("no device of this guest has a region of its own: "
				    "give it one with --region");
	if (result.outcome == PASS)
		return pass("%u region%s taken whole, and nothing from outside", regions,
			    regions == 1 ? " was" : "s were");
	return result;
}
