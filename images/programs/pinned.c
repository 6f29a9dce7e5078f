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

#include "setting.h"
#include "system.h"
#include "tests.h"

/* A page that cannot move costs the smallest piece around it. */
#define PAGES_LOST_A_PIN 2
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

	if (pread(pagemap, &entry, sizeof entry, offset) != sizeof entry ||
	    !(entry & PAGEMAP_PRESENT))
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
	uint64_t page = page_bytes();
	uint64_t stride = loan->bytes / (2 * PINS_AT_MOST) / page * page + page;

	if (pagemap < 0)
		return;
	for (uint64_t offset = 0; offset < loan->bytes && pins->count < PINS_AT_MOST;) {
		uint8_t *address = (uint8_t *)loan->memory + offset;
		uint64_t physical = physical_address(pagemap, address);
		bool inside = physical >= pool->region.base &&
			      physical - pool->region.base < pool->region.size;

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

static struct verdict take_around(struct setting *setting, const struct pins *pins)
{
	uint64_t wanted = setting->pool.region.size - setting->baseline.held;
	uint64_t most = pins->count * PAGES_LOST_A_PIN * page_bytes(), missing;
	uint64_t failures = vmstat("cma_alloc_fail");
	struct verdict result;

	take_lent_pool(setting, PASSES);
	missing = wanted - pieces_bytes(&setting->pieces);
	figure("missing-while-pinned", missing, "bytes");
	if (failures != UNKNOWN)
		figure("failed-requests", vmstat("cma_alloc_fail") - failures, "requests");
	result = check_places(&setting->pieces, &setting->pool);
	if (result.outcome == PASS)
		result = check_avoided(pins, &setting->pieces);
	if (result.outcome == PASS && (missing < pins->count * page_bytes() || missing > most))
		result = fail("%zu pinned pages cost %" PRIu64 " bytes of the pool", pins->count,
			      missing);
	return result;
}

static struct verdict pin_and_take(struct setting *setting)
{
	struct pins pins = { .count = 0 };
	struct verdict result;

	if (pipe2(pins.pipe, O_CLOEXEC) < 0)
		return inconclusive("no pipe: %s", strerror(errno));
	/* The fault `loose`: the pages are not held at all. */
	hold_pages(&pins, &setting->loan, &setting->pool, has_fault(setting->options, "loose"));
	figure_text("method", "pages in a pipe (vmsplice), a short-term reference");
	figure("pinned", pins.count, "pages");
	if (pins.count == 0)
		result = inconclusive("the kernel placed no page of ours in the pool");
	else
		result = take_around(setting, &pins);
	release_pages(&pins);
	if (result.outcome != PASS)
		return result;
	take_lent_pool(setting, PASSES);
	figure("taken-afterwards", pieces_bytes(&setting->pieces), "bytes");
	result = check_complete(&setting->pieces, &setting->pool, &setting->baseline);
	if (result.outcome == PASS && loan_mismatch(&setting->loan) < setting->loan.bytes)
		result = fail("a page lost its contents");
	if (result.outcome == PASS)
		result = pass("%zu pinned pages stayed, the rest of the pool could be taken",
			      pins.count);
	return result;
}

struct verdict test_pinned(const struct options *options)
{
	return with_loan(options, pin_and_take);
}
