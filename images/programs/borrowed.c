/* SPDX-License-Identifier: Apache-2.0 */
/*
 * borrowed: the kernel lends the pool to movable memory. Taking the pool must
 * move the borrowers out, whole.
 */
#include <inttypes.h>

#include "setting.h"
#include "system.h"
#include "tests.h"

#define PASSES 4

static struct verdict check_loan(const struct setting *setting)
{
	const struct loan *loan = &setting->loan;
	uint64_t offset;

	if (has_fault(setting->options, "corrupt"))
		((uint8_t *)loan->memory)[loan->bytes / 2] ^= 1;
	offset = loan_mismatch(loan);
	if (offset < loan->bytes)
		return fail("a borrower lost its contents at offset %" PRIu64 " of %" PRIu64,
			    offset, loan->bytes);
	return pass("survived");
}

static struct verdict take_back(struct setting *setting)
{
	uint64_t migrated = vmstat("pgmigrate_success"), start = now_ns();
	struct verdict result;

	figure("loan", setting->loan.bytes, "bytes");
	figure("borrowed-from-pool", setting->loan.borrowed, "bytes");
	if (setting->loan.borrowed == 0)
		return inconclusive("the kernel placed no movable page in the pool");
	take_lent_pool(setting, PASSES);
	migrated = vmstat("pgmigrate_success") - migrated;
	figure("take-time", now_ns() - start, "ns");
	figure("taken", pieces_bytes(&setting->pieces), "bytes");
	figure("migrated", migrated, "pages");
	result = check_places(&setting->pieces, &setting->pool);
	if (result.outcome == PASS)
		result = check_complete(&setting->pieces, &setting->pool, &setting->baseline);
	if (result.outcome == PASS && migrated == 0)
		result = fail("the pool was taken and no page had moved");
	if (result.outcome == PASS)
		result = check_loan(setting);
	if (result.outcome == PASS)
		result = pass("%" PRIu64 " bytes on loan moved out, contents and all",
			      setting->loan.borrowed);
	return result;
}

struct verdict test_borrowed(const struct options *options)
{
	return with_loan(options, take_back);
}
