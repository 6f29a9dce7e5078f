/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dmabuf: one buffer, seen by the device that allocated it, by a second device
 * and by user space, at one physical address.
 * heap: a buffer from the kernel's own CMA heap.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "setting.h"
#include "system.h"
#include "tests.h"

#define BUFFER_BYTES (4 * MIB)
#define HEAPS "/dev/dma_heap"
#define DEVICE_WORD UINT64_C(0x636d616c61622121)

static int export_piece(const struct pool *pool, const struct piece *piece)
{
	__u64 base = piece->base;

	return ioctl(pool->device, CMALAB_EXPORT, &base);
}

/* CPU access to a shared buffer has a beginning and an end. */
static int sync_buffer(int buffer, uint64_t flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_RW };

	return ioctl(buffer, DMA_BUF_IOCTL_SYNC, &sync);
}

static void *map_buffer(int buffer)
{
	return mmap(NULL, BUFFER_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, buffer, 0);
}

static bool second_device(const struct pool *pool, struct cmalab_import *import)
{
	return ioctl(pool->device, CMALAB_IMPORT, import) == 0;
}

/* User space writes, the second device reads; then the other way round. */
static struct verdict check_exchange(const struct pool *pool, int buffer, const struct piece *piece,
				     volatile uint64_t *user)
{
	const uint64_t offset = BUFFER_BYTES - sizeof *user;
	volatile uint64_t *word = &user[offset / sizeof *user];
	struct cmalab_import import = { .fd = buffer, .offset = offset };
	uint64_t written;

	sync_buffer(buffer, DMA_BUF_SYNC_START);
	pattern_write((void *)user, piece->base, piece->length);
	written = *word;
	sync_buffer(buffer, DMA_BUF_SYNC_END);
	import.flags = CMALAB_WRITE;
	import.value = DEVICE_WORD;
	if (!second_device(pool, &import))
		return fail("the second device cannot map the buffer: %s", strerror(errno));
	figure_address("second-device", import.base);
	figure("segments", import.segments, "segments");
	if (import.base != piece->base || import.length != piece->length || import.segments != 1)
		return fail("the second device sees the buffer at 0x%llx, not at 0x%" PRIx64,
			    (unsigned long long)import.base, piece->base);
	if (import.value != written)
		return fail("the second device does not read what user space wrote");
	sync_buffer(buffer, DMA_BUF_SYNC_START);
	written = *word;
	sync_buffer(buffer, DMA_BUF_SYNC_END);
	if (written != DEVICE_WORD)
		return fail("user space does not read what the second device wrote");
	return pass("the same bytes");
}

/* The first device's own mapping shows the word too, and the buffer keeps the memory. */
static struct verdict check_lifetime(const struct pool *pool, const struct piece *piece,
				     const uint64_t *user)
{
	const uint64_t last = BUFFER_BYTES / sizeof *user - 1;
	uint64_t *own = piece_map(pool, piece);

	if (own == MAP_FAILED)
		return fail("an exported piece cannot be mapped: %s", strerror(errno));
	if (own[last] != DEVICE_WORD)
		return fail("the first device does not read what the second wrote");
	piece_unmap(piece, own);
	if (piece_give(pool, piece) != 0 || !piece_is_listed(piece->base))
		return fail("an exported piece was freed when it was released");
	if (user[last] != DEVICE_WORD)
		return fail("a buffer lost its contents when its piece was released");
	return pass("kept while exported");
}

static struct verdict share(const struct pool *pool, const struct options *options)
{
	struct piece piece, other;
	struct verdict result;
	uint64_t *user;
	int buffer;

