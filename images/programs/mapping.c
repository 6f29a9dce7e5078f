/* SPDX-License-Identifier: Apache-2.0 */
/* mmap: what a program may map, for how long it lasts, and what it may not. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "setting.h"
#include "system.h"
#include "tests.h"

#define PIECE_BYTES MIB

static bool is_zero(const uint64_t *word, uint64_t length)
{
	for (uint64_t i = 0; i < length / sizeof *word; i++)
		if (word[i] != 0)
			return false;
	return true;
}

/* Two mappings of a fresh piece show zeroes, then the same words. */
static struct verdict check_sharing(const struct pool *pool, const struct piece *piece)
{
	uint64_t *first = piece_map(pool, piece), *second = piece_map(pool, piece);

	if (first == MAP_FAILED || second == MAP_FAILED)
		return fail("cannot map a piece twice: %s", strerror(errno));
	if (!is_zero(first, piece->length))
		return fail("a fresh piece is not zeroed");
	pattern_write(first, piece->base, piece->length);
	if (pattern_mismatch(second, piece->base, piece->length) < piece->length)
		return fail("two mappings of a piece differ");
	piece_unmap(piece, first);
	piece_unmap(piece, second);
	return pass("shared");
}

static bool is_refused(const struct pool *pool, uint64_t offset, uint64_t length, int flags)
{
	void *mapping = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, pool->device,
			     (off_t)offset);

	if (mapping == MAP_FAILED)
		return true;
	munmap(mapping, length);
	return false;
}

static struct verdict check_bounds(const struct pool *pool, const struct piece *piece)
{
	uint64_t page = page_bytes(), end = piece->base + piece->length;

	if (!is_refused(pool, piece->base, piece->length + page, MAP_SHARED))
		return fail("a mapping reaches over the end of its piece");
	if (!is_refused(pool, end - page, 2 * page, MAP_SHARED))
		return fail("a mapping of the last page reaches over the end of its piece");
	if (!is_refused(pool, end, page, MAP_SHARED))
		return fail("a mapping begins behind the end of its piece");
	if (!is_refused(pool, 0, page, MAP_SHARED))
		return fail("memory that was never allocated can be mapped");
	if (!is_refused(pool, piece->base, piece->length, MAP_PRIVATE))
		return fail("a private mapping of device memory is granted");
	if (is_refused(pool, end - page, page, MAP_SHARED))
		return fail("the last page of a piece cannot be mapped");
	return pass("bounds kept");
}

/* A mapping keeps released memory, contents and all, until it ends. */
static struct verdict check_release_while_mapped(const struct pool *pool, const struct piece *piece,
						 const struct options *options)
{
	uint64_t *mapping = piece_map(pool, piece);

	if (mapping == MAP_FAILED)
		return fail("cannot map a piece: %s", strerror(errno));
	pattern_write(mapping, piece->base, piece->length);
	if (piece_give(pool, piece) != 0)
		return fail("a mapped piece cannot be released");
	if (piece_give(pool, piece) != ENOENT)
		return fail("a piece can be released twice");
	/* The fault `freed`: the memory goes although it is still wanted. */
	if (has_fault(options, "freed"))
		piece_unmap(piece, mapping);
	if (!piece_is_listed(piece->base))
		return fail("a mapped piece was freed when it was released");
	if (pattern_mismatch(mapping, piece->base, piece->length) < piece->length)
		return fail("a mapped piece lost its contents when it was released");
	piece_unmap(piece, mapping);
	if (piece_is_listed(piece->base))
		return fail("a released piece was not freed with its last mapping");
	return pass("kept while mapped");
}

/* What the last user wrote must not be seen by the next one. */
static struct verdict check_cleared_again(const struct pool *pool)
{
	struct verdict result = pass("cleared");
	struct piece piece;
	uint64_t *mapping;

	if (piece_take(pool, PIECE_BYTES, &piece) != 0)
		return fail("nothing can be taken after a release");
	mapping = piece_map(pool, &piece);
	if (mapping == MAP_FAILED || !is_zero(mapping, piece.length))
		result = fail("a piece shows what its last user wrote");
	if (mapping != MAP_FAILED)
		piece_unmap(&piece, mapping);
	piece_give(pool, &piece);
	return result;
}

static struct verdict check_close_while_mapped(void)
{
	struct verdict result;
	struct piece piece;
	struct pool pool;
	uint64_t *mapping;

	if (!pool_open(&pool, &result))
		return result;
	if (piece_take(&pool, PIECE_BYTES, &piece) != 0)
		return fail("nothing can be taken through a second open file");
	mapping = piece_map(&pool, &piece);
	if (mapping == MAP_FAILED)
		return fail("cannot map through a second open file: %s", strerror(errno));
	pattern_write(mapping, piece.base, piece.length);
	pool_close(&pool);
	if (!piece_is_listed(piece.base) ||
	    pattern_mismatch(mapping, piece.base, piece.length) < piece.length)
		return fail("a mapping did not outlive its file descriptor");
	piece_unmap(&piece, mapping);
	if (piece_is_listed(piece.base))
		return fail("a piece outlived its file and its mapping");
	return pass("outlives the descriptor");
}

/* The child tells where its piece is, and waits to be killed. Its name looks like a piece at 0. */
static void hold_until_killed(int report)
{
	struct verdict reason;
	struct piece piece;
	struct pool pool;

	prctl(PR_SET_NAME, "\nallocation 0 0");
	if (pool_open(&pool, &reason) && piece_take(&pool, PIECE_BYTES, &piece) == 0 &&
	    piece_map(&pool, &piece) != MAP_FAILED &&
	    write(report, &piece.base, sizeof piece.base) == sizeof piece.base)
		for (;;)
			pause();
	_exit(1);
}

static struct verdict check_death(void)
{
	bool held, kept, forged;
	uint64_t base;
	int ends[2];
	pid_t child;

	if (pipe(ends) < 0)
		return inconclusive("no pipe: %s", strerror(errno));
	child = fork();
	if (child == 0)
		hold_until_killed(ends[1]);
	close(ends[1]);
	if (child < 0 || read(ends[0], &base, sizeof base) != sizeof base)
		return inconclusive("no second process could hold a piece");
	held = piece_is_listed(base);
	forged = piece_is_listed(0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	kept = piece_is_listed(base);
	close(ends[0]);
	if (!held || kept)
		return fail(held ? "a killed process left its piece behind"
				 : "a process's piece is not listed");
	if (forged)
		return fail("a process's name makes a line of the list of allocations");
	return pass("a dead process holds nothing");
}

static struct verdict check_all(const struct pool *pool, const struct options *options)
{
	struct verdict result;
	struct piece piece;

	if (piece_take(pool, PIECE_BYTES, &piece) != 0)
		return fail("not even one piece can be taken");
	result = check_sharing(pool, &piece);
	if (result.outcome == PASS)
		result = check_bounds(pool, &piece);
	if (result.outcome == PASS)
		result = check_release_while_mapped(pool, &piece, options);
	if (result.outcome == PASS)
		result = check_cleared_again(pool);
	if (result.outcome == PASS)
		result = check_close_while_mapped();
	if (result.outcome == PASS)
		result = check_death();
	if (result.outcome == PASS)
		result = pass("mappings are shared, bounded, cleared, and keep what they map");
	return result;
}

struct verdict test_mmap(const struct options *options)
{
	return with_pool(options, check_all);
}
