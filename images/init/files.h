/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders of the kernel, read into the record that is open. */
#ifndef CMALAB_FILES_H
#define CMALAB_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* DIRECTORY/NAME; one that is too long is reported, and false. */
bool join_path(char path[PATH_MAX], const char *directory, const char *name);

bool is_directory(const char *path);

typedef void chunk_action(void *context, const void *bytes, size_t count);

/* Gives the file's bytes to the action, in parts; says so if there is no such file, or it breaks off. */
void record_file(const char *path, chunk_action *action, void *context);

/* Such an action, without a context: two hexadecimal digits a byte. */
void append_hex(void *context, const void *bytes, size_t count);

#endif
