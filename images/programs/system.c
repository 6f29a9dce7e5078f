/* SPDX-License-Identifier: Apache-2.0 */
#include "system.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CMA_DEBUGFS "/sys/kernel/debug/cma"
#define LINE_BYTES 256
#define PATH_BYTES 512

uint64_t page_bytes(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* The number behind `KEY` in a file of `KEY VALUE` lines. */
static uint64_t keyed_value(const char *path, const char *key)
{
	size_t length = strlen(key);
	uint64_t value = UNKNOWN;
	char line[LINE_BYTES];
	FILE *file = fopen(path, "re");

	if (!file)
		return UNKNOWN;
	while (value == UNKNOWN && fgets(line, sizeof line, file))
		if (strncmp(line, key, length) == 0 && (line[length] == ':' || line[length] == ' '))
			value = strtoull(line + length + 1, NULL, 10);
	fclose(file);
	return value;
}

uint64_t meminfo(const char *key)
{
	uint64_t kibibytes = keyed_value("/proc/meminfo", key);

	return kibibytes == UNKNOWN ? UNKNOWN : kibibytes * KIB;
}

uint64_t vmstat(const char *key)
{
	return keyed_value("/proc/vmstat", key);
}

uint64_t pages_in_cpu_lists(void)
{
	uint64_t pages = 0, count;
	char line[LINE_BYTES];
	FILE *file = fopen("/proc/zoneinfo", "re");

	if (!file)
		return 0;
	while (fgets(line, sizeof line, file))
		if (sscanf(line, " count: %" SCNu64, &count) == 1)
			pages += count;
	fclose(file);
	return pages;
}

uint64_t area_figure(const char *directory, const char *name)
{
	char path[PATH_BYTES], text[LINE_BYTES];
	uint64_t value = UNKNOWN;
	FILE *file;

	if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path)
		return UNKNOWN;
	file = fopen(path, "re");
	if (!file)
		return UNKNOWN;
	if (fgets(text, sizeof text, file))
		value = strtoull(text, NULL, 10);
	fclose(file);
	return value;
}

bool find_area(uint64_t base, char *directory, size_t bytes)
{
	bool found = false;
	struct dirent *entry;
	DIR *areas = opendir(CMA_DEBUGFS);

	if (!areas)
		return false;
	while (!found && (entry = readdir(areas))) {
		int length = snprintf(directory, bytes, CMA_DEBUGFS "/%s", entry->d_name);

		if (entry->d_name[0] == '.' || length < 0 || (size_t)length >= bytes)
			continue;
		found = area_figure(directory, "base_pfn") == base / page_bytes();
	}
	closedir(areas);
	return found;
}

/* SplitMix64. */
uint64_t random_next(uint64_t *state)
{
	uint64_t mixed = *state += UINT64_C(0x9e3779b97f4a7c15);

	mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ (mixed >> 31);
}

/* The bias of the remainder does not matter for limits this far below 2^64. */
uint64_t random_below(uint64_t *state, uint64_t limit)
{
	return random_next(state) % limit;
}
