/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls on the test module: random sizes, addresses and descriptors, valid now
 * and then. The driver must refuse what is wrong.
 */
#include "storm.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "setting.h"
#include "system.h"

#define SMALLEST_ORDER 12 /* 4 KiB */
#define ORDERS 7	  /* up to 256 KiB */
#define LARGEST_PIECE (UINT64_C(1) << (SMALLEST_ORDER + ORDERS - 1))

static uint64_t any_number(struct caller *caller)
{
	/* clang-format off */
	static const uint64_t edges[] = {
		0, 1, 4095, 4096, 4097, UINT32_MAX, UINT64_C(1) << 32, INT64_MAX, UINT64_MAX,
		UINT64_MAX - 4095,
	};
	/* clang-format on */
	uint64_t choice = random_below(&caller->state, 16);

	if (choice < sizeof edges / sizeof edges[0])
		return edges[choice];
	return random_next(&caller->state) >> random_below(&caller->state, 64);
}

static size_t any_piece(struct caller *caller)
{
	return random_below(&caller->state, SHARED_PIECES);
}

/* A base that is or was one of ours, sometimes off by a little; or anything. */
static uint64_t any_base(struct caller *caller)
{
	uint64_t base = caller->storm->bases[any_piece(caller)];

	switch (random_below(&caller->state, 8)) {
	case 0:
		return any_number(caller);
	case 1:
		return base + page_bytes();
	case 2:
		return base - 1;
	default:
		return base;
	}
}

/* Anything, but no large part of the pool: that costs seconds, and finds nothing. */
static uint64_t any_length(struct caller *caller)
{
	uint64_t length = any_number(caller), size = caller->storm->pool->region.size;

	return length > LARGEST_PIECE && length <= size ? length + size : length;
}

/* Even over the orders, any number of bytes within one. */
static uint64_t any_usual_length(struct caller *caller)
{
	uint64_t most = UINT64_C(1) << (SMALLEST_ORDER + random_below(&caller->state, ORDERS));

	return 1 + random_below(&caller->state, most);
}

static bool call_allocate(struct caller *caller)
{
	struct storm *storm = caller->storm;
	struct cmalab_allocation request = {
		.length = any_usual_length(caller),
		.region = storm->pool->region.index,
	};
	__u64 displaced;

	if (random_below(&caller->state, 8) == 0)
		request.length = any_length(caller);
	if (random_below(&caller->state, 8) == 0)
		request.region = (uint32_t)any_number(caller);
	if (random_below(&caller->state, 16) == 0)
		request.flags = (uint32_t)any_number(caller);
	if (ioctl(storm->pool->device, CMALAB_ALLOCATE, &request) < 0)
		return false;
	/* What was known under this number goes, so that the pool does not fill up. */
	displaced = atomic_exchange(&storm->bases[any_piece(caller)], request.base);
	ioctl(storm->pool->device, CMALAB_RELEASE, &displaced);
	return true;
}

static bool call_release(struct caller *caller)
{
	__u64 base = any_base(caller);

	return ioctl(caller->storm->pool->device, CMALAB_RELEASE, &base) == 0;
}

static bool call_query(struct caller *caller)
{
	struct cmalab_allocation request = { .base = any_base(caller) };

	return ioctl(caller->storm->pool->device, CMALAB_QUERY, &request) == 0;
}

static bool call_region(struct caller *caller)
{
	struct cmalab_region region = { .index = (uint32_t)any_number(caller) };

	return ioctl(caller->storm->pool->device, CMALAB_REGION, &region) == 0;
}

static bool call_map(struct caller *caller)
{
	uint64_t base = any_base(caller) / page_bytes() * page_bytes();
	uint64_t length = page_bytes() * (1 + random_below(&caller->state, 8));
	uint8_t *mapping = mmap(NULL, length, PROT_READ | PROT_WRITE,
				random_below(&caller->state, 8) ? MAP_SHARED : MAP_PRIVATE,
				caller->storm->pool->device, (off_t)base);

	if (mapping == MAP_FAILED)
		return false;
	mapping[random_below(&caller->state, length)]++;
	munmap(mapping, length);
	return true;
}

static bool import(struct caller *caller, int descriptor)
{
	struct cmalab_import request = {
		.fd = descriptor,
		.flags = (uint32_t)random_below(&caller->state, 3),
		.offset = random_below(&caller->state, 4) ? 0 : any_number(caller),
		.value = any_number(caller),
	};

	return ioctl(caller->storm->pool->device, CMALAB_IMPORT, &request) == 0;
}

static bool call_share(struct caller *caller)
{
	__u64 base = any_base(caller);
	int buffer;
	bool imported;

	if (random_below(&caller->state, 8) == 0)
		return import(caller, (int)any_number(caller));
	buffer = ioctl(caller->storm->pool->device, CMALAB_EXPORT, &base);
	if (buffer < 0)
		return false;
	imported = import(caller, buffer);
	close(buffer);
	return imported;
}

/* A command that the driver does not know, or an address that is not ours. */
static bool call_nonsense(struct caller *caller)
{
	static const unsigned long commands[] = {
		CMALAB_ALLOCATE, CMALAB_RELEASE, CMALAB_QUERY,
		CMALAB_REGION,	 CMALAB_EXPORT,	 CMALAB_IMPORT,
	};
	unsigned long command =
		commands[random_below(&caller->state, sizeof commands / sizeof commands[0])];

	if (random_below(&caller->state, 2))
		command = _IOWR(CMALAB_IOCTL_TYPE, random_below(&caller->state, 256), __u64);
	return ioctl(caller->storm->pool->device, command, (void *)8) == 0;
}

static bool (*const calls[KINDS])(struct caller *) = {
	[ALLOCATE] = call_allocate, [RELEASE] = call_release, [QUERY] = call_query,
	[REGION] = call_region,	    [MAP] = call_map,	      [SHARE] = call_share,
	[NONSENSE] = call_nonsense,
};

const char *const kind_names[KINDS] = {
	[ALLOCATE] = "allocate", [RELEASE] = "release", [QUERY] = "query",
	[REGION] = "region",	 [MAP] = "map",		[SHARE] = "share",
	[NONSENSE] = "nonsense",
};

/*
 * How often each comes. An allocation has every processor empty its lists first
 * (mm/page_alloc.c, alloc_contig_range), hundreds of times the cost of the other
 * calls: it comes seldom, but so that half of the numbers stand for live memory.
 */
static const unsigned int weights[KINDS] = {
	[ALLOCATE] = 2, [RELEASE] = 2, [QUERY] = 10,	[REGION] = 6,
	[MAP] = 12,	[SHARE] = 6,   [NONSENSE] = 10,
};

static enum kind any_kind(struct caller *caller)
{
	unsigned int sum = 0, choice, kind = 0;

	for (unsigned int i = 0; i < KINDS; i++)
		sum += weights[i];
	choice = (unsigned int)random_below(&caller->state, sum);
	while (choice >= weights[kind])
		choice -= weights[kind++];
	return kind;
}

void *make_calls(void *argument)
{
	struct caller *caller = argument;

	for (unsigned int i = 0; i < caller->calls; i++) {
		enum kind kind = any_kind(caller);
		struct tally *tally = &caller->tallies[kind];
		uint64_t start = now_ns();

		tally->granted += calls[kind](caller);
		tally->time += now_ns() - start;
		tally->calls++;
	}
	return NULL;
}
