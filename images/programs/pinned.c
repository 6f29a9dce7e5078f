/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinned: pages that lie in the pool and cannot move. The kernel moves a page
 * out of the pool before a long-term pin, so this takes the closest that user
 * space can do: pages that sit in a pipe (vmsplice) are held where they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "checks.h"
#include "loan.h"
#include "pool.h"
#include "system.h"
#include "tests.h"

#define SMALLEST_PIECE_PAGES 2
/* A pipe's slots, by default: one page each. */
#define PINS_AT_MOST 16
#define PAGEMAP_PRESENT (UINT64_C(1) << 63)
#define PAGEMAP_FRAME_MASK ((UINT64_C(1) << 55) - 1)
#define PASSES 2

struct pins {
	int pipe[2];
	uint64_t addresses[PINS_AT_MOST];
	size_t count;
};

/* Where the page is now, or UNKNOWN. */
static uint64_t physical_address(int pagemap, const void *address)
{
	uint64_t entry, page = page_bytes();
	off_t offset = (off_t)((uintptr_t)address / page * sizeof entry);

	if (pread(pagemap, &entry, sizeof entry, offset) != sizeof entry
	    || !(entry & PAGEMAP_PRESENT))
		return UNKNOWN;
	return (entry & PAGEMAP_FRAME_MASK) * page;
}

static bool hold_page(struct pins *pins, void *address)
{
	struct iovec page = { .iov_base = address, .iov_len = page_bytes() };

	return vmsplice(pins->pipe[1], &page, 1, 0) == (ssize_t)page.iov_len;
}

/* Holds pages of the loan that lie in the pool, spread over it. */
static void hold_pages(struct pins *pins, const struct loan *loan, const struct pool *pool,
		       bool pretend)
{
	int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t page = page_bytes(), stride = loan->bytes / (2 * PINS_AT_MOST) / page * page + page;

	if (pagemap < 0)
		return;
	for (uint64_t offset = 0; offset < loan->bytes && pins->count < PINS_AT_MOST;) {
		uint8_t *address = (uint8_t *)loan->memory + offset;
		uint64_t physical = physical_address(pagemap, address);
		bool inside = physical >= pool->region.base
			      && physical - pool->region.base < pool->region.size;

		if (inside && (pretend || hold_page(pins, address)))
			pins->addresses[pins->count++] = physical;
		offset += inside ? stride : page;
	}
	close(pagemap);
}

static void release_pages(struct pins *pins)
{
	close(pins->pipe[0]);
	close(pins->pipe[1]);
}

static void take(struct pieces *pieces, const struct pool *pool, uint64_t wanted)
{
	for (int pass = 0; pass < PASSES && pieces_bytes(pieces) < wanted; pass++)
		pieces_take_all(pieces, pool, MIB, SMALLEST_PIECE_PAGES * page_bytes());
}

/* No piece contains a page that could not move. */
static struct verdict check_avoided(const struct pins *pins, const struct pieces *pieces)
{
	for (size_t i = 0; i < pins->count; i++)
		for (size_t j = 0; j < pieces->count; j++)
			if (pins->addresses[i] - pieces->items[j].base < pieces->items[j].length)
				return fail("the pinned page at 0x%" PRIx64 " was given away",
					    pins->addresses[i]);
	return pass("avoided");
}

static struct verdict take_around(const struct pool *pool, const struct pins *pins,
				  struct pieces *pieces, const struct baseline *baseline)
{
	uint64_t wanted = pool->region.size - baseline->held;
	uint64_t most = pins->count * SMALLEST_PIECE_PAGES * page_bytes(), missing;
	uint64_t failures = vmstat("cma_alloc_fail");
	struct verdict result;

	take(pieces, pool, wanted);
	missing = wanted - pieces_bytes(pieces);
	figure("missing-while-pinned", missing, "bytes");
	if (failures != UNKNOWN)
		figure("failed-requests", vmstat("cma_alloc_fail") - failures, "requests");
	result = check_places(pieces, pool);
	if (result.outcome == PASS)
		result = check_avoided(pins, pieces);
	if (result.outcome == PASS && (missing < pins->count * page_bytes() || missing > most))
		result = fail("%zu pinned pages cost %" PRIu64 " bytes of the pool", pins->count,
			      missing);
	return result;
}

static struct verdict pin_and_take(const struct pool *pool, const struct loan *loan,
				   struct pieces *pieces, const struct baseline *baseline,
				   const struct options *options)
{
	struct pins pins = { .count = 0 };
	struct verdict result;

	if (pipe2(pins.pipe, O_CLOEXEC) < 0)
		return inconclusive("no pipe: %s", strerror(errno));
	/* The fault `loose`: the pages are not held at all. */
	hold_pages(&pins, loan, pool, strcmp(options->fault, "loose") == 0);
	figure_text("method", "pages in a pipe (vmsplice), a short-term reference");
	figure("pinned", pins.count, "pages");
	if (pins.count == 0)
		result = inconclusive("the kernel placed no page of ours in the pool");
	else
		result = take_around(pool, &pins, pieces, baseline);
	release_pages(&pins);
	if (result.outcome != PASS)
		return result;
	take(pieces, pool, pool->region.size - baseline->held);
	figure("taken-afterwards", pieces_bytes(pieces), "bytes");
	result = check_complete(pieces, pool, baseline);
	if (result.outcome == PASS && loan_mismatch(loan) < loan->bytes)
		result = fail("a page lost its contents");
	if (result.outcome == PASS)
		result = pass("%zu pinned pages stayed, the rest of the pool could be taken",
			      pins.count);
	return result;
}

static struct verdict lend_and_pin(const struct pool *pool, struct pieces *pieces,
				   const struct options *options)
{
	struct baseline baseline = baseline_read(pool);
	struct verdict result;
	struct loan loan;

	if (!loan_take(&loan))
		return inconclusive("there is no memory outside the pool to lend against");
	result = pin_and_take(pool, &loan, pieces, &baseline, options);
	pieces_give(pieces, pool);
	loan_return(&loan);
	return result;
}

struct verdict test_pinned(const struct options *options)
{
	struct verdict result;
	struct pieces pieces;
	struct pool pool;

	if (!pool_open(&pool, &result))
		return result;
	if (pieces_prepare(&pieces, &pool, SMALLEST_PIECE_PAGES * page_bytes())) {
		result = lend_and_pin(&pool, &pieces, options);
		pieces_dispose(&pieces);
	} else {
		result = inconclusive("no memory for the list of pieces");
	}
	pool_close(&pool);
	return result;
}
