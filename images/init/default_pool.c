/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "default_pool.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#define CMA_DEBUGFS "/sys/kernel/debug/cma"
#define RESERVED_MEMORY "/proc/device-tree/reserved-memory"
#define PATH_BYTES 512
#define LOG_BYTES (1u << 18)
#define SYSLOG_ACTION_READ_ALL 3
#define MIB (UINT64_C(1) << 20)

static bool read_number(const char *area, const char *name, uint64_t *value)
{
	char path[PATH_BYTES];
	FILE *file;
	bool found;

	if (snprintf(path, sizeof path, CMA_DEBUGFS "/%s/%s", area, name) >= (int)sizeof path)
		return false;
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fscanf(file, "%" SCNu64, value) == 1;
	fclose(file);
	return found;
}

static bool read_area(const char *area, struct default_pool *pool)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (!read_number(area, "base_pfn", &pool->base) || !read_number(area, "count", &pool->size))
		return false;
	pool->base *= page;
	pool->size *= page;
	return true;
}

/* A pool that cma= or Kconfig made. Its name has changed over the years. */
static bool find_named(struct default_pool *pool)
{
	static const char *const names[] = { "reserved", "cma-reserved", "default_cma_region" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (read_area(names[i], pool))
			return true;
	return false;
}

/* The area of the node is called as the node, up to 5.10 with a prefix. */
static bool read_node_area(const char *node, struct default_pool *pool)
{
	char path[PATH_BYTES], area[PATH_BYTES];

	if (snprintf(path, sizeof path, RESERVED_MEMORY "/%s/linux,cma-default", node) >=
		    (int)sizeof path ||
	    access(path, F_OK) < 0)
		return false;
	if (read_area(node, pool))
		return true;
	return snprintf(area, sizeof area, "cma-%s", node) < (int)sizeof area &&
	       read_area(area, pool);
}

/* A pool that the device tree marks as the default. */
static bool find_in_device_tree(struct default_pool *pool)
{
	DIR *nodes = opendir(RESERVED_MEMORY);
	struct dirent *node;
	bool found = false;

	if (!nodes)
		return false;
	while (!found && (node = readdir(nodes)))
		found = node->d_name[0] != '.' && read_node_area(node->d_name, pool);
	closedir(nodes);
	return found;
}

/* Behind OPEN, these characters and CLOSE, if all of that is next. */
static const char *skip(const char *line, char open, const char *characters, char close)
{
	const char *end;

	if (*line != open)
		return line;
	end = line + 1 + strspn(line + 1, characters);
	return *end == close ? end + 1 : line;
}

/* Behind `<6>[    0.000000] `, or `<6>[    0.000000][    T1] `. */
static const char *message_of(const char *line)
{
	line = skip(line, '<', "0123456789", '>');
	line = skip(line, '[', " .0123456789", ']');
	line = skip(line, '[', " TC@0123456789", ']');
	return line + strspn(line, " ");
}

/*
 * Pools are multiples of 1 MiB wherever the kernel chooses their size. Only a
 * message that begins so is the allocator's: the kernel also prints its command
 * line, which may hold the same words.
 */
static bool find_in_kernel_log(struct default_pool *pool)
{
	static char log[LOG_BYTES];
	int count = klogctl(SYSLOG_ACTION_READ_ALL, log, sizeof log - 1);

	if (count <= 0)
		return false;
	log[count] = '\0';
	for (char *rest = log, *line; (line = strsep(&rest, "\n"));) {
		uint64_t mebibytes;

		if (sscanf(message_of(line), "cma: Reserved %" SCNu64 " MiB at %" SCNx64,
			   &mebibytes, &pool->base) == 2) {
			pool->size = mebibytes * MIB;
			return true;
		}
	}
	return false;
}

bool find_default_pool(struct default_pool *pool)
{
	return find_named(pool) || find_in_device_tree(pool) || find_in_kernel_log(pool);
}
