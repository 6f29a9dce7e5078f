/* SPDX-License-Identifier: Apache-2.0 */
#include "loan.h"

#include <stdbool.h>
#include <sys/mman.h>

#include "system.h"

/* Of the memory outside the pool, this part must be able to take the loan in. */
#define PARTS_OF_OUTSIDE 2
#define BALLAST_STEP (16 * MIB)
/* Never so much that the guest runs out of memory: this stays, and this beside the zones' own. */
#define BALLAST_MARGIN (64 * MIB)
#define BALLAST_SLACK (32 * MIB)
/* Filling more takes minutes, and the host needs as much. */
#define BALLAST_MOST (8 * 1024 * MIB)

static const char no_memory[] = "there is no memory outside the pool to lend against";

/*
 * The kernel lends when other memory becomes scarce, early or late: it depends
 * on the zones. The ballast makes it scarce until CmaFree falls.
 */
struct ballast {
	uint8_t *memory;
	uint64_t bytes;
};

/* What each zone keeps back grows with RAM, and is free, but not available. */
static uint64_t margin_bytes(uint64_t free)
{
	uint64_t available = meminfo("MemAvailable");
	uint64_t kept = free > available ? free - available : 0;

	return kept + BALLAST_SLACK > BALLAST_MARGIN ? kept + BALLAST_SLACK : BALLAST_MARGIN;
}

static const char *ballast_take(struct ballast *ballast)
{
	uint64_t free = meminfo("MemFree"), pool_free = meminfo("CmaFree");
	uint64_t margin = margin_bytes(free);

	if (free > BALLAST_MOST)
		return "more than 8 GiB would have to be filled first: give the guest less RAM";
	ballast->bytes = free > margin ? (free - margin) / MIB * MIB : 0;
	if (ballast->bytes == 0)
		return no_memory;
	ballast->memory = mmap(NULL, ballast->bytes, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ballast->memory == MAP_FAILED)
		return no_memory;
	for (uint64_t filled = 0; filled + BALLAST_STEP <= ballast->bytes; filled += BALLAST_STEP) {
		for (uint64_t page = 0; page < BALLAST_STEP; page += page_bytes())
			ballast->memory[filled + page] = 1;
		if (meminfo("CmaFree") + BALLAST_STEP / 4 < pool_free)
			break;
	}
	return NULL;
}

static void ballast_drop(struct ballast *ballast)
{
	munmap(ballast->memory, ballast->bytes);
}

static uint64_t affordable_bytes(void)
{
	uint64_t free = meminfo("MemFree"), pool_free = meminfo("CmaFree");
	uint64_t outside = free > pool_free ? free - pool_free : 0;
	uint64_t bytes = (outside < pool_free ? outside : pool_free) / PARTS_OF_OUTSIDE;

	return bytes / MIB * MIB;
}

static bool fill(struct loan *loan)
{
	uint64_t before = meminfo("CmaFree"), after;

	loan->memory = mmap(NULL, loan->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);
	if (loan->memory == MAP_FAILED)
		return false;
	pattern_write(loan->memory, 0, loan->bytes);
	after = meminfo("CmaFree");
	loan->borrowed = before > after ? before - after : 0;
	return true;
}

/*
 * Pages that were freed lately wait on lists of each CPU: not in CmaFree, and
 * first in line for the next user (mm/page_alloc.c, nr_pcp_high). Whoever takes
 * contiguous memory drains these lists (alloc_contig_range).
 */
static void drain_lists(const struct pool *pool)
{
	struct piece piece;

	if (piece_take(pool, MIB, &piece) == 0)
		piece_give(pool, &piece);
}

const char *loan_take(const struct pool *pool, struct loan *loan)
{
	struct ballast ballast;
	const char *reason;
	bool filled;

	drain_lists(pool);
	loan->bytes = affordable_bytes();
	if (loan->bytes == 0)
		return no_memory;
	reason = ballast_take(&ballast);
	if (reason)
		return reason;
	filled = fill(loan);
	ballast_drop(&ballast);
	return filled ? NULL : no_memory;
}

void loan_return(struct loan *loan)
{
	munmap(loan->memory, loan->bytes);
}

uint64_t loan_mismatch(const struct loan *loan)
{
	return pattern_mismatch(loan->memory, 0, loan->bytes);
}