	if (piece_take(pool, BUFFER_BYTES, &piece) != 0 ||
	    piece_take(pool, BUFFER_BYTES, &other) != 0)
		return fail("no two buffers can be taken");
	figure_address("first-device", piece.base);
	/* The fault `copy`: what is shared is not what was allocated. */
	buffer = export_piece(pool, has_fault(options, "copy") ? &other : &piece);
	if (buffer < 0)
		return fail("a piece cannot be exported: %s", strerror(errno));
	user = map_buffer(buffer);
	if (user == MAP_FAILED)
		return fail("an exported buffer cannot be mapped: %s", strerror(errno));
	result = check_exchange(pool, buffer, &piece, user);
	if (result.outcome == PASS)
		result = check_lifetime(pool, &piece, user);
	munmap(user, BUFFER_BYTES);
	close(buffer);
	if (result.outcome == PASS && piece_is_listed(piece.base))
		result = fail("a closed buffer holds its memory");
	if (result.outcome == PASS)
		result = pass("two devices and user space share 0x%" PRIx64, piece.base);
	return result;
}

struct verdict test_dmabuf(const struct options *options)
{
	return with_pool(options, share);
}

/* The CMA heap is called after its area, and never `system`. */
static int open_cma_heap(char name[NAME_MAX + 1])
{
	struct dirent *entry;
	int heap = -1;
	DIR *heaps = opendir(HEAPS);

	if (!heaps)
		return -1;
	while (heap < 0 && (entry = readdir(heaps))) {
		if (entry->d_name[0] == '.' || strncmp(entry->d_name, "system", 6) == 0)
			continue;
		snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
		heap = openat(dirfd(heaps), name, O_RDWR | O_CLOEXEC);
	}
	closedir(heaps);
	return heap;
}

static struct verdict check_heap_buffer(const struct pool *pool, int buffer,
					const struct options *options)
{
	struct cmalab_import import = { .fd = buffer };
	uint64_t *user = map_buffer(buffer), wrong;

	if (user == MAP_FAILED)
		return fail("a heap's buffer cannot be mapped: %s", strerror(errno));
	if (!second_device(pool, &import))
		return fail("a device cannot map a heap's buffer: %s", strerror(errno));
	figure_address("buffer", import.base);
	if (import.segments != 1 || import.base < pool->region.base ||
	    import.base - pool->region.base > pool->region.size - BUFFER_BYTES)
		return fail("the heap's buffer at 0x%llx lies outside the pool",
			    (unsigned long long)import.base);
	sync_buffer(buffer, DMA_BUF_SYNC_START);
	pattern_write(user, import.base, BUFFER_BYTES);
	if (has_fault(options, "corrupt"))
		user[0] ^= 1;
	wrong = pattern_mismatch(user, import.base, BUFFER_BYTES);
	sync_buffer(buffer, DMA_BUF_SYNC_END);
	munmap(user, BUFFER_BYTES);
	if (wrong < BUFFER_BYTES)
		return fail("wrong contents at 0x%llx", (unsigned long long)import.base + wrong);
	return pass("contiguous, inside the pool");
}

static struct verdict use_heap(const struct pool *pool, int heap, const struct options *options)
{
	struct dma_heap_allocation_data request = {
		.len = BUFFER_BYTES,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	uint64_t used = pool_used(pool), taken;
	struct verdict result;

	if (ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &request) < 0)
		return fail("the heap has no buffer of %" PRIu64 " bytes: %s", BUFFER_BYTES,
			    strerror(errno));
	taken = used == UNKNOWN ? BUFFER_BYTES : pool_used(pool) - used;
	figure("taken", taken, "bytes");
	result = check_heap_buffer(pool, (int)request.fd, options);
	close((int)request.fd);
	if (result.outcome == PASS && taken != BUFFER_BYTES)
		result = fail("a buffer of %" PRIu64 " bytes took %" PRIu64 " from the pool",
			      BUFFER_BYTES, taken);
	if (result.outcome == PASS && pool_used(pool) != used)
		result = fail("the pool did not get the heap's buffer back");
	if (result.outcome == PASS)
		result = pass("a buffer from the pool, and back again");
	return result;
}

static struct verdict find_and_use_heap(const struct pool *pool, const struct options *options)
{
	char name[NAME_MAX + 1];
	struct verdict result;
	int heap = open_cma_heap(name);

	if (heap < 0)
		return inconclusive("the kernel has no CMA heap in " HEAPS);
	figure_text("heap", name);
	result = use_heap(pool, heap, options);
	close(heap);
	return result;
}

struct verdict test_heap(const struct options *options)
{
	return with_pool(options, find_and_use_heap);
}
