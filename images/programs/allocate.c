/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allocate: takes the whole pool, to the last page that the kernel does not
 * hold itself, checks where each piece lies, and writes and reads every page.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "debugfs.h"
#include "setting.h"
#include "system.h"
#include "tests.h"

static void report_pieces(const struct pieces *pieces)
{
	uint64_t whole = 0;

	for (size_t i = 0; i < pieces->count; i++)
		whole += pieces->items[i].length == MIB;
	figure("pieces-1m", whole, "pieces");
	figure("pieces-smaller", pieces->count - whole, "pieces");
	figure("taken", pieces_bytes(pieces), "bytes");
	figure("requests-outside-pool", pieces->fallbacks, "requests");
}

static struct verdict write_all(const struct pieces *pieces, const struct pool *pool)
{
	uint64_t start = now_ns();

	for (size_t i = 0; i < pieces->count; i++) {
		void *mapping = piece_map(pool, &pieces->items[i]);

		if (mapping == MAP_FAILED)
			return fail("cannot map the piece at 0x%" PRIx64 ": %s",
				    pieces->items[i].base, strerror(errno));
		pattern_write_lines(mapping, pieces->items[i].base, pieces->items[i].length);
		piece_unmap(&pieces->items[i], mapping);
	}
	figure("write-time", now_ns() - start, "ns");
	return pass("written");
}

/* The fault `corrupt`: a bit of the last line of the last page changes. */
static void corrupt_last_page(const struct pieces *pieces, const struct pool *pool)
{
	const struct piece *last = &pieces->items[pieces->count - 1];
	uint8_t *mapping = piece_map(pool, last);

	if (mapping == MAP_FAILED)
		return;
	mapping[last->length - PATTERN_LINE_BYTES] ^= 1;
	piece_unmap(last, mapping);
}

static struct verdict verify_all(const struct pieces *pieces, const struct pool *pool)
{
	uint64_t start = now_ns(), verified = 0;

	for (size_t i = 0; i < pieces->count; i++) {
		const struct piece *piece = &pieces->items[i];
		void *mapping = piece_map(pool, piece);
		uint64_t offset;

		if (mapping == MAP_FAILED)
			return fail("cannot map the piece at 0x%" PRIx64 ": %s", piece->base,
				    strerror(errno));
		offset = pattern_mismatch_lines(mapping, piece->base, piece->length);
		piece_unmap(piece, mapping);
		if (offset < piece->length)
			return fail("wrong contents at 0x%" PRIx64, piece->base + offset);
		verified += piece->length;
	}
	figure("verify-time", now_ns() - start, "ns");
	figure("verified", verified, "bytes");
	return pass("verified");
}

static struct verdict check_contents(struct setting *setting)
{
	struct verdict result = write_all(&setting->pieces, &setting->pool);

	if (result.outcome != PASS)
		return result;
	if (has_fault(setting->options, "corrupt"))
		corrupt_last_page(&setting->pieces, &setting->pool);
	return verify_all(&setting->pieces, &setting->pool);
}

static struct verdict give_all(struct setting *setting)
{
	uint64_t state = setting->options->seed, start;
	size_t refused;

	pieces_shuffle(&setting->pieces, &state);
	if (has_fault(setting->options, "leak"))
		setting->pieces.count--;
	start = now_ns();
	refused = pieces_give(&setting->pieces, &setting->pool);
	figure("release-time", now_ns() - start, "ns");
	if (refused)
		return fail("the driver refused to take %zu pieces back", refused);
	return pass("given back");
}

static struct verdict take_and_check(struct setting *setting)
{
	const struct baseline *baseline = &setting->baseline;
	struct verdict result;
	uint64_t start;

	figure_text("method", "module");
	figure_text("pattern", "a word in each 64 bytes of every page, by its address");
	figure("pool", setting->pool.region.size, "bytes");
	figure("kernel-holds", baseline->held, "bytes");
	figure("cma-free-before", baseline->free, "bytes");
	start = now_ns();
	take_whole_pool(setting);
	figure("take-time", now_ns() - start, "ns");
	report_pieces(&setting->pieces);
	result = check_places(&setting->pieces, &setting->pool);
	if (result.outcome == PASS)
		result = check_complete(&setting->pieces, &setting->pool, baseline);
	if (result.outcome == PASS)
		result = check_contents(setting);
	if (result.outcome == PASS)
		result = give_all(setting);
	if (result.outcome == PASS)
		result = check_returned(&setting->pool, baseline);
	if (result.outcome == PASS)
		result = pass("the whole pool but the kernel's %" PRIu64
			      " bytes was taken, written, verified and returned",
			      baseline->held);
	return result;
}

struct verdict test_allocate(const struct options *options)
{
	if (access(CMALAB_DEVICE, F_OK) < 0 && meminfo("CmaTotal") > 0)
		return allocate_by_debugfs();
	return with_pieces(options, take_and_check);
}
