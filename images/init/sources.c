/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "files.h"
#include "record.h"

#define DEVICE_TREE "/proc/device-tree"
#define FLATTENED_TREE "/sys/firmware/fdt"
#define CMA_DEBUGFS "/sys/kernel/debug/cma"
#define CMA_SYSFS "/sys/kernel/mm/cma"

#define VALUE_BYTES 256
#define KERNEL_LOG_BYTES (1u << 20)
#define SYSLOG_ACTION_READ_ALL 3

/* Deep enough for AREA/ranges/N/base_pfn. */
#define TREE_DEPTH 4

static void append_text(void *context, const void *bytes, size_t count)
{
	(void)context;
	record_bytes(bytes, count);
}

static void report_text(const char *name, const char *path)
{
	record_begin(name);
	record_file(path, append_text, NULL);
	record_end();
}

/* A trailing newline is the file's; the record has its own. */
static void record_value(const char *label, const char *separator, const char *path)
{
	char value[VALUE_BYTES];
	ssize_t count = -1;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);

	if (descriptor >= 0) {
		count = read(descriptor, value, sizeof value);
		close(descriptor);
	}
	if (count < 0) {
		record_absent(path, errno);
		return;
	}
	while (count > 0 && value[count - 1] == '\n')
		count--;
	record_text(label);
	record_text(separator);
	record_bytes(value, (size_t)count);
	record_text("\n");
}

static int skip_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The allocator's state, not its controls (alloc, free) nor its bitmap. */
static bool is_cma_figure(const char *name)
{
	static const char *const figures[] = {
		"base_pfn", "count", "order_per_bit", "used", "maxchunk",
	};

	for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
		if (strcmp(name, figures[i]) == 0)
			return true;
	return false;
}

static bool is_any(const char *name)
{
	(void)name;
	return true;
}

/*
 * `PATH<TAB>VALUE` for every wanted file of the directory and those below, in
 * order of names. Paths are told from where the tree's root ends.
 */
static void record_tree(const char *directory, size_t root_length, bool (*wanted)(const char *),
			int depth)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, skip_dots, alphasort);

	if (count < 0) {
		record_absent(directory, errno);
		return;
	}
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];

		if (join_path(path, directory, entries[i]->d_name)) {
			if (!is_directory(path) && wanted(entries[i]->d_name))
				record_value(path + root_length + 1, "\t", path);
			else if (is_directory(path) && depth > 1)
				record_tree(path, root_length, wanted, depth - 1);
		}
		free(entries[i]);
	}
	free(entries);
}

static void report_tree(const char *name, const char *root, bool (*wanted)(const char *))
{
	record_begin(name);
	record_tree(root, strlen(root), wanted, TREE_DEPTH);
	record_end();
}

static const char *node_name(const char *node)
{
	return node[sizeof DEVICE_TREE - 1] ? node + sizeof DEVICE_TREE - 1 : "/";
}

static void record_property(const char *node, const char *property)
{
	char path[PATH_MAX];

	if (!join_path(path, node, property))
		return;
	record_format("%s\t%s\t", node_name(node), property);
	record_file(path, append_hex, NULL);
	record_text("\n");
}

enum node_kind { PROPERTIES, CHILDREN };

typedef void entry_action(const char *node, const char *name);

/* The node's properties are files, its children are directories. */
static void each_entry(const char *node, enum node_kind kind, entry_action *action)
{
	struct dirent **entries;
	int count = scandir(node, &entries, skip_dots, alphasort);

	if (count < 0) {
		record_absent(node, errno);
		return;
	}
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];

		if (join_path(path, node, entries[i]->d_name) &&
		    is_directory(path) == (kind == CHILDREN))
			action(node, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static void record_cell_counts(const char *node, const char *property)
{
	if (strcmp(property, "#address-cells") == 0 || strcmp(property, "#size-cells") == 0)
		record_property(node, property);
}

static void record_node(const char *node, const char *name)
{
	char path[PATH_MAX];

	if (join_path(path, node, name))
		each_entry(path, PROPERTIES, record_property);
}

static void record_memory_node(const char *node, const char *name)
{
	bool reserved = strcmp(name, "reserved-memory") == 0;

	if (!reserved && strcmp(name, "chosen") != 0 && strncmp(name, "memory", 6) != 0)
		return;
	record_node(node, name);
	if (reserved)
		each_entry(DEVICE_TREE "/reserved-memory", CHILDREN, record_node);
}

static void report_device_tree(void)
{
	record_begin("device-tree");
	each_entry(DEVICE_TREE, PROPERTIES, record_cell_counts);
	each_entry(DEVICE_TREE, CHILDREN, record_memory_node);
	record_end();
}

struct digest {
	size_t length;
	uint32_t crc;
};

static void append_digest(void *context, const void *bytes, size_t count)
{
	struct digest *digest = context;

	digest->length += count;
	digest->crc = crc32_update(digest->crc, bytes, count);
}

/* Proves that the guest was given the tree that the host wrote. */
static void report_flattened_tree(void)
{
	struct digest digest = { 0, 0 };

	record_begin("fdt");
	record_file(FLATTENED_TREE, append_digest, &digest);
	if (digest.length > 0)
		record_format("bytes %zu\ncrc32 %08x\n", digest.length, digest.crc);
	record_end();
}

static void report_uname(void)
{
	struct utsname name;

	record_begin("uname");
	if (uname(&name) < 0)
		record_failed("uname", errno);
	else
		record_format("release %s\nversion %s\nmachine %s\npage-size %ld\n", name.release,
			      name.version, name.machine, sysconf(_SC_PAGESIZE));
	record_end();
}

static void report_cpus(void)
{
	record_begin("cpus");
	record_value("online", " ", "/sys/devices/system/cpu/online");
	record_value("present", " ", "/sys/devices/system/cpu/present");
	record_end();
}

void report_memory(void)
{
	report_text("meminfo", "/proc/meminfo");
	report_tree("cma-debugfs", CMA_DEBUGFS, is_cma_figure);
	report_tree("cma-sysfs", CMA_SYSFS, is_any);
	report_text("iomem", "/proc/iomem");
	report_text("memblock-memory", "/sys/kernel/debug/memblock/memory");
	report_text("memblock-reserved", "/sys/kernel/debug/memblock/reserved");
	report_text("cmdline", "/proc/cmdline");
	report_device_tree();
	report_flattened_tree();
	report_uname();
	report_cpus();
	report_text("zoneinfo", "/proc/zoneinfo");
	report_text("vmstat", "/proc/vmstat");
	report_text("pagetypeinfo", "/proc/pagetypeinfo");
	report_text("buddyinfo", "/proc/buddyinfo");
}

void report_taint(void)
{
	report_text("taint", "/proc/sys/kernel/tainted");
}

void report_kernel_log(void)
{
	static char log[KERNEL_LOG_BYTES];
	int count = klogctl(SYSLOG_ACTION_READ_ALL, log, sizeof log);

	record_begin("kernel-log");
	if (count < 0)
		record_failed("syslog", errno);
	else
		record_bytes(log, (size_t)count);
	record_end();
}
