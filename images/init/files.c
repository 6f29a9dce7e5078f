/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record.h"

#define READ_BYTES (16u << 10)

bool join_path(char path[PATH_MAX], const char *directory, const char *name)
{
	int length = snprintf(path, PATH_MAX, "%s/%s", directory, name);

	if (length >= 0 && length < PATH_MAX)
		return true;
	record_failed(name, ENAMETOOLONG);
	return false;
}

bool is_directory(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Returns 0, or an errno; *opened tells which failed. */
static int read_file(const char *path, chunk_action *action, void *context, bool *opened)
{
	static char buffer[READ_BYTES];
	int error = 0;
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);

	*opened = descriptor >= 0;
	if (descriptor < 0)
		return errno;
	for (;;) {
		ssize_t count = read(descriptor, buffer, sizeof buffer);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			error = errno;
		if (count <= 0)
			break;
		action(context, buffer, (size_t)count);
	}
	close(descriptor);
	return error;
}

void record_file(const char *path, chunk_action *action, void *context)
{
	bool opened;
	int error = read_file(path, action, context, &opened);

	if (error)
		opened ? record_failed(path, error) : record_absent(path, error);
}

void append_hex(void *context, const void *bytes, size_t count)
{
	const unsigned char *byte = bytes;

	(void)context;
	for (size_t i = 0; i < count; i++)
		record_format("%02x", byte[i]);
}
