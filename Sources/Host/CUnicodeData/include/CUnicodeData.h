/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/*
 * The header of a package of ICU data (MappedData and UDataInfo in ICU's ucmndata.h and udata.h),
 * and its table of contents (UDataOffsetTOC).
 */
struct unicode_data {
	uint16_t header_size;
	uint8_t magic[2];
	uint16_t info_size;
	uint16_t reserved_word;
	uint8_t is_big_endian;
	uint8_t charset_family;
	uint8_t size_of_uchar;
	uint8_t reserved_byte;
	uint8_t data_format[4];
	uint8_t format_version[4];
	uint8_t data_version[4];
	uint8_t padding[8];
	uint32_t item_count;
	uint32_t reserved;
};
