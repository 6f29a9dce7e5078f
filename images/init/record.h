/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records: what the guest says on its console, framed so that each proves
 * itself. The console is shared with the kernel, which may print at any time
 * and anywhere; a record carries its length and checksum, and every line of it
 * is marked.
 *
 *	@cmalab 1 begin SEQUENCE NAME LENGTH CRC32
 *	@SEQUENCE payload line
 *	@cmalab 1 end SEQUENCE
 *
 * The payload is printable ASCII and TAB. A backslash and every other byte
 * are written as \xHH. A line of more than RECORD_LINE_LIMIT bytes is cut, and
 * each part but the last ends in a single backslash.
 */
#ifndef CMALAB_RECORD_H
#define CMALAB_RECORD_H

#include <stddef.h>
#include <stdint.h>

#define RECORD_LINE_LIMIT 400

/* Where records go. Returns 0, or -1 with errno set. */
int records_open(const char *console_path);

/* Waits until the last byte has left, so that power-off cuts nothing. */
void records_drain(void);

/* How many records were written. */
unsigned int records_written(void);

/* One record is open at a time. */
void record_begin(const char *name);
void record_bytes(const void *bytes, size_t count);
void record_text(const char *text);
void record_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
void record_end(void);

/* The record's source does not exist, or broke off: says so, never silently. */
void record_absent(const char *path, int error);
void record_failed(const char *path, int error);

/* zlib's CRC-32; start with 0. */
uint32_t crc32_update(uint32_t crc, const void *bytes, size_t count);

#endif
