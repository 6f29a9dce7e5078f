/* SPDX-License-Identifier: Apache-2.0 */

#include "CUnicodeData.h"

/*
 * Swift's static Foundation carries ICU with 30 MiB of locale data: calendars, collations, names of
 * languages. cmalab formats nothing for a locale. A linker that finds the symbol here does not take
 * the archive's member that has the data; this is ICU's own way to do without (source/stubdata).
 *
 * The symbol has the version of ICU in its name: 76 in Swift 6.3. With another one this is dead
 * code, and the program is larger. Foundation's shared library is bound to its own data.
 */
__attribute__((aligned(16), visibility("hidden"))) const struct unicode_data icudt76_dat = {
	.header_size = 32,
	.magic = { 0xda, 0x27 },
	.info_size = 20,
	.size_of_uchar = 2,
	.data_format = { 'T', 'o', 'C', 'P' },
	.format_version = { 1 },
};
