/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allocate: takes the whole pool, to the last page that the kernel does not
 * hold itself, checks where each piece lies, and writes and reads all of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"
#include "system.h"
#include "tests.h"

#define LARGEST_PIECE MIB
/* The DMA API never takes a single page from the default pool. */
#define SMALLEST_PIECE_PAGES 2

static void report_pieces(const struct pieces *pieces)
{
	uint64_t whole = 0;

	for (size_t i = 0; i < pieces->count; i++)
		whole += pieces->items[i].length == LARGEST_PIECE;
	figure("pieces-1m", whole, "pieces");
	figure("pieces-smaller", pieces->count - whole, "pieces");
	figure("taken", pieces_bytes(pieces), "bytes");
	figure("requests-outside-pool", pieces->fallbacks, "requests");
}

static struct verdict check_places(struct pieces *pieces, const struct pool *pool)
{
	const struct piece *piece = pieces_stray(pieces, pool->region.base, pool->region.size);

	if (piece)
		return fail("the piece at 0x%" PRIx64 " lies outside the pool", piece->base);
	piece = pieces_overlap(pieces);
	if (piece)
		return fail("the piece at 0x%" PRIx64 " overlaps another", piece->base);
	return pass("every piece inside the pool");
}

/* Every byte of the pool is ours or was the kernel's before we started. */
static struct verdict check_complete(const struct pieces *pieces, const struct pool *pool,
				     uint64_t held)
{
	uint64_t expected = pool->region.size - held, taken = pieces_bytes(pieces);

	if (taken != expected)
		return fail("took %" PRIu64 " of %" PRIu64 " bytes that the kernel does not hold; "
			    "it answered %" PRIu64 " requests from outside the pool",
			    taken, expected, pieces->fallbacks);
	return pass("all of it");
}

static struct verdict write_all(const struct pieces *pieces, const struct pool *pool)
{
	uint64_t start = now_ns();

	for (size_t i = 0; i < pieces->count; i++) {
		void *mapping = piece_map(pool, &pieces->items[i]);

		if (mapping == MAP_FAILED)
			return fail("cannot map the piece at 0x%" PRIx64 ": %s",
				    pieces->items[i].base, strerror(errno));
		pattern_write(mapping, pieces->items[i].base, pieces->items[i].length);
		piece_unmap(&pieces->items[i], mapping);
	}
	figure("write-time", now_ns() - start, "ns");
	return pass("written");
}

/* The fault `corrupt`: a bit of the last page changes. */
static void corrupt_last_page(const struct pieces *pieces, const struct pool *pool)
{
	const struct piece *last = &pieces->items[pieces->count - 1];
	uint8_t *mapping = piece_map(pool, last);

	if (mapping == MAP_FAILED)
		return;
	mapping[last->length - 1] ^= 1;
	piece_unmap(last, mapping);
}

static struct verdict verify_all(const struct pieces *pieces, const struct pool *pool)
{
	uint64_t start = now_ns(), verified = 0;

	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];
		void *mapping = piece_map(pool, piece);
		uint64_t offset;

		if (mapping == MAP_FAILED)
			return fail("cannot map the piece at 0x%" PRIx64 ": %s", piece->base,
				    strerror(errno));
		offset = pattern_mismatch(mapping, piece->base, piece->length);
		piece_unmap(piece, mapping);
		if (offset < piece->length)
			return fail("wrong contents at 0x%" PRIx64, piece->base + offset);
		verified += piece->length;
	}
	figure("verify-time", now_ns() - start, "ns");
	figure("verified", verified, "bytes");
	return pass("verified");
}

static struct verdict check_contents(struct pieces *pieces, const struct pool *pool,
				     const struct options *options)
{
	struct verdict result = write_all(pieces, pool);

	if (result.outcome != PASS)
		return result;
	if (strcmp(options->fault, "corrupt") == 0)
		corrupt_last_page(pieces, pool);
	return verify_all(pieces, pool);
}

/*
 * The pool is as full as before. Freed pages may wait in the CPUs' lists, and
 * what user space had on loan from the pool was moved out of it meanwhile.
 */
static struct verdict check_returned(const struct pool *pool, uint64_t used_before,
				     uint64_t free_before)
{
	uint64_t used = pool_used(pool), free_after = meminfo("CmaFree");
	uint64_t waiting = pages_in_cpu_lists() * page_bytes();

	figure("cma-free-after", free_after, "bytes");
	if (used != used_before)
		return fail("the pool holds %" PRIu64 " bytes after the release, %" PRIu64 " before",
			    used, used_before);
	if (free_after + waiting < free_before)
		return fail("CmaFree is %" PRIu64 " bytes after the release, %" PRIu64 " before",
			    free_after, free_before);
	return pass("returned");
}

static struct verdict give_all(struct pieces *pieces, const struct pool *pool,
			       const struct options *options)
{
	uint64_t state = options->seed, start;
	size_t refused;

	pieces_shuffle(pieces, &state);
	if (strcmp(options->fault, "leak") == 0)
		pieces->count--;
	start = now_ns();
	refused = pieces_give(pieces, pool);
	figure("release-time", now_ns() - start, "ns");
	if (refused)
		return fail("the driver refused to take %zu pieces back", refused);
	return pass("given back");
}

static struct verdict take_and_check(const struct pool *pool, struct pieces *pieces,
				     const struct options *options)
{
	uint64_t total = meminfo("CmaTotal"), free_before = meminfo("CmaFree");
	uint64_t used_before = pool_used(pool), start;
	uint64_t held = used_before == UNKNOWN ? total - free_before : used_before;
	struct verdict result;

	figure("pool", pool->region.size, "bytes");
	figure("kernel-holds", held, "bytes");
	figure("cma-free-before", free_before, "bytes");
	start = now_ns();
	pieces_take_all(pieces, pool, LARGEST_PIECE, SMALLEST_PIECE_PAGES * page_bytes());
	figure("take-time", now_ns() - start, "ns");
	report_pieces(pieces);
	result = check_places(pieces, pool);
	if (result.outcome == PASS)
		result = check_complete(pieces, pool, held);
	if (result.outcome == PASS)
		result = check_contents(pieces, pool, options);
	if (result.outcome == PASS)
		result = give_all(pieces, pool, options);
	if (result.outcome == PASS)
		result = check_returned(pool, used_before, free_before);
	if (result.outcome == PASS)
		result = pass("the whole pool but the kernel's %" PRIu64
			      " bytes was taken, written, verified and returned", held);
	return result;
}

struct verdict test_allocate(const struct options *options)
{
	struct verdict result;
	struct pieces pieces;
	struct pool pool;

	if (!pool_open(&pool, &result))
		return result;
	if (pieces_prepare(&pieces, &pool, SMALLEST_PIECE_PAGES * page_bytes())) {
		figure_text("method", "module");
		result = take_and_check(&pool, &pieces, options);
		pieces_dispose(&pieces);
	} else {
		result = inconclusive("no memory for the list of pieces");
	}
	pool_close(&pool);
	return result;
}
