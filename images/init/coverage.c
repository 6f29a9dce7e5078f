/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "coverage.h"

#include <errno.h>
#include <ftw.h>
#include <string.h>

#include "files.h"
#include "record.h"

/* kernel/gcov/fs.c: a tree of folders as in the kernel's build. */
#define COVERAGE "/sys/kernel/debug/gcov"
#define COUNTS ".gcda"
#define OPEN_FOLDERS 16

static int report_counts(const char *path, const struct stat *status, int type, struct FTW *place)
{
	size_t length = strlen(path);
	size_t suffix = sizeof COUNTS - 1;

	(void)status;
	(void)place;
	if (type != FTW_F || length < suffix || strcmp(path + length - suffix, COUNTS) != 0)
		return 0;
	record_format("%s\t", path + sizeof COVERAGE);
	record_file(path, append_hex, NULL);
	record_text("\n");
	return 0;
}

void report_coverage(void)
{
	if (!is_directory(COVERAGE))
		return;
	record_begin("coverage");
	if (nftw(COVERAGE, report_counts, OPEN_FOLDERS, FTW_PHYS) < 0)
		record_failed(COVERAGE, errno);
	record_end();
}
