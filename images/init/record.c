/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <termios.h>
#include <unistd.h>

#define FORMAT_VERSION 1
#define PAYLOAD_LIMIT (1u << 20)
#define OUTPUT_BYTES (32u << 10)
#define ESCAPE_BYTES 4 /* \xHH */

/* Actions of syslog(2), which glibc does not name. */
#define SYSLOG_ACTION_CONSOLE_OFF 6
#define SYSLOG_ACTION_CONSOLE_ON 7

static const char truncation_note[] = "!truncated\n";

static int console = STDOUT_FILENO;
static unsigned int sequence;

static const char *current_name;
static char payload[PAYLOAD_LIMIT];
static size_t payload_length;
static size_t line_length; /* of the payload's last, unfinished line */
static int truncated;

static char output[OUTPUT_BYTES];
static size_t output_length;

int records_open(const char *console_path)
{
	int descriptor = open(console_path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (descriptor < 0)
		return -1;
	console = descriptor;
	return 0;
}

void records_drain(void)
{
	while (tcdrain(console) < 0 && errno == EINTR)
		;
}

unsigned int records_written(void)
{
	return sequence;
}

/* There is nowhere to report a console that fails; the missing record tells. */
static void output_flush(void)
{
	size_t done = 0;

	while (done < output_length) {
		ssize_t written = write(console, output + done, output_length - done);

		if (written < 0 && errno != EINTR)
			break;
		if (written > 0)
			done += (size_t)written;
	}
	output_length = 0;
}

static void output_bytes(const char *bytes, size_t count)
{
	while (count > 0) {
		size_t room = sizeof output - output_length;
		size_t part = count < room ? count : room;

		memcpy(output + output_length, bytes, part);
		output_length += part;
		bytes += part;
		count -= part;
		if (output_length == sizeof output)
			output_flush();
	}
}

/* Room is always kept for the note that says that the payload was cut. */
static void payload_put(const char *bytes, size_t count)
{
	if (truncated)
		return;
	if (count > sizeof payload - sizeof truncation_note - 1 - payload_length) {
		truncated = 1;
		return;
	}
	memcpy(payload + payload_length, bytes, count);
	payload_length += count;
}

static void payload_end_line(void)
{
	payload_put("\n", 1);
	line_length = 0;
}

/* One column is kept free for the backslash of a line that goes on. */
static void payload_put_unit(const char *bytes, size_t count)
{
	if (line_length + count > RECORD_LINE_LIMIT - 1) {
		payload_put("\\", 1);
		payload_end_line();
	}
	payload_put(bytes, count);
	line_length += count;
}

static void payload_put_escaped(unsigned char byte)
{
	char escape[ESCAPE_BYTES + 1];

	snprintf(escape, sizeof escape, "\\x%02x", byte);
	payload_put_unit(escape, ESCAPE_BYTES);
}

void record_begin(const char *name)
{
	current_name = name;
	payload_length = 0;
	line_length = 0;
	truncated = 0;
}

void record_bytes(const void *bytes, size_t count)
{
	const char *character = bytes;

	for (size_t i = 0; i < count; i++) {
		if (character[i] == '\n')
			payload_end_line();
		else if (character[i] == '\t' ||
			 (character[i] >= ' ' && character[i] <= '~' && character[i] != '\\'))
			payload_put_unit(&character[i], 1);
		else
			payload_put_escaped((unsigned char)character[i]);
	}
}

void record_text(const char *text)
{
	record_bytes(text, strlen(text));
}

void record_format(const char *format, ...)
{
	char text[512];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	if ((size_t)length >= sizeof text)
		truncated = 1;
	else
		record_bytes(text, (size_t)length);
}

static void finish_payload(void)
{
	if (line_length > 0)
		payload_end_line();
	if (!truncated)
		return;
	if (payload_length > 0 && payload[payload_length - 1] != '\n')
		payload[payload_length++] = '\n';
	memcpy(payload + payload_length, truncation_note, sizeof truncation_note - 1);
	payload_length += sizeof truncation_note - 1;
}

static uint32_t record_checksum(void)
{
	char header[96];
	int length = snprintf(header, sizeof header, "%d %u %s %zu\n", FORMAT_VERSION, sequence,
			      current_name, payload_length);
	uint32_t crc = crc32_update(0, header, (size_t)length);

	return crc32_update(crc, payload, payload_length);
}

static void output_payload(void)
{
	char mark[16];
	int mark_length = snprintf(mark, sizeof mark, "@%u ", sequence);
	const char *line = payload;
	const char *end = payload + payload_length;

	while (line < end) {
		const char *next = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;

		output_bytes(mark, (size_t)mark_length);
		output_bytes(line, (size_t)(next - line));
		line = next;
	}
}

/* The kernel keeps off the console meanwhile, but for an emergency. */
void record_end(void)
{
	char line[128];
	int length;

	finish_payload();
	klogctl(SYSLOG_ACTION_CONSOLE_OFF, NULL, 0);
	length = snprintf(line, sizeof line, "@cmalab %d begin %u %s %zu %08x\n", FORMAT_VERSION,
			  sequence, current_name, payload_length, record_checksum());
	output_bytes(line, (size_t)length);
	output_payload();
	length = snprintf(line, sizeof line, "@cmalab %d end %u\n", FORMAT_VERSION, sequence);
	output_bytes(line, (size_t)length);
	output_flush();
	klogctl(SYSLOG_ACTION_CONSOLE_ON, NULL, 0);
	sequence++;
}

void record_absent(const char *path, int error)
{
	record_format("!absent %s %s\n", strerrorname_np(error), path);
}

void record_failed(const char *path, int error)
{
	record_format("!failed %s %s\n", strerrorname_np(error), path);
}
