/* SPDX-License-Identifier: Apache-2.0 */
#include "debugfs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "pool.h"
#include "system.h"

#define LARGEST_PAGES (MIB / page_bytes())

/* A pool that cma= or Kconfig made, by the names that it has had. */
static bool find_default_area(char area[AREA_BYTES])
{
	static const char *const names[] = { "reserved", "cma-reserved", "default_cma_region" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(area, AREA_BYTES, "/sys/kernel/debug/cma/%s", names[i]);
		if (area_figure(area, "count") != UNKNOWN)
			return true;
	}
	return false;
}

static bool write_count(const char *area, const char *name, uint64_t pages)
{
	char path[AREA_BYTES + 8], text[24];
	int length = snprintf(text, sizeof text, "%" PRIu64, pages);
	bool written;
	int file;

	snprintf(path, sizeof path, "%s/%s", area, name);
	file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	written = write(file, text, (size_t)length) == length;
	close(file);
	return written;
}

static uint64_t take_all(const char *area)
{
	uint64_t taken = 0;

	for (uint64_t pages = LARGEST_PAGES; pages > 0; pages /= 2)
		while (write_count(area, "alloc", pages))
			taken += pages;
	return taken;
}

/* The kernel keeps a list of what was taken, and gives back any number of pages. */
static struct verdict take_and_give(const char *area)
{
	uint64_t count = area_figure(area, "count"), before = area_figure(area, "used"), taken;
	uint64_t start = now_ns();

	taken = take_all(area);
	figure("take-time", now_ns() - start, "ns");
	figure("pool", count * page_bytes(), "bytes");
	figure("kernel-holds", before * page_bytes(), "bytes");
	figure("taken", taken * page_bytes(), "bytes");
	if (taken != count - before || area_figure(area, "used") != count)
		return fail("took %" PRIu64 " of %" PRIu64 " pages that the kernel does not hold",
			    taken, count - before);
	if (!write_count(area, "free", taken) || area_figure(area, "used") != before)
		return fail("the pool did not get all pages back");
	return pass("the whole pool but the kernel's %" PRIu64
		    " bytes was taken and returned; where it lies was not seen",
		    before * page_bytes());
}

struct verdict allocate_by_debugfs(void)
{
	char area[AREA_BYTES];

	if (!find_default_area(area))
		return inconclusive(
			"neither the test module nor the pool's debugfs files are there");
	figure_text("method", "debugfs");
	return take_and_give(area);
}
