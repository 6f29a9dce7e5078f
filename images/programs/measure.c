/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "system.h"

/* A page that is just being migrated or freed makes a request fail once. */
#define ATTEMPTS 3
/* CONFIG_CMA_ALIGNMENT: no piece is aligned to more than this order of pages. */
#define ALIGNMENT_ORDER 8

static bool fits(const struct pool *pool, uint64_t length)
{
	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct piece piece;

		if (piece_take(pool, length, &piece) == 0)
			return piece_give(pool, &piece) == 0;
	}
	return false;
}

struct bounds {
	uint64_t fitting; /* pages */
	uint64_t failing;
};

static void probe(struct bounds *bounds, const struct pool *pool, uint64_t pages)
{
	if (pages <= bounds->fitting || pages >= bounds->failing)
		return;
	if (fits(pool, pages * page_bytes()))
		bounds->fitting = pages;
	else
		bounds->failing = pages;
}

uint64_t largest_piece(const struct pool *pool, uint64_t guess)
{
	struct bounds bounds = { 0, pool->region.size / page_bytes() + 1 };

	if (guess != UNKNOWN) {
		probe(&bounds, pool, guess / page_bytes());
		probe(&bounds, pool, guess / page_bytes() + 1);
	}
	while (bounds.failing - bounds.fitting > 1)
		probe(&bounds, pool, bounds.fitting + (bounds.failing - bounds.fitting) / 2);
	return bounds.fitting * page_bytes();
}

/* A piece of n pages starts at a multiple of n rounded up to a power of two. */
static uint64_t largest_in_run(uint64_t first, uint64_t end)
{
	uint64_t largest = 0;

	for (unsigned int order = 0; order <= ALIGNMENT_ORDER; order++) {
		uint64_t align = UINT64_C(1) << order;
		uint64_t start = (first + align - 1) / align * align;
		uint64_t pages = start < end ? end - start : 0;

		if (order < ALIGNMENT_ORDER && pages > align)
			pages = align;
		if (pages > largest)
			largest = pages;
	}
	return largest;
}

struct run {
	uint64_t first;
	uint64_t next;
	uint64_t largest;
};

static void end_run(struct run *run)
{
	uint64_t pages = largest_in_run(run->first, run->next);

	if (pages > run->largest)
		run->largest = pages;
}

/* The map is a list of 32-bit words, lowest page first; a set bit is taken. */
uint64_t largest_expected(const struct pool *pool)
{
	uint64_t base = pool->region.base / page_bytes();
	uint64_t end = base + pool->region.size / page_bytes();
	struct run run = { base, base, 0 };
	char path[AREA_BYTES + 8];
	uint32_t word;
	FILE *map;

	snprintf(path, sizeof path, "%s/bitmap", pool->area);
	map = pool->area[0] && area_figure(pool->area, "order_per_bit") == 0 ? fopen(path, "re")
									     : NULL;
	if (!map)
		return UNKNOWN;
	while (fscanf(map, "%" SCNu32, &word) == 1) {
		for (int bit = 0; bit < 32 && run.next < end; bit++, run.next++) {
			if (!(word >> bit & 1))
				continue;
			end_run(&run);
			run.first = run.next + 1;
		}
	}
	fclose(map);
	end_run(&run);
	return run.next == end ? run.largest * page_bytes() : UNKNOWN;
}

uint64_t longest_free_run(const struct pool *pool)
{
	uint64_t pages = pool->area[0] ? area_figure(pool->area, "maxchunk") : UNKNOWN;

	return pages == UNKNOWN ? UNKNOWN : pages * page_bytes();
}
