/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#define CRC32_POLYNOMIAL 0xedb88320u /* IEEE 802.3, reflected */

/* Four bits at a time: sixteen words of table, and fast enough under emulation. */
static const uint32_t *nibble_table(void)
{
	static uint32_t table[16];

	if (table[1])
		return table;
	for (uint32_t nibble = 0; nibble < 16; nibble++) {
		uint32_t remainder = nibble;

		for (int bit = 0; bit < 4; bit++)
			remainder = (remainder >> 1) ^ (remainder & 1 ? CRC32_POLYNOMIAL : 0);
		table[nibble] = remainder;
	}
	return table;
}

uint32_t crc32_update(uint32_t crc, const void *bytes, size_t count)
{
	const uint32_t *table = nibble_table();
	const uint8_t *byte = bytes;

	crc = ~crc;
	for (size_t i = 0; i < count; i++) {
		crc ^= byte[i];
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return ~crc;
}
